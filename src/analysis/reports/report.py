"""What the object of every notebook can do, whatever its kind of report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Self, TypeVar, cast

import numpy as np
import pandas as pd

from analysis import stored
from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.names import region_names
from analysis.disclosure.estimates import DIGITS, decimals_of, to_digits
from analysis.disclosure.identifiers import identifiers
from analysis.disclosure.memory import edition
from analysis.disclosure.recorded import Recorded
from analysis.disclosure.store import digests_of, drawn_from, noise_of
from analysis.errors import ParamsError, Problem, nearest
from analysis.methods import AnyMethod
from analysis.page.charts.letters import use_codes
from analysis.page.plates import End, Notes, Provenance, RestsOn, SiteLine, Table
from analysis.page.shared.agreement import Model, OwnNumber, agreement
from analysis.page.shared.protection import protection_record, recorded_sentence
from analysis.page.shared.provenance import method_line, source_entries
from analysis.page.voice import Voice
from analysis.params import Params
from analysis.reports.kind import find
from analysis.result import Result
from analysis.verdicts.averages import Over

Average = TypeVar("Average")
DECIMALS = 5
"""Of numbers that nothing of single regions can be read from."""


class Report(Voice):
    """What the object of every notebook can do.

    Parameters
    ----------
    subject: what ``ask`` of the kind's question gave.
    """

    preload: tuple[str, ...] = ()
    """Modules that a kernel imports for it beside those of its folder, such as its methods."""
    params: Any
    data: Dataset
    subject: Any
    facts: Callable[[], Mapping[str, Any]]
    """Numbers that both languages must agree on, rounded as published."""

    def __init__(self, params: Params, data: Dataset, subject: Any) -> None:
        # Some reports are frozen dataclasses, too.
        vars(self).update(params=params, data=data, subject=subject)
        use_codes(region_names(data) if "regions" in data.tables else {})

    def __repr__(self) -> str:
        given = self.params.model_dump(exclude_defaults=True, exclude={"title_en", "title_zh"})
        values = ", ".join(f"{name}={value!r}" for name, value in given.items())
        return f"{type(self).__name__}({values})"

    @classmethod
    def read(cls, namespace: Mapping[str, Any]) -> Self:
        """The report that a notebook's ``globals()`` ask for.

        Raises
        ------
        AnalysisError: with everything wrong in parameters and in what they name in the data.
        """
        kind = find(cls.__module__.split(".")[-2])
        params = kind.params({k: namespace[k] for k in kind.model.model_fields if k in namespace})
        data = kind.read(params)
        return cls(params, data, kind.question.ask(data, params))

    @property
    def question(self) -> Any:
        """The parameters."""
        return self.params

    @property
    def description(self) -> Description:
        """What the data are."""
        return self.data.description

    @property
    def frame(self) -> pd.DataFrame:
        """What is analysed."""
        return cast(pd.DataFrame, self.subject)

    def estimate(self, method: AnyMethod, frame: pd.DataFrame, **options: Any) -> Result:
        """A method's result, worked out once for all languages of the report.

        Raises
        ------
        AnalysisError: as the method.
        """
        asked = {"options": options, "seed": self.params.seed, "frame": frame.to_dict("list")}

        def compute() -> Result:
            rng = np.random.default_rng(self.params.seed)
            return method.estimate(frame, method.options(**options), rng)

        return stored.kept(method.name, asked, Result, compute)

    def may_leave(self, found: Average, digits: int = DIGITS) -> Average:
        """To a few digits where counts are protected: so an average tells of no single unit."""
        return found if noise_of(self.data) is None else to_digits(found, digits)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """Numbers that a cell of the notebook may work out again, by name."""
        return {}

    def digits_of(self, value: float | None) -> int:
        """How many decimals of an average over regions may leave."""
        return DECIMALS if value is None or not noise_of(self.data) else decimals_of(value)

    def agree(self, name: str, value: float | Callable[..., Model], *given: Any) -> Table | Notes:
        """Hold a number that plain statsmodels gives against the report's own, and show both.

        Parameters
        ----------
        value: the number, or a class of models whose first parameter it is, made of what is
            ``given``, such as outcome and regressors.

        Raises
        ------
        ParamsError: the report has no number of this name.
        EstimationError: the digits differ.
        """
        known = self.own_numbers()
        if name not in known:
            what = "is no number of this report"
            raise ParamsError([Problem(f"number {name}", what, nearest(name, list(known)))])
        return agreement(self, known[name], value, *given)

    @property
    def verdict_key(self) -> str:
        """The key of the verdict; a description gives none."""
        return "description"

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods used, the headline's first."""
        found = getattr(self, "result", None)
        return (found.method,) if isinstance(found, Result) else ()

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return self._provenance(self.protection, *self.methods)

    @property
    def protection(self) -> str:
        """How what it shows is protected, for the provenance block."""
        if not self.drawn() and (self.rests_on_records or self.averages()):
            return recorded_sentence(self)
        return protection_record(self, self.data)

    def recorded_sentences(self) -> tuple[str, ...]:
        """What a page on recorded cases says of them; nothing where no regions are known."""
        return (recorded_sentence(self),) if self.rests_on_records else ()

    def _provenance(self, disclosure: str, *methods: str, status: str = "") -> Provenance:
        """Where the numbers come from and with what they were made; the headline's method first."""
        entries = source_entries(
            self,
            method_line(methods[0], self.language) if methods else "",
            self.params.seed,
            disclosure,
            digests_of(self.data),
            self.data.accounts,
            status=status,
        )
        given = self.params.model_dump()
        return Provenance(
            **self.plate("provenance"), entries=entries, params=given, methods=methods
        )

    def results(self) -> Mapping[str, Any]:
        """Results by name, as plain values, for those who work on with them."""
        return {}

    def drawn(self) -> tuple[str, ...]:
        """Outcomes whose protected counts it shows."""
        return ()

    def averages(self) -> Over:
        """What it averages recorded counts over, the headline first; none here."""
        return ()

    def recorded_over(self) -> Iterable[Recorded]:
        """Its numbers of recorded cases, each with the regions it is of; none here."""
        return ()

    @cached_property
    def rests_on_records(self) -> tuple[Recorded, ...]:
        """The same where single regions are protected, of those whose regions are known."""
        if noise_of(self.data) is None:
            return ()
        return tuple(one for one in self.recorded_over() if one.regions)

    def rests_on(self) -> RestsOn:
        """What its counts were drawn from; over whom recorded counts and cases are told of."""
        marks = {name: edition(self.data, name) for name in self.drawn()}
        shown = {name: mark for name, mark in marks.items() if mark}
        found = RestsOn(self.params.dataset, drawn_from(self.data), editions=shown)
        over = [
            replace(
                found,
                outcome=one.outcome,
                periods=one.periods,
                regions=tuple(code for code in panel.regions if code not in one.without),
                editions={},
            )
            for panel, one in self.averages()
        ]
        over += [replace(found, **vars(one), editions={}) for one in self.rests_on_records]
        return replace(over[0], editions=shown, beside=tuple(over[1:])) if over else found

    def site_lines(self) -> tuple[SiteLine, ...]:
        """Lines of the site's table of evidence; a description has none."""
        return ()

    def end(self) -> End:
        """The record that the notebook came to its end, with the identifiers no page may show."""
        hidden = identifiers(self.data.tables)
        return End(
            **self.plate("end"),
            verdict=self.verdict_key,
            facts=self.facts(),
            results=self.results(),
            seals=hidden.seals,
            shapes=hidden.shapes,
            rests_on=self.rests_on(),
            site_lines=self.site_lines(),
        )
