"""Looks at a page the way a reader's browser does, and lists what is wrong with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHORTEST_ALT = 20
LOOK = """() => {
  const found = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const language = location.pathname.includes('.zh.') ? 'zh-Hans' : 'en';
  if (document.documentElement.lang !== language) found.push('lang is not ' + language);
  if (document.characterSet !== 'UTF-8') found.push('is not UTF-8');
  if (all('script, iframe, object, embed, form, link, base').length) found.push('active element');
  if (all('[style]').length) found.push('style attribute');
  if (all('h1').length !== 1) found.push(all('h1').length + ' h1 headings');
  for (const name of ['header', 'main', 'footer'])
    if (all(name).length !== 1) found.push('not one ' + name);
  let last = 0;
  for (const heading of all('h1, h2, h3, h4')) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1 && last) found.push('heading level jumps at ' + heading.textContent);
    last = level;
  }
  const ids = all('[id]').map(element => element.id);
  if (new Set(ids).size !== ids.length) found.push('an id is used twice');
  for (const link of all('a[href^="#"]'))
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1))))
      found.push('link to nowhere: ' + link.hash);
  for (const element of all('[aria-labelledby]'))
    if (!document.getElementById(element.getAttribute('aria-labelledby')))
      found.push('label to nowhere: ' + element.getAttribute('aria-labelledby'));
  for (const element of all('*'))
    for (const attribute of element.attributes)
      if (attribute.name.startsWith('on')) found.push('handler ' + attribute.name);
  for (const image of all('img')) {
    if (image.alt.trim().length < SHORTEST) found.push('alt too short: ' + image.alt);
    if (!image.naturalWidth) found.push('image not shown: ' + image.alt);
  }
  const inside = element => element.closest('[lang]').lang;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (/[\\u4e00-\\u9fff]/.test(texts.currentNode.data)
        && inside(texts.currentNode.parentElement) !== 'zh-Hans')
      found.push('Chinese without its language: ' + texts.currentNode.data.trim().slice(0, 30));
  return found;
}""".replace("SHORTEST", str(SHORTEST_ALT))
OVERFLOW = """() => {
  const width = document.documentElement.scrollWidth;
  return width > innerWidth ? ['overflows: ' + width + ' on ' + innerWidth] : [];
}"""
CONTRAST = """() => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const part = value => (value /= 255) <= 0.04045
    ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = numbers(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const [a, b] = [light(numbers(style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < needed) found.add(
      'contrast ' + ratio.toFixed(2) + ': ' + texts.currentNode.data.trim().slice(0, 30));
  }
  return [...found];
}"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(part => { part.open = true; })"


def required() -> bool:
    """Whether a missing browser is a failure: on the build server it is."""
    return bool(os.environ.get("CI"))


@contextmanager
def opened(path: Path, width: int, *, dark: bool = False) -> Iterator[tuple[Any, list[str]]]:
    """The page in a headless browser, and a list that fills with what the browser reports."""
    from playwright.sync_api import sync_playwright

    address = Path(path).resolve().as_uri()
    reported: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        scheme = "dark" if dark else "light"
        view = {"width": width, "height": 900}
        page = browser.new_page(viewport=view, color_scheme=scheme)
        page.on("request", lambda request: _outside(request.url, address, reported))
        page.on("console", lambda message: _said(message, reported))
        page.on("pageerror", lambda error: reported.append(f"page error: {error}"))
        page.goto(address, wait_until="load")
        yield page, reported
        browser.close()


def check_page(path: Path, width: int) -> list[str]:
    """Everything wrong with the page at the width, light and dark, details closed and open."""
    problems: list[str] = []
    for dark in (False, True):
        with opened(path, width, dark=dark) as (page, reported):
            problems += page.evaluate(LOOK) if not dark else []
            for state in ("closed", "open"):
                seen = [*page.evaluate(OVERFLOW), *page.evaluate(CONTRAST)]
                scheme = "dark" if dark else "light"
                problems += [f"{item} ({scheme}, details {state})" for item in seen]
                page.evaluate(OPEN_ALL)
            problems += reported
    return [f"{Path(path).name} at {width}: {problem}" for problem in problems]


def screenshot(
    path: Path,
    width: int,
    out: Path,
    full_page: bool = True,
    *,
    dark: bool = False,
    details: bool = False,
) -> None:
    """A picture of the page, with its details open if asked."""
    with opened(path, width, dark=dark) as (page, _):
        if details:
            page.evaluate(OPEN_ALL)
        page.screenshot(path=str(out), full_page=full_page)


def _outside(url: str, address: str, reported: list[str]) -> None:
    if url.split("#", maxsplit=1)[0] != address and not url.startswith("data:"):
        reported.append(f"request to {url}")


def _said(message: Any, reported: list[str]) -> None:
    if message.type in {"error", "warning"}:
        reported.append(f"console {message.type}: {message.text}")
