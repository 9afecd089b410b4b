"""Tables to take away, in Excel and in LaTeX; no text of theirs runs as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

# The full-width forms are read as formulas by spreadsheets set to Chinese or Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)
SET = {"start": "l", "center": "c", "end": "r"}


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would run gets a leading apostrophe; numbers stay numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def write_excel(
    path: str | Path, said: Sequence[str], heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """One sheet: what is said of the table, a line each, then headings and rows."""
    import pandas as pd

    blank = [None] * (len(heads) - 1)
    lines = [*([text, *blank] for text in said), heads, *rows]
    cells = pd.DataFrame([[guarded(cell) for cell in line] for line in lines])
    cells.to_excel(path, header=False, index=False, engine="openpyxl")


def latex(
    said: Sequence[str], heads: Sequence[str], rows: Sequence[Sequence[str]], aligned: Sequence[str]
) -> str:
    """The rows under their headings, with what is said of them as caption."""
    import pandas as pd

    sides, caption = "".join(SET[side] for side in aligned), ". ".join(said).translate(LATEX)
    frame = pd.DataFrame(list(rows), columns=list(heads))
    return str(frame.to_latex(index=False, escape=True, column_format=sides, caption=caption))
