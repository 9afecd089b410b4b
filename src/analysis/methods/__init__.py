"""One module per method: a panel and options in, a Result out. No registration."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from analysis.data.design import require_comparison
from analysis.data.panel import Panel
from analysis.errors import ParamsError, Problem, nearest

PANEL = "panel"
"""``INPUT`` of methods that compare regions over time."""


@cache
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


def kind_of(module: ModuleType) -> str:
    """The kind of frame a method takes."""
    return module.INPUT if isinstance(module.INPUT, str) else str(module.INPUT.kind)


def panel_names() -> tuple[str, ...]:
    """Every method that can answer for a panel."""
    return tuple(name for name in names() if kind_of(load(name)) == PANEL)


def for_panel(name: str) -> ModuleType:
    """The module of a method that takes a panel.

    Raises
    ------
    ParamsError: there is no such method, or it takes another frame.
    """
    known = names()
    if name in known and kind_of(load(name)) == PANEL:
        return load(name)
    what = "takes no panel" if name in known else "does not exist"
    remedy = nearest(name, panel_names()) or f"Use one of {', '.join(panel_names())}"
    raise ParamsError([Problem("method", f"'{name}' {what}", remedy)])


def knows(module: ModuleType, option: str) -> bool:
    """Whether a method has an option of this name, which says what it can do."""
    return option in module.Options.model_fields


def known_options(module: ModuleType, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the wanted options that the method has."""
    return {name: value for name, value in wanted.items() if knows(module, name)}


def check_panel(name: str, panel: Panel, comparison: str) -> None:
    """Refuse a panel that the method cannot carry, before anything is estimated.

    A method with needs of its own, such as one for a single region, has a function
    ``check_panel(panel)``; others need a comparison of several regions.

    Raises
    ------
    ParamsError, DesignError: the method does not fit, or the panel lacks something.
    """
    module = for_panel(name)
    if hasattr(module, "check_panel"):
        module.check_panel(panel)
    else:
        require_comparison(panel, comparison)
