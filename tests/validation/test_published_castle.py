"""The castle doctrine regressions of Cheng and Hoekstra (2013), and weighted two-way numerics."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import yaml
from causaldata import castle

from analysis.errors import DesignError, EstimationError
from analysis.methods import two_way
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.stats.panels.regression import absorb, two_way_slope, weighted_slope
from worlds import county_world

METHOD = "two_way"

SOURCE = "Cheng and Hoekstra 2013, table 5, from memory; the 8% of its summary was looked up"
PRINTED = 5e-5
"""Half of the last digit printed."""

PARTS = {
    "US-AK": 108, "US-AL": 212, "US-AZ": 250, "US-FL": 90, "US-GA": 182.5, "US-IN": 182.5,
    "US-KS": 219, "US-KY": 171, "US-LA": 137, "US-MI": 90, "US-MO": 124, "US-MS": 182.5,
    "US-MT": 247, "US-ND": 151, "US-OH": 112, "US-OK": 59, "US-SC": 204, "US-SD": 182.5,
    "US-TN": 222, "US-TX": 120, "US-WV": 306,
}  # fmt: skip
"""In how many of 365 parts of its first year each state's law was in force.

The variable ``cdl`` of the authors' file (castle.dta of Cunningham's "Causal Inference: The
Mixtape"; here from its copy data/castle.csv in github.com/gorgeousfish/wfe), which causaldata
leaves out. The days of the laws were written down before the file was seen.
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


@pytest.fixture(scope="module")
def days(root):
    """By state, the day from which its law was in force."""
    table = pd.read_csv(root / "data/castle_doctrine/interventions.csv").set_index("region_code")
    return {state: dt.date.fromisoformat(day) for state, day in table["started_on"].items()}


def test_dates_of_the_laws_and_the_authors_shares_of_years_are_the_same(days):
    """All 21: days from the date to the end of the year less two, or half a year from 1 July on."""
    assert days.keys() == PARTS.keys()
    for state, start in days.items():
        left = (dt.date(start.year + 1, 1, 1) - start).days
        assert PARTS[state] == (182.5 if (start.month, start.day) == (7, 1) else left - 2)


@pytest.fixture(scope="module")
def page(root):
    """The report on the laws, in English."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        params = Path("params/intervention_effect/castle_doctrine.yml").read_text("utf-8")
        yield InterventionEffect.read(yaml.safe_load(params))


@pytest.fixture(scope="module")
def states(page, days, root):
    """The page's own panel as the authors have it, with census regions and controls."""
    panel = page.study.panel
    years = panel.frame["period"].map(lambda n: int(panel.label(n)))
    cells = zip(panel.frame["region"], years, strict=True)
    dose = [
        float(year > days[state].year) + (year == days[state].year) * PARTS[state] / 365
        if state in days
        else 0.0
        for state, year in cells
    ]
    codes = pd.read_csv(root / "scripts/states.csv")["code"]
    source = castle.load_pandas().data
    census = [
        [c for c in source if c.startswith("r20") and c.endswith(str(k))] for k in range(1, 5)
    ]
    source["census"] = np.argmax([source[names].sum(axis=1) for names in census], axis=0)
    source.index = pd.MultiIndex.from_arrays(
        [source["sid"].map(dict(enumerate(codes, 1))), source["year"]]
    )
    given = source.loc[list(zip(panel.frame["region"], years, strict=True)), [*CONTROLS, "census"]]
    frame = panel.frame.assign(**{name: given[name].to_numpy() for name in given})
    frame = frame.rename(columns={"value": "count", "exposure": "people"})
    return replace(panel, frame=frame.assign(dose=dose, exposure=1.0), kind="count")


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


def test_the_page_tells_the_published_row_beside_its_own_estimate(page, published):
    """Our log points lie within two thirds of a standard error of the row; no direction is claimed.

    The row of table 5 weighs states by people and lets none keep a course of its own. Our headline
    weighs alike and leaves out comparisons with early adopters; its second estimate, which allows a
    course of their own, does not leave out no change, so that 8% is not claimed.
    """
    own = page.headline.headline
    published("homicides, page against the row", own.value, 0.0801, 0.67 * 0.0342, SOURCE)
    assert own.low > 0
    assert page.verdict.key == "cannot_tell"
    assert page.verdict.alone == 1
    caption = page.specification_table().caption
    assert "0.0801 and 0.0342" in caption
    assert "cited from memory" in caption
    assert "凭记忆引用" in page.description.note.of("zh")
    assert "MIT" in page.description.text("licence", "en")


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
