"""Build the figure font: a subset of Noto Sans CJK SC (SIL Open Font License 1.1).

    apt-get install fonts-noto-cjk && python scripts/build_font.py
    pip install --no-deps cpca==0.5.5 && python scripts/build_font.py --check

Kept: Latin with accents, punctuation, mathematical signs, every character of GB 2312 (6,763
hanzi, level 1 and 2), and every character of the names of mainland provinces, cities, counties
and districts. ``--check`` reads those names from the ``cpca`` package (MIT, 3,500 divisions of
2020) and refuses a list of ours that lacks one; nothing else needs the package. The licence and
the reserved name travel in the font's name table.
"""

from __future__ import annotations

import csv
import sys
from importlib import metadata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
TARGET = Path(__file__).resolve().parents[1] / "src/analysis/page/charts/fonts/AnalysisSansSC.otf"
FAMILY = "Analysis Sans SC"
COUNTY_CHARACTERS = "埇浉瀍猇硚"
"""In names of counties and districts (埇桥, 浉河, 瀍河, 猇亭, 硚口) but not in GB 2312."""


def gb2312() -> set[int]:
    """Code points of GB 2312."""
    characters = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                characters.add(ord(bytes([high, low]).decode("gb2312")))
            except (UnicodeDecodeError, TypeError):
                continue
    return characters


def wanted() -> list[int]:
    """Everything a figure may have to write."""
    signs = "−–—‘’“”…·×÷±≤≥≈°%‰→←↑↓•€¥"
    return sorted({*range(0x20, 0x17F), *map(ord, signs), *gb2312(), *map(ord, COUNTY_CHARACTERS)})


def division_names() -> list[str]:
    """Names of mainland divisions down to the county, from the ``cpca`` package's own table."""
    files = metadata.files("cpca") or ()
    table = next(file for file in files if file.name == "adcodes.csv")
    with Path(str(table.locate())).open(encoding="utf-8", newline="") as handle:
        return [row["name"] for row in csv.DictReader(handle)]


def check() -> None:
    """Exit where a division's name has a character that the font would lack."""
    names = division_names()
    lacking = sorted(set("".join(names)) - set(map(chr, wanted())))
    print(f"{len(names)} names, lacking: {''.join(lacking) or 'none'}")
    sys.exit(bool(lacking))


def main() -> None:
    fonts = TTCollection(SOURCE).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    # A modified font may not carry the reserved name of the original.
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    if "CFF " in font:
        font["CFF "].cff.fontNames = [FAMILY.replace(" ", "")]
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(TARGET)
    print(
        f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB, {len(font.getBestCmap())} characters"
    )


if __name__ == "__main__":
    check() if "--check" in sys.argv else main()
