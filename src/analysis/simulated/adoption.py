"""Who takes up which intervention when, how much of it, and what it does there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.places import county_codes
from analysis.simulated.worlds import INTERVENTIONS, Options, stream

ADOPTION_SHARE = dict(zip(INTERVENTIONS, (0.38, 0.3, 0.3), strict=True))
REVERSE, SERVICE, REVIEW = INTERVENTIONS
DOSES = (0.5, 1.0)
"""Least and most of reverse assessment: the share of a bureau's sections that take part."""
YUAN = {"staff": 180_000, "system": 60_000}
"""What an intervention costs a county on average, by what is counted."""


@dataclass(frozen=True)
class Adoption:
    """Starts and what sets counties apart; N counties.

    ``starts`` are month numbers from 0 at the head of a quarter, −1 for never; ``dose`` is of
    reverse assessment; ``own`` is by how much the effect in a county departs from the mean one.
    """

    starts: Mapping[str, np.ndarray]
    dose: np.ndarray
    own: Mapping[str, np.ndarray]

    def active(self, name: str, months: int) -> np.ndarray:
        """Which cells are under an intervention; shape (N, months)."""
        start = self.starts[name][:, None]
        return np.asarray((start >= 0) & (np.arange(months)[None, :] >= start))


def adopt(options: Options, propensity: np.ndarray, noise: np.ndarray) -> Adoption:
    """Starts by lasting propensity (N,), by recent noise (N, T) or by chance, and effects."""
    rng, world = stream(options, "interventions"), options.truth
    starts = _starts(options, propensity, noise, rng)
    dose = rng.uniform(*DOSES, options.counties).round(2)
    own = {name: rng.normal(0, world.spread, options.counties) for name in INTERVENTIONS}
    own[REVERSE] = own[REVERSE] + world.per_dose * (dose - np.mean(DOSES))
    return Adoption(starts, dose, own)


def _starts(
    options: Options, propensity: np.ndarray, noise: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    first, last = options.months // 3, int(options.months * 0.75)
    quarters = np.arange(first - first % 3, last + 1, 3)
    starts = {}
    for name, share in ADOPTION_SHARE.items():
        start = rng.choice(quarters, options.counties)
        before = np.array([noise[i, s - 3 : s].mean() for i, s in enumerate(start)])
        score = {"level": propensity, "spike": before, "none": np.zeros(options.counties)}
        chosen = score[options.truth.selection]
        scale = chosen.std() or 1.0
        odds = np.log(share / (1 - share)) + 0.9 * (chosen - chosen.mean()) / scale
        adopts = rng.random(options.counties) < 1 / (1 + np.exp(-odds))
        starts[name] = np.where(adopts, start, -1)
    return starts


def intervention_table(
    options: Options, adoption: Adoption, months: pd.PeriodIndex
) -> pd.DataFrame:
    """A row per start; the dose stands where one was taken up in part."""
    days = months.strftime("%Y-%m-01")
    assignment = "random" if options.truth.selection == "none" else "selected"
    codes = county_codes(options.counties)
    rows = [
        (codes[i], name, days[month], assignment, adoption.dose[i] if name == REVERSE else np.nan)
        for name in INTERVENTIONS
        for i, month in enumerate(adoption.starts[name])
        if month >= 0
    ]
    columns = ["region_code", "intervention", "started_on", "assignment", "dose"]
    return pd.DataFrame(rows, columns=columns)


def cost_table(options: Options, starts: pd.DataFrame) -> pd.DataFrame:
    """What each start cost, by what is counted; dearer where the dose is higher."""
    rng = stream(options, "costs")
    parts = []
    for counted, mean in YUAN.items():
        yuan = mean * starts["dose"].fillna(np.mean(DOSES)) * rng.lognormal(0, 0.2, len(starts))
        parts.append(
            starts[["intervention", "region_code"]].assign(yuan=yuan.round(-2), counted=counted)
        )
    return pd.concat(parts, ignore_index=True)
