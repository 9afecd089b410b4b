"""``dataset.yml``: what the data are, where they come from, and how they are read."""

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

from analysis.data.reading.distinct import UNSEEN
from analysis.data.reading.mapping import Strict, TableMapping, mapping_problems
from analysis.data.records.location import RecordSource
from analysis.data.regions.divisions import FIRST_YEAR, LAST_YEAR
from analysis.data.tables import CONTRACT, READY
from analysis.errors import ContractError, ParamsError, Problem, nearest
from analysis.params import problems_of
from analysis.result import Internal
from analysis.strict_yaml import read_yaml

OWN_CODES = "own"
SCHEME = re.compile(r"gbt2260(?:-(\d{4}))?")


class Words(Strict):
    """A name in both languages.

    ``en_plural`` where English needs one, ``zh_measure`` where a Chinese number needs a measure
    word before it (户 of 1,000 户登记企业). ``moved_by_recording`` is false for an outcome that no
    one can move by how readily it is recorded, such as deaths: only of these is said that they
    improve. ``adds_up`` says whether periods and regions add up: counts and amounts do, scores
    do not; blank for what is usual, counts do and levels do not. ``unit`` is that of a level
    (points, yuan), ``base`` what a share is out of.
    """

    en: str
    zh: str
    en_plural: str = ""
    zh_measure: str = ""
    moved_by_recording: bool = True
    adds_up: bool | None = None
    unit: Words | None = None
    base: Words | None = None

    def of(self, language: str) -> str:
        """The name in that language."""
        return self.zh if language == "zh" else self.en

    def counted(self, language: str) -> str:
        """The name as it stands after a number."""
        return self.zh_measure + self.zh if language == "zh" else self.plural(language)

    def plural(self, language: str) -> str:
        """The plural name in that language."""
        return self.zh if language == "zh" else (self.en_plural or f"{self.en}s")


class Printed(Strict):
    """Where the single figures of a dataset are printed already, and since when."""

    address: str
    date: dt.date


class Protection(Strict):
    """How counts of single regions are protected before anything is worked out from them.

    ``variance`` of the noise on each count, ``threshold`` below which counts are withheld.
    """

    variance: Literal[2, 4, 6, 9, 16] = 9
    threshold: int = Field(default=10, ge=1)


class PublishedResult(Strict):
    """A published estimate that the suite must reproduce from this dataset."""

    specification: str
    intervention: str
    outcome: str
    estimate: float
    standard_error: float | None = None
    decimals: int = 3
    source: str


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


def locate(path: str | Path) -> Path:
    """The path as given, or below the nearest folder above that holds it.

    A notebook opened in JupyterLab runs in ``notebooks/`` and papermill in the project's
    root; both name a dataset the same way.
    """
    given = Path(path).expanduser()
    if given.is_absolute() or given.exists():
        return given
    above = (parent / given for parent in Path.cwd().parents)
    return next((path for path in above if path.exists()), given)


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
    wrong = [
        *mapping_problems(description.mapping, CONTRACT),
        *mapping_problems(description.frames, READY, "frames"),
    ]
    ContractError.raise_for(wrong)
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
    return UNSEEN.sub("", content)


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
    if folder.is_dir():
        remedy = "A dataset is a folder of tables with a dataset.yml beside them"
        return Problem(f"dataset {folder.name}", f"has no {file.name}", remedy)
    siblings = folder.parent.iterdir() if folder.parent.is_dir() else ()
    names = [other.name for other in siblings if (other / "dataset.yml").is_file()]
    remedy = nearest(folder.name, names)
    if folder.name == "simulated" or folder.parent.name == "simulated":
        remedy = "Write it with: make ready, or analysis simulate --world WORLD FOLDER"
    return Problem(f"dataset {folder.name}", "does not exist", remedy)
