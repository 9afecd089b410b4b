"""What the rows that say what is compared must obey beyond their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

import pandas as pd

from analysis.data.published.rules import Fault
from analysis.errors import nearest

NEEDED = ("title", "caption")
FIELDS = (
    *("all", "given", "left", "documents", "given_documents", "first_printed", "least", "most"),
    *("ahead", "behind", "outside", "pooled", "parts", "totals", "printing", "level"),
    *("document", "value", "low", "high", "figure"),
)
"""What the words of a topic may name in braces; computed alike for every topic."""
FALL_FIELDS = (
    *("place", "region", "scope", "fall", "least", "first", "first_low", "first_high", "last"),
    *("last_low", "last_high", "least_middle", "most_middle", "first_middle", "last_middle"),
    *("last_exceeded", "least_mean", "most_mean", "reach", "dispersion", "peak", "draws", "seed"),
    *("level", "other", "rise", "after", "before", "ratio_low", "ratio_high", "relative"),
)
"""What the words of a reported fall may name."""


def topic_problems(tables: Mapping[str, pd.DataFrame]) -> dict[str, Iterator[Fault]]:
    """Faults of the tables of topics, by table."""
    return {
        "topics": _topic_faults(tables["topics"], tables["topic_words"]),
        "comparisons": _comparison_faults(tables["comparisons"], tables["topics"]),
        "topic_words": _word_faults(tables["topic_words"], FIELDS),
        "fall_words": _word_faults(tables["fall_words"], FALL_FIELDS),
    }


def _topic_faults(topics: pd.DataFrame, words: pd.DataFrame) -> Iterator[Fault]:
    said = set(zip(words["topic"], words["use"], strict=True))
    for position, topic in enumerate(topics["topic"]):
        drawn = ("alt",) if (topic, "axis") in said else ()
        for use in (*NEEDED, *drawn):
            if (topic, use) not in said:
                yield position, "topic", f"has no {use}", "Add it to topic_words.csv"


def _comparison_faults(comparisons: pd.DataFrame, topics: pd.DataFrame) -> Iterator[Fault]:
    kinds = dict(zip(topics["topic"], topics["kind"], strict=True))
    for position, row in enumerate(comparisons.to_dict("records")):
        kind = kinds.get(row["topic"], "")
        if pd.isna(row["base"]) and (kind in ("rate", "sample") or row["complement"]):
            yield position, "base", f"is empty in a comparison of kind {kind}", "Name its base"
        for part in ("name", "rest"):
            if pd.isna(row[f"{part}_en"]) != pd.isna(row[f"{part}_zh"]):
                yield position, f"{part}_zh", "is in one language only", "Write both, or none"


def _word_faults(words: pd.DataFrame, fields: Sequence[str]) -> Iterator[Fault]:
    for position, row in enumerate(words.to_dict("records")):
        named = {}
        for column in ("words_en", "words_zh"):
            try:
                named[column] = {name for _, name, _, _ in Formatter().parse(row[column]) if name}
            except ValueError:
                yield position, column, "has a brace that does not close", "Fields are {so}"
                continue
            for field in sorted(named[column] - set(fields)):
                yield position, column, f"names an unknown field {field}", nearest(field, fields)
        if len(named) == 2 and named["words_en"] != named["words_zh"]:
            yield position, "words_zh", "has other fields than the English", "Use the same fields"
