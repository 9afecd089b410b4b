"""The report that compares interventions: what it reads, refuses, and says where it cannot tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
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
