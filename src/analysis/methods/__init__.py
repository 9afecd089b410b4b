"""One module per method: a panel and options in, a Result out. No registration."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from analysis.data.frames.columns import Names, OnPages, texts
from analysis.data.frames.design import MINIMUM_BEFORE, require_comparison
from analysis.data.frames.panel import Panel
from analysis.errors import ParamsError, Problem, nearest
from analysis.params import PanelQuestion, problems_of

PANEL = "panel"
"""``INPUT`` of methods that compare regions over time."""
OF_THE_QUESTION = ("comparison", "level")
"""Options of methods that parameters of the question set, for every method alike."""
OPTIONS = "method_options"


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


def shared_options(params: PanelQuestion, name: str) -> dict[str, Any]:
    """What a question asks of any method, as far as that knows it.

    Periods in which effects may already show are among it: they are a matter of the intervention.
    """
    wanted = {option: getattr(params, option) for option in OF_THE_QUESTION}
    if "anticipation" in params.method_options:
        wanted["anticipation"] = params.method_options["anticipation"]
    return known_options(for_panel(name), wanted)


def own_options(params: PanelQuestion) -> dict[str, Any]:
    """What a question asks of its own method, with the options set for it.

    Raises
    ------
    ParamsError: an option is unknown or of the wrong type.
    """
    module = for_panel(params.method)
    if problems := list(_option_problems(module, params)):
        raise ParamsError(problems)
    given = _read(module, params.method_options).model_dump(exclude_unset=True)
    return {**shared_options(params, params.method), **given}


def option_problems(params: PanelQuestion, columns: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with a question's method and the options set for it.

    Parameters
    ----------
    columns: what the dataset offers, with its kind, from ``data.columns.offered``.
    """
    try:
        module = for_panel(params.method)
    except ParamsError as error:
        return list(error.problems)
    found = [*_option_problems(module, params), *_column_problems(module, params, columns)]
    return sorted(found, key=lambda problem: problem.where)


def _read(module: ModuleType, given: Mapping[str, Any]) -> Any:
    # As JSON: a list of YAML is a tuple of the model there, and nothing else is converted.
    return module.Options.model_validate_json(json.dumps(given))


def _option_problems(module: ModuleType, params: PanelQuestion) -> Iterator[Problem]:
    """Options that are unknown, set elsewhere, of the wrong type, or not for pages."""
    fields = module.Options.model_fields
    free = [name for name in fields if name not in OF_THE_QUESTION]
    given = {name: value for name, value in params.method_options.items() if name in free}
    for name in params.method_options:
        if name in OF_THE_QUESTION:
            what, remedy = "is set by a parameter of its own", f"Set {name} beside {OPTIONS}"
            yield Problem(f"{OPTIONS}, {name}", what, remedy)
        elif name not in free:
            what = f"is not an option of method '{params.method}'"
            yield Problem(f"{OPTIONS}, {name}", what, nearest(name, free))
    try:
        _read(module, given)
    except ValidationError as error:
        yield from problems_of(error, module.Options, OPTIONS)
    for name, value in given.items():
        marks = [mark for mark in fields[name].metadata if isinstance(mark, OnPages)]
        if any(value not in mark.values for mark in marks):
            what = "gives no relative change, which is what a page speaks of"
            yield Problem(f"{OPTIONS}, {name}", what, "Leave it out, or call the method in Python")


def _column_problems(
    module: ModuleType, params: PanelQuestion, columns: Mapping[str, str]
) -> Iterator[Problem]:
    """Columns that the dataset does not offer, or not for such an option."""
    for name, value in params.method_options.items():
        field = module.Options.model_fields.get(name)
        for mark in (m for m in (field.metadata if field else ()) if isinstance(m, Names)):
            fit = [column for column, kind in columns.items() if kind in mark.kinds]
            for text in texts(value):
                if text and text not in fit:
                    known = "is of a kind that this option does not take"
                    what = known if text in columns else "is no column that this dataset offers"
                    remedy = nearest(text, fit) or "This dataset offers none for this option"
                    yield Problem(f"{OPTIONS}, {name}, '{text}'", what, remedy)


def check_panel(
    name: str, panel: Panel, comparison: str, options: Mapping[str, Any] | None = None
) -> None:
    """Refuse a panel that the method cannot carry, before anything is estimated.

    A method with needs of its own, such as one for a single region, has a function
    ``check_panel(panel)``; others need a comparison of several regions. One whose options depend
    on one another or on the panel has ``check_options(panel, options)``.

    Raises
    ------
    ParamsError, DesignError: the method does not fit, or the panel lacks something.
    """
    module, given = for_panel(name), dict(options or {})
    if hasattr(module, "check_panel"):
        module.check_panel(panel)
    else:
        before = max(MINIMUM_BEFORE, 1 + given.get("anticipation", 0))
        require_comparison(panel, comparison, before)
    if hasattr(module, "check_options"):
        module.check_options(panel, module.Options(**given))
