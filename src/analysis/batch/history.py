"""What every run gave, and what changed since the last good one, and why: an SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis import digest
from analysis.batch.keys import Parts
from analysis.batch.status import Status
from analysis.data.fingerprint import Prints, changed_rows

FILE = Path("build/history.sqlite")
SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (digest TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY, edition TEXT NOT NULL, report TEXT NOT NULL, language TEXT NOT NULL,
  status TEXT NOT NULL, seconds REAL NOT NULL, key TEXT NOT NULL, verdict TEXT NOT NULL,
  headline TEXT NOT NULL, error TEXT, parts TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_report ON runs (report, language, id);
"""
COLUMNS = "id, edition, report, language, status, seconds, key, verdict, headline, error, parts"
SHARED = ("code", "environment")
"""Parts that most runs have in common, written once."""


@dataclass(frozen=True)
class Entry:
    """One run as remembered; ``headline`` holds its facts, language-neutral numbers."""

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


class History:
    """The runs of a project."""

    def __init__(self, file: Path = FILE) -> None:
        self.file = file

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.file, timeout=30)) as connection:
            # A reader never waits, and a run that is killed leaves the file whole.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)
            with connection:
                yield connection

    def record(self, status: Status, parts: Parts | None, record: Mapping[str, Any] | None) -> None:
        """Remember a run."""
        facts = dict((record or {}).get("facts", {}))
        verdict = str((record or {}).get("verdict", ""))
        with self._open() as connection:
            stored = _store(connection, parts)
            values = (
                *(status.edition, status.report, status.language, status.status, status.seconds),
                *(status.key, verdict, json.dumps(facts, sort_keys=True), status.error, stored),
            )
            connection.execute(
                "INSERT INTO runs (edition, report, language, status, seconds, key, verdict, "
                "headline, error, parts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def last_good(
        self, report: str, language: str, before: int | None = None, unlike: str | None = None
    ) -> Entry | None:
        """The last run that came to its end, before the one given, with another key if named."""
        limit = 2**62 if before is None else before
        found = self._entries(
            "WHERE report = ? AND language = ? AND status = 'done' AND id < ? AND key IS NOT ? "
            "ORDER BY id DESC LIMIT 1",
            (report, language, limit, unlike),
        )
        return found[0] if found else None

    def latest(self, report: str = "", most: int = 50) -> list[Entry]:
        """The latest runs, newest first; of one report where it is named."""
        where = "WHERE report = ? " if report else ""
        given = (report, most) if report else (most,)
        return self._entries(f"{where}ORDER BY id DESC LIMIT ?", given)

    def get(self, number: int) -> Entry | None:
        """A run by its number."""
        found = self._entries("WHERE id = ?", (number,))
        return found[0] if found else None

    def _entries(self, clause: str, given: tuple[Any, ...]) -> list[Entry]:
        if not self.file.exists():
            return []
        with self._open() as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM runs {clause}", given)  # noqa: S608
            return [
                Entry(*row[:8], json.loads(row[8]), row[9], _load(connection, row[10]))  # type: ignore[call-arg]
                for row in rows.fetchall()
            ]


def _store(connection: sqlite3.Connection, parts: Parts | None) -> str:
    content = {} if parts is None else asdict(parts)
    for name in SHARED if content else ():
        key = digest.of_value(content[name])
        row = (key, json.dumps(content[name], sort_keys=True))
        connection.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", row)
        content[name] = key
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def _load(connection: sqlite3.Connection, text: str) -> Parts | None:
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
    tables = sorted(
        name
        for name in old.data.keys() | new.data.keys()
        if old.data.get(name, {}).get("digest") != new.data.get(name, {}).get("digest")
    )
    return {
        "data": [
            _table(name, old.data.get(name, {}), new.data.get(name, {}), prints) for name in tables
        ],
        "params": _parameters(old.params, new.params),
        "notebook": old.notebook != new.notebook,
        "package": _differing(old.code, new.code),
        "environment": _differing(old.environment, new.environment),
    }


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Parameters that differ; one that the code did not know before counts where it says anything.

    Every run holds all parameters, defaults included, so that such a one came with the code.
    """
    blank: tuple[Any, ...] = ("", [], {}, None)
    known = old.keys() & new.keys()
    says = {name for name, value in {**old, **new}.items() if value not in blank}
    return [name for name in _differing(old, new) if name in known | says]


def _table(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], prints: Prints
) -> dict[str, Any]:
    """A table with the rows that left and came, where they are known."""
    counted = None
    if old.get("sha256") and new.get("sha256"):
        counted = changed_rows(prints, old["sha256"], new["sha256"])
    left, came = counted or (None, None)
    return {
        "table": name,
        "left": left,
        "came": came,
        "before": old.get("rows"),
        "now": new.get("rows"),
    }


def in_words(found: Mapping[str, Any]) -> str:
    """Causes in one line for a terminal."""
    said = []
    for item in found["data"]:
        rows = "" if item["left"] is None else f" ({item['left']} rows left, {item['came']} came)"
        said.append(f"data {item['table']}{rows}")
    if found["params"]:
        said.append(f"params {', '.join(found['params'])}")
    if found["notebook"]:
        said.append("code of the notebook")
    if found["package"]:
        shown = ", ".join(found["package"][:3])
        more = len(found["package"]) - 3
        said.append(f"code of the package ({shown}{f' and {more} more' if more > 0 else ''})")
    if found["environment"]:
        said.append(f"environment ({', '.join(found['environment'][:5])})")
    return "; ".join(said) or "nothing"


def changes_since(
    same: Entry | None,
    other: Entry | None,
    edition: str,
    new: Parts,
    record: Mapping[str, Any],
    prints: Prints,
) -> dict[str, Any] | None:
    """What a page says of the time since its last edition: numbers and keys only.

    Parameters
    ----------
    same: the last good run of the same key, if the last good one was.
    other: the last good run of another key.

    Returns
    -------
    A report run again without a change is held against the last edition that was another one;
    an unchanged edition of an earlier day is named beside it. ``None`` for a first edition.
    """
    unchanged = same.edition if same and same.edition != edition else None
    old = other or same
    if old is None or (other is None and unchanged is None):
        return None
    facts = dict(record.get("facts", {}))
    return {
        "version": 1,
        "edition": old.edition,
        "unchanged": unchanged,
        "verdict": [old.verdict, str(record.get("verdict", ""))],
        "relative_percent": [old.headline.get("relative_percent"), facts.get("relative_percent")],
        "causes": causes(old.parts, new, prints) if old.parts else None,
    }
