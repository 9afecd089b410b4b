"""Words of a dataset are text: as typed, but for characters that no reader sees."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import samples
import yaml

import analysis as an
from analysis.data.checkup import account_lines
from analysis.data.dataset import examine, read_dataset
from analysis.errors import UNSEEN
from analysis.page.text import sentence, words
from analysis.page.wording import STRONG, WEAK, bold
from analysis.publish.site.build import publish

TYPED = "**b** [x](http://e.org) ![i](u) <b>c</b> `d` _e_ # h"
HIDDEN = f"\u202e{TYPED}\u202c z\u200d\ufe0f\U000e0100\u3164\u200bz\ufeff\u2066"
SHOWN = f"{TYPED} zz"
HEBREW = "חיפה"
CALLS = re.compile(r"report\.(\w+)\(\)")
KINDS = {"region_rates": an.RegionRates, "intervention_effect": an.InterventionEffect}
ASKED = {
    "region_rates": {"outcome": "unemployment_claims", "exposure": "people", "period": "year"},
    "intervention_effect": {"intervention": "enterprise_zone", "outcome": "unemployment_claims"},
}


def word(number: int) -> dict[str, str]:
    """A word that can be told from others, in both languages."""
    text = f"w{number} {HIDDEN}"
    return {"en": text, "en_plural": text, "zh": text, "zh_measure": ""}


@pytest.fixture(scope="module")
def hostile(root, tmp_path_factory) -> Path:
    """Enterprise zones of which every word looks like markup and hides characters."""
    folder = tmp_path_factory.mktemp("hostile") / "zones"
    folder.mkdir()
    for file in (root / "data/enterprise_zones").glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    regions = pd.read_csv(folder / "regions.csv", dtype="string")
    names = [f"r{n} {HIDDEN}" for n in range(len(regions))]
    regions.assign(name_en=names, name_zh=names).to_csv(folder / "regions.csv", index=False)
    outcomes = pd.read_csv(folder / "outcomes.csv", dtype=str)
    rows = outcomes[["region_code", "period"]].drop_duplicates()
    people = 100_000 + 1_000 * rows["region_code"].str[3:].astype(int)
    rows.assign(exposure="people", value=people).to_csv(folder / "exposures.csv", index=False)
    about = yaml.safe_load((root / "data/enterprise_zones/dataset.yml").read_text(encoding="utf-8"))
    keys = ("title", "place", "region_word", "note", "origin", "licence")
    about |= {key: word(number) for number, key in enumerate(keys)}
    about["words"] = {
        key: word(10 + number)
        for number, key in enumerate(("unemployment_claims", "enterprise_zone", "people"))
    }
    # The font of figures has no Hebrew; the place stands beside a span of years.
    about["place"] = {"en": f"{HEBREW} {HIDDEN}", "zh": f"{HEBREW} {HIDDEN}"}
    about["published_results"] = []
    (folder / "dataset.yml").write_text(yaml.safe_dump(about), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(hostile, root, tmp_path_factory) -> Path:
    """Pages of two kinds of report in both languages, as their notebooks show them."""
    folder = tmp_path_factory.mktemp("words")
    for kind, report in KINDS.items():
        source = nbformat.read(root / "notebooks" / f"{kind}.ipynb", as_version=4)
        code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
        calls = dict.fromkeys(CALLS.findall(code))
        for language in samples.WORDS:
            asked = {"dataset": str(hostile), "language": language, **ASKED[kind]}
            read = report.read(asked)
            plates = {name: getattr(read, name)() for name in calls}
            given = {name: plates.pop(name) for name in ("summary", "provenance", "end")}
            given |= dict.fromkeys(("figure", "table", "notes"))
            more = [samples.shows(plate, f"report.{name}()") for name, plate in plates.items()]
            node = samples.notebook(language, given, *more)
            run = samples.write_run(folder / "runs", f"{kind}/zones", language, node)
            end = json.dumps(given["end"].payload())
            (run / "result.json").write_text(end, encoding="utf-8")
    outcomes = publish(folder / "runs", folder / "site")
    assert {outcome.state for outcome in outcomes} == {"published"}, outcomes
    return folder / "site"


def pages(site: Path) -> dict[str, str]:
    """What a reader may open, by file name."""
    files = [*site.glob("*.html"), *site.glob("*.xml")]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def reports(site: Path) -> dict[str, str]:
    """The pages of reports."""
    return {name: text for name, text in pages(site).items() if "-zones" in name}


def seen(page: str) -> str:
    """The text of a page as it stands on the screen."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def tables(page: str) -> list[list[list[str]]]:
    """The CSV files that a page carries."""
    carried = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    texts = [base64.b64decode(part).decode("utf-8-sig") for part in carried]
    return [list(csv.reader(io.StringIO(text))) for text in texts]


def test_words_of_a_dataset_stand_on_pages_as_typed(site):
    """Outcome, intervention or exposure, regions and place, in sentences, titles and tables."""
    for name, page in reports(site).items():
        text = seen(page)
        # Sentences begin with a capital.
        for start in (HEBREW, "[wW]2", "[wW]10", "[wW]1[12]", "r[0-9]+", "[wW]4", "[wW]5"):
            assert re.search(f"{start} {re.escape(SHOWN)}", text), (name, start)
        points = seen("".join(re.findall(r'<ul class="points">.*?</ul>', page, re.DOTALL)))
        assert SHOWN in points, name


def test_no_word_of_a_dataset_becomes_markup(site):
    """No bold, link, picture, heading or code of theirs; bold of our own sentences is there."""
    for name, page in pages(site).items():
        assert "e.org" not in " ".join(re.findall(r"<[^>]*\bhref[^>]*>", page)), name
        assert not re.search(r"<(strong|em|code|b)>[bcde]</", page), name
        assert 'src="u"' not in page, name
    assert all("<strong>" in page for page in reports(site).values())


def test_no_page_download_or_feed_holds_a_character_that_no_reader_sees(site):
    """Pages, alternative texts, index, feeds, provenance and CSV."""
    for name, page in pages(site).items():
        found = UNSEEN.search(html.unescape(page))
        assert not found, (name, ascii(found))
        cells = [cell for table in tables(page) for row in table for cell in row]
        assert not UNSEEN.search("".join(cells)), name
    held = {c for page in reports(site).values() for t in tables(page) for r in t for c in r}
    assert any(SHOWN in cell for cell in held)


def test_a_name_in_hebrew_does_not_turn_what_stands_beside_it(site):
    """It is isolated; of a list of names each is."""
    for page in reports(site).values():
        assert f"<bdi>{HEBREW}</bdi>" in page
    alone = words(f"{HEBREW} · 2010–2021", "en")
    assert alone == f"<bdi>{HEBREW}</bdi> · 2010–2021"
    two = sentence(f"{HEBREW} 12, تل أبيب 9", "zh")
    assert two == f"<bdi>{HEBREW}</bdi> 12, <bdi>تل أبيب</bdi> 9"


def test_what_was_removed_is_said(site, hostile):
    """On the page and in the account of the dataset."""
    assert "marks of direction or without width removed" in seen(
        reports(site)["region_rates-zones.en.html"]
    )
    assert "改变书写方向或不占宽度的字符" in seen(reports(site)["region_rates-zones.zh.html"])
    lines = "\n".join(account_lines(*examine(hostile)))
    assert re.search(r"repaired +dataset\.yml +\d+ +marks of direction", lines)
    assert re.search(r"repaired +regions +name_zh +22 +marks of direction", lines)
    names = read_dataset(hostile).tables["regions"]["name_en"]
    assert names.iloc[0] == f"r0 {SHOWN}"


def test_bold_is_what_a_sentence_says_and_never_what_is_filled_in():
    """Stars in a field are stars."""
    text = bold("**{place}:** {name} fell.").format(place="**A**", name="**B**")
    assert sentence(text, "en") == "<strong>**A**:</strong> **B** fell."
    assert re.sub(r"[^\ufdd0\ufdd1]", "", text) == STRONG + WEAK
