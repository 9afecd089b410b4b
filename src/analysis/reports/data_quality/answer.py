"""What is wrong with a dataset, and which notebooks would take it as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import region_names
from analysis.data.quality.defects import Quality, quality_of
from analysis.data.quality.found import Defect
from analysis.data.tables import TABLES
from analysis.disclosure.estimates import three_digits
from analysis.disclosure.recorded import Recorded
from analysis.page.charts.letters import lacking
from analysis.reports.data_quality.params import DataQualityParams
from analysis.reports.readiness import READY, Readiness, askable, readiness_of
from analysis.reports.report import Report

SEVEN = 7
"""Months: the last one and the half-year before it."""


class Checked(Report):
    """A dataset and everything found in it."""

    params: DataQualityParams
    subject: Dataset

    @cached_property
    def quality(self) -> Quality:
        """What is found in its tables, and in the names of its regions."""
        found = quality_of(self.data.tables, self.params.only)
        defects = [replace(one, share=three_digits(one.share)) for one in found.defects]
        given = region_names(self.data) if self.data.has("regions") else {}
        strange = sum(any(map(lacking, pair)) for pair in given.values())
        if strange:
            defects.append(Defect("letters", "regions", "name_zh", strange / len(given), ""))
        return replace(found, defects=tuple(defects))

    @cached_property
    def readiness(self) -> tuple[Readiness, ...]:
        """Each notebook asked of this dataset."""
        chosen = self.params.notebooks or [name for name in askable() if name != "data_quality"]
        return tuple(readiness_of(self.data, self.params.dataset, name) for name in chosen)

    @property
    def frame(self) -> pd.DataFrame:
        """The last seven months of the table with most rows; empty where none has months."""
        months = {name: rows for name, rows in self.quality.months.items() if rows[-SEVEN:].all()}
        if not months:
            return pd.DataFrame()
        rows = max(months.values(), key=lambda one: float(one.sum()))[-SEVEN:]
        last = np.arange(len(rows)) == len(rows) - 1
        logs = np.log(rows.to_numpy(float))
        return pd.DataFrame({"logs": logs, "last": last.astype(float), "one": 1.0})

    @property
    def ready(self) -> int:
        """How many notebooks would run."""
        return sum(one.grade == READY for one in self.readiness)

    @property
    def repaired(self) -> int:
        """How many kinds of repair reading made."""
        return sum(line.done == "repaired" for a in self.data.accounts.values() for line in a.lines)

    def column(self, table: str, name: str) -> str:
        """A column in words."""
        if not name or name not in TABLES[table].names:
            return self.say("whole rows")
        own = TABLES[table].column(name)
        return own.zh if self.language == "zh" and own.zh else own.en

    def row(self, table: str) -> str:
        """What one row of a table is."""
        own = TABLES[table]
        return own.zh if self.language == "zh" and own.zh else own.en

    @property
    def numbers(self) -> Mapping[str, str]:
        """Numbers that sentences name."""
        found = self.quality
        return {
            "found": self.number(len(found.defects)),
            "first": self.number(len(found.first)),
            "known": self.number(len(found.defects) - len(found.first)),
            "tables": self.number(len(self.params.only or self.data.tables)),
            "ready": self.number(self.ready),
            "judged": self.number(len(self.readiness)),
            "repaired": self.number(self.repaired),
        }

    def recorded_over(self) -> Iterator[Recorded]:
        """Rows by month of each table that has regions."""
        for name, rows in self.quality.months.items():
            if "region_code" in self.data.tables[name]:
                ends = (str(rows.index[0]), str(rows.index[-1]))
                codes = self.data.tables[name]["region_code"].dropna().astype(str).unique()
                yield Recorded(f"rows/{name}", ends, tuple(sorted(codes)))

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on."""
        codes = [f"{one.code} {one.table} {one.column}" for one in self.quality.defects]
        ready = [one.notebook for one in self.readiness if one.grade == READY]
        return {"defects": codes, "ready": ready}
