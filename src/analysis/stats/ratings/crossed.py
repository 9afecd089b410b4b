"""Variances of raters who each rated some: crossed, sparse, by restricted likelihood.

    y = μ + rated_i + rater_j + (rated × rater)_ij + rest,

all but μ random; where the rated share regions, μ is the region's. With weights w of the cells
(i, j) and V = D⁻¹ + Z G Z', Woodbury's identity leaves one dense matrix of the smaller side, rated
or raters: the other side is eliminated exactly, since it is diagonal. Nothing of the size of
rated × raters is ever formed.

References
----------
Patterson and Thompson (1971), "Recovery of inter-block information when block sizes are unequal",
Biometrika 58; Gilmour, Thompson and Cullis (1995), "Average information REML", Biometrics 51.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from scipy import sparse

from analysis.errors import EstimationError, Problem
from analysis.stats.pooling.exact import Interval
from analysis.stats.resampling.jackknife import scaled_share, t_critical

SMALLEST, LARGEST = -16.0, 12.0
"""Logarithms of ratios of variances between which the likelihood is searched."""
FAIR = (0.01, 100.0)
"""Ratios between which the search begins."""
NOTHING = 1e-6
"""A ratio this small is none: the likelihood is flat below."""


@dataclass(frozen=True)
class Cells:
    """C pairs of rated and rater that met, N ratings in all.

    ``rated`` and ``rater`` number each from 0, ``size`` counts the ratings of a pair, ``mean`` is
    their mean, ``region`` numbers where it is, all of shape (C,); ``within`` is the sum of squares
    around these means.
    """

    rated: np.ndarray
    rater: np.ndarray
    size: np.ndarray
    mean: np.ndarray
    region: np.ndarray
    within: float

    @classmethod
    def of(
        cls,
        score: np.ndarray,
        rated: np.ndarray,
        rater: np.ndarray,
        region: np.ndarray | None = None,
    ) -> Cells:
        """From ratings one by one; shape (N,). All are of one region where none is given."""
        width = int(rater.max()) + 1
        pairs, first, cell = np.unique(
            rated * width + rater, return_index=True, return_inverse=True
        )
        size = np.bincount(cell)
        mean = np.bincount(cell, score) / size
        within = float(((score - mean[cell]) ** 2).sum())
        place = np.zeros(len(pairs), dtype=int)
        if region is not None:
            place = np.unique(region[first], return_inverse=True)[1]
        return cls(pairs // width, pairs % width, size, mean, place, within)

    @property
    def regions(self) -> int:
        """How many regions there are."""
        return int(self.region.max()) + 1

    @property
    def free(self) -> int:
        """How many ratings there are beyond one for each region."""
        return int(self.size.sum()) - self.regions

    @property
    def repeated(self) -> bool:
        """Whether a pair met more than once, so that it can be told from the rest."""
        return bool((self.size > 1).any())


@dataclass(frozen=True)
class Crossed:
    """Variances of rated, raters, pairs and the rest (pairs 0 where none met twice).

    ``covariance`` (4, 4) is that of their estimates; where a variance is none of the model's, 0.
    ``region`` is the variance between regions, each as much as another; 0 of one.
    """

    variances: np.ndarray
    covariance: np.ndarray
    region: float


class _Fit:
    """The model at given ratios of the variances of rated, raters and pairs to the rest."""

    def __init__(self, cells: Cells, ratios: np.ndarray) -> None:
        self.ratios = np.maximum(ratios, 1e-300)
        self.weight = 1 / (ratios[2] + 1 / cells.size)
        sides = [cells.rated, cells.rater]
        counts = [int(side.max()) + 1 for side in sides]
        self.order = [0, 1] if counts[0] <= counts[1] else [1, 0]
        self.kept, self.gone = (sides[place] for place in self.order)
        sizes = tuple(counts[place] for place in self.order)
        inverse = [1 / self.ratios[place] for place in self.order]
        self.diagonal = np.bincount(self.gone, self.weight, sizes[1]) + inverse[1]
        self.between = sparse.csr_array((self.weight, (self.kept, self.gone)), shape=sizes)
        scaled = self.between.multiply(1 / np.sqrt(self.diagonal)).tocsr()
        schur = -(scaled @ scaled.T).toarray()
        schur[np.diag_indices(sizes[0])] += np.bincount(self.kept, self.weight, sizes[0])
        schur[np.diag_indices(sizes[0])] += inverse[0]
        self.factor = scipy.linalg.cho_factor(
            schur.T, lower=True, overwrite_a=True, check_finite=False
        )
        self.log_determinant = (
            2 * np.log(np.diag(self.factor[0])).sum()
            + np.log(self.diagonal).sum()
            - np.log(self.weight).sum()
            + sum(size * np.log(self.ratios[p]) for size, p in zip(sizes, self.order, strict=True))
        )
        self.region = cells.region
        self.information = self._of_regions(cells.regions, sizes)

    def solved(self, values: np.ndarray) -> np.ndarray:
        """V⁻¹ times values, both of the cells."""
        weighted = self.weight * values
        kept = np.bincount(self.kept, weighted, len(self.factor[0]))
        gone = np.bincount(self.gone, weighted, len(self.diagonal))
        kept = kept - self.between @ (gone / self.diagonal)
        kept = scipy.linalg.cho_solve(self.factor, kept, overwrite_b=True, check_finite=False)
        gone = (gone - self.between.T @ kept) / self.diagonal
        return np.asarray(self.weight * (values - kept[self.kept] - gone[self.gone]))

    def _of_regions(self, count: int, sizes: tuple[int, ...]) -> np.ndarray:
        """X'V⁻¹X of the regions' means; shape (R, R)."""
        kept, gone = (
            sparse.csr_array((self.weight, (side, self.region)), shape=(size, count)).toarray()
            for side, size in zip((self.kept, self.gone), sizes, strict=True)
        )
        scaled = gone / self.diagonal[:, None]
        inner = scipy.linalg.cho_solve(self.factor, kept - self.between @ scaled)
        outer = (gone - self.between.T @ inner) / self.diagonal[:, None]
        own = np.diag(np.bincount(self.region, self.weight, count))
        return np.asarray(own - kept.T @ inner - gone.T @ outer)

    def means(self, values: np.ndarray) -> np.ndarray:
        """The regions' means by generalised least squares; shape (R,)."""
        solved = np.bincount(self.region, self.solved(values), len(self.information))
        return np.linalg.solve(self.information, solved)

    def projected(self, values: np.ndarray) -> np.ndarray:
        """The same with the regions' means taken off: P times values."""
        return self.solved(values - self.means(values)[self.region])

    def rest(self, cells: Cells) -> float:
        """The variance of the rest."""
        square = cells.mean @ self.projected(cells.mean) + cells.within
        return float(square / cells.free)

    def deviance(self, cells: Cells) -> float:
        """Minus twice the restricted log likelihood, up to a constant."""
        scale = np.linalg.slogdet(self.information)[1] + cells.free * np.log(self.rest(cells))
        return float(self.log_determinant + scale)

    def between_regions(self, cells: Cells) -> float:
        """How their means vary, less what these are uncertain by."""
        if cells.regions < 2:
            return 0.0
        errors = self.rest(cells) * np.linalg.inv(self.information)
        chance = np.trace(errors) - errors.sum() / cells.regions
        spread = self.means(cells.mean).var(ddof=1)
        return float(spread - chance / (cells.regions - 1))


def crossed_share(cells: Cells, level: float) -> tuple[Interval, Crossed]:
    """The share of one rater that lies between the rated, and the variances.

    Its limits are those of Fisher's scale (``share_limits``), with one degree of freedom less than
    there are rated for each region.

    Raises
    ------
    EstimationError: as :func:`crossed`.
    """
    found = crossed(cells)
    variances = found.variances
    own, others = float(variances[0]), variances[1:].sum()
    more = cells.size.sum() / (cells.rated.max() + 1) - 1
    raised = others + (more + 1) * own
    slope = np.array([(more + 1) / raised, *[1 / raised - 1 / others] * 3])
    error = np.sqrt(slope @ found.covariance @ slope)
    margin = t_critical(level, int(cells.rated.max()) + 1 - cells.regions) * float(error)
    limits = (float(scaled_share(np.log(raised / others) + w * margin, more)) for w in (-1, 1))
    return Interval(own / (own + others), *limits), found


def crossed(cells: Cells) -> Crossed:
    """Variances where the restricted likelihood is largest, and the errors of these.

    Raises
    ------
    EstimationError: the search does not come to an end.
    """
    pairs = cells.repeated

    def ratios(logs: np.ndarray) -> np.ndarray:
        return np.exp([*logs, *([] if pairs else [-np.inf])])

    def deviance(logs: np.ndarray) -> float:
        return _Fit(cells, ratios(logs)).deviance(cells)

    begin = np.array([*near(cells), *[-1.0] * pairs])
    limits = [(SMALLEST, LARGEST)] * len(begin)
    found = scipy.optimize.minimize(deviance, begin, method="L-BFGS-B", bounds=limits)
    if not found.success:
        what = "does not settle: the ratings hold too little to part raters from rated"
        remedy = "Use form: nested, or leave out raters who rated one only"
        raise EstimationError([Problem("restricted likelihood", what, remedy)])
    own = ratios(found.x)
    fit = _Fit(cells, own)
    rest = fit.rest(cells)
    own = np.where(own < NOTHING, 0.0, own)
    variances = rest * np.array([*own, 1.0])
    return Crossed(variances, _covariance(cells, fit, rest, pairs), fit.between_regions(cells))


def near(cells: Cells) -> np.ndarray:
    """Logarithms of ratios of the variances of rated and raters to the rest, by moments.

    From there the search takes half as many steps. Pairs count as rest.

    References
    ----------
    Henderson (1953), "Estimation of variance and covariance components", Biometrics 9, method 1.
    """
    every, total = float(cells.size.sum()), cells.size * cells.mean
    square = float((total * cells.mean).sum()) + cells.within
    middle = total.sum() ** 2 / every
    left, right, one = np.zeros((3, 3)), np.zeros(3), np.zeros(3)
    for place, side in enumerate((cells.rated, cells.rater)):
        size = np.bincount(side, cells.size)
        right[place] = float((np.bincount(side, total) ** 2 / size).sum()) - middle
        left[place, place], left[place, 2] = every, len(size)
        left[place, 1 - place] = float((cells.size**2 / size[side]).sum())
        one[place] = float((size**2).sum()) / every
    left[2], right[2], one[2] = every, square - middle, 1.0
    found = np.linalg.lstsq(left - one, right, rcond=None)[0]
    ratios = found[:2] / found[2] if found[2] > 0 else np.ones(2)
    return np.log(np.clip(ratios, *FAIR))


def _covariance(cells: Cells, fit: _Fit, rest: float, pairs: bool) -> np.ndarray:
    """Inverse of the average information, which stays defined where a variance is none."""
    residual = fit.projected(cells.mean) / rest
    drawn = [
        np.bincount(cells.rated, residual)[cells.rated],
        np.bincount(cells.rater, residual)[cells.rater],
        residual,
        residual / cells.size,
    ]
    solved = [fit.projected(each) / rest for each in drawn]
    information = 0.5 * np.array([[a @ b for b in solved] for a in drawn])
    information[3, 3] += 0.5 * cells.within / rest**3
    held = [0, 1, 2, 3] if pairs else [0, 1, 3]
    covariance = np.zeros((4, 4))
    covariance[np.ix_(held, held)] = np.linalg.inv(information[np.ix_(held, held)])
    return covariance
