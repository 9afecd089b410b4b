"""What every report says of where its numbers come from."""

from __future__ import annotations

from collections.abc import Mapping

from analysis import digest, methods
from analysis.data.reading.account import Account
from analysis.disclosure.identifiers import Identifiers
from analysis.page.plates import Entry
from analysis.page.reading import reading_sentences
from analysis.page.voice import Voice
from analysis.page.wording import Say

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
    "imputation": "Staggered difference-in-differences by imputing untreated log rates: the "
    "average effect on the regions that adopted; errors by leaving out one region at a time",
    "rollout": "Staggered comparison of log rates, judged by the orders in which regions could "
    "have adopted",
    "survival": "How long cases take: survival curves, Cox's hazards and accelerated failure",
    "bunching": "Excess of cases just at a target or deadline",
    "agreement": "Agreement of raters beyond chance",
    "rdd": "Regression discontinuity: the jump of an outcome where a score crosses a cut-off",
    "synthetic_control": "Synthetic controls on log rates: the average effect on the regions that "
    "adopted, against weighted means of regions that did not; errors from placebos or resampling",
}

NOTHING_SEALED = Identifiers({}, {})
PACKAGES = ("diff-diff", "numpy", "pandas", "scipy", "matplotlib", "papermill")


def method_title(name: str, say: Say) -> str:
    """A method in the reader's words; one without them yet in its own, which are English."""
    return say(METHOD_WORDS[name]) if name in METHOD_WORDS else methods.summary(name)


def source_entries(
    voice: Voice,
    method: str,
    seed: int,
    disclosure: str,
    hashes: Mapping[str, str],
    accounts: Mapping[str, Account],
) -> tuple[Entry, ...]:
    """The lines of provenance that every report on a dataset shares; blank ones are left out."""
    say, description = voice.say, voice.description
    entries = [
        (say("Data"), description.title.of(voice.language)),
        (say("Status"), say("simulated, invented numbers") if voice.simulated else say("real")),
        (say("Origin"), description.text("origin", voice.language)),
        (say("Licence"), description.text("licence", voice.language)),
        (say("Reading"), say("; ").join(reading_sentences(voice, accounts))),
        (say("Method"), method),
        (say("Seed"), str(seed)),
        (say("Disclosure control"), disclosure),
        (say("Software"), digest.software(PACKAGES)),
        *((f"SHA-256 {name}", value) for name, value in sorted(hashes.items())),
    ]
    return tuple({"label": label, "value": value} for label, value in entries if value)
