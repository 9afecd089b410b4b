"""A published count stays as it was, and is corrected once, when its year is over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.disclosure.memory import FOLDER, Made, remember
from analysis.disclosure.store import store_of
from analysis.errors import ParamsError

MONTHS = [str(month) for month in pd.period_range("2023-01", "2023-12", freq="M")]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a dataset of counts that can be changed."""
    for name in ("params", "notebooks", "data/own"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data/own"


def write(folder, counts):
    """Counts of two regions by month; nothing where there is none."""
    codes = ["a", "b"]
    names = {"region_code": codes, "name_en": codes, "name_zh": codes, "level": "county"}
    pd.DataFrame(names).to_csv(folder / "regions.csv", index=False)
    rows = [
        {"region_code": code, "period": month, "outcome": "report", "count": count}
        for month, pair in counts.items()
        for code, count in zip(codes, pair, strict=True)
    ]
    pd.DataFrame(rows).to_csv(folder / "outcomes.csv", index=False)
    content = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "x"}
    (folder / "dataset.yml").write_text(yaml.safe_dump(content, allow_unicode=True))


def shown(folder, publish=False):
    """Months and years of the store, after reading the dataset anew."""
    data = read_dataset(folder)
    store = store_of(data, "report")
    if publish:
        made = Made()
        made.add(data)
        made.note()
        remember(folder.parents[1])
    return store


def test_late_records_draw_no_published_count_anew_until_the_year_is_over(project):
    """The first night, a late record, the new year, and one more late record."""
    counts = {month: [40, 60] for month in MONTHS[:6]}
    write(project, counts)
    first = shown(project, publish=True).levels["month"].shown
    counts["2023-02"] = [45, 60]
    write(project, {**counts, "2023-07": [50, 50]})
    second = shown(project, publish=True).levels["month"].shown
    assert (second[first.columns] == first).all(axis=None)
    whole = {**counts, **{month: [50, 50] for month in MONTHS[6:]}, "2024-01": [50, 50]}
    write(project, whole)
    third = shown(project, publish=True).levels["month"].shown
    year = shown(project).levels["year"].shown[pd.Period("2023", "Y")]
    assert (year - np.array([545.0, 660.0])).abs().max() <= 10
    apart = (third[first.columns] != first).to_numpy()
    assert apart.sum() <= 1
    assert abs(third.loc["a", pd.Period("2023-02", "M")] - 45) <= 10
    write(project, {**whole, "2023-02": [200, 60]})
    fourth = shown(project, publish=True).levels["month"].shown
    assert (fourth == third).all(axis=None)


def test_without_a_publication_nothing_is_kept(project):
    """To look at data that are wrong binds nobody."""
    write(project, {month: [400, 600] for month in MONTHS})
    shown(project)
    write(project, {month: [40, 60] for month in MONTHS})
    months = shown(project).levels["month"].shown
    assert (months - np.array([[40], [60]])).abs().max(axis=None) <= 10


def test_a_published_zero_stays_zero_until_it_is_corrected(project):
    """An empty count has no records, and was published all the same."""
    counts = {month: [0, 60] for month in MONTHS[:3]}
    write(project, counts)
    shown(project, publish=True)
    write(project, {**counts, "2023-01": [30, 60]})
    assert shown(project).levels["month"].shown.loc["a"].tolist() == [0, 0, 0]


def test_a_project_that_was_moved_finds_what_it_published(project, monkeypatch):
    """Its folder is renamed with all that is in it; the published month stays."""
    counts = {month: [40, 60] for month in MONTHS[:6]}
    write(project, counts)
    first = shown(project, publish=True).levels["month"].shown
    old = project.parents[1]
    new = old.rename(old.with_name("moved"))
    monkeypatch.chdir(new)
    moved = new / "data/own"
    write(moved, {**counts, "2023-02": [400, 60]})
    assert (shown(moved).levels["month"].shown == first).all(axis=None)
    other = new / "data/other"
    other.mkdir()
    write(other, {**counts, "2023-02": [400, 60]})
    assert shown(other).levels["month"].shown.loc["a", pd.Period("2023-02", "M")] >= 390


def test_published_weeks_stay_too(project):
    """Around the turn of a year, where days of a week lie in two years."""
    weeks = ["2022-W51", "2022-W52", "2023-W01", "2023-W02", "2023-W05"]
    counts = {week: [40, 60] for week in weeks}
    write(project, counts)
    first = shown(project, publish=True).levels["week"].shown
    write(project, {**counts, "2023-W01": [400, 60], "2023-W02": [40, 600]})
    second = shown(project, publish=True).levels["week"].shown
    assert (second == first).all(axis=None)
    assert first.columns.freqstr == "W-SUN"
    write(project, {**counts, "2022-W51": [400, 60]})
    third = shown(project).levels["week"].shown
    assert third.loc["a", pd.Period("2022-12-19", "W")] >= 390, "its year is over: corrected once"


def test_what_was_published_is_kept_secret_and_a_broken_record_is_refused(project):
    """Readable by its owner only; without it the same counts would be drawn again."""
    write(project, {month: [40, 60] for month in MONTHS})
    shown(project, publish=True)
    (file,) = (project.parents[1] / FOLDER).glob("*.parquet")
    assert file.stat().st_mode & 0o077 == 0
    file.write_bytes(b"broken")
    write(project, {month: [41, 60] for month in MONTHS})
    with pytest.raises(ParamsError, match="tells what was published"):
        shown(project)
