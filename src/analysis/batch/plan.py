"""Turn params files into a list of runs; what is wrong is found before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from analysis import digest
from analysis.batch.suites import expand
from analysis.batch.suites.listing import (
    LANGUAGES,
    Language,
    Languages,
    ListedReport,
    Listing,
    Refused,
    problems_within,
)
from analysis.data.dataset import Dataset
from analysis.errors import AnalysisError, ParamsError, Problem, refusal
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
    planned = list_runs(targets, languages)
    planned.check()
    planned.raise_for_all()
    return planned.runs


@dataclass
class Planned:
    """Runs, reports that cannot run, and what is wrong with the suites that list them."""

    runs: list[Run]
    refused: list[Refused]
    problems: list[Problem]

    def check(
        self,
        due: Iterable[Run] | None = None,
        checked: Callable[[Dataset], None] | None = None,
        *,
        apart: bool = False,
    ) -> None:
        """Ask of the data whether they carry each run; those that they do not are refused.

        Asked once per question: language, titles and seed do not matter here.

        Parameters
        ----------
        due: the runs to ask for; all unless given.
        checked: told of each dataset that a question was asked of.
        apart: an exception that is none of ours refuses its report, too; else it is raised.
        """
        answers: dict[tuple[str, str], AnalysisError | None] = {}
        for run in self.runs if due is None else due:
            chosen = run.params.model_dump(mode="json", exclude=set(run.params.free_to_vary))
            question = run.kind.name, digest.of_value(chosen)
            if question not in answers:
                answers[question] = _refusal(run, checked, apart)
            if (error := answers[question]) is not None:
                self.refused.append(Refused(run.report, (cast(Language, run.language),), error))
        away = {(one.report, code) for one in self.refused for code in one.languages}
        self.runs = [run for run in self.runs if (run.report, run.language) not in away]

    def raise_for_all(self) -> None:
        """Refuse everything for what is wrong with anything.

        Raises
        ------
        AnalysisError: with everything, each error once; the kind of the first decides the exit.
        """
        errors: list[AnalysisError] = [ParamsError(self.problems)] if self.problems else []
        named = {id(one.error): one for one in reversed(self.refused)}
        for one in reversed(named.values()):
            errors.append(type(one.error)(problems_within(one.error, one.report)))
        if errors:
            raise type(errors[0])(problem for error in errors for problem in error.problems)


def _refusal(
    run: Run, checked: Callable[[Dataset], None] | None, apart: bool
) -> AnalysisError | None:
    """Why the data do not carry a run; ``None`` where they do."""
    try:
        dataset = run.kind.check(run.params)
        if checked is not None:
            checked(dataset)
    except Exception as failure:
        if not (apart or isinstance(failure, AnalysisError)):
            raise
        return refusal(failure)
    return None


def list_runs(targets: Iterable[str], languages: tuple[str, ...] = ()) -> Planned:
    """The runs with their params checked, and what is wrong; no data are read."""
    listed: dict[str, ListedReport] = {}
    found = Listing()
    for target in targets:
        expanded = expand(target)
        found.problems += expanded.problems
        found.refused += [one for one in expanded.refused if one not in found.refused]
        for one in expanded.reports:
            if listed.setdefault(one.report, one) != one:
                what = "stands for two runs with different parameters"
                found.problems.append(Problem(f"report {one.report}", what, "Rename one"))
    runs: list[Run] = []
    for one in listed.values():
        with found.refusing(one.report, cast(Languages, languages) or one.languages):
            runs += _runs(one, languages or one.languages)
    # The first language of all reports, then the next: the second finds the first's results.
    runs.sort(key=lambda run: LANGUAGES.index(cast(Language, run.language)))
    return Planned(runs, found.refused, found.problems)


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
