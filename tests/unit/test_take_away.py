"""Tables go to frames, Excel and LaTeX, and Plates show themselves in JupyterLab, harmlessly."""

from __future__ import annotations

import re
from dataclasses import replace

import openpyxl
import pytest

from analysis.disclosure.gate import COUNT
from analysis.errors import PublishError
from analysis.page.plates import Column, End, Figure, Image, Notes, Table, TableData
from analysis.page.spreadsheet import guarded
from analysis.page.wording import bold

FORMULA = '=HYPERLINK("https://example.org","officer")'
DATA = TableData.of(
    (Column("region", "Region_name"), Column("change", "Change & more", "end")),
    [(("100% of A_b", FORMULA), ("−17.7%", -0.177)), (("B", "B"), ("–", None))],
)
IMAGE = Image.of("image/svg+xml", b"<svg/>")


CAPTION = bold("**Bold** <script>1</script>")


def table(language="en", simulated=True, data=DATA):
    """A table with a formula, a gap and letters that LaTeX minds."""
    return Table("k", language, simulated, "A title of 50%", CAPTION, data)


def figure():
    """A figure of the same numbers."""
    images = {"wide": IMAGE, "narrow": IMAGE}
    return Figure("k", "en", True, "A title", "A caption", "alt", images, DATA)


def sheet(plate, path):
    """The cells of the Excel file of a Plate."""
    plate.to_excel(path)
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("make", [table, figure])
def test_a_frame_holds_raw_values_under_keys(make):
    """Numbers stay numbers, for a table and for the numbers of a figure."""
    frame = make().to_frame()
    assert list(frame.columns) == ["region", "change"]
    assert frame["change"].iloc[0] == -0.177
    assert frame["change"].isna().iloc[1]


@pytest.mark.parametrize(("language", "mark"), [("en", "SIMULATED DATA"), ("zh", "模拟数据")])
def test_an_excel_file_says_first_that_its_data_are_simulated(tmp_path, language, mark):
    """In the language of the Plate; real data say nothing."""
    assert sheet(table(language), tmp_path / "a.xlsx")[0][0] == mark
    assert sheet(table(language, False), tmp_path / "b.xlsx")[0][0] == "A title of 50%"


def test_an_excel_file_holds_no_formula(tmp_path):
    """What a spreadsheet would run is text; a negative number stays a number."""
    table().to_excel(tmp_path / "a.xlsx")
    cells = [c for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.rows for c in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {f"'{FORMULA}", -0.177} <= {cell.value for cell in cells}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_every_start_of_a_formula_is_guarded(start):
    """One guard for CSV and Excel."""
    assert guarded(f"{start}1") == f"'{start}1"


def test_latex_says_simulated_and_escapes_cells_labels_and_title():
    """A percent sign would swallow the rest of its line."""
    text = table().to_latex()
    assert r"\caption{SIMULATED DATA. A title of 50\%}" in text
    assert r"100\% of A\_b" in text
    assert r"Region\_name & Change \& more" in text


@pytest.mark.parametrize("way", ["to_frame", "to_latex", "_repr_mimebundle_"])
def test_what_may_not_leave_does_not_leave_in_any_form(way):
    """A count that was not protected."""
    data = TableData((Column("n", "N", "end", COUNT),), (("2",),), ((2,),))
    with pytest.raises(PublishError):
        getattr(table(data=data), way)()


def test_a_preview_shows_bold_as_bold_and_escapes_the_rest():
    """Points and captions may be bold in places, cells are text, nothing of them runs."""
    html = table()._repr_mimebundle_()["text/html"]
    assert "<strong>Bold</strong>" in html
    assert "<script>" not in html
    assert "**" not in html
    notes = Notes("n", "en", False, "Title", (bold("**Sure:** <img src=x onerror=1>"),))
    shown = notes._repr_mimebundle_()["text/html"]
    assert "<strong>Sure:</strong>" in shown
    assert "<img" not in shown


@pytest.mark.parametrize(("language", "mark"), [("en", "SIMULATED DATA"), ("zh", "模拟数据")])
def test_a_preview_says_simulated_in_its_one_language(language, mark):
    """And only where the data are."""
    assert mark in table(language)._repr_mimebundle_()["text/html"]
    assert mark not in table(language, False)._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(("language", "hidden"), [("en", " + .jp-"), ("zh", ":has(+ .jp-")])
def test_a_preview_hides_the_text_cells_of_the_other_language(language, hidden):
    """The second cell of a pair in an English report, the first in a Chinese one."""
    html = table(language)._repr_mimebundle_()["text/html"]
    (style,) = re.findall("<style>(.*?)</style>", html)
    assert hidden in style
    assert style.endswith("{display: none}")


def test_a_preview_sets_columns_at_their_sides_and_folds_what_the_page_folds():
    """Words at the start, numbers at the end; rows behind a line that says how many."""
    html = replace(table(), folded=True)._repr_mimebundle_()["text/html"]
    assert '<td style="text-align:start">' in html
    assert '<td style="text-align:end">' in html
    rows = len(table().data.rows)
    assert f"<details><summary>Show all {rows} rows</summary><table>" in html
    assert "<details>" not in table()._repr_mimebundle_()["text/html"]


def test_the_end_is_shown_as_names_and_facts_and_not_as_code():
    """In JupyterLab a table, in a console one line; a long fact is counted, not printed."""
    end = End(key="end", language="en", simulated=True, verdict="cannot_tell",
              facts={"value": -0.1, "by_year": [1, 2, 3]})  # fmt: skip
    shown = end._repr_mimebundle_()
    assert shown["text/plain"] == "end: cannot_tell; by_year 3; value -0.1"
    assert "<td" in shown["text/html"]
    assert "{" not in shown["text/html"].partition("</style>")[2]
