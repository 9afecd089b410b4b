"""Rates of regions beside one another: exact intervals, funnel limits and shrunken rates.

With y_i events out of size n_i (exposure, or trials of a share), the headline is the pooled rate

    R = Σ y_i / Σ n_i,   se(log R)² = N/(N − 1) · Σ (y_i − R n_i)² / (Σ y_i)²,

a ratio whose error allows for regions that differ by more than chance. A region's z score is
(g(y_i/n_i) − g(R)) · 2 √n_i with g the root (Poisson) or the arcsine of the root (binomial);
its over-dispersion widens the funnel. Shrunken rates have effects θ_i ~ N(m, s²) on the log or
logit scale, with flat priors on m and s. Each region's p-value is that of its place in the
funnel, and ``false_discovery`` the Benjamini–Hochberg value over all regions. With a ``stratum``
column, n_i is replaced by the events expected at the strata's overall rates, and rates become
observed over expected.

References
----------
Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
Medicine 24, and "Handling over-dispersion of performance indicators", Quality and Safety in
Health Care 14. Benjamini and Hochberg (1995), "Controlling the false discovery rate", Journal
of the Royal Statistical Society B 57. Cochran (1977), "Sampling Techniques", ch. 6, for the
error of a ratio.

Words
-----
title: Rates of regions | 各地区的比率
line: Rates of regions: exact intervals, funnel limits and shrinkage | 地区比率：
    可能范围、漏斗界限与按规模收缩后的比率
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.data.frames.frame import require_frame
from analysis.data.frames.rates import RATES
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import at_least, records, refuse
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.pooling import rates as numerics
from analysis.stats.resampling.jackknife import t_critical

MINIMUM_REGIONS = 3
FUNNEL_POINTS = 60
LARGEST = 2**53
"""Whole numbers beyond are not told apart."""
OUTER = 0.998
"""Level of the outer funnel; the inner one has the level of the options."""


class Options(MethodOptions):
    """Options of the method."""

    family: Literal["poisson", "binomial"] = "poisson"
    """events by exposure, or events out of as many trials

    words: how events are distributed | 计数的分布
    poisson: Poisson | 泊松分布
    binomial: binomial | 二项分布
    """
    over_dispersion: Literal["additive", "multiplicative", "none"] = "additive"
    """how limits allow for regions that differ by nature

    words: how limits allow for regions that differ by nature | 界限如何计入地区之间的固有差异
    additive: by a variance between regions | 加上地区之间的方差
    multiplicative: by a factor | 乘以一个系数
    none: not at all | 不计入
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The pooled rate, and each region's rate beside it.

    Raises
    ------
    DesignError: the frame breaks a rule, or holds fewer than three regions or no event.
    """
    require_frame(frame, RATES)
    _require_events(frame, options)
    regions, events, size = _by_region(frame)
    pooled = float(events.sum() / size.sum())
    error = _pooled_error(events, size, pooled)
    factor = np.exp(t_critical(options.level, len(events) - 1) * error)
    z = numerics.rooted(events / size, options.family) - numerics.rooted(pooled, options.family)
    z = z / numerics.root_error(size)
    spread = numerics.over_dispersion(z, size, options.over_dispersion)
    return options.result(
        estimand="Events per unit of size over all regions together",
        unit="observed over expected" if "stratum" in frame else "events per unit of size",
        estimates=(Estimate("overall", pooled, pooled * error, pooled / factor, pooled * factor),),
        sample=Sample(len(frame), len(regions), 0, "", ""),
        checks=(_dispersion_check(z),),
        series={
            "regions": _region_records(regions, events, size, pooled, spread, options),
            "funnel": _funnel_records(size, pooled, spread, options),
        },
        factor=spread.factor,
        between=spread.between,
    )


METHOD = Method(Options, estimate, RATES)


def _require_events(frame: pd.DataFrame, options: Options) -> None:
    regions = frame["region"].nunique()
    problems = at_least("regions", regions, MINIMUM_REGIONS, "Give the regions to compare with")
    if frame["events"].sum() == 0:
        problems.append(Problem("column events", "holds only zeros", "Use a longer period"))
    large = frame[["events", "size"] if options.family == "binomial" else ["events"]] > LARGEST
    if large.any(axis=None):
        what = f"hold numbers above {LARGEST:.0f}, which are not counted one by one"
        problems.append(Problem("columns events, size", what, "Count in a larger unit"))
    if options.family == "binomial":
        if "stratum" in frame:
            remedy = "Use family: poisson, whose size may be a fraction"
            problems.append(Problem("family", "binomial cannot be standardised", remedy))
        more = int((frame["events"] > frame["size"]).sum())
        uneven = int((frame["size"] % 1 != 0).sum())
        if more or uneven:
            what = f"{more} rows have more events than trials, {uneven} trials that are not whole"
            problems.append(Problem("columns events, size", what, "Use family: poisson"))
    refuse(problems)


def _by_region(frame: pd.DataFrame) -> tuple[list[Any], np.ndarray, np.ndarray]:
    """Regions in order of their code, their events, and their size or expected events."""
    size = frame["size"].to_numpy(float)
    if "stratum" in frame:
        codes = pd.factorize(frame["stratum"], sort=True)[0]
        size = numerics.standardised(frame["events"].to_numpy(float), size, codes)
    sums = frame[["region", "events"]].assign(size=size).groupby("region", sort=True).sum()
    empty = sums.index[sums["size"] <= 0]
    if len(empty):
        where = "regions " + ", ".join(str(code) for code in empty[:5])
        remedy = "Join strata that hold no event at all"
        refuse([Problem(where, "have no event to be expected in any stratum", remedy)])
    return list(sums.index), sums["events"].to_numpy(float), sums["size"].to_numpy(float)


def _pooled_error(events: np.ndarray, size: np.ndarray, pooled: float) -> float:
    """Standard error of the log pooled rate."""
    count = len(events)
    squares = float(((events - pooled * size) ** 2).sum()) * count / (count - 1)
    return float(np.sqrt(squares) / events.sum())


def _dispersion_check(z: np.ndarray) -> Check:
    """Mean squared z score; above 1 regions differ by more than chance."""
    return Check("dispersion", None, float((z**2).sum() / (len(z) - 1)), 1.0)


def _region_records(
    regions: list[Any],
    events: np.ndarray,
    size: np.ndarray,
    pooled: float,
    spread: numerics.Spread,
    options: Options,
) -> tuple[dict[str, Any], ...]:
    """Each region's rate with exact limits, its shrunken rate, and where it lies in the funnel."""
    from statsmodels.stats.multitest import multipletests

    own = numerics.exact_limits(events, size, options.level, options.family)
    shrunken = numerics.hierarchical(events, size, options.level, options.family)
    rate = events / size
    outside = np.zeros(len(rate), dtype=int)
    for level in (options.level, OUTER):
        limits = numerics.funnel_limits(pooled, size, level, options.family, spread)
        outside += np.sign(rate - limits.high).clip(0).astype(int)
        outside -= np.sign(limits.low - rate).clip(0).astype(int)
    chance = numerics.chance(events, size, pooled, options.family, spread)
    return records(
        region=regions,
        events=events,
        size=size,
        rate=rate,
        low=own.low,
        high=own.high,
        shrunken=shrunken.rate,
        shrunken_low=shrunken.low,
        shrunken_high=shrunken.high,
        outside=outside,
        p_value=chance,
        false_discovery=multipletests(chance, method="fdr_bh")[1],
    )


def _funnel_records(
    size: np.ndarray, pooled: float, spread: numerics.Spread, options: Options
) -> tuple[dict[str, float], ...]:
    """Inner and outer limits along the sizes there are."""
    along = np.geomspace(size.min(), size.max(), FUNNEL_POINTS)
    if options.family == "binomial":
        along = np.unique(along.round())
    inner, outer = (
        numerics.funnel_limits(pooled, along, level, options.family, spread)
        for level in (options.level, OUTER)
    )
    return records(
        size=along,
        low=inner.low,
        high=inner.high,
        outer_low=outer.low,
        outer_high=outer.high,
    )
