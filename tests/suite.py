"""A small project whose reports take a moment: real params and data, a notebook of a few cells."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import yaml
from click.testing import CliRunner
from nbformat import v4

from analysis.batch.execute import Settings, finished_runs
from analysis.batch.plan import Run
from analysis.batch.status import Status, put_in_place
from analysis.cli import commands

CELL = """
import os
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.data.dataset import read_dataset
from analysis.page.plates import *
names = InterventionEffectParams.model_fields
params = InterventionEffectParams.from_mapping({k: v for k, v in globals().items() if k in names})
data = read_dataset(params.dataset, ["outcomes"])
rows = data.tables["outcomes"]
total = int(rows["count"].sum()) + seed
if os.path.exists(f"break-{seed}"):
    raise ValueError("broken on purpose")
key = {"language": language, "simulated": True}
svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{total}</text></svg>'
image = Image.of("image/svg+xml", svg.encode())
table = TableData((Column("total", "Total", role="number"),), ((str(total),),), ((total,),))
facts = {"total": total, "relative_percent": [float(total % 97), 0.0, 1.0]}
"""
SHOW = """
display(
    Summary(key="summary", points=(f"Total {total}",), verdict="cannot_tell", verdict_words="?",
            number=str(total), number_unit="", number_words="", range_words="", **key),
    Figure(key="figure", title=f"Total {total}", caption="", alt=f"Total {total}",
           images={"wide": image, "narrow": image}, table=table, **key),
    Provenance(key="provenance", entries=(), params=params.model_dump(), **key),
    End(key="end", verdict="cannot_tell", facts=facts, **key))
"""


def small_project(folder: Path, root: Path, seeds: range = range(0)) -> Path:
    """A project with a suite ``all`` of one report per seed."""
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, folder / name)
    shutil.copytree(root / "data" / "enterprise_zones", folder / "data" / "enterprise_zones")
    for simulated in folder.glob("params/intervention_effect/reverse_assessment*.yml"):
        simulated.unlink()
    file = folder / "notebooks/intervention_effect.ipynb"
    notebook = nbformat.read(file, as_version=4)
    first = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    titles = [
        v4.new_markdown_cell(f"# {words}", metadata={"tags": [f"lang:{language}"]})
        for language, words in (("en", "Small"), ("zh", "小"))
    ]
    notebook.cells = [*titles, first, v4.new_code_cell(CELL), v4.new_code_cell(SHOW)]
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place:02d}"
    nbformat.write(notebook, file)
    write_suite(folder, list(seeds))
    return folder


def write_suite(folder: Path, seeds: list[int]) -> None:
    """The suite ``all``: one report per seed."""
    report = "intervention_effect/enterprise_zones"
    content = {"reports": [{"report": report, "name": "r", "matrix": {"seed": seeds or [1]}}]}
    (folder / "params/suites/all.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


def site_of(folder: Path) -> dict[str, bytes]:
    """What a reader can open, by file; not the state of the reports, which tells of each run."""
    site = folder / "build/site"
    shown = [file for file in sorted(site.iterdir()) if not file.name.startswith("status.")]
    return {file.name: file.read_bytes() for file in shown}


def whole(folder: Path) -> bool:
    """Whether the site is whole: every page listed is there, complete, and of one edition."""
    import json

    site = (folder / "build/site").resolve()
    listed = json.loads((site / "pages.json").read_text(encoding="utf-8"))["pages"]
    files = [site / f"{name}.{language}.html" for name in listed for language in ("en", "zh")]
    files += [site / "index.html", site / "index.zh.html"]
    return all(file.read_text(encoding="utf-8").rstrip().endswith("</html>") for file in files)


def executed(runs: Iterable[Run], folder: Path = Path("build/runs")) -> list[Status]:
    """Runs executed two at once and put below the folder; how each ended."""
    statuses = []
    with ThreadPoolExecutor(2) as executor:
        for finished in finished_runs(runs, executor, Settings()):
            put_in_place(finished, folder)
            statuses.append(finished.status)
    return statuses


def analysis(project: Path, *arguments: str, check: int | None = 0) -> str:
    """Our command in the project, in this process, which has imported everything; what it said."""
    before = Path.cwd()
    os.chdir(project)
    try:
        ended = CliRunner().invoke(commands, list(arguments))
    finally:
        os.chdir(before)
    if check is not None:
        assert ended.exit_code == check, ended.output
    return ended.output


def change(project: Path, name: str, old: str, new: str) -> None:
    """One place in one file."""
    file = project / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
