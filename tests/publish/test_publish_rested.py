"""Pages that would give counts away beside others of the site are refused, and say beside which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.settings import Protection
from analysis.disclosure import store
from analysis.disclosure.store import drawn_from
from analysis.errors import PublishError
from analysis.page.plates import RestsOn
from analysis.publish.site.rested import FILE, Rested, as_json, conflicts, read_rested

REGIONS = tuple(f"{number:02d}" for number in range(12))
AVERAGE = RestsOn("data/own", "abc", "report", ("2020Q1", "2023Q4"), REGIONS)
COUNTS = RestsOn("data/own", "abc")


def problems(report, **shown):
    """What is wrong with the report ``now`` beside those shown."""
    beside = {name: Rested.of(found) for name, found in shown.items()}
    return [str(problem) for problem in conflicts("now", Rested.of(report), beside)]


def dataset(tmp_path, **protection):
    """A dataset without tables."""
    words = {"title": {"en": "T", "zh": "题"}, "licence": "CC0", "origin": "x"}
    description = Description.model_validate({**words, "status": "real", **protection})
    return Dataset(tmp_path, description, {}, {})


def test_counts_of_one_draw_stand_beside_one_another():
    """Also beside averages, and beside another dataset of another draw."""
    assert not problems(COUNTS, then=AVERAGE, other=RestsOn("data/other", "xyz"))


def test_counts_of_another_draw_are_refused():
    """Beside another report, or beside the last edition of the report itself."""
    for name in ("then", "now"):
        (said,) = problems(replace(COUNTS, draw="xyz"), **{name: AVERAGE})
        assert "drawn with another salt, or with other settings of the noise" in said
        assert f"those of {name}" in said


@pytest.mark.parametrize(
    ("apart", "refused"), [(0, False), (1, True), (4, True), (5, False), (9, False)]
)
def test_averages_that_differ_by_fewer_than_five_regions_are_refused(apart, refused):
    """By none they tell the same, by five and more nothing of one."""
    said = problems(replace(AVERAGE, regions=REGIONS[apart:]), then=AVERAGE)
    assert bool(said) == refused
    assert not refused or f"differ by {apart} from those of then" in said[0]


@pytest.mark.parametrize(
    "other",
    [{"outcome": "complaint"}, {"periods": ("2018Q1", "2019Q4")}, {"dataset": "data/other"}],
)
def test_averages_of_other_records_may_differ_by_one_region(other):
    """Of another outcome, of a time before, or of another dataset."""
    assert not problems(replace(AVERAGE, regions=REGIONS[1:], **other), then=AVERAGE)


def test_what_counts_are_drawn_from_is_told_by_salt_and_settings(tmp_path, monkeypatch):
    """Another variance, threshold, table or salt is another mark; none of them stands in it."""
    marks = [
        drawn_from(dataset(tmp_path, protection=given))
        for given in ({}, {"variance": 16}, {"threshold": 20}, {"variance": 16, "threshold": 20})
    ]
    assert Protection() == Protection(variance=9, threshold=10)
    monkeypatch.setattr(store, "VERSION", 3)
    marks.append(drawn_from(dataset(tmp_path)))
    monkeypatch.undo()
    salt = tmp_path / "salt"
    salt.touch(mode=0o600)
    salt.write_text("a1b2" * 16, encoding="ascii")
    monkeypatch.setenv("ANALYSIS_SALT", str(salt))
    marks.append(drawn_from(dataset(tmp_path)))
    assert len(set(marks)) == 6
    assert all(len(mark) == 12 for mark in marks)
    inside = dataset(tmp_path, protection="none", audience="internal")
    assert drawn_from(inside) == ""


def test_the_record_of_a_site_is_read_back_and_a_broken_one_refused(tmp_path):
    """It protects what was published: without it nothing is put beside the pages."""
    assert read_rested(tmp_path) == {}
    kept = {"b": Rested.of(AVERAGE), "a": Rested.of(COUNTS)}
    (tmp_path / FILE).write_text(as_json(kept), encoding="utf-8")
    assert read_rested(tmp_path) == kept
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(PublishError, match="is not a record"):
        read_rested(tmp_path)
