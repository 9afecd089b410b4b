"""Shared fixtures: the project's folder, and a small dataset to spoil."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    """A private copy of the enterprise zones dataset."""
    return Path(shutil.copytree(ROOT / "data" / "enterprise_zones", tmp_path / "zones"))


@pytest.fixture
def in_root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test runs in the project's folder."""
    monkeypatch.chdir(ROOT)
    return ROOT
