"""Records to panel: ours against hand-written SQL and pandas, as ratios within one run.

    python benchmarks/panel.py --records 35_000_000 FOLDER

writes a fictional nation into FOLDER (kept for another run if it is there), then runs each way
in a process of its own and prints wall and processor seconds after imports (best of the rounds,
taken in turn) and the peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

HAND = """
COPY (
WITH cells AS (
    SELECT region_code, date_trunc('month', received_on) AS first_day, kind,
        count(*) AS records,
        count(*) FILTER (claimant_prior_cases >= 5) AS repeat_claimants,
        count(*) FILTER (channel = 'online') AS online_channel,
        count(*) FILTER (outcome IN ('upheld', 'mediated')) AS upheld,
        count(closed_on) AS closed,
        sum(closed_on - received_on) AS handling_days
    FROM {source} GROUP BY ALL),
spans AS (SELECT region_code, min(first_day) AS low, max(first_day) AS high FROM cells GROUP BY 1),
grid AS (
    SELECT region_code, unnest(generate_series(low, high, INTERVAL 1 MONTH)) AS first_day, kind
    FROM spans, (SELECT unnest(['complaint', 'report', 'enquiry']) AS kind))
SELECT region_code, kind, first_day, coalesce(records, 0) AS records,
    coalesce(repeat_claimants, 0) AS repeat_claimants,
    coalesce(online_channel, 0) AS online_channel, coalesce(upheld, 0) AS upheld,
    coalesce(closed, 0) AS closed, coalesce(handling_days, 0) AS handling_days
FROM grid LEFT JOIN cells USING (region_code, first_day, kind)
ORDER BY ALL) TO '{target}' (FORMAT parquet)
"""
REPEAT = "CASE WHEN claimant_prior_cases >= 5 THEN 'repeat' ELSE 'other' END"
CUBE = {"kind": "kind", "channel": "channel", "category": "category", "claimant": REPEAT}
BY_ALL = """
COPY (WITH cells AS (
    SELECT region_code, date_trunc('month', received_on) AS first_day, {keys}, {measures}
    FROM read_parquet('{folder}/complaints/*.parquet') GROUP BY ALL),
spans AS (SELECT region_code, min(first_day) AS low, max(first_day) AS high FROM cells GROUP BY 1),
months AS (
    SELECT region_code, unnest(generate_series(low, high, INTERVAL 1 MONTH)) AS first_day
    FROM spans),
grid AS (SELECT * FROM months{words})
SELECT region_code, first_day, {names}, {filled}
FROM grid LEFT JOIN cells USING (region_code, first_day, {names})
) TO '{target}' (FORMAT parquet)
"""


def hand_sql(source: str, target: str) -> None:
    """The panel by region, month and kind, as one writes it for DuckDB."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "3GB", "preserve_insertion_order": False})
    connection.sql(HAND.format(source=source, target=target))


def ours(folder: Path, suffix: str, target: str, by: tuple[str, ...] = ("kind",)) -> None:
    """The same by the package's expression, computed and written by DuckDB."""
    from analysis.data.records.engines import engine, records_in
    from analysis.data.records.expression import balanced, counted, units
    from analysis.data.records.location import RecordSource

    source = RecordSource(files=f"complaints/*.{suffix}")
    with engine(source) as connection:
        records = records_in(connection, source, source.paths(folder))
        # With the units from which the noise of protected counts is drawn: kept, as for a report.
        cells = counted(records, by)
        kept = connection.create_table("cells", cells, temp=True)
        balanced(kept, by, once=True).to_parquet(target)
        units(kept).to_parquet(f"{target}.units")


def ours_for_a_report(folder: Path, keep: str, target: str) -> None:
    """The same as a report gets it: files hashed, cells kept by file or found kept."""
    from analysis.data.records.count_cache import record_panel
    from analysis.data.records.location import RecordSource
    from analysis.simulated.places import county_codes

    kept = folder.parent / "kept"
    if keep == "new":
        shutil.rmtree(kept, ignore_errors=True)
    source = RecordSource(files="complaints/*.parquet")
    record_panel(folder, source, county_codes(2850), cache=kept).frame.to_parquet(target)


def in_pandas(folder: Path, files: int, target: str) -> None:
    """The same by pandas, from as many months as asked for."""
    import numpy as np
    import pandas as pd

    names = sorted(folder.glob("complaints/*.parquet"))[:files]
    columns = ["region_code", "received_on", "kind", "claimant_prior_cases", "channel", "outcome"]
    frame = pd.concat([pd.read_parquet(n, columns=[*columns, "closed_on"]) for n in names])
    received = pd.to_datetime(frame["received_on"])
    frame["month"] = received.dt.year * 12 + received.dt.month - 1
    frame["records"] = 1
    frame["repeat_claimants"] = frame["claimant_prior_cases"] >= 5
    frame["online_channel"] = frame["channel"] == "online"
    frame["upheld"] = frame["outcome"].isin(["upheld", "mediated"])
    frame["closed"] = frame["closed_on"].notna()
    frame["handling_days"] = (pd.to_datetime(frame["closed_on"]) - received).dt.days
    measures = [
        "records",
        "repeat_claimants",
        "online_channel",
        "upheld",
        "closed",
        "handling_days",
    ]
    keys = [frame["region_code"].astype(str), frame["month"], frame["kind"].astype(str)]
    cells = frame.groupby(keys)[measures].sum()
    spans = cells.reset_index().groupby("region_code")["month"].agg(["min", "max"])
    index = [
        (code, month, kind)
        for code, (low, high) in spans.iterrows()
        for month in np.arange(low, high + 1)
        for kind in ("complaint", "report", "enquiry")
    ]
    grid = pd.MultiIndex.from_tuples(index, names=["region_code", "month", "kind"])
    cells.reindex(grid, fill_value=0).reset_index().to_parquet(target)


def ours_files(folder: Path, files: int, target: str) -> None:
    """The package on the same months as pandas."""
    part = folder.parent / "part"
    shutil.rmtree(part, ignore_errors=True)
    (part / "complaints").mkdir(parents=True)
    for name in sorted(folder.glob("complaints/*.parquet"))[:files]:
        (part / "complaints" / name.name).hardlink_to(name)
    ours(part, "parquet", target)


def cube_by_hand(folder: Path, target: str) -> None:
    """All four dimensions by hand-written SQL."""
    import duckdb

    from analysis.data.records.groupings import MEASURES

    given = {
        "keys": ", ".join(f"{value} AS {name}" for name, value in CUBE.items()),
        "names": ", ".join(CUBE),
        "words": "".join(f", (SELECT DISTINCT {name} FROM cells)" for name in CUBE),  # noqa: S608
        "filled": ", ".join(f"coalesce({name}, 0) AS {name}" for name in MEASURES),
        "measures": HAND[HAND.index("count(*) AS records") : HAND.index("FROM {source}")],
    }
    connection = duckdb.connect(config={"memory_limit": "3GB", "preserve_insertion_order": False})
    connection.sql(BY_ALL.format(folder=folder, target=target, **given))


def ways(folder: Path, months: int) -> dict[str, str]:
    """Name of each way to the call that runs it."""
    parquet, text = (folder / "complaints", folder.with_name(folder.name + "-csv"))
    some = f"read_parquet('{parquet}/*.parquet')"
    raw = f"read_csv('{text}/complaints/*.csv')"
    out = f"'{folder.parent / 'panel.parquet'}'"
    return {
        "parquet, SQL by hand": f'hand_sql("{some}", {out})',
        "parquet, ours": f"ours(Path('{folder}'), 'parquet', {out})",
        "report, nothing kept": f"ours_for_a_report(Path('{folder}'), 'new', {out})",
        "report, all kept": f"ours_for_a_report(Path('{folder}'), 'old', {out})",
        "cube, SQL by hand": f"cube_by_hand(Path('{folder}'), {out})",
        "cube, ours": f"ours(Path('{folder}'), 'parquet', {out}, tuple(CUBE))",
        "csv, SQL by hand": f'hand_sql("{raw}", {out})',
        "csv, ours": f"ours(Path('{text}'), 'csv', {out})",
        f"{months} months, pandas": f"in_pandas(Path('{folder}'), {months}, {out})",
        f"{months} months, ours": f"ours_files(Path('{folder}'), {months}, {out})",
    }


def run(call: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory in GB of a call in its own process."""
    here = str(Path(__file__).parent)
    code = f"import sys; sys.path.insert(0, {here!r}); import panel; panel.child({call!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    wall, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return wall, processor, peak


def child(call: str) -> None:
    """Run one way, with everything imported before, and print what it took."""
    import ibis

    import analysis.data.records.count_cache
    import analysis.simulated.nation

    ibis.duckdb.connect().disconnect()
    wall, processor = time.perf_counter(), time.process_time()
    eval(call, globals() | {"analysis": analysis})  # noqa: S307  our own calls, above
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print([time.perf_counter() - wall, time.process_time() - processor, peak])


def main() -> None:
    """Write, run each way three times in turn, print the table and the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=2, help="what pandas is given")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-csv", action="store_true")
    given = parser.parse_args()
    folder = given.folder.resolve() / "nation"
    write(folder, given.records, csv=not given.no_csv)
    calls = ways(folder, given.months)
    if given.no_csv:
        calls = {name: call for name, call in calls.items() if not name.startswith("csv")}
    taken: dict[str, list[tuple[float, float, float]]] = {name: [] for name in calls}
    for _ in range(given.rounds):
        for name, call in calls.items():
            taken[name].append(run(call))
    best = {
        name: [min(values) for values in zip(*runs, strict=True)] for name, runs in taken.items()
    }
    for name, (wall, processor, _) in best.items():
        peak = max(peak for _, _, peak in taken[name])
        print(f"{name:<24}{wall:8.2f} s wall{processor:8.2f} s processor{peak:7.2f} GB")
    some = f"{given.months} months"
    pairs = [(f"{name.split(',')[0]}, ours", name) for name in calls if name.endswith("by hand")]
    for first, second in [*pairs, (f"{some}, ours", f"{some}, pandas")]:
        ratios = [a / b for a, b in zip(best[first], best[second], strict=True)]
        print(f"{first} / {second}: wall {ratios[0]:.2f}, processor {ratios[1]:.2f}")


def write(folder: Path, records: int, *, csv: bool) -> None:
    """The nation as Parquet and as CSV, each in a process of its own."""
    for suffix, target in (("parquet", folder), ("csv", folder.with_name(folder.name + "-csv"))):
        if target.exists() or (suffix == "csv" and not csv):
            continue
        nation = f"analysis.simulated.nation.Nation(records={records}, suffix='{suffix}')"
        call = f"analysis.simulated.nation.write_nation({nation}, Path('{target}'))"
        wall, processor, peak = run(call)
        name = f"written as {suffix}"
        print(f"{name:<24}{wall:8.2f} s wall{processor:8.2f} s processor{peak:7.2f} GB")


if __name__ == "__main__":
    main()
