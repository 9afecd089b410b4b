"""How long 24 reports with pages take: ours, plain papermill with nbconvert, and the floor.

    python benchmarks/batch.py [--reports 12] [--repeat 3]
    python benchmarks/batch.py --unchanged    # 100 reports of which none is due

Every mode runs the same notebook, data and params (so many reports in two languages) in a fresh
folder; medians and ratios are of one session. The floor is the same cells as plain code, without
pages, in one process per core that has imported everything and run a report before. Run it on a
quiet machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
REPORT = "intervention_effect/enterprise_zones"
PINNED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Given = dict[str, Any]


def project(folder: Path, reports: int) -> list[Given]:
    """A fresh project; returns the parameters of each report."""
    for name in ("notebooks", "params", "data/enterprise_zones"):
        shutil.copytree(ROOT / name, folder / name)
    seeds = list(range(1, reports + 1))
    suite = {"reports": [{"report": REPORT, "name": "b", "matrix": {"seed": seeds}}]}
    (folder / "params/suites/bench.yml").write_text(yaml.safe_dump(suite), encoding="utf-8")
    base = yaml.safe_load((folder / f"params/{REPORT}.yml").read_text(encoding="utf-8"))
    return [{**base, "seed": s, "language": lang} for lang in ("en", "zh") for s in seeds]


def plain(given: Given) -> int:
    """One report by papermill and nbconvert as they come."""
    import papermill
    from nbconvert import HTMLExporter

    notebook = papermill.execute_notebook(
        "notebooks/intervention_effect.ipynb",
        f"{given['seed']}-{given['language']}.ipynb",
        parameters=given,
        kernel_name="python3",
        progress_bar=False,
    )
    page, _ = HTMLExporter().from_notebook_node(notebook)
    return len(page)


def floor(given: Given) -> int:
    """The cells of one report as plain code in this process."""
    import nbformat

    notebook = nbformat.read("notebooks/intervention_effect.ipynb", as_version=4)
    names: dict[str, Any] = {"display": lambda *plates: [p._repr_mimebundle_() for p in plates]}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)  # noqa: S102  our own notebook
            if "parameters" in cell.metadata.get("tags", []):
                names.update(given)
    return len(names)


def in_processes(work: Any, given: list[Given], count: int) -> None:
    """The reports over so many processes, which start with what this one has imported."""
    with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
        list(pool.map(work, given))


def warm_floor(given: list[Given], results: str) -> float:
    """Seconds of the floor on two cores, in a process of its own that has run a report before.

    ``results`` is a folder through which languages share estimates, as ours do, or blank.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        with os.fdopen(reader) as answer:
            seconds = float(answer.read())
        os.waitpid(child, 0)
        return seconds
    floor({**given[0], "seed": 0})
    if results:
        os.environ["ANALYSIS_RESULTS"] = results
    started = time.monotonic()
    in_processes(floor, given, 2)
    with os.fdopen(writer, "w") as answer:
        answer.write(str(time.monotonic() - started))
    os._exit(0)


def ours(jobs: int) -> None:
    """Our command, with pages."""
    command = [sys.executable, "-m", "analysis", "run", "bench", "--publish", "--quiet"]
    subprocess.run([*command, "--jobs", str(jobs)], check=True)


def measure(mode: str, reports: int) -> float:
    """Seconds of one mode in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        given = project(Path(folder), reports)
        before = Path.cwd()
        os.chdir(folder)
        try:
            if mode == "nothing changed":
                ours(2)
            started = time.monotonic()
            if mode == "plain, serial":
                for one in given:
                    plain(one)
            elif mode == "plain, two processes":
                in_processes(plain, given, 2)
            elif mode.startswith("floor"):
                return warm_floor(given, "" if mode == "floor, warm" else f"{folder}/results")
            else:
                ours(2)
            return time.monotonic() - started
        finally:
            os.chdir(before)


def unchanged(repeat: int) -> None:
    """Real, user and system seconds of 50 reports in two languages that have just been run."""
    command = [sys.executable, "-m", "analysis", "run", "bench", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder), 50)
        subprocess.run([*command, "--publish", "--jobs", "2"], cwd=folder, check=True)
        for more in ([], ["--publish"]):
            for _ in range(repeat):
                before, started = os.times(), time.monotonic()
                subprocess.run([*command, *more], cwd=folder, check=True)
                real, after = time.monotonic() - started, os.times()
                user = after.children_user - before.children_user
                system = after.children_system - before.children_system
                name = " ".join(["100 unchanged", *more])
                print(
                    f"{name:<24} real {real:5.2f} user {user:5.2f} sys {system:5.2f} s", flush=True
                )


MODES = (
    *("plain, serial", "plain, two processes", "ours, two kernels"),
    *("floor, warm", "floor, warm and sharing", "nothing changed"),
)


def main() -> None:
    """Measure every mode in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--unchanged", action="store_true")
    options = parser.parse_args()
    os.environ.update(PINNED)
    # Without kept bytecode every process would compile its imports anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if options.unchanged:
        unchanged(options.repeat)
        return
    seconds: dict[str, list[float]] = {mode: [] for mode in MODES}
    for _ in range(options.repeat):
        for mode in MODES:
            seconds[mode].append(measure(mode, options.reports))
            print(f"{mode:<24} {seconds[mode][-1]:7.1f} s", flush=True)
    median = {mode: statistics.median(found) for mode, found in seconds.items()}
    print(f"\n{2 * options.reports} reports with pages, median of {options.repeat}")
    for mode, value in median.items():
        print(f"{mode:<24} {value:7.1f} s")
    own = median["ours, two kernels"]
    print(f"against plain, serial:        {median['plain, serial'] / own:.1f} times as fast")
    print(f"against plain, two processes: {median['plain, two processes'] / own:.1f} times as fast")
    for mode in ("floor, warm", "floor, warm and sharing"):
        print(f"against the {mode + ':':<25} {own / median[mode]:.2f} times as long")


if __name__ == "__main__":
    main()
