"""Parameters of ``notebooks/monthly_monitor.ipynb``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from analysis.params import MonthlyQuestion


class MonthlyMonitorParams(MonthlyQuestion):
    """What is new this month?

    ``false_discoveries`` is the share of flags that may be false, on average.
    """

    free_to_vary: ClassVar[frozenset[str]] = MonthlyQuestion.free_to_vary | {"false_discoveries"}

    dataset: str = "data/simulated/province"
    outcome: str = "complaint"
    false_discoveries: float = Field(default=0.05, gt=0, lt=0.5)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
