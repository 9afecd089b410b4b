"""Power on one's own panel: starts dealt anew, a known effect put in, and how often it is found.

The effect that the headline finds is first taken out of the treated counts, so that what is left
is an untreated history. Then, in every draw, the starts are dealt to other regions (as many at
each date as there were), the treated counts are thinned (or added to) so that they change by
exactly the effect, and the method runs as it would in earnest: with the counts' own trends,
seasons, shocks and over-dispersion, and with the very interval a report would print. All effects
meet the same draws. At an effect of 0 the share found is the size of the test.

References
----------
Burlig, Preonas and Woerman (2020), "Panel data and experimental design", Journal of Development
Economics 144; Black, Hollingsworth, Nunes and Simon (2022), "Simulated power analyses for
observational studies", Journal of Public Economics 213; Bloom (1995), Evaluation Review 19, for
the smallest effect that a study would find.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import methods
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.study import Study
from analysis.errors import AnalysisError, DesignError, Problem
from analysis.methods.shared.question import options_for
from analysis.methods.shared.results import at_least
from analysis.result import LEVEL, Result
from analysis.stats.resampling.jackknife import minimum_detectable

GRID = (0.5, 0.75, 1.0, 1.25, 1.5)
"""Effects tried, in smallest effects to be found by the formula."""
MINIMUM_DRAWS = 20


@dataclass(frozen=True)
class Found:
    """How often one effect, in log points, was found over the draws.

    ``found`` is the share of draws whose interval leaves out 0, ``error`` its Monte-Carlo error;
    ``covered`` the share whose interval holds the effect; ``mean`` and ``spread`` are of the
    estimates; ``refused`` draws could not be estimated and count nowhere.
    """

    effect: float
    found: float
    error: float
    covered: float
    mean: float
    spread: float
    draws: int
    refused: int


@dataclass(frozen=True)
class Power:
    """Power of a method on a panel, the effect of 0 first.

    ``detectable`` is the smallest effect, in log points and without sign, found with the
    ``wanted`` power, read off between the effects tried; ``None`` where none was found so often.
    ``formula`` is the same by the formula from the estimates' spread under no effect.
    """

    method: str
    options: Mapping[str, Any]
    level: float
    wanted: float
    removed: float
    rows: tuple[Found, ...]
    detectable: float | None
    formula: float

    def tidy(self) -> pd.DataFrame:
        """One row per effect."""
        return pd.DataFrame([asdict(row) for row in self.rows])

    def _repr_html_(self) -> str:
        table: str = self.tidy().to_html(index=False, float_format=lambda value: f"{value:.3f}")
        return table


def power(
    panel: Panel,
    method: str,
    options: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    effects: Sequence[float] = (),
    draws: int = 200,
    wanted: float = 0.8,
    sign: int = -1,
) -> Power:
    """How often a method that takes panels finds effects on this panel.

    Parameters
    ----------
    effects: in log points; by default a grid around the smallest effect that the formula gives,
    with ``sign``.

    Raises
    ------
    DesignError: the panel cannot carry the comparison, or the method takes no panel.
    EstimationError: as the method, on the panel as it is.
    """
    _require(method, draws)
    headline = _run(panel, method, options, rng)
    if (headline.unit == LEVEL) == panel.counted:
        what = f"gives {headline.unit}, in which no effect can be put into this panel"
        raise DesignError([Problem(f"method {method}", what, "Leave its scale out")])
    removed = headline.headline.value
    history = change_treated_counts(panel, -removed, rng)
    seeds = [int(seed) for seed in rng.integers(2**63, size=draws)]
    none = _found(history, method, options, 0.0, seeds)
    level = headline.level
    degrees = float(headline.options.get("degrees", len(panel.regions) - 1))
    formula = minimum_detectable(none.spread, level, wanted, degrees)
    tried = effects or tuple(sign * formula * multiple for multiple in GRID)
    rows = [none, *(_found(history, method, options, float(e), seeds) for e in tried if e != 0)]
    return Power(
        method=method,
        options=headline.options,
        level=level,
        wanted=wanted,
        removed=removed,
        rows=tuple(rows),
        detectable=_detectable(rows, wanted),
        formula=formula,
    )


def study_power(
    study: Study, *, effects: Sequence[float] = (), draws: int = 200, wanted: float = 0.8
) -> Power:
    """Power of a question's own method on its own panel, from the seed of its parameters."""
    params = study.params
    options = options_for(params, params.method)
    sign = -1 if params.better == "lower" else 1
    return power(
        study.panel, params.method, options, study.rng(),
        effects=effects, draws=draws, wanted=wanted, sign=sign,
    )  # fmt: skip


def _require(method: str, draws: int) -> None:
    problems = at_least("draws", draws, MINIMUM_DRAWS, "200 give a power of .8 within 3 points")
    if not methods.load(method).takes_panel:
        what = "takes no panel whose starts could be dealt anew"
        remedy = f"Use one of {', '.join(methods.panel_names())}"
        problems.append(Problem(f"method {method}", what, remedy))
    DesignError.raise_for(problems)


def _run(panel: Panel, name: str, options: Mapping[str, Any], rng: np.random.Generator) -> Result:
    method = methods.load(name)
    return method.estimate(panel, method.options(**options), rng)


def _found(
    history: Panel, method: str, options: Mapping[str, Any], effect: float, seeds: Sequence[int]
) -> Found:
    """How often one effect is found; each draw has its own seed, the same for every effect."""
    estimates = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        dealt = change_treated_counts(_deal_starts(history, rng), effect, rng)
        try:
            headline = _run(dealt, method, options, rng).headline
        except AnalysisError:
            continue
        if headline.low is None or headline.high is None or not math.isfinite(headline.value):
            continue
        estimates.append((headline.value, headline.low, headline.high))
    if len(estimates) < max(2, len(seeds) // 2):
        what = f"could be estimated in {len(estimates)} of {len(seeds)} draws only"
        remedy = "Too few regions start at each date, or counts are too small"
        raise DesignError([Problem("panel with starts dealt anew", what, remedy)])
    values, low, high = np.array(estimates).T
    share = float(np.mean((low > 0) | (high < 0)))
    error = math.sqrt(max(share * (1 - share), 1 / len(values)) / len(values))
    covered = float(np.mean((low <= effect) & (effect <= high)))
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    refused = len(seeds) - len(values)
    return Found(effect, share, error, covered, mean, spread, len(values), refused)


def _deal_starts(panel: Panel, rng: np.random.Generator) -> Panel:
    """The same panel with its starts dealt to other regions, as many at each date.

    Clusters whose regions all start together are dealt as a whole, their number at each date kept.
    """
    starts, clusters = panel.adoption.to_numpy(), panel.clusters
    first = np.unique(clusters, return_index=True)[1]
    if (starts == starts[first][clusters]).all():
        starts = rng.permutation(starts[first])[clusters]
    else:
        starts = rng.permutation(starts)
    frame = panel.frame.assign(first_treated=np.repeat(starts, len(panel.periods)))
    return replace(panel, frame=frame)


def change_treated_counts(panel: Panel, effect: float, rng: np.random.Generator) -> Panel:
    """The same panel with treated counts changed by a factor of exp(effect), kept whole.

    A fall keeps each event with probability exp(effect); a rise adds a Poisson number of events.
    Counts that are not whole are multiplied; to levels the effect is added.
    """
    frame, name = panel.frame, panel.measured
    start, period = (frame[name].to_numpy() for name in ("first_treated", "period"))
    counts = frame[name].to_numpy(float).copy()
    treated = (start > NEVER) & (period >= start) & np.isfinite(counts)
    before, factor = counts[treated], math.exp(effect)
    if not panel.counted:
        counts[treated] = before + effect
    elif (before % 1 != 0).any():
        counts[treated] = before * factor
    elif effect <= 0:
        counts[treated] = rng.binomial(before.astype(int), factor)
    else:
        counts[treated] = before + rng.poisson(before * (factor - 1))
    return replace(panel, frame=frame.assign(**{name: counts}))


def _detectable(rows: Sequence[Found], wanted: float) -> float | None:
    """The smallest effect found often enough, read off a rising line through the shares."""
    ordered = sorted(rows, key=lambda row: abs(row.effect))
    size = np.array([abs(row.effect) for row in ordered])
    share = np.maximum.accumulate([row.found for row in ordered])
    above = np.flatnonzero(share >= wanted)
    if not above.size or above[0] == 0:
        return None
    first = int(above[0])
    part = (wanted - share[first - 1]) / (share[first] - share[first - 1])
    return float(size[first - 1] + part * (size[first] - size[first - 1]))
