"""Records to panel where the records lie: one Ibis expression on any engine.

    records → :func:`counted` → cells → :func:`balanced` → panel

Counting sees every record once and gives few rows. Cells add up, so they can be kept by file;
balancing works on cells only. Both are built of what DuckDB, PostgreSQL and Spark compute alike:
whole numbers, dates without time, and no ordering of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.data.records import groupings
from analysis.data.tables import COMPLAINTS

ORIGIN = ("origin", "millionths")
"""The region as recorded, and how much a record counts for the present one."""

UNKNOWN_MONTH = -1
"""Month of records without a day of receipt: found in cells and refused there."""


def counted(
    records: Any,
    by: Sequence[str],
    crosswalk: Any = None,
    *,
    check: bool = False,
) -> Any:
    """Cells of records: rows of region, month and dimensions, to be added up.

    Parameters
    ----------
    records: an Ibis table with columns of the contract's ``complaints``. A moment with a time
        zone becomes the day that it was in the time zone of the connection.
    by: names out of ``DIMENSIONS``.
    crosswalk: an Ibis table of :func:`analysis.data.regions.crosswalk.lookup`; with it,
        measures come in millionths.
    check: whether ``BROKEN`` is counted, too.

    Returns
    -------
    An Ibis table: ``region_code``, ``month`` (number), ``by``, and ``MEASURES`` as whole numbers;
    with a crosswalk ``origin``, the region as recorded, and ``millionths``.
    """
    rows = _needed(records, by)
    if crosswalk is not None:
        rows = at_present(rows, crosswalk)
    keys = {"region_code": rows["region_code"], "first_day": rows["received"].truncate("M")}
    if crosswalk is not None:
        keys |= {name: rows[name] for name in ORIGIN}
    measures = _measures(rows) | (_broken(rows) if check else {})
    cells = rows.group_by(**keys, **{name: rows[name] for name in by}).aggregate(**measures)
    month = cells["first_day"].year() * 12 + cells["first_day"].month() - 1
    # Empty keys are named after counting: to name them for every record would cost a third more.
    named = {name: cells[name].fill_null("") for name in ("region_code", *by)}
    amounts = {name: cells[name].fill_null(0).cast("int64") for name in measures}
    if crosswalk is not None:
        amounts = {name: value * cells["millionths"] for name, value in amounts.items()}
    kept = {name: cells[name] for name in ORIGIN} if crosswalk is not None else {}
    month = month.fill_null(UNKNOWN_MONTH).cast("int64")
    return cells.select(month=month, **named, **amounts, **kept)


def units(cells: Any, kinds: str = "kind") -> Any:
    """How many records there are by region as recorded, month and kind.

    Parameters
    ----------
    cells: as :func:`counted` gives them; several rows of one cell are added up.

    Returns
    -------
    An Ibis table: ``region_code``, ``origin``, ``millionths``, ``month``, ``kind``, ``records``.
    """
    import ibis

    known = cells.filter(cells["month"] != UNKNOWN_MONTH)
    if "origin" not in known.columns:
        whole = ibis.literal(1, type="int64")
        known = known.mutate(origin=known["region_code"], millionths=whole)
    total = known["records"].sum().cast("int64")
    found = known.group_by("region_code", *ORIGIN, "month", kinds).aggregate(records=total)
    return found.mutate(records=(found["records"] / found["millionths"]).cast("int64"))


def _needed(records: Any, by: Sequence[str]) -> Any:
    """The columns that counting needs, and nothing that names a person."""
    columns = set(records.columns)
    plain = ("region_code", "channel", "outcome", "claimant_prior_cases")
    given = {name: records[name] for name in plain if name in columns}
    days = {"received": "received_on", "closed_day": "closed_on"}
    given |= {name: records[day].cast("date") for name, day in days.items() if day in columns}
    return records.select(**given | {name: _dimension(records, name) for name in by})


def _dimension(records: Any, name: str) -> Any:
    import ibis

    if name == "claimant":
        if "claimant_prior_cases" not in records.columns:
            return ibis.literal("other")
        repeat = (records["claimant_prior_cases"] >= groupings.REPEAT_CASES).fill_null(False)
        return repeat.ifelse(*groupings.DIMENSIONS["claimant"])
    if name not in records.columns:
        return ibis.literal("")
    # A category may be missing; where another word is, the record is refused after counting.
    return records[name].fill_null("") if name == "category" else records[name]


def _measures(rows: Any) -> dict[str, Any]:
    """Measures of a group of records; zero where a column is not there."""
    import ibis

    none, columns = ibis.literal(0, type="int64"), rows.columns
    measures = {"records": rows.count(), **dict.fromkeys(groupings.MEASURES[1:], none)}
    if "claimant_prior_cases" in columns:
        repeat = rows["claimant_prior_cases"] >= groupings.REPEAT_CASES
        measures["repeat_claimants"] = rows.count(where=repeat)
    if "channel" in columns:
        measures["online_channel"] = rows.count(where=rows["channel"].isin(groupings.ONLINE))
    if "outcome" in columns:
        measures["upheld"] = rows.count(where=rows["outcome"].isin(groupings.UPHELD))
    if "closed_day" in columns:
        measures["closed"] = rows["closed_day"].count()
        measures["handling_days"] = rows["closed_day"].delta(rows["received"], unit="day").sum()
    return measures


def _broken(rows: Any) -> dict[str, Any]:
    """How many words and numbers the contract refuses, of columns that are no dimension."""
    import ibis

    columns, rules = rows.columns, []
    if "channel" in columns:
        words = COMPLAINTS.column("channel").allowed
        rules += [rows["channel"].notin(words), rows["channel"].isnull()]
    if "outcome" in columns:
        rules.append(rows["outcome"].notin(COMPLAINTS.column("outcome").allowed))
    if "claimant_prior_cases" in columns:
        rules.append(rows["claimant_prior_cases"] < 0)
    # One count for each: an engine tells a word of a dictionary once, not once for every record.
    counts = (rows.count(where=rule).fill_null(0) for rule in rules)
    return {groupings.BROKEN: sum(counts, ibis.literal(0, type="int64"))}


def ready_to_join(crosswalk: pd.DataFrame) -> Any:
    """A crosswalk's days as dates, in a table that engines join."""
    import ibis

    days = {name: crosswalk[name].dt.date for name in ("first_day", "last_day")}
    return ibis.memtable(crosswalk.assign(**days))


def at_present(rows: Any, crosswalk: Any) -> Any:
    """Each record under the codes that its region has now, with its millionths."""
    import ibis

    within = [
        rows["region_code"] == crosswalk["old_code"],
        rows["received"] >= crosswalk["first_day"],
        rows["received"] <= crosswalk["last_day"],
    ]
    joined = rows.left_join(crosswalk, within)
    return joined.select(
        *[name for name in rows.columns if name != "region_code"],
        origin=joined["region_code"],
        region_code=ibis.coalesce(joined["new_code"], joined["region_code"]),
        millionths=ibis.coalesce(joined["weight_millionths"], groupings.MILLIONTHS).cast("int64"),
    )


def balanced(cells: Any, by: Sequence[str], *, scale: int = 1, once: bool = False) -> Any:
    """The panel: every region, every month of its reporting span, every word, zeros explicit.

    The span runs from a region's first record of any kind to its last.

    Parameters
    ----------
    cells: as :func:`counted` gives them; several rows of one cell are added up.
    scale: what one record counts, 1 or ``MILLIONTHS``.
    once: whether each cell stands in one row, as :func:`counted` gives cells of records that
        obey the contract without a crosswalk; to add them up again would take half as long as
        counting.

    Returns
    -------
    An Ibis table like the cells; measures are real numbers where ``scale`` is not 1.
    """
    import ibis

    known = cells.filter(cells["month"] != UNKNOWN_MONTH)
    sums = {name: known[name].sum().cast("int64") for name in groupings.MEASURES}
    summed = known if once else known.group_by("region_code", "month", *by).aggregate(**sums)
    spans = summed.group_by("region_code").aggregate(
        low=summed["month"].min(), high=summed["month"].max()
    )
    months = ibis.range(spans["low"], spans["high"] + 1).unnest()
    grid = spans.select("region_code", month=months)
    for name in by:
        grid = grid.cross_join(_words(summed, name))
    keys = ["region_code", "month", *by]
    joined = grid.left_join(summed, keys)
    measures = {name: joined[name].fill_null(0) for name in groupings.MEASURES}
    if scale != 1:
        measures = {name: value.cast("float64") / scale for name, value in measures.items()}
    return joined.select(*keys, **measures)


def _words(cells: Any, name: str) -> Any:
    """The words of a dimension as a table of one column."""
    import ibis

    words = groupings.DIMENSIONS[name]
    if not words:
        return cells.select(name).distinct()
    return ibis.array(list(words)).unnest().name(name).as_table()
