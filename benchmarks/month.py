"""What a month of nights takes on the disk: ``python benchmarks/month.py [NIGHTS] [REPORTS]``.

Small reports on real data; each night the count of one city changes, so that all are due. Printed
is what each kind of file takes after the first night and after the last, and a night in between.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from analysis.batch.prune import size_of  # noqa: E402
from analysis.cli import commands  # noqa: E402
from suite import change, small_project  # noqa: E402

OUTCOMES = "data/enterprise_zones/outcomes.csv"
FIRST = 166746


def sizes(project: Path) -> dict[str, int]:
    """Bytes by kind of file."""
    build = project / "build"
    history = sum(file.stat().st_size for file in build.glob("history.sqlite*"))
    folders = ("runs", "site-editions", "cache/results", "cache/prints")
    return {"history": history, **{name: size_of(build / name) for name in folders}}


def night() -> None:
    """One run with its pages."""
    ended = CliRunner().invoke(commands, ["run", "all", "--publish", "--quiet"])
    if ended.exit_code:
        sys.exit(ended.output)


def main(nights: int, reports: int) -> None:
    """Run the nights and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        project = small_project(Path(folder), ROOT, range(1, reports + 1))
        os.chdir(project)
        night()
        first, started = sizes(project), time.monotonic()
        for number in range(1, nights):
            change(project, OUTCOMES, str(FIRST + number - 1), str(FIRST + number))
            night()
        last, took = sizes(project), time.monotonic() - started
        os.chdir(ROOT)
    print(f"{reports} reports in two languages, {nights} nights, all due; {took:.0f} s")
    print(f"{'':<16}{'first night':>14}{'last night':>14}{'a night more':>14}   kB")
    for name in first:
        more = (last[name] - first[name]) / (nights - 1)
        print(
            f"{name:<16}{first[name] / 1e3:>14,.0f}{last[name] / 1e3:>14,.0f}{more / 1e3:>14,.1f}"
        )


if __name__ == "__main__":
    main(*(int(given) for given in [*sys.argv[1:], "30", "10"][:2]))
