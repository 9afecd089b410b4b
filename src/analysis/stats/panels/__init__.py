"""Regions over time."""
