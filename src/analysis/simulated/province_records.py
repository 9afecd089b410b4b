"""A simulated province written as a dataset of contract tables, record by record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.simulated import truth
from analysis.simulated.adoption import cost_table, intervention_table
from analysis.simulated.incidents import KINDS, MERGED
from analysis.simulated.places import county_codes, region_table
from analysis.simulated.province import Province, simulate
from analysis.simulated.tables.complaints import Acting, Drawn, draw_records, record_table
from analysis.simulated.tables.handling import calendar
from analysis.simulated.tables.inspections import draw_inspections, draw_table, inspection_table
from analysis.simulated.tables.officers import draw_portfolios, pairing_table
from analysis.simulated.tables.penalties import draw_penalties, penalty_table
from analysis.simulated.tables.programmes import draw_programmes
from analysis.simulated.tables.ratings import rate
from analysis.simulated.tables.register import enterprise_table
from analysis.simulated.tables.samples import sample_counts, sample_table, strata_table
from analysis.simulated.tables.targets import performance_table, progress_table, target_table
from analysis.simulated.worlds import Options, stream

TEMPLATE = Path(__file__).with_name("dataset_template.yml")
CHINESE = {"province": ("省份", "省份"), "nation": ("全国数据", "全国")}
"""The kind of world in a title, and as a place."""
RESIDENTS, CATERERS = 160, 0.12
"""Residents and food businesses per enterprise of a county's first month, about."""
HOLDS = {
    "plain": ("all is as recorded", "如实登记"),
    "gaming": ("records, scores and targets are bent", "登记、评分、指标受人为影响"),
    "selected": ("those who take part differ beforehand", "参与者事先就有差别"),
    "null": ("nothing has any effect", "各项措施均无效果"),
}
"""What holds in each world, in a title."""


def write(options: Options, folder: Path) -> Path:
    """Draw a province and write it as a dataset; same options, same bytes."""
    province = simulate(options)
    rows, months = province.register.rows, province.months
    acting = Acting(draw_programmes(options, rows, months), draw_inspections(options, rows, months))
    everywhere = slice(0, options.counties), slice(0, options.months)
    drawn = draw_records(province, *everywhere, stream(options, "records"), acting)
    penalties = draw_penalties(province)
    portfolios = draw_portfolios(options, rows, months)
    rated = rate(province, portfolios, _complained(drawn), penalties[["row", "month"]])
    enterprises = enterprise_table(options, rows, months)
    samples = sample_table(options, months)
    tables = {
        "enterprises": enterprises,
        "complaints": record_table(province, drawn),
        "assessments": rated.table,
        "pairings": pairing_table(portfolios, months),
        "enrolments": acting.programmes.table,
        "draws": draw_table(options, acting.inspections, months),
        "inspections": inspection_table(
            options, acting.inspections, _received(drawn), rows, months
        ),
        "penalties": penalty_table(options, penalties),
        "samples": samples,
        "sample_counts": sample_counts(samples),
        "targets": target_table(province),
        "progress": progress_table(province, enterprises),
        "performance": performance_table(options, months),
    }
    small = small_tables(province) | {
        "calendar": calendar(months),
        "strata": strata_table(),
        "truth": truth.of_province(
            province, acting.inspections, rated, _hurried(drawn), _undervalued(penalties)
        ),
    }
    with whole_dataset(folder, small, describe("province", asdict(options))) as aside:
        for name, table in tables.items():
            _to_parquet(table, aside / f"{name}.parquet")
    return folder


def _to_parquet(table: Any, file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    # Days are times, so that pandas reads them as such.
    fields = [
        field.with_type(pa.timestamp("us")) if pa.types.is_date(field.type) else field
        for field in table.schema
    ]
    pyarrow.parquet.write_table(table.cast(pa.schema(fields)), file)


def _about(drawn: Drawn) -> np.ndarray:
    """Which records are complaints."""
    return np.asarray(drawn["kind"] == KINDS.index("complaint"))


def _complained(drawn: Drawn) -> pd.DataFrame:
    """Row of the register and month of every complaint."""
    month = drawn["received"].astype("datetime64[M]").astype(int)
    month -= month.min()
    return pd.DataFrame({"row": drawn["enterprise"], "month": month})[_about(drawn)]


def _received(drawn: Drawn) -> pd.DataFrame:
    """Row of the register and day of every complaint."""
    return pd.DataFrame({"row": drawn["enterprise"], "received": drawn["received"]})[_about(drawn)]


def _hurried(drawn: Drawn) -> float:
    closed = _about(drawn) & ~np.isnat(drawn["closed"])
    return float(drawn["hurried"][closed].mean())


def _undervalued(penalties: pd.DataFrame) -> float:
    listed = penalties[penalties["listed"] & penalties["first"].astype(bool)]
    return float(listed["under"].mean()) if len(listed) else 0.0


def describe(kind: Literal["province", "nation"], options: dict[str, Any]) -> str:
    """``dataset.yml`` of a world drawn with these options."""
    title_zh, place_zh = CHINESE[kind]
    words = {"kind": kind, "title_zh": title_zh, "place_zh": place_zh}
    words["world_en"], words["world_zh"] = HOLDS[options["world"]]
    words["options"] = json.dumps(options, sort_keys=True)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(options | words)


def small_tables(province: Province) -> dict[str, pd.DataFrame]:
    """Regions, interventions with their costs, exposures, injuries and the break in recording."""
    starts = intervention_table(province.options, province.adoption, province.months)
    break_ = {
        "from_day": f"{MERGED}-01",
        "to_day": "",
        "region_code": "",
        "what": "hotlines merged",
    }
    injured = province.injuries.ravel()
    return {
        "regions": region_table(province.options.counties),
        "interventions": starts,
        "costs": cost_table(province.options, starts),
        "exposures": _exposures(province),
        "outcomes": by_month(province, outcome="hospital_injuries", count=injured),
        "breaks": pd.DataFrame([break_]),
    }


@contextmanager
def whole_dataset(
    folder: Path, tables: Mapping[str, pd.DataFrame], description: str
) -> Iterator[Path]:
    """Where to add records to a dataset that then takes the place of a folder, whole or not at all.

    Its description is there, and the tables given, as CSV.
    """
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / "dataset.yml").write_text(description, encoding="utf-8")
    for name, table in tables.items():
        table.to_csv(aside / f"{name}.csv", index=False, lineterminator="\n")
    yield aside
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _exposures(province: Province) -> pd.DataFrame:
    """What counts are out of: those registered, residents, and food businesses."""
    rng, enterprises = stream(province.options, "exposures"), province.exposure
    first, count = enterprises[:, :1], province.options.counties
    growth = np.exp(rng.normal(0, 0.001, (count, 1)) * np.arange(len(province.months)))
    people = RESIDENTS * first**0.9 * rng.lognormal(0, 0.1, (count, 1)) * growth
    sizes = {"enterprises": enterprises}
    sizes |= province.register.standing | {
        "residents": people.round(-2),
        "food_businesses": (enterprises * CATERERS * rng.lognormal(0, 0.2, (count, 1))).round(),
    }
    frames = [by_month(province, exposure=n, value=v.astype(int).ravel()) for n, v in sizes.items()]
    return pd.concat(frames, ignore_index=True)


def by_month(province: Province, **columns: Any) -> pd.DataFrame:
    """A table with a row per county and month."""
    codes = np.array(county_codes(province.options.counties), dtype=object)
    months = province.months.astype(str)
    keys = {"region_code": codes.repeat(len(months)), "period": np.tile(months, len(codes))}
    return pd.DataFrame(keys | columns)
