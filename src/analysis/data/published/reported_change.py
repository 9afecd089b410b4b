"""A reported change without counts: what it could rest on, and what chance could do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.data.published.figures import Figure, Published
from analysis.errors import ParamsError, Problem, nearest
from analysis.params import ClaimsAudit
from analysis.stats.pooling.exact import Interval, ratio_interval
from analysis.stats.pooling.reported import (
    ConsistentCounts,
    apparent_falls,
    consistent_counts,
    earlier_level,
    smallest_baseline,
)


@dataclass(frozen=True)
class ChanceFalls:
    """Falls that regression to the mean alone shows, for windows of one mean count.

    ``as_claimed`` is the share of simulated falls that would print as the claim.
    """

    mean: int
    middle: float
    high: float
    as_claimed: float


@dataclass(frozen=True)
class Comparison:
    """The other reported change: counts after and before, and their ratio with its interval."""

    figure: Figure
    after: int
    before: int
    ratio: Interval
    relative: float


@dataclass(frozen=True)
class Claim:
    """One reported fall, examined. Shares are positive: 0.98 is 98 % fewer."""

    figure: Figure
    fall: float
    smallest: int
    counts: tuple[ConsistentCounts, ...]
    chance: tuple[ChanceFalls, ...]
    comparison: Comparison


def require_changes(published: Published, params: ClaimsAudit) -> None:
    """Refuse a claim or comparison that is no fall, or no rise with a level, of the dataset.

    Raises
    ------
    ParamsError: with the nearest right name.
    """
    changes = [f.id for f in published.figures.values() if f.kind == "change_pct"]
    wanted = {"claim": params.claim, "comparison": params.comparison}
    problems = [
        Problem(name, "is not a reported change of the dataset", nearest(value, changes))
        for name, value in wanted.items()
        if value not in changes
    ]
    if not problems and not -100 < published.figures[params.claim].number < 0:
        problems.append(Problem("claim", "is not a fall", "A change between −100 and 0"))
    if not problems and not published.figures[params.comparison].links.get("growth_of"):
        problems.append(Problem("comparison", "has no level", "A change whose level is printed"))
    if problems:
        raise ParamsError(problems)


def study_claim(published: Published, params: ClaimsAudit) -> Claim:
    """Counts consistent with the claim, falls by chance alone, and the comparison."""
    require_changes(published, params)
    figure = published.figures[params.claim]
    fall, step = -figure.number, figure.precision or 1.0
    found = (consistent_counts(fall, step, n, params.level) for n in sorted(params.baselines))
    rng = np.random.default_rng(params.seed)
    return Claim(
        figure=figure,
        fall=fall / 100,
        smallest=smallest_baseline(fall, step),
        counts=tuple(item for item in found if item is not None),
        chance=tuple(_chance(rng, mean, fall, step, params) for mean in params.window_means),
        comparison=_compare(published, params, fall / 100),
    )


def _chance(
    rng: np.random.Generator, mean: int, fall: float, step: float, params: ClaimsAudit
) -> ChanceFalls:
    falls = apparent_falls(rng, mean, params.dispersion, params.peak_share, params.draws)
    printed = np.abs(100 * falls - fall) <= step / 2
    middle, high = np.quantile(falls, [0.5, 0.95])
    return ChanceFalls(mean, float(middle), float(high), float(printed.mean()))


def _compare(published: Published, params: ClaimsAudit, fall: float) -> Comparison:
    change = published.figures[params.comparison]
    level = published.figures[change.links["growth_of"]]
    step = change.precision or 1.0
    before = earlier_level(level.number, change.number, step, level.precision or 1.0)
    if before is None:
        before = level.number / (1 + change.number / 100)
    after = round(level.number)
    ratio = ratio_interval(after, round(before), params.level)
    return Comparison(change, after, round(before), ratio, 1 - (1 - fall) / ratio.value)
