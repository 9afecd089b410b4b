"""Rows for the table of published numbers, which ``tests/conftest.py`` prints; written worlds."""

from __future__ import annotations

import pytest

from analysis.simulated.province_records import write
from analysis.simulated.worlds import Options
from tables import PUBLISHED
from written import Written


@pytest.fixture
def published(request):
    """Compare an obtained number with a published one, and keep the row for the table."""

    def compare(what: str, obtained: float, printed: float, tolerance: float, source: str) -> None:
        row = f"| {what} | {printed:g} | {obtained:.5f} | {tolerance:g} | {source} |"
        request.node.user_properties.append((PUBLISHED, row))
        assert obtained == pytest.approx(printed, abs=tolerance), what

    return compare


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Each world once, as large as the demonstration."""
    kept: dict[str, Written] = {}

    def get(world: str) -> Written:
        if world not in kept:
            folder = tmp_path_factory.mktemp("worlds") / world
            kept[world] = Written(write(Options(world=world), folder))
        return kept[world]

    return get


@pytest.fixture(params=["plain", "gaming", "null"])
def world(request, written) -> Written:
    """One world after another."""
    return written(request.param)
