"""Every method on ugly frames: it ends in finite numbers, or in a refusal of ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import methods
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.panels.panel_doubts import STALE_PERIODS, doubtful
from analysis.errors import AnalysisError, DesignError, EstimationError, PublishError
from analysis.methods import did
from analysis.page.numbers import number, percent
from analysis.page.wording import translator
from analysis.result import LARGEST, Check, Estimate, Result, Sample
from kinds import KINDS
from worlds import county_world, make_panel

RANDOM = 6
"""Worlds of counts with heavy tails and many zeros, by seed."""
FEWER = {"synthetic_control": {"draws": 50}, "bunching": {"draws": 99}, "rollout": {"draws": 199},
         "randomisation": {"draws": 199}}  # fmt: skip
"""Options that save time."""
SIZES = {"one region": (1, 0), "one of each": (1, 1), "one adopter": (1, 7), "two of each": (2, 2),
         "all adopt": (7, 0), "none adopts": (0, 7)}  # fmt: skip
COLUMNS: dict[str, Callable[[pd.Series], Any]] = {
    "zero": lambda column: 0.0 * column,
    "one": lambda column: 0.0 * column + 1,
    "below zero": lambda column: 0.0 * column - 1,
    "times 1e150": lambda column: column * 1e150,
    "times 1e300": lambda column: column * 1e300,
    "times 1e-300": lambda column: column * 1e-300,
    "with a hole": lambda column: column.astype(float).where(column.index != 0),
    "with one huge": lambda column: column.astype(float).where(column.index != 0, 1e15),
    "with one alone": lambda column: (column.index == 0).astype(float),
}


def spoilt_counts(
    count: np.ndarray, starts: np.ndarray, after: np.ndarray
) -> dict[str, np.ndarray]:
    """Counts (N, T) with something the matter."""
    adopts, own, one = (starts > 0)[:, None], np.random.default_rng(1), count == count[2, 3]
    empty = np.isin(np.arange(len(starts)), [0, np.flatnonzero(starts)[0]])[:, None]
    return {
        "all zero": 0 * count,
        "an adopter and another without any": np.where(empty, 0, count),
        "nothing after the start": np.where(after, 0, count),
        "nothing before the start": np.where(adopts & ~after, 0, count),
        "nothing where none adopted": np.where(adopts, count, 0),
        "hardly any": own.poisson(0.05, count.shape),
        "few": own.poisson(0.6, count.shape),
        "the same everywhere": np.full(count.shape, 50),
        "filled forward": np.repeat(count[:, :1], count.shape[1], axis=1),
        "an exact effect": np.where(after, 40, 50),
        "beyond whole numbers": count + 9007199254740993,
        "huge": count * 1e298,
        "not a number": np.where(one, np.nan, count),
        "infinite": np.where(one, np.inf, count),
        "below zero": np.where(one, -5, count),
    }


def ugly_panels() -> Iterator[tuple[str, Panel]]:
    """Panels of 14 regions and 12 periods with something the matter."""
    base = county_world(3, regions=14, periods=12)
    starts, count, size = base.adoption.to_numpy(), base.matrix("count"), base.matrix("exposure")
    after = (starts[:, None] > 0) & (np.arange(1, 13) >= starts[:, None])
    for name, spoilt in spoilt_counts(count, starts, after).items():
        # Constant exposures too: only then do constant counts not vary at all.
        for even in (False, True):
            exposure = np.ones_like(size) if even else size
            yield f"{name}, even" if even else name, make_panel(spoilt, starts, exposure)
    sides = [[r for r, g in zip(base.regions, starts, strict=True) if (g > 0) is side]
             for side in (True, False)]  # fmt: skip
    for name, (adopters, others) in SIZES.items():
        yield name, base.keep([*sides[0][:adopters], *sides[1][:others]])
    yield "no exposure somewhere", make_panel(count, starts, np.where(size == size[2, 3], 0, size))
    for seed in range(RANDOM):
        own = np.random.default_rng(seed)
        counts = np.floor(own.pareto(0.4, (8, 7)))
        yield f"heavy tails {seed}", make_panel(counts, own.choice([0, 0, 3, 5, 6], 8))


def ugly_frames(base: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Too few rows, and each column of numbers spoilt."""
    for rows in (0, 1, 2, 3, 8):
        yield f"{rows} rows", base.iloc[:rows]
    for name in base.select_dtypes("number"):
        for how, spoil in COLUMNS.items():
            yield f"{name} {how}", base.assign(**{name: spoil(base[name])})
        for other in {"treated", "after"} & set(base):
            yield f"{name} as {other}", base.assign(**{name: base[other] + 1.0})


def finite(value: Any) -> bool:
    """Whether there is no number inside that is none."""
    if isinstance(value, Mapping):
        return all(map(finite, value.values()))
    if isinstance(value, (list, tuple, np.ndarray)):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def fails(method: str, frame: Any, **options: Any) -> str:
    """What goes wrong, but for a refusal of ours."""
    try:
        found = methods.estimate(method, frame, **FEWER.get(method, {}), **options)
    except AnalysisError:
        return ""
    parts = (found.series, found.options, [check.detail for check in found.checks])
    repr(found)
    return "" if all(map(finite, parts)) else "not finite"


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", methods.names())
def test_ugly_frames_end_in_finite_numbers_or_in_a_refusal(name):
    """No traceback, no NaN, no infinity, in any series or check."""
    method = methods.load(name)
    kind = KINDS[method.takes.name]
    frames = ugly_panels() if method.takes_panel else ugly_frames(kind.make(1, kind.truth))
    assert [(what, said) for what, frame in frames if (said := fails(name, frame))] == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_rates_that_fall_to_nothing_are_refused_and_not_called_worse():
    """The staggered comparison of rates, where adopters have nothing left after the start."""
    spoilt = dict(ugly_panels())["nothing after the start"]
    with pytest.raises(EstimationError, match="estimate overall: is not a finite number"):
        did.estimate(spoilt, did.Options(scale="rate"), np.random.default_rng(1))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", methods.panel_names())
@pytest.mark.parametrize("what", ["the same everywhere, even", "filled forward, even"])
def test_counts_that_never_vary_say_nothing_about_their_error(name, what):
    """A column filled forward is refused; it is no effect too small to matter."""
    with pytest.raises((DesignError, EstimationError)):
        methods.estimate(name, dict(ugly_panels())[what], **FEWER.get(name, {}))


def filled(last: int, regions: int = 36) -> Panel:
    """A world whose last counts are those of a period before, in some of its regions."""
    base = county_world(3)
    count = base.matrix("count").copy()
    count[:regions, -last:] = count[:regions, [-last - 1]]
    return make_panel(count, base.adoption.to_numpy(), base.matrix("exposure"))


def doubts(panel: Panel) -> str:
    """What is said of the panel before anything is estimated."""
    return " ".join(map(str, doubtful(panel)))


def test_counts_filled_forward_at_the_end_are_named():
    """By period where nearly all regions repeat one, else by region; the check refuses both."""
    every, one = doubts(filled(2)), doubts(filled(STALE_PERIODS - 1, regions=1))
    assert every.startswith("counts: repeat those of the period before in 2004Q1, 2004Q2.")
    assert one.startswith("counts: are the same in each of the last 6 periods in 990000.")
    for panel in (filled(2), filled(STALE_PERIODS - 1, regions=1)):
        for name in ("counts", "did", "synthetic_control"):
            method = methods.load(name)
            with pytest.raises(DesignError, match="Look whether an export was filled forward"):
                method.check(panel, method.options())


def test_counts_that_repeat_by_chance_are_not_called_filled_forward():
    """Small and larger ones, where two that follow each other are often equal."""
    assert doubts(filled(2, regions=18)) == doubts(filled(STALE_PERIODS - 2, regions=1)) == ""
    for seed, mean in enumerate((0.3, 1, 1, 1.5, 3, 10, 10, 60)):
        world = county_world(seed, mean=mean)
        assert doubts(world) == "", mean
        few = np.random.default_rng(seed).poisson(mean, (8, 40))
        assert doubts(make_panel(few, np.array([5, 5, 7, 7, 0, 0, 0, 0]))) == "", mean


@pytest.mark.parametrize("name", methods.panel_names())
@pytest.mark.parametrize("place", [(0, 0), (0, 13), (-1, 0), (-1, 13)])
def test_a_count_with_six_digits_too_many_is_refused_before_a_kernel_starts(name, place):
    """By every method, wherever it stands: it alone would decide. The largest count stays out."""
    base, method = county_world(3), methods.load(name)
    count = base.matrix("count").copy()
    count[place] *= 1e6
    spoilt = make_panel(count, base.adoption.to_numpy(), base.matrix("exposure"))
    with pytest.raises(DesignError, match="over 100 times what any region usually has in 200") as e:
        method.check(spoilt, method.options())
    assert f"{count[place]:.0f}" not in str(e.value)


@pytest.mark.parametrize("name", ["did", "event_study", "rollout", "synthetic_control", "two_way"])
def test_zeros_without_a_logarithm_are_refused_before_anything_is_estimated(name):
    """As the estimate would; rates themselves may be zero."""
    method, world = methods.load(name), county_world(3)
    starts, count = world.adoption.to_numpy(), world.matrix("count")
    spoilt = np.where((starts == starts.max())[:, None], 0, count)
    panel = make_panel(spoilt, starts, world.matrix("exposure"))
    with pytest.raises(DesignError, match="a zero has no logarithm"):
        method.check(panel, method.options())
    if "scale" in method.options.model_fields:
        method.check(panel, method.options(scale="rate"))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float64("nan")])
@pytest.mark.parametrize("place", range(4))
def test_an_estimate_that_is_no_number_cannot_be_made(number, place):
    """Value, error and either limit; a check neither."""
    numbers = [0.1, 0.1, 0.0, 0.2]
    numbers[place] = number
    with pytest.raises(EstimationError, match="estimate overall: is not a finite number"):
        Estimate("overall", *numbers)
    with pytest.raises(EstimationError, match="check leads: is not a finite number"):
        Check("leads", None, number)


def test_one_limit_alone_is_refused():
    """Both or none."""
    with pytest.raises(EstimationError, match="one limit without the other"):
        Estimate("overall", 0.1, 0.1, 0.0)
    assert Estimate("overall", 0.1).low is None


@pytest.mark.parametrize(
    ("unit", "low", "high", "words"),
    [
        ("log points", 0.1, 0.1 + 1e-10, "does not vary"),
        ("log rate ratio", -1.0, LARGEST + 1, "beyond any"),
        ("unit of the value", 5.0, 5.0, "does not vary"),
        ("unit of the value", 5.0, 5.1, ""),
        ("log points", -0.1, 0.1, ""),
    ],
)
def test_a_result_without_width_or_beyond_all_ratios_cannot_be_made(unit, low, high, words):
    """In log points by size, elsewhere beside the numbers themselves."""
    parts = ("did", "an effect", unit, 0.95, (Estimate("overall", low, None, low, high),))
    sample = Sample(10, 5, 2, "", "")
    if not words:
        assert Result(*parts, sample).headline.high == high
        return
    with pytest.raises(EstimationError, match=words):
        Result(*parts, sample)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_page_prints_what_is_no_number(value):
    """Neither as a number, nor in a sentence that was given one."""
    for language in ("en", "zh"):
        with pytest.raises(PublishError, match="not finite"):
            number(value, language, 1)
        with pytest.raises(PublishError, match="not finite"):
            percent(value, language)
        with pytest.raises(PublishError, match="holds no number"):
            translator(language)("{low} to {high}", low=f"{value}", high="3")
    assert translator("en")("{low} to {high}", low="Nan'an", high="information")
