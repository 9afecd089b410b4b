"""The regions of a dataset against GB/T 2260, where ``region_scheme`` says that it codes by it.

A code must be six digits, stand in the list of the scheme's year, and fit the level and the
region above that the row gives. A code given up since is named with what followed it, and may
stay where ``crosswalk`` moves its records. Names that a row lacks are taken from the standard.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.data.contract import Table
from analysis.data.reading.account import Line, Origin
from analysis.data.reading.read_table import ReadTable
from analysis.data.regions import divisions as standard
from analysis.errors import Problem

NAMES = ("name_en", "name_zh")
UNFILLED = "is empty, and the list has no name in this language"


def names_optional(table: Table) -> Table:
    """The table of regions with names that a row may lack."""
    columns = (replace(c, required=c.required and c.name not in NAMES) for c in table.columns)
    return replace(table, columns=tuple(columns))


def fill_names(taken: ReadTable) -> ReadTable:
    """Regions with the names they lacked; each is counted as a repair, what stays empty refused."""
    if "region_code" not in taken.frame:
        return taken
    frame, origin = taken.frame.copy(), taken.origin
    # Of others no name may be asked; a wrong code, once put right, brings its name.
    sound = frame["region_code"].isin({*standard.divisions(), *standard.GROUPS})
    if "level" in frame:
        sound |= frame["level"].eq("nation").fillna(False)
    lines, problems = list(taken.account.lines), list(taken.problems)
    rule = "a missing name taken from GB/T 2260"
    for name in NAMES:
        given = frame[name] if name in frame else pd.Series(pd.NA, index=frame.index)
        given = given.astype("string").replace("", pd.NA)
        listed = {code: getattr(each, name) or pd.NA for code, each in standard.divisions().items()}
        frame[name] = given.fillna(frame["region_code"].map(listed).astype("string"))
        owner_name = origin.owner_names.get(name, name)
        for file, rows in origin.by_file(np.flatnonzero(given.isna() & frame[name].notna())):
            lines.append(Line("repaired", file, owner_name, rule, len(rows)))
        empty = np.flatnonzero(frame[name].isna() & sound)
        problems += origin.problems(empty, UNFILLED, "Give the name here", name)
    account = replace(taken.account, lines=tuple(lines))
    return replace(taken, frame=frame, account=account, problems=tuple(problems))


def check_region_codes(
    frames: Mapping[str, pd.DataFrame], origins: Mapping[str, Origin], year: int
) -> Iterator[Problem]:
    """Everything about the codes of regions that GB/T 2260 does not bear out.

    Parameters
    ----------
    frames: the tables as read; from codes in ``crosswalk`` records move to others.
    origins: where their rows stand.
    year: of the list that the codes are held against.
    """
    regions = frames.get("regions", pd.DataFrame())
    if "region_code" not in regions:
        return
    moved = set(frames["crosswalk"].get("old_code", ())) if "crosswalk" in frames else set()
    found: dict[Wrong, list[int]] = {}
    for place, row in enumerate(regions.to_dict("records")):
        for wrong in _wrong(row, moved, year):
            found.setdefault(wrong, []).append(place)
    for (column, what, remedy), places in found.items():
        yield from origins["regions"].problems(np.array(places), what, remedy, column)


Wrong = tuple[str, str, str]
"""The column, what is wrong with it, and what would mend it."""


def _wrong(row: dict[Hashable, object], moved: Collection[str], year: int) -> Iterator[Wrong]:
    code, level, parent = (_text(row.get(n)) for n in ("region_code", "level", "parent_code"))
    if not code or level == "nation":
        return
    if not standard.is_code(code):
        remedy = _by_name(row, year) or "Write two digits each of province, city and county"
        yield "region_code", "is not six digits, as codes of GB/T 2260 are", remedy
        return
    yield from _unlisted(row, code, moved, year) or _named_otherwise(row, code, year)
    fitting = standard.levels(code)
    if level and level not in fitting and (code in standard.divisions() or fitting != ("county",)):
        remedy = f"By its code it is of level {' or '.join(fitting)}"
        yield "level", "is not the level of the code", remedy
    if parent and parent not in standard.codes_above(code):
        remedy = "Write the city, whose code ends in 00, or the province, whose ends in 0000"
        yield "parent_code", "is not above the region by its code", remedy


def _unlisted(
    row: dict[Hashable, object], code: str, moved: Collection[str], year: int
) -> list[Wrong]:
    """Why a code is not in the list of a year, if it is not."""
    division = standard.divisions().get(code)
    if code in standard.GROUPS or (division and (division.valid_in(year) or code in moved)):
        return []
    if division is None:
        what = f"is in no list of GB/T 2260 from {standard.FIRST_YEAR} to {standard.LAST_YEAR}"
        near = [other for other in standard.codes_above(code) if other in standard.divisions()]
        known = f"What begins its code is {_listed(near[:1])}" if near else "No province has it"
        remedy = _by_name(row, year) or known
    elif division.since > year:
        what = f"is a code of GB/T 2260 since {division.since} only, not in {year}"
        remedy = "Name another year in region_scheme, or the code of then"
    else:
        what = f"is a code that GB/T 2260 gave up in {division.until}"
        unknown = "No source here says what followed it: find out, and move it by crosswalk"
        remedy = _by_name(row, year) or unknown
        if after := standard.successors(code, year):
            shares = "" if len(after) == 1 else " with their shares"
            remedy = f"It went into {_listed(after)}: write that, or rows in crosswalk{shares}"
    return [("region_code", what, remedy)]


def _named_otherwise(row: dict[Hashable, object], code: str, year: int) -> list[Wrong]:
    """A listed code beside the name of another one in its city: codes were given anew, too."""
    name = _text(row.get("name_zh"))
    alike = [other for other in standard.same_name(name, year) if other[:4] == code[:4]]
    kept = code not in standard.GROUPS and standard.divisions()[code].valid_in(year)
    if not kept or not alike or code in alike:
        return []
    return [("name_zh", "is the name of another code", f"It stands for {_listed(alike)}")]


def _by_name(row: dict[Hashable, object], year: int) -> str:
    """The code that a row's Chinese name stands for, where it stands for one."""
    alike = standard.same_name(_text(row.get("name_zh")), year)
    return f"Its name stands for {_listed(alike)}" if len(alike) == 1 else ""


def _listed(codes: Collection[str]) -> str:
    return ", ".join(f"{code} {standard.divisions()[code].name_zh}" for code in codes)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
