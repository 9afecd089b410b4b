"""Parameters of ``notebooks/target_progress.ipynb``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from analysis.params import TargetsQuestion


class TargetProgressParams(TargetsQuestion):
    """Do targets move the work, or its reporting?

    ``below`` and ``above`` are from and to how many per cent of the target results may have moved.
    """

    free_to_vary: ClassVar[frozenset[str]] = TargetsQuestion.free_to_vary | {"smallest"}

    dataset: str = "data/simulated/province"
    indicator: str = "new_enterprises"
    unmeasured: str = "changes_of_licence"
    below: int = Field(default=10, ge=2, le=14)
    above: int = Field(default=3, ge=0, le=10)
    smallest: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
