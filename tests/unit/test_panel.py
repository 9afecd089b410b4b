"""Panels: what is counted, what is left out, and that every exclusion is counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.data.frames.panels.panel_comparison import comparable_part, require_comparison
from analysis.data.frames.panels.panel_loader import build_panel, panel
from analysis.data.frames.study import build_study
from analysis.errors import DesignError, ParamsError
from analysis.reports.intervention_effect.params import InterventionEffectParams

ABOUT = {
    "title": {"en": "Test", "zh": "测试"},
    "status": "simulated",
    "licence": "CC0",
    "origin": "test",
}


@pytest.fixture
def records(tmp_path):
    """Two regions with complaint records: A all year, B from April; A starts in July."""
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "dataset.yml").write_text(yaml.safe_dump(ABOUT, allow_unicode=True))
    regions = {
        "region_code": ["A", "B", "C"],
        "name_en": list("ABC"),
        "name_zh": list("甲乙丙"),
        "level": "county",
    }
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    days = [("A", f"2021-{m:02d}-{d:02d}", "complaint") for m in range(1, 13) for d in (1, 28)]
    days += [("A", "2021-02-10", "enquiry")]
    days += [("B", f"2021-{m:02d}-15", "complaint") for m in (4, 6, 12)]
    days += [("C", f"2021-{m:02d}-15", "complaint") for m in range(1, 13)]
    frame = pd.DataFrame(days, columns=["region_code", "received_on", "kind"])
    frame.insert(0, "complaint_id", [f"R{i}" for i in range(len(frame))])
    frame["channel"] = ["online" if i % 4 == 0 else "phone" for i in range(len(frame))]
    frame.to_csv(folder / "complaints.csv", index=False)
    starts = {"region_code": ["A"], "intervention": "x", "started_on": "2021-07-20"}
    pd.DataFrame(starts).to_csv(folder / "interventions.csv", index=False)
    return folder


def ask(folder, **changes) -> InterventionEffectParams:
    """Parameters of a question about complaint records."""
    given = {"dataset": str(folder), "intervention": "x", "outcome": "complaint", "period": "month"}
    return InterventionEffectParams(**{**given, **changes})


def test_records_are_counted_by_kind_with_zeros_only_inside_a_reporting_span(records):
    """B reports from April: its January is unknown, its May is a true zero."""
    panel = build_panel(read_dataset(records), ask(records))
    assert np.isnan(panel.matrix("count")[1]).tolist() == [True] * 3 + [False] * 9
    assert panel.complete().dropped == {"incomplete": 1}
    later = build_panel(read_dataset(records), ask(records, first_period="2021-04"))
    assert later.regions == ("A", "B", "C")
    assert later.matrix("count")[1].tolist() == [1, 0, 1, 0, 0, 0, 0, 0, 1]


def test_an_enquiry_is_not_a_complaint(records):
    """The kinds are never merged."""
    complaints = build_panel(read_dataset(records), ask(records))
    enquiries = build_panel(read_dataset(records), ask(records), "enquiry")
    assert complaints.matrix("count")[0].sum() == 24
    assert enquiries.matrix("count")[0].sum() == 1


def test_months_are_added_up_to_whole_quarters(records):
    """Four quarters of A and C; B's first quarter is unknown."""
    panel = build_panel(read_dataset(records), ask(records, period="quarter"))
    assert panel.periods == ("2021Q1", "2021Q2", "2021Q3", "2021Q4")
    assert panel.matrix("count")[0].tolist() == [6, 6, 6, 6]


def test_a_start_within_a_period_counts_from_that_period(records):
    """20 July is in the third quarter and the seventh month."""
    monthly = build_panel(read_dataset(records), ask(records))
    quarterly = build_panel(read_dataset(records), ask(records, period="quarter"))
    assert monthly.adoption["A"] == 7
    assert quarterly.adoption["A"] == 3


def test_a_start_after_the_panel_is_never(records):
    """Such a region can be compared with; where it is the only one, there is no question."""
    with pytest.raises(DesignError, match="starts in no region within the panel"):
        build_panel(read_dataset(records), ask(records, last_period="2021-06"))


def test_names_unknown_to_the_dataset_are_all_listed_with_the_nearest(zones):
    """Intervention, outcome, exposure and region, each misspelt."""
    params = InterventionEffectParams(
        dataset=str(zones),
        intervention="enterprise_zonne",
        outcome="unemployment_claim",
        exposure="people",
        exclude_regions=["IN-23"],
    )
    with pytest.raises(ParamsError) as caught:
        build_study(read_dataset(zones), params)
    message = str(caught.value)
    assert "Did you mean 'enterprise_zone'?" in message
    assert "Did you mean 'unemployment_claims'?" in message
    assert "4 problems" in message


def test_exclusions_are_counted_by_reason(zones):
    """A region left out by the parameters, one treated from the start, one that lacks most years;
    one that lacks four of nine stays, with holes."""
    lacking = {f"IN-02,{year}" for year in range(1981, 1986)}
    lacking |= {f"IN-04,{year}" for year in range(1981, 1985)}
    lines = (zones / "outcomes.csv").read_text().splitlines()
    lines = [line for line in lines if not line.startswith(tuple(lacking))]
    (zones / "outcomes.csv").write_text("\n".join(lines) + "\n")
    starts = (
        (zones / "interventions.csv")
        .read_text()
        .replace("IN-01,enterprise_zone,1984", "IN-01,enterprise_zone,1979")
    )
    (zones / "interventions.csv").write_text(starts)
    params = InterventionEffectParams(dataset=str(zones), exclude_regions=["IN-03"])
    panel = build_panel(read_dataset(zones), params)
    assert dict(panel.dropped) == {
        "excluded_by_params": 1,
        "incomplete": 1,
        "treated_from_the_start": 1,
    }
    assert len(panel.regions) == 19
    assert int(panel.frame["count"].isna().sum()) == 4


def test_one_treated_region_is_refused_with_what_would_do(zones):
    """Its own luck and the effect cannot be told apart."""
    first_two = "\n".join((zones / "interventions.csv").read_text().splitlines()[:2]) + "\n"
    (zones / "interventions.csv").write_text(first_two)
    panel = build_panel(read_dataset(zones), InterventionEffectParams(dataset=str(zones)))
    with pytest.raises(DesignError, match=r"treated regions: are 1; at least 2.*synthetic control"):
        require_comparison(panel, "not_yet_treated")


def test_no_untreated_comparison_is_refused(zones):
    """Everyone starts in the same year."""
    codes = [f"IN-{i:02d}" for i in range(1, 23)]
    frame = pd.DataFrame(
        {"region_code": codes, "intervention": "enterprise_zone", "started_on": "1984-01-01"}
    )
    frame.to_csv(zones / "interventions.csv", index=False)
    panel = build_panel(read_dataset(zones), InterventionEffectParams(dataset=str(zones)))
    with pytest.raises(DesignError, match="untreated regions: are fewer than 2"):
        require_comparison(panel, "not_yet_treated")


def test_too_few_periods_before_are_refused(zones):
    """The panel begins one year before the starts."""
    params = InterventionEffectParams(dataset=str(zones), first_period="1984", last_period="1986")
    panel = build_panel(read_dataset(zones), params)
    with pytest.raises(DesignError, match="periods before the start"):
        require_comparison(panel, "not_yet_treated")


def test_periods_in_which_all_are_treated_are_cut(zones):
    """From 1986 on every region is treated, so only 1984 and 1985 can be judged."""
    codes = [f"IN-{i:02d}" for i in range(1, 23)]
    years = ["1984-01-01"] * 8 + ["1986-01-01"] * 14
    frame = pd.DataFrame(
        {"region_code": codes, "intervention": "enterprise_zone", "started_on": years}
    )
    frame.to_csv(zones / "interventions.csv", index=False)
    panel = build_panel(read_dataset(zones), InterventionEffectParams(dataset=str(zones)))
    used = comparable_part(panel, "not_yet_treated")
    assert used.periods[-1] == "1985"
    assert used.sample.treated == 8


def test_a_mix_counts_records_of_the_outcome_only(records):
    """Online complaints by quarter out of all complaints; enquiries count in neither."""
    study = build_study(read_dataset(records), ask(records, period="quarter"))
    online = study.mixes["online_channel"]
    assert set(study.mixes) == {"online_channel"}
    every = study.panel.matrix("count")
    assert np.array_equal(online.matrix("exposure"), every, equal_nan=True)
    raw = pd.read_csv(records / "complaints.csv")
    expected = raw[
        (raw["kind"] == "complaint") & (raw["channel"] == "online") & (raw["region_code"] == "A")
    ]
    assert online.matrix("count")[0].sum() == len(expected)


def test_a_panel_asked_in_python_is_the_panel_of_a_report(records):
    """The same frame, and further columns beside it."""
    data = read_dataset(records)
    asked = panel(data, outcome="complaint", intervention="x", period="month", columns=["level"])
    report = build_panel(data, ask(records))
    assert asked.frame["level"].unique().tolist() == ["county"]
    pd.testing.assert_frame_equal(asked.frame.drop(columns="level"), report.frame)


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({}, ["outcome: is not given. Known: 'complaint'", "intervention: is not given"]),
        (
            {"outcom": "complaint", "intervention": "y", "exposure": 3, "period": "day"},
            ["exposure: is read", "period: input", "outcom: is not a", "outcome: is", "names 'y'"],
        ),
        (
            {"outcome": "complaint", "intervention": "x", "exclude_regions": "A", "columns": ["z"]},
            ["exclude_regions: input should be a valid list", "columns, 'z': is not offered"],
        ),
        (
            {"outcome": "complaint", "intervention": "x", "first_period": "2022",
             "last_period": "2021"},
            ["last_period lies before first_period"],
        ),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_panel_asked_in_python_is_said_at_once(records, given, places):
    """Types, misspelt names of parameters and of the data; each one sentence, in order."""
    with pytest.raises(ParamsError) as refused:
        panel(read_dataset(records), **given)
    problems = [str(problem) for problem in refused.value.problems]
    assert len(problems) == len(places)
    assert all(part in text for part, text in zip(places, problems, strict=True))


def test_a_panel_is_made_from_a_dataset(records):
    """A path is refused in a sentence."""
    with pytest.raises(ParamsError, match="data: is of type str; a panel is made from a dataset"):
        panel(str(records), outcome="complaint", intervention="x")
