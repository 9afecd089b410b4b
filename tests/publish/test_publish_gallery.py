"""Every kind of figure survives one region and 136, long names, gaps and zeros."""

from __future__ import annotations

import base64
import io
from contextlib import nullcontext
from itertools import combinations

import gallery
import numpy as np
import pytest
from browser import check_figures
from matplotlib.text import Text
from PIL import Image as Picture

from analysis.disclosure.gate import NUMBER
from analysis.errors import PublishError
from analysis.page.charts import drawing, style
from analysis.page.charts.axes import Axis
from analysis.page.charts.bars import Bar, Bars
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point


def spare(axes, renderer):
    """What is left of the drawing on each side of the axes, in points."""
    taken, whole = axes.get_tightbbox(renderer, for_layout_only=True), axes.figure.bbox
    return np.array([taken.x0, taken.y0, whole.x1 - taken.x1, whole.y1 - taken.y1])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The gallery in both languages; how far axes lie from matplotlib's layout, and what is cut."""
    make_room, moved, cut = drawing.make_room, [], []

    def compared(axes, renderer):
        axes.figure.set_layout_engine("constrained")
        axes.figure.get_layout_engine().execute(axes.figure)
        axes.figure.set_layout_engine("none")
        theirs, left = axes.bbox.frozen().extents, spare(axes, renderer)
        axes.set_position((0.125, 0.11, 0.775, 0.77))
        make_room(axes, renderer)
        moved.append(np.abs(axes.bbox.extents - theirs).max())
        cut.append((np.minimum(left, 2) - spare(axes, renderer)).max())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "make_room", compared)
        files = gallery.write(tmp_path_factory.mktemp("gallery"))
    return files, moved, cut


@pytest.fixture(scope="module")
def pages(drawn):
    """The gallery in both languages."""
    return drawn[0]


@pytest.mark.browser
def test_the_gallery_has_nothing_wrong_in_a_browser(chromium, pages):
    """Both languages, every case, wide and narrow, light and dark."""
    assert [item for file in pages for item in check_figures(file, (1280, 390))] == []


def test_the_gallery_shows_every_figure_in_every_case(pages):
    """Eleven kinds in five cases, and eleven on printed numbers; each wide and narrow."""
    kinds = len(gallery.FIGURES) + 1 + len(gallery.CHARTS)
    assert {
        "gallery": kinds * len(gallery.CASES),
        "printed": 11,
    } == gallery.PAGES
    for file in pages:
        text = file.read_text(encoding="utf-8")
        assert text.count("<figure ") == gallery.PAGES[file.name.split(".")[0]]
        assert text.count("<source ") == text.count("<img ")


def test_axes_stand_where_matplotlib_would_lay_them_out(drawn):
    """Ours measures again only what may move; nothing is cut, and few labels move by 3 points."""
    files, moved, cut = drawn
    assert len(moved) == len(files) * sum(gallery.PAGES.values())
    assert max(cut) < 0.5
    assert np.quantile(moved, 0.75) < 0.1
    assert max(moved) < 4


@pytest.mark.parametrize(("case", "language"), [("long", "zh"), ("gaps", "en")])
def test_texts_laid_out_once_are_drawn_where_matplotlib_draws_them(monkeypatch, case, language):
    """Every kind of chart: the same bytes as where each text is laid out for whoever asks."""
    once = [figure.images for figure in gallery.figures(case, language)]
    monkeypatch.setattr(drawing, "laid_out_once", nullcontext)
    assert once == [figure.images for figure in gallery.figures(case, language)]


@pytest.mark.browser
def test_the_check_of_figures_finds_what_is_wrong(chromium, site, tmp_path):
    """Words in closed details that are dim in the dark, and a drawing no phone would take."""
    page = (site / "effect-real.en.html").read_text(encoding="utf-8")
    dim = '<details><summary>More</summary><font color="#333333">dim</font></details></section>'
    page = page.replace("</section>", dim, 1).replace("<source ", '<source type="image/none" ')
    (tmp_path / "wrong.en.html").write_text(page, encoding="utf-8")
    problems = " ".join(check_figures(tmp_path / "wrong.en.html", (1280, 390)))
    for words in (": dim (dark)", "axe color-contrast: font (dark)", "at 390: drawing for another"):
        assert words in problems
    for words in ("dim (light)", "font (light)", "at 1280: drawing for another"):
        assert words not in problems


def dense(axes, _):
    """Far more points than a vector drawing should carry."""
    axes.plot([x * 0.37 % 1 for x in range(9000)], [x * 0.61 % 1 for x in range(9000)], ".")


SHOWN = {"column": 558, "narrow": 343}
"""CSS pixels that the picture of a summary takes on a screen of 1280 and of 390."""


@pytest.mark.parametrize("width", SHOWN)
@pytest.mark.parametrize("low", [60.0, 5.0])
def test_no_word_of_the_summary_s_picture_is_smaller_than_eleven_pixels(width, low):
    """As it is shown; nor do two of them lie over one another, and a long label is whole."""
    label = "recorded complaints and reports per 1,000 registered enterprises a year"
    two = (Bar("Expected", (116.0,), "116", key="other"),
           Bar("Recorded", (96.0,), "96", low=low, high=102.0, key="headline"))  # fmt: skip
    axis = Axis(lambda value: f"{value:.0f}", label, low=0.0)
    chart = Bars(two, (("headline", label),), axis, widest="column")
    with style.canvas(width, chart.height(width)) as (figure, axes):
        chart.draw(axes, width)
        drawing.drawn(figure)
        words = [text for text in axes.findobj(Text) if text.get_text() and text.get_visible()]
        inches = figure.get_size_inches()[0]
        sizes = [text.get_fontsize() / 72 / inches * SHOWN[width] for text in words]
        boxes = [text.get_window_extent() for text in words]
    assert min(sizes) > 10.95  # 343 pixels for 374: 11.0
    assert {"Expected", "Recorded", "116", "96"} <= {text.get_text() for text in words}
    assert label in {text.get_text().replace("\n", " ") for text in words}
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_a_heavy_drawing_becomes_a_small_picture():
    """Above the limit a drawing is a picture of few colours, the same bytes each time."""
    images = style.render(dense, "en", ("simulated",))
    assert images == style.render(dense, "en", ("simulated",))
    for width, image in images.items():
        content = base64.b64decode(image.data)
        assert image.mime == "image/png"
        assert len(content) < 150_000
        picture = Picture.open(io.BytesIO(content))
        assert picture.mode == "P"
        assert len(picture.getcolors()) <= 64
        assert picture.width >= 2 * 96 * style.SIZES[width][0]
        assert "Software" not in picture.info


def test_a_light_drawing_stays_a_drawing():
    """Sharp at any size."""
    images = style.render(lambda axes, _: axes.plot([1, 2]), "en", ())
    assert {image.mime for image in images.values()} == {"image/svg+xml"}


def test_more_than_ten_gridlines_are_refused():
    """A grid is to be read past."""

    def ruled(axes, _):
        axes.set_yticks(range(14))

    with pytest.raises(PublishError, match="draws 14 gridlines"):
        style.render(ruled, "en", ())


def test_a_drawing_without_room_for_its_axes_is_refused():
    """A name as wide as the drawing would push them out of it."""

    def crowded(axes, _):
        axes.set_yticks([0], ["word " * 40])

    with pytest.raises(PublishError, match="no room for its axes"):
        style.render(crowded, "en", ())


def test_colours_can_be_told_apart_in_grey():
    """Lines that meet in one figure differ in lightness, in marker, or both."""

    def lightness(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    groups = ("early", "late", "never")
    assert len({style.MARKERS[key] for key in groups}) == len(groups)
    assert abs(lightness(style.COLOURS["after"]) - lightness(style.COLOURS["before"])) > 0.03
    for colour in style.COLOURS.values():
        assert lightness(style.GRID) - lightness(colour) > 0.2


@pytest.mark.parametrize(("language", "name"), [("en", "County {}"), ("zh", "溪澄县{}")])
def test_names_in_a_funnel_keep_clear_of_one_another(monkeypatch, language, name):
    """Forty named points of which many lie close together: several named, none over another."""
    rng, make_room, found = np.random.default_rng(2), drawing.make_room, []

    def looked_at(axes, renderer):
        make_room(axes, renderer)
        named = [text for text in axes.texts if text.get_text().startswith(name[:3])]
        found.append([text.get_window_extent(renderer) for text in named])

    monkeypatch.setattr(drawing, "make_room", looked_at)
    places = np.column_stack([rng.uniform(50, 90, 40), rng.normal(1, 0.1, 40)])
    points = tuple(Point(*place, label=name.format(i)) for i, place in enumerate(places))
    band, axis = Band([40, 100], [0.8, 0.9], [1.2, 1.1]), Axis(str, "", role=NUMBER)
    Funnel(points, (band,), 1.0, "", axis, axis).figure(
        key="k", language=language, simulated=False, title="t", caption="", alt="a"
    )
    assert [len(names) >= 3 for names in found] == [True, True]
    assert not [
        pair for names in found for pair in combinations(names, 2) if pair[0].overlaps(pair[1])
    ]
