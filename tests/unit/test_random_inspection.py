"""Draws: who was on the list, whether it was a draw, and what may then be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.errors import AnalysisError
from analysis.result import Check
from analysis.verdicts.draw import judge_draw, verdict_of_draw

DESCRIPTION = """
title: {en: Lists, zh: 名单}
status: simulated
licence: facts
origin: made up
disclosure: public
printed: {address: nowhere, date: 2020-01-01}
words:
  unit: {en: shop, zh: 店铺, zh_measure: 家}
  outcome: {en: fault, zh: 问题}
frames: {draw: draw.csv}
"""


@pytest.fixture
def listed(tmp_path):
    """A ready frame: a list of 400 in two strata, of which 120 are drawn."""

    def write(effect: float = 0.0, head: float = 0.0, seed: int = 1, **more) -> dict[str, object]:
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({"unit": [f"u{i:03d}" for i in range(400)], "place": range(1, 401)})
        frame["stratum"] = np.where(rng.random(400) < 0.4, "large", "small")
        luck = rng.gumbel(size=400) - head * frame["place"] / 400
        rank = luck.groupby(frame["stratum"]).rank(ascending=False)
        size = frame.groupby("stratum")["unit"].transform("size")
        frame["drawn"] = (rank <= (0.3 * size).round()).astype(int)
        frame["outcome"] = rng.poisson(4 * np.exp(effect * frame["drawn"]))
        frame.assign(**more).to_csv(tmp_path / "draw.csv", index=False)
        (tmp_path / "dataset.yml").write_text(DESCRIPTION, encoding="utf-8")
        return {"dataset": str(tmp_path), "outcome": "", "draws": 399}

    return write


def test_an_honest_draw_tells_its_effect_within_the_range(listed):
    """A true −20 % lies inside; the frame's weights give the report's difference."""
    report = an.RandomInspection.read(listed(effect=np.log(0.8)))
    assert not report.found.judged.doubted
    value, low, high = report.found.effect
    assert low < -0.2 < high < 0
    assert report.verdict_key.startswith("fewer")
    assert report.result.headline.value == pytest.approx(
        np.average(
            report.frame["outcome"], weights=report.frame["weight"] * report.frame["treated"]
        )
        - np.average(
            report.frame["outcome"], weights=report.frame["weight"] * (1 - report.frame["treated"])
        )
    )
    assert value < 0


def test_a_draw_from_the_head_of_the_list_is_doubted_and_tells_no_effect(listed):
    """However large the effect seems, no number of it stands anywhere."""
    report = an.RandomInspection.read(listed(effect=np.log(0.5), head=4))
    assert report.found.judged.doubted
    assert report.verdict_key == "not_random"
    assert report.found.effect is None
    assert report.site_lines() == ()
    assert report.stated == "place"
    assert "relative_percent" not in report.facts()


def test_honest_draws_are_doubted_no_oftener_than_allowed_and_faulty_ones_mostly(listed):
    """60 lists each, at 5 %, within three Monte-Carlo errors; a slope of 2 in nine of ten."""
    doubted = {}
    for head in (0.0, 2.0):
        given = [listed(head=head, seed=seed) | {"doubt": 0.05, "draws": 199} for seed in range(60)]
        found = []
        for seed, params in enumerate(given):
            listed(head=head, seed=seed)
            found.append(an.RandomInspection.read(params).found.judged.doubted)
        doubted[head] = np.mean(found)
    assert doubted[0.0] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)
    assert doubted[2.0] >= 0.9


@pytest.mark.parametrize(
    ("more", "asked", "words"),
    [
        ({"drawn": 1}, {}, "holds nobody who was not drawn"),
        ({"stratum": [f"s{i // 2}" for i in range(400)]}, {}, "hold fewer than 2 drawn or undrawn"),
        (
            {},
            {"plans": ["p"], "outcome": "complaint"},
            r"(?s)plans: is no part.*outcome: is no part",
        ),
    ],
)
def test_lists_that_tell_nothing_are_refused(listed, more, asked, words):
    """Nobody undrawn; strata of two; names that a ready frame does not hold, all at once."""
    with pytest.raises(AnalysisError, match=words):
        an.RandomInspection.read(listed(**more) | asked)


def test_a_draw_that_cannot_be_looked_at_is_never_said_to_look_like_one(listed):
    """Without a place nothing is known from before: an effect is told, and surer than that not."""
    params = listed(effect=np.log(0.5), place=np.nan)
    report = an.RandomInspection.read(params)
    assert report.subject.covariates == ()
    assert report.found.verdict.certainty == "moderate"
    shown = report.summary()
    assert not any("speaks against" in text for text in shown.grounds)
    assert "Whether this was a draw by lot could not be looked at." in shown.limits


def test_a_list_that_tells_nothing_else_is_refused(listed, tmp_path):
    """No place, no outcome: before a kernel, not by an index that is not there."""
    params = listed()
    frame = pd.read_csv(tmp_path / "draw.csv").drop(columns=["place", "outcome"])
    frame.to_csv(tmp_path / "draw.csv", index=False)
    with pytest.raises(AnalysisError, match="tells nothing of its units"):
        an.RandomInspection.read(params)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [([np.nan] + [1.0, 2.0] * 199 + [1.0], "is not known of every unit"),
     ([0.0] * 400, "has no mean above zero")],
)  # fmt: skip
def test_an_outcome_of_which_no_share_can_be_told_is_refused(listed, outcome, words):
    """Holes, and nothing but zeros: neither ends as a number that is none."""
    with pytest.raises(AnalysisError, match=words):
        an.RandomInspection.read(listed(outcome=outcome))


def test_time_after_a_draw_that_is_not_over_is_refused(in_root):
    """The page says "in so many days": these must lie within the records."""
    given = {"dataset": "data/simulated/province", "plans": ["draw 2023-07"]}
    with pytest.raises(AnalysisError, match="go 216 days beyond the last record"):
        an.RandomInspection.read(given | {"outcome_after_days": 400})


def test_small_strata_are_joined_where_that_is_asked_for(listed):
    """And the page says how many, and is no surer than moderate."""
    strata = ["tiny"] * 3 + ["rest"] * 397
    given = listed(effect=np.log(0.6), stratum=strata, drawn=[1, 0, 0] + [0, 1] * 198 + [0])
    report = an.RandomInspection.read(given | {"join_strata": True})
    assert report.subject.joined == 2
    assert not report.found.verdict.certainty or report.found.verdict.certainty == "moderate"


def test_enterprises_unknown_to_the_dataset_and_plans_are_named(in_root):
    """With the nearest right name, before any kernel starts."""
    given = {"dataset": "data/simulated/province", "plans": ["draw 2019-02"]}
    with pytest.raises(AnalysisError, match="names 'draw 2019-02'"):
        an.RandomInspection.read(given)


def test_an_effect_in_one_county_is_refused_and_its_draw_can_be_looked_at(in_root):
    """The counts behind it are recorded ones; whether the draw was one rests on none."""
    given = {"dataset": "data/simulated/province", "plans": ["draw 2021-07"], "region": "990101",
             "draws": 199, "outcome_after_days": 800}  # fmt: skip
    with pytest.raises(AnalysisError, match="regions: on the lists are 1"):
        an.RandomInspection.read(given)
    assert an.RandomInspection.read(given | {"outcome": ""}).stated == "place"


@pytest.mark.parametrize(
    ("shares", "visited", "joined", "expected"),
    [
        ((-0.2, -0.3, -0.1), 0.9, 0, ("fewer", "high")),
        ((-0.2, -0.3, -0.1), 0.7, 0, ("fewer", "moderate")),
        ((-0.2, -0.3, -0.1), None, 0, ("fewer", "moderate")),
        ((0.2, 0.1, 0.3), 0.9, 1, ("more", "moderate")),
        ((0.0, -0.04, 0.05), 0.9, 0, ("too_small_to_matter", "high")),
        ((0.0, -0.06, 0.04), 0.9, 0, ("cannot_tell", "")),
        ((-0.2, -0.4, 0.0), 0.9, 0, ("cannot_tell", "")),
    ],
)
def test_the_verdict_follows_its_rule(shares, visited, joined, expected):
    """Both directions, both edges, every grade."""
    found = verdict_of_draw(shares, 0.05, visited, joined)
    assert (found.key, found.certainty) == expected
    unseen = verdict_of_draw(shares, 0.05, visited, joined, looked=False)
    assert (unseen.key, unseen.certainty) == (expected[0], "moderate" if expected[1] else "")


@pytest.mark.parametrize(
    ("checks", "doubted"),
    [
        ((), False),
        ((("balance", 0.009),), True),
        ((("balance", 0.009), ("runs", 0.5)), False),
        ((("balance", 0.4), ("runs", 0.004)), True),
    ],
)
def test_two_looks_at_a_draw_share_what_is_allowed(checks, doubted):
    """One in a hundred, over both."""
    assert judge_draw(tuple(Check(n, None, p, 0.05) for n, p in checks), 0.01).doubted is doubted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_verdict_is_said_in_both_languages(in_root, listed, language):
    """Every plate of every kind of page, without a field left open."""
    for given in (listed(effect=np.log(0.5)), listed(effect=np.log(2.0)), listed(),
                  listed(head=4)):  # fmt: skip
        report = an.RandomInspection.read(given | {"language": language})
        shown = report.summary()
        assert all("{" not in text for text in (*shown.points, shown.number_words))
        names = ("along", "sample", "balance", "chance", "groups", "hits", "burden", "certainty")
        for name in names:
            assert getattr(report, name)() is not None


def test_no_kind_of_stratum_in_fewer_than_five_regions_is_told_of(root):
    """The page says that each number is of five at least."""
    asked = {"dataset": str(root / "data/simulated/province"), "outcome": "complaint"}
    plans = [f"draw {year}-01" for year in (2019, 2020, 2021, 2022, 2023)]
    report = an.RandomInspection.read(asked | {"plans": plans, "outcome_after_days": 181})
    name, *others = report.by_group
    where = report.subject.where
    four = where["region"].map(lambda code: str(int(code) % 4))
    few = where["region"].where(where["group"] != name, four)
    given = replace(report.subject, where=where.assign(region=few))
    page = an.RandomInspection(report.params, report.data, given)
    assert [*page.by_group] == others
    assert name in page.found.by_group
    assert name not in str(page.groups().numbers.values)
