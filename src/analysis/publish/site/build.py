"""The site: every report that ran well is exported, every other keeps its last good page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from analysis import digest
from analysis.disclosure.memory import editions_kept
from analysis.errors import Problem, PublishError, RunError, refusal
from analysis.page.plates import Summary
from analysis.page.wording import unmarked
from analysis.publish.pages.machine_paths import without_machine_paths
from analysis.publish.pages.page import Page, read_page
from analysis.publish.pages.render import Imprint, export
from analysis.publish.pages.scan import refuse_identifiers
from analysis.publish.site.changes import read_changes, sentences
from analysis.publish.site.library import addresses, render_library
from analysis.publish.site.paging import FURTHER
from analysis.publish.site.record import (
    Answer,
    Entry,
    Outcome,
    Runs,
    Status,
    Wanted,
    page_file,
    page_name,
    read_json,
    read_pages,
    read_status,
    report_name,
    runs_below,
    write_pages,
    write_whole,
)
from analysis.publish.site.rested import FILE as RESTED
from analysis.publish.site.rested import Rested, as_json, conflicts, read_rested, redrawn
from analysis.publish.site.workers import each
from analysis.result import plain


@dataclass(frozen=True)
class Built:
    """A report ready to be written: its pages by file name, its line in the index, its ground."""

    entry: Entry
    files: dict[str, str]
    rested: Rested


def publish(
    runs: Path, site: Path, same: frozenset[str] = frozenset(), wanted: Wanted = None
) -> list[Outcome]:
    """Export every report under ``runs`` into ``site``, with the site's own pages around them.

    A report that failed, or whose pages cannot be made, does not stop the others: it keeps
    its last good pages, marked in the index, and its problems are returned. Reports in ``same``
    have pages in ``site`` from the very same runs, which stay. Reports that are not ``wanted``
    leave the site; what their pages rested on stays on record, as they have been read.

    Raises
    ------
    PublishError: the record of the site itself cannot be read.
    """
    site.mkdir(parents=True, exist_ok=True)
    # Until it is renewed below, every report counts as not renewed.
    entries = {
        name: entry.model_copy(update={"stale": True, "cause": 0})
        for name, entry in read_pages(site).items()
        if wanted is None or wanted.get(entry.report)
    }
    rested = read_rested(site)
    outcomes = []
    found = runs_below(runs, wanted)
    stays = {one.folder for one in found if one.name in same and one.name in entries}
    made = each(_attempt, [one for one in found if one.folder not in stays])
    for one in found:
        outcome, earlier = Outcome(one.report, "published"), entries.get(one.name)
        if one.folder in stays and earlier is not None:
            entries[one.name] = earlier.model_copy(update={"stale": False, "cause": 0})
        else:
            built = _judged(one, next(made), earlier, rested)
            if isinstance(built, Built):
                for file, text in built.files.items():
                    write_whole(site / file, text)
                entries[one.name] = built.entry.following(earlier)
                rested[one.report] = built.rested.after(rested.get(one.report))
            else:
                outcome = built
                if earlier is not None:
                    why = {"stale": True, "cause": outcome.code}
                    entries[one.name] = earlier.model_copy(update=why)
        outcomes.append(outcome)
    _remove_pages(site, entries)
    for further in [file for file in site.iterdir() if FURTHER.fullmatch(file.name)]:
        further.unlink()
    write_pages(site, entries)
    write_whole(site / RESTED, as_json(rested))
    for file, text in render_library(entries).items():
        write_whole(site / file, text)
    return outcomes


def _attempt(one: Runs) -> Built | tuple[Problem, ...]:
    """The pages of a report, or what is wrong with it, which stops no other, whatever it is."""
    try:
        return build(one)
    except Exception as failure:
        return tuple(refusal(failure).problems)


def _judged(
    one: Runs,
    made: Built | tuple[Problem, ...],
    earlier: Entry | None,
    rested: Mapping[str, Rested],
) -> Built | Outcome:
    """A report ready to be written; or why it keeps its last good pages, or has none."""
    try:
        if not isinstance(made, Built):
            raise PublishError(made)
        _refuse_beside(made, earlier, rested)
    except Exception as failure:
        problems = tuple(refusal(failure).problems)
        state: Literal["kept", "failed"] = "failed" if earlier is None else "kept"
        stopped = failed_run(one)
        if stopped is None:
            said = tuple(map(str, problems))
            code = PublishError.exit_code
            return Outcome(one.report, state, problems, code, said, page_failed=True)
        return Outcome(
            one.report, state, problems, stopped.code or RunError.exit_code, told(stopped)
        )
    return made


def failed_run(one: Runs) -> Status | None:
    """The first run of a report that failed; ``None`` where all came to their end."""
    for language in one.languages:
        with suppress(PublishError):
            status = read_status(one.folder / language)
            if status.status != "done":
                return status
    return None


def told(status: Status) -> tuple[str, ...]:
    """What stopped a run, as far as a page may say it: our refusals hold no value of a cell."""
    lines = [line.strip() for line in (status.error or "").splitlines() if line.strip()]
    return tuple(lines[1:] or lines) if status.code not in (0, RunError.exit_code) else ()


def _remove_pages(site: Path, entries: Mapping[str, Entry]) -> None:
    """Remove the pages of reports, and of languages, that are on the site no more."""
    stays = {page_file(name, c) for name, entry in entries.items() for c in entry.languages}
    for name, before in read_pages(site).items():
        for language in before.languages:
            if (file := page_file(name, language)) not in stays:
                (site / file).unlink(missing_ok=True)


def report_pages(site: Path) -> list[Path]:
    """The page of every report of the site in every language it has, sorted."""
    return [
        site / page_file(name, language)
        for name, entry in sorted(read_pages(site).items())
        for language in entry.languages
    ]


def build(one: Runs) -> Built:
    """The pages of a report from its runs.

    Raises
    ------
    PublishError: a run failed, or a page cannot be made.
    """
    folder = one.folder
    statuses = {language: _done(folder / language) for language in one.languages}
    pages = _pages(folder, statuses)
    _refuse_differing(folder, pages)
    files = {
        page_file(one.name, language): export(page, _imprint(folder, statuses, language))
        for language, page in pages.items()
    }
    for page in pages.values():
        refuse_identifiers(files, page.end, tuple(p for q in pages.values() for p in q.provenance))
    first = next(iter(pages.values()))
    return Built(_entry(folder, statuses, pages), files, Rested.of(first.end.rests_on))


def _done(folder: Path) -> Status:
    status = read_status(folder)
    if status.status != "done":
        where = f"{report_name(folder.parent)} ({folder.name})"
        reason = ((status.error or "").strip() or "no reason given").splitlines()[0]
        raise PublishError([Problem(where, f"failed: {reason}", "See its run folder")])
    return status


def _pages(folder: Path, statuses: Mapping[str, Status]) -> dict[str, Page]:
    """The report in every language, or the problems of all languages together."""
    pages: dict[str, Page] = {}
    problems: list[Problem] = []
    for language, status in statuses.items():
        where = f"{report_name(folder)} ({language})"
        notebook = read_json(folder / language / "notebook.ipynb")
        # A notebook belongs to the run whose status stands beside it, by its content key.
        if notebook.get("metadata", {}).get("analysis", {}).get("key", "") != status.key:
            problems.append(Problem(where, "holds the notebook of another run", "Run it again"))
            continue
        try:
            pages[language] = read_page(without_machine_paths(notebook), language)
        except PublishError as error:
            problems += [replace(item, where=f"{where}, {item.where}") for item in error.problems]
    if problems:
        raise PublishError(problems)
    return pages


def _refuse_differing(folder: Path, pages: Mapping[str, Page]) -> None:
    """Both languages, and the record of each run, must hold the same numbers and counts."""
    on_page: dict[str, str] = {}
    in_record: dict[str, str] = {}
    lines = {code: [line.numbers for line in page.end.site_lines] for code, page in pages.items()}
    for language, page in pages.items():
        told = lines[language]
        shown = [page.end.facts, page.end.verdict, page.marks, plain(page.end.rests_on), told]
        on_page[f"the page in {language}"] = digest.of_value(shown)
        record = read_json(folder / language / "result.json")
        kept = [record.get("facts"), record.get("verdict"), page.marks, record.get("rests_on")]
        # The record holds no lines for the site: those of the first page stand in.
        kept.append(next(iter(lines.values())))
        in_record[f"the record of the run in {language}"] = digest.of_value(kept)
    numbers = on_page | in_record
    first, *others = numbers
    if different := [name for name in others if numbers[name] != numbers[first]]:
        what = f"holds other numbers in {' and '.join(different)} than in {first}"
        raise PublishError([Problem(report_name(folder), what, "Run both languages again")])


def _refuse_beside(built: Built, earlier: Entry | None, shown: Mapping[str, Rested]) -> None:
    """Two reports must not write one file, nor give away together what neither does alone."""
    report = built.entry.report
    if earlier is not None and earlier.report != report:
        what = f"would replace the pages of {earlier.report}"
        raise PublishError([Problem(report, what, "Give one of them another name")])
    before = shown.get(report)
    problems = [
        *conflicts(report, built.rested, shown),
        *redrawn(report, built.rested, before, editions_kept),
    ]
    if problems:
        raise PublishError(problems)


def _imprint(folder: Path, statuses: Mapping[str, Status], language: str) -> Imprint:
    name, status = page_name(folder), statuses[language]
    other = next((each for each in statuses if each != language), "")
    return Imprint(
        title=status.title,
        name=name,
        edition=status.edition,
        sibling=page_file(name, other) if other else "",
        **addresses(language),
        changes=sentences(
            read_changes(folder / language), language, status.notebook, status.edition
        ),
    )


def _entry(folder: Path, statuses: Mapping[str, Status], pages: Mapping[str, Page]) -> Entry:
    first = next(iter(pages.values()))
    return Entry(
        name=page_name(folder),
        report=report_name(folder),
        titles={language: status.title for language, status in statuses.items()},
        verdict=first.summary.verdict,
        verdict_words={language: page.summary.verdict_words for language, page in pages.items()},
        edition=max(status.edition for status in statuses.values()),
        languages=tuple(pages),
        simulated=first.summary.simulated,
        internal=first.summary.internal,
        p_value=first.end.facts.get("p_value"),
        scope={language: page.summary.scope for language, page in pages.items()},
        answers={language: _answer(page.summary) for language, page in pages.items()},
        site_lines={language: page.end.site_lines for language, page in pages.items()},
        provenance={
            language: [line for plate in page.provenance for line in plate.entries]
            for language, page in pages.items()
        },
    )


def _answer(summary: Summary) -> Answer:
    """The answer in one language, its first sentence without bold."""
    return Answer(
        number=summary.number,
        unit=summary.number_unit,
        sentence=unmarked(summary.points[0]),
        certainty=summary.certainty,
        certainty_words=summary.certainty_words,
    )
