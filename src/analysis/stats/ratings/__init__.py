"""Raters and the rated."""
