"""What is said of a roll-out still to come: what it would find, and how its order is drawn."""

from __future__ import annotations

import math

from analysis.data.tables import TABLES
from analysis.disclosure.store import noise_of
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.tiles import Heat
from analysis.page.numbers import percent_change, period
from analysis.page.plates import Figure, Notes, Summary, Table
from analysis.page.wording import capital
from analysis.reports.study_planning.answer import Plan

PERIOD_WORDS = {"month": "{after} months", "quarter": "{after} quarters", "year": "{after} years"}
DESIGN_WORDS = {
    "staggered": "In {waves} waves, {groups} groups as large as one another; one does not start "
    "within the study.",
    "parallel": "All at once: half of them start, the other half does not within the study.",
}
ORDER_WORDS = {"name": "{region}", "starts": "Starts"}
PLAN_WORDS = {"parameter": "Parameter", "value": "Value"}
VERDICT_WORDS = {"planned": "Plan"}
SHOWN = 40
"""Lines of the order above which it is folded away."""


def summary(report: Plan) -> Summary:
    """The answer first: the smallest change it would find, and how often it finds those asked."""
    say = report.say
    chances = say("; ").join(
        say("{change} in {share}", change=_change(report, row.effect),
            share=report.percent(row.found, 0)) for row in report.effects
    )  # fmt: skip
    points = (
        say(
            "**A fall of {smallest} in {outcome} would be found in {wanted} of such studies**, a "
            "larger one more often, with {counties} {regions} and {span} from the first start.",
            span=_span(report),
        ),
        say("Found of the changes asked about, out of {draws} trials: {chances}.", chances=chances),
        say(
            "Where nothing changes, {size} of {draws} trials found a change; {miss} of them are "
            "allowed."
        ),
        say(DESIGN_WORDS[report.params.design]),
        _draw(report),
    )
    return Summary(
        **report.plate("summary"),
        points=points,
        verdict="planned",
        verdict_words=say(VERDICT_WORDS["planned"]),
        number=say("{smallest}"),
        number_unit="",
        number_words=say("the smallest fall that would be found in {wanted} of studies."),
        range_words=say("{counties} {regions}, {span}.", span=_span(report)),
        scope={"place": report.place, "period": report.numbers["start"]},
    )


def _span(report: Plan) -> str:
    return report.say(PERIOD_WORDS[report.params.period])


def _change(report: Plan, logs: float) -> str:
    return percent_change(math.expm1(logs), report.language, 0)


def _draw(report: Plan) -> str:
    """Where the draw of the order stands."""
    say, asked = report.say, report.params
    if asked.draw_seed:
        return say("**The order is drawn**, from the text whose hash was published before.")
    if asked.commitment:
        return say("The order is committed to, and not drawn yet: its text has not been told.")
    return say("No order is drawn: first publish the hash of a secret text (commitment).")


def power(report: Plan) -> Figure:
    """How often each effect is found, and how often none is taken for one."""
    say = report.say
    rows = []
    for row in (report.at_none, *report.effects):
        name = _change(report, row.effect) if row.effect else say("no change")
        low, high = (min(max(row.found + sign * 2 * row.error, 0), 1) for sign in (-1, 1))
        rows.append(Interval(name, row.found, low, high, "other" if row.effect else "chance"))
    axis = Axis(lambda v: report.percent(v, 0), say("Share of trials that find a change"),
                low=0, high=1, role="number")  # fmt: skip
    lines = (Reference(1 - report.level, say("{miss}"), dashed=True),
             Reference(report.params.wanted, say("{wanted}"), dashed=True))  # fmt: skip
    return Intervals(tuple(rows), axis, lines, say("Change"), "change").figure(
        **report.plate("power"),
        title=say("What {counties} {regions} over {span} would find", span=_span(report)),
        caption=say(
            "Starts dealt anew {draws} times to {regions} and stretches of the history, treated "
            "counts changed by so much. Bars: twice the error of so few trials."
        ),
        alt=say("Shares of trials that find a change, by how large it is, with ranges."),
    )


def sizes(report: Plan) -> Figure:
    """The smallest fall that would be found, by how many regions and how long."""
    say = report.say
    none = {(r.regions, r.after): r for r in report.trials.rows if r.effect == 0}
    counties, after = (sorted({key[i] for key in none}) for i in (0, 1))
    values = tuple(tuple(round(report.smallest(none[n, t]), 3) for t in after) for n in counties)
    span = [say(PERIOD_WORDS[report.params.period], after=report.number(t)) for t in after]
    rows = tuple(say("{n} {regions}", n=report.number(n)) for n in counties)
    shade = Axis(lambda v: report.percent(v, 1), role="number")
    return Heat(rows, tuple(span), values, shade, capital(report.regions), say("not tried")).figure(
        **report.plate("sizes"),
        title=say("The smallest fall found in {wanted} of studies: {smallest} with the largest"),
        caption=say("By how many take part, and how long after the first start is looked at."),
        alt=say("Table of smallest falls by how many {regions} take part and how long."),
    )


def order(report: Plan) -> Table | Notes:
    """Who starts when; until the text is told, how it will be drawn."""
    say, given = report.say, report.subject
    if not report.order:
        points = (
            _draw(report),
            say("Published beforehand: {commitment} (SHA-256).")
            if report.params.commitment
            else "",
            say(
                "How: choose a secret text of twenty letters or more, publish its SHA-256 here, "
                "and tell the text on the day of the draw. Whoever has both can draw the order "
                "again; no other text fits the hash."
            ),
        )
        return report.notes("order", say("The order of the roll-out"), *points)
    lines = [
        [
            (given.names[code][report.language == "zh"], code),
            (period(given.period(at), report.language), given.period(at))
            if at
            else (say("not within the study"), ""),
        ]
        for code, at in sorted(report.order.items(), key=lambda one: (one[1] or 10**6, one[0]))
    ]
    return Table(
        **report.plate("order"),
        title=say("The order of the roll-out, drawn by lot"),
        caption=say("From the text whose SHA-256 is {commitment}. Anybody can draw it again."),
        data=report.worded(ORDER_WORDS, lines, ("name", "starts")),
        folded=len(lines) > SHOWN,
    )


def analysis(report: Plan) -> Table:
    """With which parameters it will be evaluated, fixed beforehand."""
    say = report.say
    lines = [
        [(key, key), (", ".join(value) if isinstance(value, list) else value or "–", None)]
        for key, value in report.analysis.items()
    ]
    return Table(
        **report.plate("analysis"),
        title=say("How it will be evaluated"),
        caption=say(
            "Parameters of the notebook intervention_effect, to be published with the order. The "
            "starts go into the table interventions, with assignment random."
        ),
        data=report.worded(PLAN_WORDS, lines, ("parameter", "value")),
    )


def sample(report: Plan) -> Notes:
    """The history that it was tried on."""
    say, given = report.say, report.subject
    points = (
        say("{n} {regions} with a whole history of {history} periods.",
            n=report.number(len(given.counts))),
        say("Left out, as they lack a period: {n}.", n=report.number(given.incomplete))
        if given.incomplete else "",
        say("Drawn within strata: {strata}.", strata=_column(report))
        if report.params.strata else "",
        say("Tried on protected counts, whose noise makes changes a little harder to find.")
        if noise_of(report.data) else "",
    )  # fmt: skip
    return report.notes("sample", say("What it was tried on"), *points)


def _column(report: Plan) -> str:
    """The column of strata in words."""
    own = TABLES["regions"].column(report.params.strata)
    return own.zh if report.language == "zh" and own.zh else own.en


def certainty(report: Plan) -> Notes:
    """What the promise rests on."""
    say = report.say
    points = (
        say(
            "Found is what the rule for one intervention would claim a direction for: the range of "
            "the change leaves out none, and a second look that lets those that start keep a "
            "course of their own agrees. Where all start at once that look is weak: waves find "
            "more."
        ),
        say(
            "The promise holds if the time to come is as restless as the history, and if whoever "
            "is drawn does start then. Measures that were taken within the history are in it."
        ),
        say(
            "It is of one average change, the same everywhere and from the first period on. One "
            "that grows slowly, or differs by {region}, is found less often."
        ),
        say(
            "A change in how much is recorded would be found like one in what happens: plan a "
            "second outcome that recording cannot move."
        ),
        say(
            "What would change our mind: more trials (draws), or a history in which something "
            "unusual is left out."
        ),
    )
    return report.notes("certainty", say("What the promise rests on"), *points)
