"""A roll-out still to come: what it would find on one's own history, and its order drawn by lot.

In every draw, so many regions are taken from the history at random, a stretch of it as long as the
study, and starts are dealt to them as the roll-out would deal them. Treated counts are then changed
by exactly the effect, and the method and the rule of the verdict run as they would in earnest
(:mod:`analysis.power`, :mod:`analysis.verdicts.rule`): found is what a direction is claimed for. A
range that leaves out no change is not enough; of 40 regions that all start at once it did for 6.6 %
in .72 of studies, and the rule claimed a direction in .28. At an effect of 0 the share found is the
size of the rule.

The order comes from a secret text. Its SHA-256 can be published before anybody knows who starts
when; once the text is told, everybody can draw the same order again, and none other fits the hash.

References
----------
Bloom (1995), "Minimum detectable effects", Evaluation Review 19. Hussey and Hughes (2007), "Design
and analysis of stepped wedge cluster randomized trials", Contemporary Clinical Trials 28.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import methods
from analysis.data.frames.panels.panel import Panel
from analysis.errors import AnalysisError, DesignError, Problem
from analysis.power import change_treated_counts
from analysis.stats.panels.own_course import own_course
from analysis.verdicts.robustness import adoption_seen
from analysis.verdicts.rule import LEAST_OTHERS, RULE_LEVEL, Onset, detectable, find

METHOD = "counts"
ONSET: Onset = "unknown"
LEAST = 20
"""Draws below which no share is told."""
NEVER = 0


@dataclass(frozen=True)
class Design:
    """Who would start when: all treated at once (``parallel``), or in waves (``staggered``).

    ``before`` and ``after`` are periods before and from the first start. One group of regions, as
    large as each wave or, where all start at once, as all that start, does not start within them.
    """

    kind: str
    regions: int
    before: int
    after: int
    waves: int = 1

    @property
    def periods(self) -> int:
        """How long the study is."""
        return self.before + self.after

    @property
    def starts(self) -> tuple[int, ...]:
        """First treated period of each group, the group that does not start last."""
        if self.kind == "parallel":
            return (self.before + 1, NEVER)
        apart = self.after / self.waves
        return (*(self.before + 1 + math.floor(w * apart) for w in range(self.waves)), NEVER)


@dataclass(frozen=True)
class Tried:
    """How often one effect, in log points, was found under a design, and what was estimated.

    ``least`` is the smallest effect, in log points, that the rule would find with the power wanted,
    in the middle of the draws.
    """

    regions: int
    after: int
    effect: float
    found: float
    error: float
    least: float
    estimates: tuple[float, ...]

    @property
    def spread(self) -> float:
        """The standard deviation of the estimates."""
        return float(np.std(self.estimates, ddof=1))


def deal(groups: int, strata: Sequence[object], rng: np.random.Generator) -> np.ndarray:
    """A group for each region, within strata as even as they go; shape (N,).

    What is over in a stratum goes on where the stratum before ended, so that groups differ by one
    region at most.
    """
    codes = pd.factorize(np.asarray(strata, dtype=object), sort=True)[0]
    dealt, following = np.zeros(len(codes), dtype=int), int(rng.integers(groups))
    for code in range(int(codes.max()) + 1):
        own = rng.permutation(np.flatnonzero(codes == code))
        dealt[own] = (following + np.arange(len(own))) % groups
        following = (following + len(own)) % groups
    return dealt


def commitment_of(secret: str) -> str:
    """What is published before the draw: the SHA-256 of the secret text, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def draw_order(
    codes: Sequence[str], strata: Mapping[str, str], design: Design, secret: str
) -> dict[str, int]:
    """The first treated period of each region, 0 for none, as the secret text draws it."""
    seed = int.from_bytes(hashlib.sha256(f"order|{secret}".encode()).digest(), "big")
    ordered = sorted(codes)
    rng = np.random.default_rng(seed)
    if design.regions < len(ordered):
        ordered = sorted(rng.choice(ordered, design.regions, replace=False).tolist())
    dealt = deal(len(design.starts), [strata.get(code, "") for code in ordered], rng)
    return {code: design.starts[group] for code, group in zip(ordered, dealt, strict=True)}


def try_design(  # noqa: PLR0913
    counts: pd.DataFrame,
    exposure: pd.DataFrame,
    strata: Mapping[str, str],
    design: Design,
    effects: Sequence[float],
    rng: np.random.Generator,
    *,
    draws: int,
    frequency: str,
    wanted: float = 0.8,
) -> list[Tried]:
    """How often each effect is found under a design; all effects meet the same draws.

    Parameters
    ----------
    counts, exposure: N regions by T periods, wide, without holes.
    effects: in log points; 0 gives the size of the rule. wanted: the power of ``least``.

    Raises
    ------
    DesignError: too short a history, too few regions, counts that the method cannot take, or a
        design in which the rule can claim nothing.
    """
    DesignError.raise_for(require_design(counts, design))
    seeds = rng.integers(2**63, size=draws).tolist()
    history = (counts, exposure)
    return [_tried(history, strata, design, one, seeds, frequency, wanted) for one in effects]


def require_design(counts: pd.DataFrame, design: Design) -> list[Problem]:
    """Why a history, regions by periods, cannot carry a design."""
    regions, periods = counts.shape
    problems = []
    if design.regions > regions:
        what = f"asks for {design.regions}, and {regions} have a whole history"
        problems.append(Problem("counties", what, "Ask for fewer"))
    if design.regions < LEAST_OTHERS * len(design.starts):
        groups = f"{design.regions} in {len(design.starts)} groups: under {LEAST_OTHERS} in each"
        what = f"asks for {groups}, with which no direction is ever claimed"
        problems.append(Problem("counties", what, "Ask for more, or for fewer waves"))
    if design.periods > periods:
        what = f"asks for {design.periods} periods, and the history has {periods}"
        problems.append(Problem("before, periods", what, "Ask for fewer, or shorter ones"))
    if design.kind == "staggered" and design.after < design.waves:
        what = f"asks for {design.waves} waves within {design.after} periods"
        problems.append(Problem("waves", what, "Ask for fewer waves, or more periods"))
    return problems


def _tried(
    history: tuple[pd.DataFrame, pd.DataFrame],
    strata: Mapping[str, str],
    design: Design,
    effect: float,
    seeds: Sequence[int],
    frequency: str,
    wanted: float,
) -> Tried:
    method, rows = methods.load(METHOD), []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        panel = change_treated_counts(_dealt(*history, strata, design, rng, frequency), effect, rng)
        try:
            one = method.estimate(panel, method.options(), rng).headline
            course = own_course(adoption_seen(panel, method.options(), rng)[0])
        except AnalysisError:
            continue
        if one.low is not None and one.high is not None:
            claimed = find(course, (one.low, one.high), ONSET, 0.0).direction != 0
            least = detectable(course, ONSET, RULE_LEVEL, wanted)
            rows.append((one.value, claimed, np.nan if least is None else least))
    if 2 * len(rows) < len(seeds):
        what = f"could be estimated in {len(rows)} of {len(seeds)} draws only"
        raise DesignError([Problem("design", what, "Take more regions or longer periods")])
    value, claims, least = np.array(rows, dtype=float).T
    if 2 * np.isfinite(least).sum() < len(rows):
        what = "lets no direction be claimed: those that start have no course of their own before"
        raise DesignError([Problem("before", what, "Take more periods before the first start")])
    share = float(claims.mean())
    error = math.sqrt(max(share * (1 - share), 1 / len(rows)) / len(rows))
    needed = float(np.nanmedian(least))
    return Tried(design.regions, design.after, effect, share, error, needed, tuple(value.tolist()))


def _dealt(
    counts: pd.DataFrame,
    exposure: pd.DataFrame,
    strata: Mapping[str, str],
    design: Design,
    rng: np.random.Generator,
    frequency: str,
) -> Panel:
    """Regions and a stretch of history at random, with starts dealt as the roll-out deals them."""
    rows = np.sort(rng.choice(len(counts), design.regions, replace=False))
    first = int(rng.integers(counts.shape[1] - design.periods + 1))
    stretch = slice(first, first + design.periods)
    codes = counts.index[rows].astype(str)
    groups = deal(len(design.starts), [strata.get(code, "") for code in codes], rng)
    starts = np.array(design.starts)[groups]
    frame = pd.DataFrame(
        {
            "region": np.repeat(codes.to_numpy(object), design.periods),
            "period": np.tile(np.arange(1, design.periods + 1), design.regions),
            "count": counts.to_numpy(float)[rows, stretch].ravel(),
            "exposure": exposure.to_numpy(float)[rows, stretch].ravel(),
            "first_treated": np.repeat(starts, design.periods),
        }
    )
    labels = tuple(map(str, counts.columns[stretch]))
    return Panel(frame, labels, frequency, True, {}, {code: (code, code) for code in codes})
