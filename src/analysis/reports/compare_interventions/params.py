"""Parameters of ``notebooks/compare_interventions.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import InterventionsQuestion


class CompareInterventionsParams(InterventionsQuestion):
    """Which interventions lowered an outcome, and did one do more than another?"""

    dataset: str = "data/simulated/province"
    outcome: str = "complaint"
    exposure: str = "enterprises"
    period: Literal["week", "month", "quarter", "year"] = "quarter"
    interactions: Literal["where_needed", "none", "all_pairs"] = "where_needed"
    pairs: list[list[str]] = Field(default_factory=list)
    contrasts: list[list[str]] = Field(default_factory=list)
    anticipation: int = Field(default=0, ge=0)
    regions_of: str = ""
    false_discoveries: float = Field(default=0.05, gt=0, lt=0.5)
