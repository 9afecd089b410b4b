"""What every report says of where its numbers come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis import digest, methods
from analysis.data.reading.account import Account
from analysis.disclosure.identifiers import Identifiers
from analysis.page.plates import Entry
from analysis.page.reading import reading_sentences
from analysis.page.voice import Voice

NOTHING_SEALED = Identifiers({}, {})


def method_line(name: str, language: str) -> str:
    """What a method does, in the reader's words."""
    return methods.load(name).words["line"].of(language)


def source_entries(
    voice: Voice,
    method: str,
    seed: int,
    disclosure: str,
    hashes: Mapping[str, str],
    accounts: Mapping[str, Account],
    modules: Iterable[str] = (),
) -> tuple[Entry, ...]:
    """The lines of provenance that every report on a dataset shares; blank ones are left out.

    Parameters
    ----------
    modules: what numbers were worked out in beside the report's own.
    """
    say, description = voice.say, voice.description
    entries = [
        (say("Data"), description.title.of(voice.language)),
        (say("Status"), say("simulated, invented numbers") if voice.simulated else say("real")),
        (say("Origin"), description.text("origin", voice.language)),
        (say("Licence"), description.text("licence", voice.language)),
        (say("Reading"), say("; ").join(reading_sentences(voice, accounts))),
        (say("Method"), method),
        (say("Seed"), str(seed)),
        (say("Disclosure control"), disclosure),
        (say("Software"), digest.software(type(voice).__module__, *modules)),
        *((f"SHA-256 {name}", value) for name, value in sorted(hashes.items())),
    ]
    return tuple({"label": label, "value": value} for label, value in entries if value)
