"""Every truth of a simulated province is found again in its tables by a plain computation.

Nothing of the methods is used: groups are counted with pandas, models fitted with statsmodels.
Unless a test says otherwise an estimate must lie within 4 of its standard errors of the truth: one
of the hundred comparisons fails by chance in about 1 of 150 seeds, and the seed is fixed.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from analysis.data.dataset import read_dataset
from analysis.simulated.adoption import INTERVENTIONS, REVERSE, SERVICE
from analysis.simulated.inspections import CUTOFFS
from analysis.simulated.penalties import LISTED
from analysis.simulated.province_records import write
from analysis.simulated.ratings import DIMENSIONS
from analysis.simulated.worlds import Options

ERRORS = 4
WORLDS = ("plain", "gaming", "null")


class Written:
    """Tables of a world as they lie on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        truth = pd.read_csv(folder / "truth.csv").drop_duplicates("name")
        self.truth = truth.set_index("name")["value"]

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name."""
        file = self.folder / f"{name}.parquet"
        codes = {"region_code": str, "period": str}
        return (
            pd.read_parquet(file)
            if file.is_file()
            else pd.read_csv(file.with_suffix(".csv"), dtype=codes)
        )

    @cached_property
    def records(self) -> pd.DataFrame:
        """Complaints, reports and enquiries, with the numbers of their month and quarter."""
        records = self.table("complaints")
        months = records["received_on"].dt.to_period("M")
        return records.assign(month=months.astype("int64"), quarter=months.dt.asfreq("Q"))

    @property
    def complaints(self) -> pd.DataFrame:
        """Complaints alone."""
        return self.records[self.records["kind"] == "complaint"]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Counties by quarters: mean number of enterprises, what is active, and the dose."""
        exposure, starts = self.table("exposures"), self.table("interventions")
        exposure = exposure[exposure["exposure"] == "enterprises"]
        quarter = pd.PeriodIndex(exposure["period"], freq="M").asfreq("Q").rename("quarter")
        panel = exposure.groupby(["region_code", quarter])["value"].mean().rename("size")
        panel = panel.reset_index()
        first_days = panel["quarter"].dt.start_time
        for name in INTERVENTIONS:
            own = starts[starts["intervention"] == name].set_index("region_code")
            started = pd.to_datetime(panel["region_code"].map(own["started_on"]))
            panel[name] = (started <= first_days).astype(int)
            if name == REVERSE:
                dose = panel["region_code"].map(own["dose"]).fillna(0) - 0.75
                panel["dose"] = panel[name] * dose
        return panel

    def fitted(self, records: pd.DataFrame, *columns: str, size: str = "size"):
        """Poisson model of records by county and quarter; errors by county."""
        counted = records.groupby(["region_code", "quarter"]).size()
        cells = pd.MultiIndex.from_frame(self.panel[["region_code", "quarter"]])
        frame = self.panel.assign(count=counted.reindex(cells, fill_value=0).to_numpy(), none=1.0)
        county, quarter = pd.Categorical(frame["region_code"]), frame["quarter"].astype(str)
        terms = [f"{REVERSE} * {SERVICE}", *INTERVENTIONS[2:], "C(region_code)", "C(quarter)"]
        model = smf.glm(
            "count ~ " + " + ".join([*terms, *columns]),
            frame.assign(quarter=quarter),
            family=sm.families.Poisson(),
            offset=np.log(frame[size]),
        )
        return model.fit(cov_type="cluster", cov_kwds={"groups": county.codes})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Each world once, as large as the demonstration."""
    kept: dict[str, Written] = {}

    def get(world: str) -> Written:
        if world not in kept:
            folder = tmp_path_factory.mktemp("worlds") / world
            kept[world] = Written(write(Options(world=world), folder))
        return kept[world]

    return get


@pytest.fixture(params=WORLDS)
def world(request, written) -> Written:
    """One world after another."""
    return written(request.param)


def near(estimate: float, truth: float, error: float) -> None:
    """Within the tolerance of this file."""
    assert abs(estimate - truth) < ERRORS * error, (estimate, truth, error)


@pytest.mark.parametrize("name", [*WORLDS, "selected"])
def test_all_tables_obey_the_contract(written, name):
    """Keys, links, words and order of days, in every world."""
    dataset = read_dataset(written(name).folder)
    assert len(dataset.tables) == 22
    assert dataset.description.status == "simulated"


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
    """Enquiries of 2022 over 2019, and of the last December; tolerance .05 for cities' noise."""
    rows = world.records[world.records["kind"] == "enquiry"]
    by_month = rows["received_on"].dt.to_period("M").value_counts().sort_index()
    size = world.panel.groupby(world.panel["quarter"].dt.year)["size"].mean()
    rate = by_month.groupby(by_month.index.year).sum() / size
    assert abs(np.log(rate[2022] / rate[2019]) - world.truth["merged"]) < 0.05
    last, before = by_month["2023-12"] / size[2023], by_month["2022-12"] / size[2022]
    # How much the year differs anyway is known from its first ten months.
    usual = by_month["2023-01":"2023-10"].sum() / by_month["2022-01":"2022-10"].sum()
    usual *= size[2022] / size[2023]
    assert abs(last / before / usual - world.truth["entered"]) < 0.06


def one_way(values: pd.Series, groups: pd.Series) -> tuple[float, float]:
    """Variance between and within groups of unlike size, by their mean squares."""
    by_group = values.groupby(groups.to_numpy())
    size, count = by_group.size(), len(values)
    within = ((values - by_group.transform("mean")) ** 2).sum() / (count - len(size))
    between = (size * (by_group.mean() - values.mean()) ** 2).sum() / (len(size) - 1)
    usual = (count - (size**2).sum() / count) / (len(size) - 1)
    return (between - within) / usual, within


def test_ratings_hold_as_much_of_officers_as_it_says(world):
    """One-way variance of each round; tolerance .05: 360 officers, and severity stays."""
    table = world.table("assessments")
    table["points"] = table[[*DIMENSIONS]].mean(axis=1)
    rounds = [rows for _, rows in table.groupby("period") if rows["officer_id"].nunique() > 40]
    found = np.array([one_way(rows["points"], rows["officer_id"]) for rows in rounds])
    between, within = np.average(found, axis=0, weights=[len(rows) for rows in rounds])
    assert abs(between / (between + within) - world.truth["rating"]) < 0.05
    size = table.groupby(["period", "officer_id"]).size()
    share = between / (between + within * (1 / size).mean())
    assert abs(max(share, 0) - world.truth["officer's quarter"]) < 0.1


def test_ratings_have_ceilings_halves_straight_lines_and_silent_critics(written):
    """More at the ceiling where courtesy is added; who rated low answers less the next time."""
    plain, gaming = (written(name).table("assessments") for name in ("plain", "gaming"))
    ceiling = [(table[[*DIMENSIONS]] == 10).mean().mean() for table in (plain, gaming)]
    assert ceiling[1] > 2 * ceiling[0] > 0.02
    points = plain[[*DIMENSIONS]]
    assert 0.24 < (points.nunique(axis=1) == 1).mean() < 0.32
    assert ((points * 2) % 1 == 0).all(axis=1).mean() > 0.55
    turn = pd.PeriodIndex(plain["period"], freq="Q").astype("int64")
    keys = [plain["enterprise_id"], plain["officer_id"], turn]
    mean = pd.Series(points.mean(axis=1).to_numpy(), index=pd.MultiIndex.from_arrays(keys))
    mean = mean[mean.index.get_level_values(2) < turn.max()]
    again = pd.MultiIndex.from_tuples([(e, o, t + 1) for e, o, t in mean.index])
    answered = again.isin(pd.MultiIndex.from_arrays(keys))
    low, high = mean.to_numpy() < 7, mean.to_numpy() > 8.5
    assert answered[low].mean() < answered[high].mean() - 0.2


def test_complaints_and_penalties_of_ratings_are_those_of_the_tables(world):
    """Counted by enterprise and quarter; the officer is the one paired with it that day."""
    table, penalties = world.table("assessments"), world.table("penalties")
    keys = pd.MultiIndex.from_frame(table[["enterprise_id", "period"]])
    events = {
        "complaints": (world.complaints, "received_on"),
        "penalties": (penalties, "decided_on"),
    }
    for name, (rows, day) in events.items():
        quarter = rows[day].dt.to_period("Q").astype(str)
        counted = rows.groupby([rows["enterprise_id"], quarter]).size()
        assert (counted.reindex(keys, fill_value=0).to_numpy() == table[name]).all()
    pairs = world.table("pairings")
    day = pd.PeriodIndex(table["period"], freq="Q").start_time
    both = table.assign(day=day).merge(pairs, on=["enterprise_id", "officer_id"])
    ended = both["ended_on"].fillna(pd.Timestamp("2100-01-01"))
    assert ((both["started_on"] <= both["day"]) & (both["day"] <= ended)).sum() == len(table)


def test_a_tenth_of_pairs_changes_its_officer_in_a_year(world):
    """Kept for a year: 90 %, and those that draw the same officer again; portfolios are unequal."""
    pairs = world.table("pairings")
    switches = len(pairs) - pairs["enterprise_id"].nunique()
    assert 0.07 < switches / pairs["enterprise_id"].nunique() / 4 < 0.1
    size = pairs[pairs["ended_on"].isna()].groupby("officer_id").size()
    assert size.quantile(0.9) > 2.5 * size.quantile(0.1)


def after_visits(world: Written, units: pd.DataFrame, low: int, high: int) -> np.ndarray:
    """Complaints about each unit from so many to so many months after its ``month``."""
    numbered = units[["enterprise_id", "month"]].assign(unit=np.arange(len(units)))
    found = numbered.merge(world.complaints[["enterprise_id", "month"]], on="enterprise_id")
    waited = found["month_y"] - found["month_x"]
    found = found[(waited >= low) & (waited <= high)]
    return np.bincount(found["unit"], minlength=len(units))


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
    count = after_visits(world, lists, 2, 6)
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
    honest["count"] = after_visits(world, honest, 1, 6)
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
    after, before = (after_visits(world, applied, *span) for span in ((0, 99), (-99, -1)))
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
        ratio[name] = after_visits(written(name), applied, -12, -1).mean()
    assert ratio["selected"] < 0.85 * ratio["plain"]


def test_targets_are_filled_up_and_later_revoked(world):
    """To the county and year; the twin that nobody scores never is."""
    table = world.table("targets")
    december = table[table["month"].str.endswith("-12")]
    revoked = december["revised"] < december["cumulative"]
    measured = december["indicator"] == "new_enterprises"
    assert revoked[measured].mean() == pytest.approx(world.truth["padded"], abs=1e-6)
    assert not revoked[~measured].any()
    reached = (december["cumulative"] / december["target"])[measured]
    assert (reached[revoked] >= 1).all()
    progress = world.table("progress")
    last = progress[progress["day"] == progress["day"].max()].set_index("region_code")["value"]
    final = december[measured & (december["year"] == "2023")].set_index("region_code")
    assert (last == final["cumulative"].reindex(last.index)).all()


def test_sections_differ_and_routine_samples_fail_as_often_as_it_says(world):
    """Variance of scores of 720 sections within .04; post-stratified share within .003."""
    ledger = world.table("performance")
    score = ledger["score"] - ledger.groupby(["quarter", "item"])["score"].transform("mean")
    between, within = one_way(score, ledger["organisation"] + ledger["section"])
    assert abs(between / (between + within) - world.truth["sections"]) < 0.04
    samples = world.table("samples")
    routine = samples[samples["mode"] == "routine"]
    share = 1 - routine.groupby("stratum")["passed"].mean()
    weights = world.table("strata").set_index("stratum")["weight"]
    assert abs((share * weights).sum() - world.truth["failing"]) < 0.003
    assert abs((1 - routine["passed"].mean()) - world.truth["failing"]) > 0.005


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
