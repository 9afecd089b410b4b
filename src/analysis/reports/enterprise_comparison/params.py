"""Parameters of ``notebooks/enterprise_comparison.ipynb``."""

from __future__ import annotations

from pydantic import Field

from analysis.params import JoinersQuestion


class EnterpriseComparisonParams(JoinersQuestion):
    """Do enterprises that joined a programme do better than like ones that did not?"""

    dataset: str = "data/simulated/province"
    programme: str = "model_shop"
    smallest_effect: float = Field(default=0.05, gt=0, lt=1)
    level: float = Field(default=0.95, ge=0.5, le=0.99)
