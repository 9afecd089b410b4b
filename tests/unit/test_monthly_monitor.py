"""A monitor: flags beside chance, breaks in recording, late months, and what it refuses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formula
from statsmodels.genmod.families import Poisson

import analysis as an
from analysis.data.dataset import datasets_kept
from analysis.errors import AnalysisError
from analysis.stats.forecasts.edition import edition
from worlds_by_month import SEASON, jumped, watched_world

MONTHS = pd.period_range("2018-01", "2022-01", freq="M")
"""48 of history, and the one that is judged."""
DESCRIPTION = """
title: {{en: Made up, zh: 虚构}}
status: {status}
licence: facts
origin: made up
region_word: {{en: county, en_plural: counties, zh: 县}}
words: {{cases: {{en: recorded case, en_plural: recorded cases, zh: 登记案件}}}}
audience: internal
protection: none
"""


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """The province is read once for all tests here."""
    with datasets_kept():
        yield


@pytest.fixture
def counted(tmp_path):
    """A dataset of monthly counts of twelve counties; ``change`` may alter them."""

    def write(change=None, *, breaks="", status="simulated", more="", **asked):
        rng = np.random.default_rng(5)
        level = np.linspace(20, 60, 12)[:, None] * np.exp(SEASON[MONTHS.month - 1])[None, :]
        counts = pd.DataFrame(rng.poisson(level), index=range(101, 113), columns=MONTHS)
        counts = counts if change is None else change(counts.copy())
        rows = (
            counts.rename_axis("region_code").reset_index().melt("region_code", var_name="period")
        )
        rows = rows.dropna().assign(outcome="cases", count=lambda table: table["value"].astype(int))
        rows[["region_code", "period", "outcome", "count"]].to_csv(
            tmp_path / "outcomes.csv", index=False
        )
        names = "".join(f"{c},County {c},{c}县,county,\n" for c in counts.index)
        head = "region_code,name_en,name_zh,level,parent_code\n"
        (tmp_path / "regions.csv").write_text(head + names, encoding="utf-8")
        (tmp_path / "breaks.csv").unlink(missing_ok=True)
        if breaks:
            text = f"from_day,to_day,region_code,what\n{breaks}\n"
            (tmp_path / "breaks.csv").write_text(text, encoding="utf-8")
        text = DESCRIPTION.format(status=status) + more
        (tmp_path / "dataset.yml").write_text(text, encoding="utf-8")
        # Of twelve, one in ten worlds would flag another beside one that jumped.
        given = {
            "dataset": str(tmp_path),
            "outcome": "cases",
            "late_months": 0,
            "false_discoveries": 0.01,
        }
        return an.MonthlyMonitor.read(given | asked)

    return write


def planted(counts):
    """County 105 records three times as many in the last month."""
    counts.loc[105, MONTHS[-1]] *= 3
    return counts


def begun_late(counts):
    """County 104 reports from the second month on."""
    counts = counts.astype(float)
    counts.loc[104, MONTHS[0]] = np.nan
    return counts


def test_a_planted_jump_is_flagged_alone_and_named(counted):
    """In text, in the table and in both languages; without it nothing is."""
    report = counted(planted)
    assert [str(report.subject.counts.index[i]) for i in report.flagged("high")] == ["105"]
    assert report.flagged("low") == []
    points = " ".join(report.summary().points)
    assert "1 of 12 counties" in points
    assert "(1 with more, 0 with fewer)" in points
    assert "More than expected: County 105." in points
    calm = counted()
    assert calm.facts()["high"] == calm.facts()["low"] == []
    assert "None of 12 counties" in " ".join(calm.summary().points)
    assert "105县" in " ".join(counted(planted, language="zh").summary().points)


def test_a_share_of_false_flags_is_promised_only_where_ranges_held(counted):
    """Where those of the last year held nine in ten, meant to hold more, the page says so."""
    calm = counted()
    assert "at most 1% of flags are false" in calm.summary().range_words
    for language, words in (("en", "more than 1% of flags may be false"), ("zh", "可能多于1%")):
        report = counted(language=language)
        vars(report)["now"] = dataclasses.replace(report.now, held=0.9)
        said = report.summary().range_words
        assert words in said
        assert "90%" in said


def test_since_the_edition_before_says_what_is_new_and_what_is_over(counted):
    """A jump a month ago is flagged then and not now; one now is new."""

    def before(counts):
        counts.loc[103, MONTHS[-2]] *= 3
        return planted(counts)

    rows = counted(before).changes().to_frame().set_index("name")[["now", "before"]]
    assert rows.to_numpy().tolist() == [["within", "high"], ["high", "within"]]
    assert rows.index.tolist() == ["103", "105"]
    assert "Nothing was flagged then" in counted().changes().points[0]


def test_levels_are_those_of_a_discounted_poisson_regression(counted):
    """By statsmodels, series by series, where older months count less."""
    report = counted()
    assert report.now.forecasts.discount in {0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0}
    for place in (0, 7):
        code = str(report.subject.counts.index[place])
        own = report.frame[report.frame["series"] == code]
        fit = formula.glm("count ~ 1", own, family=Poisson(), offset=np.log(own["usual"]),
                          freq_weights=own["weight"]).fit()  # fmt: skip
        expected = np.exp(fit.params["Intercept"]) * report.now.usual[-1]
        assert report.now.mean[place] == pytest.approx(expected, rel=1e-7)


def test_a_step_that_all_share_is_no_news_and_is_estimated(counted):
    """Half as many more from July 2021 on: flagged by none where declared, and told."""

    def more(counts):
        factor = np.where(MONTHS < "2021-07", 1.0, 1.5)
        return (counts * factor).round()

    report = counted(more, breaks="2021-07-01,,,hotlines merged")
    value, error = report.now.course.steps[0]
    assert abs(value - np.log(1.5)) < 2 * error
    assert report.facts()["high"] == []
    assert report.breaks().to_frame()["what"].tolist() == ["hotlines merged"]
    assert "No change of recording is declared" in counted().breaks().points[0]


def test_where_one_changed_alone_only_months_recorded_alike_tell(counted):
    """Three times as many for eight months; with the break declared nothing is flagged."""

    def own(counts):
        counts.loc[104, MONTHS >= "2021-05"] *= 3
        return counts

    report = counted(own, breaks="2021-05-01,,104,new system")
    assert report.facts()["high"] == []
    level = counted(own).subject.counts.loc["104"]
    place = report.subject.counts.index.get_loc("104")
    # The forecast lies where the last eight months lie, not where all do.
    assert report.now.mean[place] > 0.8 * level.iloc[-9:-1].mean()
    assert report.breaks().to_frame()["where"].tolist() == ["104"]
    lately = counted(own, breaks="2021-10-01,,104,new system")
    assert lately.subject.broken == 1
    assert "not judged: 1" in " ".join(lately.sample().points)


def test_late_months_are_left_out_or_corrected_and_said(counted):
    """Of the last two months 80 and 60 % are there: told, and with these shares not news."""

    def late(counts):
        for month, share in zip(MONTHS[-2:], (0.8, 0.6), strict=True):
            counts[month] = (counts[month] * share).round().astype(int)
        return counts

    report = counted(late, months_history=40, late_months=2)
    assert str(report.subject.month) == "2021-11"
    assert report.facts()["low"] == []
    assert "Not judged: December 2021 to January 2022" in " ".join(report.summary().points)
    low, high = (end[-1] for end in report.now.course.limits(0.95))
    there = report.subject.total.iloc[-1]
    assert there / high < 0.6 < there / low
    blind = counted(late)
    assert blind.now.total_count < blind.now.total.low
    corrected = counted(late, late_months=2, entered=[0.8, 0.6])
    assert str(corrected.subject.month) == "2022-01"
    assert corrected.now.total.low < corrected.now.total_count < corrected.now.total.high
    assert corrected.facts()["low"] == []


def test_the_month_in_progress_is_left_out(counted):
    """Fetched on a day of the last month: that month is no month yet."""
    report = counted(status="real", more="accessed: 2022-01-20\n", months_history=40)
    assert str(report.subject.month) == "2021-12"
    assert "January 2022, is left out" in " ".join(report.sample().points)
    assert "left out" not in " ".join(counted().sample().points)


def test_who_went_silent_is_said_and_not_judged(counted):
    """Nothing in the last month, of one that reported before; another begins late."""

    def silent(counts):
        counts = counts.astype(float)
        counts.loc[107, MONTHS[-1]] = np.nan
        counts.loc[108, MONTHS[0]] = np.nan
        return counts

    report = counted(silent)
    assert (report.subject.silent, report.subject.incomplete) == (1, 1)
    assert "Ask whether they still report" in " ".join(report.sample().points)
    assert len(report.subject.counts) == 10


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"months_history": 23}, "months_history.*greater than or equal to 24"),
        ({"months_history": 60}, "asks for 60 months before 2022-01"),
        ({"outcome": "case"}, "names 'case'.*Did you mean 'cases'"),
        ({"region": "999"}, "names '999'"),
        ({"by": "category"}, "needs records with a category"),
        ({"late_months": 2, "entered": [0.9]}, "not one share for each of late_months"),
        ({"late_months": 1, "entered": [1.2]}, "up to 1"),
        ({"breaks": "2022-01-01,,,new form"}, "begins to hold in 2022-01"),
        ({"change": lambda counts: counts * 0}, "hold fewer than 10 records over all"),
        ({"change": begun_late, "region": "104"},
         "region 104: has no whole history"),
        (
            {"change": lambda counts: counts.set_axis(
                MONTHS.asfreq("Y").astype(str), axis=1).T.groupby(level=0).sum().T},
            "is not given by month",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_forecast_is_refused(counted, asked, words):
    """Before a kernel; with what would do."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        counted(**asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_plate_of_the_province_is_said(in_root, language):
    """Counties, one county, categories; the truth inside its range; the digits of statsmodels."""
    for asked in ({}, {"region": "990101"}, {"by": "category"}, {"region": "990100"}):
        report = an.MonthlyMonitor.read({"language": language, **asked})
        texts = (*report.summary().points, *report.sample().points, *report.certainty().points)
        assert all("{" not in text for text in texts)
        for name in ("apart", "path", "breaks", "changes"):
            assert getattr(report, name)() is not None
        if "region" not in asked:
            assert report.truth().to_frame()["inside"].tolist() == [True, True]
    assert report.provenance()


def test_what_is_small_is_not_shown_of_a_county(in_root):
    """Withheld in the store: no count, no range, no flag; the page says that it is small."""
    everyone = an.MonthlyMonitor.read({"outcome": "enquiry"})
    hidden = everyone.subject.counts.index[~everyone.told]
    table = everyone.apart().to_frame().set_index("name")
    assert table.loc[list(hidden), ["recorded", "expected", "standing"]].isna().all(axis=None)
    own = an.MonthlyMonitor.read({"outcome": "enquiry", "region": str(hidden[0])})
    assert "is small and not shown" in own.summary().points[0]
    place = own.focus
    assert np.isnan(own.path().to_frame()["headline"].to_numpy(float)[own.subject.judged])
    assert not own.told[place]


def test_categories_of_few_regions_are_not_told(in_root):
    """One county by category: recorded counts of single regions."""
    with pytest.raises(AnalysisError, match="categories are told of over 5 or more"):
        an.MonthlyMonitor.read({"by": "category", "region": "990101"})
    whole = an.MonthlyMonitor.read({"by": "category"})
    over = whole.rests_on()
    assert len(over.regions) == 120
    assert len(over.beside) == len(whole.subject.counts) - 1
    assert an.MonthlyMonitor.read({}).rests_on().regions == ()


def test_ranges_hold_and_flags_are_few_where_nothing_is_new():
    """30 worlds of 60 counties with protected counts; a jump by half is mostly found."""
    held, any_flag, found = [], [], []
    for seed in range(30):
        calm = watched_world(np.random.default_rng(seed), counties=60)
        one = edition(calm, calm.counts.shape[1] - 1, 0.95, 0.05)
        low, high, count = one.low, one.high, one.count
        held.append(np.mean((low <= count) & (count <= high)))
        any_flag.append(one.flagged.any())
        one = edition(jumped(calm, 6, 2.5), calm.counts.shape[1] - 1, 0.95, 0.05)
        found.append(one.flagged[:6].mean())
    # Discrete counts hold a little more than 95 %; 1,800 county-months, error half a point.
    assert 0.935 < np.mean(held) < 0.98
    # 5 % of 30 worlds is 1.5; five would be rare (2 %).
    assert sum(any_flag) < 6
    assert np.mean(found) > 0.5
