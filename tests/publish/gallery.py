"""Every kind of figure, as pages to look at: under conditions that break layouts, and printed ones.

    python tests/publish/gallery.py build/gallery

The numbers of the first page are drawn at random for the eye alone; nothing is estimated.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/publish")]

import samples  # noqa: E402

import analysis as an  # noqa: E402
from analysis import methods  # noqa: E402
from analysis.data.description import Description  # noqa: E402
from analysis.data.frames.panels.panel import Panel  # noqa: E402
from analysis.data.frames.rates import Comparison  # noqa: E402
from analysis.data.frames.study import Study  # noqa: E402
from analysis.data.settings import Words  # noqa: E402
from analysis.disclosure.gate import NUMBER  # noqa: E402
from analysis.page.charts.axes import Axis, Periods, Reference  # noqa: E402
from analysis.page.charts.bars import Bar, Bars  # noqa: E402
from analysis.page.charts.chart import Chart  # noqa: E402
from analysis.page.charts.histogram import Histogram  # noqa: E402
from analysis.page.charts.lines import Line, Lines, Shade  # noqa: E402
from analysis.page.charts.survival import Curve, Survival  # noqa: E402
from analysis.page.charts.tiles import Heat, Tile, Tiles  # noqa: E402
from analysis.page.numbers import number, percent  # noqa: E402
from analysis.page.plates import Figure  # noqa: E402
from analysis.publish.pages.page import read_page  # noqa: E402
from analysis.publish.pages.render import Imprint, render_page  # noqa: E402
from analysis.reports.intervention_effect.adoption import adoption_figure, paths_figure  # noqa: E402
from analysis.reports.intervention_effect.answer import Brief  # noqa: E402
from analysis.reports.intervention_effect.event_time import event_time_figure  # noqa: E402
from analysis.reports.intervention_effect.params import InterventionEffectParams  # noqa: E402
from analysis.reports.intervention_effect.sensitivity import (  # noqa: E402
    leave_one_out_figure,
    specification_figure,
)
from analysis.reports.region_rates.funnel import funnel_figure  # noqa: E402
from analysis.reports.region_rates.params import RegionRatesParams  # noqa: E402
from analysis.reports.region_rates.plates import RegionRates  # noqa: E402
from analysis.result import Estimate, Result, event_path  # noqa: E402
from analysis.verdicts.effect import Verdict  # noqa: E402
from analysis.verdicts.robustness import Answer, Robustness  # noqa: E402
from reports import regions_report  # noqa: E402
from worlds import make_panel  # noqa: E402

FIGURES = (
    adoption_figure,
    paths_figure,
    event_time_figure,
    specification_figure,
    leave_one_out_figure,
)
TOPICS = ("rates", "handling", "inspections", "sampling", "fines", "growth", "progress")
AUDIT = ("verdicts", "counts", "chance", "comparison")
PRINTED = {"en": "## Figures on printed numbers", "zh": "## 公开数字的图"}
CHARTS = ("bars", "histogram", "survival", "heat", "tiles", "fan")
GROUPS = ("early", "late", "never")
PAGES = {"gallery": 60, "printed": len(TOPICS) + len(AUDIT)}
"""Pages, and how many figures each shows."""
LONG = (
    "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
    "双江拉祜族佤族布朗族傣族自治县",
)
CASES = {
    "one": ("One region adopts", "只有一个地区实施"),
    "many": ("136 regions, 60 months", "136 个地区，60 个月"),
    "long": ("Long names", "很长的名称"),
    "gaps": ("Periods that cannot be estimated", "部分时期无法估计"),
    "zeros": ("Zero counts", "计数为零"),
}


def panel_of(case: str) -> Panel:
    """Counts and starts of the case."""
    rng = np.random.default_rng(sorted(CASES).index(case))
    regions, periods = {"one": (2, 8), "many": (136, 60)}.get(case, (24, 12))
    starts = rng.integers(3, periods, regions) * (rng.random(regions) < 0.6)
    starts[:2] = (periods // 2, 0)
    counts = rng.poisson(80, (regions, periods))
    if case == "zeros":
        counts[:, : periods // 2] = 0
    panel = make_panel(counts, starts, 1000.0 * np.ones(counts.shape))
    if case == "long":
        panel = replace(panel, names=dict.fromkeys(panel.names, LONG))
    return panel


def description_of(case: str) -> Description:
    """What the data of the case would say of themselves."""
    english, chinese = LONG if case == "long" else ("county", "县")
    return Description(
        title=Words(en="Test data", zh="测试数据"),
        status="simulated",
        licence="CC0",
        origin="Drawn at random",
        region_word=Words(
            en=english,
            en_plural="counties" if english == "county" else f"{english} and others",
            zh=chinese,
        ),
        words={"complaint": Words(en="recorded complaint", zh="登记投诉")},
    )


def comparison_of(case: str, language: str) -> RegionRates:
    """Regions beside one another: far out, few, with long names, withheld, or at zero."""
    rng = np.random.default_rng(4)
    count = {"one": 3, "many": 136}.get(case, 24)
    size = rng.lognormal(7.5, 0.8, count)
    events = rng.poisson(0.04 * size * rng.gamma(40, 1 / 40, count)).astype(float)
    events[:2] *= np.array([4, 0.2]).round()
    if case == "gaps":
        events[4:] = rng.integers(1, 9, count - 4)
    if case == "zeros":
        events[3:9] = 0
    codes = [f"99{place:04d}" for place in range(count)]
    names = {code: LONG if case == "long" else (f"County {code}", f"县{code}") for code in codes}
    frame = pd.DataFrame({"region": codes, "events": events, "size": size})
    params = RegionRatesParams(language=language, outcome="complaint", exposure="enterprises")
    compared = Comparison(frame, 0.25, "2023Q4", "2023Q4", {}, names)
    return regions_report(params, description_of(case), compared)


def ways() -> list[tuple[str, str]]:
    """Every method for a panel with the keys of its ways, which are what its words are for."""
    return [
        (name, f"{name}_{way}")
        for name in methods.panel_names()
        for way in methods.load(name).words
        if way not in ("title", "line")
    ]


def brief_of(case: str, language: str) -> Brief:
    """A report with made-up estimates on the panel of the case."""
    rng = np.random.default_rng(1)
    panel, description = panel_of(case), description_of(case)
    params = InterventionEffectParams(
        language=language,
        outcome="complaint",
        exposure="enterprises",
        intervention="complaint",
        period="quarter",
    )
    study = Study(params, description, {}, panel, None)
    times = tuple(range(-len(panel.periods) // 2, len(panel.periods) // 2))
    values, margins = rng.normal(-0.1, 0.08, len(times)), rng.uniform(0.05, 0.3, len(times))
    if case == "gaps":
        values[3:6] = math.nan
        margins[::3] = math.nan
    overall = Estimate("overall", -0.12, 0.04, -0.2, -0.04)
    path = event_path(times, values, margins, np.full(len(times), 7))
    headline = Result("did", "", "", 0.95, (overall,), panel.sample, (), {"by_event_time": path})
    answers = tuple(
        Answer(way, name, Estimate(way, -0.1 + 0.02 * place, 0.05, -0.2, 0.02 * place))
        for place, (name, way) in enumerate(ways())
    )
    left = tuple(
        {"region": region, "value": float(rng.normal(-0.12, 0.02))} for region in panel.regions
    )
    robustness = Robustness(answers, answers[0], None, left, 0.1)
    return Brief(study, headline, robustness, Verdict("cannot_tell", "cannot_tell", ()))


def titled(key: str, words: dict[str, str]) -> dict[str, str]:
    """The words of a figure with what kind of chart it is, so that no two are alike."""
    return {**words, "title": key, "alt": f"{key}: {words['alt']}, drawn from invented numbers"}


def _fan(name: str, case: str, language: str, walks: np.ndarray) -> Lines:
    """One path over the spread of others, from three random walks."""
    zh, label = language == "zh", ("期" if language == "zh" else "Period")
    along = Periods(tuple(str(year) for year in range(1990, 2020)), language, label)
    path = np.where((np.arange(30) % 4 == 1) & (case == "gaps"), np.nan, walks[0])
    width = np.abs(walks[1:]).cumsum(axis=1) / 9
    words = (("全部", "下限", "上限"), ("一半", "下限", "上限")) if zh else (
        ("all others", "from", "to"), ("middle half", "from", "to"))  # fmt: skip
    shades = tuple(
        Shade(said[0], tuple(-share * width[0]), tuple(share * width[1]), said[1:], key)
        for said, key, share in zip(words, ("all", "half"), (1.0, 0.4), strict=True)
    )
    up = Axis(partial(number, language=language), "差距" if zh else "Gap", key="gap", role=NUMBER)
    start = Reference(15.5, "启动" if zh else "start", dashed=True)
    return Lines((Line("early", name, tuple(path)),), along, up, (start,), shades)


def charts_of(case: str, language: str) -> dict[str, Chart]:
    """Kinds of chart that no report of today draws, from numbers of the case."""
    rng, zh = np.random.default_rng(5), language == "zh"
    count = {"one": 1, "many": 136}.get(case, 7)
    names = [f"县 {i}" if zh else f"County {i}" for i in range(count)]
    if case == "long":
        names = [LONG[zh]] * count
    scale = 0 if case == "zeros" else 1
    numbers = [float(v) for v in scale * rng.poisson(60, count)]
    holes = [None if case == "gaps" and i % 3 == 1 else v for i, v in enumerate(numbers)]
    write = partial(number, language=language)
    share = partial(percent, language=language, decimals=0)
    region, days, cases = ("县", "天数", "件数") if zh else ("County", "Days", "Cases")
    amount, time = (
        Axis(write, cases, whole=True, key="cases", role=NUMBER),
        Axis(write, days, whole=True, key="days", role=NUMBER),
    )
    parts = (("agrees", "相符" if zh else "Fits"), ("contradicts", "矛盾" if zh else "Contradicts"))
    bins = tuple(map(float, range(1 if case == "one" else 40)))
    course = [scale * (90 - 1.5 * left) for left in bins]
    spans = [scale * np.cumsum(rng.exponential(0.7, max(count, 2))) + 1 for _ in range(3)]
    curves = tuple(
        _curve(key, name, times, None if case == "gaps" else 0.06)
        for key, name, times in zip(GROUPS, (names * 3)[:3], spans, strict=True)
    )
    limit = Reference(15, "期限" if zh else "deadline", dashed=True)
    hidden = "不予公布" if zh else "withheld"
    years = tuple(str(year) for year in range(2001, 2009))
    wide = math.ceil(math.sqrt(count))
    return {
        "bars": Bars(
            tuple(
                Bar(n, (v, v // 4), write(v * 5 // 4)) for n, v in zip(names, numbers, strict=True)
            ),
            parts,
            amount,
            region,
        ),
        "histogram": Histogram(
            bins,
            tuple(v + scale * 60 * (left == 14) for left, v in zip(bins, course, strict=True)),
            time,
            amount,
            tuple(course),
            "没有期限时" if zh else "without a deadline",
            (12, 17),
            (limit,),
        ),
        "survival": Survival(
            curves[: 1 if case == "one" else 3],
            time,
            Axis(share, "在办占比" if zh else "Still open", key="share"),
            region,
            (limit,),
        ),
        "fan": _fan(names[0], case, language, scale * rng.normal(0, 9, (3, 30)).cumsum(axis=1)),
        "heat": Heat(
            tuple(names),
            years,
            tuple(tuple(None if v is None else v + i for i in range(len(years))) for v in holes),
            amount,
            region,
            hidden,
        ),
        "tiles": Tiles(
            tuple(
                Tile(i // wide, i % wide, n, v)
                for i, (n, v) in enumerate(zip(names, holes, strict=True))
            ),
            amount,
            region,
            hidden,
        ),
    }


def _curve(key: str, name: str, times: np.ndarray, margin: float | None) -> Curve:
    """A falling curve, with a band where there is a margin."""
    shares = np.linspace(0.9, 0.1, len(times))
    low, high = (shares - margin, shares + margin) if margin else ((), ())
    return Curve(key, name, times, shares, low, high)


def figures(case: str, language: str) -> list[Figure]:
    """Every kind of figure in the case, under keys of its own."""
    brief, case_title = brief_of(case, language), CASES[case][language == "zh"]
    made = [*(make(brief) for make in FIGURES), funnel_figure(comparison_of(case, language))]
    words = {"title": case_title, "caption": "", "alt": case_title}
    made += [
        chart.figure(key=key, language=language, simulated=True, **titled(key, words))
        for key, chart in charts_of(case, language).items()
    ]
    return [
        replace(figure, key=f"{case}_{figure.key}", title=f"{case_title} · {figure.title}")
        for figure in made
    ]


def printed_figures(language: str) -> list[Figure]:
    """Every kind of figure of the reports on what five bureaus printed."""
    given = {"language": language, "dataset": str(ROOT / "data/published")}
    profile, audit = an.PublishedFigures.read(given), an.ClaimsAudit.read(given)
    made = [profile.compare(topic) for topic in TOPICS]
    return made + [getattr(audit, name)() for name in AUDIT]


def page(language: str, name: str = "gallery") -> str:
    """One page of the gallery; drawings stand at the width a reader's screen asks for."""
    cells = []
    if name == "gallery":
        for case, titles in CASES.items():
            cells.append(samples.text(language, f"## {titles[language == 'zh']}"))
            cells += [samples.shows(f, f"{f.key}()") for f in figures(case, language)]
    else:
        cells.append(samples.text(language, PRINTED[language]))
        cells += [samples.shows(f, f"{f.key}()") for f in printed_figures(language)]
    node = samples.notebook(language, {"figure": None, "table": None}, *cells)
    if name != "gallery":
        _mark_real(node)
    title = {"en": "Gallery of figures", "zh": "图样"}[language]
    other = file_of(name, "zh" if language == "en" else "en")
    # Not exported: thirty figures weigh more than a reader is made to wait for.
    return render_page(read_page(node, language), Imprint(title, name, sibling=other))


def _mark_real(node: Any) -> None:
    """Printed numbers are real, and a page holds nothing simulated beside them."""
    for cell in node.cells:
        for output in cell.get("outputs", []):
            for content in output.data.values():
                if isinstance(content, dict):
                    content["simulated"] = False


def file_of(name: str, language: str) -> str:
    """The file of a page."""
    return f"{name}.html" if language == "en" else f"{name}.zh.html"


def write(folder: Path) -> list[Path]:
    """Both pages in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in PAGES:
        for language in ("en", "zh"):
            file = folder / file_of(name, language)
            file.write_text(page(language, name), encoding="utf-8")
            files.append(file)
    return files


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/gallery"))
