"""A project is found from anywhere: by its folder, a variable, or a notebook's own metadata."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.batch.suites import family, kept, languages_of
from analysis.cli import commands
from analysis.data.dataset import read_dataset
from analysis.errors import ParamsError
from analysis.project import BUILD, VARIABLE, locate

ZONES = "data/enterprise_zones"


@pytest.fixture
def project(tmp_path, root) -> Path:
    """Notebooks, settings and one dataset."""
    folder = tmp_path / "project"
    for name in ("notebooks", "params", ZONES):
        shutil.copytree(root / name, folder / name)
    for file in (folder / "params").glob("[!s]*/*.yml"):
        if file.stem != "enterprise_zones":
            file.unlink()
    for file in (folder / "params/suites").glob("*.yml"):
        file.unlink()
    suite = folder / "params/suites/default.yml"
    suite.write_text("reports: [intervention_effect/enterprise_zones]\n", encoding="utf-8")
    return folder


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A folder into which a scheduler copies one notebook."""
    folder = tmp_path / "staging/job-1"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_a_notebook_copied_elsewhere_finds_its_data(project, elsewhere, monkeypatch):
    """By the variable; by its own metadata; by neither it is told where was looked."""
    with pytest.raises(
        ParamsError, match="dataset data/enterprise_zones: does not exist"
    ) as caught:
        read_dataset(ZONES)
    assert f"Looked in {elsewhere}" in str(caught.value)
    assert f"{VARIABLE}, which is not set" in str(caught.value)
    notebook = {"cells": [], "metadata": {"analysis": {"project": str(project)}}, "nbformat": 4}
    (elsewhere / "copy.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert read_dataset(ZONES).folder == project / ZONES
    (elsewhere / "copy.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(project))
    assert locate(ZONES) == project / ZONES
    monkeypatch.setenv(VARIABLE, str(project / "moved"))
    with pytest.raises(ParamsError, match=rf"{VARIABLE} \(.*moved\)"):
        read_dataset(ZONES)


def test_commands_find_the_project_by_the_variable(project, elsewhere, monkeypatch):
    """From a folder that is part of none."""
    report = "intervention_effect/enterprise_zones"
    said = CliRunner().invoke(commands, ["check", report])
    assert said.exit_code == 10
    assert "which is not set" in said.output
    monkeypatch.setenv(VARIABLE, str(project))
    assert "can run" in CliRunner().invoke(commands, ["check", report]).output


def test_the_build_folder_can_be_chosen_and_the_project_stays_as_it_is(
    project, elsewhere, monkeypatch
):
    """Nothing is written into the project, which may be read-only; the choice ends with it."""
    monkeypatch.setenv(VARIABLE, str(project))
    monkeypatch.delenv(BUILD, raising=False)
    before = sorted(project.rglob("*"))
    options = ["run", "default", "--dry-run", "--build", str(elsewhere / "out")]
    said = CliRunner().invoke(commands, options)
    assert said.exit_code == 0, said.output
    assert (elsewhere / "out/cache/prints").is_dir()
    assert BUILD not in os.environ
    assert sorted(project.rglob("*")) == before


def test_a_build_folder_that_cannot_be_written_says_what_to_do(project, monkeypatch):
    """Here a file stands in its place."""
    monkeypatch.chdir(project)
    (project / "build").write_text("a file")
    said = CliRunner().invoke(commands, ["run", "default"])
    assert said.exit_code == 14
    assert "name another folder with --build" in said.output


def test_the_strictest_family_that_a_suite_asks_for_counts(project, monkeypatch):
    """Holm's where none does; a word that is none of the three is refused with the three."""
    monkeypatch.chdir(project)
    suites = project / "params/suites"
    assert family() == "holm"
    for name, asked in (("a", "none"), ("b", "false_discoveries"), ("c", "holm")):
        (suites / f"{name}.yml").write_text(f"reports: []\nfamily: {asked}\n", encoding="utf-8")
        assert family() == asked
    (suites / "c.yml").write_text("reports: []\nfamily: Holm\n", encoding="utf-8")
    assert family() == "false_discoveries"
    said = CliRunner().invoke(commands, ["check", "c"])
    assert said.exit_code == 10
    assert all(word in said.output for word in ("family", "holm", "false_discoveries", "none"))


def test_who_is_named_nowhere_is_retired_and_suites_say_the_languages(project, monkeypatch):
    """By its file alone both languages; an unreadable suite retires nobody."""
    monkeypatch.chdir(project)
    report, suites = "intervention_effect/enterprise_zones", project / "params/suites"
    seen = [report, "intervention_effect/gone", "intervention_effect/m-1"]
    assert languages_of(seen) == {report: ("en", "zh")}
    matrix = "{report: intervention_effect/enterprise_zones, name: m, matrix: {seed: [1]}}"
    text = f"reports: [{matrix}]\nlanguages: [zh]\nkeep: {{editions: 9}}\n"
    (suites / "more.yml").write_text(text, encoding="utf-8")
    found = languages_of(seen)
    assert found == {report: ("en", "zh"), "intervention_effect/m-1": ("zh",)}
    assert (kept().editions, kept().days) == (9, 400)
    # A matrix that cannot be listed tonight keeps its reports.
    (project / f"params/{report}.yml").write_text("a: [", encoding="utf-8")
    assert languages_of(seen) == found
    (suites / "broken.yml").write_text("reports: [", encoding="utf-8")
    assert languages_of(seen) is None
