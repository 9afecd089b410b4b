"""Pictures and tables of a register: before and after the start, the stay of entrants, flows."""

from __future__ import annotations

import math

import pandas as pd

from analysis.page.charts.axes import Axis, share_axis
from analysis.page.charts.survival import Curve, Survival
from analysis.page.numbers import number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.by_time import adoption_steps, event_panels
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital
from analysis.reports.market_entry_exit.answer import EVENT_NAMES, Entries

YEAR = 365.25
CURVE_WORDS = {1: "with {name}", 0: "without it"}
COLOURS = {1: "blue", 0: "vermilion"}
FLOW_WORDS = {
    "year": "Year",
    "registered": "Came, of 1,000",
    "deregistered": "Left, of 1,000",
    "dormant": "Fell dormant, of 1,000",
    "simplified": "Left by simplified deregistration",
    "revoked": "Left by revocation",
    "converted": "Came from individual businesses",
}
REGISTRATIONS, EXIT = "order_style_service/registrations", "exit"
"""By which the truth of simulated data names them."""


def event_time(report: Entries) -> Figure:
    """The change by periods since the start."""
    say = report.say
    paths = {report.outcome: report.result.series.get("by_event_time", ())}
    panels, _ = event_panels(report, report.params.period, paths, say("Counted"), size=5)
    return panels.figure(
        **report.plate("event_time"),
        title=say("{Outcome} before and after the start: {value}"),
        caption=say(
            "Change against what was expected; bars: band at {level} over all periods. Periods "
            "with fewer than five {regions} are left out."
        ),
        alt=say("Changes of {outcome} by period before and since the start, with bands."),
    )


def adoption(report: Entries) -> Figure:
    """How many regions had adopted, period by period."""
    say = report.say
    return adoption_steps(report, report.main.study.panel, say("{Regions} with it")).figure(
        **report.plate("adoption"),
        title=say("{treated} {regions} took up {name}, {rest} did not or not yet"),
        caption=say("Only months are counted since which exits are recorded, from {since} on."),
        alt=say("A line of how many {regions} had taken up {name}, {span}, up to {treated}."),
    )


def flows(report: Entries) -> Table:
    """Who came, left and fell dormant in each whole year."""
    say, lines = report.say, []
    for year, row in report.yearly.iterrows():
        cells = [
            number_cell(report.may_leave(float(row[event])), report.language, 1)
            for event in EVENT_NAMES
        ]
        rest = ("simplified", "revoked", "converted")
        shares = [None if pd.isna(row[n]) else report.may_leave(float(row[n])) for n in rest]
        cells += [report.share_cell(share) for share in shares]
        lines.append([(str(year), str(year)), *cells])
    return Table(
        **report.plate("flows"),
        title=say("Who came, left and fell dormant: {kind}"),
        caption=say(
            "For each thousand on the register when a month began; whole years alone. The last "
            "columns are shares of those that left, and of those that came."
        ),
        data=report.worded(FLOW_WORDS, lines, ("year",)),
    )


def stay(report: Entries) -> Figure | Notes:
    """The share of entrants still on the register, with the intervention and without."""
    say, found = report.say, report.stay
    if found is None:
        text = say("Too few entrants left to compare how long they stay.")
        return report.notes("stay", say("How long entrants stay"), text)
    rows = pd.DataFrame(found.series["survival"])
    curves = []
    for arm, words in CURVE_WORDS.items():
        own = rows[rows["treated"] == arm]
        columns = (report.may_leave(own[c].tolist()) for c in ("share", "low", "high"))
        curves.append(
            Curve(COLOURS[arm], say(words), (own["time"] / YEAR).round(3).tolist(), *columns)
        )
    value, likely = report.stay_words
    return Survival(
        tuple(curves),
        Axis(report.in_full, say("Years since registration"), key="years", role="number"),
        share_axis(report.language, say("Share still registered")),
        say("Entrants"),
    ).figure(
        **report.plate("stay"),
        title=say("With it, entrants left at {ratio} times the rate of others ({rates})",
                  ratio=value, rates=likely),
        caption=say(
            "Among those that came in the same quarter. Some came because of it, so that entrants "
            "are others than before."
        ),
        alt=say("Curves of the share of entrants still registered, with {name} and without."),
    )  # fmt: skip


def truth(report: Entries) -> Table | Notes:
    """Estimates beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    asked = report.params
    same = asked.intervention == "order_style_service" and asked.type == "enterprise"
    if REGISTRATIONS in known and same and asked.outcome == "registered":
        logs = (math.log1p(v) for v in report.main.shares)
        words = say("{Outcome}, with {name}")
        held.append(Held(REGISTRATIONS, words, known[REGISTRATIONS], *logs))
    if EXIT in known:
        year = 12 * math.log1p(-known[EXIT])
        logs = (math.log1p(v) for v in report.leaving)
        words = say("Leave within a year, not counting the young")
        held.append(Held(EXIT, words, math.log1p(-math.expm1(year)), *logs, share=True))
    return truth_table(report, capital(say("register")), held, say("Change or share"))
