"""A number of the report beside the same number from a few lines of plain statsmodels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from analysis.disclosure.gate import NUMBER
from analysis.errors import EstimationError, Problem
from analysis.page.numbers import number_cell
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.voice import Voice

KEY = "agreement"
DIFFERENCE = 1e-7
"""A larger share of the number is a difference of digits, not of rounding."""


@dataclass(frozen=True)
class OwnNumber:
    """A number of the report, ``None`` where it refuses to give it, and how it is shown.

    No more than ``digits`` decimals of ``scale`` times the number leave the notebook. A number that
    is ``drawn`` rests on protected counts, and a researcher's frame holds recorded ones.
    """

    words: str
    unit: str
    value: float | None
    digits: int
    scale: float = 1.0
    drawn: bool = False


class Model(Protocol):
    """A model of statsmodels that is not fitted yet."""

    def fit(self) -> Any:
        """Its results, with ``params``."""


def agreement(
    voice: Voice, own: OwnNumber, plain: float | Callable[..., Model], *given: Any
) -> Table | Notes:
    """The report's own number, that of plain statsmodels, and how far they lie apart.

    A model is made of what is ``given`` where the report gives the number: elsewhere there may be
    no row for it, or no solution.

    Raises
    ------
    EstimationError: the digits differ. Neither number is in its message.
    """
    say, plate = voice.say, voice.plate(KEY)
    if own.value is None or own.drawn:
        point = say("This report does not give the number: {words}.", words=own.words)
        if own.drawn:
            point = say(
                "This number rests on protected counts, and the cell of the notebook on recorded "
                "ones: {words}.",
                words=own.words,
            )
        return Notes(**plate, title=say("Nothing to agree with in statsmodels"), points=(point,))
    found = float(plain(*given).fit().params.iloc[0] if callable(plain) else plain)
    if not math.isclose(own.value, found, rel_tol=DIFFERENCE, abs_tol=1e-10):
        what = "differs from that of plain statsmodels on the same frame"
        remedy = "Look for the mistake in the notebook's cell, or else in the method"
        raise EstimationError([Problem(f"number '{own.words}'", what, remedy)])
    ours, theirs, apart = (
        number_cell(own.scale * value, voice.language, own.digits, own.digits)
        for value in (own.value, found, 0.0)
    )
    return Table(
        **plate,
        title=say("Plain statsmodels gives the same digits"),
        caption=say(
            "One cell of the notebook works the number out again in a few lines of statsmodels, "
            "on the data as a researcher sees them. Had a digit differed, the report would have "
            "failed. It is this number alone that is worked out twice on this page."
        ),
        data=TableData.by_column(
            (Column("number", say("Number")), [(own.words, KEY)]),
            (Column("unit", say("Unit")), [(own.unit, None)]),
            (Column("report", say("This report"), "end", NUMBER), [ours]),
            (Column("statsmodels", say("Plain statsmodels"), "end", NUMBER), [theirs]),
            (Column("difference", say("Difference"), "end", NUMBER), [apart]),
        ),
    )
