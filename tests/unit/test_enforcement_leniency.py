"""Sparing first violations: which cases are compared, what is refused, and what may be claimed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

import analysis as an
from analysis.data.frames.cases.repeats import build_repeats
from analysis.errors import AnalysisError
from analysis.params import LeniencyQuestion
from analysis.reports.enforcement_leniency.sentences import limits
from analysis.verdicts.leniency import verdict_of_repeats
from repeat_worlds import examined, repeated_world

LESS, NONE, MORE = (-0.3, -0.4, -0.2), (0.0, -0.2, 0.2), (0.3, 0.2, 0.4)
TINY, WIDE = (0.0, -0.03, 0.03), (0.0, -0.5, 0.5)
PROVINCE = {"dataset": "data/simulated/province"}


class Held:
    """A dataset that holds these penalties."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.tables = {"penalties": rows}

    def has(self, table: str) -> bool:
        """Whether it holds a table."""
        return table in self.tables


def penalties() -> pd.DataFrame:
    """400 enterprises, a listed and an unlisted case each, both repeated after a year."""
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(400), "D")
    rows = []
    for place, kind in enumerate(("label", "unsafe")):
        for again in (0, 1):
            rows.append(
                pd.DataFrame(
                    {
                        "case_id": [f"{place}{again}{i:03d}" for i in range(400)],
                        "enterprise_id": [f"E{i:03d}" for i in range(400)],
                        "region_code": [f"99{i % 8:02d}01" for i in range(400)],
                        "behaviour": kind,
                        "decided_on": days + pd.Timedelta(days=365 * again),
                        "first_offence": not again,
                    }
                )
            )
    found = pd.concat(rows, ignore_index=True)
    listed = (found["behaviour"] == "label") & (found["decided_on"] >= "2020-07-01")
    return found.assign(listed=listed)


def test_a_case_lasts_until_the_next_of_its_kind_by_the_same_enterprise():
    """A year each; another kind ends none, only first ones begin, and cities move together."""
    found = build_repeats(Held(penalties()), LeniencyQuestion())
    assert set(found.cases["duration"]) == {365}
    assert found.cases["ended"].all()
    assert len(found.cases) == 800
    assert found.behaviours == ("label",)
    assert found.cases["cluster"].nunique() == 8
    treated = found.cases[found.cases["treated"] == 1]
    assert set(treated["behaviour"]) == {"label"}
    assert (treated["decided_on"] >= "2020-07-01").all()


def test_what_lies_beyond_the_days_looked_at_is_no_repeat():
    """A year is more than 300 days: all are followed for 300 and none is found."""
    with pytest.raises(AnalysisError, match=r"(?s)repeats of listed behaviours.*unlisted"):
        build_repeats(Held(penalties()), LeniencyQuestion(horizon_days=300))


@pytest.mark.parametrize(
    ("without", "asked", "words"),
    [
        ("listed", {}, "column listed: is needed"),
        ("listed", {"behaviours": ["label"]}, "listed_from: is not known"),
        ("", {"behaviours": ["labels"]}, "behaviours.*labels"),
        ("", {"goods_limit": 10000.0}, "column goods_value_yuan: is needed"),
        ("", {"region": "990001"}, "region"),
    ],
)
def test_what_the_records_do_not_hold_is_refused(without, asked, words):
    """A list nobody knows, its day, a kind, values of goods, and a region."""
    rows = penalties().drop(columns=[without] if without else [])
    with pytest.raises(AnalysisError, match=words):
        build_repeats(Held(rows), LeniencyQuestion.from_mapping(asked))


def test_the_report_refuses_times_for_a_list_and_names_that_are_not_there(in_root):
    """Before a kernel starts: a model without baselines, a kind that is in no record."""
    with pytest.raises(AnalysisError, match="model lognormal: has no baseline"):
        an.EnforcementLeniency.read(PROVINCE | {"model": "lognormal"})
    with pytest.raises(AnalysisError, match="behaviours"):
        an.EnforcementLeniency.read(PROVINCE | {"behaviours": ["jaywalking"]})
    with pytest.raises(AnalysisError, match="listed_from"):
        an.EnforcementLeniency.read(PROVINCE | {"listed_from": "July 2020"})


def test_more_repeats_are_found_and_a_slope_is_not_taken_for_them():
    """An effect of a half lies in its range; listed kinds with a slope alone make no claim."""
    found = examined(repeated_world(4, effect=0.5, size=12_000))
    low, high = found.repeats[1:]
    assert low < 0.5 < high
    assert found.verdict.key == "more"
    assert found.passed
    keys = [examined(repeated_world(seed, trend=0.15)).verdict.key for seed in range(6)]
    assert keys.count("cannot_tell") >= 5


@pytest.mark.parametrize(
    ("repeats", "second", "made_up", "complaints", "visits", "key", "certainty"),
    [
        (MORE, MORE, NONE, NONE, NONE, "more", "moderate"),
        (LESS, LESS, NONE, LESS, MORE, "fewer", "moderate"),
        (MORE, MORE, None, NONE, NONE, "more", "low"),
        (MORE, MORE, WIDE, NONE, NONE, "more", "low"),
        (MORE, MORE, NONE, LESS, NONE, "more", "low"),
        (MORE, MORE, NONE, NONE, MORE, "more", "low"),
        (LESS, LESS, NONE, NONE, LESS, "fewer", "low"),
        (MORE, MORE, NONE, None, NONE, "more", "low"),
        (MORE, MORE, NONE, NONE, None, "more", "low"),
        (MORE, NONE, NONE, NONE, NONE, "cannot_tell", ""),
        (MORE, LESS, NONE, NONE, NONE, "cannot_tell", ""),
        (MORE, None, NONE, NONE, NONE, "cannot_tell", ""),
        (MORE, MORE, LESS, NONE, NONE, "cannot_tell", ""),
        (TINY, NONE, TINY, NONE, NONE, "too_small_to_matter", "moderate"),
        (TINY, NONE, NONE, NONE, NONE, "too_small_to_matter", "low"),
        (TINY, NONE, TINY, MORE, NONE, "too_small_to_matter", "low"),
        (TINY, NONE, TINY, NONE, LESS, "too_small_to_matter", "low"),
        (NONE, NONE, NONE, NONE, NONE, "cannot_tell", ""),
    ],
)
def test_a_direction_needs_both_looks_and_a_day_made_up(
    repeats, second, made_up, complaints, visits, key, certainty
):
    """Either alone, or a change at a made-up day, leaves no direction; visits leave little."""
    how = {"made_up": made_up, "complaints": complaints, "visits": visits}
    found = verdict_of_repeats(repeats, second, 0.05, **how)
    assert (found.key, found.certainty) == (key, certainty)


def test_ten_coefficients_of_the_textbook(in_root):
    """Wooldridge, example 17.4, as recalled: a censored log-normal model of 1,445 releases."""
    file = Path("params/enforcement_leniency/recidivism.yml")
    report = an.EnforcementLeniency.read(yaml.safe_load(file.read_text(encoding="utf-8")))
    found = {one.name: (one.value, one.standard_error) for one in report.result.estimates}
    printed = {"overall": (-0.063, 0.120), "known_1": (-0.137, 0.021), "known_2": (-0.019, 0.003)}
    printed |= {"known_3": (0.444, 0.145), "known_4": (-0.635, 0.144), "known_5": (-0.298, 0.133)}
    printed |= {"known_6": (-0.543, 0.117), "known_7": (0.341, 0.140), "known_8": (0.023, 0.025)}
    printed |= {"known_9": (0.0039, 0.0006)}
    for name, numbers in printed.items():
        assert found[name] == pytest.approx(numbers, abs=6e-4), name
    assert report.verdict_key == "cannot_tell"
    assert report.site_lines()[0].certainty == ""


def test_no_doubt_names_a_second_look_that_agrees():
    """Both looks clear, and a made-up day that shows a change: that day alone is the reason."""
    found = SimpleNamespace(
        of_list=True, passed=False, telling=False, made_up=LESS, beside=(), disturbed=(),
        undervalued=None, second=MORE, verdict=SimpleNamespace(key="cannot_tell"),
    )  # fmt: skip
    report = SimpleNamespace(
        found=found, say=lambda words, **_: words, shares=lambda one: one,
        spoken=lambda _: {"value": "", "likely": ""},
    )  # fmt: skip
    told = list(limits(report))
    assert any("shows a change, too" in one for one in told)
    assert not any("second look does not agree" in one for one in told)
