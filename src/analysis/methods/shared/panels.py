"""What methods for panels share: the part that can be compared, and jackknife results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from analysis.data.frames.panels import panel_comparison
from analysis.data.frames.panels.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.errors import Problem
from analysis.methods.shared.options import PanelOptions
from analysis.methods.shared.results import refuse
from analysis.result import LEVEL, Check, Estimate, Record, Result, event_path
from analysis.stats.panels.cohorts import groups_of_sides
from analysis.stats.resampling import jackknife

GROUP_LIMIT = 4000
"""More regions than this are left out in groups, to bound memory."""


def check_comparison(panel: Panel, options: PanelOptions) -> None:
    """Refuse a panel that cannot carry the comparison and show whether regions moved alike.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    before = max(panel_comparison.MINIMUM_BEFORE, 1 + options.anticipation)
    panel_comparison.require_comparison(panel, options.comparison, before)


def check_logarithms(panel: Panel, options: PanelOptions, *, complete: bool = True) -> None:
    """Refuse what ``check_comparison`` does, and zeros where a logarithm is to be taken of them.

    Raises
    ------
    DesignError: with every shortfall, or how many cells hold zeros, and what would do.
    """
    check_comparison(panel.complete() if complete else panel, options)
    scale = getattr(options, "scale", "own")
    scale = own_scale(panel) if scale == "own" else scale
    comparable(panel, options, positive=scale == "log", complete=complete)


def comparable(
    panel: Panel,
    options: PanelOptions,
    before: int = 1,
    *,
    positive: bool = True,
    complete: bool = True,
) -> Panel:
    """The part of a panel that can be compared, each exclusion counted.

    Parameters
    ----------
    before: how many periods regions need beside those of anticipation.
    complete: whether regions that lack a count must leave.

    Raises
    ------
    DesignError: too few regions or periods; a count of zero where ``positive`` ones are needed.
    """
    least = before + options.anticipation
    panel = panel.complete() if complete else panel
    panel_comparison.require_comparison(panel, options.comparison, least)
    used = panel_comparison.comparable_part(panel, options.comparison, least)
    if positive:
        panel_comparison.require_positive(used)
    return used


def rate(panel: Panel, scale: str = "") -> np.ndarray:
    """The rate or level itself, or its logarithm where the scale is ``log``; (regions, periods).

    Without a scale a rate is taken by its logarithm, a level as it is. Not a number where the
    panel has none.

    Raises
    ------
    DesignError: a cell that is known has no such number.
    """
    given = panel.matrix(panel.measured)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values: np.ndarray = given / panel.matrix("exposure") if panel.counted else given
        values = np.log(values) if (scale or own_scale(panel)) == "log" else values
    if lacking := int((~np.isfinite(values) & ~np.isnan(given)).sum()):
        what = f"give no number in {lacking} of {values.size} cells"
        refuse([Problem("rates", what, "Leave those regions out, or mend counts and exposures")])
    return values


def own_scale(panel: Panel) -> Literal["log", "level"]:
    """On which scale an outcome is looked at if nothing else is asked for."""
    return "log" if panel.counted else "level"


def unit(panel: Panel, scale: str = "") -> str:
    """The unit of a change on a scale."""
    return "log points" if (scale or own_scale(panel)) == "log" else LEVEL


def expected_level(
    panel: Panel, effect: float, weights: np.ndarray | None = None
) -> tuple[Check, ...]:
    """What adopters would have had since adoption, by the weights of regions; not for logarithms.

    Parameters
    ----------
    effect: in units of the outcome. weights: shape (N,), by default all alike.
    """
    values, starts = rate(panel, "level"), panel.adoption.to_numpy()[:, None]
    active = (starts > NEVER) & (np.arange(1, values.shape[1] + 1) >= starts) & np.isfinite(values)
    share = active * (np.ones(len(starts)) if weights is None else weights)[:, None]
    mean = float(np.where(active, share * values, 0.0).sum() / share.sum())
    return (Check("expected_rate", None, mean - effect),)


def log_rate(panel: Panel) -> np.ndarray:
    """Logarithm of the rate; shape (regions, periods)."""
    return rate(panel, "log")


def codes(panel: Panel, column: str) -> np.ndarray:
    """Group of each region by a column, whole numbers from 0; one group without a column; (N,)."""
    if not column:
        return np.zeros(len(panel.regions), dtype=int)
    return np.unique(panel.matrix(column)[:, 0], return_inverse=True)[1]


def untreated_cells(panel: Panel, options: PanelOptions, held: int) -> np.ndarray:
    """Cells that tell what happens without the intervention; shape (regions, periods).

    ``held`` periods before each start are not among them.
    """
    starts = panel.adoption.to_numpy()[:, None]
    periods = np.arange(1, len(panel.periods) + 1)
    use = (starts == NEVER) | (periods < starts - held)
    if options.comparison == "never_treated":
        first = starts[starts > NEVER].min() - options.anticipation
        use &= (starts == NEVER) | (periods < first)
    return np.asarray(use)


def left_out_groups(
    panel: Panel, rng: np.random.Generator, limit: int = GROUP_LIMIT, groups: int = 0
) -> np.ndarray:
    """The group of each region when clusters of them are left out in turn; shape (N,).

    Parameters
    ----------
    limit: more clusters than this are dealt at random into ``groups``, or as many as the limit.
    """
    clusters = panel.clusters
    count = int(clusters.max()) + 1
    dealt = jackknife.jackknife_groups(count, groups or limit, rng) if count > limit else None
    return clusters if dealt is None else np.asarray(dealt[clusters])


def leads_check(path: tuple[Record, ...]) -> Check:
    """Whether any lead leaves its simultaneous band; the widest band tells the power."""
    leads = [r for r in path if (r["event_time"] or 0) < 0 and r["low"] is not None]
    if not leads:
        return Check("leads", None, detail={"periods": 0})
    outside = [r for r in leads if (r["low"] or 0) > 0 or (r["high"] or 0) < 0]
    largest = max(abs(float(r["value"] or 0)) for r in leads)
    half = max((float(r["high"] or 0) - float(r["low"] or 0)) / 2 for r in leads)
    return Check("leads", not outside, largest, half, {"periods": len(leads)})


@dataclass(frozen=True)
class Jackknife:
    """Statistics of a panel with all regions (row 0) and without each of G groups of them.

    ``averages`` has shape (1 + G, A), its first columns named by ``names``; ``by_time``, at the K
    event times, (1 + G, K); ``support``, the regions behind each, (K,); ``groups``, the group of
    each region, (N,); ``never_only``, whether regions that never adopt alone are compared with.
    """

    panel: Panel
    groups: np.ndarray
    averages: np.ndarray
    times: np.ndarray
    by_time: np.ndarray
    support: np.ndarray
    names: tuple[str, ...] = field(default=("overall", "before"))
    never_only: bool = False

    @cached_property
    def treated(self) -> np.ndarray:
        """Which of the groups hold a region that adopted; shape (G,)."""
        return jackknife.treated_groups(self.groups, self.panel.adoption.to_numpy() > NEVER)

    @property
    def supported(self) -> np.ndarray:
        """Event times with enough regions for a band; shape (K,)."""
        return np.asarray(self.support >= MINIMUM_SUPPORT)

    def margins(self, shown: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
        """Half-widths of the simultaneous band over the event times shown; shape (K,)."""
        starts, periods = self.panel.adoption.to_numpy(), len(self.panel.periods)
        sides = groups_of_sides(starts, self.groups, self.times, periods, self.never_only)
        degrees = jackknife.smaller_side(np.minimum(self.support, sides[0]), sides[1])
        return jackknife.simultaneous_margins(
            self.by_time[0], self.by_time[1:], shown, degrees, level, rng
        )

    def path(self, shown: np.ndarray, level: float, rng: np.random.Generator) -> tuple[Record, ...]:
        """Effects by event time with their band."""
        margins = self.margins(shown, level, rng)
        return event_path(self.times, self.by_time[0], margins, self.support)

    def result(
        self,
        options: PanelOptions,
        path: tuple[Record, ...],
        *,
        estimand: str,
        unit: str = "log points",
        checks: tuple[Check, ...],
        series: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None,
        **settled: Any,
    ) -> Result:
        """The result, its averages with intervals of Student's t and Welch's degrees."""
        found = jackknife.jackknife_intervals(
            self.averages[0], self.averages[1:], options.level, self.treated
        )
        left_out = self.panel.left_out(self.averages[1:, 0], self.groups)
        return options.result(
            estimand=estimand,
            unit=unit,
            estimates=self._estimates(found, options),
            sample=self.panel.sample,
            checks=checks,
            series={"by_event_time": path, "leave_one_out": left_out, **(series or {})},
            degrees=round(float(found.degrees[0]), 2),
            **settled,
        )

    def _estimates(self, found: jackknife.Intervals, options: PanelOptions) -> tuple[Estimate, ...]:
        treated = self.panel.sample.treated
        limits = zip(found.standard_error, found.low, found.high, strict=True)
        return tuple(
            Estimate(name, float(value), float(error), float(low), float(high), treated)
            for name, value, (error, low, high) in zip(
                self.names, self.averages[0], limits, strict=False
            )
            if name != "before" or options.anticipation
        )
