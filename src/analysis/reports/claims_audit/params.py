"""Parameters of ``notebooks/claims_audit.ipynb``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from analysis.params import FiguresQuestion


class ClaimsAuditParams(FiguresQuestion):
    """Do printed figures agree with one another, and what can a fall without counts support?"""

    claim: str = "pingyin_2020-0022"
    comparison: str = "masked_district_2020-0041"
    baselines: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=lambda: [40, 60, 100, 200, 400, 1000], min_length=1
    )
    window_means: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=lambda: [1, 2, 5, 10, 20, 50, 100, 200], min_length=1
    )
    peak_share: float = Field(default=0.0833, gt=0, le=1)
    dispersion: float = Field(default=0.3, ge=0)
    draws: int = Field(default=100000, ge=1000)
