"""Kinds of chart, in one house style."""
