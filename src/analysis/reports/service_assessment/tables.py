"""Tables of a report on ratings: ceilings, who answers again, and scores put together."""

from __future__ import annotations

from analysis.page.numbers import number_cell
from analysis.page.plates import Notes, Table
from analysis.page.wording import capital
from analysis.reports.service_assessment.answer import Ratings

DESIGN_WORDS = {
    "ratings": "Ratings alone",
    "count": "Less points for complaints and penalties, counted over all",
    "rate": "Less points for complaints and penalties, by enterprise",
    "adjusted": "Less points beyond what enterprises alike have",
}
CEILING_WORDS = {"item": "Item", "mean": "Mean score", "top": "Share with the best score"}
COMPOSITE_WORDS = {
    "name": "Scores",
    "own": "Its own differences",
    "size": "Correlation with how many rated",
    "same": "Same bottom",
}


def ceilings(report: Ratings) -> Table:
    """Mean and share of best scores by item, and ratings that give every item the same."""
    say, found = report.say, report.ratings
    values = found.frame[list(found.items)]
    straight = float((values.nunique(axis=1) == 1).mean())
    known = found.raters_known and len(found.items) > 1
    top: list[float | None] = [None] * len(found.items)
    if found.raters_known:
        top = [float(share) for share in (values >= found.top).mean()]
    lines = (
        [
            (capital(report.named(item).of(report.language)), item),
            number_cell(float(mean), report.language, 2, 3),
            report.share_cell(best),
        ]
        for item, mean, best in zip(found.items, values.mean(), top, strict=True)
    )
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
        data=report.worded(CEILING_WORDS, lines, ("item",)),
    )


def composite(report: Ratings) -> Table | Notes:
    """Scores put together as designed, beside ratings alone and a fairer way."""
    say, designs = report.say, report.designs
    if not designs:
        return report.notes(
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
        data=report.worded(COMPOSITE_WORDS, lines, ("name",)),
    )
