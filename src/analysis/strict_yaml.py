"""YAML as plain values, without tags, repeated keys or bombs: one reader for what people write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import AnalysisError, ContractError, Problem

LARGEST = 1 << 20
MOST_ALIASES = 20
"""Each alias can double what a file unfolds to; nobody needs more."""


UNQUOTED = "holds a code or a time of day without quotation marks"


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Refuses keys that stand twice, of which YAML takes the last, and numbers that are none.

    YAML reads ``010203`` as an octal number and ``12:30`` as 750: neither is what was meant.
    """

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        if re.match(r"[-+]?0[0-9_]|.*:", node.value):
            raise yaml.MarkedYAMLError(problem=UNQUOTED, problem_mark=node.start_mark)
        whole: int = super().construct_yaml_int(node)
        return whole

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    mark = key.start_mark
                    raise yaml.MarkedYAMLError(problem="is there twice", problem_mark=mark)
                seen.add(key.value)
        plain: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return plain


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_yaml_int)


def read_yaml(file: Path, refusal: type[AnalysisError] = ContractError) -> Any:
    """The content of a YAML file.

    Raises
    ------
    AnalysisError, as ``refusal``: not YAML in UTF-8, a tag, a key twice, or too much; with the row.
    """
    where = file.name
    if file.stat().st_size > LARGEST:
        raise refusal([Problem(where, f"is larger than {LARGEST >> 20} MiB")])
    try:
        text = file.read_text(encoding="utf-8-sig")
        if text.count("*") > MOST_ALIASES and _count_aliases(text) > MOST_ALIASES:
            what, remedy = f"repeats itself by more than {MOST_ALIASES} aliases", "Write it out"
            raise refusal([Problem(where, what, remedy)])
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a safe loader that refuses more
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise refusal([_yaml_problem(error, where)]) from None


def _count_aliases(text: str) -> int:
    return sum(isinstance(token, yaml.AliasToken) for token in yaml.scan(text))


def _yaml_problem(error: Exception, where: str) -> Problem:
    line = getattr(getattr(error, "problem_mark", None), "line", None)
    where = where if line is None else f"{where}, row {line + 1}"
    if isinstance(error, yaml.constructor.ConstructorError) and "tag" in str(error.problem):
        return Problem(where, "holds a YAML tag", "Write plain words, numbers, lists and maps")
    if getattr(error, "problem", "") == UNQUOTED:
        return Problem(where, UNQUOTED, "Put codes and times of day in quotation marks")
    if getattr(error, "problem", "") == "is there twice":
        return Problem(where, "repeats a key", "Keep one of the two")
    remedy = "Mind colons, blanks and quotation marks"
    return Problem(where, "is not readable YAML in UTF-8", remedy)
