"""Params files become a list of runs; everything wrong is refused before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis import methods
from analysis.data.dataset import read_dataset
from analysis.data.design import require_comparison
from analysis.data.panel import build_study, tables_needed
from analysis.errors import AnalysisError, ParamsError, Problem, nearest
from analysis.params import NOTEBOOKS, InterventionEffect, Params, plain_types, problems_of

PARAMS = Path("params")
LANGUAGES: tuple[Literal["en", "zh"], ...] = ("en", "zh")


class Suite(BaseModel):
    """``params/suites/<suite>.yml``: reports by name, and the languages they appear in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reports: tuple[str, ...]
    languages: tuple[Literal["en", "zh"], ...] = LANGUAGES


@dataclass(frozen=True)
class Run:
    """One execution: a params file through its notebook in one language."""

    report: str
    language: str
    values: Mapping[str, Any]
    params: Params
    key: str = ""

    @property
    def notebook(self) -> Path:
        """The notebook of the report."""
        return Path("notebooks") / f"{self.report.split('/')[0]}.ipynb"

    @property
    def title(self) -> str:
        """The report's title in the run's language, from its params."""
        return str(self.values.get(f"title_{self.language}") or self.report)


def known_reports() -> list[str]:
    """Every params file, as ``<notebook>/<report>``."""
    files = (f for name in NOTEBOOKS for f in (PARAMS / name).glob("*.yml"))
    return sorted(f"{file.parent.name}/{file.stem}" for file in files)


def plan(targets: Iterable[str], languages: tuple[str, ...] = ()) -> list[Run]:
    """The runs of suites, report names or params files, checked.

    Raises
    ------
    AnalysisError: with every problem of every report; the kind of the first decides the exit.
    """
    reports: list[tuple[str, tuple[str, ...]]] = []
    problems: list[AnalysisError] = []
    for target in targets:
        try:
            reports += _expand(target)
        except AnalysisError as error:
            problems.append(error)
    runs: list[Run] = []
    for report, own in dict.fromkeys(reports):
        try:
            runs += _runs(report, languages or own)
        except AnalysisError as error:
            problems.append(_placed(error, report))
    if problems:
        raise type(problems[0])(problem for error in problems for problem in error.problems)
    return runs


def _placed(error: AnalysisError, report: str) -> AnalysisError:
    placed = [Problem(f"{report}: {p.where}", p.what, p.remedy) for p in error.problems]
    return type(error)(placed)


def _expand(target: str) -> list[tuple[str, tuple[str, ...]]]:
    """A suite, a report name or a path to a params file, as report names with languages."""
    name = target.removesuffix(".yml").removeprefix(f"{PARAMS}/")
    if name.startswith("suites/") or "/" not in name:
        return _suite(name.removeprefix("suites/"))
    if name not in known_reports():
        raise ParamsError(
            [Problem(f"report {name}", "does not exist", nearest(name, known_reports()))]
        )
    return [(name, LANGUAGES)]


def _suite(name: str) -> list[tuple[str, tuple[str, ...]]]:
    file = PARAMS / "suites" / f"{name}.yml"
    if not file.is_file():
        known = [other.stem for other in (PARAMS / "suites").glob("*.yml")]
        raise ParamsError([Problem(f"suite {name}", "does not exist", nearest(name, known))])
    try:
        suite = Suite.model_validate(_read_yaml(file))
    except ValidationError as error:
        raise ParamsError(problems_of(error, Suite, file.name)) from None
    unknown = [
        Problem(
            f"suite {name}",
            f"lists '{report}', which does not exist",
            nearest(report, known_reports()),
        )
        for report in suite.reports
        if report not in known_reports()
    ]
    if unknown:
        raise ParamsError(unknown)
    return [(report, suite.languages) for report in suite.reports]


def _read_yaml(file: Path) -> dict[str, Any]:
    """A YAML mapping.

    Raises
    ------
    ParamsError: unreadable, or not a mapping.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = file.name if line is None else f"{file.name}, row {line + 1}"
        raise ParamsError([Problem(where, "is not readable YAML in UTF-8")]) from None
    if not isinstance(content, dict):
        raise ParamsError([Problem(file.name, "is not a list of name: value lines")])
    return {str(key): value for key, value in content.items()}


def _runs(report: str, languages: tuple[str, ...]) -> list[Run]:
    notebook = report.split("/", maxsplit=1)[0]
    values = _read_yaml(PARAMS / f"{report}.yml")
    problems = plain_types(values)
    if "language" in values:
        problems.append(Problem("language", "is set by the suite", "Leave it out"))
    if problems:
        raise ParamsError(problems)
    model = NOTEBOOKS[notebook]
    runs = []
    for language in languages:
        params = model.from_mapping({**values, "language": language})
        runs.append(Run(report, language, {**values, "language": language}, params))
    check_study(runs[0].params)
    return runs


def check_study(params: Params) -> None:
    """Read the data and refuse what the method cannot carry, before any kernel starts.

    Raises
    ------
    AnalysisError: names unknown to the dataset, contract violations, or an impossible design.
    """
    if isinstance(params, InterventionEffect):
        dataset = read_dataset(params.dataset, tables_needed(params))
        study = build_study(dataset, params)
        methods.load(params.method)
        require_comparison(study.panel, params.comparison)
