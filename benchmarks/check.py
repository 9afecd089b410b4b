"""How long ``analysis check`` takes on millions of rows of an ugly export, and its peak memory.

    python benchmarks/check.py [--rows 5_000_000] [FOLDER]

The example of ``examples/own_data`` (GB18030, ``;``, four ways of writing dates, districts by
name, full-width digits, decimal commas, duplicates) with its register written over and over, every
time under other numbers and other claimants. The export stays in FOLDER, outside the project.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples/own_data"))


def blow_up(folder: Path, rows: int) -> int:
    """The example with at least so many rows in its registers; returns how many."""
    from make_export import write_export

    write_export(folder)
    written = 0
    registers = sorted(folder.glob("投诉台账_*.csv"))
    for file in registers:
        frame = pd.read_csv(file, sep=";", dtype=str, encoding="gb18030", keep_default_na=False)
        frame, heads = frame.iloc[:-1], frame.columns
        copies = -(-rows // (len(registers) * len(frame)))
        with file.open("w", encoding="gb18030", newline="") as target:
            for copy in range(copies):
                one = frame.assign(
                    **{
                        heads[0]: frame[heads[0]] + f"-{copy}",
                        "投诉人": frame["投诉人"] + f"-{copy}",
                    }
                )
                one.to_csv(target, sep=";", index=False, header=copy == 0, lineterminator="\r\n")
        written += copies * len(frame)
    return written


def main() -> None:
    """Write the export, check it in a process of its own, and print seconds and memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = options.folder or Path(aside) / "export"
        rows = blow_up(folder, options.rows)
        command = [sys.executable, "-m", "analysis", "check", str(folder.resolve())]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, cwd=ROOT, check=True)
        wall = time.monotonic() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        peak = used.ru_maxrss / 1e6
        print(f"{rows:,} rows: {wall:.1f} s wall, {seconds:.1f} s processor, {peak:.2f} GB")


if __name__ == "__main__":
    main()
