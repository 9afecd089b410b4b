"""How long a national table takes to protect, beside the plain sums of its counts.

    python benchmarks/protection.py [--counties 2850] [--years 1] [--kinds 12]

Months of one kind are added up to quarters and years, and every one of these counts is moved by the
noise that the keys of its records draw. Then the kinds are looked for of which a count is the
total.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from analysis.disclosure.budget import parts_of
from analysis.disclosure.noise import Noise, shown_counts

REPEATS = 5
SALT = b"a salt that everyone may know"


def summed(months: np.ndarray) -> list[np.ndarray]:
    """Months, quarters and years of counts or keys, shape (regions, months)."""
    quarters = months.reshape(len(months), -1, 3).sum(axis=2, dtype=months.dtype)
    years = quarters.reshape(len(months), -1, 4).sum(axis=2, dtype=months.dtype)
    return [months, quarters, years]


def protected(counts: np.ndarray, keys: np.ndarray) -> list[np.ndarray]:
    """The same counts as a page shows them, made anew."""
    pairs = zip(summed(counts), summed(keys), strict=True)
    return [shown_counts(level.ravel(), key.ravel(), Noise(), SALT) for level, key in pairs]


def best(task) -> float:
    """Seconds of the fastest of a few repeats."""
    seconds = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, default=2850)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--kinds", type=int, default=12)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    shape = (given.counties, 12 * given.years)
    counts, keys = rng.poisson(25, shape), rng.integers(0, 2**64, shape, dtype=np.uint64)
    plain, noisy = best(lambda: summed(counts)), best(lambda: protected(counts, keys))
    print(
        f"{17 * given.counties * given.years:,} counts: sums {plain:.4f} s, protected {noisy:.3f} s"
    )
    print(f"ratio {noisy / plain:,.0f}, {1e6 * noisy / (17 * counts.size / 12):.2f} µs a count")
    kinds = rng.poisson(25, (counts.size, given.kinds)).astype(float)
    total = kinds[:, ::2].sum(axis=1)
    seconds = best(lambda: parts_of(total, kinds))
    print(f"parts of a total, looked for among {given.kinds} kinds: {seconds:.3f} s")


if __name__ == "__main__":
    main()
