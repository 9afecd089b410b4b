"""How long 24 reports with pages take: ours, plain papermill with nbconvert, and the floor.

    python benchmarks/batch.py [--reports 12] [--rounds 4]
    python benchmarks/batch.py --unchanged    # 100 reports of which none is due

Every mode runs the same notebook, data and params (so many reports in two languages) in a fresh
folder. A machine's speed can change by a third within minutes. So the modes take turns in rounds,
in each of which plain papermill runs its share of the reports, and ratios are of one round: the
median counts. The floor is the same cells as plain code, without
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
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
REPORT = "intervention_effect/enterprise_zones"
PINNED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
OURS = "ours, two kernels"
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


def measured(reports: int, part: slice) -> dict[str, float]:
    """Seconds of each mode for all reports; of plain ones a part runs, and stands for all."""
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        given = project(Path(folder), reports)
        some = given[part]

        def measure(mode: str, work: Callable[[], Any], share: float = 1.0) -> None:
            started = time.monotonic()
            answer = work()
            took = answer if isinstance(answer, float) else time.monotonic() - started
            seconds[mode] = took / share
            print(f"{mode:<24} {seconds[mode]:7.1f} s", flush=True)

        share = len(some) / len(given)
        before = Path.cwd()
        os.chdir(folder)
        try:
            measure("plain, serial", lambda: [plain(one) for one in some], share)
            measure(OURS, lambda: ours(2))
            measure("nothing changed", lambda: ours(2))
            measure("plain, two processes", lambda: in_processes(plain, some, 2), share)
            measure("floor, warm", lambda: warm_floor(given, ""))
            measure("floor, warm and sharing", lambda: warm_floor(given, f"{folder}/results"))
        finally:
            os.chdir(before)
    return seconds


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


def main() -> None:
    """Measure every mode in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--unchanged", action="store_true")
    options = parser.parse_args()
    os.environ.update(PINNED)
    # Without kept bytecode every process would compile its imports anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if options.unchanged:
        unchanged(options.rounds)
        return
    rounds = [
        measured(options.reports, slice(first, None, options.rounds))
        for first in range(options.rounds)
    ]
    print(f"\n{2 * options.reports} reports with pages, median of {options.rounds} rounds")
    for mode in rounds[0]:
        print(f"{mode:<24} {statistics.median(one[mode] for one in rounds):7.1f} s")
    for mode in ("plain, serial", "plain, two processes"):
        print(f"against {mode + ':':<25}", told([one[mode] / one[OURS] for one in rounds]))
    for mode in ("floor, warm", "floor, warm and sharing"):
        print(f"over the {mode + ':':<24}", told([one[OURS] / one[mode] for one in rounds]))


def told(ratios: list[float]) -> str:
    """The median of ratios, and all of them."""
    return f"{statistics.median(ratios):.2f} ({', '.join(f'{one:.2f}' for one in ratios)})"


if __name__ == "__main__":
    main()
