"""Regression discontinuity against the US Senate of rdrobust, and worlds with known jumps.

The data are read from the file inside the package rdrobust (GPL-3, at test time only); none of
its code is run.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DesignError, EstimationError
from analysis.methods import rdd
from analysis.result import Result
from analysis.stats.thresholds import discontinuity
from analysis.stats.thresholds.discontinuity import density_p_value
from kinds import scores_world
from studies import WORLDS, assert_sound, study

METHOD = "rdd"

CCT = "Calonico, Cattaneo, Farrell and Titiunik 2017, Senate"
CJM = "Cattaneo, Jansson and Ma 2018, rddensity, Senate"


@pytest.fixture(scope="module")
def senate() -> pd.DataFrame:
    """Democratic margin and the vote share six years later, 1914 to 2010."""
    folder = Path(find_spec("rdrobust").origin).parent
    return pd.read_csv(folder / "data" / "rdrobust_RDsenate.csv")


def run(frame: pd.DataFrame, **options):
    """The result with these options."""
    return rdd.estimate(frame, rdd.Options(**options), np.random.default_rng(1))


def scored(senate: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """Complete rows of the margin and some columns, under the names the method takes."""
    kept = senate.dropna(subset=["margin", *columns.values()]).reset_index(drop=True)
    frame = pd.DataFrame({"unit": np.arange(len(kept)), "score": kept["margin"]})
    return frame.assign(**{name: kept[column] for name, column in columns.items()})


def test_the_advantage_of_incumbents_in_the_senate(published, senate):
    """7.414 [4.094, 10.919] in a window of 17.754, 360 and 323 races inside; as printed."""
    found = run(scored(senate, outcome="vote"), window="least_error")
    headline, conventional = found.estimates
    published("Senate, conventional", conventional.value, 7.414, 5e-4, CCT)
    published("Senate, robust low", headline.low, 4.094, 5e-4, CCT)
    published("Senate, robust high", headline.high, 10.919, 5e-4, CCT)
    published("Senate, window", found.options["bandwidth"][0], 17.754, 5e-4, CCT)
    assert found.options["rows"] == (360, 323)


def test_nobody_places_himself_in_the_senate(published, senate):
    """p .3815 over all 1,390 margins, as printed .38; incomplete votes do not matter to it."""
    margins = np.sort(senate["margin"].dropna().to_numpy())
    published("Senate, density", density_p_value(margins), 0.38, 0.005, CJM)


def test_earlier_votes_do_not_jump_in_the_senate(senate):
    """Population and earlier vote: balanced, with Holm's correction; a third column that jumps."""
    frame = scored(senate, outcome="vote", population="population", earlier="demvoteshlag1")
    found = run(frame, balance=("population", "earlier"))
    check = next(check for check in found.checks if check.name == "balance")
    assert check.passed is True
    spoiled = frame.assign(earlier=frame["earlier"] + 15 * (frame["score"] >= 0))
    found = run(spoiled, balance=("population", "earlier"))
    check = next(check for check in found.checks if check.name == "balance")
    assert check.passed is False
    assert [row["column"] for row in found.series["balance"] if row["p"] < 0.05] == ["earlier"]


def test_balance_of_two_columns_is_adjusted_by_holms_steps():
    """The smaller p-value counts twice; the larger once, but never below it."""
    rng = np.random.default_rng(3)
    frame = scores_world(1, 0.4).assign(one=rng.normal(size=700), two=rng.normal(size=700))
    alone = [run(frame, balance=(name,)).series["balance"][0]["p"] for name in ("one", "two")]
    both = [row["p"] for row in run(frame, balance=("one", "two")).series["balance"]]
    assert min(both) == pytest.approx(min(1.0, 2 * min(alone)))
    assert max(both) == pytest.approx(max(*alone, min(both)))


def test_units_treated_below_give_the_same_jump_mirrored():
    """Scores turned round, all else as it was; to rounding."""
    frame = scores_world(1, 0.4)
    turned = frame.assign(score=-frame["score"])
    first, second = run(frame).headline, run(turned, treated="below").headline
    assert second.value == pytest.approx(first.value, rel=1e-9)
    assert (second.low, second.high) == pytest.approx((first.low, first.high), rel=1e-9)


def test_own_cutoffs_are_pooled_and_stand_by_themselves():
    """Jumps of .2 and .6 at 10 and 50: each within 4 errors, the pooled one between them."""
    worlds = [scores_world(11, 0.2), scores_world(12, 0.6)]
    parts = [
        world.assign(unit=world["unit"] + 1000 * k, score=world["score"] + cut, cutoff=cut)
        for k, (world, cut) in enumerate(zip(worlds, (10.0, 50.0), strict=True))
    ]
    found = run(pd.concat(parts, ignore_index=True))
    names = {estimate.name: estimate for estimate in found.estimates}
    for name, truth in (("cutoff=10", 0.2), ("cutoff=50", 0.6)):
        assert names[name].value == pytest.approx(truth, abs=4 * names[name].standard_error)
    assert names["cutoff=10"].value < found.headline.value < names["cutoff=50"].value


def test_take_up_of_half_doubles_the_effect():
    """Crossing raises treatment from .2 to .7 and the outcome by .5 × .8; within 4 errors."""
    rng = np.random.default_rng(5)
    frame = pd.concat([scores_world(seed, 0.0) for seed in range(4)], ignore_index=True)
    chance = np.where(frame["score"] >= 0, 0.7, 0.2)
    takeup = (rng.random(len(frame)) < chance).astype(int)
    frame = frame.assign(unit=np.arange(len(frame)), takeup=takeup)
    found = run(frame.assign(outcome=frame["outcome"] + 0.8 * takeup)).headline
    assert found.value == pytest.approx(0.8, abs=4 * found.standard_error)
    assert found.standard_error < 0.2


def test_take_up_that_does_not_jump_is_refused():
    """Nothing to divide by."""
    rng = np.random.default_rng(6)
    frame = scores_world(6, 0.3).assign(takeup=rng.integers(0, 2, 700))
    with pytest.raises(EstimationError, match="weak first stage"):
        run(frame)


def test_units_that_move_across_are_noticed():
    """Nine in ten units just below go just above: the density test fails; a donut counts."""
    frame = scores_world(7, 0.0)
    score = frame["score"].to_numpy().copy()
    rng = np.random.default_rng(7)
    moved = (score < 0) & (score > -0.06) & (rng.random(700) < 0.9)
    score[moved] = -score[moved]
    frame = frame.assign(score=score)
    found = run(frame, donut=0.06)
    density = next(check for check in found.checks if check.name == "density")
    assert density.passed is False
    assert found.sample.dropped["within_donut"] == int((np.abs(score) < 0.06).sum())
    assert found.sample.rows == 700 - found.sample.dropped["within_donut"]


def test_scores_that_cannot_carry_a_jump_are_refused():
    """Outside, too few on a side, too few in the window, too coarse, no variation: each says so."""
    frame = scores_world(8, 0.0)
    with pytest.raises(DesignError, match="cut-off 5: lies outside the scores"):
        run(frame, cutoff=5.0)
    late = float(np.sort(frame["score"])[-6])
    with pytest.raises(DesignError, match="has 6 units on its treated side; 30 are needed"):
        run(frame, cutoff=late)
    with pytest.raises(DesignError, match=r"holds \d units; 20 are needed"):
        run(frame, width=0.01)
    with pytest.raises(DesignError, match=r"different scores; 10 are needed.*randomisation"):
        run(frame.assign(score=np.floor(frame["score"] * 10) / 10))
    with pytest.raises(DesignError, match="column outcome: is the same in every row"):
        run(frame.assign(outcome=1.0))
    with pytest.raises(DesignError) as refused:
        run(
            frame.drop(columns="outcome").assign(outcome=1.0), covariates=("age",), balance=("sex",)
        )
    assert [p.where for p in refused.value.problems] == [
        "column age", "column sex", "column outcome",
    ]  # fmt: skip
    with pytest.raises(DesignError, match="row 4: repeat unit"):
        run(frame.assign(unit=frame["unit"].where(frame.index != 3, 0)))


def test_covariates_that_are_copies_are_refused():
    """Not dropped with a warning."""
    frame = scores_world(9, 0.0)
    frame = frame.assign(first=frame["outcome"] ** 2, second=2 * frame["outcome"] ** 2)
    with pytest.raises(EstimationError, match="multicollinearity"):
        run(frame, covariates=("first", "second"))


@pytest.mark.validate
@pytest.mark.parametrize(("grid", "truth"), [(0, 0.3), (100, 0.0)])
def test_robust_intervals_cover_with_fine_and_coarse_scores(grid, truth, row):
    """1,000 worlds of 700 units, scores in hundredths, too: unbiased and covering.

    Coarse scores round the outcome's curve with them, which is no bias of the method: the world
    is made on the rounded score. A jump only shifts the outcome, so one truth tells of all.
    """

    def tried(seed: int) -> Result:
        frame = scores_world(seed, 0.0)
        if grid:
            rng = np.random.default_rng(seed)
            score = np.round(frame["score"] * grid) / grid
            curve = 0.5 * score + 0.8 * score**2 - 0.6 * np.maximum(score, 0) ** 3
            noise = rng.normal(0, 1, len(score)) * (0.2 + 0.1 * np.abs(score))
            frame = frame.assign(score=score, outcome=curve + noise)
        return run(frame.assign(outcome=frame["outcome"] + truth * (frame["score"] >= 0)))

    found = study(f"rdd, grid {grid}", truth, range(70_000, 70_000 + WORLDS), tried)
    row(found)
    assert_sound(found, refused=0.05)


def test_what_python_frees_meanwhile_refuses_no_comparison():
    """An event loop that someone left open is collected while the library works."""

    def collected(*_: object) -> str:
        warnings.warn("unclosed event loop", ResourceWarning, stacklevel=1)
        return "answer"

    assert discontinuity._said(collected, ()) == "answer"
    with pytest.raises(ValueError, match="mass points"):
        discontinuity._said(lambda: warnings.warn("Mass points (3)", stacklevel=1), ())
