"""List the sentences of the code that the Chinese catalogues lack, and those no code uses.

    python scripts/messages.py

Exits with 1 where a sentence is missing, orphaned, twice or in two ways, or where its fields
differ in translation.
Sentences of one report stand in its own folder, those of several in ``page/locale``.
"""

from __future__ import annotations

import ast
import re
import string
import sys
from pathlib import Path

from analysis.page.wording import catalogue, catalogues, translations

SOURCE = Path(__file__).resolve().parents[1] / "src" / "analysis"
ROOMS = ("page", "reports", "publish")
CALLS = {"say", "t", "translate"}
CHINESE_ONLY = {"measure"}
"""Fields that English does without: the measure word of an outcome."""


def messages(folder: Path) -> set[str]:
    """Every sentence given to a translator below a folder, or held in a ``*_WORDS`` table."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= _of_call(node) | _of_table(node) | _of_choice(node)
    for file in folder.rglob("*.j2"):
        found |= _of_template(file.read_text(encoding="utf-8"))
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _of_call(node: ast.AST) -> set[str]:
    """``say("…")``, ``brief.say("…")`` and ``translator(language)("…")``."""
    if not isinstance(node, ast.Call) or not node.args:
        return set()
    made = isinstance(node.func, ast.Call) and _name(node.func.func) == "translator"
    first = node.args[0]
    if (made or _name(node.func) in CALLS) and isinstance(first, ast.Constant):
        return {first.value}
    return set()


def _of_table(node: ast.AST) -> set[str]:
    """The values of a module's ``*_WORDS`` table or sentence."""
    target = None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    if target is None or not _name(target).endswith("_WORDS"):
        return set()
    if isinstance(node.value, ast.Constant):
        return {node.value.value}
    if not isinstance(node.value, ast.Dict):
        return set()
    return {
        value.value
        for value in node.value.values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def _of_choice(node: ast.AST) -> set[str]:
    """``text = "…" if … else "…"``, both of which are said later."""
    if isinstance(node, ast.Assign) and _name(node.targets[0]) == "text":
        choice = node.value
        if isinstance(choice, ast.IfExp):
            parts = (choice.body, choice.orelse)
            return {p.value for p in parts if isinstance(p, ast.Constant)}
    return set()


def _of_template(text: str) -> set[str]:
    """``say("…")`` inside a Jinja template."""
    found = set()
    for match in re.finditer(r"""\b(?:say|t)\(\s*(["'])(.+?)\1""", text):
        found.add(match.group(2))
    return found


def fields(text: str) -> set[str]:
    """The names of a sentence's fields."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def shared() -> set[str]:
    """Every sentence whose Chinese stands in no single report."""
    files = [file for file in catalogues("zh") if file.name != "zh.po"]
    return {text for file in files for text in translations(file)}


def two_ways() -> set[str]:
    """Every sentence that two files say in other words: what is read last would hold in both."""
    found: dict[str, str] = {}
    pairs = [pair for file in catalogues("zh") for pair in translations(file).items()]
    return {text for text, chinese in pairs if found.setdefault(text, chinese) != chinese}


def problems() -> list[str]:
    """Everything that keeps the languages from matching."""
    everything = {text for room in ROOMS for text in messages(SOURCE / room)}
    found = [f"missing: {text}" for text in sorted(everything - catalogue("zh").keys())]
    found += [f"orphaned: {text}" for text in sorted(shared() - everything)]
    found += [f"in two ways: {text}" for text in sorted(two_ways())]
    for file in (SOURCE / "reports").glob("*/zh.po"):
        said, known = messages(file.parent), translations(file).keys()
        name = f"reports/{file.parent.name}"
        found += [f"missing in {name}: {text}" for text in sorted(said - known - shared())]
        found += [f"orphaned in {name}: {text}" for text in sorted(known - said)]
        found += [f"twice, in {name} and for all: {text}" for text in sorted(known & shared())]
    found += [
        f"fields differ: {text}"
        for text, translated in sorted(catalogue("zh").items())
        if not fields(translated) <= fields(text) | CHINESE_ONLY
    ]
    return found


if __name__ == "__main__":
    listed = problems()
    print("\n".join(listed) or "every sentence stands in both languages")
    sys.exit(bool(listed))
