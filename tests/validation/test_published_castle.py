"""The castle doctrine regressions of Cheng and Hoekstra (2013), and weighted two-way numerics."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from causaldata import castle

from analysis.errors import DesignError, EstimationError
from analysis.methods import two_way
from analysis.stats.panels.regression import absorb, two_way_slope, weighted_slope
from worlds import county_world, make_panel

SOURCE = "Cheng and Hoekstra 2013, table 5"
PRINTED = 5e-5
"""Half of the last digit printed."""

IN_FORCE = {
    1: ("2006-06-01", 212),
    2: ("2006-09-13", 108),
    3: ("2006-04-24", 250),
    10: ("2005-10-01", 90),
    11: ("2006-07-01", 182.5),
    15: ("2006-07-01", 182.5),
    17: ("2006-05-25", 219),
    18: ("2006-07-12", 171),
    19: ("2006-08-15", 137),
    23: ("2006-10-01", 90),
    25: ("2006-07-01", 182.5),
    26: ("2007-08-28", 124),
    27: ("2009-04-27", 247),
    35: ("2007-08-01", 151),
    36: ("2008-09-09", 112),
    37: ("2006-11-01", 59),
    41: ("2006-06-09", 204),
    42: ("2006-07-01", 182.5),
    43: ("2007-05-22", 222),
    44: ("2007-09-01", 120),
    49: ("2008-02-28", 306),
}
"""Since when each state's law was in force, and in how many of 365 parts of that first year.

By number of the state. The parts are the variable ``cdl`` of the authors' file (castle.dta of
Cunningham's "Causal Inference: The Mixtape"; here from its copy data/castle.csv in
github.com/gorgeousfish/wfe), which causaldata leaves out. The dates were written down before the
file was seen.
"""

CONTROLS = (
    "l_police",
    "unemployrt",
    "poverty",
    "l_income",
    "l_prisoner",
    "l_lagprisoner",
    "blackm_15_24",
    "whitem_15_24",
    "blackm_25_44",
    "whitem_25_44",
    "l_exp_subsidy",
    "l_exp_pubwelfare",
)


def share_in_force(state: int, year: int) -> float:
    """Share of a year in which a state's law was in force, as the authors count it."""
    if state not in IN_FORCE:
        return 0.0
    date, parts = IN_FORCE[state]
    first = dt.date.fromisoformat(date).year
    return float(year > first) + (year == first) * parts / 365


def test_dates_of_the_laws_and_the_authors_shares_of_years_are_the_same():
    """All 21: days from the date to the end of the year less two, or half a year from 1 July on."""
    for date, parts in IN_FORCE.values():
        start = dt.date.fromisoformat(date)
        left = (dt.date(start.year + 1, 1, 1) - start).days
        assert parts == (182.5 if (start.month, start.day) == (7, 1) else left - 2)


@pytest.fixture(scope="module")
def states():
    """Homicides per 100,000 in 50 states, 2000 to 2010, with weights, census regions, controls."""
    frame = castle.load_pandas().data.sort_values(["sid", "year"]).reset_index(drop=True)
    pairs = zip(frame["sid"], frame["year"], strict=True)
    dose = np.array([share_in_force(int(s), int(y)) for s, y in pairs]).reshape(50, 11)
    starts = np.where((dose > 0).any(axis=1), (dose > 0).argmax(axis=1) + 1, 0)
    panel = make_panel(frame["homicide"].to_numpy(float).reshape(50, 11), starts, frequency="year")
    census = [[c for c in frame if c.startswith("r20") and c.endswith(str(k))] for k in range(1, 5)]
    region = np.argmax([frame[names].to_numpy().sum(axis=1) for names in census], axis=0)
    extra = {"dose": dose.ravel(), "people": frame["popwt"].to_numpy(float), "census": region}
    given = {name: frame[name].to_numpy(float) for name in CONTROLS}
    return replace(panel, frame=panel.frame.assign(**extra, **given))


@pytest.mark.parametrize(
    ("name", "changes", "value", "error"),
    [
        ("state and year effects", {}, 0.0801, 0.0342),
        ("region-by-year effects", {"groups": "census"}, 0.0946, 0.0279),
        ("controls that vary", {"groups": "census", "controls": CONTROLS}, 0.0937, 0.0290),
    ],
)
def test_the_homicide_regressions(published, states, name, changes, value, error):
    """Log homicides, population weights, errors clustered by state."""
    options = two_way.Options(dose="dose", weights="people", nested=True, **changes)
    found = two_way.estimate(states, options, np.random.default_rng(1)).headline
    published(f"homicides, {name}", found.value, value, PRINTED, SOURCE)
    published(f"error, {name}", found.standard_error, error, PRINTED, SOURCE)


def test_a_weighted_regression_equals_least_squares_with_dummies():
    """Weights that change over time, groups, a control: statsmodels, both errors; to 1e-8."""
    rng = np.random.default_rng(4)
    outcome, control = rng.normal(size=(12, 6)), rng.normal(size=(12, 6))
    treatment = rng.integers(0, 2, (12, 6)).astype(float)
    weights, groups = rng.uniform(0.5, 3, (12, 6)), np.arange(12) % 3
    unit, time = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    cell = groups[unit] * 6 + time
    dummies = [pd.get_dummies(v).to_numpy(float) for v in (unit, cell)]
    design = np.column_stack([treatment.ravel(), control.ravel(), dummies[0], dummies[1]])
    kept = design[:, np.r_[0, 1, 2:14, [14 + 6 * g + t for g in range(3) for t in range(1, 6)]]]
    plain = sm.WLS(outcome.ravel(), kept, weights=weights.ravel()).fit()
    clustered = plain.get_robustcov_results("cluster", groups=unit)
    ours = weighted_slope(outcome, treatment, weights, groups, (control,))
    assert ours.value == pytest.approx(plain.params[0], rel=1e-8)
    assert ours.conventional == pytest.approx(plain.bse[0], rel=1e-8)
    assert ours.clustered == pytest.approx(clustered.bse[0], rel=1e-8)


def test_without_weights_groups_and_controls_it_is_the_plain_regression():
    """Value and both errors, to rounding; nested effects only change the factor."""
    rng = np.random.default_rng(5)
    outcome, treatment = rng.normal(size=(10, 7)), rng.integers(0, 2, (10, 7)).astype(float)
    ones, groups = np.ones((10, 7)), np.zeros(10, dtype=int)
    plain = two_way_slope(outcome, treatment)
    ours = weighted_slope(outcome, treatment, ones, groups)
    nested = weighted_slope(outcome, treatment, ones, groups, nested=True)
    assert ours.value == pytest.approx(plain.value, rel=1e-10)
    assert ours.conventional == pytest.approx(plain.conventional, rel=1e-10)
    assert ours.clustered == pytest.approx(plain.clustered, rel=1e-10)
    assert nested.clustered == pytest.approx(plain.clustered * np.sqrt((70 - 17) / (70 - 8)))


def test_effects_that_do_not_settle_are_said():
    """Two rounds are too few for weights that change over time."""
    rng = np.random.default_rng(6)
    with pytest.raises(ValueError, match="did not settle"):
        absorb(rng.normal(size=(9, 5)), rng.uniform(0.1, 5, (9, 5)), np.zeros(9, int), iterations=2)


def test_columns_that_are_missing_or_hold_no_number_are_refused_together():
    """All at once, with what would do."""
    panel = county_world(1)
    holes = panel.frame["count"].where(panel.frame["period"] > 2)
    panel = replace(panel, frame=panel.frame.assign(holes=holes, words="a"))
    options = two_way.Options(controls=("holes", "words", "absent"))
    with pytest.raises(DesignError) as refused:
        two_way.estimate(panel, options, np.random.default_rng(1))
    assert [p.where for p in refused.value.problems] == [
        "column holes",
        "column words",
        "column absent",
    ]


def test_a_control_that_is_the_treatment_itself_leaves_nothing_to_estimate():
    """An estimation error, not a number."""
    panel = county_world(2)
    after = (panel.frame["first_treated"] > 0) & (
        panel.frame["period"] >= panel.frame["first_treated"]
    )
    panel = replace(panel, frame=panel.frame.assign(same=after.astype(float)))
    with pytest.raises(EstimationError, match="does not vary"):
        two_way.estimate(panel, two_way.Options(controls=("same",)), np.random.default_rng(1))
