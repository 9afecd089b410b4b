"""From trials of several places, or reports on them, to effects that can be pooled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.trials import TRIALS, trials_of
from analysis.errors import AnalysisError, DesignError, ParamsError, Problem, nearest
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.others import opened, others_of
from analysis.result import RELATIVE, Estimate, Result

LEAST_PLACES = 5
"""Fewer do not tell how much places differ, and so nothing of another one."""


@dataclass(frozen=True)
class Pool:
    """Effects of K places in log points, as the frame ``effects``.

    ``names`` are those of each place in English and Chinese; ``tables`` those of two by two behind
    them, (K, 2, 2), ``None`` where the places are reports, whose datasets' ``descriptions`` stand
    beside them then. ``silent`` and ``halved`` are as in ``Trials``.
    """

    frame: pd.DataFrame
    names: Mapping[str, tuple[str, str]]
    tables: np.ndarray | None = None
    silent: int = 0
    halved: int = 0
    descriptions: tuple[Description, ...] = ()


def tables(params: AcrossPlacesParams) -> set[str]:
    """The tables that the report reads beside those of other reports."""
    return set() if params.across else {TRIALS}


def unknown_names(data: Dataset, params: AcrossPlacesParams) -> list[Problem]:  # noqa: ARG001
    """Reports that cannot be worked on with, whatever their data hold."""
    what, remedy = "pools places itself", "Name the reports on single places"
    own = [name for name in params.across if name.startswith("across_places/")]
    found = [Problem(f"across, {name}", what, remedy) for name in own]
    twice = sorted({name for name in params.across if params.across.count(name) > 1})
    found += [Problem(f"across, {name}", "is named twice", "Name it once") for name in twice]
    if found:
        return found
    try:
        list(others_of(params))
    except AnalysisError as error:
        return [Problem(f"across, {p.where}", p.what, p.remedy) for p in error.problems]
    return []


def ask(data: Dataset, params: AcrossPlacesParams) -> Pool:
    """The effects of all places.

    Raises
    ------
    AnalysisError: a report is unknown, refuses itself, or gives no ratio; fewer than five places.
    """
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    if params.across:
        pool = _of_reports(params)
    else:
        given = trials_of(data, params.measure)
        pool = Pool(given.frame, given.names, given.tables, given.silent, given.halved)
    if len(pool.frame) < LEAST_PLACES:
        what = f"are {len(pool.frame)} that tell something; at least {LEAST_PLACES} are needed"
        remedy = "Show them beside one another, without a mean"
        raise DesignError([Problem("places", what, remedy)])
    return pool


def _of_reports(params: AcrossPlacesParams) -> Pool:
    rows, names, regions, descriptions = [], {}, {}, []
    problems: list[Problem] = []
    for name, kind, own in others_of(params):
        try:
            report = opened(kind, own)
            found = _estimate(report, params.estimate)
        except AnalysisError as error:
            problems += [Problem(f"{name}: {p.where}", p.what, p.remedy) for p in error.problems]
            continue
        rows.append((name, found.value, found.standard_error))
        names[name] = (own.title_en or name, own.title_zh or name)
        regions[name] = (own.dataset, frozenset(report.frame.get("region", ())))
        descriptions.append(report.description)
    DesignError.raise_for([*problems, *_shared(regions)])
    frame = pd.DataFrame(rows, columns=["study", "estimate", "standard_error"])
    return Pool(frame, names, descriptions=tuple(descriptions))


def _estimate(report: Any, name: str) -> Estimate:
    """The headline of a report, or another of its estimates, with its error.

    Raises
    ------
    DesignError: it has none, or none that is a ratio in log points.
    """
    result = getattr(report, "result", None)
    if not isinstance(result, Result) or result.unit not in RELATIVE:
        what, remedy = "gives no change in log points", "Name reports on counts"
        raise DesignError([Problem("result", what, remedy)])
    known = {estimate.name: estimate for estimate in result.estimates}
    found = known.get(name) if name else result.headline
    if found is None:
        raise DesignError([Problem(f"estimate {name}", "is not there", nearest(name, list(known)))])
    if not found.standard_error:
        raise DesignError([Problem(f"estimate {found.name}", "has no error", "Leave it out")])
    return found


def _shared(regions: Mapping[str, tuple[str, frozenset[str]]]) -> Iterator[Problem]:
    """Reports that rest on the same regions, and would count them twice."""
    for (one, own), (other, theirs) in combinations(regions.items(), 2):
        if own[0] == theirs[0] and own[1] & theirs[1]:
            what = f"rests on regions that {other} rests on as well"
            yield Problem(f"across, {one}", what, "Name reports on places of their own")
