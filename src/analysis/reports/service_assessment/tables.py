"""Tables of a report on ratings: ceilings, who answers again, and scores put together."""

from __future__ import annotations

from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import number_cell, span
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.wording import capital
from analysis.reports.service_assessment.answer import Ratings
from analysis.reports.service_assessment.sentences import nothing

DESIGN_WORDS = {
    "ratings": "Ratings alone",
    "count": "Less points for complaints and penalties, counted over all",
    "rate": "Less points for complaints and penalties, by enterprise",
    "adjusted": "Less points beyond what enterprises alike have",
}


def ceilings(report: Ratings) -> Table:
    """Mean and share of best scores by item, and ratings that give every item the same."""
    say, found = report.say, report.ratings
    values = found.frame[list(found.items)]
    straight = float((values.nunique(axis=1) == 1).mean())
    known = found.raters_known and len(found.items) > 1
    top = (values >= found.top).mean() if found.raters_known else [None] * len(found.items)
    names = [(capital(report.named(item).of(report.language)), item) for item in found.items]
    return Table(
        **report.plate("ceilings"),
        title=say(
            "{share} of ratings give every item the same score", share=report.percent(straight, 0)
        )
        if known
        else say("Mean scores, and how many are the best there is"),
        caption=say(
            "Where most scores are the best that can be given, they tell little: who is good and "
            "who is very good look the same."
        ),
        data=TableData.by_column(
            (Column("item", say("Item")), names),
            (
                Column("mean", say("Mean score"), "end", NUMBER),
                [number_cell(float(v), report.language, 2, 3) for v in values.mean()],
            ),
            (
                Column("top", say("Share with the best score"), "end", NUMBER),
                [report.share_cell(None if v is None else float(v)) for v in top],
            ),
        ),
    )


def answers(report: Ratings) -> Table | Notes:
    """Who answers the next round, by how satisfied they were in this one."""
    say, found = report.say, report.again
    if found.empty:
        return nothing(
            report,
            "answers",
            say("Who answers again"),
            say("Whether the discontented fall silent cannot be told: no {raters} come again."),
        )
    low, high = (found[end].map(lambda v: report.number(v, 1)) for end in ("low", "high"))
    ranges = [span(*ends, report.language) for ends in zip(low, high, strict=True)]
    shares = [report.share_cell(float(share)) for share in found["again"]]
    return Table(
        **report.plate("answers"),
        title=say(
            "Of the least satisfied quarter {low} answered the next round, of the most {high}",
            low=shares[0][0],
            high=shares[-1][0],
        ),
        caption=say(
            "Of ratings whose pair went on into the next round. Where the discontented fall "
            "silent, means rise by themselves."
        ),
        data=TableData.by_column(
            (Column("score", say("Score given")), [(text, text) for text in ranges]),
            (Column("again", say("Answered again"), "end", NUMBER), shares),
        ),
    )


def composite(report: Ratings) -> Table | Notes:
    """Scores put together as designed, beside ratings alone and a fairer way."""
    say, designs = report.say, report.designs
    if not designs:
        return nothing(
            report,
            "composite",
            say("What counts"),
            say("These scores are ratings alone: no complaints or penalties count in them."),
        )
    lines = [
        (
            (say(DESIGN_WORDS[one["name"]]), one["name"]),
            report.share_cell(one["own"]),
            number_cell(one["size"], report.language, 2, 3),
            report.share_cell(one["same"]),
        )
        for one in designs
    ]
    used = report.params.composite.get("form", "count")
    asked = next(one for one in designs if one["name"] == used)
    return Table(
        **report.plate("composite"),
        title=say(
            "Of those called bottom by ratings alone, {share} still are when points count as "
            "designed",
            share=report.percent(asked["same"], 0),
        ),
        caption=say(
            "Counted over all, points fall on those who serve many: that is size, not service. A "
            "complaint is against the enterprise; whose kind of enterprise draws more is in the "
            "last row. Bottom: the lowest {bottom} of a round."
        ),
        data=TableData.of(
            (
                Column("name", say("Score")),
                Column("own", say("Its own differences"), "end", NUMBER),
                Column("size", say("Correlation with how many rated"), "end", NUMBER),
                Column("same", say("Same bottom"), "end", NUMBER),
            ),
            lines,
        ),
    )
