"""Published numbers, reproduced."""

from __future__ import annotations

import moderndid
import numpy as np
import pytest
from causaldata import castle

from analysis.data.dataset import read_dataset
from analysis.data.frames.study import build_study
from analysis.methods import did
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.stats.panels.bacon import bacon_parts
from analysis.stats.panels.cohorts import cohort_effects
from analysis.stats.panels.regression import two_way_slope
from analysis.verdicts.robustness import answer, specifications
from worlds import make_panel

METHOD = "did"


@pytest.fixture(scope="module")
def zone_answers():
    """Every specification of the enterprise zones report, by key."""
    params = InterventionEffectParams()
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


CS = "Callaway and Sant'Anna 2021, mpdta"


def test_the_teen_employment_estimates_of_callaway_and_santanna(published, mpdta):
    """Four averages and the first cohort's path, never-treated controls; all printed digits."""
    outcome, starts = mpdta
    panel = make_panel(np.exp(outcome), starts, frequency="year")
    options = did.Options(comparison="never_treated")
    found = did.estimate(panel, options, np.random.default_rng(1)).estimates
    for estimate, printed in zip(found, (-0.0400, -0.0772, -0.0310), strict=False):
        published(f"{estimate.name} average", estimate.value, printed, 5e-5, CS)
    cells = cohort_effects(outcome, starts, never_only=True)
    first = (cells.cohort == 2) & cells.after
    for year, value, printed in zip(
        range(2004, 2008), cells.value[0, first], (-0.0105, -0.0704, -0.1373, -0.1008), strict=True
    ):
        published(f"ATT(2004, {year})", value, printed, 5e-5, CS)


def test_the_jackknife_agrees_with_the_published_errors_of_averages(published, mpdta):
    """Dynamic .0196, group .0123; 8 per cent, for the published ones are bootstrapped."""
    outcome, starts = mpdta
    panel = make_panel(np.exp(outcome), starts, frequency="year")
    options = did.Options(comparison="never_treated")
    found = did.estimate(panel, options, np.random.default_rng(1)).estimates
    errors = {estimate.name: estimate.standard_error for estimate in found}
    published("error of the dynamic average", errors["dynamic"], 0.0196, 0.0016, CS)
    published("error of the group average", errors["group"], 0.0123, 0.0010, CS)


def test_castle_doctrine_comparisons_add_up_to_the_two_way_coefficient(published):
    """Log homicides, 50 states, 2000 to 2010, unweighted; weights add to 1."""
    frame = castle.load_pandas().data.sort_values(["sid", "year"])
    outcome = np.log(frame["homicide"].to_numpy(float)).reshape(50, -1)
    treated = (frame["post"].to_numpy() > 0).reshape(50, -1)
    # The packaged column starts a year after the adoption year of the literature.
    starts = np.where(treated.any(axis=1), treated.argmax(axis=1), 0)
    treated = (starts[:, None] > 0) & (np.arange(1, 12) >= starts[:, None])
    parts = bacon_parts(outcome, starts)
    together = sum(part.weight * part.value for part in parts)
    assert sum(part.weight for part in parts) == pytest.approx(1, abs=1e-12)
    slope = two_way_slope(outcome, treated.astype(float))
    assert together == pytest.approx(slope.value, abs=1e-12)
    published("sum of comparisons", together, 0.0818, 5e-5, "Cunningham 2021, castle")


def test_the_jackknife_agrees_with_the_published_error(mpdta):
    """500 counties are many, so leaving out and the analytical error must nearly agree.

    Published standard error of the simple average: 0.0117 to 0.0124, by the version of the
    software; 15 per cent allows for the bootstrap behind it and for our groups of regions.
    """
    outcome, starts = mpdta
    panel = make_panel(np.exp(outcome), starts, frequency="year")
    options = did.Options(comparison="never_treated")
    result = did.estimate(panel, options, np.random.default_rng(1))
    assert result.headline.value == pytest.approx(-0.0400, abs=5e-5)
    assert result.headline.standard_error == pytest.approx(0.0120, rel=0.15)
