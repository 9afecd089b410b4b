"""The project's own files: environment, lock, notebooks, documents."""

from __future__ import annotations

import ast
import re
import tomllib

import nbformat
import pytest
import yaml

from analysis.reports.kind import names

NAME = re.compile(r"^[A-Za-z0-9._-]+")


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


def test_the_lock_holds_an_exact_version_of_every_dependency(root):
    """Run ``make lock`` after changing a dependency."""
    lock = (root / "requirements.lock").read_text()
    locked = {line.split("==")[0].lower() for line in lock.splitlines() if "==" in line}
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {NAME.match(d).group().lower() for d in wanted} <= locked


@pytest.mark.parametrize("name", names())
def test_a_notebook_is_thin_and_stripped(root, name):
    """At most 12 code cells of 8 lines, no definitions or loops, no stored output."""
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) <= 12
    for cell in code:
        assert not cell.outputs
        assert cell.execution_count is None
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda}
        if "parameters" not in cell.metadata.get("tags", []):
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 8


@pytest.mark.parametrize("name", names())
def test_narrative_comes_in_pairs(root, name):
    """English, then Chinese; one title each; the same sections."""
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    words = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    tags = [cell.metadata["tags"][0] for cell in words]
    assert tags == ["lang:en", "lang:zh"] * (len(words) // 2)
    for language in ("en", "zh"):
        own = [c.source for c in words if c.metadata["tags"][0] == f"lang:{language}"]
        assert sum(source.startswith("# ") for source in own) == 1
    english, chinese = words[::2], words[1::2]
    for first, second in zip(english, chinese, strict=True):
        assert first.source.split()[0] == second.source.split()[0]
        assert first.source.count("\n- ") == second.source.count("\n- ")


def test_the_readme_names_files_that_exist(root):
    """Every path in it."""
    text = (root / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (root / path).exists(), path


def test_nothing_names_a_machine_path(root):
    """No home folder, no workplace, in anything that is shared."""
    found = []
    for file in [*root.glob("*.*"), *(root / "src").rglob("*.py"), *(root / "docs").rglob("*")]:
        if file.is_file() and file.suffix in {".py", ".md", ".yml", ".toml"}:
            text = file.read_text(encoding="utf-8")
            if re.search(r"/(root|home|work|tmp)/[a-z]", text):
                found.append(file.name)
    assert found == []
