"""Cells of Excel workbooks: read whole, as openpyxl reads them, and never lost in silence."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from analysis.data.reading.containers.excel import read_excel
from analysis.data.reading.distinct import UNCOMPUTED
from analysis.data.reading.mapping import TableMapping
from analysis.errors import ContractError

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def saved(folder: Path, rows: list[list[object]]) -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def rewritten(file: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one part changed, as another program would write it."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            text = old.read(info.filename)
            new.writestr(
                info.filename,
                change(text.decode()).encode() if info.filename.endswith(part) else text,
            )
    file.write_bytes(made.getvalue())
    return file


def with_rows(folder: Path, rows: str) -> Path:
    """A workbook whose sheet holds just these rows of XML below the header ``a``."""

    def change(text: str) -> str:
        return re.sub("<sheetData>.*</sheetData>", f"<sheetData>{HEAD}{rows}</sheetData>", text)

    return rewritten(saved(folder, [["a"]]), "sheet1.xml", change)


def column(file: Path, name: str = "a", **mapping: object) -> list[str]:
    """The texts of one column below the header."""
    (raw,) = read_excel(file, file.name, TableMapping(**mapping), bool)
    return raw.columns[name].distinct().take(raw.columns[name].codes).tolist()


def test_cells_read_as_openpyxl_reads_them(tmp_path):
    """Days, times, numbers, words and errors at random, in a sheet without and with gaps."""
    draw = random.Random(5)  # noqa: S311  cells, not secrets

    def cell() -> object:
        first = dt.datetime.fromisoformat("1950-01-01")
        return draw.choice(
            [
                None,
                draw.randrange(-5, 10 ** draw.randrange(1, 20)),
                draw.random() * 10 ** draw.randrange(-3, 12),
                (first + dt.timedelta(draw.randrange(60_000))).date(),
                first + dt.timedelta(seconds=draw.random() * 3e9),
                f" 词 {draw.randrange(99)}",
                True,
                "#N/A",
            ]
        )

    def text(value: object) -> str:
        if isinstance(value, dt.datetime):
            midnight = value.time() == dt.time()
            return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return "" if value is None else str(value)

    file = saved(tmp_path, [["a", "b"], *([cell(), cell()] for _ in range(400))])
    rows = openpyxl.load_workbook(file, data_only=True).active.iter_rows(2, values_only=True)
    a, b = zip(*rows, strict=True)
    assert column(file, "a") == [text(value) for value in a]
    assert column(file, "b") == [text(value) for value in b]


def test_the_stated_dimension_of_a_sheet_is_not_believed(tmp_path):
    """WPS writes A1 whatever the sheet holds."""
    file = saved(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    rewritten(
        file, "sheet1.xml", lambda t: re.sub('<dimension ref="A1:B3"', '<dimension ref="A1"', t)
    )
    assert column(file, "b") == ["2", "4"]


def test_digits_of_long_numbers_are_kept(tmp_path):
    """Eighteen digits written as a number are an identifier; what Excel has rounded shows it."""
    cells = ("110101199003071234", "1234567890123456", "1.23456789012345E+17", "1E3", "-0")
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{v}</v></c></row>' for n, v in enumerate(cells, 2))
    read = ["110101199003071234", "1234567890123456", "1.23456789012345e+17", "1000", "0"]
    assert column(with_rows(tmp_path, rows)) == read


def test_a_formula_is_marked_only_where_no_result_is_stored(tmp_path):
    """A stored empty text is a result; a shared formula without one is none."""
    stored = '<row r="2"><c r="A2" t="str"><f>IF(1,"")</f><v></v></c></row>'
    assert column(with_rows(tmp_path, stored + '<row r="3"><c r="A3"><v>1</v></c></row>')) == [
        "",
        "1",
    ]
    for cell in ('<c r="A4"><f t="shared" si="0"/></c>', "<x:c><x:f>B4</x:f><x:v/></x:c>"):
        found = column(with_rows(tmp_path, f'{stored}<row r="4">{cell}</row>'))
        assert found == ["", "", UNCOMPUTED]


def test_days_that_excel_cannot_show_are_errors(tmp_path):
    """A day before 1900 is shown as ####, and is none."""
    book = openpyxl.Workbook()
    for place, value in (("A1", "a"), ("A2", -3), ("A3", 44958)):
        book.active[place] = value
        book.active[place].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "a.xlsx")
    assert column(tmp_path / "a.xlsx") == ["#VALUE!", "2023-02-01"]


def test_dates_in_the_formats_of_chinese_excel_are_dates(tmp_path):
    """Number formats 27 to 36 and 50 to 58 are not written out in the file."""

    def change(text: str) -> str:
        without = re.sub("<numFmts.*</numFmts>", "", text)
        return re.sub(r'numFmtId="(14|16\d)"', 'numFmtId="31"', without)

    file = saved(tmp_path, [["a"], [dt.date(2023, 2, 1)]])
    assert column(rewritten(file, "styles.xml", change)) == ["2023-02-01"]


def test_rows_that_hold_a_format_only_are_counted(tmp_path):
    """They are rows of the owner's sheet, and are left out with a line in the account."""
    rows = '<row r="2"><c r="A2"><v>1</v></c></row><row r="5"><c r="A5" s="0"/></row>'
    (raw,) = read_excel(with_rows(tmp_path, rows), "a.xlsx", TableMapping(), bool)
    assert (raw.source.rows, raw.rows.tolist()) == (4, [2, 3, 4, 5])


def test_a_lone_cell_far_away_is_refused(tmp_path):
    """Every place between it and the table would take memory."""
    rows = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(ContractError, match=r"a.xlsx, sheet: cells stand too far apart"):
        column(with_rows(tmp_path, rows))


def test_sheets_are_counted_with_hidden_ones(tmp_path):
    """As the owner's number of a sheet says; without one the first that is seen is read."""
    book = openpyxl.Workbook()
    for place, sheet in enumerate((book.active, book.create_sheet("乙"))):
        sheet.append(["a"])
        sheet.append([place])
    book.active.sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    found = [column(tmp_path / "a.xlsx", sheet=sheet) for sheet in ("", 1, 2, "乙", "*")]
    assert found == [["1"], ["0"], ["1"], ["1"], ["1"]]
