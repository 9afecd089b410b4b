"""Rates of regions beside one another: exact intervals, funnel limits and shrunken rates.

With y_i events out of size n_i (exposure, or trials of a share), the headline is the pooled rate

    R = Σ y_i / Σ n_i,   se(log R)² = c / Σ y_i + τ² Σ s_i²,   s_i = n_i / Σ n_j,

with c = 1 (Poisson) or 1 − R (binomial). τ² is the variance of regions' rates as a share of their
mean, and the interval is averaged over what it may be: t(N − 1) where sizes are equal, wider where
few regions hold most of the size. It takes regions to differ as much whatever their size, and falls
short where all but one have hardly an event (29 regions with one each beside one with 90 % of the
size: 6 to 9 % missed). A region's z score is
(g(y_i/n_i) − g(R)) · 2 √n_i with g the root (Poisson) or the arcsine of the root (binomial);
its over-dispersion widens the funnel. Shrunken rates have effects θ_i ~ N(m, s²) on the log or
logit scale, with flat priors on m and s. Each region's p-value is that of its place in the
funnel, and ``false_discovery`` the Benjamini–Hochberg value over all regions. Whether two regions
differ is another question: every pair is tested exactly against chance alone, all pairs together by
Holm. ``pairs`` counts those that differ, and ``pair_ratio`` is the ratio of two regions of middle
size that would have been among them with a power of 80 %; ``region_ratio`` is that of one region to
all which would have left the funnel; ``ends`` is how many of the highest rates differ each from
each of as many lowest.
Counts that were protected by noise have its variance in ``noise``: v_i of a count whose mean is
E_i = R n_i. A share E_i/(E_i + v_i) of events and size then stands for both wherever errors matter;
it leaves the rate as it is and gives it the error √(E_i + v_i)/n_i. Where regions of a ``cluster``
column move together, clusters take their place in the pooled interval. With a ``stratum`` column,
n_i is replaced by the events expected at the strata's overall rates, and rates become observed over
expected.

References
----------
Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
Medicine 24, and "Handling over-dispersion of performance indicators", Quality and Safety in
Health Care 14. Benjamini and Hochberg (1995), "Controlling the false discovery rate", Journal
of the Royal Statistical Society B 57. Cochran (1977), "Sampling Techniques", ch. 6, for the
error of a ratio. Holm (1979), Scandinavian Journal of Statistics 6, for pairs; Przyborowski and
Wilenski (1940), Biometrika 31, for their tests.

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
from analysis.stats.pooling.pairs import Pairs, compare_pairs, detectable_ratio
from analysis.stats.pooling.together import pooled_rate

MINIMUM_REGIONS = 3
FUNNEL_POINTS = 60
LARGEST = 2**53
"""Whole numbers beyond are not told apart."""
OUTER = 0.998
"""Level of the outer funnel; the inner one has the level of the options."""
HALF = 0.5
"""A region with more of the size than all others is most of what is said of all."""
POWER = 0.8
SHOWN_PAIRS = 200
"""Pairs listed at the most; all are counted."""


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
    regions, events, size, noise = _by_region(frame)
    counts, sizes, moved = _by_cluster(frame, regions, events, size, noise)
    together = pooled_rate(counts, sizes, options.level, options.family, moved)
    pooled = together.rate
    weight = _weight_check(regions, size, together.effective)
    kept = numerics.noiseless_share(pooled * size, noise)
    events, size = events * kept, size * kept
    pairs = compare_pairs(events, size, options.family)
    z = numerics.rooted(events / size, options.family) - numerics.rooted(pooled, options.family)
    z = z / numerics.root_error(size)
    spread = numerics.over_dispersion(z, size, options.over_dispersion)
    return options.result(
        estimand="Events per unit of size over all regions together",
        unit="observed over expected" if "stratum" in frame else "events per unit of size",
        estimates=(Estimate("overall", pooled, together.error, together.low, together.high),),
        sample=Sample(len(frame), len(regions), 0, "", ""),
        checks=(
            _dispersion_check(z),
            weight,
            *_pair_checks(regions, events / size, pairs, options),
            *_power_checks(size, pooled, spread, options),
        ),
        series={
            "regions": _region_records(regions, events, size, kept, pooled, spread, options),
            "pairs": _pair_records(regions, events / size, pairs, options),
            "funnel": _funnel_records(size, kept, pooled, spread, options),
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
        if "noise" in frame:
            remedy = "Use family: poisson, or counts without noise"
            problems.append(Problem("family", "binomial cannot allow for noise", remedy))
        if "stratum" in frame:
            remedy = "Use family: poisson, whose size may be a fraction"
            problems.append(Problem("family", "binomial cannot be standardised", remedy))
        more = int((frame["events"] > frame["size"]).sum())
        uneven = int((frame["size"] % 1 != 0).sum())
        if more or uneven:
            what = f"{more} rows have more events than trials, {uneven} trials that are not whole"
            problems.append(Problem("columns events, size", what, "Use family: poisson"))
    refuse(problems)


def _by_region(frame: pd.DataFrame) -> tuple[list[Any], np.ndarray, np.ndarray, np.ndarray]:
    """Regions in order of their code, their events, their size or expected events, and noise."""
    size = frame["size"].to_numpy(float)
    if "stratum" in frame:
        codes = pd.factorize(frame["stratum"], sort=True)[0]
        size = numerics.standardised(frame["events"].to_numpy(float), size, codes)
    sums = frame[["region", "events"]].assign(size=size, noise=frame.get("noise", 0.0))
    sums = sums.groupby("region", sort=True).sum()
    empty = sums.index[sums["size"] <= 0]
    if len(empty):
        where = "regions " + ", ".join(str(code) for code in empty[:5])
        remedy = "Join strata that hold no event at all"
        refuse([Problem(where, "have no event to be expected in any stratum", remedy)])
    return list(sums.index), *(sums[name].to_numpy(float) for name in ("events", "size", "noise"))


def _by_cluster(
    frame: pd.DataFrame, regions: list[Any], *sums: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Sums of regions over what varies independently: clusters where given, else regions.

    Raises
    ------
    DesignError: fewer than three clusters, or a region in several.
    """
    if "cluster" not in frame:
        return sums
    shared = frame.groupby("region")["cluster"].agg(["first", "nunique"]).loc[regions]
    codes = pd.factorize(shared["first"], sort=True)[0]
    problems = at_least("clusters", int(codes.max()) + 1, MINIMUM_REGIONS, "Leave the column out")
    if several := int((shared["nunique"] != 1).sum()):
        what = f"is not one for each of {several} regions"
        problems.append(Problem("column cluster", what, "Give each region one"))
    refuse(problems)
    return tuple(np.bincount(codes, weights=each) for each in sums)


def _dispersion_check(z: np.ndarray) -> Check:
    """Mean squared z score; above 1 regions differ by more than chance."""
    return Check("dispersion", None, float((z**2).sum() / (len(z) - 1)), 1.0)


def _weight_check(regions: list[Any], size: np.ndarray, effective: float) -> Check:
    """The share of the region that holds most of the size, and how many equal ones weigh so."""
    largest = int(np.argmax(size))
    detail = {"region": regions[largest], "effective_regions": effective}
    return Check("largest_share", None, float(size[largest] / size.sum()), HALF, detail)


def _pair_checks(
    regions: list[Any], rate: np.ndarray, pairs: Pairs, options: Options
) -> tuple[Check, ...]:
    """How many pairs of regions differ, and how many highest rates from as many lowest."""
    differ = pairs.adjusted < 1 - options.level
    apart = np.zeros((len(rate), len(rate)), dtype=bool)
    apart[pairs.higher[differ], pairs.lower[differ]] = True
    order = np.argsort(rate, kind="stable")
    ends = 0
    for count in range(1, len(rate) // 2 + 1):
        if apart[np.ix_(order[-count:], order[:count])].all():
            ends = count
    named = {
        "higher": [regions[i] for i in order[::-1][:ends]],
        "lower": [regions[i] for i in order[:ends]],
    }
    family = {"pairs": len(differ), "adjustment": "holm", "level": options.level}
    return (
        Check("pairs", None, float(differ.sum()), None, family),
        Check("ends", None, float(ends), None, named),
    )


def _power_checks(
    size: np.ndarray, pooled: float, spread: numerics.Spread, options: Options
) -> tuple[Check, ...]:
    """Ratios that would have been found: of two regions of middle size, and of one to all."""
    regions, middle = len(size), np.median(size)
    settings = (options.level, POWER, options.family)
    apart = float(np.sqrt(2) * numerics.root_error(middle))
    two = detectable_ratio(pooled, apart, regions * (regions - 1) // 2, *settings)
    one = detectable_ratio(pooled, float(spread.error(middle)), regions, *settings, below=0.0)
    detail = {"power": POWER, "events": float(middle * pooled)}
    return (
        Check("pair_ratio", None, two, None, detail),
        Check("region_ratio", None, one, None, detail),
    )


def _pair_records(
    regions: list[Any], rate: np.ndarray, pairs: Pairs, options: Options
) -> tuple[dict[str, Any], ...]:
    """Pairs that differ, the surest first; ``ratio`` is none where the lower rate is 0."""
    order = np.argsort(pairs.adjusted, kind="stable")[:SHOWN_PAIRS]
    shown = order[pairs.adjusted[order] < 1 - options.level]
    higher, lower = pairs.higher[shown], pairs.lower[shown]
    return records(
        higher=[regions[i] for i in higher],
        lower=[regions[i] for i in lower],
        ratio=[float(r / s) if s else None for r, s in zip(rate[higher], rate[lower], strict=True)],
        p_value=pairs.adjusted[shown],
    )


def _region_records(
    regions: list[Any],
    events: np.ndarray,
    size: np.ndarray,
    kept: np.ndarray,
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
        events=np.round(events / kept),
        size=size / kept,
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
    size: np.ndarray, kept: np.ndarray, pooled: float, spread: numerics.Spread, options: Options
) -> tuple[dict[str, float], ...]:
    """Inner and outer limits along the sizes there are, with the noise that is usual."""
    whole = size / kept
    noise = float(np.median(pooled * whole * (1 / kept - 1)))
    along = np.geomspace(whole.min(), whole.max(), FUNNEL_POINTS)
    if options.family == "binomial":
        along = np.unique(along.round())
    told = along * numerics.noiseless_share(pooled * along, noise)
    inner, outer = (
        numerics.funnel_limits(pooled, told, level, options.family, spread)
        for level in (options.level, OUTER)
    )
    return records(
        size=along,
        low=inner.low,
        high=inner.high,
        outer_low=outer.low,
        outer_high=outer.high,
    )
