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
from analysis.publish.site.rested import (
    FILE,
    Rested,
    Shown,
    as_json,
    conflicts,
    read_rested,
    redrawn,
)

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
    salt.write_text(
        "85337816d263d362acb23a4255a636191075c2a90c47f2ee6db3362f7df11203", encoding="ascii"
    )
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


@pytest.mark.parametrize(
    ("periods", "meet"),
    [
        (("2023-10", "2024-06"), True),
        (("2024-01", "2024-06"), False),
        (("2019", "2020"), True),
        (("2018", "2019"), False),
        (("2023-W52", "2024-W10"), True),
        (("2024-W02", "2024-W10"), False),
    ],
)
def test_months_weeks_and_years_are_told_to_meet_quarters(periods, meet):
    """By their days, not by how their names sort: "2020-12" comes before "2020Q4" there."""
    now = replace(AVERAGE, regions=REGIONS[1:], periods=periods)
    assert bool(problems(now, then=AVERAGE)) == meet
    late = replace(AVERAGE, periods=("2020Q3", "2020Q4"))
    assert problems(replace(late, regions=REGIONS[1:], periods=("2020-10", "2020-12")), then=late)


def test_averages_beside_the_headline_are_held_against_others():
    """A placebo outcome of one report, which is the outcome of another over one region less."""
    beside = replace(AVERAGE, regions=REGIONS[1:])
    with_placebo = replace(AVERAGE, outcome="enquiry", beside=(beside,))
    assert "differ by 1 from those of then" in problems(with_placebo, then=AVERAGE)[0]
    assert "differ by 1 from those of then" in problems(AVERAGE, then=with_placebo)[0]


def test_an_edition_of_before_counts_although_its_page_is_gone():
    """All regions, six fewer, then one fewer: the last differs from the first by one."""
    first = Rested.of(AVERAGE)
    second = Rested.of(replace(AVERAGE, regions=REGIONS[6:])).after(first)
    third = Rested.of(replace(AVERAGE, regions=REGIONS[1:]))
    assert not list(conflicts("now", second, {"now": first}))
    (said,) = conflicts("now", third, {"now": second})
    assert "differ by 1 from those of an edition of its own before" in str(said)
    (said,) = conflicts("other", third, {"now": second})
    assert "of now" in str(said)
    assert Rested.of(AVERAGE).after(Rested.of(AVERAGE)).past == ()
    again = Rested.of(AVERAGE).after(second)
    assert [len(part.regions) for part in again.past] == [6]
    assert Rested.of(AVERAGE).after(again).past == again.past


def test_an_edition_of_before_keeps_its_whole_time():
    """The same regions over other years, in two editions of before."""
    parts = [replace(AVERAGE, periods=ends) for ends in (("2018", "2019"), ("2020Q1", "2021Q4"))]
    one = Rested.of(parts[1]).after(Rested.of(parts[0]))
    now = Rested.of(replace(AVERAGE, periods=("2022", "2023"))).after(one)
    assert [part.periods for part in now.past] == [("2018", "2021Q4")]


def test_counts_of_other_data_than_were_noted_are_refused():
    """Neither published, nor what the last run made, nor on its own page already."""
    now = Rested.of(replace(COUNTS, editions={"report": "b2"}))
    then = Rested.of(replace(COUNTS, editions={"report": "a1"}))
    for kept, before, refused in (
        ({"a1"}, None, True),
        ({"a1"}, then, True),
        ({"a1", "b2"}, None, False),
        (set(), now, False),
        (set(), None, True),
    ):
        said = list(redrawn("now", now, before, lambda *_, kept=kept: kept))
        assert bool(said) == refused
        assert not refused or "Run it again" in str(said[0])


def test_a_dataset_is_one_however_its_folder_is_spelled(tmp_path, monkeypatch):
    """With a stroke behind, a detour or a link the same averages and draws would stand apart."""
    for name in ("params", "notebooks", "data/own", "data/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "data/own")
    monkeypatch.chdir(tmp_path)
    spelled = ("data/own/", "./data/own", "data/other/../own", "link", str(tmp_path / "data/own"))
    for name in spelled:
        near = replace(AVERAGE, dataset=name, regions=REGIONS[1:])
        assert "differ by 1" in problems(near, then=AVERAGE)[0], name
        assert "another salt" in problems(replace(AVERAGE, dataset=name, draw="x"), then=COUNTS)[0]
    assert Rested.of(replace(AVERAGE, dataset="link")).dataset == "data/own"
    monkeypatch.chdir(tmp_path / "notebooks")
    assert Rested.of(AVERAGE).dataset == "data/own"
    assert not problems(replace(AVERAGE, dataset="data/other", regions=REGIONS[1:]), then=AVERAGE)


def test_an_average_that_a_report_no_longer_shows_holds_back_nobody():
    """What is looked up by dataset and regions follows what the site holds, report by report."""
    first, near = (
        Rested(dataset="d", draw="x", outcome="o", periods=("2019", "2020"),
               regions=frozenset(f"9901{n:02d}" for n in range(begin, 12)))
        for begin in (1, 2)
    )  # fmt: skip
    far = first.model_copy(update={"outcome": "another", "draw": "y"})
    shown = Shown({"other": first})
    assert len([*conflicts("now", near, shown)]) == 1
    shown["other"] = far
    (said,) = conflicts("now", near, shown)
    assert "another salt" in said.what
    shown["other"] = far.model_copy(update={"draw": "x"})
    assert not [*conflicts("now", near, shown)]
