"""What pages rest on: editions of protected counts, and averages that are shown beside others."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.disclosure import estimates
from analysis.disclosure.memory import Made, edition, editions_kept, remember
from analysis.disclosure.store import store_of
from analysis.reports.intervention_effect import adoption
from analysis.result import Estimate, Sample
from analysis.verdicts import averages, robustness
from analysis.verdicts.averages import Average

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
    salt.write_text(
        "ebec5abb25abf06671acd40c5a2ac683d89a88fe112f33926688f6a05065fe8e", encoding="ascii"
    )
    monkeypatch.setenv("ANALYSIS_SALT", str(salt))
    assert edition(data, "report") != mark
    shutil.rmtree(project.parents[1] / ".protected")
    assert editions_kept("data/own", "report") == set()


@pytest.mark.parametrize("counted", [True, False])
def test_averages_of_one_page_differ_by_no_region_or_by_five(monkeypatch, counted):
    """Too near one before: protected, or not shown where there are no protected counts.

    Of regions a to t are left out: none; five; six of these and another; five others; none.
    """
    lack = {"a": "", "b": "abcde", "c": "abcdef", "d": "bcdef", "e": "fghij", "f": ""}
    panels = {name: SimpleNamespace(outcome="report", name=name) for name in ("own", "moved")}
    study = SimpleNamespace(
        panel=panels["own"], protected=panels["moved"] if counted else None, shielded=True,
        description=SimpleNamespace(published_results=()),
    )  # fmt: skip

    def found(_, panel, method, __):
        own = [Estimate("overall", 1.0 if panel.name == "own" else -1.0)]
        sample = Sample(0, 20 - len(lack[method]), 5, "2020", "2023", without=tuple(lack[method]))
        return SimpleNamespace(sample=sample, estimates=own, expected=None)

    monkeypatch.setattr(averages, "run", found)
    monkeypatch.setattr(
        robustness, "specifications", lambda _: [robustness.Specification(n, n) for n in lack]
    )
    headline = Average.of("report", Sample(0, 20, 5, "2020", "2023"))
    answers, beside = robustness.answers_beside(study, headline)
    values = [one.estimate and one.estimate.value for one in answers]
    near = -1.0 if counted else None
    assert values == [1.0, 1.0, near, near, 1.0, 1.0]
    assert ["".join(one.without) for one in beside] == ["", "abcde", "fghij"]
    if not counted:
        assert "both together would give these away" in answers[2].refused


def test_means_of_few_levels_stay_here_and_all_have_three_digits(monkeypatch):
    """Six regions, two of which are not known in the third period: four would tell too much."""
    values = np.array([[12.3456, 12.3456, 12.3456]] * 6)
    values[:2, 2] = np.nan
    panel = SimpleNamespace(
        counted=False, yearly=False, measured="value", matrix=lambda _: values,
        adoption=pd.Series([0] * 6),
    )  # fmt: skip
    study = SimpleNamespace(panel=panel, protected=None, shielded=True)
    monkeypatch.setattr(adoption, "per", lambda _: 1.0)
    monkeypatch.setattr(adoption, "adopter_groups", lambda _: {"never": np.ones(6, dtype=bool)})
    path = adoption.group_rates(SimpleNamespace(study=study))["never"]
    assert path[:2].tolist() == [12.3, 12.3]
    assert np.isnan(path[2])
    open_study = SimpleNamespace(panel=panel, protected=None, shielded=False)
    whole = adoption.group_rates(SimpleNamespace(study=open_study))["never"]
    assert whole == pytest.approx(12.3456)


def amounts(share, places, yearly=True):
    """A panel of twelve regions, of which one holds this share of what its half has at places."""
    values = np.ones((12, 6))
    for row, column in places:
        values[row, column] = -5 * share / (1 - share)
    return SimpleNamespace(
        counted=False, yearly=yearly, measured="value", matrix=lambda _: values, outcome="fines",
        adoption=pd.Series([0] * 6 + [4] * 6),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("places", "times"),
    [
        ([(0, period) for period in range(6)], set()),
        ([(6, period) for period in range(3)], {-3, -2, -1}),
        ([(11, period) for period in range(3, 6)], {0, 1, 2}),
    ],
)
def test_amounts_of_which_one_region_holds_most_are_of_too_few(monkeypatch, places, times):
    """Never adopted, before and after the start; money paid back too. Scores add up to nothing."""
    for share, yearly, told in ((0.45, True, False), (0.55, True, True), (0.987, False, False)):
        panel = amounts(share, places, yearly)
        assert estimates.too_few(panel) is told
        assert estimates._small_event_times(panel) == (times if told else set())
        study = SimpleNamespace(panel=panel, protected=None, shielded=True)
        monkeypatch.setattr(adoption, "per", lambda _: 1.0)
        paths = adoption.group_rates(SimpleNamespace(study=study))
        hidden = {(name, place) for name, path in paths.items() for place in range(6)
                  if np.isnan(path[place])}  # fmt: skip
        name = "never" if places[0][0] == 0 else "early"
        assert hidden == ({(name, column) for _, column in places} if told else set())


def test_a_single_period_that_one_region_holds_is_left_out_of_the_path(monkeypatch):
    """On the whole side it is one of six: the average stays, the point of the path does not."""
    panel = amounts(0.7, [(0, 2)])
    assert not estimates.too_few(panel)
    study = SimpleNamespace(panel=panel, protected=None, shielded=True)
    monkeypatch.setattr(adoption, "per", lambda _: 1.0)
    path = adoption.group_rates(SimpleNamespace(study=study))["never"]
    assert np.flatnonzero(np.isnan(path)).tolist() == [2]
