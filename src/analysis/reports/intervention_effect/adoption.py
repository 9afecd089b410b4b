"""Who adopted when, and what was recorded before any model."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.data.frames.panel import NEVER
from analysis.page.charts import style
from analysis.page.charts.labels import short
from analysis.page.numbers import PER_EXPOSURE, number, period, period_span, size_decimals
from analysis.page.plates import Column, Figure, TableData
from analysis.page.protection import refuse_small
from analysis.page.wording import capital, lower
from analysis.reports.intervention_effect.answer import Brief


def adoption_figure(brief: Brief) -> Figure:
    """How many regions had the intervention, period by period."""
    say, language = brief.say, brief.language
    panel = brief.study.panel
    starts = panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    positions = list(range(1, len(panel.periods) + 1))
    reached = [int((treated <= position).sum()) for position in positions]
    first, last = (
        period(panel.label(int(start)), language) for start in (treated.min(), treated.max())
    )
    opening, closing = (period(panel.periods[place], language) for place in (0, -1))
    title = say(
        "{treated} of {units} {regions} adopted, the first in {first}, the last in {last}",
        treated=treated.size,
        units=starts.size,
        regions=brief.regions,
        first=first,
        last=last,
    )

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        axes.fill_between(positions, reached, step="post", color=style.COLOURS["early"], alpha=0.25)
        axes.step(positions, reached, where="post", color=style.COLOURS["early"])
        axes.annotate(
            str(reached[-1]),
            (positions[-1], reached[-1]),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=style.COLOURS["early"],
        )
        style.thin_ticks(axes, positions, list(panel.periods), 9 if width == "wide" else 4)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_ylim(0, starts.size)
        label = say("{regions} with the intervention", regions=capital(brief.regions))
        axes.set_ylabel(short(label, "narrow", 0.8))
        axes.grid(axis="x", visible=False)

    rows = [
        (period(panel.label(p), language), number(n, language))
        for p, n in zip(positions, reached, strict=True)
    ]
    return Figure(
        **brief.plate("adoption"),
        title=title,
        caption=say(
            "{n} {regions} had not adopted by {last}; the axis ends at all {units}.",
            n=int((starts == NEVER).sum()),
            regions=brief.regions,
            last=closing,
            units=starts.size,
        ),
        alt=say(
            "Step line of the number of {regions} with the intervention: {start} in {first}, "
            "rising to {end} in {last}.",
            regions=brief.regions,
            start=reached[0],
            first=opening,
            end=reached[-1],
            last=closing,
        ),
        images=style.render(draw, language, brief.study.simulated, 0.8),
        table=TableData(
            (
                Column("period", say("Period")),
                Column(
                    "regions",
                    say("{regions} with the intervention", regions=capital(brief.regions)),
                    "end",
                ),
            ),
            tuple(rows),
            tuple((panel.label(p), n) for p, n in zip(positions, reached, strict=True)),
        ),
    )


GROUP_WORDS = {"early": "Early adopters", "late": "Late adopters", "never": "Never adopted"}


def adopter_groups(brief: Brief) -> dict[str, np.ndarray]:
    """Masks of early, late and never adopters; adopters are split at their median start."""
    starts = brief.study.panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    middle = float(np.median(treated))
    early = (starts > NEVER) & (starts <= middle)
    groups = {"early": early, "late": (starts > NEVER) & ~early, "never": starts == NEVER}
    return {key: mask for key, mask in groups.items() if mask.any()}


def group_rates(brief: Brief) -> dict[str, np.ndarray]:
    """Path of each group: per 1,000 exposure and year, or the mean count of a region and year."""
    panel = brief.study.panel
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    factor = panel.per_year * (PER_EXPOSURE if panel.has_exposure else 1)
    groups = adopter_groups(brief)
    totals = np.array([counts[mask].sum(axis=0) for mask in groups.values()])
    refuse_small(totals, brief.study.params.disclosure_threshold, "group paths")
    return {
        key: counts[mask].sum(axis=0) / exposure[mask].sum(axis=0) * factor
        for key, mask in groups.items()
    }


def rate_unit(brief: Brief) -> str:
    """The unit of the paths, in words."""
    if brief.study.panel.has_exposure:
        return brief.say(
            "{outcome} per 1,000 {exposure} a year", outcome=brief.outcome, exposure=brief.exposure
        )
    return brief.say("{outcome} per {region} a year", outcome=brief.outcome, region=brief.region)


def paths_figure(brief: Brief) -> Figure:
    """Raw paths of early, late and never adopters, before any model."""
    say, language = brief.say, brief.language
    panel = brief.study.panel
    rates = group_rates(brief)
    labels = {key: say(GROUP_WORDS[key]) for key in rates}
    positions = list(range(1, len(panel.periods) + 1))
    first = int(panel.adoption[panel.adoption > NEVER].min())
    decimals = size_decimals(*(float(v) for path in rates.values() for v in path))
    unit = rate_unit(brief)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        for key, path in rates.items():
            axes.plot(
                positions,
                path,
                color=style.COLOURS[key],
                marker=style.MARKERS[key],
                markersize=4,
                markevery=max(1, len(positions) // 12),
                label=labels[key],
            )
        axes.axvline(first - 0.5, color=style.QUIET, linewidth=1, linestyle=(0, (3, 3)))
        axes.annotate(
            say("first start"),
            (first - 0.5, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=style.SMALL,
            color=style.QUIET,
        )
        style.thin_ticks(axes, positions, list(panel.periods), 9 if width == "wide" else 4)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_ylim(0, 1.12 * max(float(path.max()) for path in rates.values()))
        axes.grid(axis="x", visible=False)
        ends = {labels[key]: (float(path[-1]), style.COLOURS[key]) for key, path in rates.items()}
        if width == "wide":
            style.end_labels(axes, positions[-1], ends)
        else:
            axes.legend(
                loc="lower center",
                bbox_to_anchor=(0.46, 1.0),
                ncols=3,
                frameon=False,
                fontsize=8,
                handlelength=1.2,
                columnspacing=0.8,
                handletextpad=0.4,
            )

    before = {key: float(path[: first - 1].mean()) for key, path in rates.items()}
    averages = say("; ").join(
        say("{group} {value}", group=lower(labels[key]), value=number(value, language, decimals))
        for key, value in before.items()
    )
    columns = [Column("period", say("Period"))]
    columns += [Column(key, labels[key], "end") for key in rates]
    return Figure(
        **brief.plate("paths"),
        title=say(
            "Before the first start, {unit} averaged: {averages}", unit=unit, averages=averages
        ),
        caption=say(
            "{unit}, as recorded, before any model. Adopters are split at the middle of "
            "their starts.",
            unit=capital(unit),
        ),
        alt=say(
            "Lines of {unit}, {span}. Averages before the first start: {averages}.",
            unit=unit,
            span=period_span(panel.periods[0], panel.periods[-1], language),
            averages=averages,
        ),
        images=style.render(draw, language, brief.study.simulated),
        table=TableData(
            tuple(columns),
            tuple(
                (
                    period(label, language),
                    *(number(float(path[i]), language, decimals) for path in rates.values()),
                )
                for i, label in enumerate(panel.periods)
            ),
            tuple(
                (label, *(round(float(path[i]), 4) for path in rates.values()))
                for i, label in enumerate(panel.periods)
            ),
        ),
    )
