"""Numerics on arrays: numpy and scipy only, no frames."""
