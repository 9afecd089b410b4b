"""Tables become what a method takes."""
