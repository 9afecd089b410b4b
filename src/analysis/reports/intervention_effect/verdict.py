"""The four-way verdict: from the interval and the smallest effect of interest, capped by doubts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis import methods
from analysis.data.frames.study import Study
from analysis.result import Estimate, Result
from analysis.robustness import Answer, Robustness

MINIMUM_REGIONS = 5
"""With fewer adopting or comparison regions no direction is claimed, whatever the interval."""

VERDICTS = ("improves", "worsens", "too_small_to_matter", "cannot_tell")


@dataclass(frozen=True)
class Verdict:
    """The answer as a key, what the interval alone would say, and the doubts that capped it."""

    key: str
    from_interval: str
    doubts: tuple[str, ...]


def judge(study: Study, headline: Result, robustness: Robustness) -> Verdict:
    """The verdict of a question.

    From the interval: *improves* or *worsens* when it excludes zero, *too small to matter*
    when it lies within the smallest effect of interest on both sides, else *cannot tell*. Any
    doubt from design or sensitivity caps it at *cannot tell*.
    """
    key = from_interval(headline.headline, study.params.smallest_effect, study.params.better)
    doubts = tuple(find_doubts(headline, robustness))
    return Verdict("cannot_tell" if doubts else key, key, doubts)


def from_interval(estimate: Estimate, smallest_effect: float, better: str) -> str:
    """What the interval of a log effect says by itself.

    ``smallest_effect`` is a share: 0.05 means that a change below 5 % does not matter.
    """
    if estimate.low is None or estimate.high is None:
        return "cannot_tell"
    low, high = estimate.low, estimate.high
    if low > math.log1p(-smallest_effect) and high < math.log1p(smallest_effect):
        return "too_small_to_matter"
    if low <= 0 <= high:
        return "cannot_tell"
    fell = high < 0
    return "improves" if fell == (better == "lower") else "worsens"


def find_doubts(headline: Result, robustness: Robustness) -> list[str]:
    """Keys of what speaks against claiming a direction or its absence."""
    doubts = []
    sample = headline.sample
    if min(sample.treated, sample.units - 1) < MINIMUM_REGIONS:
        doubts.append("few_regions")
    if any(check.name == "leads" and check.passed is False for check in headline.checks):
        doubts.append("leads")
    if any(check.name == "base_period" and check.passed is False for check in headline.checks):
        doubts.append("base_period")
    if excludes_zero(robustness.placebo_time):
        doubts.append("placebo_time")
    if robustness.placebo_outcome and excludes_zero(robustness.placebo_outcome):
        doubts.append("placebo_outcome")
    left_out = robustness.leave_one_out or ()
    if turns(headline.headline.value, [record["value"] for record in left_out]):
        doubts.append("leave_one_out")
    if compares_with_treated(headline):
        doubts.append("already_treated")
    if contradicted(headline, robustness):
        doubts.append("other_method")
    return doubts


def compares_with_treated(headline: Result) -> bool:
    """Whether regions that had adopted already are compared with, or that cannot be told."""
    weights = [check.value for check in headline.checks if check.name == "already_treated"]
    return not staggered(headline.method) if not weights else (weights[0] or 0) > 0


def staggered(method: str) -> bool:
    """Whether a method is sound where regions adopt at different times."""
    return "staggered" in methods.load(method).can


def excludes_zero(answer: Answer) -> bool:
    """Whether an interval is there and lies on one side of zero."""
    estimate = answer.estimate
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low > 0 or estimate.high < 0


def turns(value: float, others: list[float]) -> bool:
    """Whether any of the others has the opposite sign."""
    return any(value * other < 0 for other in others)


def contradicted(headline: Result, robustness: Robustness) -> bool:
    """Whether a method sound under staggered adoption puts its interval beyond zero."""
    return any(
        answer.estimate is not None
        and staggered(answer.method)
        and excludes_zero(answer)
        and answer.estimate.value * headline.headline.value < 0
        for answer in robustness.specifications
    )
