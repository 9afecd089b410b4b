"""The history of runs in an SQLite file: what each gave, what changed since, and why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis import digest
from analysis.batch.keys import Parts
from analysis.batch.status import Status
from analysis.data.fingerprint import Prints, changed_rows
from analysis.errors import ParamsError, Problem
from analysis.project import build_folder

SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (digest TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY, edition TEXT NOT NULL, report TEXT NOT NULL, language TEXT NOT NULL,
  status TEXT NOT NULL, seconds REAL NOT NULL, key TEXT NOT NULL, verdict TEXT NOT NULL,
  headline TEXT NOT NULL, error TEXT, parts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_report ON runs (report, language, id);
"""
SHARED = ("code", "environment")
"""Parts that most runs have in common, written once."""


@dataclass(frozen=True)
class Entry:
    """One run of the history; ``headline`` holds its numbers, the same in every language."""

    id: int
    edition: str
    report: str
    language: str
    status: str
    seconds: float
    key: str
    verdict: str
    headline: Mapping[str, Any]
    error: str | None
    parts: Parts | None


def history_file() -> Path:
    """Where the history is kept."""
    return build_folder() / "history.sqlite"


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    file = history_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        # A reader never waits, and a run that is killed leaves the file whole.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(SCHEMA)
        with connection:
            yield connection


def remember(status: Status, parts: Parts | None, record: Mapping[str, Any] | None) -> None:
    """Add a run to the history.

    Parameters
    ----------
    record: its end-of-notebook record, if it came so far.
    """
    end = record or {}
    headline = json.dumps(end.get("facts", {}), sort_keys=True)
    with _open() as connection:
        connection.execute(
            "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(status.edition, status.report, status.language, status.status, status.seconds),
                *(status.key, str(end.get("verdict", "")), headline, status.error),
                _parts_as_text(connection, parts),
            ),
        )


def remember_page(report: str, error: str) -> None:
    """Add to the history that pages of the last good runs were refused; once for each reason."""
    for last in {entry.language: entry for entry in reversed(latest_runs(report, 8))}.values():
        if (last.status, last.error) != ("page refused", error):
            row = (last.edition, report, last.language, "page refused", 0.0, last.key, "", "{}")
            with _open() as connection:
                query = "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                connection.execute(query, (*row, error, "{}"))


def last_good_run(
    report: str, language: str, before: int = 2**62, unlike: str | None = None
) -> Entry | None:
    """The last run that came to its end, before the one given, with another key if named."""
    found = _entries(
        "WHERE report = ? AND language = ? AND status = 'done' AND id < ? AND key IS NOT ? "
        "ORDER BY id DESC LIMIT 1",
        (report, language, before, unlike),
    )
    return found[0] if found else None


def old_runs(before: str) -> list[int]:
    """Numbers of runs of editions before a day, but for the last good one of each report."""
    if not history_file().exists():
        return []
    kept = "SELECT max(id) FROM runs WHERE status = 'done' GROUP BY report, language"
    with _open() as connection:
        query = f"SELECT id FROM runs WHERE edition < ? AND id NOT IN ({kept})"  # noqa: S608
        return [number for (number,) in connection.execute(query, (before,))]


def bytes_of(numbers: Sequence[int]) -> int:
    """About how many bytes of the file these runs take."""
    with _open() as connection:
        total = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    return history_file().stat().st_size * len(numbers) // max(1, int(total))


def forget(numbers: Sequence[int]) -> None:
    """Remove runs, and what only they had in common."""
    with _open() as connection:
        connection.executemany("DELETE FROM runs WHERE id = ?", [(n,) for n in numbers])
        rows = connection.execute("SELECT parts FROM runs").fetchall()
        used = {json.loads(text).get(name) for (text,) in rows for name in SHARED}
        held = [key for (key,) in connection.execute("SELECT digest FROM contents")]
        unused = [(key,) for key in held if key not in used]
        connection.executemany("DELETE FROM contents WHERE digest = ?", unused)
    with closing(sqlite3.connect(history_file(), timeout=30)) as connection:
        connection.execute("VACUUM")


def latest_edition() -> str:
    """The latest day of any run; blank where there is none."""
    if not history_file().exists():
        return ""
    with _open() as connection:
        return str(connection.execute("SELECT max(edition) FROM runs").fetchone()[0] or "")


def latest_runs(report: str, most: int) -> list[Entry]:
    """The latest runs, newest first; of one report where it is named."""
    return _entries("WHERE ? IN ('', report) ORDER BY id DESC LIMIT ?", (report, most))


def run_numbered(number: int) -> Entry:
    """The run of that number.

    Raises
    ------
    ParamsError: there is none.
    """
    found = _entries("WHERE id = ?", (number,))
    if not found:
        what, remedy = "is not in the history", "See: analysis history list"
        raise ParamsError([Problem(f"run {number}", what, remedy)])
    return found[0]


def _entries(clause: str, values: tuple[Any, ...]) -> list[Entry]:
    if not history_file().exists():
        return []
    with _open() as connection:
        rows = connection.execute(f"SELECT * FROM runs {clause}", values)  # noqa: S608
        return [
            Entry(*row[:8], json.loads(row[8]), row[9], _parts_from_text(connection, row[10]))  # type: ignore[call-arg]
            for row in rows.fetchall()
        ]


def _parts_as_text(connection: sqlite3.Connection, parts: Parts | None) -> str:
    content = {} if parts is None else asdict(parts)
    for name in SHARED if content else ():
        key = digest.of_value(content[name])
        row = (key, json.dumps(content[name], sort_keys=True))
        connection.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", row)
        content[name] = key
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def _parts_from_text(connection: sqlite3.Connection, text: str) -> Parts | None:
    content = json.loads(text)
    if not content:
        return None
    for name in SHARED:
        query = "SELECT content FROM contents WHERE digest = ?"
        row = connection.execute(query, (content[name],)).fetchone()
        content[name] = json.loads(row[0]) if row else {}
    return Parts(**content)


def causes(old: Parts, new: Parts, prints: Prints) -> dict[str, Any]:
    """What changed between two runs: tables with rows, parameters, files of code, packages."""
    return {
        "data": [
            _changed_table(name, old.data.get(name, {}), new.data.get(name, {}), prints)
            for name in _changed_names(old.tables, new.tables)
        ],
        "params": _changed_parameters(old.params, new.params),
        "notebook": old.notebook != new.notebook,
        "package": _changed_names(old.code, new.code),
        "environment": _changed_names(old.environment, new.environment),
    }


def _changed_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _changed_parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Names of parameters that differ; a new one counts only where its value is not blank.

    Every run holds all parameters, defaults included, so that such a one came with the code.
    """
    blank: tuple[Any, ...] = ("", [], {}, None)
    known = old.keys() & new.keys()
    says = {name for name, value in {**old, **new}.items() if value not in blank}
    return [name for name in _changed_names(old, new) if name in known | says]


def _changed_table(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], prints: Prints
) -> dict[str, Any]:
    """How a table changed: rows that left and came, where that is known, and rows in all."""
    left, came = None, None
    if old.get("sha256") and new.get("sha256"):
        left, came = changed_rows(prints, old["sha256"], new["sha256"]) or (None, None)
    rows = {"before": old.get("rows"), "now": new.get("rows")}
    return {"table": name, "left": left, "came": came, **rows}


def causes_in_words(found: Mapping[str, Any]) -> str:
    """Causes in one line for a terminal."""
    words = []
    for item in found["data"]:
        rows = "" if item["left"] is None else f" ({item['left']} rows left, {item['came']} came)"
        words.append(f"data {item['table']}{rows}")
    if found["params"]:
        words.append(f"params {', '.join(found['params'])}")
    if found["notebook"]:
        words.append("code of the notebook")
    if found["package"]:
        shown = ", ".join(found["package"][:3])
        more = len(found["package"]) - 3
        words.append(f"code of the package ({shown}{f' and {more} more' if more > 0 else ''})")
    if found["environment"]:
        words.append(f"environment ({', '.join(found['environment'][:5])})")
    return "; ".join(words) or "nothing"


def changed_since_last_edition(
    status: Status, parts: Parts, record: Mapping[str, Any], prints: Prints
) -> dict[str, Any] | None:
    """What the page of a run that is not yet remembered says of the time since its last edition.

    Returns
    -------
    Numbers and keys only. A report run again without a change is held against the last edition
    that was another one; an unchanged edition of an earlier day is named beside it. ``None`` for a
    first edition.
    """
    last = last_good_run(status.report, status.language)
    another = last_good_run(status.report, status.language, unlike=status.key)
    unchanged = None
    if last and last.key == status.key and last.edition != status.edition:
        unchanged = last.edition
    old = another or last
    if old is None or not (another or unchanged):
        return None
    facts = record.get("facts", {})
    return {
        "version": 1,
        "edition": old.edition,
        "unchanged": unchanged,
        "verdict": [old.verdict, str(record.get("verdict", ""))],
        "relative_percent": [old.headline.get("relative_percent"), facts.get("relative_percent")],
        "causes": causes(old.parts, parts, prints) if old.parts else None,
    }
