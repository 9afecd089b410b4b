"""Published figures: tokens give their values, and what does not resolve is refused by row."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.data.published.documents import check_documents, read_documents
from analysis.data.published.figures import read_published
from analysis.data.published.printed_number import (
    UnreadableNumberError,
    printed_range,
    read_characters,
)
from analysis.errors import ContractError, ParamsError


@pytest.fixture
def figures(root, tmp_path) -> Path:
    """A private copy of the published figures."""
    return Path(shutil.copytree(root / "data" / "published", tmp_path / "published"))


def spoil(folder: Path, table: str, where: dict[str, str], column: str, value: str) -> int:
    """Write a value into the first row that matches; returns its row in the file."""
    file = folder / f"{table}.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    chosen = (frame[list(where)] == pd.Series(where)).all(axis=1)
    position = int(chosen.to_numpy().argmax())
    assert chosen.any()
    frame.loc[position, column] = value
    frame.to_csv(file, index=False)
    return position + 2


TOKENS = [
    ("600多", "numeral", "600", "at_least", "1"),
    ("60余万", "numeral", "600000", "at_least", "10000"),
    ("164.81万", "numeral", "1648100", "exact", "100"),
    ("0.95018万", "numeral", "9501.8", "exact", "0.1"),
    ("－31.9％", "numeral", "-31.9", "exact", "0.1"),
    ("近万", "numeral", "10000", "about", ""),
    ("1570家以上", "numeral", "1570", "at_least", "1"),
    ("98%", "decrease", "-98", "exact", "1"),
    ("三分之一", "fraction", "33.3333", "exact", ""),
    ("全覆盖", "worded", "100", "exact", ""),
    ("零的突破", "worded", "1", "at_least", ""),
    ("6月5日", "date_year_inferred", "2020-06-05", "exact", ""),
    ("6.17－18日", "date_range_year_inferred", "2020-06-17", "exact", ""),
    ("2021年底", "date_year_end", "2021-12-31", "exact", ""),
]


@pytest.mark.parametrize(("token", "rule", "value", "bound", "precision"), TOKENS)
def test_a_token_gives_value_bound_and_precision(token, rule, value, bound, precision):
    """One case of every rule."""
    reading = read_characters(token, rule, "2020")
    assert (reading.value, reading.bound, reading.precision) == (value, bound, precision)


@pytest.mark.parametrize(
    ("token", "rule"), [("很多", "numeral"), ("半", "worded"), ("一半", "fraction")]
)
def test_a_token_that_its_rule_cannot_read_is_refused(token, rule):
    """No value is guessed."""
    with pytest.raises(UnreadableNumberError):
        read_characters(token, rule, "2020")


RANGES = [
    ("60余万", 6e5, 1e4, "at_least", 6e5, 7e5),
    ("370余", 370, 1, "at_least", 370, 380),
    ("1.1万余", 11000, 1000, "at_least", 11000, 12000),
    ("45万户以上", 4.5e5, 1e4, "at_least", 4.5e5, float("inf")),
    ("1.87亿", 1.87e8, 1e6, "exact", 1.865e8, 1.875e8),
    ("50%", 50, 1, "exact", 49.5, 50.5),
    ("776", 776, 1, "exact", 776, 776),
]


@pytest.mark.parametrize(("token", "value", "precision", "bound", "low", "high"), RANGES)
def test_the_range_a_token_allows(token, value, precision, bound, low, high):
    """Counts are exact, other numbers rounded, and 余 stays below the next step."""
    found = printed_range(token, value, precision, bound)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_the_published_figures_obey_their_contract(root):
    """All of them, with as many figures as were read off."""
    published = read_published(root / "data" / "published")
    assert len(published.figures) == 475
    assert published.level(published.region_of("masked_district_2020")) == "district"


SPOILT = [
    ("figures", {"token": "776"}, "value", "777", "column value, row {row}: does not follow"),
    ("figures", {"token": "776"}, "token", "许多", "column token, row {row}: cannot be read"),
    ("figures", {"token": "776"}, "unit", "yuan", "column unit, row {row}: does not fit"),
    ("figures", {"token": "776"}, "indicator", "moons", "indicator, row {row}: is not in indica"),
    ("figures", {"token": "776"}, "part_of", "nowhere", "part_of, row {row}: is not in figures"),
    ("figures", {"token": "776"}, "bound", "about", "column bound, row {row}: does not follow"),
    (
        "figures",
        {"token": "776"},
        "period_end",
        "2017-01-01",
        "row {row}: lies before period_start",
    ),
    ("relations", {"type": "share"}, "terms", "nowhere", "terms, row {row}: has the wrong number"),
    ("relations", {"type": "share"}, "result", "nowhere", "result, row {row}: is not in figures"),
    ("relations", {"type": "count_list"}, "constant", "", "constant, row {row}: is not as its"),
    ("sources", {"source": "pingyin_2020"}, "region_code", "", "region_code, row {row}: is empty"),
    ("levels", {"level": "county"}, "level", "hamlet", "sources.csv, column region_code, row"),
    ("topics", {"topic": "rates"}, "kind", "ranking", "kind, row {row}: is not one of"),
    ("comparisons", {"topic": "rates"}, "base", "", "base, row {row}: is empty in a comparison"),
    ("comparisons", {"topic": "fines"}, "name_zh", "", "name_zh, row {row}: is in one language"),
    ("comparisons", {"topic": "rates"}, "indicator", "moons", "row {row}: is not in indicators"),
    ("topic_words", {"use": "title"}, "words_en", "{gven}", "names an unknown field gven"),
    ("topic_words", {"use": "title"}, "words_zh", "标题", "row {row}: has other fields than the"),
    ("topic_words", {"use": "caption"}, "use", "axis_up", "has no caption"),
    ("topic_words", {"use": "axis"}, "words_en", "{all", "has a brace that does not close"),
    ("units", {"unit": "case"}, "unit", "moon", "column unit, rows 13, 47, 48"),
    ("mechanisms", {"line": "3"}, "figure_ids", "nowhere", "figure_ids, row {row}: names a figure"),
]


@pytest.mark.parametrize(("table", "where", "column", "value", "expected"), SPOILT)
def test_what_does_not_resolve_is_refused_with_its_row(
    figures, table, where, column, value, expected
):
    """Tokens, units, links and relations, each broken once."""
    row = spoil(figures, table, where, column, value)
    with pytest.raises(ContractError) as caught:
        read_published(figures)
    assert expected.format(row=row) in str(caught.value)


def test_a_dataset_without_figures_is_refused(root):
    """The panel datasets have none."""
    with pytest.raises(ParamsError, match="has no table figures"):
        read_published(root / "data" / "enterprise_zones")


def test_no_row_names_what_was_masked(root):
    """Nothing below the province is inferred for the masked county and district."""
    sources = read_published(root / "data" / "published").tables["sources"]
    masked = {row["inferred"] for row in sources if row["masked"] != "nothing"}
    assert masked == {"province Zhejiang"}


@pytest.fixture
def documents(root) -> Path:
    """The folder of the documents; they are not part of the project."""
    folder = root.parent / "shared" / "sources"
    if not folder.is_dir():
        pytest.skip("the documents are not at hand")
    return folder


def test_every_token_stands_at_its_place_and_every_number_is_accounted_for(root, documents):
    """Offsets, and every run of digits and Chinese numeral of the five documents."""
    dataset = read_published(root / "data" / "published").dataset
    assert check_documents(dataset, read_documents(dataset, documents)) == []
    assert len(dataset.tables["figures"]) == 475
    assert dataset.tables["uncovered"]["reason"].notna().sum() == 363


def test_a_moved_token_and_a_lost_number_are_found(figures, documents):
    """One offset shifted: it is named, and its digits are no longer accounted for."""
    spoil(figures, "figures", {"token": "776"}, "offset", "0")
    dataset = read_published(figures).dataset
    found = [str(p) for p in check_documents(dataset, read_documents(dataset, documents))]
    assert any("has other characters there" in text for text in found)
    assert any("nothing accounts for" in text for text in found)
