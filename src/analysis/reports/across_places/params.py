"""Parameters of ``notebooks/across_places.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params


class AcrossPlacesParams(Params):
    """Did it come to the same in several places, and what is to be expected in another?"""

    dataset: str = "data/chinese_cities"
    across: list[str] = Field(default_factory=list)
    estimate: str = ""
    outcome: str = "lung_cancer"
    intervention: str = "smoking"
    exposure: str = ""
    measure: Literal["odds_ratio", "risk_ratio"] = "odds_ratio"
    between: Literal["reml", "paule_mandel", "dersimonian_laird"] = "reml"
    level: float = Field(default=0.95, ge=0.5, le=0.999)
