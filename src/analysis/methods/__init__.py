"""One file per method: a frame and options in, a Result out. No registration.

``estimate("rdd", frame, cutoff=60)`` runs one; calling the package, ``methods()``, lists them.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from analysis.data.frames.frame import require_frame
from analysis.data.frames.panels.panel import Panel
from analysis.errors import AnalysisError, DesignError, ParamsError, Problem, nearest
from analysis.methods.shared.method import Ability, Method
from analysis.params import problems_of
from analysis.result import Result

AnyMethod = Method[Any, Any]


@cache
def names() -> tuple[str, ...]:
    """Every method, by the name of its file."""
    found = pkgutil.iter_modules(__path__)
    return tuple(sorted(module.name for module in found if not module.ispkg))


@cache
def load(name: str) -> AnyMethod:
    """A method by its name.

    Raises
    ------
    ParamsError: there is no such method.
    """
    if name not in names():
        raise ParamsError([Problem("method", f"'{name}' does not exist", nearest(name, names()))])
    found: AnyMethod = import_module(f"{__name__}.{name}").METHOD
    return found


def panel_names() -> tuple[str, ...]:
    """Every method that can answer for a panel."""
    return tuple(name for name in names() if load(name).takes_panel)


def panel_method(name: str) -> Method[Panel, Any]:
    """A method that takes a panel, by its name.

    Raises
    ------
    ParamsError: there is no such method, or it takes another frame.
    """
    known = names()
    if name in known and load(name).takes_panel:
        return load(name)
    what = "takes no panel" if name in known else "does not exist"
    remedy = nearest(name, panel_names()) or f"Use one of {', '.join(panel_names())}"
    raise ParamsError([Problem("method", f"'{name}' {what}", remedy)])


def that_can(ability: Ability) -> AnyMethod:
    """The first method that declares an ability, such as being the count model."""
    return next(method for method in map(load, names()) if ability in method.can)


def estimate(name: str, frame: pd.DataFrame | Panel, *, seed: int = 1, **options: Any) -> Result:
    """The result of a method by its name, for a frame and options.

    Parameters
    ----------
    name: one of ``methods()``, such as ``"rdd"``.
    frame: a DataFrame with the method's columns, or a Panel for methods that compare regions.
    seed: decides all randomness; the same seed gives the same result.

    Raises
    ------
    ParamsError: the method or an option is unknown or of the wrong type.
    DesignError, EstimationError: the frame does not fit, or no number can be had from it.
    """
    method = load(name)
    wrong = list(option_problems(method, options))
    if problems := [*wrong, *_frame_problems(method, frame)]:
        raise (ParamsError if wrong else DesignError)(problems)
    return method.estimate(frame, method.options.read(options), np.random.default_rng(seed))


def option_problems(
    method: AnyMethod, given: Mapping[str, Any], within: str = "", fixed: Sequence[str] = ()
) -> Iterator[Problem]:
    """Options that are unknown or of the wrong type.

    Parameters
    ----------
    within: the parameter that holds them, if any. fixed: options that are set elsewhere.
    """
    free = [name for name in method.options.model_fields if name not in fixed]
    for name in given:
        if name not in free and name not in fixed:
            what = f"is not an option of method '{method.name}'"
            yield Problem(f"{within}, {name}" if within else name, what, nearest(name, free))
    try:
        method.options.read({name: given[name] for name in given if name in free})
    except ValidationError as error:
        yield from problems_of(error, method.options, within or f"options of '{method.name}'")


def _frame_problems(method: AnyMethod, frame: object) -> tuple[Problem, ...]:
    """What keeps a method from taking a frame, with the columns it needs."""
    wanted = Panel if method.takes_panel else pd.DataFrame
    if not isinstance(frame, wanted):
        needs = ", ".join(_columns(method))
        what = f"is a {type(frame).__name__}; method '{method.name}' takes a {wanted.__name__}"
        remedy = f"One row is {method.takes.en}, with the columns {needs}"
        if method.takes_panel:
            remedy = f"Make one with analysis.panel(data, …). {remedy}"
        return (Problem("frame", what, remedy),)
    if isinstance(frame, Panel):
        lacking = len(frame.regions) * len(frame.periods) - len(frame.frame)
        what = f"lacks {lacking} of its rows, one for each region and period"
        remedy = "Make it with analysis.panel(data, …), which has one for each"
        return (Problem("frame", what, remedy),) if lacking else ()
    try:
        require_frame(frame, method.takes)
    except AnalysisError as error:
        return error.problems
    return ()


def _columns(method: AnyMethod) -> list[str]:
    return [c.name if c.required else f"({c.name})" for c in method.takes.columns]


def table(language: str = "en") -> pd.DataFrame:
    """Every method: what it does, the frame it takes (optional columns in brackets), options."""
    rows = [
        {
            "method": method.name,
            "does": method.words["line"].of(language),
            "takes": "Panel" if method.takes_panel else ", ".join(_columns(method)),
            "options": ", ".join(method.options.model_fields),
        }
        for method in map(load, names())
    ]
    return pd.DataFrame(rows).set_index("method")


class _Callable(ModuleType):
    """The package itself, which researchers call: the face's ``methods()`` bears its name."""

    def __call__(self, language: str = "en") -> pd.DataFrame:
        return table(language)


sys.modules[__name__].__class__ = _Callable
