"""Counts and estimates of many places together."""
