"""Figures of a comparison of interventions: who had what, effects, and paths."""

from __future__ import annotations

from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.page.charts.axes import Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.plates import Figure
from analysis.page.shared.by_time import adoption_lines, event_panels
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions
from analysis.reports.compare_interventions.sentences import claimed

INTERVENTION_WORDS = {"intervention": "Intervention"}


def adoption(report: Interventions) -> Figure:
    """How many regions had each intervention, period by period."""
    say = report.say
    return adoption_lines(report, report.panel, report.interventions).figure(
        **report.plate("adoption"),
        title=say("{treated} of {all} {regions} took up at least one of {count} interventions"),
        caption=say(
            "{never} {regions} took up none; they and periods before a start are compared with."
        ),
        alt=say("Lines of the number of {regions} with each of {count} interventions, {span}."),
    )


def forest(report: Interventions) -> Figure:
    """Each intervention jointly, and from regions that had no other."""
    say, rows = report.say, []
    for finding in report.findings:
        record, name = finding.record, capital(report.named(finding.name))
        rows.append(Interval(name, *report.ranged(record), "headline", code=finding.name))
        if record["alone"] is not None and record["regions_alone"] >= FEWEST_REGIONS:
            label, code = say("the same, only {regions} with no other"), f"{finding.name} alone"
            rows.append(Interval(label, *report.ranged(record, "alone"), hollow=True, code=code))
    across = report.change_axis(say("Change against what was expected"))
    return Intervals(tuple(rows), across, (Reference(0.0),)).figure(
        **report.plate("forest"),
        title=claimed(report),
        caption=say(
            "Diamonds: all interventions together, each while it is in force and the others as "
            "they were. Hollow: only {regions} that had no other, which are fewer. Lines: likely "
            "ranges at {level}."
        ),
        alt=say(
            "Estimates with ranges for {count} interventions. {claimed}.", claimed=claimed(report)
        ),
        table=report.intervals_table(INTERVENTION_WORDS, rows),
    )


def event_time(report: Interventions) -> Figure:
    """Effects by periods since the start, one panel an intervention."""
    say, rows = report.say, report.result.series["paths"]
    paths = {
        words: [row for row in rows if row["intervention"] == name]
        for name, words in report.interventions.items()
    }
    panels, ahead = event_panels(report, report.panel.frequency, paths, say("Intervention"))
    outside = sum((point.low or 0) > 0 or (point.high or 0) < 0 for point in ahead)
    text = (
        "Before the starts {outside} of {ahead} points stand out from no change"
        if outside
        else "Before the starts none of {ahead} points stands out from no change"
    )
    told = {"outside": report.number(outside), "ahead": report.number(len(ahead))}
    return panels.figure(
        **report.plate("event_time"),
        title=say(text, **told),
        caption=say(
            "Change against what was expected, the others as one number each. Bars: band at "
            "{level} over all periods of an intervention. Only periods with at least five "
            "{regions} are shown."
        ),
        alt=say(
            "{count} panels of changes by period since the start: {names}. Before the starts "
            "{outside} of {ahead} points stand out from no change.",
            names=say(", ").join(map(capital, report.interventions.values())),
            **told,
        ),
    )
