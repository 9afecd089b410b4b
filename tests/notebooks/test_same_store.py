"""Other counts behind the same store: whole sites stay as they are, but for what names the data.

A published month stays as it was until its year is over. So recorded counts can be replaced by any
others behind one store, as an owner would do it, and whatever tells of them must show.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis.cli import commands
from suite import site_of

pytestmark = pytest.mark.notebooks
MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]
CODES = [f"{number:02d}" for number in range(30)]
ALONE = "20"
ADOPTERS = {"review": CODES[:8], "advice": CODES[6:14]}
REPORTS = {
    "region_rates": {"period": "quarter", "first_period": "2023Q4"},
    "intervention_effect": {"intervention": "review", "counts": "protected", "period": "month",
                            "placebo_outcome": "enquiries", "exclude_other_interventions": False},
    "compare_interventions": {"period": "month", "interventions": list(ADOPTERS)},
    "single_region": {"intervention": "pilot", "period": "month", "fit_limit": 1.0},
}  # fmt: skip
DRAWN = {name: {"reports"} for name in REPORTS} | {"intervention_effect": {"reports", "enquiries"}}
"""Outcomes of whose protected counts each says from which data they were drawn."""
OF_SINGLE_REGIONS = ("tiles", "funnel")
"""What a comparison of interventions says of them; its averages rest on recorded counts."""
SINCE = re.compile(r'<section aria-labelledby="since">.*?</section>\s*', re.DOTALL)
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def written(file: Path, seed: int) -> None:
    """Counts of thirty counties by month, a third of them below ten."""
    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product([CODES, MONTHS], names=["region_code", "period"])
    mean = np.repeat(np.geomspace(4, 60, 30), 12)
    rows = [
        pd.DataFrame({"outcome": name, "count": rng.poisson(mean) + 1}, cells).reset_index()
        for name in ("reports", "enquiries")
    ]
    pd.concat(rows).to_csv(file, index=False)


@pytest.fixture(scope="module")
def project(root, tmp_path_factory) -> Path:
    """A project with every kind of report that speaks of regions, over real counts by month."""
    project = tmp_path_factory.mktemp("same") / "project"
    shutil.copytree(root / "notebooks", project / "notebooks")
    folder = project / "data/own"
    folder.mkdir(parents=True)
    names = [f"County {code}" for code in CODES]
    regions = {"region_code": CODES, "name_en": names, "name_zh": names, "level": "county"}
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    pd.DataFrame(
        {
            "region_code": CODES,
            "period": "2023",
            "exposure": "people",
            "value": np.linspace(50_000, 200_000, 30).round(),
        }
    ).to_csv(folder / "exposures.csv", index=False)
    starts = [
        {"region_code": code, "intervention": name, "started_on": f"2023-{month:02d}-01"}
        for name, codes in ADOPTERS.items()
        for place, code in enumerate(codes)
        for month in [6 + place % 3]
    ]
    starts.append({"region_code": ALONE, "intervention": "pilot", "started_on": "2023-10-01"})
    pd.DataFrame(starts).to_csv(folder / "interventions.csv", index=False)
    about = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "x"}
    (folder / "dataset.yml").write_text(yaml.safe_dump(about, allow_unicode=True))
    for kind, own in REPORTS.items():
        (project / "params" / kind).mkdir(parents=True)
        given = {"dataset": "data/own", "outcome": "reports", "exposure": "people", **own}
        (project / "params" / kind / "own.yml").write_text(yaml.safe_dump(given))
    return project


LISTS = {"index.html", "index.zh.html", "pages.json", "evidence.csv", "evidence.json"}
"""Where the averages of a comparison stand, too."""


def published(project: Path) -> dict[str, str]:
    """The site of all reports: every file, without digests and what it says of its last edition."""
    for kind in REPORTS:
        done = CliRunner().invoke(commands, ["run", f"{kind}/own", "--publish"])
        assert done.exit_code == 0, done.output
    files = {name: content.decode("utf-8") for name, content in site_of(project).items()}
    return {name: SINCE.sub("", DIGEST.sub("digest", text)) for name, text in files.items()}


def plates(project: Path, kind: str) -> dict[str, object]:
    """What the runs of a report show, by language and key."""
    found = {}
    for language in ("en", "zh"):
        file = project / "build/runs" / kind / "own" / language / "notebook.ipynb"
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        shown = (out["data"] for cell in cells for out in cell.get("outputs", ()) if "data" in out)
        held = (value for data in shown for mime, value in data.items() if "vnd.analysis" in mime)
        found |= {f"{plate['key']} {language}": plate for plate in held}
    return found


def test_sites_of_other_counts_behind_the_same_store_are_the_same(project, monkeypatch):
    """Pages, downloads, alternative texts, lists and feeds, in both languages.

    Averages of a comparison of interventions rest on recorded counts and move; what it says of
    single regions does not.
    """
    monkeypatch.chdir(project)
    outcomes = project / "data/own/outcomes.csv"
    written(outcomes, 1)
    first, compared = published(project), plates(project, "compare_interventions")
    for kind, outcomes_drawn in DRAWN.items():
        rests_on = plates(project, kind)["end en"]["rests_on"]
        assert set(rests_on["editions"]) == outcomes_drawn, kind
    counts = pd.read_csv(outcomes)["count"]
    written(outcomes, 2)
    assert (pd.read_csv(outcomes)["count"] != counts).mean() > 0.8
    second, again = published(project), plates(project, "compare_interventions")
    assert first.keys() == second.keys()
    moved = {name for name in first if first[name] != second[name]}
    averages = {f"compare_interventions-own.{language}.html" for language in ("en", "zh")}
    assert moved == averages | LISTS
    lines = [site["evidence.csv"].splitlines() for site in (first, second)]
    others = [[r for r in rows if not r.startswith("compare_interventions")] for rows in lines]
    assert len(others[0]) > 1
    assert others[0] == others[1]
    changed = {key.split()[0] for key in compared if compared[key] != again[key]}
    assert "evidence" in changed, "averages rest on what was recorded"
    assert not changed & set(OF_SINGLE_REGIONS)
    shutil.rmtree(project / ".protected")
    shutil.move(project / "build/site", project / "withdrawn")
    for kind in ("region_rates", "intervention_effect"):
        CliRunner().invoke(commands, ["run", f"{kind}/own", "--again", "--publish"])
    third = site_of(project)
    for kind in ("region_rates", "intervention_effect"):
        page = third[f"{kind}-own.en.html"].decode("utf-8")
        assert SINCE.sub("", DIGEST.sub("digest", page)) != second[f"{kind}-own.en.html"]
