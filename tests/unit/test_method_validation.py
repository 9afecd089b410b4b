"""The page of the methods says what is stored of them, and names what does not come out."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.reports.kind import find

NAME = "method_validation"


@pytest.fixture
def stored(root, tmp_path) -> Path:
    """A copy of what is stored, to be spoilt."""
    return Path(shutil.copytree(root / "data/methods", tmp_path / "methods"))


def rewrite(file: Path, change) -> None:
    """Every row of a file as ``change`` gives it back."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = [change(row) for row in csv.DictReader(source)]
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def said(folder: Path, language: str = "en", **given: object) -> str:
    """Everything that summary and misfits say."""
    report = find(NAME).report.read({"dataset": str(folder), "language": language, **given})
    return " ".join([*report.summary().points, *report.misfits().points])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_stored_holds(stored, language):
    """No number is off; what is recalled and what has no number is said."""
    text = said(stored, language)
    held = {"en": "that were tried are obtained again", "zh": "全部重新得到"}
    assert held[language] in text
    assert {"en": "cited from memory", "zh": "凭记忆引用"}[language] in text


def test_a_number_that_is_off_is_named(stored):
    """With what was published and what is obtained; the answer counts it."""

    def off(row):
        spoilt = row["number"] == "alpha, nominal"
        return {**row, "obtained": "0.7"} if spoilt else row

    rewrite(stored / "published.csv", off)
    text = said(stored)
    assert "1 of " in text
    assert "alpha, nominal: published 0.743, obtained 0.7" in text


@pytest.mark.parametrize(
    ("column", "value"), [("covered", "0.85"), ("covered", "1.0"), ("false", "0.13")]
)
def test_ranges_that_worlds_rule_out_are_named(stored, column, value):
    """Too short, too long, or leaving out "no effect" where there is none."""
    rewrite(
        stored / "worlds.csv", lambda row: {**row, column: value} if row["row"] == "did" else row
    )
    text = said(stored)
    assert "are as sure as they say for: Staggered comparison" in text
    assert "Staggered comparison: " in text


@pytest.mark.parametrize(
    ("file", "given", "words"),
    [
        ("worlds.csv", {}, "method dadid: is no method of this package"),
        ("published.csv", {}, "method dadid: is no method of this package"),
        ("", {"only": "dud"}, "names 'dud', of which nothing is stored"),
        ("", {"only": "imputation"}, "are stored of it not both"),
    ],
)
def test_what_cannot_be_told_is_refused_before_anything_runs(stored, file, given, words):
    """Rows of a method that is gone, one that never was, one without a published number."""
    column = {"worlds.csv": "row", "published.csv": "method"}.get(file)
    if column:
        rewrite(
            stored / file,
            lambda row: {**row, column: "dadid"} if row[column] == "did" else row,
        )
    kind = find(NAME)
    with pytest.raises(AnalysisError, match=words):
        kind.check(kind.model(dataset=str(stored), **given))
