"""What every report on a dataset needs to speak: its language and the dataset's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.data.description import Description
from analysis.data.settings import Words
from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import USUAL_MEASURE, in_full, number, percent
from analysis.page.plates import Column, Notes, TableData
from analysis.page.wording import Say, capital, translator
from analysis.params import CountsQuestion
from analysis.result import Internal

if TYPE_CHECKING:
    from analysis.page.charts.axes import Cell

WHOLE_TIMES = 10
"""From so many times as many, tenths are not said."""
SPOKEN = ("outcome", "measure", "exposure", "region", "regions", "intervention")
"""What a sentence may name without being given it."""


class Voice:
    """Words of one report; who inherits it says what is asked, of which data."""

    @property
    def question(self) -> CountsQuestion:
        """The parameters."""
        raise NotImplementedError

    @property
    def description(self) -> Description:
        """What the data are."""
        raise NotImplementedError

    @property
    def language(self) -> str:
        """``en`` or ``zh``."""
        return self.question.language

    @property
    def say(self) -> Say:
        """The translator of the report's language, which knows ``SPOKEN`` and ``numbers``."""
        return translator(self.language, self._spoken)

    @property
    def numbers(self) -> Mapping[str, object]:
        """Numbers of this report that sentences name, as a reader writes them."""
        return {}

    def number(self, value: float, decimals: int = 0) -> str:
        """A number as the reader writes it in a sentence."""
        return number(value, self.language, decimals)

    def in_full(self, value: float, decimals: int = 0, signed: bool = False) -> str:
        """A number to its last digit, for tables and axes."""
        return in_full(value, self.language, decimals, signed)

    def percent(self, share: float, decimals: int = 1, signed: bool = False) -> str:
        """A share as a percentage, as the reader writes it."""
        return percent(share, self.language, decimals, signed)

    def share_cell(self, share: float | None) -> Cell:
        """A share as a cell of a table."""
        return ("–", None) if share is None else (self.percent(share), round(share, 3))

    def times(self, value: float) -> str:
        """How many times as many: in tenths below ten."""
        return self.number(value, 0 if value >= WHOLE_TIMES else 1)

    def called(self, key: str) -> str:
        """What the dataset calls a thing; without a word for it, its key."""
        own = self.description.words.get(key)
        return own.of(self.language) if own else key.replace("_", " ")

    def _spoken(self, name: str) -> str:
        """A word of this report for a sentence's field; ``{Regions}`` begins with a capital."""
        if name.lower() not in SPOKEN:
            return str(self.numbers[name])
        text = str(getattr(self, name.lower()))
        return text if name.islower() else capital(text)

    @property
    def simulated(self) -> bool:
        """Whether any number here is invented."""
        return self.description.status == "simulated"

    @property
    def internal(self) -> Internal:
        """Whether this is for readers inside only, and then whether counts are open."""
        return self.description.internal

    @property
    def place(self) -> str:
        """Where the data are from; the title of the dataset where it does not say."""
        return (self.description.place or self.description.title).of(self.language)

    @property
    def note(self) -> str:
        """What the dataset adds, such as a number published for it; blank for nothing."""
        note = self.description.note
        return note.of(self.language) if note else ""

    def words(self, key: str) -> Words:
        """The names of an outcome, exposure or intervention."""
        return self.description.word(key)

    @property
    def outcome(self) -> str:
        """The outcome's plural name."""
        return self.words(self.question.outcome).plural(self.language)

    @property
    def intervention(self) -> str:
        """The intervention's name in a sentence; blank where none is asked about."""
        key = str(getattr(self.question, "intervention", ""))
        return self.words(key).of(self.language) if key else ""

    @property
    def measure(self) -> str:
        """The Chinese measure word of the outcome's number."""
        return self.words(self.question.outcome).zh_measure or USUAL_MEASURE

    @property
    def exposure(self) -> str:
        """The exposure's name after a number, empty where there is none."""
        key = self.question.exposure
        return self.words(key).counted(self.language) if key else ""

    @property
    def exposure_name(self) -> str:
        """The exposure's plural name by itself."""
        return self.words(self.question.exposure).plural(self.language)

    @property
    def regions(self) -> str:
        """The plural word for regions here."""
        return self.description.region_word.plural(self.language)

    @property
    def region(self) -> str:
        """The word for one region here."""
        return self.description.region_word.of(self.language)

    def plate(self, key: str) -> dict[str, Any]:
        """What every Plate of this report carries."""
        marks = {"simulated": self.simulated, "internal": self.internal}
        return {"key": key, "language": self.language, **marks}

    def notes(self, key: str, title: str, *points: str) -> Notes:
        """A titled list of sentences; blank ones fall away."""
        return Notes(**self.plate(key), title=title, points=tuple(p for p in points if p))

    def worded(
        self, heads: Mapping[str, str], lines: Iterable[Iterable[Cell]], texts: Iterable[str]
    ) -> TableData:
        """A table with these headings, in English, that holds no counts of records.

        Parameters
        ----------
        texts: keys of the columns that hold words, or codes; all others stand at the end.
        """
        named = [(key, capital(self.say(head))) for key, head in heads.items()]
        columns = [
            Column(key, head, "start" if key in texts else "end", NUMBER) for key, head in named
        ]
        return TableData.of(columns, lines)
