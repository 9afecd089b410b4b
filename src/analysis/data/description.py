"""``dataset.yml``: what the data are, where they come from, and which files hold which table."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from analysis.data.reading.mapping import Strict, TableMapping, inside
from analysis.data.records.location import RecordSource
from analysis.data.regions.divisions import FIRST_YEAR, LAST_YEAR
from analysis.data.settings import Printed, Protection, PublishedResult, Words
from analysis.data.tables import CONTRACT, READY
from analysis.errors import UNSEEN, ContractError, ParamsError, Problem, nearest, visible
from analysis.params import problems_of
from analysis.project import locate, looked_in
from analysis.result import Internal
from analysis.strict_yaml import read_yaml

OWN_CODES = "own"
SCHEME = re.compile(r"gbt2260(?:-(\d{4}))?")
DEFAULTS = (".csv", ".parquet", ".xlsx", ".xls")
"""Endings of ``<table>…`` beside ``dataset.yml`` that need not be named."""
OUTSIDE = (
    "names a path outside the dataset's folder",
    "Files of a dataset lie in its folder; copy or move them there",
)
Sources = dict[str, dict[str, Path]]
"""By table, its files by the names shown; none for a query."""


def _file_alone(given: Any) -> Any:
    """``ratings: judges.csv`` is short for a file that stands as the frame is declared."""
    if isinstance(given, (str, list)):
        return {"files": given, "duplicates": {"exact": "refuse"}}
    return given


def _known_scheme(scheme: str) -> str:
    named = SCHEME.fullmatch(scheme)
    year = int(named[1] or LAST_YEAR) if named else 0
    if scheme != OWN_CODES and not FIRST_YEAR <= year <= LAST_YEAR:
        lists = f"the list of a year from {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(f"is no scheme of codes: write own, gbt2260, or gbt2260-2020 for {lists}")
    return scheme


class Description(Strict):
    """``dataset.yml``: what the data are, where they come from, and what may be done with them."""

    title: Words
    status: Literal["real", "simulated"]
    licence: Words | str
    origin: Words | str
    accessed: dt.date | None = None
    note: Words | None = None
    place: Words | None = None
    region_word: Words = Words(en="region", zh="地区")
    region_scheme: Annotated[str, AfterValidator(_known_scheme)] = OWN_CODES
    words: dict[str, Words] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    records: RecordSource | None = None
    mapping: dict[str, TableMapping] = Field(default_factory=dict)
    frames: dict[str, Annotated[TableMapping, BeforeValidator(_file_alone)]] = Field(
        default_factory=dict
    )
    published_results: tuple[PublishedResult, ...] = ()
    disclosure: Literal["protected", "public"] = "protected"
    printed: Printed | None = None
    protection: Protection | Literal["none"] = Protection()
    audience: Literal["public", "internal"] = "public"
    _unseen: int = PrivateAttr(0)

    @model_validator(mode="after")
    def _closed_by_default(self) -> Self:
        """What is not protected is printed already, or stays inside."""
        if (self.disclosure == "public") != (self.printed is not None):
            raise ValueError(
                "disclosure: public and printed belong together: write where the single figures "
                "are printed already (printed: address and date)"
            )
        open_counts = self.protection == "none" or self.protection.threshold == 1
        if open_counts and self.audience != "internal":
            raise ValueError(
                "protection: none, or a threshold of 1, is only for readers inside: write "
                "audience: internal, which marks every page"
            )
        return self

    @property
    def read_as(self) -> dict[str, TableMapping]:
        """How tables and ready frames are read that do not stand as the contract says."""
        return self.mapping | self.frames

    @property
    def protected(self) -> bool:
        """Whether counts of single regions are protected before they leave."""
        return self.disclosure == "protected" and self.protection != "none"

    @property
    def internal(self) -> Internal:
        """Whether its pages are for readers inside only, ``open`` with counts as recorded."""
        if self.audience == "public":
            return ""
        return "open" if self.protection == "none" else "internal"

    @property
    def unseen(self) -> int:
        """How many characters that no reader sees were removed from its words."""
        return self._unseen

    @property
    def scheme_year(self) -> int | None:
        """The year of the list that the scheme names, ``None`` for codes of the dataset's own."""
        _, _, year = self.region_scheme.partition("-")
        return None if self.region_scheme == OWN_CODES else int(year or LAST_YEAR)

    def text(self, name: Literal["licence", "origin"], language: str) -> str:
        """Licence or origin in the language, or as it was given where in one only."""
        value: Words | str = getattr(self, name)
        return (value if isinstance(value, str) else value.of(language)).strip()

    def word(self, key: str) -> Words:
        """The name of an outcome, exposure or intervention; its key where none is given."""
        return self.words.get(key, Words(en=key.replace("_", " "), zh=key))


def read_description(folder: Path) -> Description:
    """``dataset.yml`` of a folder.

    Raises
    ------
    ParamsError: the folder or file does not exist.
    ContractError: the file is not valid.
    """
    file = folder / "dataset.yml"
    if not file.is_file():
        raise ParamsError([_missing(folder, file)])
    return _read_description(file, file.stat().st_mtime_ns, file.stat().st_size)


@lru_cache(maxsize=64)
def _read_description(file: Path, modified: int, size: int) -> Description:  # noqa: ARG001
    """Parsing is repeated only when the file changed."""
    removed: list[str] = []
    content = _visible(read_yaml(file), removed)
    try:
        description = Description.model_validate(content)
    except ValidationError as error:
        raise ContractError(_sharper(problems_of(error, Description, "dataset.yml"))) from None
    if description.read_as:
        from analysis.data.reading.mapping_checks import mapping_problems

        wrong = mapping_problems(description.mapping, CONTRACT)
        ContractError.raise_for([*wrong, *mapping_problems(description.frames, READY, "frames")])
    description._unseen = len(removed)
    return description


def _visible(content: Any, removed: list[str]) -> Any:
    """The content without characters that no reader sees, which go to ``removed``."""
    if isinstance(content, dict):
        return {_visible(k, removed): _visible(v, removed) for k, v in content.items()}
    if isinstance(content, list):
        return [_visible(item, removed) for item in content]
    if not isinstance(content, str):
        return content
    removed += UNSEEN.findall(content)
    return visible(content)


def _sharper(problems: list[Problem]) -> list[Problem]:
    """Misspelt keys of a mapping with the nearest right name; what is still to fill in, once.

    Words of a map of values stand in cells and are not repeated.
    """
    known = list(TableMapping.model_fields)
    found: dict[Problem, None] = {}
    for problem in problems:
        where, what, remedy = problem.where, problem.what, problem.remedy
        if ".values." in where and ".words." in where:
            where, what = where.partition(".words.")[0], "holds a word without one of ours"
            remedy = "Write the contract's word behind each"
        elif re.search(r", (licence|origin)\.(Words|str)$", where):
            where, what = where.rpartition(".")[0], "is neither a text nor one in each language"
            remedy = "Write a text, or en: and zh:"
        elif ".columns." in where:
            where = where.removesuffix(".str").removesuffix(".tuple[str, ...]")
            what, remedy = "is no name of a column", "Write the owner's name, or several in a list"
        elif what == "is not a parameter here" and ", mapping." in where and not remedy:
            remedy = nearest(where.rsplit(".", 1)[1], known)
        found[Problem(where, what, remedy)] = None
    return list(found)


def _missing(folder: Path, file: Path) -> Problem:
    where = f"dataset {folder.name if folder.is_absolute() else folder.as_posix()}"
    if folder.is_dir():
        remedy = "A dataset is a folder of tables with a dataset.yml beside them"
        return Problem(where, f"has no {file.name}", remedy)
    # From a notebook's folder, the project's data lie in a folder above.
    beside = locate(folder.parent)
    siblings = beside.iterdir() if beside.is_dir() else ()
    names = [other.name for other in siblings if (other / "dataset.yml").is_file()]
    remedy = nearest(folder.name, names) or looked_in()
    if folder.name == "simulated" or folder.parent.name == "simulated":
        remedy = f"Write it with: make ready, or analysis simulate --world WORLD FOLDER. {remedy}"
    return Problem(where, "does not exist", remedy)


def table_files(folder: Path, description: Description) -> dict[str, Path]:
    """Which file holds which table that has no mapping: named in ``files``, or ``<table>.csv``…"""
    files = {name: next(iter(_defaults(folder, name)), "") for name in CONTRACT}
    files |= description.files
    return {n: folder / f for n, f in files.items() if f and n not in description.read_as}


def _defaults(folder: Path, name: str) -> list[str]:
    """The files in which a table may stand that names none."""
    return [f"{name}{end}" for end in DEFAULTS if (folder / f"{name}{end}").is_file()]


def table_sources(folder: Path, description: Description) -> tuple[Sources, list[Problem]]:
    """The files of every table, mapped or not, and what is wrong with their names."""
    what, known = "is not a table of the contract", list(CONTRACT)
    strange = [name for name in description.files if name not in CONTRACT]
    problems = [Problem(f"dataset.yml, files.{n}", what, nearest(n, known)) for n in strange]
    found: Sources = {}
    for name, file in table_files(folder, description).items():
        if name in description.files and not inside(folder, description.files[name]):
            problems.append(Problem(f"dataset.yml, files.{name}", *OUTSIDE))
        elif name in CONTRACT:
            found[name] = {file.relative_to(folder).as_posix(): file}
            problems += _several(folder, name) if name not in description.files else []
    for name, mapping in description.read_as.items():
        where = f"dataset.yml, {'frames' if name in description.frames else 'mapping'}.{name}"
        if name in description.files:
            problems.append(Problem(where, "is named under files, too", "Name its files there"))
        patterns = mapping.files or tuple(_defaults(folder, name)[: 0 if mapping.sql else 1])
        problems += _several(folder, name) if not (mapping.files or mapping.sql) else []
        if not patterns and not mapping.sql:
            problems.append(Problem(where, "names no files and no query", "Add files: or sql:"))
        found[name], wrong = _matching(folder, patterns, where)
        problems += wrong
    return found, problems


def _several(folder: Path, name: str) -> list[Problem]:
    """That two files may be a table that names none."""
    files = _defaults(folder, name)
    what, remedy = f"may each be table {name}", "Name one under files in dataset.yml"
    return [Problem(", ".join(files), what, remedy)] if len(files) > 1 else []


def _matching(
    folder: Path, patterns: tuple[str, ...], where: str
) -> tuple[dict[str, Path], list[Problem]]:
    """The files that names and patterns mean, in the order given, and what is wrong with them."""
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    for pattern in patterns:
        if not inside(folder, pattern):
            problems.append(Problem(where, *OUTSIDE))
            continue
        globbed = any(mark in pattern for mark in "*?[")
        # Excel keeps a file "~$…" beside each workbook that is open.
        seen = (file for file in folder.glob(pattern) if not file.name.startswith(("~$", ".")))
        found = sorted(seen) if globbed else [folder / pattern]
        out = [file for file in found if not file.resolve().is_relative_to(folder.resolve())]
        if out:
            problems.append(Problem(where, "finds a link that leads out of the dataset's folder"))
        if globbed and not found:
            names = sorted(file.name for file in folder.iterdir() if file.is_file())
            problems.append(Problem(where, "matches no file", nearest(pattern, names)))
        files |= {f.relative_to(folder).as_posix(): f for f in found if f not in out}
    return files, problems
