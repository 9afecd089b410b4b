"""Figures that are printed already: pages on them are the same with and without the store."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from analysis.disclosure import amounts, estimates, kept, memory, rated, store
from analysis.errors import ContractError
from analysis.page.charts import style
from analysis.page.plates import Image, Plate
from analysis.reports.kind import find
from reports import no_longer_public

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"report\.(\w+)\((?:\"(\w+)\")?\)")
"""What a notebook shows: the name of a Plate, or of several, and of which topic it is."""


def public_reports() -> list[str]:
    """The reports of the suite whose figures are printed already."""
    suite = yaml.safe_load((ROOT / "params/suites/default.yml").read_text(encoding="utf-8"))
    folders = {name: ROOT / params_of(ROOT, name)["dataset"] for name in suite["reports"]}
    about = {name: folder / "dataset.yml" for name, folder in folders.items()}
    held = {name: file.read_text(encoding="utf-8") for name, file in about.items() if file.exists()}
    return [name for name, text in held.items() if "disclosure" in yaml.safe_load(text)]


def parts_of(kind: str) -> list[tuple[str, ...]]:
    """Every Plate of a notebook, in order, each with its topic."""
    cells = json.loads((ROOT / f"notebooks/{kind}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [tuple(filter(None, found)) for found in CALL.findall(code)]


STORE = {
    store: ("shown_counts", "as_published", "published_units", "salt_of", "too_small"),
    amounts: ("shown_counts", "draws"),
    estimates: ("protected_panel", "three_digits", "_rounded"),
    rated: ("draws",),
    kept: ("fingerprint",),
    memory: ("salt_of",),
}
"""What moves, withholds, rounds or keeps a number."""


def plates(params: dict, kind: str) -> dict[tuple[str, ...], str]:
    """What a report shows, as it leaves; with all that its end records."""
    report = find(kind).report.read(params)
    made = {}
    for part in parts_of(kind):
        shown = getattr(report, part[0])(*part[1:])
        several = [shown] if isinstance(shown, Plate) else list(shown)
        made[part] = json.dumps([plate.payload() for plate in several], sort_keys=True, default=str)
    return made


def params_of(root, name: str) -> dict:
    """The parameters of a report of the suite."""
    return yaml.safe_load((root / f"params/{name}.yml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """No figure is drawn, which takes most of the time: its numbers and words are compared."""
    monkeypatch.setattr(style, "drawn", lambda _: Image.of("image/png", b"\x89PNG"))


def test_every_page_of_public_figures_is_looked_at():
    """Nine of the suite, with each part that their notebooks show."""
    assert len(public_reports()) >= 9
    for name in public_reports():
        parts = parts_of(name.split("/")[0])
        assert {("summary",), ("provenance",), ("end",)} < set(parts)
        assert len(parts) >= 6


@pytest.mark.parametrize("name", public_reports())
def test_a_page_on_public_figures_is_the_same_where_there_is_no_store(name, in_root, monkeypatch):
    """Without a salt, and with every part of the protection torn out."""
    kind = name.split("/")[0]
    params = params_of(in_root, name)
    first = plates(params, kind)

    def gone(*_: object, **__: object) -> None:
        raise AssertionError("a number of a public page passed the protection")

    for module, parts in STORE.items():
        for part in parts:
            assert inspect.isroutine(getattr(module, part))
            monkeypatch.setattr(module, part, gone)
    monkeypatch.delenv("ANALYSIS_SALT")
    assert plates(params, kind) == first
    assert "noise of variance" not in "".join(first.values())
    assert json.loads(first["end",])[0]["rests_on"]["regions"] == []


def test_the_same_figures_would_be_protected_if_nobody_had_printed_them(in_root, tmp_path):
    """The comparison can fail: without ``disclosure: public`` numbers of the page are others."""
    params = params_of(in_root, "intervention_effect/late_pickups")
    folder = tmp_path / "data/late_pickups"
    shutil.copytree(in_root / "data/late_pickups", folder)
    printed = plates({**params, "dataset": str(folder)}, "intervention_effect")
    no_longer_public(folder)
    moved = plates({**params, "dataset": str(folder)}, "intervention_effect")
    names = ("summary", "effects", "paths", "provenance")
    assert all(printed[name,] != moved[name,] for name in names)
    assert "noise of variance" in moved["provenance",]
    text = (folder / "dataset.yml").read_text(encoding="utf-8")
    (folder / "dataset.yml").write_text(f"{text}\ndisclosure: public\n", encoding="utf-8")
    with pytest.raises(ContractError, match="belong together"):
        plates({**params, "dataset": str(folder)}, "intervention_effect")
