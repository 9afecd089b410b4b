"""Shorthand for the columns that the tables of published figures are made of."""

from __future__ import annotations

from analysis.data.contract import Column

Choices = tuple[tuple[str, str, str], ...]


def text(name: str, en: str, zh: str, required: bool = True, links_to: str = "") -> Column:
    """Free text, or a code of another table."""
    kind = "code" if links_to else "text"
    return Column(name, kind, en, zh, required=required, links_to=links_to)


def choice(name: str, en: str, zh: str, choices: Choices, required: bool = True) -> Column:
    """One of the words listed."""
    return Column(name, "choice", en, zh, required=required, choices=choices)
