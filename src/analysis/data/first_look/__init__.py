"""What a file of an export is likely to be, before anybody has described it."""
