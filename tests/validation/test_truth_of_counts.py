"""What a simulated province was made with is found again in its counts by plain computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.simulated.adoption import INTERVENTIONS, REVERSE, SERVICE
from written import near


def test_each_truth_stands_once_by_notebook(world):
    """A name may serve several notebooks with one value."""
    table = world.table("truth")
    assert not table.duplicated(["name", "notebook"]).any()
    assert table.groupby("name")["value"].nunique().max() == 1


def test_nothing_happens_in_the_null_world(written):
    """All truths are zero but rates, shares and settings that are no effect."""
    truth = written("null").truth
    settings = {"exit", "failing", "merged", "entered"}
    assert set(truth[truth != 0].index) == settings


def test_what_bends_records_is_there_in_the_gaming_world_alone(written):
    """Recording, lists, scores, deadlines, values of goods and targets."""
    bent = ["lifted over 70", "hurried", "undervalued", "padded"]
    for name in ("plain", "selected", "null"):
        truth = written(name).truth
        assert (truth[bent] == 0).all()
        assert truth[f"{REVERSE}/officers"] == truth[f"{REVERSE}/platform"]
    truth = written("gaming").truth
    assert (truth[bent] > 0).all()
    assert truth[f"{REVERSE}/officers"] < truth[f"{REVERSE}/platform"] - 0.1


@pytest.mark.parametrize("part", ["complaint", "officers", "platform", "ordinary", "professional"])
def test_joint_effects_are_found_by_channel_and_by_claimant(world, part):
    """And the interaction; professional claimants are those with five cases before."""
    rows = world.complaints
    by_officers = rows["channel"].isin(["phone", "counter"])
    many = rows["claimant_prior_cases"] >= 5
    chosen = {
        "complaint": slice(None),
        "officers": by_officers,
        "platform": ~by_officers,
        "ordinary": ~many,
        "professional": many,
    }
    fit = world.fitted(rows[chosen[part]])
    for name in INTERVENTIONS:
        near(fit.params[name], world.truth[f"{name}/{part}"], fit.bse[name])
    both = f"{REVERSE}:{SERVICE}"
    near(fit.params[both], world.truth[f"{REVERSE}*{SERVICE}/complaint"], fit.bse[both])


def test_each_county_has_an_effect_of_its_own(written):
    """Adopters' complaints after over before, each against the model, on truths: a slope of 1."""
    world = written("plain")
    fit = world.fitted(world.complaints)
    frame = world.panel.assign(seen=fit.model.endog, expected=fit.fittedvalues)
    # What the model holds as the mean effect is put back.
    frame["expected"] *= np.exp(-fit.params[REVERSE] * frame[REVERSE])
    sums = frame.groupby(["region_code", REVERSE])[["seen", "expected"]].sum()
    ratio = np.log(sums["seen"] / sums["expected"]).unstack().dropna()
    truth = [world.truth[f"{REVERSE}/complaint/{code}"] for code in ratio.index]
    line = sm.OLS((ratio[1] - ratio[0]).to_numpy(), sm.add_constant(truth)).fit()
    assert line.params[1] > 3 * line.bse[1]
    near(line.params[1], 1.0, line.bse[1])


def test_the_dose_is_found_and_enquiries_and_reports_are_untouched(world):
    """One more unit of the dose; and what no intervention acts on."""
    fit = world.fitted(world.complaints, "dose")
    near(fit.params["dose"], world.truth["per_dose"], fit.bse["dose"])
    for kind in ("enquiry", "report"):
        fit = world.fitted(world.records[world.records["kind"] == kind])
        for name in INTERVENTIONS:
            near(fit.params[name], 0.0, fit.bse[name])


def test_injuries_move_as_incidents_do_whatever_is_recorded(world):
    """Reverse assessment keeps people from harm as far as it keeps them from complaining online."""
    injured = world.table("outcomes")
    rows = injured.loc[injured.index.repeat(injured["count"])]
    quarter = pd.PeriodIndex(rows["period"], freq="M").asfreq("Q")
    fit = world.fitted(rows.assign(quarter=quarter), size="none")
    near(fit.params[REVERSE], world.truth[f"{REVERSE}/hospital_injuries"], fit.bse[REVERSE])


def test_counties_differ_as_much_as_it_says(world):
    """Rates of enquiries over five years; tolerance .05: noise of cities and counties stays."""
    count = world.records[world.records["kind"] == "enquiry"].groupby("region_code").size()
    rate = count / world.panel.groupby("region_code")["size"].mean()
    noise = np.sqrt(1 / count.mean())
    spread = np.sqrt(max(np.log(rate).var() - noise**2, 0))
    assert abs(spread - world.truth["counties"]) < 0.05


def test_hotlines_merged_and_late_entries_show_in_the_course(world):
    """Enquiries of 2022 over 2019, and all records of the last December over the one before.

    Tolerances are four errors of the shocks of twelve cities and of counting: .05, and .13.
    """
    enquiries = world.records["kind"] == "enquiry"
    year = world.records["received_on"].dt.year
    size = world.panel.groupby(world.panel["quarter"].dt.year)["size"].mean()
    rate = year[enquiries].value_counts() / size
    assert abs(np.log(rate[2022] / rate[2019]) - world.truth["merged"]) < 0.05
    by_month = world.records["received_on"].dt.to_period("M").value_counts().sort_index()
    # How much the year differs anyway is known from its first ten months.
    usual = by_month["2023-01":"2023-10"].sum() / by_month["2022-01":"2022-10"].sum()
    last = by_month["2023-12"] / by_month["2022-12"] / usual
    assert abs(last - world.truth["entered"]) < 0.13


def test_few_people_bring_many_complaints_of_labels_and_in_bursts(world):
    """Four hundred people bring a seventh; most of labels and advertising, several in a week."""
    rows = world.complaints
    many = rows[rows["claimant_prior_cases"] >= 5]
    assert many["claimant_id"].nunique() <= 400
    assert 0.13 < len(many) / len(rows) < 0.17
    about = many["category"].isin(["labels", "advertising"]).mean()
    assert about > 5 * rows["category"].isin(["labels", "advertising"]).mean() / 2
    days = many.sort_values("received_on").groupby(["claimant_id", "region_code"])["received_on"]
    assert (days.diff().dt.days <= 7).mean() > 0.4


def test_registrations_rise_where_it_is_easier_and_leave_by_chance(world):
    """New enterprises by county and quarter without those made up; exits of five years."""
    register = world.table("enterprises")
    rows = register[(register["type"] == "enterprise") & (register["registered_on"] >= "2019")]
    lasted = (rows["deregistered_on"] - rows["registered_on"]).dt.days
    december = rows["registered_on"].dt.month == 12
    made_up = (rows["exit_route"] == "revoked") & (lasted < 95) & december
    rows = rows[~made_up]
    fit = world.fitted(rows.assign(quarter=rows["registered_on"].dt.to_period("Q")), size="none")
    near(fit.params[SERVICE], world.truth[f"{SERVICE}/registrations"], fit.bse[SERVICE])
    before = register[register["registered_on"] < "2019"]
    left = before["deregistered_on"].notna().mean()
    monthly = 1 - (1 - left) ** (1 / 60)
    assert abs(monthly - world.truth["exit"]) < 0.0002
