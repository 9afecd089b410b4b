"""Events and exposure of regions over one span, to be compared side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.names import names_of, outcome_names
from analysis.data.frames.series import PER_YEAR, counts_of, exposure_of, within
from analysis.data.reading.account import Account
from analysis.data.regions.hierarchy import lies_in, parents_in, within_region
from analysis.errors import DesignError, ParamsError, Problem, nearest
from analysis.params import CountsQuestion

INCOMPLETE, EXCLUDED = "incomplete", "excluded_by_params"


@dataclass(frozen=True)
class Comparison:
    """Regions over one span, ready to be compared.

    ``frame`` has ``region`` (code, sorted), ``events`` (whole) and ``size``: mean exposure times
    the span in years, so that events over size is a yearly rate. ``names`` are by code, English
    and Chinese.
    """

    params: CountsQuestion
    description: Description
    hashes: Mapping[str, str]
    frame: pd.DataFrame
    years: float
    first_period: str
    last_period: str
    dropped: Mapping[str, int]
    names: Mapping[str, tuple[str, str]]
    accounts: Mapping[str, Account] = field(default_factory=dict)

    @property
    def exposure(self) -> list[float]:
        """Mean exposure of each region over the span."""
        return [float(size / self.years) for size in self.frame["size"]]


def comparison_tables() -> set[str]:
    """The tables a comparison reads."""
    return {"regions", "outcomes", "complaints", "exposures", "crosswalk"}


def compare_regions(dataset: Dataset, params: CountsQuestion) -> Comparison:
    """Events and size of every region that has whole counts and exposures over the span.

    Raises
    ------
    ParamsError: a name the dataset does not hold.
    DesignError: no region is left.
    """
    problems = unknown_names(dataset, params)
    if problems:
        raise ParamsError(problems)
    everywhere = counts_of(dataset, params.outcome, params.period)
    counts = within(within_region(dataset, everywhere, params.region), params)
    exposure, _ = exposure_of(dataset, params, counts)
    whole = counts.notna().all(axis=1) & exposure.notna().all(axis=1)
    excluded = counts.index.isin(params.exclude_regions)
    kept = counts.index[whole & ~excluded]
    dropped = {EXCLUDED: int(excluded.sum()), INCOMPLETE: int((~whole & ~excluded).sum())}
    if not len(kept):
        remedy = "Choose a shorter span, or fewer exclusions"
        raise DesignError([Problem("sample", "holds no region with whole counts", remedy)])
    years = counts.shape[1] / PER_YEAR[params.period]
    frame = pd.DataFrame(
        {
            "region": kept.astype(object),
            "events": counts.loc[kept].sum(axis=1).to_numpy(float),
            "size": exposure.loc[kept].mean(axis=1).to_numpy(float) * years,
        }
    ).sort_values("region", ignore_index=True)
    everywhere = names_of(dataset)
    names = {str(code): everywhere[str(code)] for code in kept}
    first, last = (str(counts.columns[place]) for place in (0, -1))
    left_out = {reason: count for reason, count in dropped.items() if count}
    return Comparison(
        params=params,
        description=dataset.description,
        hashes=dataset.hashes,
        frame=frame,
        years=years,
        first_period=first,
        last_period=last,
        dropped=left_out,
        names=names,
        accounts=dataset.accounts,
    )


def unknown_names(dataset: Dataset, params: CountsQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    parents = parents_in(dataset)
    exposures: list[str] = []
    if dataset.has("exposures"):
        exposures = sorted(dataset.tables["exposures"]["exposure"].unique())
    asked = [
        ("outcome", params.outcome, outcome_names(dataset)),
        ("exposure", params.exposure, exposures),
        *(("exclude_regions", code, list(parents)) for code in params.exclude_regions),
    ]
    if not any(lies_in(code, params.region, parents) for code in parents) and params.region:
        asked.append(("region", params.region, list(parents)))
    return [
        Problem(name, f"names '{value}', which the dataset does not hold", nearest(value, known))
        for name, value, known in asked
        if value not in known
    ]
