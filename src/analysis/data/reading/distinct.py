"""Columns with each distinct cell kept once, and the repairs of distinct cells.

A column of five million rows has a few thousand distinct dates and a dozen words. Repairs look
at distinct cells only; what they changed is counted in rows through the codes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading.mapping import EXCEL_SERIALS

INVISIBLE = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
"""Blanks of every width, and marks that take no room."""
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
EXCEL_ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!")
NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
ISO = "%Y-%m-%d"


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

    def series(self) -> pd.Series:
        """The texts of all rows."""
        return self.distinct().take(self.codes).reset_index(drop=True)

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
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in text if c not in INVISIBLE and not c.isspace())


def mask(values: pa.Array) -> np.ndarray:
    """Truths of Arrow as an array; unknown is false."""
    plain: np.ndarray = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(bool)
    return plain


def changed(before: pa.Array, after: pa.Array) -> np.ndarray:
    """Which words differ."""
    return mask(pc.not_equal(before, after))


def trimmed(words: pa.Array) -> pa.Array:
    """Without invisible characters at either end, and without Excel's ``="…"``."""
    words = pc.utf8_trim(words, characters=INVISIBLE)
    if mask(pc.starts_with(words, "=")).any():
        words = pc.replace_substring_regex(words, r'^="(.*)"$', r"\1")
    return words


def narrowed(words: pa.Array) -> pa.Array:
    """Full-width letters, digits and signs in the width of ASCII."""
    wide = ~mask(pc.string_is_ascii(words))
    if not wide.any():
        return words
    plain = [word.translate(FULL_WIDTH) for word in words.filter(pa.array(wide)).to_pylist()]
    return pc.replace_with_mask(words, pa.array(wide), pa.array(plain, pa.string()))


def emptied(words: pa.Array, nothing: Sequence[str]) -> pa.Array:
    """Words that stand for nothing as empty texts."""
    if not nothing:
        return words
    return pc.if_else(pc.is_in(words, pa.array(list(nothing))), "", words)


def is_excel_error(words: pa.Array) -> np.ndarray:
    """Which words are what Excel shows where a formula failed."""
    return mask(pc.is_in(words, pa.array(EXCEL_ERRORS)))


def translated(words: pa.Array, ours: Mapping[str, str]) -> tuple[pa.Array, np.ndarray]:
    """Each word replaced by ours, and which were not found."""
    given = pa.array(list(ours), pa.string())
    place = pc.index_in(words, given)
    found = mask(pc.is_valid(place))
    new = pa.array(list(ours.values()), pa.string()).take(place)
    return pc.if_else(pa.array(found), new, words), ~found


def plain_numbers(words: pa.Array, decimal: str, thousands: str) -> pa.Array:
    """Numbers with a point and no thousands marks; what is not written so stays as it is."""
    text = words
    if thousands:
        mark, point = re.escape(thousands), re.escape(decimal)
        grouped = pc.match_substring_regex(text, rf"^[+-]?\d{{1,3}}({mark}\d{{3}})+({point}\d*)?$")
        text = pc.if_else(grouped, pc.replace_substring(text, thousands, ""), text)
    if decimal == ",":
        swapped = pc.replace_substring(text, ",", ".")
        clean = pc.and_(
            pc.match_substring_regex(swapped, NUMBER), pc.invert(pc.match_substring(text, "."))
        )
        # "1.234" where the comma is the decimal mark is no number; a text keeps it from passing.
        pointed = pc.and_(pc.match_substring_regex(text, NUMBER), pc.match_substring(text, "."))
        text = pc.if_else(clean, swapped, pc.if_else(pointed, "?", text))
    return text


def _pattern(form: str) -> str:
    """A date format as a regular expression with one group per directive."""
    widths = {"Y": r"\d{4}", "q": "[1-4]"}
    parts = re.split(r"%(.)", form)
    text = "^" + re.escape(parts[0])
    for place in range(1, len(parts), 2):
        name, after = parts[place], parts[place + 1]
        # Without a mark after it, "2023111" could be two days; both digits are needed.
        tight = not after and place + 2 < len(parts)
        last = place + 2 >= len(parts) and place > 1 and not parts[place - 1]
        digits = widths.get(name, r"\d{2}" if tight or last else r"\d{1,2}")
        text += f"(?P<{name}>{digits}){re.escape(after)}"
    return text + "$"


def _parts(words: pa.Array, form: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which words have the form, and the numbers in it; shape (words,) each."""
    found = pc.extract_regex(words, pattern=_pattern(form))
    fits = mask(pc.is_valid(found))
    names = re.findall(r"%(.)", form)
    numbers = {
        name: pc.fill_null(pc.struct_field(found, name).cast(pa.int64()), 0).to_numpy()
        for name in names
    }
    return fits, numbers


def _days(words: pa.Array, form: str) -> np.ndarray:
    """Days since 1970 that the words say in a form; the least integer where they do not."""
    if form in EXCEL_SERIALS:
        fits = mask(pc.match_substring_regex(words, r"^\d{5}(\.\d+)?$"))
        whole = pc.if_else(pa.array(fits), pc.replace_substring_regex(words, r"\..*", ""), "0")
        start = np.datetime64(EXCEL_SERIALS[form]).astype(np.int64)
        return np.where(fits, whole.cast(pa.int64()).to_numpy() + start, np.iinfo(np.int64).min)
    fits, numbers = _parts(words, form)
    year, month, day = (numbers.get(name, np.ones(len(fits), int)) for name in "Ymd")
    months = (year - 1970) * 12 + month - 1
    first, after = (
        count.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        for count in (months, months + 1)
    )
    days = first + day - 1
    right = fits & (month >= 1) & (month <= 12) & (day >= 1) & (days < after)
    for name, limit in {"H": 23, "M": 59, "S": 59}.items():
        right &= numbers.get(name, np.zeros(len(fits), int)) <= limit
    return np.where(right, days, np.iinfo(np.int64).min)


def plain_dates(words: pa.Array, forms: Sequence[str]) -> tuple[pa.Array, np.ndarray]:
    """Dates as ``YYYY-MM-DD``, and which can be read as two different days.

    What none of the forms reads stays as it is and is refused by the contract.
    """
    whole = [form for form in forms if form in EXCEL_SERIALS or "%d" in form]
    nothing = np.iinfo(np.int64).min
    found = np.full(len(words), nothing)
    twice = np.zeros(len(words), dtype=bool)
    for form in dict.fromkeys([*whole, ISO]):
        days = _days(words, form)
        twice |= (days != nothing) & (found != nothing) & (days != found)
        found = np.where(found == nothing, days, found)
    read = found != nothing
    texts = np.where(read, found, 0).astype("datetime64[D]").astype(str)
    return pc.if_else(pa.array(read), pa.array(texts, pa.string()), words), twice


def plain_periods(words: pa.Array, forms: Sequence[str]) -> pa.Array:
    """Periods as ``2019``, ``2019Q2`` or ``2019-03``, from formats without a day."""
    for form in forms:
        if form in EXCEL_SERIALS or "%d" in form:
            continue
        fits, numbers = _parts(words, form)
        text = np.char.zfill(numbers["Y"].astype(str), 4)
        if "q" in numbers:
            text = np.char.add(np.char.add(text, "Q"), numbers["q"].astype(str))
        elif "m" in numbers:
            text = np.char.add(np.char.add(text, "-"), np.char.zfill(numbers["m"].astype(str), 2))
            fits &= (numbers["m"] >= 1) & (numbers["m"] <= 12)
        words = pc.if_else(pa.array(fits), pa.array(text, pa.string()), words)
    return words
