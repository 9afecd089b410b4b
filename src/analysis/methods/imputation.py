"""Staggered difference-in-differences by imputing untreated log rates (Borusyak–Jaravel–Spiess).

Untreated region-periods give region and period effects by least squares,

    y_it = a_i + b_t,   y = log(count / exposure),

and the effect on a treated region-period is what was observed less a_i + b_t. The headline is
its mean over all treated region-periods, as event times are means over theirs. Where trends are
parallel in all periods it uses every period before the start and is more precise than ``did``,
which uses one; where they are not, it takes up more of the difference. Leads come from the same
regression with an effect for each of the last periods before the start, tested apart from the
effects. Errors are a delete-one-region jackknife.

References
----------
Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs: robust and efficient
estimation", Review of Economic Studies 91.

Words
-----
title: Imputation of log rates | 对数比率的插补估计
line: Staggered difference-in-differences by imputing untreated log rates: the average effect on
    the regions that adopted; errors by leaving out one region at a time |
    分批实施的双重差分（插补未实施时的对数比率）：实施地区的平均效果；标准误由逐一剔除地区得出
not_yet_treated: Imputation from all untreated periods | 用全部未实施时期插补
never_treated: Imputation from never-treated regions | 用从未实施地区插补
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from analysis.data.frames.panel import NEVER, PANEL, Panel
from analysis.methods.shared import panels
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import Comparison, UntreatedOptions
from analysis.result import Result
from analysis.stats.panels.imputation import impute
from analysis.stats.resampling.jackknife import jackknife_groups


class Options(UntreatedOptions):
    """Options of the method."""

    leads: int = Field(6, ge=0)
    """most periods before the start that are tested

    words: most periods before the start that are looked at | 最多考察的启动前期数
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, or a count of zero.
    """
    used = panels.comparable(panel, options)
    groups = jackknife_groups(len(used.regions), panels.GROUP_LIMIT, rng)
    times, values, support = _statistics(used, options, groups)
    found = panels.Jackknife(used, groups, values, np.array(times), values[:, 2:], support)
    path = found.path(found.supported & (found.spread > 0), options.level, rng)
    return found.result(
        options,
        path,
        estimand="Average effect on the regions that adopted, over all their periods since "
        "adoption, against what all untreated periods would have led to expect",
        checks=(panels.leads_check(path),),
        jackknife_groups=len(values) - 1,
    )


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, Comparison]]:  # noqa: ARG001
    """With the comparison asked for alone."""
    return {asked.comparison: {"comparison": asked.comparison}}


METHOD = Method(
    Options,
    estimate,
    PANEL,
    panels.check_comparison,
    can=(
        "leave_one_out",
        "by_event_time",
        "staggered",
    ),
    ways=_ways,
    place=3,
)


def _statistics(
    panel: Panel, options: Options, groups: np.ndarray
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
    """Event times; overall, before and by event time in each sample; regions by event time.

    Shapes (K,), (1 + G, 2 + K) and (K,).
    """
    outcome = panels.log_rate(panel)
    starts = panel.adoption.to_numpy()
    adopted = starts[starts > NEVER]
    periods = np.arange(1, outcome.shape[1] + 1)
    found = impute(
        outcome, starts, panels.untreated_cells(panel, options, options.anticipation), groups
    )
    since = periods - found.cohort[:, None]
    ahead = (since >= -options.anticipation) & (since < 0)
    last = len(periods) - int(adopted.min())
    leads = _lead_count(adopted, options)
    # The last periods before the start are held out, so that their gaps are leads.
    held = impute(outcome, starts, panels.untreated_cells(panel, options, leads), groups)
    times = tuple(range(-leads, last + 1))
    sources = [(held if time < 0 else found, since == time) for time in times]
    columns = [source.mean(cells) for source, cells in sources]
    support = np.array([source.regions(cells) for source, cells in sources])
    averages = [found.mean(since >= 0), found.mean(ahead)]
    return times, np.column_stack([*averages, *columns]), support


def _lead_count(adopted: np.ndarray, options: Options) -> int:
    """How many leads can be held out while most adopters keep periods to start from."""
    return min(options.leads, int(np.median(adopted)) - 2)
