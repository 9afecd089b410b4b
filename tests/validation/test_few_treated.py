"""Synthetic controls with few treated regions: bias, coverage and size over many worlds."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.data.frames.panels.panel import Panel
from analysis.methods import synthetic_control
from analysis.result import Result
from studies import WORLDS, assert_sound, study
from worlds import make_panel


def uneven_world(
    seed: int, effect: float, treated: int, untreated: int, starts: tuple[int, ...]
) -> Panel:
    """Counts over 24 periods: unlike levels and sizes, errors correlated by .6, unlike trends.

    Each region follows a common random walk to its own degree, so that trends are not parallel.
    """
    rng = np.random.default_rng(seed)
    regions, periods = treated + untreated, 24
    exposure = rng.lognormal(7, 0.5, (regions, 1)) * np.linspace(1, 1.2, periods)
    level = rng.normal(0, 0.3, (regions, 1))
    shock = rng.normal(0, 0.15, (1, periods)).cumsum(axis=1)
    trend = rng.normal(0, 1, (regions, 1)) * rng.normal(0, 0.05, (1, periods)).cumsum(axis=1)
    noise = rng.normal(0, 0.06, (regions, periods + 20))
    for t in range(1, periods + 20):
        noise[:, t] += 0.6 * noise[:, t - 1]
    adoption = np.zeros(regions, dtype=int)
    adoption[rng.permutation(regions)[:treated]] = np.resize(starts, treated)
    after = (adoption[:, None] > 0) & (np.arange(1, periods + 1) >= adoption[:, None])
    rate = np.exp(level + shock + trend + noise[:, 20:] + effect * after) * 150 / exposure.mean()
    counts = rng.poisson(exposure * rate * rng.gamma(50, 1 / 50, exposure.shape))
    return make_panel(np.maximum(counts, 1), adoption, exposure)


@pytest.mark.validate
@pytest.mark.parametrize(
    ("treated", "untreated", "starts", "form", "inference", "effect"),
    [
        (1, 20, (16,), "difference", "placebo", -0.2),
        (1, 30, (16,), "classic", "placebo", -0.2),
        (1, 24, (16,), "augmented", "placebo", -0.2),
        (3, 30, (16,), "difference", "placebo", -0.2),
        (3, 30, (12, 16), "classic", "placebo", -0.2),
        (5, 20, (12, 16), "difference", "placebo", -0.2),
        (10, 12, (16,), "difference", "bootstrap", -0.2),
        (20, 20, (12, 16), "classic", "bootstrap", -0.2),
        (1, 30, (16,), "difference", "placebo", 0.0),
        (4, 30, (12, 16), "difference", "placebo", 0.0),
        (20, 20, (12, 16), "difference", "bootstrap", 0.0),
    ],
)
def test_few_treated_regions_are_covered(treated, untreated, starts, form, inference, effect, row):
    """Many worlds each, unbiased and covering; other seeds than those it was made with."""
    options = synthetic_control.Options(form=form, draws=100)

    def run(seed: int) -> Result:
        panel = uneven_world(seed, effect, treated, untreated, starts)
        result = synthetic_control.estimate(panel, options, np.random.default_rng(seed))
        assert result.options["inference"] == inference
        return result

    name = f"synthetic_control, {form}, {inference}, {treated} beside {untreated}"
    found = study(name, effect, range(40_000, 40_000 + WORLDS), run)
    row(found)
    assert_sound(found)
