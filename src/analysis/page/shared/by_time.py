"""Several interventions over time: who had which, and what each changed since its start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.data.frames.interventions import InterventionsPanel
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.panels import Panels
from analysis.page.charts.points import Point, Points
from analysis.page.charts.steps import Steps
from analysis.page.shared.log_points import LogPoints
from analysis.page.wording import capital

LINE_COLOURS = ("blue", "vermilion", "green", "purple", "grey")
TIME_WORDS = {
    "week": "Weeks since the start",
    "month": "Months since the start",
    "quarter": "Quarters since the start",
    "year": "Years since the start",
}


def adoption_lines(report: LogPoints, panel: InterventionsPanel, names: Mapping[str, str]) -> Lines:
    """How many regions had each intervention, period by period."""
    along = Periods(panel.periods, report.language, report.say("Period"))
    flags = panel.frame.groupby("period")[list(panel.interventions)].sum()
    counts = flags.reindex(along.places, fill_value=0).astype(float)
    lines = tuple(
        Line(LINE_COLOURS[k % len(LINE_COLOURS)], names[name], tuple(counts[name]))
        for k, name in enumerate(panel.interventions)
    )
    label = report.say("{Regions} with it")
    return Lines(lines, along, Axis(report.in_full, label, whole=True, key="regions", role=NUMBER))


def adoption_steps(report: LogPoints, panel: Panel, label: str) -> Steps:
    """How many regions had adopted, period by period, up to all of them."""
    starts = panel.adoption[panel.adoption > NEVER]
    along = Periods(panel.periods, report.language, report.say("Period"))
    values = tuple(float((starts <= place).sum()) for place in along.places)
    up = Axis(report.in_full, label, whole=True, key="regions", role=NUMBER)
    return Steps(values, along, up, float(len(panel.regions)))


def event_panels(
    report: LogPoints,
    frequency: str,
    paths: Mapping[str, Iterable[Mapping[str, Any]]],
    head: str,
    size: float = 4,
) -> tuple[Panels, list[Point]]:
    """Effects by periods since the start, one panel each, and the points before.

    Parameters
    ----------
    paths: event times of each panel, by its name. head: what panels are of. size: of points.
    """
    say, panels, ahead = report.say, [], []
    label, since = say(TIME_WORDS[frequency]), say("Periods since the start")
    along = Axis(report.in_full, label, whole=True, key="event_time", head=since, role=NUMBER)
    for words, rows in paths.items():
        points = [
            Point(at, *shares, "before" if at < 0 else "after", shares[1] is None, size=size)
            for record in rows
            if record["value"] is not None
            for at, shares in [(record["event_time"], report.ranged(record))]
        ]
        ahead += [point for point in points if point.at < 0]
        zero, start = (Reference(0.0),), (Reference(-0.5, dashed=True),)
        chart = Points(tuple(points), along, report.change_axis(), zero, start)
        panels.append((capital(words), chart))
    limits = (say("Range from"), say("Range to"))
    return Panels(tuple(panels), head, limits), ahead
