"""A dataset: a folder of contract tables with a ``dataset.yml`` beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis import digest
from analysis.data.contract import check_links, parse_table
from analysis.data.kept_cells import RecordPanel, keep_folder, record_panel
from analysis.data.present import on_present_regions
from analysis.data.source import RecordSource
from analysis.data.tables import TABLES
from analysis.errors import ContractError, ParamsError, Problem, nearest
from analysis.params import problems_of

READERS = {".csv", ".parquet"}


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """A name in both languages.

    ``en_plural`` where English needs one, ``zh_measure`` where a Chinese number needs a measure
    word before it (户 of 1,000 户登记企业).
    """

    en: str
    zh: str
    en_plural: str = ""
    zh_measure: str = ""

    def of(self, language: str) -> str:
        """The name in that language."""
        return self.zh if language == "zh" else self.en

    def counted(self, language: str) -> str:
        """The name as it stands after a number."""
        return self.zh_measure + self.zh if language == "zh" else self.plural(language)

    def plural(self, language: str) -> str:
        """The plural name in that language."""
        return self.zh if language == "zh" else (self.en_plural or f"{self.en}s")


class PublishedResult(Strict):
    """A published estimate that the suite must reproduce from this dataset."""

    specification: str
    intervention: str
    outcome: str
    estimate: float
    standard_error: float
    decimals: int = 3
    source: str


class About(Strict):
    """``dataset.yml``: what the data are, where they come from, and what may be done with them."""

    title: Words
    status: Literal["real", "simulated"]
    licence: Words | str
    origin: Words | str
    accessed: dt.date | None = None
    note: Words | None = None
    place: Words | None = None
    region_word: Words = Words(en="region", zh="地区")
    words: dict[str, Words] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    records: RecordSource | None = None
    published_results: tuple[PublishedResult, ...] = ()

    def text(self, name: Literal["licence", "origin"], language: str) -> str:
        """Licence or origin in the language, or as it was given where in one only."""
        value: Words | str = getattr(self, name)
        return (value if isinstance(value, str) else value.of(language)).strip()

    def word(self, key: str) -> Words:
        """The name of an outcome, exposure or intervention; its key where none is given."""
        return self.words.get(key, Words(en=key.replace("_", " "), zh=key))


@dataclass(frozen=True)
class Dataset:
    """The tables of a folder, typed and checked.

    Complaint records that lie in many files or a database are not a table but ``panel``.
    """

    folder: Path
    about: About
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]
    panel: RecordPanel | None = None

    def has(self, table: str) -> bool:
        """Whether the dataset holds that table."""
        return table in self.tables or (table == "complaints" and self.panel is not None)


def locate(path: str | Path) -> Path:
    """The path as given, or below the nearest folder above that holds it.

    A notebook opened in JupyterLab runs in ``notebooks/`` and papermill in the project's
    root; both name a dataset the same way.
    """
    given = Path(path).expanduser()
    if given.is_absolute() or given.exists():
        return given
    for parent in Path.cwd().parents:
        if (parent / given).exists():
            return parent / given
    return given


def read_about(folder: Path) -> About:
    """``dataset.yml`` of a folder.

    Raises
    ------
    ParamsError: the folder or file does not exist.
    ContractError: the file is not valid.
    """
    file = folder / "dataset.yml"
    if not file.is_file():
        raise ParamsError([_missing(folder, file)])
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "dataset.yml" if line is None else f"dataset.yml, row {line + 1}"
        raise ContractError([Problem(where, "is not readable YAML in UTF-8")]) from None
    try:
        return About.model_validate(content)
    except ValidationError as error:
        raise ContractError(problems_of(error, About, "dataset.yml")) from None


def _missing(folder: Path, file: Path) -> Problem:
    if folder.is_dir():
        remedy = "A dataset is a folder of tables with a dataset.yml beside them"
        return Problem(f"dataset {folder.name}", f"has no {file.name}", remedy)
    siblings = folder.parent.iterdir() if folder.parent.is_dir() else ()
    names = [other.name for other in siblings if (other / "dataset.yml").is_file()]
    remedy = nearest(folder.name, names)
    if folder.name == "simulated" or folder.parent.name == "simulated":
        remedy = "Write it with: analysis simulate"
    return Problem(f"dataset {folder.name}", "does not exist", remedy)


def table_files(folder: Path, about: About) -> dict[str, Path]:
    """Which file holds which table: named in ``files``, or ``<table>.csv`` / ``.parquet``."""
    found = {
        name: folder / f"{name}{suffix}"
        for name in TABLES
        for suffix in sorted(READERS)
        if (folder / f"{name}{suffix}").is_file()
    }
    found |= {name: folder / file for name, file in about.files.items()}
    return found


def read_dataset(path: str | Path, tables: Iterable[str] | None = None) -> Dataset:
    """Read and check a dataset; ``tables`` limits it to those needed (``regions`` always).

    Raises
    ------
    ParamsError: the folder does not exist.
    ContractError: with every violation in every table.
    """
    folder = locate(path)
    about = read_about(folder)
    files = table_files(folder, about)
    records = about.records.paths(folder) if about.records and about.records.files else []
    stamp = tuple(
        (str(file), file.stat().st_mtime_ns, file.stat().st_size)
        for file in (folder / "dataset.yml", *files.values(), *records)
        if file.is_file()
    )
    wanted = None if tables is None else tuple(sorted({*tables, "regions", "crosswalk"}))
    return _read(folder, wanted, stamp)


@lru_cache(maxsize=8)
def _read(folder: Path, wanted: tuple[str, ...] | None, stamp: tuple) -> Dataset:  # noqa: ARG001
    """Reading is repeated only when a file changed, which ``stamp`` tells."""
    about = read_about(folder)
    files = table_files(folder, about)
    problems = _check_files(files)
    if about.records and "complaints" in files:
        remedy = "Keep the file or the key records in dataset.yml"
        problems.append(Problem(files["complaints"].name, "stands beside other records", remedy))
    frames: dict[str, pd.DataFrame] = {}
    names = {name: file.name for name, file in files.items()}
    for name in sorted(files.keys() & TABLES.keys()):
        if (wanted is not None and name not in wanted) or not files[name].is_file():
            continue
        try:
            raw = _read_file(files[name])
        except Exception as error:  # a damaged file is the user's to mend, whatever the reader says
            problems.append(
                Problem(
                    names[name],
                    f"cannot be read ({type(error).__name__})",
                    "Save it as CSV in UTF-8 or as Parquet",
                )
            )
            continue
        frames[name], found = parse_table(TABLES[name], raw, names[name])
        problems += found
    problems += check_links(TABLES, frames, names)
    if problems:
        raise ContractError(problems)
    used = (folder / "dataset.yml", *(files[name] for name in frames))
    hashes = {file.name: digest.of_file(file) for file in used}
    frames, moves = on_present_regions(frames, names)
    panel = None
    if about.records and (wanted is None or "complaints" in wanted):
        codes = frames["regions"]["region_code"].tolist()
        keep = keep_folder()
        panel = record_panel(folder, about.records, codes, crosswalk=moves, keep=keep)
        hashes |= panel.hashes
    return Dataset(folder, about, frames, hashes, panel)


def _check_files(files: Mapping[str, Path]) -> list[Problem]:
    problems = [
        Problem(
            f"dataset.yml, files.{name}",
            "is not a table of the contract",
            nearest(name, list(TABLES)),
        )
        for name in files
        if name not in TABLES
    ]
    problems += [
        Problem(file.name, "does not exist", "It is named under files in dataset.yml")
        for file in files.values()
        if not file.is_file()
    ]
    if "regions" not in files:
        problems.append(Problem("regions.csv", "does not exist", "Every dataset lists its regions"))
    return problems


def _read_file(file: Path) -> pd.DataFrame:
    if file.suffix == ".parquet":
        return pd.read_parquet(file)
    return pd.read_csv(
        file, dtype="string", keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
    )
