"""What bureaus really have, case by case: read right, or refused with one clear line.

Each case is a small dataset made for it, and what must come of it: values of a column, a line of
the account, or a refusal. ``pytest tests/unit/test_reading_cases.py -v`` prints the table.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from analysis import progress
from analysis.batch.plan import plan
from analysis.cli import commands
from analysis.data.checkup import account_lines
from analysis.data.dataset import examine, read_dataset
from analysis.data.first_look.draft import write_draft
from analysis.data.frames.panels.panel_doubts import doubtful
from analysis.data.frames.panels.panel_loader import panel
from analysis.errors import AnalysisError
from analysis.page.charts import letters, style
from analysis.params import CountsQuestion
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
        settings = ABOUT | dict(self.about) | ({"mapping": self.mapping} if self.mapping else {})
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        files = {"dataset.yml": text, "regions.csv": REGIONS} | dict(self.files)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
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
    "files of other kinds, and in folders": Case(
        {"outcomes.csv": COUNTS, "表.et": b"x", "2022.csv.gz": b"x", "早年/outcomes.csv": COUNTS},
        said=(r"not read +2022.csv.gz", r"not read +早年/outcomes.csv", r"not read +表.et"),
    ),
    "an export that ends where a sheet of Excel does": Case(
        records(*(f"{n},2023-01-02,甲区" for n in range(65535))),
        {"complaints": RECORDS},
        said=(r"noted +complaints +台账.csv +1 +ends in the last row .*row 65536",),
    ),
    "names in a Central European encoding": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,Łódź,Łódź,county\n"
            "990103,Żnin,Żnin,county\n".encode("cp1250")
        },
        read={"regions.name_en": ["Łódź", "Żnin"]},
    ),
    "names that Western and Central European bytes spell alike": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,Győr,Győr,county\n".encode(
                "cp1250"
            )
        },
        refused=(r"regions.csv: cannot be read: its encoding cannot be told",),
    ),
    "two exports of two encodings, one below the other": Case(
        {
            "台账.csv": (LEDGER + "编号甲,2023-01-02,甲区\n").encode("gb18030")
            + "编号乙,2023-01-02,乙区\n".encode()
        },
        {"complaints": RECORDS},
        refused=(r"台账.csv: cannot be read: its encoding cannot be told",),
    ),
    "characters that an earlier conversion has lost": Case(
        {
            "regions.csv": "region_code,name_en,name_zh,level\n990102,A,\ufffd区,county\n"
            "990103,B,锟斤拷县,county\n"
        },
        said=(r"noted +regions +regions.csv +2 +column name_zh: characters lost in an earlier",),
    ),
    "a column without a name": Case(
        {"outcomes.csv": "".join(f"{line},\n" for line in COUNTS.splitlines())},
        refused=(r"outcomes.csv, column 5: has no name\. Name it, or delete it",),
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

TOLD = "title: {en: T, zh: 试}\nstatus: simulated\nlicence: none\norigin: made up\n"
STRICT: dict[str, Case] = {
    "a key twice": Case(
        {"dataset.yml": TOLD + "status: real\n"},
        refused=(r"dataset.yml, row 5: repeats a key\. Keep one of the two",),
    ),
    "a key twice, once in quotation marks, deep in a mapping": Case(
        {"dataset.yml": TOLD + "mapping:\n  outcomes:\n    files: a.csv\n    'files': b.csv\n"},
        refused=(r"dataset.yml, row 8: repeats a key",),
    ),
    "a code with a nought in front, without quotation marks": Case(
        {"dataset.yml": TOLD + "mapping: {outcomes: {constants: {region_code: 010203}}}\n"},
        refused=(r"dataset.yml, row 5: holds a code or a time of day without quotation marks",),
    ),
    "another code without quotation marks": Case(
        {"dataset.yml": TOLD + "mapping: {outcomes: {constants: {region_code: 990102}}}\n"},
        refused=(r"constants: holds a number or yes/no without quotation marks",),
    ),
    "a title that YAML reads as a number": Case(
        {"dataset.yml": TOLD.replace("en: T", "en: 2021")},
        refused=(r"title.en: is read as a number or day, not as text\. Write it in quotation",),
    ),
}


def counts(*rows: str, **more: Any) -> Case:
    """Outcomes as the contract writes them."""
    return Case({"outcomes.csv": OUTCOMES + "".join(f"990102,{row}\n" for row in rows)}, **more)


def series(*rows: str) -> dict[str, str]:
    """A quarterly sheet of the first district."""
    return {"季报.csv": PANEL + "".join(f"{row}\n" for row in rows)}


def starts(*rows: str) -> str:
    """A table of starts."""
    head = "region_code,intervention,started_on,ended_on\n"
    return head + "".join(f"{row}\n" for row in rows)


NO_PERIOD = r"column period, row 2: is not a period\. .* 1000 to 2999"
TIME: dict[str, Case] = {
    "a quarter in two spellings is one key": counts(
        "2019Q1,tips,3",
        "2019-Q1,tips,777",
        refused=(r"outcomes.csv, row 3: repeats the key region_code \+ period \+ outcome",),
    ),
    "a quarter in a small letter": counts("2019q1,tips,3", read={"outcomes.period": ["2019Q1"]}),
    "a quarter in a constant": Case(
        {"季报.csv": "区县,件数\n甲区,3\n"},
        {
            "outcomes": {
                "files": "季报.csv",
                "columns": {"region_code": "区县", "count": "件数"},
                "constants": {"outcome": "tips", "period": "2021-Q1"},
                "values": BY_NAME,
            }
        },
        read={"outcomes.period": ["2021Q1"]},
    ),
    "full-width digits": counts("２０１９Ｑ１,tips,3", read={"outcomes.period": ["2019Q1"]}),
    "digits of another script": counts("٢٠١٩,tips,3", refused=(NO_PERIOD,)),
    "the year 0000": counts("0000Q1,tips,3", refused=(NO_PERIOD,)),
    "the year 9999": counts("9999Q4,tips,3", refused=(NO_PERIOD,)),
    "a year far away": counts(
        *(f"{year},tips,3" for year in (2018, 2019, 2020, 2920)),
        refused=(
            r"column period, row 5: lies more than 20 years from the others\. Look for a slip",
        ),
    ),
    "a week that its year does not have": counts("2021-W53,tips,3", refused=(NO_PERIOD,)),
    "a week": counts("2020-W53,tips,3", read={"outcomes.period": ["2020-W53"]}),
    "a week as an owner writes it": Case(
        series("甲区,2020年第53周,3"),
        {"outcomes": mapped(SERIES, dates="%Y年第%V周")},
        read={"outcomes.period": ["2020-W53"]},
    ),
    "an end in the year 9999": Case(
        {"interventions.csv": starts("990102,x,2021-01-01,9999-12-31")},
        refused=(r"column ended_on, row 2: is not a date\. .* an open end is empty, or listed",),
    ),
    "an end in the year 9999, listed as empty": Case(
        {"interventions.csv": starts("990102,x,2021-01-01,9999-12-31")},
        {"interventions": {"empty": ["9999-12-31"]}},
        read={"interventions.started_on": ["2021-01-01"]},
    ),
    "a record made a century later": Case(
        records("1,2023-01-02,甲区", "2,2023-01-03,乙区", "3,2123-01-03,乙区"),
        {"complaints": RECORDS},
        refused=(r"日期 \(received_on\), row 4: lies more than 20 years from the others\. Look",),
    ),
    "an October that has lost its nought": Case(
        series("甲区,2019.09,3", "甲区,2019.1,4", "甲区,2019.11,5"),
        {"outcomes": mapped(SERIES, dates="%Y.%m")},
        refused=(r"期间 \(period\), row 3: is not a period",),
    ),
    "months without noughts": Case(
        series("甲区,2019.1,3", "甲区,2019.2,4"),
        {"outcomes": mapped(SERIES, dates="%Y.%m")},
        read={"outcomes.period": ["2019-01", "2019-02"]},
    ),
    "clocks that add fractions of a second": Case(
        records("1,2023-01-02 08:09:10.0,甲区", "2,2023-01-03 08:09:10,甲区"),
        {"complaints": mapped(RECORDS, dates="%Y-%m-%d %H:%M:%S")},
        read={"complaints.received_on": ["2023-01-02", "2023-01-03"]},
    ),
    "an end that names a month": Case(
        {"interventions.csv": starts("990102,x,2019-01,2020-02")},
        {"interventions": {"dates": ["%Y-%m"]}},
        read={"interventions.ended_on": ["2020-02-29"], "interventions.started_on": ["2019-01-01"]},
        said=(r"repaired +interventions +ended_on +1 +a month read as its last day",),
    ),
    "an end before its start": Case(
        {"interventions.csv": starts("990102,x,2021-01-01,2020-01-01")},
        refused=(r"column ended_on, row 2: lies before started_on",),
    ),
    "a second spell": Case(
        {"interventions.csv": starts("990102,x,2019-01-01,2020-01-01", "990102,x,2021-01-01,")},
        read={"interventions.started_on": ["2019-01-01", "2021-01-01"]},
    ),
    "a count beyond any": counts(
        f"2019,tips,{'9' * 26}",
        refused=(r"column count, row 2: is above 1,000,000,000,000\. No count is so large",),
    ),
    "a count in scientific notation": counts("2019,tips,1.2e2", read={"outcomes.count": [120]}),
    "a half-year": counts("2019H1,tips,3", refused=(NO_PERIOD,)),
}
HALVES = ("甲区,2021年1-3月,231", "甲区,2021年1—6月,551", "甲区,2021年1至9月,911",
          "甲区,2021年1-12月,1115")  # fmt: skip
SPANS = mapped(SERIES, dates="%Y年1-%m月")
SUMS = tuple(
    f"{name},{year}Q{q},{100 * q + year - 2000}"
    for name in ("甲区", "乙区")
    for year in (2020, 2021, 2022)
    for q in (1, 2, 3, 4)
)
CUMULATIVE: dict[str, Case] = {
    "spans since January": Case(
        series(*HALVES),
        {"outcomes": SPANS},
        read={
            "outcomes.period": ["2021Q1", "2021Q2", "2021Q3", "2021Q4"],
            "outcomes.count": [231, 320, 360, 204],
        },
        said=(r"repaired +outcomes +count +3 +a sum since January less that of the period",),
    ),
    "spans in another order, and a row twice": Case(
        series(*reversed(HALVES), HALVES[1]),
        {"outcomes": SPANS},
        read={"outcomes.count": [204, 360, 320, 231]},
    ),
    "months whose January stands by itself": Case(
        series("甲区,2021年1月,5", "甲区,2021年1-2月,9", "甲区,2021年1-3月,9"),
        {"outcomes": mapped(SPANS, dates=["%Y年1-%m月", "%Y年%m月"])},
        read={"outcomes.period": ["2021-01", "2021-02", "2021-03"], "outcomes.count": [5, 4, 0]},
    ),
    "a month among spans": Case(
        series("甲区,2021年1-3月,5", "甲区,2021年4月,9"),
        {"outcomes": mapped(SPANS, dates=["%Y年1-%m月", "%Y年%m月"])},
        refused=(r"期间 \(period\), row 3: is not a period",),
    ),
    "a span missing": Case(
        series(HALVES[0], HALVES[2]),
        {"outcomes": SPANS},
        refused=(r"期间 \(period\), row 3: has no sum since January up to the period before it",),
    ),
    "January and February together": Case(
        series("甲区,2021年1-2月,9", "甲区,2021年1-3月,12"),
        {"outcomes": SPANS},
        refused=(r"row 2: has no sum since January",),
    ),
    "halves of a year": Case(
        series("甲区,2021年1-6月,9", "甲区,2021年1-12月,12"),
        {"outcomes": SPANS},
        refused=(
            r"period: are sums over 6 months, which are no period here\. Keep the rows of whole",
        ),
    ),
    "whole years": Case(
        series("甲区,2021年1-12月,9", "甲区,2022年1-12月,12"),
        {"outcomes": SPANS},
        read={"outcomes.period": ["2021", "2022"], "outcomes.count": [9, 12]},
    ),
    "a sum that falls": Case(
        series(HALVES[0], "甲区,2021年1-6月,230"),
        {"outcomes": SPANS},
        refused=(r"件数 \(count\), row 3: is less than the sum since January up to the period",),
    ),
    "spans side by side": Case(
        {"季报.csv": "区县,1—3月,1—6月\n甲区,231,551\n"},
        {
            "outcomes": {
                "files": "季报.csv",
                "columns": {"region_code": "区县"},
                "constants": {"outcome": "tips"},
                "values": BY_NAME,
                "dates": "%Y年1-%m月",
                "wide": {
                    "numbers": "count",
                    "names": "period",
                    "columns": {"2021年1-3月": "1—3月", "2021年1-6月": "1—6月"},
                },
            }
        },
        read={"outcomes.period": ["2021Q1", "2021Q2"], "outcomes.count": [231, 320]},
    ),
    "half-years in words, by patterns": Case(
        series("甲区,2021年一季度,231", "甲区,2021年上半年,551"),
        {
            "outcomes": mapped(
                SPANS,
                values=BY_NAME
                | {
                    "period": {
                        "patterns": {"{n}年一季度": "{n}年1-3月", "{n}年上半年": "{n}年1-6月"}
                    }
                },
            )
        },
        read={"outcomes.period": ["2021Q1", "2021Q2"], "outcomes.count": [231, 320]},
    ),
    "declared, but it goes on from one year to the next": Case(
        series(
            *(
                f"甲区,{y}Q{q},{100 * (4 * (y - 2020) + q)}"
                for y in (2020, 2021)
                for q in (1, 2, 3, 4)
            )
        ),
        {"outcomes": mapped(SERIES, cumulative=True)},
        refused=(r"季报.csv: goes on from one year to the next, which sums since January do not",),
    ),
    "an average since January": Case(
        series("甲区,2021年1-3月,91.5", "甲区,2021年1-6月,92.5"),
        {
            "outcomes": mapped(
                SPANS, columns={"region_code": "区县", "period": "期间", "value": "件数"}
            )
        },
        refused=(r"words.tips: is read as a sum since January, and levels .* do not add up",),
    ),
    "an amount since January": Case(
        series("甲区,2021年1-3月,91.5", "甲区,2021年1-6月,192.5"),
        {
            "outcomes": mapped(
                SPANS, columns={"region_code": "区县", "period": "期间", "value": "件数"}
            )
        },
        about={"words": {"tips": {"en": "T", "zh": "试", "adds_up": True}}},
        read={"outcomes.value": [91.5, 101.0]},
    ),
    "a sheet that says so": Case(
        {"季报.xlsx": book({"1-6月累计": [PANEL.strip().split(","), ["甲区", "2021Q1", 3]]})},
        {"outcomes": mapped(SERIES, files="季报.xlsx")},
        refused=(r"季报.xlsx, sheet 1-6月累计: says that its numbers are sums since January",),
    ),
    "a file that says so": Case(
        {"2021年累计.csv": PANEL + "甲区,2021Q1,3\n"},
        {"outcomes": mapped(SERIES, files="2021年累计.csv")},
        refused=(r"2021年累计.csv: says that its numbers are sums since January",),
    ),
    "declared, in quarters": Case(
        series(*SUMS[:4]),
        {"outcomes": mapped(SERIES, cumulative=True)},
        read={"outcomes.count": [120, 100, 100, 100]},
    ),
    "not said, but it rises within every year": Case(
        series(*SUMS),
        {"outcomes": SERIES},
        refused=(
            r"季报.csv, outcome tips: rises within every year and begins anew .*"
            r"cumulative: true or false",
        ),
    ),
    "not said, in the contract's own form": Case(
        {
            "outcomes.csv": OUTCOMES
            + "".join(
                f"{990102 + n // 12},{s.split(',')[1]},tips,{s.split(',')[2]}\n"
                for n, s in enumerate(SUMS)
            )
        },
        refused=(r"outcomes.csv, outcome tips: rises within every year",),
    ),
    "it rises, and is said not to add up": Case(
        series(*SUMS),
        {"outcomes": mapped(SERIES, cumulative=False)},
        said=(r"read +outcomes +季报.csv +24",),
    ),
    "a header that says so": Case(
        {"季报.csv": PANEL.replace("件数", "累计件数") + "甲区,2021Q1,3\n"},
        {"outcomes": mapped(SERIES, columns={**SERIES["columns"], "count": "累计件数"})},
        refused=(r"column 累计件数: says that its numbers are sums since January",),
    ),
    "a register that grows": Case(
        {
            "exposures.csv": "region_code,period,exposure,value\n"
            + "".join(
                f"990102,{year}Q{q},enterprises,{1000 + 40 * (year - 2018) + 10 * q}\n"
                for year in range(2018, 2023)
                for q in (1, 2, 3, 4)
            )
        },
        said=(r"read +exposures +exposures.csv +20",),
    ),
}
CITIES = (
    "region_code,name_en,name_zh,level,parent_code\n370100,Ji,济虚市,city,\n370400,Zao,枣虚市,city,\n"
    "990103,A,市中区,district,370100\n990403,B,市中区,district,370400\n990404,C,甲（新）县,county,370400\n"
)
MINGUO = (
    "D1,112/01/01,甲区",
    "D2,民國112年2月2日,甲区",
    "D3,112.3.3,甲区",
    "D4,２０２３年４月４日,甲区",
)
SIZES = {
    "files": "主体.csv",
    "columns": {"region_code": "区县", "period": "年份", "value": "户数"},
    "constants": {"exposure": "enterprises"},
    "values": BY_NAME,
}
WIDE = {
    "files": "季报.csv",
    "columns": {"region_code": "区县", "period": "期间"},
    "values": BY_NAME,
    "wide": {"numbers": "count", "names": "outcome", "columns": {"tips": "举报", "all": "投诉"}},
}


def sizes(*cells: str, name: str = "户数") -> dict[str, str]:
    """A register of the first district, a year a row."""
    rows = "".join(f"甲区,{2021 + n},{cell}\n" for n, cell in enumerate(cells))
    return {"主体.csv": f"区县,年份,{name}\n{rows}"}


def at(**values: Any) -> dict[str, Any]:
    """Records whose districts are found by other values."""
    return {"complaints": mapped(RECORDS, values={"region_code": values})}


WORKED = {"2023-04-28", "2023-05-04", "2023-05-05", "2023-05-06", "2023-05-08", "2023-05-09"}
"""Around the first of May, with the Saturday that was worked in exchange."""
MAY = [f"2023-04-{n:02d}" for n in range(27, 31)] + [f"2023-05-{n:02d}" for n in range(1, 11)]
CALENDAR = "day,working\n" + "".join(f"{day},{str(day in WORKED).lower()}\n" for day in MAY)
ONE_FILE = "unit,month,n,start\na,2023-01-01,3,2023-02\na,2023-02-01,4,2023-02\nb,2023-01-01,3,\n"
TABLES_OF_ONE = {
    "regions": {
        "files": "p.csv",
        "columns": {"region_code": "unit", "name_en": "unit", "name_zh": "unit"},
        "constants": {"level": "district"},
    },
    "outcomes": {
        "files": "p.csv",
        "columns": {"region_code": "unit", "period": "month", "count": "n"},
        "constants": {"outcome": "tips"},
        "dates": "%Y-%m-%d",
    },
    "interventions": {
        "files": "p.csv",
        "columns": {"region_code": "unit", "started_on": "start"},
        "constants": {"intervention": "x"},
        "dates": "%Y-%m",
        "leave_out": [{"column": "start", "empty": True, "why": "never"}],
    },
}
CHANGED: dict[str, Case] = {
    "units in cells": Case(
        sizes("1.2万", "3.45万户", '"1,234户"', "0.00012亿"),
        {"exposures": mapped(SIZES, thousands=",")},
        read={"exposures.value": [12000, 34500, 1234, 12000]},
        said=(r"repaired +exposures +户数 +4 +a number with a unit, or in the unit declared",),
    ),
    "a whole number in 万": Case(
        {"季报.csv": PANEL + "甲区,2021,1.2345万件\n甲区,2022,0.7万\n"},
        {"outcomes": SERIES},
        read={"outcomes.count": [12345, 7000]},
    ),
    "a unit declared": Case(
        sizes("1.2", "3.45"),
        {"exposures": mapped(SIZES, units={"value": "万户"})},
        read={"exposures.value": [12000, 34500]},
    ),
    "a header that says 万户, and nothing declared": Case(
        sizes("1.2", name="经营主体（万户）"),
        {"exposures": mapped(SIZES, columns={**SIZES["columns"], "value": "经营主体（万户）"})},
        refused=(
            r"column 经营主体（万户） \(value\): says 万, and no unit is declared\. Write units",
        ),
    ),
    "a header that ends in 万户数": Case(
        sizes("1.2", name="主体万户数"),
        {"exposures": mapped(SIZES, columns={**SIZES["columns"], "value": "主体万户数"})},
        refused=(r"column 主体万户数 \(value\): says 万, and no unit is declared",),
    ),
    "a header that counts by 万人": Case(
        sizes("1.2", name="每万人"),
        {"exposures": mapped(SIZES, columns={**SIZES["columns"], "value": "每万人"})},
        read={"exposures.value": [1.2]},
    ),
    "the first year of an era, and one of one digit": Case(
        records("1,令和元年5月1日,甲区", "2,令和5年1月2日,甲区"),
        {"complaints": mapped(RECORDS, era="reiwa", dates="令和%Y年%m月%d日")},
        read={"complaints.received_on": ["2019-05-01", "2023-01-02"]},
    ),
    "regions above by name": Case(
        {"名录.csv": "代码,名称,上级\n370100,济虚市,\n370102,市中区,济虚市\n"},
        {
            "regions": {
                "files": "名录.csv",
                "columns": {
                    "region_code": "代码",
                    "name_en": "名称",
                    "name_zh": "名称",
                    "parent_code": "上级",
                },
                "constants": {"level": "county"},
                "values": {"parent_code": {"lookup": "regions.name_zh"}},
            }
        },
        read={"regions.region_code": ["370100", "370102"]},
        said=(r"repaired +regions +上级 +1 +a word translated as listed",),
    ),
    "limits in working days": Case(
        {"calendar.csv": CALENDAR, **records("1,2023-04-28,甲区", "2,2023-05-04,甲区")},
        {
            "complaints": mapped(
                RECORDS, limits={"due_on": {"after": "received_on", "working_days": 3}}
            )
        },
        read={"complaints.due_on": ["2023-05-06", "2023-05-08"]},
    ),
    "limits beyond the calendar": Case(
        {"calendar.csv": CALENDAR, **records("1,2023-05-09,甲区", "2,2023-04-28,甲区")},
        {
            "complaints": mapped(
                RECORDS, limits={"due_on": {"after": "received_on", "working_days": 3}}
            )
        },
        refused=(r"日期 \(received_on\), row 2: has its limit due_on outside the calendar",),
    ),
    "limits without a calendar": Case(
        records("1,2023-04-28,甲区"),
        {
            "complaints": mapped(
                RECORDS, limits={"due_on": {"after": "received_on", "working_days": 3}}
            )
        },
        refused=(r"台账.csv, limits: need the table calendar",),
    ),
    "a header that says 万元, kept as it is": Case(
        sizes("1.2", name="金额(万元)"),
        {
            "exposures": mapped(
                SIZES, columns={**SIZES["columns"], "value": "金额(万元)"}, units={"value": "1"}
            )
        },
        read={"exposures.value": [1.2]},
    ),
    "a unit nobody knows": Case(
        sizes("1.2"),
        {"exposures": mapped(SIZES, units={"value": "打"})},
        refused=(r"units: holds a unit that is not known: for example 万",),
    ),
    "years of the Republic, declared": Case(
        records(*MINGUO),
        {
            "complaints": mapped(
                RECORDS,
                era="minguo",
                dates=["%Y年%m月%d日", "民國%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d"],
            )
        },
        read={"complaints.received_on": ["2023-01-01", "2023-02-02", "2023-03-03", "2023-04-04"]},
    ),
    "years of the Republic, not declared": Case(
        records(*MINGUO[:1]),
        {"complaints": mapped(RECORDS, dates="%Y/%m/%d")},
        refused=(r"日期 \(received_on\), row 2: is not a date",),
    ),
    "quarters of the Republic": Case(
        series("甲区,112年第1季,3"),
        {"outcomes": mapped(SERIES, era="minguo", dates="%Y年第%q季")},
        read={"outcomes.period": ["2023Q1"]},
    ),
    "starts that name a month": Case(
        {"interventions.csv": starts("990102,x,2023-02,", "990103,x,2023-03-04,")},
        {"interventions": {"dates": ["%Y-%m"]}},
        read={"interventions.started_on": ["2023-02-01", "2023-03-04"]},
        said=(r"repaired +interventions +started_on +1 +a month read as its first day",),
    ),
    "starts that name a month, not declared": Case(
        {"interventions.csv": starts("990102,x,2023-02,")},
        refused=(r"column started_on, row 2: is not a date",),
    ),
    "months written as their first days": Case(
        series("甲区,2023-01-01,3", "甲区,2023-02-01,4"),
        {"outcomes": SERIES},
        read={"outcomes.period": ["2023-01", "2023-02"]},
    ),
    "months written as their last days": Case(
        series("甲区,2023/1/31,3", "甲区,2023/2/28,4"),
        {"outcomes": mapped(SERIES, dates="%Y/%m/%d")},
        read={"outcomes.period": ["2023-01", "2023-02"]},
    ),
    "days that may be months or quarters": Case(
        series("甲区,2023-01-01,3", "甲区,2023-04-01,4"),
        {"outcomes": SERIES},
        refused=(r"期间 \(period\), rows 2, 3: is a day, not a period\. Say of which length",),
    ),
    "days that are said to be quarters": Case(
        series("甲区,2023-01-01,3", "甲区,2023-04-01,4"),
        {"outcomes": mapped(SERIES, period="quarter")},
        read={"outcomes.period": ["2023Q1", "2023Q2"]},
    ),
    "patterns for codes": Case(
        records("R1,2023-01-02,第2区", "R2,2023-01-02,第三区"),
        at(patterns={"第{n}区": "9901{n:02}"}),
        read={"complaints.region_code": ["990102", "990103"]},
    ),
    "a pattern that is none": Case(
        records("R1,2023-01-02,第2区"),
        at(patterns={"第{m}区": "9901{n:02}"}),
        refused=(r"patterns: holds a pattern that is not made of \{n\} and \{word\}",),
    ),
    "names behind their city": Case(
        {
            "regions.csv": CITIES,
            **records("R1,2023-01-02,济虚市市中区", "R2,2023-01-02,枣虚市-市中区"),
        },
        {"complaints": RECORDS},
        read={"complaints.region_code": ["990103", "990403"]},
    ),
    "names of two columns": Case(
        {
            "regions.csv": CITIES,
            "台账.csv": "编号,日期,地市,区县\n1,2023-01-02,济虚市,市中区\n"
            "2,2023-01-03,枣虚市,市中区\n",
        },
        {
            "complaints": mapped(
                RECORDS, columns={**RECORDS["columns"], "region_code": ["地市", "区县"]}
            )
        },
        read={"complaints.region_code": ["990103", "990403"]},
    ),
    "a name that two cities share, alone": Case(
        {"regions.csv": CITIES, **records("R1,2023-01-02,市中区", "R2,2023-01-02,甲(新)县")},
        {"complaints": RECORDS},
        refused=(
            r"区县 \(region_code\), row 2: names several rows of regions\. Name the column that "
            r"tells them apart.* region_code: \[COLUMN OF THE REGION ABOVE, 区县\]; only if every",
        ),
    ),
    "such a name listed as one of them": Case(
        {"regions.csv": CITIES, **records("R1,2023-01-02,市中区", "R2,2023-01-02,甲(新)县")},
        at(lookup="regions.name_zh", words={"市中区": "990403"}),
        read={"complaints.region_code": ["990403", "990404"]},
        said=(r"repaired +complaints +区县 +1 +a name of several rows of regions read as the one",),
    ),
    "a city in merged cells, above totals": Case(
        {
            "regions.csv": CITIES,
            "台账.csv": "编号,日期,地市,区县\n1,2023-01-02,济虚市,市中区\n"
            "2,2023-01-03,,市中区\n2,,合计,\n3,2023-01-03,枣虚市,市中区\n4,2023-01-04,,市中区\n",
        },
        {
            "complaints": mapped(
                RECORDS,
                columns={**RECORDS["columns"], "region_code": ["地市", "区县"]},
                leave_out=[{"column": "地市", "words": "合计"}],
                fill_down="地市",
            )
        },
        read={"complaints.region_code": ["990103", "990103", "990403", "990403"]},
        said=(r"repaired +complaints +地市 +2 +a blank cell read as the one above",),
    ),
    "a blank cell with none above it": Case(
        {"台账.csv": "编号,日期,区县\n1,2023-01-02,\n2,2023-01-03,甲区\n3,2023-01-03,\n"},
        {"complaints": mapped(RECORDS, fill_down="区县")},
        refused=(r"row 2: is empty\. Every row needs a value here; a line of totals .*leave_out",),
    ),
    "a column to fill down that is not there": Case(
        records("R1,2023-01-02,甲区"),
        {"complaints": mapped(RECORDS, fill_down="地市")},
        refused=(r"column 地市: is missing",),
    ),
    "names behind a city that regions does not hold": Case(
        records("R1,2023-01-02,济虚市市中区", "R2,2023-01-02,济虚市甲区"),
        {"complaints": RECORDS},
        refused=(
            r"rows 2, 3: holds a word that is not listed\. Another name stands .*parent_code.*",
        ),
    ),
    "such a city taken away by a pattern": Case(
        records("R1,2023-01-02,济虚市市中区", "R2,2023-01-02,甲区"),
        at(lookup="regions.name_zh", patterns={"济虚市{word}": "{word}"}),
        read={"complaints.region_code": ["990104", "990102"]},
    ),
    "one wide file of several outcomes": Case(
        {"季报.csv": "区县,期间,举报,投诉\n甲区,2021,3,4\n乙区,2021,,6\n"},
        {"outcomes": WIDE},
        read={
            "outcomes.outcome": ["tips", "all", "all"],
            "outcomes.count": [3, 4, 6],
            "outcomes.region_code": ["990102", "990102", "990103"],
        },
        said=(r"excluded +outcomes +季报.csv +1 +no number in column 举报 \(row 3\)",),
    ),
    "one wide file of several years": Case(
        {"季报.csv": "区县,2021年,2022年\n甲区,3,4\n"},
        {
            "outcomes": {
                "files": "季报.csv",
                "columns": {"region_code": "区县"},
                "constants": {"outcome": "tips"},
                "values": BY_NAME,
                "wide": {
                    "numbers": "count",
                    "names": "period",
                    "columns": {"2021": "2021年", "2022": "2022年"},
                },
            }
        },
        read={"outcomes.period": ["2021", "2022"], "outcomes.count": [3, 4]},
    ),
    "a wide file with words for nothing and a line of totals": Case(
        {"季报.csv": "区县,期间,举报,投诉\n甲区,2021,3,—\n乙区,2021,5,6\n合计,2021,8,6\n"},
        {"outcomes": mapped(WIDE, empty="—")},
        refused=(r"row 4: holds a word that is not listed\..* totals .* left out by leave_out",),
    ),
    "such a file with its totals left out": Case(
        {"季报.csv": "区县,期间,举报,投诉\n甲区,2021,3,—\n乙区,2021,5,6\n合计,2021,8,6\n"},
        {
            "outcomes": mapped(
                WIDE, empty="—", leave_out=[{"column": "区县", "words": "合计", "why": "totals"}]
            )
        },
        read={"outcomes.count": [3, 5, 6]},
        said=(r"excluded +outcomes +季报.csv +1 +no number in column 投诉 \(row 2\)",),
    ),
    "a word in a column of a wide file": Case(
        {"季报.csv": "区县,期间,举报,投诉\n甲区,2021,3,无\n"},
        {"outcomes": WIDE},
        refused=(r"column 投诉 \(count\), row 2: is not a whole number\. .* under empty",),
    ),
    "a wide file that lacks a column": Case(
        {"季报.csv": "区县,期间,举报\n甲区,2021,3\n"},
        {"outcomes": WIDE},
        refused=(r"季报.csv, column 投诉 \(count\): is missing",),
    ),
    "an outcome made of kind and category": Case(
        {"季报.csv": "区县,期间,件数,类型,类别\n甲区,2021,3,投诉,食品\n甲区,2021,4,举报,药品\n"},
        {
            "outcomes": {
                "files": "季报.csv",
                "columns": {**SERIES["columns"], "outcome": ["类型", "类别"]},
                "values": BY_NAME
                | {"outcome": {"words": {"投诉-食品": "food_complaints"}, "other": "others"}},
            }
        },
        read={"outcomes.outcome": ["food_complaints", "others"]},
    ),
    "several tables of one file": Case(
        {"p.csv": ONE_FILE},
        TABLES_OF_ONE,
        read={
            "regions.region_code": ["a", "b"],
            "outcomes.period": ["2023-01", "2023-02", "2023-01"],
            "interventions.started_on": ["2023-02-01"],
        },
    ),
    "an error in one of several tables of one file": Case(
        {"p.csv": ONE_FILE.replace("a,2023-01-01,3", "a,2023-01-01,-3")},
        TABLES_OF_ONE,
        refused=(r"p.csv, column n \(count\), row 2: is below 0",),
        said=(r"refused +outcomes +n \(count\) +1 +is below 0",),
    ),
    "a satisfaction scale": Case(
        {"季报.csv": PANEL + "甲区,2021,非常满意\n甲区,2022,2\n"},
        {
            "outcomes": {
                "files": "季报.csv",
                "columns": {"region_code": "区县", "period": "期间", "value": "件数"},
                "constants": {"outcome": "satisfaction"},
                "values": BY_NAME | {"value": {"非常满意": "5", "不满意": "1"}},
            }
        },
        read={"outcomes.value": [5, 2]},
    ),
}

CASES = {
    f"{item} {name}": case
    for item, cases in ((1, LOST), (2, CUMULATIVE), (3, CHANGED), (4, TIME), (5, STRICT))
    for name, case in cases.items()
}


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


ZONES = "intervention_effect/enterprise_zones"
MATRIX = f"reports:\n  - report: {ZONES}\n"
ASKED: dict[str, tuple[str, str, str]] = {
    "5 a key twice in params": ("period: year\nperiod: month\n", "", r"row 3: repeats a key"),
    "5 a key twice in a suite": ("", "reports: []\nreports: []\n", r"row 2: repeats a key"),
    "5 first_period: 2021": (
        "first_period: 2021\n",
        "",
        r"first_period: is read as a number or day, not as text\. Write it in quotation marks",
    ),
    "5 a day as first_period": ("first_period: 2021-01-01\n", "", r"quotation marks"),
    "4 first_period in full-width digits": ("first_period: '２０２１'\n", "", r"is not a period"),
    "4 the year 0000": ("first_period: '0000Q1'\n", "", r"first_period: is not a period"),
    "4 the year 9999": ("last_period: '9999'\n", "", r"last_period: is not a period"),
    "4 a period that ends before it begins, in two spellings": (
        "first_period: 2021-Q2\nlast_period: 2021Q1\n",
        "",
        r"last_period lies before first_period",
    ),
    "5 an unquoted code in a matrix": (
        "",
        MATRIX + "    matrix: {region: [990100, 990200]}\n",
        r"region: holds a number where text is meant\. Write each in quotation marks",
    ),
    "5 an exclude that excludes nothing, in a matrix": (
        "",
        MATRIX + "    matrix: {seed: [1, 2]}\n    exclude: [{seed: 3}]\n",
        r"exclude seed 3: excludes a combination that the matrix does not hold",
    ),
    "5 an exclude that excludes nothing, in a suite": (
        "",
        f"reports: [{ZONES}]\nexclude: [{ZONES}x]\n",
        r"excludes '.*x', which it does not list",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_is_refused_clearly(tmp_path, root, monkeypatch, name):
    """Of a params file or a suite; nothing is planned."""
    params, suite, pattern = ASKED[name]
    shutil.copytree(root / "data" / "enterprise_zones", tmp_path / "data" / "enterprise_zones")
    (tmp_path / "params" / "intervention_effect").mkdir(parents=True)
    (tmp_path / "params" / "suites").mkdir()
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    text = f"dataset: data/enterprise_zones\n{params}"
    (tmp_path / "params" / f"{ZONES}.yml").write_text(text, encoding="utf-8")
    (tmp_path / "params" / "suites" / "s.yml").write_text(suite, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AnalysisError) as caught:
        plan(["s" if suite else ZONES])
    assert re.search(pattern, str(caught.value)), str(caught.value)


def test_a_quarter_has_one_form():
    """Bounds in two spellings are one question, with one key."""
    spelt = [CountsQuestion.from_mapping({"first_period": p}) for p in ("2021-Q1", "2021Q1")]
    assert spelt[0] == spelt[1]


NAMES = {
    "accents": ("Köln São Łódź Đắk Lắk", "Köln São Łódź Đắk Lắk"),
    "rare characters": ("𠮷野𡐓县", "〓野〓县"),
    "rare characters of a region": ("㵐区和甲区", "990102和甲区"),
    "emoji": ("第一县😀", "第一县😀"),
    "Arabic": ("مقاطعة الشمال", "مقاطعة الشمال"),
    "dollars": ("收费$5_a至$6县", "收费$5_a至$6县"),
    "what would be broken mathematics": ("Fee $\\frac{ to $", "Fee $\\frac{ to $"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_letters_is_drawn(name, monkeypatch):
    """By the second font, or by its code, or with a mark where neither is; a dollar is a dollar."""
    given, shown = NAMES[name]
    monkeypatch.setattr(letters, "CODES", {})
    letters.use_codes({"990102": ("R", "㵐区"), "990103": ("S", "甲区")})
    texts = []

    def draw(axes, _):
        texts.append(axes.set_title(given))
        texts.append(axes.text(0, 0, "plain"))
        axes.set_yticks([0], [given])

    images = style.render(draw, "en", ())
    assert texts[0].get_text() == shown
    assert not texts[0].get_parse_math()
    assert b"<path" in base64.b64decode(images["wide"].data)


def test_checking_says_of_which_names_figures_lack_a_character(tmp_path, in_root):
    """Before anything runs."""
    rows = REGIONS.replace("R990102,甲区", "R990102,㵐区").replace("R990103", "Łódź")
    folder = Case({"regions.csv": rows}).write(tmp_path)
    said = CliRunner().invoke(commands, ["check", str(folder)])
    assert "noted: 1 names of regions hold characters that figures cannot draw" in said.output


SEASON = {"1": 9, "2": 2, "3": 6, "4": 4}


def panel_with(folder: Path, gap: str = "", sized_to: str = "9") -> list[str]:
    """What is doubted of twelve regions over twelve quarters, six of which adopt."""
    codes = [f"99{n:02d}00" for n in range(1, 13)]
    quarters = [f"{year}Q{q}" for year in (2018, 2019, 2020) for q in (1, 2, 3, 4)]
    cells = [(code, p, n) for n, code in enumerate(codes) for p in quarters]
    rows = [f"{c},{p},tips,{90 + 7 * n + SEASON[p[-1]]}\n" for c, p, n in cells if p != gap]
    sizes = [f"{c},{p},enterprises,{900 + n}\n" for c, p, n in cells if p <= sized_to]
    files = {
        "regions.csv": REGIONS.split("\n")[0] + "\n" + "".join(f"{c},A,甲,county\n" for c in codes),
        "outcomes.csv": OUTCOMES + "".join(rows),
        "exposures.csv": "region_code,period,exposure,value\n" + "".join(sizes),
        "interventions.csv": starts(*(f"{code},x,2019-10-01," for code in codes[:6])),
    }
    data = read_dataset(Case(files).write(folder))
    asked = panel(data, outcome="tips", intervention="x", exposure="enterprises")
    return [str(problem) for problem in doubtful(asked)]


def test_a_period_without_any_count_or_size_is_named(tmp_path):
    """Four: a quarter missing everywhere, and sizes that stop before the panel does."""
    for number, (given, said) in enumerate(
        [
            ({}, ""),
            ({"gap": "2018Q3"}, "counts: are known of no region in 2018Q3. Add these periods"),
            ({"sized_to": "2020Q2"}, "sizes: are known of no region in 2020Q3, 2020Q4. Add"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        problems = panel_with(folder, **given)
        assert len(problems) == bool(said), problems
        assert all(problem.startswith(said) for problem in problems)


def test_a_first_look_offers_columns_of_persons_for_hashing_only(tmp_path):
    """And takes the sheet that is seen, and a ledger for records and a register for regions."""
    ledger = [
        ["编号", "登记日期", "所属地区", "姓名", "联系电话", "联系人邮箱"],
        *([f"R{n}", "2023-01-02", "甲区", "张三", "13800000000", "a@b.cn"] for n in range(4)),
    ]
    (tmp_path / "台账.xlsx").write_bytes(book({"说明": NOTES, "表": ledger}, hidden=("说明",)))
    (tmp_path / "名录.csv").write_text("区划代码,名称,级别\n990102,甲区,区县\n", encoding="utf-8")
    files = [tmp_path / "台账.xlsx", tmp_path / "名录.csv"]
    written = yaml.safe_load(write_draft(tmp_path, files).read_text(encoding="utf-8"))["mapping"]
    assert written["regions"]["files"] == ["名录.csv"]
    found = written["complaints"]
    assert (found["files"], found["sheet"]) == (["台账.xlsx"], "表")
    used = {ours: theirs for ours, theirs in found["columns"].items() if theirs}
    assert used == {
        "complaint_id": "编号",
        "received_on": "登记日期",
        "region_code": "所属地区",
        "claimant_id": "联系电话",
    }


@pytest.mark.parametrize("asked", [True, False])
def test_long_files_are_told_of_where_that_is_asked_and_nowhere_else(
    tmp_path, in_root, monkeypatch, asked
):
    """What is read, then how many rows; a stream that no person reads stays silent."""
    monkeypatch.setattr(progress, "LARGE", 10)
    monkeypatch.setenv("ANALYSIS_PROGRESS", "1" if asked else "")
    folder = Case({"outcomes.csv": COUNTS}).write(tmp_path)
    said = CliRunner().invoke(commands, ["check", str(folder)])
    told = ["reading outcomes.csv (0 MB) …", "outcomes.csv: 3 rows read in 0 s", "3 rows checked"]
    assert [line in said.stderr for line in told] == [asked] * 3


def test_a_first_look_tells_counts_by_quarter_a_register_by_names_and_what_is_no_table(tmp_path):
    """Of three exports; a register whose upper regions are names is to look them up."""
    files = {
        "季报.csv": "地区,季度,投诉量\n甲区,2021年1季度,3\n",
        "名录.csv": "行政区划代码,单位名称,上级单位,级别\n370102,历下区,济南市,市辖区\n",
        "评价.csv": "评价月份,被评价人,评价企业,服务态度\n2023-01,张三,某公司,9\n",
        "其他.csv": "甲,乙\n一,二\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    draft = write_draft(tmp_path, [tmp_path / name for name in files]).read_text(encoding="utf-8")
    assert "# 其他.csv: which table is it? none of ours fits" in draft
    found = yaml.safe_load(draft)["mapping"]
    columns = found["outcomes"]["columns"]
    assert (columns["region_code"], columns["period"], columns["count"]) == (
        "地区",
        "季度",
        "投诉量",
    )
    register = found["regions"]
    assert (register["columns"]["name_zh"], register["columns"]["parent_code"]) == (
        "单位名称",
        "上级单位",
    )
    assert register["values"]["parent_code"] == {"lookup": "regions.name_zh"}
    assert found["assessments"]["columns"]["officer_id"] == "被评价人"
