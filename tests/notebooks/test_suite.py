"""A suite as a schedule runs it: only what changed, failures alone, the last good site whole."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml
from filelock import FileLock

from analysis import digest
from analysis.batch.lock import one_run_at_a_time
from analysis.batch.night import Night
from analysis.errors import RunError
from reports import no_longer_public
from suite import analysis, change, site_of, small_project, whole, write_suite

pytestmark = pytest.mark.notebooks
COUNTY = ("data/enterprise_zones/outcomes.csv", "166746", "166747")


@pytest.fixture
def project(tmp_path, root) -> Path:
    """Three reports in two languages."""
    return small_project(tmp_path, root, range(1, 4))


def test_only_what_changed_runs_and_history_says_why(project):
    """Nothing; one county's data; one parameter; one line of the notebook."""
    said = analysis(project, "run", "all", "--dry-run")
    assert "intervention_effect/r-1 [en]: never run" in said
    assert not (project / "build/runs").exists()
    analysis(project, "run", "all", "--publish")
    first = site_of(project)
    assert "0 of 6 would run" in analysis(project, "run", "all", "--dry-run")
    assert "0 of 6 to run" in analysis(project, "run", "all", "--publish")
    assert site_of(project) == first

    change(project, *COUNTY)
    said = analysis(project, "run", "all", "--dry-run")
    assert said.count("changed: data outcomes (1 rows left, 1 came)") == 6
    analysis(project, "run", "all", "--publish")
    assert "Changed data: outcomes (1 rows came, 1 left)" in page(project, "r-1", "en")
    assert "（新增1行，减少1行）" in page(project, "r-1", "zh")
    last = re.match(r"\s*(\d+)", analysis(project, "history", "list")).group(1)
    said = analysis(project, "history", "diff", last)
    assert "why: data outcomes (1 rows left, 1 came)" in said
    assert "total:" in said

    change(project, "params/intervention_effect/enterprise_zones.yml", "0.05", "0.06")
    said = analysis(project, "run", "all", "--dry-run")
    assert said.count("changed: params smallest_effect") == 6
    change(project, "params/intervention_effect/enterprise_zones.yml", "0.06", "0.05")
    assert "0 of 6 would run" in analysis(project, "run", "all", "--dry-run")
    change(project, "notebooks/intervention_effect.ipynb", "+ seed", "+ seed + 0")
    said = analysis(project, "run", "all", "--dry-run", "--log-json")
    assert {json.loads(line)["why"] for line in said.splitlines()} == {
        "changed: code of the notebook"
    }
    shown = json.loads(analysis(project, "history", "show", last))
    assert shown["status"] == "done"
    assert shown["parts"]["params"]["smallest_effect"] == 0.05


@pytest.fixture
def alone(project, root, monkeypatch) -> Path:
    """One report, and copies of the package and of an installed one in which to change things."""
    write_suite(project, [1])
    source = Path(shutil.copytree(root / "src/analysis", project / "code/analysis"))
    (project / "code/pandocfilters-1.0.dist-info").mkdir()
    monkeypatch.setattr(digest, "PACKAGE", source)
    monkeypatch.syspath_prepend(project / "code")
    forget()
    yield project
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Look at source and packages afresh, as another process would."""
    digest.source.cache_clear()
    digest.packages.cache_clear()


def upgrade(project: Path) -> None:
    """Another version of an installed package."""
    (project / "code/pandocfilters-1.0.dist-info").rename(
        project / "code/pandocfilters-2.0.dist-info"
    )


POISSON = "code/analysis/stats/panels/course.py"
EACH_CAUSE = (
    ("data outcomes (1 rows left, 1 came)", "Changed data: outcomes (1 rows came, 1 left).",
     lambda project: change(project, *COUNTY)),
    ("params smallest_effect", "Changed parameters: smallest_effect.",
     lambda project: change(project, "params/intervention_effect/enterprise_zones.yml",
                            "0.05", "0.06")),
    ("code of the package (stats/panels/course.py)",
     "The code of the analysis changed: stats/panels/course.py.",
     lambda project: change(project, POISSON, "import", "import  ")),
    ("code of the notebook", "The code of the analysis changed: the notebook.",
     lambda project: change(project, "notebooks/intervention_effect.ipynb", "+ seed", "+  seed")),
    ("environment (pandocfilters)", "Other versions of software: pandocfilters.", upgrade),
)  # fmt: skip


def test_history_and_page_name_each_cause_by_itself(alone):
    """One county's data, one parameter, one line of the package, of the notebook, a version."""
    analysis(alone, "run", "all", "--publish", "--quiet")
    assert "Since the last edition" not in page(alone, "r-1", "en")
    for why, said, make in EACH_CAUSE:
        make(alone)
        forget()
        assert analysis(alone, "run", "all", "--dry-run").count(f": changed: {why}\n") == 2
        analysis(alone, "run", "all", "--publish", "--quiet")
        last = re.match(r"\s*(\d+)", analysis(alone, "history", "list")).group(1)
        told = analysis(alone, "history", "diff", last)
        assert told.splitlines()[-1] == f"  why: {why}"
        shown = section(page(alone, "r-1", "en"))
        assert said in shown
        assert sum(other in shown for _, other, _ in EACH_CAUSE) == 1


def section(html: str) -> str:
    """What a page says of the time since its last edition; blank where it says nothing."""
    found = re.search(r'<section aria-labelledby="since">(.*?)</section>', html, re.DOTALL)
    return found.group(1) if found else ""


def test_a_report_run_again_unchanged_goes_on_saying_what_changed(project, monkeypatch):
    """On the same day the same page; later the unchanged edition is named beside it."""
    from analysis.batch.execute import Settings

    def on(day: str) -> None:
        monkeypatch.setattr(
            "analysis.batch.execute.Settings",
            lambda **given: Settings(root=str(project), edition=day, **given),
        )

    write_suite(project, [1])
    again = ("run", "all", "--publish", "--quiet", "--again")
    on("2026-12-01")
    analysis(project, "run", "all", "--publish", "--quiet")
    analysis(project, *again)
    assert section(page(project, "r-1", "en")) == ""
    on("2026-12-02")
    analysis(project, *again)
    said = "Nothing changed since the last edition, of 1 December 2026."
    assert said in section(page(project, "r-1", "en"))
    assert "自上一版（2026年12月1日）以来没有变化。" in section(page(project, "r-1", "zh"))
    change(project, *COUNTY)
    on("2026-12-03")
    analysis(project, "run", "all", "--publish", "--quiet")
    first = section(page(project, "r-1", "en"))
    assert "The last edition is of 2 December 2026." in first
    assert "Changed data: outcomes (1 rows came, 1 left)" in first
    analysis(project, *again)
    assert section(page(project, "r-1", "en")) == first
    on("2026-12-04")
    analysis(project, *again)
    later = section(page(project, "r-1", "en"))
    assert "3 December 2026 was the same as this one; the one before it, of 2 December" in later
    assert "Changed data: outcomes (1 rows came, 1 left)" in later
    assert "此前2026年12月2日的版本则不同" in section(page(project, "r-1", "zh"))


def page(project: Path, name: str, language: str) -> str:
    """A page of the site."""
    file = project / f"build/site/intervention_effect-{name}.{language}.html"
    return file.read_text(encoding="utf-8")


def test_parameter_sets_never_show_the_figure_of_another(project):
    """Run together, again after a change: each page shows the total of its own data and seed."""
    analysis(project, "run", "all", "--publish", "--jobs", "2")
    totals = [re.search(r"Total (\d+)", page(project, f"r-{n}", "en")).group(1) for n in (1, 2, 3)]
    assert [int(total) - int(totals[0]) for total in totals] == [0, 1, 2]
    change(project, *COUNTY)
    analysis(project, "run", "all", "--dry-run")
    (project / "break-1").touch()
    analysis(project, "run", "all", "--publish", check=14)
    again = [re.search(r"Total (\d+)", page(project, f"r-{n}", "zh")).group(1) for n in (1, 2, 3)]
    assert [int(n) - int(o) for n, o in zip(again, totals, strict=True)] == [0, 1, 1]
    images = {
        re.search(r"base64,(\S+?)\"", page(project, f"r-{n}", "en")).group(1) for n in (1, 2, 3)
    }
    assert len(images) == 3


def test_a_refused_run_says_so_and_nothing_else(project):
    """The process that forks kernels, already started, ends without a word or a wait."""
    change(project, "params/intervention_effect/enterprise_zones.yml", "outcome: ", "outcome: un")
    command = [sys.executable, "-m", "analysis", "run", "all", "--quiet"]
    started = time.monotonic()
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == 10
    assert "Did you mean 'unemployment_claims'" in ended.stderr
    assert "Traceback" not in ended.stderr
    print(f"refused after {time.monotonic() - started:.1f} s")


def failing(project: Path, count: int) -> None:
    """One failing report among many, before and after it was good."""
    write_suite(project, list(range(1, count + 1)))
    analysis(project, "run", "all", "--publish", "--quiet")
    change(project, *COUNTY)
    (project / "break-2").touch()
    said = analysis(project, "run", "all", "--publish", "--log-json", check=14)
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    ended = [one for one in events if one["event"] == "run"]
    assert len(ended) == 2 * count
    bad = [one for one in ended if one["status"] == "failed"]
    assert {(one["report"], one["attempts"]) for one in bad} == {("intervention_effect/r-2", 1)}
    assert "broken on purpose" in bad[0]["error"]
    stale = [n for n in range(1, count + 1) if "Not updated since" in page(project, f"r-{n}", "en")]
    assert stale == [2]
    assert "之后未更新" in page(project, "r-2", "zh")
    assert "r-2 [en]: failed last time" in analysis(project, "run", "all", "--dry-run")
    (project / "break-2").unlink()
    analysis(project, "run", "all", "--publish", "--quiet")
    assert "Not updated since" not in page(project, "r-2", "en")


def test_one_failing_report_stops_no_other(project):
    """Among five."""
    failing(project, 5)


@pytest.mark.validate
def test_one_failing_report_among_a_hundred(project):
    """The others are renewed; the failed one keeps its page with a notice."""
    failing(project, 100)


def kill_at_random(project: Path, moments: int) -> int:
    """Kill runs and their publishing at random moments; returns how many hit a live process."""
    analysis(project, "run", "all", "--publish")
    draw, hits = random.Random(7), 0  # noqa: S311
    command = [sys.executable, "-m", "analysis", "run", "all", "--publish", "--quiet", "--again"]
    started = time.monotonic()
    subprocess.run(command, cwd=project, check=True)
    usual = time.monotonic() - started
    for moment in range(moments):
        before = site_of(project)
        edition = (project / "build/site").resolve()
        with subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL) as process:
            started = time.monotonic()
            try:
                process.wait(usual * (0.3 + 0.75 * draw.random()))
            except subprocess.TimeoutExpired:
                hits += 1
                process.send_signal(signal.SIGTERM if moment % 5 == 4 else signal.SIGKILL)
            else:
                # The machine is quicker now than when the run was timed.
                usual = time.monotonic() - started
        assert whole(project)
        if (project / "build/site").resolve() == edition:
            assert site_of(project) == before
    analysis(project, "run", "all", "--publish", "--quiet")
    assert whole(project)
    return hits


def test_a_killed_run_leaves_the_last_site_whole(project):
    """Four random moments; the full number is under make validate."""
    write_suite(project, [1, 2])
    assert kill_at_random(project, 4) >= 1


@pytest.mark.validate
def test_twenty_killed_runs_leave_the_last_site_whole(project):
    """Twenty random moments."""
    hits = kill_at_random(project, 20)
    print(f"killed at {hits} of 20 moments before the end; the site was whole after each")
    assert hits >= 12


def test_pages_are_put_in_place_under_the_same_lock(project, monkeypatch):
    """Between a run and its pages no other run may begin."""

    def publish(_: object, night: Night, __: object = None) -> Night:
        with pytest.raises(RunError, match="is in use by process"), one_run_at_a_time():
            pass
        return night

    monkeypatch.setattr("analysis.cli.run.publish_reports", publish)
    write_suite(project, [1])
    analysis(project, "run", "all", "--publish", "--quiet")


def test_a_second_run_leaves_with_a_clear_message(project):
    """It names the process that holds the project, and goes on when told to wait."""
    (project / "build").mkdir()
    (project / "build/lock-holder").write_text(f"process {os.getpid()}")
    with FileLock(project / "build/lock"):
        said = analysis(project, "run", "all", check=14)
        assert f"is in use by process {os.getpid()}" in said
        assert "--wait" in said
    analysis(project, "run", "intervention_effect/enterprise_zones", "--wait", "5", "--quiet")


def test_the_second_language_reads_what_the_first_estimated(tmp_path, root):
    """With the real notebook: a kept headline that was altered shows in the second language."""
    import shutil

    from analysis import digest

    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copytree(root / "data/enterprise_zones", tmp_path / "data/enterprise_zones")
    report = "intervention_effect/enterprise_zones"
    analysis(tmp_path, "run", report, "--language", "en")
    (file,) = (tmp_path / "build/cache/results").glob("*/headline-*.json")
    kept = json.loads(file.read_text().partition("\n")[2])
    kept["estimates"][0]["value"] = -0.5
    text = json.dumps(kept)
    file.write_text(f"{digest.of_bytes(text.encode())}\n{text}")
    analysis(tmp_path, "run", report, "--language", "zh")
    facts = [
        json.loads((tmp_path / f"build/runs/{report}/{language}/result.json").read_text())["facts"]
        for language in ("en", "zh")
    ]
    assert [fact["relative_percent"][0] for fact in facts] == [-9.2, -39.3]


def test_a_hundred_unchanged_reports_take_two_seconds_and_no_kernel(project, monkeypatch):
    """Processor time, as the machine may be busy; the runs are put in place without kernels."""
    from analysis.batch import history
    from analysis.batch.keys import Keys
    from analysis.batch.plan import list_runs
    from analysis.batch.status import Finished, Status, put_in_place

    monkeypatch.chdir(project)
    write_suite(project, list(range(100)))
    runs = list_runs(["all"], ("en",)).runs
    keys = Keys()
    for run in runs:
        parts = keys.parts(run)
        given = (run.report, "x", "en", "done", "T", "2026-11-22", 1.0, None, parts.key)
        status = Status(1, *given)
        put_in_place(
            Finished(status, {"notebook.ipynb": b"{}", "result.json": b"{}"}, {}),
            Path("build/runs"),
        )
    history.remember(status, parts, {})
    # As every run leaves it: nothing was touched since.
    Path("build/lock-holder").touch()
    script = (
        "import sys, resource; sys.argv = ['analysis', 'run', 'all', '--language', 'en']\n"
        "from analysis.cli import commands\n"
        "commands(standalone_mode=False)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "kernels = [m for m in ('papermill', 'zmq', 'analysis.batch.warm') if m in sys.modules]\n"
        "print('seconds', used.ru_utime + used.ru_stime, 'kernels', kernels)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True
    )
    assert "0 of 100 to run" in ended.stdout
    assert "kernels []" in ended.stdout
    # Twice the two seconds of a quiet machine: other tests share its cores.
    assert float(re.search(r"seconds (\S+)", ended.stdout).group(1)) < 4


@pytest.fixture
def regions(tmp_path, root) -> Path:
    """One report on regions side by side, with real code and a made-up exposure."""
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    zones = tmp_path / "data/enterprise_zones"
    shutil.copytree(root / "data/enterprise_zones", zones)
    outcomes = pd.read_csv(zones / "outcomes.csv", dtype=str)
    rows = outcomes[["region_code", "period"]].drop_duplicates()
    rows.assign(exposure="people", value=100_000).to_csv(zones / "exposures.csv", index=False)
    values = {"dataset": "data/enterprise_zones", "outcome": "unemployment_claims"}
    values |= {"exposure": "people", "period": "year", "first_period": "1988"}
    (tmp_path / "params/region_rates/tip_offs.yml").write_text(yaml.safe_dump(values))
    return tmp_path


def test_pages_drawn_from_another_salt_are_not_put_beside_those_of_before(
    regions, tmp_path, monkeypatch
):
    """Each would be another draw of every count; the last good page stays, with the reason."""
    report, name = "region_rates/tip_offs", "region_rates-tip_offs.en.html"
    no_longer_public(regions / "data/enterprise_zones")
    analysis(regions, "run", report, "--publish")
    first = site_of(regions)
    assert json.loads(first["rested.json"])[report]["draw"]
    other = tmp_path / "other-salt"
    other.touch(mode=0o600)
    other.write_text(
        "85337816d263d362acb23a4255a636191075c2a90c47f2ee6db3362f7df11203", encoding="ascii"
    )
    monkeypatch.setenv("ANALYSIS_SALT", str(other))
    said = analysis(regions, "run", report, "--again", "--publish", check=10)
    assert "drawn from another salt" in said
    assert site_of(regions)["rested.json"] == first["rested.json"]
    assert "withheld" not in said
    assert site_of(regions)[name]


def test_publishing_alone_remembers_what_was_published(regions):
    """Run, publish by itself, then corrected counts: the numbers of the page stay as they were."""
    report = "region_rates/tip_offs"
    folder, kept = regions / "data/enterprise_zones", regions / ".protected"
    no_longer_public(folder)
    analysis(regions, "run", report)
    assert not list(kept.glob("*.parquet"))
    analysis(regions, "publish")
    (file,) = kept.glob("*.parquet")
    assert file.stat().st_mode & 0o077 == 0
    assert not list(kept.glob("*.run"))
    result = regions / "build/runs" / report / "en/result.json"
    first = json.loads(result.read_text(encoding="utf-8"))["facts"]
    outcomes = pd.read_csv(folder / "outcomes.csv")
    outcomes.loc[(outcomes["period"] == 1988), "count"] //= 2
    outcomes.to_csv(folder / "outcomes.csv", index=False)
    analysis(regions, "run", report, "--publish")
    assert json.loads(result.read_text(encoding="utf-8"))["facts"] == first
    shutil.rmtree(kept)
    said = analysis(regions, "run", report, "--again", check=10)
    assert "no longer tells what they were drawn from" in said
    (regions / "build/site").unlink()
    analysis(regions, "run", report, "--again")
    assert json.loads(result.read_text(encoding="utf-8"))["facts"] != first


def test_two_reports_on_data_of_two_days_are_not_published_together(regions):
    """Neither was published: the first drew counts that the second drew anew, and is refused."""
    first, second = "region_rates/tip_offs", "region_rates/again"
    folder = regions / "data/enterprise_zones"
    no_longer_public(folder)
    shutil.copy(regions / f"params/{first}.yml", regions / f"params/{second}.yml")
    analysis(regions, "run", first)
    outcomes = pd.read_csv(folder / "outcomes.csv")
    outcomes.loc[(outcomes["period"] == 1988), "count"] += 3
    outcomes.to_csv(folder / "outcomes.csv", index=False)
    analysis(regions, "run", second)
    said = analysis(regions, "publish", check=15)
    assert f"{first}: shows counts of unemployment_claims as they were in other data" in said
    assert list(json.loads(site_of(regions)["rested.json"])) == [second]
    analysis(regions, "run", first, "--publish")
    rested = json.loads(site_of(regions)["rested.json"])
    assert rested[first]["editions"] == rested[second]["editions"] != {}
