"""The command line: one line per command, problems in words, an exit code per kind of error."""

from __future__ import annotations

import gc
import sys

from analysis.cli import check, keep, look, make, new, run
from analysis.cli.project import commands

__all__ = ["check", "commands", "keep", "look", "main", "make", "new", "run"]


def main() -> None:
    """Entry point of ``analysis``."""
    # Notebook schemas hold no address in need of RFC 3987; to build its grammars takes a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        commands(prog_name="analysis")
    finally:
        # Python looks for garbage among all that was imported as it ends, a fifth of a second;
        # DuckDB prints a page about what was not looked through.
        (gc.unfreeze if "duckdb" in sys.modules else gc.freeze)()
