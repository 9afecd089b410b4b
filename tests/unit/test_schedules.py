"""The example schedules: each is read by its own tool or carried out as a dry run."""

from __future__ import annotations

import runpy
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from suite import small_project


@pytest.fixture
def schedules(root) -> Path:
    """Their folder."""
    return root / "examples" / "schedules"


def dry_run(command: str, root: Path, folder: Path) -> str:
    """Carry a schedule's command out in a small project, as a dry run of the suite ``all``."""
    project = small_project(folder / "project", root, range(1, 3))
    assert ".venv/bin/analysis run default" in command
    words = shlex.split(command.split(".venv/bin/analysis")[1].split(">>", maxsplit=1)[0])
    words[words.index("default")] = "all"
    ended = subprocess.run(
        [sys.executable, "-m", "analysis", *words, "--dry-run"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_cron_line_is_whole_and_runs(schedules, root, tmp_path):
    """Five fields and a command that our command line takes."""
    lines = (schedules / "crontab").read_text().splitlines()
    (line,) = [item for item in lines if item and item[0] not in "#P"]
    *fields, command = line.split(maxsplit=5)
    assert len(fields) == 5
    assert fields == ["30", "2", "*", "*", "*"]
    assert "%" not in command  # cron takes it for a new line
    assert dry_run(command, root, tmp_path).count("never run") == 4


def test_the_cron_line_writes_its_log_in_a_fresh_project(schedules, tmp_path):
    """There is no build/ before the first run; a stand-in says with what it was called."""
    command = tmp_path / ".venv/bin/analysis"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$@"\n')
    command.chmod(0o755)
    lines = (schedules / "crontab").read_text().splitlines()
    line = lines[-1].split(maxsplit=5)[5]
    # As cron does it: with sh, and little else in the environment.
    given = {"PROJECT": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-c", line], env=given, cwd="/", check=True)
    written = (tmp_path / "build/schedule.log").read_text()
    assert written == "run default --publish --log-json --wait 3600\n"


def test_the_systemd_units_are_accepted(schedules, root, tmp_path):
    """By systemd itself where it is there; the command is carried out in any case."""
    service = (schedules / "analysis.service").read_text()
    (command,) = [line for line in service.splitlines() if line.startswith("ExecStart=")]
    assert dry_run(command, root, tmp_path).count("never run") == 4
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    # Only the project's folder, which the example cannot know, is put in.
    unit = tmp_path / "analysis.service"
    unit.write_text(service.replace("/srv/analysis", str(tmp_path)))
    shutil.copy(schedules / "analysis.timer", tmp_path)
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit), str(tmp_path / "analysis.timer")],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in ended.stderr.splitlines() if "analysis." in line]
    assert said == []


def test_the_airflow_dag_calls_our_command(schedules, root, tmp_path, monkeypatch):
    """Read with a stand-in for Airflow's two classes; its command is carried out."""
    made = {}

    class Dag:
        def __init__(self, **given):
            made["dag"] = given

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    airflow = types.ModuleType("airflow")
    airflow.DAG = Dag
    place = "airflow.providers.standard.operators.bash"
    bash = types.ModuleType(place)
    bash.BashOperator = lambda **given: made.setdefault("task", given)
    for end in (end for end, sign in enumerate(place) if sign == "."):
        monkeypatch.setitem(sys.modules, place[:end], types.ModuleType(place[:end]))
    monkeypatch.setitem(sys.modules, "airflow", airflow)
    monkeypatch.setitem(sys.modules, place, bash)
    runpy.run_path(str(schedules / "airflow_dag.py"))
    assert made["dag"]["max_active_runs"] == 1
    assert made["task"]["retries"] == 0
    assert dry_run(made["task"]["bash_command"], root, tmp_path).count("never run") == 4
