"""Names that owners give to the columns and words of the contract, for first guesses only."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "complaint_id": ("编号", "登记编号", "工单编号", "投诉编号", "受理编号", "id", "case number"),
    "received_on": ("登记日期", "登记时间", "接收时间", "受理时间", "投诉日期", "日期", "received"),
    "region_code": (
        *("区县", "区划", "行政区划", "行政区划代码", "地区", "地区代码", "辖区", "代码"),
        *("district", "county", "region", "city"),
    ),
    "kind": ("类型", "信息类型", "业务类型", "诉求类型"),
    "channel": ("来源", "渠道", "来源渠道", "登记方式", "source"),
    "category": ("类别", "投诉类别", "问题类别", "商品类别", "subject"),
    "enterprise_id": ("企业编号", "统一社会信用代码", "注册号", "被投诉企业", "enterprise"),
    "claimant_id": ("投诉人", "投诉人编号", "消费者", "联系电话", "身份证号", "claimant"),
    "claimant_prior_cases": ("此前件数", "历史投诉次数", "prior"),
    "acknowledged_on": ("受理日期", "分派日期", "acknowledged"),
    "closed_on": ("办结日期", "办结时间", "结案日期", "closed"),
    "outcome": ("处理结果", "办理结果", "结果", "指标", "result"),
    "recovered_yuan": ("挽回损失", "挽回经济损失", "金额", "recovered"),
    "name_en": ("英文", "英文名称", "name"),
    "name_zh": ("名称", "中文", "中文名称", "地区名称", "区县名称"),
    "level": ("层级", "级别", "行政层级"),
    "parent_code": ("上级", "上级代码", "parent"),
    "period": ("时期", "月份", "年份", "年月", "统计期", "month", "year"),
    "count": ("数量", "件数", "数", "number"),
    "exposure": ("基数名称", "基数"),
    "value": ("数值", "户数", "值"),
    "intervention": ("措施", "政策", "措施名称", "policy", "measure"),
    "started_on": ("启动日期", "开始日期", "实施日期", "start"),
    "ended_on": ("结束日期", "end"),
    "officer_id": ("人员", "工作人员", "被评价人员", "officer"),
}

WORDS: dict[str, tuple[str, ...]] = {
    "phone": ("电话", "12315", "12345", "热线", "tel", "call"),
    "online": ("网络", "网站", "平台", "微信", "小程序", "app", "web", "互联网"),
    "counter": ("来访", "现场", "窗口", "visit"),
    "letter": ("来信", "信件", "mail"),
    "complaint": ("投诉",),
    "report": ("举报",),
    "enquiry": ("咨询", "inquiry"),
    "upheld": ("属实", "成立"),
    "rejected": ("不属实", "不成立", "不予受理"),
    "mediated": ("调解", "和解"),
    "withdrawn": ("撤诉", "撤回"),
    "answered": ("答复", "回复"),
    "nation": ("全国",),
    "province": ("省",),
    "city": ("市", "地级市"),
    "district": ("市辖区",),
    "county": ("县", "区县", "县级市"),
}
