"""Disclosure control: small counts, lone contributors and identifiers do not leave.

Counts of records pass through ``protect`` on their way into a table; every Plate passes through
``gate`` when it is shown, and the built pages are read once more by ``publish.scan``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.disclosure.attacker import Earlier, Published
from analysis.disclosure.editions import Counted, matched, small_growth
from analysis.disclosure.gate import COUNT, DERIVED
from analysis.disclosure.suppression import dominated_cells, exposed_cells, small_cells, withhold
from analysis.errors import Problem, PublishError
from analysis.page.numbers import in_full
from analysis.page.plates import TableData
from analysis.page.wording import Say


@dataclass(frozen=True)
class Rules:
    """What may leave, as set by a report's parameters and recorded in its provenance.

    Parameters
    ----------
    threshold: counts from 1 to one below it are withheld; so wide must the interval of a withheld
        count stay for an attacker, too.
    contributors, share: a cell is withheld where so many contributors hold more than the share.
    group: the fewest raters, or rated, whose average is shown.
    rounding: base to which shown counts are rounded, 1 for none.
    """

    threshold: int = 10
    contributors: int = 2
    share: float = 0.90
    group: int = 5
    rounding: int = 1


def describe(threshold: int, say: Say) -> str:
    """The setting in words, for the provenance block."""
    return say(
        "only totals over several regions are shown; totals of counts from 1 to {most} are refused",
        most=threshold - 1,
    )


def describe_rules(rules: Rules, say: Say) -> str:
    """All thresholds in words, for the provenance block."""
    text = say(
        "counts from 1 to {most} are withheld, and others beside them so that none can be worked "
        "out to within {width}",
        most=rules.threshold - 1,
        width=rules.threshold,
    )
    if rules.rounding > 1:
        text += say("; shown counts are rounded to multiples of {base}", base=rules.rounding)
    return text


def refuse_small(totals: np.ndarray, threshold: int, where: str) -> None:
    """Refuse to publish group totals of records that are positive and below the threshold.

    Parameters
    ----------
    totals: counts of records behind published rates, any shape.

    Raises
    ------
    PublishError: with how many totals are too small, never their values.
    """
    few = int(small_cells(totals, threshold).sum())
    if few:
        remedy = "Use longer periods, or fewer exclusions, so that more records stand behind each"
        raise PublishError(
            [Problem(where, f"rests on fewer than {threshold} records in {few} places", remedy)]
        )


@dataclass(frozen=True)
class Counts:
    """Counts of records, rows by columns, with what the rules need to know of them.

    Parameters
    ----------
    values: shape (R, C).
    largest: sum of the ``contributors`` largest contributions to each cell, or ``None``.
    """

    values: np.ndarray
    largest: np.ndarray | None = None


def withheld(
    counts: Counts, rules: Rules, where: str, earlier: Earlier | None = None
) -> np.ndarray:
    """Mask of the cells that may not be shown, primary and complementary; shape (R, C).

    Raises
    ------
    PublishError: even with every cell withheld, the totals give a small count away.
    """
    values = np.asarray(counts.values, dtype=float)
    level = small_cells(values, rules.threshold)
    if counts.largest is not None:
        level = level | dominated_cells(np.asarray(counts.largest, float), values, rules.share)
    grown = small_growth(values, earlier, rules.threshold) if earlier else np.zeros_like(level)
    needs = level, grown
    if earlier is None and not level.any():
        return level
    mask = withhold(values, needs, protection=rules.threshold, earlier=earlier)
    now = Published.of(values, mask)
    if mask.all() and next(exposed_cells(now, needs, rules.threshold, earlier), None) is not None:
        what = "its totals alone give small counts away"
        if grown.any():
            what += ", or how little was added since the edition before"
        remedy = "Show no totals, use longer periods or larger regions, or wait for more records"
        raise PublishError([Problem(where, what, remedy)])
    return mask


def protect(
    table: TableData,
    counts: Counts,
    rules: Rules,
    say: Say,
    language: str,
    before: Counted | None = None,
) -> TableData:
    """The table without the cells that may not be shown.

    The columns whose role is ``count`` are, in order, those of ``counts``; rows beyond its
    rows are totals and stay. Where a row's count is withheld, so is what is ``derived`` from it.
    ``before`` is what the last edition of the table showed.
    """
    now = counted_in(table)
    earlier = matched(now, before) if now else None
    mask = withheld(counts, rules, "table", earlier)
    places = [place for place, column in enumerate(table.columns) if column.role == COUNT]
    derived = [place for place, column in enumerate(table.columns) if column.role == DERIVED]
    rows, values = ([list(row) for row in part] for part in (table.rows, table.values))
    for line in range(len(rows)):
        hidden = [place for j, place in enumerate(places) if line < len(mask) and mask[line, j]]
        for place in [*hidden, *(derived if hidden else [])]:
            rows[line][place], values[line][place] = say("withheld"), None
        for place in places:
            if rules.rounding > 1 and values[line][place] is not None:
                rounded = rules.rounding * round(values[line][place] / rules.rounding)
                rows[line][place], values[line][place] = in_full(rounded, language), rounded
    return replace(
        table,
        rows=tuple(tuple(row) for row in rows),
        values=tuple(tuple(row) for row in values),
        threshold=rules.threshold,
    )


def counted_in(table: TableData) -> Counted | None:
    """What a table shows of counts; ``None`` where it shows none.

    The first cell of a row is its key; the last row adds up the others where ``totals`` is 1.
    """
    places = [place for place, column in enumerate(table.columns) if column.role == COUNT]
    if not places:
        return None
    body = table.values[: len(table.values) - table.totals]
    return Counted(
        counted=table.counted,
        threshold=table.threshold or 1,
        rows=[str(row[0]) for row in body],
        columns=[table.columns[place].key for place in places],
        shown=[[row[place] for place in places] for row in body],
        column_totals=[table.values[-1][place] for place in places] if table.totals else None,
    )


def enough(people: int, rules: Rules) -> bool:
    """Whether an average over so many raters, or rated, may be shown."""
    return people >= rules.group
