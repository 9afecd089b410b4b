"""One region that acted, and those it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.errors import DesignError, Problem, nearest


def region_that_acted(panel: Panel, asked: str) -> str:
    """The region asked for, or the only one that acted.

    Raises
    ------
    DesignError: it did not begin within the panel, or several did and none is asked for.
    """
    acted = [str(code) for code in panel.adoption[panel.adoption > NEVER].index]
    if asked in acted or (not asked and len(acted) == 1):
        return asked or acted[0]
    if asked:
        what = f"names '{asked}', which did not begin within these data, or is "
        what += "left out: another intervention began or ended there, or counts are missing"
    else:
        what = f"is not given, and {len(acted)} regions began within these data"
    raise DesignError([Problem("treated_region", what, nearest(asked, acted))])


def beside_donors(panel: Panel, code: str, donors: Sequence[str]) -> Panel:
    """A region and those that never begin, or the donors asked for of these.

    Raises
    ------
    DesignError: a donor asked for began as well, or is not in the panel.
    """
    never = [str(own) for own in panel.adoption[panel.adoption == NEVER].index]
    began = [own for own in donors if own not in never]
    if began:
        what = "did not stay without the intervention within these data, or are left out"
        raise DesignError([Problem(f"donors {', '.join(began)}", what, "Choose others")])
    kept = panel.keep([code, *(donors or never)])
    # Each region stands for itself: what acted here is one of them.
    return replace(kept, together={}, clustered_by="region", without=())
