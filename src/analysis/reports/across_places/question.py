"""From trials of several places, or reports on them, to effects that can be pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.trials import TRIALS, trials_of
from analysis.errors import AnalysisError, DesignError, ParamsError, Problem
from analysis.page.plates import RestsOn
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.others import effects_of, others_of

LEAST_PLACES = 5
"""Fewer do not tell how much places differ, and so nothing of another one."""


@dataclass(frozen=True)
class Pool:
    """Effects of K places in log points, as the frame ``effects``.

    ``names`` are those of each place in English and Chinese; ``tables`` those of two by two behind
    them, (K, 2, 2), ``None`` where the places are reports. ``silent`` and ``halved`` are as in
    ``Trials``, ``descriptions``, ``claiming`` and ``rested`` as in ``Effects``.
    """

    frame: pd.DataFrame
    names: Mapping[str, tuple[str, str]]
    tables: np.ndarray | None = None
    silent: int = 0
    halved: int = 0
    descriptions: tuple[Description, ...] = ()
    claiming: int = 0
    rested: tuple[RestsOn, ...] = ()


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
        pool = Pool(**vars(effects_of(params, params.estimate)))
    else:
        given = trials_of(data, params.measure)
        pool = Pool(given.frame, given.names, given.tables, given.silent, given.halved)
    if len(pool.frame) < LEAST_PLACES:
        what = f"are {len(pool.frame)} that tell something; at least {LEAST_PLACES} are needed"
        remedy = "Show them beside one another, without a mean"
        raise DesignError([Problem("places", what, remedy)])
    return pool
