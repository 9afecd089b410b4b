"""Regions side by side: who stands out, and what is withheld."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.data.dataset import read_dataset
from analysis.data.description import Description
from analysis.data.frames.names import GROUP_COLUMNS
from analysis.data.frames.rates import Comparison, compare_regions, comparison_tables
from analysis.data.reading.account import Account, Line, Source
from analysis.data.settings import Words
from analysis.errors import DesignError, ParamsError
from analysis.page.shared.provenance import dropped_sentences
from analysis.page.wording import STRONG
from analysis.reports.region_rates.answer import HIGH, LOW
from analysis.reports.region_rates.funnel import funnel_figure
from analysis.reports.region_rates.params import RegionRatesParams
from analysis.reports.region_rates.plates import RegionRates
from analysis.reports.region_rates.sentences import (
    regions_certainty,
    regions_sample,
    regions_summary,
    regions_table,
)
from analysis.stats.pooling.rates import Spread, chance
from reports import regions_report

ZONES = RegionRatesParams(
    dataset="data/enterprise_zones", outcome="unemployment_claims", exposure="people", period="year"
)


@pytest.fixture
def people(zones):
    """The enterprise zones dataset with an exposure: 100,000 people in every city and year."""
    outcomes = pd.read_csv(zones / "outcomes.csv", dtype=str)
    rows = outcomes[["region_code", "period"]].drop_duplicates()
    rows.assign(exposure="people", value=100_000).to_csv(zones / "exposures.csv", index=False)
    return zones


def test_counts_and_exposures_are_added_up_over_the_span(people):
    """Three years of claims out of three years of people."""
    dataset = read_dataset(people, comparison_tables())
    asked = ZONES.model_copy(update={"first_period": "1985", "last_period": "1987"})
    compared = compare_regions(dataset, asked)
    rows = dataset.tables["outcomes"]
    rows = rows[rows["period"].isin(["1985", "1986", "1987"])]
    wanted = rows.groupby("region_code")["count"].sum()
    assert compared.frame.set_index("region")["events"].to_dict() == wanted.to_dict()
    assert (compared.frame["size"] == 300_000).all()
    assert set(compared.exposure) == {100_000.0}
    assert (compared.first_period, compared.last_period) == ("1985", "1987")


def test_regions_left_out_are_counted_by_reason(people):
    """One by the parameters, one for a missing exposure."""
    file = people / "exposures.csv"
    exposures = pd.read_csv(file, dtype=str)
    codes = sorted(exposures["region_code"].unique())
    exposures[exposures["region_code"] != codes[1]].to_csv(file, index=False)
    asked = ZONES.model_copy(update={"exclude_regions": [codes[0]]})
    compared = compare_regions(read_dataset(people, comparison_tables()), asked)
    assert compared.dropped == {"excluded_by_params": 1, "incomplete": 1}
    assert set(codes[:2]).isdisjoint(compared.frame["region"])


def test_every_unknown_name_is_refused_at_once(people):
    """Outcome, exposure, region and excluded region, each with the nearest name."""
    bad = ZONES.model_copy(
        update={"outcome": "claim", "exposure": "peopl", "region": "x", "exclude_regions": ["y"]}
    )
    with pytest.raises(ParamsError) as refused:
        compare_regions(read_dataset(people, comparison_tables()), bad)
    assert [problem.where for problem in refused.value.problems] == [
        "outcome",
        "exposure",
        "exclude_regions",
        "region",
    ]


@pytest.mark.parametrize("family", ["poisson", "binomial"])
@pytest.mark.parametrize("spread", [Spread(1.0, 0.0), Spread(1.0, 0.002), Spread(3.0, 0.0)])
def test_chances_hold_their_level_where_regions_share_one_rate(family, spread):
    """5 in 100 of 40,000 regions, within what discreteness and the normal root allow."""
    rng = np.random.default_rng(5)
    size = rng.integers(2000, 20000, 40_000).astype(float)
    root = np.sqrt(0.03) if family == "poisson" else np.arcsin(np.sqrt(0.03))
    wide = np.sqrt(spread.between + (spread.factor - 1) / (4 * size))
    moved = root + wide * rng.normal(size=len(size))
    rate = moved**2 if family == "poisson" else np.sin(moved) ** 2
    draw = rng.poisson(rate * size) if family == "poisson" else rng.binomial(size.astype(int), rate)
    found = chance(draw.astype(float), size, 0.03, family, spread)
    assert 0.035 < (found < 0.05).mean() < 0.06


def test_exact_chances_equal_the_tables():
    """Twice the smaller Poisson tail, at most 1."""
    found = chance(np.array([3.0, 10.0]), np.array([10.0, 10.0]), 1.0, "poisson", Spread(1.0, 0.0))
    assert found[0] == pytest.approx(2 * stats.poisson(10).cdf(3))
    assert found[1] == 1.0


def regions(events, language="en", period="2023Q4", accounts=None, **changes):
    """Regions of 4,000 enterprises each, with those events in one quarter."""
    size = 1000.0
    frame = pd.DataFrame(
        {
            "region": [f"{code:06d}" for code in range(990101, 990101 + len(events))],
            "events": np.asarray(events, dtype=float),
            "size": size,
        }
    )
    description = Description(
        title=Words(en="Test", zh="测试"),
        status="real",
        licence="CC0",
        origin="made here",
        region_word=Words(en="county", en_plural="counties", zh="县"),
        words={
            "report": Words(en="recorded tip-off", zh="登记举报"),
            "enterprises": Words(en="enterprise", zh="企业", zh_measure="户"),
        },
    )
    names = {code: (f"County {code}", f"县{code}") for code in frame["region"]}
    params = RegionRatesParams(language=language, **changes)
    compared = Comparison(frame, 0.25, period, period, {}, names)
    return regions_report(params, description, compared, hashes={}, accounts=accounts or {})


def counts(count=40, mean=30):
    """Regions that differ by chance only, the first far above and the second far below."""
    drawn = np.random.default_rng(3).poisson(mean, count)
    drawn[:2] = (90, 11)
    return drawn


def test_regions_far_out_are_named_and_no_others():
    """One above, one below; the other thirty-eight cannot be told apart."""
    brief = regions(counts())
    assert [region.code for region in brief.standing(HIGH)] == ["990101"]
    assert [region.code for region in brief.standing(LOW)] == ["990102"]
    said = regions_summary(brief)
    assert said.number == "2 of 40 counties"
    assert "More: County 990101. Fewer: County 990102." in said.points
    assert funnel_figure(brief).title == (
        "Standing out among the 40 counties shown: 1 above the funnel, 1 below"
    )


def test_no_region_stands_out_where_all_share_one_rate():
    """Chance alone names none, and says so."""
    brief = regions(np.random.default_rng(8).poisson(30, 60))
    assert regions_summary(brief).number == "none of 60 counties"
    assert regions_summary(brief).points[0].startswith(f"{STRONG}None of the 60 counties shown")
    assert funnel_figure(brief).title.startswith("None of the 60 counties shown stands out")


def test_a_withheld_region_is_shown_nowhere_not_even_by_its_standing():
    """Its count of 4 is far below the funnel, but nothing may say so."""
    drawn = counts()
    drawn[1] = 4
    brief = regions(drawn)
    assert brief.everyone[1].standing == LOW
    assert brief.standing(LOW) == ()
    assert brief.withheld == 1
    row = brief.table.values[1]
    assert row[0] == "990102"
    assert (row[1], *row[3:]) == (None,) * 6
    assert brief.table.rows[1][3:] == ("withheld",) * 5
    plates = [regions_summary(brief), funnel_figure(brief), regions_table(brief)]
    plates += [regions_certainty(brief), brief.end()]
    shown = [json.dumps(plate.payload(), ensure_ascii=False) for plate in plates]
    assert "County 990102" not in shown[0] + shown[3] + shown[4]
    assert not any('"events": 4' in text for text in shown)
    assert "because their counts are withheld: 1 of 40 counties" in shown[1]


def test_both_languages_hold_the_same_facts_and_every_plate_is_whole():
    """Same numbers; every sentence in both languages; every Plate passes its gate."""
    english, chinese = (regions(counts(), lang) for lang in ("en", "zh"))
    assert english.facts() == chinese.facts()
    assert english.table.values == chinese.table.values
    for brief in (english, chinese):
        for make in (
            regions_summary,
            regions_sample,
            funnel_figure,
            regions_table,
            regions_certainty,
            RegionRates.provenance,
            RegionRates.end,
        ):
            assert make(brief)._repr_mimebundle_()
    assert "每千户企业每年的登记举报件数" in chinese.unit
    assert chinese.table.columns[2].label == "企业"


def test_too_few_regions_are_a_design_error():
    """Two cannot be told apart from one another's chance."""
    with pytest.raises(DesignError, match="at least 3"):
        regions_summary(regions([30, 40]))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Table complaints: at most 1,300 rows read, 7 left out by rule, 30 cells"),
        ("zh", "读入不超过1,300行，按规则剔除7行，修正30个单元格"),
    ],
)
def test_what_was_left_out_or_repaired_on_reading_stands_in_the_report(language, words):
    """In its sample and its provenance; a table read as it was needs no sentence.

    How many records there are is a count, and not given to the last digit.
    """
    source = Source("a.csv", "0" * 64, "csv", 1234)
    lines = (
        Line("excluded", "a.csv", "", "the same row twice", 4),
        Line("excluded", "a.csv", "", "a blank row", 3),
        Line("repaired", "a.csv", "received_on", "dates", 30),
    )
    accounts = {
        "complaints": Account("complaints", (source,), lines, 1227),
        "regions": Account("regions", (source,), (), 1234),
    }
    brief = regions(counts(), language, accounts=accounts)
    (sentence,) = [point for point in regions_sample(brief).points if "1,300" in point]
    assert words in sentence
    values = [entry["value"] for entry in brief.provenance().entries]
    assert sentence in values


def test_regions_that_move_together_widen_the_overall_range(in_root):
    """Counties of one city as one: the same rate, a range from cities; a wrong name is refused."""
    given = {"dataset": "data/simulated/province", "first_period": "2023Q4"}
    alone = RegionRates.read(given)
    together = RegionRates.read({**given, "cluster": "parent_code"})
    assert together.result.headline.value == alone.result.headline.value
    assert together.result.headline.low != alone.result.headline.low
    said = " ".join(regions_summary(together).points)
    assert "below one upper region to move together" in said
    with pytest.raises(ParamsError, match="parent_code"):
        RegionRates.read({**given, "cluster": "parent_cod"})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_moves_together_is_named_in_the_readers_words(language):
    """One upper region, one level of government, or nothing at all: words for every such column."""
    words = {
        "parent_code": {"en": "below one upper region", "zh": "同一上级地区的县"},
        "level": {"en": "of one level of government", "zh": "同一行政层级的县"},
    }
    assert {*words} == {*GROUP_COLUMNS}
    together = {"en": "to move together", "zh": "视为同涨同落"}[language]
    assert not any(together in text for text in regions_summary(regions(counts(), language)).points)
    for column, known in words.items():
        report = regions(counts(), language, cluster=column)
        (said,) = [text for text in regions_summary(report).points if together in text]
        assert known[language] in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_variation_beyond_chance_is_given_no_cause(language):
    """Rates that differ by half: usual to the limits, but nothing in the data says why."""
    events = np.random.default_rng(4).poisson(300 * np.exp(np.linspace(-0.5, 0.5, 40)))
    (said,) = [
        text
        for text in regions_summary(regions(events, language)).points
        if {"en": "vary", "zh": "单纯偶然波动的"}[language] in text
    ]
    assert {"en": "why they vary is not in these data", "zh": "原因不在这些数据之中"}[
        language
    ] in said
    assert not any(cause in said for cause in ("trades", "habits", "行业", "习惯"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_regions_left_out_are_named_as_such_in_whole_sentences(language):
    """Many and one, with the word for regions, and with no mark of the other language."""
    report = regions(counts(), language)
    dropped = {"incomplete": 59, "excluded_by_params": 1}
    many, one = dropped_sentences(report, dropped)
    words = {"en": ("59 counties left out.", "one county left out."),
             "zh": ("剔除59个县。", "剔除1个县。")}[language]  # fmt: skip
    assert many.endswith(words[0])
    assert one.endswith(words[1])
    assert language == "en" or ":" not in many
