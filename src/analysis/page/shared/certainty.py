"""Verdicts in few words, and why they are not surer: for tables and lists of several effects."""

from __future__ import annotations

from analysis.page.wording import Say
from analysis.verdicts.rule import Verdict

EFFECT_WORDS = {
    "fewer": "fewer recorded",
    "more": "more recorded",
    "lower": "lower",
    "higher": "higher",
    "improves": "improves",
    "worsens": "worsens",
    "too_small_to_matter": "too small to matter",
    "cannot_tell": "cannot tell",
}
GRADE_WORDS = {"low": "low", "moderate": "moderate", "high": "high"}
PLACEBO_WORDS = "{placebo}, which should not be affected, moved as well"
REASON_WORDS = {
    "no_range": "the method gives no range",
    "few_clusters": "too few that adopt, or do not, independently of each other",
    "own_course_unknown": "too few periods before the start to tell a course of their own",
    "placebo_outcome": "an outcome that should not be affected moved as well",
    "leave_one_out": "leaving out one {region} turns the sign",
    "already_treated": "the method also compares with {regions} that had adopted already",
    "other_method": "another sound method gives a range on the other side of no change",
    "leads": "adopters stood out before the start",
    "base_period": "adopters stood out just before the start",
    "placebo_time": "a change is found just before the start, where none can be",
    "reporting": "who complains, how, or with what end changed as well",
    "other_intervention": "other interventions began or ended there as well",
    "few_adopters": "few adopters",
    "checks_lost": "some checks could not be made",
    "not_drawn": "adopters were not drawn by lot",
    "left_out": "many {regions} were left out",
    "starting_level": "adopters began at another level",
    "no_placebo_outcome": "no outcome that should not be affected was looked at",
    "reporting_unknown": "no single records: a change in recording would look the same",
    "alone": "no longer clear once adopters are allowed a course of their own",
    "range": "the likely range includes no change",
}


def reasons(
    say: Say, verdict: Verdict, inside: bool, besides: tuple[str, ...] = (), placebo: str = ""
) -> str:
    """Why a verdict is not surer, or what keeps a direction from being claimed.

    Parameters
    ----------
    inside: whether the likely range includes no change.
    besides: keys of reasons that are not said.
    placebo: the outcome that should not be affected, where it is named.
    """
    keys = [*verdict.overruled, *verdict.lowered]
    if verdict.key == "cannot_tell":
        first = ["range"] if inside else [] if verdict.overruled else ["alone"]
        keys = [*first, *verdict.overruled]
    shown = [key for key in keys or verdict.capped if key not in besides]
    words = REASON_WORDS | ({"placebo_outcome": PLACEBO_WORDS} if placebo else {})
    return say("; ").join(say(words[key], placebo=placebo) for key in shown)
