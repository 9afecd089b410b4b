"""Figures of a report on ratings: shares of variance, the funnel of the rated, and records."""

from __future__ import annotations

from analysis.data.frames.routes import INFLUENCED, OTHERS
from analysis.page.plates import Figure, Notes
from analysis.page.shared.by_time import event_panels
from analysis.page.wording import capital
from analysis.reports.service_assessment.answer import Ratings

FAR = 8
"""Periods before and since the start that are drawn."""


def records(report: Ratings) -> Figure | Notes:
    """Complaints that officers record themselves, beside the others, by time since the start."""
    say, found = report.say, report.routes
    if not found:
        return report.notes(
            "records",
            say("What officers record"),
            say("Complaints by the way they came are not in these data, or of too few regions."),
        )
    panels = {
        capital(report.ways(route == INFLUENCED)): [
            row for row in found[route].series["by_event_time"] if abs(row["event_time"]) <= FAR
        ]
        for route in (INFLUENCED, OTHERS)
    }
    chart, _ = event_panels(report, report.params.period, panels, say("Complaints"))
    first, second = report.moved(INFLUENCED), report.moved(OTHERS)
    return chart.figure(
        **report.plate("records"),
        title=capital(
            say("{own} {first}, {others} {second}", own=report.ways(True), first=first,
                others=report.ways(False), second=second)
        ),
        caption=say(
            "Change against what {regions} that start later or never lead to expect, by period "
            "since the start. Those who complain one way may be others than those who complain "
            "another way: these data do not tell."
        ),
        alt=say("Two series of points by period since the start: {first} and {second} on average.",
                first=first, second=second),
    )  # fmt: skip
