"""Excess at a target: simulated truth and a second implementation.

No published example was found whose counts could be had, so there is none here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.errors import DesignError
from analysis.methods import bunching
from analysis.stats.bunching import lay_out, measure, redraw
from kinds import values_world

STEPS = np.arange(-25, 26)


def run(frame: pd.DataFrame, **options):
    """The result with these options."""
    return bunching.estimate(frame, bunching.Options(**options), np.random.default_rng(1))


def test_the_course_equals_a_generalised_linear_model():
    """Expected counts against statsmodels, to 1e-6; three histograms at once."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(200 * np.exp(-0.02 * STEPS), (3, 51)).astype(float)
    bins = lay_out(STEPS, 30.0 + STEPS, 4, 0, 5, np.array([5.0]))
    found = measure(counts, bins)
    for row, course in zip(counts, found.course, strict=True):
        design = bins.design[bins.outside]
        fit = sm.GLM(row[bins.outside], design, family=sm.families.Poisson()).fit(tol=1e-12)
        assert np.allclose(course, np.exp(bins.design @ fit.params), rtol=1e-6)


def test_excess_is_what_was_added_and_missing_what_was_taken():
    """On expected counts, with a heap of a half on fives: both exact to a thousandth of a case."""
    course = 300 * np.exp(-0.02 * STEPS - 0.0005 * STEPS**2)
    heaped = course * np.where((30 + STEPS) % 5 == 0, 1.5, 1.0)
    moved = heaped.copy()
    moved[(STEPS > 0) & (STEPS <= 4)] -= 20
    moved[STEPS == 0] += 80
    bins = lay_out(STEPS, 30.0 + STEPS, 2, 0, 5, np.array([5.0]))
    found = measure(moved[None], bins)
    assert found.excess[0] == pytest.approx(80, abs=1e-3)
    assert found.missing[0] == pytest.approx(80, abs=1e-3)
    blind = measure(moved[None], lay_out(STEPS, 30.0 + STEPS, 2, 0, 5, np.array([])))
    assert blind.excess[0] > 150


def test_the_published_definition_in_heights_of_the_course():
    """Excess over the course's height at the target, as Chetty and others define b."""
    found = {e.name: e.value for e in run(values_world(1, 0.03)).estimates}
    result = run(values_world(1, 0.03))
    at = next(r for r in result.series["histogram"] if r["value"] == 30)
    assert found["excess_bins"] == pytest.approx((at["count"] - at["expected"]) / at["expected"])
    assert found["overall"] * result.options["cases"] == pytest.approx(at["count"] - at["expected"])


def test_what_is_moved_from_above_is_found_missing_there():
    """The check holds where cases were moved down, and fails where they were added."""
    moved = values_world(2, 0.03)
    assert next(c for c in run(moved).checks if c.name == "shifted_from_above").passed
    plain = values_world(2, 0.0)
    more = pd.DataFrame({"value": 30.0, "region": plain["region"].iloc[:300]})
    added = run(pd.concat([plain, more]))
    assert not next(c for c in added.checks if c.name == "shifted_from_above").passed
    assert added.headline.low > 0.03


def test_regions_drawn_anew_have_the_spread_of_regions():
    """Errors of a total against its formula over regions, within 5 per cent."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.gamma(3, 20, (25, 1)), (25, 4)).astype(float)
    drawn = redraw(counts, 20_000, 1.0, rng)
    totals = counts.sum(axis=1)
    expected = np.sqrt(25) * totals.std(ddof=1)
    assert drawn.sum(axis=1).std() == pytest.approx(expected, rel=0.05)
    single = counts.sum(axis=0, keepdims=True)
    plain, wide = (redraw(single, 20_000, d, np.random.default_rng(1)) for d in (1.0, 4.0))
    assert wide[:, 0].std() == pytest.approx(2 * plain[:, 0].std(), rel=0.01)


def test_bins_belong_to_the_day_that_ends_them():
    """29.2 and 30 days are day 30, 30.2 is day 31; what lies outside the range is counted."""
    frame = pd.DataFrame({"value": np.repeat([29.2, 30.0, 30.2, 90.0], [5, 5, 7, 3])})
    smooth = pd.DataFrame({"value": np.repeat(np.arange(5, 56), 20).astype(float)})
    found = run(pd.concat([smooth, frame]), heaps=[])
    by_value = {r["value"]: r["count"] for r in found.series["histogram"]}
    assert (by_value[30], by_value[31]) == (30, 27)
    assert found.sample.dropped == {"out_of_range": 3}


def test_designs_that_cannot_carry_a_course_are_refused_together():
    """Few cases, few bins for the degree, a heap without another multiple, few regions."""
    frame = values_world(1, 0.0)[:150].assign(region=np.arange(150) % 3)
    with pytest.raises(DesignError) as refused:
        run(frame, bins_below=6, bins_above=8, above=3, order=8, heaps=[30.0])
    assert [p.where for p in refused.value.problems] == [
        "cases", "bins", "multiples", "regions",
    ]  # fmt: skip
    low = values_world(1, 0.0).query("value <= 30")
    with pytest.raises(DesignError, match="cases over the target: outside the window are none"):
        run(low)


def test_without_regions_errors_are_of_independent_cases():
    """One level of days for all: errors within a third of the spread over 40 worlds."""
    values, errors = [], []
    for seed in range(40):
        days = np.ceil(np.random.default_rng(seed).gamma(3.0, 10, 6000))
        found = run(pd.DataFrame({"value": days}), heaps=[]).headline
        values.append(found.value)
        errors.append(found.standard_error)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.33)
