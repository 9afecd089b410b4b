"""A ready frame: a file that no bureau's tables hold opens as it stands, or is refused whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import analysis as an
from analysis.data.dataset import read_dataset
from analysis.data.fingerprint import Prints, data_read
from analysis.errors import AnalysisError

DESCRIPTION = """
title: {{en: Marks, zh: 评分}}
status: real
licence: facts
origin: made up
frames:
{frames}
"""
SHORT = "  ratings: marks.csv"
MARKS = "rated,item,score\nAda,wit,7\nAda,tact,8\nBob,wit,6.5\nBob,tact,9\n"


@pytest.fixture
def dataset(tmp_path):
    """A folder that holds a ready frame and no regions."""

    def write(frames: str = SHORT, marks: str = MARKS, more: str = "") -> Path:
        (tmp_path / "dataset.yml").write_text(DESCRIPTION.format(frames=frames) + more)
        (tmp_path / "marks.csv").write_text(marks)
        return tmp_path

    return write


def refused(folder: Path) -> str:
    """What is said of a dataset that is not read."""
    with pytest.raises(AnalysisError) as found:
        read_dataset(folder)
    return str(found.value)


def test_a_frame_opens_without_regions_and_names_nobody(dataset):
    """Who is rated is one person throughout, under a hash."""
    frame = read_dataset(dataset(), {"ratings"}).tables["ratings"]
    assert frame["score"].tolist() == [7, 8, 6.5, 9]
    assert frame["rated"].nunique() == 2
    assert not set(frame["rated"]) & {"Ada", "Bob"}


def test_an_owners_columns_words_and_exclusions_are_mapped_as_for_a_table(dataset):
    """A mapping under the kind says what one under ``mapping`` would."""
    frames = "  ratings:\n    files: marks.csv\n    columns: {rated: who, score: mark}\n"
    frames += "    values: {item: {wit: humour, tact: tact}}\n    empty: [none]\n"
    marks = MARKS.replace("rated", "who").replace("score", "mark") + "Ada,wit,7\n"
    found = read_dataset(dataset(frames, marks))
    assert found.tables["ratings"]["item"].tolist() == ["humour", "tact"] * 2
    assert found.accounts["ratings"].left_out()


@pytest.mark.parametrize(
    ("frames", "marks", "words"),
    [
        ("  rating: marks.csv", MARKS, "frames.rating: is not a kind of ready frame. Did you mean"),
        ("  complaints: marks.csv", MARKS, "is not a kind of ready frame"),
        ("  ratings: marcs.csv", MARKS, "marcs.csv: does not exist"),
        ("  ratings: ../marks.csv", MARKS, "frames.ratings: names a path outside"),
        ("  ratings: {columns: {who: rated}}", MARKS, "columns.who: is not in the contract"),
        (SHORT, MARKS.replace("score", "mark"), "column score: is missing"),
        (SHORT, MARKS + "Bob,tact,9\n", "repeats the key rated + item"),
        (SHORT, MARKS + "Bob,,nine\n", "column score, row 6: is not a number"),
        (SHORT, MARKS + ",wit,4\n", "column rated, row 6: is empty"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(dataset, frames, marks, words):
    """In ``dataset.yml`` and in the file, and never with the value of a cell."""
    said = refused(dataset(frames, marks))
    assert words in said
    assert not {"Ada", "Bob", "nine"} & set(said.split())


def test_a_ready_frame_stands_under_frames_only(dataset):
    """Not among files or mappings of tables, and not by its name alone."""
    folder = dataset("  ratings: marks.csv", more="files: {ratings: marks.csv}\n")
    assert "files.ratings: is not a table of the contract" in refused(folder)
    folder = dataset(more="mapping: {ratings: {files: marks.csv}}\n")
    assert "mapping.ratings: is not a table of the contract" in refused(folder)


def test_scores_of_persons_are_never_printed_figures(dataset):
    """``disclosure: public`` is for counts of regions."""
    printed = "disclosure: public\nprinted: {address: a paper, date: 2020-01-01}\n"
    assert "table ratings: is a table of records" in refused(dataset(more=printed))


def test_a_report_on_regions_says_that_there_are_none(dataset):
    """By its reader, and by whoever reads all there is."""
    folder = dataset()
    with pytest.raises(AnalysisError, match=r"regions\.csv: does not exist"):
        an.RegionRates.read({"dataset": str(folder), "outcome": "a", "exposure": "b"})
    with pytest.raises(AnalysisError, match="table regions: is needed"):
        an.panel(read_dataset(folder), outcome="a", intervention="b")


def test_a_change_of_the_file_is_a_change_of_what_a_run_reads(dataset, tmp_path):
    """The key of a run holds the frame's digest."""
    before = data_read(str(dataset()), {"ratings"}, "", Prints(tmp_path / "kept"))
    after = data_read(str(dataset(marks=MARKS + "Cid,wit,1\n")), {"ratings"}, "", Prints(tmp_path))
    assert before["ratings"] != after["ratings"]
    assert before["dataset.yml"] == after["dataset.yml"]
