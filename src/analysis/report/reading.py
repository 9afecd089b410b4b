"""What happened to the data between the owner's files and the report, in a reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.data.account import Account
from analysis.report.numbers import number
from analysis.report.voice import Voice


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
