"""What counts were when they were first published, so that late records do not draw them anew.

Every late record would be another draw of a count, and many draws of one count give it away. A
period therefore stays as it was first published, and is corrected once, when its year is over. What
was published is kept in ``.protected`` in the project's folder, as secret as the data. A run notes
there what it made; it counts as published when pages have been, by whichever command. A table that
is taken away counts as published at once. What is drawn of amounts is kept like counts. Where it is
lost, or the salt or the settings of the noise are others than then, nothing is drawn any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.periods import FREQUENCY, label_of, periods_of
from analysis.data.reading.personal import VARIABLE, kept_salt
from analysis.disclosure.kept import (
    DRAW,
    FOLDER,
    KEY,
    NOTED,
    PLACE,
    STATE,
    exact,
    file_of,
    mark_of,
    marks_in,
    merge,
    place_of,
    publish_noted,
    publish_rows,
    published_rows,
    renewed,
    rows_of,
)
from analysis.disclosure.salt import salt_of
from analysis.errors import ParamsError, Problem
from analysis.project import locate


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
    both = exact(now).merge(exact(before), on=PLACE, how="outer", suffixes=("", "_then"))
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


def published_units(
    dataset: Dataset, outcome: str, length: str, state: Sequence[str] = STATE
) -> pd.DataFrame:
    """The units of an outcome as published, by length of period; none where nothing was.

    Parameters
    ----------
    state: the columns that tell what was drawn.

    Raises
    ------
    ParamsError: the record cannot be read, or it is lost.
    """
    rows = rows_of(dataset, outcome)
    columns = [*PLACE, *state, "corrected"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    own = rows[rows["length"] == length]
    periods = pd.PeriodIndex(periods_of(own["period"]), freq=FREQUENCY[length])
    # A file from before amounts were taken away has no columns of theirs.
    return own.assign(period=periods).reindex(columns=columns).reset_index(drop=True)


def refuse_other_draw(dataset: Dataset, drawn_from: str) -> None:
    """Refuse to draw counts otherwise than those of the dataset that were published.

    Parameters
    ----------
    drawn_from: the mark of the salt and of the settings of the noise; blank without noise.

    Raises
    ------
    ParamsError: the mark of what was published is another.
    """
    rows = published_rows(dataset) if drawn_from else pd.DataFrame()
    if rows.get(DRAW, pd.Series(dtype=str)).dropna().isin({drawn_from}).all():
        return
    what = (
        "has published counts that were drawn from another salt, or with other settings of the "
        "noise: beside one another two draws of one count give it away"
    )
    remedy = (
        f"Name the salt of then in {VARIABLE} and set protection in dataset.yml as then; to begin "
        f"anew, withdraw what was published, and remove the site and {FOLDER}"
    )
    raise ParamsError([Problem(f"dataset {dataset.folder.name}", what, remedy)])


@dataclass(frozen=True)
class Made:
    """What the stores of a run were made of, by the file that keeps it once it is published."""

    frames: dict[Path, pd.DataFrame] = field(default_factory=dict)

    def add(self, dataset: Dataset) -> None:
        """All that was made of a dataset so far."""
        file, made = file_of(dataset), list(_made(dataset))
        if file is not None and made:
            new = pd.concat(made, ignore_index=True).assign(**{DRAW: _draw(dataset)})
            self.frames[file] = renewed(self.frames.get(file), new)

    def note(self) -> None:
        """Keep it beside what is published, until the pages of the run are, too."""
        for file, frame in self.frames.items():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            merge(file.with_suffix(NOTED), frame)

    def publish(self) -> None:
        """Keep it as published: it was taken away."""
        for file, frame in self.frames.items():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            publish_rows(file, frame)


def remember(project: Path) -> None:
    """Keep as published what runs made of counts, now that their pages are."""
    for noted in sorted((project / FOLDER).glob(f"*{NOTED}")):
        publish_noted(noted)


def edition(dataset: Dataset, outcome: str) -> str:
    """A mark of the counts of an outcome that a report shows; blank where none are kept."""
    if file_of(dataset) is None:
        return ""
    rows = [rows for rows in _made(dataset) if rows["outcome"].eq(outcome).any()]
    return mark_of(pd.concat(rows), salt_of(dataset)) if rows else ""


def editions_kept(dataset: str, outcome: str) -> set[str]:
    """The marks of what was published of an outcome, and of what runs made and noted since."""
    folder = locate(dataset)
    file, salt = place_of(folder.resolve()), kept_salt(folder)
    files = [] if file is None else [file, file.with_suffix(NOTED)]
    return {mark for one in files for mark in marks_in(one, outcome, salt)}


def editions_published(dataset: str, outcome: str) -> set[str]:
    """The mark of what was published of an outcome; none where nothing was, or it is lost."""
    folder = locate(dataset)
    file, salt = place_of(folder.resolve()), kept_salt(folder)
    return marks_in(file, outcome, salt) if file is not None else set()


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
            yield exact(rows.assign(outcome=key[1], length=length, period=labels))


def _draw(dataset: Dataset) -> str:
    """What every store of the dataset was drawn from; amounts are drawn from the same."""
    made = dataset.worked_out.items()
    stores = (store for key, store in made if isinstance(key, tuple) and key[0] == "store")
    return next((str(store.drawn_from) for store in stores if store.noise is not None), "")
