"""Figures that are printed already: pages on them are the same with and without the store."""

from __future__ import annotations

import inspect
import json
import shutil

import pytest
import yaml

from analysis.disclosure import amounts, estimates, memory, rated, store
from analysis.errors import ContractError
from analysis.page.plates import Plate
from analysis.reports.kind import find
from reports import no_longer_public

REPORTS = {
    "intervention_effect/late_pickups": ("effects", "paths"),
    "single_region/organ_donations": ("ways",),
    "across_places/chinese_cities": ("forest", "poolings_table"),
    "published_figures/five_reports": (),
}
STORE = {
    store: ("shown_counts", "as_published", "published_units", "salt_of", "too_small"),
    amounts: ("shown_counts", "draws"),
    estimates: ("protected_panel", "three_digits", "_rounded"),
    rated: ("draws",),
    memory: ("fingerprint", "salt_of"),
}
"""What moves, withholds, rounds or keeps a number."""


def plates(params: dict, kind: str, names: tuple[str, ...]) -> dict[str, str]:
    """What a report shows, as it leaves; with all that its end records."""
    report = find(kind).report.read(params)
    made = {name: getattr(report, name)() for name in ("summary", *names, "provenance", "end")}
    assert all(isinstance(plate, Plate) for plate in made.values())
    return {name: json.dumps(plate.payload(), sort_keys=True) for name, plate in made.items()}


def params_of(root, name: str) -> dict:
    """The parameters of a report of the suite."""
    return yaml.safe_load((root / f"params/{name}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_on_public_figures_is_the_same_where_there_is_no_store(name, in_root, monkeypatch):
    """Without a salt, and with every part of the protection torn out."""
    kind = name.split("/")[0]
    params = params_of(in_root, name)
    first = plates(params, kind, REPORTS[name])

    def gone(*_: object, **__: object) -> None:
        raise AssertionError("a number of a public page passed the protection")

    for module, parts in STORE.items():
        for part in parts:
            assert inspect.isroutine(getattr(module, part))
            monkeypatch.setattr(module, part, gone)
    monkeypatch.delenv("ANALYSIS_SALT")
    assert plates(params, kind, REPORTS[name]) == first
    assert "noise of variance" not in "".join(first.values())
    assert json.loads(first["end"])["rests_on"]["regions"] == []


def test_the_same_figures_would_be_protected_if_nobody_had_printed_them(in_root, tmp_path):
    """The comparison can fail: without ``disclosure: public`` numbers of the page are others."""
    params = params_of(in_root, "intervention_effect/late_pickups")
    folder = tmp_path / "data/late_pickups"
    shutil.copytree(in_root / "data/late_pickups", folder)
    names = REPORTS["intervention_effect/late_pickups"]
    printed = plates({**params, "dataset": str(folder)}, "intervention_effect", names)
    no_longer_public(folder)
    moved = plates({**params, "dataset": str(folder)}, "intervention_effect", names)
    assert all(printed[name] != moved[name] for name in ("summary", *names, "provenance"))
    assert "noise of variance" in moved["provenance"]
    text = (folder / "dataset.yml").read_text(encoding="utf-8")
    (folder / "dataset.yml").write_text(f"{text}\ndisclosure: public\n", encoding="utf-8")
    with pytest.raises(ContractError, match="belong together"):
        plates({**params, "dataset": str(folder)}, "intervention_effect", names)
