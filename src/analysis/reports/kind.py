"""Kinds of report: one folder beside this file each, found by its name. There is no list of them.

A folder ``NAME`` answers one kind of question and holds

- ``params.py``: the model ``NameParams`` of its parameters;
- ``question.py``: what :class:`Question` asks for, read before any kernel starts;
- ``plates.py``: the class ``Name``, a :class:`~analysis.reports.report.Report`, which a
  notebook works with;
- ``sentences.py``, ``zh.po``, and whatever else the plates are made from.

Beside it there is ``notebooks/NAME.ipynb`` and a folder ``params/NAME``. Nothing of a folder is
imported before it is asked for: to plan hundreds of reports needs their parameters only.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol, cast

from pydantic import ValidationError

from analysis.data.dataset import Dataset, read_dataset
from analysis.errors import AnalysisError, ParamsError, Problem, nearest
from analysis.params import Params

PACKAGE = "analysis.reports"


class Question(Protocol):
    """What ``question.py`` of a kind offers: from a dataset to what its report is about."""

    def tables(self, params: Any) -> set[str] | None:
        """The tables that the report reads; ``None`` for all."""

    def unknown_names(self, data: Dataset, params: Any) -> list[Problem]:
        """Parameters that name something the dataset does not hold."""

    def ask(self, data: Dataset, params: Any) -> Any:
        """What the report is about, such as a panel; everything a method cannot carry is refused.

        Raises
        ------
        AnalysisError: names unknown to the dataset, or an impossible design.
        """


class ReportClass(Protocol):
    """The class of the object that a notebook works with, see :mod:`analysis.reports.report`."""

    preload: tuple[str, ...]
    """Modules that a kernel imports for it beside those of its folder, such as its methods."""

    def read(self, namespace: Mapping[str, Any]) -> Any:
        """The report that a notebook's ``globals()`` ask for."""


@dataclass(frozen=True)
class Kind:
    """One kind of report, by the name of its folder."""

    name: str

    @property
    def title(self) -> str:
        """The name as a class: ``region_rates`` is ``RegionRates``."""
        return "".join(word.capitalize() for word in self.name.split("_"))

    def module(self, part: str) -> ModuleType:
        """A module of the folder."""
        return import_module(f"{PACKAGE}.{self.name}.{part}")

    @cached_property
    def model(self) -> type[Params]:
        """The model of its parameters."""
        return cast(type[Params], getattr(self.module("params"), f"{self.title}Params"))

    @cached_property
    def question(self) -> Question:
        """What it reads, and what is refused before a kernel starts."""
        return cast(Question, self.module("question"))

    @cached_property
    def report(self) -> ReportClass:
        """The class of the object that a notebook works with."""
        return cast(ReportClass, getattr(self.module("plates"), self.title))

    @property
    def verdict_words(self) -> Mapping[str, str]:
        """English words of its verdicts by key; empty where it gives none."""
        words: Mapping[str, str] = getattr(self.module("sentences"), "VERDICT_WORDS", {})
        return words

    def modules(self) -> list[str]:
        """All that a kernel imports for it, and what its report names beside."""
        folder = import_module(f"{PACKAGE}.{self.name}").__path__
        own = [f"{PACKAGE}.{self.name}.{found.name}" for found in pkgutil.iter_modules(folder)]
        return [*own, *self.report.preload]

    def read(self, params: Params) -> Dataset:
        """The tables that a report reads.

        Raises
        ------
        AnalysisError: there is no such dataset, or it breaks the contract.
        """
        return read_dataset(params.dataset, self.question.tables(params))

    def check(self, params: Params) -> Dataset:
        """Refuse what cannot run, before a kernel starts; returns the dataset that was asked.

        Raises
        ------
        AnalysisError: with everything that the data refuse.
        """
        dataset = self.read(params)
        self.question.ask(dataset, params)
        return dataset

    def params(self, values: Mapping[str, Any]) -> Params:
        """The parameters from plain values.

        Raises
        ------
        ParamsError: with everything wrong in them, names that the data do not hold among it.
        """
        try:
            return self.model.from_mapping(values)
        except ParamsError as error:
            raise ParamsError([*error.problems, *self._unknown_names(values)]) from None

    def _unknown_names(self, values: Mapping[str, Any]) -> list[Problem]:
        """What the data refuse of those parameters that are right by themselves."""
        try:
            self.model.model_validate(dict(values))
        except ValidationError as error:
            wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
        sound = {k: v for k, v in values.items() if k in self.model.model_fields and k not in wrong}
        if "dataset" in wrong:
            return []
        params = self.model.model_construct(**sound)
        try:
            found = self.question.unknown_names(self.read(params), params)
        except AnalysisError as error:
            found = list(error.problems)
        # A default that stands in for a wrong value may not fit these data.
        unasked = self.model.model_fields.keys() - sound.keys()
        return [problem for problem in found if problem.where not in unasked]


@cache
def names() -> tuple[str, ...]:
    """Every kind, by the name of its folder."""
    folders = pkgutil.iter_modules(import_module(PACKAGE).__path__)
    return tuple(sorted(found.name for found in folders if found.ispkg))


@cache
def find(name: str) -> Kind:
    """A kind by its name.

    Raises
    ------
    ParamsError: there is none.
    """
    if name not in names():
        what = "is no kind of report"
        raise ParamsError([Problem(f"notebook {name}", what, nearest(name, names()))])
    return Kind(name)
