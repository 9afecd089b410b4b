"""Days and periods as owners write them, brought into the form of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading import distinct
from analysis.data.reading.distinct import mask
from analysis.data.reading.fields import DASHES, ERAS, is_span
from analysis.data.reading.mapping import Era, TableMapping

ISO = "%Y-%m-%d"
NO_DAY = np.iinfo(np.int64).min
QUARTER_ENDS = {"begin": (1, 4, 7, 10), "end": (3, 6, 9, 12)}


@dataclass(frozen=True)
class Dates:
    """Words as dates; which can be read as two different days; which name a month only."""

    words: pa.Array
    twice: np.ndarray
    months: np.ndarray


@dataclass(frozen=True)
class Periods:
    """Words as periods; which are days, though of which length the periods are is not told."""

    words: pa.Array
    unclear: np.ndarray


def plain_dates(words: pa.Array, mapping: TableMapping, *, last: bool = False) -> Dates:
    """Dates as ``YYYY-MM-DD``; what none of the forms reads stays and the contract refuses it.

    A word that names a month only is its first day, or its ``last``.
    """
    found = np.full(len(words), NO_DAY)
    twice = np.zeros(len(words), dtype=bool)
    for form in dict.fromkeys([*filter(_tells_days, mapping.dates), ISO]):
        days = _days(words, form, mapping.era)
        twice |= (days != NO_DAY) & (found != NO_DAY) & (days != found)
        found = np.where(found == NO_DAY, days, found)
    whole = found != NO_DAY
    for form in mapping.dates:
        if not _tells_days(form) and "%m" in form and not is_span(form):
            first = _days(words, form, mapping.era)
            days = _month_ends(first) if last else first
            found = np.where((found == NO_DAY) & (first != NO_DAY), days, found)
    read = found != NO_DAY
    return Dates(pc.if_else(pa.array(read), _iso(found, read), words), twice, read & ~whole)


def plain_periods(words: pa.Array, mapping: TableMapping) -> Periods:
    """Periods as ``2019``, ``2019Q2``, ``2019-03`` or ``2019-W05``.

    A span since January, ``2021年1-6月``, becomes the month in which it ends.
    """
    spans = any(map(is_span, mapping.dates))
    words = pc.replace_substring_regex(words, DASHES, "-") if spans else words
    quarter = pc.match_substring_regex(words, r"^\d{4}-?[Qq][1-4]$")
    joined = pc.utf8_upper(pc.replace_substring(words, "-", ""))
    new = pc.if_else(quarter, joined, words)
    for form in mapping.dates:
        if not _tells_days(form):
            fits, text = _labels(words, form, mapping.era, only_first=spans and not is_span(form))
            new = pc.if_else(pa.array(fits), pa.array(text, pa.string()), new)
    cut = _cut_months(words, mapping)
    new = pc.if_else(pa.array(cut), words, new)
    days = _all_days(words, mapping)
    dated = (days != NO_DAY) & ~distinct.changed(words, new)
    if not dated.any():
        return Periods(new, dated)
    length = mapping.period or _length_of(days[dated])
    if not length:
        return Periods(new, dated)
    text = np.array(list(_of_days(np.where(dated, days, 0), length)))
    return Periods(pc.if_else(pa.array(dated), pa.array(text, pa.string()), new), dated & False)


def _month_ends(days: np.ndarray) -> np.ndarray:
    months = np.where(days == NO_DAY, 0, days).astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray(
        (months + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - 1
    )


def _cut_months(words: pa.Array, mapping: TableMapping) -> np.ndarray:
    """Months written 2019.1 beside 2019.09: as numbers they have lost a nought, and are 2019.10."""
    none = np.zeros(len(words), dtype=bool)
    if "%Y.%m" not in mapping.dates:
        return none
    padded = mask(pc.match_substring_regex(words, r"^\d{4}\.0[1-9]$"))
    return mask(pc.match_substring_regex(words, r"^\d{4}\.1$")) if padded.any() else none


def formats_read(words: pa.Array, form: str, *, date: bool, era: Era = "") -> np.ndarray:
    """Which words a single format reads, for first guesses."""
    mapping = TableMapping(dates=(form,), era=era)
    if date:
        return np.asarray(_days(words, form, era) != NO_DAY)
    return distinct.changed(words, plain_periods(words, mapping).words)


def _tells_days(form: str) -> bool:
    return form in distinct.EXCEL_SERIALS or "%d" in form


def _pattern(form: str, era: str) -> str:
    """A date format as a regular expression with one group per directive."""
    # The first year of an era is written 元 and the fifth by one digit; clocks may add fractions.
    widths = {"Y": r"\d{1,4}|元" if era else r"\d{4}", "q": "[1-4]"}
    parts = re.split(r"%(.)", form)
    text = "^" + re.escape(parts[0])
    for at in range(1, len(parts), 2):
        name, after = parts[at], parts[at + 1]
        # Without a mark after it, "2023111" could be two days; both digits are needed.
        tight = not after and at + 2 < len(parts)
        last = at + 2 >= len(parts) and at > 1 and not parts[at - 1]
        digits = widths.get(name, r"\d{2}" if tight or last else r"\d{1,2}")
        fraction = r"(?:\.\d{1,9})?" if name == "S" else ""
        text += f"(?P<{name}>{digits}){fraction}{re.escape(after)}"
    return text + "$"


def _parts(words: pa.Array, form: str, era: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which words have the form, and the numbers in it; shape (words,) each."""
    found = pc.extract_regex(words, pattern=_pattern(form, era))
    numbers = {
        name: pc.fill_null(_digits(pc.struct_field(found, name)).cast(pa.int64()), 0).to_numpy()
        for name in re.findall(r"%(.)", form)
    }
    if era and "Y" in numbers:
        year = numbers["Y"]
        numbers["Y"] = np.where(year < 1000, year + ERAS[era], year)
    return mask(pc.is_valid(found)), numbers


def _digits(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, "元"), "1", texts)


def _days(words: pa.Array, form: str, era: str) -> np.ndarray:
    """Days since 1970 that the words say in a form; the least integer where they do not."""
    if form in distinct.EXCEL_SERIALS:
        fits = mask(pc.match_substring_regex(words, r"^\d{5}(\.\d+)?$"))
        whole = pc.if_else(pa.array(fits), pc.replace_substring_regex(words, r"\..*", ""), "0")
        start = np.datetime64(distinct.EXCEL_SERIALS[form]).astype(np.int64)
        return np.where(fits, whole.cast(pa.int64()).to_numpy() + start, NO_DAY)
    fits, numbers = _parts(words, form, era)
    year, month, day = (numbers.get(name, np.ones(len(fits), int)) for name in "Ymd")
    months = ((year - 1970) * 12 + month - 1 + [[0], [1]]).astype("datetime64[M]")
    first, after = months.astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    right = fits & (month >= 1) & (month <= 12) & (day >= 1) & (days < after)
    for name, limit in {"H": 23, "M": 59, "S": 59}.items():
        right &= numbers.get(name, np.zeros(len(fits), int)) <= limit
    return np.where(right, days, NO_DAY)


def _all_days(words: pa.Array, mapping: TableMapping) -> np.ndarray:
    """Days that words say in any form; a word that two read differently says none."""
    found = np.full(len(words), NO_DAY)
    for form in dict.fromkeys([*filter(_tells_days, mapping.dates), ISO]):
        days = _days(words, form, mapping.era)
        found = np.where(found == NO_DAY, days, np.where(days == NO_DAY, found, days))
    return found


def _iso(days: np.ndarray, read: np.ndarray) -> pa.Array:
    return pa.array(np.where(read, days, 0).astype("datetime64[D]").astype(str), pa.string())


def _labels(
    words: pa.Array, form: str, era: str, *, only_first: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which words a form without a day reads, and as which periods.

    Beside spans since January, a single month is one only where it is January.
    """
    fits, numbers = _parts(words, re.sub(DASHES, "-", form) if is_span(form) else form, era)
    text = np.char.zfill(numbers["Y"].astype(str), 4)
    for name, mark, limit in (("q", "Q", 4), ("m", "-", 12), ("V", "-W", 53)):
        if name in numbers:
            number = numbers[name]
            digits = np.char.zfill(number.astype(str), 1 if name == "q" else 2)
            text = np.char.add(np.char.add(text, mark), digits)
            fits &= (number >= 1) & (number <= (1 if only_first else limit))
            break
    return fits, text


def _length_of(days: np.ndarray) -> str:
    """Months, where days stand at their begin or end and not at those of quarters only."""
    dates = days.astype("datetime64[D]")
    ends = {"begin": dates, "end": dates + np.timedelta64(1, "D")}
    for edge, at in ends.items():
        months = at.astype("datetime64[M]")
        if (at == months.astype("datetime64[D]")).all():
            of_year = dates.astype("datetime64[M]").astype(int) % 12 + 1
            return "" if np.isin(of_year, QUARTER_ENDS[edge]).all() else "month"
    return ""


def _of_days(days: np.ndarray, length: str) -> Iterator[str]:
    """The periods in which days lie."""
    for day in days.astype("datetime64[D]").tolist():
        year, week, _ = day.isocalendar()
        yield {
            "year": f"{day.year:04d}",
            "quarter": f"{day.year:04d}Q{(day.month + 2) // 3}",
            "month": f"{day.year:04d}-{day.month:02d}",
            "week": f"{year:04d}-W{week:02d}",
        }[length]
