"""Tables that tests fill row by row and that stand at the end of a run, however many processes."""

from __future__ import annotations

from typing import Any

PUBLISHED, STUDIES = "published numbers", "simulation studies"
HEADS = {
    PUBLISHED: (
        "| number | published | obtained | tolerance | source |",
        "|---|---|---|---|---|",
    ),
    STUDIES: (
        "| study | worlds | truth | bias (error) | covered (error) | refused |",
        "|---|---|---|---|---|---|",
    ),
}


def collected(reports: list[Any], table: str) -> list[str]:
    """Rows of a table in the reports of tests, in order of the tests' names."""
    ran = sorted((r for r in reports if getattr(r, "when", "") == "call"), key=lambda r: r.nodeid)
    return [line for r in ran for name, line in r.user_properties if name == table]
