"""One module per method: a panel and options in, a Result out. No registration."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

from analysis.errors import ParamsError, Problem, nearest


def names() -> tuple[str, ...]:
    """Every method, by the name of its file."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load(name: str) -> ModuleType:
    """The module of a method.

    Raises
    ------
    ParamsError: there is no such method.
    """
    if name not in names():
        raise ParamsError([Problem("method", f"'{name}' does not exist", nearest(name, names()))])
    return import_module(f"{__name__}.{name}")


def summary(name: str) -> str:
    """What a method does: the first line of its docstring."""
    return (load(name).__doc__ or "").strip().splitlines()[0]
