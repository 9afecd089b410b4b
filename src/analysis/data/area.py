"""One region and those below it, by the dataset's own parents or by GB/T 2260."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.data.dataset import Dataset

GB_DIGITS = 6


def parents_of(regions: pd.DataFrame) -> dict[str, str]:
    """Each region's code and that of the region above it, blank where none is given."""
    codes = regions["region_code"].astype(str)
    if "parent_code" not in regions:
        return dict.fromkeys(codes, "")
    above = regions["parent_code"].astype("object").fillna("").astype(str)
    return dict(zip(codes, above, strict=True))


def belongs(code: str, region: str, parents: Mapping[str, str]) -> bool:
    """Whether a region is the one named, or lies below it by its parents or by GB/T 2260.

    In that standard 370100 is a city, 370000 its province, and 370124 one of its counties.
    """
    stem = region
    while len(region) == GB_DIGITS and region.isdigit() and stem.endswith("00"):
        stem = stem[:-2]
    if stem and stem != region and len(code) == GB_DIGITS and code.startswith(stem):
        return True
    seen: set[str] = set()
    while code and code not in seen:
        if code == region:
            return True
        seen.add(code)
        code = parents.get(code, "")
    return False


def within_region(dataset: Dataset, region: str) -> Dataset:
    """The dataset with the rows of one region and those below it only."""
    if not region:
        return dataset
    parents = parents_of(dataset.tables["regions"])
    own = {code for code in parents if belongs(code, region, parents)}
    tables = {
        name: frame
        if name == "regions" or "region_code" not in frame
        else frame[frame["region_code"].isin(own)]
        for name, frame in dataset.tables.items()
    }
    panel = dataset.panel
    if panel is not None:
        inside = panel.frame["region_code"].isin(own)
        panel = replace(panel, frame=panel.frame[inside].reset_index(drop=True))
    return replace(dataset, tables=tables, panel=panel)


def areas(regions: pd.DataFrame) -> list[str]:
    """Every region that has regions below it; where there is none, every region."""
    parents = parents_of(regions)
    found = {above for above in parents.values() if above}
    for code in parents:
        if len(code) == GB_DIGITS and code.isdigit() and not code.endswith("00"):
            found.add(f"{code[:4]}00")
    return sorted(found or parents)
