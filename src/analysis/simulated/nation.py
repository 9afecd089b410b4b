"""A fictional nation written record by record, in files by month and in bounded memory.

Counts are those of :mod:`analysis.simulated.province`, with sizes of counties that do not change,
so that their truth is the same; ``truth_counts.csv`` holds every count. Each block of counties in
a month has a random stream of its own: the same options give the same bytes, whatever is held in
memory at once.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ParamsError, Problem
from analysis.simulated.places import region_table
from analysis.simulated.province import KIND_SHARE, KINDS, Options, Province, draw
from analysis.simulated.province_records import (
    CATEGORIES,
    CHANNELS,
    about,
    exposure_table,
    intervention_table,
    truth_table,
)

BLOCK = 400_000
"""Records drawn at once, about; a county's month is never divided."""

ENDINGS = ("mediated", "upheld", "rejected", "withdrawn", "answered")
ORDINARY = np.cumsum([0.5, 0.22, 0.2, 0.08])
PRESSED = np.cumsum([0.15, 0.3, 0.35, 0.2])
PROFESSIONAL = np.array([0.15, 0.45, 0.0])
"""Share of professional claimants by kind; their cases end as ``PRESSED`` says."""


@dataclass(frozen=True)
class Nation:
    """Size and truth of a simulated nation; ``records`` is an expectation."""

    records: int
    suffix: str = "parquet"
    counties: int = 2850
    months: int = 12
    first_month: str = "2024-01"
    seed: int = 2026
    enterprises: int = 3000
    selection: str = "level"

    def problems(self) -> list[Problem]:
        """What is wrong with the options, all at once."""
        limits = {
            "records": (1000, 10**9),
            "counties": (10, 5000),
            "months": (12, 600),
            "enterprises": (50, 10**6),
        }
        return [
            Problem(name, "is out of range", f"Choose {low:,} to {high:,}")
            for name, (low, high) in limits.items()
            if not low <= getattr(self, name) <= high
        ]


def world(nation: Nation) -> Province:
    """Starts, sizes and counts, without records.

    Raises
    ------
    ParamsError: sizes out of range.
    """
    if nation.problems():
        raise ParamsError(nation.problems())
    each = nation.records / (nation.counties * nation.months * sum(KIND_SHARE.values()))
    options = Options(
        counties=nation.counties,
        months=nation.months,
        first_month=nation.first_month,
        seed=nation.seed,
        complaints_per_month=each,
        enterprises=nation.enterprises,
        selection=nation.selection,  # type: ignore[arg-type]
    )
    months = pd.period_range(nation.first_month, periods=nation.months, freq="M")
    once = _drawn(nation, options, months)
    # Effects and chance move the total: a second draw, scaled, comes within a percent.
    scale = nation.records / sum(counts.sum() for counts in once.counts.values())
    return _drawn(nation, replace(options, complaints_per_month=each * scale), months)


def _drawn(nation: Nation, options: Options, months: pd.PeriodIndex) -> Province:
    rng = np.random.default_rng([nation.seed, 2])
    sizes = rng.lognormal(np.log(nation.enterprises) - 0.125, 0.5, nation.counties).round() + 40
    exposure = np.repeat(sizes[:, None], nation.months, axis=1)
    return draw(options, months, pd.DataFrame(), exposure, rng)


def write_nation(nation: Nation, folder: Path) -> int:
    """Write a nation as a dataset and give its number of records; the folder appears whole."""
    province = world(nation)
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "complaints").mkdir(parents=True)
    regions = region_table(province.options)
    codes = regions["region_code"].to_numpy()
    tables = {
        "regions": regions,
        "interventions": intervention_table(province, codes),
        "exposures": exposure_table(province, codes),
        "truth": truth_table(province),
        "truth_counts": truth_counts(province, codes),
    }
    for name, table in tables.items():
        table.to_csv(aside / f"{name}.csv", index=False, lineterminator="\n")
    first = 0
    for month, label in enumerate(province.months.astype(str)):
        file = aside / "complaints" / f"{label}.{nation.suffix}"
        first = _write_month(province, month, codes, first, file)
    (aside / "dataset.yml").write_text(_about(nation), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    return first


def truth_counts(province: Province, codes: np.ndarray) -> pd.DataFrame:
    """Every count that records were drawn from."""
    months = len(province.months)
    frames = [
        pd.DataFrame(
            {
                "region_code": np.repeat(codes, months),
                "period": np.tile(province.months.astype(str), len(codes)),
                "kind": kind,
                "count": province.counts[kind].ravel(),
            }
        )
        for kind in KINDS
    ]
    return pd.concat(frames, ignore_index=True)


def _write_month(province: Province, month: int, codes: np.ndarray, first: int, file: Path) -> int:
    """One file; a row group per block. Returns the number of the next record."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    writer: Any = None
    for low, high in _blocks(province, month):
        rng = np.random.default_rng([province.options.seed, 3, month, low])
        table = _records(province, month, slice(low, high), codes, first, rng)
        first += table.num_rows
        if file.suffix == ".csv":
            table = table.cast(pa.schema([(f.name, _plain(f.type)) for f in table.schema]))
        if writer is None:
            kind = pa.csv.CSVWriter if file.suffix == ".csv" else pa.parquet.ParquetWriter
            writer = kind(str(file), table.schema)
        writer.write_table(table)
    writer.close()
    return first


def _plain(kind: Any) -> Any:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _blocks(province: Province, month: int) -> Iterator[tuple[int, int]]:
    """Ranges of counties with about ``BLOCK`` records in a month."""
    sizes = sum(province.counts[kind][:, month] for kind in KINDS)
    block = np.cumsum(sizes) // BLOCK
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(block)]
    return pairwise(edges)


def _records(
    province: Province,
    month: int,
    counties: slice,
    codes: np.ndarray,
    first: int,
    rng: np.random.Generator,
) -> Any:
    """Records of some counties in a month, in random order of days, as an Arrow table."""
    import pyarrow as pa

    counts = np.stack([province.counts[kind][counties, month] for kind in KINDS], axis=1)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    county, kind = counties.start + cell // len(KINDS), cell % len(KINDS)
    size = cell.size
    start = province.months[month].start_time.to_datetime64().astype("datetime64[D]")
    length = province.months.days_in_month[month]
    received = start.astype(np.int32) + rng.integers(0, length, size, dtype=np.int32)
    professional = rng.random(size) < PROFESSIONAL[kind]
    waited = rng.integers(0, 8, size, dtype=np.int32)
    closed = received + waited + rng.integers(1, 60, size, dtype=np.int32)
    claimant = np.where(
        professional, rng.integers(0, 400, size), 400 + rng.integers(0, 20 * 10**6, size)
    )
    prior = np.where(professional, rng.geometric(0.06, size) + 4, rng.poisson(0.15, size))
    ending = _endings(kind, professional, rng)
    recovered = np.where(ending == 0, np.round(rng.lognormal(5.5, 1.1, size), 2), 0.0)
    channel = np.searchsorted([0.4, 0.85, 0.95], rng.random(size), side="right")
    columns = {
        "complaint_id": _identifiers("R", first + np.arange(size), 10),
        "received_on": pa.array(received, pa.date32()),
        "region_code": _words(codes, county),
        "kind": _words(KINDS, kind),
        "channel": _words(CHANNELS, channel),
        "category": _words(CATEGORIES, rng.integers(0, len(CATEGORIES), size)),
        "claimant_id": _identifiers("C", claimant, 8),
        "claimant_prior_cases": pa.array(prior, pa.int32()),
        "acknowledged_on": pa.array(received + waited, pa.date32()),
        "closed_on": pa.array(closed, pa.date32()),
        "outcome": _words(ENDINGS, ending),
        "recovered_yuan": pa.array(recovered, mask=kind != 0),
    }
    return pa.table(columns).take(pa.array(np.argsort(received, kind="stable")))


def _endings(kind: np.ndarray, professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random(kind.size)
    ordinary = np.searchsorted(ORDINARY[:-1], chance, side="right")
    pressed = np.searchsorted(PRESSED[:-1], chance, side="right")
    ended = np.where(professional, pressed, ordinary)
    return np.where(kind == KINDS.index("enquiry"), ENDINGS.index("answered"), ended)


def _words(words: Any, places: np.ndarray) -> Any:
    import pyarrow as pa

    values = pa.array(list(words), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), values)


def _identifiers(letter: str, numbers: np.ndarray, width: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(letter), texts, "")


def _about(nation: Nation) -> str:
    title = {
        "en": f"A simulated nation of {nation.counties} counties and {nation.months} months",
        "zh": f"模拟全国数据（{nation.counties} 个县，{nation.months} 个月）",
    }
    described = json.dumps(asdict(nation), sort_keys=True)
    place = {"en": "Simulated nation", "zh": "模拟全国"}
    return about(title, place, described) + f"records: {{files: complaints/*.{nation.suffix}}}\n"
