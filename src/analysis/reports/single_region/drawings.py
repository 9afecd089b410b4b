"""Figures and tables of one region: paths, gaps, ranks, weights, and the ways side by side."""

from __future__ import annotations

from analysis.page.charts.axes import Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.log_points import RANGE_WORDS
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital
from analysis.reports.single_region.answer import Alone

WAY_WORDS = {
    "synthetic_difference": "Synthetic difference-in-differences",
    "synthetic_classic": "Synthetic control",
    "synthetic_augmented": "Synthetic control with ridge regression",
    "matched": "Synthetic control matched on predictors",
    "plain": "Difference-in-differences, all {regions} alike",
    "controlled": "Interrupted series against all others together",
    "interrupted": "Interrupted series by itself",
}
TABLE_WORDS = {"way": "Estimate", **RANGE_WORDS, "published": "Published", "source": "Source"}
ALT_WORDS = {
    True: "Estimates by {n} ways, one below the other, with lines for their ranges; the "
    "headline's: {value}.",
    False: "A single estimate, with a line for its range if it has one: {value}.",
}
"""Of the ways to estimate, by whether there are several."""


def ways(report: Alone) -> Figure:
    """Every estimate with its range, beside the number that was published."""
    say = report.say
    rows, lines = [], []
    for way in report.every:
        own, words, first = way.estimate, say(WAY_WORDS[way.key]), way is report.every[0]
        key = "headline" if first else "other"
        rows.append(Interval(words, *report.ranged(vars(own)), key, not first, code=way.key))
        numbers = (own.value, own.low, own.high, way.published)
        cells = [("–", None) if v is None else report.cells([v])[0] for v in numbers]
        lines.append([(words, way.key), *cells, (way.source or "–", None)])
    axis = report.change_axis(say("Change"), report.result.headline.value)
    chart = Intervals(tuple(rows), axis, (Reference(0.0),))
    made = [way.estimate.value for way in report.every]
    text = (
        "{n} ways to estimate lie between {low} and {high}"
        if rows[1:]
        else "A single way to estimate is left: {low}"
    )
    return chart.figure(
        **report.plate("ways"),
        title=say(
            text,
            n=report.number(len(rows)),
            low=report.change(min(made)),
            high=report.change(max(made)),
        ),
        caption=say("Lines: likely ranges at {level}. An estimate matched on predictors has none."),
        alt=say(ALT_WORDS[len(rows) > 1], n=report.number(len(rows)), value=report.change(made[0])),
        table=report.worded(TABLE_WORDS, lines, ("way", "source")),
    )


def truth(report: Alone) -> Table | Notes:
    """Beside the estimate the value that simulated data were made with."""
    own, held = report.result.headline, []
    key = f"{report.params.intervention}/{report.params.outcome}/{report.subject.code}"
    known = truths(report.data).get(key)
    if known is not None and own.low is not None and own.high is not None:
        held = [Held(key, report.name, known, own.value, own.low, own.high)]
    return truth_table(report, capital(report.region), held)
