"""``jupyter nbconvert --to analysis_report``: an executed notebook becomes one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import default

from analysis.errors import Problem, PublishError
from analysis.publish.cells import PLATE_MIME
from analysis.publish.page import Page, read_page
from analysis.publish.render import Imprint, render_page
from analysis.publish.text import slug

LARGEST = 2_000_000
"""Bytes: what a phone on a slow line loads in the time a reader waits."""
LARGE = 1_000_000
"""Bytes from which a warning is given."""


class ReportExporter(Exporter):  # type: ignore[misc]
    """Renders the Plates and the tagged text of a notebook, and refuses everything else.

    ``resources["analysis"]`` may hold ``language`` and the fields of ``Imprint``; what it
    leaves out comes from the notebook.
    """

    output_mimetype = "text/html"
    export_from_notebook = "Analysis report"

    @default("file_extension")
    def _extension(self) -> str:
        return ".html"

    @default("default_preprocessors")
    def _no_preprocessors(self) -> list[str]:
        return []

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The notebook as a page.

        Raises
        ------
        PublishError: the notebook cannot become a page.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        wanted = dict(resources.get("analysis") or {})
        language = wanted.pop("language", "") or language_of(notebook)
        page = read_page(notebook, language)
        given = notebook["metadata"].get("analysis", {}).get("title")
        name = slug(str(resources["metadata"]["name"] or "report"))
        imprint = Imprint(**{"title": str(given or page.title), "name": name, **wanted})
        return export(page, imprint), resources


def export(page: Page, imprint: Imprint) -> str:
    """The text of a page.

    Raises
    ------
    PublishError: the page is too large.
    """
    html = render_page(page, imprint)
    size = len(html.encode("utf-8"))
    if size > LARGEST:
        what = f"is {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB"
        remedy = "Show fewer points in its figures or fewer rows in its tables"
        raise PublishError([Problem(f"page '{page.title}'", what, remedy)])
    return html


def warnings_of(page: str, html: str) -> list[Problem]:
    """What should be looked at although the page is published."""
    size = len(html.encode("utf-8"))
    if size <= LARGE:
        return []
    what = f"is {size / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB will be refused"
    return [Problem(page, what, "Show fewer points in its figures or fewer rows in its tables")]


def language_of(notebook: Mapping[str, Any]) -> str:
    """The language the notebook was run in, whoever ran it; English where it does not say."""
    papermill = notebook["metadata"].get("papermill", {})
    shown = (
        content.get("language")
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        for mime, content in output.get("data", {}).items()
        if PLATE_MIME.match(mime) and isinstance(content, Mapping)
    )
    return str(papermill.get("parameters", {}).get("language") or next(shown, None) or "en")
