"""Names and codes that no real place, enterprise or person bears: province 99 does not exist."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

import numpy as np
import pandas as pd

SYLLABLES_EN = "Lan Yuan Cheng Lu Bo Dai Ting Ji Yu Gu Xi Ling Wan Qiao Ping".split()  # noqa: SIM905  one line to read
SYLLABLES_ZH = "岚沅澄麓泊岱汀霁屿峪溪岭湾桥原"
TYPES = ("urban", "mixed", "farming")
PROVINCE = "990000"


def counties_a_city(count: int) -> int:
    """Ten, or as many as the two digits of a city's code ask for."""
    return max(10, ceil(count / 90))


def cities(count: int) -> np.ndarray:
    """The number of each county's city, from 0."""
    return np.arange(count) // counties_a_city(count)


def county_types(count: int) -> np.ndarray:
    """The place of each county's type in ``TYPES``; in every city three, three and four."""
    return np.searchsorted([3, 6], np.arange(count) % 10, side="right")


def county_codes(count: int) -> list[str]:
    """The codes of the counties, below those of their cities."""
    below = counties_a_city(count)
    return [f"99{1 + number // below:02d}{number % below + 1:02d}" for number in range(count)]


def region_table(count: int) -> pd.DataFrame:
    """Counties with type and tile, then their cities, then the province."""
    rows: list[tuple[object, ...]] = [
        (code, *_names(index * 7, "County", "县"), "county", f"{code[:4]}00", TYPES[kind], *tile)
        for index, (code, kind, tile) in enumerate(
            zip(county_codes(count), county_types(count), county_tiles(count), strict=True)
        )
    ]
    for index in range(int(cities(count)[-1]) + 1):
        names = _names(index * 11 + 3, "City", "市")
        rows.append((f"99{1 + index:02d}00", *names, "city", PROVINCE, "", "", ""))
    rows.append((PROVINCE, "Simulated Province", "模拟省", "province", "", "", "", ""))
    columns = ["region_code", "name_en", "name_zh", "level", "parent_code", "type"]
    return pd.DataFrame(rows, columns=[*columns, "tile_row", "tile_column"], dtype=object)


def _names(index: int, suffix_en: str, suffix_zh: str) -> tuple[str, str]:
    """Two syllables, unique while they last and numbered beyond."""
    size = len(SYLLABLES_EN)
    first, second = divmod(index % size**2, size)
    # Steps of 7 and 11 pass every pair of syllables once before they come back.
    step = 7 if suffix_en == "County" else 11
    turn = index // step // size**2
    number = f" {turn + 1}" if turn else ""
    english = f"{SYLLABLES_EN[first]}{SYLLABLES_EN[second].lower()}{number} {suffix_en}"
    return english, f"{SYLLABLES_ZH[first]}{SYLLABLES_ZH[second]}{suffix_zh}{number.strip()}"


def county_tiles(count: int) -> np.ndarray:
    """Row and column of each county's tile: a block a city, blocks side by side; shape (N, 2)."""
    below, city = counties_a_city(count), cities(count)
    width = ceil(sqrt(2 * below))
    height = ceil(below / width)
    across = max(1, round(sqrt(1.6 * (city[-1] + 1) * height / width)))
    block_row, block_column = np.divmod(city, across)
    row, column = np.divmod(np.arange(count) % below, width)
    return np.column_stack([block_row * height + row, block_column * width + column])


def identifiers(letter: str, numbers: np.ndarray, width: int) -> Any:
    """Identifiers such as E0000012."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(letter), texts, "")


def words(texts: Any, numbers: np.ndarray) -> Any:
    """Texts of a list by their numbers; none where a number is −1."""
    import pyarrow as pa

    return pa.array([*texts], pa.string()).take(pa.array(numbers, mask=numbers < 0))
