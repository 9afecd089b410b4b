"""The project's own files: environment, lock, notebooks, documents."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from analysis import digest

NAME = re.compile(r"^[A-Za-z0-9._-]+")
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^ ]+")


def declared(root) -> dict[str, str]:
    """Core dependencies of ``pyproject.toml``: name to version rule."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return {NAME.match(d).group().lower(): d for d in project["dependencies"]}


def test_the_conda_environment_mirrors_pyproject(root):
    """Same packages, same rules, Python, and the package itself."""
    environment = yaml.safe_load((root / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert "-e ." in pip
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert f"python{project['requires-python']}" in conda
    listed = {d for d in [*conda, *pip] if not d.startswith("python>") and d not in ("pip", "-e .")}
    assert listed == set(declared(root).values())


def locked(root, name: str) -> dict[str, list[str]]:
    """Pins of a lock with the hashes under each: name and version to hashes."""
    pins: dict[str, list[str]] = {}
    for line in (root / name).read_text().splitlines():
        if match := PIN.match(line):
            found = pins.setdefault(match.group().lower(), [])
        elif "--hash=sha256:" in line:
            found.append(line.split("--hash=sha256:")[1][:64])
    return pins


def test_the_lock_of_what_runs_holds_an_exact_version_of_every_dependency_and_no_tool(root):
    """Run ``make lock`` after changing a dependency."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    set_up = [NAME.match(d).group().lower() for d in project["dependency-groups"]["set-up"]]
    names = {pin.split("==")[0] for pin in locked(root, "requirements.lock")}
    assert {*declared(root), *set_up} <= names
    assert not names & {"pyspark", "pytest", "playwright", "mypy", "ruff", "distributed"}


def test_the_lock_of_tests_holds_that_of_what_runs_and_every_tool(root):
    """So that ``make test`` adds to what ``make reports`` installed and replaces none of it."""
    runs, tests = locked(root, "requirements.lock"), locked(root, "requirements-test.lock")
    assert {pin: tests.get(pin) for pin in runs} == runs
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    names = {pin.split("==")[0] for pin in tests}
    assert {NAME.match(d).group().lower() for d in extras["dev"] + extras["cluster"]} <= names


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_has_hashes_throughout_and_names_no_index(root, name):
    """What is installed is what was locked, from whatever index a machine uses."""
    assert all(locked(root, name).values())
    assert "://" not in (root / name).read_text()


def test_a_python_that_is_too_old_ends_in_one_sentence_and_leaves_nothing(root, tmp_path):
    """The check stands before anything else; the version is pretended."""
    script = tmp_path / "scripts" / "set_up.py"
    script.parent.mkdir()
    script.write_text(
        "import sys\nsys.version_info = (3, 10, 4)\n" + (root / "scripts/set_up.py").read_text()
    )
    done = subprocess.run(
        [sys.executable, "-I", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed, and ")
    assert done.stderr.count("\n") == 1
    assert [item.name for item in tmp_path.iterdir()] == ["scripts"]


@pytest.mark.parametrize(
    ("answer", "option", "kept"),
    [
        ("echo 3 10", "", False),
        ("echo 3 11", "", True),
        ("echo 3 99", "", True),
        ("echo 3 99", "--this-python", False),
        ("exit 127", "", False),
    ],
)
def test_an_environment_is_kept_where_its_python_will_do(
    root, tmp_path, monkeypatch, answer, option, kept
):
    """Too old, just enough, newer, another than the one named on the command line, broken."""
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{answer}\n")
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["set_up.py", option])
    assert runpy.run_path(str(root / "scripts/set_up.py"))["_usable"]() is kept


def test_what_makes_a_report_due_is_what_the_lock_of_what_runs_installs(root):
    """No more, though pytest is installed here, and no less, but for what sets up."""
    names = set()
    for line in (root / "requirements.lock").read_text().splitlines():
        requirement = line.removesuffix("\\")
        if (
            PIN.match(line)
            and (r := Requirement(requirement))
            and (not r.marker or r.marker.evaluate())
        ):
            names.add(re.sub("[-.]", "_", r.name.lower()))
    found = digest.packages().keys() - {"python", "regional_regulation_analysis"}
    assert found <= names
    assert names - found <= {"setuptools", "uv"}


def test_the_documents_name_files_that_exist(root):
    """Every path in README, CONTRIBUTING and ``docs``, as a reader would follow it."""
    missing = []
    for document in [*root.glob("*.md"), *(root / "docs").glob("*.md")]:
        for path in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not (document.parent / path).exists():
                missing.append(f"{document.name}: {path}")
    assert missing == []


def test_nothing_names_a_machine_path(root):
    """No home folder, no workplace, in anything that is shared."""
    found = []
    for file in [*root.glob("*.*"), *(root / "src").rglob("*.py"), *(root / "docs").rglob("*")]:
        if file.is_file() and file.suffix in {".py", ".md", ".yml", ".toml"}:
            text = file.read_text(encoding="utf-8")
            if re.search(r"/(root|home|work|tmp)/[a-z]", text):
                found.append(file.name)
    assert found == []


def test_an_installed_package_has_every_file_that_is_no_python(root):
    """Tables, catalogues, fonts and templates stand in ``package-data``."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    package = root / "src/analysis"
    globs = project["tool"]["setuptools"]["package-data"]["analysis"]
    packed = {file for pattern in globs for file in package.glob(pattern)}
    found = {f for f in package.rglob("*.*") if f.is_file() and f.suffix not in {".py", ".pyc"}}
    assert found - packed == set()


def test_a_changed_part_of_the_generator_makes_the_simulated_province_anew(tmp_path, monkeypatch):
    """Also one in a folder below: worlds as old as their source stay, older ones are made."""
    import set_up

    source = tmp_path / "src/analysis/simulated/tables/complaints.py"
    made = [tmp_path / folder / "dataset.yml" for folder in set_up.WORLDS.values()]
    for moment, file in enumerate([source, *made], 1000):
        file.parent.mkdir(parents=True)
        file.touch()
        os.utime(file, (moment, moment))
    ran = []
    monkeypatch.setattr(set_up, "_run", lambda *command: ran.append(command))
    monkeypatch.chdir(tmp_path)
    set_up._simulate()
    assert not ran
    os.utime(source, (2000, 2000))
    set_up._simulate()
    assert len(ran) == len(set_up.WORLDS)


def test_make_keeps_what_programs_write_inside_the_folder(root):
    """Settings, caches and tool chains, where the caller's environment says nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    show = ["make", "-s", "--eval", "show: ; @env", "show"]
    shown = subprocess.run(show, cwd=root, env=kept, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "RUSTUP_HOME", "PIP_CACHE_DIR"):
        assert found[name].startswith(f"{root}/.cache")


def test_the_table_of_exit_codes_in_the_readme_is_that_of_the_code(root):
    """Every kind of our errors has its row, and no row is of another code."""
    from analysis.errors import AnalysisError

    text = (root / "README.md").read_text(encoding="utf-8")
    table = text.split("| exit code | means |")[1].split("\n\n")[0]
    rows = {int(code): words for code, words in re.findall(r"^\| (\d+) \| (.+) \|$", table, re.M)}
    kinds = {kind.exit_code: kind for kind in AnalysisError.__subclasses__()}
    assert rows.keys() == kinds.keys() | {0}
    said = {10: "settings", 11: "dataset", 12: "comparison", 13: "method", 14: "report", 15: "page"}
    assert all(word in rows[code] for code, word in said.items())
