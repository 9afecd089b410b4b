"""Series: one region's periods before and after a start."""

from __future__ import annotations

from analysis.data.frames.frame import Column, Frame

SERIES = Frame(
    "series",
    "a period of one region",
    (
        Column("period", "count", "the period's number, rising by 1"),
        Column("value", "number", "what was observed"),
        Column("after", "flag", "1 from the start on"),
        Column("exposure", "positive", "what a count is out of", optional=True),
    ),
    unique=("period",),
)
