"""Records told apart by who brought them, as outcomes that every method of panels takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import months_of, whole_months
from analysis.data.periods import label_of
from analysis.data.records import engines
from analysis.data.records.claimants import MARKS, TOLD_FROM, Claimants, Frequent, told_apart
from analysis.data.records.expression import ready_to_join
from analysis.data.records.groupings import MILLIONTHS, as_months
from analysis.data.records.location import RecordSource
from analysis.data.regions.crosswalk import lookup
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, Problem, nearest
from analysis.params import CountsQuestion

CLASSES = ("frequent", "other")
RATIO = "ratio"
"""Records of frequent claimants out of those of all others."""
MOST_UNKNOWN = 0.2
"""Share of records without a claimant above which nothing is said of who complains."""
FEWEST_PEOPLE = 10
"""Frequent claimants below which even an average would be about persons."""
IN_MEMORY = RecordSource(files="complaints.parquet")


def claimants_of(dataset: Dataset, rule: Frequent, kind: str) -> Claimants:
    """Records of a kind told apart, where they lie.

    Raises
    ------
    DesignError: nothing tells who complains, in too many records, or a subject is not held.
    """
    found = dataset.once(("claimants", rule, kind), lambda: _told(dataset, rule, kind))
    problems = [
        Problem(f"label_categories, '{name}'", "is no subject of a record", nearest(name, held))
        for held in [list(found.subjects)]
        for name in rule.label_categories
        if name not in held
    ]
    if (unknown := share_unknown(found)) > MOST_UNKNOWN:
        what = (
            f"does not say who complains in {unknown:.0%} of records, and may in {MOST_UNKNOWN:.0%}"
        )
        problems.append(Problem("table complaints", what, "Fill in claimant_id where it is known"))
    if found.by_person and found.people < FEWEST_PEOPLE and not problems:
        what = f"makes fewer than {FEWEST_PEOPLE} people frequent claimants"
        problems.append(Problem("professional", what, "Set lower numbers of cases, or more days"))
    if problems:
        raise DesignError(problems)
    return found


def share_unknown(found: Claimants) -> float:
    """Share of records of which it is not known who brought them."""
    total = found.cells.groupby("known")["records"].sum()
    return float(total.get(False, 0) / max(total.sum(), 1))


def _told(dataset: Dataset, rule: Frequent, kind: str) -> Claimants:
    source = dataset.description.records or IN_MEMORY
    moves = (
        lookup(dataset.tables["crosswalk"]) if dataset.panel and dataset.has("crosswalk") else None
    )
    with engines.engine(source, dataset.folder) as connection:
        if dataset.panel is None:
            table = dataset.tables["complaints"]
            held = [name for name in (*COMPLAINTS.names, "millionths") if name in table]
            records = connection.create_table("complaints", table[held])
        else:
            files = source.paths(dataset.folder) if source.files else []
            records = engines.records_in(connection, source, files)
        if not set(TOLD_FROM) & set(records.columns):
            what = f"tells nothing of who complains: it has no {' and no '.join(TOLD_FROM)}"
            raise DesignError([Problem("table complaints", what, "Add one of them")])
        with engines.refusing_errors(source, [], "Compare its columns with the data dictionary"):
            joined = None if moves is None else ready_to_join(moves)
            return told_apart(records, rule, kind, joined)


def with_classes(dataset: Dataset, question: CountsQuestion, rule: Frequent) -> Dataset:
    """The dataset with records of ``CLASSES`` and of each mark as outcomes, and ``RATIO``.

    Only months are counted that have a whole history before them.

    Raises
    ------
    DesignError: as :func:`claimants_of`, or no period has a whole history.
    """
    key = ("classes", rule, question.outcome, question.period)
    return dataset.once(key, lambda: _with_classes(dataset, question, rule))


def _with_classes(dataset: Dataset, question: CountsQuestion, rule: Frequent) -> Dataset:
    found = claimants_of(dataset, rule, question.outcome)
    months = months_of(dataset, question.outcome, "records")
    months = months.loc[:, months.columns.start_time >= found.since]
    wide = {
        name: whole_months(_monthly(cells, months), question.period)
        for name, cells in _classes(found.cells).items()
    }
    if not wide[CLASSES[0]].columns.size:
        what = f"asks for {rule.days} days before every record, and leaves no whole period"
        raise DesignError([Problem("professional", what, "Set fewer days, or give more records")])
    rows = [_rows(name, counts) for name, counts in wide.items()]
    rows.append(_rows(RATIO, wide[CLASSES[0]], wide[CLASSES[1]]))
    outcomes = pd.concat([dataset.tables.get("outcomes", pd.DataFrame()), *rows], ignore_index=True)
    tables = {**dataset.tables, "outcomes": outcomes}
    return replace(dataset, tables=tables, recorded=None, worked_out={})


def _classes(cells: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Cells of each class and each mark, of known claimants."""
    known = cells[cells["known"]]
    frequent = known[list(MARKS)].any(axis=1)
    marked = {mark: known[known[mark]] for mark in MARKS}
    return {CLASSES[0]: known[frequent], CLASSES[1]: known[~frequent], **marked}


def _monthly(cells: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Records by region and month, wide; zeros where the region reported, else nothing."""
    wide = cells.groupby(["region_code", "month"])["records"].sum().unstack() / MILLIONTHS
    wide = wide.set_axis(as_months(wide.columns), axis=1)
    filled = wide.reindex(index=months.index, columns=months.columns).fillna(0.0)
    return filled.where(months.notna())


def _rows(name: str, counts: pd.DataFrame, base: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rows of ``outcomes``."""
    shape = {"count": counts} if base is None else {"count": counts, "base": base}
    long = pd.DataFrame({column: wide.stack(future_stack=True) for column, wide in shape.items()})
    long.index = long.index.set_names(["region_code", "period"])
    rows = long.reset_index()
    periods = {period: label_of(period) for period in counts.columns}
    return rows.assign(outcome=name, period=rows["period"].map(periods))
