"""Imports without what they never use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMAR = "rfc3987_syntax"


@contextmanager
def without_grammar() -> Iterator[None]:
    """Keep a grammar of web addresses out of imports that follow.

    jsonschema, which nbformat imports, builds it in a second of every process, and does without
    where it is not installed; nothing that a notebook is checked against names an address.
    """
    if GRAMMAR in sys.modules:
        yield
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[GRAMMAR]
