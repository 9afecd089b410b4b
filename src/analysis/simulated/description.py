"""What ``dataset.yml`` of a simulated dataset says: that its numbers are invented, and how."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any, Literal

TEMPLATE = Path(__file__).with_name("dataset_template.yml")
CHINESE = {"province": ("省份", "省份"), "nation": ("全国数据", "全国")}
"""The kind of world in a title, and as a place."""


def describe(kind: Literal["province", "nation"], options: dict[str, Any]) -> str:
    """``dataset.yml`` of a world drawn with these options."""
    title_zh, place_zh = CHINESE[kind]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        kind=kind,
        title_zh=title_zh,
        place_zh=place_zh,
        counties=options["counties"],
        months=options["months"],
        options=json.dumps(options, sort_keys=True),
    )
