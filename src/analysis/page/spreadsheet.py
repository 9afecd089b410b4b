"""Tables to take away: as a frame, in Excel, in LaTeX; no text of theirs runs as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from analysis.page.wording import translator

if TYPE_CHECKING:
    import pandas as pd

# The full-width forms are read as formulas by spreadsheets set to Chinese or Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)
SET = {"start": "l", "center": "c", "end": "r"}


class Heading(Protocol):
    """What stands above a column."""

    @property
    def key(self) -> str:
        """Its name in a download."""

    @property
    def label(self) -> str:
        """Its name for a reader."""

    @property
    def align(self) -> str:
        """``start``, ``center`` or ``end``."""


class Cells(Protocol):
    """A table: its columns, texts for a reader and raw values, row by row."""

    @property
    def columns(self) -> Sequence[Heading]:
        """From left to right."""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """Texts."""

    @property
    def values(self) -> Sequence[Sequence[Any]]:
        """Numbers and codes."""


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would run gets a leading apostrophe; numbers stay numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def frame_of(table: Cells) -> pd.DataFrame:
    """The raw values under the keys of the columns."""
    import pandas as pd

    return pd.DataFrame(list(table.values), columns=[column.key for column in table.columns])


def write_excel(path: str | Path, table: Cells, title: str, language: str, simulated: bool) -> None:
    """One sheet: the title, the labels and the raw values; simulated data say so first."""
    import pandas as pd

    width = len(table.columns)
    blank: list[Any] = [None] * (width - 1)
    said = [[*line, *blank] for line in _said(title, language, simulated)]
    lines: list[list[Any]] = [*said, [column.label for column in table.columns]]
    cells = [[guarded(cell) for cell in row] for row in [*lines, *map(list, table.values)]]
    pd.DataFrame(cells).to_excel(path, header=False, index=False, engine="openpyxl")


def latex(table: Cells, title: str, language: str, simulated: bool) -> str:
    """The texts under the labels, with the title as caption; simulated data say so first."""
    import pandas as pd

    heads = [column.label for column in table.columns]
    return str(
        pd.DataFrame(list(table.rows), columns=heads).to_latex(
            index=False,
            escape=True,
            column_format="".join(SET[column.align] for column in table.columns),
            caption=". ".join(line for (line,) in _said(title, language, simulated)).translate(
                LATEX
            ),
        )
    )


def _said(title: str, language: str, simulated: bool) -> list[list[str]]:
    """What stands above the numbers."""
    mark = [[translator(language)("SIMULATED DATA")]] if simulated else []
    return [*mark, [title]]
