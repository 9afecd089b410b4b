"""Check a change in under a minute: style, types, layers, sentences, and the tests nearest to it.

    python scripts/quick.py [--list]

A change is what differs from where the branch left ``main``, uncommitted and new files included.
A test file is near if it imports a changed module; next come those that import what imports it,
and so on. The nearest run first until their time is over; what was left out is said.
``--list`` only lists them.
"""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
SECONDS = 52.0
"""After which tests are stopped: the rest of the minute is for what begins and ends them."""
FARTHEST = 3
"""Steps of import between a changed module and what a test imports."""
ALWAYS = ("tests/unit/test_project.py",)
READ_BY = {
    "src/analysis/publish/template": "analysis.publish.pages.templates",
    "src/analysis/page/charts": "analysis.page.charts.style",
    "notebooks": "analysis.reports.kind",
    "params": "analysis.batch.suites",
    "data/published": "analysis.data.published",
}
"""The module that reads the files of a folder which are no Python."""
CHECKS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("lint-imports", "--no-cache"),
    ("python", "scripts/messages.py"),
)


class Reached:
    """Remembers for pytest's end which files of tests were reached."""

    def __init__(self) -> None:
        self.files: set[str] = set()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """After each test."""
        self.files.add(nodeid.partition("::")[0])


def changed_files() -> list[str]:
    """Paths that differ from the branch point, relative to the project."""
    known = _git("branch", "--all", "--format=%(refname:short)")
    base = next((name for name in ("origin/main", "main") if name in known), "HEAD")
    (point,) = _git("merge-base", "HEAD", base)
    return sorted(
        {*_git("diff", "--name-only", point), *_git("ls-files", "-o", "--exclude-standard")}
    )


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def nearest_tests(changed: Iterable[str]) -> list[str]:
    """Test files to run, nearest first."""
    changed = set(changed)
    distance = _distances({name for file in changed if (name := _module_of(file))})
    ranked = []
    for file in sorted(TESTS.rglob("test_*.py")):
        name = file.relative_to(ROOT).as_posix()
        read = _files_read(file)
        if name in ALWAYS or changed & {item.relative_to(ROOT).as_posix() for item in read}:
            ranked.append((0, name))
            continue
        steps = [distance[module] for item in read for module in _imports(item) & distance.keys()]
        if steps:
            ranked.append((1 + min(steps), name))
    return [name for _, name in sorted(ranked)]


def _module_of(file: str) -> str:
    """The module that a file is or that reads it, or nothing."""
    if file.startswith("src/analysis/") and file.endswith(".py"):
        name = file.removeprefix("src/").removesuffix(".py").replace("/", ".")
        return name.removesuffix(".__init__")
    return next((module for folder, module in READ_BY.items() if file.startswith(folder)), "")


def _distances(modules: set[str]) -> dict[str, int]:
    """Steps of import from the changed modules to those that import them."""
    graph = grimp.build_graph("analysis", cache_dir=None)
    distance: dict[str, int] = {}
    edge = modules & graph.modules
    for steps in range(FARTHEST + 1):
        distance |= dict.fromkeys(edge, steps)
        importers = (graph.find_modules_that_directly_import(module) for module in edge)
        edge = set().union(*importers) - distance.keys()
    return distance


def _files_read(test: Path) -> set[Path]:
    """A test file with the helpers beside it that it imports."""
    helpers = {file.stem: file for folder in (TESTS, test.parent) for file in folder.glob("*.py")}
    return {test} | {helpers[name] for name in _imports(test) & helpers.keys()}


def _imports(file: Path) -> set[str]:
    """Modules that a file imports, ``from a import b`` as both ``a`` and ``a.b``."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def run_tests(files: list[str], end: float) -> int:
    """The exit code of pytest, stopped at the end, in the midst of a test if need be.

    Says what the time did not allow.
    """
    reached = Reached()
    signal.signal(signal.SIGALRM, lambda *_: pytest.exit("the time is over", returncode=0))
    signal.setitimer(signal.ITIMER_REAL, max(end - time.monotonic(), 1.0))
    marks = "not validate and not notebooks and not browser"
    code = pytest.main(["-q", "--exitfirst", "-m", marks, *files], plugins=[reached])
    in_time = signal.setitimer(signal.ITIMER_REAL, 0)[0] > 0
    left_out = [file for file in files if file not in reached.files]
    if left_out and not in_time:
        print(f"No time was left for {len(left_out)} files, farther from the change:")
        print("  " + "\n  ".join(left_out))
    # Where the time is over while files are read, pytest takes one for wrong or empty.
    cut_off = {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED}
    nothing = {pytest.ExitCode.NO_TESTS_COLLECTED} | (set() if in_time else cut_off)
    return 0 if code in nothing else int(code)


def main() -> int:
    """Run everything; returns 0 where it all holds."""
    end = time.monotonic() + SECONDS
    files = nearest_tests(changed_files())
    if "--list" in sys.argv:
        print("\n".join(files))
        return 0
    tools = Path(sys.executable).parent
    types = subprocess.Popen([tools / "mypy"], cwd=ROOT)
    failed = [
        f"{name} {arguments[0]}"
        for name, *arguments in CHECKS
        if subprocess.run([tools / name, *arguments], cwd=ROOT, check=False).returncode
    ]
    failed += ["pytest"] * (run_tests(files, end) != 0)
    failed += ["mypy"] * (types.wait() != 0)
    print(f"Failed: {', '.join(failed)}" if failed else "All held. make test runs everything.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
