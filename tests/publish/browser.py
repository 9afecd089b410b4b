"""Looks at a page the way a reader's browser does, and lists what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.publish.pages.pdf import browser_found

CHROMIUM = browser_found()
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHORTEST_ALT = 20
VIEWS = [(state, scheme) for state in ("closed", "open") for scheme in ("light", "dark")]
"""How a page can be seen: its details closed or open, light or dark."""
LOOK = """() => {
  const found = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const language = location.pathname.includes('.zh.') ? 'zh-Hans' : 'en';
  if (document.documentElement.lang !== language) found.push('lang is not ' + language);
  if (document.characterSet !== 'UTF-8') found.push('is not UTF-8');
  if (all('iframe, object, embed, form, link, base').length) found.push('active element');
  // The list of reports and the catalogue alone may search, by the one script their policy names.
  const scripts = /\\/(index|catalogue)\\./.test(location.pathname) ? 1 : 0;
  if (all('script').length > scripts) found.push('active element: script');
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
  for (const part of all('p span[lang], caption span[lang], figcaption span[lang], td span[lang]'))
    if (getComputedStyle(part).display !== 'inline')
      found.push('words of another language stand apart: ' + part.textContent);
  const inside = element => element.closest('[lang]').lang;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data, element = texts.currentNode.parentElement;
    if (/[\\u4e00-\\u9fff]/.test(text) && inside(element) !== 'zh-Hans')
      found.push('Chinese without its language: ' + text.trim().slice(0, 30));
    if (/(?<![\\w])[A-Za-z][a-z]{2,}(?![\\w])/.test(text) && inside(element) !== 'en'
        && !element.closest('code, pre, script, style'))
      found.push('English without its language: ' + text.trim().slice(0, 30));
  }
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
AXE = """async ([part, options]) => {
  const result = await axe.run(part || document, {resultTypes: ['violations'], ...options});
  return result.violations.flatMap(violation =>
    violation.nodes.map(node => `axe ${violation.id}: ${node.target.join(' ')}`));
}"""
SPACED = """() => {
  for (const element of document.querySelectorAll('body, body *')) {
    const set = (name, value) => element.style.setProperty(name, value, 'important');
    set('line-height', '1.5'); set('letter-spacing', '0.12em'); set('word-spacing', '0.16em');
    if (element.localName === 'p') set('margin-bottom', '2em');
  }
}"""
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(element => {
  const style = getComputedStyle(element);
  const cut = ['hidden', 'clip'];
  return element.checkVisibility()
    && ((cut.includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
      || (cut.includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1));
}).map(element => 'clipped: ' + element.textContent.trim().slice(0, 30))"""
FIRST_PARTS = "header, nav, main > section:nth-of-type(-n+2), footer"
"""What a page shows above its third section, and its foot."""
DIM_APART = {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")}
SHORTENED = """() => document.querySelectorAll('tbody').forEach(body =>
  [...body.rows].slice(40).forEach(row => row.remove()))"""
"""Tables without what follows their first rows, which is alike."""
SAMPLED = """() => {
  document.querySelectorAll('main > section:nth-of-type(n+3)').forEach(part => part.remove());
  for (const parent of document.querySelectorAll('main *')) {
    const seen = {};
    for (const child of [...parent.children])
      if ((seen[child.localName] = (seen[child.localName] || 0) + 1) > 8) child.remove();
  }
}"""
"""The first parts with the first eight of what is alike: axe works out what lies behind each."""
DRAWINGS = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.all([...document.images].map(image => image.decode().catch(() => null)));
  return [...document.querySelectorAll('picture')].flatMap(picture => {
    const source = picture.querySelector('source'), image = picture.querySelector('img');
    const wanted = matchMedia(source.media).matches ? source.srcset : image.src;
    return image.currentSrc === wanted ? [] : ['drawing for another width: ' + image.alt];
  });
}"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(part => { part.open = true; })"


def required() -> bool:
    """Whether a missing browser is a failure: on the build server it is."""
    return bool(os.environ.get("CI"))


@lru_cache
def axe_source() -> str:
    """The accessibility checker, as the development packages carry it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def axe(page: Any, part: str = "", **options: Any) -> list[str]:
    """Every element of the page, or of a part, that breaks a rule of axe-core as it stands."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_source())
    return list(page.evaluate(AXE, [part, options]))


@contextmanager
def started() -> Iterator[Any]:
    """A headless browser; starting one takes as long as looking at a page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(
    path: Path, width: int, *, dark: bool = False, script: bool = True, browser: Any = None
) -> Iterator[tuple[Any, list[str]]]:
    """The page in a browser of its own or in one given, and a list that fills with its reports."""
    address = Path(path).resolve().as_uri()
    reported: list[str] = []
    with nullcontext(browser) if browser else started() as running:
        scheme = "dark" if dark else "light"
        view = {"width": width, "height": 900}
        page = running.new_page(viewport=view, color_scheme=scheme, java_script_enabled=script)
        page.on("request", lambda request: _outside(request.url, address, reported))
        page.on("console", lambda message: _said(message, reported))
        page.on("pageerror", lambda error: reported.append(f"page error: {error}"))
        page.goto(address, wait_until="load")
        yield page, reported
        page.close()


def check_page(
    path: Path,
    width: int,
    views: Sequence[tuple[str, str]] = VIEWS,
    *,
    whole: bool = True,
    with_axe: bool = True,
    browser: Any = None,
) -> list[str]:
    """Everything wrong with the page at the width, in some of its views, closed ones first.

    Contrast is ours to find in every word. Axe takes ten times as long for it as for all else, so
    unless the page is to be judged as a ``whole`` it looks at the first parts, whose colours are
    those of the rest: no element has a style of its own. Of long tables it sees the first rows. No
    other rule of it reads colours, and what is seen while details are closed is seen when they are
    open: where it gets all views, structure is looked at in light, contrast with details open.
    """
    looks = [_own_look, *([axe if whole else _axe_apart] if with_axe else [])]
    every = len(views) == len(VIEWS)
    problems = []
    with opened(path, width, browser=browser) as (page, reported):
        problems += page.evaluate(LOOK)
        for look in looks:
            page.reload(wait_until="load")
            if look is _axe_apart:
                page.evaluate(SHORTENED)
            for state, scheme in views:
                if state == "open":
                    page.evaluate(OPEN_ALL)
                page.emulate_media(color_scheme=scheme)
                if look is _axe_apart and every:
                    seen = _structure(page) if scheme == "light" else []
                    seen += _dim_sampled(page) if state == "open" else []
                else:
                    seen = look(page)
                problems += [f"{item} ({scheme}, details {state})" for item in seen]
        problems += reported
    return [f"{Path(path).name} at {width}: {problem}" for problem in problems]


def check_figures(path: Path, widths: Sequence[int]) -> list[str]:
    """Everything wrong with a page of figures, loaded once: at each width, light and dark.

    All details are open: what is seen while they are closed is seen then, too. Ours judges the
    contrast of every word, axe that of some, in the dark at the first width, in light at the last.
    """
    problems = []
    with opened(path, widths[0]) as (page, reported):
        page.evaluate(OPEN_ALL)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            seen = [*page.evaluate(DRAWINGS), *page.evaluate(LOOK), *page.evaluate(OVERFLOW)]
            seen += _structure(page)
            for scheme, judged in (("dark", widths[0]), ("light", widths[-1])):
                page.emulate_media(color_scheme=scheme)
                dim = [*page.evaluate(CONTRAST), *(_dim(page) if width == judged else [])]
                seen += [f"{item} ({scheme})" for item in dim]
            problems += [f"{Path(path).name} at {width}: {item}" for item in seen]
        problems += [f"{Path(path).name}: {item}" for item in reported]
    return problems


def _own_look(page: Any) -> list[str]:
    """What is too wide or too dim."""
    return [*page.evaluate(OVERFLOW), *page.evaluate(CONTRAST)]


def _axe_apart(page: Any) -> list[str]:
    """What axe finds, contrast in the first parts only."""
    return [*_structure(page), *_dim_sampled(page)]


def _structure(page: Any) -> list[str]:
    """What axe finds by rules that read no colours."""
    return axe(page, rules=DIM_APART)


def _dim_sampled(page: Any) -> list[str]:
    """What axe finds too dim in the first parts, whose colours are those of all."""
    page.evaluate(SAMPLED)
    return _dim(page)


def _dim(page: Any) -> list[str]:
    """What axe finds too dim in the first parts of the page."""
    return axe(page, FIRST_PARTS, runOnly=[*DIM_APART])


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
