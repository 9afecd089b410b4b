"""How often intervals hold the truth in worlds that are hard: the table of ``make validate``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest

from analysis import methods
from analysis.data.description import Description
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.study import Study as Question
from analysis.data.settings import Words
from analysis.errors import AnalysisError
from analysis.methods import counts, did, event_study, imputation, rollout, two_way
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.result import Result
from analysis.stats.resampling import jackknife as resample
from analysis.verdicts.effect import judged
from analysis.verdicts.robustness import estimate_headline, examine
from studies import ERRORS, WORLDS, Study, assert_sound, monte_carlo_error, plausible, study
from worlds import make_panel

SPIKES = WORLDS
ERROR = np.sqrt(0.95 * 0.05 / SPIKES)
REGIONS, PERIODS = 36, 14


@dataclass(frozen=True)
class World:
    """Adopters by start, over-dispersion, persistence and size of shocks, selection on a spike."""

    starts: tuple[tuple[int, int], ...] = ((5, 6), (7, 6), (9, 6))
    dispersion: float = 0.02
    persistence: float = 0.4
    shock: float = 0.06
    spike: bool = False


WORLDS_OF = {
    "ordinary": World(),
    "five adopters": World(starts=((6, 3), (8, 2))),
    "three adopters": World(starts=((6, 3),)),
    "all but three": World(starts=((6, 33),)),
    "over-dispersed": World(dispersion=0.3),
    "persistent": World(persistence=0.9, shock=0.1),
    "spike": World(starts=((7, 12),), shock=0.25, spike=True),
}


def panel_of(world: World, seed: int, effect: float) -> Panel:
    """Counts of 36 regions; adopters of a spike are those worst off in the period before it."""
    rng = np.random.default_rng(seed)
    exposure = rng.lognormal(7, 0.5, (REGIONS, 1)) * np.linspace(1, 1.2, PERIODS)
    noise = rng.normal(0, world.shock, (REGIONS, PERIODS + 20))
    for t in range(1, PERIODS + 20):
        noise[:, t] += world.persistence * noise[:, t - 1]
    noise = noise[:, 20:]
    starts, order = np.zeros(REGIONS, dtype=int), rng.permutation(REGIONS)
    if world.spike:
        order = np.argsort(-noise[:, world.starts[0][0] - 2])
    for start, number in world.starts:
        starts[order[:number]], order = start, order[number:]
    after = (starts[:, None] > 0) & (np.arange(1, PERIODS + 1) >= starts[:, None])
    shared = rng.normal(0, 0.15, (1, PERIODS)).cumsum(axis=1)
    level = rng.normal(0, 0.3, (REGIONS, 1))
    rate = np.exp(level + shared + noise + effect * after) * 120 / exposure.mean()
    spread = rng.gamma(1 / world.dispersion, world.dispersion, exposure.shape)
    panel = make_panel(rng.poisson(exposure * rate * spread), starts, exposure)
    size = np.repeat(np.log(exposure[:, 0]), PERIODS)
    return replace(panel, frame=panel.frame.assign(size=size))


def run(module, **options) -> Callable[[Panel], Result]:
    """A method with these options."""
    return lambda panel: module.estimate(panel, module.Options(**options), np.random.default_rng(1))


METHODS = {
    "did": run(did),
    "did, covariate": run(did, covariates=("size",)),
    "imputation": run(imputation),
    "counts": run(counts),
    "counts, equal": run(counts, weights="equal"),
    "event_study": run(event_study, anticipation=0),
    "rollout": run(rollout, draws=499),
    "two_way": run(two_way),
    "two_way, wild": run(two_way, errors="wild_bootstrap", draws=399),
}


def studied(name: str, world: str, worlds: int) -> tuple[Study, float]:
    """Worlds without an effect, where what is not covered is false; and how often leads warned."""
    warned = []

    def tried(seed: int) -> Result:
        result = METHODS[name](panel_of(WORLDS_OF[world], seed, 0.0))
        warned.append(any(c.name == "leads" and c.passed is False for c in result.checks))
        return result

    seeds = range(50_000, 50_000 + worlds)
    return study(f"{name}; {world}", 0.0, seeds, tried), float(np.mean(warned))


def refusals(name: str, world: str) -> float:
    """Share of worlds that may be refused: for counts of zero, covariates that decide who adopts.

    Only methods on logarithms refuse zeros; two adopters of a cohort, or two others once a third
    is left out, are often alike in size.
    """
    if name == "did, covariate" and world in ("five adopters", "all but three"):
        return 0.2
    if "counts" in name:
        return 0.0
    return 0.1 if world == "over-dispersed" else 0.01


LEFT_OUT = {
    ("event_study", "three adopters"),
    ("two_way, wild", "three adopters"),
    ("two_way, wild", "all but three"),
    ("rollout", "three adopters"),
    ("rollout", "all but three"),
}
"""All refused but rollout, which counts every order here: exact by design, and slow."""
CARRIES = [
    (name, world)
    for world in WORLDS_OF
    for name in METHODS
    if world != "spike" and (name, world) not in LEFT_OUT
]


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch):
    """Relaxations have a study of their own; bands take 999 draws instead of 9,999."""
    few = partial(resample.simultaneous_critical, draws=999)
    monkeypatch.setattr(resample, "simultaneous_critical", few)
    monkeypatch.setattr(event_study, "_honest", lambda *_: {})
    monkeypatch.setattr(event_study, "detectable_slope", lambda *_: 0.0)


@pytest.mark.validate
@pytest.mark.parametrize(("name", "world"), CARRIES)
def test_intervals_hold_the_truth_in_hard_worlds(name, world, row):
    """Many worlds each, unbiased and covering, few adopters and few others among them."""
    found, _ = studied(name, world, WORLDS)
    row(found)
    assert_sound(found, refused=refusals(name, world))


def in_prefectures(panel: Panel, prefectures: int, adopting: int, seed: int) -> Panel:
    """Every region of some prefectures adopts, and those of one share shocks of a tenth."""
    rng = np.random.default_rng(seed)
    own = np.arange(REGIONS) * prefectures // REGIONS
    starts = np.where(own < adopting, 6, 0)
    shocks = np.exp(rng.normal(0, 0.1, (prefectures, PERIODS)))[own]
    counts = rng.poisson(panel.matrix("count") * shocks)
    moved = make_panel(counts, starts, panel.matrix("exposure"))
    together = dict(zip(moved.regions, (f"prefecture {number:02d}" for number in own), strict=True))
    return replace(moved, together=together, clustered_by="parent_code")


def outside(name: str, world: str, seeds: range) -> float:
    """Share of worlds without an effect whose band leaves out no change in any period."""
    found = []
    for seed in seeds:
        panel = panel_of(WORLDS_OF[BANDS[world]], seed, 0.0)
        if world == "prefectures":
            panel = in_prefectures(panel, 12, 9, seed)
        path = [r for r in METHODS[name](panel).series["by_event_time"] if r["low"] is not None]
        assert len(path) > 5
        found.append(any(r["low"] > 0 or r["high"] < 0 for r in path))
    return float(np.mean(found))


BANDS = {
    "ordinary": "ordinary",
    "five adopters": "five adopters",
    "three others": "all but three",
    "prefectures": "ordinary",
}
"""Of worlds whose bands are looked at; three others: three regions are left to compare with."""


@pytest.mark.parametrize("name", ["counts", "imputation", "did"])
@pytest.mark.parametrize("world", ["three others", "prefectures"])
def test_bands_over_time_hold_no_change_where_few_move_by_themselves(name, world):
    """All periods at once, three regions to compare with or 3 prefectures of 12: at most .05.

    Thirty worlds tell that within .12. By adopters alone bands missed in .49 and .20 of worlds.
    """
    assert outside(name, world, range(30)) <= 0.05 + 0.12


@pytest.mark.validate
@pytest.mark.parametrize("name", ["counts", "imputation", "did", "event_study"])
@pytest.mark.parametrize("world", BANDS)
def test_bands_over_time_hold_no_change(name, world, row):
    """All periods at once, leads too, in at least .95 of worlds without an effect."""
    share = outside(name, world, range(100_000, 100_000 + WORLDS))
    row(f"| {name}, band; {world} | {WORLDS} | 0 | left out no change {share:.3f} | | |")
    assert share <= 0.05 + ERRORS * monte_carlo_error(0.05, WORLDS)


def test_the_judge_of_studies_finds_too_few_too_many_and_bias():
    """Of 1,000 intervals 900 or 990 with the truth, a bias of 5 errors, a refusal."""
    low, value = np.full(1000, -1.0), np.random.default_rng(1).normal(0, 0.1, 1000)
    value -= value.mean()
    for held, sound in ((900, False), (920, True), (980, True), (990, False)):
        high = np.where(np.arange(1000) < held, 1.0, -0.5)
        assert plausible(Study("any", 0.0, value, low, high, 0).covered, 1000) is sound
    good = Study("any", 0.0, value, low, np.where(np.arange(1000) < 950, 1.0, -0.5), 0)
    assert_sound(good)
    for bad in (replace(good, refused=1), replace(good, value=value + 5 * good.bias_error)):
        with pytest.raises(AssertionError):
            assert_sound(bad)


@pytest.mark.parametrize(
    ("name", "world"), sorted(item for item in LEFT_OUT if item[0] != "rollout")
)
def test_what_cannot_cover_with_few_regions_is_refused(name, world):
    """Rather than given limits that are a guess."""
    with pytest.raises(AnalysisError):
        METHODS[name](panel_of(WORLDS_OF[world], 1, 0.0))


@pytest.mark.validate
@pytest.mark.parametrize("name", ["did", "imputation", "event_study"])
def test_selection_on_a_spike_is_warned_of(name, row):
    """Adopters that start after their worst period: biased by design.

    The leads must warn at least half as often as a false effect is found.
    """
    found, warned = studied(name, "spike", SPIKES)
    row(f"{found} leads warned {warned:.3f}")
    assert warned > 0.5 * (1 - found.covered)


@pytest.mark.validate
@pytest.mark.parametrize("name", ["did", "imputation", "rollout"])
def test_after_a_spike_no_direction_is_claimed_beyond_the_level(name, row):
    """A false effect that leads, base period and placebo in time let pass: as rare as the level."""
    method, claimed = methods.load(name), 0
    draws = {"draws": 499} if name == "rollout" else {}
    for seed in range(SPIKES):
        panel = panel_of(WORLDS_OF["spike"], 7000 + seed, 0.0)
        try:
            result = method.estimate(panel, method.options(**draws), np.random.default_rng(1))
            moved = method.options(anticipation=1, **draws)
            earlier = method.estimate(panel, moved, np.random.default_rng(1))
        except AnalysisError:
            continue
        before = next(e for e in earlier.estimates if e.name == "before")
        doubted = not before.low <= 0 <= before.high or any(
            c.name in ("leads", "base_period") and c.passed is False for c in result.checks
        )
        claimed += not doubted and not result.headline.low <= 0 <= result.headline.high
    row(f"| {name}; spike, false claims that no check doubts | {SPIKES} | {claimed / SPIKES:.3f} |")
    assert claimed / SPIKES < 0.07 + 3 * ERROR


@pytest.mark.validate
def test_after_a_spike_false_directions_are_of_low_certainty(row, monkeypatch):
    """The whole report's rule, doubts and all, where the worst period chose the adopters.

    A third of regions adopts after the period in which they stood out by a third, which fades:
    known to be claimed too often (.17 of 300 worlds), as what pages say of large spikes has it; of
    moderate certainty in 1 of 300.
    """
    monkeypatch.undo()
    few = partial(resample.simultaneous_critical, draws=999)
    monkeypatch.setattr(resample, "simultaneous_critical", few)
    description = Description(
        title=Words(en="t", zh="t"), status="simulated", licence="CC0", origin="drawn"
    )
    params = InterventionEffectParams(outcome="x", intervention="y", period="quarter")
    grades = []
    for seed in range(SPIKES):
        panel = panel_of(WORLDS_OF["spike"], 27000 + seed, 0.0)
        study_of = Question(params, description, {}, panel, None)
        headline = estimate_headline(study_of)
        verdict = judged(study_of, headline, examine(study_of, headline))
        grades.append(verdict.graded if verdict.claims else "")
    claimed = np.mean([grade != "" for grade in grades])
    surer = np.mean([grade.endswith(("moderate", "high")) for grade in grades])
    row(f"| verdict; spike, directions claimed, moderate | {SPIKES} | {claimed:.3f}, {surer:.3f} |")
    assert claimed <= 0.17 + ERRORS * monte_carlo_error(0.17, SPIKES)
    assert surer <= 0.02 + ERRORS * monte_carlo_error(0.02, SPIKES)
