"""Keep small counts and identifiers of people and enterprises from being published."""
