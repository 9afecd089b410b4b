"""A simulated world as it lies on disk, read with pandas alone."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

from analysis.simulated.adoption import INTERVENTIONS, REVERSE, SERVICE

ERRORS = 4
"""Standard errors by which an estimate may lie off: of a hundred comparisons one does in about 1 of
150 seeds, and the seed is fixed."""


class Written:
    """Tables of a world as they lie on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        truth = pd.read_csv(folder / "truth.csv").drop_duplicates("name")
        self.truth = truth.set_index("name")["value"]

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name."""
        file = self.folder / f"{name}.parquet"
        codes = {"region_code": str, "period": str}
        return (
            pd.read_parquet(file)
            if file.is_file()
            else pd.read_csv(file.with_suffix(".csv"), dtype=codes)
        )

    @cached_property
    def records(self) -> pd.DataFrame:
        """Complaints, reports and enquiries, with the numbers of their month and quarter."""
        records = self.table("complaints")
        months = records["received_on"].dt.to_period("M")
        return records.assign(month=months.astype("int64"), quarter=months.dt.asfreq("Q"))

    @property
    def complaints(self) -> pd.DataFrame:
        """Complaints alone."""
        return self.records[self.records["kind"] == "complaint"]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Counties by quarters: mean number of enterprises, what is active, and the dose."""
        exposure, starts = self.table("exposures"), self.table("interventions")
        exposure = exposure[exposure["exposure"] == "enterprises"]
        quarter = pd.PeriodIndex(exposure["period"], freq="M").asfreq("Q").rename("quarter")
        panel = exposure.groupby(["region_code", quarter])["value"].mean().rename("size")
        panel = panel.reset_index()
        first_days = panel["quarter"].dt.start_time
        for name in INTERVENTIONS:
            own = starts[starts["intervention"] == name].set_index("region_code")
            started = pd.to_datetime(panel["region_code"].map(own["started_on"]))
            panel[name] = (started <= first_days).astype(int)
            if name == REVERSE:
                dose = panel["region_code"].map(own["dose"]).fillna(0) - 0.75
                panel["dose"] = panel[name] * dose
        return panel

    def fitted(self, records: pd.DataFrame, *columns: str, size: str = "size"):
        """Poisson model of records by county and quarter; errors by county."""
        counted = records.groupby(["region_code", "quarter"]).size()
        cells = pd.MultiIndex.from_frame(self.panel[["region_code", "quarter"]])
        frame = self.panel.assign(count=counted.reindex(cells, fill_value=0).to_numpy(), none=1.0)
        county, quarter = pd.Categorical(frame["region_code"]), frame["quarter"].astype(str)
        terms = [f"{REVERSE} * {SERVICE}", *INTERVENTIONS[2:], "C(region_code)", "C(quarter)"]
        model = smf.glm(
            "count ~ " + " + ".join([*terms, *columns]),
            frame.assign(quarter=quarter),
            family=sm.families.Poisson(),
            offset=np.log(frame[size]),
        )
        return model.fit(cov_type="cluster", cov_kwds={"groups": county.codes})

    def complaints_about(self, units: pd.DataFrame, low: int, high: int) -> np.ndarray:
        """Complaints about each unit from so many to so many months after its ``month``."""
        numbered = units[["enterprise_id", "month"]].assign(unit=np.arange(len(units)))
        found = numbered.merge(self.complaints[["enterprise_id", "month"]], on="enterprise_id")
        waited = found["month_y"] - found["month_x"]
        found = found[(waited >= low) & (waited <= high)]
        return np.bincount(found["unit"], minlength=len(units))


def near(estimate: float, truth: float, error: float) -> None:
    """Within so many errors of the truth."""
    assert abs(estimate - truth) < ERRORS * error, (estimate, truth, error)


def one_way(values: pd.Series, groups: pd.Series) -> tuple[float, float]:
    """Variance between and within groups of unlike size, by their mean squares."""
    by_group = values.groupby(groups.to_numpy())
    size, count = by_group.size(), len(values)
    within = ((values - by_group.transform("mean")) ** 2).sum() / (count - len(size))
    between = (size * (by_group.mean() - values.mean()) ** 2).sum() / (len(size) - 1)
    usual = (count - (size**2).sum() / count) / (len(size) - 1)
    return (between - within) / usual, within
