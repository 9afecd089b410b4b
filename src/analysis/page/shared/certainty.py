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
GRADED_WORDS = {
    "fewer_low": "Fewer recorded, low certainty",
    "fewer_moderate": "Fewer recorded, moderate certainty",
    "fewer_high": "Fewer recorded, high certainty",
    "more_low": "More recorded, low certainty",
    "more_moderate": "More recorded, moderate certainty",
    "more_high": "More recorded, high certainty",
    "lower_low": "Lower than expected, low certainty",
    "lower_moderate": "Lower than expected, moderate certainty",
    "lower_high": "Lower than expected, high certainty",
    "higher_low": "Higher than expected, low certainty",
    "higher_moderate": "Higher than expected, moderate certainty",
    "higher_high": "Higher than expected, high certainty",
    "improves_low": "Improves, low certainty",
    "improves_moderate": "Improves, moderate certainty",
    "improves_high": "Improves, high certainty",
    "worsens_low": "Worsens, low certainty",
    "worsens_moderate": "Worsens, moderate certainty",
    "worsens_high": "Worsens, high certainty",
    "too_small_to_matter_low": "Too small to matter, low certainty",
    "too_small_to_matter_moderate": "Too small to matter, moderate certainty",
    "too_small_to_matter_high": "Too small to matter, high certainty",
    "cannot_tell": "Cannot tell",
}
"""The verdict with its certainty, as lists and feeds show it."""
CERTAINTY_WORDS = {
    "low": "Certainty: low",
    "moderate": "Certainty: moderate",
    "high": "Certainty: high",
    "": "No direction is claimed",
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
    "records_alone": "fewer or more records of all alike would move it as much",
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
