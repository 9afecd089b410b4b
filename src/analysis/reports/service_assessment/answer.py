"""Ratings with what they are worth, and the words and numbers that sentences name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.ratings import EVENTS, USUAL_NAMES, Assessment, quarters_again
from analysis.data.settings import Words
from analysis.disclosure.estimates import published
from analysis.disclosure.rated import Floors, Points, last_points
from analysis.disclosure.salt import salt_of
from analysis.page.numbers import period_span, span
from analysis.page.shared.log_points import LogPoints
from analysis.reports.report import Report
from analysis.reports.service_assessment.params import ServiceAssessmentParams
from analysis.reports.service_assessment.question import Asked
from analysis.result import Result
from analysis.stats.ratings.scores import BOTTOM, again_bottom, composites, stable_bottom
from analysis.verdicts.ratings import Worth, agreed_of, worth_of
from analysis.verdicts.robustness import estimate_headline

CHANNEL_WORDS = {
    "phone": "by telephone",
    "counter": "in person",
    "online": "on the platform",
    "letter": "by letter",
}


class Ratings(Report, LogPoints):
    """Ratings of one question with what they are worth."""

    params: ServiceAssessmentParams
    subject: Asked

    @property
    def ratings(self) -> Assessment:
        """The ratings."""
        return self.subject.ratings

    @property
    def frame(self) -> pd.DataFrame:
        """Scores of the last round, one row a rating; without raters one row an item."""
        return self.ratings.rows

    @cached_property
    def worth(self) -> Worth:
        """What the ratings are worth."""
        return worth_of(self.ratings, self.params.target, self.params.level, self.estimate)

    @property
    def result(self) -> Result:
        """The reliability of a mean score."""
        return self.worth.headline

    @property
    def verdict_key(self) -> str:
        """Whether a mean score would do."""
        return self.worth.verdict

    @cached_property
    def routes(self) -> Mapping[str, Result]:
        """Effects on records by the way they came, as far as they may leave."""
        studies = self.subject.routes.items()
        return {name: published(one, estimate_headline(one), None) for name, one in studies}

    @property
    def variances(self) -> tuple[float, float]:
        """Variances of the rated, and of one rating around what the rated is like."""
        parts = {row["source"]: row["variance"] for row in self.result.series["components"]}
        parts.pop("region", None)
        return max(parts.pop("rated"), 0.0), sum(parts.values())

    @cached_property
    def agreed(self) -> float | None:
        """How alike raters of the same one are in the last round, beyond chance."""
        return agreed_of(self.ratings, self.params.level, self.estimate)

    @cached_property
    def points(self) -> Points | None:
        """The rated as points of which none can be told; none where too few have enough raters."""
        params = self.params
        floors = Floors(params.minimum_raters, params.minimum_rated)
        rng, salt = np.random.default_rng(params.seed), salt_of(self.data)
        return last_points(self.ratings, self.variances, salt, floors, params.level, rng)

    @cached_property
    def designs(self) -> tuple[Mapping[str, Any], ...]:
        """Scores put together in several ways, side by side; none without a composite."""
        given = self.params.composite.items()
        used = [(n, v) for n, v in given if n in EVENTS and n not in self.ratings.idle]
        points = {name: float(value) for name, value in used}
        found = self.ratings
        return composites(found.frame, found.items, points, found.blocks) if points else ()

    @cached_property
    def again(self) -> pd.DataFrame:
        """Share that answered the next round by quarters of satisfaction, lowest first."""
        return quarters_again(self.ratings)

    @property
    def stable(self) -> float | None:
        """Of those in the bottom tenth of a round, the share that is again in the next."""
        return stable_bottom(self.ratings.beside())

    @property
    def again_by_others(self) -> float:
        """Of those called bottom, the share that would be again by as many other raters."""
        return again_bottom(self.worth.single, self.sizes)

    def ways(self, recorded: bool) -> str:
        """How complaints come that officers record themselves, or the others, for a sentence."""
        named = self.params.influenceable
        words = [
            self.say(text)
            for channel, text in CHANNEL_WORDS.items()
            if (channel in named) == recorded
        ]
        if len(words) == 1:
            return words[0]
        first = ("、" if self.language == "zh" else ", ").join(words[:-1])
        return self.say("{first} and {last}", first=first, last=words[-1])

    def moved(self, name: str) -> str:
        """A change of records in per cent, for a sentence."""
        return self.change(self.routes[name].headline.value)

    def moved_with_range(self, name: str) -> str:
        """A change of records with its likely range, for a sentence."""
        likely = self.likely_of(self.routes[name].headline)
        return self.say("{value} ({span})", value=self.moved(name), span=likely)

    def named(self, key: str) -> Words:
        """Words of the dataset for who is rated, who rates, or an item."""
        return self.description.words.get(key) or USUAL_NAMES.get(key) or self.words(key)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that its sentences name."""
        worth, frame, language = self.worth, self.ratings.frame, self.language
        first, last = frame["period"].min(), frame["period"].max()
        rated, rater = self.named("rated"), self.named("rater")
        shares = {"value": worth.mean.value, "low": worth.mean.low, "high": worth.mean.high}
        shares |= {
            "beyond": worth.beyond,
            "single": worth.single,
            "target": self.params.target,
            "bottom": BOTTOM,
        }
        written = {name: self.percent(share, 0) for name, share in shares.items()}
        counts = {
            "ratings": len(frame),
            "items": len(self.ratings.items),
            "needed": min(np.ceil(worth.needed), 1000),
            "dropped": self.ratings.dropped,
            "early": self.ratings.early,
            "again": 10 * self.again_by_others if worth.raters else 0.0,
            "least": self.params.minimum_raters,
            "others": self.params.minimum_rated - 1,
        }
        alpha, one = worth.halo or (0.0, 0.0)
        needed = rater.of(language) if counts["needed"] == 1 else rater.plural(language)
        every = self.number(frame["rated"].nunique()) + ("" if language == "zh" else " ")
        return {
            **written,
            **{name: self.number(count) for name, count in counts.items()},
            "all_rated": every + rated.counted(language),
            "rated": rated.plural(language),
            "one_rated": rated.of(language),
            "raters": rater.plural(language),
            "raters_counted": rater.counted(language),
            "needed_raters": rater.counted(language) if language == "zh" else needed,
            "span": period_span(first, last, language) if first else "",
            "range": span(written["low"], written["high"], language),
            "had": self.number(worth.raters, 1),
            "average": self.number(self.sizes.mean(), 1),
            "alpha": self.number(alpha, 3),
            "icc": self.number(one, 3),
            "title": self.description.title.of(language),
        }

    @property
    def sizes(self) -> np.ndarray:
        """Ratings of each of the rated in each round."""
        sizes = self.ratings.frame.groupby(["rated", "period"], observed=True).size()
        return np.asarray(sizes)

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        mean = self.worth.mean
        return {
            "verdict": self.verdict_key,
            "beyond": round(self.worth.beyond, 3),
            "mean": [round(value, 3) for value in (mean.value, mean.low, mean.high)],
            "halo": [round(value, 3) for value in self.worth.halo or ()],
            "split": {name: round(share, 3) for name, share in self.worth.split.items()},
            "routes": {name: round(r.headline.value, 3) for name, r in self.routes.items()},
        }
