"""All that the pages of a report are made from, as one digest."""

from __future__ import annotations

from pathlib import Path

from analysis import digest
from analysis.page.wording import LANGUAGES

INPUTS = ("notebook.ipynb", "result.json", "since.json", "status.json")


def inputs_of(folder: Path) -> str:
    """The digest of a report's runs, of the code that makes pages, and of the packages."""
    found = {
        f"{language}/{name}": digest.of_file(folder / language / name)
        for language in LANGUAGES
        for name in INPUTS
        if (folder / language / name).is_file()
    }
    return digest.of_value([found, digest.source("batch", "cli.py"), digest.packages()])
