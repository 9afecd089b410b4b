"""The table of published numbers: what was printed, what was obtained, within what, from where."""

from __future__ import annotations

import pytest

ROWS = pytest.StashKey[list]()


@pytest.fixture
def published(request):
    """Compare an obtained number with a published one, and keep the row for the table."""
    rows = request.config.stash.setdefault(ROWS, [])

    def compare(what: str, obtained: float, printed: float, tolerance: float, source: str) -> None:
        rows.append((what, printed, obtained, tolerance, source))
        assert obtained == pytest.approx(printed, abs=tolerance), what

    return compare


def pytest_terminal_summary(terminalreporter, config):
    """The table is shown with ``-vv``."""
    rows = config.stash.get(ROWS, [])
    if rows and config.get_verbosity() > 0:
        terminalreporter.section("published numbers")
        terminalreporter.write_line("| number | published | obtained | tolerance | source |")
        for what, printed, obtained, tolerance, source in rows:
            line = f"| {what} | {printed:g} | {obtained:.5f} | {tolerance:g} | {source} |"
            terminalreporter.write_line(line)
