"""Params files become executed notebooks."""
