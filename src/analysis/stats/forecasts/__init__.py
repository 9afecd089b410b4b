"""Counts by month: what was to be expected next, and how far off it may lie."""
