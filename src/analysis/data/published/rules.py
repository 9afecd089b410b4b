"""What every row of the published figures must obey beyond its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.data.published.printed_number import UnreadableTokenError, read_token

Fault = tuple[int, str, str, str]
"""Position of the row from 0, column, rule, remedy."""

MEASURE_OF_KIND = {
    "change_pct": "percent",
    "share_pct": "percent",
    "target_progress_pct": "percent",
    "money": "money",
    "rank": "rank",
    "date": "date",
}
"""Kinds of numbers whose unit follows from the kind, and not from the indicator."""
LINKS = ("numerator", "denominator", "target", "part_of", "previous", "growth_of", "same_as")
PARTS: dict[str, tuple[int, int, bool, bool]] = {
    "sum": (2, 9, True, False),
    "partial_sum": (2, 9, True, False),
    "share": (2, 2, True, False),
    "share_derivable": (2, 2, False, False),
    "share_of_unstated": (1, 2, True, False),
    "share_without_numerator": (1, 1, True, False),
    "growth": (1, 1, True, False),
    "growth_between": (2, 3, False, False),
    "part_of": (1, 1, True, False),
    "progress": (2, 2, False, False),
    "progress_of_unstated": (1, 1, True, False),
    "progress_of_target": (1, 1, True, False),
    "difference": (2, 2, True, False),
    "same_thing": (1, 1, True, False),
    "ratio": (2, 2, False, False),
    "bound": (2, 2, True, False),
    "weighted_mean": (2, 9, False, False),
    "year_span": (2, 2, True, False),
    "order": (1, 1, True, False),
    "count_list": (0, 0, True, True),
    "open_list": (0, 0, True, True),
}
"""Least and most terms, whether a result is needed, whether a constant is needed."""


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
    blank = figures.astype(object).where(figures.notna(), "")
    for position, row in enumerate(blank.to_dict("records")):
        yield from _token_faults(position, row, years.get(row["source"], ""))
        yield from _unit_faults(position, row, indicators[row["indicator"]], measures)
        yield from _period_faults(position, row)
        for column in LINKS:
            if row[column] and row[column] == row["id"]:
                yield position, column, "links a figure to itself", "Use the id of another figure"


def _token_faults(position: int, row: dict, year: str) -> Iterator[Fault]:
    try:
        reading = read_token(row["token"], row["value_rule"], year)
    except UnreadableTokenError:
        yield position, "token", "cannot be read by its rule", "Choose another rule or token"
        return
    if reading.value != row["value"]:
        yield position, "value", "does not follow from its token", "Correct one of them"
    if reading.bound != row["bound"]:
        yield position, "bound", "does not follow from its token", "Correct one of them"
    given = row["precision"]
    if (float(reading.precision) if reading.precision else "") != given:
        yield position, "precision", "does not follow from its token", "Worth of the last digit"


def _unit_faults(position: int, row: dict, indicator: dict, measures: dict) -> Iterator[Fault]:
    needed = MEASURE_OF_KIND.get(row["kind"])
    if row["kind"] == "target" and row["compared_with"]:
        needed = "percent"
    fits = measures[row["unit"]] == needed if needed else row["unit"] == indicator["unit"]
    if not fits:
        yield position, "unit", "does not fit its kind and indicator", "See indicators.csv"
    if row["domain"] != indicator["domain"]:
        yield position, "domain", "differs from its indicator's", "See indicators.csv"


def _period_faults(position: int, row: dict) -> Iterator[Fault]:
    start, end = row["period_start"], row["period_end"]
    if start > end:
        yield position, "period_end", "lies before period_start", "Swap them"
    elif row["kind"] == "date" and re.fullmatch(r"\d{4}(-\d{2}){0,2}", row["value"]):
        inside = pd.Period(row["value"])
        if inside.start_time < start or inside.end_time.normalize() > end:
            yield position, "value", "is a date outside its period", "Correct one of them"


def relation_problems(relations: pd.DataFrame, figures: pd.DataFrame) -> Iterator[Fault]:
    """Relations without the parts that their type needs, and links that no relation says."""
    known = set(figures["id"])
    blank = relations.astype(object).where(relations.notna(), "")
    for position, row in enumerate(blank.to_dict("records")):
        if row["type"] in PARTS:
            yield from _part_faults(position, row, known)
    said = {(row["type"], row["result"], row["terms"]) for row in blank.to_dict("records")}
    needed = {"part_of": "part_of", "same_as": "same_thing", "growth_of": "growth"}
    for column, kind in needed.items():
        linked = figures[figures[column].notna()]
        missing = [
            row["id"]
            for row in linked.to_dict("records")
            if (kind, row["id"], row[column]) not in said
        ]
        if missing:
            rule = f"has no {kind} for {len(missing)} links in figures.csv, column {column}"
            yield 0, "type", rule, "Add the relations"


def _part_faults(position: int, row: dict, known: set[str]) -> Iterator[Fault]:
    least, most, needs_result, needs_constant = PARTS[row["type"]]
    terms = row["terms"].split(";") if row["terms"] else []
    if not least <= len(terms) <= most:
        yield position, "terms", "has the wrong number of terms", f"{least} to {most} here"
    if any(term not in known for term in terms):
        yield position, "terms", "names a figure that is not there", "Use ids of figures.csv"
    if needs_result and not row["result"]:
        yield position, "result", "is empty", "This type tests a figure"
    if row["result"] and row["result"] in terms:
        yield position, "result", "is one of its own terms", "Correct one of them"
    if needs_constant == (row["constant"] == ""):
        yield position, "constant", "is not as its type needs it", "Only lists have a constant"


def mechanism_problems(mechanisms: pd.DataFrame, figures: pd.DataFrame) -> Iterator[Fault]:
    """Mechanisms that name a figure of another document, or no date."""
    home = dict(zip(figures["id"], figures["source"], strict=True))
    blank = mechanisms.astype(object).where(mechanisms.notna(), "")
    for position, row in enumerate(blank.to_dict("records")):
        named = [figure for figure in row["figure_ids"].split(";") if figure]
        if any(home.get(figure) != row["source"] for figure in named):
            rule = "names a figure that is not of this document"
            yield position, "figure_ids", rule, "Use ids of its figures"
        if row["since"] and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", row["since"]):
            yield position, "since", "is not a date", "Write YYYY, YYYY-MM or YYYY-MM-DD"
