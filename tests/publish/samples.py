"""Executed notebooks built in code from real Plates, as a run leaves them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import v4

from analysis.disclosure.gate import NUMBER
from analysis.page.plates import (
    Column,
    End,
    Figure,
    Image,
    Notes,
    Plate,
    Provenance,
    SiteLine,
    Summary,
    Table,
    TableData,
)
from analysis.page.wording import bold
from analysis.result import plain

FACTS = {"overall": {"value": 0.12, "low": 0.03, "high": 0.21}, "regions": 22}

WORDS = {
    "en": {
        "title": "Special enforcement and recorded complaints: what changed",
        "notebook": "Did the intervention change the outcome?",
        "lead": "This report asks whether special enforcement changed recorded complaints.",
        "sections": ("What the data are", "The effect", "How sure we are"),
        "text": "Counties that started are compared with **counties that had not yet started**.",
        "points": (
            "**Recorded complaints fell by about 12 in 100** in the counties that started.",
            "Of every 1,000 enterprises, about **23 fewer** were complained about in a month.",
            "We are **confident that complaints fell**, but less sure by how much.",
            "This does **not** tell us whether harm to consumers fell. That was not measured.",
        ),
        "verdict": "Improves",
        "unit": "percent",
        "number": "Fall in recorded complaints in the counties that started.",
        "range": "Likely range 3 to 21 percent. If we could repeat the study many times, about "
        "95 in 100 such ranges would contain the true change.",
        "place": "Zhejiang Province",
        "period": "2019 to 2023",
        "intervention": "Special enforcement",
        "finding": "Complaints fell after the start and stayed lower",
        "caption": "Points are estimates by month; bars are simultaneous 95% bands.",
        "alt": "Line chart: no difference before the start, then a fall of about 12 percent.",
        "columns": ("Region", "Months since start", "Change (%)"),
        "region": "Xihu District 西湖区",
        "table": "The fall is much the same under other reasonable choices",
        "notes": "What would change our mind",
        "note": "A fall in the share of complaints upheld would mean people complain less.",
        "entries": (("Data hash", "sha256:" + "0a1b" * 16), ("Seed", "20261122")),
    },
    "zh": {
        "title": "专项执法与登记投诉：发生了哪些变化",
        "notebook": "措施是否改变了结果？",
        "lead": "本报告考察专项执法是否改变了登记投诉量。",
        "sections": ("使用了哪些数据", "效果如何", "我们有多大把握"),
        "text": "将已启动的县区与**尚未启动的县区**进行比较。",
        "points": (
            "在已启动的县区，**登记投诉下降约12%**。",
            "每1000家企业中，平均每月约**少23家**被投诉。",
            "我们**有把握认为投诉下降**，但下降幅度仍有不确定性。",
            "本研究**不能**说明消费者受到的损害是否减少，因为没有测量。",
        ),
        "verdict": "改善",
        "unit": "百分比",
        "number": "已启动县区登记投诉的降幅。",
        "range": "可能范围为3%至21%。如果多次重复本研究，约95%的此类范围会包含真实变化。",
        "place": "浙江省",
        "period": "2019年至2023年",
        "intervention": "专项执法",
        "finding": "启动后投诉下降并保持在较低水平",
        "caption": "圆点为各月估计值，竖线为各期同时成立的95%可能范围。",
        "alt": "折线图：启动之前没有差异，启动之后登记投诉下降约百分之十二，此后保持在较低水平。",
        "columns": ("地区", "启动后月数", "变化（%）"),
        "region": "西湖区",
        "table": "换用其他合理方法，降幅大致相同",
        "notes": "什么会改变我们的看法",
        "note": "如果投诉成立的比例下降，则说明人们更少投诉。",
        "entries": (("数据哈希", "sha256:" + "0a1b" * 16), ("随机种子", "20261122")),
    },
}


def svg(width: int, height: int) -> bytes:
    """A small line chart."""
    low, high = height * 0.75, height * 0.3
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><rect width="100%" height="100%" '
        f'style="fill: #ffffff"/><polyline points="20,{high} {width / 2},{high} '
        f'{width * 0.6},{low} {width - 20},{low}" style="fill: none; stroke: #0072B2; '
        f'stroke-width: 4"/></svg>'
    ).encode()


def table_data(language: str) -> TableData:
    """Six rows with a Chinese name, a negative number and nothing to suppress."""
    words = WORDS[language]
    region, month, change = words["columns"]
    columns = (
        Column("region", region),
        Column("month", month, "end", NUMBER),
        Column("change", change, "end", NUMBER),
    )
    rows = [(words["region"], month, round(-2.1 * month, 1)) for month in range(6)]
    texts = tuple((name, str(m), str(change).replace("-", "−")) for name, m, change in rows)
    return TableData(columns, texts, tuple(rows))


def plates(language: str, *, simulated: bool = True) -> dict[str, Plate]:
    """One Plate of each kind, by kind."""
    words, base = WORDS[language], {"language": language, "simulated": simulated}
    images = {
        "wide": Image.of("image/svg+xml", svg(720, 320)),
        "narrow": Image.of("image/svg+xml", svg(340, 300)),
    }
    return {
        "summary": Summary(
            key="summary",
            points=tuple(map(bold, words["points"])),
            verdict="improves",
            verdict_words=words["verdict"],
            number="−12",
            number_unit=words["unit"],
            number_words=words["number"],
            range_words=words["range"],
            scope={name: words[name] for name in ("place", "period", "intervention")},
            **base,
        ),
        "figure": Figure(
            key="path",
            title=words["finding"],
            caption=words["caption"],
            alt=words["alt"],
            images=images,
            table=table_data(language),
            **base,
        ),
        "table": Table(
            key="choices",
            title=words["table"],
            caption=words["caption"],
            data=table_data(language),
            **base,
        ),
        "notes": Notes(key="mind", title=words["notes"], points=(words["note"],), **base),
        "provenance": Provenance(
            key="provenance",
            entries=[{"label": label, "value": value} for label, value in words["entries"]],
            params={"language": language, "region_codes": ["330106"], "seed": 20261122},
            methods=("did", "counts"),
            **base,
        ),
        "end": End(
            key="end", verdict="improves", facts=FACTS, site_lines=(site_line(language),), **base
        ),
    }


def site_line(language: str, **changes: Any) -> SiteLine:
    """A line of the site's table."""
    chinese, words = language == "zh", WORDS[language]
    given = {
        "intervention": words["intervention"],
        "outcome": "登记投诉" if chinese else "Recorded complaints",
        "value": -0.12,
        "low": -0.21,
        "high": -0.03,
        "verdict": "improves",
        "verdict_words": words["verdict"].lower(),
        "certainty": "moderate",
        "certainty_words": "中" if chinese else "moderate",
        "treated": 9,
        "regions": 22,
        "region_words": "县区" if chinese else "counties",
        "doubts": "实施地区不是抽签确定的" if chinese else "adopters were not drawn by lot",
    }
    return SiteLine(**given | changes)


def shows(plate: Plate, source: str, **changes: Any) -> Any:
    """A code cell that shows the Plate; ``changes`` replace fields of its JSON."""
    bundle = plain(plate._repr_mimebundle_())
    mime = next(mime for mime in bundle if mime.endswith("+json"))
    bundle[mime] |= changes
    output = v4.new_output("execute_result", data=bundle, execution_count=1)
    return v4.new_code_cell(source, outputs=[output], execution_count=1)


def text(language: str, source: str) -> Any:
    """A markdown cell in a language."""
    return v4.new_markdown_cell(source, metadata={"tags": [f"lang:{language}"]})


def code(source: str, *tags: str, outputs: Any = ()) -> Any:
    """A code cell with tags."""
    return v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=list(outputs))


def headings(number: int) -> list[Any]:
    """The heading of a section in both languages."""
    return [text(code, f"## {words['sections'][number]}") for code, words in WORDS.items()]


def notebook(language: str, given: dict[str, Plate] | None = None, *extra: Any) -> Any:
    """An executed notebook; ``given`` replaces Plates by kind, ``extra`` are cells before the end.

    A Plate given as ``None`` is left out.
    """
    shown = plates(language) | (given or {})

    def show(kind: str) -> list[Any]:
        plate = shown[kind]
        return [] if plate is None else [shows(plate, f"report.{kind}(result)")]

    titles = [
        text(lang, f"# {words['notebook']}\n\n{words['lead']}") for lang, words in WORDS.items()
    ]
    texts = [text(lang, words["text"]) for lang, words in WORDS.items()]
    cells = [
        *titles,
        code('language: str = "en"  # which language', "parameters"),
        code(f'language = "{language}"', "injected-parameters"),
        *show("summary"),
        *headings(0),
        *texts,
        *headings(1),
        *show("figure"),
        *show("table"),
        *headings(2),
        *show("notes"),
        *extra,
        *show("provenance"),
        *show("end"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"papermill": {"parameters": {"language": language}}}
    return v4.new_notebook(cells=cells, metadata=metadata)


def write_run(runs: Path, report: str, language: str, node: Any = None, **status: Any) -> Path:
    """The folder a run leaves behind."""
    folder = runs / report / language
    folder.mkdir(parents=True, exist_ok=True)
    node = notebook(language) if node is None else node
    said = {
        "version": 1,
        "report": report,
        "notebook": "intervention_effect",
        "language": language,
        "status": "done",
        "title": WORDS[language]["title"],
        "edition": "2026-11-22",
        "seconds": 4.1,
        "error": None,
    }
    end = plates(language)["end"].payload()
    (folder / "notebook.ipynb").write_text(json.dumps(node), encoding="utf-8")
    (folder / "result.json").write_text(json.dumps(end), encoding="utf-8")
    (folder / "status.json").write_text(json.dumps(said | status), encoding="utf-8")
    return folder


def write_report(runs: Path, report: str = "effect/zones", **status: Any) -> None:
    """A report done in both languages."""
    for language in WORDS:
        write_run(runs, report, language, **status)


def changed(kind: str, language: str = "en", **fields: Any) -> dict[str, Plate]:
    """The Plate of the kind with other fields, to be given to ``notebook``."""
    return {kind: replace(plates(language)[kind], **fields)}
