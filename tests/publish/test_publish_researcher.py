"""Of a researcher's cell a page keeps the code and one agreement, and never a frame."""

from __future__ import annotations

import pandas as pd
import pytest
import samples
from nbformat import v4

from analysis.errors import PublishError
from analysis.page.plates import Column, Table, TableData
from analysis.page.shared.agreement import KEY
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import Imprint, export

SOURCE = "report.agree('pooled', 0.25)"
AGREED = Table(
    key=KEY,
    language="en",
    simulated=True,
    title="The same digits",
    caption="",
    data=TableData((Column("number", "Number"),), (("0.25",),), ((0.25,),)),
)


def frame() -> v4.NotebookNode:
    """What a cell leaves that shows a frame."""
    html = pd.DataFrame({"secret": [4711]}).to_html()
    return v4.new_output("display_data", data={"text/html": html, "text/plain": "secret 4711"})


def page_of(*outputs, tags=("researcher",)):
    """A page with one more cell that shows these outputs."""
    return read_page(
        samples.notebook("en", None, samples.code(SOURCE, *tags, outputs=outputs)), "en"
    )


def agreed():
    """What a cell leaves that agrees."""
    return samples.shows(AGREED, SOURCE).outputs[0]


def test_a_frame_in_a_researchers_cell_reaches_no_page():
    """The agreement and the code are there; of the frame there is nothing."""
    page = page_of(frame(), agreed())
    shown = [block for part in page.sections for block in part.blocks]
    assert any(getattr(block, "key", "") == KEY for block in shown)
    assert any(SOURCE in code for part in page.sections for code in part.code)
    assert "4711" not in repr(page)
    assert "4711" not in export(page, Imprint("t", "n"))
    assert "4711" not in page.notebook


def test_the_same_frame_in_any_other_cell_fails_the_export():
    """With and without an agreement beside it."""
    for outputs in ([frame()], [frame(), agreed()]):
        with pytest.raises(PublishError, match="shows text/html, text/plain without a Plate"):
            page_of(*outputs, tags=())


@pytest.mark.parametrize("shown", ["frame", "nothing", "two", "another"])
def test_a_researchers_cell_shows_one_agreement_and_no_other_plate(shown):
    """Without it, twice, or with a table of its own, the page is refused."""
    table = samples.shows(samples.plates("en")["table"], SOURCE).outputs[0]
    outputs = {"frame": [frame()], "nothing": [], "two": [agreed(), agreed()],
               "another": [agreed(), table]}[shown]  # fmt: skip
    with pytest.raises(PublishError, match="shows something else than one agreement"):
        page_of(*outputs)


def test_an_error_or_a_print_in_a_researchers_cell_fails_the_export():
    """As in every cell."""
    error = v4.new_output("error", ename="EstimationError", evalue="", traceback=[])
    printed = v4.new_output("stream", name="stdout", text="4711")
    for output, words in ((error, "ended in an error"), (printed, "printed to stdout")):
        with pytest.raises(PublishError, match=words):
            page_of(output, agreed())
