"""Turn params files into a list of runs; refuse everything wrong before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import digest
from analysis.batch.suites import LANGUAGES, ListedReport, collecting, expand, problems_within
from analysis.data.dataset import Dataset
from analysis.errors import AnalysisError, ParamsError, Problem
from analysis.params import Params, leaves, plain_types
from analysis.reports.kind import Kind, find

SECRET_NAME = re.compile(r"passw|secret|token|api_?key|credential", re.IGNORECASE)
SECRET_VALUE = re.compile(
    r"://[^/\s:@]+:[^/\s@]+@|-----BEGIN|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bsk-\w{20,}"
    r"|\b(?:password|passwd|pwd|secret|token)\s*=",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Run:
    """One execution: a params file through its notebook in one language."""

    report: str
    language: str
    values: Mapping[str, Any]
    params: Params
    key: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of report."""
        return find(self.report.split("/")[0])

    @property
    def notebook(self) -> Path:
        """The notebook of the report."""
        return Path("notebooks") / f"{self.report.split('/')[0]}.ipynb"

    @property
    def title(self) -> str:
        """The report's title in the run's language, from its params."""
        return str(self.values.get(f"title_{self.language}") or self.report)


def plan(targets: Iterable[str], languages: tuple[str, ...] = ()) -> list[Run]:
    """List and check the runs of suites, report names or params files.

    Raises
    ------
    AnalysisError: with every problem of every report; the kind of the first decides the exit.
    """
    runs, problems = list_runs(targets, languages)
    check_runs(runs, problems)
    return runs


def list_runs(
    targets: Iterable[str], languages: tuple[str, ...] = ()
) -> tuple[list[Run], list[Problem]]:
    """The runs with their params checked, and what is wrong; no data are read."""
    listed: dict[str, ListedReport] = {}
    problems: list[Problem] = []
    for target in targets:
        found, wrong = expand(target)
        problems += wrong
        for one in found:
            if listed.setdefault(one.report, one) != one:
                what = "stands for two runs with different parameters"
                problems.append(Problem(f"report {one.report}", what, "Rename one"))
    runs: list[Run] = []
    for one in listed.values():
        with collecting(problems, one.report):
            runs += _runs(one, languages or one.languages)
    # The first language of all reports, then the next: the second finds the first's results.
    return sorted(runs, key=lambda run: LANGUAGES.index(run.language)), problems


def check_runs(
    runs: Iterable[Run],
    problems: Sequence[Problem] = (),
    checked: Callable[[Dataset], None] | None = None,
) -> None:
    """Refuse what the data do not carry, and the problems found before; nothing starts then.

    Asked once per question: language, titles and seed do not matter here. ``checked`` is told of
    each dataset that a question was asked of.

    Raises
    ------
    AnalysisError: with everything; the kind of the first decides the exit.
    """
    errors: list[AnalysisError] = [ParamsError(problems)] if problems else []
    asked: set[tuple[str, str]] = set()
    for run in runs:
        chosen = run.params.model_dump(mode="json", exclude=set(run.params.free_to_vary))
        question = run.kind.name, digest.of_value(chosen)
        if question in asked:
            continue
        asked.add(question)
        try:
            dataset = run.kind.check(run.params)
            if checked is not None:
                checked(dataset)
        except AnalysisError as error:
            errors.append(type(error)(problems_within(error, run.report)))
    if errors:
        raise type(errors[0])(problem for error in errors for problem in error.problems)


def _runs(listed: ListedReport, languages: tuple[str, ...]) -> list[Run]:
    problems = [*plain_types(listed.values), *secrets(listed.values)]
    if "language" in listed.values:
        problems.append(Problem("language", "is set by the suite", "Leave it out"))
    ParamsError.raise_for(problems)
    kind = find(listed.report.split("/")[0])
    values = [{**listed.values, "language": language} for language in languages]
    return [Run(listed.report, one["language"], one, kind.params(one)) for one in values]


def secrets(values: Mapping[str, Any]) -> list[Problem]:
    """Parameters that look like a password or a key: all parameters are published."""
    remedy = "Parameters are published; keep it in the environment or a password file"
    return [
        Problem(name, "looks like a password or a key", remedy)
        for name, value in leaves(values)
        if SECRET_NAME.search(name) or (isinstance(value, str) and SECRET_VALUE.search(value))
    ]
