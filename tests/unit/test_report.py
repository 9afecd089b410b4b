"""What a reader sees: sentences from the same numbers, in two languages, and safe figures."""

from __future__ import annotations

import base64
import dataclasses
import math
import re

import build_font
import messages
import pytest
from fontTools.ttLib import TTFont

from analysis.data.dataset import read_dataset
from analysis.data.frames.study import build_study
from analysis.errors import PublishError
from analysis.page import numbers
from analysis.page.charts import letters
from analysis.page.plates import MIME
from analysis.page.wording import STRONG, translator
from analysis.reports.intervention_effect.adoption import adoption_figure, paths_figure
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.checks import certainty, reporting_table
from analysis.reports.intervention_effect.event_time import event_points, event_time_figure
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.provenance import provenance
from analysis.reports.intervention_effect.sensitivity import (
    leave_one_out_figure,
    specification_figure,
)
from analysis.reports.intervention_effect.sentences import summary
from analysis.reports.intervention_effect.tables import (
    cohort_table,
    effect_table,
    sample_table,
    specification_table,
)
from analysis.result import plain
from analysis.verdicts.effect import judged
from analysis.verdicts.robustness import estimate_headline, examine
from reports import effect_report

FIGURES = (
    adoption_figure,
    paths_figure,
    event_time_figure,
    specification_figure,
    leave_one_out_figure,
)
OTHERS = (
    summary,
    certainty,
    sample_table,
    cohort_table,
    effect_table,
    specification_table,
    reporting_table,
    provenance,
    lambda brief: effect_report(brief).end(),
)


@pytest.fixture(scope="module", params=["en", "zh"])
def brief(request) -> Brief:
    """The enterprise zones report."""
    params = InterventionEffectParams(language=request.param)
    study = build_study(read_dataset(params.dataset), params)
    headline = estimate_headline(study)
    robustness = examine(study, headline)
    return Brief(study, headline, robustness, judged(study, headline, robustness))


def in_language(brief: Brief, language: str) -> Brief:
    """The same report in the other language."""
    params = brief.study.params.model_copy(update={"language": language})
    return dataclasses.replace(brief, study=dataclasses.replace(brief.study, params=params))


def test_every_sentence_stands_in_both_languages():
    """Missing, orphaned, or with other fields: none."""
    assert messages.problems() == []


def test_a_sentence_without_translation_is_an_error():
    """Never a silent fallback to English."""
    with pytest.raises(PublishError, match="has no translation"):
        translator("zh")("No such sentence.")


def test_both_languages_hold_the_same_facts(brief):
    """Compared as a whole."""
    assert in_language(brief, "en").facts() == in_language(brief, "zh").facts()


@pytest.mark.parametrize("make", FIGURES + OTHERS)
def test_every_plate_is_complete_json_of_its_language(brief, make):
    """Kind, version, language and status stand in each."""
    bundle = make(brief)._repr_mimebundle_()
    kind = make(brief).kind
    payload = bundle[MIME.format(kind=kind)]
    assert payload["kind"] == kind
    assert payload["version"] == 1
    assert payload["language"] == brief.language
    assert payload["simulated"] is False
    assert plain(payload) == payload


@pytest.mark.parametrize("make", FIGURES)
def test_a_figure_is_the_same_bytes_twice_and_has_two_drawings(brief, make):
    """Reports are compared byte for byte; phones get their own drawing."""
    first, second = make(brief), make(brief)
    assert first == second
    assert set(first.images) == {"wide", "narrow"}
    assert len(first.alt) > 20
    assert len(first.table.rows) == len(first.table.values) > 0


def test_the_chinese_pages_sentences_are_chinese(brief):
    """No English word slips into a generated sentence."""
    chinese = in_language(brief, "zh")
    texts = [*summary(chinese).points, *certainty(chinese).points]
    texts += [make(chinese).title for make in FIGURES]
    for text in texts:
        assert not re.search(r"[A-Za-z]{3,}", text), text


def test_sentences_and_tables_say_the_same_number(brief):
    """The headline in the summary, the key number and the table of specifications."""
    change = math.expm1(brief.headline.headline.value)
    said = numbers.percent_change(change, brief.language)
    plate = summary(brief)
    assert plate.number == said
    assert said in plate.points[0]
    shown = numbers.percent(change, brief.language, signed=True)
    assert shown in [row[1] for row in specification_table(brief).data.rows]
    assert f"{brief.facts()['relative_percent'][0]:.1f}".lstrip("-") in said


def test_the_published_numbers_stand_in_the_table(brief):
    """As published, beside our own."""
    rows = {row[0]: row for row in specification_table(brief).data.rows}
    own = [row for row in rows.values() if row[6]]
    assert {(row[4], row[5]) for row in own} == {(row[6], row[7]) for row in own}
    assert {row[6] for row in own} == {"−0.104", "−0.182"}


def test_a_summary_has_at_most_six_points_and_the_answer_first(brief):
    """Answer first."""
    points = summary(brief).points
    assert 3 <= len(points) <= 6
    assert points[0].startswith(STRONG)


def test_the_reference_period_is_zero_and_has_no_band(brief):
    """The period just before adoption, where the method has one."""
    params = brief.study.params.model_copy(update={"method": "did"})
    study = dataclasses.replace(brief.study, params=params)
    staggered = dataclasses.replace(brief, study=study, headline=estimate_headline(study))
    point = next(p for p in event_points(staggered) if p.at == -1)
    assert point.value == 0
    assert point.low is None


def test_points_far_above_are_drawn_and_without_bands_none_is_said_to_hold(brief):
    """Five times what was expected, in a few regions: the axis follows, the title tells of none."""
    records = [
        {
            **record,
            "value": math.log(5.0 * (1 + record["event_time"] % 3)),
            "low": None,
            "high": None,
        }
        for record in brief.headline.series["by_event_time"]
    ]
    series = {**brief.headline.series, "by_event_time": tuple(records)}
    alone = dataclasses.replace(brief, headline=dataclasses.replace(brief.headline, series=series))
    figure = event_time_figure(alone)
    assert max(float(row[1][1]) for row in figure.table.rows) > 8
    none = {"en": "; for no period can a band be told", "zh": "；各期都无法给出可能范围"}
    assert figure.title.endswith(none[brief.language])


def test_simulated_data_are_marked_in_every_figure(brief):
    """The watermark changes the drawing, and the flag is set."""
    description = brief.study.description.model_copy(update={"status": "simulated"})
    invented = dataclasses.replace(
        brief, study=dataclasses.replace(brief.study, description=description)
    )
    for make in FIGURES:
        real, marked = make(brief), make(invented)
        assert marked.simulated
        for width in ("wide", "narrow"):
            assert len(marked.images[width].data) > len(real.images[width].data)


def test_the_font_has_every_character_of_county_names():
    """GB 2312 lacks five of them; the list is checked by scripts/build_font.py --check."""
    have = set(TTFont(letters.FONT).getBestCmap())
    assert set(map(ord, build_font.COUNTY_CHARACTERS)) <= have
    assert build_font.gb2312() <= have
    assert not set(map(ord, build_font.COUNTY_CHARACTERS)) & build_font.gb2312()


def test_text_in_figures_is_drawn_as_paths(brief):
    """No font is needed to read a figure."""
    image = base64.b64decode(adoption_figure(brief).images["wide"].data).decode()
    assert "<text" not in image
    assert "http://www.w3.org" in image
    assert "<path" in image


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "english", "chinese"),
    [
        (-1234.5, 1, False, "−1,234.5", "−1234.5"),
        (0.04, 1, True, "0.0", "0.0"),
        (-0.04, 1, True, "0.0", "0.0"),
        (2.5, 1, True, "+2.5", "+2.5"),
        (1648100, 0, False, "1,648,100", "164.81万"),
        (9999, 0, False, "9,999", "9999"),
        (9999.6, 0, False, "10,000", "1万"),
        (10_000, 0, False, "10,000", "1万"),
        (136_516, 1, False, "136,516.0", "13.65万"),
        (99_999_999, 0, False, "99,999,999", "1亿"),
        (-187_000_000, 0, False, "−187,000,000", "−1.87亿"),
    ],
)
def test_numbers_are_written_with_true_minus_signs(value, decimals, signed, english, chinese):
    """A zero has no sign."""
    assert numbers.number(value, "en", decimals, signed) == english
    assert numbers.number(value, "zh", decimals, signed) == chinese


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (-21.2, -3.1, "3 to 21 fewer", "少3至21件"),
        (3.1, 21.2, "3 to 21 more", "多3至21件"),
        (-33.2, 1.4, "33 fewer to 1 more", "从少33件到多1件"),
        (-1.8, -0.42, "0.4 to 1.8 fewer", "少0.4至1.8件"),
    ],
)
def test_ranges_read_as_fewer_and_more(low, high, english, chinese):
    """In both languages, in Chinese with the measure word that an outcome's dataset names."""
    assert numbers.change_span(low, high, "en") == english
    assert numbers.change_span(low, high, "zh") == chinese
    people = numbers.change_span(low, high, "zh", "人次")
    assert people == chinese.replace("件", "人次")


@pytest.mark.parametrize(
    ("value", "english"),
    [(0.0, "breakdown value 0"), (0.5, "breakdown value 0.50"), (None, "above 3.00")],
)
def test_the_breakdown_value_stands_among_the_checks(brief, value, english):
    """How far trends may part, in both languages, with the number of the event study."""
    assert brief.robustness.breakdown.value == 0
    found = dataclasses.replace(brief.robustness.breakdown, value=value)
    robustness = dataclasses.replace(brief.robustness, breakdown=found)
    changed = dataclasses.replace(in_language(brief, "en"), robustness=robustness)
    assert any(english in point for point in certainty(changed).points)
    chinese = certainty(in_language(changed, "zh")).points
    assert any("走势偏离容忍度" in point for point in chinese)


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("2019", "2019", "2019年"),
        ("2019Q1", "Q1 2019", "2019年第1季度"),
        ("2019-Q4", "Q4 2019", "2019年第4季度"),
        ("2019-03", "March 2019", "2019年3月"),
        ("never", "never", "never"),
    ],
)
def test_periods_are_written_out(label, english, chinese):
    """Years, quarters and months; anything else is left as it is."""
    assert numbers.period(label, "en") == english
    assert numbers.period(label, "zh") == chinese


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        ("1980", "1988", "1980 to 1988", "1980—1988年"),
        ("2019Q1", "2019Q1", "Q1 2019", "2019年第1季度"),
        ("2023-01", "2023-06", "January 2023 to June 2023", "2023年1—6月"),
        ("2019Q1", "2023Q4", "Q1 2019 to Q4 2023", "2019年第1季度至2023年第4季度"),
        ("2019-01", "2023-12", "January 2019 to December 2023", "2019年1月至2023年12月"),
    ],
)
def test_ranges_of_periods_are_written_out(first, last, english, chinese):
    """With the word of the language between them."""
    assert numbers.period_span(first, last, "en") == english
    assert numbers.period_span(first, last, "zh") == chinese


def test_dates_and_their_ranges_are_written_out():
    """In full, in both languages."""
    assert numbers.date("2026-11-02", "en") == "2 November 2026"
    assert numbers.date("2026-11-02", "zh") == "2026年11月2日"
    assert numbers.date("soon", "en") == "soon"
    assert numbers.span("1.8", "2.8", "en") == "1.8 to 2.8"
    assert numbers.span("1.8", "2.8", "zh") == "1.8至2.8"
