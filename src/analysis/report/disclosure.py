"""Disclosure control: small counts, lone contributors and identifiers do not leave.

Counts of records pass through ``protect`` on their way into a table; every Plate passes through
``gate`` when it is shown, and the built pages are read once more by ``publish.scan``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.errors import Problem, PublishError
from analysis.report.editions import Counted, counted_in, growth, linked
from analysis.report.gate import COUNT, DERIVED, IDENTITIES
from analysis.report.numbers import number
from analysis.report.plates import TableData
from analysis.report.wording import Say
from analysis.stats.attacker import Earlier, Published
from analysis.stats.suppression import Needs, dominated, exposed, small, withhold

SEALS_KEPT = 20_000
"""Identifiers of one kind beyond this are recognised by their shape alone."""
SEAL_LENGTH = 16
SHAPES_KEPT = 50


@dataclass(frozen=True)
class Rules:
    """What may leave, as set by a report's parameters and recorded in its provenance.

    Parameters
    ----------
    threshold: counts from 1 to one below it are withheld.
    contributors, share: a cell is withheld where so many contributors hold more than the share.
    group: the fewest raters, or rated, whose average is shown.
    rounding: base to which shown counts are rounded, 1 for none.
    protection: how wide the interval of a withheld count must stay for an attacker; the
        threshold where not given.
    """

    threshold: int = 10
    contributors: int = 2
    share: float = 0.90
    group: int = 5
    rounding: int = 1
    protection: int | None = None

    @property
    def width(self) -> int:
        """The protection interval."""
        return self.threshold if self.protection is None else self.protection


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
        "out to within {width}; so are cells of which {contributors} contributors hold more than "
        "{share}%, and averages of fewer than {group} people",
        most=rules.threshold - 1,
        width=rules.width,
        contributors=rules.contributors,
        share=round(100 * rules.share),
        group=rules.group,
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
    few = int(small(totals, threshold).sum())
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
    row_totals: whether row totals are published; column totals always may be.
    """

    values: np.ndarray
    largest: np.ndarray | None = None
    row_totals: bool = False


def withheld(
    counts: Counts, rules: Rules, where: str, earlier: Earlier | None = None
) -> np.ndarray:
    """Mask of the cells that may not be shown, primary and complementary; shape (R, C).

    Raises
    ------
    PublishError: even with every cell withheld, the totals give a small count away.
    """
    values = np.asarray(counts.values, dtype=float)
    level = small(values, rules.threshold)
    if counts.largest is not None:
        level = level | dominated(np.asarray(counts.largest, float), values, rules.share)
    grown = np.zeros_like(level) if earlier is None else growth(values, earlier, rules.threshold)
    needs = Needs(level, grown)
    if earlier is None and not level.any():
        return level
    mask = withhold(
        values,
        needs,
        protection=rules.width,
        row_totals=counts.row_totals,
        earlier=earlier,
    )
    now = Published.of(values, mask, counts.row_totals)
    if mask.all() and next(exposed(now, needs, rules.width, earlier), None) is not None:
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
    earlier = linked(now, before) if now else None
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
                rows[line][place], values[line][place] = number(rounded, language), rounded
    return replace(
        table,
        rows=tuple(tuple(row) for row in rows),
        values=tuple(tuple(row) for row in values),
        threshold=rules.threshold,
    )


def enough(people: int, rules: Rules) -> bool:
    """Whether an average over so many raters, or rated, may be shown."""
    return people >= rules.group


@dataclass(frozen=True)
class Identifiers:
    """What no page may show: hashes of identifiers, and the shapes of those too many to hash."""

    seals: Mapping[str, Sequence[str]]
    shapes: Mapping[str, Sequence[str]]


def identifiers(tables: Mapping[str, pd.DataFrame]) -> Identifiers:
    """Hashes and shapes of every identifier of a person or an enterprise in the tables."""
    found: dict[str, list[pd.Series]] = {}
    for frame in tables.values():
        for name in IDENTITIES & set(map(str, frame.columns)):
            found.setdefault(name, []).append(frame[name].dropna().astype(str))
    seals, shapes = {}, {}
    for name, columns in sorted(found.items()):
        values = pd.unique(pd.concat(columns))
        if len(values) <= SEALS_KEPT:
            seals[name] = sorted(seal(value) for value in values)
        else:
            shapes[name] = shapes_of(values)
    return Identifiers(seals, shapes)


def seal(identifier: str) -> str:
    """The hash under which an identifier is looked for, in capitals or not."""
    return hashlib.sha256(identifier.casefold().encode("utf-8")).hexdigest()[:SEAL_LENGTH]


def shapes_of(values: Iterable[str]) -> list[str]:
    """The fewest patterns that fit every identifier: by letters, else by their length."""
    texts = pd.Series(values, dtype="string[pyarrow]")
    patterns: set[str] = set()
    for text in _without_digits(texts):
        patterns.add(shape(text))
        if len(patterns) > SHAPES_KEPT:
            return sorted(rf"\w{{{length}}}" for length in texts.str.len().unique())
    return sorted(patterns)


def _without_digits(texts: pd.Series) -> Iterator[str]:
    """The texts with 0 for every digit, each once: a million numbers have few shapes.

    Digits are replaced in Arrow's own buffer, where no other character holds their bytes.
    """
    whole = pa.table({"text": texts})["text"].cast(pa.large_string()).combine_chunks()
    _, offsets, data = whole.buffers()
    letters = np.frombuffer(data or b"", np.uint8).copy()
    letters[(letters >= ord("0")) & (letters <= ord("9"))] = ord("0")
    buffers = [None, offsets, pa.py_buffer(letters)]
    masked = pa.Array.from_buffers(whole.type, len(whole), buffers, offset=whole.offset)
    return (text.as_py() for text in masked.unique())


def shape(identifier: str) -> str:
    """The identifier as a pattern: its letters as they are, each digit as any digit."""
    return re.sub(r"\d", r"\\d", re.escape(identifier))
