"""Numbers of a panel that cannot be what was recorded, whatever is compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.data.frames.panels.panel import Panel
from analysis.errors import Problem

SAME_REGIONS, SAME_SHARE = 8, 0.9
"""So many regions, and so large a share of them, repeat a period: of counts around one, where that
is likeliest, two that are not both zero are equal in .21 of cases; eight in a row in 4 of 10^6."""
STALE_PERIODS, STALE_COUNT = 6, 10
"""A region whose last so many counts are the same, of so many events each: by chance in 7 of 10^6
regions, since two counts around ten are equal in .09 of cases."""
NAMED = 5
"""So many regions are named in a problem."""
TOO_LARGE, SMALL_COUNT = 100, 10
"""A cell of more than so many times what any region usually has is a slip; of counts, what is usual
is taken to be at least so many events."""


def doubtful(panel: Panel) -> list[Problem]:
    """Numbers that cannot be what was recorded: without variation, copied, or misplaced digits."""
    return unvarying(panel) or [*unknown(panel), *repeated(panel), *misplaced(panel)]


def unknown(panel: Panel) -> Iterator[Problem]:
    """Periods of which no size is known, as where sizes stop before the counts do, or no count."""
    named = {"exposure": "sizes", panel.measured: "counts" if panel.counted else "levels"}
    for column in named if panel.has_exposure else [panel.measured]:
        known = np.isfinite(panel.matrix(column)).any(axis=0)
        labels = [panel.label(int(at) + 1) for at in np.flatnonzero(~known)]
        if labels:
            more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
            what = f"are known of no region in {', '.join(labels[:NAMED])}{more}"
            remedy = "Add these periods, or set first_period and last_period so that they are out"
            yield Problem(named[column], what, remedy)
            return


def unvarying(panel: Panel) -> list[Problem]:
    """The problem of counts that are the same in every period of every region; else none."""
    ranges = panel.frame.groupby("region", sort=False)[panel.measured].agg(["min", "max"])
    if (ranges["max"] > ranges["min"]).any():
        return []
    what = "are the same in every period of every region: there is nothing to compare"
    remedy = "Look whether an export was filled forward, or choose another outcome"
    return [Problem("counts" if panel.counted else "levels", what, remedy)]


def repeated(panel: Panel) -> Iterator[Problem]:
    """Counts that an export filled forward: in nearly all regions at once, or at a region's end."""
    values = panel.matrix(panel.measured)
    if not panel.counted or values.shape[1] < 2:
        return
    now, before = values[:, 1:], values[:, :-1]
    told = np.isfinite(now) & np.isfinite(before) & ((now > 0) | (before > 0))
    same, told_by = ((now == before) & told).sum(axis=0), told.sum(axis=0)
    copies = np.flatnonzero((told_by >= SAME_REGIONS) & (same >= SAME_SHARE * told_by)) + 2
    remedy = "Look whether an export was filled forward; end the panel before, or mend the export"
    if copies.size:
        labels = ", ".join(panel.label(int(period)) for period in copies)
        yield Problem("counts", f"repeat those of the period before in {labels}", remedy)
        return
    stale = _stale(values)
    if stale.any():
        codes = [str(code) for code in np.array(panel.regions)[stale]]
        more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
        what = f"are the same in each of the last {STALE_PERIODS} periods in "
        what += ", ".join(codes[:NAMED]) + more
        yield Problem("counts", what, remedy.replace("end the panel before", "leave these out"))


def _stale(values: np.ndarray) -> np.ndarray:
    """Regions whose last known counts are the same, and no few; shape (N,)."""
    if values.shape[1] < STALE_PERIODS:
        return np.zeros(len(values), dtype=bool)
    last = values[:, -STALE_PERIODS:].copy()
    for place in np.flatnonzero(~np.isfinite(last).all(axis=1)):
        known = values[place][np.isfinite(values[place])][-STALE_PERIODS:]
        last[place] = known if len(known) == STALE_PERIODS else np.nan
    # Nothing is as large as what is not known.
    return np.asarray((last[:, 0] >= STALE_COUNT) & (last.min(axis=1) == last.max(axis=1)))


def misplaced(panel: Panel) -> Iterator[Problem]:
    """Numbers so far from what any region usually has that they would decide the answer alone."""
    values = np.abs(panel.matrix(panel.measured))
    known = np.isfinite(values)
    rows = known.any(axis=1)
    usual = float(np.nanmedian(values[rows], axis=1).max()) if rows.any() else 0.0
    usual = max(usual, SMALL_COUNT) if panel.counted else usual
    large = known & (values > TOO_LARGE * usual) & (usual > 0)
    if large.any():
        labels = ", ".join(panel.label(int(at) + 1) for at in np.flatnonzero(large.any(axis=0)))
        regions = int(large.any(axis=1).sum())
        what = f"are over {TOO_LARGE} times what any region usually has in {labels} ({regions} "
        what += f"region{'s' if regions > 1 else ''})"
        remedy = "Look for a slip of digits or units, or leave out those regions or periods"
        yield Problem("counts" if panel.counted else "levels", what, remedy)
