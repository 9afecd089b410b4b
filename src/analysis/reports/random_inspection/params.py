"""Parameters of ``notebooks/random_inspection.ipynb``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from analysis.params import DrawQuestion


class RandomInspectionParams(DrawQuestion):
    """Was the draw random, and does being drawn matter?

    ``doubt`` is how often a draw by lot may be called doubtful.
    """

    free_to_vary: ClassVar[frozenset[str]] = DrawQuestion.free_to_vary | {"doubt"}

    dataset: str = "data/simulated/province"
    outcome: str = "complaint"
    targeted_as_contrast: bool = True
    draws: int = Field(default=999, ge=199)
    doubt: float = Field(default=0.01, gt=0, lt=0.5)
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
