"""How long cases take: by route, at the legal day, and what must not be taken for an answer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.data.frames.cases.handling import SELDOM
from analysis.errors import AnalysisError
from analysis.reports.complaint_handling.sentences import _second
from analysis.result import Estimate
from analysis.stats.survival.cases import Cases
from analysis.stats.survival.medians import estimate_medians
from analysis.verdicts.handling import verdict_of_times

DESCRIPTION = """
title: {en: Cases, zh: 案件}
status: simulated
licence: facts
origin: made up
"""
REGIONS = 12
START, LAST = pd.Timestamp("2020-01-01"), pd.Timestamp("2021-12-31")


def records(seed: int = 1, size: int = 4000, ratio: float = 0.6) -> pd.DataFrame:
    """Complaints of two years by two routes; times of one are ``ratio`` times as long."""
    rng = np.random.default_rng(seed)
    received = START + pd.to_timedelta(rng.integers(0, 731, size), "D")
    region, odr = rng.integers(0, REGIONS, size), rng.random(size) < 0.3
    pace = np.exp(rng.normal(0, 0.2, REGIONS))[region]
    days = np.ceil(30 * pace * np.where(odr, ratio, 1.0) * rng.weibull(1.3, size)).astype(int)
    closed = pd.Series(received + pd.to_timedelta(days, "D"))
    closed[(closed > LAST) | (rng.random(size) < 0.03)] = pd.NaT
    return pd.DataFrame(
        {
            "complaint_id": [f"R{i:05d}" for i in range(size)],
            "received_on": received,
            "region_code": [f"{100001 + r}" for r in region],
            "kind": "complaint",
            "channel": "phone",
            "category": "food",
            "enterprise_id": [f"E{i:05d}" for i in range(size)],
            "acknowledged_on": received,
            "closed_on": closed,
            "outcome": np.where(closed.isna(), None, "mediated"),
            "route": np.where(odr, "odr", "bureau"),
        }
    )


@pytest.fixture
def handled(tmp_path):
    """A folder of complaints with a calendar; what is asked of it."""

    def write(rows: pd.DataFrame, more: str = "", **tables: pd.DataFrame) -> dict[str, object]:
        days = pd.date_range(START, LAST + pd.Timedelta(days=120))
        calendar = pd.DataFrame({"day": days, "working": (days.day_of_week < 5).astype(int)})
        codes = [str(100001 + r) for r in range(REGIONS)]
        regions = pd.DataFrame({"region_code": codes, "name_en": codes, "name_zh": codes,
                                "level": "county", "parent_code": ""})  # fmt: skip
        for name, table in {"complaints": rows, "calendar": calendar, "regions": regions,
                            **tables}.items():  # fmt: skip
            table.to_csv(tmp_path / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        (tmp_path / "dataset.yml").write_text(DESCRIPTION + more, encoding="utf-8")
        return {"dataset": str(tmp_path)}

    return write


def test_the_truths_of_the_simulated_province_lie_inside(in_root):
    """The ratio of times by route, and the share hurried to the legal day."""
    report = an.ComplaintHandling.read({"dataset": "data/simulated/province"})
    assert report.verdict.key == "lower"
    truth = pd.read_csv("data/simulated/province/truth.csv").set_index("name")["value"]
    _, low, high = report.range
    assert low <= truth["odr/time"] <= high
    assert report.hurried[1] <= truth["hurried"] <= report.hurried[2]
    assert report.rush


def test_medians_of_like_strata_by_hand():
    """Strata of unlike pace: pooled medians differ by who is where, those of like strata do not."""
    time = np.concatenate([np.tile(np.arange(1.0, 11), 6), np.tile(np.arange(11.0, 31), 6)])
    strata = np.repeat([0, 1], [60, 120])
    arm = np.concatenate([np.tile([1] * 10 + [0] * 10, 3), np.tile([1] * 20 + [0] * 100, 1)])
    group = np.arange(180) % 9
    cases = Cases(time, np.ones(180), arm[:, None], strata, group)
    value, _, (treated, untreated) = estimate_medians(cases)
    assert value[0] == pytest.approx(0)
    assert treated == pytest.approx(untreated)
    pooled = [np.median(time[arm == a]) for a in (1, 0)]
    assert pooled[0] < pooled[1] - 3


def test_cases_of_which_a_share_never_ends_leave_the_ratio_as_it_is():
    """Sixty worlds with and without a tenth that stays open: no bias beyond chance."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        arm, group = rng.integers(0, 2, 2000), rng.integers(0, 40, 2000)
        took = np.ceil(30 * np.where(arm == 1, 0.6, 1.0) * rng.weibull(1.3, 2000))
        ended = (took < 300) & (rng.random(2000) > 0.1)
        cases = Cases(np.where(ended, took, 300.0), ended * 1.0, arm[:, None], arm * 0, group)
        found.append(estimate_medians(cases)[0][0])
    error = np.std(found) / np.sqrt(60)
    assert abs(np.mean(found) - np.log(0.6)) < 3 * error


@pytest.mark.validate
@pytest.mark.parametrize("ratio", [1.0, 0.6])
def test_the_range_of_the_ratio_of_medians_covers(ratio):
    """Four hundred worlds of 40 regions of unlike pace: bias and coverage at 95 %."""
    inside, values = 0, []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        region, arm = rng.integers(0, 40, 4000), rng.random(4000) < 0.2
        pace = np.exp(rng.normal(0, 0.2, 40))[region]
        took = np.ceil(30 * pace * np.where(arm, ratio, 1.0) * rng.weibull(1.3, 4000))
        seen = rng.integers(1, 700, 4000)
        frame = pd.DataFrame({"case": np.arange(4000), "duration": np.minimum(took, seen),
                              "ended": (took <= seen) * 1, "treated": arm * 1,
                              "region": region, "stratum": region})  # fmt: skip
        one = an.estimate("survival", frame, model="median").headline
        values.append(one.value)
        inside += one.low <= np.log(ratio) <= one.high
    assert abs(np.mean(values) - np.log(ratio)) < 3 * np.std(values) / 20
    assert abs(inside / 400 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400)


def test_who_changed_route_counts_for_it_only_from_then_on(handled):
    """Enterprises join only if their case is open long enough: naive, the route looks slow."""
    rows = records(3, ratio=1.0)
    late = (rows["route"] == "odr") & (rows["closed_on"] - rows["received_on"]
                                       > pd.Timedelta(days=25))  # fmt: skip
    joined = rows.loc[late, ["enterprise_id"]].assign(
        programme="odr", applied_on=rows["received_on"], approved_on=rows["received_on"]
        + pd.Timedelta(days=25),
    )  # fmt: skip
    early = rows[(rows["route"] == "bureau")].sample(300, random_state=1)
    given = rows.assign(route="bureau")
    given.loc[late | rows.index.isin(early.index), "route"] = "odr"
    report = an.ComplaintHandling.read(handled(given, enrolments=joined))
    assert report.subject.joined == late.sum()
    _, low, high = report.range
    assert low < 0 < high
    first = joined.assign(applied_on=START, approved_on=START)
    naive = an.ComplaintHandling.read(handled(given, enrolments=first))
    assert naive.range[1] > 0.1


def test_only_closed_cases_are_refused_and_old_closed_ones_are_not(handled):
    """Where open ones must be; with last_period, where all had the time to end."""
    rows = records()
    closed = rows[rows["closed_on"].notna()]
    with pytest.raises(AnalysisError, match=r"open cases: are none, where about .* should be"):
        an.ComplaintHandling.read(handled(closed))
    report = an.ComplaintHandling.read(handled(closed) | {"last_period": "2021-06"})
    assert report.verdict.key == "lower"


def test_a_rush_is_found_and_not_called_false(handled):
    """Late cases pulled to the day before the legal day; without any, none is claimed."""
    rows = records(2, size=9000)
    plain = an.ComplaintHandling.read(handled(rows))
    assert plain.hurried[1] < 0 < plain.hurried[2]
    assert "no more cases end" in " ".join(plain.summary().points)
    days = pd.date_range(START, LAST + pd.Timedelta(days=120))
    worked = days[days.day_of_week < 5]
    due = worked[np.searchsorted(worked, rows["received_on"], side="right") + 44]
    late = (rows["closed_on"] - due).dt.days
    pulled = late.between(1, 20) & (np.arange(len(rows)) % 2 == 0)
    moved = rows.assign(closed_on=rows["closed_on"].where(~pulled, due))
    report = an.ComplaintHandling.read(handled(moved))
    assert report.hurried[1] <= pulled.sum() / rows["closed_on"].notna().sum() <= report.hurried[2]
    text = " ".join(report.summary().points)
    assert "That is a rush; it does not say that dates are false" in text


def weekly(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same, received on Mondays and mostly ended on Fridays."""
    received = rows["received_on"] - pd.to_timedelta(rows["received_on"].dt.day_of_week, "D")
    late = np.random.default_rng(seed).random(len(rows)) < 0.7
    waits = np.where(late, (4 - rows["closed_on"].dt.day_of_week) % 7, 0)
    closed = rows["closed_on"] + pd.to_timedelta(waits, "D")
    return rows.assign(
        received_on=received.clip(lower=START), closed_on=closed.where(closed <= LAST)
    )


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("peaked", [False, True])
def test_a_rhythm_of_weeks_is_no_rush(handled, seed, peaked):
    """Heaps on every fifth day, of all limits; also where most end about the legal day anyway."""
    rows = records(seed, size=9000)
    if peaked:
        days = np.random.default_rng(seed).normal(62, 14, len(rows)).clip(2).round()
        closed = rows["received_on"] + pd.to_timedelta(days, "D")
        rows = rows.assign(closed_on=closed.where(rows["closed_on"].notna() & (closed <= LAST)))
    given = handled(weekly(rows, seed)) | {"deadline_days": {"mediate": 44}}
    report = an.ComplaintHandling.read(given)
    assert report.hurried[1] > 0
    assert not report.rush
    assert "whether there is a rush cannot be told" in " ".join(report.summary().points)


def test_a_rush_within_a_rhythm_is_found(handled):
    """Every other case that is late by up to four weeks is pulled to the legal Friday."""
    rows = weekly(records(2, size=9000), 2)
    days = pd.date_range(START, LAST + pd.Timedelta(days=120))
    worked = days[days.day_of_week < 5]
    due = worked[np.searchsorted(worked, rows["received_on"], side="right") + 43]
    pulled = (rows["closed_on"] - due).dt.days.between(1, 28) & (np.arange(len(rows)) % 2 == 0)
    moved = rows.assign(closed_on=rows["closed_on"].where(~pulled, due))
    report = an.ComplaintHandling.read(handled(moved) | {"deadline_days": {"mediate": 44}})
    assert report.rush


def test_where_cases_end_on_working_days_distances_are_working_days(handled):
    """Weekends without ends are no waves in the course."""
    rows = records()
    off = rows["closed_on"].dt.day_of_week >= 5
    moved = rows["closed_on"] + pd.to_timedelta(7 - rows["closed_on"].dt.day_of_week, "D")
    report = an.ComplaintHandling.read(
        handled(rows.assign(closed_on=rows["closed_on"].where(~off, moved)))
    )
    assert report.subject.working
    own = report.subject.cases
    met = own["on_time"] == (own["late"] <= 0)
    assert met[own["due"] & own["late"].notna()].all()
    assert not an.ComplaintHandling.read(handled(rows)).subject.working
    assert SELDOM < 0.2


def test_at_the_ceiling_the_share_says_nothing(handled):
    """All but one in a hundred on time."""
    rows = records(size=6000)
    closed = rows["closed_on"].notna()
    quick = rows["received_on"] + pd.Timedelta(days=20)
    report = an.ComplaintHandling.read(handled(rows.assign(closed_on=quick.where(
        closed | (np.arange(6000) % 3 > 0) & (quick <= LAST)))))  # fmt: skip
    assert report.punctual > 0.98
    assert "says nothing of who is quicker" in " ".join(report.summary().points)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"route": "ord"}, "route: names 'ord'.*Did you mean 'odr'"),
        ({"kind": "complain"}, "kind: names 'complain'.*Did you mean 'complaint'"),
        ({"compared_with": "odr"}, "is the same as route"),
        ({"deadline_days": {"mediation": 45}}, "names not acknowledge or mediate"),
        ({"region": "999999"}, "region: names '999999'"),
        ({"first_period": "2025"}, "cases that ended, with the route.*are fewer than 10"),
        ({"region": "100001"}, "regions: with cases of a route are 1"),
        ({"kind": "x", "route": "y"}, "(kind: names 'x'.*route: names 'y')"),
    ],
)
def test_what_cannot_be_asked_is_refused(handled, asked, words):
    """Names that are not there, spans without cases, single regions; all at once."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        an.ComplaintHandling.read(handled(records()) | asked)


def test_legal_days_without_a_calendar_are_refused(handled, tmp_path):
    """Unless none are asked about: then nothing is said of a legal day."""
    asked = handled(records())
    (tmp_path / "calendar.csv").unlink()
    with pytest.raises(AnalysisError, match="deadline_days: are working days"):
        an.ComplaintHandling.read(asked)
    report = an.ComplaintHandling.read(asked | {"deadline_days": {}})
    assert report.excess is None
    assert report.deadline().kind == "notes"


def test_a_direction_needs_both_looks():
    """Ranges on one side, Cox on the other or across: cannot tell."""
    shorter, faster = Estimate("a", -0.3, 0.1, -0.5, -0.1), Estimate("b", 0.3, 0.1, 0.1, 0.5)
    across = Estimate("b", 0.1, 0.1, -0.1, 0.3)
    assert verdict_of_times(shorter, faster, 0.05).key == "lower"
    assert verdict_of_times(faster, shorter, 0.05).key == "higher"
    assert verdict_of_times(shorter, across, 0.05).key == "cannot_tell"
    assert verdict_of_times(shorter, shorter, 0.05).key == "cannot_tell"
    small = Estimate("a", 0.01, 0.01, -0.01, 0.03)
    assert verdict_of_times(small, across, 0.05).key == "too_small_to_matter"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ratio", [0.6, 1.0, 1.6])
def test_every_plate_is_said_in_both_languages(handled, ratio, language):
    """Shorter, alike and longer; no field left open, and the direction is that of the numbers."""
    report = an.ComplaintHandling.read(handled(records(ratio=ratio)) | {"language": language})
    texts = (*report.summary().points, *report.sample().points, *report.certainty().points)
    assert all("{" not in text for text in texts)
    assert report.verdict.key == {0.6: "lower", 1.0: "cannot_tell", 1.6: "higher"}[ratio]
    said = {"en": {0.6: "less time", 1.6: "more time"}, "zh": {0.6: "短", 1.6: "长"}}
    if ratio != 1:
        assert said[language][ratio] in report.summary().points[0]
    for name in ("curves", "routes", "hazards", "deadline", "on_time", "ages", "truth"):
        assert getattr(report, name)() is not None


@pytest.mark.parametrize(
    ("rates", "words"),
    [((0.1, 0.5), "do not"), ((-0.5, -0.1), "to the other side"), ((-0.2, 0.2), "do not")],
)
def test_rates_on_the_other_side_are_not_said_to_show_nothing(rates, words):
    """Times are shorter by half: open cases end less often, or nobody can tell."""
    hazard = SimpleNamespace(value=sum(rates) / 2, low=rates[0], high=rates[1])
    report = SimpleNamespace(
        range=(-0.5, -0.7, -0.3), hazard=SimpleNamespace(headline=hazard),
        verdict=verdict_of_times(SimpleNamespace(low=-0.7, high=-0.3), hazard, 0.05),
        may_leave=lambda one: one, number=lambda value, _: f"{value:.2f}", language="en",
        say=lambda text, **_: text,
    )  # fmt: skip
    told = _second(report)
    assert (words in told) if report.verdict.key == "cannot_tell" else not told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_few_cases_no_curve_is_drawn_and_that_is_said(tmp_path, language):
    """Twelve a group: a step of a curve would be one of them."""
    took = np.random.default_rng(1).integers(1, 400, 24)
    rows = {"case": range(24), "duration": took, "ended": 1, "group": np.arange(24) % 2}
    pd.DataFrame(rows).to_csv(tmp_path / "durations.csv", index=False)
    ready = DESCRIPTION + "frames: {durations: durations.csv}\n"
    (tmp_path / "dataset.yml").write_text(ready, encoding="utf-8")
    asked = {"dataset": str(tmp_path), "model": "lognormal", "deadline_days": {}}
    report = an.ComplaintHandling.read(asked | {"language": language})
    (said,) = report.curves().points
    assert {"en": "No group has 50 cases that ended", "zh": "没有一组的办结案件达到50件"}[
        language
    ] in said
