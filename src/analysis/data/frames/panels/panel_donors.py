"""What a synthetic control needs before it may run; all that is missing, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np

from analysis.data.frames.frame import refusing, unusable_columns
from analysis.data.frames.panels.panel import NEVER, TOO_EARLY, Panel
from analysis.data.frames.panels.panel_doubts import doubtful
from analysis.errors import DesignError, Problem
from analysis.stats.synthetic_controls.placebo import cluster_starts, possible_placebos

MINIMUM_DONORS = 5
"""Fewer regions cannot be weighted into the likeness of another."""
MINIMUM_BEFORE = 3
"""With fewer periods before the start any weights fit."""
INFERENCES = ("placebo", "bootstrap", "conformal", "rank", "none")
"""What errors come from, the best first; ``rank`` gives no interval."""
MINIMUM_RESAMPLED = 8
"""With fewer regions on a side, drawing them with replacement understates the error."""


def comparable_donors(panel: Panel, comparison: str, anticipation: int) -> Panel:
    """The panel without what cannot be used, each exclusion counted.

    Regions with too few periods before their start leave. Where too few regions never start and
    ``comparison`` allows it, the panel ends before the last to start do, who then never start.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    least = MINIMUM_BEFORE + anticipation
    panel, dropped = panel.complete().without_early(least)
    last = len(panel.periods)
    if comparison == "not_yet_treated":
        last = _last_period(panel.adoption.to_numpy(), last)
    used = panel.until(last, dropped)
    _require_sides(used, dropped.get(TOO_EARLY, 0), least)
    return used


def _last_period(starts: np.ndarray, periods: int) -> int:
    """The last period up to which enough regions have not started; all, where none is."""
    for last in range(periods, 0, -1):
        untreated = int(((starts == NEVER) | (starts > last)).sum())
        if untreated >= MINIMUM_DONORS and untreated < len(starts):
            return last
    return periods


@refusing
def _require_sides(panel: Panel, early: int, least: int) -> Iterator[Problem]:
    starts = panel.adoption.to_numpy()
    untreated = int((starts == NEVER).sum())
    yield from doubtful(panel)
    if untreated == starts.size:
        fewer = f" with {least} periods before the start ({early} have fewer)" if early else ""
        what = f"are none{fewer}"
        remedy = "Begin the panel earlier, use shorter periods, or end it after a start"
        yield Problem("treated regions", what, remedy)
    if untreated < MINIMUM_DONORS:
        what = f"are {untreated}; at least {MINIMUM_DONORS} must not have started by the end"
        remedy = "Add regions, end the panel earlier, or set comparison: not_yet_treated"
        yield Problem("untreated regions", what, remedy)


def require_inference(panel: Panel, wished: str, level: float, *, interval: bool) -> str:
    """What errors can come from, the first in the order of ``INFERENCES`` that can be had.

    Parameters
    ----------
    interval: whether ``rank`` alone, which gives none, is refused.

    Raises
    ------
    DesignError: none can be had, or not the one wished for, and what would do.
    """
    starts = cluster_starts(panel.adoption.to_numpy(), panel.clusters)
    treated, untreated = int((starts > NEVER).sum()), int((starts == NEVER).sum())
    ways, needed = possible_placebos(starts), ceil(1 / (1 - level) - 1e-9) - 1
    # Each placebo leaves itself out of the regions it is made from.
    ranked = untreated - treated >= MINIMUM_DONORS - 1 and ways > 0
    one_start = len(np.unique(panel.adoption[panel.adoption > NEVER])) == 1
    possible = {
        "placebo": ranked and untreated - treated >= MINIMUM_DONORS and ways >= needed,
        "bootstrap": min(treated, untreated) >= MINIMUM_RESAMPLED,
        "conformal": ranked and one_start and len(panel.periods) > needed,
        "rank": ranked and not interval,
        "none": wished == "none" and not interval,
    }
    asked = INFERENCES if wished == "auto" else (wished,)
    if found := [name for name in asked if possible[name]]:
        return found[0]
    what = f"are {untreated} beside {treated} treated"
    remedies = {
        "placebo": f"placebos at level {level:g} need {needed} ways to give the starts to "
        f"untreated regions, and {MINIMUM_DONORS} regions to spare (there are {ways} ways)",
        "bootstrap": f"resampling needs {MINIMUM_RESAMPLED} regions on each side",
        "conformal": f"an interval over time needs {needed + 1} periods and one start",
        "rank": "a rank alone gives no interval, which is needed here"
        if ranked
        else f"a rank needs {MINIMUM_DONORS - 1} untreated regions more than treated",
    }
    remedies["none"] = "without errors there is no interval, which is needed here"
    told = [name for name in remedies if wished == name or (wished == "auto" and name != "none")]
    needs = "; ".join(remedies[name] for name in told)
    remedy = f"Add untreated regions, ask for a lower level or other inference: {needs}"
    raise DesignError([Problem("untreated regions", what, remedy)])


def predictor_columns(panel: Panel, names: Sequence[str], order: np.ndarray) -> np.ndarray:
    """Values of the columns to match on; shape (N, T, C), regions in the given order.

    Raises
    ------
    DesignError: with every column that is missing, not numeric or has holes.
    """
    if problems := unusable_columns(panel.frame, names, "Complete it, or leave it out"):
        raise DesignError(problems)
    shape = (len(panel.regions), len(panel.periods), len(names))
    values = np.reshape(panel.frame[list(names)].to_numpy(float), shape)
    return np.take(values, order, axis=0)


def lag_positions(panel: Panel, lags: Sequence[str], anticipation: int) -> list[int]:
    """Places, from 0, of the periods whose outcome is matched on.

    Raises
    ------
    DesignError: a period is not in the panel, or not before every start.
    """
    starts = panel.adoption.to_numpy()
    first = int(starts[starts > NEVER].min()) - anticipation
    labels = list(panel.periods)
    wrong = [lag for lag in lags if lag not in labels or labels.index(lag) + 1 >= first]
    if wrong:
        what = "is not a period of the panel before the first start"
        remedy = f"Choose from {labels[0]} to {labels[first - 2]}"
        raise DesignError(Problem(f"lags, {lag}", what, remedy) for lag in wrong)
    return [labels.index(lag) for lag in lags]
