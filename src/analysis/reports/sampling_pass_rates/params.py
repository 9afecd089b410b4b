"""Parameters of ``notebooks/sampling_pass_rates.ipynb``."""

from __future__ import annotations

from pydantic import Field, field_validator

from analysis.params import SamplesQuestion

PAIR = 2


class SamplingPassRatesParams(SamplesQuestion):
    """How much of what is sold fails, and what can a sample say of it?

    ``detect`` are two shares that pass which samples should tell apart, the better first.
    """

    dataset: str = "data/simulated/province"
    mode: str = "routine"
    weighted: bool = True
    detect: list[float] = Field(default_factory=lambda: [0.98, 0.95])
    level: float = Field(default=0.95, ge=0.5, le=0.99)

    @field_validator("detect")
    @classmethod
    def _two_apart(cls, detect: list[float]) -> list[float]:
        if len(detect) != PAIR or not 0 < detect[1] < detect[0] < 1:
            raise ValueError("names not two shares that pass, the better first, such as .98, .95")
        return detect
