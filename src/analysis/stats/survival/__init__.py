"""Durations, some of them cut off."""
