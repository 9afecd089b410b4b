"""The error of a whole site: how many reports claim a direction, and how many would wrongly.

A report on an intervention without effect claims a direction with a probability of at most α
(``ALLOWED_MOVED``: as the studies of the verdict count it, adopters that drift included).
Expectations add up whatever reports share: of n reports that could claim one, α n is an upper bound
of the expected false claims, the per-family error rate. The family is all reports of the site that
could claim one. Holm's steps over the p values of all n directions hold the probability of any
false claim, Benjamini and Hochberg's the expected share of false ones among those kept, both at
``ALLOWED``; a suite says which of the two marks claims that fall, or neither. A p value is that of
the second looks where it is larger than the headline's: of headlines alone Holm's kept a false
claim on most sites of twenty reports whose adopters drift by 2 % a quarter. A
report without one counts as 1.

References
----------
Hochberg, Tamhane (1987), Multiple Comparison Procedures, chapter 1, for error rates of families;
Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6, 65–70. Benjamini, Hochberg (1995), "Controlling the false discovery rate", Journal of
the Royal Statistical Society B 57, 289–300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.page.numbers import number, percent
from analysis.page.wording import translator
from analysis.publish.site.lists.evidence import lines_of
from analysis.publish.site.record import Entry
from analysis.stats.pooling.families import FAMILIES, Family, benjamini_hochberg, holm
from analysis.studies.verdict import ALLOWED, ALLOWED_MOVED
from analysis.verdicts.rule import DIRECTIONS, VERDICTS

MARKED_WORDS: dict[Family, str] = {
    "holm": "Marked in the list are those that do not hold by the first of these two rules.",
    "false_discoveries": "Marked in the list are those that do not hold by the second of these two "
    "rules.",
    "none": "None of them is marked for that: here every report is judged by itself.",
}


@dataclass(frozen=True)
class Claims:
    """Names of reports that could claim a direction, of those that do, and of those that keep it.

    ``real``: claims on data that are not invented; ``kept``: claims that hold when all reports are
    judged together, so that any false one is unlikely; ``discovered``: so that few of those kept
    are false. ``others`` counts effects of reports on several interventions, ``theirs`` those of
    them that claim a direction; ``family`` says which of the two rules marks claims that fall.
    """

    able: tuple[str, ...]
    claiming: tuple[str, ...]
    kept: tuple[str, ...]
    discovered: tuple[str, ...] = ()
    others: int = 0
    theirs: int = 0
    real: tuple[str, ...] = ()
    family: Family = FAMILIES[-1]

    @property
    def fallen(self) -> tuple[str, ...]:
        """Claims to be marked, which chance among so many reports may have given."""
        stays = {"holm": self.kept, "false_discoveries": self.discovered, "none": self.claiming}
        return tuple(name for name in self.claiming if name not in stays[self.family])

    @property
    def expected(self) -> float:
        """At most so many claims are to be expected where nothing has an effect."""
        return ALLOWED_MOVED * len(self.able)


def claims_of(entries: Sequence[Entry], family: Family = FAMILIES[-1]) -> Claims:
    """The claims of a site, judged together as ``family`` says."""
    able = [entry for entry in entries if _key(entry) in VERDICTS]
    claiming = [entry.name for entry in able if _key(entry) in DIRECTIONS]
    values = np.array([1.0 if entry.p_value is None else entry.p_value for entry in able])
    names, judged = [entry.name for entry in able], []
    for rule in (holm, benjamini_hochberg):
        chances = dict(zip(names, rule(values), strict=True))
        judged.append(tuple(name for name in claiming if chances[name] <= ALLOWED))
    rest = (entry for entry in entries if _key(entry) not in VERDICTS)
    several = [line for entry in rest for line in lines_of(entry, "en")]
    theirs = sum(line.verdict in DIRECTIONS for line in several)
    kept, discovered = judged
    real = tuple(entry.name for entry in able if entry.name in claiming and not entry.simulated)
    return Claims(
        tuple(names), tuple(claiming), kept, discovered, len(several), theirs, real, family
    )


def sentences(claims: Claims, language: str) -> list[str]:
    """What the list of reports says of them; nothing where no report could claim a direction."""
    if not (claims.able or claims.others):
        return []
    say = translator(language)
    numbers = {
        "claims": number(len(claims.claiming), language),
        "all": number(len(claims.able), language),
        "expected": number(claims.expected, language, 1),
        "wrong": number(min(claims.expected, len(claims.claiming)), language, 1),
        "kept": number(len(claims.kept), language),
        "discovered": number(len(claims.discovered), language),
        "share": percent(ALLOWED_MOVED, language, 0),
        "level": percent(ALLOWED, language, 0),
        "others": number(claims.others, language),
        "theirs": number(claims.theirs, language),
        "also": number(ALLOWED_MOVED * claims.others, language, 1),
    }
    found = []
    if claims.able:
        found.append(
            say(
                "A direction is claimed in {claims} of {all} reports on one intervention. Had none "
                "of these interventions any effect, chance and a steady drift of adopters would "
                "still be expected to give up to {expected} such reports ({share} of {all}).",
                **numbers,
            )
        )
    text = (
        "Of those that claim a direction, {real} are on real data."
        if claims.real
        else "None of those that claim a direction is on real data."
    )
    if claims.claiming:
        found += [
            say(
                "Among the reports that claim a direction ({claims}), chance and a steady drift "
                "are expected to make up to about {wrong} wrong; other causes, such as a start "
                "after a peak, are not counted.",
                **numbers,
            ),
            say(text, real=number(len(claims.real), language)),
            say(
                "Of the directions claimed, {kept} of {claims} hold when all these reports are "
                "judged together so that a single false one is unlikely (Holm, {level}), and "
                "{discovered} where up to {level} of those kept may be false "
                "(Benjamini–Hochberg).",
                **numbers,
            ),
            say(MARKED_WORDS[claims.family]),
        ]
    if claims.others:
        found.append(
            say(
                "Reports on several interventions hold {others} effects beside these, {theirs} of "
                "which claim a direction; up to {also} would be expected to if none had any.",
                **numbers,
            )
        )
    return found


def _key(entry: Entry) -> str:
    """The verdict without its certainty."""
    return next((key for key in VERDICTS if entry.verdict.startswith(key)), "")
