"""Small simulated worlds with a known effect, for tests of methods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.frames.panels.panel import Panel
from analysis.simulated.province import Options, Province, simulate


def make_panel(
    counts: np.ndarray, starts: np.ndarray, exposure: np.ndarray | None = None, frequency="quarter"
) -> Panel:
    """A panel from arrays: counts and exposure (N, T), starts (N,) with 0 for never."""
    regions, periods = counts.shape
    codes = [f"99{i:04d}" for i in range(regions)]
    size = np.ones_like(counts, dtype=float) if exposure is None else exposure
    frame = pd.DataFrame(
        {
            "region": np.repeat(codes, periods).astype(object),
            "period": np.tile(np.arange(1, periods + 1), regions),
            "count": counts.astype(float).ravel(),
            "exposure": size.ravel(),
            "first_treated": np.repeat(starts, periods),
        }
    )
    labels = pd.period_range("2001Q1", periods=periods, freq="Q").astype(str)
    if frequency == "year":
        labels = [str(2001 + i) for i in range(periods)]
    names = {code: (f"Region {code}", f"地区{code}") for code in codes}
    return Panel(frame, tuple(labels), frequency, exposure is not None, {}, names)


def county_world(
    seed: int,
    effect: float = -0.2,
    regions: int = 36,
    periods: int = 14,
    dispersion: float = 0.02,
    mean: float = 120.0,
) -> Panel:
    """Counts like those of counties: unequal size, shared shocks, over-dispersion, persistence."""
    rng = np.random.default_rng(seed)
    exposure = rng.lognormal(7, 0.5, (regions, 1)) * np.linspace(1, 1.2, periods)
    level = rng.normal(0, 0.3, (regions, 1))
    shocks = rng.normal(0, 0.15, (1, periods)).cumsum(axis=1)
    noise = rng.normal(0, 0.06, (regions, periods))
    for t in range(1, periods):
        noise[:, t] += 0.4 * noise[:, t - 1]
    starts = np.zeros(regions, dtype=int)
    adopters = rng.permutation(regions)[: regions // 2]
    starts[adopters] = rng.choice([5, 7, 9], adopters.size)
    treated = (starts[:, None] > 0) & (np.arange(1, periods + 1) >= starts[:, None])
    rate = np.exp(level + shocks + noise + effect * treated) * mean / exposure.mean()
    counts = rng.poisson(exposure * rate * rng.gamma(1 / dispersion, dispersion, exposure.shape))
    return make_panel(counts, starts, exposure)


def province_panel(province: Province, intervention: str, kind: str = "complaint") -> Panel:
    """Quarterly panel of a simulated province without regions that took up anything else."""
    options = province.options
    quarters = options.months // 3
    shape = (options.counties, quarters, 3)
    counts = province.counts[kind].reshape(shape).sum(axis=2)
    exposure = province.exposure.reshape(shape).mean(axis=2)
    others = [starts for name, starts in province.starts.items() if name != intervention]
    kept = np.all([starts < 0 for starts in others], axis=0)
    own = province.starts[intervention]
    starts = np.where(own >= 0, own // 3 + 1, 0)
    return make_panel(counts[kept], starts[kept], exposure[kept])


__all__ = ["Options", "county_world", "make_panel", "province_panel", "simulate"]
