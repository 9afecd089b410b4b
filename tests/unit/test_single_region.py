"""One region alone: what is claimed and refused, in both languages, from protected counts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
import yaml

from analysis.disclosure.store import store_of
from analysis.errors import AnalysisError, DesignError
from analysis.page.shared.certainty import GRADED_WORDS
from analysis.page.wording import STRONG
from analysis.reports.single_region import sentences
from analysis.reports.single_region.plates import SingleRegion
from worlds import make_panel

DATASET = """
title: {en: Made up for a test, zh: 测试用数据}
status: simulated
licence: {en: none, zh: 无}
origin: {en: made up, zh: 虚构}
region_word: {en: county, en_plural: counties, zh: 县}
words:
  calls: {en: recorded call, en_plural: recorded calls, zh: 登记来电}
  score: {en: score, en_plural: scores, zh: 得分, unit: {en: point, en_plural: points, zh: 分}}
  advice: {en: advice, zh: 指导}
"""
START = 14


def courses(effect: float, donors: int = 24, periods: int = 24, seed: int = 5) -> np.ndarray:
    """Counts around 400 that share their shocks; the first region changes from the start on."""
    rng = np.random.default_rng(seed)
    shock = rng.normal(0, 0.1, (2, periods)).cumsum(axis=1)
    level = rng.normal(6, 0.3, (donors + 1, 1)) + rng.uniform(0.2, 1, (donors + 1, 2)) @ shock
    level[0] = level[1:4].mean(axis=0)
    level[0, START - 1 :] += effect
    return rng.poisson(np.exp(level)).astype(float)


def write(folder: Path, values: np.ndarray, level: bool = False, acting: int = 1) -> Path:
    """A folder of tables; the first regions begin in the period ``START``."""
    panel = make_panel(values, np.where(np.arange(len(values)) < acting, START, 0))
    # 990000 would be the province of all others, which then act with it.
    codes = {code: f"{990101 + place}" for place, code in enumerate(panel.regions)}
    names = pd.DataFrame({"region_code": [*codes.values()], "level": "county"})
    names["name_en"], names["name_zh"] = (
        "County " + names["region_code"],
        "县" + names["region_code"],
    )
    rows = panel.frame.assign(
        region_code=panel.frame["region"].map(codes),
        period=[panel.label(period) for period in panel.frame["period"]],
        outcome="score" if level else "calls",
        **{"value" if level else "count": panel.frame["count"]},
    )
    measured = "value" if level else "count"
    rows[measured] = rows["count"] / 10 if level else rows["count"].astype(int)
    outcomes = rows[["region_code", "period", "outcome", measured]]
    year, quarter = divmod(START - 1, 4)
    day = f"{2001 + year}-{3 * quarter + 1:02d}-01"
    starts = [{"region_code": code, "intervention": "advice", "started_on": day}
              for code in [*codes.values()][:acting]]  # fmt: skip
    tables = {"regions": names, "outcomes": outcomes, "interventions": pd.DataFrame(starts)}
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    about = yaml.safe_load(DATASET) | (
        {"disclosure": "public", "printed": {"address": "a test", "date": "2020-01-01"}}
        if level
        else {}
    )
    (folder / "dataset.yml").write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    return folder


def report(folder: Path, **params) -> SingleRegion:
    """The report on a folder, as a notebook reads it."""
    given = {"dataset": str(folder), "intervention": "advice", "outcome": "calls"}
    return SingleRegion.read({**given, "period": "quarter", **params})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A fall by a third, a rise by as much, nothing, the same as levels, and a short time."""
    root = tmp_path_factory.mktemp("single")
    made = {"fell": courses(-0.4), "rose": courses(0.4), "none": courses(0.0)}
    found = {name: write(root / name, values) for name, values in made.items()}
    found |= {
        f"{n} level": write(root / f"{n} level", made[n], level=True) for n in ("fell", "rose")
    }
    return found


KEYS = {
    "fell": ("fewer_low", "Fewer recorded calls", "水平下降"),
    "rose": ("more_low", "More recorded calls", "水平上升"),
    "none": ("cannot_tell", "We cannot tell what advice did", "无法判断指导"),
    "fell level": ("lower_low", "points lower", "分"),
    "rose level": ("higher_low", "points higher", "分"),
}


@pytest.mark.parametrize("world", KEYS)
def test_every_answer_says_what_its_numbers_say_in_both_languages(folders, world):
    """Direction, value and range as in the table; the same facts; every plate is made."""
    key, english, chinese = KEYS[world]
    outcome = {"outcome": "score"} if "level" in world else {}
    en, zh = (report(folders[world], language=tongue, **outcome) for tongue in ("en", "zh"))
    assert en.verdict_key == zh.verdict_key == key
    assert en.facts() == zh.facts()
    for found, words in ((en, english), (zh, chinese)):
        first = found.summary().points[0]
        assert first.startswith(STRONG)
        assert words in first
        assert found.numbers["value"] in first
        assert found.numbers["likely"] in first
        row = found.ways().to_frame().iloc[0]
        assert row["way"] == "synthetic_difference"
        estimate = found.result.headline
        shown = np.expm1(estimate.value) if found.counted else estimate.value
        assert row["value"] == pytest.approx(shown, abs=1e-6)
        side = {"f": -1, "r": 1, "n": 0}[world[0]]
        assert found.claimed == side
        assert (side == 0) == (row["low"] <= 0 <= row["high"])
        assert (side == 0) == (found.facts()["p_value"] >= 0.05)
    assert GRADED_WORDS[key] == en.summary().verdict_words
    for name in ("paths", "gaps", "ranks", "weights", "leave_one_out", "series", "certainty"):
        assert getattr(zh, name)().plain_text()


def test_a_direction_needs_both_estimates(folders):
    """Where the region's own course does not bear it out, none is claimed, and it says why."""
    found = report(folders["fell"])
    assert found.claimed == -1
    controlled = found.controlled
    for turned in (0.0, -1.0):
        own = controlled.headline
        value = turned * own.value
        other = dataclasses.replace(own, value=value, low=value - 0.01, high=value + 0.01)
        vars(found)["controlled"] = dataclasses.replace(controlled, estimates=(other,))
        vars(found).pop("verdict", None)
        assert found.claimed == 0
        assert found.facts()["p_value"] == 1
        assert found.verdict_key == "cannot_tell"
        assert any("does not bear it out" in point for point in found.summary().points)


def test_ranks_gaps_and_weights_are_those_of_the_result(folders):
    """First of all that can be followed as closely; shades hold all of these; weights add up."""
    found = report(folders["fell"])
    detail = found.check("placebo_rank").detail
    assert detail["rank"] == 1
    assert detail["among"] < 25
    assert f"1 in {detail['among']}" in found.gaps().title
    ranks = found.ranks().to_frame()
    assert ranks["name"].iloc[0] == "990101"
    assert ranks["other"].is_monotonic_decreasing
    fan = found.gaps().to_frame()
    assert (fan["all_low"] <= fan["half_low"]).all()
    assert (fan["half_high"] <= fan["all_high"]).all()
    assert found.weights().to_frame()["value"].sum() == pytest.approx(1, abs=0.02)
    without = found.leave_one_out().to_frame()
    assert without["name"].iloc[0] == "all"


def test_all_that_is_said_is_worked_out_from_protected_counts(folders):
    """The panel is that of the store, in every cell, and no count is as recorded throughout."""
    found = report(folders["fell"])
    shown = store_of(found.data, "calls").levels["quarter"].shown
    panel = found.subject.panel
    assert np.array_equal(panel.matrix("count"), shown.reindex(list(panel.regions)).to_numpy())
    recorded = pd.read_csv(found.data.folder / "outcomes.csv")["count"].to_numpy()
    assert (recorded != shown.to_numpy().ravel()).any()
    own = panel.matrix("count")[panel.regions.index("990101")]
    assert np.array_equal(found.course["value"], own)


def test_small_counts_leave_a_gap_in_every_path(tmp_path):
    """A quarter with seven calls is drawn in no figure of the county."""
    values = courses(-0.4)
    values[0, 2] = 7
    found = report(write(tmp_path / "small", values), fit_limit=1.0)
    for figure in (found.paths(), found.gaps(), found.series()):
        row = figure.to_frame().iloc[2]
        assert pd.isna(row["early"])


def test_the_plain_comparison_is_that_of_statsmodels(folders):
    """Least squares with dummies on the frame a researcher sees, to the last digit."""
    found = report(folders["fell"])
    frame = found.frame.assign(
        y=np.log(found.frame["count"]),
        d=found.frame["first_treated"].between(1, found.frame["period"]) * 1.0,
    )
    plain = smf.ols("y ~ d + C(region) + C(period)", frame).fit().params["d"]
    assert found.agree("plain", plain).title == "Plain statsmodels gives the same digits"


def test_a_short_time_before_is_said_and_nothing_is_matched(tmp_path):
    """Six periods before: the plain comparison with its rank, and no direction, ever."""
    folder = write(tmp_path / "short", courses(-1.0))
    found = report(folder, window=[6, 12])
    assert found.verdict_key == "too_short"
    assert "6 periods before the start" in found.summary().points[0]
    assert found.weights().points[0].startswith("Nothing was matched")
    assert "No interrupted series" in found.series().points[0]
    assert [way.key for way in found.every] == ["plain"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_said_of_a_limit_where_none_was_set(folders, tmp_path, language):
    """Where nothing was matched all are ranked; where something was, those followed as closely."""
    short = report(write(tmp_path / "short", courses(-1.0)), window=[6, 12], language=language)
    words = {
        "en": ("as closely", "Refused"),
        "zh": ("能够同样贴近", "不予估计"),
    }
    points = (*short.summary().points, *short.certainty().points)
    said = " ".join((*points, short.gaps().caption, short.ranks().caption))
    assert not [one for one in words[language] if one in said]
    matched = report(folders["fell"], language=language)
    assert words[language][0] in " ".join(matched.summary().points)
    assert any(words[language][1] in point for point in matched.certainty().points)
    assert words[language][0] in matched.ranks().caption
    for found in (short, matched):
        rank = sentences._rare(found)
        assert {"en": "from a course of its own", "zh": "自己的走势"}[language] in rank


def test_with_few_donors_and_periods_there_is_a_rank_and_no_range(tmp_path):
    """Six donors, fifteen periods: as rare as r in n, and why no direction is claimed."""
    folder = write(tmp_path / "few", courses(-0.5, donors=6))
    found = report(folder, window=[12, 3], fit_limit=1.0)
    assert found.result.options["inference"] == "rank"
    assert found.verdict_key == "cannot_tell"
    assert found.facts()["p_value"] is None
    assert "no range can be given" in found.summary().points[0]
    assert found.check("placebo_rank").value >= 1 / 7
    assert found.what_if().points


def test_bad_questions_are_refused_before_a_kernel_with_all_that_is_wrong(folders, tmp_path):
    """Names, too few or acting donors, several who acted, nobody alike, a window that is none."""
    with pytest.raises(AnalysisError) as refused:
        report(folders["fell"], treated_region="99", donors=["98"], predictors=["size"])
    said = str(refused.value)
    assert "treated_region: names '99'" in said
    assert "donors: names '98'" in said
    assert "predictors: names 'size'" in said
    four = [f"99010{k}" for k in range(2, 6)]
    with pytest.raises(DesignError, match="untreated regions: are 4; at least 5"):
        report(folders["fell"], donors=four)
    with pytest.raises(DesignError, match="did not stay without the intervention"):
        report(folders["fell"], donors=[*four, "990101"])
    with pytest.raises(DesignError, match="which did not begin within these data"):
        report(folders["fell"], treated_region="990104")
    two = write(tmp_path / "two", courses(0.0), acting=2)
    with pytest.raises(DesignError, match="is not given, and 2 regions began"):
        report(two)
    either = report(two, treated_region="990102", fit_limit=1.0)
    assert (either.name, len(either.subject.panel.regions)) == ("County 990102", 24)
    with pytest.raises(AnalysisError, match="window is two numbers"):
        report(folders["fell"], window=[3])
    values = courses(0.0)
    values[0, ::2] *= 2
    with pytest.raises(DesignError, match="cannot be matched"):
        report(write(tmp_path / "unlike", values))


def test_what_a_region_could_show_follows_from_its_records(folders):
    """Fewer records, a larger fall; of its own size the one that the summary names."""
    found = report(folders["fell"], what_if=[200, 400, 1000])
    falls = found.what_if().to_frame()["fall"]
    assert falls.is_monotonic_increasing
    assert falls.notna().all()
    before = found.course[found.course["after"] == 0]["value"]
    own = found.subject.panel.per_year / float((1 / before).mean())
    assert found.detectable(own) == pytest.approx(found.detectable())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_would_leave_periods_without_a_record_is_not_promised(folders, language):
    """Five a period at first: no fall is named, and why; a table without any says so."""
    both, few = (report(folders["fell"], language=language, what_if=n) for n in ([20, 1000], [20]))
    falls = both.what_if().to_frame()["fall"]
    assert falls.isna().tolist() == [True, False]
    assert "1,000" in both.what_if().title or "1000" in both.what_if().title
    assert {"en": "cannot be told", "zh": "无法判断"}[language] in both.what_if().caption
    assert {"en": "cannot be told", "zh": "无法判断"}[language] in few.what_if().title


def test_a_fall_that_would_be_found_is_one_that_both_looks_find(folders):
    """A less sure second look makes it larger; without one nothing could be claimed at all."""
    found = report(folders["fell"])
    plain, controlled = found.detectable(), found.controlled
    error = found.result.headline.standard_error
    assert plain > (2 + 0.85) * error
    own = controlled.headline
    unsure = dataclasses.replace(own, standard_error=10 * own.standard_error)
    vars(found)["controlled"] = dataclasses.replace(controlled, estimates=(unsure,))
    assert found.detectable() > 17 * own.standard_error
    vars(found)["controlled"] = None
    assert found.detectable() is None
    assert found.power_sentence() == ""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("world", ["fell level", "rose level"])
def test_ranges_of_levels_are_words_in_sentences(folders, world, language):
    """Lower and higher, without a sign; the table keeps signs."""
    found = report(folders[world], outcome="score", language=language)
    texts = [*found.summary().points, found.summary().range_words, found.ways().title]
    assert not [text for text in texts if any(sign in text for sign in "+−")]
    word = {"en": ("lower", "higher"), "zh": ("低", "高")}[language][world.startswith("rose")]
    assert word in found.numbers["likely"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_others_that_acted_are_counted_and_not_said_to_be_missing(tmp_path, language):
    """Three that acted, one looked at: two are named as left out; of one alone none."""
    three = report(
        write(tmp_path / "three", courses(0.0), acting=3),
        treated_region="990102",
        fit_limit=1.0,
        language=language,
    )
    alone = report(write(tmp_path / "one", courses(0.0)), fit_limit=1.0, language=language)
    words = {"en": "2 other counties", "zh": "另有2个县"}[language]
    assert three.subject.acted == 2
    assert any(words in point for point in three.sample().points)
    act = {"en": "the same gap where other counties act", "zh": "其他县实施后出现同样的差距"}[
        language
    ]
    assert not any(act in point for point in three.certainty().points)
    assert any(act in point for point in alone.certainty().points)
    assert not any(
        "0" in p and ("acted as well" in p or "另有" in p) for p in alone.sample().points
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_gap_is_rare_beside_the_one_before_not_by_itself(folders, monkeypatch, language):
    """None, one and several of the others, each with its own verb, and never of the gap alone."""
    found = report(folders["fell"], language=language)
    said = {1: ("none of", "没有一个"), 2: ("one of the other", "有1个"), 5: ("4 of the", "有4个")}
    check = found.check("placebo_rank")
    for rank, words in said.items():
        ranked = dataclasses.replace(check, detail={**check.detail, "rank": rank})
        monkeypatch.setattr(found, "check", lambda *_, ranked=ranked: ranked)
        text = sentences._rare(found)
        assert words[language == "zh"] in text
        assert {"en": "before the start", "zh": "与启动之前的差距相比"}[language] in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_paths_say_what_they_count_and_sizes_what_is_found(folders, language):
    """The unit stands in the caption; without other sizes the block says what this one shows."""
    counts = report(folders["fell"], language=language)
    level = report(folders["fell level"], outcome="score", language=language)
    for found, unit in ((counts, {"en": "Recorded calls", "zh": "登记来电"}),
                        (level, {"en": "(points)", "zh": "（分）"})):  # fmt: skip
        for figure in (found.paths(), found.series()):
            assert unit[language].lower() in figure.caption.lower()
        (point,) = found.what_if().points
        assert {"en": "four cases out of five", "zh": "五次中约有四次"}[language] in point
        assert point in found.summary().points
    asked = report(folders["fell"], language=language, what_if=[40, 1000])
    title = asked.what_if().title
    assert {"en": "four of five cases", "zh": "五次中约有四次"}[language] in title
    assert not any(word in title for word in ("only", "才看得出"))
