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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.description import Description
from analysis.data.regions.hierarchy import upper_regions
from analysis.errors import AnalysisError, ParamsError, Problem, nearest
from analysis.params import problems_of
from analysis.reports import kind

PARAMS = Path("params")
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Values = dict[str, Any]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictModel(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Matrix(StrictModel):
    """One params file under every combination of some values."""

    report: str
    name: str = ""
    set: Values = Field(default_factory=dict)
    matrix: dict[str, Any] = Field(default_factory=dict)
    include: tuple[Values, ...] = ()
    exclude: tuple[Values, ...] = ()
    languages: tuple[Language, ...] = ()


class Suite(StrictModel):
    """``params/suites/<suite>.yml``."""

    reports: tuple[str | Matrix, ...]
    exclude: tuple[str, ...] = ()
    languages: tuple[Language, ...] = LANGUAGES


@dataclass(frozen=True)
class ListedReport:
    """A report to be run: its id, its values, and its languages."""

    report: str
    values: Values
    languages: tuple[Language, ...]


Expanded = tuple[list[ListedReport], list[Problem]]


def known_reports() -> list[str]:
    """Every params file, as ``<notebook>/<report>``."""
    files = (f for name in kind.names() for f in (PARAMS / name).glob("*.yml"))
    return sorted(f"{file.parent.name}/{file.stem}" for file in files)


def expand(target: str) -> Expanded:
    """A suite, a report's name or a params file, as reports; and everything wrong with it."""
    name = target.removesuffix(".yml").removeprefix(f"{PARAMS}/")
    if name.startswith("suites/") or "/" not in name:
        return _suite(name.removeprefix("suites/"))
    known = known_reports()
    if name not in known:
        return [], [Problem(f"report {name}", "does not exist", nearest(name, known))]
    return _of_files([name], LANGUAGES)


def _of_files(names: Iterable[str], languages: tuple[Language, ...]) -> Expanded:
    listed: list[ListedReport] = []
    problems: list[Problem] = []
    for name in names:
        try:
            listed.append(ListedReport(name, read_yaml(PARAMS / f"{name}.yml"), languages))
        except ParamsError as error:
            problems += list(error.problems)
    return listed, problems


def _suite(name: str) -> Expanded:
    file = PARAMS / "suites" / f"{name}.yml"
    if not file.is_file():
        known = [other.stem for other in (PARAMS / "suites").glob("*.yml")]
        return [], [Problem(f"suite {name}", "does not exist", nearest(name, known))]
    try:
        suite = Suite.model_validate(read_yaml(file))
    except ParamsError as error:
        return [], list(error.problems)
    except ValidationError as error:
        return [], problems_of(error, Suite, file.name)
    listed: list[ListedReport] = []
    problems: list[Problem] = []
    for item in suite.reports:
        found, wrong = _item(item, suite, f"suite {name}")
        listed += found
        problems += wrong
    for pattern in suite.exclude:
        if not any(fnmatchcase(one.report, pattern) for one in listed):
            what = f"excludes '{pattern}', which it does not list"
            problems.append(
                Problem(f"suite {name}", what, nearest(pattern, [one.report for one in listed]))
            )
    kept = [one for one in listed if not any(fnmatchcase(one.report, p) for p in suite.exclude)]
    return kept, problems


def _item(item: str | Matrix, suite: Suite, where: str) -> Expanded:
    known = known_reports()
    if isinstance(item, Matrix):
        if item.report not in known:
            what = f"lists '{item.report}', which does not exist"
            return [], [Problem(where, what, nearest(item.report, known))]
        return _matrix(item, item.languages or suite.languages, f"{where}, {item.report}")
    if any(sign in item for sign in "*?["):
        names = [name for name in known if fnmatchcase(name, item)]
        if not names:
            return [], [
                Problem(where, f"lists '{item}', which matches no report", nearest("", known))
            ]
        return _of_files(names, suite.languages)
    if item not in known:
        return [], [Problem(where, f"lists '{item}', which does not exist", nearest(item, known))]
    return _of_files([item], suite.languages)


def _matrix(item: Matrix, languages: tuple[Language, ...], where: str) -> Expanded:
    """Every combination, with those to include and without those to exclude."""
    notebook, stem = item.report.split("/", maxsplit=1)
    fields = list(kind.find(notebook).model.model_fields)
    used = {
        *item.set,
        *item.matrix,
        *(k for given in (*item.include, *item.exclude) for k in given),
    }
    problems = [
        Problem(f"{where}, {key}", "is not a parameter of this notebook", nearest(key, fields))
        for key in sorted(used - set(fields))
    ]
    if problems:
        return [], problems
    try:
        base = {**read_yaml(PARAMS / f"{item.report}.yml"), **item.set}
        dataset = _regions(base) if "region" in used else None
        axes = {key: _values(key, given, dataset) for key, given in sorted(item.matrix.items())}
    except AnalysisError as error:
        return [], [Problem(f"{where}: {p.where}", p.what, p.remedy) for p in error.problems]
    combined = [dict(zip(axes, chosen, strict=True)) for chosen in product(*axes.values())]
    combined = [one for one in combined if not any(_agrees(one, out) for out in item.exclude)]
    combined += [dict(given) for given in item.include]
    if not combined or combined == [{}]:
        return [], [Problem(where, "has a matrix without a combination", "Give it values")]
    name = item.name or stem
    return [_listed(notebook, name, base, one, languages, dataset) for one in combined], []


def _regions(base: Values) -> Dataset | None:
    folder = base.get("dataset")
    return read_dataset(str(folder), ["regions"]) if folder else None


def _values(key: str, given: Any, dataset: Dataset | None) -> list[Any]:
    """The values of one axis."""
    if key == "region" and dataset is not None and not isinstance(given, list):
        table = dataset.tables["regions"]
        if given == "all":
            return upper_regions(table)
        if isinstance(given, Mapping) and set(given) == {"level"}:
            found = table.loc[table["level"] == given["level"], "region_code"]
            return [str(code) for code in found]
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _agrees(combination: Values, pattern: Values) -> bool:
    return all(key in combination and combination[key] == value for key, value in pattern.items())


def _listed(
    notebook: str,
    name: str,
    base: Values,
    chosen: Values,
    languages: tuple[Language, ...],
    dataset: Dataset | None,
) -> ListedReport:
    """One combination, with an id that depends on its values only."""
    stem = "-".join([name, *(_slug(value) for _, value in sorted(chosen.items()))])
    values = {**base, **chosen}
    description = dataset.description if dataset else None
    for language in LANGUAGES:
        title = str(values.get(f"title_{language}") or "")
        words = {
            key: _words(key, value, description, dataset, language) for key, value in chosen.items()
        }
        if any(f"{{{key}}}" in title for key in words):
            for key, word in words.items():
                title = title.replace(f"{{{key}}}", word)
        elif title:
            title = f"{title} · {' · '.join(words.values())}"
        values[f"title_{language}"] = title
    return ListedReport(f"{notebook}/{stem}", values, languages)


def _words(
    key: str, value: Any, description: Description | None, dataset: Dataset | None, language: str
) -> str:
    """A value as a reader knows it: a region's name, the words of an intervention."""
    if key == "region" and dataset is not None:
        table = dataset.tables["regions"].set_index("region_code")
        if value in table.index:
            return str(table.at[value, f"name_{language}"])
    if description is not None and str(value) in description.words:
        return description.word(str(value)).of(language)
    return _text(value)


def _text(value: Any) -> str:
    """A value as text; of a mapping, its names and values without the signs of code."""
    if not isinstance(value, Mapping):
        return str(value)
    parts = (
        (name, item if isinstance(item, list) else [item]) for name, item in sorted(value.items())
    )
    return " ".join(f"{name} {' '.join(map(str, items))}" for name, items in parts)


def _slug(value: Any) -> str:
    kept = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in _text(value))
    return kept or "none"


def read_yaml(file: Path) -> Values:
    """A YAML mapping.

    Raises
    ------
    ParamsError: unreadable, or not a mapping.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), LOADER)  # noqa: S506  a safe one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = file.name if line is None else f"{file.name}, row {line + 1}"
        raise ParamsError([Problem(where, "is not readable YAML in UTF-8")]) from None
    if not isinstance(content, dict):
        raise ParamsError([Problem(file.name, "is not a list of name: value lines")])
    return {str(key): value for key, value in content.items()}
