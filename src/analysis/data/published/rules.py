"""What every row of the published figures must obey beyond its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.data.published.printed_number import UnreadableNumberError, read_characters
from analysis.data.published.tables import LINKS, RELATIONS, rows_of

Fault = tuple[int, str, str, str]
"""Position of the row from 0, column, rule, remedy."""


def source_problems(
    sources: pd.DataFrame, regions: pd.DataFrame, levels: pd.DataFrame
) -> Iterator[Fault]:
    """Documents of a region whose level of government has no row."""
    level = dict(zip(regions["region_code"], regions["level"], strict=True))
    for position, code in enumerate(sources["region_code"]):
        if level[code] not in set(levels["level"]):
            yield position, "region_code", "is of an unknown level", "Add it to levels.csv"


def figure_problems(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Tokens that do not give their value, units that do not fit, periods and links."""
    figures = tables["figures"]
    years = {row.source: str(int(row.default_year)) for row in tables["sources"].itertuples()}
    indicators = tables["indicators"].set_index("indicator")[["unit", "domain"]].to_dict("index")
    measures = dict(zip(tables["units"]["unit"], tables["units"]["measures"], strict=True))
    for position, row in enumerate(rows_of(figures)):
        yield from _token_faults(position, row, years.get(row["source"], ""))
        yield from _unit_faults(position, row, indicators[row["indicator"]], measures)
        yield from _period_faults(position, row)
        for column in LINKS:
            if row[column] and row[column] == row["id"]:
                yield position, column, "links a figure to itself", "Use the id of another figure"


def _token_faults(position: int, row: dict, year: str) -> Iterator[Fault]:
    try:
        reading = read_characters(row["token"], row["value_rule"], year)
    except UnreadableNumberError:
        yield position, "token", "cannot be read by its rule", "Choose another rule or token"
        return
    if reading.value != row["value"]:
        yield position, "value", "does not follow from its token", "Correct one of them"
    if reading.bound != row["bound"]:
        yield position, "bound", "does not follow from its token", "Correct one of them"
    if (str(float(reading.precision)) if reading.precision else "") != row["precision"]:
        yield position, "precision", "does not follow from its token", "Worth of the last digit"


def _unit_faults(position: int, row: dict, indicator: dict, measures: dict) -> Iterator[Fault]:
    kind, needed = row["kind"], ""
    if kind.endswith("_pct") or (kind == "target" and row["compared_with"]):
        needed = "percent"
    elif kind in ("money", "rank", "date"):
        needed = kind
    fits = measures[row["unit"]] == needed if needed else row["unit"] == indicator["unit"]
    if not fits:
        yield position, "unit", "does not fit its kind and indicator", "See indicators.csv"
    if row["domain"] != indicator["domain"]:
        yield position, "domain", "differs from its indicator's", "See indicators.csv"


def _period_faults(position: int, row: dict) -> Iterator[Fault]:
    start, end = (pd.Timestamp(row[f"period_{side}"]) for side in ("start", "end"))
    if start > end:
        yield position, "period_end", "lies before period_start", "Swap them"
    elif row["kind"] == "date" and re.fullmatch(r"\d{4}(-\d{2}){0,2}", row["value"]):
        inside = pd.Period(row["value"])
        if inside.start_time < start or inside.end_time.normalize() > end:
            yield position, "value", "is a date outside its period", "Correct one of them"


def relation_problems(relations: pd.DataFrame, figures: pd.DataFrame) -> Iterator[Fault]:
    """Relations without the parts that their type needs, and links that no relation says."""
    known = set(figures["id"])
    rows = rows_of(relations)
    for position, row in enumerate(rows):
        yield from _part_faults(position, row, known)
    said = {(row["type"], row["result"], row["terms"]) for row in rows}
    needed = {"part_of": "part_of", "same_as": "same_thing", "growth_of": "growth"}
    for column, kind in needed.items():
        links = [(row["id"], row[column]) for row in rows_of(figures) if row[column]]
        missing = sum((kind, *link) not in said for link in links)
        if missing:
            rule = f"has no {kind} for {missing} links in figures.csv, column {column}"
            yield 0, "type", rule, "Add the relations"


def _part_faults(position: int, row: dict, known: set[str]) -> Iterator[Fault]:
    parts = RELATIONS.get(row["type"])
    if parts is None:
        return
    terms = row["terms"].split(";") if row["terms"] else []
    if not int(parts["least"]) <= len(terms) <= int(parts["most"]):
        remedy = f"{parts['least']} to {parts['most']} here"
        yield position, "terms", "has the wrong number of terms", remedy
    if any(term not in known for term in terms):
        yield position, "terms", "names a figure that is not there", "Use ids of figures.csv"
    if parts["result"] and not row["result"]:
        yield position, "result", "is empty", "This type tests a figure"
    if row["result"] and row["result"] in terms:
        yield position, "result", "is one of its own terms", "Correct one of them"
    if bool(parts["constant"]) != bool(row["constant"]):
        yield position, "constant", "is not as its type needs it", "Only lists have a constant"


def mechanism_problems(mechanisms: pd.DataFrame, figures: pd.DataFrame) -> Iterator[Fault]:
    """Mechanisms that name a figure of another document, or no date."""
    home = dict(zip(figures["id"], figures["source"], strict=True))
    for position, row in enumerate(rows_of(mechanisms)):
        named = [figure for figure in row["figure_ids"].split(";") if figure]
        if any(home.get(figure) != row["source"] for figure in named):
            rule = "names a figure that is not of this document"
            yield position, "figure_ids", rule, "Use ids of its figures"
        if row["since"] and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row["since"]):
            yield position, "since", "is not a date", "Write YYYY, YYYY-MM or YYYY-MM-DD"
