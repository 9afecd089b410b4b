"""What cannot become a page is refused, all problems at once, each naming its cell."""

from __future__ import annotations

import io
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
import samples
from matplotlib.figure import Figure
from nbformat import v4

from analysis.errors import PublishError
from analysis.page.plates import Image
from analysis.publish.pages.page import read_page


def refusals(node, language="en"):
    """The problems of a notebook as one text."""
    with pytest.raises(PublishError) as caught:
        read_page(node, language)
    return str(caught.value)


def figure(**changes):
    """A notebook with one more figure, whose JSON has other fields."""
    return samples.notebook(
        "en", None, samples.shows(samples.plates("en")["figure"], "report.path(result)", **changes)
    )


def output(kind, **fields):
    """A notebook with a cell that shows something else than a Plate."""
    cell = samples.code("result.plot()", outputs=[v4.new_output(kind, **fields)])
    return samples.notebook("en", None, cell)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alt": "   "}, "alt: is blank"),
        ({"alt": None}, "alt: input should be a valid string"),
        ({"images": {}}, "images.narrow: field required"),
        ({"images": {"wide": {"mime": "image/png", "data": "!"}}}, "is not base64"),
        ({"images": {"wide": {"mime": "image/gif", "data": "R0lG"}}}, "images.wide.mime"),
        ({"images": {"wide": {"mime": "image/png", "data": ""}}}, "images.wide.data: is blank"),
        ({"version": 2}, "another version than 1"),
        ({"kind": "table"}, "says it is of another kind"),
        ({"language": "zh"}, "a Plate in 'zh' on a page in 'en'"),
        ({"table": {"columns": [], "rows": [], "values": []}}, "table.columns"),
    ],
)
def test_a_figure_that_lacks_something_is_refused_with_its_cell(changes, words):
    """A wrong figure is refused by cell number, first words and field."""
    problems = refusals(figure(**changes))
    assert words in problems
    assert "('report.path(result)')" in problems
    assert "cell 17 " in problems


def test_a_table_whose_rows_do_not_fit_its_columns_is_refused():
    """A row with a cell too few is refused."""
    data = samples.table_data("en")
    short = replace(data, rows=(data.rows[0][:-1], *data.rows[1:]))
    node = samples.notebook("en", samples.changed("table", data=short))
    assert "a row has another number of cells" in refusals(node)


@pytest.mark.parametrize(
    "drawing",
    [
        b"<svg><script>alert(1)</script></svg>",
        b"<svg onload = 'alert(1)'/>",
        b"<svg id='>' onload='alert(1)'/>",
        b"<SVG OnLoad='alert(1)'/>",
        b"<svg><ScRiPt>alert(1)</ScRiPt></svg>",
        b"<svg><image href='https://example.org/x.png'/></svg>",
    ],
)
def test_an_active_drawing_is_refused(drawing):
    """A drawing with a script, a handler or an outside address is refused."""
    image = Image.of("image/svg+xml", drawing)
    images = {"wide": image, "narrow": Image.of("image/svg+xml", samples.svg(9, 9))}
    node = samples.notebook("en", samples.changed("figure", images=images))
    assert "holds a script or an outside address" in refusals(node)


def test_a_drawing_of_matplotlib_is_accepted():
    """Definitions, references inside the drawing and any label are fine."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "1"}):
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 2, 3], marker="o", label="only = 3 and href = 4")
        axes.imshow(np.eye(2))
        axes.legend()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    image = Image.of("image/svg+xml", buffer.getvalue())
    given = samples.changed("figure", images={"wide": image, "narrow": image})
    assert read_page(samples.notebook("en", given), "en").sections


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("error", {"ename": "KeyError", "evalue": "'x'"}, "ended in an error, KeyError"),
        ("stream", {"name": "stderr", "text": "warning"}, "printed to stderr"),
        ("display_data", {"data": {"text/html": "<b>1</b>"}}, "shows text/html without a Plate"),
        ("execute_result", {"data": {"text/plain": "1"}, "execution_count": 1}, "without a Plate"),
        (
            "display_data",
            {"data": {"application/vnd.analysis.film+json": {"version": 1}}},
            "unknown kind 'film'",
        ),
    ],
)
def test_an_output_that_is_no_plate_is_refused(kind, fields, words):
    """Errors, prints and displays without a Plate are refused with their cell."""
    problems = refusals(output(kind, **fields))
    assert words in problems
    assert "cell 17 ('result.plot()')" in problems


@pytest.mark.parametrize("kind", ["summary", "end"])
def test_a_notebook_without_its_answer_or_its_end_is_refused(kind):
    """Without a Summary or an End Plate there is no page."""
    node = samples.notebook("en", {kind: None})
    assert f"shows no {kind.title()} Plate" in refusals(node)


@pytest.mark.parametrize("kind", ["summary", "end"])
def test_a_second_answer_or_end_is_refused(kind):
    """Two Summaries or two End Plates are refused, naming the second."""
    node = samples.notebook("en")
    node.cells.append(samples.shows(samples.plates("en")[kind], "again()"))
    assert f"('again()'): shows a second {kind.title()} Plate" in refusals(node)


@pytest.mark.parametrize("number", [0, 7])
def test_a_summary_with_no_point_or_more_than_six_is_refused(number):
    """A summary has one to six points."""
    node = samples.notebook("en", samples.changed("summary", points=("A point.",) * number))
    assert "summary Plate, points" in refusals(node)


def test_simulated_and_real_plates_do_not_mix():
    """One Plate of the other kind of data is refused."""
    node = samples.notebook("en", samples.changed("table", simulated=False))
    assert "shows real data in a notebook that also shows simulated data" in refusals(node)


def test_a_verdict_has_one_value_in_a_notebook():
    """The Summary cannot say another verdict than the End Plate records."""
    node = samples.notebook("en", samples.changed("end", verdict="worsens"))
    assert "differ in verdict" in refusals(node)


@pytest.mark.parametrize(("tags", "words"), [([], "no language"), (["lang:en", "lang:zh"], "two")])
def test_text_without_one_language_is_refused(tags, words):
    """Every markdown cell belongs to one language."""
    cell = v4.new_markdown_cell("Some words", metadata={"tags": tags})
    assert f"('Some words'): has {words}" in refusals(samples.notebook("en", None, cell))


@pytest.mark.parametrize("title", ["", "# One\n\n# Two"])
def test_a_notebook_has_one_title_in_each_language(title):
    """No title and two titles are refused."""
    node = samples.notebook("en")
    node.cells[0].source = title
    assert "'# ' titles in 'en'" in refusals(node)
    assert read_page(node | {"cells": samples.notebook("zh").cells}, "zh").title


def test_a_raw_cell_is_refused():
    """Raw cells, the back door for HTML, are refused."""
    assert "is a raw cell" in refusals(samples.notebook("en", None, v4.new_raw_cell("<b>x</b>")))


def test_an_unknown_language_is_refused():
    """A page is in English or Chinese."""
    assert "'fr' is not one of en, zh" in refusals(samples.notebook("en"), "fr")


def test_all_problems_are_told_at_once():
    """Three wrong cells are three numbered problems in one error."""
    cells = [
        v4.new_markdown_cell("untagged"),
        samples.code("print(1)", outputs=[v4.new_output("stream", name="stdout", text="1")]),
        v4.new_raw_cell("raw"),
    ]
    assert "3 problems" in refusals(samples.notebook("en", None, *cells))


def test_a_cell_tagged_remove_is_skipped():
    """What a removed cell prints or says does not matter."""
    stream = v4.new_output("stream", name="stdout", text="noise")
    cells = [
        samples.code("print('noise')", "remove", outputs=[stream]),
        v4.new_markdown_cell("untagged noise", metadata={"tags": ["remove"]}),
    ]
    page = read_page(samples.notebook("en", None, *cells), "en")
    assert "noise" not in str(page.code)
