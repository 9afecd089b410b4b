"""The rate of all regions together, and which regions differ, in worlds with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis.errors import DesignError
from analysis.methods import rates
from analysis.stats.pooling.pairs import compare_pairs, detectable_ratio
from analysis.stats.pooling.rates import exact_limits, root_error
from analysis.stats.pooling.together import pooled_rate
from studies import WORLDS, monte_carlo_error

RATE = 0.03
EVENTS = 3000
SHARES = {"even": 1 / 30, "one holds half": 0.5, "one holds nine tenths": 0.9}


def world(seed: int, share: float, spread: float, regions: int = 30) -> tuple[np.ndarray, ...]:
    """Events and sizes of regions, the first with a share of the size; rates vary by ``spread``."""
    rng = np.random.default_rng(seed)
    size = np.append(share, np.full(regions - 1, (1 - share) / (regions - 1))) * EVENTS / RATE
    own = rng.gamma(spread**-2, spread**2, regions) if spread else np.ones(regions)
    return rng.poisson(RATE * size * own).astype(float), size


def frame(events: np.ndarray, size: np.ndarray) -> pd.DataFrame:
    """As the method takes them."""
    codes = [f"99{i:04d}" for i in range(len(events))]
    return pd.DataFrame({"region": codes, "events": events, "size": size})


def cochran(events: np.ndarray, size: np.ndarray) -> float:
    """Half the width of the interval of the log rate from residuals about it, as it was."""
    count, rate = len(events), events.sum() / size.sum()
    squares = ((events - rate * size) ** 2).sum() * count / (count - 1)
    return float(stats.t.ppf(0.975, count - 1) * np.sqrt(squares) / events.sum())


@pytest.mark.validate
@pytest.mark.parametrize("spread", [0.0, 0.3])
@pytest.mark.parametrize("name", SHARES)
def test_the_pooled_rate_is_missed_no_more_often_than_promised(name, spread, row):
    """30 regions, 3,000 events: at most 5 per cent, and 3 Monte-Carlo errors; residuals beside."""
    missed = before = 0
    for seed in range(WORLDS):
        events, size = world(seed, SHARES[name], spread)
        found = pooled_rate(events, size, 0.95, "poisson")
        missed += not found.low <= RATE <= found.high
        before += abs(np.log(found.rate / RATE)) > cochran(events, size)
    row(
        f"| rates, {name}, spread {spread:.1f} | {WORLDS} | {RATE} | "
        f"missed {missed / WORLDS:.3f}, from residuals {before / WORLDS:.3f} |"
    )
    assert missed / WORLDS <= 0.05 + 3 * monte_carlo_error(0.95, WORLDS)


def test_where_regions_are_equal_the_interval_is_the_one_of_residuals():
    """Many events: Student's t with N − 1 degrees; to 1 per cent of its width."""
    for seed in range(5):
        events, size = world(seed, 1 / 30, 0.3)
        found = pooled_rate(events, size, 0.95, "poisson")
        assert np.log(found.high / found.rate) == pytest.approx(cochran(events, size), rel=0.01)
        assert found.effective == pytest.approx(30)


@pytest.mark.parametrize("family", ["poisson", "binomial"])
@pytest.mark.parametrize("share", SHARES.values())
def test_the_interval_is_never_narrower_than_chance_makes_it(family, share):
    """Exact limits of all events lie inside, few events and no difference at all included."""
    for seed in range(20):
        events, size = world(seed, share, 0.2)
        some = np.random.default_rng(seed).binomial(events.astype(int), 0.02).astype(float)
        for given in (events, some, np.round(RATE * size)):
            whole = np.ceil(size)
            found = pooled_rate(given, whole, 0.95, family)
            exact = exact_limits(given.sum(), whole.sum(), 0.95, family)
            assert found.low <= exact.low < found.rate < exact.high <= found.high


def test_a_region_with_most_of_the_size_is_named():
    """With how many regions of equal size would weigh as much."""
    found = analysis.estimate("rates", frame(*world(1, 0.9, 0.3)))
    check = next(check for check in found.checks if check.name == "largest_share")
    assert (check.value, check.detail["region"]) == (pytest.approx(0.9), "990000")
    assert check.detail["effective_regions"] == pytest.approx(1 / (0.81 + 0.01 / 29))


def test_pairs_have_the_exact_p_values_of_their_family():
    """Binomial given the sum, or Fisher's; twice the smaller tail, the higher rate first."""
    events, size = np.array([12.0, 40.0, 3.0]), np.array([400.0, 500.0, 300.0])
    found = compare_pairs(events, size, "poisson")
    assert list(zip(found.higher.tolist(), found.lower.tolist(), strict=True)) == [
        (1, 0), (0, 2), (1, 2)
    ]  # fmt: skip
    for higher, lower, chance in zip(found.higher, found.lower, found.p_value, strict=True):
        both = int(events[higher] + events[lower])
        share = size[higher] / (size[higher] + size[lower])
        tail = stats.binomtest(int(events[higher]), both, share, "greater").pvalue
        assert chance == pytest.approx(2 * tail, rel=1e-9)
    assert found.adjusted.max() >= found.p_value.max()
    found = compare_pairs(events, size, "binomial")
    table = [[40, 460], [12, 388]]
    one_sided = stats.fisher_exact(table, alternative="greater").pvalue
    assert found.p_value[0] == pytest.approx(2 * one_sided, rel=1e-9)


def test_any_pair_is_falsely_told_apart_as_seldom_as_promised():
    """Equal rates of 20 regions: in at most 5 per cent of 400 worlds, and 3 errors."""
    found = 0
    for seed in range(400):
        events, size = world(seed, 0.2, 0.0, regions=20)
        # The first step of Holm's; statsmodels' collects garbage at each call.
        found += compare_pairs(events, size, "poisson").p_value.min() < 0.05 / 190
    assert found / 400 <= 0.05 + 3 * monte_carlo_error(0.95, 400)


def test_the_ratio_that_would_have_been_found_is_found_four_times_in_five():
    """Two of 40 regions that far apart: 400 draws, 3 errors; exact tests lose up to 5 points."""
    size, tests = 4000.0, 40 * 39 // 2
    error = float(np.sqrt(2) * root_error(size))
    ratio = detectable_ratio(RATE, error, tests, 0.95, 0.8, "poisson")
    apart = (np.sqrt(ratio) - 1) / (np.sqrt(ratio) + 1)
    rates = RATE * np.array([(1 - apart) ** 2, (1 + apart) ** 2])
    drawn = np.random.default_rng(3).poisson(rates * size, (400, 2)).astype(float)
    sizes = np.full(2, size)
    chances = np.array([compare_pairs(row, sizes, "poisson").p_value[0] for row in drawn])
    assert 0.69 <= (chances < 0.05 / tests).mean() <= 0.86
    assert detectable_ratio(RATE, 1.0, tests, 0.95, 0.8, "poisson") is None


def test_regions_at_three_times_the_rate_of_others_are_told_apart_from_them():
    """34 of 120: within the funnel all of them, and yet thousands of pairs differ."""
    rng = np.random.default_rng(0)
    size = rng.lognormal(8, 0.4, 120)
    events = rng.poisson(0.01 * size * np.append(np.full(34, 3.0), np.ones(86)))
    found = analysis.estimate("rates", frame(events, size))
    checks = {check.name: check for check in found.checks}
    assert checks["pairs"].value > 2000
    assert checks["pairs"].detail["pairs"] == 120 * 119 / 2
    ends = checks["ends"]
    assert ends.value == len(ends.detail["higher"]) == len(ends.detail["lower"]) >= 15
    assert all(int(code) < 990034 for code in ends.detail["higher"])
    assert 1 < checks["pair_ratio"].value < 4
    rows = found.series["pairs"]
    assert len(rows) == 200
    assert all(row["ratio"] > 1 and row["p_value"] < 0.05 for row in rows)


def test_regions_that_move_together_are_one_in_the_pooled_interval():
    """As if each cluster were a region; its number, and one cluster a region, are refused."""
    own = np.random.default_rng(6)
    shock = np.repeat(own.normal(0, 0.3, 8), 5)
    events = own.poisson(50 * np.exp(shock)).astype(float)
    frame = pd.DataFrame(
        {"region": [f"r{i:02d}" for i in range(40)], "events": events, "size": 1000.0}
    )
    clustered = frame.assign(cluster=[f"c{i // 5}" for i in range(40)])
    summed = clustered.groupby("cluster", as_index=False)[["events", "size"]].sum()
    summed = summed.rename(columns={"cluster": "region"})
    found, alone, apart = (
        rates.estimate(given, rates.Options(), np.random.default_rng(1)).headline
        for given in (clustered, summed, frame)
    )
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high))
    assert found.high - found.low > 1.3 * (apart.high - apart.low)
    two = frame.assign(cluster=["a"] * 20 + ["b"] * 20)
    with pytest.raises(DesignError, match="clusters: are 2"):
        rates.estimate(two, rates.Options(), np.random.default_rng(1))
