"""``jupyter nbconvert --to analysis_report``: an executed notebook becomes one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import Exporter, FilenameExtension
from traitlets import List

from analysis.page.text import slug
from analysis.publish.pages.notebook_cells import PLATE_MIME
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import Imprint, export


class ReportExporter(Exporter):  # type: ignore[misc]
    """Renders the Plates and the tagged text of a notebook, and refuses everything else.

    ``resources["analysis"]`` may hold ``language`` and the fields of ``Imprint``; what it
    leaves out comes from the notebook.
    """

    output_mimetype = "text/html"
    export_from_notebook = "Analysis report"
    file_extension = FilenameExtension(".html")
    default_preprocessors: Any = List([])

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
