"""Parts of ``dataset.yml``: words in both languages, what is printed, and how counts are kept."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from analysis.data.reading.mapping import Strict


class Words(Strict):
    """A name in both languages.

    ``en_plural`` where English needs one, ``zh_measure`` where a Chinese number needs a measure
    word before it (户 of 1,000 户登记企业). ``moved_by_recording`` is false for an outcome that no
    one can move by how readily it is recorded, such as deaths: only of these is said that they
    improve. ``adds_up`` says whether periods and regions add up: counts and amounts do, scores
    do not; blank for what is usual, counts do and levels do not. ``unit`` is that of a level
    (points, yuan), ``base`` what a share is out of.
    """

    en: str
    zh: str
    en_plural: str = ""
    zh_measure: str = ""
    moved_by_recording: bool = True
    adds_up: bool | None = None
    unit: Words | None = None
    base: Words | None = None

    def of(self, language: str) -> str:
        """The name in that language."""
        return self.zh if language == "zh" else self.en

    def counted(self, language: str) -> str:
        """The name as it stands after a number."""
        return self.zh_measure + self.zh if language == "zh" else self.plural(language)

    def plural(self, language: str) -> str:
        """The plural name in that language."""
        return self.zh if language == "zh" else (self.en_plural or f"{self.en}s")


class Printed(Strict):
    """Where the single figures of a dataset are printed already, and since when."""

    address: str
    date: dt.date


class Protection(Strict):
    """How counts of single regions are protected before anything is worked out from them.

    ``variance`` of the noise on each count, ``threshold`` below which counts are withheld.
    """

    variance: Literal[2, 4, 6, 9, 16] = 9
    threshold: int = Field(default=10, ge=1)


class PublishedResult(Strict):
    """A published estimate that the suite must reproduce from this dataset."""

    specification: str
    intervention: str
    outcome: str
    estimate: float
    standard_error: float | None = None
    decimals: int = 3
    source: Words | str

    def told(self, language: str) -> str:
        """Where it is published."""
        return self.source if isinstance(self.source, str) else self.source.of(language)
