"""The key of a run: a digest of all that its pages depend on. Same key, nothing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import digest
from analysis.batch.plan import Run
from analysis.data.fingerprint import Prints, data_read
from analysis.params import Params
from analysis.project import build_folder
from analysis.reports.kind import Kind
from analysis.reports.others import others_of


@dataclass(frozen=True)
class Parts:
    """What the key of a run is made of, so that a change can be told from its cause.

    Parameters
    ----------
    notebook: digest of its file.
    params: values as run, defaults included, without the language.
    data: by table, what :func:`analysis.data.fingerprint.data_read` found; of reports that the run
        works on with, their parameters and tables under their names.
    code: by file of the package, its digest.
    environment: by package, its version.
    """

    language: str
    notebook: str
    params: Mapping[str, Any]
    data: Mapping[str, Mapping[str, Any]]
    code: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def tables(self) -> dict[str, str]:
        """By table, the digest of what the run reads of it."""
        return {name: part["digest"] for name, part in self.data.items()}

    @property
    def key(self) -> str:
        """The digest of all parts."""
        content = [self.language, self.notebook, dict(self.params), self.tables]
        return digest.of_value([*content, dict(self.code), dict(self.environment)])


class Keys:
    """Makes the keys of many runs; the data of a dataset are read once for all."""

    def __init__(self) -> None:
        self.prints = Prints(cache_folder() / "prints")
        self._data: dict[str, dict[str, dict[str, Any]]] = {}

    def parts(self, run: Run) -> Parts | None:
        """The parts of a run's key; ``None`` where its data cannot be read."""
        try:
            data = self._data_of(run)
        except Exception:
            # Whatever it is, the check of the run meets it too, and says it of this run alone.
            return None
        return Parts(
            run.language,
            self.prints.whole(run.notebook),
            run.params.model_dump(mode="json", exclude={"language"}),
            data,
            digest.source(*digest.ABOVE),
            digest.packages(),
        )

    def _data_of(self, run: Run) -> dict[str, dict[str, Any]]:
        found = dict(self._read(run.kind, run.params))
        for name, kind, params in others_of(run.params):
            given = params.model_dump(mode="json", exclude={"language"})
            found[f"{name}: params"] = {"digest": digest.of_value(given)}
            found |= {f"{name}: {one}": part for one, part in self._read(kind, params).items()}
        return found

    def _read(self, kind: Kind, params: Params) -> dict[str, dict[str, Any]]:
        folder, region = params.dataset, getattr(params, "region", "")
        if not folder:
            return {}
        tables = kind.question.tables(params)
        asked = digest.of_value([folder, sorted(tables or ()), region])
        if asked not in self._data:
            self._data[asked] = data_read(folder, tables, region, self.prints)
        return self._data[asked]


def cache_folder() -> Path:
    """Where what can be worked out again is kept."""
    return build_folder() / "cache"


def results_folder() -> Path:
    """Where results of this source and environment are kept."""
    here = [digest.source(*digest.ABOVE), digest.packages()]
    return (cache_folder() / "results" / digest.of_value(here)[:16]).absolute()
