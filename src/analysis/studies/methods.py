"""What each method finds, with its own defaults, in simulated worlds whose truth is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis import methods
from analysis.errors import AnalysisError
from analysis.result import Estimate


class WorldKind(Protocol):
    """A maker of worlds, an ordinary truth, and the one under which nothing happens."""

    make: Callable[[int, float], Any]
    truth: float
    null: float


@dataclass(frozen=True)
class MethodRow:
    """One method over many worlds.

    ``bias`` is the mean estimate less the ``truth``, ``spread`` the standard deviation of
    estimates; ``covered`` is the share of likely ranges that hold the truth, ``found`` of those
    that leave out ``null``, ``false`` the same in worlds in which ``null`` is true; ``refused``
    the share of worlds in which the method gave no number.
    """

    method: str
    worlds: int
    truth: float
    null: float
    bias: float
    spread: float
    covered: float
    found: float
    false: float
    refused: float
    seed: int
    version: str
    seconds: float


def study(name: str, kind: WorldKind, worlds: Iterable[int], seed: int, version: str) -> MethodRow:
    """A method in worlds of its kind, once with the truth and once without anything."""
    started, seeds = time.perf_counter(), [1000 * seed + world for world in worlds]
    told, refused = _headlines(name, kind, seeds, kind.truth)
    without, refused_without = _headlines(name, kind, seeds, kind.null)
    value, low, high = told.T
    return MethodRow(
        method=name,
        worlds=len(seeds),
        truth=kind.truth,
        null=kind.null,
        bias=round(float(value.mean()) - kind.truth, 5),
        spread=round(float(value.std()), 5),
        covered=round(_share(low, kind.truth, high), 4),
        found=round(1 - _share(low, kind.null, high), 4),
        false=round(1 - _share(without[:, 1], kind.null, without[:, 2]), 4),
        refused=round((refused + refused_without) / (2 * len(seeds)), 4),
        seed=seed,
        version=version,
        seconds=round(time.perf_counter() - started, 1),
    )


def _headlines(
    name: str, kind: WorldKind, seeds: Sequence[int], truth: float
) -> tuple[np.ndarray, int]:
    """Value, low and high of every world that is not refused, and how many are."""
    found: list[Estimate] = []
    for seed in seeds:
        try:
            found.append(methods.estimate(name, kind.make(seed, truth)).headline)
        except AnalysisError:
            continue
    rows = np.array([(e.value, e.low, e.high) for e in found], dtype=float)
    return rows, len(seeds) - len(found)


def _share(low: np.ndarray, value: float, high: np.ndarray) -> float:
    return float(np.mean((low <= value) & (value <= high)))


def as_frame(rows: Sequence[MethodRow]) -> pd.DataFrame:
    """Rows as they stand in ``data/studies``."""
    return pd.DataFrame([asdict(row) for row in rows]).rename(columns={"method": "row"})
