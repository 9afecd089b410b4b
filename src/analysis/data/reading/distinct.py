"""The columns of a file as read, with each distinct cell kept once, and repairs of such cells.

A column of five million rows has a few thousand distinct dates and a dozen words. Repairs look
at distinct cells only; what they changed is counted in rows through the codes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading.account import Line, Source
from analysis.errors import UNSEEN, ContractError, Problem

INVISIBLE = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
"""Blanks of every width, and marks that take no room."""
UNSEEN_RULE = "marks of direction or without width removed"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
EXCEL_ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!")
UNCOMPUTED = "\ue000formula"
"""Stands for a formula that no program has computed: a character that nobody writes."""
NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
EXCEL_SERIALS = {"excel": "1899-12-30", "excel-1904": "1904-01-01"}
"""Names of the two countings of days, and the day numbered 0."""


@dataclass(frozen=True)
class Cells:
    """A column: ``words`` holds texts, ``codes`` (n,) the position of each row's text.

    ``refused`` marks words that a problem has been written for; nothing stands in their place.
    """

    codes: np.ndarray
    words: pa.Array
    refused: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, positions: np.ndarray) -> Cells:
        """The rows at those positions, or under that mask."""
        return Cells(self.codes[positions], self.words, self.refused)

    def count(self, words: np.ndarray) -> int:
        """How many rows hold one of the words under the mask."""
        return int(np.bincount(self.codes, minlength=len(self.words))[words].sum())

    def distinct(self) -> pd.Series:
        """The words as a column of texts."""
        return pd.Series(self.words.to_pandas(), dtype="string")


def cells_of(values: pa.ChunkedArray | pa.Array) -> Cells:
    """A column of texts with each distinct text kept once; nothing is an empty text."""
    if not isinstance(values, pa.ChunkedArray):
        values = pa.chunked_array([values])
    coded = values.cast(pa.string()).fill_null("").dictionary_encode()
    if not coded.num_chunks:
        return Cells(np.zeros(0, dtype=np.int32), pa.array([], pa.string()))
    # Arrow encodes all chunks with one dictionary; unifying them anew would take minutes.
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in coded.chunks])
    return Cells(codes, coded.chunk(0).dictionary)


def as_cells(column: pd.Series | Cells) -> Cells:
    """A column as texts: days without a time, whole numbers without a point."""
    if isinstance(column, Cells):
        return column
    if pd.api.types.is_datetime64_any_dtype(column):
        texts = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(column):
        texts = column.astype("string").str.lower()
    elif pd.api.types.is_float_dtype(column):
        texts = column.astype("string").str.replace(r"\.0$", "", regex=True)
    else:
        texts = column.astype("string")
    return cells_of(pa.array(texts.astype(object).where(texts.notna(), None), pa.string()))


def constant(word: str, size: int) -> Cells:
    """The same word in every row."""
    return Cells(np.zeros(size, dtype=np.int32), pa.array([word]))


def stack(parts: Sequence[Cells]) -> Cells:
    """Columns one below the other."""
    shifts = np.cumsum([0, *(len(part.words) for part in parts)])
    codes = [part.codes + shift for part, shift in zip(parts, shifts, strict=False)]
    refused = [
        np.zeros(len(part.words), dtype=bool) if part.refused is None else part.refused
        for part in parts
    ]
    words = pa.concat_arrays([part.words for part in parts])
    return Cells(np.concatenate(codes), words, np.concatenate(refused))


def joined(parts: Sequence[Cells]) -> Cells:
    """Columns side by side, their texts joined by ``-``."""
    if len(parts) == 1:
        return parts[0]
    texts = [part.words.take(pa.array(part.codes)) for part in parts]
    return cells_of(pc.binary_join_element_wise(*texts, "-"))


def plain_name(name: str) -> str:
    """A column's name as compared: without blanks, widths and capitals."""
    text = unicodedata.normalize("NFKC", UNSEEN.sub("", name)).casefold()
    return "".join(c for c in text if c not in INVISIBLE and not c.isspace())


Wanted = Callable[[str], bool]
"""Whether a column of that name, as :func:`plain_name` gives it, is needed."""


@dataclass(frozen=True)
class Raw:
    """A file's columns that are needed, by plain name; all names; each row's number in the file."""

    source: Source
    names: tuple[str, ...]
    columns: Mapping[str, Cells | pd.Series]
    rows: np.ndarray
    lines: list[Line]

    def take(self, keep: np.ndarray) -> Raw:
        """The rows under a mask."""
        if keep.all():
            return self
        rows = np.flatnonzero(keep)
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return Raw(self.source, self.names, columns, self.rows[keep], self.lines)


def names_of_columns(
    rows: Sequence[Sequence[str]], header: tuple[int, ...], file: str
) -> list[str]:
    """Names of columns from the rows of a header; a merged cell stands over all it covers.

    Raises
    ------
    ContractError: there is no such row, or it is blank.
    """
    named = [[cell.strip() for cell in row] for row in rows[header[0] - 1 : header[-1]]]
    if len(rows) < header[-1] or not any(named[-1]):
        where = f"{file}, row {header[-1]}"
        remedy = "Correct header in dataset.yml"
        raise ContractError([Problem(where, "holds no names of columns", remedy)])
    width = max(map(len, named))
    padded = [[*row, *[""] * (width - len(row))] for row in named]
    for row in padded[:-1]:
        for column in range(1, width):
            row[column] = row[column] or row[column - 1]
    columns = zip(*padded, strict=True)
    return ["/".join(part for part in dict.fromkeys(column) if part) for column in columns]


def needed_columns(names: Sequence[str], wanted: Wanted, file: str) -> dict[str, int]:
    """Where each needed column stands, by plain name and counted from nought.

    Raises
    ------
    ContractError: with the numbers of columns that share a name.
    """
    found: dict[str, list[int]] = {}
    for number, name in enumerate(map(plain_name, names)):
        if name and wanted(name):
            found.setdefault(name, []).append(number)
    what, remedy = "have the same name", "Rename one in a copy of the file"
    several = [numbers for _, numbers in sorted(found.items()) if len(numbers) > 1]
    shown = [", ".join(str(number + 1) for number in numbers) for numbers in several]
    if shown:
        raise ContractError(Problem(f"{file}, columns {each}", what, remedy) for each in shown)
    return {name: number for name, (number,) in found.items()}


def mask(values: pa.Array) -> np.ndarray:
    """Truths of Arrow as an array; unknown is false."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)


def changed(before: pa.Array, after: pa.Array) -> np.ndarray:
    """Which words differ."""
    return mask(pc.not_equal(before, after))


def lost(words: pa.Array) -> np.ndarray:
    """Which words hold what is left of a character that an earlier conversion could not keep."""
    if mask(pc.string_is_ascii(words)).all():
        return np.zeros(len(words), dtype=bool)
    return mask(pc.match_substring_regex(words, "\ufffd|锟斤拷|烫烫烫"))


def trimmed(words: pa.Array) -> pa.Array:
    """Without invisible characters at either end, and without Excel's ``="…"``."""
    words = pc.utf8_trim(words, characters=INVISIBLE)
    if mask(pc.starts_with(words, "=")).any():
        words = pc.replace_substring_regex(words, r'^="(.*)"$', r"\1")
    return words


def visible(words: pa.Array) -> pa.Array:
    """Without characters that turn the direction of a line or take no room."""
    if mask(pc.string_is_ascii(words)).all():
        return words
    return trimmed(pc.replace_substring_regex(words, UNSEEN.pattern, ""))


def narrowed(words: pa.Array) -> pa.Array:
    """Full-width letters, digits and signs in the width of ASCII."""
    wide = ~mask(pc.string_is_ascii(words))
    if not wide.any():
        return words
    plain = [word.translate(FULL_WIDTH) for word in words.filter(pa.array(wide)).to_pylist()]
    return pc.replace_with_mask(words, pa.array(wide), pa.array(plain, pa.string()))


def composed(words: pa.Array) -> pa.Array:
    """Letters with marks as one character, as most programs write them, and not as two."""
    if mask(pc.string_is_ascii(words)).all():
        return words
    return pc.utf8_normalize(words, "NFC")


def plain(words: pa.Array) -> pa.Array:
    """Words as they are compared: all that is seen, no blanks around, in the width of ASCII."""
    return narrowed(composed(visible(trimmed(words))))


def rounded(words: pa.Array, least: int) -> np.ndarray:
    """Numbers that have lost digits: Excel keeps fifteen, then writes noughts or ``3.3E+17``.

    Noughts are told from digits where all of at least ``least`` long numbers end in them.
    """
    short = mask(pc.match_substring_regex(words, r"^\d(\.\d+)?[eE]\+\d\d$"))
    long = mask(pc.match_substring_regex(words, r"^\d{16,}$"))
    ended = mask(pc.match_substring_regex(words, r"^\d{15}0+$"))
    every = long.sum() >= least and bool(ended[long].all())
    return short | (long & every)


def is_among(words: pa.Array, listed: Iterable[str]) -> np.ndarray:
    """Which words are listed."""
    return mask(pc.is_in(words, pa.array(list(listed), pa.string())))


def translated(words: pa.Array, ours: Mapping[str, str]) -> tuple[pa.Array, np.ndarray]:
    """Each word replaced by ours, and which were not found."""
    given = pa.array(list(ours), pa.string())
    position = pc.index_in(words, given)
    found = mask(pc.is_valid(position))
    new = pa.array(list(ours.values()), pa.string()).take(position)
    return pc.if_else(pa.array(found), new, words), ~found
