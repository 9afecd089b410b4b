"""A simulated province written as a dataset of contract tables, record by record.

Of reverse assessment only what
Pingyin's bureau published shapes the records: enterprises score officers in five dimensions,
and complaints and penalties lower the officer's score.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.simulated.places import region_table
from analysis.simulated.province import INTERVENTIONS, KINDS, Options, Province, simulate

CHANNELS = ("phone", "online", "counter", "letter")

CATEGORIES = ("food", "drugs", "goods", "services", "online_sales", "advertising", "prices")


def write(options: Options, folder: Path) -> Path:
    """Draw a province and write it as a dataset; same options, same bytes.

    The folder appears whole or not at all.
    """
    province = simulate(options)
    rng = np.random.default_rng([options.seed, 1])
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    regions = region_table(options)
    codes = regions["region_code"].to_numpy()
    _csv(regions, aside / "regions.csv")
    _csv(intervention_table(province, codes), aside / "interventions.csv")
    _csv(exposure_table(province, codes), aside / "exposures.csv")
    _enterprise_table(province, codes, rng).to_parquet(aside / "enterprises.parquet", index=False)
    records = _record_table(province, codes, rng)
    records.to_parquet(aside / "complaints.parquet", index=False)
    _assessment_table(province, codes, rng).to_parquet(aside / "assessments.parquet", index=False)
    _csv(truth_table(province), aside / "truth.csv")
    (aside / "dataset.yml").write_text(_about(options), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    return folder


def _csv(table: pd.DataFrame, file: Path) -> None:
    table.to_csv(file, index=False, lineterminator="\n")


def truth_table(province: Province) -> pd.DataFrame:
    """The true effect of each intervention on recorded complaints, in log points."""
    rows = [
        {
            "intervention": name,
            "outcome": "complaint",
            "log_effect": province.options.effects.get(name, 0.0),
            "adopters": int((province.starts[name] >= 0).sum()),
        }
        for name in INTERVENTIONS
    ]
    return pd.DataFrame(rows)


def intervention_table(province: Province, codes: np.ndarray) -> pd.DataFrame:
    """Starts of interventions, one row each."""
    rows = [
        {
            "region_code": codes[county],
            "intervention": name,
            "started_on": province.months[month].start_time.date().isoformat(),
            "assignment": "selected",
        }
        for name in INTERVENTIONS
        for county, month in enumerate(province.starts[name])
        if month >= 0
    ]
    return pd.DataFrame(rows)


def exposure_table(province: Province, codes: np.ndarray) -> pd.DataFrame:
    """Registered enterprises by county and month."""
    return pd.DataFrame(
        {
            "region_code": np.repeat(codes, len(province.months)),
            "period": np.tile(province.months.astype(str), len(codes)),
            "exposure": "enterprises",
            "value": province.exposure.astype(int).ravel(),
        }
    )


def _enterprise_ids(province: Province) -> np.ndarray:
    return np.char.mod("E%07d", np.arange(len(province.register)))


def _enterprise_table(
    province: Province, codes: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    register = province.register
    start = province.months[0].start_time
    age = rng.integers(1, 3650, len(register))
    old = start - pd.to_timedelta(age, unit="D")
    firsts = province.months.to_timestamp().to_numpy()
    entered = np.where(register["entry"] < 0, old.to_numpy(), firsts[register["entry"].clip(0)])
    inside = register["leave"] < len(province.months)
    left = firsts[register["leave"].clip(upper=len(province.months) - 1)]
    return pd.DataFrame(
        {
            "enterprise_id": _enterprise_ids(province),
            "region_code": codes[register["county"]],
            "type": "enterprise",
            "industry": rng.choice(np.array(CATEGORIES, dtype=object), len(register)),
            "registered_on": pd.to_datetime(entered),
            "deregistered_on": pd.Series(pd.to_datetime(left)).where(inside.to_numpy()),
        }
    )


def _record_table(province: Province, codes: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """One row per record, ordered by day; ordinary and professional claimants."""
    parts = [_records_of_kind(province, kind, codes, rng) for kind in KINDS]
    records = pd.concat(parts, ignore_index=True)
    records = records.sort_values(["received_on", "region_code", "kind"], kind="stable")
    records.insert(0, "complaint_id", np.char.mod("R%09d", np.arange(len(records))))
    return records.reset_index(drop=True)


def _records_of_kind(
    province: Province, kind: str, codes: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    counts = province.counts[kind]
    county = np.repeat(np.repeat(np.arange(counts.shape[0]), counts.shape[1]), counts.ravel())
    month = np.repeat(np.tile(np.arange(counts.shape[1]), counts.shape[0]), counts.ravel())
    size = county.size
    days = province.months.days_in_month.to_numpy()[month]
    firsts = province.months.to_timestamp().to_numpy()[month]
    received = pd.Series(firsts + (rng.random(size) * days).astype("timedelta64[D]"))
    professional = rng.random(size) < {"complaint": 0.15, "report": 0.45, "enquiry": 0.0}[kind]
    prior = np.where(professional, rng.geometric(0.06, size) + 4, rng.poisson(0.15, size))
    claimant = np.where(
        professional, rng.integers(0, 400, size), 400 + rng.integers(0, 20 * size + 1, size)
    )
    waited = pd.to_timedelta(rng.integers(0, 8, size), unit="D")
    closed = waited + pd.to_timedelta(rng.integers(1, 60, size), unit="D")
    outcome = _endings(kind, professional, rng)
    recovered = np.where(outcome == "mediated", np.round(rng.lognormal(5.5, 1.1, size), 2), 0.0)
    return pd.DataFrame(
        {
            "received_on": received,
            "region_code": codes[county],
            "kind": kind,
            "channel": rng.choice(np.array(CHANNELS, dtype=object), size, p=[0.4, 0.45, 0.1, 0.05]),
            "category": rng.choice(np.array(CATEGORIES, dtype=object), size),
            "enterprise_id": _enterprise_ids(province)[
                _complained_of(province, county, month, rng)
            ],
            "claimant_id": np.char.mod("C%08d", claimant),
            "claimant_prior_cases": prior,
            "acknowledged_on": received + waited,
            "closed_on": received + closed,
            "outcome": outcome,
            "recovered_yuan": recovered if kind == "complaint" else np.nan,
        }
    )


def _endings(kind: str, professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = professional.size
    if kind == "enquiry":
        return np.full(size, "answered", dtype=object)
    words = np.array(["mediated", "upheld", "rejected", "withdrawn"], dtype=object)
    ordinary = rng.choice(words, size, p=[0.5, 0.22, 0.2, 0.08])
    pressed = rng.choice(words, size, p=[0.15, 0.3, 0.35, 0.2])
    return np.where(professional, pressed, ordinary)


def _complained_of(
    province: Province, county: np.ndarray, month: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Row in the register of the enterprise concerned, one that stood there in that month."""
    register = province.register
    first = np.searchsorted(register["county"], np.arange(province.options.counties))
    size = np.bincount(register["county"], minlength=province.options.counties)
    entry, leave = register["entry"].to_numpy(), register["leave"].to_numpy()
    chosen = first[county] + (rng.random(county.size) * size[county]).astype(int)
    for _ in range(60):
        gone = (entry[chosen] > month) | (leave[chosen] <= month)
        if not gone.any():
            break
        where = county[gone]
        chosen[gone] = first[where] + (rng.random(where.size) * size[where]).astype(int)
    found: np.ndarray = chosen
    return found


def _assessment_table(
    province: Province, codes: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Each adopting county: 8 officers, 12 enterprises each, every quarter since its start."""
    rows = []
    starts = province.starts["reverse_assessment"]
    first = np.searchsorted(province.register["county"], np.arange(len(codes)))
    size = np.bincount(province.register["county"], minlength=len(codes))
    for county in np.flatnonzero(starts >= 0).tolist():
        for month in range(starts[county], len(province.months), 3):
            rows.append(_one_round(province, county, month, first[county], size[county], rng))
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    if not rows:
        return table
    table.insert(1, "region_code", codes[table.pop("county")])
    table["enterprise_id"] = _enterprise_ids(province)[table["enterprise_id"]]
    return table


def _one_round(
    province: Province, county: int, month: int, first: int, size: int, rng: np.random.Generator
) -> pd.DataFrame:
    officers, each = 8, min(12, size // 8)
    officer = np.repeat(np.arange(officers), each)
    enterprise = first + rng.choice(size, officers * each, replace=False)
    complaints = rng.poisson(0.12, officer.size)
    penalties = rng.poisson(0.02, officer.size)
    skill = np.random.default_rng([province.options.seed, county]).normal(0, 0.6, officers)
    scores = {
        name: np.clip(8.5 + skill[officer] + rng.normal(0, 0.8, officer.size), 0, 10).round(1)
        for name in ("attitude", "ability", "quality", "efficiency", "discipline")
    }
    # The published rule: the more complaints and penalties, the lower the officer's score.
    total = np.clip(sum(scores.values()) - 2.0 * complaints - 5.0 * penalties, 0, 50)
    period = f"{province.months[month].year}Q{province.months[month].quarter}"
    return pd.DataFrame(
        {
            "period": period,
            "county": county,
            "officer_id": [f"O{county:04d}{number}" for number in officer],
            "enterprise_id": enterprise,
            **scores,
            "complaints": complaints,
            "penalties": penalties,
            "score": np.round(total, 1),
        }
    )


def _about(options: Options) -> str:
    title = {
        "en": f"A simulated province of {options.counties} counties and {options.months} months",
        "zh": f"模拟省份（{options.counties} 个县，{options.months} 个月）",
    }
    place = {"en": "Simulated province", "zh": "模拟省份"}
    return about(title, place, json.dumps(asdict(options), sort_keys=True))


def about(title: Mapping[str, str], place: Mapping[str, str], described: str) -> str:
    """``dataset.yml`` of invented data.

    Parameters
    ----------
    described: the options they were drawn with.
    """
    return f"""\
title:
  en: {title["en"]}
  zh: {title["zh"]}
place: {{en: {place["en"]}, zh: {place["zh"]}}}
status: simulated
licence: {{en: CC0 1.0; invented numbers, zh: CC0 1.0；数字均为虚构}}
origin:
  en: >-
    Written by the command analysis simulate with the options {described}.
    True effects stand in truth.csv. No county, code, enterprise or person is real.
  zh: >-
    由命令 analysis simulate 生成，选项为 {described}。
    真实效果值见 truth.csv。县名、代码、企业、人员均非真实。
region_word: {{en: county, en_plural: counties, zh: 县}}
words:
  complaint: {{en: recorded complaint, en_plural: recorded complaints, zh: 登记投诉}}
  report: {{en: recorded tip-off, en_plural: recorded tip-offs, zh: 登记举报}}
  enquiry: {{en: recorded enquiry, en_plural: recorded enquiries, zh: 登记咨询}}
  enterprises:
    {{en: registered enterprise, en_plural: registered enterprises, zh: 登记企业, zh_measure: 户}}
  reverse_assessment: {{en: reverse assessment, zh: 逆向考核}}
  order_style_service: {{en: order-style service, zh: 点餐式服务}}
  online_shop_review: {{en: online-shop review, zh: 网店网址审查}}
"""
