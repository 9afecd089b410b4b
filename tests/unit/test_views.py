"""Datasets and panels as a notebook shows them."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data.dataset import read_dataset
from analysis.data.frames.panels.panel_loader import panel
from analysis.simulated.province import Options
from analysis.simulated.province_records import write


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small simulated province."""
    options = Options(counties=12, months=24, complaints_per_month=4, enterprises=80)
    return read_dataset(write(options, tmp_path_factory.mktemp("views") / "province"))


def test_a_dataset_shows_its_tables_and_that_it_is_simulated(data):
    """Title, licence, sizes, spans and what may be named; one short line in text."""
    view, size = data._repr_html_(), len(data.tables["complaints"])
    for text in ("A simulated province", "模拟省份", "Simulated data", "CC0", f"{size:,} × 16",
                 "2019-01 to 2020-12", "order_style_service"):  # fmt: skip
        assert text in view
    assert repr(data).startswith("Dataset('province', simulated: ")
    assert len(repr(data)) < 200


def test_no_view_of_a_dataset_holds_what_names_a_person(data):
    """Neither claimants nor officers, not even as hashes."""
    view = data._repr_html_() + repr(data)
    named = [*data.tables["complaints"]["claimant_id"], *data.tables["assessments"]["officer_id"]]
    assert not [name for name in set(named) if str(name) in view]
    assert "claimant_id (hashed)" in view


def test_words_of_a_dataset_are_text_and_not_markup(data):
    """What an owner wrote cannot become a script in a notebook."""
    title = data.description.title.model_copy(update={"en": "<script>alert(1)</script>"})
    description = data.description.model_copy(update={"title": title})
    shown = type(data)(data.folder, description, data.tables, data.hashes)._repr_html_()
    assert "<script>" not in shown


def test_a_panel_shows_what_it_is_of_and_what_was_left_out(data):
    """Size, treated regions, exclusions and first rows; its frame is a plain DataFrame."""
    found = panel(data, outcome="complaint", intervention="reverse_assessment", period="month")
    view = found._repr_html_()
    moved = found.dropped["other_intervention"]
    left_out = f"another intervention began or ended within the panel: {moved}"
    span = "24, 2019-01 to 2020-12"
    for text in ("Simulated data", "complaint", "reverse_assessment", span, left_out):
        assert text in view
    assert found.regions[0] in view
    assert repr(found).startswith("Panel(complaint, reverse_assessment: ")
    assert "\n" not in repr(found)
    assert type(found.frame) is pd.DataFrame
