"""Where the numbers come from, and the record that a notebook came to its end."""

from __future__ import annotations

import platform
from importlib import metadata

from analysis.report.disclosure import describe
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
}

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
        (say("Disclosure control"), describe(brief.study.params.disclosure_threshold, say)),
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
    )


def end(brief: Brief) -> End:
    """The record that the notebook came to its end, with its facts and results."""
    return End(
        **brief.plate("end"),
        verdict=brief.verdict.key,
        facts=brief.facts(),
        results={"headline": plain(brief.headline), "robustness": plain(brief.robustness)},
    )
