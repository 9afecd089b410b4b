"""Cut-offs of a score: whether it was moved over them, and what may then be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.errors import AnalysisError
from analysis.params import ThresholdQuestion
from analysis.verdicts.threshold import verdict_of_threshold
from threshold_worlds import examined, scored_world

DESCRIPTION = """
title: {en: Scores, zh: 得分}
status: simulated
licence: facts
origin: made up
disclosure: public
printed: {address: nowhere, date: 2020-01-01}
words:
  unit: {en: shop, zh: 店铺, zh_measure: 家}
  outcome: {en: fault, zh: 问题}
frames: {threshold: threshold.csv}
"""
READY = {"cutoffs": [], "selection": "", "outcome": ""}
LESS, NONE, MORE = (-0.3, -0.4, -0.2), (0.0, -0.2, 0.2), (0.3, 0.2, 0.4)
TINY = (0.0, -0.03, 0.03)


@pytest.fixture
def scored(tmp_path):
    """A ready frame: 3,000 shops with a fine score around 50, and faults found later."""

    def write(jump: float = 0.0, moved: float = 0.0, seed: int = 1, **more) -> dict[str, object]:
        rng = np.random.default_rng(seed)
        score = 50 + 12 * rng.normal(size=3000)
        pushed = (score < 50) & (score > 47) & (rng.random(3000) < moved)
        score = np.where(pushed, 100 - score, score)
        level = 5 - 0.05 * (score - 50) + jump * (score >= 50)
        frame = pd.DataFrame({"unit": [f"s{i:04d}" for i in range(3000)], "score": score})
        frame = frame.assign(cutoff=50, before=5 + rng.normal(size=3000))
        frame["outcome"] = level + rng.normal(size=3000)
        frame = frame.assign(**more).dropna(axis="columns", how="all")
        frame.to_csv(tmp_path / "threshold.csv", index=False)
        (tmp_path / "dataset.yml").write_text(DESCRIPTION, encoding="utf-8")
        return {"dataset": str(tmp_path), **READY}

    return write


def test_a_jump_in_fine_scores_is_told_within_its_range(scored):
    """One of −1.5 on 5, by the method for fine scores; the second look agrees."""
    report = an.RatingThreshold.read(scored(jump=-1.5))
    value, low, high = report.found.effect
    assert not report.found.coarse
    assert report.methods == ("rdd",)
    assert low < -0.3 < high < 0
    assert report.found.second[2] < 0
    assert report.verdict_key.startswith("lower")
    assert value == pytest.approx(-0.3, abs=0.1)


def test_fine_scores_moved_over_the_line_tell_no_effect(scored):
    """However large the effect seems, no number of it stands anywhere."""
    report = an.RatingThreshold.read(scored(jump=-1.5, moved=0.8))
    assert report.verdict_key == "manipulated"
    assert report.found.effect is None
    assert report.site_lines() == ()
    assert "relative_percent" not in report.facts()
    assert report.results() == {}


def test_one_line_of_four_is_doubted_and_the_others_are_told():
    """Scores lifted to 70 at one in six: of 60, 80 and 90 an effect is told, of 70 none."""
    found = examined(scored_world(3, jump=-0.25, lifted=0.17))
    assert [one.cutoff for one in found.doubted] == [70]
    assert found.told == (60, 80, 90)
    assert set(found.by_cutoff) == {60, 80, 90}
    low, high = found.doubted[0].moved.share[1:]
    assert low < 0.17 < high
    assert found.coarse
    assert found.effect[2] < 0


def test_a_liking_for_round_scores_is_not_taken_for_scores_that_were_moved(scored, tmp_path):
    """Tens are full everywhere: uneven; fuller at 70 than at the others: moved there, and there."""
    liked = examined(scored_world(0, liked=(0.15, 10)))
    assert len(liked.doubted) == 4
    assert liked.crossed == ()
    both = examined(scored_world(0, liked=(0.15, 10), lifted=0.3))
    assert [one.cutoff for one in both.crossed] == [70]
    params = scored() | {"cutoffs": list(liked.given.cutoffs)}
    liked.given.scores.assign(unit=liked.given.scores["score"]).to_csv(
        tmp_path / "threshold.csv", index=False
    )
    report = an.RatingThreshold.read(params)
    assert report.verdict_key == "uneven"
    said = " ".join(report.summary().points)
    assert "whether they were moved there cannot be told" in said
    assert "A liking for round scores may explain it" in said
    assert "were moved over" not in said


@pytest.mark.parametrize("at", [64, 65])
def test_a_line_that_is_no_round_score_needs_no_other_to_be_held_against(scored, tmp_path, at):
    """At 64 nobody's liking explains it; at 65 the other multiples of five do not."""
    params = scored()
    scores = np.arange(101)
    number = np.round(2000 * np.exp(-(((scores - 60) / 20) ** 2) / 2)).astype(int)
    moved = number[at - 3 : at] // 3
    number[at - 3 : at] -= moved
    number[at] += moved.sum()
    frame = pd.DataFrame({"unit": scores, "score": scores, "number": number})
    frame.to_csv(tmp_path / "threshold.csv", index=False)
    report = an.RatingThreshold.read(params | {"cutoffs": [float(at)]})
    assert report.verdict_key == "manipulated"
    said = " ".join(report.summary().points)
    told = {64: "It is no round score", 65: "A liking for round scores does not explain it"}
    assert told[at] in said


def test_too_few_on_a_line_are_not_called_moved_over_it(scored, tmp_path):
    """Half of those on 64 lack: the page says that, and not that too many lie there."""
    params = scored()
    scores = np.arange(101)
    number = np.round(2000 * np.exp(-(((scores - 60) / 20) ** 2) / 2)).astype(int)
    number[64] //= 2
    frame = pd.DataFrame({"unit": scores, "score": scores, "number": number})
    frame.to_csv(tmp_path / "threshold.csv", index=False)
    report = an.RatingThreshold.read(params | {"cutoffs": [64.0]})
    assert report.verdict_key == "uneven"
    summary = report.summary()
    said = " ".join((*summary.points, summary.number_words))
    assert "too few lie on the line" in said
    assert "are lacking on the line at 64" in said
    assert "too many" not in said
    assert not summary.number.startswith("−")


def test_the_slope_along_the_score_is_not_taken_for_a_jump():
    """Without a jump, records fall by 3 % a point: within 8 points a plain comparison finds it."""
    given = [examined(scored_world(seed, size=20_000), window=8) for seed in range(8)]
    plain, effects = np.array([one.second for one in given]), [one.effect for one in given]
    assert np.mean(plain[:, 2] < 0) >= 0.75
    assert all(low < 0 < high for _, low, high in effects)
    assert not any(one.verdict.certainty for one in given)


def test_scores_alone_give_a_share_that_was_moved(scored, tmp_path):
    """A histogram without an outcome: no effect, and a share of those short of the line."""
    params = scored()
    scores = np.arange(101)
    number = np.round(2000 * np.exp(-(((scores - 55) / 20) ** 2) / 2)).astype(int)
    number[57:60] -= (0.5 * number[57:60]).astype(int)
    number[60] += 2500
    frame = pd.DataFrame({"unit": scores, "score": scores, "number": number})
    frame.to_csv(tmp_path / "threshold.csv", index=False)
    report = an.RatingThreshold.read(params | {"cutoffs": [60.0]})
    assert report.verdict_key == "manipulated"
    assert report.summary().number.endswith("%")
    assert "moved 60" in report.facts()
    honest = np.round(2000 * np.exp(-(((scores - 55) / 20) ** 2) / 2)).astype(int)
    frame.assign(number=honest).to_csv(tmp_path / "threshold.csv", index=False)
    assert an.RatingThreshold.read(params | {"cutoffs": [60.0]}).verdict_key == "not_seen"


def test_treated_below_gives_the_same_turned_round(scored, tmp_path):
    """Scores mirrored at the line, all else as it was; the density as well."""
    params = scored(jump=-1.5)
    first = an.RatingThreshold.read(params).found
    file = tmp_path / "threshold.csv"
    frame = pd.read_csv(file)
    frame.assign(score=100 - frame["score"]).to_csv(file, index=False)
    second = an.RatingThreshold.read(params | {"treated": "below"}).found
    assert second.effect == pytest.approx(first.effect, rel=1e-6)
    assert second.densities[0].p == pytest.approx(first.densities[0].p, rel=1e-6)


@pytest.mark.parametrize(
    ("shares", "honest", "balanced", "sound", "key", "certainty"),
    [
        (LESS, LESS, True, True, "fewer", "high"),
        (LESS, LESS, None, True, "fewer", "moderate"),
        (LESS, LESS, True, False, "fewer", "moderate"),
        (MORE, MORE, True, True, "more", "high"),
        (LESS, NONE, True, True, "cannot_tell", ""),
        (LESS, MORE, True, True, "cannot_tell", ""),
        (LESS, LESS, False, True, "cannot_tell", ""),
        (LESS, None, True, True, "cannot_tell", ""),
        (TINY, TINY, True, True, "too_small_to_matter", "high"),
        (TINY, NONE, True, True, "cannot_tell", ""),
        (NONE, NONE, True, True, "cannot_tell", ""),
    ],
)
def test_a_direction_needs_both_looks_and_what_was_known_before(
    shares, honest, balanced, sound, key, certainty
):
    """Either alone, or a jump of what was known before, leaves no direction."""
    how = {"counted": True, "balanced": balanced, "sound": sound}
    found = verdict_of_threshold(shares, honest, 0.05, **how)
    assert (found.key, found.certainty) == (key, certainty)


@pytest.mark.parametrize(
    ("shares", "key", "certainty"),
    [(LESS, "fewer", "low"), (MORE, "more", "low"), (TINY, "too_small_to_matter", "high")],
)
def test_another_window_of_the_other_sign_leaves_little_certainty(shares, key, certainty):
    """Of a direction; what is too small to matter may have either sign."""
    how = {"counted": True, "balanced": True, "sound": True, "turned": True}
    found = verdict_of_threshold(shares, shares, 0.05, **how)
    assert (found.key, found.certainty) == (key, certainty)


@pytest.mark.parametrize(
    ("more", "asked", "words"),
    [
        ({}, {"cutoffs": [60.0], "outcome": "complaint"}, r"(?s)outcome: is no part.*cutoffs: is"),
        ({"cutoff": np.nan}, {}, "cutoffs: names none"),
        ({"cutoff": 99}, {}, "has 0 units on one side; 30 are needed"),
        ({"outcome": 1.0}, {}, "has an outcome that never varies"),
        ({"number": 2}, {}, "gives scores that several units have, with one outcome"),
        ({"treated": [1, 0] * 1500}, {}, "does not decide on treatment"),
    ],
)
def test_scores_that_tell_nothing_are_refused(scored, more, asked, words):
    """Names a ready frame does not hold; no line; a line outside; nothing that varies; and more."""
    with pytest.raises(AnalysisError, match=words):
        an.RatingThreshold.read(scored(**more) | asked)


def test_cutoffs_must_rise():
    """Twice, or the highest first, is a mistake of the params file."""
    with pytest.raises(AnalysisError, match="does not rise: write each cut-off once"):
        ThresholdQuestion.from_mapping({"cutoffs": [70.0, 60.0]})


def test_a_bureau_without_scores_or_with_too_few_regions_is_refused(in_root):
    """A name of each kind at once; and one county is no province."""
    given = {"dataset": "data/simulated/province", "selection": "lottery", "outcome": "complain"}
    with pytest.raises(AnalysisError, match=r"(?s)selection.*outcome"):
        an.RatingThreshold.read(given)
    with pytest.raises(AnalysisError, match=r"(?s)cut-off 90: has \d+ units|regions: with scores"):
        an.RatingThreshold.read({"dataset": "data/simulated/province", "region": "990101"})


def test_the_side_that_is_treated_is_named_on_the_page(scored, tmp_path):
    """Below the line: the change is of those below it, against those above."""
    params = scored(jump=-1.5) | {"treated": "below"}
    file = tmp_path / "threshold.csv"
    frame = pd.read_csv(file)
    frame.assign(score=100 - frame["score"]).to_csv(file, index=False)
    points = an.RatingThreshold.read(params).summary().points
    assert "just below the line" in points[0]
    assert "those just above it" in points[0]
    assert "just over the line" not in " ".join(points)


def test_whole_scores_kept_from_a_line_that_treats_below_it_are_found():
    """Scores of 61 to 63 put down to 60, at and below which something is given."""
    given = scored_world(5, size=30_000)
    scores = given.scores.set_index("score")["number"].copy()
    for score in (61.0, 62.0, 63.0):
        scores[60.0] += int(0.5 * scores[score])
        scores[score] -= int(0.5 * scores[score])
    bent = replace(given, scores=scores.reset_index(), cutoffs=(60.0,))
    (one,) = examined(bent, treated="below").densities
    assert one.doubted
    assert one.moved.share[1] < 0.5 < one.moved.share[2]
    (honest,) = examined(replace(given, cutoffs=(60.0,)), treated="below").densities
    assert not honest.doubted


def test_a_donut_leaves_out_as_many_scores_on_each_side():
    """Of whole scores one: those just short of the line and those on it."""
    found = examined(scored_world(6, size=30_000))
    kept = found._asked(found.rows, "outcome", 1.0).sample.rows
    near = found.rows[found.rows["x"].between(-10, 10)]
    assert kept == len(near) - int(near["x"].isin([-1, 0]).sum())
