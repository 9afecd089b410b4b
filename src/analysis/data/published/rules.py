"""What every row of the published figures must obey beyond its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pandas as pd

from analysis.data.published.printed_number import UnreadableNumberError, read_characters
from analysis.data.published.tables import FIELDS, LINKS, RELATIONS, Row, Tables
from analysis.errors import nearest

Wrong = Iterator[tuple[str, str, str]]
"""Column, rule and remedy of what is wrong in one row."""
Fault = tuple[int, str, str, str]
"""Position of the row from 0, column, rule, remedy."""


IMPOSSIBLE = "none_feasible"
"""Begins the strategy of a mechanism that nothing could evaluate."""


def source_faults(tables: Tables) -> Iterator[Fault]:
    """Documents of a region whose level of government has no row."""
    known = {row["level"] for row in tables["levels"]}
    level = {row["region_code"]: row["level"] for row in tables["regions"]}
    for position, row in enumerate(tables["sources"]):
        if level[row["region_code"]] not in known:
            yield position, "region_code", "is of an unknown level", "Add it to levels.csv"


def figure_faults(tables: Tables) -> Iterator[Fault]:
    """Tokens that do not give their value, units that do not fit, periods and links."""
    years = {row["source"]: row["default_year"][:4] for row in tables["sources"]}
    indicators = {row["indicator"]: row for row in tables["indicators"]}
    measures = {row["unit"]: row["measures"] for row in tables["units"]}
    for position, row in enumerate(tables["figures"]):
        for wrong in (
            *_token_faults(row, years.get(row["source"], "")),
            *_unit_faults(row, indicators[row["indicator"]], measures[row["unit"]]),
            *_period_faults(row),
        ):
            yield position, *wrong
        for column in LINKS:
            if row[column] and row[column] == row["id"]:
                yield position, column, "links a figure to itself", "Use the id of another figure"


def _token_faults(row: Row, year: str) -> Wrong:
    try:
        reading = read_characters(row["token"], row["value_rule"], year)
    except UnreadableNumberError:
        yield "token", "cannot be read by its rule", "Choose another rule or token"
        return
    for column in ("value", "bound"):
        if getattr(reading, column) != row[column]:
            yield column, "does not follow from its token", "Correct one of them"
    if (str(float(reading.precision)) if reading.precision else "") != row["precision"]:
        yield "precision", "does not follow from its token", "Worth of the last digit"


def _unit_faults(row: Row, indicator: Row, measured: str) -> Wrong:
    kind, needed = row["kind"], ""
    if kind.endswith("_pct") or (kind == "target" and row["compared_with"]):
        needed = "percent"
    elif kind in ("money", "rank", "date"):
        needed = kind
    if measured != needed if needed else row["unit"] != indicator["unit"]:
        yield "unit", "does not fit its kind and indicator", "See indicators.csv"
    if row["domain"] != indicator["domain"]:
        yield "domain", "differs from its indicator's", "See indicators.csv"


def _period_faults(row: Row) -> Wrong:
    start, end = (pd.Timestamp(row[f"period_{side}"]) for side in ("start", "end"))
    if start > end:
        yield "period_end", "lies before period_start", "Swap them"
    elif row["kind"] == "date" and re.fullmatch(r"\d{4}(-\d{2}){0,2}", row["value"]):
        inside = pd.Period(row["value"])
        if inside.start_time < start or inside.end_time.normalize() > end:
            yield "value", "is a date outside its period", "Correct one of them"


def relation_faults(tables: Tables) -> Iterator[Fault]:
    """Relations without the parts that their type needs, and links that no relation says."""
    home = {row["id"]: row["source"] for row in tables["figures"]}
    for position, row in enumerate(tables["relations"]):
        for wrong in _part_faults(row, home):
            yield position, *wrong
    said = {(row["type"], row["result"], row["terms"]) for row in tables["relations"]}
    needed = {"part_of": "part_of", "same_as": "same_thing", "growth_of": "growth"}
    for column, kind in needed.items():
        links = [(kind, row["id"], row[column]) for row in tables["figures"] if row[column]]
        if missing := sum(link not in said for link in links):
            rule = f"has no {kind} for {missing} links in figures.csv, column {column}"
            yield 0, "type", rule, "Add the relations"


def _part_faults(row: Row, home: Mapping[str, str]) -> Wrong:
    parts = RELATIONS[row["type"]]
    terms = row["terms"].split(";") if row["terms"] else []
    if not int(parts["least"]) <= len(terms) <= int(parts["most"]):
        remedy = f"{parts['least']} to {parts['most']} here"
        yield "terms", "has the wrong number of terms", remedy
    if not home.keys() >= set(terms):
        yield "terms", "names a figure that is not there", "Use ids of figures.csv"
    documents = {home[figure] for figure in (*terms, row["result"]) if figure in home}
    if len(documents) > 1 and row["basis"] != "conjectured":
        remedy = "No document speaks for another: write conjectured"
        yield "basis", "joins figures of two documents on the word of one", remedy
    if parts["result"] and not row["result"]:
        yield "result", "is empty", "This type tests a figure"
    if row["result"] and row["result"] in terms:
        yield "result", "is one of its own terms", "Correct one of them"
    if bool(parts["constant"]) != bool(row["constant"]):
        yield "constant", "is not as its type needs it", "Only lists have a constant"


def mechanism_faults(tables: Tables) -> Iterator[Fault]:
    """Mechanisms that name a figure of another document, no date, or a wrong obstacle."""
    home = {row["id"]: row["source"] for row in tables["figures"]}
    for position, row in enumerate(tables["mechanisms"]):
        named = [figure for figure in row["figure_ids"].split(";") if figure]
        if any(home.get(figure) != row["source"] for figure in named):
            rule = "names a figure that is not of this document"
            yield position, "figure_ids", rule, "Use ids of its figures"
        if row["since"] and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row["since"]):
            yield position, "since", "is not a date", "Write YYYY, YYYY-MM or YYYY-MM-DD"
        possible = not row["identification_strategy"].startswith(IMPOSSIBLE)
        if possible == bool(row["obstacle_zh"]):
            yield (
                position,
                "obstacle_zh",
                "is not as its strategy needs it",
                f"Only of {IMPOSSIBLE}",
            )
        if possible and row["notebook"] == "not_evaluable":
            yield position, "notebook", "gives up what has a strategy", "Write none_yet"


def topic_faults(tables: Tables) -> Iterator[Fault]:
    """Topics without a title or caption, and drawings without words in their place."""
    said = {(row["topic"], row["use"]) for row in tables["topic_words"]}
    for position, row in enumerate(tables["topics"]):
        topic = row["topic"]
        drawn = ("alt",) if (topic, "axis") in said else ()
        for use in ("title", "caption", *drawn):
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
