"""A reported fall beside the only other reported change, and what would settle it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from analysis.page.charts import style
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.reports.claims_audit.answer import AuditBrief


def comparison_figure(brief: AuditBrief) -> Figure:
    """Both reported changes from a common start of 100."""
    say, language, claim = brief.say, brief.language, brief.claim
    other = claim.comparison
    left = 100 * (1 - claim.fall)
    lines = {
        "comparison": (100 * other.ratio.value, brief.document(other.figure.source)),
        "claim": (left, brief.document(claim.figure.source)),
    }

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        for key, (value, name) in lines.items():
            axes.plot([0, 1], [100, value], color=style.COLOURS[key], marker="o")
            rises = value > 100
            axes.annotate(
                f"{name}: {number(value, language, 1)}",
                (0.98, value if rises else 86),
                xytext=(0, 9 if rises else 0),
                textcoords="offset points",
                fontsize=style.SMALL if width == "wide" else 8,
                ha="right",
                color=style.COLOURS[key],
            )
        axes.set_xlim(-0.1, 1.1)
        axes.set_ylim(0, 190)
        axes.set_xticks([0, 1], [say("Before"), say("After")])
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_ylabel(say("Before = 100"))

    return Figure(
        **brief.plate("comparison"),
        title=say(
            "In the same year the only other region with a figure reports {rise}, for "
            "another thing",
            rise=percent(other.ratio.value - 1, language, 2, signed=True),
        ),
        caption=say(
            "{claim}: complaints about {scope}, before and after a campaign, periods not stated. "
            "{other}: complaints and tip-offs about everyone, year on year; {after} accepted, so "
            "{before} the year before (exact {level} interval of the ratio {low} to {high}). "
            "Different levels of government, different subjects, no ranking.",
            claim=brief.document(claim.figure.source),
            scope=_scope(brief),
            other=brief.document(other.figure.source),
            after=number(other.after, language),
            before=number(other.before, language),
            level=percent(brief.params.level, language, 0),
            low=number(other.ratio.low, language, 2),
            high=number(other.ratio.high, language, 2),
        ),
        alt=say(
            "Two lines from 100: one rises to {up}, the other falls to {down}.",
            up=number(100 * other.ratio.value, language, 1),
            down=number(left, language),
        ),
        images=style.render(draw, language, False, 0.8),
        table=TableData(
            (
                Column("document", say("Document")),
                Column("before", say("Before"), "end"),
                Column("after", say("After"), "end"),
                Column("change", say("Change"), "end"),
            ),
            (
                (
                    brief.document(other.figure.source),
                    number(other.before, language),
                    number(other.after, language),
                    brief.shown(other.figure),
                ),
                (
                    brief.document(claim.figure.source),
                    say("not printed"),
                    say("not printed"),
                    brief.amount(claim.figure.number, "percent", signed=True),
                ),
            ),
            (
                (other.figure.source, other.before, other.after, other.figure.number),
                (claim.figure.source, None, None, claim.figure.number),
            ),
        ),
    )


def comparison_notes(brief: AuditBrief) -> Notes:
    """What the comparison can and cannot say."""
    say, language, claim = brief.say, brief.language, brief.claim
    return Notes(
        **brief.plate("comparison_notes"),
        title=say("What the comparison can and cannot say"),
        points=(
            say(
                "**It can say** that complaints did not fall everywhere in that year: one district "
                "reports a rise. Had complaints here risen likewise, what is left would be "
                "{relative} below what was to be expected, not {fall}.",
                relative=percent(claim.comparison.relative, language, 2),
                fall=percent(claim.fall, language, 0),
            ),
            say(
                "**It cannot say** that the campaign was the reason. One other region shows no "
                "range of what regions do by themselves, and the two count different things."
            ),
            say(
                "**It cannot rule out** a start picked at a peak, a change in how complaints are "
                "recorded, or a few frequent complainants who stopped."
            ),
        ),
    )


def settle(brief: AuditBrief) -> Notes:
    """Which data would settle it."""
    say = brief.say
    return Notes(
        **brief.plate("settle"),
        title=say("Which data would settle it"),
        points=(
            say(
                "Complaints by month against these enterprises, for 24 months before the start and "
                "12 after; tip-offs and enquiries apart."
            ),
            say(
                "The same months for food producers of the county outside the campaign, and for "
                "the same trade in neighbouring counties."
            ),
            say("Who complained: how many claimants, how many of them with many earlier cases."),
            say("How complaints came in and were recorded, and whether that changed."),
            say("When the start was decided, and whether a rise in complaints was the reason."),
        ),
    )


def _scope(brief: AuditBrief) -> str:
    figure = brief.claim.figure
    return brief.published.name("scopes", figure.scope, brief.language) if figure.scope else ""
