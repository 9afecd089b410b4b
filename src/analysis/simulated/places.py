"""Names and codes that no real place, enterprise or person bears: province 99 does not exist."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

SYLLABLES_EN = "Lan Yuan Cheng Lu Bo Dai Ting Ji Yu Gu Xi Ling Wan Qiao Ping".split()  # noqa: SIM905  one line to read
SYLLABLES_ZH = "岚沅澄麓泊岱汀霁屿峪溪岭湾桥原"


def county_code(number: int) -> str:
    """The code of a county, numbered from 0: at most 90 to a city."""
    return f"99{1 + number // 90:02d}{number % 90 + 1:02d}"


def county_codes(count: int) -> list[str]:
    """The codes of the first counties."""
    return [county_code(number) for number in range(count)]


def region_table(count: int) -> pd.DataFrame:
    """Counties named by two syllables, unique while they last and numbered beyond."""
    size, rows = len(SYLLABLES_EN), []
    for index in range(count):
        first, second = divmod(index * 7 % size**2, size)
        number = f" {index // size**2 + 1}" if index >= size**2 else ""
        name_en = f"{SYLLABLES_EN[first]}{SYLLABLES_EN[second].lower()}{number} County"
        name_zh = f"{SYLLABLES_ZH[first]}{SYLLABLES_ZH[second]}县{number.strip()}"
        rows.append((county_code(index), name_en, name_zh, "county", ""))
    columns = ["region_code", "name_en", "name_zh", "level", "parent_code"]
    return pd.DataFrame(rows, columns=columns)


def identifiers(letter: str, numbers: np.ndarray, width: int) -> Any:
    """Identifiers such as E0000012."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(letter), texts, "")
