"""A simulated province written as a dataset of contract tables, record by record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.simulated.assessments import assessments
from analysis.simulated.places import county_codes, identifiers, region_table
from analysis.simulated.province import INTERVENTIONS, KINDS, Options, Province, simulate

CHANNELS = ("phone", "online", "counter", "letter")
CHANNEL_SHARE = (0.4, 0.45, 0.1, 0.05)
CATEGORIES = ("food", "drugs", "goods", "services", "online_sales", "advertising", "prices")
ENDINGS = ("mediated", "upheld", "rejected", "withdrawn", "answered")
ORDINARY, PROFESSIONAL = (0.5, 0.22, 0.2, 0.08), (0.15, 0.3, 0.35, 0.2)
"""How cases of ordinary and of professional claimants end, of the first four ``ENDINGS``."""
PROFESSIONAL_SHARE = {"complaint": 0.15, "report": 0.45, "enquiry": 0.0}
PROFESSIONALS = 400
"""So few people bring all professional complaints."""
TEMPLATE = Path(__file__).with_name("dataset_template.yml")
CHINESE = {"province": ("省份", "省份"), "nation": ("全国数据", "全国")}
"""The kind of world in a title, and as a place."""


def write(options: Options, folder: Path) -> Path:
    """Draw a province and write it as a dataset; same options, same bytes."""
    province = simulate(options)
    rng = np.random.default_rng([options.seed, 1])
    with whole_dataset(folder, province, describe("province", asdict(options))) as aside:
        _enterprises(province, rng).to_parquet(aside / "enterprises.parquet", index=False)
        _complaints(province, rng).to_parquet(aside / "complaints.parquet", index=False)
        assessments(province, rng).to_parquet(aside / "assessments.parquet", index=False)
    return folder


def describe(kind: Literal["province", "nation"], options: dict[str, Any]) -> str:
    """``dataset.yml`` of a world drawn with these options."""
    title_zh, place_zh = CHINESE[kind]
    words = {"kind": kind, "title_zh": title_zh, "place_zh": place_zh}
    words["options"] = json.dumps(options, sort_keys=True)
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(options | words)


@contextmanager
def whole_dataset(folder: Path, province: Province, description: str) -> Iterator[Path]:
    """Where to add records to a dataset that then takes the place of a folder, whole or not at all.

    Its description, regions, interventions, exposures and truth are there, the tables as CSV.
    """
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / "dataset.yml").write_text(description, encoding="utf-8")
    sizes = province.exposure.astype(int).ravel()
    tables = {
        "regions": region_table(province.options.counties),
        "interventions": _interventions(province),
        "exposures": by_month(province, exposure="enterprises", value=sizes),
        "truth": _truth(province),
    }
    for name, table in tables.items():
        table.to_csv(aside / f"{name}.csv", index=False, lineterminator="\n")
    yield aside
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _codes(province: Province) -> np.ndarray:
    return np.array(county_codes(province.options.counties), dtype=object)


def _truth(province: Province) -> pd.DataFrame:
    """The true effect of each intervention on recorded complaints, in log points."""
    return pd.DataFrame(
        {
            "name": [f"{name}/complaint" for name in INTERVENTIONS],
            "estimand": "log rate ratio of recorded complaints where it was adopted",
            "value": [province.options.effects.get(name, 0.0) for name in INTERVENTIONS],
            "notebook": "intervention_effect",
        }
    )


def _interventions(province: Province) -> pd.DataFrame:
    days = province.months.strftime("%Y-%m-01")
    rows = [
        (code, name, days[month], "selected")
        for name in INTERVENTIONS
        for code, month in zip(_codes(province), province.starts[name], strict=True)
        if month >= 0
    ]
    return pd.DataFrame(rows, columns=["region_code", "intervention", "started_on", "assignment"])


def by_month(province: Province, **columns: Any) -> pd.DataFrame:
    """A table with a row per county and month."""
    codes, months = _codes(province), province.months.astype(str)
    keys = {"region_code": codes.repeat(len(months)), "period": np.tile(months, len(codes))}
    return pd.DataFrame(keys | columns)


def _enterprises(province: Province, rng: np.random.Generator) -> pd.DataFrame:
    register = province.register
    age = rng.integers(1, 3650, len(register))
    old = province.months[0].start_time - pd.to_timedelta(age, unit="D")
    firsts = province.months.to_timestamp().to_numpy()
    entered = np.where(register["entry"] < 0, old.to_numpy(), firsts[register["entry"].clip(0)])
    inside = register["leave"] < len(province.months)
    left = firsts[register["leave"].clip(upper=len(province.months) - 1)]
    return pd.DataFrame(
        {
            "enterprise_id": identifiers("E", np.arange(len(register)), 7),
            "region_code": _codes(province)[register["county"]],
            "type": "enterprise",
            "industry": rng.choice(np.array(CATEGORIES, dtype=object), len(register)),
            "registered_on": pd.to_datetime(entered),
            "deregistered_on": pd.Series(pd.to_datetime(left)).where(inside.to_numpy()),
        }
    )


def _complaints(province: Province, rng: np.random.Generator) -> pd.DataFrame:
    counties, months = slice(0, province.options.counties), slice(0, len(province.months))
    table = records(province, counties, months, 0, rng).to_pandas(date_as_object=False)
    return table.astype(dict.fromkeys(table.filter(regex="_on$"), "datetime64[us]"))


def records(
    province: Province, counties: slice, months: slice, first: int, rng: np.random.Generator
) -> Any:
    """Records of some counties and months, ordered by day, as an Arrow table.

    Parameters
    ----------
    first: the number of the first record.
    """
    import pyarrow as pa

    parts = [_records_of_kind(province, kind, counties, months, rng) for kind in KINDS]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # Records of one county and day stand by the alphabet of their kinds, as texts sort.
    alphabet = np.argsort(np.argsort(KINDS))
    order = np.lexsort([alphabet[whole["kind"]], whole["county"], whole["received"]])
    drawn = {name: values[order] for name, values in whole.items()}
    columns = {
        "complaint_id": identifiers("R", first + np.arange(order.size), 9),
        "received_on": drawn["received"],
        "region_code": _words(_codes(province), drawn["county"]),
        "kind": _words(KINDS, drawn["kind"]),
        "channel": _words(CHANNELS, drawn["channel"]),
        "category": _words(CATEGORIES, drawn["category"]),
        "enterprise_id": identifiers("E", drawn["enterprise"], 7),
        "claimant_id": identifiers("C", drawn["claimant"], 8),
        "claimant_prior_cases": drawn["prior"],
        "acknowledged_on": drawn["received"] + drawn["waited"],
        "closed_on": drawn["received"] + drawn["lasted"],
        "outcome": _words(ENDINGS, drawn["ending"]),
        "recovered_yuan": pa.array(drawn["recovered"], from_pandas=True),
    }
    if province.register.empty:
        del columns["enterprise_id"]
    return pa.table(columns)


def _records_of_kind(
    province: Province, kind: str, counties: slice, months: slice, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Records of one kind by column: numbers of counties, words and people, days, amounts."""
    counts = province.counts[kind][counties, months]
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    county, month = np.divmod(cells, counts.shape[1])
    county, month, size = county + counties.start, month + months.start, cells.size
    days = province.months.days_in_month.to_numpy()[month]
    firsts = province.months.to_timestamp().to_numpy().astype("datetime64[D]")[month]
    received = firsts + (rng.random(size) * days).astype("timedelta64[D]")
    professional = rng.random(size) < PROFESSIONAL_SHARE[kind]
    prior = np.where(professional, rng.geometric(0.06, size) + 4, rng.poisson(0.15, size))
    others = 20 * int(province.counts[kind].sum()) + 1
    few, many = rng.integers(0, PROFESSIONALS, size), rng.integers(0, others, size)
    claimant = np.where(professional, few, PROFESSIONALS + many)
    waited = rng.integers(0, 8, size).astype("timedelta64[D]")
    lasted = waited + rng.integers(1, 60, size).astype("timedelta64[D]")
    ending = _endings(kind, professional, rng)
    recovered = np.where(ending == 0, np.round(rng.lognormal(5.5, 1.1, size), 2), 0.0)
    return {
        "county": county,
        "kind": np.full(size, KINDS.index(kind)),
        "received": received,
        "waited": waited,
        "lasted": lasted,
        "claimant": claimant,
        "prior": prior,
        "ending": ending,
        "recovered": recovered if kind == "complaint" else np.full(size, np.nan),
        "channel": rng.choice(len(CHANNELS), size, p=CHANNEL_SHARE),
        "category": rng.choice(len(CATEGORIES), size),
        "enterprise": _complained_of(province, county, month, rng),
    }


def _endings(kind: str, professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of ``ENDINGS``."""
    size = professional.size
    if kind == "enquiry":
        return np.full(size, ENDINGS.index("answered"))
    ordinary = rng.choice(len(ORDINARY), size, p=ORDINARY)
    return np.where(professional, rng.choice(len(ORDINARY), size, p=PROFESSIONAL), ordinary)


def _complained_of(
    province: Province, county: np.ndarray, month: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Row in the register of the enterprise concerned, one that stood there in that month."""
    register = province.register
    if register.empty:
        return np.zeros(county.size, dtype=int)
    first, size = province.register_rows()
    entry, leave = register["entry"].to_numpy(), register["leave"].to_numpy()
    chosen: np.ndarray = first[county] + (rng.random(county.size) * size[county]).astype(int)
    # Most of a county's enterprises stand in any month: some draws find one for every record.
    for _ in range(60):
        gone = (entry[chosen] > month) | (leave[chosen] <= month)
        if not gone.any():
            break
        where = county[gone]
        chosen[gone] = first[where] + (rng.random(where.size) * size[where]).astype(int)
    return chosen


def _words(words: Any, numbers: np.ndarray) -> Any:
    import pyarrow as pa

    return pa.array(list(words), pa.string()).take(pa.array(numbers))
