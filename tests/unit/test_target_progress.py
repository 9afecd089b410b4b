"""Targets: what stands at the mark, what was moved there, and what of it is work."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.errors import AnalysisError
from analysis.methods import bunching
from analysis.simulated.tables.register import _padding
from analysis.simulated.worlds import Options
from analysis.verdicts.marks import verdict_of_marks

DESCRIPTION = """
title: {en: Targets, zh: 指标}
status: simulated
licence: facts
origin: made up
"""
REGIONS, YEARS = 60, (2019, 2020, 2021, 2022)
MARK = {"target": 100.0, "moved": "from_below", "below": 10, "above": 3, "order": 3,
        "bins_below": 20, "bins_above": 20, "heaps": []}  # fmt: skip


def results(seed: int, lifted: float, revised: bool = True) -> pd.DataFrame:
    """Rows of targets: of results up to ten per cent short, a share is lifted to the mark."""
    rng = np.random.default_rng(seed)
    rows = []
    for region in range(REGIONS):
        for year in YEARS:
            target = 400
            real = int(rng.normal(0.97, 0.06) * target)
            short = target - real
            last = 0
            if 0 < short <= 0.1 * target and rng.random() < lifted:
                last = short + rng.poisson(4)
            months = np.cumsum(rng.multinomial(real, np.full(12, 1 / 12)))
            for month, reached in enumerate(months, 1):
                more = last if month == 12 else 0
                rows.append((f"{100001 + region}", year, "work", target, f"{year}-{month:02d}",
                             reached + more, reached))  # fmt: skip
    names = ["region_code", "year", "indicator", "target", "month", "cumulative", "revised"]
    frame = pd.DataFrame(rows, columns=names)
    return frame if revised else frame.drop(columns="revised")


@pytest.fixture
def targeted(tmp_path):
    """A folder of targets; what is asked of it."""

    def write(rows: pd.DataFrame, **tables: pd.DataFrame) -> dict[str, object]:
        codes = sorted(rows["region_code"].unique())
        regions = pd.DataFrame({"region_code": codes, "name_en": codes, "name_zh": codes,
                                "level": "county", "parent_code": ""})  # fmt: skip
        for name, table in {"targets": rows, "regions": regions, **tables}.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        (tmp_path / "dataset.yml").write_text(DESCRIPTION, encoding="utf-8")
        return {"dataset": str(tmp_path), "indicator": "work", "unmeasured": ""}

    return write


def test_what_is_lifted_to_a_mark_is_missing_below_it():
    """Half of the values from 90 to 100 lifted: the excess is their share, and as many lack."""
    rng = np.random.default_rng(1)
    values = rng.normal(97, 7, 20_000)
    lift = (values >= 90) & (values < 100) & (rng.random(20_000) < 0.5)
    moved = np.where(lift, 100 + rng.uniform(0, 3, 20_000), values)
    result = bunching.estimate(
        pd.DataFrame({"value": moved}), bunching.Options.read(MARK), np.random.default_rng(1)
    )
    part = result.options["cases"] / 20_000
    assert part * result.headline.low < lift.mean() < part * result.headline.high
    by_name = {one.name: one.value for one in result.estimates}
    assert by_name["overall"] == pytest.approx(by_name["missing"])
    shown = pd.DataFrame(result.series["histogram"])
    assert shown["value"].tolist() == [*range(80, 121)]
    at = shown[shown["value"].between(100, 103)]
    assert at["count"].sum() == ((moved >= 100) & (moved < 104)).sum()
    assert next(c for c in result.checks if c.name == "shifted_from_below").passed


def test_a_mark_and_a_deadline_are_mirrors():
    """Days pulled down to 30 from above, and the same mirrored, lifted from below."""
    rng = np.random.default_rng(2)
    days = np.ceil(rng.gamma(4, 7, 20_000))
    late = (days > 30) & (days <= 34) & (rng.random(20_000) < 0.5)
    days = np.where(late, 30, days)
    asked = {"order": 4, "heaps": [], "bins_below": 20, "bins_above": 20}
    down = bunching.Options.read({**asked, "target": 30.0, "above": 4})
    up = bunching.Options.read({**asked, "target": -30.0, "moved": "from_below", "below": 4,
                                "above": 0})  # fmt: skip
    one, other = (
        bunching.estimate(pd.DataFrame({"value": v}), o, np.random.default_rng(1))
        for v, o in ((days, down), (-days, up))
    )
    assert one.headline.value == pytest.approx(other.headline.value, abs=0.01)
    counts = [row["count"] for row in one.series["histogram"]]
    assert counts == [row["count"] for row in other.series["histogram"]][::-1]


@pytest.mark.validate
@pytest.mark.parametrize("world", ["gaming", "null"])
def test_the_share_lifted_is_covered_in_simulated_provinces(world):
    """Two hundred registers with a ratchet: bias below .01, coverage at 95 % or above."""
    errors, inside = [], 0
    months = pd.period_range("2019-01", periods=60, freq="M")
    for seed in range(200):
        options = Options(seed=seed, world=world)
        rng = np.random.default_rng(seed)
        sizes = rng.lognormal(np.log(options.enterprises) - 0.125, 0.5, options.counties)
        entrants = rng.poisson(0.008 * sizes[:, None] * np.ones(60))
        _, reached, target, filled = _padding(options, entrants, months, rng)
        region = np.repeat(np.arange(options.counties), reached.shape[1])
        frame = pd.DataFrame({"value": (100 * reached / target).ravel(), "region": region})
        result = bunching.estimate(frame, bunching.Options.read(MARK), rng)
        part = result.options["cases"] / len(frame)
        one = result.headline
        errors.append(part * one.value - filled.mean())
        inside += part * one.low <= filled.mean() <= part * one.high
    assert abs(np.mean(errors)) < 0.01
    assert inside / 200 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 200)


@pytest.mark.parametrize("world", ["province", "null"])
def test_the_truths_of_simulated_provinces_lie_inside(in_root, world):
    """The share filled up, and the variance between sections; revisions are a second look."""
    report = an.TargetProgress.read({"dataset": f"data/simulated/{world}"})
    truth = pd.read_csv(f"data/simulated/{world}/truth.csv").set_index("name")["value"]
    _, low, high = report.excess
    assert low <= truth["padded"] <= high
    _, low, high = report.sections
    assert low <= truth["sections"] <= high
    assert (report.back or 0.0) == pytest.approx(truth["padded"], abs=1e-3)
    assert report.verdict_key == {"province": "reporting_moderate", "null": "no_heap"}[world]


@pytest.mark.parametrize(
    ("lifted", "revised", "key"),
    [(0.8, True, "reporting_moderate"), (0.8, False, "heaped_low"), (0.0, True, "no_heap")],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_verdict_is_said_in_both_languages(targeted, lifted, revised, key, language):
    """Work and reporting are told apart by revisions alone; no field left open."""
    asked = targeted(results(1, lifted, revised)) | {"language": language, "smallest": 0.2}
    report = an.TargetProgress.read(asked)
    assert report.verdict_key == key
    texts = (*report.summary().points, *report.sample().points, *report.certainty().points)
    assert all("{" not in text for text in texts)
    if key == "heaped_low":
        assert not any("revised" in text for text in report.summary().points)
    for name in ("marks", "pace", "ends", "twins", "after", "truth"):
        assert getattr(report, name)() is not None


def test_work_that_stays_is_not_called_reporting():
    """An excess of which little is taken back, one that is, and ranges across."""
    assert verdict_of_marks((0.2, 0.1, 0.3), 0.02, 0.05) == "heaped_low"
    assert verdict_of_marks((0.2, 0.1, 0.3), 0.15, 0.05) == "reporting_moderate"
    assert verdict_of_marks((0.2, 0.1, 0.3), None, 0.05) == "heaped_low"
    assert verdict_of_marks((0.01, -0.02, 0.04), 0.15, 0.05) == "no_heap"
    assert verdict_of_marks((0.03, -0.02, 0.08), 0.15, 0.05) == "cannot_tell"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"indicator": "wrok"}, "indicator: names 'wrok'.*Did you mean 'work'"),
        ({"unmeasured": "work"}, "unmeasured: has a target of its own"),
        ({"first_period": "2022"}, "of whole years with a target are 60; at least 200"),
        ({"region": "999999"}, "region: names '999999'"),
        ({"indicator": "x", "region": "y"}, "indicator: names 'x'.*region: names 'y'"),
    ],
)
def test_what_cannot_be_asked_is_refused(targeted, asked, words):
    """Names that are not there, twins that are none, too few results; all at once."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        an.TargetProgress.read(targeted(results(1, 0.5)) | asked)


def honest(seed: int, units: int, lifted: float, strays: float) -> pd.DataFrame:
    """Rows of Decembers: work is done up to the mark by some, and honest revisions stray."""
    rng, rows = np.random.default_rng(seed), []
    for region in range(REGIONS):
        for year in range(2013, 2023):
            target = max(int(rng.lognormal(np.log(units), 0.3)), 3)
            done = rng.poisson(target * rng.normal(1, 0.05))
            if 0.9 * target < done < target and rng.random() < lifted:
                done = target + rng.integers(max(target // 40, 1))
            new = max(done + round(rng.normal(0, strays) * target), 0)
            rows.append((f"{100001 + region}", year, "work", target, f"{year}-12", done, new))
    names = ["region_code", "year", "indicator", "target", "month", "cumulative", "revised"]
    return pd.DataFrame(rows, columns=names)


def test_work_up_to_the_mark_with_honest_revisions_is_not_called_reporting(targeted):
    """Revisions to both sides take results from any line: that speaks for no false reports."""
    for seed in range(3):
        report = an.TargetProgress.read(targeted(honest(seed, 400, 0.7, 0.05)))
        assert report.back >= 0.5 * report.excess[0]
        assert report.verdict_key == "heaped_low"


@pytest.mark.parametrize("units", [60, 100])
def test_whole_numbers_make_no_heap_by_themselves(targeted, units):
    """Nothing moved; 100 per cent is one of few results that a small target allows."""
    found = [
        an.TargetProgress.read(targeted(honest(seed, units, 0.0, 0.0))).verdict_key
        for seed in range(6)
    ]
    assert found.count("heaped_low") <= 1


@pytest.mark.parametrize("kept", ["-06", "-12"])
def test_a_twin_of_part_of_a_year_is_compared_with_nothing(targeted, kept):
    """Without a last month, or with nothing else: no number, and no page that fails."""
    rows = results(1, 0.5)
    twin = rows[rows["month"].str.endswith(kept)].assign(indicator="other", target=np.nan)
    asked = targeted(pd.concat([rows, twin])) | {"unmeasured": "other"}
    report = an.TargetProgress.read(asked)
    assert report.last_months is None
    assert report.twins() is not None
    assert not any("in a month before it" in point for point in report.summary().points)


def test_targets_of_few_units_are_left_out_and_refused(targeted):
    """Of eight or twelve there is no course around the mark."""
    with pytest.raises(AnalysisError, match="more have targets of under 50"):
        an.TargetProgress.read(targeted(honest(1, 10, 0.0, 0.0)))
    report = an.TargetProgress.read(targeted(honest(1, 60, 0.0, 0.0)))
    assert report.subject.coarse > 0
    assert any("Left out, as a target" in point for point in report.sample().points)


def test_targets_that_were_not_printed_are_refused(targeted):
    """A number alone is no progress."""
    rows = results(1, 0.5).assign(target=np.nan)
    with pytest.raises(AnalysisError, match="has no printed target"):
        an.TargetProgress.read(targeted(rows))


def test_a_record_of_what_was_fulfilled_is_refused(targeted):
    """All rows at 100 %: nothing is known of what was not reached, or passed."""
    rows = results(1, 0.5)
    share = rows["month"].str[-2:].astype(int) / 12
    whole = (rows["target"] * share).round()
    with pytest.raises(AnalysisError, match="all stand at 100 %"):
        an.TargetProgress.read(targeted(rows.assign(cumulative=whole, revised=whole)))


def test_results_of_few_regions_are_refused(targeted):
    """Fifths of them are told of together."""
    rows = results(1, 0.5)
    copies = [rows[rows["region_code"] < "100021"].assign(year=lambda r, y=y: r["year"] - 4 * y,
              month=lambda r, y=y: (r["year"] - 4 * y).astype(str) + r["month"].str[4:])
              for y in range(4)]  # fmt: skip
    with pytest.raises(AnalysisError, match="with results are 20; 25 are needed"):
        an.TargetProgress.read(targeted(pd.concat(copies)))


def test_the_end_of_a_year_is_seen_by_day(targeted):
    """Three times as many on the last five days, by construction."""
    days = pd.date_range("2022-01-01", "2022-12-31")
    new = np.where(days >= "2022-12-27", 6, 2)
    codes = [f"{100001 + region}" for region in range(REGIONS)]
    progress = pd.concat(
        pd.DataFrame({"region_code": code, "indicator": "work", "day": days, "value": new.cumsum()})
        for code in codes
    )
    report = an.TargetProgress.read(targeted(results(1, 0.0), progress=progress))
    assert report.year_end == pytest.approx(3)
    assert report.quarter_end == pytest.approx(1)
    assert "3.0 times" in report.ends().title
