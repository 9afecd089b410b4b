"""What designs would find, and the order that a published text draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import stored
from analysis.page.numbers import period
from analysis.planning import Design, Tried, draw_order, try_design
from analysis.reports.report import Report
from analysis.reports.study_planning.params import StudyPlanningParams
from analysis.reports.study_planning.question import Planned
from analysis.verdicts.rule import RULE_LEVEL


@dataclass(frozen=True)
class Trials:
    """What was tried: each design at no effect, the largest at every effect."""

    rows: tuple[Tried, ...]


class Plan(Report):
    """A roll-out tried on its own history."""

    params: StudyPlanningParams
    subject: Planned

    @property
    def main(self) -> Design:
        """The design with most regions and periods."""
        return self.subject.designs[-1]

    @cached_property
    def trials(self) -> Trials:
        """Every design at no effect, the largest at every effect, worked out once."""
        asked = self.params.model_dump(exclude={"language", "title_en", "title_zh", "draw_seed"})
        counts = self.subject.counts.to_numpy(float).tolist()
        return stored.kept("planning", {"asked": asked, "counts": counts}, Trials, self._try)

    def _try(self) -> Trials:
        given, asked = self.subject, self.params
        rows: list[Tried] = []
        for one in given.designs:
            logs = [math.log1p(e) for e in asked.effects] if one == self.main else []
            rng = np.random.default_rng(asked.seed)
            rows += try_design(
                given.counts, given.exposure, given.strata, one, [0.0, *logs], rng,
                draws=asked.draws, frequency=asked.period, wanted=asked.wanted,
            )  # fmt: skip
        return Trials(tuple(rows))

    @property
    def at_none(self) -> Tried:
        """The largest design at no effect."""
        return next(row for row in self._of_main if row.effect == 0)

    @property
    def _of_main(self) -> list[Tried]:
        own = (self.main.regions, self.main.after)
        return [row for row in self.trials.rows if (row.regions, row.after) == own]

    @property
    def effects(self) -> list[Tried]:
        """The largest design at each effect that is asked about."""
        return [row for row in self._of_main if row.effect != 0]

    def smallest(self, one: Tried) -> float:
        """The smallest fall that a design would find with the power wanted, as a share."""
        return -math.expm1(-one.least)

    level = RULE_LEVEL

    @property
    def frame(self) -> pd.DataFrame:
        """One estimate a draw, of the largest design at no effect."""
        return pd.DataFrame({"estimate": self.at_none.estimates})

    @cached_property
    def order(self) -> dict[str, int]:
        """The first treated period of each region, 0 for none; empty until the text is told."""
        if not self.params.draw_seed:
            return {}
        codes = list(map(str, self.subject.counts.index))
        return draw_order(codes, self.subject.strata, self.main, self.params.draw_seed)

    @property
    def analysis(self) -> dict[str, Any]:
        """Parameters with which ``intervention_effect`` evaluates the roll-out."""
        given, asked = self.subject, self.params
        others = sorted({*map(str, given.counts.index)} - set(self.order)) if self.order else []
        return {
            "dataset": asked.dataset,
            "intervention": asked.intervention,
            "outcome": asked.outcome,
            "exposure": asked.exposure,
            "period": asked.period,
            "first_period": given.period(1),
            "last_period": given.period(self.main.periods),
            "method": "counts",
            "exclude_regions": sorted({*asked.exclude_regions, *others}),
        }

    def write(self, folder: str | Path) -> None:
        """Write the order as rows of ``interventions`` and the analysis as a params file."""
        import yaml

        place, given = Path(folder), self.subject
        place.mkdir(parents=True, exist_ok=True)
        rows = [
            (code, self.params.intervention, str(pd.Period(given.period(at)).start_time.date()),
             "random")
            for code, at in self.order.items() if at
        ]  # fmt: skip
        columns = ["region_code", "intervention", "started_on", "assignment"]
        pd.DataFrame(rows, columns=columns).to_csv(place / "interventions.csv", index=False)
        text = yaml.safe_dump(self.analysis, sort_keys=False, allow_unicode=True)
        (place / "plan.yml").write_text(text, encoding="utf-8")

    @property
    def numbers(self) -> Mapping[str, str]:
        """Numbers that sentences name."""
        none, main = self.at_none, self.main
        return {
            "counties": self.number(main.regions),
            "after": self.number(main.after),
            "before": self.number(main.before),
            "groups": self.number(len(main.starts)),
            "waves": self.number(len(main.starts) - 1),
            "wanted": self.percent(self.params.wanted, 0),
            "smallest": self.percent(self.smallest(none), 1),
            "size": self.number(round(none.found * len(none.estimates))),
            "level": self.percent(self.level, 0),
            "miss": self.percent(1 - self.level, 0),
            "draws": self.number(len(none.estimates)),
            "history": self.number(self.subject.counts.shape[1]),
            "start": period(self.subject.start, self.language),
            "commitment": self.params.commitment,
        }

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found = {f"{row.effect:.3f}": round(row.found, 3) for row in self.effects}
        return found | {"smallest": round(self.smallest(self.at_none), 3), "order": len(self.order)}
