"""Rows for the table of published numbers, which ``tests/conftest.py`` prints."""

from __future__ import annotations

import pytest

from tables import PUBLISHED


@pytest.fixture
def published(request):
    """Compare an obtained number with a published one, and keep the row for the table."""

    def compare(what: str, obtained: float, printed: float, tolerance: float, source: str) -> None:
        row = f"| {what} | {printed:g} | {obtained:.5f} | {tolerance:g} | {source} |"
        request.node.user_properties.append((PUBLISHED, row))
        assert obtained == pytest.approx(printed, abs=tolerance), what

    return compare
