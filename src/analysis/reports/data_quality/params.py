"""Parameters of ``notebooks/data_quality.ipynb``."""

from __future__ import annotations

from pydantic import Field

from analysis.params import Params


class DataQualityParams(Params):
    """Can this dataset carry the question?

    ``only`` are the tables looked at, ``notebooks`` those it is to be judged for; all where none is
    named.
    """

    dataset: str = "data/simulated/province"
    only: list[str] = Field(default_factory=list)
    notebooks: list[str] = Field(default_factory=list)
