"""Rows for the table of published numbers, which ``tests/conftest.py`` prints; written worlds."""

from __future__ import annotations

import csv

import pytest

from analysis.simulated.province_records import write
from analysis.simulated.worlds import Options
from tables import PUBLISHED
from written import Written


@pytest.fixture(scope="session")
def stored(root) -> dict[tuple[str, str, str], float]:
    """The numbers of ``data/methods`` by method, name and source."""
    with (root / "data/methods/published.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["method"], r["number"], r["source"]): float(r["obtained"]) for r in rows}


@pytest.fixture
def published(request, stored):
    """Compare an obtained number with a published one, and keep the row for the table."""

    def compare(what: str, obtained: float, printed: float, tolerance: float, source: str) -> None:
        # A module of published numbers says which method they are of: METHOD.
        numbers = [float(printed), float(obtained), float(tolerance)]
        row = [request.module.METHOD, what, *numbers, source, request.node.nodeid]
        request.node.user_properties.append((PUBLISHED, row))
        assert obtained == pytest.approx(printed, abs=tolerance), what
        # The page of the methods tells what is stored.
        known = stored.get((request.module.METHOD, what, source), numbers[1])
        assert numbers[1] == pytest.approx(known, rel=1e-4, abs=1e-6), f"{what}: record it anew"

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
