"""Pictures and tables of samples: by product, by why they were taken, and how many would tell."""

from __future__ import annotations

import math

from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.numbers import number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.reports.sampling_pass_rates.answer import POWER, Group, PassRates
from analysis.stats.pooling.exact import batches_to_tell

EFFECT = "failing"
"""By which the truth of simulated data names the share of the whole."""
PLAN_WORDS = {
    "good": "Passing, better",
    "bad": "Passing, worse",
    "needed": "Samples needed to tell them apart",
}
CLOSE = 0.35
"""Of the length of an axis, below which two labels would touch."""
NEARER = (1.0, 0.75, 0.5)
"""Shares of the distance between the two of ``detect`` for which samples are counted."""


def _axis(report: PassRates) -> Axis:
    return share_axis(report.language, report.say("Share that failed"))


def _rows(groups: tuple[Group, ...]) -> list[Interval]:
    return [Interval(g.words, *_limits(g), code=g.code) for g in groups]


def _limits(group: Group) -> tuple[float, float, float]:
    found = group.failing
    return found.value, found.low, found.high


def products(report: PassRates) -> Figure:
    """The share that failed of each product, and of the whole."""
    say, rows = report.say, _rows(report.groups)
    if report.whole:
        one = report.whole
        rows.append(
            Interval(say("All, by weight"), one.value, one.low, one.high, "headline", code="all")
        )
    bad, good = (1 - share for share in report.params.detect[::-1])
    lines = _marks(report, good, bad)
    title = say("{failing} fail over all, by product between {low} and {high}",
                **_ends(report)) if report.whole else say(
        "Between {low} and {high} failed, each group by itself", **_ends(report))  # fmt: skip
    return Intervals(tuple(rows), _axis(report), lines, say("Samples"), "samples").figure(
        **report.plate("products"),
        title=title,
        caption=say(
            "Bars: exact ranges at {level}. Dashed: shares that samples should tell apart."
        ),
        alt=say("Share of samples that failed, with ranges; groups: {groups}."),
    )


def _marks(report: PassRates, good: float, bad: float) -> tuple[Reference, Reference]:
    """The two shares of ``detect``; where they lie close together, one label for both."""
    say = report.say
    reach = max(group.failing.high for group in report.groups)
    first, second = say("{good} pass"), say("{bad} pass")
    if bad - good < CLOSE * reach:
        first, second = "", say("{good} and {bad} pass")
    return Reference(good, first, dashed=True), Reference(bad, second, dashed=True)


def _ends(report: PassRates) -> dict[str, str]:
    values = [one.failing.value for one in report.groups]
    return {"low": report.percent(min(values)), "high": report.percent(max(values))}


def modes(report: PassRates) -> Figure | Notes:
    """The share that failed by why samples were taken: apart, never together."""
    say, rows = report.say, _rows(report.by_mode)
    if len(rows) <= 1:
        text = (
            say("All samples here were taken for one reason.")
            if rows
            else say("Each group was chosen in a way of its own, and stands above by itself.")
        )
        return report.notes("modes", say("By why samples were taken"), text)
    ends = sorted(report.by_mode, key=lambda one: one.failing.value)
    return Intervals(tuple(rows), _axis(report), (), say("Why taken"), "mode").figure(
        **report.plate("modes"),
        title=say(
            "{low} failed of one kind ({first}), {high} of another ({last})",
            low=report.percent(ends[0].failing.value),
            high=report.percent(ends[-1].failing.value),
            first=ends[0].words,
            last=ends[-1].words,
        ),
        caption=say(
            "All products and groups shown. The kinds differ by who chose what to sample: to put "
            "them together would give a share of nothing."
        ),
        alt=say("Share of samples that failed, with ranges, by why they were taken."),
    )


def plan(report: PassRates) -> Table:
    """How many samples tell two shares apart, and ones that lie closer."""
    say, (good, bad) = report.say, report.params.detect
    lines = []
    for part in NEARER:
        worse = good - part * (good - bad)
        found = batches_to_tell(good, worse, report.params.level, POWER)
        number = number_cell(found if found else None, report.language, 0)
        cells = [report.share_cell(share) for share in (good, worse)]
        lines.append([*cells, number])
    return Table(
        **report.plate("plan"),
        title=say("About {needed} samples tell {good} from {bad}"),
        caption=say(
            "Exact binomial: at {level}, found in {power} of samplings. A dash: more than 20,000."
        ),
        data=report.worded(PLAN_WORDS, lines, ()),
    )


def truth(report: PassRates) -> Table | Notes:
    """The share of the whole beside what simulated data were made with."""
    known, held, one = truths(report.data).get(EFFECT), [], report.whole
    asked = report.params
    if known is not None and one and asked.mode == "routine" and not asked.product:
        logs = (math.log1p(value) for value in (known, one.value, one.low, one.high))
        held = [Held(EFFECT, report.say("All, by weight"), *logs, share=True)]
    say = report.say
    return truth_table(report, say("Share of routine samples that fail"), held, say("Share"))
