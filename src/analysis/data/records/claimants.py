"""Who complains: records told apart by what was known of their claimant before they came.

A record is *frequent* if, before its day, its claimant had brought ``cases`` complaints and
tip-offs within ``days``, or ``burst`` within ``burst_days``, or if it is about one of
``label_categories`` and another of these came within ``days``. Records of the day itself and after
it do not count: what happens next never changes who somebody was. Enquiries make nobody frequent.

One Ibis expression, as in :mod:`analysis.data.records.expression`, on records where they lie or in
memory; a claimant's identifier stays inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.data.records import expression
from analysis.data.records.groupings import MILLIONTHS

CASES = ("complaint", "report")
"""Kinds of record that make a history."""
MARKS = ("cases", "burst", "label")
"""By what a record is frequent."""
MARKS_BEFORE = ("cases", "burst", "labels")
"""What is counted before a record, by the name of its column."""
TOLD_FROM = ("claimant_id", "claimant_prior_cases")
"""Columns one of which is needed to tell who complains."""


@dataclass(frozen=True)
class Frequent:
    """From when on a claimant is frequent.

    Parameters
    ----------
    cases, days: so many cases within so many days before. burst, burst_days: the same of a burst.
    label_categories: subjects that a claimant needs to bring twice only.
    """

    cases: int = 5
    days: int = 365
    burst: int = 3
    burst_days: int = 7
    label_categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claimants:
    """Records of a kind told apart, and how many each claimant brought.

    Parameters
    ----------
    cells: ``region_code``, ``month`` (number), ``MARKS``, ``known`` (whether a claimant is known)
        and ``records``, in millionths.
    sizes: ``records`` of a claimant and how many ``claimants`` have so many, from ``since`` on.
    histories: by what came before a record, how many ``records`` there are, from ``since`` on:
        ``cases`` within the days, ``burst`` of them within the burst's, ``labels`` of its sort.
    people: claimants with a frequent record from then on. subjects: all that there are.
    since: the first day with a history of ``days`` before it.
    by_person: whether histories are of persons; else earlier cases are as the bureau counted them.
    """

    cells: pd.DataFrame
    sizes: pd.DataFrame
    histories: pd.DataFrame
    people: int
    subjects: tuple[str, ...]
    since: pd.Timestamp
    by_person: bool


def told_apart(records: Any, rule: Frequent, kind: str, crosswalk: Any = None) -> Claimants:
    """Records of a kind, told apart by an engine.

    Parameters
    ----------
    records: an Ibis table of the contract's ``complaints`` with a column out of ``TOLD_FROM``.
    crosswalk: as :func:`analysis.data.records.expression.counted` takes it.
    """
    by_person = "claimant_id" in records.columns
    rows = _marked(_needed(records, crosswalk), rule, by_person)
    first = pd.Timestamp(rows["received"].min().to_pandas())
    since = first + pd.Timedelta(days=rule.days if by_person else 0)
    own = rows.filter(rows["kind"] == kind)
    groups = {name: own[name] for name in ("region_code", *MARKS, "known")}
    month = own["received"].year() * 12 + own["received"].month() - 1
    total = own["weight"].sum().cast("int64")
    cells = own.group_by(month=month.cast("int64"), **groups).aggregate(records=total).to_pandas()
    held = rows.select("category").distinct().to_pandas()["category"].dropna()
    subjects = tuple(sorted(held))
    late = own.filter(own["known"] & (own["received"] >= since.date()))
    before = {name: late[f"{name}_before"] for name in MARKS_BEFORE}
    histories = late.group_by(**before).aggregate(records=late["weight"].sum()).to_pandas()
    one = MILLIONTHS if by_person else 1
    histories[[*before]] = (histories[[*before]].astype(float) / one).round()
    if not by_person:
        nobody = pd.DataFrame({"records": [], "claimants": []})
        return Claimants(cells, nobody, histories, 0, subjects, since, by_person)
    frequent = late["cases"] | late["burst"] | late["label"]
    each = late.group_by("claimant").aggregate(
        records=(late["weight"].sum() / MILLIONTHS).round().cast("int64"), frequent=frequent.any()
    )
    sizes = each.group_by("records", "frequent").aggregate(claimants=each.count()).to_pandas()
    people = int(sizes.loc[sizes["frequent"], "claimants"].sum())
    counted = sizes.groupby("records", as_index=False)["claimants"].sum()
    sizes = counted.sort_values("records", ignore_index=True)
    return Claimants(cells, sizes, histories, people, subjects, since, by_person)


def _needed(records: Any, crosswalk: Any) -> Any:
    """Day, place, kind, subject, claimant and weight of each record, at present regions."""
    import ibis

    columns, nobody = records.columns, ibis.null("string")
    has = dict.fromkeys(("category", "claimant_id"), nobody)
    has |= {name: records[name].cast("string") for name in has if name in columns}
    prior = records["claimant_prior_cases"] if TOLD_FROM[1] in columns else ibis.null("int64")
    weight = records["millionths"] if "millionths" in columns else ibis.literal(MILLIONTHS)
    rows = records.select(
        "region_code",
        "kind",
        received=records["received_on"].cast("date"),
        category=has["category"],
        claimant=has["claimant_id"],
        prior=prior,
        weight=weight.cast("int64"),
    )
    if crosswalk is None:
        return rows
    moved = expression.at_present(rows, crosswalk)
    return moved.drop("weight").rename(weight="millionths")


def _marked(rows: Any, rule: Frequent, by_person: bool) -> Any:
    """The rows with each mark, and whether their claimant is known."""
    import ibis

    about = rows["category"].isin(rule.label_categories or ("",)).fill_null(False)
    if not by_person:
        rows = rows.mutate(about=about, cases_before=rows["prior"].fill_null(0), burst_before=0)
        rows = rows.mutate(labels_before=about.ifelse(rows["cases_before"], 0))
        return rows.mutate(known=rows["prior"].notnull(), **_marks(rows, rule, 1))
    case = rows["kind"].isin(CASES).ifelse(rows["weight"], 0)
    days = rows["received"].delta(ibis.date(1970, 1, 1), unit="day")
    rows = rows.mutate(day=days.cast("int64"), case=case, labels=about.ifelse(case, 0), about=about)
    known = rows["claimant"].notnull() & (rows["claimant"] != "")
    labels = _before(rows, "labels", rule.days)
    rows = rows.mutate(
        cases_before=_before(rows, "case", rule.days),
        burst_before=_before(rows, "case", rule.burst_days),
        labels_before=rows["about"].ifelse(labels, 0),
    )
    marks = _marks(rows, rule, MILLIONTHS)
    return rows.mutate(known=known, **{name: known & mark for name, mark in marks.items()})


def _marks(rows: Any, rule: Frequent, one: int) -> dict[str, Any]:
    """Each mark, from what came before; a record counts as ``one``."""
    return {
        "cases": rows["cases_before"] >= rule.cases * one,
        "burst": rows["burst_before"] >= rule.burst * one,
        "label": rows["labels_before"] >= one,
    }


def _before(rows: Any, amount: str, days: int) -> Any:
    """What the claimant of each row brought in the days before, that day left out."""
    import ibis

    earlier = ibis.range_window(group_by="claimant", order_by="day", preceding=(days, 1))
    return rows[amount].sum().over(earlier).fill_null(0)
