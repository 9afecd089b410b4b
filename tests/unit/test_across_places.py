"""Several places together: trials that come ready, and reports whose estimates are pooled."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy
import yaml

from analysis.batch.keys import Keys
from analysis.batch.plan import Run
from analysis.data.frames.trials import _effects, mantel_haenszel
from analysis.errors import AnalysisError
from analysis.methods import meta
from analysis.page.wording import LANGUAGES
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.across_places.plates import AcrossPlaces
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.result import Estimate
from analysis.stats.pooling.pooling import pool
from analysis.verdicts.places import Together
from worlds import county_world

WORDS = """
title: {en: Made up for a test, zh: 测试用数据}
licence: {en: none, zh: 无}
origin: {en: made up, zh: 虚构}
words:
  calls: {en: call, en_plural: calls, zh: 来电}
  scoring: {en: scoring, zh: 评分}
"""
PRINTED = "status: real\ndisclosure: public\nprinted: {address: a paper, date: 2020-01-01}\n"


def published(root: Path, **params) -> AcrossPlaces:
    """The report on eight Chinese cities."""
    return AcrossPlaces.read({"dataset": str(root / "data/chinese_cities"), **params})


def test_the_odds_ratios_of_eight_chinese_cities(root):
    """Logit 2.173 (1.983 to 2.382) and Mantel–Haenszel 2.174, as SAS prints them of table 3.3."""
    found = {one.key: one for one in published(root).poolings}
    logit, common = (np.exp(astuple(found[key].estimate)) for key in ("fixed", "mantel_haenszel"))
    assert logit.round(3).tolist() == [2.173, 1.983, 2.382]
    assert common[0] == pytest.approx(2.17448, abs=5e-6)
    for key, one in found.items():
        known = {"fixed": 2.173, "mantel_haenszel": 2.174}.get(key)
        assert one.published == known
        assert known is None or abs(np.exp(one.estimate.value) - known) < 5e-4


def astuple(found: Estimate) -> tuple[float, ...]:
    """An estimate and its limits."""
    return found.value, found.low, found.high


def test_another_place_is_less_sure_than_the_mean_and_both_languages_agree(root):
    """The range of a new place is wider on either side; facts are the same."""
    english, chinese = (published(root, language=language) for language in LANGUAGES)
    mean, other = english.together.mean, english.together.new_place
    assert other.low < mean.low < mean.value < mean.high < other.high
    assert english.verdict_key == "expected_elsewhere"
    assert english.facts() == chinese.facts()
    assert "2.17" in chinese.summary().number
    rows = english.forest().to_frame()
    assert list(rows["place"]) == [*sorted(english.subject.names), "mean", "another_place"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the odds of lung cancer are 2.17 times as high for smokers as for non-smokers"),
        ("zh", "吸烟者肺癌的比值（发生与未发生之比）是不吸烟者的2.17倍"),
    ],
)
def test_the_answer_says_of_what_the_mean_is_a_mean_and_who_is_compared(root, language, words):
    """As the dataset calls them; a ratio without its two sides says nothing."""
    summary = published(root, language=language).summary()
    assert words in summary.points[0]
    sides = {"en": ("smokers", "non-smokers"), "zh": ("吸烟者", "不吸烟者")}[language]
    assert all(side in text for side in sides for text in (summary.number_words, summary.points[3]))


def write(folder: Path, rows: list[tuple], about: str = PRINTED) -> str:
    """A dataset of trials: place and four counts."""
    folder.mkdir()
    columns = ["place", "treated_events", "treated_others", "control_events", "control_others"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "trials.csv", index=False)
    (folder / "dataset.yml").write_text(WORDS + about + "frames: {trials: trials.csv}\n")
    return str(folder)


def drawn(effects, seed=1, size=400) -> list[tuple]:
    """Counts of places with these log odds ratios, around one in five."""
    rng, rows = np.random.default_rng(seed), []
    for i, effect in enumerate(effects):
        with_it, without = (rng.binomial(size, 1 / (1 + np.exp(1.4 - e))) for e in (effect, 0.0))
        rows.append((f"P{i}", with_it, size - with_it, without, size - without))
    return rows


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("effects", "measure", "verdict"),
    [
        ([0.8] * 8, "odds_ratio", "expected_elsewhere"),
        ([-0.8] * 8, "risk_ratio", "expected_elsewhere"),
        ([1.4, 0.0, 1.2, -0.3, 1.5, 0.2, 1.1, 0.1, 1.3, 0.6], "odds_ratio", "average_only"),
        ([0.0] * 6, "odds_ratio", "none_told"),
    ],
)
def test_the_answer_follows_the_ranges(tmp_path, effects, measure, verdict, language):
    """Of the mean and of another place, on either side and for both measures."""
    given = {"outcome": "calls", "intervention": "scoring", "measure": measure}
    folder = write(tmp_path / "trials", drawn(effects))
    found = AcrossPlaces.read({"dataset": folder, "language": language, **given})
    assert found.verdict_key == verdict
    away = [one.low > 0 or one.high < 0 for one in (found.together.mean, found.together.new_place)]
    assert away == {"expected_elsewhere": [True, True], "average_only": [True, False],
                    "none_told": [False, False]}[verdict]  # fmt: skip
    points = found.summary().points
    assert found.change(found.together.mean.value) in points[0]
    assert found.likely_of(found.together.new_place) in points[0]
    assert all(name in points[0] for name in (found.outcome, found.those("with")))
    share = found.percent(max(found.together.chance, 0.001))
    assert share in points[1]
    assert "p =" not in points[1]
    assert not any("by lot" in point or "抽签" in point for point in found.certainty().points)
    assert len(found.poolings_table().data.rows) == (3 if measure == "odds_ratio" else 2)
    for plate in (found.sample(), found.certainty(), found.forest(), found.provenance()):
        assert plate.language == language


def test_empty_cells_get_a_half_and_places_that_tell_nothing_are_left_out(tmp_path):
    """One without events in one group stays, ones without any or without a group do not.

    Its error is that of the cells which the common ratio leads to expect.
    """
    rows = [*drawn([0.5] * 5), ("none", 0, 400, 0, 400), ("one", 3, 397, 0, 400)]
    folder = write(tmp_path / "trials", [*rows, ("alone", 5, 395, 0, 0)])
    found = AcrossPlaces.read({"dataset": folder, "outcome": "calls", "intervention": "scoring"})
    assert set(found.subject.names) == {f"P{i}" for i in range(5)} | {"one"}
    said = " ".join(found.sample().points)
    assert "is empty: 2; given a half in each cell, since one holds fewer than 10: 1." in said
    row = found.frame.set_index("study").loc["one"]
    assert row["estimate"] == pytest.approx(np.log((3.5 * 400.5) / (397.5 * 0.5)))
    counts = np.array([row[1:] for row in [*rows[:5], rows[6]]], float).reshape(-1, 2, 2)
    common = np.exp(mantel_haenszel(counts, 0.95).value)
    own = scipy.optimize.brentq(
        lambda a: a * (397 + a) - common * (400 - a) * (3 - a), 1e-9, 3 - 1e-9
    )
    error = np.sqrt(1 / own + 1 / (400 - own) + 1 / (3 - own) + 1 / (397 + own))
    assert row["standard_error"] == pytest.approx(error, rel=1e-8)


def rare(seed: int, places: int, share: float, sizes: tuple[int, int]) -> np.ndarray:
    """Tables of places without a difference, with groups of these sizes."""
    events = np.random.default_rng(seed).binomial(sizes, share, (places, 2)).astype(float)
    tables = np.stack([events, np.array(sizes) - events], axis=2)
    return tables[(tables.sum(axis=1) > 0).all(axis=1)]


def test_rare_events_in_groups_of_unlike_size_move_no_mean():
    """80 worlds of 40 places, 2 % of 100 against 400: within .08 of 0 (with own errors .2)."""
    means = []
    for seed in range(80):
        tables = rare(seed, 40, 0.02, (100, 400))
        frame = _effects(pd.Series(np.arange(len(tables)).astype(str)), tables, "odds_ratio")
        values, errors = frame[["estimate", "standard_error"]].to_numpy().T
        means.append(pool(values, errors, 0.95, "dersimonian_laird").value)
    assert abs(np.mean(means)) < 0.08


@pytest.mark.parametrize(("sizes", "refused"), [((100, 400), True), ((200, 200), False)])
def test_where_empty_cells_would_make_the_mean_there_is_none(tmp_path, sizes, refused):
    """With groups of unlike size; what Mantel–Haenszel gives is named."""
    tables = rare(3, 40, 0.006, sizes)
    assert (tables == 0).any(axis=(1, 2)).mean() > 1 / 3
    rows = [(f"P{i}", *table.ravel().astype(int)) for i, table in enumerate(tables)]
    folder = write(tmp_path / "trials", rows)
    given = {"dataset": folder, "outcome": "calls", "intervention": "scoring"}
    if not refused:
        assert len(AcrossPlaces.read(given).frame) == len(rows)
        return
    with pytest.raises(
        AnalysisError, match=r"empty cells in \d+ of .*an odds ratio of \d\.\d\d \("
    ):
        AcrossPlaces.read(given)


@pytest.mark.parametrize(
    ("rows", "about", "words"),
    [
        ([("none", 0, 400, 0, 400)], PRINTED, "places: are 0 that tell something"),
        (drawn([0.5] * 4), PRINTED, "places: are 4 that tell something; at least 5 are needed"),
        (drawn([0.5] * 8), "status: real\n", "holds counts of single places, which no noise"),
        ([*drawn([0.5] * 8), ("x", -1, 5, 5, 5)], PRINTED, "treated_events, row 10: is below 0"),
        ([*drawn([0.5] * 8), ("P1", 1, 5, 5, 5)], PRINTED, "repeats the key place"),
    ],
)
def test_trials_that_cannot_be_pooled_are_refused(tmp_path, rows, about, words):
    """Before a kernel starts, with what would do."""
    with pytest.raises(AnalysisError) as refused:
        AcrossPlaces.read({"dataset": write(tmp_path / "trials", rows, about)})
    assert words in str(refused.value)


@pytest.fixture
def project(tmp_path, root, monkeypatch) -> Path:
    """Six places with a dataset and a report on it each."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    (tmp_path / "params/intervention_effect").mkdir(parents=True)
    for i in range(6):
        place(tmp_path, i)
    return tmp_path


def place(project: Path, number: int) -> None:
    """The tables and the report of a place in which about a fifth fewer are recorded."""
    panel, folder = county_world(number, effect=-0.2, regions=24), project / f"data/place{number}"
    folder.mkdir(parents=True)
    frame = panel.frame.assign(region_code=panel.frame["region"])
    frame["period"] = frame["period"].map(lambda t: panel.periods[t - 1])
    codes = list(panel.regions)
    names = {"name_en": codes, "name_zh": codes, "level": "county"}
    pd.DataFrame({"region_code": codes, **names}).to_csv(folder / "regions.csv", index=False)
    counts = frame.assign(outcome="calls", count=frame["count"].astype(int))
    columns = ["region_code", "period", "outcome", "count"]
    counts[columns].to_csv(folder / "outcomes.csv", index=False)
    begun = panel.adoption[panel.adoption > 0]
    starts = [pd.Period(panel.periods[t - 1], "Q").start_time.date() for t in begun]
    given = {"region_code": begun.index, "intervention": "scoring", "started_on": starts}
    pd.DataFrame(given).to_csv(folder / "interventions.csv", index=False)
    (folder / "dataset.yml").write_text(WORDS + "status: simulated\n", encoding="utf-8")
    params = {"title_en": f"Place {number}", "dataset": f"data/place{number}", "outcome": "calls"}
    params |= {"intervention": "scoring", "exposure": "", "period": "quarter"}
    file = project / f"params/intervention_effect/place{number}.yml"
    file.write_text(yaml.safe_dump(params), encoding="utf-8")


REPORTS = [f"intervention_effect/place{i}" for i in range(6)]
ASKED = {"dataset": "data/place0", "outcome": "calls", "intervention": "scoring"}


def test_headlines_of_reports_are_pooled_as_they_were_published(project):
    """Each as its own page gives it, to three digits; their mean is that of the method."""
    found = AcrossPlaces.read({**ASKED, "across": REPORTS})
    verdicts = []
    for name, value, error, degrees in found.frame.itertuples(index=False):
        params = yaml.safe_load((project / f"params/{name}.yml").read_text())
        report = InterventionEffect.read(params)
        verdicts.append(report.verdict_key)
        own = report.result.headline
        assert (value, error) == (own.value, own.standard_error)
        assert degrees == report.result.options["degrees"] < 30
    pooled = meta.estimate(found.frame, meta.Options(), np.random.default_rng(1))
    assert found.together.mean == pooled.headline
    known = meta.estimate(found.frame.drop(columns="degrees"), meta.Options(), None)
    assert found.together.chance > Together(known).chance
    assert found.together.mean.value == pytest.approx(
        -0.2, abs=4 * found.together.mean.standard_error
    )
    summary = found.summary()
    assert summary.number.startswith("−")
    assert f"On average {summary.number} in calls with scoring (" in summary.points[0]
    assert "starts drawn by lot" in found.certainty().points[-1]
    assert "Place 3" in found.sample().points[0]
    claiming = sum(own.startswith("fewer") for own in verdicts)
    assert f"{claiming} of these 6 reports claim" in found.summary().points[-1]
    assert list(found.forest().to_frame()["place"])[:6] == REPORTS


def test_a_page_on_invented_places_says_so_whatever_its_own_words_are_from(project):
    """Words of a dataset that is real; one simulated place marks all."""
    real = WORDS + "status: real\n"
    (project / "data/place0/dataset.yml").write_text(real, encoding="utf-8")
    assert AcrossPlaces.read({**ASKED, "across": REPORTS}).simulated
    internal = real + "audience: internal\nprotection: none\n"
    (project / "data/place4/dataset.yml").write_text(internal, encoding="utf-8")
    assert AcrossPlaces.read({**ASKED, "across": REPORTS}).internal == "open"


@pytest.mark.parametrize(
    ("across", "words"),
    [
        (REPORTS[:4], "places: are 4"),
        ([*REPORTS, "intervention_effect/plaice1"], "Did you mean 'intervention_effect/place1'"),
        ([*REPORTS, REPORTS[0]], "place0: is named twice"),
        ([*REPORTS, "across_places/mine"], "across_places/mine: pools places itself"),
        ([*REPORTS, "intervention_effect/again"], "place2: rests on regions that intervention_eff"),
        ([*REPORTS, "intervention_effect/wrong"], "wrong: outcome: names 'falls'"),
    ],
)
def test_reports_that_cannot_be_pooled_are_refused(project, across, words):
    """Unknown ones with the nearest name, and those that would count regions twice."""
    folder = project / "params/intervention_effect"
    shutil.copy(folder / "place2.yml", folder / "again.yml")
    text = (folder / "place2.yml").read_text()
    (folder / "wrong.yml").write_text(text.replace("calls", "falls"))
    with pytest.raises(AnalysisError) as refused:
        AcrossPlaces.read({**ASKED, "across": across})
    assert words in str(refused.value)


def test_an_estimate_that_a_report_does_not_have_is_refused(project):
    """With the nearest name that it has."""
    with pytest.raises(AnalysisError, match=r"place0: estimate overal: is not there.*'overall'"):
        AcrossPlaces.read({**ASKED, "across": REPORTS, "estimate": "overal"})


def test_a_change_of_a_place_makes_the_page_due(project):
    """Of its data or its parameters; of nothing else that lies about."""

    def key() -> str:
        params = AcrossPlacesParams(**ASKED, across=REPORTS)
        return Keys().parts(Run("across_places/x", "en", {}, params)).key

    before = key()
    assert key() == before
    file = project / "data/place5/outcomes.csv"
    text = file.read_text()
    lines = text.splitlines()
    *cells, count = lines[1].split(",")
    lines[1] = ",".join([*cells, str(int(count) + 1)])
    file.write_text("\n".join(lines) + "\n")
    changed = key()
    assert changed != before
    with (project / "params/intervention_effect/place3.yml").open("a") as params:
        params.write("level: 0.9\n")
    assert key() not in (before, changed)


def test_the_pages_own_estimates_are_those_of_plain_statsmodels(root):
    """The cell of the notebook, on the frame a researcher sees."""
    from statsmodels.stats.meta_analysis import combine_effects

    report = published(root)
    values, errors = report.frame[["estimate", "standard_error"]].to_numpy().T
    plain = combine_effects(values, errors**2)
    assert report.agree("fixed", plain.mean_effect_fe).data.rows
    with pytest.raises(AnalysisError, match="differs from that of plain statsmodels"):
        report.agree("fixed", plain.mean_effect_fe * (1 + 1e-6))
