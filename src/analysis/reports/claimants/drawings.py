"""Figures and tables of a report on claimants."""

from __future__ import annotations

import math

from analysis.data.frames.claimants import CLASSES, RATIO
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import percent_cell
from analysis.page.plates import Figure, Notes, Table, TableData
from analysis.page.shared.by_time import adoption_steps, event_panels
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital
from analysis.reports.claimants.answer import FREQUENT, OTHER, Claims
from analysis.reports.claimants.sentences import verdict_of

CLASS_WORDS = {
    FREQUENT: "Frequent claimants",
    OTHER: "Other claimants",
    RATIO: "Frequent against others",
    "cases": "Many earlier cases",
    "burst": "Bursts",
    "label": "Listed subjects, again",
}
CHANGE_WORDS = {"change": "Change", "low": "Range from", "high": "Range to"}
EFFECT_WORDS = {"class": "Claimants", **CHANGE_WORDS}
MARK_WORDS = {
    "class": "Claimants",
    "carried": "Share of {outcome}",
    **CHANGE_WORDS,
    "verdict": "Verdict",
}
KEYS = {FREQUENT: "professional", OTHER: "ordinary"}
"""Classes as the truth of simulated data names them."""


def effects(report: Claims) -> Figure:
    """Both classes and one against the other."""
    say, main = report.say, report.said(*report.main.shares)
    rows = tuple(
        Interval(say(CLASS_WORDS[n]), *one.shares, "headline" if n == RATIO else "other", code=n)
        for n, one in report.findings.items()
    )
    chart = Intervals(rows, report.change_axis(say("Change against what was expected")),
                      (Reference(0.0),), say("Claimants"))  # fmt: skip
    return chart.figure(
        **report.plate("effects"),
        title=say("Frequent against other claimants: {value}", **main),
        caption=say("Diamond: one against the other. Lines: likely ranges at {level}."),
        alt=say(
            "Changes with ranges for three rows; one against the other {value}, {likely}.", **main
        ),
        table=_effects_table(report),
    )


def _effects_table(report: Claims) -> TableData:
    """The rows of the figure: a change, and from where to where its range runs."""
    lines = (
        [
            (report.say(CLASS_WORDS[name]), name),
            *(percent_cell(share, report.language) for share in one.shares),
        ]
        for name, one in report.findings.items()
    )
    return report.worded(EFFECT_WORDS, lines, ("class",))


def concentration(report: Claims) -> Figure | Notes:
    """What share of complaints few claimants bring."""
    say, tops = report.say, report.tops
    title = say("How many complain how often")
    if not tops:
        point = say(
            "Too few claimants to tell what groups of them bring, or persons are not known."
        )
        return report.notes("concentration", title, point)
    label = say("Share of claimants, most frequent first")
    along = Axis(report.part, label, logarithmic=True, key="share", role=NUMBER)
    up = Axis(report.part, say("Share of {outcome}"), low=0.0, role=NUMBER)
    points = tuple(Point(at, value, key="headline") for at, value in tops)
    return Points(points, along, up).figure(
        **report.plate("concentration"),
        title=say("The {top} of claimants who complained most brought {brought} of {outcome}"),
        caption=say("All {regions} and months with a history. Groups, never single claimants."),
        alt=say("A curve from {top} of claimants, with {brought} of {outcome}, up to all of them."),
    )


def adoption(report: Claims) -> Figure:
    """How many regions had adopted, period by period."""
    say = report.say
    return adoption_steps(report, report.main.study.panel, say("{Regions} with it")).figure(
        **report.plate("adoption"),
        title=say("{treated} {regions} took up {name}, {rest} did not or not yet"),
        caption=say(
            "Only periods are looked at that have a whole history of claimants before them."
        ),
        alt=say("A line of how many {regions} had taken up {name}, {span}, up to {treated}."),
    )


def event_time(report: Claims) -> Figure:
    """Effects by periods since the start, of both classes and of one against the other."""
    say = report.say
    paths = {
        say(CLASS_WORDS[name]): one.headline.series.get("by_event_time", ())
        for name, one in report.findings.items()
    }
    panels, _ = event_panels(report, report.params.period, paths, say("Claimants"), size=5)
    return panels.figure(
        **report.plate("event_time"),
        title=say("Before and after the start, by who complained"),
        caption=say(
            "Change against what was expected; bars: band at {level} over all periods. Periods "
            "with fewer than five {regions} are left out."
        ),
        alt=say(
            "Three panels, of frequent claimants, others and the first against the second: changes "
            "by period before and since the start."
        ),
    )


def marks(report: Claims) -> Table:
    """Share of records and effect of each class and each mark."""
    say, rows = (
        report.say,
        {n: one.headline for n, one in report.findings.items()} | dict(report.marked),
    )
    lines = []
    for name, result in rows.items():
        own = result.headline
        cells = report.cells((own.value, own.low, own.high))
        share = "–" if name == RATIO else report.percent(report.carried[name])
        said = verdict_of(report, report.findings[name]) if name in report.findings else ""
        lines.append([(say(CLASS_WORDS[name]), name), (share, None), *cells, (said, None)])
    return Table(
        **report.plate("marks"),
        title=say("Frequent claimants brought {carried} of {outcome} in these {regions}"),
        caption=say("Marks overlap. Where fewer complain a burst is reached less often: a fall in "
                    "bursts is partly that."),
        data=report.worded(MARK_WORDS, lines, ("class", "verdict")),
    )  # fmt: skip


def truth(report: Claims) -> Table | Notes:
    """Beside each estimate the value that simulated data were made with."""
    known = truths(report.data)
    values = {name: known.get(f"{report.params.intervention}/{key}") for name, key in KEYS.items()}
    held = [
        Held(name, say_class, value, *(math.log1p(v) for v in report.findings[name].shares))
        for name, value in values.items() if value is not None
        for say_class in [report.say(CLASS_WORDS[name])]
    ]  # fmt: skip
    if len(held) == len(CLASSES):
        apart = held[0].truth - held[1].truth
        shares = map(math.log1p, report.main.shares)
        held.append(Held(RATIO, report.say(CLASS_WORDS[RATIO]), apart, *shares))
    return truth_table(report, capital(report.say("Claimants")), held)
