"""A page holds what its notebook shows, in one language, in order, and nothing active."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import nbformat
import pytest
import samples
import yaml

from analysis.errors import PublishError
from analysis.page.marks import BADGE_WORDS, BANNER_WORDS
from analysis.page.plates import Column, TableData
from analysis.page.text import blocks, inline, parse, words
from analysis.page.wording import HTML_LANG, translator
from analysis.publish.pages.exporter import ReportExporter
from analysis.publish.pages.page import read_page
from analysis.publish.pages.render import LARGEST, Imprint, render_page
from analysis.publish.pages.templates import TEMPLATE

IMPRINT = Imprint("The title", "effect-zones", "2026-11-22", "other.html", "index.html")


class Elements(HTMLParser):
    """Every start tag with its attributes, as a parser and not a pattern sees them."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Keep the tag."""
        self.found.append((tag, dict(attrs)))

    def of(self, tag):
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.found if name == tag]


def rendered(language="en", given=None, *extra):
    """A page of the sample notebook."""
    page = read_page(samples.notebook(language, given, *extra), language)
    return render_page(page, replace(IMPRINT, title=samples.WORDS[language]["title"]))


def downloaded(html, ending):
    """The content of the first download whose name ends so."""
    link = next(a for a in Elements(html).of("a") if a.get("download", "").endswith(ending))
    return base64.b64decode(link["href"].split("base64,")[1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_shows_everything_in_order(language):
    """Banner, kicker, title, answer, number, sections, code, provenance stand in that order."""
    html = rendered(language)
    said, say = samples.WORDS[language], translator(language)
    places = [
        f">{say(BANNER_WORDS['simulated'])}",
        f"{say('Evidence briefing')} · {said['notebook']}",
        f"<h1>{said['title']}</h1>",
        f"<p>{said['lead']}</p>",
        f'<h2 id="summary">{say("Summary")}</h2>',
        f'<p class="badge badge-improves">{said["verdict"]}</p>',
        '<p class="finding">',
        '<div class="rest">',
        f'<strong>−12</strong> <span class="unit">{said["unit"]}</span>',
        *(f">{title}</h2>" for title in said["sections"][:2]),
        f">{said['finding']}</h3>",
        f">{said['table']}</h3>",
        f">{said['notes']}</h3>",
        f">{say('Code for this report')}</h2>",
        "language = ",
        f">{say('About this report')}</h2>",
    ]
    found = [html.find(place) for place in places]
    assert -1 not in found, places[found.index(-1)]
    assert found == sorted(found)


def test_a_page_keeps_one_language_only():
    """The text of the other language is not in the page."""
    english, chinese = rendered("en"), rendered("zh")
    assert samples.WORDS["zh"]["lead"] not in english
    assert samples.WORDS["en"]["lead"] not in chinese


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_policy_allows_the_one_style_and_nothing_else(language):
    """The hash in the policy is that of the style, and the policy starts with none."""
    html = rendered(language)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    policy = next(m["content"] for m in Elements(html).of("meta") if "http-equiv" in m)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_no_page_without_simulated_plates_has_a_banner():
    """The banner follows the Plates, not the author."""
    html = rendered("en", samples.plates("en", simulated=False))
    assert "SIMULATED" not in html
    assert rendered("en").count(BANNER_WORDS["simulated"]) == 2  # screen and print


def test_chinese_in_an_english_page_says_so():
    """Runs of Chinese carry their language in an English page."""
    assert words("Xihu 西湖区, <b>", "en") == ('Xihu <span lang="zh-Hans">西湖区</span>, &lt;b&gt;')
    assert inline("**西湖** `区`", "en") == (
        '<strong><span lang="zh-Hans">西湖</span></strong> '
        '<code><span lang="zh-Hans">区</span></code>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("西湖 Xihu 区", '西湖 <span lang="en">Xihu</span> 区'),
        (
            "见 Tax policy, and <b> of 1994",
            '见 <span lang="en">Tax policy, and</span> &lt;b&gt; <span lang="en">of</span> 1994',
        ),
        ("下载 CSV、SHA-256 和 ATT", "下载 CSV、SHA-256 和 ATT"),
        ("列 region_code 与 3fae91c0", "列 region_code 与 3fae91c0"),
    ],
)
def test_english_words_in_a_chinese_page_say_so(text, html):
    """Words do; abbreviations, identifiers and hashes belong to no language."""
    assert words(text, "zh") == html.replace("<b>", "&lt;b&gt;")
    assert inline("`run all`", "zh") == "<code>run all</code>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**目前无法判断。**最佳估计", "<strong>目前无法判断。</strong>最佳估计"),
        ("下降**约 12%**的县区", "下降<strong>约 12%</strong>的县区"),
        ("县区**“先行”**与其他", "县区<strong>“先行”</strong>与其他"),
        ("甲*（乙）*丙**丁**。", "甲<em>（乙）</em>丙<strong>丁</strong>。"),
        ("`甲。**乙`", "<code>甲。**乙</code>"),
    ],
)
def test_bold_works_beside_chinese_punctuation(text, html):
    """Chinese has no spaces around bold words, and markdown must not need them."""
    assert inline(text, "zh") == html
    assert blocks(parse(text), "zh").strip() == f"<p>{html}</p>"


HOSTILE = (
    '<script>alert(1)</script>" onload="alert(2)" [x](javascript:alert(3)) ![y](https://e.org/i)'
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_words_never_come_out_active(language):
    """Scripts, handlers and script links stay text wherever a Plate or a cell carries words."""
    data = TableData((Column(HOSTILE, HOSTILE, "end"),), ((HOSTILE,),), ((HOSTILE,),))
    given = samples.plates(language)
    given["summary"] = replace(
        given["summary"],
        points=(HOSTILE,),
        verdict_words=HOSTILE,
        number=HOSTILE,
        number_unit=HOSTILE,
        number_words=HOSTILE,
        range_words=HOSTILE,
    )
    text = {"key": HOSTILE, "title": HOSTILE, "caption": HOSTILE}
    given["figure"] = replace(given["figure"], **text, alt=HOSTILE, table=data)
    given["table"] = replace(given["table"], **text, data=data)
    given["notes"] = replace(given["notes"], title=HOSTILE, points=(HOSTILE,))
    given["provenance"] = replace(
        given["provenance"],
        entries=[{"label": HOSTILE, "value": HOSTILE}],
        params={HOSTILE: HOSTILE},
    )
    extra = [
        samples.text(language, f"## {HOSTILE}\n\n{HOSTILE}\n\n<img src=x onerror=alert(4)>"),
        samples.code(f"# {HOSTILE}</code></pre>"),
    ]
    page = read_page(samples.notebook(language, given, *extra), language)
    html = render_page(page, Imprint(HOSTILE, HOSTILE, HOSTILE, "a.html", "b.html"))
    elements = Elements(html)
    for tag, attributes in elements.found:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base", "link"}
        assert not any(name.startswith("on") for name in attributes)
        assert "style" not in attributes
        assert not attributes.get("href", "").strip().lower().startswith("javascript:")
    assert len(elements.of("img")) == 1
    assert len(elements.of("style")) == 1


def test_a_table_comes_down_as_a_guarded_csv():
    """Formulas get an apostrophe, numbers stay numbers, and a byte-order mark leads."""
    texts = ["=1+1", "+1", "-1", "@a", "\tb", "\rc", "＝d", "plain"]
    values = (*((text, -1.5) for text in texts), (None, 3))
    rows = tuple(("x", "y") for _ in values)
    data = TableData(
        (Column("=name", "Name", role="number"), Column("value", "Value")), rows, values
    )
    content = downloaded(rendered("en", samples.changed("table", data=data)), "choices.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read[0] == ["'=name", "value"]
    assert [row[0] for row in read[1:]] == [*(f"'{text}" for text in texts[:-1]), "plain", ""]
    assert [row[1] for row in read[1:]] == [*["-1.5"] * len(texts), "3"]


def test_the_parameters_come_down_as_they_were_run():
    """The YAML a reader takes away gives the same parameters, codes still texts."""
    given = dict(samples.plates("en")["provenance"].params)
    del given["language"]  # a suite sets it, and a file that names it would be refused
    assert yaml.safe_load(downloaded(rendered("en"), "-params.yml")) == given


def test_the_notebook_comes_down_as_it_was_before_it_ran():
    """No outputs, no counts, no injected parameters; every other cell with its tags."""
    node = nbformat.reads(downloaded(rendered("en"), ".ipynb").decode(), as_version=4)
    nbformat.validate(node)
    given = samples.notebook("en").cells
    tags = [cell.metadata.get("tags", []) for cell in given]
    kept = [c for c, tag in zip(given, tags, strict=True) if "injected-parameters" not in tag]
    assert [cell.source for cell in node.cells] == [cell.source for cell in kept]
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in node.cells)
    assert node.cells[0].metadata.tags == ["lang:en"]


def test_figures_have_words_two_drawings_and_their_data():
    """A figure is a picture with alt text over its closed data table."""
    html = rendered("en")
    elements = Elements(html)
    assert elements.of("img")[0]["alt"] == samples.WORDS["en"]["alt"]
    assert elements.of("img")[0]["src"].startswith("data:image/svg+xml;base64,")
    assert elements.of("source")[0]["media"] == "(max-width: 600px)"
    assert elements.of("source")[0]["srcset"] != elements.of("img")[0]["src"]
    assert not any("open" in part for part in elements.of("details"))
    regions = [part for part in elements.of("div") if part.get("role") == "region"]
    assert len(regions) == 2
    assert all(part["tabindex"] == "0" for part in regions)
    assert len(elements.of("caption")) == 2
    assert {part["scope"] for part in elements.of("th")} == {"col", "row"}


def test_code_is_collected_in_closed_details():
    """Parameters and every other cell's source stand at the end, by section."""
    page = read_page(samples.notebook("en"), "en")
    assert [section.title for section in page.code] == ["", "The effect", "How sure we are"]
    assert page.code[0].code[0].startswith("language: str")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_header_says_where_and_when_and_methods_lead_to_the_register(language):
    """Place and period come from the Summary, methods from the provenance."""
    place, period = samples.WORDS[language]["place"], samples.WORDS[language]["period"]
    page = read_page(samples.notebook(language), language)
    html = render_page(page, replace(IMPRINT, methods="methods.html"))
    assert f'<p class="scope">{place} · {period}</p>' in html
    assert '<a href="methods.html#did"><code>did</code></a>' in html
    assert "methods.html" not in render_page(page, IMPRINT)


def test_the_language_switch_leads_to_the_other_language():
    """The switch names its language, in that language."""
    for language, other in (("en", "zh"), ("zh", "en")):
        links = Elements(rendered(language)).of("a")
        (switch,) = (link for link in links if "hreflang" in link)
        assert switch["href"] == "other.html"
        assert switch["lang"] == switch["hreflang"] == HTML_LANG[other]


def test_every_word_of_the_templates_is_translated():
    """Each sentence of a template has a Chinese translation."""
    say = translator("zh")
    said = {*BANNER_WORDS.values(), *BADGE_WORDS.values()}
    for file in TEMPLATE.glob("*.j2"):
        said |= set(re.findall(r'say\("([^"]+)"', file.read_text(encoding="utf-8")))
    assert len(said) > 15
    for sentence in said:
        fields = dict.fromkeys([*re.findall(r"{(\w+)}", sentence), "measure"], "1")
        assert re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", say(sentence, **fields))


def test_the_exporter_takes_language_and_title_from_the_notebook():
    """The injected language decides the page; the title comes from metadata or the notebook."""
    node = samples.notebook("zh")
    html, resources = ReportExporter().from_notebook_node(node)
    assert resources["output_extension"] == ".html"
    assert '<html lang="zh-Hans">' in html
    assert f"<h1>{samples.WORDS['zh']['notebook']}</h1>" in html
    node.metadata["analysis"] = {"title": "另一个标题"}
    assert "<h1>另一个标题</h1>" in ReportExporter().from_notebook_node(node)[0]
    given = {"analysis": {"title": "A third", "language": "en"}}
    english, _ = ReportExporter().from_notebook_node(samples.notebook("en"), given)
    assert "<h1>A third</h1>" in english


def test_a_notebook_saved_and_read_again_gives_the_same_page(tmp_path):
    """A file on disk and the node in memory give the same bytes."""
    node = samples.notebook("en")
    file = tmp_path / "report.ipynb"
    nbformat.write(node, file)
    resources = {"metadata": {"name": "report"}}
    assert (
        ReportExporter().from_filename(str(file))[0]
        == (ReportExporter().from_notebook_node(node, resources)[0])
    )


def test_a_page_that_is_too_large_is_refused():
    """More than two megabytes are refused with what would fix it."""
    row = ("x" * 1000, "1", "1")
    data = replace(samples.table_data("en"), rows=(row,) * 2000, values=(row,) * 2000)
    node = samples.notebook("en", samples.changed("table", data=data))
    with pytest.raises(PublishError, match=f"more than {LARGEST // 1_000_000} MB"):
        ReportExporter().from_notebook_node(node)


@pytest.mark.parametrize(("folded", "count"), [(False, 0), (True, 1)])
def test_a_long_table_may_be_folded_away(folded, count):
    """A folded table stands in closed details that say how many rows they hold."""
    node = samples.notebook("en", samples.changed("table", folded=folded))
    html = render_page(read_page(node, "en"), IMPRINT)
    rows = len(samples.plates("en")["table"].data.rows)
    assert html.count(f"<summary>Show all {rows} rows</summary>") == count
    assert "<details open" not in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notebook_that_papermill_did_not_run_becomes_a_page_in_its_language(language):
    """Such as one from JupyterLab or a scheduler of Jupyter's: its Plates say the language."""
    node = samples.notebook(language)
    del node.metadata["papermill"]
    html, _ = ReportExporter().from_notebook_node(node)
    assert f'<html lang="{HTML_LANG[language]}"' in html
