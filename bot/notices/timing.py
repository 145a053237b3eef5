"""Floor 5. When a verb like 停止更新 happens, and when a text tells that it was made known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices.change import Change
from bot.notices.dates import Day
from bot.notices.page import FARTHEST, Page
from bot.notices.sheet import COLUMN

# How many of the dates and verbs before one are looked at.
_FEW = 12
# Dates that say something else.
_NOT_WHEN = re.compile(
    r"(?:度)?拟|起?(?:满)?[0-9一二三四五六七八九十]{1,3}(?:个)?(?:工作日|自然日|日|天|个月|月)(?:后|内|以后)|第[0-9一二三四五六七八九十]{1,3}(?:期|批|季度)|.{0,3}季度|上半年|下半年|度|以前|讯|电|消息|全年|正式上线|正式开通|开通|上线|成立|创办|开设|注册|创建|以来|至今|印发|出台|召开|会议|实施|施行|"
    r".{0,8}(?:开通以来|上线以来|成立以来)"
)
_NOT_WHEN_BEFORE = re.compile(
    r"(?:记者|笔者|截至|截止|截止到|公示期|有效期|为期|工作日[(:]?|活动时间|自开通|版|至)\Z"
)
# 停更后, 注销前: what then happens, not when that is.
_BESIDE = 4
_LONG_AGO = ("早已", "早就", "已久", "早就已")
_ONCE = re.compile(r"(?:注销|关停)?(?:后|之后|以后|前|之前|期间)")
# 停更时间:5月1日, 停止“X”头条号的更新工作,时间从5月1日开始
_WHEN = re.compile(r"[^。;!?\n]{0,30}?(?:日期|时间)(?:为|是|:|定于|定为|从|自|于)?")
_LONGEST_WHEN = 34
_TOLD = re.compile(
    r"写道|留言|发布(?!了?最后)|颁布|发表|告示|发出|宣布|公告|通告|告别|称|表示|推送|刊发|贴出|声明"
)
_TOLD_THEN = re.compile(r"(?:就|已|正式)?发布(?:了)?(?:停更)?(?:公告|通知|声明)(?:,)?")
_SINCE = re.compile(r"(?:起|前|后|开始|正式|将|不再|不)*")


class Timing:
    """Tells when the verbs of a text happen; `reports` says that it tells of notices, and of their days."""

    def __init__(self, page: Page, reports: bool) -> None:
        self.page = page
        self.plain = page.plain
        self.reports = reports

    def date(self, change: Change, before: Sequence[Change], start: int) -> None:
        """Find when: the last date before the verb that is no date of telling; of those, the last is when it was told."""
        at, end = change.at
        if not change.subjects and COLUMN in self.plain[start:at]:
            return
        if self.plain.endswith(_LONG_AGO, max(start, at - _BESIDE), at):
            return
        once = _ONCE.match(self.plain, end) is not None
        low = before[-1].at[1] if before else start
        first = not before or not any(c.day for c in before[-_FEW:])
        for day in reversed(self.page.days.between(max(start, at - FARTHEST), at)[-_FEW:]):
            if self._is_other_date(day) or (once and day.end < at - _BESIDE):
                continue
            if (
                self.reports
                and _TOLD.search(self.plain, day.end, at)
                and not _SINCE.fullmatch(self.plain, day.end, at)
            ):
                change.told = change.told or day
                if change.day is None and _TOLD_THEN.fullmatch(self.plain, day.end, at):
                    change.day = day
            elif change.day is None and (day.start >= low or first):
                change.day = day
        if not once:
            change.day = change.day or self._dated_behind(end) or self._dated_for_all(change, before)

    def _is_other_date(self, day: Day) -> bool:
        before = self.plain[max(0, day.start - 6) : day.start]
        return _NOT_WHEN.match(self.plain, day.end) is not None or _NOT_WHEN_BEFORE.search(before) is not None

    def _dated_behind(self, end: int) -> Day | None:
        """Return the date in 停更时间:5月1日."""
        near = self.plain[end : end + _LONGEST_WHEN]
        found = _WHEN.match(self.plain, end) if "时间" in near or "日期" in near else None
        days = self.page.days.between(found.end(), found.end() + 3) if found else []
        return days[0] if days else None

    def _dated_for_all(self, change: Change, before: Sequence[Change]) -> Day | None:
        """Return the date that stands before the first account of a sentence, for the accounts after it too."""
        first = before[0] if before else None
        if first is None or first.day is None or not first.subjects or first.subjects == change.subjects:
            return None
        return first.day if first.day.end <= min(m.start for m in first.subjects) else None
