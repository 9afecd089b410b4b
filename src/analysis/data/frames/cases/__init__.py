"""Frames of single cases: units on lists, samples, cases that take time, units with a score."""
