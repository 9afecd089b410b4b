"""Errors from leaving out, redrawing and reassigning."""
