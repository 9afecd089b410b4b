"""The tables that say what of the printed figures is compared, how it is named and ordered."""

from __future__ import annotations

from analysis.data.contract import Column, Table
from analysis.data.published.columns import Choices, choice, text

MEASURES: Choices = (
    ("thing", "things that are counted", "可计数的事物"),
    ("event", "events that are counted and come by chance", "带有偶然性的计数事件"),
    ("quantity", "a measured quantity", "计量数"),
    ("money", "a sum of money", "金额"),
    ("percent", "per cent", "百分比"),
    ("rank", "a place in an order", "名次"),
    ("date", "a date", "日期"),
)
COLOURS: Choices = (
    ("blue", "blue", "蓝"),
    ("vermilion", "vermilion", "朱红"),
    ("green", "green", "绿"),
    ("purple", "purple", "紫"),
    ("grey", "grey", "灰"),
)
KINDS: Choices = (
    ("rate", "a count per 1,000 of its base", "每千个基数的计数"),
    (
        "share",
        "a share, with an exact interval where both counts are printed",
        "占比，两个计数均载明的附精确区间",
    ),
    ("ratio", "one figure per other, as the relations pair them", "关系表所列两数之比"),
    ("amount", "a sum of money per case", "每件平均金额"),
    ("sample", "tested and passed, against what chance allows", "抽检合格率与随机波动范围"),
    ("stages", "one column a stage, one row a document", "各环节分列，每份材料一行"),
    (
        "growth",
        "reported changes with the earlier level that they imply",
        "增减幅度及推算的前期水平",
    ),
    ("progress", "progress against targets", "目标完成进度"),
)
SHOWS: Choices = (
    ("name", "what is compared", "比较对象"),
    ("document", "the document, with level and period", "材料，附层级和时期"),
    ("figure", "the figure as printed", "所载数字"),
    ("base", "what it is put against, as printed", "所载对照数"),
    ("printed", "the percentage as printed", "所载百分比"),
    (
        "count",
        "a number worked out: passed, earlier level, target",
        "推算数：合格数、前期水平、目标数",
    ),
    ("value", "the result with its range", "结果及范围"),
    ("bare_value", "the result as a number only", "结果，仅数字"),
    ("value_in_words", "the result in the words of the topic", "以文字表述的结果"),
    ("compared_with", "what a change is measured from", "比较基期"),
    ("mark", "the share of the year gone by", "时间进度"),
    ("stage", "the figure of the indicator that names the column", "列名指标的数字"),
)
USES: Choices = (
    ("title", "finding, as the title", "标题，即发现"),
    ("caption", "what to know when reading it", "图表说明"),
    ("alt", "what the drawing shows", "替代文字"),
    ("axis", "label of the axis; a topic without one has no drawing", "坐标轴名称，没有则不作图"),
    ("axis_up", "label of the upright axis", "纵轴名称"),
    ("given", "a result, where it can be given", "可给出的结果"),
    ("missing", "in place of a result that cannot be given", "不能给出结果时的文字"),
    ("answer", "a point of the answer", "结论要点"),
    ("answer_continued", "a sentence more in the point before", "并入上一要点的一句"),
    ("headline_unit", "unit of the number of the page", "页首数字的单位"),
    ("headline", "what the number of the page means", "页首数字的含义"),
    ("headline_range", "a sentence beside it", "页首数字旁的一句"),
    ("wish", "a number to print next time", "下次宜公布的数字"),
)
FIELDS = (
    *("all", "given", "left", "documents", "given_documents", "first_printed", "least", "most"),
    *("ahead", "behind", "outside", "pooled", "parts", "totals", "printing", "level"),
    *("document", "value", "low", "high", "figure"),
)
"""What the words of a topic may name in braces; computed alike for every topic."""

LEVELS = Table(
    "levels",
    "a level of government; the order of the rows is the order of the pages",
    "一个行政层级；行序即页面顺序",
    ("level",),
    (
        Column("level", "code", "Level, as in regions.csv", "层级代号，与 regions.csv 一致"),
        text("name_en", "Name in English", "英文名称"),
        text("plural_en", "Plural in English", "英文复数"),
        text("name_zh", "Name in Chinese, as an attribute", "中文名称（定语）"),
        text("noun_zh", "Name in Chinese, as a noun", "中文名称（名词）"),
        choice("colour", "Colour in drawings", "图中颜色", COLOURS),
    ),
)
UNITS = Table(
    "units",
    "a unit of a printed number",
    "一种计量单位",
    ("unit",),
    (
        Column("unit", "code", "Unit, as in the other tables", "单位代号"),
        choice("measures", "What it measures", "计量内容", MEASURES),
        text("written_en", "Of money: as written in English", "金额单位的英文写法", required=False),
        text("written_zh", "Of money: as written in Chinese", "金额单位的中文写法", required=False),
    ),
)
TOPICS = Table(
    "topics",
    "one comparison on a page: a figure or a table",
    "页面上的一项比较：一图或一表",
    ("topic",),
    (
        Column("topic", "code", "Name of the comparison", "比较代号"),
        choice("kind", "Kind of comparison", "比较类别", KINDS),
        Column("logarithmic", "flag", "On a logarithmic axis", "对数刻度", required=False),
    ),
)
TOPIC = text("topic", "Comparison", "比较代号", links_to="topics.topic")
COMPARISONS = Table(
    "comparisons",
    "an indicator that a topic compares; changes and progress need none",
    "一项比较所含的指标；增减和进度无须列出",
    ("topic", "indicator", "base"),
    (
        TOPIC,
        text("indicator", "What is compared", "比较的指标", links_to="indicators.indicator"),
        text("base", "What it is put against", "对照指标", False, "indicators.indicator"),
        Column("narrowed", "flag", "Figures of a part, too", "含限定范围的数字", required=False),
        Column(
            "complement", "flag", "What is missing from the base", "为对照数的余数", required=False
        ),
        Column("example", "flag", "May stand in the answer", "可作结论中的例子", required=False),
        text("name_en", "Name of figures of the whole", "整体数字的英文名称", required=False),
        text("name_zh", "The same in Chinese", "整体数字的中文名称", required=False),
        text(
            "rest_en", "Name of what it leaves of the whole", "所余部分的英文名称", required=False
        ),
        text("rest_zh", "The same in Chinese", "所余部分的中文名称", required=False),
    ),
)
TOPIC_COLUMNS = Table(
    "topic_columns",
    "a column of the table of a topic",
    "一项比较的表中的一列",
    ("topic", "column"),
    (
        TOPIC,
        Column("column", "code", "Name in the download", "下载文件中的列名"),
        choice("shows", "What stands in it", "列的内容", SHOWS),
        text("label_en", "Head in English", "英文表头"),
        text("label_zh", "Head in Chinese", "中文表头"),
    ),
)
TOPIC_WORDS = Table(
    "topic_words",
    "a sentence of a topic, with fields in braces",
    "一项比较的一句文字，大括号内为待填数字",
    ("topic", "use"),
    (
        TOPIC,
        choice("use", "Where it stands", "用处", USES),
        text("words_en", "In English", "英文"),
        text("words_zh", "In Chinese", "中文"),
    ),
)
COMPARISON_TABLES = (LEVELS, UNITS, TOPICS, COMPARISONS, TOPIC_COLUMNS, TOPIC_WORDS)
