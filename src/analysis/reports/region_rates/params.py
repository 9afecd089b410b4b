"""Parameters of ``notebooks/region_rates.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import CountsQuestion


class RegionRatesParams(CountsQuestion):
    """Which regions differ by more than chance?"""

    dataset: str = "data/simulated/province"
    outcome: str = "report"
    exposure: str = "enterprises"
    period: Literal["month", "quarter", "year"] = "quarter"
    over_dispersion: Literal["additive", "multiplicative", "none"] = "additive"
    cluster: str = ""
    level: float = Field(default=0.95, ge=0.5, le=0.99)
    false_discoveries: float = Field(default=0.05, gt=0, lt=0.5)
