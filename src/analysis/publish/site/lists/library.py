"""The site's own pages: reports, catalogue, methods, data, how to read, and the feeds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from analysis.data.dictionary import HEADINGS, column_rows
from analysis.data.tables import TABLES
from analysis.page.numbers import date, number
from analysis.page.wording import LANGUAGES, translator
from analysis.publish.pages.templates import asset, render
from analysis.publish.site.lists.catalogue import catalogue
from analysis.publish.site.lists.claims import Claims, claims_of, sentences
from analysis.publish.site.lists.evidence import evidence_files, evidence_table
from analysis.publish.site.lists.joint_studies import joint_studies
from analysis.publish.site.lists.register import register
from analysis.publish.site.lists.studies import studies
from analysis.publish.site.notice import cause_in_words
from analysis.publish.site.paging import file_of, parts_of, turns
from analysis.publish.site.record import Entry, Further
from analysis.publish.site.state import render_state, states
from analysis.stats.pooling.families import FAMILIES, Family

KINDS = ("index", "catalogue", "methods", "data", "reading")
NAMESPACE = uuid.UUID("6f1d3f2c-4f6e-5d0e-9a55-2f6d0c1b7a10")
"""Of the entries of our feeds; arbitrary, never to change."""


def feed_of(language: str) -> str:
    """The file of the feed in the language."""
    return f"feed.{language}.xml"


def addresses(language: str) -> dict[str, str]:
    """The site's own pages in the language, by kind."""
    return {kind: file_of(kind, language) for kind in KINDS}


def render_library(
    entries: Mapping[str, Entry], family: Family = FAMILIES[-1], further: Further | None = None
) -> dict[str, str]:
    """Every page and feed of the site beside its reports, by file name.

    ``family`` is how the claims of all reports are judged together, ``further`` are titles of
    reports that are not here and could be.
    """
    files = render_state(states(entries, ()), None)
    listed = sorted(entries.values(), key=lambda entry: (entry.simulated, entry.name))
    files |= evidence_files(listed)
    for language in LANGUAGES:
        parts = len(parts_of(listed))
        for part in range(1, parts + 1):
            index = render_index(listed, language, part, family, further)
            files[file_of("index", language, part)] = index
            files[file_of("data", language, part)] = render_data(listed, language, part)
        if parts > 1:
            files[file_of("search", language)] = render_search(listed, language)
        files[file_of("catalogue", language)] = render_catalogue(listed, language)
        files[file_of("methods", language)] = render_methods(language)
        files[file_of("reading", language)] = render_reading(language, family)
        files[feed_of(language)] = render_feed(listed, language)
    return files


def render_index(
    entries: Sequence[Entry],
    language: str,
    part: int = 1,
    family: Family = FAMILIES[-1],
    further: Further | None = None,
) -> str:
    """The list of reports or a part of it, with a search that works without a server.

    Where the list has parts, the search has a page of its own.
    """
    claims = claims_of(entries, family)
    parts = parts_of(entries)
    return _page(
        "index",
        language,
        part=part,
        turns=turns("index", language, len(parts)),
        entries=parts[part - 1],
        claims=claims,
        claimed=sentences(claims, language),
        figures=_figures(entries, claims, language),
        evidence=evidence_table(entries, language),
        marked=any(entry.simulated for entry in entries),
        filters=_filters(entries, language),
        script=asset("search.js") if entries and len(parts) == 1 else "",
        further=sorted(titles[language] for titles in (further or {}).values()),
        feed=feed_of(language),
        search=file_of("search", language),
        cause=partial(cause_in_words, language=language),
    )


def render_search(entries: Sequence[Entry], language: str) -> str:
    """All reports by name, to be searched where their list has parts."""
    return _page("search", language, entries=entries, script=asset("search.js"))


def render_catalogue(entries: Sequence[Entry], language: str) -> str:
    """Every mechanism of the published documents, searched as the list of reports is."""
    found = catalogue(entries, language)
    script = asset("search.js") if found else ""
    return _page("catalogue", language, catalogue=found, script=script)


@cache
def render_methods(language: str) -> str:
    """The methods register."""
    return _page("methods", language, entries=register(language))


def render_data(entries: Sequence[Entry], language: str, part: int = 1) -> str:
    """The data dictionary, and where the data of every report come from."""
    chinese = language == "zh"
    dictionary = [
        (table.name, table.zh if chinese else table.en, table.key, column_rows(table, language))
        for table in TABLES.values()
    ]
    parts = parts_of(entries)
    return _page(
        "data",
        language,
        part=part,
        turns=turns("data", language, len(parts)),
        entries=parts[part - 1],
        dictionary=dictionary if part == 1 else [],
        heads=HEADINGS[language],
    )


def render_reading(language: str, family: Family = FAMILIES[-1]) -> str:
    """How to read these reports, and how often the rule of their verdicts is wrong."""
    found = {"studies": studies(language), "joint": joint_studies(language)}
    return _page("reading", language, family=family, **found)


def render_feed(entries: Sequence[Entry], language: str) -> str:
    """Verdicts that changed, newest first, as an Atom feed."""
    changes = sorted(
        ((entry, change) for entry in entries for change in entry.changes),
        key=lambda pair: (pair[1].edition, pair[0].name),
        reverse=True,
    )
    updated = max((entry.edition for entry in entries), default="1970-01-01")
    return render(
        "feed.xml.j2",
        language,
        changes=changes,
        updated=updated,
        number=lambda *parts: uuid.uuid5(NAMESPACE, "/".join(parts)),
        own=feed_of(language),
        index=file_of("index", language),
    )


def _page(kind: str, language: str, **content: Any) -> str:
    """A page with its links to the others, and to itself in the other language."""
    content |= {"kind": kind, "pages": addresses(language), "status": file_of("status", language)}
    other = next(code for code in LANGUAGES if code != language)
    sibling = file_of(kind, other, content.get("part", 1))
    return render(f"{kind}.html.j2", language, sibling=sibling, **content)


def _figures(entries: Sequence[Entry], claims: Claims, language: str) -> list[tuple[str, str]]:
    """The site in a few numbers: reports, claims, changes, and what was not renewed."""
    say = translator(language)
    latest = date(max((entry.edition for entry in entries), default=""), language)
    real = number(sum(not entry.simulated for entry in entries), language)
    changed, stale = (sum(getattr(e, key) for e in entries) for key in ("changed", "stale"))
    text = "{n} claim a direction" if claims.claiming else "None claims a direction"
    found = [
        (say("{n} reports", n=number(len(entries), language)),
         say("{n} on real data; latest edition {date}", n=real, date=latest)),
        (say(text, n=number(len(claims.claiming), language)),
         say("of {all} that could; on real data: {real}; expected wrong by chance or drift: up to "
             "{expected}",
             all=number(len(claims.able), language),
             real=number(len(claims.real), language) if claims.real else say("none"),
             expected=number(min(claims.expected, len(claims.claiming)), language, 1))),
    ]  # fmt: skip
    text = "{n} changed" if changed else "None changed"
    found.append((say(text, n=number(changed, language)), say("their verdict in this edition")))
    if stale:
        kept = say("their last good pages stay up")
        found.append((say("{n} not renewed", n=number(stale, language)), kept))
    return found


def _filters(entries: Sequence[Entry], language: str) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen under each filter: value and words, sorted by words."""
    entries = [entry for entry in entries if language in entry.languages]
    scopes = [entry.scope.get(language, {}) for entry in entries]
    found = {
        name: {(scope[name], scope[name]) for scope in scopes if scope.get(name)}
        for name in ("place", "intervention")
    }
    found["verdict"] = {
        (entry.verdict, entry.verdict_words[entry.spoken(language)]) for entry in entries
    }
    return {name: sorted(values, key=lambda pair: pair[1]) for name, values in found.items()}
