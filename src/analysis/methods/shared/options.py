"""Options of methods: strict models whose fields carry their words in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from analysis.methods.shared.words import Words, words_in
from analysis.result import Check, Estimate, Result, Sample, plain

Comparison = Literal["not_yet_treated", "never_treated"]
COMPARISONS: tuple[Comparison, ...] = ("not_yet_treated", "never_treated")


def meaning(field: FieldInfo) -> str:
    """What an option means, in English: the first paragraph of its docstring."""
    return " ".join((field.description or "").partition("\n\n")[0].split())


def option_words(field: FieldInfo) -> dict[str, Words]:
    """An option's name on a page under the key ``words``, and each text it may hold."""
    return words_in((field.description or "").partition("\n\n")[2])


class MethodOptions(BaseModel):
    """Options of every method. A wrong type is refused, never converted.

    The docstring of a field says what it means, then its words on a page in both languages.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    level: float = Field(0.95, gt=0, lt=1)
    """level of the interval

    words: level of the interval | 可能范围的水平
    """

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The model from plain values, of YAML or of a call.

        As JSON: a list is a tuple of the model there, and nothing else is converted.

        Raises
        ------
        pydantic.ValidationError: an option is unknown or of the wrong type.
        """
        return cls.model_validate_json(json.dumps(plain(given), default=str))

    def result(
        self,
        *,
        estimand: str,
        unit: str,
        estimates: tuple[Estimate, ...],
        sample: Sample,
        checks: tuple[Check, ...] = (),
        series: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None,
        **settled: Any,
    ) -> Result:
        """The result of the method with these options; ``settled`` is what the run decided."""
        return Result(
            method=type(self).__module__.rpartition(".")[2],
            estimand=estimand,
            unit=unit,
            level=self.level,
            estimates=estimates,
            sample=sample,
            checks=checks,
            series=series or {},
            options={**self.model_dump(), **settled},
        )


class PanelOptions(MethodOptions):
    """Options of methods that compare regions before and after a start."""

    comparison: Comparison = "not_yet_treated"
    """regions compared with: not yet, or never, treated

    words: regions compared with: not yet, or never, treated | 对照地区：尚未实施的，或从未实施的
    not_yet_treated: not yet treated | 尚未实施
    never_treated: never treated | 从未实施
    """
    anticipation: int = Field(0, ge=0)
    """periods before the start in which effects may already show

    words: periods before the start in which effects may already show | 启动之前效果可能已显现的期数
    """

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparison asked for, then the other."""
        return tuple(sorted(COMPARISONS, key=lambda way: way != self.comparison))

    @property
    def averages(self) -> tuple[str, ...]:
        """Names of the estimates: over all periods since the start, and just before it."""
        return ("overall", "before") if self.anticipation else ("overall",)


class UntreatedOptions(PanelOptions):
    """Options of methods that learn from untreated periods what to expect."""

    comparison: Comparison = "not_yet_treated"
    """untreated periods used: all, or those of never-treated regions after a start

    words: untreated periods used: all, or those of never-treated regions after a start |
        所用的未实施时期：全部，或首个地区实施后只用从未实施的地区
    not_yet_treated: all | 全部
    never_treated: never-treated regions only | 仅从未实施地区
    """
