"""Whether a draw looks like one, and the verdict on what being drawn changed.

A draw is doubted where a draw by lot would look as little like one, in what was known before it or
along its list, in at most so many of a hundred draws as were allowed beforehand; both are looked
at, and each is allowed half. Of a doubted draw no effect is told. Else drawn and undrawn differ by
chance alone: a direction is claimed where the range of the difference leaves out no change, and it
is too small to matter where the range lies within the smallest effect. Certainty is high where
four in five of those drawn were visited and no strata were thrown together, else moderate.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.result import Check
from analysis.verdicts.rule import Certainty, Key, Verdict

VISITED = 0.8
Shares = tuple[float, float, float]
"""A difference and its limits, as shares of the mean of those not drawn."""


@dataclass(frozen=True)
class DrawJudged:
    """p of balance and of runs along the list, where looked at, and whether the draw is doubted."""

    balance: float | None
    runs: float | None
    doubted: bool


def judge_draw(checks: tuple[Check, ...], doubt: float) -> DrawJudged:
    """Hold the checks of a draw against how often a draw by lot may be doubted."""
    found = {check.name: check.value for check in checks if check.name in ("balance", "runs")}
    allowed = doubt / max(len(found), 1)
    doubted = any(p is not None and p < allowed for p in found.values())
    return DrawJudged(found.get("balance"), found.get("runs"), doubted)


def verdict_of_draw(shares: Shares, smallest: float, visited: float | None, joined: int) -> Verdict:
    """The verdict on a difference between drawn and undrawn, of a draw that is not doubted."""
    _, low, high = shares
    followed = visited is not None and visited >= VISITED and not joined
    certainty: Certainty = "high" if followed else "moderate"
    key: Key = "cannot_tell"
    if high < 0 or low > 0:
        key = "fewer" if high < 0 else "more"
    elif -smallest <= low and high <= smallest:
        key = "too_small_to_matter"
    return Verdict(key, certainty) if key != "cannot_tell" else Verdict(key)
