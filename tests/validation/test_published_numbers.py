"""Published numbers, reproduced."""

from __future__ import annotations

import moderndid
import numpy as np
import pytest

from analysis.data.dataset import read_dataset
from analysis.data.panel import build_study
from analysis.methods import did
from analysis.methods.did import cohort_cells
from analysis.params import InterventionEffect
from analysis.robustness import answer, specifications


@pytest.fixture(scope="module")
def zone_answers():
    """Every specification of the enterprise zones report, by key."""
    params = InterventionEffect()
    study = build_study(read_dataset(params.dataset), params)
    return {item.key: answer(study, item) for item in specifications(study)}


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("two_way_effects_published", -0.104, 0.055),
        ("two_way_differences_published", -0.182, 0.078),
    ],
)
def test_the_enterprise_zone_estimates_of_papke_1994(zone_answers, key, value, error):
    """Log claims with city and year effects, and in first differences; all printed digits."""
    found = zone_answers[key].estimate
    assert round(found.value, 3) == value
    assert round(found.standard_error, 3) == error
    assert zone_answers[key].published_estimate == value
    assert zone_answers[key].published_error == error


@pytest.fixture(scope="module")
def mpdta():
    """County teen employment 2003–2007 (Callaway and Sant'Anna 2021): outcome and starts."""
    frame = moderndid.load_mpdta().to_pandas().sort_values(["countyreal", "year"])
    outcome = frame["lemp"].to_numpy().reshape(-1, 5)
    first = frame["first.treat"].to_numpy().reshape(-1, 5)[:, 0]
    starts = np.where(first > 0, first - 2002, 0).astype(int)
    return outcome, starts


def test_the_teen_employment_estimates_of_callaway_and_santanna(mpdta):
    """Simple, dynamic and group averages and the first cohort's path, never-treated controls."""
    outcome, starts = mpdta
    cells = cohort_cells(outcome, starts, "never_treated")
    sizes = {g: int((starts == g).sum()) for g in (2, 4, 5)}
    after = {c: v for c, v in cells.items() if c[1] >= c[0]}
    simple = np.average(list(after.values()), weights=[sizes[g] for g, _ in after])
    by_time = [
        np.average(
            [v for c, v in after.items() if c[1] - c[0] == e],
            weights=[sizes[g] for g, t in after if t - g == e],
        )
        for e in range(4)
    ]
    groups = [np.mean([v for c, v in after.items() if c[0] == g]) for g in sizes]
    assert simple == pytest.approx(-0.0400, abs=5e-5)
    assert np.mean(by_time) == pytest.approx(-0.0772, abs=5e-5)
    assert np.average(groups, weights=list(sizes.values())) == pytest.approx(-0.0310, abs=5e-5)
    path = [cells[(2, t)] for t in range(2, 6)]
    assert np.allclose(path, [-0.0105, -0.0704, -0.1373, -0.1008], atol=5e-5)


def test_the_jackknife_agrees_with_the_published_error(mpdta):
    """500 counties are many, so leaving out and the analytical error must nearly agree.

    Published standard error of the simple average: 0.0117 to 0.0124, by the version of the
    software; 15 per cent allows for the bootstrap behind it and for our groups of regions.
    """
    from worlds import make_panel

    outcome, starts = mpdta
    panel = make_panel(np.exp(outcome), starts, frequency="year")
    options = did.Options(comparison="never_treated")
    result = did.estimate(panel, options, np.random.default_rng(1))
    assert result.headline.value == pytest.approx(-0.0400, abs=5e-5)
    assert result.headline.standard_error == pytest.approx(0.0120, rel=0.15)
