"""The table that the site opens with: what each intervention changed, and how sure that is.

One line an intervention and outcome of every report that judges one; real data first. The same
lines stand beside the site as ``evidence.csv`` and ``evidence.json``, with the words of both
languages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import percent, percent_change, percent_span
from analysis.page.plates import Column, SiteLine, TableData
from analysis.page.wording import LANGUAGES, translator
from analysis.publish.pages.download import csv_text
from analysis.publish.site.paging import numbered, parts_of
from analysis.publish.site.record import Entry
from analysis.verdicts.rule import DIRECTIONS, GRADES

FILES = ("evidence.csv", "evidence.json")
MOST = 60
"""Lines shown; those beyond stand in the files."""
PER_FILE = 1000
"""Lines in one file; further ones stand in ``evidence-2.csv`` and so on."""
WIDTH, HALF, DOT = 160, 76, 5
"""Of the picture of a line, in units of its drawing."""
WIDEST = 1.0
"""A change beyond which the picture is cut: doubling, or all of it."""
STEP = 0.1


@dataclass(frozen=True)
class Line:
    """One line in the reader's language, with where its picture is drawn, from the left."""

    entry: Entry
    told: SiteLine
    answer: str
    span: str
    dots: str
    dot: float
    bar: tuple[float, float]
    claims: bool


@dataclass(frozen=True)
class Table:
    """The lines, how wide their pictures are, how many more stand in the files, and these."""

    lines: tuple[Line, ...]
    limit: str
    more: int
    files: tuple[tuple[str, ...], ...]


def lines_of(entry: Entry, language: str) -> tuple[SiteLine, ...]:
    """The lines of a report in the language, or in the one it has pages in."""
    return entry.site_lines.get(entry.spoken(language), ())


def opening(entries: Sequence[Entry]) -> list[Entry]:
    """Reports in the order of their lines: real data first, then what compares several."""
    return sorted(entries, key=lambda e: (e.simulated, -len(lines_of(e, "en")), e.name))


def evidence_table(entries: Sequence[Entry], language: str) -> Table:
    """The lines of all reports."""
    listed = [(e, one) for e in opening(entries) for one in lines_of(e, language)]
    listed = listed[:MOST]
    ends = [abs(v) for _, one in listed for v in (one.value, one.low, one.high) if v is not None]
    limit = max(min(max(ends, default=STEP), WIDEST), STEP)
    limit = min(WIDEST, -(-limit // STEP) * STEP)
    lines = tuple(_line(entry, one, limit, language) for entry, one in listed)
    every = sum(len(lines_of(entry, language)) for entry in entries)
    files = tuple(
        tuple(numbered(file, part) for part in range(1, len(parts_of(range(every), PER_FILE)) + 1))
        for file in FILES
    )
    return Table(lines, percent(limit, language, 0), every - len(lines), files)


def _line(entry: Entry, told: SiteLine, limit: float, language: str) -> Line:
    say, claims = translator(language), told.verdict in DIRECTIONS
    value = percent_change(told.value, language)
    words = say("{value}, {verdict}", value=value, verdict=told.verdict_words)
    ranged = told.low is not None and told.high is not None
    low, high = (told.low, told.high) if ranged else (told.value, told.value)
    grade = GRADES.index(told.certainty)
    return Line(
        entry,
        told,
        words if claims else told.verdict_words,
        percent_span(low or 0.0, high or 0.0, language) if ranged else value,
        "●" * grade + "○" * (3 - grade) if grade else "",
        _place(told.value, limit),
        (_place(low or 0.0, limit), _place(high or 0.0, limit)),
        claims,
    )


def _place(value: float, limit: float) -> float:
    """Where a change lies in the picture."""
    return round(WIDTH / 2 + HALF * max(-1.0, min(1.0, value / limit)), 1)


KEYS = ("value", "low", "high", "verdict", "certainty", "treated", "regions")
TEXTS = ("intervention", "outcome", "verdict_words", "doubts")


def _record(entry: Entry, lines: Sequence[SiteLine]) -> dict[str, object]:
    """One line in all languages, as the files have it."""
    first = lines[0]
    status = "simulated" if entry.simulated else entry.internal or "real"
    return {
        "report": entry.report,
        "status": status,
        "edition": entry.edition,
        **{key: getattr(first, key) for key in KEYS},
        **{f"{text}_{language}": getattr(line, text)
           for text in TEXTS for language, line in zip(LANGUAGES, lines, strict=True)},
    }  # fmt: skip


def evidence_files(entries: Sequence[Entry]) -> dict[str, str]:
    """Every line of the site, by file name."""
    records = [
        _record(entry, lines)
        for entry in opening(entries)
        for lines in zip(*(lines_of(entry, each) for each in LANGUAGES), strict=True)
    ]
    names = ("report", "status", "edition", *KEYS, *(f"{t}_{x}" for t in TEXTS for x in LANGUAGES))
    columns = tuple(Column(name, name, role=NUMBER) for name in names)
    files: dict[str, str] = {}
    for number, part in enumerate(parts_of(records, PER_FILE), 1):
        cells = ([(str(record[name]), record[name]) for name in names] for record in part)
        content = json.dumps(part, ensure_ascii=False, sort_keys=True, indent=1)
        texts = csv_text(TableData.of(columns, cells)), content + "\n"
        files |= {numbered(file, number): text for file, text in zip(FILES, texts, strict=True)}
    return files
