"""Every arithmetic check, and a reported change without counts: what could chance do?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.data.published.audit import Audit, audit
from analysis.data.published.audit_rules import earlier
from analysis.data.published.figures import PrintedFigure, Published
from analysis.reports.claims_audit.params import ClaimsAuditParams
from analysis.reports.figures import FiguresReport
from analysis.stats.pooling.exact import Interval, ratio_interval
from analysis.stats.pooling.reported import (
    ConsistentCounts,
    apparent_falls,
    consistent_counts,
    smallest_baseline,
)


@dataclass(frozen=True)
class ChanceFalls:
    """Falls that regression to the mean alone shows, for windows of one mean count.

    ``as_claimed`` is the share of simulated falls that would print as the reported one.
    """

    mean: int
    middle: float
    high: float
    as_claimed: float


@dataclass(frozen=True)
class OtherChange:
    """The other reported change: counts after and before, and their ratio with its interval."""

    figure: PrintedFigure
    after: int
    before: int
    ratio: Interval
    relative: float


@dataclass(frozen=True)
class ReportedFall:
    """One reported fall, examined. Shares are positive: 0.98 is 98 % fewer."""

    figure: PrintedFigure
    share: float
    smallest: int
    counts: tuple[ConsistentCounts, ...]
    chance: tuple[ChanceFalls, ...]
    other: OtherChange

    @property
    def reach(self) -> float:
        """The largest share of simulated falls that print as this one."""
        return max(item.as_claimed for item in self.chance)


def examine_fall(published: Published, params: ClaimsAuditParams) -> ReportedFall:
    """Counts consistent with the claim, falls by chance alone, and the comparison."""
    figure = published.figures[params.claim]
    fall, step = -figure.number, figure.step
    found = (consistent_counts(fall, step, n, params.level) for n in sorted(params.baselines))
    rng = np.random.default_rng(params.seed)
    return ReportedFall(
        figure=figure,
        share=fall / 100,
        smallest=smallest_baseline(fall, step),
        counts=tuple(item for item in found if item is not None),
        chance=tuple(_chance(rng, mean, fall, step, params) for mean in params.window_means),
        other=_other(published, params, fall / 100),
    )


def _chance(
    rng: np.random.Generator, mean: int, fall: float, step: float, params: ClaimsAuditParams
) -> ChanceFalls:
    falls = apparent_falls(rng, mean, params.dispersion, params.peak_share, params.draws)
    printed = np.abs(100 * falls - fall) <= step / 2
    middle, high = np.quantile(falls, [0.5, 0.95])
    return ChanceFalls(mean, float(middle), float(high), float(printed.mean()))


def _other(published: Published, params: ClaimsAuditParams, fall: float) -> OtherChange:
    change = published.figures[params.comparison]
    level = published.figures[change.growth_of]
    before, after = round(earlier(change, level)), round(level.number)
    ratio = ratio_interval(after, before, params.level)
    return OtherChange(change, after, before, ratio, 1 - (1 - fall) / ratio.value)


class AuditBrief(FiguresReport):
    """Published figures with every check of them and the change that is examined."""

    holds_hypothetical = True
    params: ClaimsAuditParams

    @cached_property
    def audit(self) -> Audit:
        """Every arithmetic check."""
        return audit(self.published)

    @cached_property
    def fall(self) -> ReportedFall:
        """The reported fall that the parameters ask to examine."""
        return examine_fall(self.published, self.params)
