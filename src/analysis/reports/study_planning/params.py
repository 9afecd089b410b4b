"""Parameters of ``notebooks/study_planning.ipynb``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from analysis.params import CountsQuestion, Period
from analysis.planning import LEAST


class StudyPlanningParams(CountsQuestion):
    """Is a roll-out worth studying, and in which order should it start?

    ``commitment`` is the SHA-256 of a secret text, published beforehand; ``draw_seed`` that text,
    once the order is to be drawn.
    """

    dataset: str = "data/simulated/province"
    outcome: str = "complaint"
    exposure: str = "enterprises"
    period: Literal["month", "quarter", "year"] = "quarter"
    intervention: str = "planned_rollout"
    design: Literal["staggered", "parallel"] = "staggered"
    counties: list[int] = Field(default_factory=lambda: [40, 80, 120], min_length=1)
    before: int = Field(default=4, ge=2)
    periods: list[int] = Field(default_factory=lambda: [4, 8], min_length=1)
    waves: int = Field(default=4, ge=1, le=20)
    effects: list[float] = Field(default_factory=lambda: [-0.05, -0.1, -0.2], min_length=1)
    strata: str = ""
    start: Period = ""
    commitment: Annotated[str, Field(pattern="^$|^[0-9a-f]{64}$")] = ""
    draw_seed: str = ""
    draws: int = Field(default=60, ge=LEAST, le=2000)
    wanted: float = Field(default=0.8, ge=0.5, le=0.99)

    @field_validator("effects")
    @classmethod
    def _changes(cls, effects: list[float]) -> list[float]:
        if any(not -0.95 <= one <= 2 or one == 0 for one in effects):
            raise ValueError("holds not only changes such as -0.1, from -0.95 to 2 and not 0")
        return effects
