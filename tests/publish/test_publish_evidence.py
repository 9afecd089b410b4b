"""The table that the site opens with: the reports' own numbers, alike on page, in CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
import samples

from analysis.page.numbers import percent_change, percent_span
from analysis.page.plates import SiteLine
from analysis.publish.site.build import publish
from analysis.publish.site.lists import evidence
from analysis.publish.site.lists.evidence import evidence_files, evidence_table
from analysis.publish.site.lists.library import render_index
from analysis.publish.site.record import Entry, read_pages
from analysis.verdicts.rule import DIRECTIONS, VERDICTS

LANGUAGES = ("en", "zh")


def entry(name: str, *lines: dict, simulated: bool = True) -> Entry:
    """A report with these lines."""
    told = {code: tuple(samples.site_line(code, **line) for line in lines) for code in LANGUAGES}
    words = dict.fromkeys(LANGUAGES, name)
    return Entry(
        name=name, report=f"effect/{name}", titles=words, verdict="cannot_tell",
        verdict_words=words, edition="2026-11-22", simulated=simulated, site_lines=told,
    )  # fmt: skip


def records(entries) -> tuple[list[dict], list[dict]]:
    """The lines of both files."""
    files = evidence_files(entries)
    rows = list(csv.DictReader(io.StringIO(files["evidence.csv"].removeprefix("\ufeff"))))
    return rows, json.loads(files["evidence.json"])


def test_both_files_hold_every_line_with_the_words_of_both_languages(site):
    """What the reports told, row by row."""
    entries = list(read_pages(site).values())
    rows, lines = records(entries)
    assert [row["report"] for row in rows] == ["effect/real", "effect/simulated"]
    assert [row["status"] for row in rows] == ["real", "simulated"]
    for row, line in zip(rows, lines, strict=True):
        assert row.keys() == line.keys()
        assert (float(row["value"]), line["value"]) == (-0.12, -0.12)
        assert line["outcome_zh"] == "登记投诉"
        assert row["doubts_en"] == "adopters were not drawn by lot"
    for name in evidence.FILES:
        assert (site / name).read_bytes().decode("utf-8") == evidence_files(entries)[name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_the_numbers_of_the_files(site, language):
    """Change, range, certainty and what could be wrong, in both languages."""
    page = (site / ("index.zh.html" if language == "zh" else "index.html")).read_text("utf-8")
    table = page.partition('class="evidence"')[2].partition("</section>")[0]
    told = samples.site_line(language)
    for text in (percent_change(-0.12, language), percent_span(-0.21, -0.03, language),
                 told.doubts, told.certainty_words, told.outcome):  # fmt: skip
        assert table.count(text) >= 2, text
    assert table.count("<tr>") == 3
    assert 'href="evidence.csv"' in table
    assert 'href="evidence.json"' in table


def test_real_data_come_first_and_invented_ones_are_marked(site):
    """In the table, and above it."""
    page = (site / "index.html").read_text(encoding="utf-8")
    table = page.partition('class="evidence"')[2].partition("</section>")[0]
    assert table.index("effect-real") < table.index("effect-simulated")
    assert table.count("badge-simulated") == 1
    assert "SIMULATED DATA in lines marked so" in page
    real = [one for one in read_pages(site).values() if not one.simulated]
    assert "SIMULATED DATA in lines" not in render_index(real, "en")


@pytest.mark.parametrize(
    ("line", "dot", "bar"),
    [
        ({"value": -0.1, "low": -0.2, "high": 0.0}, 42.0, (4.0, 80.0)),
        ({"value": 0.1, "low": 0.0, "high": 0.2}, 118.0, (80.0, 156.0)),
        ({"value": 0.0, "low": None, "high": None}, 80.0, (80.0, 80.0)),
        ({"value": 2.0, "low": -0.5, "high": 9.0}, 156.0, (42.0, 156.0)),
    ],
)
def test_the_picture_lies_on_the_side_of_its_number(line, dot, bar):
    """Fewer left, more right, no change in the middle; what is too far is cut at the edge."""
    (drawn,) = evidence_table([entry("one", line)], "en").lines
    assert (drawn.dot, drawn.bar) == (dot, bar)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_change_is_said_in_words_only_where_it_is_claimed(verdict, language):
    """A line without a direction opens with the verdict, and gives its range."""
    told = {"verdict": verdict, "verdict_words": "WORDS", "certainty": "", "certainty_words": ""}
    (line,) = evidence_table([entry("one", told)], language).lines
    assert line.claims == (verdict in DIRECTIONS)
    assert (percent_change(-0.12, language) in line.answer) == line.claims
    assert "WORDS" in line.answer
    assert line.span == percent_span(-0.21, -0.03, language)
    assert line.dots == ""


def test_very_many_lines_stand_in_the_files(monkeypatch):
    """The page says how many more there are."""
    monkeypatch.setattr(evidence, "MOST", 3)
    many = [entry(f"report-{n}", {"value": -n / 10}) for n in range(5)]
    table = evidence_table(many, "en")
    assert (len(table.lines), table.more) == (3, 2)
    assert "Further lines in the files: 2." in render_index(many, "en")
    assert len(records(many)[1]) == 5


def test_without_a_judged_effect_there_is_no_table():
    """Descriptions alone: files with a head and no line."""
    page = render_index([entry("description")], "en")
    assert 'class="evidence"' not in page
    assert records([entry("description")]) == ([], [])


def test_other_numbers_of_a_line_in_one_language_are_refused(tmp_path):
    """As every other number."""
    for language, value in (("en", -0.12), ("zh", -0.13)):
        told = (samples.site_line(language, value=value),)
        end = replace(samples.plates(language)["end"], site_lines=told)
        node = samples.notebook(language, {"end": end})
        samples.write_run(tmp_path / "runs", "effect/zones", language, node)
    (outcome,) = publish(tmp_path / "runs", tmp_path / "site")
    assert outcome.state == "failed"
    assert "holds other numbers in the page in zh" in str(outcome.problems[0])


def test_a_line_keeps_its_numbers_through_the_record(site):
    """What is read back is what was told, digit by digit."""
    for one in read_pages(site).values():
        for language in LANGUAGES:
            (line,) = one.site_lines[language]
            assert line == samples.site_line(language)
            assert isinstance(line, SiteLine)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_carry_number_sentence_and_certainty(site, language):
    """As the report's own first screen gives them, without bold."""
    page = (site / ("index.zh.html" if language == "zh" else "index.html")).read_text("utf-8")
    card = page.partition('<ul class="reports">')[2].partition("</li>")[0]
    words = samples.WORDS[language]
    assert "−12" in card
    assert words["unit"] in card
    assert words["points"][0].replace("**", "") in card
