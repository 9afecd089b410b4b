"""What bureaus really have, case by case: read right, or refused with one clear line.

Each case is a small dataset made for it, and what must come of it: values of a column, a line of
the account, or a refusal. ``pytest tests/unit/test_reading_cases.py -v`` prints the table.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from analysis.data.checkup import account_lines
from analysis.data.dataset import examine
from analysis.errors import AnalysisError
from exports import ABOUT
from old_workbook import Formula, old_workbook

PLACES = [("990102", "甲区"), ("990103", "乙区"), ("990104", "市中区"), ("990124", "丙县")]
REGIONS = "region_code,name_en,name_zh,level\n" + "".join(
    f"{code},R{code},{name},county\n" for code, name in PLACES
)
OUTCOMES = "region_code,period,outcome,count\n"
COUNTS = OUTCOMES + "990102,2021Q1,tips,3\n990103,2021Q1,tips,4\n990102,2021Q2,tips,5\n"
BY_NAME = {"region_code": {"lookup": "regions.name_zh"}}
RECORDS = {
    "files": "台账.csv",
    "columns": {"complaint_id": "编号", "received_on": "日期", "region_code": "区县"},
    "constants": {"channel": "phone", "kind": "complaint"},
    "values": BY_NAME,
}
LEDGER = "编号,日期,区县\n"
SERIES = {
    "files": "季报.csv",
    "columns": {"region_code": "区县", "period": "期间", "count": "件数"},
    "constants": {"outcome": "tips"},
    "values": BY_NAME,
}
PANEL = "区县,期间,件数\n"


@dataclass(frozen=True)
class Case:
    """Files and a mapping, and what must come of them.

    ``read`` holds values by ``table.column``; ``said`` patterns of lines of the account;
    ``refused`` patterns of problems, each of which must be met and no problem besides.
    """

    files: Mapping[str, str | bytes]
    mapping: Mapping[str, Any] = field(default_factory=dict)
    read: Mapping[str, list[Any]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """The dataset of the case."""
        for name, content in ({"regions.csv": REGIONS} | dict(self.files)).items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
        settings = ABOUT | dict(self.about) | ({"mapping": self.mapping} if self.mapping else {})
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        (folder / "dataset.yml").write_text(text, encoding="utf-8")
        return folder


def book(
    sheets: Mapping[str, list[list[Any]]], hidden: tuple[str, ...] = (), rows: tuple[int, ...] = ()
) -> bytes:
    """A workbook; ``rows`` are hidden on every sheet."""
    made, bytes_ = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, content in sheets.items():
        sheet = made.create_sheet(title)
        for row in content:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            sheet.row_dimensions[row].hidden = True
    made.save(bytes_)
    return bytes_.getvalue()


def rewritten(data: bytes, change: Callable[[bytes], bytes], part: str = "sheet1.xml") -> bytes:
    """A workbook with one part changed, as another program would write it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.endswith(part) else old.read(name))
    return made.getvalue()


def sheet_of(text: str) -> list[list[Any]]:
    """Rows of a text, numbers as numbers but for codes of regions."""
    rows = [line.split(",") for line in text.splitlines()]
    return [[int(c) if c.isdigit() and len(c) < 6 else c or None for c in row] for row in rows]


def records(*rows: str) -> dict[str, str]:
    """A ledger of these rows."""
    return {"台账.csv": LEDGER + "".join(f"{row}\n" for row in rows)}


def mapped(base: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A mapping with some settings changed."""
    return {**base, **more}


YEARS = {year: sheet_of(f"{OUTCOMES}990102,{year},tips,3\n") for year in ("2021", "2022")}
LONG = [["编号", "日期", "区县"], *([f"{3}{n}", "2023-01-02", "甲区"] for n in range(3))]
NOTES = [["说明"], ["内部"]]
LOST: dict[str, Case] = {
    "a workbook whose stated dimension is A1": Case(
        {
            "outcomes.xlsx": rewritten(
                book({"a": sheet_of(COUNTS)}),
                lambda t: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', t),
            )
        },
        read={"outcomes.count": [3, 4, 5]},
    ),
    "two sheets with one header, none named": Case(
        {"outcomes.xlsx": book(YEARS)},
        refused=(r"outcomes.xlsx, sheets 2021, 2022: have the same header\. .*sheet: '\*'",),
    ),
    "two sheets, both asked for": Case(
        {"outcomes.xlsx": book(YEARS)},
        {"outcomes": {"sheet": "*"}},
        read={"outcomes.period": ["2021", "2022"]},
        said=(r"read +outcomes +outcomes.xlsx, sheet 2022 +1 ",),
    ),
    "two sheets, listed by title and number": Case(
        {"outcomes.xlsx": book(YEARS | {"2023": NOTES})},
        {"outcomes": {"sheet": [2, "2021"]}},
        read={"outcomes.period": ["2022", "2021"]},
        said=(r"not read +outcomes +outcomes.xlsx +2 +sheet 2023",),
    ),
    "a hidden sheet before the table": Case(
        {"outcomes.xlsx": book({"说明": NOTES, "表": sheet_of(COUNTS)}, hidden=("说明",))},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"not read +outcomes +outcomes.xlsx +2 +hidden sheet 说明",),
    ),
    "a second sheet of notes": Case(
        {"outcomes.xlsx": book({"表": sheet_of(COUNTS), "说明": NOTES})},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"not read +outcomes +outcomes.xlsx +2 +sheet 说明",),
    ),
    "rows that a filter hides": Case(
        {"outcomes.xlsx": book({"表": sheet_of(COUNTS)}, rows=(3,))},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"noted +outcomes +outcomes.xlsx +1 +rows that a filter hides are read.*row 3",),
    ),
    "a CSV beside a workbook": Case(
        {"outcomes.csv": COUNTS, "outcomes.xlsx": book({"a": sheet_of(COUNTS)})},
        refused=(r"outcomes.csv, outcomes.xlsx: may each be table outcomes\. Name one",),
    ),
    "a CSV beside a workbook, one named": Case(
        {"outcomes.csv": COUNTS, "outcomes.xlsx": book({"a": sheet_of(COUNTS)})},
        about={"files": {"outcomes": "outcomes.csv"}},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"not read +outcomes.xlsx +holds no table",),
    ),
    "a file that no table reads": Case(
        {"outcomes.csv": COUNTS, "outcome 2022.csv": COUNTS},
        said=(r"not read +outcome 2022.csv +holds no table",),
    ),
    "a workbook that is open in Excel": Case(
        {"outcomes1.xlsx": book({"a": sheet_of(COUNTS)}), "~$outcomes1.xlsx": b"owner"},
        {"outcomes": {"files": "*.xlsx"}},
        read={"outcomes.count": [3, 4, 5]},
    ),
    "a first line that tells Excel the delimiter": Case(
        {"outcomes.csv": "sep=;\n" + COUNTS.replace(",", ";")},
        read={"outcomes.count": [3, 4, 5]},
        said=(
            r"delimiter ; \(encoding detected, delimiter named in its first row\); header in row",
        ),
    ),
    "such a line after a byte order mark, in quotation marks": Case(
        {"outcomes.csv": ('"sep=\t"\r\n' + COUNTS.replace(",", "\t")).encode("utf-8-sig")},
        read={"outcomes.count": [3, 4, 5]},
    ),
    "work-order numbers that Excel keeps as numbers": Case(
        {
            "台账.xlsx": rewritten(
                book({"a": LONG}),
                lambda t: re.sub(
                    rb'(<c r="A[234]") t="inlineStr"><is><t>\d+</t></is>',
                    rb"\1><v>3.30102202301011E+17</v>",
                    t,
                ),
            )
        },
        {"complaints": mapped(RECORDS, files="台账.xlsx")},
        refused=(r"编号 \(complaint_id\), rows 2, 3, 4: is a long number that has lost its last",),
    ),
    "identifiers of eighteen digits kept by another program": Case(
        {
            "台账.csv": LEDGER
            + "330102202301011234,2023-01-02,甲区\n330102202301011000,2023-01-02,甲区\n"
        },
        {"complaints": RECORDS},
        read={"complaints.complaint_id": ["330102202301011234", "330102202301011000"]},
    ),
    "a CSV that Excel has saved": Case(
        records("3.30102E+17,2023-01-02,甲区", "3.30102E+17,2023-01-02,甲区"),
        {"complaints": RECORDS},
        refused=(
            r"rows 2, 3: is a long number that has lost its last digits\. Give .* form of text",
        ),
    ),
    "a CSV of numbers that end in noughts where digits were": Case(
        records(*(f"33010220230101{n}000,2023-01-02,甲区" for n in range(3))),
        {"complaints": RECORDS},
        refused=(r"编号 \(complaint_id\), rows 2, 3, 4: is a long number that has lost",),
    ),
    "GB18030 with rare characters in it": Case(
        {"台账.csv": (LEDGER + "鄄城菏泽1,2023-01-02,甲区\n").encode("gb18030")},
        {"complaints": RECORDS},
        said=(r"gb18030, delimiter , \(encoding detected",),
    ),
    "names in a Western encoding": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,Müller,Müller,county\n"
            "990103,São Tomé,São Tomé,county\n".encode("cp1252")
        },
        read={"regions.name_en": ["Müller", "São Tomé"]},
        said=(r"regions.csv +2 +delimited text; cp1252",),
    ),
    "names in Shift JIS": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,A,さいたま市,county\n"
            "990103,B,横浜市,county\n".encode("cp932")
        },
        read={"regions.name_zh": ["さいたま市", "横浜市"]},
    ),
    "names in EUC-KR": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,A,서울특별시,county\n"
            "990103,B,부산광역시,county\n".encode("cp949")
        },
        read={"regions.name_zh": ["서울특별시", "부산광역시"]},
    ),
    "names in Big5": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,A,臺北市,county\n"
            "990103,B,桃園區,county\n".encode("big5")
        },
        read={"regions.name_zh": ["臺北市", "桃園區"]},
    ),
    "one word that could be of two encodings": Case(
        {
            "regions.csv": b"region_code,name_en,name_zh,level\n990102,A,"
            + "氆,county".encode("gbk")
        },
        refused=(r"regions.csv: cannot be read: its encoding cannot be told\. Name it",),
    ),
    "letters and their marks as two characters": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\nMünster,M,M,county\n",
            "outcomes.csv": OUTCOMES + "Mu\u0308nster,2021,tips,3\n",
        },
        read={"outcomes.region_code": ["Münster"]},
        said=(r"repaired +outcomes +region_code +1 +letters and their marks",),
    ),
    "a workbook of Excel 97": Case(
        {"outcomes.xls": old_workbook({"表": sheet_of(COUNTS), "隐": NOTES}, hidden=("隐",))},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"not read +outcomes +outcomes.xls +2 +hidden sheet 隐",),
    ),
    "an error in a workbook of Excel 97": Case(
        {"outcomes.xls": old_workbook({"表": [*sheet_of(COUNTS), ["990103", None]]}, error=(4, 1))},
        refused=(r"outcomes.xls: holds an error of Excel, and an .xls does not tell where",),
    ),
    "a formula of Excel 97 that ends in an error": Case(
        {"outcomes.xls": old_workbook({"表": [*sheet_of(COUNTS), [Formula(42)]]})},
        refused=(r"outcomes.xls: holds an error of Excel",),
    ),
    "a web page under the name of a workbook": Case(
        {"outcomes.xls": "<html><table><tr><td>region_code</td></tr></table></html>"},
        refused=(r"outcomes.xls: cannot be read: is a web page under the name of a workbook",),
    ),
    "a total row whose formula nobody has computed": Case(
        {"outcomes.xlsx": book({"a": [*sheet_of(COUNTS), ["合计", None, None, "=SUM(D2:D4)"]]})},
        {"outcomes": {"leave_out": [{"column": "region_code", "words": "合计", "why": "total"}]}},
        read={"outcomes.count": [3, 4, 5]},
        said=(r"excluded +outcomes +outcomes.xlsx +1 +total \(row 5\)",),
    ),
    "the same formula in an ordinary row": Case(
        {"outcomes.xlsx": book({"a": [*sheet_of(COUNTS), ["990103", "2021Q2", "tips", "=1+1"]]})},
        refused=(r"column count, row 5: holds a formula without a stored result\. Open",),
    ),
}

CASES = {"1 " + name: case for name, case in LOST.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_read_right_or_refused_clearly(tmp_path, name):
    """Values, lines of the account and problems are those that the case names, and no others."""
    case = CASES[name]
    try:
        dataset, problems = examine(case.write(tmp_path))
    except AnalysisError as error:
        dataset, problems = None, list(error.problems)
    shown = [str(problem) for problem in problems]
    for pattern in case.refused:
        assert any(re.search(pattern, text) for text in shown), shown
    assert len(shown) == len(case.refused), shown
    for place, values in case.read.items():
        table, _, column = place.partition(".")
        found = dataset.tables[table][column]
        dates = found.dtype.kind == "M"
        assert (found.dt.strftime("%Y-%m-%d") if dates else found).tolist() == values
    lines = account_lines(dataset, problems) if dataset else []
    for pattern in case.said:
        assert any(re.search(pattern, line) for line in lines), lines
