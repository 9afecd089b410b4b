"""No layer but ``methods`` knows a method by its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import analysis
from analysis import methods

SOURCE = Path(analysis.__file__).parent
ORDINARY = {"agreement", "counts", "meta", "rates", "survival", "synthetic_control"}
"""Names that are also words of the field: refused where a name is asked for or compared."""
ASKS = {"load", "panel_method", "options_for", "estimate", "run", "Specification", "Answer"}


def called(node: ast.expr) -> str:
    """The last part of a function's name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def asked_for(tree: ast.AST) -> set[int]:
    """Literals that are compared, or given to what takes the name of a method."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            found |= {
                id(item) for side in (node.left, *node.comparators) for item in ast.walk(side)
            }
        if isinstance(node, ast.Call):
            given = [k.value for k in node.keywords if k.arg in ("method", "methods")]
            given += node.args if called(node.func) in ASKS else []
            found |= {id(item) for side in given for item in ast.walk(side)}
    return found


def defaults(tree: ast.AST) -> set[int]:
    """Literals that are defaults of a model's fields."""
    return {
        id(item.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and item.value is not None
    }


def names_in(source: str, module: str) -> list[str]:
    """Names of methods that a module tests, asks for or holds; models of parameters may."""
    tree = ast.parse(source)
    asked, free = asked_for(tree), defaults(tree) if module == "params" else set()
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and node.value in methods.names()
        and id(node) not in free
        and (node.value not in ORDINARY or id(node) in asked)
    ]


@pytest.mark.parametrize(
    "file",
    [f for f in sorted(SOURCE.rglob("*.py")) if f.relative_to(SOURCE).parts[0] != "methods"],
    ids=lambda file: str(file.relative_to(SOURCE)),
)
def test_no_other_layer_holds_the_name_of_a_method(file):
    """A method says what it can do; who needs that asks for the ability."""
    assert names_in(file.read_text(encoding="utf-8"), file.stem) == []


@pytest.mark.parametrize(
    ("source", "module", "found"),
    [
        ("if result.method == 'counts': pass", "verdict", ["counts"]),
        ("load('rates')", "brief", ["rates"]),
        ("say('counts')", "summary", []),
        ("WORDS = {'two_way': 'x'}", "tables", ["two_way"]),
        ("class Question(Params):\n    method: str = 'did'", "params", []),
        ("class Question:\n    method: str = 'did'", "brief", ["did"]),
    ],
)
def test_a_name_is_found_where_it_is_asked_for(source, module, found):
    """The guard above can fail."""
    assert names_in(source, module) == found
