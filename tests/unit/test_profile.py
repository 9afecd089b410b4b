"""The regional profile: what is divided by what, and what openly is not."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.data.published.comparisons import year_gone_by
from analysis.data.published.figures import read_published
from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.drawing import make_room
from analysis.page.charts.labels import span, wrap
from analysis.page.charts.rows import Row, Rows
from analysis.reports.published_figures.kinds import topics
from analysis.reports.published_figures.params import PublishedFiguresParams
from analysis.reports.published_figures.plates import PublishedFigures


@pytest.fixture(scope="module")
def published(root):
    """The figures of the five documents."""
    return read_published(root / "data" / "published")


def report_on(published, language: str = "en") -> PublishedFigures:
    """A report on them."""
    params = PublishedFiguresParams(language=language)
    return PublishedFigures(params, published.dataset, published)


def compared(published, topic: str):
    """What a topic compares."""
    return topics(report_on(published))[topic].items


def test_rates_are_given_only_where_the_same_document_prints_the_base(published):
    """The district and the city; 3,325 of 51,632 are 64.4 per 1,000."""
    found = compared(published, "rates")
    assert {i.figure.source for i in found if i.base} == {"masked_district_2020", "taian_2023"}
    assert all((item.value is None) == (item.base is None) for item in found)
    complaints = next(i for i in found if i.figure.indicator == "complaints_and_reports_accepted")
    assert complaints.value == pytest.approx(3325 / 51.632)
    # The exact Poisson interval is wider than what rounding would allow of two whole counts.
    assert complaints.interval.low < complaints.value < complaints.interval.high


def test_a_sample_is_matched_with_its_own_result(published):
    """153 batches of food with one failed; 25 of 30 products are a part and not counted twice."""
    found = {item.figure.number: item.count for item in compared(published, "sampling")}
    assert found[153] == 152
    assert found[210] == 193
    assert found[42] is None
    assert 25 not in found


def test_fines_of_other_cases_are_what_major_cases_leave(published):
    """(8,277,300 − 6,649,300) / (365 − 77) yuan a case."""
    rest = [item for item in compared(published, "fines") if item.is_rest]
    assert [round(item.value, 2) for item in rest] == [5652.78]


def test_growth_gives_the_earlier_level_or_none(published):
    """2,072 complaints a year before; none for a change without level."""
    earlier = {item.id: item.count for item in compared(published, "growth")}
    assert earlier["masked_district_2020-0041"] == 2072
    assert earlier["pingyin_2020-0022"] is None


def test_the_share_of_the_year_gone_by():
    """12 June is day 163 of 365; a leap year has 366."""
    assert year_gone_by(dt.date(2023, 6, 12)) == pytest.approx(163 / 365)
    assert year_gone_by(dt.date(2020, 12, 31)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_of_rates_says_years_levels_and_that_it_ranks_nothing(published, language):
    """Every row names level of government and year; the order is not by value."""
    plate = report_on(published, language).compare("rates")
    no_ranking = {"en": "no ranking", "zh": "不作排名"}[language]
    assert no_ranking in plate.caption
    values = [row[4] for row in plate.table.values if row[4] is not None]
    assert values != sorted(values)
    assert values != sorted(values, reverse=True)
    assert all("20" in row[1] for row in plate.table.rows)


def test_the_order_is_by_level_of_government(published):
    """Province, city, district, counties."""
    report = report_on(published)
    levels = [report.level(source) for source in report.order]
    assert levels == ["province", "city", "district", "county", "county"]


@pytest.mark.parametrize(
    "text", ["Cases closed, a district: 7.1 (6.4 to 7.8)", "结案案件数，某区：7.1（6.4至7.8）"]
)
def test_wrapped_names_keep_their_letters_and_fit(text):
    """No letter is lost, no line is wider than its room by more than a closing mark."""
    lines = wrap(text, 20).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(span(line) <= 22.2 for line in lines)


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_names_of_rows_stand_clear_of_one_another(width):
    """With headings, names of several lines and a labelled reference line."""
    name = (
        "Consumer-confidence demonstration units of shops and online shops, new in the year. " * 2
    )
    rows = tuple(Row(name[: 30 * n], n, group=f"County {n // 3}") for n in range(1, 7))
    chart = Rows(rows, Axis(label=name[:60]), (Reference(3, "here"),))
    with style.canvas(width, chart.height(width)) as (figure, axes):
        chart.draw(axes, width)
        renderer = FigureCanvasAgg(figure).get_renderer()
        make_room(axes, renderer)
        boxes = [text.get_window_extent(renderer) for text in axes.texts]
    boxes.sort(key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 0.5 for low, high in pairwise(boxes))


def test_petitions_are_no_part_of_complaint_handling(published):
    """信访 follows other rules: no topic sets it beside complaints."""
    for topic in topics(report_on(published, "zh")).values():
        assert not any("信访" in topic.name(item) for item in topic.items)
    assert len(compared(published, "handling")) == 7


def test_what_stands_under_found_was_found_or_put_right(published):
    """Officers sent out are not found; a restaurant that was helped was not only inspected."""
    found = {item.figure.indicator for item in compared(published, "inspections")}
    assert found == {"hazards_found", "hazards_rectified", "problems_found"}


def test_a_pass_rate_is_not_said_to_bound_the_true_one(published):
    """No sample is said to be random, so its range is one on a condition, in both languages."""
    assert not any("random" in f.scope for f in published.counts("samples_tested"))
    for language, words in (("en", "Read as a random sample"), ("zh", "若视为随机抽样")):
        answer = topics(report_on(published, language))["sampling"].words("answer")
        assert words in answer


def test_no_title_says_what_decides_a_mean_of_fines(published):
    """Major cases are a fifth of the district's, and the county prints no sum for its own."""
    fines = topics(report_on(published))["fines"]
    assert "a few major cases" not in fines.words("title")
    major = {
        i.figure.source for i in fines.items if i.base and i.base.indicator == "major_cases_closed"
    }
    assert major == {"masked_district_2020"}
