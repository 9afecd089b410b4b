"""A sixth document, of two counties that do not exist, is added by rows alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import analysis as an
from analysis.data.published.figures import read_published
from analysis.errors import ContractError
from analysis.page.wording import bold

SOURCE = "two_counties_2024"
YEAR = {"period_start": "2024-01-01", "period_end": "2024-12-31", "period_basis": "stated"}


def figure(number: int, indicator: str, domain: str, value: str, unit: str, **more: str) -> dict:
    """A count of the year, of the first county unless said otherwise."""
    given = {"id": f"{SOURCE}-{number}", "source": SOURCE, "line": "1", "offset": str(number)}
    given |= {"token": value, "region_code": "heron_county", "kind": "level", **YEAR}
    given |= {"domain": domain, "indicator": indicator, "value": value, "precision": "1"}
    return {**given, "unit": unit, "bound": "exact", "value_rule": "numeral", **more}


def percentage(number: int, indicator: str, domain: str, value: str, **more: str) -> dict:
    """A printed percentage."""
    shown = {"token": f"{value}%", "kind": "share_pct", **more}
    return figure(number, indicator, domain, value, "percent", **shown)


WILLOW = {"region_code": "willow_county"}
ENTITIES = ("market_entities_registered", "market_entities")
ROWS: dict[str, list[dict]] = {
    "sources": [
        {
            "source": SOURCE,
            "file": "two.txt",
            "title": "Two counties",
            "bureau": "Nobody",
            "region_code": "heron_county",
            "masked": "nothing",
            "default_year": "2024",
        }
    ],
    "regions": [
        {"region_code": "heron_county", "name_en": "Heron", "name_zh": "鹭县", "level": "county"},
        {"region_code": "willow_county", "name_en": "Willow", "name_zh": "柳县", "level": "county"},
    ],
    "units": [{"unit": "flight", "measures": "event"}],
    "indicators": [
        {
            "indicator": "drone_flights",
            "name_en": "Drone flights",
            "name_zh": "无人机巡查",
            "domain": "inspections",
            "unit": "flight",
            "definition": "flights over markets",
        }
    ],
    "figures": [
        figure(1, *ENTITIES, "20000", "market_entity"),
        figure(2, "drone_flights", "inspections", "500", "flight"),
        figure(3, "cases_closed", "enforcement", "300", "case"),
        figure(4, *ENTITIES, "8000", "market_entity", **WILLOW),
        figure(5, "cases_closed", "enforcement", "104", "case", **WILLOW),
        figure(6, "cases_closed", "enforcement", "200", "case", scope="food line"),
        figure(7, "cases_closed", "enforcement", "50", "case", scope="drug line"),
        percentage(8, "complaints_mediation_success_share", "complaints", "80"),
        percentage(
            *(9, "cases_closed", "enforcement", "50"),
            kind="change_pct",
            compared_with="same_period_previous_year",
            growth_of=f"{SOURCE}-3",
        ),
    ],
    "relations": [
        {"id": "six-1", "type": "growth", "result": f"{SOURCE}-9", "terms": f"{SOURCE}-3"},
        {"id": "six-2", "type": "ratio", "terms": f"{SOURCE}-2;{SOURCE}-3"},
        {
            "id": "six-3",
            "type": "sum",
            "result": f"{SOURCE}-3",
            "terms": f"{SOURCE}-6;{SOURCE}-7",
        },
    ],
    "comparisons": [
        {"topic": "rates", "indicator": "drone_flights", "base": "market_entities_registered"},
        {"topic": "drones", "indicator": "drone_flights", "base": "cases_closed"},
    ],
    "topics": [{"topic": "drones", "kind": "ratio"}],
    "topic_columns": [
        {
            "topic": "drones",
            "shows": shows,
            "label_en": "Flights",
            "label_zh": "架次",
            "column": shows,
        }
        for shows in ("name", "document", "value")
    ],
    "topic_words": [
        {"topic": "drones", "use": use, "words_en": en, "words_zh": zh}
        for use, en, zh in (
            ("title", "{given} of {documents} documents count flights", "{documents}份中{given}份"),
            ("caption", "Flights per case.", "每案架次。"),
            ("alt", "Flights: {parts}.", "架次：{parts}。"),
            ("axis", "Flights per case", "每案架次"),
            ("answer", "**Drones:** {given} flew.", "**无人机：**{given}份载明。"),
        )
    ],
}
for relation in ROWS["relations"]:
    relation["basis"] = "implied"


def append(folder: Path, table: str, rows: list[dict]) -> int:
    """Rows at the end of a table; returns where the last one stands."""
    file = folder / f"{table}.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    grown = pd.concat([frame, pd.DataFrame(rows)]).fillna("")
    assert list(grown.columns) == list(frame.columns)
    grown.to_csv(file, index=False)
    return len(grown) + 1


@pytest.fixture
def six(root, tmp_path) -> Path:
    """The published figures with the sixth document."""
    folder = Path(shutil.copytree(root / "data" / "published", tmp_path / "six"))
    for table, rows in ROWS.items():
        append(folder, table, rows)
    return folder


PAGE = {
    "en": {
        "documents": "**The six documents cannot be ranked.** They speak of a province, a city, a "
        "district and three counties, in 2020, 2023 and 2024, for periods from six months to a "
        "year.",
        "rates": "Only 3 of 6 documents print how many entities are registered",
        "flights": ("Drone flights", "Heron (county, 2024)", "500", "20,000", "25 (23 to 27)"),
        "willow": ("Cases closed", "Willow (county, 2024)", "104", "8,000", "13 (11 to 16)"),
        "drones": ("1 of 6 documents count flights", "**Drones:** 1 flew."),
        "growth": "Cases closed, Heron (county, 2024): +50%, from about 200 to 300",
        "checks": "checks of six documents.",
    },
    "zh": {
        "documents": "**六份材料不能排名。**它们分属一个省、一个市、一个区和三个县，"
        "年份为2020年、2023年和2024年，时段从六个月到一年不等。",
        "rates": "6份材料中只有3份载明在册经营主体户数",
        "flights": ("无人机巡查", "鹭县（县级，2024年）", "500", "20000", "25（23至27）"),
        "willow": ("结案（办结）案件数", "柳县（县级，2024年）", "104", "8000", "13（11至16）"),
        "drones": ("6份中1份", "**无人机：**1份载明。"),
        "growth": "结案（办结）案件数，鹭县（县级，2024年）：+50%，约由200至300",
        "checks": "六份材料共检验",
    },
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sixth_document_stands_on_the_page_of_comparisons(six, language):
    """Its counties, a new indicator in a new unit, and a new comparison, in both languages."""
    report = an.PublishedFigures.read({"dataset": str(six), "language": language})
    page, points = PAGE[language], report.summary().points
    assert points[0] == bold(page["documents"])
    rates, drones, growth = (report.compare(topic) for topic in ("rates", "drones", "growth"))
    assert rates.title.startswith(page["rates"])
    # The count of each county is put against its own registered entities.
    assert page["flights"] in rates.table.rows
    assert page["willow"] in rates.table.rows
    assert (drones.title, points[-2]) == tuple(map(bold, page["drones"]))
    assert page["growth"] in growth.alt
    assert [row[0] for row in report.documents().data.values].count(SOURCE) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sixth_document_is_audited_like_the_others(six, language):
    """200 and 50 are not 300: one contradiction more, and a table of its checks."""
    given = {"dataset": str(six), "language": language, "draws": 2000}
    report = an.ClaimsAudit.read(given)
    assert report.summary().number == "2"
    assert PAGE[language]["checks"] in report.summary().number_words
    assert f"{SOURCE}-3=300" in [row[0] for row in report.contradictions().data.values]
    assert f"checks_{SOURCE}" in [table.key for table in report.checks()]
    assert SOURCE in [row[0] for row in report.verdicts().table.values]


WRONG = [
    ("figures", figure(10, "moons", "inspections", "5", "flight"), "indicator", "is not in indi"),
    ("figures", figure(10, "drone_flights", "inspections", "5", "case"), "unit", "does not fit"),
    ("figures", figure(10, "drone_flights", "food_safety", "5", "flight"), "domain", "differs"),
    ("comparisons", {"topic": "rates", "indicator": "odr_settlement_share"}, "base", "is empty in"),
    ("comparisons", {"topic": "moons", "indicator": "drone_flights"}, "topic", "is not in topics"),
    ("regions", {**ROWS["regions"][0], "region_code": "x", "level": "hamlet"}, "level", "is not"),
]


@pytest.mark.parametrize(("table", "row", "column", "rule"), WRONG)
def test_a_row_of_it_that_does_not_resolve_is_refused_by_its_place(six, table, row, column, rule):
    """With file, column and row."""
    place = append(six, table, [row])
    with pytest.raises(ContractError) as caught:
        read_published(six)
    assert f"{table}.csv, column {column}, row {place}: {rule}" in str(caught.value)
