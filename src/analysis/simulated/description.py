"""What ``dataset.yml`` of a simulated dataset says: that its numbers are invented, and how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from analysis.simulated.province import Options


def describe_province(options: Options) -> str:
    """``dataset.yml`` of a province."""
    title = {
        "en": f"A simulated province of {options.counties} counties and {options.months} months",
        "zh": f"模拟省份（{options.counties} 个县，{options.months} 个月）",
    }
    place = {"en": "Simulated province", "zh": "模拟省份"}
    return describe(title, place, asdict(options))


def describe(title: Mapping[str, str], place: Mapping[str, str], options: Mapping[str, Any]) -> str:
    """``dataset.yml`` of invented data.

    Parameters
    ----------
    title, place: in English and Chinese.
    options: with which the data were drawn.
    """
    described = json.dumps(options, sort_keys=True)
    return f"""\
title:
  en: {title["en"]}
  zh: {title["zh"]}
place: {{en: {place["en"]}, zh: {place["zh"]}}}
status: simulated
licence: {{en: CC0 1.0; invented numbers, zh: CC0 1.0；数字均为虚构}}
origin:
  en: >-
    Written by the command analysis simulate with the options {described}.
    True effects stand in truth.csv. No county, code, enterprise or person is real.
  zh: >-
    由命令 analysis simulate 生成，选项为 {described}。
    真实效果值见 truth.csv。县名、代码、企业、人员均非真实。
region_word: {{en: county, en_plural: counties, zh: 县}}
words:
  complaint: {{en: recorded complaint, en_plural: recorded complaints, zh: 登记投诉}}
  report: {{en: recorded tip-off, en_plural: recorded tip-offs, zh: 登记举报}}
  enquiry: {{en: recorded enquiry, en_plural: recorded enquiries, zh: 登记咨询}}
  enterprises:
    {{en: registered enterprise, en_plural: registered enterprises, zh: 登记企业, zh_measure: 户}}
  reverse_assessment: {{en: reverse assessment, zh: 逆向考核}}
  order_style_service: {{en: order-style service, zh: 点餐式服务}}
  online_shop_review: {{en: online-shop review, zh: 网店网址审查}}
"""
