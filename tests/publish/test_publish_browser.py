"""Pages as a browser shows them from a file, wide and on a phone."""

from __future__ import annotations

import pytest
from browser import check_page, screenshot

pytestmark = pytest.mark.browser

FILES = [
    "effect-simulated.en.html",
    "effect-simulated.zh.html",
    "effect-real.en.html",
    "index.html",
    "index.zh.html",
]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("file", FILES)
def test_a_page_has_nothing_wrong_in_a_browser(chromium, site, file, width):
    """No request, script, error, overflow, weak contrast or missing words, details open too."""
    assert check_page(site / file, width) == []


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
