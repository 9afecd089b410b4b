"""The tutorial as a new user runs it: from the ugly export to a page, all in its own folder."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from papermill import execute_notebook

from analysis.publish.site.record import read_pages


@pytest.fixture(scope="module")
def ran(root, tmp_path_factory) -> tuple[Path, list[str]]:
    """The project it made, and what each cell of code said."""
    folder = tmp_path_factory.mktemp("tutorial")
    project = folder / "project"
    execute_notebook(
        str(root / "notebooks/tutorial.ipynb"),
        str(folder / "ran.ipynb"),
        parameters={"folder": str(project)},
        kernel_name="python3",
        progress_bar=False,
    )
    cells = nbformat.read(folder / "ran.ipynb", as_version=4).cells
    return project, [json.dumps(c.outputs, ensure_ascii=False) for c in cells if "outputs" in c]


@pytest.mark.notebooks
def test_its_steps_end_in_a_page(ran):
    """Both languages; of one adopter with a past no direction is claimed."""
    project, _ = ran
    (entry,) = read_pages(project / "build/site").values()
    assert entry.languages == ("en", "zh")
    assert entry.verdict == "cannot_tell"
    assert entry.simulated
    for language in entry.languages:
        page = (project / "build/site" / entry.address(language)).read_text(encoding="utf-8")
        assert {"en": "cannot tell", "zh": "无法判断"}[language] in page


@pytest.mark.notebooks
def test_each_step_says_what_its_words_promise(ran):
    """What is asked, all that is wrong at once, what was left out, which question is refused."""
    _, said = ran
    text = "\n".join(said)
    assert "guessed: 5 of its 5 needed columns were found" in text
    assert "Dataset refused: 9 problems" in text
    assert "line of totals (row 749)" in text
    assert "data/mine: obeys the contract" in text
    assert "or use shorter periods" in text
    assert "Traceback" not in text
    assert any("image/png" in cell for cell in said)


@pytest.mark.notebooks
def test_the_export_is_never_changed(ran, root, tmp_path):
    """Its files are those that the example writes."""
    import sys

    sys.path.insert(0, str(root / "examples/own_data"))
    try:
        from make_export import write_export
    finally:
        sys.path.pop(0)
    made = write_export(tmp_path / "made")
    for file in made.glob("*.csv"):
        assert (ran[0] / "data/mine" / file.name).read_bytes() == file.read_bytes()
