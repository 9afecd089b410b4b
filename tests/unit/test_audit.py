"""Each rule of the audit on made-up figures, and the contradictions of the five documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from string import Formatter

import pytest

from analysis.data.published.audit import audit
from analysis.data.published.audit_rules import RULES
from analysis.data.published.figures import PrintedFigure, read_published
from analysis.data.published.tables import FIELDS, RULE_WORDS, choices
from analysis.errors import ParamsError
from analysis.page.read_plate import read_plate
from analysis.reports.claims_audit import plates as audit_report
from analysis.reports.claims_audit import sentences as audit_summary
from analysis.reports.claims_audit.answer import examine_fall
from analysis.reports.claims_audit.fall import chance_figure
from analysis.reports.claims_audit.params import ClaimsAuditParams
from analysis.reports.kind import find
from analysis.reports.published_figures import sentences as profile_summary
from analysis.reports.published_figures.kinds import topics
from analysis.reports.published_figures.params import PublishedFiguresParams
from analysis.reports.published_figures.plates import PublishedFigures

DERIVED = {"share_derivable", "ratio", "bound", "growth_between"}
"""Relations that allow a number but print none to check."""
LONE = {"lone_share", "lone_change"}
FOUND = {"all_full", "after_document", "region_above", "target_of_result"}
"""Rules that no relation lists: they find their figures."""
"""Rules for a percentage without any relation."""


def figure(number: float, characters: str = "", unit: str = "case", **changes) -> PrintedFigure:
    """A made-up figure of the first half of 2023."""
    given = {
        "id": f"x-{number}",
        "source": "x",
        "characters": characters or f"{number:g}",
        "region": "x",
        "start": dt.date(2023, 1, 1),
        "end": dt.date(2023, 6, 30),
        "period_basis": "stated",
        "indicator": "cases_opened",
        "scope": "",
        "kind": "level",
        "value": number,
        "date": "",
        "precision": 1.0,
        "unit": unit,
        "measures": {"case": "event"}.get(unit, unit),
        "bound": "exact",
        "compared_with": "",
        "part_of": "",
        "growth_of": "",
    }
    return PrintedFigure(**{**given, **changes})


def percent(value: float, precision: float = 1.0, kind: str = "share_pct") -> PrintedFigure:
    """A made-up percentage."""
    return figure(value, f"{value:g}%", "percent", kind=kind, precision=precision)


def day(year: int, month: int = 1) -> PrintedFigure:
    """A made-up date."""
    date = dt.date(year, month, 1)
    return figure(0, unit="date", kind="date", value=None, date=f"{year}", start=date, end=date)


CASES = [
    ("sum", figure(118), [figure(60), figure(52), figure(6)], "agrees", 118),
    ("sum", figure(119), [figure(60), figure(52), figure(6)], "contradicts", 118),
    ("partial_sum", figure(154), [figure(6), figure(10)], "agrees", 16),
    ("partial_sum", figure(15), [figure(6), figure(10)], "contradicts", 16),
    ("part_of", figure(6), [figure(7)], "agrees", 7),
    ("part_of", figure(8), [figure(7)], "contradicts", 7),
    ("same_thing", figure(38), [figure(38)], "agrees", 38),
    ("same_thing", figure(30), [figure(43)], "contradicts", 43),
    ("difference", figure(5), [figure(18), figure(13)], "agrees", 5),
    ("difference", figure(4), [figure(18), figure(13)], "contradicts", 5),
    ("share", percent(100), [figure(9), figure(9)], "agrees", 100),
    ("share", percent(92), [figure(193), figure(210)], "agrees_after_rounding", 91.905),
    ("share", percent(50), [figure(776), figure(1256)], "contradicts", 61.783),
    ("progress", percent(96.6, 0.1), [figure(483), figure(500)], "agrees", 96.6),
    ("progress", percent(90, 0.1), [figure(483), figure(500)], "contradicts", 96.6),
    ("share_without_numerator", percent(75), [figure(1400)], "cannot_be_checked", 1050),
    ("share_without_numerator", percent(42.96, 0.01), [figure(58)], "contradicts", 43.103),
    ("share_of_unstated", percent(75), [figure(6)], "cannot_be_checked", 8),
    ("share_of_unstated", percent(99), [figure(6)], "contradicts", 6),
    ("progress_of_unstated", percent(65), [figure(118)], "cannot_be_checked", 182),
    ("progress_of_target", percent(10), [figure(2)], "contradicts", 0.2),
    ("progress_of_target", percent(50), [figure(2)], "cannot_be_checked", 1),
    ("growth", percent(60.47, 0.01, "change_pct"), [figure(3325)], "cannot_be_checked", 2072),
    ("growth", percent(60.47, 0.01, "change_pct"), [figure(3)], "contradicts", 1.869),
    ("year_span", figure(3), [day(2023), day(2025)], "agrees", 3),
    ("year_span", figure(2), [day(2023), day(2025)], "contradicts", 3),
    ("order", day(2023, 6), [day(2023, 4)], "agrees", None),
    ("order", day(2023, 3), [day(2023, 4)], "contradicts", None),
]


@pytest.mark.parametrize(("rule", "result", "terms", "verdict", "computed"), CASES)
def test_a_rule_gives_verdict_and_computed_value(rule, result, terms, verdict, computed):
    """Every kind of relation, where it holds and where it fails."""
    outcome = RULES[rule](result, terms, 0)
    assert outcome.verdict == verdict
    assert outcome.computed == (None if computed is None else pytest.approx(computed, abs=5e-3))


@pytest.mark.parametrize(
    ("rule", "named", "verdict"),
    [
        ("count_list", 5, "agrees"),
        ("count_list", 4, "contradicts"),
        ("open_list", 4, "cannot_be_checked"),
        ("open_list", 6, "contradicts"),
    ],
)
def test_a_list_names_as_many_as_are_counted(rule, named, verdict):
    """A closed list names all of five, an open one some."""
    assert RULES[rule](figure(5), [], named).verdict == verdict


def test_months_that_are_not_printed_follow_from_the_others():
    """−31.9 % to February, 37.2 % in May, 31.84 % to May: March and April rose by 92.9 %."""
    whole = percent(31.84, 0.01, "change_pct")
    parts = [percent(-31.9, 0.1, "change_pct"), percent(37.2, 0.1, "change_pct")]
    spans = [(whole, 1, 5), (parts[0], 1, 2), (parts[1], 5, 5)]
    dated = [
        PrintedFigure(**{**vars(f), "start": dt.date(2023, a, 1), "end": dt.date(2023, b, 28)})
        for f, a, b in spans
    ]
    outcome = RULES["weighted_mean"](dated[0], dated[1:], 0)
    assert (outcome.verdict, outcome.computed) == ("cannot_be_checked", pytest.approx(92.9))


def test_a_part_said_to_be_more_than_its_round_number_still_fits():
    """At least 600 may be part of 650 but at least 700 may not."""
    more = {"bound": "at_least"}
    assert RULES["part_of"](figure(600, "600余", **more), [figure(650)], 0).verdict == "agrees"
    failed = RULES["part_of"](figure(700, "700余", **more), [figure(650)], 0)
    assert failed.verdict == "contradicts"


def test_every_kind_of_relation_is_checked_or_only_derived():
    """A new type must say what it is."""
    assert set(choices("relations", "type")) == set(RULES) - LONE - FOUND | DERIVED


@pytest.mark.parametrize("key", RULE_WORDS, ids="-".join)
def test_words_of_a_rule_name_the_same_fields_in_both_languages(key):
    """Every rule has words for any verdict, and none names what a check does not have."""
    fields = [
        {name for _, name, _, _ in Formatter().parse(RULE_WORDS[key][f"words_{language}"]) if name}
        for language in ("en", "zh")
    ]
    known = {"count"} if key[1] == "next" else {"terms", "first", "second", "computed"}
    assert fields[0] == fields[1] <= known
    assert all((rule, "") in RULE_WORDS and rule in RULES for rule in key[0].split(";"))


@pytest.fixture(scope="module")
def published(root):
    """The figures of the five documents."""
    return read_published(root / "data" / "published")


def test_the_contradictions_of_the_five_documents(published):
    """50 % printed for 776 of 1,256; eight readings that do not hold, 42.96 % of 58 among them.

    A city prints 26 measures where its province prints 24; a target of 1,200 follows 1,570 reached.
    """
    found = audit(published)
    assert [(c.result, round(c.computed, 2)) for c in found.contradictions] == [
        ("masked_district_2020-0068", 61.78),
    ]
    assert {c.id for c in found.misfits} == {
        "relation-0034",
        "relation-0064",
        "relation-0075",
        "relation-0183",
        "relation-0202",
        "relation-0258",
        "found-above-taian_2023-0018-shandong_2023-0010",
        "found-target-masked_district_2020-0099-masked_district_2020-0069",
    }


def test_over_a_hundred_checks_and_no_conjecture_among_them(published):
    """Checks are counted once; conjectured ones never count as contradictions."""
    found = audit(published)
    assert sum(found.counts().values()) == len(found.stated) > 100
    assert len({check.id for check in found.checks}) == len(found.checks)
    assert not any(check.conjectured for check in found.stated)


def test_rules_find_what_nobody_listed(published):
    """Percentages without counts, a part by its scope, and a number printed three times."""
    found = {c.rule for c in audit(published).checks if c.id.startswith("found-")}
    assert found == {
        *("lone_share", "lone_change", "part_of", "same_thing", "all_full", "region_above"),
        *("target_of_result", "progress_of_unstated"),
    }


def test_every_base_that_progress_could_be_of_is_listed(published):
    """65 % of a target that is not printed: of the closed cases about 182, of the opened 237."""
    bases = {
        check.terms[0]: check.computed
        for check in audit(published).checks
        if check.result == "masked_county_2023h1-0082"
    }
    assert bases["masked_county_2023h1-0078"] == 182
    assert bases["masked_county_2023h1-0077"] == 237


def test_shares_that_are_all_full_are_said_to_vary_in_nothing(published):
    """Nine of one document, three of another; two are too few to say so."""
    full = {c.source: c.computed for c in audit(published).checks if c.rule == "all_full"}
    assert full == {"masked_county_2023h1": 9, "masked_district_2020": 3}


@pytest.mark.parametrize(
    ("rule", "printed", "other", "verdict"),
    [
        ("region_above", (26, "26"), (24, "24"), "contradicts"),
        ("region_above", (24, "24"), (24, "24"), "agrees"),
        ("target_of_result", (1200, "1200"), (1570, "1570"), "contradicts"),
        ("target_of_result", (1570, "1570"), (1570, "1570"), "agrees"),
    ],
)
def test_rules_across_regions_and_years(rule, printed, other, verdict):
    """A region has no more than the one above; a target asks for no less than was reached."""
    assert RULES[rule](figure(*printed), [figure(*other)], 0).verdict == verdict


def test_what_is_at_least_something_may_be_more():
    """24 or more above leaves room for 26; a target of at least 1,200 is met below 1,570."""
    more = {"bound": "at_least"}
    assert RULES["region_above"](figure(26), [figure(24, "24余", **more)], 0).verdict == "agrees"
    asked = figure(1200, "1200以上", **more)
    assert RULES["target_of_result"](asked, [figure(1570)], 0).verdict == "contradicts"


def test_a_count_that_ends_after_its_document_is_found(published):
    """Moved one day behind the day of publication; of planned years and of targets nothing."""
    spoilt = dict(published.figures)
    name = next(f.id for f in spoilt.values() if f.source == "taian_2023" and f.whole_units)
    end = dt.date(2023, 11, 24)
    spoilt[name] = PrintedFigure(**{**vars(spoilt[name]), "end": end})
    late = [
        c for c in audit(replace(published, figures=spoilt)).checks if c.rule == "after_document"
    ]
    assert [(c.result, c.verdict, c.conjectured) for c in late] == [(name, "contradicts", True)]


def test_the_claim_is_examined_with_the_parameters_shown(published):
    """−98 %: 40 before at least; nothing simulated prints so in more than 1 %; 2,072 before."""
    examined = examine_fall(published, ClaimsAuditParams(draws=20_000))
    assert examined.smallest == 40
    assert max(item.as_claimed for item in examined.chance) < 0.01
    assert examined.other.before == 2072
    assert examined.other.relative == pytest.approx(1 - 0.02 / (3325 / 2072))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"claim": "pingyin_2020-0021"}, "claim: is not a reported change"),
        ({"claim": "masked_district_2020-0041"}, "claim: is not a fall"),
        ({"comparison": "pingyin_2020-0022"}, "comparison: has no level"),
    ],
)
def test_a_claim_that_cannot_be_examined_is_refused_before_a_kernel_starts(in_root, changes, words):
    """Misspelt, a rise, and a change without a level."""
    with pytest.raises(ParamsError, match=words):
        find("claims_audit").check(ClaimsAuditParams(**changes))


def briefs(published, kind):
    """A report in each language, with few draws."""
    params = [ClaimsAuditParams(language=code, draws=2000) for code in ("en", "zh")]
    if kind is PublishedFigures:
        params = [PublishedFiguresParams(language=code) for code in ("en", "zh")]
    return [kind(asked, published.dataset, published) for asked in params]


def test_both_languages_hold_the_same_facts(published):
    """Of both reports."""
    first, second = briefs(published, audit_report.ClaimsAudit)
    assert audit_summary.audit_facts(first) == audit_summary.audit_facts(second)
    first, second = briefs(published, PublishedFigures)
    assert profile_summary.profile_facts(first) == profile_summary.profile_facts(second)


@pytest.mark.parametrize("language", [0, 1])
def test_tables_hold_every_check_in_words(published, language):
    """One folded table for each document, contradictions first, no blank cell, valid Plates."""
    brief = briefs(published, audit_report.ClaimsAudit)[language]
    tables = brief.checks()
    assert sum(len(table.data.rows) for table in tables) == len(brief.audit.stated)
    for table in tables:
        assert all(cell.strip() for row in table.data.rows for cell in row)
        plate, problems = read_plate("table", table.payload(), "test")
        assert not problems
        assert plate.folded
    district = next(table for table in tables if table.key.endswith("masked_district_2020"))
    assert district.data.values[0][0] == "masked_district_2020-0068"


@pytest.mark.parametrize("language", [0, 1])
def test_the_simulated_hypothetical_is_labelled_as_such(published, language):
    """In title and caption, with the parameters of the simulation."""
    brief = briefs(published, audit_report.ClaimsAudit)[language]
    plate = chance_figure(brief)
    word, data = (("Simulation", "not data of"), ("模拟", "不是平阴县的数据"))[language]
    assert word in plate.title
    assert data in plate.caption
    assert "0.3" in plate.caption
    assert not plate.simulated


def test_the_sentence_and_the_table_of_a_contradiction_agree(published):
    """The summary prints the number that the check computed."""
    brief = briefs(published, audit_report.ClaimsAudit)[0]
    points = " ".join(audit_summary.audit_summary(brief).points)
    assert "776 (agricultural trade marks registered, in the last three years) of 1,256" in points
    assert "61.78%" in points


@pytest.mark.parametrize("language", [0, 1])
def test_words_may_name_what_fields_csv_says_and_nothing_is_missing(published, language):
    """Of a reported fall and of every topic."""
    fields = {(row["table"], row["field"]) for row in FIELDS}
    fall = briefs(published, audit_report.ClaimsAudit)[language].numbers
    assert {field for table, field in fields if table == "fall_words"} <= fall.keys()
    named = {field for table, field in fields if table == "topic_words"}
    for topic in topics(briefs(published, PublishedFigures)[language]).values():
        assert topic.facts.keys() == named


def test_no_contradiction_has_a_reading_that_holds(published):
    """What holds if its words are read otherwise is a reading of ours that fails: 58 of 135."""
    found = audit(published)
    holds = {c.result for c in found.checks if c.conjectured and c.verdict != "contradicts"}
    assert "masked_county_2023h1-0105" in holds
    assert not holds & {check.result for check in found.contradictions}


def test_no_stated_check_joins_two_documents(published):
    """A city's part of its province's number is a reading: neither document says it."""
    figures = published.figures
    across = [
        c for c in audit(published).checks if {figures[t].source for t in c.terms} - {c.source}
    ]
    assert {c.result for c in across} >= {f"taian_2023-00{n}" for n in (14, 29, 30)}
    assert all(check.conjectured for check in across)


@pytest.mark.parametrize("language", [0, 1])
def test_a_part_of_another_documents_number_names_that_document(published, language):
    """Without it, 980 million would be part of an unnamed 51.5 billion."""
    brief = briefs(published, audit_report.ClaimsAudit)[language]
    check = next(c for c in brief.audit.checks if c.result == "taian_2023-0014")
    said = audit_summary.sentence(brief, check)
    assert brief.document("shandong_2023") in said


@pytest.mark.parametrize("language", [0, 1])
def test_the_other_change_is_named_by_what_it_counts(published, language):
    """A total of complaints and tip-offs says nothing of complaints, which are not printed."""
    brief = briefs(published, audit_report.ClaimsAudit)[language]
    other = brief.fall.other.figure
    assert other.indicator != brief.fall.figure.indicator
    named = brief.name(other, sentence=True)
    assert all(named in brief.of_fall(use) for use in ("pair_title", "pair_caption", "can_say"))
    alone = [f for f in published.counts("complaints_received") if f.source == other.source]
    assert not alone


def test_a_chance_that_depends_on_invented_numbers_stays_out_of_the_summary(published):
    """With few complaints over a third of chance falls are falls to nothing."""
    brief = briefs(published, audit_report.ClaimsAudit)[0]
    few = brief.fall.chance[0]
    assert few.as_claimed < 0.001
    assert few.beyond > 0.3
    numbers = brief.numbers
    answer = " ".join(audit_summary.audit_summary(brief).points)
    assert numbers["reach"] not in answer
    assert numbers["beyond"] not in answer
    plate = chance_figure(brief)
    assert f"up to {numbers['beyond']}" in plate.title
    assert "None of them is the chance that the campaign did nothing" in plate.caption
    assert plate.table.values[0][-1] == pytest.approx(few.beyond, abs=1e-6)


def test_the_level_before_at_least_so_many_is_not_worked_out_to_the_digit(published):
    """600,000 and more, 4.6 % up: at least 573,000 before, rounded down, on both pages."""
    audits, profiles = (
        briefs(published, kind) for kind in (audit_report.ClaimsAudit, PublishedFigures)
    )
    for brief, profile, words in zip(
        audits, profiles, ("at least 573,000", "不少于57.3万"), strict=True
    ):
        check = next(c for c in brief.audit.checks if c.result == "taian_2023-0020")
        assert words in audit_summary.sentence(brief, check)
        growth = topics(profile)["growth"]
        item = next(item for item in growth.items if item.id == "taian_2023-0020")
        assert growth.count(item) == (words, 573_000)
        assert words in growth.value(item)
