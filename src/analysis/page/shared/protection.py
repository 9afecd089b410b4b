"""What a page says of how its counts are protected, and how a table leaves out withheld ones."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from analysis.data.dataset import Dataset
from analysis.data.frames.study import Study
from analysis.disclosure.gate import COUNT, DERIVED
from analysis.disclosure.noise import VERSION, Noise, fingerprint
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import noise_of
from analysis.page.numbers import date
from analysis.page.plates import TableData
from analysis.page.voice import Voice
from analysis.page.wording import joined

NINETEEN, WEEKS = 1.96, 52
"""Standard deviations within which nineteen of twenty lie, and weeks of a year."""


MOVED_WORDS = {
    False: "Counts here are protected: each has been moved by a small random amount. For one "
    "{region} in one month, quarter or year, nineteen of twenty lie within {within} of the count "
    "recorded when it was first published and none further than {bound}; longer spans, totals, and "
    "{regions} that others have joined, a little more.",
    True: "Counts here are protected: each has been moved by a small random amount. For one "
    "{region} in one week, nineteen of twenty lie within {within} of the count recorded when it "
    "was first published and none further than {bound}; longer spans are sums of weeks, and of a "
    "year nineteen of twenty lie within {year}.",
}
"""By whether counts are drawn by week alone."""


def protection_points(voice: Voice, noise: Noise | None, *, weeks: bool = False) -> tuple[str, ...]:
    """What was done to the counts of a page, and how far a shown one may lie from the true one.

    Parameters
    ----------
    weeks: whether counts are drawn by week alone, so that all longer spans are sums.
    """
    say = voice.say
    if noise is None:
        return (_open(voice),)
    small = say(
        "Recorded counts from 1 to {most} are not shown; a shown one may come out as small.",
        most=noise.threshold - 1,
    )
    apart = say(
        "Months and quarters may not add up exactly to the year, and totals are sums of protected "
        "counts."
    )
    return (
        say(
            MOVED_WORDS[weeks],
            within=noise.within,
            bound=noise.bound,
            year=math.ceil(NINETEEN * math.sqrt(WEEKS * noise.variance)),
        ),
        joined(
            voice.language,
            say("A zero is a zero, as it was first published."),
            small if noise.threshold > 1 else "",
            say(
                "Later records are taken in once, after the year is over. The same figure is the "
                "same in every report and language."
            ),
        ),
        joined(
            voice.language,
            say(
                "Rates, ranks and marks are computed from these protected counts; their ranges "
                "allow for it."
            ),
            "" if weeks else apart,
            say("Small differences between two figures mean nothing."),
        ),
        say(
            "Who knows the exact total of a few {regions} from elsewhere can come nearer to their "
            "recorded counts than this; none is given here."
        ),
    )


def model_sentence(voice: Voice, study: Study, noise: Noise | None) -> str:
    """What estimates of a page rest on: recorded counts in groups, protected ones below that."""
    if noise is None:
        return _open(voice)
    if study.protected is None:
        return voice.say(
            "Averages over at least five {regions} on either side are given to three digits; "
            "nothing is said of single {regions}, or of fewer than five."
        )
    if study.panel is study.protected:
        return voice.say(
            "Every number here is worked out from protected counts: each has been moved by a small "
            "random amount, by at most {bound}, which the ranges allow for.",
            bound=noise.bound,
        )
    return averages_sentence(voice, noise)


def averages_sentence(voice: Voice, noise: Noise | None) -> str:
    """That averages rest on recorded counts, and all that is said of few regions on protected."""
    if noise is None:
        return _open(voice)
    return voice.say(
        "Averages over at least five {regions} on either side rest on recorded counts and are "
        "given to three digits. What is said of single {regions}, or of fewer than five, and "
        "every path of counts, is worked out from protected counts: each has been moved by a "
        "small random amount, by at most {bound}.",
        bound=noise.bound,
    )


def recorded_sentence(voice: Voice) -> str:
    """That numbers rest on cases as they were recorded, and of how many regions together."""
    return voice.say(
        "Shares and averages here rest on cases as recorded, each of at least five {regions} "
        "together, and have three digits at most; no single {region} is named."
    )


def _open(voice: Voice) -> str:
    """Why the counts of a dataset are not protected."""
    printed = voice.description.printed
    if printed is None:
        return voice.say("Counts are not protected: this page is for readers inside only.")
    return voice.say(
        "Figures as published by {address} ({date}); they are not protected again.",
        address=printed.address,
        date=date(str(printed.date), voice.language),
    )


def protection_record(voice: Voice, dataset: Dataset) -> str:
    """The settings in words, for the provenance block."""
    noise = noise_of(dataset)
    if noise is None:
        return _open(voice)
    return voice.say(
        "protected counts: noise of variance {variance}, at most {bound}, table {version}; counts "
        "below {threshold} withheld, but for zeros; salt {salt}",
        variance=noise.variance,
        bound=noise.bound,
        version=VERSION,
        threshold=noise.threshold,
        salt=fingerprint(salt_of(dataset)),
    )


def withheld_rows(table: TableData, hidden: Collection[int], voice: Voice) -> TableData:
    """The table without counts, and what is derived from them, in the rows of these numbers."""
    places = [j for j, column in enumerate(table.columns) if column.role in (COUNT, DERIVED)]
    rows, values = ([list(row) for row in part] for part in (table.rows, table.values))
    for line in hidden:
        for place in places:
            rows[line][place], values[line][place] = voice.say("withheld"), None
    return replace(table, rows=tuple(map(tuple, rows)), values=tuple(map(tuple, values)))
