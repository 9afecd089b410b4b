"""Edges: the last day, the last period, the smallest count, one step either side of each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analysis.data.dataset import read_dataset
from analysis.data.frames.durations import handling_times
from analysis.data.frames.panel import NEVER
from analysis.data.frames.panel_loader import build_panel
from analysis.data.regions.crosswalk import lookup, to_present_codes
from analysis.disclosure.gate import COUNT, table_problems
from analysis.disclosure.suppression import dominated_cells, small_cells
from analysis.errors import PublishError
from analysis.page.protection import Rules, enough, refuse_small
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.verdict import from_interval
from analysis.result import Estimate, Result, Sample
from analysis.robustness import POWER, _detectable
from analysis.simulated.province_records import write
from worlds import Options

THRESHOLD = 10


def changed(zones, change, **params):
    """The panel of the enterprise zones after a change of their table of interventions."""
    file = zones / "interventions.csv"
    change(pd.read_csv(file, dtype=str)).to_csv(file, index=False)
    question = InterventionEffectParams(dataset=str(zones), **params)
    return build_panel(read_dataset(zones), question)


def with_start(region: str, intervention: str, day: str):
    """A change that adds the start of an intervention in a region."""
    row = {"region_code": region, "intervention": intervention, "started_on": day}
    return lambda table: pd.concat([table, pd.DataFrame([row])])


@pytest.mark.parametrize(
    ("day", "left_out"), [("1988-12-30", True), ("1988-12-31", True), ("1989-01-01", False)]
)
def test_a_region_leaves_where_its_intervention_ends_within_the_panel(zones, day, left_out):
    """Up to and with the panel's last day; a later end is none yet."""
    ended = {"IN-01": day}
    panel = changed(zones, lambda table: table.assign(ended_on=table["region_code"].map(ended)))
    assert ("IN-01" not in panel.regions) == left_out
    assert dict(panel.dropped) == ({"ended_within": 1} if left_out else {})


@pytest.mark.parametrize(
    ("day", "left_out"),
    [
        ("1979-12-31", False),
        ("1980-01-01", True),
        ("1988-12-31", True),
        ("1989-01-01", False),
    ],
)
def test_a_region_leaves_where_another_intervention_begins_within_the_panel(zones, day, left_out):
    """From the panel's first day to its last, and only while the parameters ask for it."""
    panel = changed(zones, with_start("IN-22", "grants", day))
    assert ("IN-22" not in panel.regions) == left_out
    assert dict(panel.dropped) == ({"other_intervention": 1} if left_out else {})


GRANTS = with_start("IN-22", "grants", "1985-01-01")


def test_another_intervention_stays_where_the_parameters_keep_it(zones):
    """Nothing is left out then."""
    panel = changed(zones, GRANTS, exclude_other_interventions=False)
    assert "IN-22" in panel.regions
    assert dict(panel.dropped) == {}


@pytest.mark.parametrize(
    ("day", "period"), [("1988-01-01", 9), ("1988-12-31", 9), ("1989-01-01", NEVER)]
)
def test_a_start_in_the_last_period_counts_from_it(zones, day, period):
    """The last period has one period under treatment; a start after it is never seen."""
    panel = changed(zones, with_start("IN-22", "enterprise_zone", day))
    assert panel.periods[-1] == "1988"
    assert panel.adoption["IN-22"] == period


@pytest.mark.parametrize(
    ("day", "period"), [("1980-12-31", None), ("1981-01-01", 2), ("1979-06-01", None)]
)
def test_a_region_treated_from_the_start_leaves(zones, day, period):
    """A start in the first period or before it leaves nothing to compare with."""
    panel = changed(zones, with_start("IN-22", "enterprise_zone", day))
    assert panel.adoption.get("IN-22") == period
    assert panel.dropped.get("treated_from_the_start", 0) == (period is None)


@pytest.mark.parametrize(
    ("count", "passes"),
    [(0, True), (1, False), (THRESHOLD - 1, False), (THRESHOLD, True), (None, True)],
)
def test_the_gate_lets_no_count_below_the_threshold_pass(count, passes):
    """One is the smallest count; zero is none, and what is withheld shows nothing."""
    problems = table_problems([("n", COUNT)], [[count]], THRESHOLD, "table")
    assert (not problems) == passes


@pytest.mark.parametrize(
    ("count", "is_small"), [(0, False), (1, True), (THRESHOLD - 1, True), (THRESHOLD, False)]
)
def test_small_counts_are_withheld_and_their_totals_refused(count, is_small):
    """The same edges for cells of a table and for totals behind a rate."""
    assert small_cells(np.array([float(count)]), THRESHOLD).tolist() == [is_small]
    if is_small:
        with pytest.raises(PublishError, match="rests on fewer than 10 records in 1 places"):
            refuse_small(np.array([count, 50.0]), THRESHOLD, "figure")
    else:
        refuse_small(np.array([count, 50.0]), THRESHOLD, "figure")


def test_a_cell_is_dominated_above_the_share_and_not_at_it():
    """Ninety of a hundred pass at 0.9, ninety-one do not; an empty cell is nobody's."""
    largest, totals = np.array([90.0, 91.0, 0.0]), np.array([100.0, 100.0, 0.0])
    assert dominated_cells(largest, totals, 0.9).tolist() == [False, True, False]


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_an_average_needs_five_people(people, shown):
    """The floor of the rules."""
    assert enough(people, Rules()) == shown


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A small simulated province."""
    options = Options(counties=24, months=24, complaints_per_month=6.0)
    return read_dataset(write(options, tmp_path_factory.mktemp("data") / "province"))


def test_a_case_on_the_first_and_on_the_last_day_of_the_intervention_is_treated(province):
    """The day before the start and the day after the end are not."""
    region = province.tables["regions"]["region_code"].iloc[-1]
    days = ["2020-05-09", "2020-05-10", "2020-06-30", "2020-07-01"]
    records = pd.DataFrame(
        {
            "complaint_id": list("abcd"),
            "received_on": pd.to_datetime(days),
            "region_code": region,
            "kind": "complaint",
            "closed_on": pd.to_datetime(["2020-07-02"] * 4),
        }
    )
    spell = pd.DataFrame(
        {
            "region_code": [region],
            "intervention": ["x"],
            "started_on": pd.to_datetime(["2020-05-10"]),
            "ended_on": pd.to_datetime(["2020-06-30"]),
        }
    )
    tables = {**province.tables, "complaints": records, "interventions": spell}
    found = handling_times(replace(province, tables=tables), "x")
    assert found["treated"].tolist() == [0, 1, 1, 0]


def test_a_crosswalk_row_of_one_day_moves_the_records_of_that_day_only():
    """Valid from a day to the same day: the day before and the day after stay."""
    rows = pd.DataFrame(
        {
            "old_code": ["A"],
            "new_code": ["B"],
            "weight": [1.0],
            "first_day": pd.to_datetime(["2021-03-05"]),
            "last_day": pd.to_datetime(["2021-03-05"]),
        }
    )
    days = pd.Series(pd.to_datetime(["2021-03-04", "2021-03-05", "2021-03-06"]))
    frame = pd.DataFrame({"region_code": ["A", "A", "A"]}, dtype=object)
    assert to_present_codes(frame, lookup(rows), days)["region_code"].tolist() == ["A", "B", "A"]


STEP = 1e-9


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (math.log1p(-0.2) + STEP, 0.1, "too_small_to_matter"),
        (math.log1p(-0.2) - STEP, 0.1, "cannot_tell"),
        (-0.1, math.log1p(0.2) - STEP, "too_small_to_matter"),
        (-0.1, math.log1p(0.2) + STEP, "cannot_tell"),
        # Between log(1 − s) and −s, and between log(1 + s) and s.
        (-0.21, 0.1, "too_small_to_matter"),
        (-0.1, 0.19, "cannot_tell"),
    ],
)
def test_too_small_to_matter_is_a_share_of_what_was_expected(low, high, expected):
    """A fall of 20 % is log 0.8 and a rise of 20 % log 1.2, which lie unlike far from zero."""
    assert from_interval(Estimate("overall", 0.0, 0.1, low, high), 0.2, "lower") == expected


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (-0.5, 0.0)])
def test_an_interval_that_ends_at_no_change_claims_nothing(low, high):
    """It leaves no change in."""
    assert from_interval(Estimate("overall", 0.1, 0.1, low, high), 0.05, "lower") == "cannot_tell"


@pytest.mark.parametrize("with_error", [True, False])
def test_the_detectable_effect_has_the_degrees_of_freedom_of_the_headline(with_error):
    """Its error times the sum of two quantiles of Student's t, here with six degrees."""
    degrees, error = 6, 0.05
    margin = scipy.stats.t.ppf(0.975, degrees) * error
    estimate = Estimate("overall", 0.0, error if with_error else None, -margin, margin)
    result = Result(
        method="did",
        estimand="an effect",
        unit="log points",
        level=0.95,
        estimates=(estimate,),
        sample=Sample(100, 20, 7, "2001", "2005", {}),
        checks=(),
        series={},
        options={"degrees": degrees},
    )
    expected = error * (scipy.stats.t.ppf(0.975, degrees) + scipy.stats.t.ppf(POWER, degrees))
    assert _detectable(result) == pytest.approx(expected, rel=1e-12)
    without = replace(result, options={})
    assert _detectable(without) == pytest.approx(expected, rel=1e-12), "adopters less one"
