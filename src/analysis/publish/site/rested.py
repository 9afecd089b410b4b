"""What pages of the site rest on, so that two of them together give nothing away.

The site keeps beside its pages (``rested.json``) what the counts of each were drawn from (salt
and settings of the noise as one mark), and over which regions its averages of recorded counts are,
and were in editions of before. Another salt, or other noise, would be another draw of every count,
and so would other data whose draws nobody noted; two averages that differ by one region would give
that region's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pydantic import (
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    field_serializer,
    field_validator,
)

from analysis.data.periods import period_of
from analysis.data.traces import RECORD
from analysis.disclosure.kept import lost_memory
from analysis.errors import Problem, PublishError
from analysis.page.plates import RestsOn
from analysis.project import place_in_project

FILE = RECORD
FEWEST_APART = 5
"""By fewer regions two published averages of recorded counts may not differ."""


class Rested(BaseModel):
    """What one report rests on, as ``End`` records it; ``past`` is of its editions of before."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    draw: str = ""
    outcome: str = ""
    periods: tuple[str, str] = ("", "")
    regions: frozenset[str] = frozenset()
    within: str = ""
    beside: tuple[Rested, ...] = ()
    editions: dict[str, str] = {}
    past: tuple[Rested, ...] = ()

    @field_validator("dataset")
    @classmethod
    def _one_name(cls, dataset: str) -> str:
        """The same folder spelled in another way, or through a link, is the same dataset."""
        return place_in_project(dataset) if dataset else ""

    @field_serializer("regions")
    def _in_order(self, regions: frozenset[str]) -> list[str]:
        return sorted(regions)

    @classmethod
    def of(cls, found: RestsOn) -> Rested:
        """From the record at the end of a notebook."""
        return cls.model_validate(found, from_attributes=True)

    @property
    def parts(self) -> tuple[Rested, ...]:
        """This, and all that it and its editions of before average over beside."""
        return self, *(part for one in (*self.beside, *self.past) for part in one.parts)

    def after(self, earlier: Rested | None) -> Rested:
        """The same, with the averages of an edition of before: who kept its page has them still."""
        past: dict[object, Rested] = {}
        averages = (part for part in (earlier.parts if earlier else ()) if part.regions)
        for part in averages:
            key = part.dataset, part.outcome, part.regions, part.within
            ends = [part.periods, *([past[key].periods] if key in past else [])]
            first = min((one for one, _ in ends), key=_first_day)
            last = max((one for _, one in ends), key=_last_day)
            bare = {"periods": (first, last), "beside": (), "editions": {}, "past": ()}
            past[key] = part.model_copy(update=bare)
        gone = (part for part in past.values() if not any(map(part.lies_in, self.parts)))
        return self.model_copy(update={"past": tuple(gone)})

    def lies_in(self, other: Rested) -> bool:
        """Whether it is an average over the same regions within the time of the other."""
        same = ("dataset", "outcome", "regions", "within")
        if any(getattr(self, name) != getattr(other, name) for name in same):
            return False
        begun = _first_day(other.periods[0]) <= _first_day(self.periods[0])
        return bool(begun and _last_day(self.periods[1]) <= _last_day(other.periods[1]))


SITE = TypeAdapter(dict[str, Rested])


class Shown(dict[str, Rested]):
    """What the reports of a site rest on by name, found by dataset and by what is averaged.

    Ten thousand reports are each held against all others: without this, a hundred million pairs.
    """

    def __init__(self, reports: Mapping[str, Rested] = MappingProxyType({})) -> None:
        super().__init__()
        self._drawn: dict[str, dict[str, set[str]]] = {}
        self._marked: dict[tuple[str, str], dict[str, set[str]]] = {}
        self._over: dict[tuple[str, str], dict[frozenset[str], set[str]]] = {}
        for name, one in reports.items():
            self[name] = one

    def __setitem__(self, name: str, one: Rested) -> None:
        for part in self[name].parts if name in self else ():
            for names in self._places(part):
                names.discard(name)
        super().__setitem__(name, one)
        for part in one.parts:
            for names in self._places(part):
                names.add(name)

    def _places(self, part: Rested) -> list[set[str]]:
        """Where the names of reports stand that were drawn, that average and that count so."""
        drawn = self._drawn.setdefault(part.dataset, {})
        over = self._over.setdefault((part.dataset, part.outcome), {})
        counted = (
            self._marked.setdefault((part.dataset, outcome), {}).setdefault(mark, set())
            for outcome, mark in part.editions.items()
        )
        return [drawn.setdefault(part.draw, set()), over.setdefault(part.regions, set()), *counted]

    def marks(self, dataset: str, outcome: str) -> set[str]:
        """The marks of the counts of an outcome that reports show."""
        marked = self._marked.get((dataset, outcome), {})
        return {mark for mark, names in marked.items() if mark and names}

    def strangers(self, own: Rested) -> list[str]:
        """Reports on the same dataset whose counts were drawn in another way."""
        drawn = self._drawn.get(own.dataset, {})
        return sorted({name for draw, names in drawn.items() if draw != own.draw for name in names})

    def nearly_alike(self, own: Rested) -> list[tuple[str, Rested]]:
        """Averages of one time over regions that few set apart, by the names of their reports."""
        found = set()
        for regions, names in self._over.get((own.dataset, own.outcome), {}).items():
            # Sizes first: sets are compared by their regions only where these allow it.
            if abs(len(regions) - len(own.regions)) < FEWEST_APART and (
                0 < len(regions ^ own.regions) < FEWEST_APART
            ):
                found |= names
        return [
            (name, part)
            for name in sorted(found)
            for part in self[name].parts
            if len(part.regions ^ own.regions) < FEWEST_APART and _of_one_time(own, part)
        ]


def conflicts(report: str, now: Rested, shown: Mapping[str, Rested]) -> Iterator[Problem]:
    """Why a report may not stand beside those that are shown, its own editions among them."""
    beside = shown if isinstance(shown, Shown) else Shown(shown)
    if strangers := [name for own in (now, *now.beside) for name in beside.strangers(own)]:
        what = (
            f"has counts drawn with another salt, or with other settings of the noise, than those "
            f"of {strangers[0]}: beside one another they give counts away"
        )
        remedy = (
            "Name the salt of then in ANALYSIS_SALT and set protection in dataset.yml as then; to "
            "begin anew, withdraw the old site first"
        )
        yield Problem(report, what, remedy)
    owns = (now, *now.beside)
    within = [(own, "itself", other) for own, other in combinations(owns, 2)]
    pairs = [(own, name, other) for own in owns for name, other in beside.nearly_alike(own)]
    found = {}
    for own, name, other in (*within, *pairs):
        apart = len(own.regions ^ other.regions)
        if 0 < apart < FEWEST_APART and _of_one_time(own, other):
            whose = "an edition of its own before" if name == report else name
            what = (
                f"holds an average over regions that differ by {apart} from those of {whose}, on "
                "the same outcome and time: both together give these away"
            )
            found[apart, whose] = what
    remedy = "Leave out the same regions in both, or set counts: protected in one"
    yield from (Problem(report, what, remedy) for what in found.values())


def redrawn(
    report: str, now: Rested, before: Rested | None, kept: Callable[[str, str], set[str]]
) -> Iterator[Problem]:
    """Why a report shows counts that are kept nowhere: another edition of the data drew them.

    Parameters
    ----------
    before: what its last edition rested on. kept: marks of the counts of a dataset and outcome that
        were published, or that the last run of any report made.
    """
    for outcome, mark in now.editions.items():
        shown = before.editions.get(outcome) if before else None
        if mark != shown and mark not in kept(now.dataset, outcome):
            what = (
                f"shows counts of {outcome} as they were in other data than those of the last run: "
                "beside one another two draws of one count give it away"
            )
            yield Problem(report, what, "Run it again, and publish then")


def forgotten(
    now: Rested, shown: Mapping[str, Rested], published: Callable[[str, str], set[str]]
) -> Iterator[Problem]:
    """Why a report shows counts that were drawn anew, after those of the site were forgotten.

    Parameters
    ----------
    published: marks of the counts of a dataset and outcome that are remembered as published; what
        the last run noted of itself tells nothing of them.
    """
    beside = shown if isinstance(shown, Shown) else Shown(shown)
    for outcome, mark in now.editions.items():
        marks = beside.marks(now.dataset, outcome)
        if marks and mark not in marks and not published(now.dataset, outcome):
            yield lost_memory(now.dataset, outcome)


def _of_one_time(one: Rested, other: Rested) -> bool:
    """Whether both are averages of one outcome over spans that meet, months or years alike.

    Cases of one region asked about happen in more or fewer of its own as spans or records do: no
    two such numbers differ by what was left out.
    """
    same = one.dataset == other.dataset and one.outcome == other.outcome
    same = same and not (one.within and one.within == other.within)
    if not (one.regions and other.regions and same):
        return False
    begun = _first_day(one.periods[0]) <= _last_day(other.periods[1])
    return bool(begun and _first_day(other.periods[0]) <= _last_day(one.periods[1]))


def _first_day(label: str) -> pd.Timestamp:
    return period_of(label).start_time


def _last_day(label: str) -> pd.Timestamp:
    return period_of(label).end_time


def read_rested(site: Path) -> Shown:
    """What the reports of a site rest on, by name.

    Raises
    ------
    PublishError: the file is there and no such record.
    """
    file = site / FILE
    if not file.is_file():
        return Shown()
    try:
        return Shown(SITE.validate_json(file.read_bytes()))
    except (OSError, ValidationError):
        remedy = "Take it from the site's last edition: it protects what was published there"
        raise PublishError([Problem(FILE, "is not a record of reports", remedy)]) from None


def as_json(content: Mapping[str, Rested]) -> str:
    """What all reports rest on, as sorted JSON."""
    return SITE.dump_json(dict(sorted(content.items())), indent=1).decode("utf-8") + "\n"
