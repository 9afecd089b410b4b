"""From trials of several places, or reports on them, to effects that can be pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames.trials import TRIALS, mantel_haenszel, trials_of, uneven_zeros
from analysis.errors import DesignError, ParamsError, Problem
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.others import Effects, across_problems, effects_of

LEAST_PLACES = 5
"""Fewer do not tell how much places differ, and so nothing of another one."""


@dataclass(frozen=True)
class Pool(Effects):
    """Effects of K places in log points, of reports or of trials.

    ``tables`` are those of two by two behind trials, (K, 2, 2), ``None`` where the places are
    reports; ``silent`` and ``halved`` are as in ``Trials``.
    """

    tables: np.ndarray | None = None
    silent: int = 0
    halved: int = 0


def tables(params: AcrossPlacesParams) -> set[str]:
    """The tables that the report reads beside those of other reports."""
    return set() if params.across else {TRIALS}


def unknown_names(data: Dataset, params: AcrossPlacesParams) -> list[Problem]:  # noqa: ARG001
    """Reports that cannot be worked on with, whatever their data hold."""
    return across_problems(params, "across_places", "pools places itself")


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
        pool = Pool(given.frame, given.names, (), 0, (), given.tables, given.silent, given.halved)
    if len(pool.frame) < LEAST_PLACES:
        what = f"are {len(pool.frame)} that tell something; at least {LEAST_PLACES} are needed"
        remedy = "Show them beside one another, without a mean"
        raise DesignError([Problem("places", what, remedy)])
    if pool.tables is not None:
        _refuse_zeros(pool.tables, params.level)
    return pool


def _refuse_zeros(tables: np.ndarray, level: float) -> None:
    """Refuse places whose mean would be made by what is added to empty cells.

    Raises
    ------
    DesignError: with what can be had instead.
    """
    if not uneven_zeros(tables):
        return
    common = mantel_haenszel(tables, level)
    value, low, high = np.exp(np.array([common.value, common.low, common.high], float))
    what = (
        f"have empty cells in {(tables == 0).any(axis=(1, 2)).sum()} of {len(tables)}, and groups "
        "of unlike size: what is added to empty cells would make the mean"
    )
    remedy = "Add up years or places, or pool by Mantel–Haenszel, which adds nothing"
    if np.isfinite([value, low, high]).all():
        remedy += f": an odds ratio of {value:.2f} ({low:.2f} to {high:.2f}), if no place differs"
    raise DesignError([Problem("places", what, remedy)])
