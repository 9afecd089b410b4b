"""Parameters of ``notebooks/market_entry_exit.ipynb``."""

from __future__ import annotations

from typing import Literal

from analysis.params import RegisterQuestion


class MarketEntryExitParams(RegisterQuestion):
    """Do openings, dormancy and exits change with easier registration?

    ``placebo_outcome`` may name the same event of the other type, such as ``registered_others``.
    """

    dataset: str = "data/simulated/province"
    intervention: str = "order_style_service"
    type: str = "enterprise"
    period: Literal["month", "quarter", "year"] = "quarter"
    better: Literal["lower", "higher"] = "higher"
