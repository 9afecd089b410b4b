"""Studies of a method over many simulated worlds: what they found, and how they are judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.result import Estimate

WORLDS = int(os.environ.get("WORLDS", "60"))
"""As many as all rows take in twenty minutes on two cores: they tell .84 from .95. A thousand,
``make validate WORLDS=1000``, tell .99 from .97 as clearly as .90 from .93."""
LEAST, MOST = 0.93, 0.97
"""Share of 95 % intervals that must hold the truth; without an effect, size is what is left."""
ERRORS = 3
"""Monte-Carlo errors beyond either end that chance may explain: 1 row in 700 at the very end."""


@dataclass(frozen=True)
class Study:
    """Headlines of W worlds with one truth: ``value``, ``low`` and ``high`` have shape (W,)."""

    name: str
    truth: float
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    refused: int

    @property
    def bias(self) -> float:
        """Mean estimate less the truth."""
        return float(self.value.mean()) - self.truth

    @property
    def bias_error(self) -> float:
        """Monte-Carlo error of the bias."""
        return float(self.value.std()) / len(self.value) ** 0.5

    @property
    def covered(self) -> float:
        """Share of intervals that hold the truth."""
        return float(np.mean((self.low <= self.truth) & (self.truth <= self.high)))

    @property
    def refused_share(self) -> float:
        """Share of worlds that the method refused."""
        return self.refused / (self.refused + len(self.value))

    def __str__(self) -> str:
        """A row of the table of ``make validate``."""
        error = monte_carlo_error(self.covered, len(self.value))
        return (
            f"| {self.name} | {len(self.value)} | {self.truth:+.2f} | "
            f"{self.bias:+.4f} ({self.bias_error:.4f}) | {self.covered:.3f} ({error:.3f}) | "
            f"{self.refused_share:.3f} |"
        )


def monte_carlo_error(share: float, worlds: int) -> float:
    """Standard error of a share of so many worlds."""
    return float(np.sqrt(share * (1 - share) / worlds))


def study(name: str, truth: float, seeds: Iterable[int], run: Callable[[int], Any]) -> Study:
    """The headline of every seed that the method does not refuse."""
    found: list[Estimate] = []
    refused = 0
    for seed in seeds:
        try:
            found.append(run(seed).headline)
        except AnalysisError:
            refused += 1
    value, low, high = np.array([(e.value, e.low, e.high) for e in found], dtype=float).T
    return Study(name, truth, value, low, high, refused)


def plausible(covered: float, worlds: int) -> bool:
    """Whether a share may come from a long-run one of 93 to 97 per cent."""
    below, above = (ERRORS * monte_carlo_error(end, worlds) for end in (LEAST, MOST))
    return LEAST - below <= covered <= MOST + above


def assert_sound(found: Study, refused: float = 0.0, bias: float = 0.0) -> None:
    """Unbiased within 4 Monte-Carlo errors and a known bias; covering; refusing at most a share."""
    worlds = found.refused + len(found.value)
    assert found.refused_share <= refused + ERRORS * monte_carlo_error(refused, worlds)
    assert abs(found.bias) < 4 * found.bias_error + bias
    assert plausible(found.covered, len(found.value))
