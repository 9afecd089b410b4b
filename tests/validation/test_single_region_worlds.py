"""One region alone in simulated worlds: its estimate, its rule, and what it says it could find."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from test_few_treated import uneven_world

from analysis.errors import DesignError
from analysis.reports.single_region.answer import Alone
from analysis.reports.single_region.params import SingleRegionParams
from analysis.reports.single_region.question import estimated
from analysis.studies.verdict import ALLOWED, ALLOWED_MOVED
from analysis.verdicts.alone import POWER, Single
from studies import ERRORS, WORLDS, monte_carlo_error, plausible, study

START, DONORS = 16, 30
CLOSE = {"form": "difference", "fit_limit": 0.5}


def world(seed: int, effect: float = 0.0, size: float = 0.0, drift: float = 0.0):
    """A region beside thirty; ``drift`` is its own, in log points a period, from the first on."""
    panel = uneven_world(seed, effect, 1, DONORS, (START,), size)
    treated = panel.frame["first_treated"] > 0
    moved = np.round(panel.frame["count"] * np.exp(drift * panel.frame["period"]))
    count = panel.frame["count"].where(~treated, moved.clip(lower=1))
    return replace(panel, frame=panel.frame.assign(count=count))


def alone(panel, **options) -> Alone:
    """The report on a panel, as the notebook holds it."""
    params = SingleRegionParams(period="quarter", **options)
    code = str(panel.adoption[panel.adoption > 0].index[0])
    plain = estimated(panel, params, form="equal")
    close = CLOSE | {"fit_limit": params.fit_limit}
    subject = Single(panel, code, START, plain, estimated(panel, params, **close))
    data: Any = SimpleNamespace(description=SimpleNamespace(published_results=()), tables={})
    return Alone(params, data, subject)


@pytest.mark.validate
@pytest.mark.parametrize(("effect", "size"), [(-0.2, 0.0), (0.0, 0.0), (0.0, 0.15)])
def test_what_can_be_matched_is_covered(effect, size, row):
    """Of regions that are not refused, usual and small ones: no bias, and 95 % ranges hold."""
    params = SingleRegionParams(period="quarter")

    def run(seed: int):
        return estimated(world(seed, effect, size), params, **CLOSE)

    name = f"single_region, {'small' if size else 'usual'} size, of those matched"
    found = study(name, effect, range(43_000, 43_000 + 2 * WORLDS), run)
    row(found)
    assert abs(found.bias) < 4 * found.bias_error
    # Sparse counts leave a small region a wider range than it needs.
    error = monte_carlo_error(found.covered, len(found.value))
    assert plausible(found.covered, len(found.value)) or (
        size and found.covered >= 0.93 - 3 * error
    )
    assert 0.2 < found.refused_share < 0.7


def claims(seeds: range, **made) -> np.ndarray:
    """The direction claimed in each world that can be matched."""
    found = []
    for seed in seeds:
        try:
            found.append(alone(world(seed, **made)).claimed)
        except DesignError:
            continue
    return np.array(found)


@pytest.mark.validate
@pytest.mark.parametrize(
    ("drift", "size", "allowed"),
    [(0.0, 0.0, ALLOWED), (0.0, 0.15, ALLOWED), (-0.01, 0.0, ALLOWED_MOVED)],
)
def test_without_an_effect_a_direction_is_hardly_ever_claimed(drift, size, allowed, capsys):
    """Usual and small regions, and one that falls by 1 % a period anyway."""
    found = claims(range(44_000, 44_000 + 2 * WORLDS), drift=drift, size=size)
    share = float((found != 0).mean())
    with capsys.disabled():
        print(f"\nfalse directions, drift {drift}, size {size}: {share:.3f} of {len(found)}")
    assert share <= allowed + ERRORS * monte_carlo_error(allowed, len(found))


@pytest.mark.validate
def test_a_large_fall_is_claimed_and_never_a_rise(capsys):
    """A fall by half: most of the time; a rise never."""
    found = claims(range(45_000, 45_000 + WORLDS), effect=float(np.log(0.5)))
    with capsys.disabled():
        print(f"\na fall by half is claimed in {(found < 0).mean():.3f} of {len(found)}")
    assert (found < 0).mean() > 0.5
    assert (found > 0).sum() == 0


@pytest.mark.validate
@pytest.mark.parametrize("size", [0.0, 0.15])
def test_what_it_says_it_would_find_is_claimed_in_four_of_five(size, capsys):
    """A fall of the size that the page names, of a region's own size, is claimed by the rule."""
    found = []
    for seed in range(46_000, 46_000 + WORLDS):
        fall = alone(world(seed, size=size), fit_limit=1.0).detectable()
        if fall is not None:
            found.append(alone(world(seed, -fall, size), fit_limit=1.0).claimed < 0)
    share, worlds = float(np.mean(found)), len(found)
    with capsys.disabled():
        print(f"\nclaimed of what is said to be found, size {size}: {share:.3f} of {worlds}")
    assert worlds > WORLDS / 2
    assert abs(share - POWER) <= 0.1 + ERRORS * monte_carlo_error(POWER, worlds)
