"""What reports tell the site's table: the numbers of their own first screens, in both languages."""

from __future__ import annotations

import math

import pytest
import yaml

from analysis.page.numbers import percent_change
from analysis.reports.kind import find, names
from analysis.reports.report import Report

REPORTS = (
    "intervention_effect/enterprise_zones",
    "intervention_effect/reverse_assessment",
    "compare_interventions/province",
    "claimants/order_style_service",
    "single_region/proposition99",
    "single_region/county",
    "single_region/organ_donations",
)


@pytest.fixture(scope="module", params=REPORTS)
def told(request, root):
    """A report in both languages."""
    kind = find(request.param.split("/")[0])
    given = yaml.safe_load((root / f"params/{request.param}.yml").read_text(encoding="utf-8"))
    return [kind.report.read({**given, "language": language}) for language in ("en", "zh")]


def test_a_line_says_what_the_summary_says(told, in_root):
    """One line where one effect is judged: its number, and its verdict."""
    for report in told:
        lines = report.site_lines()
        assert lines
        if len(lines) == 1:
            (line,) = lines
            summary = report.summary()
            if getattr(report, "counted", True):
                assert summary.number == percent_change(line.value, report.language)
            told = summary.verdict.replace("too_short", "cannot_tell")
            assert told == "_".join(filter(None, (line.verdict, line.certainty)))
        for line in lines:
            assert line.low is None or line.low <= line.value <= line.high
            assert math.isfinite(line.value)
            assert 0 < line.treated < line.regions
            assert bool(line.doubts) == (line.certainty != "high")


def test_both_languages_tell_the_same_numbers(told):
    """In other words."""
    english, chinese = (report.site_lines() for report in told)
    assert [one.numbers for one in english] == [one.numbers for one in chinese]
    assert all(a.outcome != b.outcome for a, b in zip(english, chinese, strict=True))


def test_the_end_carries_the_lines(told):
    """So that a page's notebook tells the site."""
    for report in told:
        assert report.end().site_lines == report.site_lines()


def test_a_report_that_judges_an_effect_tells_the_site():
    """Every kind with verdicts of a direction has lines of its own."""
    judging = {
        name
        for name in names()
        if any(key.startswith(("fewer", "improves")) for key in find(name).verdict_words)
    }
    assert judging
    telling = {n for n in names() if find(n).report.site_lines is not Report.site_lines}
    assert judging <= telling
