"""The options set for a report's method, in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.numbers import number
from analysis.page.voice import Voice
from analysis.page.wording import Say

OPTION_WORDS = {
    "anticipation": "periods before the start in which effects may already show",
    "covariates": "regions are made alike in",
    "scale": "scale",
    "family": "how counts vary around what is expected",
    "leads": "most periods before the start that are looked at",
    "effects": "most periods since adoption that are averaged",
    "strata": "the order was drawn within",
    "studentised": "estimates are divided by their error",
    "draws": "draws",
    "searches": "random starts of the search for weights",
    "form": "form",
    "errors": "errors",
    "weights": "regions weigh by",
    "groups": "groups with periods of their own",
    "controls": "held constant",
    "dose": "degree of treatment",
    "nested": "region effects left out of the small-sample factor",
    "predictors": "synthetic regions are alike in",
    "lags": "synthetic regions are alike in the outcome of",
    "inference": "errors come from",
}
VALUE_WORDS = {
    "log": "log rate",
    "rate": "the rate itself",
    "poisson": "Poisson",
    "negative_binomial": "negative binomial",
    "effects": "region and period effects",
    "differences": "first differences",
    "clustered": "clustered by region",
    "conventional": "conventional",
    "wild_bootstrap": "wild bootstrap",
    "difference": "synthetic difference-in-differences",
    "classic": "classic synthetic control",
    "augmented": "synthetic control augmented by ridge regression",
    "auto": "placebos, or resampling where they cannot be had",
    "placebo": "placebos",
    "bootstrap": "resampling",
    "level": "level of government",
    "parent_code": "region above",
    "": "none",
}
COLUMN_WORDS = {
    "{}": "{exposure} in the first period",
    "log_{}": "log of {exposure} in the first period",
    "{}_by_period": "{exposure} in each period",
    "log_{}_by_period": "log of {exposure} in each period",
}


def options_sentence(voice: Voice, given: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """Which options were set for the method of the headline; blank for none.

    ``columns`` is what options may name in the dataset, with its kind.
    """
    if not given:
        return ""
    say = voice.say
    listed = say("; ").join(
        say("{option}: {value}", option=_option(name, say), value=_value(voice, value, columns))
        for name, value in given.items()
    )
    return say("Options set for the method of the headline: {options}.", options=listed)


def _option(name: str, say: Say) -> str:
    """An option in words; one of a method that has none yet by its name."""
    return say(OPTION_WORDS[name]) if name in OPTION_WORDS else name


def _value(voice: Voice, value: Any, columns: Mapping[str, str]) -> str:
    """A value as a reader knows it: a column by what it holds, a choice by what it means."""
    say = voice.say
    if isinstance(value, (list, tuple)):
        return say(", ").join(_value(voice, item, columns) for item in value) or say("none")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, (int, float)):
        return number(value, voice.language, 0 if float(value).is_integer() else 2)
    kind = columns.get(value, "")
    if kind in COLUMN_WORDS:
        before, after = kind.split("{}")
        exposure = value.removeprefix(before).removesuffix(after)
        return say(COLUMN_WORDS[kind], exposure=voice.words(exposure).plural(voice.language))
    return say(VALUE_WORDS[value]) if value in VALUE_WORDS else str(value)
