"""Parameters of ``notebooks/claimants.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from analysis.data.records.claimants import Frequent
from analysis.params import PanelQuestion

PROFESSIONAL = {"cases": 5, "days": 365, "burst": 3, "burst_days": 7}
LEAST = {"cases": 2, "days": 1, "burst": 2, "burst_days": 1}
MOST_DAYS = 3650


class ClaimantsParams(PanelQuestion):
    """Did an intervention act on those who complain often, or on everybody?

    ``professional`` says from when on a claimant is frequent; what it leaves out is as usual.
    """

    dataset: str = "data/simulated/province"
    intervention: str = "order_style_service"
    outcome: Literal["complaint"] = "complaint"
    exposure: str = "enterprises"
    period: Literal["month", "quarter", "year"] = "quarter"
    professional: dict[str, int] = Field(default_factory=PROFESSIONAL.copy)
    label_categories: list[str] = Field(default_factory=list)

    # Of the field, so that it is refused beside whatever else is wrong.
    @field_validator("professional")
    @classmethod
    def _tells_apart(cls, professional: dict[str, int]) -> dict[str, int]:
        given = PROFESSIONAL | professional
        wrong = [f"professional knows no '{name}'" for name in given if name not in PROFESSIONAL]
        wrong += [f"{name} is below {low}" for name, low in LEAST.items() if given[name] < low]
        if not given["burst_days"] <= given["days"] <= MOST_DAYS:
            wrong.append(f"days is less than burst_days, or more than {MOST_DAYS}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return professional

    @property
    def rule(self) -> Frequent:
        """From when on a claimant is frequent."""
        given = PROFESSIONAL | self.professional
        return Frequent(**given, label_categories=tuple(sorted(set(self.label_categories))))
