"""Joiners of a programme: who they are held against, what is refused, and what may be claimed."""

from __future__ import annotations

import numpy as np
import pytest

import analysis as an
from analysis.data.frames.cases.joiners import build_joined
from analysis.errors import AnalysisError
from analysis.params import JoinersQuestion
from analysis.verdicts.joiners import ExaminedJoiners, verdict_of_joining
from joiner_worlds import ASKED, QUESTION, Tables, joined_world

LESS, NONE, MORE = (-0.3, -0.4, -0.2), (0.0, -0.2, 0.2), (0.3, 0.2, 0.4)
TINY, WIDE = (0.0, -0.03, 0.03), (0.0, -0.5, 0.5)


@pytest.fixture(scope="module")
def world() -> Tables:
    """6,000 enterprises, of which those that join have fewer records throughout, and then less."""
    return joined_world(3, effect=-0.4, merit=0.8)


def test_like_ones_are_of_the_same_region_kind_and_age_and_did_not_join(world):
    """Set by set; nobody stands on both sides, and the month is the joiner's."""
    given = build_joined(world, QUESTION, 1)
    frame = given.frame
    for _, own in frame.groupby("set"):
        joiner, others = own[own["treated"] == 1].iloc[0], own[own["treated"] == 0]
        for name in ("region", "individual", "industry"):
            assert (others[name] == joiner[name]).all()
        bands = np.searchsorted((12, 36, 120), own["months"], side="right")
        assert len(set(bands)) == 1
        assert 1 <= len(others) <= QUESTION.others
    joined = world.tables["enrolments"].dropna(subset="approved_on")["enterprise_id"]
    assert set(frame.loc[frame["treated"] == 1, "unit"]) <= set(joined)
    quarters = [f"q{q}" for q in (0, 1, 2, 3)]
    assert (frame[quarters].sum(axis=1) == frame["after"]).all()
    assert (frame["months_after"] <= 12).all()


def test_records_are_those_of_the_months_around_joining(world):
    """Counted again with pandas for one joiner."""
    frame = build_joined(world, QUESTION, 1).frame
    one = frame[(frame["treated"] == 1) & (frame["before"] > 0)].iloc[0]
    joined = world.tables["enrolments"].set_index("enterprise_id")["approved_on"][one["unit"]]
    own = world.tables["complaints"]
    days = own.loc[own["enterprise_id"] == one["unit"], "received_on"]
    year = np.timedelta64(366, "D")
    assert one["before"] == ((days < joined) & (days >= joined - year)).sum()
    assert one["after"] == ((days >= joined) & (days < joined + np.timedelta64(365, "D"))).sum()


def test_what_joining_does_lies_in_the_range_though_better_ones_join(world):
    """A true −.4 with joiners of whom there is less anyway; both looks hold it."""
    found = ExaminedJoiners(build_joined(world, QUESTION, 1), ASKED)
    assert found.ratio[1] < -0.4 < found.ratio[2]
    assert found.second[1] < -0.4 < found.second[2]
    assert found.refused[0] < 0
    assert found.verdict.key == "fewer"
    gaps = found.balance()["before"]
    assert gaps[0] < 0.9 * gaps[1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"programme": "schema"}, "programme.*schema"),
        ({"match_on": ["size"]}, "match_on.*size"),
        ({"outcome": "complain"}, "outcome"),
        ({"region": "980001"}, "region"),
    ],
)
def test_names_that_the_tables_do_not_hold_are_refused(world, asked, words):
    """Each with the nearest that there is."""
    with pytest.raises(AnalysisError, match=words):
        build_joined(world, JoinersQuestion.from_mapping({"programme": "scheme"} | asked), 1)


def test_few_joiners_no_overlap_and_no_records_are_refused(world):
    """19 joiners; joiners of an industry of their own; a kind of which nothing is recorded."""
    few = world.tables["enrolments"].dropna(subset="approved_on").head(19)
    with pytest.raises(AnalysisError, match=r"joiners: are \d+ with records on both sides; 20"):
        build_joined(Tables(**(world.tables | {"enrolments": few})), QUESTION, 1)
    register = world.tables["enterprises"].copy()
    joined = world.tables["enrolments"].dropna(subset="approved_on")["enterprise_id"]
    register.loc[register["enterprise_id"].isin(joined), "industry"] = "own"
    with pytest.raises(AnalysisError, match="there is no overlap"):
        build_joined(Tables(**(world.tables | {"enterprises": register})), QUESTION, 1)
    rare = world.tables["complaints"].head(8)
    with pytest.raises(AnalysisError):
        build_joined(Tables(**(world.tables | {"complaints": rare})), QUESTION, 1)
    with pytest.raises(AnalysisError, match="table enrolments: is needed"):
        build_joined(Tables(enterprises=register), QUESTION, 1)


def test_the_report_asks_for_five_regions(in_root):
    """One county of the protected province is told nothing of."""
    with pytest.raises(AnalysisError, match="regions: with joiners are 1"):
        an.EnterpriseComparison.read({"dataset": "data/simulated/province", "region": "990101"})


@pytest.mark.parametrize(
    ("ratio", "second", "made_up", "refused", "key", "certainty"),
    [
        (LESS, LESS, NONE, LESS, "fewer", "moderate"),
        (MORE, MORE, NONE, MORE, "more", "moderate"),
        (LESS, LESS, NONE, NONE, "fewer", "low"),
        (LESS, LESS, NONE, None, "fewer", "low"),
        (LESS, LESS, None, LESS, "fewer", "low"),
        (LESS, LESS, WIDE, LESS, "fewer", "low"),
        (LESS, LESS, NONE, MORE, "cannot_tell", ""),
        (MORE, MORE, NONE, LESS, "cannot_tell", ""),
        (LESS, NONE, NONE, LESS, "cannot_tell", ""),
        (LESS, MORE, NONE, LESS, "cannot_tell", ""),
        (LESS, None, NONE, LESS, "cannot_tell", ""),
        (LESS, LESS, LESS, LESS, "cannot_tell", ""),
        (TINY, NONE, TINY, TINY, "too_small_to_matter", "moderate"),
        (TINY, NONE, NONE, TINY, "too_small_to_matter", "low"),
        (TINY, NONE, TINY, NONE, "too_small_to_matter", "low"),
        (TINY, NONE, TINY, LESS, "cannot_tell", ""),
        (NONE, NONE, NONE, NONE, "cannot_tell", ""),
    ],
)
def test_a_direction_needs_both_looks_and_a_date_made_up(
    ratio, second, made_up, refused, key, certainty
):
    """Either alone, a change at a made-up date, or the other side of those refused leaves none."""
    found = verdict_of_joining(ratio, second, 0.05, made_up=made_up, refused=refused)
    assert (found.key, found.certainty) == (key, certainty)
