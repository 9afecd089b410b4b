"""What a project has published of protected counts: its memory of them, and its site's record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis.project import build_folder

MEMORY = ".protected"
"""The folder of a project in which is kept what counts were when they were published."""
RECORD = "rested.json"
"""The file of a site that tells what its reports rest on."""


def protected_before(project: Path) -> bool:
    """Whether counts of data that are not invented were drawn, and have left or may have."""
    memory, record = project / MEMORY, site_record(project)
    if memory.is_dir() and any(memory.iterdir()):
        return True
    parts = (part for one in record for part in (one, *one.get("beside", ())))
    return any(part.get("draw") and not _invented(project, part) for part in parts)


def published_editions(project: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Of each report of the site its dataset, and by outcome the mark of the counts it shows."""
    yield from (
        (str(one.get("dataset", "")), one.get("editions", {})) for one in site_record(project)
    )


def site_record(project: Path) -> list[dict[str, Any]]:
    """What each report of the project's own site rests on; publishing refuses a broken record."""
    file = project / build_folder() / "site" / RECORD
    return _reports_in(file, file.stat().st_mtime_ns) if file.is_file() else []


@lru_cache(maxsize=2)
def _reports_in(file: Path, modified: int) -> list[dict[str, Any]]:  # noqa: ARG001  read anew
    """Read once for hundreds of outcomes: of ten thousand reports it takes a while."""
    try:
        found = json.loads(file.read_bytes())
        return [one for one in found.values() if isinstance(one, dict)]
    except (OSError, ValueError, AttributeError):
        return []


def _invented(project: Path, part: Mapping[str, Any]) -> bool:
    """Whether the data of a part are simulated, whose salt everyone knows."""
    try:
        about = yaml.safe_load((project / part["dataset"] / "dataset.yml").read_text("utf-8"))
        return bool(about["status"] == "simulated")
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return False
