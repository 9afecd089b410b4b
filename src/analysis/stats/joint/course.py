"""The estimate of each of several interventions, and the second looks at it.

As ``own_course`` for one: a slope for the adopters of each, carried on from untreated cells
(``own_slope``), told with the time after the start (``trend_break``), and that without the two
periods before each start (``without_eve``).

References
----------
As ``own_course``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.stats.joint.joint import Baseline, Joint, one_fit, with_drift
from analysis.stats.panels.own_course import (
    DRIFT_STEP,
    EVE,
    FROM_CLUSTERS,
    TO_TELL_A_SLOPE,
    Look,
    OwnCourse,
    look_at,
)


@dataclass(frozen=True)
class JointCourse:
    """All estimates of some columns: the headline's and those that allow adopters a slope.

    Parameters
    ----------
    joint: the panel. pairs: of interventions whose product is in the model.
    further: more columns, such as doses, shape (Q, N, T).
    anticipation: periods before a start in which effects may show: never among the untreated.
    """

    joint: Joint
    pairs: tuple[tuple[int, int], ...] = ()
    further: np.ndarray | None = None
    anticipation: int = 0

    @cached_property
    def design(self) -> np.ndarray:
        """Columns of interventions, then of pairs, then what is further; shape (P, N, T)."""
        design = self.joint.design(self.pairs)
        return design if self.further is None else np.concatenate([design, self.further])

    @cached_property
    def baseline(self) -> Baseline:
        """What untreated cells lead to expect."""
        return Baseline.of(self.joint)

    @cached_property
    def headline(self) -> np.ndarray:
        """Shape (1 + G, P)."""
        return self.baseline.effects(self.design)

    @cached_property
    def sloped(self) -> tuple[int, ...]:
        """Interventions whose adopters have untreated periods enough for a slope of their own."""
        joint = self.joint
        long = joint.either.untreated.sum(axis=1) >= TO_TELL_A_SLOPE
        clusters = (joint.clusters_with(own & long).sum() for own in joint.ever)
        return tuple(k for k, found in enumerate(clusters) if found >= FROM_CLUSTERS)

    @cached_property
    def own_baseline(self) -> Baseline:
        """What untreated cells lead to expect if adopters keep their own slopes."""
        return Baseline.of(self.joint, self.joint.drifts(self.sloped))

    @cached_property
    def own_slope(self) -> np.ndarray:
        """Shape (1 + G, P)."""
        return self.own_baseline.effects(self.design)

    @cached_property
    def trend_break(self) -> np.ndarray:
        """Shape (1 + G, P)."""
        return one_fit(self.joint, self.design, self.joint.drifts(self.sloped))

    @cached_property
    def without_eve(self) -> np.ndarray:
        """Shape (1 + G, P)."""
        since = self.joint.since
        eve = np.any((since < 0) & (since >= -EVE - self.anticipation), axis=0)
        kept = np.asarray(~eve)
        return one_fit(self.joint, self.design, self.joint.drifts(self.sloped), kept)

    def look(self, which: int) -> Look:
        """One intervention's headline with its error and degrees of freedom."""
        adopting = self.joint.clusters_with(self.joint.ever[which])
        return look_at(self.headline[:, which], adopting)

    def own_course(self, which: int) -> OwnCourse:
        """One intervention's headline with the second looks that the data allow."""
        joint = self.joint
        adopting = joint.clusters_with(joint.ever[which])
        looks: dict[str, Look] = {}
        slope = None
        if which in self.sloped:
            for name in ("own_slope", "trend_break", "without_eve"):
                values = getattr(self, name)[:, which]
                if np.isfinite(values).all():
                    looks[name] = look_at(values, adopting)
            slopes = self.own_baseline.course.slopes[:, self.sloped.index(which)]
            slope = look_at(slopes, adopting) if np.isfinite(slopes).all() else None
        return OwnCourse(
            self.look(which),
            looks,
            slope,
            self._per_drift(which),
            int(adopting.sum()),
            int((~joint.clusters_with(joint.adopting)).sum()),
        )

    def _per_drift(self, which: int) -> float:
        """How far a drift of one log point a period moves one headline: its derivative."""
        drifted = Baseline.of(with_drift(self.joint, which, DRIFT_STEP), leave_out=False)
        moved = drifted.effects(self.design)[0, which] - self.headline[0, which]
        return float(moved / DRIFT_STEP) if np.isfinite(moved) else 0.0
