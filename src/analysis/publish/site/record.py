"""Files on either side of publishing: what a run left, what the site shows, safe writing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import TypedDict

from analysis.errors import Problem, PublishError
from analysis.page.marks import marks_of
from analysis.page.plates import SiteLine
from analysis.page.wording import LANGUAGES
from analysis.params import problems_of
from analysis.publish.site.paging import numbered, parts_of
from analysis.result import Internal

PAGES = "pages.json"
STATE_JSON = "status.json"


class Status(BaseModel):
    """``status.json``: how one run in one language ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1]
    report: str
    notebook: str
    language: Literal["en", "zh"]
    status: Literal["done", "failed"]
    title: str
    edition: str
    error: str | None = None
    key: str = ""
    code: int = 0


class Line(TypedDict):
    """One line of a report's provenance."""

    label: str
    value: str


class Change(BaseModel):
    """A verdict that differs from that of the edition before, with its words by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edition: str
    before: str
    after: str
    before_words: dict[str, str]
    after_words: dict[str, str]


class Answer(BaseModel):
    """The answer of a report in one language, as its card in the list gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    unit: str
    sentence: str
    certainty: int = 0
    certainty_words: str = ""


class Entry(BaseModel):
    """One report as the index lists it; ``stale`` is true while a newer run has failed.

    ``cause`` is the exit code of what stopped that, ``languages`` those that have a page.

    ``scope`` (place, period, intervention) and ``provenance`` are words by language;
    ``changes`` are the changed verdicts so far, oldest first. ``p_value`` is that of a direction.
    ``answers`` and ``site_lines`` are by language; a description has no line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    report: str
    titles: dict[str, str]
    verdict: str
    verdict_words: dict[str, str]
    edition: str
    simulated: bool
    internal: Internal = ""
    p_value: float | None = None
    stale: bool = False
    cause: int = 0
    languages: tuple[str, ...] = LANGUAGES
    scope: dict[str, dict[str, str]] = {}
    provenance: dict[str, list[Line]] = {}
    changes: list[Change] = []
    answers: dict[str, Answer] = {}
    site_lines: dict[str, tuple[SiteLine, ...]] = {}

    @property
    def marks(self) -> tuple[str, ...]:
        """What its numbers are marked as."""
        return marks_of(self.simulated, self.internal)

    @property
    def changed(self) -> bool:
        """Whether this edition's verdict differs from that of the edition before."""
        return bool(self.changes) and self.changes[-1].edition == self.edition

    def following(self, earlier: Entry | None) -> Entry:
        """This edition with the changed verdicts of those before it, and its own if it changed."""
        if earlier is None:
            return self
        changes = list(earlier.changes)
        if earlier.verdict != self.verdict:
            changes.append(
                Change(
                    edition=self.edition,
                    before=earlier.verdict,
                    after=self.verdict,
                    before_words=earlier.verdict_words,
                    after_words=self.verdict_words,
                )
            )
        return self.model_copy(update={"changes": changes})

    def spoken(self, language: str) -> str:
        """The language, or the one that it has pages in."""
        return language if language in self.languages else self.languages[0]

    def address(self, language: str) -> str:
        """The file of the page in the language, or in the one it has pages in."""
        return page_file(self.name, self.spoken(language))


@dataclass(frozen=True)
class Outcome:
    """What became of one report: ``kept`` and ``failed`` say why in ``problems``.

    ``code`` is the exit code of what stopped it.
    ``told`` is what of the problems a page may say; ``page_failed`` where every run was good.
    """

    report: str
    state: Literal["published", "kept", "failed"]
    problems: tuple[Problem, ...] = ()
    code: int = 0
    told: tuple[str, ...] = ()
    page_failed: bool = False


class Pages(BaseModel):
    """``pages.json``: what the site holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    pages: dict[str, Entry] = {}


Further = Mapping[str, Mapping[str, str]]
"""Titles of reports by language, by their names."""
Wanted = Mapping[str, Sequence[str]] | None
"""The languages in which each report is to be published; ``None`` for all that ran."""


@dataclass(frozen=True)
class Runs:
    """The runs of one report: their folder, and the languages in which it is to be published."""

    folder: Path
    languages: tuple[str, ...]

    @property
    def name(self) -> str:
        """The stem of its pages."""
        return page_name(self.folder)

    @property
    def report(self) -> str:
        """The report as a person names it."""
        return report_name(self.folder)


def runs_below(runs: Path, wanted: Wanted = None) -> list[Runs]:
    """The folders ``<notebook>/<name>`` with runs in languages that are wanted, sorted."""
    folders = {file.parent.parent for file in runs.glob("*/*/*/status.json")}
    return [one for folder in sorted(folders) for one in runs_of(folder, wanted)]


def runs_of(folder: Path, wanted: Wanted = None) -> list[Runs]:
    """The runs of one report, or none."""
    asked = LANGUAGES if wanted is None else wanted.get(report_name(folder), ())
    ran = (c for c in LANGUAGES if c in asked and (folder / c / "status.json").is_file())
    return [Runs(folder, languages)] if (languages := tuple(ran)) else []


def reports_seen(runs: Path, site: Path) -> list[str]:
    """Every report that has runs or pages."""
    shown = {entry.report for entry in read_pages(site).values()}
    return sorted(shown | {one.report for one in runs_below(runs)})


def page_name(folder: Path) -> str:
    """The stem of the report's pages."""
    return f"{folder.parent.name}-{folder.name}"


def report_name(folder: Path) -> str:
    """The report as a person names it."""
    return f"{folder.parent.name}/{folder.name}"


def page_file(name: str, language: str) -> str:
    """The file name of a page."""
    return f"{name}.{language}.html"


def read_status(folder: Path) -> Status:
    """The status of one run.

    Raises
    ------
    PublishError: there is none, or it does not say what a status says.
    """
    file = folder / "status.json"
    try:
        return Status.model_validate(read_json(file))
    except ValidationError as error:
        raise PublishError(problems_of(error, Status, str(file))) from error


def read_pages(site: Path) -> dict[str, Entry]:
    """What the site holds, by name, where its pages are still there."""
    entries: dict[str, Entry] = {}
    for file in sorted(site.glob("pages*.json")):
        try:
            entries |= Pages.model_validate(read_json(file)).pages
        except ValidationError as error:
            remedy = "Remove the file and publish again"
            raise PublishError([Problem(str(file), "is not a record of pages", remedy)]) from error
    return {
        name: entry
        for name, entry in entries.items()
        if all((site / page_file(name, language)).exists() for language in entry.languages)
    }


def write_pages(site: Path, entries: Mapping[str, Entry]) -> None:
    """The record of the site, sorted; of many reports in ``pages-2.json`` and so on, too."""
    for number, names in enumerate(parts_of(sorted(entries)), 1):
        content = Pages(pages={name: entries[name] for name in names}).model_dump()
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
        write_whole(site / numbered(PAGES, number), text + "\n")


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises
    ------
    PublishError: the file is missing or holds no JSON object.
    """
    remedy = "Run the report again"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PublishError([Problem(str(file), "is missing", remedy)]) from error
    except ValueError as error:
        raise PublishError([Problem(str(file), "is no JSON", remedy)]) from error
    if not isinstance(content, dict):
        raise PublishError([Problem(str(file), "holds no JSON object", remedy)])
    return content


def write_whole(file: Path, content: str | bytes) -> None:
    """Replace a file by a whole one: a reader sees the old or the new, never a part."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        write_through(draft, content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def write_through(file: Path, content: str | bytes) -> None:
    """Write a file, and wait until it is on the disk."""
    with file.open("wb") as handle:
        handle.write(content.encode("utf-8") if isinstance(content, str) else content)
        handle.flush()
        os.fsync(handle.fileno())
