"""The verdict on results just above a mark: moved there, and if so whether they were taken back.

More than a smooth course leads to expect stand there where the range of the excess lies above
nothing. That is work or its reporting: both end at the mark. It is called reporting where at least
half of the excess falls below the mark again once results are revised, beyond what revisions take
from just above lines that nobody aims at. None is claimed to be there where the range lies below
the smallest share that matters.
"""

from __future__ import annotations

from typing import Literal

Key = Literal["reporting_moderate", "heaped_low", "no_heap", "cannot_tell"]
MOSTLY = 0.5


def verdict_of_marks(
    excess: tuple[float, float, float], back: float | None, smallest: float
) -> Key:
    """Of the share beyond the course with its limits, and of the share that was taken back.

    Parameters
    ----------
    back: share of all results taken from just above the mark by revisions, beyond what they take
        elsewhere; none where no result was revised, or revisions are not known.
    """
    value, low, high = excess
    if low > 0:
        return "reporting_moderate" if back and back >= MOSTLY * value else "heaped_low"
    return "no_heap" if high < smallest else "cannot_tell"
