"""Pages as a browser shows them from a file, wide and on a phone."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from browser import (
    CLIPPED,
    OPEN_ALL,
    OVERFLOW,
    SPACED,
    VIEWS,
    check_page,
    opened,
    screenshot,
)

from analysis.publish.site.lists.library import KINDS

pytestmark = pytest.mark.browser

FILES = [
    "effect-simulated.en.html",
    "effect-simulated.zh.html",
    *(f"{kind}{end}" for kind in (*KINDS, "status") for end in (".html", ".zh.html")),
]
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return {
    tag: element.localName, href: element.getAttribute('href') || '',
    file: element.getAttribute('download') || '', skip: element.classList.contains('skip'),
    seen: box.width > 0 && box.left >= 0 && style.outlineStyle !== 'none',
  };
}"""
EXPECTED = """() => [...document.querySelectorAll(
  'a[href], summary, [tabindex="0"], input, select')].filter(e => e.checkVisibility()).length"""
TABLE = """link => {
  const table = link.closest('details, .plate').querySelector('table');
  return [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()));
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("file", FILES)
def test_a_page_has_nothing_wrong_in_a_browser(chromium, site, file, width):
    """No axe violation, request, error, overflow or missing words; light, dark, details open.

    Long lists, which the pages of the suite show again, in one view in turn. Axe judges the colours
    of every word of the others at one width, of their first parts at the other.
    """
    every = file.startswith(("effect", "index"))
    turn = FILES.index(file) + width // 1000
    views = VIEWS if every else [VIEWS[turn % 4]]
    assert check_page(site / file, width, views, whole=every and turn % 2 == 1) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_screen_holds_the_answer(chromium, site, language, width):
    """Verdict and first sentence, without scrolling; the contents can still be reached."""
    bottom = "() => document.querySelector('main .finding').getBoundingClientRect().bottom"
    with opened(site / f"effect-simulated.{language}.html", width) as (page, _):
        assert page.evaluate(bottom) < 844
        assert page.locator("nav a").first.is_visible()


def test_the_check_finds_what_is_wrong(chromium, site, tmp_path):
    """A page with a script, an outside image, a wide block, pale text and a bare run of Chinese."""
    page = (site / "effect-real.en.html").read_text(encoding="utf-8")
    wrong = (
        '<h1>Again</h1><img src="https://example.org/x.png" alt="x">西湖'
        "<script>1</script><pre>" + "x" * 900 + '</pre><font color="#cccccc">pale</font>'
    )
    page = page.replace("</main>", wrong + "</main>").replace("pre-wrap", "pre")
    page = page.replace("<style>", "<style>pre{overflow-wrap:normal!important}", 1)
    file = tmp_path / "wrong.en.html"
    file.write_text(page, encoding="utf-8")
    problems = " ".join(check_page(file, 390))
    for words in ("active element", "2 h1", "alt too short", "image not shown", "console error"):
        assert words in problems
    assert "Chinese without its language" in problems
    file.write_text(
        page.replace("Content-Security-Policy", "X-Nothing").replace("<script>1</script>", ""),
        encoding="utf-8",
    )
    problems = " ".join(check_page(file, 390))
    for words in ("overflows", "contrast", "request to https://example.org/x.png"):
        assert words in problems


def test_a_screenshot_is_a_picture(chromium, site, tmp_path):
    """The helper writes a PNG."""
    screenshot(site / "index.html", 390, tmp_path / "index.png", dark=True)
    assert (tmp_path / "index.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("file", ["effect-real.en.html", "effect-real.zh.html", "index.html"])
def test_the_keyboard_reaches_everything_in_order(chromium, site, file, width):
    """Skip link first; every link, details, table and download once, each visibly focused."""
    with opened(site / file, width) as (page, _):
        page.evaluate(OPEN_ALL)
        expected = page.evaluate(EXPECTED)
        stops = []
        for _ in range(expected + 1):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUSED))
        stops = [stop for stop in stops if stop]
        assert stops[0]["skip"]
        assert len(stops) == expected
        assert all(stop["seen"] for stop in stops), [stop for stop in stops if not stop["seen"]]
        if "index" not in file:
            assert sum(stop["href"].startswith("#") for stop in stops) >= 5
            assert sum(stop["tag"] == "summary" for stop in stops) >= 2
            ends = {Path(stop["file"]).suffix for stop in stops if stop["file"]}
            assert ends == {".csv", ".yml", ".ipynb"}


def test_the_skip_link_leads_into_the_page(chromium, site):
    """Enter on it moves the focus to the content."""
    with opened(site / "effect-real.en.html", 1280) as (page, _):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("file", ["effect-real.en.html", "effect-real.zh.html", "index.html"])
def test_wide_text_spacing_cuts_nothing_off(chromium, site, file, width):
    """WCAG 1.4.12: line height, letter, word and paragraph spacing set by the reader."""
    with opened(site / file, width) as (page, _):
        page.evaluate(OPEN_ALL)
        page.evaluate(SPACED)
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate(CLIPPED) == []


def test_without_scripts_everything_is_there(chromium, site):
    """The full list without its filters, and a report that opens its details."""
    with opened(site / "index.html", 1280, script=False) as (page, _):
        assert page.locator(".reports > li:visible").count() == 2
        assert not page.locator("#filters").is_visible()
    with opened(site / "effect-real.en.html", 1280, script=False) as (page, _):
        page.locator("figure summary").first.click()
        assert page.locator("figure table").first.is_visible()


def test_the_list_is_searched_and_filtered_from_a_file(chromium, site):
    """Words, filters, the count, and the language in which reports open."""
    with opened(site / "index.html", 1280) as (page, reported):
        shown = page.locator(".reports > li:visible")
        assert page.locator("#found").inner_text() == "2 of 2 reports"
        page.locator("#search").fill("SIMULATED zhejiang")
        assert shown.count() == 1
        assert page.locator("#found").inner_text() == "1 of 2 reports"
        page.locator("#search").fill("nothing of the kind")
        assert shown.count() == 0
        page.locator("#search").fill("")
        for name, value in (("place", "Zhejiang Province"), ("verdict", "improves")):
            page.locator(f"#filter-{name}").select_option(value)
        assert shown.count() == 2
        page.locator("#language").select_option("zh-Hans")
        assert page.locator(".reports h3 a").first.get_attribute("href").endswith(".zh.html")
        assert reported == []


def test_the_list_runs_no_script_but_its_own(chromium, site, tmp_path):
    """One more script, or a change of a letter in ours, is blocked by the policy."""
    text = (site / "index.html").read_text(encoding="utf-8")
    foreign = text.replace("</main>", "<script>window.ran = 1</script></main>")
    changed = text.replace("const show =", "window.ran = 1; const show =")
    for number, content in enumerate((foreign, changed)):
        file = tmp_path / f"index.{number}.html"
        file.write_text(content, encoding="utf-8")
        with opened(file, 1280) as (page, reported):
            assert page.evaluate("() => window.ran") is None
            assert any("Content Security Policy" in line for line in reported)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_download_holds_what_the_table_shows(chromium, site, language):
    """Row by row: the same numbers as rounded for the reader, the same words."""
    with opened(site / f"effect-real.{language}.html", 1280) as (page, _):
        page.evaluate(OPEN_ALL)
        links = page.locator("a[download$='.csv']")
        assert links.count() == 2
        for place in range(links.count()):
            link = links.nth(place)
            shown = link.evaluate(TABLE)
            with page.expect_download() as waiting:
                link.click()
            text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
            _, *rows = csv.reader(io.StringIO(text))
            assert len(rows) == len(shown) > 0
            for given, read in zip(rows, shown, strict=True):
                assert all(same(a, b) for a, b in zip(given, read, strict=True)), (given, read)


def same(value: str, shown: str) -> bool:
    """Whether a raw value is what the reader sees, within half a unit of the last digit shown."""
    plain = shown.replace("−", "-").replace(",", "").replace("%", "")
    if not re.fullmatch(r"[+-]?[\d.]+", plain):
        return value == shown
    decimals = len(plain.partition(".")[2])
    factor = 100 if "%" in shown else 1
    return abs(float(value) * factor - float(plain)) <= 0.5 * 10**-decimals + 1e-9
