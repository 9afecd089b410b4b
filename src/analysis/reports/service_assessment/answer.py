"""Ratings with what they are worth: reliability, shares of variance, and what a score gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.description import Words
from analysis.data.frames.ratings import EVENTS, Assessment, answers_again
from analysis.disclosure.estimates import published
from analysis.disclosure.rated import Points, points_of
from analysis.disclosure.salt import salt_of
from analysis.errors import AnalysisError
from analysis.methods import agreement, reliability
from analysis.page.numbers import percent_change, period_span, span
from analysis.reports.report import Report
from analysis.reports.service_assessment.params import ServiceAssessmentParams
from analysis.reports.service_assessment.question import Asked
from analysis.result import Estimate, Result
from analysis.robustness import estimate_headline
from analysis.stats.pooling.exact import Interval
from analysis.stats.ratings.nested import one_way
from analysis.stats.ratings.scores import BOTTOM, again_bottom, composites, stable_bottom

USUAL = {
    "rated": Words(en="officer", zh="服务人员", zh_measure="名"),
    "rater": Words(en="enterprise", zh="企业", zh_measure="家"),
}
"""Who is rated and who rates, where the dataset does not say."""
RELIABLE, UNRELIABLE, UNCLEAR, NO_RATERS = "reliable", "unreliable", "unclear", "no_raters"


class Ratings(Report):
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
        last = self.ratings.last
        if self.ratings.raters_known:
            return last.assign(score=last[list(self.ratings.items)].mean(axis=1))
        return last.melt("rated", list(self.ratings.items), "item", "score")

    @cached_property
    def result(self) -> Result:
        """Reliability of a mean score; without raters, how much of one piece items are."""
        found = self.ratings
        if not found.raters_known:
            return self._of_items("alpha")
        form = "nestedk" if found.alone else "crossedk"
        return self._reliability(found.scores(), form)

    def _reliability(self, frame: pd.DataFrame, form: str) -> Result:
        return self.estimate(reliability.METHOD, frame, form=form, level=self.params.level)

    def _of_items(self, form: str) -> Result:
        """How much of one piece the items of a rating are."""
        values = self.ratings.frame[list(self.ratings.items)].reset_index(names="rated")
        long = values.melt("rated", var_name="rater", value_name="score")
        return self._reliability(long, form)

    @cached_property
    def split(self) -> Mapping[str, float]:
        """Shares of the variance of one score by source."""
        ratings = self.ratings
        if not ratings.raters_known:
            return {}
        met = ratings.frame.groupby("rater", observed=True)["rated"].nunique().max() > 1
        form = "crossed" if met else "nested"
        parts = self._reliability(ratings.scores(by_item=True), form).series["components"]
        values = {row["source"]: max(row["variance"], 0.0) for row in parts}
        return {name: value / sum(values.values()) for name, value in values.items()}

    @cached_property
    def halo(self) -> tuple[float, float] | None:
        """Alpha over items, and their intraclass correlation; none of a single item."""
        if len(self.ratings.items) < 2:
            return None
        alpha, single = (self._of_items(form).headline.value for form in ("alpha", "icc3"))
        return alpha, single

    @cached_property
    def agreed(self) -> float | None:
        """How alike raters of the same one score in the last round, beyond chance."""
        if not self.ratings.raters_known:
            return None
        frame = self.frame[["rated", "rater", "score"]]
        try:
            return self.estimate(agreement.METHOD, frame, level=self.params.level).headline.value
        except AnalysisError:
            return None

    @cached_property
    def routes(self) -> Mapping[str, Result]:
        """Effects on records by the way they came, as far as they may leave."""
        studies = self.subject.routes
        return {
            name: published(study, estimate_headline(study), None)
            for name, study in studies.items()
        }

    @cached_property
    def points(self) -> Points | None:
        """The rated as points of which none can be told; none where too few have enough raters."""
        if not self.ratings.raters_known:
            return None
        scores = self.ratings.scores()
        # The same raters come again: only within a round are ratings of one independent.
        scores = scores[scores["period"] == scores["period"].max()]
        parts = {row["source"]: row["variance"] for row in self.result.series["components"]}
        between = parts.pop("rated")
        least = max(self.params.minimum_raters, self.params.minimum_rated)
        try:
            return points_of(
                scores,
                between,
                sum(parts.values()),
                salt_of(self.data),
                least=least,
                level=self.params.level,
                rng=np.random.default_rng(self.params.seed),
            )
        except AnalysisError:
            return None

    @cached_property
    def designs(self) -> tuple[Mapping[str, Any], ...]:
        """Scores put together in several ways, side by side; none without a composite."""
        points = {n: float(v) for n, v in self.params.composite.items() if n in EVENTS}
        points = {name: v for name, v in points.items() if name not in self.ratings.idle}
        if not points:
            return ()
        return composites(self.ratings.frame, self.ratings.items, points)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Share that answered the next round by quarters of satisfaction, lowest first."""
        given = answers_again(self.ratings)
        if len(given) < 4 * self.params.minimum_raters:
            return pd.DataFrame({"mean": [], "low": [], "high": []})
        quarter = pd.qcut(given["score"].rank(method="first"), 4, labels=False)
        scores = given.groupby(quarter)["score"].agg(low="min", high="max")
        return scores.join(given.groupby(quarter)["again"].mean().rename("mean"))

    @property
    def single(self) -> Estimate:
        """Share of the variance of one rating that lies between the rated."""
        return next(e for e in self.result.estimates if e.name == "one_rater")

    @property
    def ratio(self) -> float:
        """Mean square between the rated over that within, of the last round."""
        frame = self.frame
        found, _ = one_way(
            frame["score"].to_numpy(float),
            pd.factorize(frame["rated"])[0],
            np.zeros(len(frame), dtype=int),
        )
        return 1 + found.middle * found.rated / found.rest

    @property
    def stable(self) -> float:
        """Of those in the bottom tenth of a round, the share that is again in the next."""
        return stable_bottom(self.ratings.scores())

    @property
    def title(self) -> str:
        """The title of the data."""
        return self.description.title.of(self.language)

    def change(self, value: float) -> str:
        """Log points as a change in per cent, for a sentence."""
        return percent_change(math.expm1(value), self.language)

    def share_cell(self, share: float | None) -> tuple[str, float | None]:
        """A share as a cell of a table."""
        return ("–", None) if share is None else (self.percent(share), round(share, 3))

    @property
    def worth(self) -> Interval:
        """Reliability of a mean score with its range, none below zero."""
        found = self.result.headline
        limits = (found.value, found.low or 0.0, found.high or 1.0)
        return Interval(*(max(value, 0.0) for value in limits))

    @property
    def verdict_key(self) -> str:
        """Whether a mean score tells the rated apart."""
        if not self.ratings.raters_known:
            return NO_RATERS
        if self.worth.low >= self.params.target:
            return RELIABLE
        return UNRELIABLE if self.worth.high < self.params.target else UNCLEAR

    def named(self, key: str) -> Words:
        """Words of the dataset for who is rated, who rates, or an item."""
        return self.description.words.get(key, USUAL.get(key)) or self.words(key)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that its sentences name."""
        found, ratings = self.worth, self.ratings
        checks = {check.name: check.value or 0.0 for check in self.result.checks}
        last = ratings.frame["period"].max()
        first = ratings.frame["period"].min()
        words = {
            "rated": self.named("rated").plural(self.language),
            "one_rated": self.named("rated").of(self.language),
            "raters": self.named("rater").plural(self.language),
            "raters_counted": self.named("rater").counted(self.language),
            "span": period_span(first, last, self.language) if first else "",
        }
        low, high = (self.percent(value, 0) for value in (found.low, found.high))
        shares = {
            "value": found.value,
            "single": self.single.value if ratings.raters_known else found.value,
            "target": self.params.target,
            "level": self.params.level,
        }
        alpha, one = self.halo or (0.0, 0.0)
        needed = checks.get("raters_needed", 0.0)
        return {
            **words,
            **{name: self.percent(max(share, 0.0), 0) for name, share in shares.items()},
            "range": span(low, high, self.language),
            "all": self.number(ratings.frame["rated"].nunique()),
            "ratings": self.number(len(ratings.frame)),
            "had": self.number(checks["raters"], 1),
            "needed": self.number(min(np.ceil(needed), 1000)),
            "items": self.number(len(ratings.items)),
            "alpha": self.number(alpha, 3),
            "icc": self.number(one, 3),
            "again": self.number(10 * again_bottom(found.value), 0),
            "bottom": self.percent(BOTTOM, 0),
            "dropped": self.number(ratings.dropped),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        found = self.worth
        return {
            "verdict": self.verdict_key,
            "reliability": [round(value, 3) for value in (found.value, found.low, found.high)],
            "halo": [round(value, 3) for value in self.halo or ()],
            "split": {name: round(share, 3) for name, share in self.split.items()},
            "routes": {name: round(r.headline.value, 3) for name, r in self.routes.items()},
        }
