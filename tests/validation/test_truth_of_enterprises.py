"""What acts on single enterprises and cases is found again in the tables by plain computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

from analysis.simulated.tables.inspections import COLOURS, CUTOFFS
from analysis.simulated.tables.penalties import LISTED
from written import ERRORS, near


def test_being_drawn_moves_complaints_and_faulty_lists_show_it(world):
    """Drawn against not drawn of honest plans; place on the list, within .5 of a log odds of −2."""
    lists = world.table("draws")
    lists["month"] = lists["announced_on"].dt.to_period("M").astype("int64")
    plan = lists["plan"].rank(method="dense").astype(int)
    length = lists.groupby(["plan", lists["stratum"].str[:6]])["place"].transform("max")
    for odd in (0, 1):
        chosen = plan % 2 != odd
        place = sm.add_constant((lists["place"] / length)[chosen].to_numpy())
        fit = sm.Logit(lists["drawn"][chosen].astype(int).to_numpy(), place).fit(disp=0)
        truth = world.truth[f"{lists.loc[chosen, 'plan'].iloc[0]}/place"]
        assert abs(fit.params[1] - truth) < max(ERRORS * fit.bse[1], 0.25 * abs(truth))
    count = world.complaints_about(lists, 2, 6)
    arms = [count[lists["drawn"] == drawn] for drawn in (True, False)]
    error = np.sqrt(sum(arm.var() / len(arm) / arm.mean() ** 2 for arm in arms))
    near(np.log(arms[0].mean() / arms[1].mean()), world.truth["drawn/complaint"], error)


def test_complaints_jump_at_cut_offs_and_lifted_scores_are_missing_below(world):
    """A line on both sides of each cut-off, one jump for all; stations that lift against others."""
    visits = world.table("inspections")
    scored = visits[(visits["selection"] == "random")].copy()
    scored["month"] = scored["visited_on"].dt.to_period("M").astype("int64")
    honest = scored[scored["station"].str[-1] != "0"]
    honest = honest[honest["month"] <= honest["month"].max() - 6].reset_index(drop=True)
    honest["count"] = world.complaints_about(honest, 1, 6)
    parts = []
    for cutoff in CUTOFFS:
        near_it = honest[honest["score"].between(cutoff - 5, cutoff + 4)]
        away = near_it["score"] - cutoff + 0.5
        above = (away > 0).astype(int)
        parts.append(near_it.assign(away=away, above=above, beyond=away * above, cutoff=cutoff))
    formula = "count ~ 0 + C(cutoff) + C(cutoff):away + beyond + above"
    fit = smf.glm(formula, pd.concat(parts), family=sm.families.Poisson()).fit(scale="X2")
    near(fit.params["above"], world.truth["cutoff 70"], fit.bse["above"])

    def just_under(rows: pd.DataFrame) -> float:
        return rows["score"].between(67, 69).sum() / rows["score"].between(60, 66).sum()

    share = 1 - just_under(scored) / just_under(honest)
    assert abs(share - world.truth["lifted over 70"]) < 0.06


def test_times_differ_by_route_and_late_cases_are_hurried(world):
    """Median days, in whole days, within .1; excess on the legal day and the day before."""
    rows = world.complaints
    days = (rows["closed_on"] - rows["received_on"]).dt.days
    median = days.groupby(rows["route"]).median()
    found = np.log(median["odr"] / median["bureau"])
    assert abs(found - world.truth["odr/time"]) < 0.1
    late = (rows["closed_on"] - rows["due_on"]).dt.days.value_counts()
    excess = late[0] + late[-1] - 2 * late[[-2, -3, -4]].mean()
    assert abs(excess / late.sum() - world.truth["hurried"]) < 0.003
    settled = rows["received_on"] < "2023-06-01"
    assert 0.04 < rows["closed_on"][settled].isna().mean() < 0.06


def test_repeats_of_listed_violations_and_goods_under_the_limit(world):
    """Events by time at risk, listed × after; excess of values just under the limit, within .01."""
    cases = world.table("penalties").sort_values("decided_on", kind="stable")
    again = cases.groupby(["enterprise_id", "behaviour"])["decided_on"].shift(-1)
    until = again.fillna(pd.Timestamp("2023-12-31"))
    city = cases["region_code"].str[:4]
    began = cases[cases["listed"]].groupby(city)["decided_on"].min()
    cases = cases.assign(
        events=again.notna(),
        days=(until - cases["decided_on"]).dt.days + 0.5,
        on_list=cases["behaviour"].isin(LISTED),
        after=cases["decided_on"] >= city.map(began),
    )
    found = cases.groupby(["on_list", "after"])[["events", "days"]].sum()
    rate = np.log(found["events"] / found["days"]).unstack().to_numpy()
    error = np.sqrt((1 / found["events"]).sum())
    near(rate[1, 1] - rate[1, 0] - rate[0, 1] + rate[0, 0], world.truth["leniency"], error)
    spared = cases[cases["listed"] & cases["first_offence"]]["goods_value_yuan"]
    excess = spared.between(9700, 10000).sum() - spared.between(9400, 9700).sum()
    assert abs(excess / len(spared) - world.truth["undervalued"]) < 0.01


def test_those_that_joined_are_complained_of_less_than_they_were(world):
    """Approved against refused applicants, after against before."""
    applied = world.table("enrolments")
    applied = applied[applied["programme"] == "model_shop"].reset_index(drop=True)
    applied["month"] = applied["applied_on"].dt.to_period("M").astype("int64") + 2
    approved = applied["score"] >= applied["threshold"]
    after, before = (world.complaints_about(applied, *span) for span in ((0, 99), (-99, -1)))
    counts = np.array([[x[approved == arm].sum() for x in (after, before)] for arm in (1, 0)])
    logs = np.log(counts)
    found = logs[0, 0] - logs[0, 1] - logs[1, 0] + logs[1, 1]
    near(found, world.truth["model_shop/complaint"], np.sqrt((1 / counts).sum()))


def test_better_enterprises_join_in_the_selected_world_alone(written):
    """Complaints before they apply, against all others that stood there."""
    ratio = {}
    for name in ("plain", "selected"):
        applied = written(name).table("enrolments")
        applied = applied[applied["programme"] == "model_shop"].reset_index(drop=True)
        applied["month"] = applied["applied_on"].dt.to_period("M").astype("int64")
        ratio[name] = written(name).complaints_about(applied, -12, -1).mean()
    assert ratio["selected"] < 0.85 * ratio["plain"]


def test_visits_agree_with_lists_scores_with_colours_and_days_with_the_calendar(world):
    """Who was drawn is visited once, out of as many as are listed; legal days are working days."""
    lists, visits = world.table("draws"), world.table("inspections")
    random = visits[visits["selection"] == "random"]
    keys = ["plan", "enterprise_id"]
    drawn = lists[lists["drawn"]].merge(random, on=keys, suffixes=("", "_visit"))
    assert len(drawn) == len(random) == lists["drawn"].sum()
    listed = lists.groupby(["plan", "stratum"])["drawn"].agg(["size", "sum"])
    found = listed.loc[pd.MultiIndex.from_frame(drawn[["plan", "stratum"]])]
    assert (drawn["frame_size"].to_numpy() == found["size"].to_numpy()).all()
    assert (drawn["drawn_visit"].to_numpy() == found["sum"].to_numpy()).all()
    scored = visits[visits["score"].notna()]
    bands = np.searchsorted(CUTOFFS, scored["score"], side="right")
    assert (np.array(COLOURS)[bands] == scored["colour"]).all()
    before = scored.groupby("enterprise_id")["score"].shift()
    assert before.equals(scored["previous_score"])
    again = visits[visits["selection"] == "follow_up"]
    assert (again["previous_score"] < CUTOFFS[0]).all()
    assert (again["score"] - again["previous_score"]).mean() > 6
    working = world.table("calendar")
    days = pd.DatetimeIndex(working.loc[working["working"], "day"])
    rows = world.complaints[world.complaints["due_on"] <= days[-1]]
    between = days.searchsorted(rows["due_on"], "right") - days.searchsorted(
        rows["received_on"], "right"
    )
    assert (between == 45).all()


def test_enterprises_settle_online_that_are_complained_of_most(world):
    """Those enrolled, before they were; and individual businesses become enterprises as they go."""
    applied = world.table("enrolments")
    applied["month"] = applied["applied_on"].dt.to_period("M").astype("int64")
    counts = pd.Series(world.complaints_about(applied.reset_index(drop=True), -12, -1))
    mean = counts.groupby(applied["programme"].to_numpy()).mean()
    assert mean["odr"] > 2 * mean["model_shop"]
    register = world.table("enterprises").set_index("enterprise_id")
    converted = register[register["converted_from"].notna()]
    former = register.loc[converted["converted_from"]]
    assert (former["type"] == "individual_business").all()
    assert (former["region_code"].to_numpy() == converted["region_code"].to_numpy()).all()
    left = former["deregistered_on"].dt.to_period("M").to_numpy()
    assert (left == converted["registered_on"].dt.to_period("M").to_numpy()).all()
