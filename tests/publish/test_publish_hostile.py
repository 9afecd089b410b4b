"""A dataset that attacks its readers: script in every name it can choose runs nowhere."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from pathlib import Path

import pandas as pd
import pytest
import samples
import yaml
from browser import OPEN_ALL, opened

from analysis.data.dataset import read_dataset
from analysis.data.frames.study import build_study
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import Imprint, export
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.checks import certainty
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.provenance import provenance
from analysis.reports.intervention_effect.sensitivity import (
    leave_one_out_figure,
    specification_figure,
)
from analysis.reports.intervention_effect.sentences import summary
from analysis.reports.intervention_effect.tables import sample_table
from analysis.verdicts.effect import judged
from analysis.verdicts.robustness import estimate_headline, examine
from reports import effect_report

pytestmark = pytest.mark.browser

ATTACKS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=2>",
    '"><svg onload=window.ran=3>',
    "</script></style></code></pre><script>window.ran=4</script>",
    "[click](javascript:window.ran=5) ![i](https://example.org/i.png)",
    "<iframe srcdoc='<script>parent.ran=6</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
)
FORMULA = '=HYPERLINK("https://example.org","officer")'


@pytest.fixture(scope="module", params=["en", "zh"])
def page(tmp_path_factory, root, request):
    """A report on the enterprise zones, whose every name is an attack."""
    language = request.param
    folder = tmp_path_factory.mktemp("hostile") / "zones"
    folder.mkdir()
    for file in (root / "data/enterprise_zones").glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    regions = pd.read_csv(folder / "regions.csv", dtype="string")
    names = [FORMULA, *(ATTACKS[place % len(ATTACKS)] for place in range(1, len(regions)))]
    regions.assign(name_en=names, name_zh=names).to_csv(folder / "regions.csv", index=False)
    about = yaml.safe_load((root / "data/enterprise_zones/dataset.yml").read_text(encoding="utf-8"))
    words = [{"en": attack, "en_plural": attack, "zh": attack} for attack in ATTACKS]
    about["words"] = {"unemployment_claims": words[0], "enterprise_zone": words[1]}
    about["title"], about["region_word"], about["place"] = words[2], words[5], words[3]
    about |= {
        "origin": ATTACKS[3],
        "licence": ATTACKS[6],
        "note": words[4],
        "published_results": [],
    }
    (folder / "dataset.yml").write_text(yaml.safe_dump(about), encoding="utf-8")
    params = InterventionEffectParams(dataset=str(folder), language=language)
    study = build_study(read_dataset(folder), params)
    headline = estimate_headline(study)
    robustness = examine(study, headline)
    brief = Brief(study, headline, robustness, judged(study, headline, robustness))
    given = {
        "summary": summary(brief),
        "figure": leave_one_out_figure(brief),
        "table": sample_table(brief),
        "notes": certainty(brief),
        "provenance": provenance(brief),
        "end": effect_report(brief).end(),
    }
    extra = [
        samples.text(language, "\n\n".join(ATTACKS)),
        samples.code(f"officer = {ATTACKS[3]!r}"),
        samples.shows(specification_figure(brief), "specifications()"),
    ]
    node = samples.notebook(language, given, *extra)
    for plate in [cell for cell in node.cells if cell.cell_type == "code"]:
        for output in plate.outputs:
            for content in output.data.values():
                if isinstance(content, dict):
                    content["simulated"] = False
    return export(read_page(node, language), Imprint(ATTACKS[0], ATTACKS[2], ATTACKS[1]))


def outcome(text: str, file: Path) -> tuple[object, list[str]]:
    """What ran in the page, and what the browser reported."""
    file.write_text(text, encoding="utf-8")
    with opened(file, 1280) as (view, reported):
        view.on("dialog", lambda dialog: reported.append(f"dialog {dialog.message}"))
        view.evaluate(OPEN_ALL)
        view.wait_for_timeout(300)
        return view.evaluate("() => window.ran ?? null"), reported


def without_policy(text: str) -> str:
    """The page without its Content-Security-Policy."""
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)


def without_sanitiser(text: str) -> str:
    """The page as it would be if nothing were escaped.

    But for the refresh: no policy in a page can stop it leading away, only the sanitiser does.
    """
    return html.unescape(text).replace("<meta http-equiv=refresh", "<meta name=refresh")


def test_with_the_sanitiser_alone_nothing_runs(chromium, page, tmp_path):
    """No script, handler, frame or request."""
    ran, reported = outcome(without_policy(page), tmp_path / "page.en.html")
    assert ran is None
    assert reported == []


def test_with_the_policy_alone_nothing_runs(chromium, page, tmp_path):
    """The browser blocks, and says so."""
    ran, reported = outcome(without_sanitiser(page), tmp_path / "page.en.html")
    assert ran is None
    assert any("Content Security Policy" in line for line in reported)
    assert not any(line.startswith("dialog") for line in reported)


def test_with_neither_the_attack_runs(chromium, page, tmp_path):
    """The two tests above could fail."""
    ran, _ = outcome(without_policy(without_sanitiser(page)), tmp_path / "page.en.html")
    assert ran is not None


def test_formulas_in_names_come_down_as_text(page):
    """No cell of any download starts as a formula."""
    carried = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    assert len(carried) >= 3
    texts = [base64.b64decode(part).decode("utf-8-sig") for part in carried]
    cells = [cell for text in texts for row in csv.reader(io.StringIO(text)) for cell in row]
    starts = {cell[0] for cell in cells if cell and not re.fullmatch(r"-?[\d.]+(e-\d+)?", cell)}
    assert not starts & set("=+-@\t\r＝＋－＠")
