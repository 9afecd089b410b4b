"""Take paths and user names of the machine that ran a notebook out of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

HOME = re.compile(r"(?:[A-Za-z]:)?[\\/](?:home|Users)[\\/][^\\/\s'\"<>:]+|(?<![\w.~])/root(?=/|\b)")
WORDS = ("home", "Users", "root")
"""One of them stands in every match; to look for a word is far quicker than for the pattern."""
LONG = 200_000
"""Longer texts are drawings: letters of base64, in which a match would be chance."""


def without_machine_paths(value: Any) -> Any:
    """The notebook with project paths made relative and home folders written ``~``."""
    return _scrub(value, str(Path.cwd()))


def _scrub(value: Any, project: str) -> Any:
    if isinstance(value, str):
        return _text(value, project) if "/" in value or "\\" in value else value
    if isinstance(value, list):
        return [_scrub(item, project) for item in value]
    if isinstance(value, dict):
        # Base64 holds slashes, and no path is worth a damaged drawing.
        return {
            key: item if key == "data" and isinstance(item, str) else _scrub(item, project)
            for key, item in value.items()
        }
    return value


def _text(text: str, project: str) -> str:
    if len(text) > LONG:
        return text
    if len(project) > 1:
        text = text.replace(f"{project}/", "").replace(project, ".")
    return HOME.sub("~", text) if any(word in text for word in WORDS) else text
