"""What suites are made of, what they list, and which reports cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from analysis.data.reading.mapping import Strict
from analysis.errors import AnalysisError, ParamsError, Problem, refusal
from analysis.stats.pooling.families import Family
from analysis.strict_yaml import read_yaml

PARAMS = Path("params")
SUITES = PARAMS / "suites"
Language = Literal["en", "zh"]
Languages = tuple[Language, ...]
LANGUAGES: Languages = ("en", "zh")
Values = dict[str, Any]


class Matrix(Strict):
    """One params file under every combination of some values."""

    report: str
    name: str = ""
    set: Values = Field(default_factory=dict)
    matrix: dict[str, Any] = Field(default_factory=dict)
    include: tuple[Values, ...] = ()
    exclude: tuple[Values, ...] = ()
    languages: Languages = ()

    @property
    def stem(self) -> str:
        """What the ids of its reports begin with."""
        notebook, own = self.report.split("/", maxsplit=1)
        return f"{notebook}/{self.name or own}"


class Keep(Strict):
    """How much of the past stays: editions of the site, and days of the history of runs."""

    editions: int = Field(default=2, ge=2)
    days: int = Field(default=400, ge=1)


class Suite(Strict):
    """``params/suites/<suite>.yml``."""

    reports: tuple[str | Matrix, ...]
    exclude: tuple[str, ...] = ()
    languages: Languages = LANGUAGES
    keep: Keep = Keep()
    family: Family | None = None


@dataclass(frozen=True)
class ListedReport:
    """A report to be run: its id, its values, and its languages."""

    report: str
    values: Values
    languages: Languages


@dataclass(frozen=True)
class Refused:
    """A report that cannot run, and why; of a matrix that cannot be listed, how its ids begin."""

    report: str
    languages: Languages
    error: AnalysisError
    many: bool = False


@dataclass
class Listing:
    """Reports, those that cannot run, and what is wrong with the suites themselves."""

    reports: list[ListedReport] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @contextmanager
    def refusing(self, report: str, languages: Languages, *, many: bool = False) -> Iterator[None]:
        """Whatever goes wrong inside refuses this report and no other."""
        try:
            yield
        except Exception as failure:
            # Whatever it is, it must not stop the others.
            self.refused.append(Refused(report, languages, refusal(failure), many))


def read_values(file: Path) -> Values:
    """What a params file or a suite holds.

    Raises
    ------
    ParamsError: as :func:`read_yaml`, or it holds no names with values.
    """
    content = read_yaml(file, ParamsError)
    if not isinstance(content, dict):
        raise ParamsError([Problem(file.name, "is not a list of name: value lines")])
    return {str(key): value for key, value in content.items()}


def problems_within(error: AnalysisError, where: str) -> list[Problem]:
    """The problems of an error, each with the suite or report where it arose."""
    return [Problem(f"{where}: {p.where}", p.what, p.remedy) for p in error.problems]
