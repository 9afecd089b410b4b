"""Sentences keep to the terms of the project, and Chinese ones write figures as Chinese does."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis import methods
from analysis.page.wording import LANGUAGES, catalogue
from words import broken, refused, rows, spaced, texts

TABLES = ("tables", "columns", "choices", "relations", "rule_words")
"""Of the data dictionary."""


def sentences(root: Path) -> dict[str, str]:
    """Everything that a page may say, by where it stands."""
    found = {}
    for english, chinese in catalogue("zh").items():
        found[f"catalogue, {english}"] = f"{english}\n{chinese}"
    for name in methods.names():
        for key, words in methods.load(name).words.items():
            found[f"{name}, {key}"] = "\n".join(words.of(language) for language in LANGUAGES)
    for file in (root / "notebooks").glob("*.ipynb"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                found[f"{file.name}, {text[:40]}"] = text
    tables = [
        *(root / "data" / "published").glob("*_words.csv"),
        *(file for name in TABLES for file in (root / "src/analysis/data").rglob(f"{name}.csv")),
    ]
    for file in tables:
        for number, row in pd.read_csv(file, dtype=str).fillna("").iterrows():
            found[f"{file.name}, row {number}"] = "\n".join(row)
    return found


def test_the_table_of_terms_is_whole():
    """Six cells a row, each filled; no word is refused twice, and no term refuses its own."""
    assert all(len(row) == 6 and all(row) for row in rows())
    assert len(rows()) > 25
    for term, _, chinese, english, *_ in rows():
        assert not broken(f"{chinese}\n{english}"), term


def test_sentences_keep_to_the_terms(root):
    """In both languages: what the code says, its notebooks, and the words of printed figures."""
    found = {where: broken(text) for where, text in sentences(root).items()}
    assert {where: words for where, words in found.items() if words} == {}


def test_no_space_stands_between_figures_and_chinese(root):
    """约{size}, never 约 {size}."""
    found = {where: spaced(text) for where, text in sentences(root).items()}
    assert {where: places for where, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("时间安慰剂检验", ["安慰剂"]),
        ("They cannot be told apart.", ["cannot be told apart"]),
        ("Service improved because of it", ["improved because"]),
        ("in finance", []),
        ("range NaN to 1", ["NaN"]),
        ("信访投诉", ["信访投诉"]),
        ("办结信访案件数", []),
    ],
)
def test_what_breaks_a_term_is_found(text, words):
    """English as whole words, in any case; Chinese anywhere."""
    assert broken(text) == words
    assert set(words) <= refused().keys()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("约 12%的县", ["约 1"]),
        ("约{size} 件", ["} 件"]),
        ("约12%的县，GB/T 2260 六位代码", ["0 六"]),
        ("数据表 {table}：读入{rows}行", []),
        ("用 statsmodels 计算", []),
    ],
)
def test_spaces_beside_figures_are_found(text, places):
    """But not beside words of other scripts."""
    assert spaced(text) == places


def test_the_texts_of_a_page_are_what_is_read():
    """Alternative texts are, code is not."""
    page = "<p>a <b>2</b> 处</p><img alt='两条线'><pre>安慰剂</pre><style>x</style>"
    assert texts(page) == ["a", "2", "处", "两条线"]
