"""From stored results to those that are asked about, and what is refused on the way."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis import methods
from analysis.data.dataset import Dataset
from analysis.errors import DesignError, ParamsError, Problem, nearest
from analysis.reports.method_validation.params import MethodValidationParams

NUMBERS, WORLDS = "published_numbers", "method_worlds"


@dataclass(frozen=True)
class Stored:
    """Published numbers with what is obtained, and what methods find in simulated worlds.

    ``numbers`` has a row a number and beside its columns ``used``, the distance as a share of the
    tolerance; ``worlds`` a row a method.
    """

    numbers: pd.DataFrame
    worlds: pd.DataFrame


def tables(_: MethodValidationParams) -> set[str]:
    """The tables that the report reads."""
    return {NUMBERS, WORLDS}


def unknown_names(data: Dataset, params: MethodValidationParams) -> list[Problem]:
    """Names that the dataset does not hold, and methods that the package does not."""
    if missing := [name for name in (NUMBERS, WORLDS) if not data.has(name)]:
        what = f"is needed by this report, and dataset {data.folder.name} has none"
        return [Problem(name, what, "See data/methods/dataset.yml") for name in missing]
    told = {*data.tables[NUMBERS]["method"], *data.tables[WORLDS]["method"]}
    gone = sorted(told - {*methods.names()})
    remedy = "Remove its rows, or run benchmarks/study.py --methods"
    found = [Problem(f"method {name}", "is no method of this package", remedy) for name in gone]
    if params.only and params.only not in told:
        what = f"names {params.only!r}, of which nothing is stored"
        found.append(Problem("only", what, nearest(params.only, sorted(told))))
    return found


def ask(data: Dataset, params: MethodValidationParams) -> Stored:
    """What is stored of the methods asked about.

    Raises
    ------
    AnalysisError: names unknown to the dataset or the package, or nothing is stored.
    """
    ParamsError.raise_for(unknown_names(data, params))
    numbers, worlds = (
        table[table["method"] == params.only] if params.only else table
        for table in (data.tables[NUMBERS], data.tables[WORLDS])
    )
    if not len(numbers) or not len(worlds):
        what = "are stored of it not both, published numbers and simulated worlds"
        raise DesignError([Problem("only", what, "Leave only blank to see what there is")])
    off = (numbers["obtained"] - numbers["published"]).abs()
    used = (off / numbers["tolerance"]).where(off > 0, 0.0)
    return Stored(numbers.assign(used=used.round(6)), worlds.reset_index(drop=True))
