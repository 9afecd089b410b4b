"""The error tree: every refusal says what is wrong, where, and what would fix it, all at once."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that turn the direction of a line, take no room, or are none: no name needs them."""


def visible(text: str) -> str:
    """The text without characters that no reader sees."""
    return UNSEEN.sub("", text)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``where`` names a file, a column and row numbers, or a parameter; it never holds the
    value of a cell, because complaint records are personal data.
    """

    where: str
    what: str
    remedy: str = ""

    def __post_init__(self) -> None:
        """Names of columns, files and parameters come from outside: none may turn a line."""
        for part in ("where", "what", "remedy"):
            object.__setattr__(self, part, visible(getattr(self, part)))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}. {self.remedy}" if self.remedy else text


class AnalysisError(Exception):
    """Base of the errors a user can mend; carries every problem found, not only the first."""

    exit_code = 1
    subject = "Request"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.message())

    @classmethod
    def raise_for(cls, problems: Iterable[Problem]) -> None:
        """Raise it with everything that is wrong; where nothing is, go on."""
        if problems := tuple(problems):
            raise cls(problems)

    def message(self) -> str:
        """All problems as a numbered list under one heading."""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = [f"{self.subject} refused: {count} {noun}."]
        lines += [f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1)]
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the sentences are for its reader."""
        return [str(self)]

    def __reduce__(self) -> tuple[type[AnalysisError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class ParamsError(AnalysisError):
    """A parameter is unknown, of the wrong type, or names something that does not exist."""

    exit_code = 10
    subject = "Parameters"


class ContractError(AnalysisError):
    """A dataset does not obey the data contract."""

    exit_code = 11
    subject = "Dataset"


class DesignError(AnalysisError):
    """The comparison asked for cannot be carried by these data."""

    exit_code = 12
    subject = "Comparison"


class EstimationError(AnalysisError):
    """A method could not give a number that means anything."""

    exit_code = 13
    subject = "Estimate"


class RunError(AnalysisError):
    """A report did not run to its end."""

    exit_code = 14
    subject = "Run"


class PublishError(AnalysisError):
    """An executed notebook cannot become a page."""

    exit_code = 15
    subject = "Page"


def nearest(name: str, choices: Sequence[str]) -> str:
    """A remedy that offers the nearest right name, or the right names where none is near."""
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    if not choices:
        return ""
    shown = ", ".join(f"'{choice}'" for choice in sorted(choices)[:12])
    more = "" if len(choices) <= 12 else f" and {len(choices) - 12} more"
    return f"Known: {shown}{more}"


def fault(failure: BaseException) -> Problem:
    """An exception that is none of ours, by its kind and place: its words may hold a cell."""
    frames = traceback.extract_tb(failure.__traceback__)
    own = [frame for frame in frames if "analysis" in Path(frame.filename).parts] or frames
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    what = f"stopped at an error of the program ({type(failure).__name__}{place})"
    return Problem("this report", what, "Tell the maintainers; the others do not need to wait")


def refusal(failure: Exception) -> AnalysisError:
    """Our own error as it is; any other as one of a run, which keeps it as its cause."""
    if isinstance(failure, AnalysisError):
        return failure
    error = RunError([fault(failure)])
    error.__cause__ = failure
    return error
