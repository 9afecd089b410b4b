"""Jumps and heaps at a cut-off."""
