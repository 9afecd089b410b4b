"""Where the tiles of regions lie: as the dataset places them, else in order of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

ACROSS = 12
"""Tiles in a row where the dataset does not place them."""


def tile_places(regions: pd.DataFrame, codes: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Code, row and column of each region.

    Parameters
    ----------
    regions: the table of regions.
    """
    rows = regions.set_index("region_code").reindex(sorted(codes))
    given = {"tile_row", "tile_column"} <= set(rows) and rows["tile_row"].notna().all()
    for place, (code, own) in enumerate(rows.iterrows()):
        at = (own["tile_row"], own["tile_column"]) if given else divmod(place, ACROSS)
        yield str(code), int(at[0]), int(at[1])
