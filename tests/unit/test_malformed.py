"""Malformed datasets: each ends in one clear error with rows and remedy, or a counted repair."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from analysis import digest
from analysis.data.dataset import examine, read_dataset
from analysis.data.reading.personal import VARIABLE
from analysis.errors import AnalysisError
from exports import MAPPING, REGIONS, ROWS, cells, export, text_of

TABLE = "台账.csv"
PRIVATE = re.compile(r"张三|李四|王五|赵六|孙七|138000|秘密")
"""What stands in cells and must stand in no message."""


@pytest.fixture(autouse=True)
def salt(tmp_path, monkeypatch) -> None:
    """A salt of the test's own."""
    file = tmp_path / "salt"
    file.write_text("5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9")
    file.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(file))


def rows(changes: dict[int, dict[str, str]], **mapping: Any) -> Callable[[Path], Path]:
    """The export with cells changed by row and column."""
    return lambda folder: export(folder, rows=changes, mapping=mapping)


def mapped(**mapping: Any) -> Callable[[Path], Path]:
    """The export with another mapping."""
    return lambda folder: export(folder, mapping=mapping)


def written(data: bytes | Callable[[str], bytes], file: str = TABLE, **mapping: Any):
    """The export with other bytes in a file, or made from its text."""

    def spoil(folder: Path) -> Path:
        made = export(folder, mapping=mapping)
        whole = data if isinstance(data, bytes) else data(text_of(cells()))
        (made / file).write_bytes(whole)
        return made

    return spoil


def settings(change: Callable[[str], str]) -> Callable[[Path], Path]:
    """The export with another dataset.yml."""

    def spoil(folder: Path) -> Path:
        made = export(folder)
        file = made / "dataset.yml"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        return made

    return spoil


def added(name: str, content: str) -> Callable[[Path], Path]:
    """The export with one more table."""

    def spoil(folder: Path) -> Path:
        made = export(folder)
        (made / name).write_text(content, encoding="utf-8")
        return made

    return spoil


def without(name: str) -> Callable[[Path], Path]:
    """The export without a file."""

    def spoil(folder: Path) -> Path:
        made = export(folder)
        (made / name).unlink()
        return made

    return spoil


def untouched(_: Any) -> None:
    """No change."""


def workbook(change: Callable[[Any], None] = untouched, **mapping: Any):
    """The export on an Excel sheet."""

    def spoil(folder: Path) -> Path:
        made = export(folder, mapping={"files": "台账.xlsx", **mapping})
        book = openpyxl.Workbook()
        for row in cells():
            book.active.append([cell or None for cell in row])
        change(book.active)
        book.save(made / "台账.xlsx")
        return made

    return spoil


def put(place: str, value: Any) -> Callable[[Any], None]:
    """A cell of a sheet set."""

    def change(sheet: Any) -> None:
        sheet[place] = value

    return change


def bomb(folder: Path) -> Path:
    """A small archive that unfolds to 300 MB."""
    made = export(folder, mapping={"files": "台账.xlsx"})
    with (
        zipfile.ZipFile(made / "台账.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * (1 << 20))
    return made


def entities(folder: Path) -> Path:
    """A sheet that declares XML entities."""
    made = export(folder, mapping={"files": "台账.xlsx"})
    with zipfile.ZipFile(made / "台账.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return made


def link_out(folder: Path) -> Path:
    """A link in the folder that leads out of it."""
    made = export(folder)
    (folder / "秘密.csv").write_text(text_of(cells()), encoding="utf-8")
    (made / TABLE).unlink()
    (made / TABLE).symlink_to(folder / "秘密.csv")
    return made


def zoned(folder: Path) -> Path:
    """Parquet with times in a zone, where none is named."""
    made = export(folder, mapping={"files": "台账.parquet"})
    frame = pd.DataFrame(ROWS, columns=cells()[0])
    frame["日期"] = pd.date_range("2023-02-01T20:00", periods=6, tz="UTC")
    frame.to_parquet(made / "台账.parquet")
    return made


def nested(folder: Path) -> Path:
    """Parquet with lists in a column."""
    made = export(folder, mapping={"files": "台账.parquet"})
    frame = pd.DataFrame(ROWS, columns=cells()[0])
    table = pa.Table.from_pandas(frame).set_column(6, "件数", pa.array([[1]] * 6))
    pq.write_table(table, made / "台账.parquet")
    return made


def twins(folder: Path) -> Path:
    """Two districts with one name."""
    made = export(folder)
    (made / "regions.csv").write_text(REGIONS + "990105,E,甲县,county\n", encoding="utf-8")
    return made


ALIASES = "\na: &a [1]\nb: [" + ", ".join(["*a"] * 30) + "]\n"
OTHER = {"words": {"电话": "phone"}, "other": "online"}
SQL = {"files": [], "url": "sqlite:///registry.db"}
REFUSED: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    # Encodings and bytes
    "bytes of no encoding": (
        written(lambda text: text.encode() + b"R7,\xff\xff\xff\n"),
        [r"台账.csv, row 8: cannot be read: bytes that are not utf-8\. Name it in dataset.yml"],
    ),
    "a word that may be of two encodings": (
        written(b"a,b\n1," + "氆\n".encode("gb18030")),
        [r"cannot be read: its encoding cannot be told\. Name it in dataset.yml"],
    ),
    "named GB18030, is UTF-8": (
        mapped(encoding="gb18030"),
        [r"台账.csv: is named as gb18030, but is UTF-8\. Correct encoding"],
    ),
    "named UTF-8, is GB18030": (
        written(lambda text: text.encode("gb18030"), encoding="utf-8"),
        [r"台账.csv, row 1: cannot be read: bytes that are not utf-8"],
    ),
    "named GB18030, begins with the mark of UTF-8": (
        written(lambda text: text.encode("utf-8-sig"), encoding="gb18030"),
        [r"begins with the mark of utf-8"],
    ),
    "an encoding nobody knows": (mapped(encoding="utf-9"), [r"encoding: is not an encoding"]),
    "NULs": (
        written(lambda text: text.replace("R3", "R\0").encode()),
        [r"台账.csv, row 4: cannot be read: holds a NUL character\. Export the file again"],
    ),
    "an empty file": (written(b"\n \n"), [r"台账.csv: is empty"]),
    # Shape
    "ragged rows": (
        written(lambda text: text.replace("R2,", "R2,x,y,").replace(",0,10.5", "").encode()),
        [r"台账.csv, rows 2, 3: has more or fewer than 8 cells\. Mend the row .* ragged"],
    ),
    "a delimiter that does not stand in the file": (
        mapped(delimiter=";"),
        [r"台账.csv, row 1: holds none of the columns that are named\. Correct header, delimiter"],
    ),
    "two characters as delimiter": (mapped(delimiter="||"), [r"is not one plain character"]),
    "a quotation mark left open": (
        written(lambda text: text.replace("R4,", '"R4,').encode()),
        [r"台账.csv, row 5: cannot be read as delimited text\. A quotation mark may be left open"],
    ),
    "a header that is not there": (
        mapped(header=40),
        [r"台账.csv, row 40: holds no names of columns\. Correct header"],
    ),
    "a file without a header": (
        written(lambda text: text.split("\n", 1)[1].encode()),
        [r"台账.csv, row 1: holds none of the columns that are named"],
    ),
    "a column missing": (
        written(lambda text: text.replace("来源", "渠道").encode()),
        [r"台账.csv, column 来源 \(channel\): is missing\. How it came in"],
    ),
    "two columns of one name": (
        written(lambda text: text.replace("金额", "日期").encode()),
        [r"台账.csv, columns 2, 8: have the same name"],
    ),
    # Cells
    "a day that does not exist": (
        rows({2: {"日期": "2023/02/30"}, 5: {"日期": "20230229"}}),
        [r"column 日期 \(received_on\), rows 2, 5: is not a date"],
    ),
    "a day that can be read in two ways": (
        rows({2: {"日期": "01/02/2023"}}, dates=["%d/%m/%Y", "%m/%d/%Y", *MAPPING["dates"]]),
        [r"row 2: can be read as two different days\. Keep one of the formats"],
    ),
    "negative and decimal counts": (
        rows({2: {"件数": "-1"}, 3: {"件数": "1.5"}, 4: {"件数": "多"}}),
        [r"row 2: is below 0", r"rows 3, 4: is not a whole number"],
    ),
    "thousands marks that nobody named": (
        rows({2: {"金额": '"1,234"'}}),
        [r"column 金额 \(recovered_yuan\), row 2: is not a number"],
    ),
    "thousands marks in the wrong place": (
        rows({2: {"金额": '"12,34"'}}, thousands=","),
        [r"row 2: is not a number"],
    ),
    "a decimal point where the comma is the mark": (
        mapped(decimal=","),
        [r"column 金额 \(recovered_yuan\), row 2: is not a number"],
    ),
    "a word that is not listed": (
        rows({3: {"来源": "秘密渠道"}}),
        [r"column 来源 \(channel\), row 3: holds a word that is not listed\. .*values.channel"],
    ),
    "a district that regions does not hold": (
        rows({3: {"区县": "秘密县"}}),
        [r"column 区县 \(region_code\), row 3: holds a word that is not listed"],
    ),
    "a code that regions does not hold": (
        rows(
            {n: {"区县": f"99010{min(n, 5)}"} for n in range(2, 8)},
            values={k: v for k, v in MAPPING["values"].items() if k != "region_code"},
        ),
        [r"column 区县 \(region_code\), rows 5, 6, 7: is not in regions\. Add it to regions.csv"],
    ),
    "two districts of one name": (twins, [r"rows 2, 6: names several rows of regions"]),
    "duplicate keys with different values": (
        rows({3: {"编号": "R1"}}),
        [r"台账.csv, row 3: repeats the key complaint_id of an earlier row"],
    ),
    "a needed cell left empty": (
        rows({4: {"日期": " "}, 5: {"编号": ""}}),
        [r"日期 \(received_on\), row 4: is empty", r"编号 \(complaint_id\), row 5: is empty"],
    ),
    "an error of Excel in a CSV": (
        rows({2: {"件数": "#REF!"}}),
        [r"column 件数 \(claimant_prior_cases\), row 2: holds an error of Excel"],
    ),
    "mixed periods": (
        added(
            "outcomes.csv",
            "region_code,period,outcome,count\n990101,2020,x,3\n"
            "990102,2020,x,3\n990101,2020-01,x,1\n",
        ),
        [r"outcomes.csv, column period, row 4: is of another length than most periods"],
    ),
    "a table missing": (without("regions.csv"), [r"regions.csv: does not exist"]),
    "a file missing": (without(TABLE), [r"台账.csv: does not exist\. It is named in dataset.yml"]),
    "a pattern that finds nothing": (
        mapped(files="导出_*.csv"),
        [r"mapping.complaints: matches no file"],
    ),
    # Excel and Parquet
    "an Excel error cell": (
        workbook(put("G3", "#DIV/0!")),
        [r"xlsx, column 件数 .*, row 3: holds an error of Excel"],
    ),
    "a formula never computed": (
        workbook(put("G3", "=1+1")),
        [r"column 件数 .*, row 3: holds a formula without a stored result\. Open"],
    ),
    "no such sheet": (workbook(sheet="台帐"), [r"台账.xlsx, sheet: does not exist"]),
    "a text file named Excel": (
        written(b"PK nothing", "台账.xlsx", files="台账.xlsx"),
        [r"台账.xlsx: cannot be read: is not an Excel workbook"],
    ),
    "a zip bomb": (bomb, [r"台账.xlsx: cannot be read: unfolds to far more than a sheet holds"]),
    "XML entities": (entities, [r"台账.xlsx: cannot be read: declares XML entities"]),
    "a damaged old Excel file": (
        written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "台账.xls", files="台账.xls"),
        [r"台账.xls: cannot be read as an Excel workbook\. Save it anew in Excel, or as CSV"],
    ),
    "a kind of file that is not read": (
        written(b"{}", "台账.json", files="台账.json"),
        [r"台账.json: is of a kind that is not read\. Save it as CSV"],
    ),
    "a damaged Parquet file": (
        written(b"PAR1 nothing PAR1", "台账.parquet", files="台账.parquet"),
        [r"台账.parquet: cannot be read as Parquet"],
    ),
    "times in a zone": (zoned, [r"column 日期: holds times with a zone\. Name the zone"]),
    "lists in a column": (nested, [r"column 件数: holds no plain values"]),
    # Settings
    "a path out of the folder": (
        mapped(files="../秘密.csv"),
        [r"complaints: names a path outside the dataset's folder"],
    ),
    "an absolute path": (
        mapped(files="/etc/passwd"),
        [r"complaints: names a path outside the dataset's folder"],
    ),
    "a link out of the folder": (link_out, [r"names a path outside the dataset's folder"]),
    "a path out of the folder under files": (
        settings(lambda text: text + "files: {outcomes: ../x.csv}\n"),
        [r"files.outcomes: names a path outside the dataset's folder"],
    ),
    "a YAML tag": (
        settings(lambda text: text + "note: !!python/object/apply:os.system ['true']\n"),
        [r"dataset.yml, row \d+: holds a YAML tag\. Write plain words"],
    ),
    "a key twice in YAML": (
        settings(lambda text: text + "status: real\n"),
        [r"dataset.yml, row \d+: repeats a key"],
    ),
    "YAML that unfolds": (
        settings(lambda text: text + ALIASES),
        [r"dataset.yml: repeats itself by more than 20"],
    ),
    "broken YAML": (
        settings(lambda text: text + "note: {en: x\n"),
        [r"dataset.yml, row \d+: is not readable"],
    ),
    "a code that YAML reads as a number": (
        settings(lambda text: text.replace("lookup: regions.name_zh", "words: {甲县: 010203}")),
        [r"dataset.yml, row \d+: holds a code or a time of day without quotation marks\. Put"],
    ),
    "a misspelt setting": (
        mapped(delimeter=";"),
        [r"mapping.complaints.delimeter: .*Did you mean 'delimiter'"],
    ),
    "a column the contract does not have": (
        mapped(columns={**MAPPING["columns"], "recieved_on": "日期"}),
        [r"columns.recieved_on: is not in the contract\. Did you mean 'received_on'"],
    ),
    "a word the contract does not have": (
        mapped(values={**MAPPING["values"], "channel": {"电话": "fone"}}),
        [r"values.channel: gives a word that the contract does not have\. Did you mean 'phone'"],
    ),
    "a format without a century": (
        mapped(dates="%y-%m-%d"),
        [r"dates: holds a format that is not made of"],
    ),
    "a table the contract does not have": (
        settings(lambda text: text.replace("complaints:", "complaint:")),
        [r"mapping.complaint: is not a table of the contract\. Did you mean 'complaints'"],
    ),
    "bytes that are no text": (mapped(encoding="base64"), [r"encoding: is not an encoding"]),
    "a zone nobody lives in": (mapped(time_zone="Mars/X"), [r"time_zone: is not a time zone"]),
    "a name too long": (mapped(files="x" * 999), [r"files: holds what is no name of a file"]),
    "a number for a column": (
        mapped(columns={**MAPPING["columns"], "closed_on": 7}),
        [r"columns.closed_on: is no name of a column\. Write the owner's name"],
    ),
    "no row left": (
        mapped(keep_rows=[{"column": "类型", "words": ["秘密"]}]),
        [r"台账.csv: holds no row that is kept"],
    ),
    "a header without rows": (
        written(lambda text: text.split("\n")[0].encode()),
        [r"台账.csv: holds no row that is kept"],
    ),
    "two statements of SQL": (
        mapped(**SQL, sql="SELECT 1; DROP TABLE x"),
        [r"mapping.complaints.sql: is not a single"],
    ),
    "SQL that writes": (
        mapped(**SQL, sql="WITH a AS (SELECT 1) DELETE FROM x"),
        [r"sql: does more than read"],
    ),
    "a password in an address": (
        mapped(files=[], sql="SELECT 1", url="postgresql://me:秘密@host/db"),
        [r"url: holds a password: write env:NAME"],
    ),
    "a database that is not there": (
        mapped(**SQL, sql="SELECT 1"),
        [r"url: names no file here"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_dataset_ends_in_one_clear_error(tmp_path, case):
    """File, column, rows, rule and remedy; no value of a cell; the files as they were."""
    spoil, expected = REFUSED[case]
    folder = spoil(tmp_path)
    before = {file.name: digest.of_file(file) for file in folder.iterdir()}
    message = refusal(folder)
    for pattern in expected:
        assert re.search(pattern, message), message
    assert f"{len(expected)} problem" in message, message
    assert not PRIVATE.search(message)
    assert {file.name: digest.of_file(file) for file in folder.iterdir()} == before


def refusal(folder: Path) -> str:
    """The message that reading ends in."""
    with pytest.raises(AnalysisError) as caught:
        read_dataset(folder)
    return str(caught.value)


REPAIRED: dict[str, tuple[Callable[[Path], Path], dict[str, int], int]] = {
    "the mark of UTF-8": (written(lambda text: text.encode("utf-8-sig")), {}, 6),
    "UTF-16": (written(lambda text: text.encode("utf-16")), {}, 6),
    "UTF-16 without a mark": (written(lambda text: text.encode("utf-16-le")), {}, 6),
    "GB18030": (written(lambda text: text.encode("gb18030")), {}, 6),
    "blank rows": (
        written(lambda text: text.replace("R3", "\n,,,,,,,\nR3").encode()),
        {"a blank row": 2},
        6,
    ),
    "ragged rows left out": (
        written(lambda text: text.replace("R2,", "R2,x,").encode(), ragged="leave_out"),
        {"more or fewer cells than the header": 1},
        5,
    ),
    "blanks in the header": (
        written(lambda text: text.replace("日期", "　日 期 ").replace("件", "\ufeff件").encode()),
        {},
        6,
    ),
    "full-width digits": (
        rows({2: {"件数": "１２", "日期": "２０２３－０２－０１"}}),
        {"full-width characters made plain": 2},
        6,
    ),
    "blanks around cells": (
        rows({2: {"件数": " 1　", "类型": "\u200b投诉"}}),
        {"blanks around the text removed": 2},
        6,
    ),
    "Excel's mark of text": (
        rows({2: {"件数": '"=""1"""'}}),
        {"blanks around the text removed": 1},
        6,
    ),
    "words for nothing": (
        rows({2: {"金额": "无"}, 3: {"金额": "-"}}, empty=["无", "-"]),
        {"a word for nothing read as empty": 2},
        6,
    ),
    "words given to another": (
        rows(
            {2: {"来源": "微信"}, 3: {"来源": "传真"}},
            values={**MAPPING["values"], "channel": OTHER},
        ),
        {"a word not listed read as 'online'": 3},
        6,
    ),
    "thousands marks": (
        rows({2: {"金额": '"1,234,567.5"'}}, thousands=","),
        {"decimal or thousands marks made plain": 1},
        6,
    ),
    "Excel's numbers of days": (
        rows({2: {"日期": "44958"}, 3: {"日期": "44958.5"}}, dates=["excel", *MAPPING["dates"]]),
        {"a date in one of the formats named": 4},
        6,
    ),
    "records twice": (
        written(lambda text: (text + text.split("\n")[1] + "\n").encode()),
        {"is there twice, alike in every column that is read": 1},
        6,
    ),
    "the last of several": (
        rows({3: {"编号": "R1"}}, duplicates={"keep": "last"}),
        {"shares its key with another row: the last is kept": 1},
        5,
    ),
    "rows of a rule": (
        mapped(leave_out=[{"column": "类型", "words": ["咨询"], "why": "no enquiries"}]),
        {"no enquiries": 1},
        5,
    ),
    "rows kept by a rule": (
        mapped(keep_rows=[{"column": "类型", "words": ["投诉"]}]),
        {"not among the rows kept by column 类型": 2},
        4,
    ),
    "a title above the header": (
        written(lambda text: ("2023年台账,内部\n\n" + text).encode(), header=3),
        {},
        6,
    ),
    "a sheet with blank rows below": (
        workbook(put("A10", " ")),
        {"a blank row": 3},
        6,
    ),
}


@pytest.mark.parametrize("case", REPAIRED)
def test_a_repair_or_exclusion_is_counted(tmp_path, case):
    """So many rows are kept, and each rule says how many rows it touched."""
    spoil, expected, kept = REPAIRED[case]
    folder = spoil(tmp_path)
    dataset, problems = examine(folder)
    assert not problems, [str(problem) for problem in problems]
    account = dataset.accounts["complaints"]
    counted: dict[str, int] = {}
    for line in account.lines:
        counted[line.rule] = counted.get(line.rule, 0) + line.count
    assert {rule: counted.get(rule) for rule in expected} == expected
    assert len(dataset.tables["complaints"]) == account.kept == kept
    assert account.rows == kept + sum(account.left_out().values())
    days = dataset.tables["complaints"]["received_on"].dt.strftime("%Y-%m-%d")
    assert days.iloc[0] == "2023-02-01"


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    """Five kinds of damage in one file, one message, in the order of the columns."""
    folder = export(
        tmp_path,
        rows={
            2: {"日期": "soon", "件数": "-3"},
            3: {"来源": "秘密"},
            4: {"金额": "x"},
            5: {"编号": "R1"},
        },
    )
    message = refusal(folder)
    assert "5 problems" in message
    assert not PRIVATE.search(message)


def test_nothing_is_logged(tmp_path, caplog):
    """Neither by us nor by a reader underneath."""
    caplog.set_level(0)
    folder = export(tmp_path, rows={2: {"日期": "soon"}})
    refusal(folder)
    assert not caplog.records


def test_there_are_forty_malformed_datasets():
    """As was promised; a case taken out is missed."""
    assert len(REFUSED) >= 40
    assert yaml.safe_load("010203") == 4227, "YAML still reads codes as octal numbers"


@pytest.mark.parametrize("kind", ["text", "workbook"])
def test_damage_at_random_never_ends_in_a_traceback(tmp_path, kind):
    """Bytes changed, cut and added: an error of ours or rows that add up, and no value shown."""
    draw = random.Random(7)  # noqa: S311  damage, not a secret
    folder = workbook()(tmp_path) if kind == "workbook" else export(tmp_path)
    file = folder / ("台账.xlsx" if kind == "workbook" else TABLE)
    whole, outcomes = file.read_bytes(), set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 3, 20])):
            place = draw.randrange(len(data))
            if draw.random() < 0.6:
                data[place] = draw.choice([0, 10, 34, 44, draw.randrange(256)])
            else:
                del data[place : place + draw.randrange(1, 20)]
        file.write_bytes(data)
        try:
            dataset, problems = examine(folder)
        except AnalysisError as error:
            problems = list(error.problems)
        else:
            account = dataset.accounts["complaints"]
            assert problems or account.rows == account.kept + sum(account.left_out().values())
        outcomes.add(bool(problems))
        assert not PRIVATE.search("\n".join(map(str, problems)))
    assert outcomes == {True, False}


def test_cells_of_a_record_read_as_names_are_not_offered(tmp_path):
    """Of a first row that holds a single name that is looked for, none of the rest is shown."""
    folder = export(tmp_path)
    table = cells()[1:]
    table[0][4] = "来源"
    (folder / TABLE).write_text(text_of(table), encoding="utf-8")
    message = refusal(folder)
    assert "7 problems" in message
    assert "column 投诉人 (claimant_id): is missing. Who complained" in message
    assert "Did you mean" not in message
