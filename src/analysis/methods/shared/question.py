"""What the parameters of a report ask of its own method, and of the others beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from analysis import methods
from analysis.data.frames.names import Names, OnPages, texts
from analysis.data.frames.panels.panel import Panel
from analysis.errors import ParamsError, Problem, nearest
from analysis.params import PanelQuestion

OF_THE_QUESTION = ("comparison", "level")
"""Options of methods that parameters of the question set, for every method alike."""
OPTIONS = "method_options"
Mark = TypeVar("Mark", Names, OnPages)


def options_for(question: PanelQuestion, name: str) -> dict[str, Any]:
    """What a question asks of a method, as far as that knows it.

    Options set for the question's own method are asked of that alone, but for periods in which
    effects may already show: they are a matter of the intervention.

    Raises
    ------
    ParamsError: an option is unknown or of the wrong type.
    """
    method = methods.panel_method(name)
    asked = {option: getattr(question, option) for option in OF_THE_QUESTION}
    if "anticipation" in question.method_options:
        asked["anticipation"] = question.method_options["anticipation"]
    asked = {option: asked[option] for option in asked if option in method.options.model_fields}
    if name != question.method:
        return asked
    if problems := list(_option_problems(method, question)):
        raise ParamsError(problems)
    given = method.options.read(question.method_options).model_dump(exclude_unset=True)
    return {**asked, **given}


def option_problems(question: PanelQuestion, columns: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with a question's method and the options set for it.

    Parameters
    ----------
    columns: what the dataset offers, with its kind, from ``data.frames.names.offered``.
    """
    try:
        method = methods.panel_method(question.method)
    except ParamsError as error:
        return list(error.problems)
    found = [*_option_problems(method, question), *_column_problems(method, question, columns)]
    return sorted(found, key=lambda problem: problem.where)


def check_panel(question: PanelQuestion, panel: Panel) -> None:
    """Refuse a panel that the question's method cannot carry, before anything is estimated.

    Raises
    ------
    ParamsError, DesignError: the method does not fit, or the panel lacks something.
    """
    method = methods.panel_method(question.method)
    if method.check:
        options = options_for(question, question.method)
        method.check(panel, method.options(**options))


def _option_problems(method: methods.AnyMethod, question: PanelQuestion) -> Iterator[Problem]:
    """Options that are unknown, set elsewhere, of the wrong type, or not for pages."""
    yield from methods.option_problems(method, question.method_options, OPTIONS, OF_THE_QUESTION)
    for name, value in question.method_options.items():
        if name in OF_THE_QUESTION:
            what, remedy = "is set by a parameter of its own", f"Set {name} beside {OPTIONS}"
            yield Problem(f"{OPTIONS}, {name}", what, remedy)
        if any(value not in mark.values for mark in _marks(method, name, OnPages)):
            what = "gives no relative change, which is what a page speaks of"
            yield Problem(f"{OPTIONS}, {name}", what, "Leave it out, or call the method in Python")


def _marks(method: methods.AnyMethod, option: str, kind: type[Mark]) -> list[Mark]:
    """What marks an option that the method may not have."""
    field = method.options.model_fields.get(option)
    return [mark for mark in (field.metadata if field else ()) if isinstance(mark, kind)]


def _column_problems(
    method: methods.AnyMethod, question: PanelQuestion, columns: Mapping[str, str]
) -> Iterator[Problem]:
    """Columns that the dataset does not offer, or not for such an option."""
    for name, value in question.method_options.items():
        for mark in _marks(method, name, Names):
            fit = [column for column, kind in columns.items() if kind in mark.kinds]
            for text in texts(value):
                if text and text not in fit:
                    known = "is of a kind that this option does not take"
                    what = known if text in columns else "is no column that this dataset offers"
                    remedy = nearest(text, fit) or "This dataset offers none for this option"
                    yield Problem(f"{OPTIONS}, {name}, '{text}'", what, remedy)
