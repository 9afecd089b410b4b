"""Long lists have parts: every report stands on one of them, and all are found by search."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import samples

from analysis.page.wording import LANGUAGES
from analysis.publish.site import build, paging, record
from analysis.publish.site.lists import evidence
from analysis.publish.site.lists.library import render_library
from analysis.publish.site.state import write_state


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """Seven reports where three fit on a page, as a site holds them."""
    samples.write_report(tmp_path / "runs")
    build.publish(tmp_path / "runs", tmp_path / "site")
    (entry,) = record.read_pages(tmp_path / "site").values()
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    reports = [f"effect/zones-{n}" for n in range(7)]
    own = [{"name": report.replace("/", "-"), "report": report} for report in reports]
    return {each["name"]: entry.model_copy(update=each) for each in own}


def names_in(text, language):
    """The reports whose pages a page links to, in order."""
    return re.findall(rf'<a href="(effect-zones-\d)\.{language}\.html">', text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_stands_on_one_part_and_in_the_search(listed, language):
    """In the order of the list; parts link to one another and to the search, and all are there."""
    files = render_library(listed)
    parts = [files[paging.file_of("index", language, n)] for n in (1, 2, 3)]
    lists = [text.partition('id="reports"')[2] for text in parts]
    shown = [dict.fromkeys(names_in(text, language)) for text in lists]
    assert [len(each) for each in shown] == [3, 3, 1]
    assert [name for each in shown for name in each] == sorted(listed)
    search = files[paging.file_of("search", language)]
    assert names_in(search, language) == sorted(listed)
    assert "<script>" in search
    assert not any("<script>" in text for text in parts)
    for kind in ("index", "data", "status"):
        turns = [paging.file_of(kind, language, n) for n in (1, 2, 3)]
        for text in (files[file] for file in turns):
            assert all(f'href="{file}"' in text for file in turns)
            assert set(re.findall(r'href="([\w.-]+\.html)"', text)) <= files.keys() | {
                f"{name}.{code}.html" for name in listed for code in LANGUAGES
            }
    assert all(paging.file_of("search", language) in text for text in parts)


def test_the_state_of_the_reports_has_parts_that_name_every_report_once(listed, tmp_path):
    """Pages and JSON; the first part has the run, and parts that are needed no more are gone."""
    site, failed = tmp_path / "site", record.Outcome("effect/zones-6", "kept", code=14)
    stale = {"effect-zones-6": listed["effect-zones-6"].model_copy(update={"stale": True})}
    write_state(site, listed | stale, [failed], None)
    parts = [json.loads(file.read_text("utf-8")) for file in sorted(site.glob("status*.json"))]
    (first,) = [part for part in parts if "next" in part]
    assert first["parts"] == ["status.json", "status-2.json", "status-3.json"]
    assert first["next"] == ["effect/zones-6"] == [first["reports"][0]["report"]]
    told = [one["report"] for part in parts for one in part["reports"]]
    assert sorted(told) == sorted(entry.report for entry in listed.values())
    pages = [(site / paging.file_of("status", "en", n)).read_text("utf-8") for n in (1, 2, 3)]
    assert [names_in(text, "en") for text in pages] == [
        [f"effect-zones-{n}" for n in part] for part in ((6, 0, 1), (2, 3, 4), (5,))
    ]
    assert ["To be tried again" in text for text in pages] == [True, False, False]
    write_state(site, stale, [failed], None)
    assert sorted(file.name for file in site.glob("status*")) == [
        *("status.html", "status.json", "status.zh.html")
    ]


def test_the_files_of_evidence_have_parts_that_hold_every_line_once(listed, monkeypatch):
    """The list links to each; both kinds hold the same lines."""
    monkeypatch.setattr(evidence, "PER_FILE", 3)
    files = render_library(listed)
    lines, rows = [], []
    for number in (1, 2, 3):
        name = paging.numbered("evidence.json", number)
        lines += [one["report"] for one in json.loads(files[name])]
        table = files[paging.numbered("evidence.csv", number)].removeprefix("\ufeff")
        rows += [one["report"] for one in csv.DictReader(io.StringIO(table))]
        assert f'href="{name}" download' in files["index.html"]
    assert lines == rows == [entry.report for entry in listed.values()]
    assert "evidence-4.json" not in files


def test_a_short_list_has_one_part(listed):
    """With the search on it, and no further file."""
    files = render_library(dict(list(listed.items())[:3]))
    assert not [name for name in files if paging.FURTHER.fullmatch(name)]
    assert "<script>" in files["index.html"]


def test_the_record_of_a_site_has_parts_and_is_read_whole(listed, tmp_path):
    """And parts that a shorter record does not have are gone after publishing."""
    site = tmp_path / "site"
    for name in listed:
        for language in LANGUAGES:
            (site / f"{name}.{language}.html").write_text("</html>", encoding="utf-8")
    record.write_pages(site, listed)
    assert len([*site.glob("pages*.json")]) == 3
    assert record.read_pages(site) == listed
    build.publish(tmp_path / "runs", site, wanted={"effect/zones": LANGUAGES})
    assert {file.name for file in site.glob("pages*")} == {"pages.json"}
    assert [*record.read_pages(site)] == ["effect-zones"]
