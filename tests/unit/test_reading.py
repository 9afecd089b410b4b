"""How an owner's file comes into a dataset: through few rooms, and once for many reports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis.data.dataset import datasets_kept, read_dataset
from analysis.errors import ContractError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from reading import dataset_of, entered


def test_a_table_of_complaints_passes_at_most_ten_modules(tmp_path):
    """All that runs of ``analysis.data`` when a plain CSV is read, by the benchmark's own count."""
    modules, _ = entered(lambda: read_dataset(dataset_of(tmp_path)))
    assert {"dataset.py", "reading/read_table.py", "contract.py"} <= modules
    assert len(modules) <= 10, sorted(modules)


def test_reports_that_want_other_tables_of_a_folder_share_those_they_have_in_common(tmp_path):
    """The very frame; outside such a context, or once a file has changed, it is another one."""
    folder = dataset_of(tmp_path, 3)
    with datasets_kept():
        whole, part = read_dataset(folder), read_dataset(folder, ["regions"])
        assert whole.tables["regions"] is part.tables["regions"]
        assert set(part.tables) == {"regions"}
        dataset_of(folder, 4)
        assert read_dataset(folder).tables["regions"] is not part.tables["regions"]
    assert read_dataset(folder).tables["regions"] is not whole.tables["regions"]


def test_the_folders_asked_for_last_are_kept(tmp_path, monkeypatch):
    """With room for two, the one asked for again stays and the other makes room for the third."""
    monkeypatch.setattr("analysis.data.dataset.MOST_KEPT", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
    again, other, third = (dataset_of(tmp_path / name, 3) for name in "abc")
    with datasets_kept():
        first, gone = read_dataset(again), read_dataset(other)
        assert read_dataset(again) is first
        read_dataset(third)
        assert read_dataset(again) is first
        assert read_dataset(other) is not gone


def test_a_dataset_is_read_once_only_where_it_is_kept(tmp_path):
    """In a context that keeps datasets, until a file changes; outside each call reads."""
    folder = dataset_of(tmp_path, 3)
    with datasets_kept() as kept:
        first = read_dataset(folder)
        assert read_dataset(folder) is first
        assert read_dataset(folder, ["regions"]) is not first
        dataset_of(folder, 4)
        assert len(read_dataset(folder).tables["complaints"]) == 4
        assert len(kept.datasets) == 3
        (folder / "complaints.csv").write_text("complaint_id\n", encoding="utf-8")
        with pytest.raises(ContractError):
            read_dataset(folder)
        assert len(kept.datasets) == 3
