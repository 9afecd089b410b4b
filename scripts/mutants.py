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
VERDICT = "tests/unit/test_verdict.py"


class Mutant(NamedTuple):
    """A break: what stands in a file of the package, what takes its place, and who must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


REPORT, RULE, TIMELINE = (
    "reports/intervention_effect",
    "verdicts/rule.py",
    "data/frames/panels/timeline.py",
)
MUTANTS = (
    Mutant("fell and rose swapped in the answer", f"{REPORT}/sentences.py",
           "claim = down if effect.relative < 0 else up",
           "claim = up if effect.relative < 0 else down",
           (SENTENCES, "-k", "numbers_do_not and plain")),
    Mutant("fewer and more swapped in the verdict", RULE,
           '"fewer" if direction < 0 else "more"', '"more" if direction < 0 else "fewer"',
           (VERDICT, "-k", "improves_only")),
    Mutant("worsens for improves", RULE,
           '"improves" if (direction < 0) == (better == "lower") else "worsens"',
           '"worsens" if (direction < 0) == (better == "lower") else "improves"',
           (VERDICT, "-k", "improves_only")),
    Mutant("falling and rising anyway swapped", f"{REPORT}/certainty/own_course.py",
           "down if verdict.alone < 0 else up", "up if verdict.alone < 0 else down",
           (SENTENCES, "-k", "numbers_do_not and explains")),
    Mutant("below and above swapped in the title of the effect over time",
           f"{REPORT}/event_time.py",
           "if brief.effect.relative < 0", "if brief.effect.relative > 0",
           (SENTENCES, "-k", "numbers_do_not and plain")),
    Mutant("a look against a direction is among its grounds", f"{REPORT}/certainty/grounds.py",
           "or look.value * effect > 0", "or look.value * effect < 0",
           (SENTENCES, "-k", "every_look and alone")),
    Mutant("an interval that ends at zero leaves it out", RULE,
           "int(low > 0) - int(high < 0)", "int(low >= 0) - int(high <= 0)",
           (VERDICT, "-k", "which_side")),
    Mutant("two looks are held to the bound of one", RULE,
           "2 * ONE_SIDED if len(looked_at) == 1 else bound_of_two(_correlation(course))",
           "2 * ONE_SIDED", (VERDICT, "-k", "beyond_the_bound")),
    Mutant("one look is held to half its bound", RULE,
           "2 * ONE_SIDED if len(looked_at)", "ONE_SIDED if len(looked_at)",
           (VERDICT, "-k", "onset or only_one")),
    Mutant("a second look may have the other sign", RULE,
           "if look.value * alone > 0]", "if alone]", (VERDICT, "-k", "other_side")),
    Mutant("two clusters with an adopter are enough", RULE,
           "LEAST_ADOPTING, LEAST_OTHERS = 3, 6", "LEAST_ADOPTING, LEAST_OTHERS = 2, 6",
           (VERDICT, "-k", "three_clusters")),
    Mutant("five clusters without an adopter are enough", RULE,
           "LEAST_ADOPTING, LEAST_OTHERS = 3, 6", "LEAST_ADOPTING, LEAST_OTHERS = 3, 5",
           (VERDICT, "-k", "three_clusters")),
    Mutant("three clusters with an adopter are too few", RULE,
           "if course.adopting < LEAST_ADOPTING", "if course.adopting <= LEAST_ADOPTING",
           (VERDICT, "-k", "three_clusters")),
    Mutant("a moderate certainty does without the donut", RULE,
           '(*LOOKS["unknown"], "without_eve")', '(*LOOKS["unknown"],)',
           (VERDICT, "-k", "moderate")),
    Mutant("too small to matter without a second look", RULE,
           "and _bounded(course, smallest)", "", (VERDICT, "-k", "too_small")),
    Mutant("a look beyond the smallest effect does not count", RULE,
           "within and not any(low > smallest or high < -smallest for low, high in limits)",
           "within",
           (VERDICT, "-k", "too_small")),
    Mutant("a reason overrules nothing", RULE,
           "if overruled or not claims:", "if not claims:", (VERDICT, "-k", "overruling")),
    Mutant("what lowers a certainty does not", RULE,
           'if grade == "moderate" and lowered:', "if False:", (VERDICT, "-k", "lowering")),
    Mutant("what caps a certainty does not", RULE,
           'elif grade == "moderate" and not capped:', 'elif grade == "moderate":',
           (VERDICT, "-k", "capping")),
    Mutant("a count of 1 is shown", "disclosure/noise.py",
           "(counts > 0) & (counts < threshold)", "(counts > 1) & (counts < threshold)",
           (EDGES, "-k", "from_one_to_below")),
    Mutant("an end tells of the time after it", TIMELINE,
           "cells[row[spell.region], spell.end :] = True", "pass", (EDGES, "-k", "end")),
    Mutant("an end tells nothing of its own period", TIMELINE,
           "cells[row[spell.region], spell.end :] = True",
           "cells[row[spell.region], spell.end - 1 :] = True\n    return cells",
           (EDGES, "-k", "end")),
    Mutant("another intervention moves nothing by its end", TIMELINE,
           "(spell.start > 0 or spell.end is not None)", "spell.start > 0",
           (EDGES, "-k", "another_intervention")),
    Mutant("regions with another intervention stay", "data/frames/panels/panel_loader.py",
           '"other_intervention": others_moved(spells),', '"other_intervention": (),',
           (EDGES, "-k", "another_intervention")),
    Mutant("a start before the panel is one in its first period", TIMELINE,
           "np.where(days < periods[0].start_time, 0, place)", "place",
           (EDGES, "-k", "another_intervention")),
    Mutant("starts are alike by what chance gives alone", TIMELINE,
           ">= (1 + by_chance / anywhere) / 2", ">= by_chance / anywhere",
           (EDGES, "-k", "decided_above or clusters_are_found")),
    Mutant("regions that never adopt start alike", TIMELINE,
           "never = same.pop(0, 0)", "never = 0", (EDGES, "-k", "decided_above")),
    Mutant("half of the periods lacking is too many", "data/frames/panels/panel_loader.py",
           "lacking > MOST_HOLES", "lacking >= MOST_HOLES", (EDGES, "-k", "half_of_its_periods")),
    Mutant("a case on the last day is not treated", "data/frames/cases/durations.py",
           'day > region.map(spell["ended_on"])', 'day >= region.map(spell["ended_on"])',
           (EDGES, "-k", "last_day")),
    Mutant("a crosswalk row of one day moves nothing", "data/regions/crosswalk.py",
           '(pairs["first_day"] <= pairs["_day"])', '(pairs["first_day"] < pairs["_day"])',
           (EDGES, "-k", "crosswalk")),
    Mutant("the weaker second look decides what is detectable", RULE,
           "second = min(", "second = max(", (EDGES, "-k", "detectable")),
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
