"""Small provinces in memory whose complaints are told apart by who brought them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.simulated import worlds
from analysis.simulated.province import simulate
from analysis.simulated.province_records import describe, small_tables
from analysis.simulated.tables.complaints import draw_records, record_table
from analysis.simulated.worlds import Options, World, stream

SERVICE = "order_style_service"
DAYS = ("received_on", "acknowledged_on", "closed_on")


def made(
    professional: float, ordinary: float, *, seed: int = 1, counties: int = 60, months: int = 48
) -> tuple[Dataset, dict[str, float]]:
    """A province in which one intervention alone acts, and its truth by class of claimant."""
    name = "claimants"
    acting = {**worlds.NO_EFFECT, SERVICE: professional}
    worlds.WORLDS[name] = World(
        professional=acting, ordinary={**worlds.NO_EFFECT, SERVICE: ordinary}, counties=0.3,
        spread=0.05,
    )  # fmt: skip
    try:
        options = Options(counties=counties, months=months, seed=seed, world=name)
        province = simulate(options)
        everywhere = slice(0, counties), slice(0, months)
        drawn = draw_records(province, *everywhere, stream(options, "records"))
        records = record_table(province, drawn).to_pandas()
        truth = {part: province.effect_on(SERVICE, part) for part in ("professional", "ordinary")}
        tables = small_tables(province)
        description = describe("province", {**vars(options), "world": "null"})
    finally:
        del worlds.WORLDS[name]
    for day in DAYS:
        records[day] = pd.to_datetime(records[day])
    tables["interventions"]["started_on"] = pd.to_datetime(tables["interventions"]["started_on"])
    kept = ("regions", "interventions", "exposures")
    tables = {table: tables[table] for table in kept} | {"complaints": records}
    return dataset(tables, yaml.safe_load(description)), truth


def dataset(tables: dict[str, pd.DataFrame], description: dict | None = None) -> Dataset:
    """Tables in memory as a dataset of invented numbers."""
    plain = {
        "title": {"en": "Invented", "zh": "虚构"},
        "status": "simulated",
        "licence": "CC0 1.0",
        "origin": "invented",
    }
    described = Description.model_validate(description or plain)
    return Dataset(Path("invented"), described, tables, {})


def few_records(seed: int = 0, people: int = 12, days: int = 500) -> pd.DataFrame:
    """Four hundred records of few people, many on one day, some by nobody known."""
    rng = np.random.default_rng(seed)
    count = 400
    first = pd.Timestamp("2020-01-01")
    who = rng.integers(0, people, count)
    return pd.DataFrame(
        {
            "complaint_id": [f"R{i:05d}" for i in range(count)],
            "received_on": first + pd.to_timedelta(rng.integers(0, days, count), unit="D"),
            "region_code": rng.choice(["990001", "990002"], count),
            "kind": rng.choice(["complaint", "report", "enquiry"], count, p=[0.6, 0.2, 0.2]),
            "channel": "online",
            "category": rng.choice(["labels", "food", "goods"], count),
            "claimant_id": np.where(who == 0, "", np.char.add("C", who.astype(str))),
        }
    )


def continuum(seed: int, kept: float, *, counties: int = 60, months: int = 60) -> Dataset:
    """Claimants of every rate; of adopters' records since the start a share is kept, of all alike.

    Nobody is treated in another way than anybody else.
    """
    base, _ = made(0.0, 0.0, counties=counties, months=months)
    regions = base.tables["regions"]
    codes = regions.loc[regions["level"] == "county", "region_code"].to_numpy()
    rng, first = np.random.default_rng(seed), pd.Timestamp("2019-01-01")
    days = int(months * 30.4)
    begun = np.full(len(codes), days)
    begun[rng.permutation(len(codes))[: len(codes) // 3]] = rng.choice([24, 27, 30, 33]) * 30.4
    rows = []
    for place, start in enumerate(begun):
        level = np.exp(rng.normal(0, 0.3))
        rates = np.r_[rng.gamma(1.0, 25.0, int(100 * level)), np.ones(int(1250 * level))]
        who = np.repeat(np.arange(len(rates)), rng.poisson(rates)) + 1_000_000 * place
        day = rng.integers(0, days, len(who))
        stays = (day < start) | (rng.random(len(who)) < kept)
        stays &= (
            rng.random(len(who)) < np.exp(-np.abs(rng.normal(0, 0.06, days // 91 + 1)))[day // 91]
        )
        rows.append(pd.DataFrame({"region_code": codes[place], "day": day, "who": who})[stays])
    drawn = pd.concat(rows, ignore_index=True).sort_values("day", ignore_index=True)
    records = pd.DataFrame(
        {
            "complaint_id": [f"R{number:07d}" for number in range(len(drawn))],
            "received_on": first + pd.to_timedelta(drawn["day"], unit="D"),
            "region_code": drawn["region_code"],
            "kind": "complaint",
            "channel": "online",
            "category": "food",
            "claimant_id": "C" + drawn["who"].astype(str),
        }
    )
    acting = [
        {"region_code": code, "intervention": SERVICE, "assignment": "policy", "dose": 1.0,
         "started_on": (first + pd.Timedelta(days=int(start))).to_period("M").start_time}
        for code, start in zip(codes, begun, strict=True)
        if start < days
    ]  # fmt: skip
    own = {"complaints": records, "interventions": pd.DataFrame(acting)}
    kept_tables = {name: base.tables[name] for name in ("regions", "exposures")}
    return replace(base, tables=kept_tables | own, worked_out={})
