"""What every report says of where its numbers come from, and what was left out on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from analysis import digest, methods
from analysis.data.reading.account import Account
from analysis.data.tables import of_records
from analysis.page.numbers import in_full
from analysis.page.plates import Entry
from analysis.page.voice import Voice

DROPPED_WORDS = {
    "excluded_by_params": "Left out by the parameters",
    "incomplete": "Counts or exposure missing in some period",
    "treated_from_the_start": "Adopted before or in the first period",
    "other_intervention": "Another intervention began or ended within these data",
    "too_few_periods_before": "Too few periods before adoption",
}


def dropped_sentences(voice: Voice, dropped: Mapping[str, int]) -> Iterator[str]:
    """How many regions were left out, by reason."""
    for reason, count in dropped.items():
        told = {"reason": voice.say(DROPPED_WORDS[reason]), "n": voice.number(count)}
        text = (
            "{reason}: one {region} left out."
            if count == 1
            else "{reason}: {n} {regions} left out."
        )
        yield voice.say(text, **told)


def reading_sentences(voice: Voice, accounts: Mapping[str, Account]) -> tuple[str, ...]:
    """One sentence per table of which rows were left out or cells repaired on reading.

    Characters that no reader sees, removed from ``dataset.yml``, have one as well.
    """
    say, language = voice.say, voice.language
    found = []
    if unseen := voice.description.unseen:
        found.append(
            say(
                "dataset.yml: {count} marks of direction or without width removed",
                count=in_full(unseen, language),
            )
        )
    for name, account in sorted(accounts.items()):
        out = sum(account.left_out().values())
        repaired = sum(line.count for line in account.lines if line.done == "repaired")
        if not out + repaired:
            continue
        # How many records there are is a count: of two editions it would tell how many came late.
        rough = voice.description.protected and of_records(name)
        text = (
            "Table {table}: at most {rows} rows read, {out} left out by rule, "
            "{cells} cells repaired"
            if rough
            else "Table {table}: {rows} rows read, {out} left out by rule, {cells} cells repaired"
        )
        found.append(
            say(
                text,
                table=name,
                rows=in_full(_at_most(account.rows) if rough else account.rows, language),
                out=in_full(out, language),
                cells=in_full(repaired, language),
            )
        )
    return tuple(found)


def sample_points(
    voice: Voice, dropped: Mapping[str, int], accounts: Mapping[str, Account]
) -> list[str]:
    """What was left out, by its reason, and on reading."""
    return [*dropped_sentences(voice, dropped), *reading_sentences(voice, accounts)]


def _at_most(rows: int) -> int:
    """The next number of two digits and zeros, or the next hundred."""
    step: int = 10 ** max(2, len(str(rows)) - 2)
    return math.ceil(rows / step) * step


def method_line(name: str, language: str) -> str:
    """What a method does, in the reader's words."""
    return methods.load(name).words["line"].of(language)


def source_entries(
    voice: Voice,
    method: str,
    seed: int,
    disclosure: str,
    digests: Mapping[str, str],
    accounts: Mapping[str, Account],
    modules: Iterable[str] = (),
    status: str = "",
) -> tuple[Entry, ...]:
    """The lines of provenance that every report on a dataset shares; blank ones are left out.

    Parameters
    ----------
    digests: of its files, by what they are called on the page (``disclosure.store.digests_of``).
    modules: what numbers were worked out in beside the report's own.
    status: what the numbers are; without it, whether they are simulated.
    """
    say, description = voice.say, voice.description
    known = status or (say("simulated, invented numbers") if voice.simulated else say("real"))
    inside = [say("for internal use only")] if voice.internal else []
    entries = [
        (say("Data"), description.title.of(voice.language)),
        (say("Status"), say("; ").join([known, *inside])),
        (say("Origin"), description.text("origin", voice.language)),
        (say("Licence"), description.text("licence", voice.language)),
        (say("Reading"), say("; ").join(reading_sentences(voice, accounts))),
        (say("Method"), method),
        (say("Seed"), str(seed)),
        (say("Disclosure control"), disclosure),
        (say("Software"), digest.software(type(voice).__module__, *modules)),
        *sorted(digests.items()),
    ]
    return tuple({"label": label, "value": value} for label, value in entries if value)
