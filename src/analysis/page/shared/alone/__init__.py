"""What is shown of one region that acted alone: beside its likeness, and by its own course."""
