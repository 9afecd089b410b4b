"""Build the figure font: a subset of Noto Sans CJK SC (SIL Open Font License 1.1).

    apt-get install fonts-noto-cjk && python scripts/build_font.py

Kept: Latin with accents, punctuation, mathematical signs, and every character of GB 2312
(6,763 hanzi, level 1 and 2). The licence and the reserved name travel in the font's name table.
"""

from __future__ import annotations

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
TARGET = Path(__file__).resolve().parents[1] / "src/analysis/report/fonts/AnalysisSansSC.otf"
FAMILY = "Analysis Sans SC"


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
    return sorted({*range(0x20, 0x17F), *map(ord, signs), *gb2312()})


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
    main()
