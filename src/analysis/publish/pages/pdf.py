"""Pages as PDF, printed by the system's Chromium: tagged, outlined, the same bytes each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import Problem, PublishError
from analysis.publish.site.record import write_whole

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there; the shell, which has no windows, starts in half the time."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# A link to a neighbouring page would be printed as the address of a folder on this machine.
UNLINK = """() => document.querySelectorAll('a[href]').forEach(link => {
  if (!/^(#|https?:|mailto:)/.test(link.getAttribute('href'))) link.removeAttribute('href');
})"""
TAG = re.compile(rb"node\d{8}")
STAMP = re.compile(rb"/(CreationDate|ModDate) ?\(D:[^)]*\)")


def print_pages(pages: Sequence[Path]) -> list[Path]:
    """A PDF beside every page.

    Raises
    ------
    PublishError: Playwright or a browser is missing.
    """
    files = []
    for page in pages:
        # A browser each: one that has printed before numbers the tags of the next page on.
        with _browser() as browser:
            file = page.with_suffix(".pdf")
            write_whole(file, _printed(browser, page))
            files.append(file)
    return files


def browser_found() -> str | None:
    """The path of the system's Chromium, or ``None``."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def _browser() -> Iterator[Any]:
    remedy = "In the project's folder: pip install -e '.[pdf]'; and install Chromium"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise PublishError([Problem("pdf", "needs the playwright package", remedy)]) from None
    found = browser_found()
    if found is None:
        raise PublishError([Problem("pdf", "finds no Chromium on this system", remedy)])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _printed(browser: Any, page: Path) -> bytes:
    view = browser.new_page(java_script_enabled=False)
    view.goto(page.resolve().as_uri(), wait_until="load")
    view.evaluate(UNLINK)
    content = view.pdf(
        format="A4", prefer_css_page_size=True, print_background=True, tagged=True, outline=True
    )
    return _renumbered(_without_clock(bytes(content)))


def _renumbered(content: bytes) -> bytes:
    """Names of tags by their order, at equal length: on a busy machine the browser begins anew."""
    names = sorted(set(TAG.findall(content)))
    places = {name: b"node%08d" % place for place, name in enumerate(names)}
    return TAG.sub(lambda match: places[match[0]], content)


def _without_clock(content: bytes) -> bytes:
    """The moment of printing, replaced at equal length so that offsets in the file still hold."""

    def still(match: re.Match[bytes]) -> bytes:
        head, _, tail = match[0].partition(b"(")
        return head + b"(" + b"D:20000101000000+00'00'"[: len(tail) - 1].ljust(len(tail) - 1) + b")"

    return STAMP.sub(still, content)
