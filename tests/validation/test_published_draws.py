"""Draws that were published: the draft lottery of 1970, which was badly mixed."""

from __future__ import annotations

from pathlib import Path

import yaml

import analysis as an

METHOD = "randomisation"


def test_the_lottery_of_1970_was_no_draw(in_root, published):
    """Fienberg's correlation to three digits; balance fails, where runs alone would not show it."""
    file = Path("params/random_inspection/draft_lottery.yml")
    report = an.RandomInspection.read(yaml.safe_load(file.read_text(encoding="utf-8")))
    found = report.found.along_numbers
    published("r of day and number, 1970 lottery", found, -0.226, 5e-4, "Fienberg 1971")
    assert report.found.judged.balance == 0.0002
    assert report.found.judged.runs > 0.5
    assert report.verdict_key == "not_random"
