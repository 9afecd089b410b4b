"""Parameters of ``notebooks/complaint_handling.ipynb``."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from analysis.params import HandlingQuestion


class ComplaintHandlingParams(HandlingQuestion):
    """How long do cases take, and do routes and deadlines change it?

    ``model`` says how times are compared; a ready frame with ``after`` needs one with covariates.
    """

    free_to_vary: ClassVar[frozenset[str]] = HandlingQuestion.free_to_vary | {"smallest_effect"}

    dataset: str = "data/simulated/province"
    model: Literal["median", "weibull", "lognormal", "loglogistic"] = "median"
    deadline_days: dict[str, int] = Field(default_factory=lambda: {"acknowledge": 7, "mediate": 45})
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
