"""What a method is: its words, the frame it takes, its options, and what it can do."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np

from analysis.data.contract import Table
from analysis.data.frames.panels.panel import PANEL
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.words import Words, words_in
from analysis.result import Result

WORDS = "\n\nWords\n-----\n"
"""Heads the words in the docstring of a method's file."""
Given = TypeVar("Given")
Given_contra = TypeVar("Given_contra", contravariant=True)
Chosen = TypeVar("Chosen", bound=MethodOptions)
Chosen_contra = TypeVar("Chosen_contra", contravariant=True)

Ability = Literal[
    "leave_one_out", "by_event_time", "staggered", "count_model", "level_model", "breakdown"
]
"""What a method declares that it can do.

``leave_one_out`` and ``by_event_time``: the result has a series of that name. ``staggered``: sound
where regions adopt at different times. ``count_model``: the one that other headlines of counts are
shown beside, which takes nothing else; ``level_model``: the like for levels. ``breakdown``: the one
that says how far trends may part.
"""
OVER_TIME: tuple[Ability, ...] = ("leave_one_out", "by_event_time", "staggered")
"""What a method that follows regions from their start on can do."""


class Estimator(Protocol[Given_contra, Chosen_contra]):
    """The function that estimates."""

    def __call__(
        self, frame: Given_contra, options: Chosen_contra, rng: np.random.Generator, /
    ) -> Result:
        """The result, from randomness passed in alone."""


class Check(Protocol[Given_contra, Chosen_contra]):
    """The function that refuses, before any kernel starts, what the estimate would refuse."""

    def __call__(self, frame: Given_contra, options: Chosen_contra, /) -> None:
        """Raise a DesignError with every shortfall."""


class Ways(Protocol[Chosen_contra]):
    """The function that gives the ways in which a method stands beside any headline."""

    def __call__(self, asked: Chosen_contra, exposure: bool, /) -> Mapping[str, Mapping[str, Any]]:
        """Changes to the options asked for, by a key that the method's words hold."""


@dataclass(frozen=True)
class Method(Generic[Given, Chosen]):
    """A method, as its file declares it under the name ``METHOD``.

    Parameters
    ----------
    options, estimate: its strict model and its function.
    takes: the frame it takes; ``PANEL`` for a Panel.
    check: absent where nothing is known before estimating.
    can: its abilities.
    ways: other ways to ask it, and ``place``, where these stand among those of other methods.
    as_published: further options under which a way must meet a published number.
    """

    options: type[Chosen]
    estimate: Estimator[Given, Chosen]
    takes: Table
    check: Check[Given, Chosen] | None = None
    can: tuple[Ability, ...] = ()
    ways: Ways[Chosen] | None = None
    place: int = 0
    as_published: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.options.__module__.rpartition(".")[2]

    @property
    def description(self) -> str:
        """The docstring of its file, without its words."""
        return self._docstring.partition(WORDS)[0]

    @cached_property
    def words(self) -> dict[str, Words]:
        """``title`` (few words), ``line`` (what it does), ``row`` (in a list), and its ways."""
        return words_in(self._docstring.partition(WORDS)[2])

    @property
    def anticipates(self) -> bool:
        """Whether it can leave out periods before the start, and so try an earlier one."""
        return "anticipation" in self.options.model_fields

    @property
    def takes_panel(self) -> bool:
        """Whether it compares regions over time."""
        return self.takes is PANEL

    @property
    def _docstring(self) -> str:
        return inspect.cleandoc(sys.modules[self.options.__module__].__doc__ or "")
