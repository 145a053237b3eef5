"""Floor 1. What a field of a record may say: closed sets of values, each with the Chinese words for it, and dates.

The module never reads or writes a file.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering
from typing import Self


class Labelled(StrEnum):
    """A closed set of values, each with the Chinese words a maintainer may write instead."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Make a member that is its value and knows its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Platform(Labelled):
    """Where an account lives."""

    WECHAT = "wechat", "微信公众号"
    CHANNELS = "wechat-channels", "微信视频号"
    WEIBO = "weibo", "微博"
    DOUYIN = "douyin", "抖音"
    KUAISHOU = "kuaishou", "快手"
    TOUTIAO = "toutiao", "今日头条"
    XIAOHONGSHU = "xiaohongshu", "小红书"
    BILIBILI = "bilibili", "哔哩哔哩"
    APP = "app", "手机App"
    MINIPROGRAM = "miniprogram", "小程序"
    WEBSITE = "website", "网站"


class State(Labelled):
    """What became of an account. How many destinations each may have is in `bot/checks.py`."""

    ACTIVE = "active", "在用"
    CLOSING = "closing", "已公告停更"
    CLOSED = "closed", "已关停"
    MERGED = "merged", "已合并"
    RENAMED = "renamed", "已改名"
    SPLIT = "split", "已拆分"
    MIGRATED = "migrated", "已迁移"
    DORMANT = "dormant", "很久没更新"
    REVIVED = "revived", "停过又恢复"
    HIJACKED = "hijacked", "被盗用"
    IMPOSTOR = "impostor", "冒充"

    @property
    def gone(self) -> bool:
        """Whether people can no longer follow the account where it was."""
        return self in {State.CLOSING, State.CLOSED, State.MERGED, State.RENAMED, State.SPLIT, State.MIGRATED}

    @property
    def unsafe(self) -> bool:
        """Whether nobody may be led to the account."""
        return self in {State.HIJACKED, State.IMPOSTOR}


class Notice(Labelled):
    """What the closure notice said of a destination. `NONE` needs a notice we read; otherwise it is `UNSEEN`."""

    NAMED = "named", "写明"
    VAGUE = "vague", "含糊"
    NONE = "none", "没写"
    UNSEEN = "unseen", "没见到公告"


class Reason(Labelled):
    """Why an account closed."""

    REFORM = "organ-reform", "机构改革"
    BURDEN = "burden-reduction", "基层减负"
    CONSOLIDATION = "consolidation", "整合"
    DORMANCY = "dormancy", "长期不更新"
    OTHER = "other", "其他"


class Basis(Labelled):
    """What a destination rests on, strongest first (DESIGN.md, The knowledge)."""

    NOTICE = "notice", "公告"
    OFFICIAL_LIST = "official-list", "官方名单"
    STAFF = "staff", "工作人员"
    MEDIA = "media", "媒体报道"
    RULE = "rule", "地方规定"
    INFERRED = "inferred", "推断"
    REPORTED = "reported", "居民反映"

    @property
    def rank(self) -> int:
        """Its place in the order of strength, 0 the strongest."""
        return list(Basis).index(self)


class ContactBasis(Labelled):
    """What a contact point rests on, strongest first."""

    NOTICE = "notice", "公告"
    OFFICIAL = "official", "官方"
    PRESS = "press", "媒体"
    COMMUNITY = "community-list", "网友整理"
    GENERAL = "general-knowledge", "常识"


class ContactKind(Labelled):
    """How a contact point is reached."""

    ADDRESS = "address", "地址"
    PHONE = "phone", "电话"
    HOTLINE = "hotline", "热线"
    WEBSITE = "website", "网站"
    APP = "app", "手机App"
    MINIPROGRAM = "miniprogram", "小程序"
    ACCOUNT = "account", "账号"


class Covers(Labelled):
    """Which kinds of unit a rule is about."""

    ANY = "any", "所有单位"
    DEPARTMENT = "department", "部门"
    TOWN = "town", "乡镇街道"
    VILLAGE = "village", "村和社区"
    SCHOOL = "school", "学校和幼儿园"
    POLICE = "police", "公安"
    APP = "app", "政务App"
    SITE = "site", "政府网站"


DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class When:
    """A date known to the year, the month or the day: `2019`, `2019-06` or `2019-06-05`."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what is no date of the calendar. Raises: ValueError."""
        found = DATE.fullmatch(self.text)
        if not found:
            raise ValueError(self.text)
        dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))

    @property
    def first(self) -> str:
        """The first day it can mean, ISO."""
        return self.text + "-01" * ((10 - len(self.text)) // 3)

    @property
    def last(self) -> str:
        """The last day it can mean, ISO in shape: the 31st stands for any month's end, which compares right."""
        return self.text + {4: "-12-31", 7: "-31", 10: ""}[len(self.text)]

    def __lt__(self, other: Self) -> bool:
        """Order by the first day meant, the less precise first."""
        return (self.first, len(self.text)) < (other.first, len(other.text))

    def __str__(self) -> str:
        return self.text
