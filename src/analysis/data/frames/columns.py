"""Columns of regions that options of a method may name, made from tables of the contract.

``level`` and ``parent_code`` (from regions) put regions into groups. Every exposure is offered
under its own name as its size in the first period, which no intervention within the panel can have
changed, and as ``log_NAME``; ``NAME_by_period`` and ``log_NAME_by_period`` hold it in every
period. A method says what an option may name by a mark on its type, and nowhere else:

    covariates: Annotated[tuple[str, ...], NUMBERS] = ()
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.series import exposure_of
from analysis.errors import DesignError, Problem
from analysis.params import PanelQuestion

GROUP_COLUMNS = ("level", "parent_code")
RESERVED = frozenset(["region", "period", "count", "exposure", "first_treated", *GROUP_COLUMNS])
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
    kinds: dict[str, str] = {}
    if dataset.has("exposures"):
        for name in sorted(dataset.tables["exposures"]["exposure"].astype(str).unique()):
            kinds |= {form.format(name): form for form in FORMS}
    kinds = {name: kind for name, kind in kinds.items() if name not in RESERVED}
    regions = dataset.tables["regions"]
    given = [name for name in GROUP_COLUMNS if name in regions and not _blank(regions[name]).all()]
    return kinds | dict.fromkeys(given, "group")


def texts(value: Any) -> Iterator[str]:
    """Every text in options, whatever it says: some name columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)


def named_columns(
    dataset: Dataset, params: PanelQuestion, counts: pd.DataFrame
) -> dict[str, np.ndarray]:
    """The columns that the options of the method name, for the rows of a panel.

    Parameters
    ----------
    counts: the panel's N regions (index) by T periods (columns).

    Returns
    -------
    By name, values of shape (N · T,), region by region.

    Raises
    ------
    DesignError: with every column that has no value for some region.
    """
    kinds = offered(dataset)
    names = [name for name in dict.fromkeys(texts(params.method_options)) if name in kinds]
    columns = {name: _values(dataset, params, name, kinds[name], counts) for name in names}
    problems = []
    for name, values in columns.items():
        if count := int(_blank(values).any(axis=1).sum()):
            what = f"has no value for {count} of {len(values)} regions"
            remedy = "Complete it, leave those regions out (exclude_regions), or name another"
            problems.append(Problem(f"method_options, column {name}", what, remedy))
    if problems:
        raise DesignError(problems)
    return {name: values.to_numpy().ravel() for name, values in columns.items()}


def _values(
    dataset: Dataset, params: PanelQuestion, name: str, kind: str, counts: pd.DataFrame
) -> pd.DataFrame:
    """One column as regions by periods."""
    if kind == "group":
        groups = dataset.tables["regions"].set_index("region_code")[name].astype(object)
        return pd.DataFrame(dict.fromkeys(counts.columns, groups.reindex(counts.index)))
    exposure = name.removeprefix("log_" if kind.startswith("log_") else "")
    exposure = exposure.removesuffix("_by_period" if kind.endswith("_by_period") else "")
    asked = params.model_copy(update={"exposure": exposure})
    size, _ = exposure_of(dataset, asked, counts)
    if not kind.endswith("_by_period"):
        size = pd.DataFrame(dict.fromkeys(counts.columns, size.iloc[:, 0]))
    return np.log(size) if kind.startswith("log_") else size


def _blank(values: pd.DataFrame | pd.Series) -> Any:
    return values.isna() | (values == "")
