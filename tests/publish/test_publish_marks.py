"""For internal use only: the mark stands wherever the numbers are shown or taken away."""

from __future__ import annotations

import json
from dataclasses import replace

import openpyxl
import pytest
import samples
import yaml

import analysis as an
from analysis.data.dataset import read_dataset
from analysis.errors import PublishError
from analysis.page.charts import style
from analysis.page.wording import translator
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import Imprint, export
from analysis.publish.site.build import publish

ASKED = {"intervention": "enterprise_zone", "outcome": "unemployment_claims"}
OPEN = {
    "en": "FOR INTERNAL USE ONLY. Counts here are not protected; do not pass this page on.",
    "zh": "仅供内部使用。本页件数未作保护处理，请勿外传。",
}
SHORT = {"en": "FOR INTERNAL USE ONLY", "zh": "仅供内部使用"}
BADGE = {"en": "For internal use only", "zh": "仅供内部使用"}
INVENTED = {"en": "Simulated data", "zh": "模拟数据"}


def inside(language, *, simulated=True, internal="open"):
    """Plates of a report for readers inside."""
    given = samples.plates(language, simulated=simulated)
    return {kind: replace(plate, internal=internal) for kind, plate in given.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One report that is invented and internal, whose verdict changed."""
    folder = tmp_path_factory.mktemp("inside")
    for verdict in ("worsens", "improves"):
        for language in samples.WORDS:
            given = inside(language)
            for kind in ("summary", "end"):
                given[kind] = replace(given[kind], verdict=verdict)
            run = samples.write_run(
                folder / "runs", "effect/inside", language, samples.notebook(language, given)
            )
            end = json.dumps(given["end"].payload())
            (run / "result.json").write_text(end, encoding="utf-8")
        outcomes = publish(folder / "runs", folder / "site")
    assert [outcome.state for outcome in outcomes] == ["published"], outcomes
    return folder / "site"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_says_both_on_screen_and_over_every_printed_page(site, language):
    """A banner each above the page, and both in its printed head."""
    page = (site / f"effect-inside.{language}.html").read_text(encoding="utf-8")
    assert f'<p class="banner">{OPEN[language]}</p>' in page
    assert page.count('<p class="banner">') == 2
    printed = page[page.index("@top-center") :].partition("}")[0]
    assert OPEN[language] in printed
    assert INVENTED[language].upper() in printed


@pytest.mark.parametrize("language", ["en", "zh"])
def test_index_data_and_feed_carry_both_badges(site, language):
    """Beside the verdict, the origin and the news."""
    end = "" if language == "en" else ".zh"
    index = (site / f"index{end}.html").read_text(encoding="utf-8")
    assert f'<p class="badge badge-open">{BADGE[language]}</p>' in index
    assert f'<p class="badge badge-simulated">{INVENTED[language]}</p>' in index
    for file in (f"data{end}.html", f"feed.{language}.xml"):
        text = (site / file).read_text(encoding="utf-8")
        assert BADGE[language] in text, file
        assert INVENTED[language] in text, file


@pytest.mark.parametrize("language", ["en", "zh"])
def test_protected_counts_for_readers_inside_are_not_called_open(language):
    """A page says no more than is so; one for everyone says nothing."""
    given = inside(language, simulated=False, internal="internal")
    page = export(read_page(samples.notebook(language, given), language), Imprint("T", "t"))
    say = translator(language)
    assert say("FOR INTERNAL USE ONLY. Do not pass this page on.") in page
    assert OPEN[language] not in page
    given = samples.plates(language, simulated=False)
    page = export(read_page(samples.notebook(language, given), language), Imprint("T", "t"))
    assert SHORT[language] not in page
    assert '<p class="banner">' not in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_excel_latex_and_previews_begin_with_the_mark(language, tmp_path):
    """Invented, then internal, then the title."""
    table = inside(language)["table"]
    table.to_excel(tmp_path / "a.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True)
    heads = [row[0] for row in rows][:3]
    assert heads == [translator(language)("SIMULATED DATA"), SHORT[language], table.title]
    assert f"{SHORT[language]}. {table.title}" in table.to_latex()
    for plate in inside(language, simulated=False).values():
        shown = plate._repr_mimebundle_()["text/html"]
        assert f"<p><strong>{SHORT[language]}</strong></p>" in shown, plate.kind


@pytest.mark.parametrize("marks", [("open",), ("internal",), ("simulated", "open")])
@pytest.mark.parametrize("height", [0.3, 1.0])
def test_the_mark_fits_across_every_drawing(marks, height, monkeypatch):
    """Wide and narrow, low and high: no word of it is cut."""
    seen = []
    drawn = style.drawn

    def looked_at(figure):
        image = drawn(figure)
        boxes = [text.get_window_extent() for text in figure.texts]
        seen.append((figure.bbox, boxes))
        return image

    monkeypatch.setattr(style, "drawn", looked_at)
    plain = style.render(lambda axes, _: axes.plot([1, 2]), "en", (), height)
    marked = style.render(lambda axes, _: axes.plot([1, 2]), "en", marks, height)
    assert all(marked[width] != plain[width] for width in ("wide", "narrow"))
    assert [len(boxes) for _, boxes in seen] == [0, 0, 2, 2]
    for room, boxes in seen:
        for box in boxes:
            assert room.x0 <= box.x0 < box.x1 <= room.x1
            assert room.y0 <= box.y0 < box.y1 <= room.y1


@pytest.mark.parametrize("internal", ["", "internal"])
def test_marks_do_not_mix(internal):
    """One Plate of another audience is refused, naming its cell."""
    given = inside("en", simulated=False)
    given["table"] = replace(given["table"], internal=internal)
    with pytest.raises(PublishError, match=r"report\.table.*is marked otherwise"):
        read_page(samples.notebook("en", given), "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dataset_for_readers_inside_marks_all_that_is_made_of_it(zones, language):
    """Figures, tables, provenance, results and views, by ``audience``, not by the author."""
    file = zones / "dataset.yml"
    about = yaml.safe_load(file.read_text(encoding="utf-8"))
    for key in ("disclosure", "printed"):
        del about[key]
    about |= {"audience": "internal", "protection": "none"}
    file.write_text(yaml.safe_dump(about), encoding="utf-8")
    report = an.InterventionEffect.read({"dataset": str(zones), "language": language, **ASKED})
    for plate in (report.summary(), report.adoption(), report.sample(), report.end()):
        assert plate.marks == ("open",), plate.key
    lines = {entry["label"]: entry["value"] for entry in report.provenance().entries}
    status = lines["Status" if language == "en" else translator("zh")("Status")]
    assert status.endswith("for internal use only" if language == "en" else SHORT["zh"])
    assert "For internal use only" in read_dataset(zones)._repr_html_()
    panel = an.panel(read_dataset(zones), period="year", **ASKED)
    result = an.estimate("did", panel)
    assert all("For internal use only" in one._repr_html_() for one in (panel, result))
    assert an.plot(result).marks == ("open",)
