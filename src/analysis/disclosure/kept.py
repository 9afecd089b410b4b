"""The files in which a project keeps what it published of counts, as secret as the data.

Beside the counts of each dataset stands which of its outcomes were published (``published.json``):
where their counts are gone, nothing may be drawn as if it were for the first time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from analysis import digest
from analysis.data.dataset import Dataset
from analysis.data.reading.personal import kept_salt
from analysis.data.traces import MEMORY, published_editions
from analysis.disclosure.noise import fingerprint
from analysis.errors import ParamsError, Problem
from analysis.project import locate, place_in_project, project_around

FOLDER = MEMORY
LEDGER = "published.json"
"""The file that tells which outcomes of which dataset were published."""
NOTED = ".run"
"""Ending of a file of what runs made and nobody published yet."""
PLACE = ["region", "origin", "share", "period"]
"""What tells a unit of one outcome and length of period."""
STATE = ["count", "key"]
KEY = "key"
"""Ends the name of a column of a state that holds keys; the others hold whole numbers."""
DRAW = "drawn_from"
"""The column that tells from which salt and settings of the noise counts were drawn."""


def published_rows(dataset: Dataset) -> pd.DataFrame:
    """All that was published of a dataset; no row where nothing was.

    Raises
    ------
    ParamsError: the record cannot be read.
    """
    file = file_of(dataset)
    if file is None or not file.is_file():
        return pd.DataFrame({"outcome": []})
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError):
        what = "cannot be read; it tells what was published, and protects it"
        remedy = f"Take it from a backup; without pages on any site, remove {FOLDER}/{file.name}"
        raise ParamsError([Problem(f"{FOLDER}/{file.name}", what, remedy)]) from None


def rows_of(dataset: Dataset, outcome: str) -> pd.DataFrame:
    """What was published of an outcome, or of its amounts; no row where nothing was.

    Raises
    ------
    ParamsError: the record cannot be read, or it is lost.
    """
    rows, file = published_rows(dataset), file_of(dataset)
    own = rows[rows["outcome"] == outcome]
    if file is None or not own.empty:
        return own
    marks = set(_marks_of_site(file, outcome))
    if marks & marks_in(file.with_suffix(NOTED), outcome, kept_salt(dataset.folder)):
        # Whoever published was ended before it was remembered.
        publish_noted(file.with_suffix(NOTED))
        return rows_of(dataset, outcome)
    if marks or outcome in _outcomes_published(file):
        raise ParamsError([lost_memory(dataset.folder.name, outcome)])
    return own


def lost_memory(where: str, outcome: str) -> Problem:
    """That counts were published and nobody knows any more what they were drawn from."""
    what = (
        f"has published counts of {outcome}, but {FOLDER} no longer tells what they were drawn "
        "from: drawn anew, they give counts away beside those of before"
    )
    remedy = (
        f"Put {FOLDER} back from a backup; else withdraw what was published, and remove the site "
        f"and {FOLDER}"
    )
    return Problem(f"dataset {where}", what, remedy)


def _marks_of_site(file: Path, outcome: str) -> Iterator[str]:
    """The marks of an outcome's counts on the pages of the project's own site."""
    for dataset, editions in published_editions(file.parents[1]):
        if editions.get(outcome) and place_of(locate(dataset).resolve()) == file:
            yield editions[outcome]


def _outcomes_published(file: Path) -> list[str]:
    """Outcomes of a dataset that were published, also where the file of their counts is gone."""
    ledger = file.with_name(LEDGER)
    if not ledger.is_file():
        return []
    try:
        return list(json.loads(ledger.read_bytes()).get(file.stem, ()))
    except (OSError, ValueError, AttributeError):
        what = "cannot be read; it tells what was published"
        raise ParamsError([Problem(f"{FOLDER}/{LEDGER}", what, "Take it from a backup")]) from None


def _write_down(file: Path, outcomes: Iterable[str]) -> None:
    """That outcomes of a dataset are published; the file of their counts is written before."""
    ledger = file.with_name(LEDGER)
    with FileLock(ledger.with_name(f"{LEDGER}.lock")):
        known = json.loads(ledger.read_bytes()) if ledger.is_file() else {}
        known[file.stem] = sorted({*known.get(file.stem, ()), *outcomes})
        draft = ledger.with_name(f".{LEDGER}.{os.getpid()}")
        draft.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(ledger)


def publish_rows(file: Path, new: pd.DataFrame) -> None:
    """Keep rows as published: counts first, so that none is missed that was never kept."""
    merge(file, new)
    _write_down(file, new["outcome"].unique())


def publish_noted(noted: Path) -> None:
    """Keep as published what runs made of a dataset."""
    publish_rows(noted.with_suffix(".parquet"), pd.read_parquet(noted))
    noted.unlink()


def marks_in(file: Path, outcome: str, salt: bytes | None) -> set[str]:
    """The mark of an outcome's counts that a file holds."""
    if salt is None or not file.is_file():
        return set()
    rows = pd.read_parquet(file)
    own = rows[rows["outcome"] == outcome]
    return set() if own.empty else {mark_of(own, salt)}


def mark_of(rows: pd.DataFrame, salt: bytes) -> str:
    """By keys of units, which hold region, period and count; the salt keeps guesses out."""
    sums = {
        length: int(own["key"].to_numpy(np.uint64).sum())
        for length, own in rows[rows["count"] > 0].groupby("length", sort=True)
    }
    return fingerprint(salt, f"edition {sums}")


def merge(file: Path, new: pd.DataFrame) -> None:
    """Write rows into a file, whole or not at all, in place of those of the same outcomes."""
    with FileLock(file.with_name(f"{file.name}.lock")):
        rows = renewed(pd.read_parquet(file) if file.is_file() else None, new)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        rows.to_parquet(draft, index=False)
        draft.chmod(0o600)
        draft.replace(file)


def exact(units: pd.DataFrame) -> pd.DataFrame:
    """Numbers that may be missing and stay whole: keys of 64 bits are no floating numbers."""
    numbers = [name for name in units if name not in (*PLACE, "outcome", "length", DRAW)]
    return units.astype({name: "UInt64" if name.endswith(KEY) else "Int64" for name in numbers})


def renewed(old: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """The new rows, and the old ones of other outcomes and lengths of period."""
    new = exact(new)
    if old is None:
        return new
    old = exact(old)
    fresh = new[["outcome", "length"]].drop_duplicates()
    marked = old.merge(fresh, on=["outcome", "length"], how="left", indicator=True)
    kept = old[(marked["_merge"] == "left_only").to_numpy()]
    return pd.concat([kept, new], ignore_index=True)


def file_of(dataset: Dataset) -> Path | None:
    """Where it is kept; nowhere for invented data, or outside a project."""
    return None if dataset.description.status == "simulated" else place_of(dataset.folder.resolve())


def place_of(folder: Path) -> Path | None:
    """Where counts of the dataset in a folder are kept; nowhere outside a project."""
    project = project_around(Path.cwd()) or project_around(folder)
    if project is None:
        return None
    # By its place in the project, so that a project that was moved finds what it published.
    place = place_in_project(folder)
    return project / FOLDER / f"{folder.name}-{digest.of_value(place)[:8]}.parquet"
