"""The tables of the data contract, one declaration per column."""

from __future__ import annotations

from analysis.data.contract import Column, Table
from analysis.data.published.tables import PUBLISHED_TABLES

REGION = Column(
    "region_code",
    "code",
    "Region code (six digits of GB/T 2260 in China, else the dataset's own)",
    "地区代码（中国为 GB/T 2260 六位代码，其他国家按数据集自身编码）",
    links_to="regions.region_code",
)
PERIOD = Column("period", "period", "Month, quarter or year", "时期（月、季或年）")

LEVELS = (
    ("nation", "nation", "国家"),
    ("province", "province", "省级"),
    ("city", "city", "市级"),
    ("district", "district", "市辖区"),
    ("county", "county", "县级"),
)
KINDS = (
    ("complaint", "complaint", "投诉"),
    ("report", "report (tip-off)", "举报"),
    ("enquiry", "enquiry", "咨询"),
)
CHANNELS = (
    ("phone", "telephone hotline", "电话"),
    ("online", "online platform", "网络平台"),
    ("counter", "in person", "来访"),
    ("letter", "letter", "来信"),
)
OUTCOMES = (
    ("upheld", "upheld", "属实"),
    ("mediated", "settled by mediation", "调解成功"),
    ("rejected", "not upheld", "不属实"),
    ("withdrawn", "withdrawn", "撤诉"),
    ("answered", "answered", "已答复"),
)
ASSIGNMENTS = (
    ("random", "drawn at random", "随机抽取"),
    ("threshold", "by a score or threshold", "按分数或门槛"),
    ("selected", "selected by the authority", "上级选定"),
    ("voluntary", "voluntary", "自愿"),
    ("everyone", "everyone at once", "全面铺开"),
    ("unknown", "not known", "不详"),
)
ENTERPRISE_TYPES = (
    ("enterprise", "enterprise", "企业"),
    ("individual_business", "individual business", "个体工商户"),
)

REGIONS = Table(
    "regions",
    "a region",
    "一个地区",
    ("region_code",),
    (
        Column("region_code", "code", "Region code, unique", "地区代码，不重复"),
        Column("name_en", "text", "Name in English", "英文名称"),
        Column("name_zh", "text", "Name in Chinese", "中文名称"),
        Column("level", "choice", "Level of government", "行政层级", choices=LEVELS),
        Column(
            "parent_code",
            "code",
            "Code of the region above",
            "上级地区代码",
            required=False,
        ),
    ),
)

OUTCOME_COUNTS = Table(
    "outcomes",
    "a count of one outcome in one region and period",
    "一个地区一个时期内一项结果的计数",
    ("region_code", "period", "outcome"),
    (
        REGION,
        PERIOD,
        Column("outcome", "code", "What is counted", "计数对象"),
        Column("count", "whole", "How many", "数量", unit="count", minimum=0),
    ),
)

EXPOSURES = Table(
    "exposures",
    "what counts are out of, in one region and period",
    "一个地区一个时期内计数所对应的基数",
    ("region_code", "period", "exposure"),
    (
        REGION,
        PERIOD,
        Column("exposure", "code", "What the count is out of", "基数名称"),
        Column("value", "number", "Size of the exposure", "基数", unit="count", minimum=0),
    ),
)

INTERVENTIONS = Table(
    "interventions",
    "the start of an intervention in a region",
    "一项措施在一个地区的启动",
    ("region_code", "intervention"),
    (
        REGION,
        Column("intervention", "code", "Which intervention", "措施名称"),
        Column("started_on", "date", "First day", "启动日期"),
        Column("ended_on", "date", "Last day, if it ended", "结束日期（如已结束）", required=False),
        Column("dose", "number", "Intensity, if it varies", "强度（如有差别）", required=False),
        Column(
            "assignment",
            "choice",
            "How regions came to have it",
            "地区如何被纳入",
            required=False,
            choices=ASSIGNMENTS,
        ),
    ),
)

COMPLAINTS = Table(
    "complaints",
    "a complaint, a report (tip-off) or an enquiry",
    "一件投诉、举报或咨询",
    ("complaint_id",),
    (
        Column("complaint_id", "code", "Record number, unique", "登记编号，不重复"),
        Column("received_on", "date", "Day it was received", "登记日期"),
        REGION,
        Column("kind", "choice", "Complaint, report or enquiry", "投诉、举报或咨询", choices=KINDS),
        Column("channel", "choice", "How it came in", "来源渠道", choices=CHANNELS),
        Column("category", "code", "Subject", "类别", required=False),
        Column(
            "enterprise_id",
            "code",
            "Enterprise concerned",
            "涉及企业",
            required=False,
            links_to="enterprises.enterprise_id",
        ),
        Column(
            "claimant_id",
            "code",
            "Who complained (hashed)",
            "投诉人（已散列）",
            required=False,
            personal=True,
        ),
        Column(
            "claimant_prior_cases",
            "whole",
            "Earlier records by the same person",
            "同一投诉人此前件数",
            unit="count",
            required=False,
            minimum=0,
        ),
        Column("acknowledged_on", "date", "Day it was taken up", "受理日期", required=False),
        Column("closed_on", "date", "Day it was closed", "办结日期", required=False),
        Column("outcome", "choice", "How it ended", "办理结果", required=False, choices=OUTCOMES),
        Column(
            "recovered_yuan",
            "number",
            "Loss recovered",
            "挽回损失",
            unit="yuan",
            required=False,
            minimum=0,
        ),
    ),
)

CROSSWALK = Table(
    "crosswalk",
    "a former region and one present region that its records count for",
    "一个原地区与其记录所归入的一个现地区",
    ("old_code", "new_code", "first_day"),
    (
        Column(
            "old_code",
            "code",
            "Code under which records were made",
            "登记时的地区代码",
            links_to="regions.region_code",
        ),
        Column(
            "new_code",
            "code",
            "Region of today; itself for a part that stayed",
            "现地区代码；保留部分填原代码",
            links_to="regions.region_code",
        ),
        Column(
            "weight",
            "number",
            "Share of each record; shares of one old_code add up to 1 on every day",
            "每条记录所占份额；同一原代码在任一日的份额合计为 1",
            unit="share",
            minimum=0,
            maximum=1,
        ),
        Column(
            "first_day",
            "date",
            "First day of receipt that moves; from the beginning if empty",
            "适用的最早登记日；为空则从最初起",
            required=False,
        ),
        Column(
            "last_day",
            "date",
            "Last day of receipt that moves; to the end if empty",
            "适用的最晚登记日；为空则至最后",
            required=False,
        ),
    ),
)

ENTERPRISES = Table(
    "enterprises",
    "a registered enterprise or individual business",
    "一家登记在册的企业或个体工商户",
    ("enterprise_id",),
    (
        Column("enterprise_id", "code", "Register number, unique", "登记号，不重复"),
        REGION,
        Column(
            "type", "choice", "Enterprise or individual business", "类型", choices=ENTERPRISE_TYPES
        ),
        Column("industry", "code", "Line of business", "行业", required=False),
        Column("registered_on", "date", "Day of registration", "登记日期"),
        Column("deregistered_on", "date", "Day it left the register", "注销日期", required=False),
    ),
)


def _score(name: str, en: str, zh: str) -> Column:
    return Column(name, "number", f"{en}, 0 to 10", f"{zh}（0–10 分）", minimum=0, maximum=10)


ASSESSMENTS = Table(
    "assessments",
    "one enterprise rating one officer in one period",
    "一家企业在一个时期内对一名服务人员的评价",
    ("period", "officer_id", "enterprise_id"),
    (
        PERIOD,
        REGION,
        Column(
            "officer_id", "code", "Officer rated (hashed)", "被评价人员（已散列）", personal=True
        ),
        Column(
            "enterprise_id",
            "code",
            "Enterprise rating",
            "评价企业",
            links_to="enterprises.enterprise_id",
        ),
        _score("attitude", "Attitude", "服务态度"),
        _score("ability", "Ability", "服务能力"),
        _score("quality", "Quality", "服务质量"),
        _score("efficiency", "Efficiency", "服务效率"),
        _score("discipline", "Discipline", "服务纪律"),
        Column(
            "complaints",
            "whole",
            "Complaints against the enterprise",
            "企业被投诉件数",
            unit="count",
            minimum=0,
        ),
        Column(
            "penalties",
            "whole",
            "Penalties on the enterprise",
            "企业被处罚件数",
            unit="count",
            minimum=0,
        ),
        Column(
            "score",
            "number",
            "Score of the officer after deductions, 0 to 50",
            "扣减后的人员得分（0–50 分）",
            minimum=0,
            maximum=50,
        ),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        REGIONS,
        OUTCOME_COUNTS,
        EXPOSURES,
        INTERVENTIONS,
        COMPLAINTS,
        CROSSWALK,
        ENTERPRISES,
        ASSESSMENTS,
        *PUBLISHED_TABLES,
    )
}
