"""The worlds of the simulated province: what is true in each, and how large it is drawn.

``plain``: every effect is real, and what happened is what was recorded. ``gaming``: half of the
fall is recording, and lists, scores, deadlines, fines and targets are bent. ``selected``: nothing
is bent, but who adopts, joins or is chosen differs beforehand. ``null``: nothing does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from analysis.errors import Problem, nearest

INTERVENTIONS = ("reverse_assessment", "order_style_service", "online_shop_review")
NO_EFFECT = dict.fromkeys(INTERVENTIONS, 0.0)
Selection = Literal["", "level", "spike", "none"]


@dataclass(frozen=True)
class World:
    """What holds in a world; effects in log points, spreads as standard deviations.

    Parameters
    ----------
    ordinary, professional: of each intervention on complaints by ordinary people, and by the few
        who complain for a living. recording: of reverse assessment on how readily officers record
        what comes by telephone or in person. spread: of effects over counties. per_dose: of one
        more unit of the dose of reverse assessment. interaction: of reverse assessment beside
        order-style service. registrations: of order-style service on new registrations.
    selection: what makes counties adopt. counties: lasting spread of their rates.
    visit: of an inspection, for half a year. colour: of one colour higher, for a year.
    joined: of the programme ``model_shop``; merit: how much better those are who apply, in
        standard deviations of quality. odr: log ratio of times where the enterprise settles online.
    leniency: on repeating what was spared. officers: spread of skill. sections: share of the
        variance of ledger scores that lies between sections.
    list_head: how much more readily the head of a faulty list is drawn than its end.
    lifted: share of scores just under 70 that lifting stations lift. rush: share of late cases
        closed on the legal day. undervalued: share of goods just over the limit that are valued
        just under it. padded: share of near misses of a target that are filled up. courtesy:
        points added to ratings. entered: share of the last month's records that are there yet.
    """

    ordinary: Mapping[str, float] = field(default_factory=NO_EFFECT.copy)
    professional: Mapping[str, float] = field(default_factory=NO_EFFECT.copy)
    recording: float = 0.0
    spread: float = 0.0
    per_dose: float = 0.0
    interaction: float = 0.0
    registrations: float = 0.0
    selection: Selection = "none"
    counties: float = 0.0
    visit: float = 0.0
    colour: float = 0.0
    joined: float = 0.0
    merit: float = 0.0
    odr: float = 0.0
    leniency: float = 0.0
    officers: float = 0.0
    sections: float = 0.0
    list_head: float = 0.0
    lifted: float = 0.0
    rush: float = 0.0
    undervalued: float = 0.0
    padded: float = 0.0
    courtesy: float = 0.0
    entered: float = 1.0


def _effects(reverse: float, service: float, review: float) -> dict[str, float]:
    return dict(zip(INTERVENTIONS, (reverse, service, review), strict=True))


PLAIN = World(
    ordinary=_effects(-0.2, -0.055, 0.0),
    professional=_effects(-0.2, -0.4, 0.0),
    spread=0.08,
    per_dose=-0.2,
    interaction=0.1,
    registrations=0.12,
    selection="level",
    counties=0.35,
    visit=-0.2,
    colour=-0.25,
    joined=-0.2,
    odr=float(np.log(0.6)),
    leniency=0.3,
    officers=0.5,
    sections=0.3,
)
WORLDS: dict[str, World] = {
    "plain": PLAIN,
    "gaming": replace(
        PLAIN,
        ordinary=_effects(-0.1, -0.055, 0.0),
        professional=_effects(-0.1, -0.4, 0.0),
        recording=-0.22,
        list_head=2.0,
        lifted=0.7,
        rush=0.6,
        undervalued=0.5,
        padded=0.7,
        courtesy=0.8,
        entered=0.85,
    ),
    "selected": replace(PLAIN, selection="spike", merit=0.8),
    "null": World(),
}


@dataclass(frozen=True)
class Options:
    """Size and truth of a simulated province.

    ``effects`` (on all complaints) and ``selection`` take the place of those of the world.
    """

    counties: int = 120
    months: int = 60
    first_month: str = "2019-01"
    seed: int = 2026
    complaints_per_month: float = 25.0
    enterprises: int = 3000
    world: str = "plain"
    effects: Mapping[str, float] | None = None
    selection: Selection = ""
    dispersion: float = 0.03
    persistence: float = 0.4
    noise: float = 0.08
    city_noise: float = 0.04

    @property
    def truth(self) -> World:
        """The world, with what these options set otherwise."""
        world = WORLDS[self.world]
        if self.effects is not None:
            given = NO_EFFECT | dict(self.effects)
            world = replace(world, ordinary=given, professional=given)
        return replace(world, selection=self.selection) if self.selection else world


def out_of_range(options: object, months: int, **limits: tuple[int, int]) -> list[Problem]:
    """The options that lie outside their limits, or those of every world of so many months."""
    limits |= {"counties": (10, 5000), "months": (months, 600), "enterprises": (50, 10**6)}
    problems = [
        Problem(name, "is out of range", f"Choose {low:,} to {high:,}")
        for name, (low, high) in limits.items()
        if not low <= getattr(options, name) <= high
    ]
    world = getattr(options, "world", "plain")
    if world not in WORLDS:
        problems.append(Problem("world", f"'{world}' does not exist", nearest(world, [*WORLDS])))
    return problems


def stream(options: Options, theme: str) -> np.random.Generator:
    """Random numbers of one theme: what another theme draws does not move them."""
    return np.random.default_rng([options.seed, *theme.encode()])
