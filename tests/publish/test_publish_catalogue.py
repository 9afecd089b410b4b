"""The catalogue of mechanisms: whole, true of what exists, in both languages, and searched."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from browser import opened

from analysis.publish.site.lists.catalogue import NONE_YET, NOT_EVALUABLE, WAY_WORDS, catalogue
from analysis.publish.site.record import read_pages
from analysis.reports.kind import names

ROWS = Path(__file__).parents[2] / "data/published/mechanisms.csv"
NEEDS = {
    "regression_discontinuity": {"intervention_effect", "compare_interventions", "claimants"},
    "interrupted_time_series": {"intervention_effect", "compare_interventions", "claimants"},
    "matching_with_doubly_robust_adjustment": {"intervention_effect", "compare_interventions"},
    "randomised_comparison": {"intervention_effect", "compare_interventions", "claimants"},
}
"""Strategies, and notebooks that cannot carry them out."""


def rows() -> list[dict[str, str]]:
    """Every row of the table."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_notebook_named_exists_and_can_do_it():
    """No name of what is not there, and none that lacks a way for such a strategy."""
    named = {row["notebook"] for row in rows()}
    assert named <= {*names(), NOT_EVALUABLE}
    ways = {row["identification_strategy"].partition(":")[0] for row in rows()}
    assert ways == set(WAY_WORDS)
    for row in rows():
        way = row["identification_strategy"].partition(":")[0]
        assert row["notebook"] not in NEEDS.get(way, set()), row["id"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_catalogue_holds_every_mechanism_in_its_language(site, language):
    """239 of five documents, each with its data; counted as the lead says."""
    found = catalogue(list(read_pages(site).values()), language)
    every = [one for listed in found.documents.values() for one in listed]
    key, needed = ("name_zh", "data_needed_zh") if language == "zh" else ("name_en", "data_needed")
    assert [(one.name, one.data) for one in every] == [(r[key], r[needed]) for r in rows()]
    assert (found.all, len(found.documents)) == (239, 5)
    done = [r for r in rows() if r["notebook"] not in (NONE_YET, NOT_EVALUABLE)]
    assert found.ready == len(done)
    assert found.impossible == sum(r["notebook"] == NOT_EVALUABLE for r in rows())
    page = (site / ("catalogue.zh.html" if language == "zh" else "catalogue.html")).read_text(
        "utf-8"
    )
    assert page.count("<tr data-item") == 239
    assert f"{found.ready}" in page.partition('class="lead"')[2][:600]


def test_a_notebook_leads_to_a_report_of_this_site():
    """Where it has one; else its name stands alone."""
    from types import SimpleNamespace

    entry = SimpleNamespace(
        report="intervention_effect/zones", address=lambda language: f"zones.{language}.html"
    )
    found = catalogue([entry], "zh")
    every = [one for listed in found.documents.values() for one in listed]
    assert {one.report for one in every if one.code == "intervention_effect"} == {"zones.zh.html"}
    assert {one.report for one in every if one.code != "intervention_effect"} == {""}


def test_without_the_documents_the_page_says_so(tmp_path, monkeypatch):
    """A site of another project."""
    monkeypatch.chdir(tmp_path)
    assert catalogue([], "en") is None


def test_the_catalogue_is_searched_and_filtered(chromium, site):
    """Words, filters, the count; documents without a match go, too."""
    with opened(site / "catalogue.html", 1280) as (page, reported):
        shown = page.locator("[data-item]:visible")
        assert page.locator("#found").inner_text() == "239 of 239 mechanisms"
        page.locator("#search").fill("reverse assessment")
        assert shown.count() == 1
        assert page.locator("[data-group]:visible").count() == 1
        page.locator("#search").fill("")
        page.locator("#filter-notebook").select_option(NOT_EVALUABLE)
        assert shown.count() == sum(row["notebook"] == NOT_EVALUABLE for row in rows())
        page.locator("#filter-assignment").select_option(label="voluntary")
        assert 0 < shown.count() < 20
        assert reported == []
