"""Paths made of other regions."""
