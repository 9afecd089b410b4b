"""Every arithmetic check, and a reported change without counts: what could chance do?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.data.published.audit import Audit, audit
from analysis.data.published.audit_rules import earlier
from analysis.data.published.figures import PrintedFigure, Published
from analysis.page.numbers import percent_change
from analysis.page.wording import bold
from analysis.reports.claims_audit.params import ClaimsAuditParams
from analysis.reports.figures import FiguresReport
from analysis.stats.pooling import reported
from analysis.stats.pooling.exact import Interval, ratio_interval


@dataclass(frozen=True)
class ChanceFalls:
    """Falls that regression to the mean alone shows, for windows of one mean count.

    ``as_claimed`` is the share of simulated falls that would print as the reported one, ``beyond``
    of those that would print so or larger, falls to nothing among them.
    """

    mean: int
    middle: float
    high: float
    as_claimed: float
    beyond: float


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
    counts: tuple[reported.ConsistentCounts, ...]
    chance: tuple[ChanceFalls, ...]
    other: OtherChange


def examine_fall(published: Published, params: ClaimsAuditParams) -> ReportedFall:
    """Counts consistent with the claim, falls by chance alone, and the comparison."""
    figure = published.figures[params.claim]
    fall, step = -figure.number, figure.step
    baselines = sorted(params.baselines)
    found = (reported.consistent_counts(fall, step, n, params.level) for n in baselines)
    rng = np.random.default_rng(params.seed)
    return ReportedFall(
        figure=figure,
        share=fall / 100,
        smallest=reported.smallest_baseline(fall, step),
        counts=tuple(item for item in found if item is not None),
        chance=tuple(_chance(rng, mean, fall, step, params) for mean in params.window_means),
        other=_other(published, params, fall / 100),
    )


def _chance(
    rng: np.random.Generator, mean: int, fall: float, step: float, params: ClaimsAuditParams
) -> ChanceFalls:
    falls = reported.apparent_falls(rng, mean, params.dispersion, params.peak_share, params.draws)
    printed = np.abs(100 * falls - fall) <= step / 2
    beyond = float((100 * falls >= fall - step / 2).mean())
    middle, high = np.quantile(falls, [0.5, 0.95])
    return ChanceFalls(mean, float(middle), float(high), float(printed.mean()), beyond)


def _other(published: Published, params: ClaimsAuditParams, fall: float) -> OtherChange:
    change = published.figures[params.comparison]
    level = published.figures[change.growth_of]
    before, after = round(earlier(change, level)), round(level.number)
    ratio = ratio_interval(after, before, params.level)
    return OtherChange(change, after, before, ratio, 1 - (1 - fall) / ratio.value)


class AuditBrief(FiguresReport):
    """Published figures with every check of them and the change that is examined."""

    STATUS_WORDS = "real, as printed; one figure shows a simulated hypothetical"
    params: ClaimsAuditParams

    @cached_property
    def audit(self) -> Audit:
        """Every arithmetic check."""
        return audit(self.published)

    @cached_property
    def fall(self) -> ReportedFall:
        """The reported fall that the parameters ask to examine."""
        return examine_fall(self.published, self.params)

    def tally(self, source: str = "") -> dict[str, str]:
        """Stated checks of a document or of all: those that fit, are open, and contradict."""
        counts = self.audit.counts(source)
        found = {
            "total": sum(counts.values()),
            "fits": counts["agrees"] + counts["agrees_after_rounding"],
            "open": counts["cannot_be_checked"],
            "against": counts["contradicts"],
        }
        return {name: self.number(count) for name, count in found.items()}

    @cached_property
    def numbers(self) -> Mapping[str, object]:
        """How many checks end how, and everything that the words of a fall may name."""
        return {**self.tally(), "misfits": self.number(len(self.audit.misfits)), **self._of_fall()}

    def _of_fall(self) -> Mapping[str, object]:
        fall, params, share = self.fall, self.params, self.percent
        figure, other, counts, chance = fall.figure, fall.other, fall.counts, fall.chance
        middles, reach = [c.middle for c in chance], max(c.as_claimed for c in chance)
        return {
            "place": self.document(figure.source),
            "region": self.home(figure.source),
            "scope": self.named("scopes", figure.scope) if figure.scope else "",
            "fall": share(fall.share, 0),
            "least": fall.smallest,
            "first": counts[0].baseline,
            "first_low": share(counts[0].fall.low),
            "first_high": share(counts[0].fall.high),
            "last": self.number(counts[-1].baseline),
            "last_low": share(counts[-1].fall.low),
            "last_high": share(counts[-1].fall.high),
            "least_middle": share(min(middles), 0),
            "most_middle": share(max(middles), 0),
            "first_middle": share(middles[0], 0),
            "last_middle": share(middles[-1], 0),
            "last_exceeded": share(chance[-1].high, 0),
            "least_mean": chance[0].mean,
            "most_mean": chance[-1].mean,
            "reach": share(reach, 2 if reach < 0.01 else 1),
            "beyond": share(max(c.beyond for c in chance)),
            "dispersion": self.number(params.dispersion, 1),
            "peak": share(params.peak_share),
            "draws": self.number(params.draws),
            "seed": params.seed,
            "level": share(params.level, 0),
            "other": self.document(other.figure.source),
            "other_name": self.name(other.figure, sentence=True),
            "rise": percent_change(other.ratio.value - 1, self.language, 2),
            "after": self.number(other.after),
            "before": self.number(other.before),
            "ratio_low": self.number(other.ratio.low, 2),
            "ratio_high": self.number(other.ratio.high, 2),
            "relative": share(other.relative, 2),
        }

    def of_fall(self, use: str) -> str:
        """The words on the fall for a use, its numbers filled in; empty where there are none."""
        found = self.published.words("fall_words", self.fall.figure.id, self.language)
        return bold(found.get(use, "")).format(**self.numbers)
