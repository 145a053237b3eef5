"""Floor 5. The words before a name or a platform: where they start, what of them leads up, and whether they are a unit."""

from __future__ import annotations

import re

from bot.notices import units
from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.notices.words import Does

# How much text before something is looked at.
_REACH = 44
_BOUND = re.compile(r"[,。;:!?\n\t()\[\]“”\"‘’'「」『』《》【】#@]")
# What stands between a name without quotes and its platform, and what leads up to such a name.
RIGHT = re.compile(
    r"(?:官方认证|官方|政务新媒体|政务|认证|实名|同名|名为|旗下|所属|所办|所建|所开|开办|创办|创建|主办|主管|运营|开设|开通|管理|维护|注册|以及|等|的|共|这|两|三|四|"
    r"[0-9一二两三四五六七八九十百]{1,4}(?:个|家|款|大|类)|均为|分别为|都是|上|在|与|和|及|:)+\Z"
)
_LEAD = re.compile(
    r"[①-⑳]|[我本](?:局|委|办|园|校|镇|乡|县|市|区|院|所|站|队|馆|中心|街道|社区|单位|公司|旗|州|厅|部|会|处)(?=[\u4e00-\u9fff]{2})|(?:停更|关停|注销)?(?:公告|通知|启事|声明|通告|公示|告示)|宣布|宣告|公布|表示|透露|按照|根据|依据|贯彻落实|落实|遵照|定于|定|关于|有关|由于|因为|因|现将|现|从|自|起|前|已将|已|将|把|对|由|经|在|于|至|到|为|请|以及|及|和|与|"
    r"同时|其中|包括|分别|即|我们|决定|研究|同意|拟|均|并|如|凡|新增|此前|原有|旧|现有|停止|后续|今后|届时|相关|下线|官方|政务|"
    r"\d{1,2}[、.)]|[一二三四五六七八九十]{1,3}[、.)]|您可|可以|可|您|大家|用户|网友|市民|了解|统一|全部|陆续|逐步|正式|其他|其它|同步|就|向|给|是|"
    r"也|还|或者|或|称|时起|零时起|时|日起|日|后"
)


class Before:
    """Reads what stands before something in a text."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.plain = page.plain

    def unit_before(self, start: int) -> Span | None:
        """Return the organisation whose name ends where something starts, but for words like 官方 and 的."""
        start -= self.plain.startswith(":", start - 1)  # 区科技局:“甲”公众号
        left = self.left(start)
        end = left + len(RIGHT.sub("", self.plain[left:start])) if left < start else left
        if end == left or end < start - 12:
            return None
        left = max(left, self.plain.rfind("、", left, end) + 1)
        first, last = self.trimmed(left, end)
        if not units.may_be_unit(self.plain[first:last]):
            return None
        first += units.start_in(self.plain[first:last], self.page.places)
        return (first, last) if units.is_unit(self.plain[first:last]) else None

    def left(self, end: int) -> int:
        """Return where the words directly before a place start: behind the last punctuation, verb or date."""
        low = max(0, end - _REACH)
        found = _BOUND.search(self.plain[low:end][::-1])
        bound = end - found.start() if found else low
        if bound == end:
            return end
        for mark in self.page.marks.reaching(bound, end):
            if mark.meaning not in (Does.ACCOUNT, Does.COLUMN) and mark.end <= end:
                bound = mark.end
                break
        day = self.page.days.nearest(end)
        bound = day.end if day and bound < day.end <= end else bound
        for gap in [] if self.page.sheet.apart else reversed(self.page.sheet.spaces(bound + 1, end)):
            if len(RIGHT.sub("", self.plain[gap:end])) > 1:
                return gap
        return bound

    def trimmed(self, first: int, last: int) -> Span:
        """Return a stretch without the words that lead up to a name, which a place's name is never taken for."""
        while (
            first < last and (found := _LEAD.match(self.plain, first, last)) and not self.page.is_place(first)
        ):
            first = found.end()
        first = max(
            first, self.plain.rfind("关于", first, last) + 2 if "关于" in self.plain[first:last] else first
        )
        cut = self.plain.rfind("的", first, last)
        return (cut + 1 if cut >= 0 else first), last
