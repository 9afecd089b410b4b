"""Shared fixtures, the project's folder and a small dataset to spoil; tables at the end."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path

import pytest

# Threads of linear algebra that outnumber the cores made a run a hundred times slower.
for library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "scripts"))


TESTS_SALT = "2d2fe67e0994510d14be71b647607403ca3f9fb9eadcceb0b04c033eae360a5b"


@pytest.fixture(scope="session", autouse=True)
def _salt(tmp_path_factory):
    """A salt of the tests' own; without one no counts of real data may leave."""
    file = tmp_path_factory.mktemp("salt") / "salt"
    file.touch(mode=0o600)
    file.write_text(TESTS_SALT, encoding="ascii")
    os.environ.setdefault("ANALYSIS_SALT", str(file))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _datasets_kept():
    """Datasets that many tests read are read once, as in a run of reports."""
    from analysis.data.dataset import datasets_kept

    with datasets_kept():
        yield


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    """A private copy of the enterprise zones dataset."""
    return Path(shutil.copytree(ROOT / "data" / "enterprise_zones", tmp_path / "zones"))


@pytest.fixture
def in_root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test runs in the project's folder."""
    monkeypatch.chdir(ROOT)
    return ROOT


@pytest.fixture
def row(request):
    """Keep a line for the table of simulation studies."""
    from tables import STUDIES

    return lambda line: request.node.user_properties.append((STUDIES, str(line)))


def pytest_collection_finish():
    """Look no more for garbage among what was imported and collected: half a second each time.

    It is looked for at many allocations, and whenever statsmodels adjusts p values.
    """
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item, nextitem):
    """The same for what fixtures keep, at the end of every module."""
    if nextitem is not None and item.path != nextitem.path:
        pytest_collection_finish()


def pytest_terminal_summary(terminalreporter, config):
    """Simulation studies whenever some ran; published numbers with ``-vv``, or into ``RECORD``."""
    from tables import HEADS, PUBLISHED, collected, line, record

    reports = [report for found in terminalreporter.stats.values() for report in found]
    for table, head in HEADS.items():
        rows = collected(reports, table)
        if rows and table == PUBLISHED and (file := os.environ.get("RECORD")):
            record(rows, ROOT / file)
        if rows and (table != PUBLISHED or config.get_verbosity() > 0):
            terminalreporter.section(table)
            for text in (*head, *map(line, rows)):
                terminalreporter.write_line(text)
