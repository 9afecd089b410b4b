"""What happened to the data between the owner's files and the report, in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.data.reading.account import Account
from analysis.page.numbers import number
from analysis.page.voice import Voice

DROPPED_WORDS = {
    "excluded_by_params": "Left out by the parameters",
    "incomplete": "Counts or exposure missing in some period",
    "treated_from_the_start": "Adopted before or in the first period",
    "ended_within": "The intervention ended within the panel",
    "other_intervention": "Another intervention began within the panel",
    "too_few_periods_before": "Too few periods before adoption",
    "no_untreated_counts": "No count at all before adoption",
}


def reading_sentences(voice: Voice, accounts: Mapping[str, Account]) -> tuple[str, ...]:
    """One sentence per table of which rows were left out or cells repaired on reading."""
    say, language = voice.say, voice.language
    found = []
    for name, account in sorted(accounts.items()):
        out = sum(account.left_out().values())
        repaired = sum(line.count for line in account.lines if line.done == "repaired")
        if not out + repaired:
            continue
        found.append(
            say(
                "Table {table}: {rows} rows read, {out} left out by rule, {cells} cells repaired",
                table=name,
                rows=number(account.rows, language),
                out=number(out, language),
                cells=number(repaired, language),
            )
        )
    return tuple(found)
