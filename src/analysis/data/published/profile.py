"""Comparable numbers of the published figures, found by indicator and never by place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from analysis.data.published.figures import Figure, Published
from analysis.stats.pooling.exact import Interval, rate_interval, share_interval
from analysis.stats.pooling.reported import earlier_level

PER = 1000
DENOMINATOR = "market_entities_registered"
PER_ENTITY = (
    "complaints_reports_and_requests_closed",
    "complaints_and_reports_received",
    "complaints_and_reports_accepted",
    "cases_opened",
    "cases_closed",
    "consumer_confidence_participants",
    "consumer_confidence_demonstration_units",
    "no_reason_return_units",
    "odr_enterprises",
)
"""Indicators that a region of any size has, so that a rate would allow a comparison."""
YIELDS = ("officers_dispatched", "hazards_found", "hazards_rectified", "problems_found")
CASES = ("cases_opened", "cases_closed", "major_cases_closed", "cases_transferred")
FINES = "penalties_and_confiscations"


@dataclass(frozen=True)
class Rate:
    """A count per 1,000 registered entities; ``rate`` is ``None`` without a denominator.

    ``by_chance`` tells an exact Poisson interval from the range that rounding allows.
    """

    figure: Figure
    denominator: Figure | None
    rate: Interval | None
    by_chance: bool


@dataclass(frozen=True)
class Share:
    """A share in complaint handling; ``interval`` only where both counts are printed."""

    figure: Figure
    whole: Figure | None
    value: float
    interval: Interval | None


@dataclass(frozen=True)
class Ratio:
    """One figure per other, with the range that rounding and chance allow."""

    first: Figure
    second: Figure
    value: Interval
    by_chance: bool


@dataclass(frozen=True)
class Sampling:
    """Batches tested and passed; ``passed`` is ``None`` where no result is printed."""

    tested: Figure
    passed: int | None
    interval: Interval | None


@dataclass(frozen=True)
class Fine:
    """Fines and confiscations per closed case; a rest is what larger cases leave."""

    fines: Figure
    cases: Figure
    per_case: float
    rest: bool


@dataclass(frozen=True)
class Growth:
    """A reported change with its level and the earlier level that it implies."""

    change: Figure
    level: Figure | None
    earlier: float | None


@dataclass(frozen=True)
class Progress:
    """What was done of a target. ``elapsed`` is the share of the year gone by then."""

    done: Figure
    target: float
    printed: Figure | None
    implied: bool
    elapsed: float


def rates(published: Published) -> tuple[Rate, ...]:
    """Counts per 1,000 registered entities where a document prints both."""
    whole = {f.source: f for f in _levels(published, DENOMINATOR) if not f.scope}
    chosen = [f for name in PER_ENTITY for f in _levels(published, name) if _general(f)]
    return tuple(_rate(figure, whole.get(figure.source)) for figure in chosen)


def _general(figure: Figure) -> bool:
    """Not narrowed to a kind of case; units by level of government are one kind each."""
    return not figure.scope or figure.indicator == "consumer_confidence_demonstration_units"


def _rate(figure: Figure, whole: Figure | None) -> Rate:
    if whole is None:
        return Rate(figure, None, None, False)
    size = whole.number / PER
    by_chance = figure.unit == "case" and whole.bound == figure.bound == "exact"
    if by_chance:
        return Rate(figure, whole, rate_interval(round(figure.number), size), True)
    low = figure.range.low / whole.range.high * PER
    high = figure.range.high / whole.range.low * PER
    return Rate(figure, whole, Interval(figure.number / size, low, high), False)


def handling_shares(published: Published, level: float) -> tuple[Share, ...]:
    """Printed shares of complaint handling, and the closed share where counts allow it."""
    derived = [
        _two(published, relation.terms)
        for relation in published.relations
        if relation.type == "share_derivable"
    ]
    own = [
        Share(a, b, a.number / b.number, share_interval(round(a.number), round(b.number), level))
        for a, b in derived
        if _in_domain(published, a) and _in_domain(published, b)
    ]
    printed = [
        Share(f, None, f.number / 100, None)
        for f in published.figures.values()
        if f.kind == "share_pct" and _in_domain(published, f)
    ]
    return (*own, *printed)


def _in_domain(published: Published, figure: Figure) -> bool:
    indicators = published.dataset.tables["indicators"].set_index("indicator")
    return bool(indicators.at[figure.indicator, "domain"] == "complaints")


def recovery(published: Published) -> tuple[Ratio, ...]:
    """Losses recovered per closed case, where both are printed."""
    return _ratios(published, lambda figure: figure.indicator == "consumer_losses_recovered")


def yields(published: Published) -> tuple[Ratio, ...]:
    """Officers, hazards and problems per establishment, enterprise or piece of equipment."""
    return _ratios(published, lambda figure: figure.indicator in YIELDS)


def _ratios(published: Published, wanted: Callable[[Figure], bool]) -> tuple[Ratio, ...]:
    pairs = [_two(published, r.terms) for r in published.relations if r.type == "ratio"]
    return tuple(_ratio(first, second) for first, second in pairs if wanted(first))


def _ratio(first: Figure, second: Figure) -> Ratio:
    by_chance = first.bound == second.bound == "exact" and first.unit in ("hazard", "problem")
    if by_chance:
        return Ratio(first, second, rate_interval(round(first.number), second.number), True)
    low = first.range.low / second.range.high
    high = first.range.high / second.range.low
    return Ratio(first, second, Interval(first.number / second.number, low, high), False)


def samplings(published: Published, level: float) -> tuple[Sampling, ...]:
    """Samples tested with their pass rate; passed and failed are matched by document and scope."""
    found: list[Sampling] = []
    for tested in _levels(published, "samples_tested"):
        passed = _same_place(published, "samples_passed", tested)
        failed = _same_place(published, "samples_failed", tested)
        count = None
        if passed or failed:
            count = round(passed.number if passed else tested.number - failed.number)  # type: ignore[union-attr]
        if any(_is_part(tested, other.tested) for other in found):
            continue
        total = round(tested.number)
        interval = None if count is None else share_interval(count, total, level)
        found.append(Sampling(tested, count, interval))
    return tuple(found)


def _same_place(published: Published, indicator: str, like: Figure) -> Figure | None:
    found = _levels(published, indicator)
    return next((f for f in found if (f.source, f.scope) == (like.source, like.scope)), None)


def _is_part(figure: Figure, whole: Figure) -> bool:
    return figure.links.get("part_of") == whole.id


def case_counts(published: Published) -> dict[str, dict[str, Figure]]:
    """Opened, closed, major and transferred cases of all kinds, by document."""
    found: dict[str, dict[str, Figure]] = {}
    for name in CASES:
        for figure in _levels(published, name):
            if not figure.scope:
                found.setdefault(figure.source, {})[name] = figure
    return {source: cases for source, cases in found.items() if "cases_closed" in cases}


def fines(published: Published) -> tuple[Fine, ...]:
    """Fines per closed case, and of the cases that are left when major ones are taken out."""
    pairs = [_two(published, r.terms) for r in published.relations if r.type == "ratio"]
    own = [(a, b) for a, b in pairs if a.indicator == FINES]
    found = [Fine(a, b, a.number / b.number, False) for a, b in own]
    for whole, cases in own:
        for part, major in own:
            if part.links.get("part_of") == whole.id and major.indicator == "major_cases_closed":
                rest = (whole.number - part.number) / (cases.number - major.number)
                found.append(Fine(whole, cases, rest, True))
    return tuple(found)


def growths(published: Published) -> tuple[Growth, ...]:
    """Every reported change, with the earlier level where the level is printed."""
    found = []
    for change in published.figures.values():
        if change.kind != "change_pct":
            continue
        level = published.figures.get(change.links.get("growth_of", ""))
        earlier = None
        if level is not None:
            earlier = level.number / (1 + change.number / 100)
            step = change.precision or 1.0
            if level.bound == "exact" and level.precision:
                whole = earlier_level(level.number, change.number, step, level.precision)
                earlier = earlier if whole is None else whole
        found.append(Growth(change, level, earlier))
    return tuple(found)


def progresses(published: Published) -> tuple[Progress, ...]:
    """What was done of each target that is printed, or that a printed progress implies."""
    found = []
    for relation in published.relations:
        figures = [published.figures[term] for term in relation.terms]
        printed = published.figures.get(relation.result)
        if relation.type == "progress":
            done, target, implied = figures[0], figures[1].number, False
        elif relation.type == "progress_of_unstated" and printed:
            if printed.number in (0, 100):
                continue
            done, implied = figures[0], True
            target = float(round(100 * done.number / printed.number))
        else:
            continue
        found.append(Progress(done, target, printed, implied, elapsed(done.end)))
    return tuple(found)


def elapsed(day: dt.date) -> float:
    """The share of its year that has gone by at the end of a day."""
    start, end = dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    return ((day - start).days + 1) / (end - start).days


def _levels(published: Published, indicator: str) -> list[Figure]:
    figures = published.figures.values()
    return [f for f in figures if f.indicator == indicator and f.kind in ("level", "money")]


def _two(published: Published, terms: tuple[str, ...]) -> tuple[Figure, Figure]:
    first, second = terms
    return published.figures[first], published.figures[second]
