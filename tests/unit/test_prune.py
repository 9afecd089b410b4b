"""Pruning: what of the past goes, what always stays, and that a dry run removes nothing."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.batch import history
from analysis.batch.status import Finished, Status, put_in_place
from analysis.cli import commands

TODAY = dt.date.today()  # noqa: DTZ011
REPORT, GONE = "intervention_effect/enterprise_zones", "intervention_effect/gone"


@pytest.fixture
def project(tmp_path, root, monkeypatch) -> Path:
    """Two years of runs of two reports, one of which is gone, three editions, two caches."""
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    for file in (tmp_path / "params").glob("*/*.yml"):
        if file.stem != "enterprise_zones":
            file.unlink()
    monkeypatch.chdir(tmp_path)
    for report in (REPORT, GONE):
        for age in range(700, 0, -70):
            # The last good one is a year and a half old.
            status = "done" if age > 500 else "failed"
            edition = (TODAY - dt.timedelta(days=age)).isoformat()
            given = (report, "intervention_effect", "en", status, "T", edition, 1.0, None)
            history.remember(Status(1, *given), None, {"facts": {}})
        put_in_place(Finished(Status(1, *given), {"notebook.ipynb": b"x" * 500}, None),
                     Path("build/runs"))  # fmt: skip
    for number in (1, 2, 3):
        (Path("build/site-editions") / str(number)).mkdir(parents=True)
        (Path("build/site-editions") / str(number) / "index.html").write_text("y" * 500)
        (Path("build/site-editions") / f"{number}.json").write_text("{}")
    Path("build/site").symlink_to("site-editions/3")
    (Path("build/cache/results/of-then")).mkdir(parents=True)
    (Path("build/cache/results/of-then/headline.json")).write_text("z" * 500)
    return tmp_path


def prune(*options: str) -> str:
    """The command; what it said."""
    ended = CliRunner().invoke(commands, ["prune", *options])
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_a_dry_run_lists_what_would_go_and_removes_nothing(project):
    """Twice the same."""
    said = prune("--dry-run")
    assert said == prune("--dry-run")
    for part in (
        "would delete: edition 1 of the site, 0.5 kB",
        "would delete: 8 runs of the history before",
        f"would delete: the last run of {GONE}, which is retired",
        "would delete: kept results of another version of the code, 0.5 kB",
        "4 would go, about",
    ):
        assert part in said
    assert len(history.latest_runs("", 99)) == 20


def test_what_is_old_goes_and_the_last_good_run_and_the_shown_edition_stay(project):
    """Whatever their age; a second time there is nothing to do."""
    good = {r: history.last_good_run(r, "en").id for r in (REPORT, GONE)}
    assert "4 gone" in prune()
    assert {r: history.last_good_run(r, "en").id for r in (REPORT, GONE)} == good
    left = history.latest_runs("", 99)
    limit = (TODAY - dt.timedelta(days=400)).isoformat()
    assert {entry.id for entry in left if entry.edition < limit} == set(good.values())
    assert sorted(p.name for p in Path("build/site-editions").iterdir() if p.is_dir()) == ["2", "3"]
    assert (Path("build/site") / "index.html").is_file()
    assert [p.name for p in Path("build/runs/intervention_effect").iterdir()] == [
        "enterprise_zones"
    ]
    assert "0 gone" in prune()
    prune("--editions", "1", "--days", "1")
    assert (Path("build/site") / "index.html").is_file()
    assert {r: history.last_good_run(r, "en").id for r in (REPORT, GONE)} == good


def test_a_suite_says_how_much_is_kept(project):
    """The most that any suite asks for."""
    suite = Path("params/suites/s.yml")
    suite.write_text(f"reports: [{REPORT}]\nkeep: {{editions: 5, days: 9000}}\n")
    said = prune("--dry-run")
    assert "edition" not in said
    assert "history" not in said
    suite.write_text(f"reports: [{REPORT}]\nkeep: {{editions: 1}}\n")
    ended = CliRunner().invoke(commands, ["run", "s", "--dry-run"])
    assert ended.exit_code == 10
    assert "keep, editions" in ended.output or "keep.editions" in ended.output
