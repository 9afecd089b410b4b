"""Parameters of ``notebooks/rating_threshold.ipynb``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from analysis.params import ThresholdQuestion


class RatingThresholdParams(ThresholdQuestion):
    """What does a colour code, a list or a star do to those just over the line?

    ``window`` is in points, for whole-number scores compared as if drawn by lot; ``width`` and
    ``curvature`` are found from the data where they are 0. ``doubt`` is how often cut-offs may be
    doubted over which nobody was moved.
    """

    free_to_vary: ClassVar[frozenset[str]] = ThresholdQuestion.free_to_vary | {"doubt"}

    dataset: str = "data/simulated/province"
    cutoffs: list[float] = Field(default_factory=lambda: [60.0, 70.0, 80.0, 90.0])
    selection: str = "random"
    outcome: str = "complaint"
    window: int = Field(default=1, ge=1, le=10)
    width: float = Field(default=0.0, ge=0)
    donut: float = Field(default=0.0, ge=0)
    curvature: float = Field(default=0.0, ge=0)
    draws: int = Field(default=399, ge=199)
    doubt: float = Field(default=0.01, gt=0, lt=0.5)
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
