"""Enterprises that joined a programme, beside like ones that did not, month by month around it.

For every joiner so many others are drawn that stood on the register of the same region, are alike
in what is matched on, and did not join in the time that is looked at. The others get the month of
their joiner. Counts are of quarters from that month on, and before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.draws import FEWEST_RECORDS
from analysis.data.frames.names import not_held
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import JoinersQuestion

TABLES = frozenset({"enterprises", "enrolments", "complaints", "truth"})
FEWEST_JOINERS = 20
LEAST_MONTHS = 3
"""On the register, and in the records, before joining and after."""
QUARTER, YEAR = 3, 12
AGES = (12, 36, 120)
"""Months on the register that part young and old."""
AGE = "age"
ROUNDS = 25
"""Draws for each other enterprise that is looked for."""
OVERLAP = 0.5
"""Share of joiners that must have a like one."""
NEVER = 10**6


@dataclass(frozen=True)
class Joined:
    """Joiners and others, a row each.

    ``frame`` has ``unit``, ``set`` (the joiner it belongs to), ``treated``, ``region``, ``months``
    on the register, ``individual``, ``industry``, and records with the months in which they could
    be: ``before`` and ``months_before`` joining, ``after``, ``earlier`` (one span before that), and
    quarters ``q-8`` with ``m-8``, and so on. ``pool`` is the same of others drawn from the whole
    register; ``refused`` of those whose application failed. ``alone`` joiners found nobody alike.
    """

    frame: pd.DataFrame
    pool: pd.DataFrame
    refused: pd.DataFrame
    joiners: int
    alone: int
    quarters: tuple[int, ...]
    regions: int


def unknown_in_joiners(dataset: Dataset, question: JoinersQuestion) -> list[Problem]:
    """Parameters that name something the tables do not hold."""
    lacking = [
        name for name in ("enterprises", "enrolments", "complaints") if not dataset.has(name)
    ]
    if lacking:
        what = "is needed: who could join, who did, and what was recorded of both"
        return [Problem(f"table {name}", what, "Add it") for name in lacking]
    joined, register = dataset.tables["enrolments"], dataset.tables["enterprises"]
    found = []
    if "enterprise_id" not in joined or joined["enterprise_id"].isna().all():
        what = "is needed: this report is on programmes that enterprises join, not regions"
        found.append(Problem("enrolments, column enterprise_id", what, "Add it"))
    found += not_held([("programme", question.programme, joined["programme"].astype(str).unique())])
    known = [AGE, *(c for c in ("type", "industry", "station") if c in register)]
    found += not_held(("match_on", name, known) for name in question.match_on)
    found += not_held([("outcome", question.outcome, COMPLAINTS.column("kind").allowed)])
    if "enterprise_id" not in dataset.tables["complaints"]:
        what = "is needed to know whom records are about"
        found.append(Problem("complaints, column enterprise_id", what, "Add it"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    return found


def build_joined(dataset: Dataset, question: JoinersQuestion, seed: int) -> Joined:
    """Joiners and like ones that did not join.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: too few joiners, too few alike, or too few records on one side.
    """
    ParamsError.raise_for(unknown_in_joiners(dataset, question))
    rng = np.random.default_rng(seed)
    register = _register(dataset, question)
    records = _records(dataset, question, register)
    register = register[register["inside"]] if question.region else register
    starts = _starts(register, records)
    joiners = np.flatnonzero(starts)
    if len(joiners) < FEWEST_JOINERS:
        what = f"are {len(joiners)} with records on both sides; {FEWEST_JOINERS} are needed"
        raise DesignError([Problem("joiners", what, "Ask about a larger region, or another one")])
    when = register["joined"].to_numpy()[joiners]
    found, whom = _alike(register, joiners, when, question, rng)
    alone = len(joiners) - len(np.unique(whom))
    if alone > OVERLAP * len(joiners):
        what = f"are like {len(joiners) - alone} of {len(joiners)} joiners: there is no overlap"
        raise DesignError([Problem("others", what, "Match on fewer columns")])
    matched = np.isin(np.arange(len(joiners)), whom)
    frame = pd.concat(
        [
            _counted(register, joiners[matched], when[matched], records, question, 1),
            _counted(register, found, when[whom], records, question, 0),
        ],
        ignore_index=True,
    )
    frame["set"] = np.append(np.flatnonzero(matched), whom)
    DesignError.raise_for([*_problems(frame)])
    whole = question.model_copy(update={"match_on": []})
    other, of = _alike(register, joiners, when, whole, rng, anywhere=True)
    pool = _counted(register, other, when[of], records, question, 0)
    failed = np.flatnonzero((register["refused"] < NEVER) & (register["joined"] >= NEVER))
    refused = _counted(
        register, failed, register["refused"].to_numpy()[failed], records, question, 0
    )
    quarters = tuple(
        range(-2 * question.horizon_months // QUARTER, question.horizon_months // QUARTER)
    )
    regions = int(frame.groupby("treated")["region"].nunique().min())
    return Joined(frame, pool, refused, len(joiners), alone, quarters, regions)


def _month(days: pd.Series) -> pd.Series:
    return days.dt.year * YEAR + days.dt.month


def _register(dataset: Dataset, question: JoinersQuestion) -> pd.DataFrame:
    """Everyone on the register, with months of entry, exit, joining and a failed application."""
    rows = dataset.tables["enterprises"].drop_duplicates("enterprise_id").reset_index(drop=True)
    found = pd.DataFrame({"unit": rows["enterprise_id"].astype(str)})
    found["region"] = rows["region_code"].astype(str)
    for name in ("type", "industry", "station"):
        found[name] = rows[name].astype(str) if name in rows else ""
    found["entry"] = _month(rows["registered_on"]).fillna(0).astype(int)
    left = rows.get("deregistered_on", pd.Series(pd.NaT, rows.index))
    found["exit"] = _month(left).fillna(NEVER).astype(int)
    own = dataset.tables["enrolments"]
    own = own[(own["programme"] == question.programme) & own["enterprise_id"].notna()]
    place = pd.Index(found["unit"])
    for column, rows in (
        ("joined", own[own["approved_on"].notna()].assign(day=own["approved_on"])),
        ("refused", own[own["approved_on"].isna()].assign(day=own["applied_on"])),
    ):
        first = _month(rows["day"]).groupby(rows["enterprise_id"].astype(str)).min()
        at = place.get_indexer(first.index)
        months = np.full(len(found), NEVER)
        months[at[at >= 0]] = first.to_numpy()[at >= 0]
        found[column] = months
    if question.region:
        parents = parents_in(dataset)
        kept = {c for c in found["region"].unique() if lies_in(c, question.region, parents)}
        found["inside"] = found["region"].isin(kept)
    return found


@dataclass(frozen=True)
class Records:
    """Records of enterprises by month, as sorted keys, and the months they reach over."""

    keys: np.ndarray
    first: int
    last: int

    def between(self, row: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """How many there are of each in the months from one up to another, that one not counted."""
        low, high = (row.astype(np.int64) * NEVER + np.clip(m, 0, NEVER - 1) for m in (begin, end))
        found = np.searchsorted(self.keys, [low, high], side="left")
        return np.asarray(np.maximum(found[1] - found[0], 0))


def _records(dataset: Dataset, question: JoinersQuestion, register: pd.DataFrame) -> Records:
    rows = dataset.tables["complaints"]
    rows = rows[rows["kind"] == question.outcome]
    month = _month(rows["received_on"])
    row = pd.Index(register["unit"]).get_indexer(rows["enterprise_id"].astype(str))
    keys = row.astype(np.int64) * NEVER + month.to_numpy(np.int64)
    return Records(np.sort(keys[row >= 0]), int(month.min()), int(month.max()))


def _starts(register: pd.DataFrame, records: Records) -> np.ndarray:
    """Whether each joined when records and register reach far enough on both sides."""
    joined, entry = register["joined"].to_numpy(), register["entry"].to_numpy()
    enough = joined - np.maximum(entry, records.first) >= LEAST_MONTHS
    enough &= np.minimum(register["exit"].to_numpy(), records.last + 1) - joined >= LEAST_MONTHS
    return np.asarray((joined < NEVER) & enough)


def _cells(register: pd.DataFrame, question: JoinersQuestion, anywhere: bool) -> np.ndarray:
    """The number of the cell of each within which others are looked for."""
    names = [] if anywhere else ["region", *(c for c in question.match_on if c != AGE)]
    if not names:
        return np.zeros(len(register), dtype=int)
    return np.asarray(register.groupby(names, sort=False, observed=True).ngroup())


def _alike(
    register: pd.DataFrame,
    joiners: np.ndarray,
    when: np.ndarray,
    question: JoinersQuestion,
    rng: np.random.Generator,
    *,
    anywhere: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of others, and for which joiner each was drawn."""
    cell = _cells(register, question, anywhere)
    order = np.argsort(cell, kind="stable")
    ends = np.searchsorted(cell[order], [cell[joiners], cell[joiners] + 1])
    entry, left, joined = (register[c].to_numpy() for c in ("entry", "exit", "joined"))
    band = np.searchsorted(AGES, when - entry[joiners], side="right")
    left_over = np.repeat(np.arange(len(joiners)), question.others)
    chosen, whom = [], []
    for _ in range(ROUNDS):
        low, high = ends[:, left_over]
        at = order[low + (rng.random(left_over.size) * (high - low)).astype(int)]
        month = when[left_over]
        good = (month - entry[at] >= LEAST_MONTHS) & (left[at] - month >= LEAST_MONTHS)
        good &= joined[at] > month + question.horizon_months
        if AGE in question.match_on:
            good &= np.searchsorted(AGES, month - entry[at], side="right") == band[left_over]
        chosen.append(at[good])
        whom.append(left_over[good])
        left_over = left_over[~good]
        if not left_over.size:
            break
    return np.concatenate(chosen), np.concatenate(whom)


def _counted(
    register: pd.DataFrame,
    row: np.ndarray,
    when: np.ndarray,
    records: Records,
    question: JoinersQuestion,
    treated: int,
) -> pd.DataFrame:
    """What is recorded of rows of the register around a month."""
    own, horizon = register.iloc[row], question.horizon_months
    place = own.index.to_numpy()
    begin = np.maximum(own["entry"].to_numpy() + 1, records.first)
    end = np.minimum(own["exit"].to_numpy(), records.last + 1)

    def span(first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        low, high = np.maximum(when + first, begin), np.minimum(when + last, end)
        months = np.maximum(high - low, 0)
        return np.where(months > 0, records.between(place, low, high), 0), months

    columns = {
        "unit": own["unit"].to_numpy(),
        "treated": np.full(len(own), treated),
        "region": own["region"].to_numpy(),
        "months": when - own["entry"].to_numpy(),
        "individual": (own["type"] == "individual_business").to_numpy().astype(int),
        "industry": own["industry"].to_numpy(),
    }
    for name, first in (("earlier", -2 * horizon), ("before", -horizon), ("after", 0)):
        columns[name], columns[f"months_{name}"] = span(first, first + horizon)
    for quarter in range(-2 * horizon // QUARTER, horizon // QUARTER):
        first = QUARTER * quarter
        columns[f"q{quarter}"], columns[f"m{quarter}"] = span(first, first + QUARTER)
    return pd.DataFrame(columns)


def _problems(frame: pd.DataFrame) -> Iterator[Problem]:
    for arm, who in ((1, "joiners"), (0, "like ones")):
        own = frame[frame["treated"] == arm]
        for column, when in (("before", "before"), ("after", "after")):
            if (number := int(own[column].sum())) < FEWEST_RECORDS:
                what = f"{when} joining are {number}; {FEWEST_RECORDS} are needed"
                yield Problem(f"records of {who}", what, "Look at a longer time, or another region")
