"""What the rows that say what is compared must obey beyond their columns."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from analysis.data.published.rules import Fault
from analysis.data.published.tables import FIELDS, Tables
from analysis.errors import nearest

NEEDED = ("title", "caption")


def topic_faults(tables: Tables) -> Iterator[Fault]:
    """Topics without a title or caption, and drawings without words in their place."""
    said = {(row["topic"], row["use"]) for row in tables["topic_words"]}
    for position, row in enumerate(tables["topics"]):
        topic = row["topic"]
        drawn = ("alt",) if (topic, "axis") in said else ()
        for use in (*NEEDED, *drawn):
            if (topic, use) not in said:
                yield position, "topic", f"has no {use}", "Add it to topic_words.csv"


def comparison_faults(tables: Tables) -> Iterator[Fault]:
    """Indicators without what they are put against, and names in one language."""
    kinds = {row["topic"]: row["kind"] for row in tables["topics"]}
    for position, row in enumerate(tables["comparisons"]):
        kind = kinds[row["topic"]]
        if not row["base"] and (kind in ("rate", "sample") or row["complement"] == "True"):
            yield position, "base", f"is empty in a comparison of kind {kind}", "Name its base"
        for part in ("name", "rest"):
            if bool(row[f"{part}_en"]) != bool(row[f"{part}_zh"]):
                yield position, f"{part}_zh", "is in one language only", "Write both, or none"


def word_faults(tables: Tables, table: str) -> Iterator[Fault]:
    """Words that name what no topic, or no reported fall, has, or not alike in both languages."""
    fields = [row["field"] for row in FIELDS if row["table"] == table]
    for position, row in enumerate(tables[table]):
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
