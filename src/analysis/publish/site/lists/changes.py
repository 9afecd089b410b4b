"""What a page says of the time since its last edition, from the numbers a run left."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.data.tables import of_records
from analysis.errors import PublishError
from analysis.page.numbers import date, number, percent_change
from analysis.page.wording import Say, translator
from analysis.publish.site.record import read_json
from analysis.reports.kind import find, names

FILE = "since.json"
ABOUT = "dataset.yml"
SHOWN = 8
"""Names listed of files or packages that changed."""


class Model(BaseModel):
    """A part of ``since.json``."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TableChange(Model):
    """One table: rows that left and came where known, and its rows before and now."""

    table: str
    left: int | None = None
    came: int | None = None


class Causes(Model):
    """What changed between two runs."""

    data: tuple[TableChange, ...] = ()
    params: tuple[str, ...] = ()
    notebook: bool = False
    package: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


class Changes(Model):
    """What changed since the last edition: ``since.json``, version 1.

    ``unchanged`` is the day of a later edition that was like this one.
    """

    edition: str
    unchanged: str | None = None
    verdict: tuple[str, str]
    relative_percent: tuple[list[float] | None, list[float] | None] = (None, None)
    causes: Causes | None = None


def read_changes(folder: Path) -> Changes | None:
    """What a run says of its last edition; ``None`` where it is the first, or unreadable."""
    if not (folder / FILE).is_file():
        return None
    try:
        return Changes.model_validate(read_json(folder / FILE))
    except (PublishError, ValidationError):
        # A page is worth more than its history.
        return None


def sentences(
    changes: Changes | None, language: str, notebook: str, now: str = ""
) -> tuple[str, ...]:
    """The section of a page; empty for a first edition. ``now`` is the day of this one."""
    if changes is None:
        return ()
    say = translator(language)
    edition = date(changes.edition, language)
    if changes.unchanged == changes.edition:
        return (say("Nothing changed since the last edition, of {edition}.", edition=edition),)
    said = [say("The last edition is of {edition}.", edition=edition)]
    if changes.unchanged:
        said = [
            say(
                "The edition of {same} was the same as this one; the one before it, of {edition}, "
                "was not.",
                same=date(changes.unchanged, language),
                edition=edition,
            )
        ]
    if now and max(changes.edition, changes.unchanged or "") > now:
        said.append(say("This edition bears an earlier date: a clock was wrong then or is now."))
    said += _verdict(changes, notebook, say)
    said += _estimate(changes, language, say)
    said += _causes(changes.causes, language, say) if changes.causes else []
    return tuple(said)


def _verdict(changes: Changes, notebook: str, say: Say) -> list[str]:
    if changes.verdict[0] == changes.verdict[1]:
        return [say("The verdict is the same.")]
    # Of a kind that is gone, pages stay until the report is retired.
    words = find(notebook).verdict_words if notebook in names() else {}
    old, new = (words.get(key) for key in changes.verdict)
    if old is None or new is None:
        return [say("The verdict changed.")]
    return [say("The verdict changed from “{old}” to “{new}”.", old=say(old), new=say(new))]


def _estimate(changes: Changes, language: str, say: Say) -> list[str]:
    old, new = changes.relative_percent
    if not old or not new:
        return []
    if old == new:
        return [say("The best estimate is the same.")]
    best, *ends = (percent_change(value / 100, language) for value in old)
    if old[0] == new[0] and len(ends) == 2:
        return [
            say(
                "The best estimate is the same; its likely range was {low} to {high}.",
                low=ends[0],
                high=ends[1],
            )
        ]
    now = percent_change(new[0] / 100, language)
    return [say("The best estimate moved from {old} to {new}.", old=best, new=now)]


def _causes(causes: Causes, language: str, say: Say) -> list[str]:
    said = [_table(item, language, say) for item in causes.data]
    comma = say("; ")
    if causes.params:
        said.append(say("Changed parameters: {names}.", names=comma.join(causes.params)))
    if causes.notebook or causes.package:
        said.append(_code(causes, say))
    if causes.environment:
        names = comma.join(causes.environment[:SHOWN])
        said.append(say("Other versions of software: {names}.", names=names))
    return said


def _code(causes: Causes, say: Say) -> str:
    """Which files: the notebook, then those of the package."""
    files = [say("the notebook")] * causes.notebook + list(causes.package)
    listed, more = say("; ").join(files[:SHOWN]), len(files) - SHOWN
    if more <= 0:
        return say("The code of the analysis changed: {names}.", names=listed)
    return say(
        "The code of the analysis changed: {names}, and in {more} more places.",
        names=listed,
        more=more,
    )


def _table(item: TableChange, language: str, say: Say) -> str:
    if item.table == ABOUT:
        return say("The description of the data changed.")
    # How many records came is a count, which would stand beside protected ones.
    if item.left is None or item.came is None or of_records(Path(item.table).stem):
        return say("Changed data: {table}.", table=item.table)
    return say(
        "Changed data: {table} ({came} rows came, {left} left).",
        table=item.table,
        came=number(item.came, language),
        left=number(item.left, language),
    )
