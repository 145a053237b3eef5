"""Floor 5. The dates that count for more than their own verb: those that open a sentence, a list, or hold for all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.notices.change import Change
from bot.notices.closing import MOST_TOGETHER, Closing
from bot.notices.dates import Day
from bot.notices.page import FARTHEST, Page
from bot.notices.sentences import Sentence

_TOGETHER = re.compile(r"同时|同步|一并|随之|届时|也将|随后")
# Behind a date, and before it, that say of all the accounts when they end: 以上调整自5月1日起实施, 运营至6月30日.
_IN_FORCE = re.compile(
    r"起,?(?:正式)?(?:使用|启用|采用)新|起统一(?:以|用|使用)|起(?:正式)?(?:执行|施行|生效|实施)|起[:,]?(?=\n)|起:|"
    r"起?,?[^。;\n“]{0,30}?(?:作出?|做出?|作|进行|实行)(?:以下|如下|相应)?[^。;\n“]{0,6}(?:调整|变更|优化|整合|归并)|"
    r"份?,?[^。;\n“]{0,16}?(?:变动|变更|注销|关停|调整|清理)(?:情况)?如下|"
    r"(?:24时|零时)?(?:将|就)?(?:是|为)[^,。;\n]{0,20}最后(?:一天|一日|时刻|的?日子)"
)
# One of these is in whatever the words above match.
_FORCES, _FAR = ("起", "作", "进行", "实行", "如下", "最后"), 44
_AT_ONCE = ("生效", "起生效", "执行", "起执行", "实施", "起实施")
_TIME = re.compile(
    r"(?:调整|停更|停用|关停|注销|变更|切换|生效|执行|实施|迁移|合并|整合)(?:的)?(?:时间|日期):?\n\Z"
)
_ALL_DONE = re.compile(r"(?:以上|上述|所有|全部|前述)[^,。;“\n]{0,14}\Z")
_DONE_BY = re.compile(r"前?(?:全部|统一|逐步)?(?:完成|到位|办结|生效|执行|实施)")
_BRACKET_ENDS = re.compile(r"(?:起|前|后)?\)")
_UNTIL = re.compile(r"(?:更新|运营|服务|发布|推送|使用|维护|开放)(?:服务)?(?:截至|截止到|截止|至|到)\Z")
# So far into a sentence a date may stand that is that of all of it.
_OPENS_WITH = 12
# So many dates of a sentence are looked at.
_FEW = 12


class Running:
    """Remembers the dates of a text, sentence after sentence.

    Attributes:
        opening: the date that opens the sentence, for all its parts.
        running: the last date that opened a sentence.
        in_force: the date of all accounts: 以上调整自5月1日起实施.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.plain = page.plain
        self.opening: Day | None = None
        self.running: Day | None = None
        self.in_force: Day | None = None
        self.before: Day | None = None  # the date of the sentence before
        self._last: Day | None = None

    def take(self, s: Sentence) -> None:
        """Keep the date that opens a sentence: what its parts say of others happens then too."""
        days = [c.day for c in s.changes if c.day] if s.changes else ()
        self.before, self._last = self._last, days[-1] if days else None
        first = self.page.days.first(s.start, s.end)
        if first and self.in_force is None:
            here = self.page.days.between(s.start, s.end)[:_FEW]
            self.in_force = next((d for d in here if self._is_in_force(d, s)), None)
        if self.plain[s.start - 1 : s.start] == ";":
            return
        limit = s.mentions[0].start if s.mentions else s.start + 5
        day = first if first and first.start < limit else None
        self.opening = day if day and s.changes and s.changes[0].day is day else None
        if day and day.month and self.plain.startswith(("起", ",", "开始"), day.end):
            self.running = day

    def _is_in_force(self, day: Day, s: Sentence) -> bool:
        """Tell whether a date is that of all the accounts of a text."""
        after = self.plain[day.end : day.end + _FAR]
        if any(w in after for w in _FORCES) and _IN_FORCE.match(self.plain, day.end, s.end + 1):
            return True
        if day.shift is not None and self.plain.startswith(_AT_ONCE, day.end):
            return True
        if (
            day.start == s.start
            and day.end >= s.end - 1
            and _TIME.search(self.plain[max(0, s.start - _OPENS_WITH) : s.start])
        ):
            return True  # 二、调整时间, and in the next line only the date
        before = self.plain[max(s.start, day.start - _OPENS_WITH) : day.start]
        done = _ALL_DONE.search(before.rstrip("于自从在")) and _DONE_BY.match(self.plain, day.end)
        return bool(done) or _UNTIL.search(before) is not None

    def respectively(self, change: Change, closing: Closing) -> Change:
        """Return a change with the account's own date in 甲、乙分别于3月20日、3月25日停更."""
        if len(change.subjects) < 2 or change.day is None:
            return change
        names = [self.page.text(m.name) for m in change.subjects[:MOST_TOGETHER]]
        name = self.page.text(closing.mention.name)
        if name not in names:
            return change
        start = max(m.end for m in change.subjects[:MOST_TOGETHER])
        days = self.page.days.between(start, change.at[0])
        if len(days) != len(names) or "分别" not in self.plain[start : change.at[0]]:
            return change
        return replace(change, day=days[names.index(name)])

    def keep(self, closings: Sequence[Closing], change: Change, s: Sentence) -> None:
        """Keep the date of a change that has none of its own for the accounts that it is about."""
        leading = None if change.day or not closings else self.opening or self._together(change, s)
        ends = {m.name: m.end for m in reversed(change.subjects[:MOST_TOGETHER])}
        for closing in closings:
            if (end := ends.get(closing.mention.name)) and (own := self._bracketed(end)):
                closing.leading = own
            elif leading and closing.leading is None:
                closing.leading = leading

    def _together(self, change: Change, s: Sentence) -> Day | None:
        """Return the date of the sentences before, where a change happens together with them: 同时."""
        day = self.running or self.before
        low = max(s.start, change.at[0] - FARTHEST)
        return day if day and _TOGETHER.search(self.plain, low, change.at[0]) else None

    def _bracketed(self, end: int) -> Day | None:
        """Return the date in the brackets of an account that ends at a place: “雨花文艺”(微信公众号,5月9日)."""
        day = self.page.days.first(end, end + 3)
        inside = (
            day is not None
            and self.plain.startswith(("(", ","), end)
            and _BRACKET_ENDS.match(self.plain, day.end) is not None
        )
        return day if inside else None
