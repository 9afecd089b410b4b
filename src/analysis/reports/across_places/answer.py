"""Places beside one another: their mean, what is to be expected in another, and other poolings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.description import Description
from analysis.methods import meta
from analysis.page.shared.log_points import LogPoints
from analysis.page.shared.ways import Way, ways_of
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.across_places.question import Pool
from analysis.reports.others import marked
from analysis.reports.report import Report
from analysis.result import Result
from analysis.verdicts.places import Together, poolings

SIDE_WORDS = {"with": "those with {intervention}", "without": "those without {intervention}"}


class Places(Report, LogPoints):
    """Effects of several places with their mean."""

    params: AcrossPlacesParams
    subject: Pool

    @property
    def frame(self) -> pd.DataFrame:
        """One row a place: its estimate in log points, and its standard error."""
        return self.subject.frame

    @property
    def description(self) -> Description:
        """What the data are; of reports whose data are invented or for inside, that."""
        return marked(super().description, self.subject.descriptions)

    @cached_property
    def result(self) -> Result:
        """The mean of all places, and the range of another."""
        asked = {"between": self.params.between, "level": self.params.level}
        return self.estimate(meta.METHOD, self.frame, **asked)

    @property
    def together(self) -> Together:
        """What the places say together."""
        return Together(self.result)

    @cached_property
    def poolings(self) -> tuple[Way, ...]:
        """The mean, beside what there would be if places did not differ at all."""
        odds = self.subject.tables if self.params.measure == "odds_ratio" else None
        return ways_of(self, poolings(self.result, self.frame, odds, self.estimate))

    @property
    def verdict_key(self) -> str:
        """Whether a difference is to be expected in another place, on average, or neither."""
        return self.together.verdict

    @property
    def ratios(self) -> bool:
        """Whether effects are written as ratios, as of odds; else as changes in per cent."""
        return self.subject.tables is not None

    def place_name(self, code: str) -> str:
        """A place's name in the language of the report."""
        return self.subject.names[code][self.language == "zh"]

    def those(self, side: str) -> str:
        """Who is compared, ``with`` or ``without``: as the dataset calls them, else by its words.

        ``words`` of ``dataset.yml`` may hold ``with_smoking`` and ``without_smoking``.
        """
        own = self.description.words.get(f"{side}_{self.params.intervention}")
        return own.plural(self.language) if own else self.say(SIDE_WORDS[side])

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        mean, other = self.together.mean, self.together.new_place
        return {
            "those_with": self.those("with"),
            "those_without": self.those("without"),
            "count": self.number(len(self.frame)),
            "level": self.percent(self.params.level, 0),
            "mean": self.change(mean.value),
            "likely": self.likely_of(mean),
            "elsewhere": self.likely_of(other),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        mean, other = self.together.mean, self.together.new_place
        ends = (mean.value, mean.low, mean.high, other.low, other.high)
        return {
            "verdict": self.verdict_key,
            "places": len(self.frame),
            "mean": [round(end or 0.0, 4) for end in ends],
            "poolings": {one.key: round(one.estimate.value, 4) for one in self.poolings},
        }
