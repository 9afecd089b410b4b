"""Trials: units that could have been drawn for treatment, those that were, and outcomes."""

from __future__ import annotations

from analysis.data.frames.frame import Column, Frame

DRAW = Frame(
    "draw",
    "a unit that could have been drawn",
    (
        Column("unit", "key", "the unit's code"),
        Column("treated", "flag", "1 if it was drawn for treatment"),
        Column("outcome", "number", "what was measured afterwards"),
        Column("stratum", "key", "within which the draw was made", optional=True),
        Column("place", "number", "the unit's place on the list drawn from", optional=True),
    ),
    unique=("unit",),
)
