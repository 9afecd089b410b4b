"""Jumps at a cut-off by local polynomials, as diff-diff computes them, with nothing left unsaid."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.result import Estimate

CONTINUOUS = "Mass points", "Repeated running-variable"
"""How the library begins to say that scores repeat; it allows for that, and we count them."""
WIDE = "Bandwidth h_", "Fewer than 20 effective", "Estimated density is negative"
"""How it begins to say that a density window is thin or nearly empty, as where units moved away."""


@dataclass(frozen=True)
class Jump:
    """A jump at 0: bias-corrected with its robust limits, and as fitted with its own.

    ``bandwidth`` (2,) is the window left and right, ``pilot`` (2,) that in which curvature was
    measured; ``rows`` (2,) those in the first and ``distinct`` (2,) their different scores;
    ``left`` and ``right`` (order + 1,) are the fitted polynomials.
    """

    robust: Estimate
    fitted: Estimate
    p_value: float
    bandwidth: tuple[float, float]
    pilot: tuple[float, float]
    rows: tuple[int, int]
    distinct: tuple[int, int]
    left: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Settings:
    """How jumps are estimated: order and kernel of the fit, rule or width of the window.

    ``pilot`` is the width in which curvature is measured; as ``width`` where there is none.
    """

    order: int
    kernel: str
    rule: str
    width: float | None
    level: float
    pilot: float | None = None


def estimate_jump(
    score: np.ndarray,
    outcome: np.ndarray,
    settings: Settings,
    takeup: np.ndarray | None = None,
    covariates: np.ndarray | None = None,
) -> Jump:
    """The jump of the outcome at a score of 0, or with ``takeup`` its ratio to that of take-up.

    Parameters
    ----------
    score, outcome, takeup: shape (N,). covariates: shape (N, C).

    Raises
    ------
    ValueError: in plain words, what keeps the library from an estimate that means something.

    References
    ----------
    Calonico, Cattaneo and Titiunik (2014), "Robust nonparametric confidence intervals for
    regression-discontinuity designs", Econometrica 82; Calonico, Cattaneo, Farrell and Titiunik
    (2019), "Regression discontinuity designs using covariates", REStat 101.
    """
    from diff_diff import RegressionDiscontinuity

    frame = pd.DataFrame({"score": score, "outcome": outcome})
    names: list[str] = []
    if takeup is not None:
        frame["takeup"] = takeup
    if covariates is not None:
        names = [f"covariate{k}" for k in range(covariates.shape[1])]
        frame[names] = covariates
    model = RegressionDiscontinuity(
        p=settings.order,
        kernel=settings.kernel,
        bwselect=settings.rule,
        h=settings.width,
        b=settings.pilot,
        alpha=1 - settings.level,
    )
    found = _said(
        lambda: model.fit(
            frame,
            outcome="outcome",
            running="score",
            takeup="takeup" if takeup is not None else None,
            covariates=names or None,
        ),
        CONTINUOUS,
    )
    return _jump(found, score)


def _jump(found: Any, score: np.ndarray) -> Jump:
    window = (score >= -found.h_left) & (score <= found.h_right)
    below, above = score[window & (score < 0)], score[window & (score >= 0)]
    numbers = (found.att, found.se, *found.conf_int, found.att_conventional)
    if not np.isfinite(numbers).all() or found.se <= 0:
        raise ValueError("the fit gives no error; too few rows, or an outcome without variation")

    def estimate(name: str, value: str, error: str, limits: str) -> Estimate:
        low, high = map(float, getattr(found, limits))
        numbers = float(getattr(found, value)), float(getattr(found, error))
        return Estimate(name, *numbers, low, high, len(above))

    return Jump(
        robust=estimate("overall", "att", "se", "conf_int"),
        fitted=estimate(
            "conventional", "att_conventional", "se_conventional", "conf_int_conventional"
        ),
        p_value=float(found.p_value),
        bandwidth=(float(found.h_left), float(found.h_right)),
        pilot=(float(found.b_left), float(found.b_right)),
        rows=(len(below), len(above)),
        distinct=(len(np.unique(below)), len(np.unique(above))),
        left=np.asarray(found.beta_p_left, dtype=float).ravel(),
        right=np.asarray(found.beta_p_right, dtype=float).ravel(),
    )


def density_p_value(score: np.ndarray) -> float:
    """Whether as many rows lie just above 0 as just below: the p-value of the density test.

    Parameters
    ----------
    score: shape (N,).

    Raises
    ------
    ValueError: in plain words, why no test can be had.

    References
    ----------
    Cattaneo, Jansson and Ma (2020), "Simple local polynomial density estimators", Journal of the
    American Statistical Association 115.
    """
    from diff_diff import RDDensityTest

    frame = pd.DataFrame({"score": score})
    found = _said(lambda: RDDensityTest().fit(frame, running="score"), (*CONTINUOUS, *WIDE))
    if not np.isfinite(found.p_value):
        raise ValueError("the density test gives no number; too few rows near the cut-off")
    return float(found.p_value)


def _said(call: Callable[[], Any], expected: tuple[str, ...]) -> Any:
    """The answer; what the library only warns of is an error, unless it is expected."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # What Python frees meanwhile, such as an event loop, says nothing of these data.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            answer = call()
        except OverflowError:
            raise ValueError("numbers are too large to be squared") from None
        except (ValueError, np.linalg.LinAlgError) as error:
            raise ValueError(_plain(str(error))) from None
    for warning in caught:
        if not str(warning.message).startswith(expected):
            raise ValueError(_plain(str(warning.message)))
    return answer


def _plain(message: str) -> str:
    """The library's sentence up to where it begins to name numbers."""
    words = re.split(r"[(\[;:=]|\. |\d", message, maxsplit=1)[0].strip().rstrip(".")
    return words[:1].lower() + words[1:]
