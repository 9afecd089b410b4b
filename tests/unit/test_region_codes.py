"""Region codes by GB/T 2260: the table obeys its own rules, and a dataset is held against it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.data.checkup import report_of
from analysis.data.dataset import examine, read_dataset
from analysis.data.first_look.draft import write_draft
from analysis.data.regions.divisions import (
    LAST_YEAR,
    TABLE,
    codes_above,
    divisions,
    levels,
    same_name,
    successors,
)
from analysis.errors import ContractError
from exports import ABOUT, export

ROOT = Path(__file__).resolve().parents[2]
HEADER = ["region_code", "name_en", "name_zh", "level", "parent_code"]
JINAN = [
    ["370000", "Shandong", "山东省", "province", ""],
    ["370100", "Jinan", "济南市", "city", "370000"],
    ["370102", "Lixia", "历下区", "district", "370100"],
    ["370114", "Zhangqiu", "章丘区", "county", "370100"],
    ["370124", "Pingyin", "平阴县", "county", "370100"],
    ["429004", "Xiantao", "仙桃市", "county", "429000"],
]
"""Rows 2 to 7 of a regions table that is right."""


def dataset(
    folder: Path,
    rows: list[list[str]],
    scheme: str = "gbt2260",
    header: list[str] = HEADER,
    crosswalk: str = "",
) -> Path:
    """A dataset of a table of regions, and a crosswalk if one is given."""
    settings = {**ABOUT, "region_scheme": scheme}
    (folder / "dataset.yml").write_text(yaml.safe_dump(settings, allow_unicode=True))
    pd.DataFrame(rows, columns=header).to_csv(folder / "regions.csv", index=False)
    if crosswalk:
        (folder / "crosswalk.csv").write_text(f"old_code,new_code,weight\n{crosswalk}\n")
    return folder


def with_row(*row: str) -> list[list[str]]:
    """The regions and one row more, row 8."""
    return [*JINAN, list(row)]


def refusals(folder: Path) -> list[str]:
    """Every problem of a dataset, in words."""
    return [str(problem) for problem in examine(folder)[1]]


def present() -> dict[str, str]:
    """Codes and names of the last list."""
    return {c: d.name_zh for c, d in divisions().items() if d.valid_in(LAST_YEAR)}


def test_the_table_has_the_divisions_of_the_country():
    """31 provinces of the mainland and 34 in all, 333 cities, 2,846 of the county's level."""
    codes = present()
    kinds = Counter(
        "province" if c.endswith("0000") else "city" if c.endswith("00") else "county"
        for c in codes
    )
    assert kinds["province"] == 34
    assert len([c for c in codes if c.endswith("0000") and c[0] not in "78"]) == 31
    assert kinds["city"] == 333
    assert kinds["county"] == 2846


def test_every_code_has_its_province_and_nearly_every_county_its_city():
    """Without a city stand only divisions right below a municipality or province."""
    codes = present()
    for code in codes:
        assert f"{code[:2]}0000" in codes
        if not code.endswith("00") and f"{code[:4]}00" not in codes:
            directly = code[:2] in {"11", "12", "31", "50"} or code[2:4] == "90"
            assert directly, code


def test_what_followed_a_code_stands_in_the_table_and_the_ways_end_in_the_present():
    """No way leads nowhere, in a circle, or to a code of another level but for a city's own."""
    told = 0
    for code, held in divisions().items():
        assert re.fullmatch(r"[1-9][0-9]{5}", code)
        assert not (held.followed_by and held.until is None)
        assert held.until is None or held.since <= held.until
        assert all(other in divisions() for other in held.followed_by)
        if held.until is not None:
            after = successors(code)
            assert all(divisions()[other].valid_in(LAST_YEAR) for other in after)
            told += bool(after)
    former = [d for d in divisions().values() if d.until is not None]
    assert told > 0.8 * len(former)
    since = [d for d in former if d.until >= 2010]
    assert len(since) > 250
    assert all(successors(d.code) for d in since)


def test_facts_read_off_the_comparisons_stand_in_the_table():
    """Every year and every successor, by name."""
    with (ROOT / "scripts" / "region_changes.csv").open(encoding="utf-8") as handle:
        told = list(csv.DictReader(handle))
    assert len(told) > 350
    for row in told:
        held = divisions()[row["code"]]
        assert (held.until, held.name_zh) == (int(row["year"]), row["name"])
        assert len(held.followed_by) == len(row["went_to"].split(";"))


def test_the_table_is_small_and_says_where_it_comes_from():
    """Its head names sources and licences; it is loaded with the package."""
    head = TABLE.read_text(encoding="utf-8")[:900]
    assert TABLE.stat().st_size < 400_000
    for word in ("Ministry of Civil Affairs", "BSD", "MIT", "CC0", "CC BY 4.0", "2026-11-22"):
        assert word in head


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("110103", {"110101"}),  # 崇文 into 东城, 2010
        ("370181", {"370114"}),  # 章丘市 became a district, 2016
        ("371202", {"370116"}),  # 莱城区 went with 莱芜 to 济南
        ("230711", {"230717", "230718"}),  # 乌马河区 was split
        ("132227", {"130505"}),  # 任县, by way of 130526
        ("510202", {"500103"}),  # 渝中区, when Chongqing left Sichuan
        ("340221", {"340210"}),  # 芜湖县, renamed and made a district
    ],
)
def test_a_former_code_leads_to_what_followed_it(code, after):
    """Mergers, splits, upgrades, codes given anew, chains."""
    assert set(successors(code)) == after


def test_a_name_leads_on_only_where_one_code_can_be_meant():
    """Same name, same name of another kind, a like one kept; nothing for 郊区 of two cities."""
    from build_region_codes import by_name

    before = {"132101": "甲市", "132123": "乙县", "132124": "郊区", "132205": "郊区"}
    before |= {"130721": "宣化县", "130705": "宣化区", "132125": "丙丁县", "132126": "丁县"}
    after = {"130100": "甲市", "130123": "乙县", "130111": "郊区", "130211": "郊区"}
    before |= {"360721": "赣县", "132127": "城区"}
    after |= {"360704": "赣县区", "132102": "城区", "132103": "城区"}
    after |= {"130705": "宣化区", "132181": "丙丁市", "230126": "丁县"}
    assert by_name("132123", before, after) == ["130123"]
    assert by_name("132125", before, after) == ["132181"]
    assert by_name("130721", before, after) == ["130705"]
    assert by_name("360721", before, after) == ["360704"]
    assert by_name("132127", before, after) == []  # of two in its city
    assert by_name("132101", before, after) == []  # of another level
    assert by_name("132124", before, after) == []  # of several
    assert by_name("132126", before, after) == []  # of another province


def test_successors_are_those_of_the_year_asked_for():
    """What followed may be gone by now: 130526 任县 of 2019 was itself 132227 until 1993."""
    assert successors("132227", 2019) == ("130526",)
    assert successors("132227") == ("130505",)


def test_levels_follow_from_code_and_name():
    """A forestry district is a county by its code and its standing."""
    assert levels("370000") == ("province",)
    assert levels("370100") == ("city",)
    assert levels("370102") == ("district", "county")
    assert levels("370124") == ("county",)
    assert same_name("神农架林区") == ("429021",)
    assert levels("429021") == ("county",)


def test_nesting_is_by_digits():
    """County, city, province; other schemes have none."""
    assert codes_above("370124") == ("370100", "370000")
    assert codes_above("370100") == ("370000",)
    assert codes_above("370000") == ()
    assert codes_above("IN-01") == ()


def test_latin_names_are_those_of_their_divisions():
    """Provinces read alike are told apart; what could not be settled is blank, not guessed."""
    names = {code: d.name_en for code, d in divisions().items()}
    assert names["610000"] == "Shaanxi Province"
    assert names["140000"] == "Shanxi Province"
    assert names["610100"] == "Xi'an City"
    assert names["341500"] == "Lu'an City"
    assert names["331000"] == "Taizhou City"
    assert names["110105"] == ""  # 朝阳区: Chaoyang or Zhaoyang
    given = [n for n in names.values() if n]
    assert all(re.fullmatch(r"[A-ZÜ][\w' ]+ [A-Z]\w+", n) for n in given)


def test_a_right_table_is_read_as_it_is(tmp_path):
    """Districts may be called counties; a county right below a province has the group above."""
    read = read_dataset(dataset(tmp_path, JINAN))
    cells = read.tables["regions"][HEADER].astype(object).fillna("")
    assert cells.to_numpy().tolist() == JINAN
    assert not read.accounts["regions"].lines


def test_every_county_of_the_last_list_passes(tmp_path):
    """The whole nation, with the names of the table."""
    rows = [
        [code, held.name_en or "unnamed", held.name_zh, levels(code)[0], ""]
        for code, held in divisions().items()
        if held.valid_in(LAST_YEAR)
    ]
    assert len(rows) == 34 + 333 + 2846
    assert refusals(dataset(tmp_path, rows)) == []


CASES = [
    (("37012", "X", "某县", "county", ""), "region_code, row 8: is not six digits"),
    (("3701AB", "X", "平阴县", "county", ""), "Its name stands for 370124 平阴县"),
    (("370199", "X", "某县", "county", ""), "region_code, row 8: is in no list of GB/T 2260"),
    (("370199", "X", "某县", "county", ""), "What begins its code is 370100 济南市"),
    (("990101", "X", "某县", "county", ""), "No province has it"),
    (
        ("370181", "X", "章丘市", "county", ""),
        "that GB/T 2260 gave up in 2016. It went into 370114",
    ),
    (
        ("230711", "X", "乌马河区", "county", ""),
        "230717 伊美区, 230718 乌翠区: write that, or rows",
    ),
    (("370112", "X", "历城区", "city", ""), "column level, row 8: is not the level of the code"),
    (("370112", "X", "历城区", "city", ""), "By its code it is of level district or county"),
    (("370126", "X", "商河县", "district", ""), "By its code it is of level county"),
    (("370200", "X", "青岛市", "county", ""), "By its code it is of level city"),
    (("370112", "X", "历城区", "district", "370200"), "column parent_code, row 8: is not above"),
    (("370112", "X", "历下区", "district", ""), "name_zh, row 8: is the name of another code. It"),
    (("232702", "X", "松岭区", "district", ""), "No source here says what followed it"),
]


@pytest.mark.parametrize(("row", "expected"), CASES)
def test_a_wrong_code_is_named_with_row_and_remedy(tmp_path, row, expected):
    """Malformed, unknown, former, of another level, below another region."""
    found = refusals(dataset(tmp_path, with_row(*row)))
    assert len(found) == 1
    assert expected in found[0]


def test_all_wrong_codes_are_listed_at_once_and_rows_alike_together(tmp_path):
    """Two mergers into one region are one problem each; no value of a cell is shown."""
    rows = [
        *JINAN,
        ["Wang Fang", "X", "某县", "county", ""],
        ["Li Lei", "X", "某县", "county", ""],
        ["320202", "X", "崇安区", "district", ""],
        ["320203", "X", "南长区", "district", ""],
        ["370103", "X", "市中区", "province", ""],
    ]
    with pytest.raises(ContractError) as caught:
        read_dataset(dataset(tmp_path, rows))
    message = str(caught.value)
    assert "3 problems" in message
    assert "rows 8, 9: is not six digits" in message
    assert "rows 10, 11: is a code that GB/T 2260 gave up in 2015. It went into 320213" in message
    assert "column level, row 12" in message
    assert not re.search("Wang|Li Lei|320202", message)


def test_groups_without_a_city_and_short_names_are_no_mistake(tmp_path):
    """What municipalities hold their districts in; names as people write them; the nation."""
    rows = [
        *with_row("110100", "Beijing", "市辖区", "city", "110000"),
        ["370112", "Licheng", "历城", "district", "370000"],
        ["100000", "China", "全国", "nation", ""],
    ]
    assert refusals(dataset(tmp_path, rows)) == []


def test_a_former_code_may_stay_where_the_crosswalk_moves_it(tmp_path):
    """As the message says."""
    rows = with_row("370181", "Zhangqiu City", "章丘市", "county", "370100")
    assert len(refusals(dataset(tmp_path, rows))) == 1
    assert refusals(dataset(tmp_path, rows, crosswalk="370181,370114,1")) == []


def test_a_scheme_may_be_the_list_of_a_year(tmp_path):
    """In 2015 章丘 was a city still, and its district not yet there."""
    rows = [*JINAN[:3], ["370181", "Zhangqiu City", "章丘市", "county", "370100"]]
    assert refusals(dataset(tmp_path, rows, scheme="gbt2260-2015")) == []
    assert "gave up in 2016" in refusals(dataset(tmp_path, rows, scheme="gbt2260-2016"))[0]
    later = refusals(dataset(tmp_path, JINAN, scheme="gbt2260-2015"))
    assert "row 5: is a code of GB/T 2260 since 2016 only, not in 2015" in later[0]


@pytest.mark.parametrize("scheme", ["gb2260", "gbt2260-1979", "gbt2260-2999", "GBT2260"])
def test_an_unknown_scheme_is_refused_with_those_there_are(tmp_path, scheme):
    """With the years."""
    with pytest.raises(ContractError, match=r"region_scheme: is no scheme .* from 1980 to 2024"):
        examine(dataset(tmp_path, JINAN, scheme=scheme))


def test_names_that_are_missing_are_taken_from_the_table_and_counted(tmp_path):
    """Cells or a whole column; a name that was given stays."""
    header = ["region_code", "name_en", "level"]
    rows = [["370000", "", "province"], ["370100", "Tsinan", "city"], ["370114", "", "district"]]
    read = read_dataset(dataset(tmp_path, rows, header=header))
    regions = read.tables["regions"]
    assert regions["name_zh"].tolist() == ["山东省", "济南市", "章丘区"]
    assert regions["name_en"].tolist() == ["Shandong Province", "Tsinan", "Zhangqiu District"]
    table = report_of(read, [])["tables"][0]
    counts = {line["column"]: line["count"] for line in table["repaired"]}
    assert counts == {"name_en": 2, "name_zh": 3}


def test_a_name_that_the_table_lacks_is_asked_for(tmp_path):
    """朝阳 is read in two ways: nothing is made up."""
    rows = [["110105", "朝阳区", "district"]]
    found = refusals(dataset(tmp_path, rows, header=["region_code", "name_zh", "level"]))
    assert len(found) == 1
    assert "column name_en, row 2: is empty, and the list has no name in this language" in found[0]
    rows += [["100000", "", "nation"], ["110100", "", "city"], ["110199", "", "county"]]
    found = refusals(dataset(tmp_path, rows, header=["region_code", "name_zh", "level"]))
    assert [re.search(r"rows? [\d, ]+", text)[0] for text in found] == [
        "rows 2, 3, 4",
        "rows 3, 4",
        "row 5",
    ]


def test_datasets_with_codes_of_their_own_are_not_held_against_the_standard(root, tmp_path):
    """Every dataset that is there: own codes, fictional ones, masked regions."""
    for name in ("enterprise_zones", "published"):
        assert not examine(root / "data" / name)[1]
    rows = [["990101", "A", "甲县", "county", "IN-01"]]
    assert refusals(dataset(tmp_path, rows, scheme="own")) == []
    assert len(refusals(dataset(tmp_path, rows))) == 2


@pytest.mark.parametrize(("first", "guessed"), [("3701", True), ("9901", False)])
def test_a_first_description_guesses_the_scheme_from_the_codes(tmp_path, first, guessed):
    """Where nearly all are known; a fictional province is left alone."""
    codes = [code for code in present() if code.startswith("3701") and code[4:] != "00"]
    rows = [[first + code[4:], "X", "某县", "county"] for code in codes]
    pd.DataFrame(rows, columns=HEADER[:4]).to_csv(tmp_path / "regions.csv", index=False)
    text = write_draft(tmp_path, [tmp_path / "regions.csv"]).read_text(encoding="utf-8")
    assert ("region_scheme: gbt2260  # guessed: 12 of 12 codes" in text) == guessed
    assert ("region_scheme" in text) == guessed


def test_records_find_their_region_by_a_name_that_was_filled_in(tmp_path):
    """An export that names districts, beside a list of codes only."""
    folder = export(tmp_path, rows={n: {"区县": "历下区"} for n in range(2, 8)})
    (folder / "regions.csv").write_text("region_code,level\n370102,district\n", encoding="utf-8")
    assert len(examine(folder)[1]) > 1
    with (folder / "dataset.yml").open("a", encoding="utf-8") as file:
        file.write("region_scheme: gbt2260\n")
    dataset, problems = examine(folder)
    assert [str(p) for p in problems if "name_en" not in str(p)] == []
    assert dataset.tables["complaints"]["region_code"].unique().tolist() == ["370102"]
