"""Fictional counties: names and codes that no real place bears (province 99 does not exist)."""

from __future__ import annotations

import pandas as pd

from analysis.simulated.province import Options

SYLLABLES_ZH = (
    "岚",
    "沅",
    "澄",
    "麓",
    "泊",
    "岱",
    "汀",
    "霁",
    "屿",
    "峪",
    "溪",
    "岭",
    "湾",
    "桥",
    "原",
)

SYLLABLES_EN = (
    "Lan",
    "Yuan",
    "Cheng",
    "Lu",
    "Bo",
    "Dai",
    "Ting",
    "Ji",
    "Yu",
    "Gu",
    "Xi",
    "Ling",
    "Wan",
    "Qiao",
    "Ping",
)


def county_codes(count: int) -> list[str]:
    """Codes that no real place bears: province 99 does not exist."""
    return [f"99{1 + index // 90:02d}{index % 90 + 1:02d}" for index in range(count)]


def region_table(options: Options) -> pd.DataFrame:
    """Names made of two syllables, unique while they last and numbered beyond."""
    count = options.counties
    size = len(SYLLABLES_EN)
    names_en, names_zh = [], []
    for index in range(count):
        pair = index * 7 % (size * size)
        first, second, turn = pair // size, pair % size, index // (size * size)
        number = f" {turn + 1}" if turn else ""
        names_en.append(f"{SYLLABLES_EN[first]}{SYLLABLES_EN[second].lower()}{number}")
        names_zh.append(f"{SYLLABLES_ZH[first]}{SYLLABLES_ZH[second]}县{turn + 1 if turn else ''}")
    return pd.DataFrame(
        {
            "region_code": county_codes(count),
            "name_en": [f"{name} County" for name in names_en],
            "name_zh": names_zh,
            "level": "county",
            "parent_code": "",
        }
    )
