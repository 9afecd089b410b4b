"""Parameters of ``notebooks/method_validation.ipynb``."""

from __future__ import annotations

from pydantic import Field

from analysis.params import Params


class MethodValidationParams(Params):
    """May I trust these methods?"""

    dataset: str = "data/methods"
    only: str = ""
    level: float = Field(default=0.99, ge=0.5, le=0.999)
