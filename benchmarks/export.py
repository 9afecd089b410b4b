"""How long an export takes, against stock nbconvert ``lab`` on the same notebook.

    python benchmarks/export.py [notebook.ipynb] [--times 15]

Prints medians of warm runs in alternation, and their ratio. Without a notebook, one with two
figures of the house, a table and all that a report needs is built.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/publish")]

from analysis.publish.pages.exporter import ReportExporter  # noqa: E402

BUDGET = 0.4
"""Seconds: what a warm export may take at the median."""


def sample() -> Any:
    """A report with two figures and a table."""
    import gallery
    import samples

    figures = gallery.figures("many", "en")
    extra = [samples.shows(figure, f"{figure.key}()") for figure in figures[1:3]]
    return samples.notebook("en", {"figure": None}, *extra)


def seconds(export: Callable[[], object]) -> float:
    """How long it takes once."""
    started = time.perf_counter()
    export()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", nargs="?")
    parser.add_argument("--times", type=int, default=15)
    given = parser.parse_args()
    node = nbformat.read(given.notebook, as_version=4) if given.notebook else sample()
    makers = {
        "analysis_report": lambda: ReportExporter().from_notebook_node(node),
        "lab": lambda: HTMLExporter(template_name="lab").from_notebook_node(node),
    }
    for make in makers.values():
        make()
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(given.times):
        for name, make in makers.items():
            taken[name].append(seconds(make))
    medians = {name: statistics.median(values) for name, values in taken.items()}
    for name, median in medians.items():
        print(f"{name:<16} {median:.3f} s (from {min(taken[name]):.3f} to {max(taken[name]):.3f})")
    ratio = medians["analysis_report"] / medians["lab"]
    print(f"ratio            {ratio:.2f} of lab; budget {BUDGET} s")
    sys.exit(ratio > 1 or medians["analysis_report"] > BUDGET)


if __name__ == "__main__":
    main()
