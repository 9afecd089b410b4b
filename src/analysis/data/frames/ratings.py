"""Ratings: scores that raters give, such as enterprises of officers."""

from __future__ import annotations

from analysis.data.frames.frame import Column, Frame

JUDGEMENTS = Frame(
    "judgements",
    "one rater's score of one rated",
    (
        Column("rated", "key", "who or what is rated"),
        Column("rater", "key", "who rates"),
        Column("score", "number", "the score, or the number of a category"),
    ),
    unique=("rated", "rater"),
)


RATINGS = Frame(
    "ratings",
    "one rater's score of one rated, in one dimension and period",
    (
        Column("rated", "key", "who or what is rated"),
        Column("rater", "key", "who rates"),
        Column("score", "number", "the score"),
        Column("dimension", "key", "what is rated of it", optional=True),
        Column("period", "key", "when it is rated", optional=True),
    ),
    unique=("rated", "rater", "dimension", "period"),
)
