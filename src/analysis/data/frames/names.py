"""What a question and the options of its method may name in a dataset.

A question names outcomes, interventions, exposures and regions; options name columns of regions,
made from tables of the contract.

``level`` and ``parent_code`` (from regions) put regions into groups. Every exposure is offered
under its own name as its size in the first period, which no intervention within the panel can have
changed, and as ``log_NAME``; ``NAME_by_period`` and ``log_NAME_by_period`` hold it in every
period. A method says what an option may name by a mark on its type, and nowhere else:

    covariates: Annotated[tuple[str, ...], NUMBERS] = ()
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import exposure_of
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import named, named_outcomes
from analysis.errors import DesignError, Problem, nearest
from analysis.params import CountsQuestion, PanelQuestion


def not_held(asked: Iterable[tuple[str, str, Collection[str]]]) -> list[Problem]:
    """Parameters, each with its value and what it could be, whose value is none of these."""
    return [
        Problem(name, f"names '{value}', which the dataset does not hold", nearest(value, [*known]))
        for name, value, known in asked
        if value not in known
    ]


def unknown_names(dataset: Dataset, question: CountsQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    if not dataset.has("regions"):
        what = "is needed, and the dataset holds ready frames only"
        return [Problem("table regions", what, "Choose a dataset of tables")]
    outcomes = named_outcomes(dataset.tables, dataset.has("complaints"))
    known = {"intervention": named(dataset.tables, "interventions"), "outcome": outcomes}
    known |= {"placebo_outcome": outcomes, "exposure": named(dataset.tables, "exposures")}
    names = [name for name in known if name in type(question).model_fields]
    asked: list[tuple[str, str, Collection[str]]]
    asked = [(name, getattr(question, name), known[name]) for name in names]
    problems = []
    if isinstance(question, PanelQuestion):
        problems = _missing_tables(dataset, question)
        missing = {problem.where for problem in problems}
        asked.append(("cluster", question.cluster, ["region", *shared_columns(dataset)]))
        asked = [item for item in asked if item[1] and f"table {item[0]}s" not in missing]
    parents = parents_in(dataset)
    asked += [("exclude_regions", code, parents) for code in question.exclude_regions]
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        asked.append(("region", question.region, parents))
    return problems + not_held(asked)


def shared_columns(dataset: Dataset) -> list[str]:
    """Columns of regions that say what they share."""
    return [name for name in GROUP_COLUMNS if name in dataset.tables["regions"]]


def _missing_tables(dataset: Dataset, question: PanelQuestion) -> list[Problem]:
    """Tables without which the question cannot be asked."""
    needed = {"interventions"} | ({"exposures"} if question.exposure else set())
    missing = [f"table {name}" for name in sorted(needed) if not dataset.has(name)]
    if not (dataset.has("outcomes") or dataset.has("complaints")):
        missing.append("table outcomes or complaints")
    remedy = "Add it to the dataset, or choose a dataset that has it"
    what = f"is needed by this report, and dataset {dataset.folder.name} has none"
    return [Problem(name, what, remedy) for name in missing]


def region_names(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """English and Chinese name of every region by code."""

    def read() -> dict[str, tuple[str, str]]:
        columns = dataset.tables["regions"][["region_code", "name_en", "name_zh"]].astype(str)
        return {code: (english, chinese) for code, english, chinese in columns.to_numpy().tolist()}

    return dataset.once("names", read)


GROUP_COLUMNS = ("level", "parent_code")
RESERVED = frozenset(
    ["region", "period", "count", "value", "exposure", "first_treated", *GROUP_COLUMNS]
)
"""What a panel holds in any case, and groups."""
FORMS = ("{}", "log_{}", "{}_by_period", "log_{}_by_period")
"""Names under which an exposure is offered, and its kinds."""


@dataclass(frozen=True)
class Names:
    """Marks an option that names columns; ``kinds`` are ``group`` and those of ``FORMS``."""

    kinds: tuple[str, ...]


@dataclass(frozen=True)
class OnPages:
    """Marks an option of which only these values give what pages speak of: a relative change."""

    values: tuple[str, ...]


GROUPS, SIZES, NUMBERS = Names(("group",)), Names(FORMS[:1]), Names(FORMS)
VARYING = Names(FORMS[2:])


def offered(dataset: Dataset) -> dict[str, str]:
    """What may be named in this dataset, with its kind."""
    return dataset.once("offered", lambda: _offered(dataset))


def _offered(dataset: Dataset) -> dict[str, str]:
    forms = {f.format(name): f for name in named(dataset.tables, "exposures") for f in FORMS}
    kinds = {name: form for name, form in forms.items() if name not in RESERVED}
    regions = dataset.tables.get("regions", pd.DataFrame())
    given = [name for name in GROUP_COLUMNS if name in regions and not _blank(regions[name]).all()]
    return kinds | dict.fromkeys(given, "group")


def texts(value: Any) -> Iterator[str]:
    """Every text in options, whatever it says: some name columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def named_columns(
    dataset: Dataset,
    question: PanelQuestion,
    counts: pd.DataFrame,
    names: Sequence[str] | None = None,
) -> dict[str, np.ndarray]:
    """Columns for the rows of a panel, by name.

    Parameters
    ----------
    counts: the panel's N regions (index) by T periods (columns).
    names: by default those that the options of the question's method name.

    Returns
    -------
    By name, values of shape (N · T,), region by region.

    Raises
    ------
    DesignError: with every column that has no value for some region.
    """
    where = "method_options" if names is None else "columns"
    asked = list(texts(question.method_options)) if names is None else names
    if not asked:
        return {}
    kinds = offered(dataset)
    given = [name for name in dict.fromkeys(asked) if name in kinds]
    columns = {name: _values(dataset, question, name, kinds[name], counts) for name in given}
    remedy = "Complete it, leave those regions out (exclude_regions), or name another"
    problems = []
    for name, values in columns.items():
        if missing := int(_blank(values).any(axis=1).sum()):
            what = f"has no value for {missing} of {len(counts)} regions"
            problems.append(Problem(f"{where}, column {name}", what, remedy))
    if problems:
        raise DesignError(problems)
    return {name: values.to_numpy().ravel() for name, values in columns.items()}


def _values(
    dataset: Dataset, question: PanelQuestion, name: str, kind: str, counts: pd.DataFrame
) -> pd.DataFrame:
    """One column as regions by periods."""
    if kind == "group":
        groups = dataset.tables["regions"].set_index("region_code")[name].astype(object)
        return pd.DataFrame(dict.fromkeys(counts.columns, groups.reindex(counts.index)))
    before, after = kind.split("{}")
    exposure = name.removeprefix(before).removesuffix(after)
    size = exposure_of(dataset, question, counts, exposure)
    if not after:
        size = pd.DataFrame(dict.fromkeys(counts.columns, size.iloc[:, 0]))
    return np.log(size) if before else size


def _blank(values: pd.DataFrame | pd.Series) -> Any:
    return values.isna() | (values == "")
