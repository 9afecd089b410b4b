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

``region: all`` stands for every area of the dataset that has regions below it, and
``region: {level: city}`` for every region of a level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.reading.mapping import Strict
from analysis.data.regions.hierarchy import upper_regions
from analysis.errors import AnalysisError, ParamsError, Problem, nearest
from analysis.params import problems_of
from analysis.reports import kind
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


class Suite(Strict):
    """``params/suites/<suite>.yml``."""

    reports: tuple[str | Matrix, ...]
    exclude: tuple[str, ...] = ()
    languages: Languages = LANGUAGES


@dataclass(frozen=True)
class ListedReport:
    """A report to be run: its id, its values, and its languages."""

    report: str
    values: Values
    languages: Languages


def known_reports() -> list[str]:
    """Every params file, as ``<notebook>/<report>``."""
    files = (f for name in kind.names() for f in (PARAMS / name).glob("*.yml"))
    return sorted(f"{file.parent.name}/{file.stem}" for file in files)


def expand(target: str) -> tuple[list[ListedReport], list[Problem]]:
    """A suite, a report's name or a params file, as reports; and everything wrong with it."""
    problems: list[Problem] = []
    file = Path(target)
    if file.is_file():
        if not file.resolve().is_relative_to(PARAMS.resolve()):
            return [], [_outside(file)]
        target = file.resolve().relative_to(PARAMS.resolve()).as_posix()
    name = target.removesuffix(".yml").removeprefix(f"{PARAMS}/")
    if name.startswith("suites/") or "/" not in name:
        return _from_suite(name.removeprefix("suites/"), problems), problems
    known = known_reports()
    if name not in known:
        return [], [Problem(f"report {name}", "does not exist", nearest(name, known))]
    return _from_files([name], LANGUAGES, problems), problems


def _outside(file: Path) -> Problem:
    """That a file lies where no report is looked for: its folder says which notebook it is for."""
    known = kind.names()
    notebook = file.resolve().parent.name
    place = notebook if notebook in known else f"one of {', '.join(known)}"
    what = f"lies outside {PARAMS}/, whose folders say which notebook a file is for"
    remedy = f"Move it to {PARAMS}/NOTEBOOK/{file.stem}.yml, NOTEBOOK being {place}"
    return Problem(f"file {file.name}", what, remedy)


def problems_within(error: AnalysisError, where: str) -> list[Problem]:
    """The problems of an error, each with the suite or report where it arose."""
    return [Problem(f"{where}: {p.where}", p.what, p.remedy) for p in error.problems]


@contextmanager
def collecting(problems: list[Problem], where: str = "") -> Iterator[None]:
    """Add the problems of an error to the others instead of raising it."""
    try:
        yield
    except AnalysisError as error:
        problems += problems_within(error, where) if where else error.problems


def _from_files(
    names: Iterable[str], languages: Languages, problems: list[Problem]
) -> list[ListedReport]:
    listed = []
    for name in names:
        with collecting(problems):
            listed.append(ListedReport(name, _read_values(PARAMS / f"{name}.yml"), languages))
    return listed


def _read_values(file: Path) -> Values:
    """What a params file or a suite holds.

    Raises
    ------
    ParamsError: as :func:`read_yaml`, or it holds no names with values.
    """
    content = read_yaml(file, ParamsError)
    if not isinstance(content, dict):
        raise ParamsError([Problem(file.name, "is not a list of name: value lines")])
    return {str(key): value for key, value in content.items()}


def _from_suite(name: str, problems: list[Problem]) -> list[ListedReport]:
    file, where = SUITES / f"{name}.yml", f"suite {name}"
    if not file.is_file():
        known = [other.stem for other in SUITES.glob("*.yml")]
        problems.append(Problem(where, "does not exist", nearest(name, known)))
        return []
    with collecting(problems):
        suite = _read_suite(file)
        listed = [one for item in suite.reports for one in _from_item(item, suite, where, problems)]
        names = [one.report for one in listed]
        for pattern in suite.exclude:
            if not any(fnmatchcase(report, pattern) for report in names):
                what = f"excludes '{pattern}', which it does not list"
                problems.append(Problem(where, what, nearest(pattern, names)))
        return [one for one in listed if not any(fnmatchcase(one.report, p) for p in suite.exclude)]
    return []


def _read_suite(file: Path) -> Suite:
    try:
        return Suite.model_validate(_read_values(file))
    except ValidationError as error:
        raise ParamsError(problems_of(error, Suite, file.name)) from None


def _from_item(
    item: str | Matrix, suite: Suite, where: str, problems: list[Problem]
) -> list[ListedReport]:
    known = known_reports()
    name = item if isinstance(item, str) else item.report
    glob = isinstance(item, str) and any(sign in name for sign in "*?[")
    found = [one for one in known if (fnmatchcase(one, name) if glob else one == name)]
    if not found:
        what = f"lists '{name}', which {'matches no report' if glob else 'does not exist'}"
        problems.append(Problem(where, what, nearest("" if glob else name, known)))
        return []
    if isinstance(item, str):
        return _from_files(found, suite.languages, problems)
    return _from_matrix(item, item.languages or suite.languages, f"{where}, {name}", problems)


def _from_matrix(
    item: Matrix, languages: Languages, where: str, problems: list[Problem]
) -> list[ListedReport]:
    """A report for every combination, with those to include and without those to exclude."""
    notebook, stem = item.report.split("/", maxsplit=1)
    fields = list(kind.find(notebook).model.model_fields)
    given = (item.set, item.matrix, *item.include, *item.exclude)
    used = {name for values in given for name in values}
    unknown = sorted(used - set(fields))
    if unknown:
        what = "is not a parameter of this notebook"
        problems += [Problem(f"{where}, {name}", what, nearest(name, fields)) for name in unknown]
        return []
    problems += _unquoted(item, notebook, where)
    with collecting(problems, where):
        base = {**_read_values(PARAMS / f"{item.report}.yml"), **item.set}
        folder = base.get("dataset") if "region" in used else None
        dataset = read_dataset(str(folder), ["regions"]) if folder else None
        axes = {key: _axis(key, values, dataset) for key, values in sorted(item.matrix.items())}
        combined = [dict(zip(axes, chosen, strict=True)) for chosen in product(*axes.values())]
        for values in item.exclude:
            left = [one for one in combined if not _holds(one, values)]
            if len(left) == len(combined):
                what = "excludes a combination that the matrix does not hold"
                problems.append(Problem(f"{where}, exclude {_value_as_text(values)}", what))
            combined = left
        combined += [dict(values) for values in item.include]
        if combined and combined != [{}]:
            name = f"{notebook}/{item.name or stem}"
            return [_combined(name, base, one, languages, dataset) for one in combined]
        problems.append(Problem(where, "has a matrix without a combination", "Give it values"))
    return []


def _holds(combination: Values, values: Values) -> bool:
    """Whether a combination has all these values."""
    return all(name in combination and combination[name] == v for name, v in values.items())


def _unquoted(item: Matrix, notebook: str, where: str) -> Iterator[Problem]:
    """Values of a text that YAML has read as numbers, such as codes of regions."""
    model = kind.find(notebook).model.model_fields
    given = [item.set, item.matrix, *item.include, *item.exclude]
    pairs = [(name, value) for values in given for name, value in values.items()]
    for name in dict.fromkeys(name for name, _ in pairs):
        found = [v for key, value in pairs if key == name for v in _listed(value)]
        if model[name].annotation is str and any(isinstance(v, (int, float)) for v in found):
            what, remedy = "holds a number where text is meant", "Write each in quotation marks"
            yield Problem(f"{where}, {name}", what, remedy)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _axis(key: str, written: Any, dataset: Dataset | None) -> list[Any]:
    """The values of one axis of a matrix, with ``all`` and ``level`` of regions written out."""
    if key == "region" and dataset is not None:
        table = dataset.tables["regions"]
        if written == "all":
            return upper_regions(table)
        if isinstance(written, Mapping) and set(written) == {"level"}:
            found = table.loc[table["level"] == written["level"], "region_code"]
            return [str(code) for code in found]
    return _listed(written)


def _combined(
    name: str, base: Values, chosen: Values, languages: Languages, dataset: Dataset | None
) -> ListedReport:
    """The report of one combination, with an id that depends on its values only."""
    texts = (_value_as_text(value) for _, value in sorted(chosen.items()))
    report = "-".join([name, *(re.sub(r"[^\w.-]", "_", text) or "none" for text in texts)])
    values = {**base, **chosen}
    for language in LANGUAGES:
        title = str(values.get(f"title_{language}") or "")
        words = {key: _in_words(key, value, dataset, language) for key, value in chosen.items()}
        if any(f"{{{key}}}" in title for key in words):
            for key, word in words.items():
                title = title.replace(f"{{{key}}}", word)
        elif title:
            title = f"{title} · {' · '.join(words.values())}"
        values[f"title_{language}"] = title
    return ListedReport(report, values, languages)


def _in_words(key: str, value: Any, dataset: Dataset | None, language: str) -> str:
    """A value as a reader knows it: a region's name, the words of an intervention."""
    if dataset is not None and key == "region":
        regions = dataset.tables["regions"].set_index("region_code")
        if value in regions.index:
            return str(regions.at[value, f"name_{language}"])
    if dataset is not None and str(value) in dataset.description.words:
        return dataset.description.word(str(value)).of(language)
    return _value_as_text(value)


def _value_as_text(value: Any) -> str:
    """A value as text; of a mapping, its names and values without the signs of code."""
    if not isinstance(value, Mapping):
        return str(value)
    items = ((name, one if isinstance(one, list) else [one]) for name, one in sorted(value.items()))
    return " ".join(f"{name} {' '.join(map(str, several))}" for name, several in items)
