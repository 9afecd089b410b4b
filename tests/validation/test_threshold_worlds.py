"""Cut-offs in worlds whose jump is known: ranges hold it, and no direction comes from nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import studies
from analysis.verdicts.threshold import ExaminedThreshold
from threshold_worlds import examined, scored_world

WORLDS = {"null": max(studies.WORLDS, 100), "jump": max(studies.WORLDS, 100)}
WORLDS["lifted"] = studies.WORLDS
"""The bias is told within a third of what it may be."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a world."""

    effect: tuple[float, float, float]
    key: str
    doubted: bool
    at_70: bool
    share: tuple[float, float, float]
    placebos_pass: bool | None
    balanced: bool | None


def kept(one: ExaminedThreshold) -> Kept:
    """The numbers of a world, without its units."""
    at_70 = next(density for density in one.densities if density.cutoff == 70)
    return Kept(
        *(one.effect, one.verdict.key, bool(one.doubted), at_70.doubted),
        *(at_70.moved.share, one.placebos_pass, one.balanced),
    )


def found() -> dict[str, list[Kept]]:
    """Worlds without a jump, with one of −.25 log points, and with a lifted cut-off as well."""
    worlds = {"null": (0.0, 0.0), "jump": (-0.25, 0.0), "lifted": (-0.25, 0.17)}
    return {
        name: [kept(examined(scored_world(seed, *made), draws=199)) for seed in range(WORLDS[name])]
        for name, made in worlds.items()
    }


def share(values: list[bool]) -> float:
    """How often."""
    return float(np.mean(values))


def assert_ranges_hold_the_jump(found):
    """95 % or more: they leave room for a curve; the bias is below a third of the spread."""
    for name, truth in (("null", 0.0), ("jump", np.exp(-0.25) - 1)):
        effects = np.array([one.effect for one in found[name]])
        least = 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS[name])
        covered = (effects[:, 1] <= truth) & (truth <= effects[:, 2])
        assert covered.mean() >= least
        assert abs(effects[:, 0].mean() - truth) < effects[:, 0].std() / 3
        print(name, covered.mean(), effects[:, 0].mean() - truth, effects[:, 0].std())


def assert_few_directions_from_nothing_and_most_jumps(found):
    """At most one in twenty; of jumps of a fifth four in five."""
    claimed = share([one.key != "cannot_tell" for one in found["null"]])
    seen = share([one.key == "fewer" for one in found["jump"]])
    print(claimed, seen)
    assert claimed <= 0.05
    assert seen >= 0.8


def assert_lifted_are_doubted_and_honest_seldom(found):
    """All of the lifted; of honest sets no more than allowed; the share moved lies in its range."""
    honest = share([one.doubted for name in ("null", "jump") for one in found[name]])
    inside = share([one.share[1] <= 0.17 <= one.share[2] for one in found["lifted"]])
    print(honest, inside)
    assert honest <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / (2 * WORLDS["null"]))
    assert all(one.at_70 for one in found["lifted"])
    assert inside >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS["lifted"])


def assert_lines_that_are_none_pass(found):
    """Of honest worlds one in twenty fails; within three Monte-Carlo errors."""
    honest = [one for name in ("null", "jump") for one in found[name]]
    failed = share([one.placebos_pass is False for one in honest])
    unbalanced = share([one.balanced is False for one in honest])
    print(failed, unbalanced)
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / (2 * WORLDS["null"]))
    assert failed <= most
    assert unbalanced <= most


@pytest.mark.validate
def test_worlds_with_and_without_a_jump():
    """Drawn once for all that is asked of them: two processes would each draw their own."""
    worlds = found()
    assert_ranges_hold_the_jump(worlds)
    assert_few_directions_from_nothing_and_most_jumps(worlds)
    assert_lifted_are_doubted_and_honest_seldom(worlds)
    assert_lines_that_are_none_pass(worlds)


@pytest.mark.validate
def test_a_liking_for_round_scores_is_seldom_called_moving():
    """Tens liked by a seventh or a third: at most one in twenty; lifted beside it, nine in ten."""
    called = {
        (liked, lifted): share(
            [
                any(line.cutoff == 70 or not lifted for line in seen.crossed)
                for seen in (
                    examined(scored_world(seed, liked=(liked, 10), lifted=lifted))
                    for seed in range(studies.WORLDS // 2)
                )
            ]
        )
        for liked, lifted in ((0.15, 0.0), (0.3, 0.0), (0.15, 0.3))
    }
    print(called)
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / (studies.WORLDS // 2))
    assert called[0.15, 0.0] <= most
    assert called[0.3, 0.0] <= most
    assert called[0.15, 0.3] >= 0.9 - 3 * np.sqrt(0.09 / (studies.WORLDS // 2))
