"""Break words, dates and boundaries one at a time, and see that the tests notice each.

    python scripts/mutants.py

Each break is made in a copy of the package; exits with 1 where a broken copy passes its tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
EDGES, SENTENCES = "tests/unit/test_edges.py", "tests/unit/test_sentences.py"


class Mutant(NamedTuple):
    """A break: what stands in a file of the package, what takes its place, and who must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


REPORT = "reports/intervention_effect"
MUTANTS = (
    Mutant("reduced and raised swapped in the answer", f"{REPORT}/sentences.py",
           "if effect.relative < 0", "if effect.relative > 0",
           (SENTENCES, "-k", "numbers_do_not and plain")),
    Mutant("below and above swapped in the title of the effect over time",
           f"{REPORT}/event_time.py",
           "if brief.effect.relative < 0", "if brief.effect.relative > 0",
           (SENTENCES, "-k", "numbers_do_not and plain")),
    Mutant("a count of 1 through the gate", "disclosure/gate.py",
           "0 < value < threshold", "1 < value < threshold", (EDGES, "-k", "gate")),
    Mutant("regions whose intervention ended stay", "data/frames/panel.py",
           'kept = _drop(kept, ground.ended, dropped, "ended_within")', "pass",
           (EDGES, "-k", "ends_within")),
    Mutant("regions with another intervention stay", "data/frames/panel.py",
           'kept = _drop(kept, ground.others, dropped, "other_intervention")', "pass",
           (EDGES, "-k", "another_intervention")),
    Mutant("a start in the last period is never seen", "data/frames/panel.py",
           "number > len(periods)", "number >= len(periods)", (EDGES, "-k", "last_period")),
    Mutant("worsens for improves", f"{REPORT}/verdict.py",
           '"improves" if fell == (better == "lower") else "worsens"',
           '"worsens" if fell == (better == "lower") else "improves"',
           (SENTENCES, "-k", "numbers_do_not and plain")),
    Mutant("a case on the last day is not treated", "data/frames/durations.py",
           'records["received_on"] > ended', 'records["received_on"] >= ended',
           (EDGES, "-k", "last_day")),
    Mutant("a share taken for a log", f"{REPORT}/verdict.py",
           "math.log1p(-smallest_effect)", "-smallest_effect", (EDGES, "-k", "too_small")),
    Mutant("a crosswalk row of one day moves nothing", "data/regions/crosswalk.py",
           '(pairs["first_day"] <= pairs["_day"])', '(pairs["first_day"] < pairs["_day"])',
           (EDGES, "-k", "crosswalk")),
    Mutant("one degree of freedom less in the detectable effect", "robustness.py",
           "minimum_detectable(error, headline.level, POWER, degrees)",
           "minimum_detectable(error, headline.level, POWER, degrees - 1)",
           (EDGES, "-k", "detectable")),
)  # fmt: skip


def survives(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests pass on a copy of the package with the break."""
    package = Path(shutil.copytree(ROOT / "src" / "analysis", folder / "analysis"))
    file = package / mutant.file
    text = file.read_text(encoding="utf-8")
    if mutant.old not in text:
        raise SystemExit(f"{mutant.file} no longer holds what mutant '{mutant.name}' breaks")
    file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests]
    ran = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
    )
    if ran.returncode not in (0, 1):
        raise SystemExit(f"'{mutant.name}': {ran.stdout.decode()[-2000:]}")
    return ran.returncode == 0


def main() -> int:
    """Every mutant, dead or alive."""
    alive = 0
    for mutant in MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            lives = survives(mutant, Path(folder))
        alive += lives
        print(f"{'lives' if lives else 'dead ':5}  {mutant.name}", flush=True)
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
