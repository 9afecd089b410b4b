"""Codes, names, parents and mergers of regions."""
