"""The report on ratings: what it answers, refuses before a kernel, and never gives away."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import read_dataset
from analysis.data.frames.ratings import early_regions
from analysis.disclosure.rated import MOST_MOVED, Floors, _noise, points_of
from analysis.errors import AnalysisError
from analysis.page.wording import STRONG
from analysis.params import PanelQuestion
from analysis.reports.kind import find
from analysis.reports.service_assessment.plates import ServiceAssessment
from analysis.reports.service_assessment.sentences import RECORD_WORDS, _side
from analysis.result import Estimate
from analysis.stats.ratings.scores import again_bottom, composites, places, shrunken

DIMENSIONS = ("attitude", "ability", "quality", "efficiency", "discipline")
DATASET = """
title: {en: Made up for a test, zh: 测试用数据}
status: simulated
licence: {en: none, zh: 无}
origin: {en: made up, zh: 虚构}
region_word: {en: county, en_plural: counties, zh: 县}
"""
PLATES = ("summary", "sample", "ceilings", "answers_table", "split_figure", "composite", "funnel",
          "records", "truth", "certainty", "provenance", "end")  # fmt: skip


def ratings(
    officers: int = 60, share: float = 0.3, raters: int = 10, rounds: int = 3, seed: int = 1
) -> pd.DataFrame:
    """Officers rated by enterprises of their own, some of which fall silent."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, np.sqrt(share), officers)
    size = rng.integers(raters // 2 + 1, 2 * raters, officers) if raters > 2 else raters
    who = np.repeat(np.arange(officers), size)
    severity = rng.normal(0, np.sqrt(1 - share), who.size)
    frames = []
    for number in range(rounds):
        mood = severity + rng.normal(0, 0.1, who.size)
        points = 7 + skill[who] + mood + rng.normal(0, 0.2, (5, who.size))
        frame = pd.DataFrame(dict(zip(DIMENSIONS, points.clip(0, 10).round(1), strict=True)))
        frame["officer_id"] = [f"O{one:04d}" for one in who]
        frame["enterprise_id"] = [f"E{one:05d}" for one in range(who.size)]
        frame["complaints"] = rng.poisson(0.5, who.size)
        frame["penalties"] = rng.poisson(0.05, who.size)
        frame["period"] = f"2023Q{number + 1}"
        frames.append(frame[rng.random(who.size) < 1 / (1 + np.exp(-2 - 2 * mood))])
    whole = pd.concat(frames, ignore_index=True)
    return whole.assign(region_code="990101", score=30.0)


@pytest.fixture
def dataset(tmp_path):
    """A folder of assessments, with what else is given."""

    def write(table: pd.DataFrame, **more: pd.DataFrame) -> Path:
        (tmp_path / "dataset.yml").write_text(DATASET, encoding="utf-8")
        region = {"region_code": ["990101"], "name_en": ["A"], "name_zh": ["甲"]}
        tables = {"regions": pd.DataFrame(region | {"level": "county"}), "assessments": table}
        for name, frame in (tables | more).items():
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        return tmp_path

    return write


def report(folder: Path, **params) -> ServiceAssessment:
    """The report on a folder, as a notebook reads it."""
    return ServiceAssessment.read({"dataset": str(folder), **params})


@pytest.mark.parametrize(
    ("status", "words"), [("simulated", "No truth was"), ("real", "never are")]
)
def test_what_is_said_where_no_truth_is_known(dataset, status, words):
    """That it is never known outside simulations is said outside simulations only."""
    folder = dataset(ratings(officers=20, rounds=1))
    settings = folder / "dataset.yml"
    settings.write_text(settings.read_text("utf-8").replace("simulated", status), "utf-8")
    (point,) = report(folder).truth().points
    assert words in point


def points(plate) -> str:
    """All sentences of a plate."""
    return " ".join(plate.points)


@pytest.mark.parametrize(
    ("share", "raters", "verdict", "english", "chinese"),
    [
        (0.7, 30, "reliable", "Scores tell officers apart", "评分能够区分服务人员"),
        (0.1, 6, "unreliable", "Scores do not tell officers apart", "评分还不足以区分服务人员"),
        (0.28, 10, "unclear", "cannot be told", "尚无法判断"),
    ],
)
def test_the_answer_follows_the_ratings_in_both_languages(
    dataset, share, raters, verdict, english, chinese
):
    """Reliable, not, and neither; the same numbers in both."""
    folder = dataset(ratings(share=share, raters=raters, rounds=1))
    both = [report(folder, language=language) for language in ("en", "zh")]
    assert [one.verdict_key for one in both] == [verdict] * 2
    assert both[0].facts() == both[1].facts()
    assert english in both[0].summary().points[0]
    assert chinese in both[1].summary().points[0]
    assert both[0].summary().points[0].startswith(STRONG)
    for name in PLATES:
        kinds = {getattr(one, name)().kind for one in both}
        assert len(kinds) == 1, name


def test_officers_who_do_not_differ_are_not_told_apart_by_any_number_of_raters(dataset):
    """No number of raters is named that would do."""
    said = points(report(dataset(ratings(share=0.0, rounds=1))).summary())
    assert "How many enterprises would do cannot be told" in said
    assert "would do:" not in said
    assert "would take about" not in said


def test_ratings_in_hand_are_counted_plainly_and_for_what_they_are_worth(dataset):
    """Six to twenty enterprises each: the mean, and the harmonic mean that reliability rests on."""
    found = report(dataset(ratings(rounds=1)))
    sizes = found.ratings.frame.groupby("rated").size()
    plain, harmonic = (found.number(v, 1) for v in (sizes.mean(), 1 / (1 / sizes).mean()))
    assert plain != harmonic
    said = points(found.summary())
    assert f"They had {plain} on average, so unevenly that it is worth {harmonic} each" in said
    for words in ("who happened to rate", "if others had rated"):
        assert words not in said
    table = ratings(raters=30, rounds=1).groupby("officer_id").head(6)
    assert "They had 6.0." in points(report(dataset(table)).summary())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_means_alone_nothing_is_said_of_single_ratings(root, language):
    """Of 43 judges there are means of ten items: no rating, no range, nobody who comes again."""
    found = report(root / "data/judges", language=language)
    page = " ".join(points(getattr(found, name)()) for name in
                    ("summary", "certainty", "answers_table", "funnel"))  # fmt: skip
    single, means = {
        "en": ("items of a rating", "Of a single rating this says nothing"),
        "zh": ("一次评价的", "单次评分如何，由此不得而知"),
    }[language]
    assert means in page
    assert single not in page
    for words in ("likely range", "可能范围", "come again", "have enough raters"):
        assert words not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_verdict_that_hangs_on_what_a_row_is_says_so_in_its_summary(root, language):
    """With every row the mean score of a business would do: the summary says it."""
    found = report(root / "data/restaurant_inspections", language=language)
    assert found.note in found.summary().points
    assert "84%" in found.note
    assert "恰好由谁来评" not in points(found.summary())


def test_what_silence_ceilings_and_stability_look_like(dataset):
    """The discontented answer less; two rounds of the same raters agree more than two officers."""
    found = report(dataset(ratings()), stability=True)
    shares = found.again["again"]
    assert shares.iloc[0] < shares.iloc[-1] - 0.1
    assert "Of ten called bottom in one round" in points(found.certainty())
    assert 0.3 < found.stable <= 1
    assert set(found.worth.split) >= {"rated", "rest", "one dimension"}
    assert sum(found.worth.split.values()) == pytest.approx(1)


def test_a_penalty_that_nobody_has_is_dropped_and_said(dataset):
    """And one that varies counts."""
    table = ratings()
    asked = {"composite": {"complaints": -2, "penalties": -5, "form": "count"}}
    idle = report(dataset(table.assign(penalties=0)), **asked)
    assert "same number of penalties" in points(idle.sample())
    assert "same number" not in points(report(dataset(table), **asked).sample())
    only = report(dataset(table.assign(penalties=0, complaints=1)), **asked)
    assert only.composite().kind == "notes"


def test_scoring_that_begins_before_its_start_is_said(dataset):
    """The day given and the first round are held against one another."""
    table = ratings()
    rows = {"region_code": ["990101"], "intervention": ["scoring"]}
    for day, early in (("2023-06-01", 1), ("2023-01-01", 0)):
        starts = pd.DataFrame(rows | {"started_on": [day]})
        folder = dataset(table, interventions=starts)
        tables = {"assessments", "interventions"}
        data, asked = read_dataset(folder, tables), PanelQuestion(intervention="scoring")
        assert early_regions(data, data.tables["assessments"], asked) == early


def few_by_round(table: pd.DataFrame) -> pd.DataFrame:
    """Nine officers, three of them in each of three rounds."""
    turn = 1 + table["officer_id"].str[-1].astype(int) % 3
    return table[(table["officer_id"] < "O0009") & (turn == table["period"].str[-1].astype(int))]


@pytest.mark.parametrize(
    ("change", "params", "words"),
    [
        (lambda t: t[t["officer_id"] < "O0004"], {}, "rated: are 4; at least 5 are needed"),
        (
            lambda t: t.groupby(["officer_id", "period"]).head(1),
            {},
            "raters: are 1.0 a rated on average; at least 2",
        ),
        (
            lambda t: t[t["period"] == "2023Q1"],
            {"stability": True},
            "stability: compares rounds, and there is 1",
        ),
        (lambda t: t.assign(**dict.fromkeys(DIMENSIONS, 9.0)), {}, "scores: are the same in every"),
        (lambda t: t, {"round": "2024Q1"}, "round: names '2024Q1'"),
        (lambda t: t, {"dimensions": ["atitude"]}, "Did you mean 'attitude'"),
        (lambda t: t, {"composite": {"complaint": -2}}, "composite, complaint: is not known"),
        (lambda t: t, {"composite": {"form": "sum"}}, "Write count or rate"),
        (lambda t: t, {"composite": {"complaints": "two"}}, "is no number of points"),
        (lambda t: t, {"case_mix": ["industry"]}, "case_mix: names 'industry'"),
        (lambda t: t, {"intervention": "scoring", "influenceable": ["fax"]}, "names 'fax'"),
        (
            lambda t: t,
            {"intervention": "s", "influenceable": ["phone", "online", "counter", "letter"]},
            "influenceable: names every channel",
        ),
        (
            few_by_round,
            {"composite": {"complaints": -2}},
            "composite, rated: are at most 3 in a round; at least 5",
        ),
        (lambda t: t, {"minimum_raters": 4}, "minimum_raters: input should be greater"),
    ],
)
def test_what_these_ratings_cannot_bear_is_refused_before_a_kernel(dataset, change, params, words):
    """By ``check``, with what would do."""
    folder = dataset(change(ratings()))
    kind = find("service_assessment")
    with pytest.raises(AnalysisError) as refused:
        kind.check(kind.params({"dataset": str(folder), **params}))
    assert words in str(refused.value)


def test_a_frame_without_raters_says_only_how_far_items_are_one(root):
    """Judges: no reliability at a number of raters, in neither language."""
    for language in ("en", "zh"):
        found = report(root / "data/judges", language=language)
        assert found.verdict_key == "no_raters"
        assert found.summary().number == "0.988"
        assert found.worth.raters == found.worth.needed == 0
        assert {getattr(found, n)().kind for n in ("split_figure", "funnel", "answers_table")} == {
            "notes"
        }


@pytest.mark.parametrize(("few", "more"), [(0, 0), (3, 0), (0, 7)])
def test_a_funnel_says_who_is_not_shown_where_somebody_is_not(dataset, few, more):
    """Those with too few raters, and those without room; not a word of nobody."""
    found = report(dataset(ratings()))
    vars(found)["points"] = replace(found.points, left_out=few, undrawn=more)
    caption = found.funnel().caption
    assert (f"too few raters: {few}." in caption) == bool(few)
    assert (f"lack of room: {more}." in caption) == bool(more)
    assert ("Not shown" in caption) == bool(few or more)


def test_a_point_is_shared_by_five_and_tells_neither_number_nor_score_nor_one_rating(dataset):
    """A thief knows everybody's number of raters, and all ratings of one officer but one.

    At any place across stand five or more, with the same errors: what is guessed of one's score
    from its place is hardly nearer than what is guessed of anybody's. Of the rating that the thief
    does not know, the moved score leaves more open than ratings differ by, even if the point were
    known.
    """
    found = report(dataset(ratings(officers=300, rounds=1)))
    table = found.funnel().to_frame()
    places_across = table.groupby("raters")
    assert places_across.size().min() >= 5
    assert ((table["high"] - table["low"]).groupby(table["raters"]).std() < 0.02).all()
    scores = found.ratings.scores().groupby("rated")["score"].agg(["mean", "size"])
    scores = scores[scores["size"] >= 5].sort_values(["size"], kind="stable")
    guess = places_across["score"].mean()
    nearest = np.abs(guess.index.to_numpy()[:, None] - scores["size"].to_numpy()).argmin(axis=0)
    error = guess.to_numpy()[nearest] - scores["mean"]
    assert np.sqrt((error**2).mean()) > 0.9 * scores["mean"].std()
    spread = found.ratings.scores().groupby("rated")["score"].std().mean()
    moved = np.sort(table["score"]) - np.sort(scores["mean"])
    assert np.abs(moved).max() < 1.96 * spread
    noise = _noise(pd.Series(np.arange(1, 20_001, dtype=np.uint64)), b"x" * 16)
    # The sum of n scores is known to n times the noise of their mean.
    left = np.sqrt(scores["size"].min()) * noise.std() * spread
    assert left > 0.9 * spread


def test_nothing_that_leaves_names_anybody(dataset):
    """Neither the owner's identifiers nor their hashes, on page, in alt text or download."""
    table = ratings()
    found = report(dataset(table), composite={"complaints": -2, "form": "rate"}, stability=True)
    text = json.dumps([getattr(found, name)().payload() for name in PLATES[:-1]])
    names = {*table["officer_id"], *table["enterprise_id"]}
    names |= {*found.ratings.frame["rated"], *found.ratings.frame["rater"]}
    assert not names & set(re.findall(r"\w+", text))
    end = found.end()
    assert {"officer_id", "enterprise_id"} <= {*end.seals, *end.shapes}
    assert "rated" not in json.dumps(end.results["headline"]["series"])


def test_points_stay_where_they_are_and_move_less_than_their_range():
    """The same ratings are the same points, in another order too; others are drawn anew."""
    rng = np.random.default_rng(3)
    scores = pd.DataFrame({"rated": np.repeat([f"P{i}" for i in range(40)], 9), "period": "2023"})
    scores["score"] = 8 + rng.normal(0, 0.3, 40)[pd.factorize(scores["rated"])[0]]
    scores["score"] += rng.normal(0, 1, len(scores))

    def drawn(frame: pd.DataFrame, salt: bytes = b"x" * 16):
        return points_of(frame, 0.09, 1.0, salt, Floors(5, 5), 0.95, np.random.default_rng(1))

    first = drawn(scores)
    again = drawn(scores.sample(frac=1, random_state=1))
    assert again.score == pytest.approx(first.score, abs=1e-12)
    assert np.abs(drawn(scores, b"y" * 16).score - first.score).max() > 0.01
    means = scores.groupby("rated")["score"].mean()
    free = np.abs(np.sort(first.score) - np.sort(means)).max()
    assert 0 < free <= MOST_MOVED / 3 + 0.05
    with pytest.raises(AnalysisError, match="at least 5 are needed"):
        drawn(scores[scores["rated"].isin(["P1", "P2", "P3"])])


def test_who_is_called_bottom_again_follows_reliability():
    """By chance one of ten, by certainty ten; in between as two correlated scores have it."""
    one = np.ones(1)
    assert again_bottom(0.0, one) == pytest.approx(0.1, abs=1e-3)
    assert again_bottom(1.0, one) == pytest.approx(1.0, abs=1e-3)
    rng = np.random.default_rng(1)
    skill = rng.normal(size=400_000) * np.sqrt(0.6)
    first, second = skill + rng.normal(0, np.sqrt(0.4), (2, skill.size))
    low = first < np.quantile(first, 0.1)
    again = (second[low] < np.quantile(second, 0.1)).mean()
    assert again_bottom(0.6, one) == pytest.approx(again, abs=0.01)


def test_those_with_few_raters_are_called_bottom_most_often():
    """Half with 2 raters, half with 30: more would be again than by their reliability alone."""
    rng, raters = np.random.default_rng(1), np.tile([2, 30], 200_000)
    skill = rng.normal(0, np.sqrt(0.2), raters.size)
    first, second = skill + rng.normal(0, np.sqrt(0.8 / raters), (2, raters.size))
    low = first < np.quantile(first, 0.1)
    again = (second[low] < np.quantile(second, 0.1)).mean()
    assert again_bottom(0.2, raters) == pytest.approx(again, abs=0.01)
    assert again_bottom(0.2, np.full(1, 1 / (1 / raters).mean())) < again - 0.04


def of_counties(
    seed: int, skill: float, counties: int = 30, officers: int = 4, raters: int = 12
) -> pd.DataFrame:
    """Officers of counties whose raters are stricter than those of others, by a spread of .6."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(counties * officers), raters)
    strict, own = rng.normal(0, 0.6, counties), rng.normal(0, 1, counties * officers) * skill
    felt = strict[who // officers] + own[who] + rng.normal(0, 0.6, who.size)
    points = 7 + felt + rng.normal(0, 0.3, (5, who.size))
    frame = pd.DataFrame(dict(zip(DIMENSIONS, points.clip(0, 10).round(1), strict=True)))
    frame["officer_id"] = [f"O{one:04d}" for one in who]
    frame["enterprise_id"] = [f"E{one:05d}" for one in range(who.size)]
    frame["region_code"] = [f"9901{one:02d}" for one in 1 + who // officers]
    events = {"complaints": rng.poisson(0.5, who.size), "penalties": rng.poisson(0.1, who.size)}
    return frame.assign(**events, period="2023Q1", score=30.0)


def county_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The regions of a table."""
    codes = sorted(table["region_code"].unique())
    names = {"region_code": codes, "name_en": codes, "name_zh": codes}
    return pd.DataFrame(names).assign(level="county")


@pytest.mark.parametrize("skill", [0.0, 0.25])
def test_strict_raters_of_a_county_are_not_its_officers_own(dataset, skill):
    """30 counties of four officers: what lies between counties is named, and counts for nobody.

    Without skill all 60 worlds of the kind were *reliable* before, at .87. With a spread of .25
    of officers a mean of twelve holds .66 of them (raters .36 + .018 of a mean over items).
    """
    table = of_counties(1, skill)
    found = report(dataset(table, regions=county_rows(table)))
    truth = skill**2 / (skill**2 + 0.378 / 12)
    assert found.verdict_key == "unreliable"
    assert found.worth.mean.low <= truth <= found.worth.mean.high
    assert found.worth.mean.value == pytest.approx(truth, abs=0.15)
    place = 0.36 / (0.36 + skill**2 + 0.378 / 12)
    assert found.worth.beyond == pytest.approx(place, abs=0.12)
    said = points(found.summary())
    assert "Scores do not tell officers of one county apart" in said
    assert f"{found.numbers['beyond']} lie between counties: that may be the place" in said
    assert "leaves out one county at a time" in points(found.certainty())
    assert found.worth.split["region"] > 0.2
    own = next(one["own"] for one in report(
        dataset(table, regions=county_rows(table)), composite={"complaints": -2}
    ).designs if one["name"] == "ratings")  # fmt: skip
    assert own == pytest.approx(found.worth.mean.value, abs=0.02)
    # Points stand beside others of their county: hardly any lies beyond chance for that of it.
    drawn = found.points
    outside = np.abs(drawn.score - drawn.middle) > drawn.margin(0.95, drawn.raters)
    assert outside.mean() < (0.15 if not skill else 0.7)
    assert "mean of every county were the same" in found.funnel().caption


def test_officers_who_follow_one_another_in_a_county_are_alone_in_it(dataset):
    """Two officers a county, each in a round of their own: nobody stands beside another."""
    table = of_counties(4, 0.3, counties=20, officers=2)
    odd = table["officer_id"].str[-1].astype(int) % 2 == 1
    table = table.assign(period=np.where(odd, "2023Q1", "2023Q2"))
    assert report(dataset(table, regions=county_rows(table))).ratings.place == "bound"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_officers_who_are_alone_in_their_county_are_not_told_apart_from_it(dataset, language):
    """One officer a county: what would be reliable is the officer's or the place's, and unclear."""
    table = of_counties(2, 0.0, counties=60, officers=1)
    found = report(dataset(table, regions=county_rows(table)), language=language)
    assert found.worth.mean.low > 0.8
    assert found.verdict_key == "unclear"
    said = points(found.summary())
    words = {
        "en": ("apart, or only their places, cannot be told", "Hardly two officers are in one"),
        "zh": ("还是其所在地方，无法判断", "几乎没有两个被评对象"),
    }[language]
    assert all(part in said for part in words)
    assert "their own**" not in said


def test_a_ready_frame_says_where_the_rated_work_or_is_not_relied_on(tmp_path):
    """The same scores without a region, with one for all, and with their own."""
    (tmp_path / "dataset.yml").write_text(DATASET + "frames: {ratings: r.csv}\n", encoding="utf-8")
    table = of_counties(3, 0.0)
    rows = pd.DataFrame({"rated": table["officer_id"], "rater": table["enterprise_id"]})
    rows["score"] = table[[*DIMENSIONS]].mean(axis=1)
    answers = {}
    for name, region in {"none": None, "one": "a", "own": table["region_code"]}.items():
        given = rows if region is None else rows.assign(region=region)
        given.to_csv(tmp_path / "r.csv", index=False)
        found = report(tmp_path)
        said = "The data do not say in which" in points(found.summary())
        answers[name] = (found.verdict_key, said)
    assert answers == {
        "none": ("unclear", True),
        "one": ("reliable", False),
        "own": ("unreliable", False),
    }


def between(low: float | None, high: float | None) -> Estimate:
    """A difference of records by the way they came."""
    return Estimate("between", 0.0, None, low, high)


@pytest.mark.parametrize(
    ("found", "side"),
    [
        (between(-0.3, -0.1), "less"),
        (between(0.19, 0.286), "more"),
        (between(-0.1, 0.1), "same"),
        (between(None, None), "unknown"),
        (None, "unknown"),
    ],
)
def test_records_beside_the_others_are_fewer_more_alike_or_not_compared(found, side):
    """Four cases, each with a sentence of its own; only *same* says that chance would do."""
    assert _side(found) == side
    assert ("chance would not explain" in RECORD_WORDS[side]) == (side == "same")
    assert len(set(RECORD_WORDS.values())) == 4


def test_records_are_named_by_the_channels_asked_for(root):
    """In the province, where platforms are asked for: they are named, and no truth is held."""
    asked = {"intervention": "reverse_assessment", "influenceable": ["online"]}
    found = report(root / "data/simulated/province", **asked)
    assert found.routes["between"].headline.low > 0
    said = points(found.summary())
    assert "complaints on the platform, which officers record themselves" in said
    assert "no sign that officers record fewer" in said
    figure = found.records()
    assert "On the platform" in figure.title
    assert "by telephone, in person and by letter" in figure.title
    assert found.truth().kind == "notes"


@pytest.mark.parametrize("officers", [5, 8, 9, 11])
def test_of_few_officers_one_is_called_bottom(dataset, officers):
    """One of eight is: the lowest tenth is not nobody, and what is put together is compared."""
    table = ratings(officers=officers, share=0.9, raters=12)
    composite = {"complaints": -2, "penalties": -5, "form": "count"}
    found = report(dataset(table), stability=True, composite=composite)
    assert found.stable > 0
    assert "Of ten called bottom in one round, 0.0" not in points(found.certainty())
    assert all(0 <= one["same"] <= 1 for one in found.designs)
    assert found.composite().kind == "table"


def test_who_was_in_no_next_round_is_not_said_to_be_bottom_again(dataset):
    """The lowest of each round leave: nothing is known of them, and nothing is said."""
    table = ratings(officers=8, share=0.9, raters=12, rounds=2)
    lowest = table.groupby(["period", "officer_id"])[[*DIMENSIONS]].mean().mean(axis=1)
    gone = lowest["2023Q1"].idxmin()
    kept = table[(table["officer_id"] != gone) | (table["period"] == "2023Q1")]
    found = report(dataset(kept), stability=True)
    assert found.stable is None
    assert "called bottom in one round" not in points(found.certainty())


def test_items_that_go_together_in_part_are_not_nearly_the_same(dataset):
    """Correlations of about .5 make an alpha of .83 of five items: no one impression."""
    rng, table = np.random.default_rng(3), ratings(rounds=1)
    common = rng.normal(0, 1, (len(table), 1))
    mixed = 6 + 1.2 * np.sqrt(0.5) * (common + rng.normal(0, 1, (len(table), 5)))
    skill = 0.5 * rng.normal(0, 1, 60)[pd.factorize(table["officer_id"])[0]][:, None]
    loose = table.assign(**dict(zip(DIMENSIONS, (mixed + skill).clip(0, 10).T, strict=True)))
    found = report(dataset(loose))
    assert found.worth.halo[0] > 0.8
    assert found.worth.halo[1] < 0.6
    assert "items of a rating differ from one another: any two" in points(found.summary())
    assert "say nearly the same" in points(report(dataset(table)).summary())


def test_one_enterprise_one_rating_and_one_county_are_singular(dataset):
    """No "1 enterprises each", no "1 ratings", no "In 1 counties"."""
    found = report(dataset(ratings(share=0.95, raters=8, rounds=1)))
    assert found.numbers["needed"] == "1"
    assert "would take about 1 enterprise each" in points(found.summary())
    object.__setattr__(found.subject, "ratings", replace(found.ratings, early=1, dropped=1))
    assert "is missing: 1 rating." in points(found.sample())
    assert "In one county scoring began" in points(found.sample())


def test_shrunken_scores_are_nearer_and_their_places_hold_the_true_ones():
    """300 of the rated with known skill: nine in ten places within their ranges, at 95 %."""
    rng = np.random.default_rng(2)
    skill, error = rng.normal(0, 0.5, 300), rng.uniform(0.1, 0.5, 300)
    score = skill + rng.normal(0, np.sqrt(error))
    near, wrong = shrunken(score, error, 0.25)
    assert ((near - skill) ** 2).mean() < 0.8 * ((score - skill) ** 2).mean()
    assert np.mean(np.abs(near - skill) < 1.96 * wrong) > 0.92
    assert 0.3 < np.median(places(near, wrong, 0.95, rng)) < 0.9


def test_points_counted_over_all_fall_on_those_who_serve_many():
    """By enterprise they do not; expected ones are taken off."""
    rng = np.random.default_rng(4)
    who = np.repeat(np.arange(80), rng.integers(4, 40, 80))
    frame = pd.DataFrame({"rated": who, "period": "2023", "a": rng.normal(8, 1, who.size)})
    frame["complaints"] = rng.poisson(1.0, who.size)
    frame["expected_complaints"] = 1.0
    found = {one["name"]: one for one in composites(frame, ["a"], {"complaints": -2.0})}
    assert found["count"]["size"] < -0.8
    assert abs(found["rate"]["size"]) < 0.3
    assert found["count"]["own"] is None
    assert found["adjusted"]["own"] == pytest.approx(found["rate"]["own"])
    assert found["ratings"]["same"] == 1
