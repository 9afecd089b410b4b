"""The state of the reports, for whoever keeps the schedule: a page in each language, and JSON.

It tells of every run, also of one that had nothing to do, and is therefore written into the
edition that is shown rather than making another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.errors import Problem, PublishError
from analysis.page.numbers import date, number
from analysis.page.wording import LANGUAGES, capital, translator
from analysis.publish.pages.machine_paths import without_machine_paths
from analysis.publish.pages.templates import render
from analysis.publish.site.notice import cause_in_words
from analysis.publish.site.paging import STATE, file_of, numbered, parts_of, turns
from analysis.publish.site.record import (
    STATE_JSON,
    Entry,
    Outcome,
    page_file,
    write_whole,
)

MOST = 5
"""Problems of one report that are listed; a log holds them all."""
STATE_WORDS = {
    "renewed": "up to date",
    "kept": "not updated",
    "failed": "no page yet",
}


@dataclass(frozen=True)
class State:
    """What became of one report.

    ``edition`` is that of its last good page, ``code`` the exit code of what stopped the next,
    ``problems`` what was wrong, in English.
    """

    report: str
    state: str
    edition: str
    code: int
    languages: tuple[str, ...]
    titles: Mapping[str, str]
    problems: tuple[str, ...]


def states(entries: Mapping[str, Entry], outcomes: Sequence[Outcome]) -> list[State]:
    """Every report that has pages or should have: first what is not up to date."""
    told = {outcome.report: outcome for outcome in outcomes}
    found = [_of_entry(entry, told.pop(entry.report, None)) for entry in entries.values()]
    found += [
        State(report, "failed", "", outcome.code, (), {}, _problems(outcome))
        for report, outcome in told.items()
        if outcome.state != "published"
    ]
    return sorted(found, key=lambda one: (one.state == "renewed", one.report))


def _of_entry(entry: Entry, outcome: Outcome | None) -> State:
    state = "kept" if entry.stale else "renewed"
    problems = _problems(outcome) if outcome else ()
    return State(
        entry.report, state, entry.edition, entry.cause, entry.languages, entry.titles, problems
    )


def _problems(outcome: Outcome) -> tuple[str, ...]:
    """The first things that were wrong."""
    more = len(outcome.told) - MOST
    rest = [f"and {more} more lines in the log"] if more > 0 else []
    return tuple(without_machine_paths([*outcome.told[:MOST], *rest]))


def write_state(
    site: Path,
    entries: Mapping[str, Entry],
    outcomes: Sequence[Outcome],
    night: Mapping[str, Any] | None,
) -> None:
    """Write page and JSON into the edition that is shown.

    Parameters
    ----------
    night: the last run, as ``analysis.batch.night.Night``; ``None`` where none is known.

    Raises
    ------
    PublishError: it cannot be written; the site itself stands.
    """
    files = render_state(states(entries, outcomes), night)
    try:
        for file, text in files.items():
            write_whole(site / file, text)
        for old in [file for file in site.iterdir() if STATE.fullmatch(file.name)]:
            if old.name not in files:
                old.unlink()
    except OSError as error:
        what = f"cannot be written ({error.strerror or type(error).__name__})"
        remedy = "The site stands; make room, or allow writing, and publish again"
        raise PublishError([Problem(STATE_JSON, what, remedy)]) from None


def render_state(listed: Sequence[State], night: Mapping[str, Any] | None) -> dict[str, str]:
    """Pages and JSON by file name: further parts hold further reports, and nothing else."""
    parts = parts_of(listed)
    names = [numbered(STATE_JSON, at) for at in range(1, len(parts) + 1)]
    again = [one.report for one in listed if one.state != "renewed"]
    first = {"last_run": night, "next": again, "parts": names}
    files = {}
    for at, (name, part) in enumerate(zip(names, parts, strict=True), 1):
        for language in LANGUAGES:
            files[file_of("status", language, at)] = _page(listed, night, language, at)
        content = {"version": 1, "reports": [_plain(one) for one in part]}
        content |= first if at == 1 else {}
        files[name] = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    return files


def _plain(one: State) -> dict[str, Any]:
    """One report for programs."""
    why = {code: cause_in_words(one.code, code) for code in LANGUAGES} if one.code else None
    return {**asdict(one), "why": why}


def _page(
    listed: Sequence[State], night: Mapping[str, Any] | None, language: str, part: int
) -> str:
    """A part of the page; the first has what is said of all reports."""
    from analysis.publish.site.lists.library import addresses

    say, parts = translator(language), parts_of(listed)
    counts = {key: sum(one.state == key for one in listed) for key in STATE_WORDS}
    again = say("; ").join(one.report for one in listed if one.state != "renewed")
    rows = [
        {
            "state": one,
            "words": say(STATE_WORDS[one.state]),
            "title": one.titles.get(language) or next(iter(one.titles.values()), one.report),
            "spoken": language if language in one.languages else next(iter(one.languages), "en"),
            "why": capital(cause_in_words(one.code, language)) if one.state != "renewed" else "",
            "page": _address(one, language),
        }
        for one in parts[part - 1]
    ]
    other = next(code for code in LANGUAGES if code != language)
    return render(
        "status.html.j2",
        language,
        kind="status",
        pages=addresses(language),
        status=file_of("status", language),
        sibling=file_of("status", other, part),
        part=part,
        turns=turns("status", language, len(parts)),
        facts=[(number(counts[key], language), say(STATE_WORDS[key])) for key in STATE_WORDS],
        rows=rows,
        last=_last_run(night, language),
        again=again,
        json=numbered(STATE_JSON, part),
    )


def _address(one: State, language: str) -> str:
    """The page of a report, in the language or in the one it has; blank without one."""
    if not one.languages:
        return ""
    spoken = language if language in one.languages else one.languages[0]
    return page_file(one.report.replace("/", "-", 1), spoken)


def _last_run(night: Mapping[str, Any] | None, language: str) -> str:
    """When the last run was, and how it went."""
    say = translator(language)
    if night is None:
        return say("No run has been recorded yet.")
    numbers = {key: number(int(night[key]), language) for key in ("asked", "due", "done")}
    began = str(night["began"])
    return say(
        "The last run began on {day} at {time}. Of {asked} runs asked for, {due} were due, and "
        "{done} came to their end. It ended with code {code}.",
        day=date(began[:10], language),
        time=began[11:16],
        code=str(night["code"]),
        **numbers,
    )
