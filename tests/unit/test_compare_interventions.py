"""The report that compares interventions: what it reads, refuses, and says where it cannot tell."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.page.plates import Notes
from analysis.page.wording import STRONG
from analysis.reports.compare_interventions.plates import CompareInterventions
from analysis.simulated.interventions import JointWorld, draw

DATASET = """
title: {en: Made up for a test, zh: 测试用数据}
status: simulated
licence: {en: none, zh: 无}
origin: {en: made up, zh: 虚构}
region_word: {en: county, en_plural: counties, zh: 县}
words:
  calls: {en: call, en_plural: calls, zh: 来电}
  advice: {en: advice, zh: 指导}
  review: {en: review, zh: 审查}
  notice: {en: notice, zh: 公告}
"""
NAMES = ("advice", "review", "notice")


@pytest.fixture
def dataset(tmp_path, root):
    """A folder of tables made from one draw of a simulated world."""

    def write(world: JointWorld, seed: int = 3) -> Path:
        joint = draw(world, np.random.default_rng(seed)).joint
        counties, periods = joint.either.values.shape
        codes = [f"99{i // 40:02d}{i % 40 + 1:02d}" for i in range(counties)]
        labels = [f"{2019 + t // 4}Q{t % 4 + 1}" for t in range(periods)]
        names = [f"County {code}" for code in codes]
        regions = pd.DataFrame(
            {"region_code": codes, "name_en": names, "name_zh": names, "level": "county"}
        )
        outcomes = pd.DataFrame(
            {
                "region_code": np.repeat(codes, periods),
                "period": np.tile(labels, counties),
                "outcome": "calls",
                "count": joint.either.values.ravel().astype(int),
            }
        )
        starts = [
            (
                codes[i],
                NAMES[k],
                f"{labels[start - 1][:4]}-{3 * int(labels[start - 1][-1]) - 2:02d}-01",
            )
            for k, own in enumerate(joint.starts)
            for i, start in enumerate(own)
            if start
        ]
        interventions = pd.DataFrame(starts, columns=["region_code", "intervention", "started_on"])
        tables = {"regions": regions, "outcomes": outcomes, "interventions": interventions}
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        (tmp_path / "dataset.yml").write_text(DATASET, encoding="utf-8")
        return tmp_path

    return write


def report(folder: Path, **params) -> CompareInterventions:
    """The report on a folder, as a notebook reads it."""
    given = {"dataset": str(folder), "outcome": "calls", "exposure": "", **params}
    return CompareInterventions.read(given)


def test_a_larger_effect_is_told_and_both_languages_agree(dataset):
    """A tenth against a third, in 90 counties: who did more, with a range on that side."""
    folder = dataset(JointWorld(counties=90, effects=(-0.45, -0.05), spread=0.0))
    english, chinese = (report(folder, language=language) for language in ("en", "zh"))
    assert english.verdict_key == "one_did_more"
    assert english.facts() == chinese.facts()
    assert (
        english.summary().points[0].startswith(f"{STRONG}Advice went with fewer calls than review")
    )
    assert "指导" in chinese.summary().points[0]
    (row,) = english.pairs().to_frame().to_dict("records")
    assert row["pair"] == "advice - review"
    assert row["value"] < row["high"] < 0


def test_interventions_that_are_alike_are_not_ranked(dataset):
    """The answer says that it cannot tell, and what difference it would have found."""
    found = report(dataset(JointWorld(counties=60, effects=(-0.2, -0.2))))
    assert found.verdict_key == "none_stands"
    points = " ".join(found.summary().points)
    assert "We cannot tell which of the 2 interventions did more" in points
    assert "would be found in four cases out of five" in points


def test_everything_that_is_wrong_is_said_before_a_kernel_starts(dataset):
    """Names that are not there, a single intervention, and who has too few adopters."""
    folder = dataset(JointWorld(counties=60))
    with pytest.raises(AnalysisError) as refused:
        report(folder, interventions=["advise"], by="typ", regions_of="nobody")
    said = str(refused.value)
    assert "Did you mean 'advice'" in said
    assert "by: names 'typ'" in said
    assert "regions_of: names 'nobody'" in said
    with pytest.raises(AnalysisError, match="at least 2 are compared"):
        report(folder, interventions=["advice"])
    few = dataset(JointWorld(counties=40, adopters=4))
    with pytest.raises(AnalysisError, match="are 4; at least 5 are needed"):
        report(few, interventions=["advice", "review"])


def test_an_intervention_that_few_begin_is_left_out_and_named(dataset):
    """Of three the one with three adopters; its counties leave as well."""
    folder = dataset(JointWorld(counties=60, effects=(-0.2, -0.1, 0.0)))
    file = folder / "interventions.csv"
    rows = pd.read_csv(file, dtype=str)
    third = rows["intervention"] == "notice"
    rows[~third | (third.cumsum() <= 3)].to_csv(file, index=False)
    found = report(folder)
    assert found.panel.interventions == ("advice", "review")
    assert found.panel.dropped == {"other_intervention": 3}
    assert any("notice" in point for point in found.sample().points)


def test_after_an_end_nothing_is_read_and_pairs_asked_for_are_the_family(dataset):
    """Cells after an end tell of neither time; one pair of three is compared at its own level."""
    folder = dataset(JointWorld(counties=80, effects=(-0.3, -0.1, 0.0)))
    file = folder / "interventions.csv"
    rows = pd.read_csv(file, dtype=str)
    rows["ended_on"] = ""
    rows.loc[0, "ended_on"] = "2022-12-31"
    rows.to_csv(file, index=False)
    found = report(folder, contrasts=[["notice", "advice"]])
    ended = found.panel.frame.query("region == @rows.region_code[0]")
    assert ended["period"].max() == 16
    assert len(found.panel.frame) == 80 * 20 - 4
    (pair,) = found.exact.series["contrasts"]
    assert {pair["first"], pair["second"]} == {"advice", "notice"}
    assert pair["p_value"] == pytest.approx(found.contrasts[0].look.p_value)


def test_what_an_intervention_did_before_the_panel_leaves_its_county_out(dataset):
    """A start in the first period tells nothing of the time before."""
    folder = dataset(JointWorld(counties=60))
    file = folder / "interventions.csv"
    rows = pd.read_csv(file, dtype=str)
    rows.loc[0, "started_on"] = "2018-05-01"
    rows.to_csv(file, index=False)
    assert report(folder).panel.dropped == {"treated_from_the_start": 1}
    shutil.rmtree(folder)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_none_of_which_a_change_is_told_are_not_said_to_have_changed_nothing(dataset, language):
    """A world in which every intervention does something, and too few counties show it."""
    found = report(dataset(JointWorld(counties=40, effects=(-0.08, -0.08))), language=language)
    if any(finding.verdict.claims for finding in found.findings):
        pytest.fail("the world is one in which no change is told")
    summary, title = found.summary(), found.forest().title
    none = {"en": "none of 2", "zh": "2项措施中没有一项"}[language]
    assert summary.number == {"en": "none of 2 interventions", "zh": none}[language]
    assert {"en": "not to say that nothing changed", "zh": "不等于没有变化"}[
        language
    ] in summary.number_words
    assert found.evidence().title != title
    for text in (title, found.forest().alt):
        assert {"en": "For none of 2", "zh": "没有一项"}[language] in text
        assert "0" not in text.replace("10", "").replace("20", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_difference_is_no_fall_and_its_doubts_are_those_of_both(dataset, language):
    """Two at one time: fewer under one, not fallen; the limits name what lowers either."""
    folder = dataset(JointWorld(counties=90, effects=(-0.45, -0.05), spread=0.0))
    found = report(folder, language=language)
    one = found.findings[0]
    doubted = dataclasses.replace(one.verdict, lowered=("reporting",))
    answer = dataclasses.replace(
        found.answer, findings=(dataclasses.replace(one, verdict=doubted), *found.findings[1:])
    )
    vars(found)["answer"] = answer
    summary = found.summary()
    fewer = {"en": "fewer", "zh": "少"}[language]
    assert fewer in summary.number
    assert not any(word in summary.number for word in ("下降", "−"))
    assert summary.number_unit == {"en": "advice against review", "zh": "指导与审查相比"}[language]
    assert summary.number in summary.points[0]
    why = {"en": "Advice: who complains, how, or with what end", "zh": "指导：投诉人"}[language]
    assert any(why in text for text in summary.limits), summary.limits


def test_the_largest_share_of_an_overlap_is_of_the_rarer_of_two(dataset):
    """Counted by hand from the starts: never what share had any other."""
    found = report(dataset(JointWorld(counties=80, effects=(-0.3, -0.1, 0.0))))
    rows = pd.read_csv(found.data.folder / "interventions.csv", dtype=str)
    had = {name: set(own["region_code"]) for name, own in rows.groupby("intervention")}
    pairs = [(had[a], had[b]) for a in NAMES for b in NAMES if a < b]
    most = max(len(a & b) / min(len(a), len(b)) for a, b in pairs)
    assert (
        f"up to {most:.0%} of the adopters of the rarer one had the other" in found.overlap().title
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tiles_and_funnel_say_what_they_show(dataset, language):
    """The funnel names its axes; neither repeats the words of the other."""
    found = report(dataset(JointWorld(counties=90, effects=(-0.3, -0.1))), language=language)
    tiles, funnel = found.tiles(), found.funnel()
    assert tiles.caption != funnel.caption
    assert tiles.alt != funnel.alt
    for word in {"en": ("left to right", "Upwards"), "zh": ("横轴", "纵轴")}[language]:
        assert word in funnel.caption


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_one_never_did_alone_is_not_split(dataset, language):
    """Review only beside advice: its effect is said to be that, and nothing of both is told."""
    folder = dataset(JointWorld(counties=90, effects=(-0.2, 0.0)))
    file = folder / "interventions.csv"
    rows = pd.read_csv(file, dtype=str)
    advice = rows[rows["intervention"] == "advice"]
    review = advice.iloc[::2].assign(intervention="review", started_on="2022-10-01")
    pd.concat([advice, review]).to_csv(file, index=False)
    found = report(folder, language=language)
    assert isinstance(found.interactions(), Notes)
    assert found.verdict_key == "not_comparable"
    none = {"en": "cannot be compared with one another", "zh": "措施之间无法比较"}[language]
    assert none in found.summary().points[0]
    assert "1 pairs" not in " ".join((*found.summary().points, found.pairs().title))
    said = " ".join((*found.summary().points, *found.head_to_head().points))
    for words in {
        "en": ("had review without advice", "advice by about 0% and that of review by about 15%"),
        "zh": ("审查的效果是与指导并行时的效果", "指导的效果会偏移约0%，审查的效果会偏移约15%"),
    }[language]:
        assert words in said
