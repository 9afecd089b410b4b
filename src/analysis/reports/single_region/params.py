"""Parameters of ``notebooks/single_region.ipynb``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from analysis.params import CountsQuestion


class SingleRegionParams(CountsQuestion):
    """What happened in one region that acted?

    ``window``: how many periods before and since the start are looked at; ``what_if``: records a
    year of regions of which is said what such a one could show.
    """

    dataset: str = "data/proposition99"
    intervention: str = "proposition_99"
    outcome: str = "cigarette_packs"
    treated_region: str = ""
    donors: list[str] = Field(default_factory=list)
    exclude_other_interventions: bool = True
    form: Literal["difference", "classic", "augmented"] = "difference"
    predictors: list[str] = Field(default_factory=list)
    lags: list[str] = Field(default_factory=list)
    fit_limit: float = Field(default=0.5, gt=0, le=1)
    window: list[int] = Field(default_factory=list)
    what_if: list[int] = Field(default_factory=list)
    level: float = Field(default=0.95, ge=0.5, le=0.999)

    @field_validator("window")
    @classmethod
    def _two_sides(cls, window: list[int]) -> list[int]:
        if window and (len(window) != 2 or min(window) < 1):
            raise ValueError("window is two numbers: periods before the start and since")
        return window

    @field_validator("what_if")
    @classmethod
    def _records_a_year(cls, what_if: list[int]) -> list[int]:
        if any(not 1 <= number <= 1_000_000 for number in what_if):
            raise ValueError("what_if are records a year, from 1 to 1,000,000")
        return what_if
