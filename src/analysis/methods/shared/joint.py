"""A frame with several interventions as the estimates see it, and what is refused before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.data.frames.frame import INTERVENTIONS, refusing, require_frame
from analysis.errors import Problem
from analysis.methods.shared.results import at_least
from analysis.stats.joint.joint import Joint, untold
from analysis.stats.panels.adoption import SPEAKING, Adoption, damped_weights
from analysis.stats.resampling.jackknife import jackknife_groups

GROUP_LIMIT, GROUPS = 500, 300
"""More clusters than the first are dealt into so many groups."""
LEAST_ADOPTERS, LEAST_NEVER = 5, 6
"""Regions that adopt each, and clusters that adopt none."""
MOST_CELLS = 50_000_000
LARGEST = 2.0**53
"""Whole numbers beyond are not told apart."""
LEAST_BEFORE = 2
"""Periods without any intervention that an adopter needs."""


@dataclass(frozen=True)
class JointFrame:
    """A panel of N regions and T periods with what is known of its rows and columns.

    ``kinds``: number of the kind of each region, shape (N,), and their names, or ``None``.
    """

    joint: Joint
    regions: tuple[str, ...]
    names: tuple[str, ...]
    kinds: np.ndarray | None
    kind_names: tuple[str, ...]


def rows_of(given: JointFrame, design: np.ndarray, columns: Sequence[str]) -> pd.DataFrame:
    """One row per region and period that is used, with its weight; ``untreated`` tells which.

    Parameters
    ----------
    design: of the columns that are estimated, interactions and doses among them; (P, N, T).
    """
    either = given.joint.either
    rows, periods = np.nonzero(either.untreated | either.active)
    held = {"count": either.values, "exposure": either.exposure, "untreated": either.untreated}
    held |= dict(zip(columns, design, strict=True))
    cells = {name: values[rows, periods] for name, values in held.items()}
    region = {"region": np.array(given.regions)[rows], "period": periods + 1}
    return pd.DataFrame({**region, "weight": either.weights[rows], **cells})


def active_columns(frame: pd.DataFrame, asked: Sequence[str], doses: Sequence[str]) -> list[str]:
    """The columns that hold interventions: those asked for, else all that mean nothing else."""
    known = {column.name for column in INTERVENTIONS.columns} | set(doses)
    return list(asked) or [str(name) for name in frame.columns if name not in known]


@refusing
def require_interventions(
    frame: pd.DataFrame, names: Sequence[str], doses: Sequence[str]
) -> Iterator[Problem]:
    """Refuse columns of interventions that are missing, or hold something else than 0 and 1.

    Raises
    ------
    DesignError: with every one.
    """
    if len(names) < 2:
        remedy = "Name two or more, or ask intervention_effect about one"
        yield Problem("interventions", f"are {len(names)}; at least 2 are compared", remedy)
    for name in names:
        if name not in frame:
            yield Problem(f"column {name}", "is missing", "1 where it was in force, else 0")
        elif not frame[name].isin([0, 1]).all():
            yield Problem(f"column {name}", "must hold 0 or 1", "1 where it was in force, else 0")
    for name in doses:
        if name not in frame or not pd.api.types.is_numeric_dtype(frame[name]):
            yield Problem(f"column {name}", "is missing or not numeric", "It holds the dose")
    for name in ("cluster", "kind"):
        if name in frame and (frame.groupby("region")[name].nunique() > 1).any():
            yield Problem(f"column {name}", "is not one for each region", "Give each region one")
    for name in ("count", "exposure"):
        if (frame[name] > LARGEST).any():
            what = f"holds numbers above {LARGEST:.0f}, which are not counted one by one"
            yield Problem(f"column {name}", what, "Count in a larger unit")


def joint_of(
    frame: pd.DataFrame,
    names: Sequence[str],
    doses: Sequence[str],
    anticipation: int,
    rng: np.random.Generator,
) -> JointFrame:
    """The frame as arrays. A row that is missing is a cell that was not observed.

    Raises
    ------
    DesignError: the frame breaks a rule, or its interventions cannot be compared.
    """
    require_frame(frame, INTERVENTIONS)
    require_interventions(frame, names, doses)
    require_span(frame)
    rows = frame.sort_values(["region", "period"])
    regions = pd.Index(rows["region"].unique())
    count, exposure, *flags = _wide(rows, regions, ["count", "exposure", *names])
    active = np.stack([_filled(own) for own in flags])
    either = _either(count, exposure, active, anticipation)
    joint = Joint(_clustered(either, rows, regions, rng), active)
    require_design(joint, names)
    joint = replace(joint, either=replace(joint.either, weights=damped_weights(joint.either)))
    return JointFrame(joint, tuple(map(str, regions)), tuple(names), *_kinds(rows))


def _wide(rows: pd.DataFrame, regions: pd.Index, columns: Sequence[str]) -> list[np.ndarray]:
    """Columns as arrays of shape (N, T), not numbers where there is no row."""
    periods = range(int(rows["period"].min()), int(rows["period"].max()) + 1)
    wide = (rows.pivot(index="region", columns="period", values=name) for name in columns)
    return [
        np.asarray(found.reindex(index=regions, columns=periods).to_numpy(float)) for found in wide
    ]


def _kinds(rows: pd.DataFrame) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """The number of the kind of each region, and the names of kinds, where they are given."""
    if "kind" not in rows:
        return None, ()
    given = rows.groupby("region", sort=False)["kind"].first().astype(str)
    kinds, labels = pd.factorize(given, sort=True)
    return kinds, tuple(map(str, labels))


@refusing
def require_span(frame: pd.DataFrame) -> Iterator[Problem]:
    """Refuse a span of periods with room for far more cells than anyone has counted."""
    first, last = int(frame["period"].min()), int(frame["period"].max())
    if (last - first) * frame["region"].nunique() > MOST_CELLS:
        remedy = "Number the periods 1, 2, 3, …"
        yield Problem("column period", "leaves most periods between first and last empty", remedy)


def _filled(flags: np.ndarray) -> np.ndarray:
    """In force or not, where no row says it as in the row before; shape (N, T)."""
    return np.asarray(pd.DataFrame(flags).ffill(axis=1).fillna(0.0).to_numpy() > 0)


def _either(count: np.ndarray, exposure: np.ndarray, active: np.ndarray, early: int) -> Adoption:
    """The panel as if all interventions were one. Cells after an end are in neither set."""
    seen = np.isfinite(count)
    any_active = np.asarray(active.any(axis=0))
    after = np.logical_or.accumulate(active, axis=2)
    lapsed = (after & ~active).any(axis=0)
    soon = np.zeros_like(any_active)
    for periods in range(1, early + 1):
        soon[:, :-periods] |= (after[:, :, periods:] & ~after[:, :, :-periods]).any(axis=0)
    usable = seen & ~lapsed & ~soon
    return Adoption(
        np.where(seen, count, 0.0),
        np.where(seen, exposure, 0.0),
        np.where(any_active.any(axis=1), any_active.argmax(axis=1) + 1, 0),
        usable & ~any_active,
        usable & any_active,
        np.zeros(len(count), dtype=int),
        np.ones(len(count)),
    )


def _clustered(
    either: Adoption, rows: pd.DataFrame, regions: pd.Index, rng: np.random.Generator
) -> Adoption:
    """With what is left out together, without periods that nobody speaks of."""
    shared = rows.groupby("region", sort=False)["cluster" if "cluster" in rows else "region"]
    clusters = np.unique(shared.first().reindex(regions).astype(str), return_inverse=True)[1]
    count = int(np.max(clusters)) + 1
    if count > GROUP_LIMIT:
        clusters = jackknife_groups(count, GROUPS, rng)[clusters]
    return replace(either, clusters=clusters).known()


@refusing
def require_design(joint: Joint, names: Sequence[str]) -> Iterator[Problem]:
    """Refuse what cannot be compared: few adopters, the same adopters, nobody without any.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    either = joint.either
    seen = joint.active & either.active
    remedy = "Leave it out of the interventions, or wait for more adopters"
    trained = either.untreated.sum(axis=1) >= LEAST_BEFORE
    for name, own, ever in zip(names, seen, joint.ever, strict=True):
        adopters = int((own.any(axis=1) & trained).sum())
        where = f"regions under {name} with {LEAST_BEFORE} periods before any intervention"
        yield from at_least(where, adopters, LEAST_ADOPTERS, remedy)
        counts = [np.where(cells, either.values, 0.0).sum(axis=1) > 0 for cells in
                  (own, either.untreated & ever[:, None])]  # fmt: skip
        for when, filled in zip(("under", "before"), counts, strict=True):
            if joint.clusters_with(filled).sum() < 2 <= adopters:
                what = f"are all zero {when} {name}, but for one adopter"
                yield Problem("counts", what, "Use longer periods, or another outcome")
    never = int((~joint.clusters_with(joint.adopting)).sum())
    remedy = "Add regions that adopt none of them"
    yield from at_least("regions or clusters that never adopt any", never, LEAST_NEVER, remedy)
    if not (either.untreated & either.spoken).any() or not either.active.any():
        what = f"has fewer than {SPEAKING} regions without any intervention in every period"
        yield Problem("panel", what, "Add regions that start later or never")
    begun = [k for k, own in enumerate(seen) if own.any()]
    same = np.asarray(untold(joint.design()[begun], either.active).any(axis=1))
    if same.any():
        which = " and ".join(names[k] for k, one in zip(begun, same, strict=True) if one)
        what = "were in force in the same regions and periods, each or added up: not told apart"
        yield Problem(which, what, "Compare their sum, as one name, or leave one out")
    used = either.untreated | either.active
    if used.any() and not (np.ptp(np.where(used, either.values, np.nan)[used]) > 0):
        what = "are the same in every period of every region: there is nothing to compare"
        yield Problem("counts", what, "Look whether an export was filled forward")
