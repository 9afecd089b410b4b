"""A fictional province with known true effects, for tests, tutorials and studies of methods.

Monthly counts of each kind of record in county i and month t are negative binomial with mean

    exposure_it · base · exp(u_i + season_m + shock_t + e_it + Σ_k effect_k · 1[t ≥ start_ik]),

u_i a lasting propensity to complain and e_it a first-order autoregression. Counties adopt the
more readily the higher u_i (``selection="level"``), or the higher e was just before the start
(``"spike"``, which makes plain before-after comparisons regress to the mean), or at random
(``"none"``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from analysis.errors import ParamsError, Problem

KIND_SHARE = {"complaint": 1.0, "report": 0.25, "enquiry": 0.45}
"""Reports and enquiries per complaint."""
KINDS = tuple(KIND_SHARE)
SEASON = np.array([-0.08, -0.12, 0.22, 0.02, 0.0, -0.04, -0.05, -0.02, 0.0, 0.03, 0.2, 0.06])
"""Log seasonal effects by month: peaks in March (consumer rights day) and November (sales)."""
ADOPTION_SHARE = {"reverse_assessment": 0.38, "order_style_service": 0.3, "online_shop_review": 0.3}
INTERVENTIONS = tuple(ADOPTION_SHARE)
EFFECTS = {"reverse_assessment": -0.2, "order_style_service": -0.1, "online_shop_review": 0.0}
"""In log points, where options name no others."""
RECORDS_PER_FILE_LIMIT = 20_000_000


@dataclass(frozen=True)
class Options:
    """Size and truth of a simulated province."""

    counties: int = 120
    months: int = 60
    first_month: str = "2019-01"
    seed: int = 2026
    complaints_per_month: float = 25.0
    enterprises: int = 3000
    effects: Mapping[str, float] = field(default_factory=EFFECTS.copy)
    selection: Literal["level", "spike", "none"] = "level"
    dispersion: float = 0.03
    persistence: float = 0.4
    noise: float = 0.08


def out_of_range(options: object, months: int, **limits: tuple[int, int]) -> list[Problem]:
    """The options that lie outside their limits, or those of every world of so many months."""
    limits |= {"counties": (10, 5000), "months": (months, 600), "enterprises": (50, 10**6)}
    return [
        Problem(name, "is out of range", f"Choose {low:,} to {high:,}")
        for name, (low, high) in limits.items()
        if not low <= getattr(options, name) <= high
    ]


@dataclass(frozen=True)
class Province:
    """Arrays of a simulated province; N counties, T months.

    ``counts`` maps a kind to an (N, T) array, ``exposure`` is (N, T), ``starts`` maps an
    intervention to an (N,) array of month numbers from 0, −1 for never. ``register`` has a row
    per enterprise: its county, the months it came (−1: was there before) and left; it is empty
    where only the number of enterprises is known.
    """

    options: Options
    months: pd.PeriodIndex
    counts: Mapping[str, np.ndarray]
    exposure: np.ndarray
    starts: Mapping[str, np.ndarray]
    register: pd.DataFrame

    def register_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The first row in the register and the number of rows of each county."""
        county, counties = self.register["county"].to_numpy(), np.arange(self.options.counties)
        return np.searchsorted(county, counties), np.bincount(county, minlength=counties.size)


NO_REGISTER = pd.DataFrame(columns=["county", "entry", "leave"], dtype=int)


def simulate(options: Options) -> Province:
    """Draw a province.

    Raises
    ------
    ParamsError: sizes out of range.
    """
    problems = out_of_range(options, 24)
    if options.counties * options.months * options.complaints_per_month > RECORDS_PER_FILE_LIMIT:
        problems.append(Problem("size", "is over 20 million complaints", "Choose a smaller one"))
    if options.complaints_per_month <= 0:
        problems.append(Problem("complaints_per_month", "is not positive", "For example 25"))
    if problems:
        raise ParamsError(problems)
    rng = np.random.default_rng(options.seed)
    register, exposure = _register(options, rng)
    return draw(options, exposure, rng, register)


def draw(
    options: Options,
    exposure: np.ndarray,
    rng: np.random.Generator,
    register: pd.DataFrame = NO_REGISTER,
) -> Province:
    """Starts and counts, given the sizes of counties; ``exposure`` is (N, T)."""
    months = pd.period_range(options.first_month, periods=options.months, freq="M")
    propensity = rng.normal(0, 0.35, options.counties)
    noise = _autoregression(options, rng)
    starts = _starts(options, propensity, noise, rng)
    trend = SEASON[months.month - 1] + _shock(months)
    log_rate = propensity[:, None] + trend[None, :] + noise
    effect = sum(
        options.effects.get(name, 0.0) * _treated(starts[name], options.months)
        for name in INTERVENTIONS
    )
    base = options.complaints_per_month / options.enterprises
    counts = {}
    for kind in KINDS:
        # Interventions act on complaints; reports and enquiries serve as placebo outcomes.
        acting = effect if kind == "complaint" else 0.0
        mean = exposure * base * KIND_SHARE[kind] * np.exp(log_rate + acting)
        counts[kind] = _overdispersed(mean, options.dispersion, rng)
    return Province(options, months, counts, exposure, starts, register)


def _register(options: Options, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Enterprises with entry and exit, and how many stand in the register each month; (N, T)."""
    sizes = rng.lognormal(np.log(options.enterprises) - 0.125, 0.5, options.counties).clip(40)
    horizon = options.months
    entrants = rng.poisson(sizes[:, None] * 0.008, (options.counties, horizon))
    # One column for those there before the first month, numbered -1.
    came = np.column_stack([sizes.astype(int), entrants])
    county = np.repeat(np.arange(options.counties), came.sum(axis=1))
    entry = np.repeat(np.tile(np.arange(-1, horizon), options.counties), came.ravel())
    stay = rng.geometric(0.004, county.size)
    leave = np.maximum(entry, 0) + stay
    exposure = np.zeros((options.counties, horizon))
    for month in range(horizon):
        active = (entry <= month) & (leave > month)
        exposure[:, month] = np.bincount(county[active], minlength=options.counties)
    register = pd.DataFrame({"county": county, "entry": entry, "leave": leave})
    return register, exposure


def _autoregression(options: Options, rng: np.random.Generator) -> np.ndarray:
    shocks = rng.normal(0, options.noise, (options.counties, options.months))
    series = np.empty_like(shocks)
    series[:, 0] = shocks[:, 0]
    keep = np.sqrt(1 - options.persistence**2)
    for month in range(1, options.months):
        series[:, month] = options.persistence * series[:, month - 1] + keep * shocks[:, month]
    return series


def _starts(
    options: Options, propensity: np.ndarray, noise: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Month number of each county's starts, at the head of a quarter; −1 for never."""
    first, last = options.months // 3, int(options.months * 0.75)
    quarters = np.arange(first - first % 3, last + 1, 3)
    starts = {}
    for name, share in ADOPTION_SHARE.items():
        start = rng.choice(quarters, options.counties)
        before = np.array([noise[i, s - 3 : s].mean() for i, s in enumerate(start)])
        score = {"level": propensity, "spike": before, "none": np.zeros(options.counties)}
        chosen = score[options.selection]
        scale = chosen.std() or 1.0
        odds = np.log(share / (1 - share)) + 0.9 * (chosen - chosen.mean()) / scale
        adopts = rng.random(options.counties) < 1 / (1 + np.exp(-odds))
        starts[name] = np.where(adopts, start, -1)
    return starts


def _treated(starts: np.ndarray, months: int) -> np.ndarray:
    return (starts[:, None] >= 0) & (np.arange(months)[None, :] >= starts[:, None])


def _shock(months: pd.PeriodIndex) -> np.ndarray:
    """2020: a jump in complaints in the first months of the epidemic, then a slow return."""
    since = (months.year - 2020) * 12 + months.month - 2
    return np.where(since >= 0, 0.25 * np.exp(-np.maximum(since, 0) / 6), 0.0)


def _overdispersed(mean: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Negative binomial counts with variance mean + alpha · mean²."""
    if alpha <= 0:
        return rng.poisson(mean)
    return rng.poisson(mean * rng.gamma(1 / alpha, alpha, mean.shape))
