"""Studies: an estimate and its error each, to be pooled."""

from __future__ import annotations

from analysis.data.frames.frame import Column, Frame

EFFECTS = Frame(
    "effects",
    "a study",
    (
        Column("study", "key", "the study's name"),
        Column("estimate", "number", "its estimate, on a scale where errors are symmetric"),
        Column("standard_error", "positive", "the standard error of its estimate"),
    ),
    unique=("study",),
)
