"""The options set for a report's method, in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import methods
from analysis.methods.shared.options import option_words
from analysis.methods.shared.words import Words
from analysis.page.numbers import number
from analysis.page.voice import Voice

VALUE_WORDS = {"level": "level of government", "parent_code": "region above", "": "none"}
COLUMN_WORDS = {
    "{}": "{exposure} in the first period",
    "log_{}": "log of {exposure} in the first period",
    "{}_by_period": "{exposure} in each period",
    "log_{}_by_period": "log of {exposure} in each period",
}


def options_sentence(
    voice: Voice, method: str, given: Mapping[str, Any], columns: Mapping[str, str]
) -> str:
    """Which options were set for the method of the headline; blank for none.

    ``columns`` is what options may name in the dataset, with its kind.
    """
    if not given:
        return ""
    say, fields = voice.say, methods.load(method).options.model_fields
    words = {name: option_words(fields[name]) for name in given}
    listed = say("; ").join(
        say(
            "{option}: {value}",
            option=words[name]["words"].of(voice.language),
            value=_value(voice, value, words[name], columns),
        )
        for name, value in given.items()
    )
    return say("Options set for the method of the headline: {options}.", options=listed)


def _value(voice: Voice, value: Any, words: Mapping[str, Words], columns: Mapping[str, str]) -> str:
    """A value as a reader knows it: a column by what it holds, a choice by what it means."""
    say = voice.say
    if isinstance(value, (list, tuple)):
        return say(", ").join(_value(voice, item, words, columns) for item in value) or say("none")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, (int, float)):
        return number(value, voice.language, 0 if float(value).is_integer() else 2)
    kind = columns.get(value, "")
    if kind in COLUMN_WORDS:
        before, after = kind.split("{}")
        exposure = value.removeprefix(before).removesuffix(after)
        return say(COLUMN_WORDS[kind], exposure=voice.words(exposure).plural(voice.language))
    if value in words:
        return words[value].of(voice.language)
    return say(VALUE_WORDS[value]) if value in VALUE_WORDS else str(value)
