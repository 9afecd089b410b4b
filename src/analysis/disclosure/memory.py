"""What counts were when they were first published, so that late records do not draw them anew.

Every late record would be another draw of a count, and many draws of one count give it away. A
period therefore stays as it was first published, and is corrected once, when its year is over. What
was published is kept in ``.protected`` in the project's folder, as secret as the data. A run notes
there what it made; it counts as published when pages have been, by whichever command. A table that
is taken away counts as published at once. What is drawn of amounts is kept like counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from analysis import digest
from analysis.data.dataset import Dataset
from analysis.data.periods import FREQUENCY, label_of, periods_of
from analysis.data.reading.personal import kept_salt
from analysis.disclosure.noise import fingerprint
from analysis.disclosure.salt import salt_of
from analysis.errors import ParamsError, Problem
from analysis.project import locate, project_around

FOLDER = ".protected"
NOTED = ".run"
"""Ending of a file of what runs made and nobody published yet."""
PLACE = ["region", "origin", "share", "period"]
"""What tells a unit of one outcome and length of period."""
STATE = ["count", "key"]
KEY = "key"
"""Ends the name of a column of a state that holds keys; the others hold whole numbers."""


def as_published(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Units as they were first published, or corrected once where their year is over.

    Parameters
    ----------
    now: units with ``PLACE`` and their state, such as ``STATE``. before: those published, with
        ``corrected`` (0 or 1).

    Returns
    -------
    Units with ``corrected``; those of periods that were not yet published are as they are.
    """
    if before.empty:
        return now.assign(corrected=0)
    state = [name for name in now if name not in PLACE]
    both = _exact(now).merge(_exact(before), on=PLACE, how="outer", suffixes=("", "_then"))
    seen = both["period"].isin(set(before["period"]))
    numbers = [*state, *(f"{name}_then" for name in state), "corrected"]
    both[numbers] = both[numbers].fillna(0)
    # A unit that was empty then has no row of then: its period tells that it was published.
    differs = [(both[name] != both[f"{name}_then"]).astype(bool) for name in state]
    changed = seen & pd.concat(differs, axis=1).any(axis=1)
    latest = max(period.year for period in both["period"])
    over = pd.Series([period.year < latest for period in both["period"]], both.index)
    corrected = changed & over & (both["corrected"] == 0)
    stays = changed & ~corrected
    for name in state:
        both[name] = both[name].where(~stays, both[f"{name}_then"])
    both["corrected"] += corrected
    kept = both[(both["count"] > 0) | (both["corrected"] > 0)]
    plain = {name: "uint64" if name.endswith(KEY) else "int64" for name in (*state, "corrected")}
    return kept[[*PLACE, *plain]].astype(plain).reset_index(drop=True)


def _exact(units: pd.DataFrame) -> pd.DataFrame:
    """Numbers that may be missing and stay whole: keys of 64 bits are no floating numbers."""
    numbers = [name for name in units if name not in (*PLACE, "outcome", "length")]
    return units.astype({name: "UInt64" if name.endswith(KEY) else "Int64" for name in numbers})


def published_units(
    dataset: Dataset, outcome: str, length: str, state: Sequence[str] = STATE
) -> pd.DataFrame:
    """The units of an outcome as published, by length of period; none where nothing was.

    Parameters
    ----------
    state: the columns that tell what was drawn.

    Raises
    ------
    ParamsError: the record cannot be read.
    """
    file = _file(dataset)
    columns = [*PLACE, *state, "corrected"]
    if file is None or not file.is_file():
        return pd.DataFrame(columns=columns)
    try:
        rows = pd.read_parquet(file)
    except (OSError, ValueError):
        what = "cannot be read; it tells what was published, and protects it"
        remedy = f"Take it from a backup; without pages on any site, remove {FOLDER}/{file.name}"
        raise ParamsError([Problem(f"{FOLDER}/{file.name}", what, remedy)]) from None
    own = rows[(rows["outcome"] == outcome) & (rows["length"] == length)]
    periods = pd.PeriodIndex(periods_of(own["period"]), freq=FREQUENCY[length])
    # A file from before amounts were taken away has no columns of theirs.
    return own.assign(period=periods).reindex(columns=columns).reset_index(drop=True)


@dataclass(frozen=True)
class Made:
    """What the stores of a run were made of, by the file that keeps it once it is published."""

    frames: dict[Path, pd.DataFrame] = field(default_factory=dict)

    def add(self, dataset: Dataset) -> None:
        """All that was made of a dataset so far."""
        file, made = _file(dataset), list(_made(dataset))
        if file is not None and made:
            new = pd.concat(made, ignore_index=True)
            self.frames[file] = _renewed(self.frames.get(file), new)

    def note(self) -> None:
        """Keep it beside what is published, until the pages of the run are, too."""
        for file, frame in self.frames.items():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            _merge(file.with_suffix(NOTED), frame)

    def publish(self) -> None:
        """Keep it as published: it was taken away."""
        for file, frame in self.frames.items():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            _merge(file, frame)


def remember(project: Path) -> None:
    """Keep as published what runs made of counts, now that their pages are."""
    for noted in sorted((project / FOLDER).glob(f"*{NOTED}")):
        _merge(noted.with_suffix(".parquet"), pd.read_parquet(noted))
        noted.unlink()


def edition(dataset: Dataset, outcome: str) -> str:
    """A mark of the counts of an outcome that a report shows; blank where none are kept."""
    if _file(dataset) is None:
        return ""
    rows = [rows for rows in _made(dataset) if rows["outcome"].eq(outcome).any()]
    return _mark(pd.concat(rows), salt_of(dataset)) if rows else ""


def editions_kept(dataset: str, outcome: str) -> set[str]:
    """The marks of what was published of an outcome, and of what runs made and noted since."""
    folder = locate(dataset)
    file, salt = _place(folder.resolve()), kept_salt(folder)
    files = [] if file is None else [file, file.with_suffix(NOTED)]
    rows = [pd.read_parquet(one) for one in files if one.is_file()]
    own = [one[one["outcome"] == outcome] for one in rows]
    return {_mark(one, salt) for one in own} if salt else set()


def _mark(rows: pd.DataFrame, salt: bytes) -> str:
    """By keys of units, which hold region, period and count; the salt keeps guesses out."""
    sums = {
        length: int(own["key"].to_numpy(np.uint64).sum())
        for length, own in rows[rows["count"] > 0].groupby("length", sort=True)
    }
    return fingerprint(salt, f"edition {sums}")


def _merge(file: Path, new: pd.DataFrame) -> None:
    """Write rows into a file, whole or not at all, in place of those of the same outcomes."""
    with FileLock(file.with_name(f"{file.name}.lock")):
        rows = _renewed(pd.read_parquet(file) if file.is_file() else None, new)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        rows.to_parquet(draft, index=False)
        draft.chmod(0o600)
        draft.replace(file)


def _renewed(old: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """The new rows, and the old ones of other outcomes and lengths of period."""
    new = _exact(new)
    if old is None:
        return new
    old = _exact(old)
    fresh = new[["outcome", "length"]].drop_duplicates()
    marked = old.merge(fresh, on=["outcome", "length"], how="left", indicator=True)
    kept = old[(marked["_merge"] == "left_only").to_numpy()]
    return pd.concat([kept, new], ignore_index=True)


def _made(dataset: Dataset) -> Iterator[pd.DataFrame]:
    """The units behind every store that was made of the dataset, and behind its amounts."""
    for key, made in dataset.worked_out.items():
        levels: dict[str, pd.DataFrame] = {}
        if not isinstance(key, tuple):
            continue
        if key[0] == "store" and made.noise is not None:
            for length, level in made.levels.items():
                # A year of which months are still to come was not shown, and may grow.
                whole = level.shown.columns[level.shown.notna().any()]
                levels[length] = level.units[level.units["period"].isin(set(whole))]
        elif key[0] == "amounts":
            levels = made
        for length, rows in levels.items():
            labels = rows["period"].map(label_of)
            yield _exact(rows.assign(outcome=key[1], length=length, period=labels))


def _file(dataset: Dataset) -> Path | None:
    """Where it is kept; nowhere for invented data, or outside a project."""
    return None if dataset.description.status == "simulated" else _place(dataset.folder.resolve())


def _place(folder: Path) -> Path | None:
    project = project_around(Path.cwd()) or project_around(folder)
    if project is None:
        return None
    # By its place in the project, so that a project that was moved finds what it published.
    inside = folder.is_relative_to(project)
    place = folder.relative_to(project).as_posix() if inside else str(folder)
    return project / FOLDER / f"{folder.name}-{digest.of_value(place)[:8]}.parquet"
