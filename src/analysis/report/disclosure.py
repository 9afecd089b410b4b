"""Disclosure control: small counts do not leave."""

from __future__ import annotations

import numpy as np

from analysis.errors import Problem, PublishError
from analysis.report.wording import Say


def describe(threshold: int, say: Say) -> str:
    """The setting in words, for the provenance block."""
    return say(
        "only totals over several regions are shown; totals of counts from 1 to {most} are refused",
        most=threshold - 1,
    )


def refuse_small(totals: np.ndarray, threshold: int, where: str) -> None:
    """Refuse to publish group totals of records that are positive and below the threshold.

    Parameters
    ----------
    totals: counts of records behind published rates, any shape.

    Raises
    ------
    PublishError: with how many totals are too small, never their values.
    """
    small = int(((totals > 0) & (totals < threshold)).sum())
    if small:
        remedy = "Use longer periods, or fewer exclusions, so that more records stand behind each"
        raise PublishError(
            [Problem(where, f"rests on fewer than {threshold} records in {small} places", remedy)]
        )
