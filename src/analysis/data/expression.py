"""Records to panel where the records lie: one Ibis expression on any engine.

    records → :func:`counted` → cells → :func:`balanced` → panel

Counting sees every record once and gives few rows. Cells add up, so they can be kept by file;
balancing works on cells only. Both are built of what DuckDB, PostgreSQL and Spark compute alike:
whole numbers, dates without time, and no ordering of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.data.cells import (
    BROKEN,
    DIMENSIONS,
    MEASURES,
    ONLINE,
    PARTS,
    REPEAT_CASES,
    UPHELD,
)
from analysis.data.tables import COMPLAINTS

COUNTED = (*MEASURES, BROKEN)

UNKNOWN_MONTH = -1
"""Month of records without a day of receipt: found in cells and refused there."""


def counted(records: Any, by: Sequence[str], crosswalk: Any = None) -> Any:
    """Cells of records: one row per region, month and dimension that occurs.

    Parameters
    ----------
    records: an Ibis table with columns of the contract's ``complaints``. A moment with a time
        zone becomes the day that it was in the time zone of the connection.
    by: names out of ``DIMENSIONS``.
    crosswalk: an Ibis table of :func:`analysis.data.crosswalk.lookup`; with it, measures come
        in millionths.

    Returns
    -------
    An Ibis table: ``region_code``, ``month`` (number), ``by``, and ``MEASURES`` as whole numbers.
    """
    import ibis

    held = _described(records, by)
    weight = {}
    if crosswalk is not None:
        held = _moved(held, crosswalk)
        weight = {"parts": held["parts"]}
    grouped = held.group_by(
        region_code=held["region_code"].fill_null(""),
        first_day=held["received"].truncate("M"),
        **{name: held[name] for name in by},
        **weight,
    ).aggregate(records=held.count(), **_measures(held))
    month = grouped["first_day"].year() * 12 + grouped["first_day"].month() - 1
    cells = grouped.mutate(month=month.fill_null(UNKNOWN_MONTH).cast("int64"))
    factor = cells["parts"] if weight else ibis.literal(1)
    return _added(cells.mutate(**{name: cells[name] * factor for name in COUNTED}), by, COUNTED)


def _described(records: Any, by: Sequence[str]) -> Any:
    """The columns that counting needs, and nothing that names a person."""
    columns = set(records.columns)
    given = {
        name: records[name] for name in ("region_code", "channel", "outcome") if name in columns
    }
    given |= {
        name: records[source].cast("date")
        for name, source in (("received", "received_on"), ("closed_day", "closed_on"))
        if source in columns
    }
    if "claimant_prior_cases" in columns:
        given["cases"] = records["claimant_prior_cases"]
    return records.select(**given | {name: _dimension(records, name) for name in by})


def _dimension(records: Any, name: str) -> Any:
    import ibis

    if name == "claimant":
        if "claimant_prior_cases" not in records.columns:
            return ibis.literal("other")
        repeat = (records["claimant_prior_cases"] >= REPEAT_CASES).fill_null(False)
        return repeat.ifelse(*DIMENSIONS["claimant"])
    return records[name].fill_null("") if name in records.columns else ibis.literal("")


def _measures(held: Any) -> dict[str, Any]:
    """Measures beside the number of records; zero where a column is not there."""
    import ibis

    none, columns = ibis.literal(0, type="int64"), held.columns
    measures = dict.fromkeys(MEASURES[1:], none)
    if "cases" in columns:
        repeat = (held["cases"] >= REPEAT_CASES).fill_null(False)
        measures["repeat_claimants"] = held.count(where=repeat)
    for name, column, words in (
        ("online_channel", "channel", ONLINE),
        ("upheld", "outcome", UPHELD),
    ):
        if column in columns:
            measures[name] = held.count(where=held[column].isin(words).fill_null(False))
    if "closed_day" in columns:
        days = held["closed_day"].delta(held["received"], unit="day")
        measures["closed"] = held.count(where=held["closed_day"].notnull())
        measures["handling_days"] = days.sum().fill_null(0).cast("int64")
    return {**measures, BROKEN: _broken(held)}


def _broken(held: Any) -> Any:
    """How many records have a word or number that the contract refuses."""
    import ibis

    columns = held.columns
    rules = [
        ~held[name].isin(COMPLAINTS.column(name).allowed).fill_null(name == "outcome")
        for name in ("channel", "outcome")
        if name in columns
    ]
    if "cases" in columns:
        rules.append((held["cases"] < 0).fill_null(False))
    return held.count(where=ibis.or_(*rules)) if rules else ibis.literal(0, type="int64")


def _moved(held: Any, crosswalk: Any) -> Any:
    """Each record under the codes that its region has now, with its millionths."""
    import ibis

    within = [
        held["region_code"] == crosswalk["old_code"],
        held["received"] >= crosswalk["first_day"],
        held["received"] <= crosswalk["last_day"],
    ]
    joined = held.left_join(crosswalk, within)
    return joined.select(
        *[name for name in held.columns if name != "region_code"],
        region_code=ibis.coalesce(joined["new_code"], joined["region_code"]),
        parts=ibis.coalesce(joined["weight_parts"], PARTS).cast("int64"),
    )


def _added(cells: Any, by: Sequence[str], measures: Sequence[str] = MEASURES) -> Any:
    sums = {name: cells[name].sum().cast("int64") for name in measures}
    return cells.group_by("region_code", "month", *by).aggregate(**sums)


def balanced(cells: Any, by: Sequence[str], *, parts: int = 1) -> Any:
    """The panel: every region, every month of its reporting span, every word, zeros explicit.

    The span runs from a region's first record of any kind to its last.

    Parameters
    ----------
    cells: as :func:`counted` gives them; several rows of one cell are added up.
    parts: what one record counts, 1 or ``PARTS``.

    Returns
    -------
    An Ibis table like the cells; measures are real numbers where ``parts`` is not 1.
    """
    import ibis

    summed = _added(cells.filter(cells["month"] != UNKNOWN_MONTH), by)
    spans = summed.group_by("region_code").aggregate(
        low=summed["month"].min(), high=summed["month"].max()
    )
    months = ibis.range(spans["low"], spans["high"] + 1).unnest()
    grid = spans.select("region_code", month=months)
    for name in by:
        grid = grid.cross_join(_words(summed, name))
    keys = ["region_code", "month", *by]
    joined = grid.left_join(summed, keys)
    measures = {name: joined[name].fill_null(0) for name in MEASURES}
    if parts != 1:
        measures = {name: value.cast("float64") / parts for name, value in measures.items()}
    return joined.select(*keys, **measures)


def _words(cells: Any, name: str) -> Any:
    """The words of a dimension as a table of one column."""
    import ibis

    words = DIMENSIONS[name]
    if not words:
        return cells.select(name).distinct()
    return ibis.array(list(words)).unnest().name(name).as_table()
