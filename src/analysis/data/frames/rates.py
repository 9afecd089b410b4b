"""Events and exposure of regions over one span, to be compared side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.frame import FRAMES
from analysis.data.frames.names import region_names, unknown_names
from analysis.data.frames.outcomes import observed
from analysis.data.periods import PER_YEAR
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import CountsQuestion

RATES = FRAMES["rates"]
INCOMPLETE, EXCLUDED = "incomplete", "excluded_by_params"


@dataclass(frozen=True)
class Comparison:
    """Regions over one span, ready to be compared.

    ``frame`` has ``region`` (code, sorted), ``events`` (whole) and ``size``: mean exposure times
    the span in years, so that events over size is a yearly rate. ``names`` are by code, English
    and Chinese. Where counts are protected, ``frame`` has the variance of the ``noise``, the codes
    in ``withheld`` are not shown one by one, ``blocks`` is how many counts were added up, and
    ``protected`` is the mark of the store.
    """

    frame: pd.DataFrame
    years: float
    first_period: str
    last_period: str
    dropped: Mapping[str, int]
    names: Mapping[str, tuple[str, str]]
    withheld: frozenset[str] = frozenset()
    blocks: int = 0
    protected: str = ""

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
    if problems := unknown_names(dataset, params):
        raise ParamsError(problems)
    counts, exposure = observed(dataset, params, params.outcome)
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
    names = region_names(dataset)
    return Comparison(
        frame=frame,
        years=years,
        first_period=str(counts.columns[0]),
        last_period=str(counts.columns[-1]),
        dropped={reason: count for reason, count in dropped.items() if count},
        names={code: names[code] for code in frame["region"]},
    )
