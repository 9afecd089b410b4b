"""A first ``dataset.yml`` for an export, with every guess marked for its owner to look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from analysis.data.contract import Column
from analysis.data.first_look import sniff
from analysis.data.first_look.sniff import Sniffed, likeness
from analysis.data.reading.account import all_of
from analysis.data.reading.distinct import Cells
from analysis.data.regions.divisions import divisions
from analysis.data.tables import TABLES
from analysis.errors import ContractError, ParamsError, Problem

PLAIN_WORD = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff.（）/*-]*")
RESERVED = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}
HEAD = """\
# A first description of this export, written by looking at it. Nothing here is certain.
# Fill in what is empty, look at every line with a remark, then run: analysis check {folder}
title:
  en:                  # what the data are
  zh:
status:                # real or simulated
licence:               # what may be done with the data
origin:                # who gave them, from which system, for which period
"""
CITIES = {*["地市", "所属地市", "市", "城市", "市州", "所属市", "设区市", "設區市", "縣市", "县市"]}
"""What a column of cities is called that stands beside one of their districts."""
MOST_KNOWN = 0.9
"""From this share of known codes on a file is taken to code by GB/T 2260."""
NO_REGIONS = """\
# Every dataset lists its regions: add regions.csv with region_code,name_en,name_zh,level
# (level: {levels}), or name a file for it under mapping.
"""


def write_draft(folder: Path, files: Sequence[Path]) -> Path:
    """Look at the files of an export and write ``dataset.yml`` beside them.

    Raises
    ------
    ParamsError: there is a ``dataset.yml``, or a file lies outside the folder.
    ContractError: files that cannot be read, all at once.
    """
    target = folder / "dataset.yml"
    problems = []
    if target.exists():
        remedy = "Move it away to have a new one written; it is never written over"
        problems.append(Problem(str(target), "is there already", remedy))
    for export in files:
        if not export.is_file():
            problems.append(Problem(export.name, "does not exist"))
        elif not export.resolve().is_relative_to(folder.resolve()):
            remedy = f"Copy it into {folder}: files of a dataset lie in its folder"
            problems.append(Problem(export.name, "lies outside the dataset's folder", remedy))
    ParamsError.raise_for(problems)
    names = [file.resolve().relative_to(folder.resolve()).as_posix() for file in files]
    shown = zip(files, names, strict=True)
    exports, wrong = all_of(partial(sniff.sniff, file, name) for file, name in shown)
    ContractError.raise_for(wrong)
    text = draft_text(folder, exports)
    # Mode x fails where somebody wrote the file meanwhile.
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    return target


def draft_text(folder: Path, exports: Sequence[Sniffed]) -> str:
    """The whole file; exports that look like one table with the same columns share a mapping."""
    parts = [HEAD.format(folder=folder)]
    groups: dict[str, list[Sniffed]] = {}
    for export in exports:
        found = any(c.name in export.guesses for c in TABLES[export.table].columns if c.required)
        if found or sniff.months_of(export.names):
            groups.setdefault(export.table, []).append(export)
        else:
            parts.append(f"# {word(export.file)}: which table is it? none of ours fits\n")
    if "regions" not in groups and not (folder / "regions.csv").is_file():
        levels = ", ".join(TABLES["regions"].column("level").allowed)
        parts.append(NO_REGIONS.format(levels=levels))
    parts.append(_scheme(exports))
    parts.append("mapping:\n")
    for table, group in groups.items():
        parts.append("\n".join(_mapping(table, group)) + "\n")
    return "".join(parts)


def _scheme(exports: Sequence[Sniffed]) -> str:
    """GB/T 2260, where nearly all codes of a file are of it; nothing where none is."""
    for export in exports:
        codes = set(sniff.words_of(export.cells("region_code")))
        known = len(codes & divisions().keys())
        if codes and known >= MOST_KNOWN * len(codes):
            note = f"guessed: {known:,} of {len(codes):,} codes in {export.file} are of it"
            return f"region_scheme: gbt2260  # {note}; or own\n"
    return ""


def _mapping(table: str, group: Sequence[Sniffed]) -> Iterator[str]:
    first = group[0]
    needed = [column.name for column in TABLES[table].columns if column.needed(first.guesses)]
    found = sum(column in first.guesses for column in needed)
    yield f"  {table}:  # guessed: {found} of its {len(needed)} needed columns were found"
    yield f"    files: [{', '.join(word(export.file) for export in group)}]"
    if any(export.names != first.names for export in group):
        yield f"    # The files differ in their columns; these are of {first.file}"
    if first.encoding:
        yield f"    encoding: {first.encoding}  # detected"
        yield f"    delimiter: {json.dumps(first.delimiter)}  # detected"
    if first.sheet:
        yield f"    sheet: {word(first.sheet)}  # the first"
    if first.header != (1,):
        yield f"    header: [{', '.join(map(str, first.header))}]  # guessed"
    for part in (_marks, _columns, _months, _dates, _values):
        yield from part(first)


def _marks(export: Sniffed) -> Iterator[str]:
    """Marks in numbers, where a column of numbers is read with others than the contract's."""
    for _, cells in _guessed(export, "number", "whole"):
        decimal, thousands, left = sniff.marks_of(cells)
        if (decimal, thousands) != (".", ""):
            note = f"guessed; {left:,} cells fit neither" if left else "guessed"
            yield f"    decimal: {json.dumps(decimal)}  # {note}"
            if thousands:
                yield f"    thousands: {json.dumps(thousands)}"
            return


def _columns(export: Sniffed) -> Iterator[str]:
    yield "    columns:"
    wide, upper = sniff.months_of(export.names), _upper(export)
    for column in TABLES[export.table].columns:
        owner_name = export.guesses.get(column.name)
        if owner_name is not None:
            note = "" if likeness(owner_name, column) == 1 else "  # guessed: look at it"
            if column.personal:
                note = "  # of persons: replaced by a keyed hash on reading"
            if upper and column.name == "region_code":
                owners = f"[{word(upper)}, {word(owner_name)}]"
                note = "  # joined by -: two cities may have districts of one name"
                yield f"      {column.name}: {owners}{note}"
            else:
                yield f"      {column.name}: {word(owner_name)}{note}"
        elif wide and column.name in ("period", "count"):
            continue
        elif column.needed(export.guesses):
            meaning = f"{column.en} ({column.kind})"
            yield f"      {column.name}:  # needed: {meaning}; or give it under constants"
    for owner_name in export.names:
        if owner_name not in {*export.guesses.values(), *wide, upper}:
            yield f"      # not read: {owner_name}".replace("\n", " ")


def _upper(export: Sniffed) -> str:
    """The column of the cities, where regions are named by a column of names beside it."""
    named = sniff.words_of(export.cells("region_code"))
    if export.table == "regions" or re.search(r"\d", "".join(named)):
        return ""
    found = [name for name in export.names if name.strip() in CITIES]
    free = [name for name in found if name not in export.guesses.values()]
    return free[0] if free and "region_code" in export.guesses else ""


def _months(export: Sniffed) -> Iterator[str]:
    """Months side by side, each a row of its own."""
    months = sniff.months_of(export.names)
    if not months:
        return
    year = export.year or "YEAR"
    told = "the year of the title" if export.year else "write the year for YEAR: no cell names it"
    known = all(own for own, _ in months.values())
    yield f"    wide:  # {'each month is a row' if known else told}"
    yield "      numbers: count"
    yield "      names: period"
    yield "      columns:"
    for name, (own, month) in months.items():
        yield f"        {own or year}-{month:02d}: {word(name)}"


def _dates(export: Sniffed) -> Iterator[str]:
    """Formats of all columns of dates and periods."""
    forms: dict[str, None] = {}
    left, era = 0, ""
    for column, cells in _guessed(export, "date", "period"):
        used, of_era, unread = sniff.formats_of(cells, column.kind)
        forms |= dict.fromkeys(used)
        left, era = left + unread, era or of_era
    if forms:
        note = f"  # {left:,} cells fit none of them" if left else "  # found in the cells"
        yield f"    dates: [{', '.join(json.dumps(f, ensure_ascii=False) for f in forms)}]{note}"
    if era:
        yield f"    era: {era}  # years below 1000 are of it"


def _guessed(export: Sniffed, *kinds: str) -> Iterator[tuple[Column, Cells]]:
    for column in TABLES[export.table].columns:
        if column.kind in kinds and column.name in export.guesses:
            yield column, export.cells(column.name)


def _values(export: Sniffed) -> list[str]:
    """Words of the columns of choice with the nearest of ours, and how regions are named."""
    lines = []
    for column, cells in _guessed(export, "choice"):
        words = sniff.words_of(cells)
        strange = [theirs for theirs in words if theirs not in column.allowed]
        if len(words) > sniff.MOST_WORDS:
            owner_name = export.guesses[column.name]
            lines.append(f"      # {column.name}: {len(words)} words; is it column {owner_name}?")
        elif strange:
            lines.append(f"      {column.name}:  # ours: {', '.join(column.allowed)}")
            for theirs in strange:
                near = sniff.nearest_word(theirs, column)
                note = "  # guessed" if near else "  # which of ours?"
                lines.append(f"        {word(theirs)}: {near}{note}".rstrip())
    names = sniff.words_of(export.cells("region_code"))
    if names and export.table != "regions" and not re.search(r"\d", "".join(names)):
        lines.append("      region_code: {lookup: regions.name_zh}  # names, not codes")
    above = sniff.words_of(export.cells("parent_code"))
    if above and not re.search(r"\d", "".join(above)):
        lines.append("      parent_code: {lookup: regions.name_zh}  # names, not codes")
    said = any(not line.strip().startswith("#") for line in lines)
    return ["    values:", *lines] if said else []


def word(text: str) -> str:
    """A word as YAML reads it back, in quotation marks where it needs them."""
    if PLAIN_WORD.fullmatch(text) and text.lower() not in RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)
