"""What the pages of a report are made from."""

from __future__ import annotations

from analysis import digest
from analysis.publish.site.record import Runs

INPUTS = ("notebook.ipynb", "result.json", "since.json", "status.json")
"""What a run leaves for its page."""


def inputs_of(one: Runs) -> str:
    """One digest of all that a report's pages are made from: its runs, the code, the packages."""
    found = {
        f"{language}/{name}": digest.of_file(one.folder / language / name)
        for language in one.languages
        for name in INPUTS
        if (one.folder / language / name).is_file()
    }
    return digest.of_value([found, digest.source("batch", "cli"), digest.packages()])
