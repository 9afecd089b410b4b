"""How closely a region can be followed, and how far it may stray, beside its expected noise.

The gap of a region i to its synthetic path has the variance

    e_i² = c_i + φ (1/n_i + Σ_j ω_ij²),   c_i = v_i + Σ_j ω_ij² v_j,

v the sampling variance of counts (none of levels), n_i how many regions the path is the mean of,
and φ what else moves single regions, from the median placebo. A small region is noisy, not unlike
others: closeness is fit/e_i, and estimates of unlike regions are comparable over e_i. Over the fit
itself, of those that are followed closely, .10 of estimates without an effect left their 95 %
range (400 worlds); over e_i it was .02 to .06.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.synthetic_controls.synthetic_task import FIRST

TIED = 1e-9
"""Ratios that differ by less, as a share, are the same."""


@dataclass(frozen=True)
class Placebos:
    """Statistics of the treated, row 0, and of B placebos, (1 + B, K); ``FIRST`` names the first.

    ``noise`` is that to be expected, ``kept`` who is followed closely enough; both (1 + B,).
    """

    statistics: np.ndarray
    noise: np.ndarray
    kept: np.ndarray

    @classmethod
    def of(cls, main: np.ndarray, replicates: np.ndarray, share: float) -> Placebos:
        """From the statistics of the treated (K,) and of placebos (B, K).

        Parameters
        ----------
        share: of all others that each must be followed more closely than.
        """
        every = np.vstack([main, replicates])
        fit, counting, spread = (
            every[:, FIRST.index(name)] for name in ("fit", "counting", "spread")
        )
        noise = expected_noise(fit, counting, spread)
        return cls(every, noise, as_close(fit / noise, share))

    def column(self, name: str) -> np.ndarray:
        """A statistic of all by its name; shape (1 + B,)."""
        return np.asarray(self.statistics[:, FIRST.index(name)])

    @property
    def closeness(self) -> np.ndarray:
        """Gap before the start over the noise to be expected; shape (1 + B,)."""
        return np.asarray(self.column("fit") / self.noise)

    @property
    def alike(self) -> np.ndarray:
        """Statistics of placebos as if each were as noisy as the treated; shape (B, K)."""
        return np.asarray(self.statistics[1:] * (self.noise[0] / self.noise[1:])[:, None])

    @property
    def rank(self) -> tuple[int, int]:
        """Of the n ratios of gaps since to gaps before that are kept, the treated has the r-th."""
        ratio = self.column("ratio")
        rarer = (ratio[1:] >= ratio[0] * (1 - TIED)) & self.kept[1:]
        return 1 + int(rarer.sum()), 1 + int(self.kept[1:].sum())


def expected_noise(fit: np.ndarray, counting: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Standard deviation e of each gap, as rows of :class:`Placebos`; shape (1 + B,).

    Parameters
    ----------
    fit: root mean squared gap before the start. counting: c. spread: 1/n + Σω². All (1 + B,).
    Ones where there is nothing to tell it from: placebos that are followed exactly.
    """
    beyond = np.median((fit[1:] ** 2 - counting[1:]) / spread[1:]) if len(fit) > 1 else 0.0
    found = np.sqrt(counting + max(float(beyond), 0.0) * spread)
    return found if (found > 0).all() else np.ones(len(fit))


def as_close(closeness: np.ndarray, share: float) -> np.ndarray:
    """Which are followed as closely as ``share`` of all others at least; shape (1 + B,).

    Each is judged as the treated one is: placebos that are left out make those kept comparable.
    """
    if share >= 1:
        return np.ones(len(closeness), dtype=bool)
    others = [np.delete(closeness, place) for place in range(len(closeness))]
    return np.array(
        [
            own <= np.quantile(rest, share) * (1 + 1e-12)
            for own, rest in zip(closeness, others, strict=True)
        ]
    )
