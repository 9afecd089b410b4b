"""Parameters of ``notebooks/service_assessment.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import PanelQuestion, RatingsQuestion


class ServiceAssessmentParams(RatingsQuestion):
    """What is a rating worth, and what may be done with a score?"""

    dataset: str = "data/simulated/province"
    intervention: str = ""
    influenceable: list[str] = Field(default_factory=lambda: ["phone", "counter"], min_length=1)
    exposure: str = "enterprises"
    period: Literal["month", "quarter", "year"] = "quarter"
    target: float = Field(default=0.8, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)

    @property
    def of_records(self) -> PanelQuestion:
        """What is asked of complaints: did the intervention change those that officers record?"""
        asked = {name: getattr(self, name) for name in ("intervention", "exposure", "period")}
        return PanelQuestion(dataset=self.dataset, outcome="complaint", level=self.level, **asked)
