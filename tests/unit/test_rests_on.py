"""The mark of an edition of protected counts: what runs noted, and what was published."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.disclosure.memory import Made, edition, editions_kept, remember
from analysis.disclosure.store import store_of

CODES = ["a", "b"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a place for a dataset."""
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data/own"


def dataset(folder, late=0, months=6):
    """Counts of two regions by month, in the first of which some came late."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {"region_code": CODES, "name_en": CODES, "name_zh": CODES, "level": "county"}
    pd.DataFrame(names).to_csv(folder / "regions.csv", index=False)
    rows = [
        {"region_code": code, "period": f"2023-{month:02d}", "outcome": "report",
         "count": 40 + (late if month == 1 else 0)}
        for month in range(1, months + 1)
        for code in CODES
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(folder / "outcomes.csv", index=False)
    content = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "x"}
    (folder / "dataset.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return read_dataset(folder)


def noted(data):
    """The mark of what a run shows, after it noted this."""
    store_of(data, "report")
    made = Made()
    made.add(data)
    made.note()
    return edition(data, "report")


def test_a_run_shows_what_is_kept_until_a_later_run_makes_other_draws(project):
    """Two runs on data of two days, neither published yet: the first may not be any more."""
    first = noted(dataset(project))
    assert editions_kept("data/own", "report") == {first}
    second = noted(dataset(project, late=3))
    assert editions_kept("data/own", "report") == {second} != {first}
    remember(project.parents[1])
    assert editions_kept("data/own", "report") == {second}
    # From now on a late record draws nothing anew, so that every run shows the same.
    assert noted(dataset(project, late=5)) == second
    assert editions_kept("data/own", "report") == {second}
    grown = noted(dataset(project, late=5, months=7))
    assert editions_kept("data/own", "report") == {second, grown}


def test_a_mark_of_counts_cannot_be_guessed_without_the_salt(project, monkeypatch):
    """Else whoever tries all counts would find those that have it."""
    data = dataset(project)
    mark = noted(data)
    salt = project / "other_salt"
    salt.touch(mode=0o600)
    salt.write_text("9f8e" * 16, encoding="ascii")
    monkeypatch.setenv("ANALYSIS_SALT", str(salt))
    assert edition(data, "report") != mark
    shutil.rmtree(project.parents[1] / ".protected")
    assert editions_kept("data/own", "report") == set()
