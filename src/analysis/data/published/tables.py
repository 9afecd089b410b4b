"""The tables of figures read off published documents, one declaration per column."""

from __future__ import annotations

from analysis.data.contract import Column, Table
from analysis.data.published.columns import Choices, choice, text
from analysis.data.published.comparison_tables import COMPARISON_TABLES

FIGURE_KINDS: Choices = (
    ("level", "a count or a stock", "数量"),
    ("money", "a sum of money", "金额"),
    ("share_pct", "a share in per cent", "占比"),
    ("change_pct", "a change in per cent", "增减幅度"),
    ("target", "a target", "目标"),
    ("target_progress_pct", "progress towards a target in per cent", "目标完成率"),
    ("rank", "a place or a claim to be first", "名次"),
    ("date", "a date", "日期"),
)
BOUNDS: Choices = (
    ("exact", "as printed", "确数"),
    ("at_least", "at least", "不少于"),
    ("about", "about", "约数"),
)
VALUE_RULES: Choices = (
    ("numeral", "a numeral", "数字"),
    ("fraction", "a fraction, as a percentage", "分数，折算为百分比"),
    ("worded", "a word that stands for a number", "以文字表示的数"),
    ("decrease", "a fall: the sign follows the wording", "降幅，符号依措辞"),
    ("date", "a date", "日期"),
    ("date_year_inferred", "a date whose year is inferred", "日期，年份为推断"),
    ("date_range_year_inferred", "first day of a range, year inferred", "日期区间首日，年份为推断"),
    ("date_year_end", "the end of a year", "年底"),
)
COMPARISONS: Choices = (
    ("same_period_previous_year", "same period a year earlier", "上年同期"),
    ("same_time_previous_year", "same day a year earlier", "上年同一时点"),
    ("previous_year", "the year before", "上年"),
    ("before_campaign", "before the campaign, period not stated", "活动开展之前，时期未说明"),
)
BASES: Choices = (
    ("stated", "the document says so", "文中载明"),
    ("implied", "follows from its words", "由措辞可知"),
    ("conjectured", "an editor's reading", "编者推测"),
)
RELATION_TYPES: Choices = (
    ("sum", "the terms add up to the result", "各项之和等于总数"),
    ("partial_sum", "the terms add up to the result at most", "各项之和不超过总数"),
    ("share", "result = 100 × first term / second", "占比 = 100 × 前项 / 后项"),
    ("progress", "result = 100 × first term / target", "完成率 = 100 × 完成数 / 目标数"),
    ("share_derivable", "a share that is not printed", "可算而未载的占比"),
    ("share_of_unstated", "share and part printed, whole not", "有占比和分子，无总数"),
    ("progress_of_unstated", "progress and number printed, target not", "有完成率和数量，无目标数"),
    ("progress_of_target", "progress and target printed, number not", "有完成率和目标数，无完成数"),
    ("share_without_numerator", "share and whole printed, part not", "有占比和总数，无分子"),
    ("growth", "result is the change that led to the term", "结果为达到该数的增幅"),
    ("growth_between", "last term is the earlier level", "末项为前期水平"),
    ("part_of", "result is part of the term", "结果为该数的一部分"),
    ("difference", "result = first term − second", "结果 = 前项 − 后项"),
    ("same_thing", "result and term report one number", "两处为同一数字"),
    ("ratio", "first term / second", "前项 / 后项"),
    ("bound", "result against a lower and an upper target", "与目标区间比较"),
    ("weighted_mean", "result lies between the terms", "结果介于各项之间"),
    ("year_span", "result = last year − first + 1", "结果 = 末年 − 首年 + 1"),
    ("order", "result not before the term", "结果不早于该日期"),
    ("count_list", "result = number of things named", "结果 = 列举项数"),
    ("open_list", "result ≥ number of things named", "结果不少于列举项数"),
)
ASSIGNMENTS: Choices = (
    ("everyone", "everyone at once", "全面铺开"),
    ("random_draw", "drawn at random", "随机抽取"),
    ("score_or_threshold", "by a score or threshold", "按分数或门槛"),
    ("voluntary", "voluntary", "自愿"),
    ("selected", "selected by the authority", "主管部门选定"),
    ("on_demand", "on demand", "按需提供"),
    ("not_stated", "not stated", "未说明"),
)


def _link(name: str, en: str, zh: str) -> Column:
    return text(name, en, zh, required=False, links_to="figures.id")


SOURCE = text("source", "Document", "文件", links_to="sources.source")
REGION = text("region_code", "Region", "地区代码", links_to="regions.region_code")
LINE = Column("line", "whole", "Line, from 1", "行号，从 1 起", minimum=1)
OFFSET = Column(
    "offset", "whole", "Character in the line, from 0", "行内字符位置，从 0 起", minimum=0
)
DOMAIN = text("domain", "Field of work", "业务领域")

SOURCES = Table(
    "sources",
    "a published document",
    "一份公开文件",
    ("source",),
    (
        Column("source", "code", "Name of the document here", "文件简称"),
        text("file", "File as received", "收到的文件名"),
        text("title", "Title", "标题"),
        text("bureau", "Bureau that it reports on", "所述部门"),
        REGION,
        Column("published_on", "date", "Day of publication", "发表日期", required=False),
        text("masked", "What is masked", "遮蔽内容", required=False),
        text("inferred", "What is inferred", "推断内容", required=False),
        text("inference_basis", "From what", "推断依据", required=False),
        Column("default_year", "whole", "Year of dates without one", "无年份日期的年份"),
        text("note", "Note", "说明", required=False),
    ),
)
INDICATORS = Table(
    "indicators",
    "a thing measured",
    "一项指标",
    ("indicator",),
    (
        Column("indicator", "code", "Name in the tables", "指标代号"),
        text("name_en", "Name in English", "英文名称"),
        text("name_zh", "Name in Chinese", "中文名称"),
        DOMAIN,
        text("unit", "Unit of its level", "数量的单位", links_to="units.unit"),
        text("definition", "Definition", "定义"),
    ),
)
SCOPES = Table(
    "scopes",
    "a part of a region or of an indicator, in words",
    "指标所限定的范围",
    ("scope",),
    (
        Column("scope", "code", "Scope, in English", "范围（英文）"),
        text("name_zh", "Scope, in Chinese", "范围（中文）"),
    ),
)
FIGURES = Table(
    "figures",
    "a number as printed",
    "一个所载数字",
    ("id",),
    (
        Column("id", "code", "Number of the figure, unique", "数字编号，不重复"),
        SOURCE,
        LINE,
        OFFSET,
        text("token", "Characters as printed", "原文字符"),
        REGION,
        Column("period_start", "date", "First day it speaks of", "所述时期首日"),
        Column("period_end", "date", "Last day; of a stock, its day", "所述时期末日；存量为时点"),
        choice(
            "period_basis",
            "Whether the period is printed",
            "时期是否载明",
            (("stated", "stated", "载明"), ("inferred", "inferred", "推断")),
        ),
        DOMAIN,
        text("indicator", "What is measured", "指标", links_to="indicators.indicator"),
        text("scope", "Narrowed to", "限定范围", required=False, links_to="scopes.scope"),
        choice("kind", "Kind of number", "数字类别", FIGURE_KINDS),
        text("value", "Number in base units, or ISO date", "基本单位数值，或日期"),
        Column("precision", "number", "Worth of the last digit", "末位数值", required=False),
        text("unit", "Unit", "单位", links_to="units.unit"),
        choice("bound", "How exact", "确切程度", BOUNDS),
        choice("value_rule", "How value follows from token", "取值规则", VALUE_RULES),
        choice("compared_with", "Change since when", "比较基期", COMPARISONS, required=False),
        _link("numerator", "Numerator", "分子"),
        _link("denominator", "Denominator", "分母"),
        _link("target", "Target", "目标"),
        _link("part_of", "Whole", "所属总数"),
        _link("previous", "Earlier figure", "前期数字"),
        _link("growth_of", "Level that changed", "变动的水平值"),
        _link("same_as", "Same number elsewhere", "另处同一数字"),
        text("note", "Note", "说明", required=False),
    ),
)
RELATIONS = Table(
    "relations",
    "a relation between figures that arithmetic can test",
    "数字之间可以验算的一项关系",
    ("id",),
    (
        Column("id", "code", "Number of the relation, unique", "关系编号，不重复"),
        choice("type", "Kind of relation", "关系类别", RELATION_TYPES),
        _link("result", "Figure that is tested", "受检数字"),
        text("terms", "Figures it is tested against, by ;", "对照数字，以 ; 分隔", required=False),
        Column("constant", "whole", "Things named", "列举项数", required=False, minimum=0),
        choice("basis", "On whose word", "关系依据", BASES),
        text("note", "Note", "说明", required=False),
    ),
)
MECHANISMS = Table(
    "mechanisms",
    "a regulatory mechanism that a document describes",
    "文件所述的一项监管机制",
    ("id",),
    (
        Column("id", "code", "Number of the mechanism, unique", "机制编号，不重复"),
        SOURCE,
        LINE,
        REGION,
        text("name_zh", "Name in Chinese", "中文名称"),
        text("name_en", "Name in English", "英文名称"),
        DOMAIN,
        text("runs_it", "Who runs it", "实施主体"),
        text("since", "Since when, ISO", "起始时间", required=False),
        text("units_treated", "On whom, how many", "对象和数量", required=False),
        choice("assignment_rule", "How units came to have it", "对象如何确定", ASSIGNMENTS),
        text("figure_ids", "Figures about it, by ;", "相关数字，以 ; 分隔", required=False),
        text("identification_strategy", "How it could be evaluated", "可用的评估方法"),
        text("data_needed", "Data needed", "所需数据"),
        text("notebook", "Notebook for it", "对应分析册"),
    ),
)
UNCOVERED = Table(
    "uncovered",
    "a run of digits or a Chinese numeral that is no figure",
    "不作为数字收录的一处数字字符",
    ("source", "line", "offset"),
    (
        SOURCE,
        LINE,
        OFFSET,
        text("run", "Characters as printed", "原文字符"),
        choice(
            "script",
            "Script",
            "书写方式",
            (
                ("arabic", "Arabic", "阿拉伯数字"),
                ("chinese", "Chinese", "汉字"),
                ("mixed", "both", "混合"),
            ),
        ),
        text("reason", "Why it is no figure", "不收录原因"),
    ),
)
PUBLISHED_TABLES = (
    SOURCES,
    INDICATORS,
    SCOPES,
    FIGURES,
    RELATIONS,
    MECHANISMS,
    UNCOVERED,
    *COMPARISON_TABLES,
)
