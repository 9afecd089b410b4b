"""Digests: of plain values, files, the package's source and the installed packages."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker

DISTRIBUTION = "regional-regulation-analysis"
"""What installers call this package."""
VERSION = "0.1.0"
PACKAGE = Path(__file__).parent
ABOVE = ("batch", "publish", "cli", "starter")
"""What stands above notebooks: no layer below imports it, so no number can depend on it."""

COMPUTED_WITH = ("numpy", "pandas")
MADE_WITH = ("matplotlib", "papermill")
"""Behind every page, beside the libraries that its numbers went through."""
NUMERIC = ("analysis.methods.", "analysis.stats.")
IMPORTED = re.compile(
    r"^[ \t]*(?:import[ \t]+([\w.]+)|from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+))",
    re.MULTILINE,
)

REQUIRED = re.compile(r"^Requires-Dist: ([\w.-]+) *(?:\[([^]]*)\])?([^\n]*)", re.MULTILINE)
EXTRA = re.compile(r"""extra == ['"]([^'"]+)""")


def of_value(value: Any) -> str:
    """SHA-256 of a plain value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def of_bytes(data: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def of_file(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@lru_cache
def source(*leave_out: str) -> dict[str, str]:
    """Digests by file of this package, without the folders or files named."""
    files = (file for file in PACKAGE.rglob("*") if file.is_file())
    named = {file.relative_to(PACKAGE): file for file in files if "__pycache__" not in file.parts}
    return {
        name.as_posix(): of_file(file)
        for name, file in sorted(named.items())
        if name.parts[0] not in leave_out
    }


@lru_cache
def packages() -> dict[str, str]:
    """Python and the packages that this one needs, directly or not, by version.

    What else is installed, such as what tests need, can move no number and makes no report due.
    """
    folders = _installed(sys.path)
    found = {"python": platform.python_version()}
    this_package = _normal_name(DISTRIBUTION)
    # Source that runs without being installed does not say what it needs.
    waiting = [(name, "") for name in ([this_package] if this_package in folders else folders)]
    asked = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        if name not in folders:
            continue
        found[name] = folders[name].name.removesuffix(".dist-info").partition("-")[2]
        more = set(_requirements(folders[name], extra)) - asked
        asked |= more
        waiting += more
    return dict(sorted(found.items()))


def _installed(paths: Iterable[str]) -> dict[str, Path]:
    """The folder that describes each installed package; the first on the path is the one used."""
    folders = [path for path in reversed([*paths]) if os.path.isdir(path)]
    found = [Path(path, name) for path in folders for name in os.listdir(path)]
    described = [each for each in found if each.suffix == ".dist-info"]
    return {_normal_name(each.name.partition("-")[0]): each for each in described}


def _requirements(folder: Path, extra: str) -> Iterator[tuple[str, str]]:
    """The packages, with extras, that an installed package requires, for one of its extras or none.

    Read line by line: importlib.metadata and packaging take 0.8 s for 136 packages, this 0.03 s.
    """
    file = folder / "METADATA"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    for name, extras, condition in REQUIRED.findall(text):
        only_with = EXTRA.search(condition)
        if (only_with[1] if only_with else "") == extra and _condition_met(condition, extra):
            yield _normal_name(name), ""
            yield from ((_normal_name(name), each.strip()) for each in extras.split(",") if each)


def _condition_met(condition: str, extra: str) -> bool:
    """Whether a requirement's condition on Python or system, after its semicolon, is met here."""
    marker = condition.partition(";")[2]
    return not marker or Marker(marker).evaluate({"extra": extra})


def _normal_name(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def software(*modules: str) -> str:
    """Versions of Python, this package, and what made a page and its numbers, in one line.

    Parameters
    ----------
    modules: what the numbers were worked out in, such as a report's or a method's; libraries that
    these and what they import of ``stats`` compute with are named.
    """
    named = (*COMPUTED_WITH, *libraries(*modules), *MADE_WITH)
    others = "; ".join(f"{name} {_described(name)[1]}" for name in named)
    return f"Python {platform.python_version()}; analysis {VERSION}; {others}"


def libraries(*modules: str) -> list[str]:
    """Distributions that modules, and all of ``methods`` and ``stats`` they reach, compute with.

    Read from their source: what is imported only where it is needed counts too.
    """
    waiting, seen, found = list(modules), set(modules), set[str]()
    while waiting:
        module = waiting.pop()
        names = _imported(module) if module.startswith("analysis") else {module}
        if not module.startswith("analysis") or module.startswith(NUMERIC):
            found |= {name.split(".")[0] for name in names}
        new = {name for name in names if name.startswith("analysis")} - seen
        seen |= new
        waiting += new
    found -= {*sys.stdlib_module_names, *COMPUTED_WITH, "analysis", "pydantic"}
    return sorted(_described(name)[0] for name in found)


@cache
def _described(distribution: str) -> tuple[str, str]:
    """Name and version of what is installed; each look takes milliseconds."""
    found = metadata.metadata(distribution)
    return str(found["Name"]), str(found["Version"])


@cache
def _imported(module: str) -> frozenset[str]:
    """What a module of this package imports anywhere in it: modules, and names in them."""
    path = PACKAGE.parent / module.replace(".", "/")
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            found = IMPORTED.findall(file.read_text(encoding="utf-8"))
            names = [(origin, re.findall(r"\w+", listed)) for _, origin, listed in found]
            within = {f"{origin}.{name}" for origin, all_of in names for name in all_of}
            return frozenset({plain or origin for plain, origin, _ in found} | within)
    return frozenset()
