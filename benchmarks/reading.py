"""What reading costs: the modules that one table of complaints passes, and Excel by two readers.

    .venv/bin/python benchmarks/reading.py

Prints the modules of ``analysis.data`` that ``read_dataset`` enters for a plain CSV of complaints,
how often one of them calls another, and the time; then the seconds that a sheet of 20,000 rows by
10 columns takes by calamine, as we read it, and by openpyxl, each in the fastest of three turns.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import analysis.data
from analysis.data.dataset import read_dataset
from analysis.data.reading.containers.excel import read_excel
from analysis.data.reading.mapping import TableMapping

ROOM = str(Path(analysis.data.__file__).parent)
DESCRIPTION = "title: {en: T, zh: T}\nstatus: simulated\nlicence: CC0\norigin: made up\n"
REGIONS = "region_code,name_en,name_zh,level\n990101,A,甲,county\n"
COLUMNS = "complaint_id,received_on,region_code,kind,channel,claimant_id,outcome\n"
ROWS, WIDTH = 20_000, 10


def dataset_of(folder: Path, rows: int = 1000) -> Path:
    """A dataset with one table of so many complaints, as the contract writes it."""
    (folder / "dataset.yml").write_text(DESCRIPTION, encoding="utf-8")
    (folder / "regions.csv").write_text(REGIONS, encoding="utf-8")
    lines = (f"c{n},2020-01-02,990101,complaint,phone,p{n % 70},upheld\n" for n in range(rows))
    (folder / "complaints.csv").write_text(COLUMNS + "".join(lines), encoding="utf-8")
    return folder


def entered(question: Callable[[], object]) -> tuple[set[str], int]:
    """Modules of ``analysis.data`` in which a function runs, and calls from one to another."""
    found: Counter[str] = Counter()
    between = 0

    def note(frame: object, event: str, _: object) -> None:
        nonlocal between
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(ROOM) or frame.f_code.co_name == "<module>":
            return
        found[name.removeprefix(ROOM + "/")] += 1
        caller = frame.f_back.f_code.co_filename if frame.f_back else ""
        between += caller.startswith(ROOM) and caller != name

    sys.setprofile(note)
    try:
        question()
    finally:
        sys.setprofile(None)
    return set(found), between


def seconds(question: Callable[[], object], turns: int = 3) -> float:
    """The fastest of some turns."""
    taken = []
    for _ in range(turns):
        start = time.perf_counter()
        question()
        taken.append(time.perf_counter() - start)
    return min(taken)


def workbook_of(folder: Path) -> Path:
    """A sheet as an authority exports it: identifiers, days, numbers and words."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append([f"column {n}" for n in range(WIDTH)])
    first = dt.date(2020, 1, 1)
    for n in range(ROWS):
        texts = [f"330102{n:012d}", "投诉", "电话", "属实", f"区县{n % 90}"]
        book.active.append([n, first + dt.timedelta(n % 900), n * 1.5, n % 7, 990101, *texts])
    book.save(folder / "sheet.xlsx")
    return folder / "sheet.xlsx"


def by_openpyxl(file: Path) -> None:
    """Twice, as without the XML: once for values, once to find formulas without a result."""
    import openpyxl

    for values in (True, False):
        book = openpyxl.load_workbook(file, read_only=True, data_only=values)
        for _ in book.active.iter_rows(values_only=True):
            pass
        book.close()


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as named:
        folder = dataset_of(Path(named))
        read_dataset(folder)
        (folder / "complaints.csv").touch()
        modules, between = entered(lambda: read_dataset(folder))
        print(f"modules entered: {len(modules)} ({', '.join(sorted(modules))})")
        print(f"calls between them: {between}")
        large = dataset_of(folder, 200_000)
        print(f"200,000 complaints: {seconds(lambda: read_dataset(large), 1):.2f} s")
        file = workbook_of(Path(named))
        ours = seconds(lambda: read_excel(file, file.name, TableMapping(), bool))
        theirs = seconds(lambda: by_openpyxl(file))
        print(f"{ROWS:,} × {WIDTH} cells of Excel: {ours:.2f} s; openpyxl {theirs:.2f} s")
        print(f"ratio: {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
