"""Reports as PDF: tagged, outlined, fonts inside, headers repeated, invented numbers marked."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import browser
import pytest
import samples

from analysis.errors import PublishError
from analysis.publish.pages import pdf
from analysis.publish.site.build import publish, report_pages

pytestmark = pytest.mark.browser
ROWS = 90


@pytest.fixture(scope="module")
def printed(chromium, tmp_path_factory):
    """A simulated, a real and an internal report with a table over several pages, printed."""
    folder = tmp_path_factory.mktemp("printed")
    for language in samples.WORDS:
        data = samples.table_data(language)
        table = replace(data, rows=data.rows[:1] * ROWS, values=data.values[:1] * ROWS)
        for name, simulated, internal in (
            ("effect/invented", True, ""),
            ("effect/real", False, ""),
            ("effect/inside", True, "open"),
        ):
            plates = samples.plates(language, simulated=simulated)
            given = {kind: replace(plate, internal=internal) for kind, plate in plates.items()}
            given["table"] = replace(given["table"], data=table)
            samples.write_run(folder / "runs", name, language, samples.notebook(language, given))
    publish(folder / "runs", folder / "site")
    return {file.name: file for file in pdf.print_pages(report_pages(folder / "site"))}


def text_of(file):
    """The text page by page."""
    if shutil.which("pdftotext") is None:
        assert not browser.required(), "there is no pdftotext on this build server"
        pytest.skip("there is no pdftotext here")
    command = ["pdftotext", "-layout", str(file), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def test_every_report_is_printed_in_both_languages(printed):
    """Beside its page."""
    assert sorted(printed) == [
        f"effect-{name}.{language}.pdf"
        for name in ("inside", "invented", "real")
        for language in ("en", "zh")
    ]


def test_a_pdf_is_tagged_outlined_and_carries_its_fonts(printed):
    """Structure and outline stand in the catalogue; every font has its program inside."""
    for file in printed.values():
        content = file.read_bytes()
        assert b"/StructTreeRoot" in content
        assert re.search(rb"/Marked true", content)
        assert b"/Outlines" in content
        descriptors = content.count(b"/Type /FontDescriptor")
        assert descriptors
        # A Type 3 font is its own program; any other one names a file inside.
        assert len(re.findall(rb"/FontFile[23]? \d", content)) + content.count(
            b"/Subtype /Type3"
        ) >= content.count(b"/FontBBox")


def test_invented_and_internal_numbers_are_marked_on_every_page(printed):
    """And on no page of a real report."""
    for name, file in printed.items():
        pages = text_of(file)
        word = "模拟数据" if ".zh." in name else "SIMULATED DATA"
        assert len(pages) >= 4
        assert {word in page for page in pages} == {"real" not in name}, name
        word = "请勿外传" if ".zh." in name else "do not pass this page on."
        assert {word in page for page in pages} == {"inside" in name}, name


def test_the_head_of_a_table_is_repeated_on_every_page(printed):
    """A table over three pages names its columns three times."""
    pages = text_of(printed["effect-real.en.pdf"])
    assert sum("Months since start" in page for page in pages) >= 3


def test_no_pdf_names_a_folder_of_this_machine(printed):
    """Links to neighbouring pages do not become addresses of files."""
    for file in printed.values():
        assert b"file://" not in file.read_bytes()


def test_two_prints_are_the_same_bytes(printed):
    """The clock of the printing is taken out."""
    file = printed["effect-real.en.pdf"]
    before = file.read_bytes()
    pdf.print_pages([file.with_suffix(".html")])
    assert file.read_bytes() == before


def test_tags_are_named_by_their_order():
    """Wherever a browser begins to count: the same bytes, of the same length, in the same order."""
    early, late = (
        b"".join(b"/ID (node%08d) [1 0 R] " % (first + step) for step in (0, 7, 0, 3))
        for first in (128, 130)
    )
    assert early != late
    assert pdf._renumbered(early) == pdf._renumbered(late)
    assert len(pdf._renumbered(early)) == len(early)
    assert pdf._renumbered(b"/ID (node00000009) (node00000012)").endswith(b"(node00000001)")


def test_without_a_browser_the_remedy_is_told(monkeypatch, tmp_path):
    """An extra that is missing is no crash."""
    monkeypatch.setattr(pdf, "BROWSERS", ())
    with pytest.raises(PublishError, match="finds no Chromium"):
        pdf.print_pages([tmp_path / "page.html"])
