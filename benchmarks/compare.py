"""Seconds of CPU that a comparison of interventions takes beside a report on one of them.

    python benchmarks/compare.py

Both on the simulated province, three interventions in 120 counties over 20 quarters: joint
estimates with contrasts, verdicts and reporting checks, against a headline with its robustness set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.methods import joint_effects
from analysis.reports.compare_interventions.plates import CompareInterventions
from analysis.reports.compare_interventions.question import options_of
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.strict_yaml import read_yaml
from analysis.verdicts.robustness import estimate_headline, examine

PARAMS = Path(__file__).resolve().parents[1] / "params"
REPEATS = 3


def main() -> None:
    """Both, and their ratio."""
    compared = CompareInterventions.read(read_yaml(PARAMS / "compare_interventions/province.yml"))
    single = InterventionEffect.read(
        read_yaml(PARAMS / "intervention_effect/reverse_assessment.yml")
    )
    options = joint_effects.Options(**options_of(compared.panel, compared.params))

    def several() -> object:
        again = CompareInterventions(compared.params, compared.data, compared.subject)
        rng = np.random.default_rng(1)
        vars(again)["result"] = joint_effects.estimate(compared.panel.frame, options, rng)
        return again.findings, again.contrasts

    seconds = [
        _fastest(several),
        _fastest(lambda: examine(single.study, estimate_headline(single.study))),
    ]
    print(
        f"several {seconds[0]:.2f} s, one {seconds[1]:.2f} s, ratio {seconds[0] / seconds[1]:.2f}"
    )


def _fastest(run: Callable[[], object]) -> float:
    """CPU seconds of the fastest of a few runs."""
    found = []
    for _ in range(REPEATS):
        begun = time.process_time()
        run()
        found.append(time.process_time() - begun)
    return min(found)


if __name__ == "__main__":
    main()
