"""Two-way fixed effects or first differences on the log rate: comparison only, never a headline.

    y_it = a_i + b_t + β d_it + e_it,   or   Δy_it = b_t + β Δd_it + e_it

β mixes effects of early and late adopters with weights that can be negative, so under
staggered adoption it is shown beside the headline and not as one. The series ``bacon`` splits
the coefficient of the first form into its two-by-two comparisons; the check ``already_treated``
holds the weight of comparisons with regions that were treated already.

References
----------
Goodman-Bacon (2021), "Difference-in-differences with variation in treatment timing", Journal
of Econometrics 225. Papke (1994), "Tax policy and urban development", Journal of Public
Economics 54, for both forms on the enterprise zones.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.design import require_comparison, require_positive
from analysis.data.panel import NEVER, Panel
from analysis.errors import DesignError, Problem
from analysis.result import Check, Estimate, Result
from analysis.stats.bacon import Part, bacon_parts
from analysis.stats.bootstrap import wild_interval, wild_weights
from analysis.stats.regression import first_difference_slope, two_way_slope
from analysis.stats.resample import comparison_degrees, t_critical

INPUT = "panel"


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    form: Literal["effects", "differences"] = Field(
        default="effects", description="region and period effects, or first differences"
    )
    errors: Literal["clustered", "conventional", "wild_bootstrap"] = Field(
        default="clustered",
        description="clustered by region, as old publications gave them, or wild bootstrap limits",
    )
    draws: int = Field(default=999, ge=99, description="draws of the wild bootstrap")
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the interval")


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The coefficient of treatment in log points.

    Raises
    ------
    DesignError: too few regions or periods, or a count of zero.
    """
    require_comparison(panel, "not_yet_treated", 1)
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    require_positive(panel)
    starts = panel.adoption.to_numpy()[:, None]
    periods = np.arange(1, len(panel.periods) + 1)
    treatment = ((starts > NEVER) & (periods >= starts)).astype(float)
    outcome = np.log(counts / exposure)
    parts = None
    if options.form == "effects":
        parts = bacon_parts(outcome, panel.adoption.to_numpy())
    fit = two_way_slope if options.form == "effects" else first_difference_slope
    slope = fit(outcome, treatment)
    error = slope.conventional if options.errors == "conventional" else slope.clustered
    regions, treated = len(panel.regions), panel.sample.treated
    degrees = comparison_degrees(treated, regions - 1, regions)
    margin = t_critical(options.level, degrees) * error
    low, high = slope.value - margin, slope.value + margin
    if options.errors == "wild_bootstrap":
        low, high = _wild_limits(outcome, treatment, options, rng)
    return Result(
        method="two_way",
        estimand="Coefficient of treatment, a variance-weighted mix of cohort effects",
        unit="log points",
        level=options.level,
        estimates=(
            Estimate(
                "overall",
                slope.value,
                error,
                low,
                high,
                panel.sample.treated,
            ),
        ),
        sample=panel.sample,
        checks=() if parts is None else (_already_check(parts),),
        series={} if parts is None else {"bacon": tuple(asdict(part) for part in parts)},
        options={**options.model_dump(), "degrees": degrees},
    )


def _wild_limits(
    outcome: np.ndarray, treatment: np.ndarray, options: Options, rng: np.random.Generator
) -> tuple[float, float]:
    if options.form != "effects":
        remedy = "Use errors: clustered, or form: effects"
        raise DesignError([Problem("wild bootstrap", "is for the form with effects", remedy)])
    weights = wild_weights(len(outcome), options.draws, "webb", rng)
    return wild_interval(outcome, treatment, weights, options.level)


def _already_check(parts: tuple[Part, ...]) -> Check:
    """Weight of comparisons with regions already treated, which growing effects would spoil."""
    weight = sum(part.weight for part in parts if part.comparison == "already_treated")
    return Check("already_treated", None, weight, 0.0)
