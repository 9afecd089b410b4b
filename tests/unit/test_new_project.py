"""A project outside the source: started by one command, from a wheel alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from analysis.cli import commands


def new(folder: Path, check: int = 0) -> str:
    """Start a project; what was said."""
    ended = CliRunner().invoke(commands, ["new", str(folder)])
    assert ended.exit_code == check, ended.output
    return ended.output


def test_a_new_project_can_be_checked_at_once(tmp_path, monkeypatch):
    """Each report of its suite has its notebook, settings and data; the two commands are there."""
    folder = tmp_path / "mine"
    said = new(folder)
    assert "analysis run default --publish" in said
    for name in ("README.md", "Makefile"):
        assert "analysis run default --publish" in (folder / name).read_text(encoding="utf-8")
    assert ".salt" in (folder / ".gitignore").read_text(encoding="utf-8").split()
    suite = yaml.safe_load((folder / "params/suites/default.yml").read_text(encoding="utf-8"))
    for report in suite["reports"]:
        values = yaml.safe_load((folder / f"params/{report}.yml").read_text(encoding="utf-8"))
        assert (folder / values.get("dataset", "data/published") / "dataset.yml").is_file()
        assert (folder / f"notebooks/{report.split('/')[0]}.ipynb").is_file()
    assert "intervention_effect/enterprise_zones" in suite["reports"]
    assert not list(folder.rglob("simulated"))
    monkeypatch.chdir(folder)
    said = CliRunner().invoke(commands, ["check", "intervention_effect/enterprise_zones"])
    assert "can run" in said.output


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    """With what to do."""
    (tmp_path / "thesis.txt").write_text("mine")
    assert "Name a new folder" in new(tmp_path, check=10)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.fixture(scope="module")
def installed(root, tmp_path_factory) -> Path:
    """The wheel, built from a copy of the source, unpacked into an empty folder."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("src", "notebooks", "params", "data", "examples"):
        worlds = ["simulated"] if name == "data" else []
        left_out = shutil.ignore_patterns("__pycache__", "*.egg-info", *worlds)
        shutil.copytree(root / name, copy / name, ignore=left_out)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(root / name, copy)
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.mark.notebooks
def test_a_wheel_is_all_that_a_project_needs(installed, tmp_path):
    """Outside the source: a new project, one report run and published, nothing written into it."""

    given = {**os.environ, "PYTHONPATH": str(installed)}

    def python(*arguments: str, cwd: Path) -> str:
        line = [sys.executable, *arguments]
        told = {"capture_output": True, "text": True}
        ended = subprocess.run(line, check=False, cwd=cwd, env=given, **told)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    python("-m", "analysis", "new", "mine", cwd=tmp_path)
    project, report = tmp_path / "mine", "published_figures/five_reports"
    before = sorted(project.rglob("*"))
    run = ("-m", "analysis", "run", report, "--publish", "--language", "en", "--build", "../out")
    assert "1 done, 0 failed" in python(*run, cwd=project)
    assert sorted(project.rglob("*")) == before
    page = tmp_path / "out/site/published_figures-five_reports.en.html"
    assert "</html>" in page.read_text(encoding="utf-8")
    where = python("-c", "import analysis; print(analysis.__file__)", cwd=project)
    assert where.startswith(str(installed))


def test_a_notebook_of_a_new_project_says_where_that_is(tmp_path):
    """For schedulers that run a copy elsewhere."""
    new(tmp_path / "mine")
    text = (tmp_path / "mine/notebooks/intervention_effect.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["metadata"]["analysis"] == {"project": str(tmp_path / "mine")}
