"""Suites: ``params/suites/<suite>.yml`` lists reports, globs and matrices of parameters.

    reports:
      - intervention_effect/enterprise_zones          # a params file
      - intervention_effect/city_*                    # a glob over params files
      - report: intervention_effect/reverse_assessment
        name: by_city                                 # stem of the ids; else the report's
        set: {period: quarter}                        # the same for all
        matrix: {region: all, intervention: [reverse_assessment, order_style_service]}
        include: [{region: "990100", intervention: online_shop_review}]
        exclude: [{region: "990200", intervention: order_style_service}]
        languages: [en, zh]
    exclude: [intervention_effect/draft_*]            # ids or globs of ids
    languages: [en, zh]
    keep: {editions: 2, days: 400}                    # of the site; of history, see analysis prune
    family: holm                                      # or false_discoveries, none; of the site

``region: all`` stands for every area of the dataset that has regions below it, and
``region: {level: city}`` for every region of a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ValidationError

from analysis.batch.suites.listing import (
    LANGUAGES,
    PARAMS,
    SUITES,
    Keep,
    Languages,
    ListedReport,
    Listing,
    Matrix,
    Suite,
    read_values,
)
from analysis.batch.suites.matrix import from_matrix
from analysis.data.dataset import datasets_kept
from analysis.errors import AnalysisError, ParamsError, Problem, nearest, visible
from analysis.params import problems_of
from analysis.reports import kind
from analysis.stats.pooling.families import FAMILIES, Family

DEFAULT = "default"
"""The suite of all reports."""


def known_reports() -> list[str]:
    """Every params file, as ``<notebook>/<report>``."""
    files = (f for name in kind.names() for f in (PARAMS / name).glob("*.yml"))
    return sorted(f"{file.parent.name}/{file.stem}" for file in files)


def expand(target: str) -> Listing:
    """A suite, a report's name or a params file, as reports; and everything wrong with it."""
    found = _expanded(target)
    names = {*(one.report for one in found.reports), *(one.report for one in found.refused)}
    found.problems += _turned(names)
    return found


def _turned(reports: Iterable[str]) -> Iterator[Problem]:
    """Names of reports become those of files and stand on pages: nothing in them may be unseen."""
    for name in sorted(reports):
        if visible(name) != name:
            what = "has characters in its name that nobody sees"
            yield Problem(f"report {name}", what, "Name its file, or its values, without them")


def _expanded(target: str) -> Listing:
    found = Listing()
    file = Path(target)
    if file.is_file():
        if not file.resolve().is_relative_to(PARAMS.resolve()):
            found.problems.append(_outside(file))
            return found
        target = file.resolve().relative_to(PARAMS.resolve()).as_posix()
    name = target.removesuffix(".yml").removeprefix(f"{PARAMS}/")
    if name.startswith("suites/") or "/" not in name:
        return _from_suite(name.removeprefix("suites/"))
    known = known_reports()
    if name not in known:
        found.problems.append(Problem(f"report {name}", "does not exist", nearest(name, known)))
    else:
        _add_files([name], LANGUAGES, found)
    return found


@dataclass(frozen=True)
class Named:
    """The reports that suites and params files name, and in which languages.

    ``stems`` are how the ids of a matrix begin that cannot be listed tonight; ``alone`` are the
    reports of params files.
    """

    listed: Mapping[str, set[str]]
    stems: Mapping[str, set[str]]
    alone: frozenset[str]

    def languages_of(self, reports: Iterable[str]) -> dict[str, Languages]:
        """In which languages reports are to be published; those that nothing names are left out."""
        wanted: dict[str, Languages] = {}
        for report in reports:
            begun = [said for stem, said in self.stems.items() if report.startswith(stem)]
            said = set().union(self.listed.get(report, set()), *begun)
            if said or report in self.alone:
                wanted[report] = tuple(code for code in LANGUAGES if not said or code in said)
        return wanted


@datasets_kept()
def named_reports() -> Named | None:
    """What the suites and params files name; ``None`` where a suite cannot be read.

    A suite that lists a report says in which languages.
    """
    listed: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for file in sorted(SUITES.glob("*.yml")):
        found = _from_suite(file.stem)
        if found.problems:
            return None
        for one in found.reports:
            listed.setdefault(one.report, set()).update(one.languages)
        for refused in found.refused:
            listed.setdefault(refused.report, set()).update(refused.languages)
            if refused.many:
                stems.setdefault(f"{refused.report}-", set()).update(refused.languages)
    return Named(listed, stems, frozenset(known_reports()))


def languages_of(reports: Iterable[str]) -> dict[str, Languages] | None:
    """In which languages reports are to be published; ``None`` where nobody knows."""
    named = named_reports()
    return None if named is None else named.languages_of(reports)


@datasets_kept()
def further_than(reports: Iterable[str]) -> dict[str, dict[str, str]]:
    """Titles, by language, of what the default suite lists beside these reports."""
    if not (SUITES / f"{DEFAULT}.yml").is_file():
        return {}
    here = set(reports)
    rest = [one for one in _from_suite(DEFAULT).reports if one.report not in here]
    return {
        one.report: {c: str(one.values.get(f"title_{c}") or one.report) for c in LANGUAGES}
        for one in rest
    }


def kept() -> Keep:
    """What the suites together ask to be kept: the most that any of them does."""
    found = [Keep(), *(suite.keep for suite in _readable())]
    return Keep(editions=max(k.editions for k in found), days=max(k.days for k in found))


def family() -> Family:
    """How the suites want claims to be judged together: the strictest that any of them asks for."""
    asked = [suite.family for suite in _readable() if suite.family is not None]
    return max(asked, key=FAMILIES.index, default=FAMILIES[-1])


def _readable() -> Iterator[Suite]:
    """All suites that can be read; one that cannot asks for nothing tonight, as is said where it
    runs."""
    for file in SUITES.glob("*.yml"):
        with suppress(AnalysisError):
            yield read_suite(file)


def _outside(file: Path) -> Problem:
    """That a file lies where no report is looked for: its folder says which notebook it is for."""
    known = kind.names()
    notebook = file.resolve().parent.name
    place = notebook if notebook in known else f"one of {', '.join(known)}"
    what = f"lies outside {PARAMS}/, whose folders say which notebook a file is for"
    remedy = f"Move it to {PARAMS}/NOTEBOOK/{file.stem}.yml, NOTEBOOK being {place}"
    return Problem(f"file {file.name}", what, remedy)


def _add_files(names: Iterable[str], languages: Languages, found: Listing) -> None:
    for name in names:
        with found.refusing(name, languages):
            values = read_values(PARAMS / f"{name}.yml")
            found.reports.append(ListedReport(name, values, languages))


def _from_suite(name: str) -> Listing:
    file, where, found = SUITES / f"{name}.yml", f"suite {name}", Listing()
    if not file.is_file():
        known = [other.stem for other in SUITES.glob("*.yml")]
        found.problems.append(Problem(where, "does not exist", nearest(name, known)))
        return found
    try:
        suite = read_suite(file)
    except AnalysisError as error:
        found.problems += error.problems
        return found
    for item in suite.reports:
        _add_item(item, suite, where, found)
    listed = [one.report for one in found.reports] + [one.report for one in found.refused]
    for pattern in suite.exclude:
        # What a matrix that cannot be listed would hold is not known.
        if not found.refused and not any(fnmatchcase(report, pattern) for report in listed):
            what = f"excludes '{pattern}', which it does not list"
            found.problems.append(Problem(where, what, nearest(pattern, listed)))

    def stays(report: str) -> bool:
        return not any(fnmatchcase(report, pattern) for pattern in suite.exclude)

    found.reports = [one for one in found.reports if stays(one.report)]
    found.refused = [one for one in found.refused if stays(one.report)]
    return found


def read_suite(file: Path) -> Suite:
    """A suite as its file says it.

    Raises
    ------
    ParamsError: with everything that is wrong with it.
    """
    try:
        return Suite.model_validate(read_values(file))
    except ValidationError as error:
        raise ParamsError(problems_of(error, Suite, file.name)) from None


def _add_item(item: str | Matrix, suite: Suite, where: str, found: Listing) -> None:
    known = known_reports()
    name = item if isinstance(item, str) else item.report
    glob = isinstance(item, str) and any(sign in name for sign in "*?[")
    named = [one for one in known if (fnmatchcase(one, name) if glob else one == name)]
    if not named:
        what = f"lists '{name}', which {'matches no report' if glob else 'does not exist'}"
        problem = Problem(where, what, nearest("" if glob else name, known))
        found.problems.append(problem)
    elif isinstance(item, str):
        _add_files(named, suite.languages, found)
    else:
        from_matrix(item, item.languages or suite.languages, f"{where}, {name}", found)
