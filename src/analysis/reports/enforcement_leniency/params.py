"""Parameters of ``notebooks/enforcement_leniency.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import LeniencyQuestion


class EnforcementLeniencyParams(LeniencyQuestion):
    """Does sparing first minor violations bring more of them?

    ``model`` compares rates at which violations are found again (``cox``), or times until then.
    """

    dataset: str = "data/simulated/province"
    model: Literal["cox", "weibull", "lognormal"] = "cox"
    goods_limit: float = Field(default=10000.0, ge=0)
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
