"""Read is keyed: an accepted change of a cell makes due who reads it, and nobody else."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.keys import Keys
from analysis.batch.plan import Run
from analysis.data.dataset import read_dataset
from analysis.data.regions.hierarchy import lies_in, parents_of
from analysis.errors import AnalysisError
from analysis.reports.intervention_effect.params import InterventionEffectParams

FULL_WIDTH = {ord("0") + n: ord("０") + n for n in range(10)}
TABLES = {"regions", "outcomes", "exposures", "interventions"}
FOLDER = "data/two_cities"


@pytest.fixture
def folder(tmp_path, root, monkeypatch) -> Path:
    """Two cities of three counties, with all that a report on rates reads."""
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    codes = [f"99{city:02d}{county:02d}" for city in (1, 2) for county in (1, 2, 3)]
    years = range(2010, 2016)
    tables = {
        "regions": ("region_code,name_en,name_zh,level,parent_code",
                    [f"{c},N{c},名{c},county," for c in codes]),
        "outcomes": ("region_code,period,outcome,count",
                     [f"{c},{y},complaint,{10 + y % 7}" for c in codes for y in years]),
        "exposures": ("region_code,period,exposure,value",
                      [f"{c},{y},enterprises,{1000 + y}" for c in codes for y in years]),
        "interventions": ("region_code,intervention,started_on",
                          [f"{c},reform,2013-01-01" for c in codes if c[-1] == "1"]),
    }  # fmt: skip
    for name, (head, rows) in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    about = "title: {en: T, zh: T}\nstatus: simulated\nlicence: X\norigin: Y\n"
    (folder / "dataset.yml").write_text(about)
    monkeypatch.chdir(tmp_path)
    return folder


def key(region: str) -> str:
    """The key of a report on one city, or on both; blank where the data cannot be read."""
    values = {"dataset": FOLDER, "region": region, "exposure": "enterprises"}
    run = Run("intervention_effect/x", "en", values, InterventionEffectParams(**values))
    parts = Keys().parts(run)
    return parts.key if parts else ""


def as_read(region: str) -> tuple[list, list]:
    """The rows that such a report reads, and what it says of how they were read."""
    data = read_dataset(FOLDER, TABLES)
    parents = parents_of(data.tables["regions"])
    rows = [
        frame.loc[[not region or lies_in(c, region, parents) for c in frame["region_code"]],
                  sorted(frame.columns)].astype(str).to_numpy().tolist()
        for frame in data.tables.values()
    ]  # fmt: skip
    return rows, [account.lines for account in data.accounts.values()]


def other_forms(table: str, column: str, old: str, draw: random.Random) -> str:
    """Another value, or the same, in a form that reading accepts."""
    if column in ("count", "value"):
        number = str(int(old) + draw.choice([0, 0, 1, 7]))
        forms = [number, number.translate(FULL_WIDTH), f" {number} ", f"{number}.0"]
    elif column == "started_on":
        forms = ["2013-01-01", "2013/1/1", "2013年1月1日", "2014-01-01", "２０１３-01-01"]
    elif column == "period":
        forms = [old, old.translate(FULL_WIDTH), f"{old}年"]
    elif column == "region_code":
        forms = [old, old.translate(FULL_WIDTH), f"{old} "]
    else:
        forms = [old, f" {old}", f"{old}x"] if table == "regions" and "name" in column else [old]
    return draw.choice(forms)


def test_any_accepted_change_of_any_cell_makes_due_who_reads_it_and_nobody_else(folder):
    """30 changes, one cell each: the key moves with the rows as read and their account, only."""
    draw = random.Random(11)  # noqa: S311
    cities = ("990100", "")
    before = [(key(city), as_read(city)) for city in cities]
    moved = stayed = forms = 0
    for _ in range(30):
        table = draw.choice(sorted(TABLES))
        file = folder / f"{table}.csv"
        whole = file.read_text(encoding="utf-8")
        cells = pd.read_csv(file, dtype=str, keep_default_na=False)
        row, column = draw.randrange(len(cells)), draw.choice(list(cells.columns))
        old = cells.at[row, column]
        new = other_forms(table, column, old, draw)
        cells.at[row, column] = new
        cells.to_csv(file, index=False)
        try:
            after = [(key(city), as_read(city)) for city in cities]
        except AnalysisError:
            # Not accepted: what cannot be read has no key, and is told by the check.
            assert not any(key(city) for city in cities)
            after = []
        for city, (k, rows), (k2, rows2) in zip(cities, before, after, strict=bool(after)):
            assert (k != k2) == (rows != rows2), (table, column, old, new, city)
            moved += k != k2
            stayed += k == k2
            forms += rows[0] == rows2[0] and old != new
        file.write_text(whole, encoding="utf-8")
    assert min(moved, stayed, forms) >= 8


@pytest.mark.parametrize("city", ["990100", ""])
def test_a_file_saved_anew_makes_nothing_due(folder, city):
    """Another encoding, ends of lines, quotation marks and order of columns; a remark; a count."""
    before = key(city)
    for table, encoding in (("regions", "utf-16"), ("outcomes", "utf-8-sig")):
        file = folder / f"{table}.csv"
        cells = pd.read_csv(file, dtype=str, keep_default_na=False)
        cells = cells[list(reversed(cells.columns))]
        cells.to_csv(file, index=False, encoding=encoding, lineterminator="\r\n", quoting=1)
    about = folder / "dataset.yml"
    about.write_text(f"# a remark\n\n{about.read_text()}")
    assert key(city) == before != ""
    cells.loc[0, "count"] = "99"
    cells.to_csv(folder / "outcomes.csv", index=False)
    assert key(city) != before
    cells.to_csv(folder / "outcomes.csv", index=False, sep=";")
    changed = key(city)
    about.write_text(about.read_text().replace("licence: X", "licence: Z"))
    assert key(city) != changed != before


def test_a_code_in_another_form_does_not_hide_a_change(folder):
    """Codes of full width throughout, as some systems export; one count of one city changes."""
    file = folder / "outcomes.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    wide = [lines[0], *(line[:6].translate(FULL_WIDTH) + line[6:] for line in lines[1:])]
    file.write_text("\n".join(wide) + "\n", encoding="utf-8")
    before = [key(city) for city in ("990100", "990200")]
    at = wide.index(next(line for line in wide if line.startswith("９９０１０２,2011")))
    wide[at] = wide[at].rsplit(",", 1)[0] + ",99"
    file.write_text("\n".join(wide) + "\n", encoding="utf-8")
    after = [key(city) for city in ("990100", "990200")]
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, False]
