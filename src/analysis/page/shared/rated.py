"""Ratings without names: points between the limits of chance, parts of a score, who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from analysis.data.settings import Words
from analysis.disclosure.gate import NUMBER
from analysis.disclosure.rated import Points
from analysis.page.charts.axes import Axis
from analysis.page.charts.bars import Bar, Bars
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.numbers import number_cell, span
from analysis.page.plates import Figure, Notes, Table, TableData
from analysis.page.voice import Voice
from analysis.page.wording import joined

LIMITS = {"99.8%": 0.998, "95%": 0.95}
"""Shares that would lie inside if all were alike, the widest first."""
POINT_WORDS = {
    "raters": "How many rated",
    "score": "Score, moved",
    "shrunken": "Score, shrunken",
    "low": "Range from",
    "high": "Range to",
}
ALONG = 40
SOURCE_WORDS = {
    "rated": "which {one_rated} it is of",
    "region": "where that {one_rated} works",
    "rater": "how strict the one who rates is",
    "rated × rater": "how the two get on",
    "rest": "who rates, the day, and what else",
    "dimension": "which item it is",
    "one dimension": "that item alone",
}
MET_WORDS = {"rest": "the day, and what else"}
"""Where raters rated several."""
HIDDEN_WORDS = {
    "left_out": "Not shown, with too few raters: {n}.",
    "undrawn": "Not shown, for lack of room: {n}.",
}
ANSWER_WORDS = {"score": "Score given", "again": "Answered again"}


def unnamed_funnel(
    voice: Voice,
    found: Points,
    along: str = "",
    up: str = "",
    write: Callable[[float], str] | None = None,
) -> Funnel:
    """A point for each, by how many rated it, and limits that narrow from left to right.

    Parameters
    ----------
    along, up, write: labels of the axes and how heights are written, where these are no ratings.
    """
    sizes = np.linspace(found.raters.min(), found.raters.max(), ALONG)
    middle, bands = found.middle, []
    for text, chance in LIMITS.items():
        margin = found.margin(chance, sizes)
        bands.append(Band(tuple(sizes), tuple(middle - margin), tuple(middle + margin), text))
    low = min(float(found.score.min()), *bands[0].low)
    low -= 0.1 if write is None else 0.05 * (float(found.score.max()) - low)
    pairs = zip(found.raters, found.score, strict=True)
    write = write or partial(voice.number, decimals=1)

    return Funnel(
        tuple(Point(float(n), float(score), key="within", size=4) for n, score in pairs),
        tuple(bands),
        middle,
        write(middle),
        Axis(voice.number, along or voice.say("How many rated"), logarithmic=True, role=NUMBER),
        Axis(write, up or voice.say("Mean score"), low=low, role=NUMBER),
    )


def points_table(voice: Voice, found: Points) -> TableData:
    """The points as drawn, in order of their moved scores."""
    columns: Mapping[str, np.ndarray] = {key: getattr(found, key) for key in POINT_WORDS}
    lines = (
        [number_cell(float(value), voice.language, 2, 2) for value in line]
        for line in zip(*columns.values(), strict=True)
    )
    return voice.worded(POINT_WORDS, lines, ())


def split_figure(voice: Voice, parts: Mapping[str, float], rated: Words) -> Figure | Notes:
    """What the variance of one score is made of.

    Parameters
    ----------
    parts: shares by source; none where only means are known. rated: who is rated.
    """
    say, one_rated = voice.say, rated.of(voice.language)
    if not parts:
        return voice.notes(
            "split",
            say("What one score is made of"),
            say("Of means alone it cannot be told what a single score is made of."),
        )
    met = "rater" in parts
    words = SOURCE_WORDS | (MET_WORDS if met else {})
    bars = tuple(
        Bar(say(words[name], one_rated=one_rated), (share,), voice.percent(share, 0), name,
            key="blue" if name == "rated" else "")
        for name, share in parts.items()
    )  # fmt: skip
    own = voice.percent(parts["rated"], 0)
    return Bars(
        bars,
        (("grey", ""),),
        Axis(lambda v: voice.percent(v, 0), say("Share of the variance of a single score"),
             head=say("Share"), key="share", role=NUMBER),
        head=say("Depends on"),
    ).figure(
        **voice.plate("split"),
        title=say("Of the variance of a single score {own} depend on the {one_rated}", own=own,
                  one_rated=one_rated),
        caption=say(
            "A single score is one {one_rated} in one item by one who rates. A mean over many who "
            "rate keeps the first share whole and thins out the others.",
            one_rated=one_rated,
        ),
        alt=say(
            "Bars of shares of the variance of one score; that of the {one_rated} is {own}.",
            own=own,
            one_rated=one_rated,
        ),
    )  # fmt: skip


def unnamed_figure(
    voice: Voice, found: Points | None, rated: Words, raters_known: bool, more: str = ""
) -> Figure | Notes:
    """The rated as points without names, between limits of chance; ``more`` ends the caption."""
    say, language = voice.say, voice.language
    if found is None:
        return voice.notes(
            "funnel",
            say("Scores by number"),
            say("Too few {rated} have enough raters: none is shown.", rated=rated.plural(language))
            if raters_known
            else say(
                "How many rated each of the {rated} is not known: none is shown.",
                rated=rated.plural(language),
            ),
        )
    beyond = (np.abs(found.score - found.middle) > found.margin(0.95, found.raters)).mean()
    numbers = {"n": voice.number(len(found.score)), "share": voice.percent(float(beyond), 0)}
    return unnamed_funnel(voice, found).figure(
        **voice.plate("funnel"),
        title=say("{share} of {n} points lie outside the inner band; chance alone would leave 5%",
                  **numbers),
        caption=joined(
            language,
            say(
                "Last round. Bands: where 95% and 99.8% would lie if all were alike. The range of "
                "the middle {one_rated} among all spans {spread} of the places: there is no order "
                "to print.",
                one_rated=rated.of(language),
                spread=voice.percent(float(np.median(found.spread)), 0),
            ),
            *(
                say(words, n=voice.number(getattr(found, key)))
                for key, words in HIDDEN_WORDS.items()
                if getattr(found, key)
            ),
            more,
        ),
        alt=say(
            "Scatter of {n} points without names: how many rated across, mean score upwards, with "
            "limits that narrow from left to right.",
            **numbers,
        ),
        table=points_table(voice, found),
    )  # fmt: skip


def answers_again_table(voice: Voice, found: pd.DataFrame) -> Table | Notes:
    """Who answers the next round, by how satisfied they were in this one.

    Parameters
    ----------
    found: share that answered by quarters of satisfaction, lowest first.
    """
    say, share = voice.say, voice.share_cell
    if found.empty:
        return voice.notes(
            "answers",
            say("Who answers again"),
            say(
                "Whether the discontented fall silent cannot be told: these data do not follow "
                "who rated from one round to the next."
            ),
        )
    low, high = (found[end].map(lambda v: voice.number(v, 1)) for end in ("low", "high"))
    ranges = (span(*ends, voice.language) for ends in zip(low, high, strict=True))
    scores = [(text, text) for text in ranges]
    shares = [share(float(one)) for one in found["again"]]
    return Table(
        **voice.plate("answers"),
        title=say(
            "Of the least satisfied quarter {low} answered the next round, of the most {high}",
            low=shares[0][0],
            high=shares[-1][0],
        ),
        caption=say(
            "Of ratings whose pair went on into the next round. Where the discontented fall "
            "silent, means rise by themselves."
        ),
        data=voice.worded(ANSWER_WORDS, zip(scores, shares, strict=True), ("score",)),
    )
