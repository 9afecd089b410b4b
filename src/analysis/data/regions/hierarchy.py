"""One region and those below it, by the dataset's own parents or by GB/T 2260."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.regions.divisions import codes_above, is_code


def parents_of(regions: pd.DataFrame) -> dict[str, str]:
    """Each region's code and that of the region above it, blank where none is given."""
    above = regions.reindex(columns=["parent_code"]).astype("object").fillna("").astype(str)
    return dict(zip(regions["region_code"].astype(str), above["parent_code"], strict=True))


def regions_above(code: str, parents: Mapping[str, str]) -> set[str]:
    """Every region that a region lies below, by its parents or by GB/T 2260."""
    found, above = set(codes_above(code)), parents.get(code, "")
    while above and above not in found:
        found.add(above)
        above = parents.get(above, "")
    return found - {code}


def lies_in(code: str, region: str, parents: Mapping[str, str]) -> bool:
    """Whether a region is the one named, or lies below it by its parents or by GB/T 2260.

    In that standard 370100 is a city, 370000 its province, and 370124 one of its counties.
    """
    return region == code or region in regions_above(code, parents)


def parents_in(dataset: Dataset) -> dict[str, str]:
    """The parents of a dataset's regions."""
    return dataset.once("parents", lambda: parents_of(dataset.tables["regions"]))


def within_region(dataset: Dataset, wide: pd.DataFrame, region: str) -> pd.DataFrame:
    """Rows of a table by region: those of one region and of the regions below it only."""
    if not region:
        return wide
    parents = parents_in(dataset)
    return wide.loc[[code for code in wide.index if lies_in(str(code), region, parents)]]


def upper_regions(regions: pd.DataFrame) -> list[str]:
    """Every region that has regions below it; where there is none, every region."""
    parents = parents_of(regions)
    found = {above for above in parents.values() if above}
    counties = [code for code in parents if is_code(code) and not code.endswith("00")]
    return sorted(found | {codes_above(code)[0] for code in counties} or parents)
