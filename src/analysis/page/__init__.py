"""Results become what a reader sees, in two languages."""
