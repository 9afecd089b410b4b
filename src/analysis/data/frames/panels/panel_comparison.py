"""What a comparison over time needs before any method may run; all that is missing, at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pandas.api.types import is_numeric_dtype

from analysis.data.frames.frame import refusing
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.panels.panel_doubts import doubtful
from analysis.errors import DesignError, Problem

MINIMUM_TREATED = 2
"""With one treated region its own luck and the effect cannot be told apart."""
MINIMUM_UNTREATED = 2
MINIMUM_BEFORE = 2
"""One period to compare with and one to see whether regions moved alike."""


@refusing
def require_comparison(
    panel: Panel, comparison: str, before: int = MINIMUM_BEFORE
) -> Iterator[Problem]:
    """Refuse a panel that cannot carry a staggered comparison.

    Parameters
    ----------
    comparison: ``not_yet_treated`` or ``never_treated``.
    before: how many untreated periods the earliest adopters need.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    starts = panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    if treated.size < MINIMUM_TREATED:
        what = f"are {treated.size}; at least {MINIMUM_TREATED} are needed"
        remedy = "Use synthetic control for a single region, or wait for more adopters"
        yield Problem("treated regions", what, remedy)
    if treated.size and not estimable_periods(panel, comparison).any():
        what = f"are fewer than {MINIMUM_UNTREATED} in every period after the first start"
        remedy = "Add regions that start later or never, or end the panel before all have started"
        yield Problem("untreated regions", what, remedy)
    usable = treated[treated > before]
    if usable.size < MINIMUM_TREATED:
        what = f"are fewer than {before} for all but {usable.size} treated regions"
        remedy = "Begin the panel earlier, or use shorter periods"
        yield Problem("periods before the start", what, remedy)
    yield from doubtful(panel)


def untreated_by_period(panel: Panel, comparison: str) -> np.ndarray:
    """How many comparison regions each period has; shape (T,)."""
    starts = panel.adoption.to_numpy()[:, None]
    periods = np.arange(1, len(panel.periods) + 1)[None, :]
    later = (starts > periods) & (comparison == "not_yet_treated")
    counts: np.ndarray = ((starts == NEVER) | later).sum(axis=0)
    return counts


def estimable_periods(panel: Panel, comparison: str) -> np.ndarray:
    """Which periods after the first start still have regions to compare with; shape (T,)."""
    starts = panel.adoption.to_numpy()
    first = starts[starts > NEVER].min()
    periods = np.arange(1, len(panel.periods) + 1)
    enough = untreated_by_period(panel, comparison) >= MINIMUM_UNTREATED
    usable: np.ndarray = enough & (periods >= first)
    return usable


def comparable_part(panel: Panel, comparison: str, before: int = MINIMUM_BEFORE) -> Panel:
    """The panel without what no method can use, each exclusion counted.

    Regions with fewer than ``before`` untreated periods leave; periods without comparison
    regions at the end are cut, and regions that start only then count as never treated.
    """
    panel, dropped = panel.without_early(before)
    enough = untreated_by_period(panel, comparison) >= MINIMUM_UNTREATED
    last = len(enough) if enough.all() else int(np.argmin(enough))
    return panel.until(last, dropped)


def require_positive(panel: Panel) -> None:
    """Refuse zeros where a logarithm is to be taken.

    Raises
    ------
    DesignError: with how many cells and regions hold zeros, and what would do.
    """
    zero = panel.frame[panel.measured] <= 0
    if zero.any():
        regions = panel.frame.loc[zero, "region"].nunique()
        where, what = ("counts", "of zero") if panel.counted else ("levels", "of zero or less")
        what = f"{what} stand in {int(zero.sum())} of {len(zero)} cells ({regions} regions)"
        other = "method: counts" if panel.counted else "method: imputation without a scale"
        remedy = "Use longer periods or leave those regions out; "
        remedy += f"{other} of intervention_effect takes them"
        raise DesignError([Problem(where, f"{what}; a zero has no logarithm", remedy)])


def require_counts(panel: Panel) -> None:
    """Refuse levels where events are counted.

    Raises
    ------
    DesignError: with the method that takes levels.
    """
    if not panel.counted:
        what = "is a level, and this method takes counts, or shares of a base"
        raise DesignError([Problem(f"outcome {panel.outcome}", what, "Use method: imputation")])


@refusing
def require_columns(panel: Panel, names: tuple[str, ...]) -> Iterator[Problem]:
    """Refuse a panel that lacks columns an option names, or holds no finite number in them.

    Raises
    ------
    DesignError: with every column that is missing, not numeric, or has holes.
    """
    for name in names:
        where = f"column {name}"
        if name not in panel.frame:
            yield Problem(where, "is missing", "Add it to the panel")
        elif not is_numeric_dtype(panel.frame[name]):
            yield Problem(where, "is not numeric", "Code it as numbers")
        elif count := int((~np.isfinite(panel.frame[name].to_numpy(float))).sum()):
            remedy = "Fill them from the source, or leave those regions out"
            yield Problem(where, f"has no number in {count} rows", remedy)
