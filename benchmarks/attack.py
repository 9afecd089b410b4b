"""Let the strongest reader of ``tests/attacks`` attack stores of counts, and keep what he learns.

    python benchmarks/attack.py                  every row that is missing
    python benchmarks/attack.py "the store" …    these rows, anew

The counts of 200 random provinces become a dataset, whose store the package draws from its own keys
(region, kind, month and count); the reader is given every number of it and the marks, but no salt.
Rows are kept in ``data/studies/protection.csv`` with the limits that they must hold; the last two
show that he has teeth.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.description import Description
from analysis.data.frames.units import units_of
from analysis.disclosure.noise import VERSION, shown_counts
from analysis.disclosure.noise import Noise as Settings
from analysis.disclosure.store import store_of
from analysis.simulated import incidents, province

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from attacks.exact import nested  # noqa: E402
from attacks.knowledge import Score, World, drawn_world, evidence, score  # noqa: E402
from attacks.noise import Noise, every_span, ladder  # noqa: E402
from attacks.pages import found_behind, published  # noqa: E402
from attacks.sampler import sampled  # noqa: E402

FILE = ROOT / "data" / "studies" / "protection.csv"
SEEDS = range(3)
PROVINCES, COUNTIES, YEAR = 200, 8, (3, 4)
SPANS, SWEEPS = 400, 600
"""Counties attacked where every span is drawn for itself, and steps of each chain."""
NOISE, KIND = Noise(), "report"
PROVINCE = cache(lambda: read_dataset(ROOT / "data" / "simulated" / "province"))
OTHER_SALT = b"what a correction of every count would draw from"


def dataset(world: World, seed: int) -> Dataset:
    """The counts of a world by region and month, as an owner would give them."""
    months = [f"2023-{month:02d}" for month in range(1, 13)]
    codes = [f"{seed}-{number:04d}" for number in range(len(world.counts))]
    cells = pd.MultiIndex.from_product([codes, months], names=["region_code", "period"])
    rows = pd.DataFrame({"count": world.counts.ravel()}, cells).reset_index()
    regions = pd.DataFrame({"region_code": codes, "name_en": codes, "name_zh": codes})
    words = {"title": {"en": "Random provinces", "zh": "随机省份"}, "licence": "CC0", "origin": "x"}
    about = Description.model_validate({**words, "status": "simulated"})
    tables = {"outcomes": rows.assign(outcome=KIND), "regions": regions.assign(level="county")}
    return Dataset(Path("provinces"), about, tables, {})


def of_store(data: Dataset, name: str) -> np.ndarray:
    """Numbers of the store, or their marks: months, quarters and the year, shape (N, 17)."""
    levels = store_of(data, KIND).levels.values()
    return np.hstack([getattr(level, name).to_numpy() for level in levels])


def demonstration(kind: str) -> Score:
    """The whole store of one kind of record in the demonstration, by its recipe."""
    means, draw = [], incidents._overdispersed

    def noting(mean: np.ndarray, *rest: object) -> object:
        means.append(mean)
        return draw(mean, *rest)

    incidents._overdispersed = noting
    try:
        options = province.Options(world="gaming")
        counts = province.simulate(options).counts
    finally:
        incidents._overdispersed = draw
    mean = dict(zip(counts, means, strict=True))[kind].reshape(-1, 12)
    world = World(counts[kind].reshape(-1, 12), mean, 1 / options.dispersion)
    levels = store_of(PROVINCE(), kind).levels.values()
    shown, withheld = (
        np.hstack([getattr(lv, name).to_numpy().reshape(len(world.counts), -1) for lv in levels])
        for name in ("shown", "withheld")
    )
    blocks = ladder(*YEAR)
    if (withheld != NOISE.small(world.counts @ blocks.T)).any():
        raise SystemExit("data/simulated/province is not the demonstration: make it anew")
    found = evidence(shown.astype(int)[None], withheld, NOISE)
    return score(world, blocks, nested(world, found, YEAR), NOISE)


def drawn_again(data: Dataset) -> np.ndarray:
    """The same counts with other noise, shape (N, 17)."""
    units, found = units_of(data, KIND), []
    for length in units.ladder:
        rows = units.by(length)
        moved = shown_counts(
            rows["count"].to_numpy(), rows["key"].to_numpy(), Settings(), OTHER_SALT
        )
        wide = rows.assign(moved=moved).pivot(index="region", columns="period", values="moved")
        found.append(wide.to_numpy())
    return np.hstack(found)


def attacked(seed: int, corrected: bool) -> Score:
    """The whole store of 200 provinces, once as it is and once with every cell corrected."""
    world = drawn_world(np.random.default_rng(seed), PROVINCES * COUNTIES, 12)
    data, blocks = dataset(world, seed), ladder(*YEAR)
    withheld = of_store(data, "withheld")
    if (withheld != NOISE.small(world.counts @ blocks.T)).any():
        raise SystemExit("the marks of the store are not those of the counts")
    shown = [of_store(data, "shown").astype(int), *([drawn_again(data)] if corrected else [])]
    found = evidence(np.stack(shown), withheld, NOISE)
    return score(world, blocks, nested(world, found, YEAR), NOISE)


def every_span_drawn(seed: int) -> Score:
    """Each span with noise from the keys of its months: what the store must not do."""
    rng, blocks = np.random.default_rng(seed), every_span(12)
    world = drawn_world(rng, SPANS, 12)
    frame = units_of(dataset(world, seed), KIND).frame
    keys = frame.pivot(index="region", columns="period", values="key").to_numpy(np.uint64)
    true, sums = world.counts @ blocks.T, keys @ blocks.T.astype(np.uint64)
    shown = shown_counts(true.ravel(), sums.ravel(), Settings(), OTHER_SALT).reshape(true.shape)
    found = evidence(shown[None], NOISE.small(true), NOISE)
    return score(world, blocks, sampled(world, found, blocks, rng, sweeps=SWEEPS), NOISE)


def open_pages(seed: int) -> Score:
    """Pages of rates that are worked out from recorded counts and withhold the small ones."""
    rng, right, cells = np.random.default_rng(seed), 0, 0
    for _ in range(PROVINCES):
        size = rng.lognormal(7, 0.6, 9).round()
        events = rng.poisson(size * 0.02 * rng.gamma(8, 1 / 8, 9))
        hidden = NOISE.small(events)
        if hidden.sum() in (2, 3):
            found = found_behind(published(events, size, hidden), NOISE.threshold - 1)
            right, cells = right + int((found == events[hidden]).sum()), cells + int(hidden.sum())
    return Score(cells, right / cells, right / cells, np.nan, 0.0 if right == cells else np.nan)


ROWS: dict[str, tuple[Callable[[int], Score], str]] = {
    "the store": (
        lambda seed: attacked(seed, corrected=False),
        "certain ≤ .005, ratio ≥ .60, right ≤ right_before + .20",
    ),
    **{
        f"the demonstration, {kind}": (
            lambda _, kind=kind: demonstration(kind),
            "certain ≤ .005, ratio ≥ .60, right ≤ right_before + .20",
        )
        for kind in incidents.KINDS
    },
    "every cell corrected once": (
        lambda seed: attacked(seed, corrected=True),
        "certain ≤ .005, ratio ≥ .50",
    ),
    "noise for every span": (every_span_drawn, "ratio ≤ .45"),
    "pages from recorded counts": (open_pages, "certain = 1"),
}


def lines(row: str) -> Iterator[dict[str, object]]:
    """What a row gives, seed by seed."""
    attack, limit = ROWS[row]
    seeds = (province.Options().seed,) if row.startswith("the demonstration") else SEEDS
    for seed in seeds:
        begun = time.process_time()
        found = attack(seed)
        seconds = round(time.process_time() - begun, 1)
        print(f"{row}, seed {seed}: {found}, {seconds} s", flush=True)
        numbers = {name: round(value, 4) for name, value in vars(found).items()}
        yield {"row": row, "seed": seed, **numbers, "limit": limit, "table": VERSION,
               "seconds": seconds}  # fmt: skip


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], metavar="ROW")
    there = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"row": []})
    asked = parser.parse_args().rows or [row for row in ROWS if row not in set(there["row"])]
    for row in asked:
        done = pd.DataFrame(lines(row))
        there = pd.concat([there[there["row"] != row], done]) if len(there) else done
        there = there.sort_values(
            "row", key=lambda names: names.map(list(ROWS).index), kind="stable"
        )
        there.to_csv(FILE, index=False)


if __name__ == "__main__":
    main()
