"""A fictional nation written record by record, in files by month and in bounded memory.

Counts and records are those of a province, but that sizes of counties do not change and no
register of enterprises is held; ``truth_counts.csv`` holds every count. Each block of counties in
a month has a random stream of its own: the same options give the same bytes, whatever is held in
memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ParamsError
from analysis.simulated import truth
from analysis.simulated.incidents import KIND_SHARE, KINDS
from analysis.simulated.province import Province, before_records, draw
from analysis.simulated.province_records import by_month, describe, small_tables, whole_dataset
from analysis.simulated.tables.complaints import draw_records, record_table
from analysis.simulated.worlds import Options, Selection, out_of_range, stream

BLOCK = 400_000
"""Records drawn at once, about; a county's month is never divided."""


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
    world: str = "plain"
    selection: Selection = ""


def world(nation: Nation) -> Province:
    """Starts, sizes and counts, without records.

    Raises
    ------
    ParamsError: sizes out of range.
    """
    if problems := out_of_range(nation, 12, records=(1000, 10**9)):
        raise ParamsError(problems)
    each = nation.records / (nation.counties * nation.months * sum(KIND_SHARE.values()))
    given = {n: value for n, value in asdict(nation).items() if n not in ("records", "suffix")}
    options = Options(complaints_per_month=each, **given)
    once = _drawn(options)
    # Effects and chance move the total: a second draw, scaled, comes within a percent.
    scale = nation.records / sum(float(counts.sum()) for counts in once.counts.values())
    return _drawn(replace(options, complaints_per_month=each * scale))


def _drawn(options: Options) -> Province:
    """A province whose counties keep their size: no register of enterprises need be held."""
    rng = stream(options, "sizes")
    sizes = rng.lognormal(np.log(options.enterprises) - 0.125, 0.5, options.counties).round() + 40
    course, adoption, _ = before_records(options)
    exposure = np.repeat(sizes[:, None], options.months, axis=1)
    return draw(options, course, adoption, exposure)


def write_nation(nation: Nation, folder: Path) -> int:
    """Write a nation as a dataset and give its number of records."""
    province = world(nation)
    written = 0
    description = describe("nation", asdict(nation))
    description += f"records: {{files: complaints/*.{nation.suffix}}}\n"
    tables = small_tables(province) | {"truth": truth.of_counts(province)}
    with whole_dataset(folder, tables, description) as aside:
        truth_counts(province).to_csv(aside / "truth_counts.csv", index=False, lineterminator="\n")
        (aside / "complaints").mkdir()
        for month, label in enumerate(province.months.astype(str)):
            file = aside / "complaints" / f"{label}.{nation.suffix}"
            written = _write_month(province, month, written, file)
    return written


def truth_counts(province: Province) -> pd.DataFrame:
    """Every count that records were drawn from."""
    frames = [by_month(province, kind=k, count=province.counts[k].ravel()) for k in KINDS]
    return pd.concat(frames, ignore_index=True)


def _write_month(province: Province, month: int, first: int, file: Path) -> int:
    """One file; a row group per block. Returns the number of the next record."""
    import pyarrow.csv
    import pyarrow.parquet

    kind = pyarrow.csv.CSVWriter if file.suffix == ".csv" else pyarrow.parquet.ParquetWriter
    with ExitStack() as stack:
        writer: Any = None
        for low, high in _blocks(province, month):
            rng = np.random.default_rng([province.options.seed, 3, month, low])
            cells = slice(low, high), slice(month, month + 1)
            table = record_table(province, draw_records(province, *cells, rng), first)
            first += table.num_rows
            writer = writer or stack.enter_context(kind(str(file), table.schema))
            writer.write_table(table)
    return first


def _blocks(province: Province, month: int) -> Iterator[tuple[int, int]]:
    """Ranges of counties with about ``BLOCK`` records in a month."""
    sizes = sum(province.counts[kind][:, month] for kind in KINDS)
    block = np.cumsum(sizes) // BLOCK
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(block)]
    return pairwise(edges)
