"""Edges: the last day, the last period, the smallest count, one step either side of each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analysis.data.dataset import read_dataset
from analysis.data.frames.cases.durations import handling_times
from analysis.data.frames.panels.panel import NEVER
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.data.frames.panels.timeline import Spell, adopt_together, lapsed, others_moved
from analysis.data.frames.study import Study
from analysis.data.regions.crosswalk import lookup, to_present_codes
from analysis.disclosure.noise import too_small
from analysis.errors import ContractError, DesignError
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.result import Estimate, Result, Sample
from analysis.simulated.province_records import write
from analysis.stats.panels.own_course import Look, OwnCourse
from analysis.verdicts.effect import found
from analysis.verdicts.robustness import POWER, Answer, Robustness
from analysis.verdicts.rule import detectable
from worlds import Options, county_world

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


ZONE = "enterprise_zone"


def with_spell(region: str, intervention: str, first: str, last: str | None):
    """A change that adds a spell of an intervention in a region."""
    row = {"region_code": region, "intervention": intervention, "started_on": first}
    return lambda table: pd.concat([table, pd.DataFrame([{**row, "ended_on": last}])])


def holes(panel, region: str) -> list[str]:
    """The periods of a region that are not known."""
    rows = panel.frame[(panel.frame["region"] == region) & panel.frame["count"].isna()]
    return [panel.label(period) for period in rows["period"]]


@pytest.mark.parametrize(
    ("day", "unknown"),
    [
        ("1986-12-31", ["1987", "1988"]),
        ("1987-01-01", ["1988"]),
        ("1987-12-31", ["1988"]),
        ("1988-01-01", []),
        ("1988-12-31", []),
        ("1989-01-01", []),
    ],
)
def test_cells_after_an_end_are_not_known_and_the_region_stays(zones, day, unknown):
    """The period in which it ends is the last that counts; an end after the panel is none yet."""
    ended = {"IN-01": day}
    panel = changed(zones, lambda table: table.assign(ended_on=table["region_code"].map(ended)))
    assert dict(panel.dropped) == {}
    assert panel.adoption["IN-01"] == 5
    assert holes(panel, "IN-01") == unknown
    assert panel.frame["count"].isna().sum() == len(unknown)
    (spell,) = [spell for spell in panel.timeline if spell.region == "IN-01"]
    assert spell.end == (None if day > "1988-12-31" else int(day[:4]) - 1979)


@pytest.mark.parametrize(
    ("first", "last", "adopts", "unknown"),
    [
        ("1975-01-01", "1979-12-31", NEVER, []),
        ("1986-01-01", "1986-01-01", 7, ["1987", "1988"]),
        ("1988-12-31", "1988-12-31", 9, []),
        ("1989-01-01", "1990-01-01", NEVER, []),
    ],
)
def test_a_spell_counts_where_it_meets_the_panel(zones, first, last, adopts, unknown):
    """One that ended before it was never there; one of a day has its period."""
    panel = changed(zones, with_spell("IN-22", ZONE, first, last))
    assert panel.adoption["IN-22"] == adopts
    assert holes(panel, "IN-22") == unknown
    assert [s.region for s in panel.timeline].count("IN-22") == (adopts != NEVER)


@pytest.mark.parametrize("last", ["1980-01-01", "1985-06-30", None])
def test_a_spell_from_before_the_panel_into_it_leaves_nothing_to_compare_with(zones, last):
    """However soon it ended."""
    panel = changed(zones, with_spell("IN-22", ZONE, "1979-12-31", last))
    assert "IN-22" not in panel.regions
    assert dict(panel.dropped) == {"treated_from_the_start": 1}


@pytest.mark.parametrize(
    ("again", "unknown"),
    [
        ("1984-12-31", []),
        ("1985-01-01", []),
        ("1985-12-31", []),
        ("1986-01-01", ["1985"]),
        ("1988-01-01", ["1985", "1986", "1987"]),
        ("1989-01-01", ["1985", "1986", "1987", "1988"]),
    ],
)
def test_between_two_spells_nothing_is_known(zones, again, unknown):
    """After the end, and up to the period in which it begins again."""

    def twice(table):
        first = with_spell("IN-22", ZONE, "1983-07-01", "1984-06-30")(table)
        return with_spell("IN-22", ZONE, again, None)(first)

    panel = changed(zones, twice)
    assert panel.adoption["IN-22"] == 4
    assert holes(panel, "IN-22") == unknown


@pytest.mark.parametrize(("last", "refused"), [("1983-12-31", True), ("1984-01-01", False)])
def test_an_end_before_its_start_is_refused(zones, last, refused):
    """The same day is a spell of a day."""
    change = with_spell("IN-22", ZONE, "1984-01-01", last)
    if not refused:
        assert changed(zones, change).adoption["IN-22"] == 5
        return
    with pytest.raises(ContractError, match="ended_on"):
        changed(zones, change)


def spelled(*rows: tuple[str, str, int, int | None, bool]) -> tuple[Spell, ...]:
    """Spells by hand."""
    return tuple(Spell(*row) for row in rows)


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [
        ([(0, None)], []),
        ([(0, 2)], [3, 4, 5]),
        ([(2, 2)], [3, 4, 5]),
        ([(2, 5)], []),
        ([(2, 3), (5, None)], [4]),
        ([(2, 3), (4, None)], []),
        ([(2, 4), (3, None)], []),
        ([(2, None), (3, 4)], []),
        ([(1, 1), (3, 3), (5, 5)], [2, 4]),
    ],
)
def test_cells_that_tell_of_neither_time(rows, unknown):
    """After an end and outside every other spell, however they lie over one another."""
    spells = spelled(*(("A", "x", start, end, True) for start, end in rows))
    others = spelled(("A", "y", 1, 2, False), ("Z", "x", 1, 2, True))
    cells = lapsed((*spells, *others), ["A", "B"], 5)
    assert (np.flatnonzero(cells[0]) + 1).tolist() == unknown
    assert not cells[1].any()


@pytest.mark.parametrize(
    ("start", "end", "own", "moved"),
    [
        (0, None, False, False),
        (1, None, False, True),
        (0, 1, False, True),
        (0, 9, False, True),
        (3, 5, True, False),
    ],
)
def test_another_intervention_moves_by_its_beginning_and_by_its_end(start, end, own, moved):
    """One in force throughout moves nothing; the one in question is no other."""
    assert bool(others_moved(spelled(("A", "x", start, end, own)))) == moved


@pytest.mark.parametrize(
    ("last", "left_out"),
    [("1979-12-31", False), ("1980-01-01", True), ("1988-12-31", True), ("1989-01-01", False)],
)
def test_a_region_leaves_where_another_intervention_ends_within_the_panel(zones, last, left_out):
    """One from before the panel, from its first day to its last."""
    panel = changed(zones, with_spell("IN-22", "grants", "1975-01-01", last))
    assert ("IN-22" not in panel.regions) == left_out
    assert dict(panel.dropped) == ({"other_intervention": 1} if left_out else {})


@pytest.mark.parametrize(("lacking", "stays"), [(0, True), (1, True), (4, True), (5, False)])
def test_a_region_stays_with_half_of_its_periods_and_holes_in_the_others(zones, lacking, stays):
    """Four of eight may be lacking, five may not."""
    table = pd.read_csv(zones / "outcomes.csv", dtype=str)
    years = [str(1988 - year) for year in range(lacking)]
    gone = (table["region_code"] == "IN-22") & table["period"].isin(years)
    table[~gone].to_csv(zones / "outcomes.csv", index=False)
    question = InterventionEffectParams(dataset=str(zones), first_period="1981")
    panel = build_panel(read_dataset(zones), question)
    assert ("IN-22" in panel.regions) == stays
    assert dict(panel.dropped) == ({} if stays else {"incomplete": 1})
    assert holes(panel, "IN-22") == (sorted(years) if stays else [])
    complete = panel.complete()
    assert ("IN-22" in complete.regions) == (lacking == 0)
    assert dict(complete.dropped) == ({} if lacking == 0 else {"incomplete": 1})


@pytest.mark.parametrize(
    ("parents", "starts", "together"),
    [
        ({"a": "A", "b": "A"}, {"a": 3, "b": 3}, True),
        ({"a": "A", "b": "A"}, {"a": 3, "b": 4}, False),
        ({"a": "A", "b": "A"}, {"a": 3}, False),
        ({"a": "A", "b": "B"}, {"a": 3, "b": 3}, False),
        ({"a": "A", "b": "A"}, {}, False),
        ({"a": "A", "b": "A", "c": "B"}, {"a": 3, "b": 3, "c": 4}, True),
        ({"a": "A", "b": "A", "c": "B", "d": "C"}, {"a": 3, "b": 3, "c": 4, "d": 5}, True),
        ({"a": "A", "b": "A", "c": "B", "d": "B"}, {"a": 3, "b": 4, "c": 3, "d": 4}, False),
        ({"a": "A", "b": "A", "c": "A", "d": "A"}, {"a": 3, "b": 3}, False),
        ({"a": "A", "b": "A", "c": "B", "d": "C"}, {"a": 3, "b": 3}, True),
        ({}, {}, False),
    ],
)
def test_starts_are_decided_above_where_they_are_alike_within_more_than_anywhere(
    parents, starts, together
):
    """One region alone is no sign of it; upper regions without an adopter tell nothing."""
    assert adopt_together(parents, starts) == together


def of_counties(zones, starts: dict[str, str], **params):
    """The zones with three upper regions, P of 01–06, Q of 07–12 and R of the others."""
    file = zones / "regions.csv"
    regions = pd.read_csv(file, dtype=str)
    number = regions["region_code"].str[-2:].astype(int)
    above = np.select([number <= 6, number <= 12], ["P", "Q"], "R")
    upper = pd.DataFrame({"region_code": ["P", "Q", "R"], "level": "province"})
    upper = upper.assign(name_en=upper["region_code"], name_zh=upper["region_code"])
    pd.concat([regions.assign(parent_code=above), upper]).to_csv(file, index=False)
    table = {"region_code": [*starts], "intervention": ZONE, "started_on": [*starts.values()]}
    return changed(zones, lambda _: pd.DataFrame(table), **params)


P = [f"IN-{number:02d}" for number in range(1, 7)]
Q = [f"IN-{number:02d}" for number in range(7, 13)]


@pytest.mark.parametrize(
    ("starts", "clusters", "named"),
    [
        (dict.fromkeys(P, "1984-03-01"), 3, "parent_code"),
        ({**dict.fromkeys(P, "1984-03-01"), "IN-01": "1984-12-31"}, 3, "parent_code"),
        ({**dict.fromkeys(P, "1984-03-01"), "IN-01": "1985-01-01"}, 3, "parent_code"),
        (dict.fromkeys(P[1:], "1984-03-01"), 3, "parent_code"),
        (dict.fromkeys(P[2:], "1984-03-01"), 22, "region"),
        (dict.fromkeys([*P[:3], *Q[:3]], "1984-03-01"), 22, "region"),
        ({**dict.fromkeys(P, "1984-03-01"), Q[0]: "1985-01-01"}, 3, "parent_code"),
    ],
)
def test_clusters_are_found_from_who_adopted_when(zones, starts, clusters, named):
    """By the period of the start, not its day; one region late, or out, does not hide it."""
    panel = of_counties(zones, starts)
    assert len(panel.regions) == 22
    assert len(np.unique(panel.clusters)) == clusters
    assert panel.clustered_by == named
    found = dict(zip(panel.regions, panel.clusters, strict=True))
    assert (found["IN-01"] == found["IN-06"]) == (named == "parent_code")


@pytest.mark.parametrize(
    ("asked", "clusters"), [("", 22), ("region", 22), ("parent_code", 3), ("level", 1)]
)
def test_a_cluster_that_is_asked_for_is_taken(zones, asked, clusters):
    """Whatever the starts say."""
    panel = of_counties(zones, {"IN-01": "1984-01-01"}, cluster=asked)
    assert len(np.unique(panel.clusters)) == clusters
    assert panel.clustered_by == (asked or "region")


@pytest.mark.parametrize("blank", [1, 22])
def test_a_cluster_that_is_asked_for_and_blank_is_refused(zones, blank):
    """In one line; a region without one would silently stand for itself."""
    file = zones / "regions.csv"
    regions = pd.read_csv(file, dtype=str).assign(parent_code="P")
    regions.loc[: blank - 1, "parent_code"] = ""
    upper = {"region_code": "P", "name_en": "P", "name_zh": "P", "level": "province"}
    pd.concat([regions, pd.DataFrame([upper])]).to_csv(file, index=False)
    with pytest.raises(DesignError) as error:
        changed(zones, lambda table: table, cluster="parent_code")
    (problem,) = error.value.problems
    start = f"cluster: names parent_code, which is blank for {blank} of 22 regions"
    assert str(problem).startswith(start)


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


def below_one(zones, *regions: str) -> None:
    """Put regions below one upper region."""
    table = pd.read_csv(zones / "regions.csv", dtype=str)
    table.loc[table["region_code"].isin(regions), "parent_code"] = "IN"
    upper = {"region_code": "IN", "name_en": "State", "name_zh": "州", "level": "province"}
    pd.concat([table, pd.DataFrame([upper])]).to_csv(zones / "regions.csv", index=False)


def test_what_an_upper_region_does_all_below_it_do(zones):
    """Another scheme of the state leaves out its two cities; its own zone makes both adopt."""
    below_one(zones, "IN-21", "IN-22")
    panel = changed(zones, with_start("IN", "grants", "1985-01-01"))
    assert dict(panel.dropped) == {"other_intervention": 2}
    assert not {"IN-21", "IN-22"} & set(panel.regions)
    kept = changed(zones, with_start("IN", ZONE, "1986-01-01"), exclude_other_interventions=False)
    assert kept.adoption["IN-22"] == 7
    assert kept.adoption["IN-21"] == min(panel_of_zones(zones).adoption["IN-21"], 7)
    assert {spell.region for spell in kept.timeline if spell.intervention == "grants"} == {
        "IN-21",
        "IN-22",
    }
    assert kept.assignment == ""


def panel_of_zones(zones):
    """As it stands."""
    return build_panel(
        read_dataset(zones),
        InterventionEffectParams(dataset=str(zones), exclude_other_interventions=False),
    )


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
    ("count", "small"), [(0, False), (1, True), (THRESHOLD - 1, True), (THRESHOLD, False)]
)
def test_counts_from_one_to_below_the_threshold_are_withheld(count, small):
    """One is the smallest count; zero is none."""
    assert too_small(np.array([count]), THRESHOLD).tolist() == [small]


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
LARGEST = math.log1p(0.2)
CLOSE = Look(0.0, (0.0, 0.0), 0.01, 12.0)
COURSE = OwnCourse(CLOSE, {"own_slope": CLOSE}, None, 9.6, 3, 6)


@pytest.mark.parametrize(
    ("low", "high", "little"),
    [
        (-LARGEST + STEP, 0.1, True),
        (-LARGEST - STEP, 0.1, False),
        (-0.1, LARGEST - STEP, True),
        (-0.1, LARGEST + STEP, False),
        # Between log(1 + s) and s, and between −s and log(1 − s).
        (-0.1, 0.19, False),
        (-0.21, 0.1, False),
    ],
)
def test_too_small_to_matter_is_a_share_of_what_was_expected(low, high, little):
    """A rise of 20 % is log 1.2, nearer to zero than a fall; it bounds falls as well."""
    params = InterventionEffectParams(smallest_effect=0.2)
    study = Study(params, None, {}, county_world(1), None)
    headline = Result(
        method="counts",
        estimand="an effect",
        unit="log rate ratio",
        level=0.95,
        estimates=(Estimate("overall", 0.0, None, low, high),),
        sample=Sample(100, 20, 7, "2001", "2005", {}),
    )
    unmade = Answer("placebo_time", "counts", None)
    rest = Robustness((), unmade, None, None, None, own_course=COURSE)
    assert found(study, headline, rest).little == little


def seen(error: float) -> Look:
    """A look with this error and six degrees of freedom."""
    return Look(0.1, (0.1, -0.1), error, 6.0)


@pytest.mark.parametrize(
    ("headline", "slope", "onset", "expected"),
    [
        # The headline decides, at 95 %; then the second look, at 90 % or by the bound of two.
        (0.05, 0.01, "gradual", (0.05, 0.05)),
        (0.05, 0.20, "gradual", (0.20, 0.10)),
        (0.05, 0.20, "unknown", (0.20, 0.10)),
        (0.05, 0.20, "immediate", (0.30, 0.10)),
    ],
)
def test_the_detectable_effect_is_what_headline_and_second_look_would_both_find(
    headline, slope, onset, expected
):
    """An error times the sum of two quantiles of Student's t; the better second look counts."""
    looks = {"own_slope": seen(slope), "trend_break": seen(0.30)}
    course = OwnCourse(seen(headline), looks, None, 9.6, 3, 6)
    error, chance = expected
    size = error * (scipy.stats.t.isf(chance / 2, 6) + scipy.stats.t.ppf(POWER, 6))
    assert detectable(course, onset, 0.95, POWER) == pytest.approx(size, rel=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        {"adopting": 2},
        {"others": 5},
        {"looks": {}},
        {"looks": {"without_eve": seen(0.1)}},
        {"headline": seen(0.0)},
        {"headline": seen(math.nan)},
    ],
)
def test_nothing_is_detectable_where_no_direction_could_be_claimed(change):
    """Too few clusters, no second look, no error."""
    course = OwnCourse(seen(0.05), {"own_slope": seen(0.05)}, None, 9.6, 3, 6)
    assert detectable(course, "unknown", 0.95, POWER) is not None
    assert detectable(replace(course, **change), "unknown", 0.95, POWER) is None
