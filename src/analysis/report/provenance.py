"""Where the numbers come from, and the record that a notebook came to its end."""

from __future__ import annotations

import platform
from importlib import metadata

from analysis.report.disclosure import Identifiers, Rules, describe, describe_rules
from analysis.report.facts import Brief
from analysis.report.plates import End, Provenance
from analysis.result import plain

METHOD_WORDS = {
    "did": "Staggered difference-in-differences on log rates: the average effect on the regions "
    "that adopted, over all their periods since adoption; errors by leaving out one region at a "
    "time",
    "counts": "Poisson model of counts with exposure: all counts since adoption over those "
    "expected without it; errors by leaving out one region at a time",
    "two_way": "Two-way fixed effects on log rates",
    "event_study": "Event study on log rates, and how far trends may part",
    "rates": "Rates of regions: exact intervals, funnel limits and shrinkage",
    "meta": "Random-effects pooling of studies",
    "reliability": "Reliability of ratings",
    "randomisation": "Randomisation inference from the draws that could have been",
    "rdd": "Regression discontinuity: the jump of an outcome where a score crosses a cut-off",
    "synthetic_control": "Synthetic controls on log rates: the average effect on the regions that "
    "adopted, against weighted means of regions that did not; errors from placebos or resampling",
}

NOTHING_SEALED = Identifiers({}, {})
PACKAGES = ("analysis", "diff-diff", "numpy", "pandas", "scipy", "matplotlib", "papermill")


def provenance(brief: Brief) -> Provenance:
    """Where the numbers come from and with what they were made."""
    say, about = brief.say, brief.study.about
    entries = [
        (say("Data"), about.title.of(brief.language)),
        (
            say("Status"),
            say("simulated, invented numbers") if brief.study.simulated else say("real"),
        ),
        (say("Origin"), about.text("origin", brief.language)),
        (say("Licence"), about.text("licence", brief.language)),
        (say("Method"), say(METHOD_WORDS[brief.headline.method])),
        (say("Seed"), str(brief.study.params.seed)),
        (say("Disclosure control"), _disclosure(brief)),
        (
            say("Software"),
            f"Python {platform.python_version()}; "
            + "; ".join(f"{name} {metadata.version(name)}" for name in PACKAGES),
        ),
    ]
    entries += [(f"SHA-256 {name}", digest) for name, digest in sorted(brief.study.hashes.items())]
    return Provenance(
        **brief.plate("provenance"),
        entries=tuple({"label": label, "value": value} for label, value in entries),
        params=brief.study.params.model_dump(),
        methods=_methods(brief),
    )


def _disclosure(brief: Brief) -> str:
    threshold = brief.study.params.disclosure_threshold
    parts = (describe(threshold, brief.say), describe_rules(Rules(threshold), brief.say))
    return brief.say("; ").join(parts)


def _methods(brief: Brief) -> tuple[str, ...]:
    """The headline's method, then the others it is held against."""
    used = [answer.method for answer in brief.robustness.specifications if answer.estimate]
    return tuple(dict.fromkeys([brief.headline.method, *used]))


def end(brief: Brief, sealed: Identifiers = NOTHING_SEALED) -> End:
    """The record that the notebook came to its end, with its facts and results.

    ``sealed`` is what publishing must not find on any page, from ``disclosure.identifiers``.
    """
    return End(
        **brief.plate("end"),
        verdict=brief.verdict.key,
        facts=brief.facts(),
        results={"headline": plain(brief.headline), "robustness": plain(brief.robustness)},
        seals=sealed.seals,
        shapes=sealed.shapes,
    )
