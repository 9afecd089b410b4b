"""A matrix of a suite: one params file under every combination of some values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from analysis.batch.suites.listing import (
    LANGUAGES,
    PARAMS,
    Languages,
    ListedReport,
    Listing,
    Matrix,
    Values,
    read_values,
)
from analysis.data.dataset import Dataset, read_dataset
from analysis.data.regions.hierarchy import upper_regions
from analysis.errors import Problem, nearest
from analysis.reports import kind


def from_matrix(item: Matrix, languages: Languages, where: str, found: Listing) -> None:
    """Add a report for every combination, with those to include and without those to exclude."""
    fields = list(kind.find(item.report.split("/")[0]).model.model_fields)
    given = (item.set, item.matrix, *item.include, *item.exclude)
    used = {name for values in given for name in values}
    unknown = sorted(used - set(fields))
    if unknown:
        what = "is not a parameter of this notebook"
        found.problems += [Problem(f"{where}, {n}", what, nearest(n, fields)) for n in unknown]
        return
    found.problems += _unquoted(item, where)
    with found.refusing(item.stem, languages, many=True):
        base = {**read_values(PARAMS / f"{item.report}.yml"), **item.set}
        folder = base.get("dataset") if "region" in used else None
        dataset = read_dataset(str(folder), ["regions"]) if folder else None
        combined = _combinations(item, dataset, where, found.problems)
        if combined and combined != [{}]:
            listed = [_combined(item.stem, base, one, languages, dataset) for one in combined]
            found.reports += listed
            return
        what, remedy = "has a matrix without a combination", "Give it values"
        found.problems.append(Problem(where, what, remedy))


def _combinations(
    item: Matrix, dataset: Dataset | None, where: str, problems: list[Problem]
) -> list[Values]:
    """The combinations of a matrix, and what is wrong with those to exclude."""
    axes = {key: _axis(key, values, dataset) for key, values in sorted(item.matrix.items())}
    combined = [dict(zip(axes, chosen, strict=True)) for chosen in product(*axes.values())]
    for values in item.exclude:
        left = [one for one in combined if not _holds(one, values)]
        if len(left) == len(combined):
            what = "excludes a combination that the matrix does not hold"
            problems.append(Problem(f"{where}, exclude {_value_as_text(values)}", what))
        combined = left
    return [*combined, *(dict(values) for values in item.include)]


def _holds(combination: Values, values: Values) -> bool:
    """Whether a combination has all these values."""
    return all(name in combination and combination[name] == v for name, v in values.items())


def _unquoted(item: Matrix, where: str) -> Iterator[Problem]:
    """Values of a text that YAML has read as numbers, such as codes of regions."""
    model = kind.find(item.report.split("/")[0]).model.model_fields
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
