"""Every intervention of every region: when it began, ended and began again.

What else began or ended in a region within the panel can move its counts as well as the
intervention in question can. An end counts as much as a beginning: counts that fall back where
another scheme ends look like a fall of adopters against them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.regions.divisions import codes_above, is_code
from analysis.data.regions.hierarchy import parents_in, regions_above


@dataclass(frozen=True)
class Spell:
    """One intervention in one region; periods are numbers of the panel, from 1.

    ``start`` is 0 where it began before the panel; ``end`` is the last period in which it was in
    force, ``None`` where it did not end within the panel. ``own``: the one in question.
    """

    region: str
    intervention: str
    start: int
    end: int | None
    own: bool


def interventions_of(dataset: Dataset, regions: Iterable[str]) -> pd.DataFrame:
    """The table of interventions; what an upper region does, all regions below it do.

    Codes of another scheme may look like GB/T 2260: a region of the same level is not above.
    """
    rows = dataset.tables["interventions"]
    starting, parents = set(rows["region_code"]), parents_in(dataset)
    known = dataset.tables["regions"]
    levels = (
        dict(zip(known["region_code"], known["level"], strict=True)) if "level" in known else {}
    )
    below = [
        (code, above)
        for code in map(str, regions)
        for above in regions_above(code, parents) & starting
        if above not in levels or levels[above] != levels.get(code)
    ]
    if not below:
        return rows
    names = pd.DataFrame(below, columns=["below", "region_code"])
    found = rows.merge(names, on="region_code")
    found["region_code"] = found.pop("below")
    return pd.concat([rows, found], ignore_index=True)


def spells_in(
    dataset: Dataset, intervention: str, periods: pd.PeriodIndex, regions: Iterable[str]
) -> tuple[Spell, ...]:
    """What began or ended, or was in force, within the periods; by region and start."""
    rows = interventions_of(dataset, regions).sort_values(["region_code", "started_on"])
    first, last = periods[0].start_time, periods[-1].end_time
    ended = rows["ended_on"] if "ended_on" in rows else pd.Series(pd.NaT, index=rows.index)
    kept = (rows["started_on"] <= last) & ~(ended < first)
    starts = _numbers(rows["started_on"][kept], periods)
    given = ended[kept].astype("datetime64[ns]")
    ends = _numbers(given.fillna(last + pd.Timedelta(days=1)), periods)
    return tuple(
        Spell(str(region), str(name), int(start), None if end > len(periods) else int(end),
              name == intervention)
        for region, name, start, end in zip(
            rows["region_code"][kept], rows["intervention"][kept], starts, ends, strict=True
        )
    )  # fmt: skip


def _numbers(days: pd.Series, periods: pd.PeriodIndex) -> np.ndarray:
    """The number of the period of each day; 0 before all, one more than all after them."""
    given = pd.PeriodIndex(days.dt.to_period(periods.freqstr))
    place = np.asarray(periods.searchsorted(given)) + 1
    return np.where(days < periods[0].start_time, 0, place)


def first_starts(spells: Iterable[Spell]) -> dict[str, int]:
    """The period in which each region first adopts; 1 where it had adopted before the panel."""
    found: dict[str, int] = {}
    for spell in spells:
        if spell.own:
            found.setdefault(spell.region, max(spell.start, 1))
    return found


def others_moved(spells: Iterable[Spell]) -> frozenset[str]:
    """Regions in which another intervention began or ended within the panel."""
    return frozenset(
        spell.region
        for spell in spells
        if not spell.own and (spell.start > 0 or spell.end is not None)
    )


def lapsed(spells: Iterable[Spell], regions: list[str], periods: int) -> np.ndarray:
    """Cells after an end and before another start of the one in question; (regions, periods).

    They tell neither of the time without it nor of the time under it.
    """
    cells = np.zeros((len(regions), periods), dtype=bool)
    row = {code: place for place, code in enumerate(regions)}
    own = [spell for spell in spells if spell.own and spell.region in row]
    for spell in own:
        if spell.end is not None:
            cells[row[spell.region], spell.end :] = True
    for spell in own:
        cells[row[spell.region], max(spell.start, 1) - 1 : spell.end] = False
    return cells


def parents_by_region(dataset: Dataset, regions: Iterable[str]) -> dict[str, str]:
    """The region above each, as given or by GB/T 2260; its own code where there is none."""
    given = parents_in(dataset)
    found = {}
    for code in regions:
        above = given.get(code, "")
        if not above and is_code(code) and not code.endswith("00"):
            above = codes_above(code)[0]
        found[code] = above or code
    return found


def adopt_together(parents: Mapping[str, str], starts: Mapping[str, int]) -> bool:
    """Whether starts were decided in the regions above.

    Of pairs of regions below one upper region with an adopter among them, the share that start in
    the same period must come closer to all of them than to what chance gives: the same share over
    pairs from anywhere.
    """
    below: dict[str, list[int]] = {}
    for code, above in parents.items():
        below.setdefault(above, []).append(starts.get(code, 0))
    found = [_pairs(own) for own in below.values()]
    alike, pairs = sum(same for same, _ in found), sum(every for _, every in found)
    by_chance, anywhere = _pairs([start for own in below.values() for start in own])
    if not pairs:
        return False
    return alike / pairs >= (1 + by_chance / anywhere) / 2


def _pairs(starts: list[int]) -> tuple[int, int]:
    """Pairs with an adopter that start in the same period, and all pairs with an adopter."""
    counts = np.unique(starts, return_counts=True)
    same = {int(start): int(n) * (int(n) - 1) for start, n in zip(*counts, strict=True)}
    never = same.pop(0, 0)
    return sum(same.values()), len(starts) * (len(starts) - 1) - never
