"""How sure a report is, what that rests on, and what would change it."""
