"""What the tables of a simulated bureau hold, one module a theme."""
