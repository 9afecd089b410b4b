"""The notebook for looking opens with any dataset folder, and its long table adds up."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest

import analysis as an
from analysis.errors import DesignError, ParamsError

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(file.parent.name for file in (ROOT / "data").glob("*/dataset.yml"))
CELLS = nbformat.read(ROOT / "notebooks/explore.ipynb", as_version=4).cells
CODE = [cell for cell in CELLS if cell.cell_type == "code"]


def look(**given: str) -> dict[str, object]:
    """The names that the notebook leaves behind with these parameters."""
    names: dict[str, object] = {}
    with mpl.rc_context():
        mpl.use("Agg")
        for cell in CODE:
            exec(compile(cell.source, "explore", "exec"), names)  # noqa: S102  our own notebook
            if "parameters" in cell.metadata.get("tags", []):
                assert names.keys() >= given.keys()
                names.update(given)
        plt.close("all")
    return names


@pytest.fixture(scope="module")
def own_data(tmp_path_factory) -> Path:
    """The ugly export of the examples."""
    sys.path.insert(0, str(ROOT / "examples/own_data"))
    try:
        from make_export import write_export
    finally:
        sys.path.pop(0)
    return write_export(tmp_path_factory.mktemp("own") / "own_data")


@pytest.mark.parametrize("folder", FOLDERS)
def test_it_opens_every_data_folder(folder, in_root):
    """Without a warning, in both languages; every amount of the table is in the long one."""
    names = look(dataset=f"data/{folder}", language="zh" if FOLDERS.index(folder) % 2 else "en")
    long, frame = names["long"], names["frame"]
    amount = long.attrs["amount"]
    assert len(long) == len(frame)
    assert long.amount.sum() == pytest.approx(frame[amount].sum() if amount else len(frame))
    assert names["fit"].params.notna().all()


def test_it_opens_an_ugly_export(own_data, in_root):
    """With Chinese names, filtered by a word; one county's course is that of its own records."""
    names = look(dataset=str(own_data), language="zh", column="kind", only="complaint")
    frame = names["frame"]
    county = names["one"]
    code = {zh: code for code, (_, zh) in _names(own_data).items()}[county]
    own = frame[(frame.region_code == code) & (frame.kind == "complaint")]
    months = own.groupby(own.received_on.dt.to_period("M").dt.start_time).size()
    pd.testing.assert_series_equal(
        names["wide"][county].dropna(), months.astype(float), check_names=False, check_index=False
    )
    assert months.sum() == names["ranked"].iloc[0]


def _names(folder: Path) -> dict[str, tuple[str, str]]:
    regions = an.read_dataset(folder).tables["regions"]
    return {row.region_code: (row.name_en, row.name_zh) for row in regions.itertuples()}


@pytest.mark.parametrize("name", ["explore", "tutorial"])
def test_cells_are_short_and_hold_no_output(name):
    """Eight lines at most beside the parameters, as in the notebooks that make pages."""
    for cell in nbformat.read(ROOT / f"notebooks/{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= 8
            assert not cell.outputs


def test_no_page_can_be_made_of_it(in_root):
    """It shows recorded counts: it is no kind of report, and says so."""
    from analysis.reports.kind import names

    assert "explore" not in names()
    assert "as recorded, not protected" in CELLS[0].source


def test_a_wrong_table_is_named_with_the_nearest(in_root):
    """And one without rows is refused."""
    data = an.read_dataset("data/enterprise_zones")
    with pytest.raises(ParamsError, match=r"no table 'outcome'.*outcomes"):
        an.long_table(data, "outcome")
    empty = {**data.tables, "outcomes": data.tables["outcomes"].iloc[:0]}
    with pytest.raises(DesignError, match="has no rows"):
        an.long_table(replace(data, tables=empty), "outcomes")


def test_without_times_nothing_is_drawn_over_time(in_root):
    """Groups are ranked, and what the words tell apart is worked out instead."""
    names = look(dataset="data/judges")
    assert names["wide"].empty
    assert names["drawn"] is None
    assert "split" in str(names["formula"])
