"""Each class of claimants with its estimate and verdict, and the numbers that sentences name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.claimants import CLASSES, RATIO
from analysis.data.records.claimants import MARKS, MARKS_BEFORE
from analysis.disclosure.effects import answered, shown
from analysis.disclosure.estimates import published, three_digits
from analysis.page.numbers import percent_change, percent_span, period_span
from analysis.page.shared.log_points import LogPoints
from analysis.page.wording import capital
from analysis.reports.claimants.params import ClaimantsParams
from analysis.reports.claimants.question import Asked
from analysis.reports.report import Report
from analysis.result import Result
from analysis.stats.concentration import concentration
from analysis.stats.histories import ratio_moved
from analysis.verdicts.effect import Answered, p_value
from analysis.verdicts.robustness import cells_seen, estimate_headline
from analysis.verdicts.rule import Verdict

FREQUENT, OTHER = CLASSES
TOPS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Shares of claimants, those who complain most first, of which it is told what they bring."""


def beyond(one: Answered, alone: float) -> Answered:
    """No direction where the likely range holds what fewer or more records alone would do."""
    ratio = one.headline.headline
    low, high = (ratio.value if end is None else end for end in (ratio.low, ratio.high))
    if not one.verdict.claims or high < min(alone, 0.0) or low > max(alone, 0.0):
        return one
    overruled = (*one.verdict.overruled, "records_alone")
    return replace(one, verdict=Verdict("cannot_tell", overruled=overruled))


class Claims(Report, LogPoints):
    """What an intervention changed for those who complain often, and for all others."""

    params: ClaimantsParams

    @property
    def asked(self) -> Asked:
        """Who complains, and the studies."""
        asked: Asked = self.subject
        return asked

    @cached_property
    def findings(self) -> Mapping[str, Answered]:
        """Both classes and the ratio, which has a direction only beyond what records alone do."""
        found = self._each
        return found | {RATIO: beyond(found[RATIO], self._by_records_alone[1])}

    @cached_property
    def _each(self) -> dict[str, Answered]:
        """The same by the engine and the rule for one intervention."""
        return {name: answered(self.asked.studies[name]) for name in (*CLASSES, RATIO)}

    @property
    def records_alone(self) -> tuple[float, float]:
        """By what share all records moved, and what that alone does to the ratio, as shares.

        The class is told from what is recorded: of fewer records, fewer make a claimant frequent.
        """
        moved, ratio = self._by_records_alone
        return math.expm1(moved), math.expm1(ratio)

    @cached_property
    def _by_records_alone(self) -> tuple[float, float]:
        """The same on the logarithmic scale."""
        kept = sum(self.carried[name] * (1 + self._each[name].shares[0]) for name in CLASSES)
        histories, rule = self.asked.claimants.histories, self.params.rule
        before = tuple(histories[name].to_numpy() for name in MARKS_BEFORE)
        records = histories["records"].to_numpy(float)
        return math.log(kept), ratio_moved(before, records, (rule.cases, rule.burst), kept)

    @cached_property
    def marked(self) -> Mapping[str, Result]:
        """Estimates by what makes a complaint frequent, where enough carry the mark."""
        held = {name: self.asked.studies[name] for name in MARKS if name in self.asked.studies}
        return {n: published(study, estimate_headline(study), None) for n, study in held.items()}

    @property
    def main(self) -> Answered:
        """Frequent against other claimants."""
        return self.findings[RATIO]

    @property
    def frame(self) -> pd.DataFrame:
        """Complaints of frequent claimants (count) and of others (exposure), with weights."""
        return cells_seen(self.main.study)

    @property
    def verdict_key(self) -> str:
        """The verdict on the ratio, with its certainty."""
        return self.main.verdict.graded

    @property
    def tops(self) -> list[tuple[float, float]]:
        """Share of claimants and of their complaints, those who complain most first.

        To the last digit they would tell how many of both there are, and so what came late.
        """
        sizes = self.asked.claimants.sizes
        size, people = (sizes[name].to_numpy(float) for name in ("records", "claimants"))
        found = concentration(size, people, TOPS) if len(sizes) else []
        return three_digits(found) if self.main.study.shielded else found

    @cached_property
    def carried(self) -> Mapping[str, float]:
        """Share of complaints in these regions and periods that each class and mark has."""
        frames = {name: study.panel.frame["count"] for name, study in self.asked.studies.items()}
        total = sum(frames[name].sum() for name in CLASSES)
        return {name: float(count.sum() / total) for name, count in frames.items()}

    def subject_of(self, category: str) -> str:
        """What complaints of a category are about; the dataset's own word where it names none."""
        known = self.description.words.get(category)
        return known.of(self.language) if known else category

    def said(self, value: float, low: float, high: float) -> dict[str, str]:
        """``value`` and ``likely`` of a sentence, from shares."""
        span = percent_span(low, high, self.language)
        return {"value": percent_change(value, self.language), "likely": span}

    def part(self, value: float) -> str:
        """A share without decimals, but for one below a hundredth."""
        return self.percent(value, 0 if value >= 0.01 else 1)

    @property
    def least(self) -> float | None:
        """The smallest difference, as a share, that such a study would usually find."""
        found = self.main.examined.detectable
        return None if found is None else -math.expm1(-found)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Counts, shares and names that sentences name."""
        sample, rule, tops = self.main.headline.sample, self.params.rule, dict(self.tops)
        counts = {
            "treated": sample.treated,
            "rest": sample.units - sample.treated,
            "all": sample.units,
            **{name: getattr(rule, name) for name in ("cases", "days", "burst", "burst_days")},
            "people": float(f"{self.asked.claimants.people:.2g}"),
        }
        top = next((one for one in tops if one >= 0.01), 0.0)
        return {
            **{name: self.number(count) for name, count in counts.items()},
            "top": self.part(top),
            "brought": self.percent(tops.get(top, 0.0), 0),
            "carried": self.percent(self.carried[FREQUENT], 0),
            "level": self.percent(self.main.headline.level, 0),
            "smallest": self.percent(self.params.smallest_effect, 0),
            "span": period_span(sample.first_period, sample.last_period, self.language),
            "name": self.intervention,
            "Name": capital(self.intervention),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        main, sample = self.main, self.main.headline.sample
        looks = shown(main.study, main.examined)
        chance = p_value(main.headline, looks, main.study.params.onset)
        return {
            "verdict": self.main.verdict.key,
            "certainty": self.main.verdict.certainty,
            "relative_percent": [round(100 * v, 1) for v in self.main.shares],
            "classes": {
                name: [one.verdict.key, one.verdict.certainty, *(round(v, 3) for v in one.shares)]
                for name, one in self.findings.items()
            },
            "records_alone_percent": [round(100 * v, 1) for v in self.records_alone],
            "p_value": None if chance is None else round(chance, 6),
            "regions": sample.units,
            "treated": sample.treated,
            "periods": [sample.first_period, sample.last_period],
        }
