"""Floor 5. Which accounts a verb like 停止更新 is about: those before it, those behind it, or those of the verb before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices import units
from bot.notices.mention import Mention
from bot.notices.page import Ordered, Page
from bot.notices.words import CHANGES, ENDS, LEADS, Does, Mark

# How many of the dates and verbs before one are looked at.
_FEW = 12
# How far behind a verb its object begins.
_NEAREST = 16
# 关停政务新媒体27个,包括…; 注销4个(…)
_COUNT = re.compile(
    r"[^。;“]{0,24}?[0-9一二两三四五六七八九十]+(?:余)?个[^。;“]{0,12}?(?:包括|分别(?:是|为)|即|含|为|有|:|\()"
)
# 同样停更的,还有“甲”“乙”等公众号
_AMONG = re.compile(r"的?,?(?:还有|有|包括|分别是|是):?")
# 功能与“浙江普法”App重复, “甲”公众号发布的通知: it is compared with, or tells, and is not spoken of.
_LIKENED = re.compile(
    r"(?:的)?(?:功能|内容|定位)?(?:高度)?(?:重复|相同|相近|类似|重叠|一致|雷同)|(?:发布|推送|刊发|转发)(?:的|了|过)"
)
_LEADS_ON = re.compile(r"[。;!?]|请|关注|下载|扫码|点击|移步|可(?:登录|通过|到|在|以|访问|前往|至)")
# 关停后…: what stands behind is what then happens.
_THEN = ("后", "之后", "以后")
_IN_LIST = re.compile(
    r"(?:,[^(),、]{1,12}\))?(?:\([^()、。]{1,18}\))?(?:[、,和与及以/\t等()“”]|还有)*(?:[^,、。]{0,20}的|[我本该][^,、。]{0,6}|[\u4e00-\u9fff]{1,12}[县市区旗州镇乡]|原)?"
)
# 把精力放到“甲”视频号,“甲”微博…: the first is no part of a list.
_OBJECT = re.compile(r"(?:到|至|在|给|向|于|入|与|同|由|靠|办好|建好)\Z")
# 听说那边好几个号都停更了: whose accounts that are is not said.
_OF_OTHERS = re.compile(
    r"(?:他们|别人|人家|别的|邻[县市区]|外地|那边|好几个|好多|不少|许多|很多|一批|一些|若干|有的|另有)[^,。“]{0,10}(?:号|账号|公众号|微博|平台)"
)
_LONGEST_JOINT = 24
# 注销原因:内容与“甲”公众号重复
_NOUNS = ("原因", "理由", "时间", "日期", "后续", "方式", "流程", "得到")
_THIS = ("本次", "此次", "这次")
# 校团委“甲”微博、学生会“乙”抖音号
_OF_BODY = re.compile(r"、[\u4e00-\u9fff]{2,12}")
# How far a list of accounts behind a verb is followed.
_LONGEST_LIST = 2000
# Before a name in quotes that is policy, praise or a series rather than an account.
_POLICY = re.compile(
    r"(?:整治|治理|推进|落实|防治|解决|坚持|贯彻|所谓|推动|破除|杜绝|打造|围绕|实现|荣获|获评|获得|按照|根据|遵循|系列|主题|话题|活动|节目|直播|栏目|专栏|专题|热线|系统|业务|通道|窗口|课程|频道|项目|报纸|杂志|期刊|短剧|电影|票|卡|证|商标|品牌|大厅|市场)\Z"
)
_AFTER_NAME = frozenset("将已自于因从则还同日现正也均在(拟即定仅停不更并迁\t")
_JOINTS = frozenset(("", "、", "和", "与", "及", "以及"))
# So many accounts of a list are followed to its end.
_MOST_LISTED = 60
# What is done to functions, shops and roads too: quotes behind it are not yet an account.
_OF_ANYTHING = frozenset({"关闭", "关掉", "封闭", "撤销", "拆除", "冻结", "停用"})
_AFTER_OBJECT = frozenset("、,的和。()”公账\n")


class Subjects:
    """Tells which accounts the verbs of a text are about."""

    def __init__(self, page: Page, marks: Ordered[Mark], mentions: Ordered[Mention]) -> None:
        self.page = page
        self.plain = page.plain
        self.marks = marks
        self.mentions = mentions
        self._of_accounts = any(not m.weak and (m.platform or m.own) for m in mentions)

    def of(
        self, mark: Mark, does: Does, free: Sequence[Mention], last: Sequence[Mention], behind: bool, end: int
    ) -> list[Mention]:
        """Return the mentions that a verb is about: those before it, else those of the verb before, else those behind.

        Args:
            mark: the verb.
            does: what it does.
            free: the mentions before it that no other word has claimed.
            last: those of the verb before.
            behind: whether what stands behind may be its object.
            end: where the sentence ends.
        """
        real = self._unclaimed(mark, free) if free else []
        at = self.mentions.at(mark.end) if does in ENDS else None
        if at and real and self._tells_names(at, real):
            return self._named_behind(at, real[-1], self._here(mark, end))
        if at and (self._is_object(at, real[-1], mark, end) if real else not at.other):
            return self._chain(at, self._here(mark, end))
        if real:
            return self._nearest(real)
        if last or does not in ENDS:
            return list(last)
        return self._behind(mark, self._here(mark, end), behind, end)

    def _here(self, mark: Mark, end: int) -> list[Mention]:
        """Return the accounts behind a verb, as far as a list of them is followed."""
        return self.mentions.between(mark.end, min(end, mark.end + _LONGEST_LIST))

    def _unclaimed(self, mark: Mark, free: Sequence[Mention]) -> list[Mention]:
        """Return those of the accounts before a verb that it may be about."""
        real = [
            m for m in free if not m.other and m.start < mark.start and not _LIKENED.match(self.plain, m.end)
        ]
        clause = self.page.last(",", 0, mark.start)
        if _OF_OTHERS.search(self.plain, clause, mark.start):
            real = [m for m in real if m.start >= clause]
        if any(not m.weak for m in real):
            real = [m for n, m in enumerate(real) if not m.weak or self._beside(real, n)]
        return real

    def _behind(self, mark: Mark, here: Sequence[Mention], may_be: bool, end: int) -> list[Mention]:
        """Return the accounts behind a verb that it is about: near it, or counted there."""
        if self.plain.startswith(_NOUNS, mark.end) or self.plain.endswith(_THIS, 0, mark.start):
            return []
        comma = self.plain.find(",", mark.end, end)
        after = [m for m in here if not m.other and (comma < 0 or m.start < comma)]
        then = self.plain.startswith(_THEN, mark.end)
        near = bool(after) and may_be and not then and after[0].start - mark.end <= _NEAREST
        if near and not _LEADS_ON.search(self.plain, mark.end, after[0].start):
            return self._chain(after[0], here)
        if counted := _COUNT.match(self.plain, mark.end, end) or _AMONG.match(self.plain, mark.end, end):
            first = next(
                (m for m in here if m.start >= counted.end() - 1 and not m.other and not m.own), None
            )
            if first and first.start - counted.end() <= 3:
                return self._chain(first, here)
        return []

    def _tells_names(self, mention: Mention, real: Sequence[Mention]) -> bool:
        """Tell whether what stands behind a verb names some of the accounts before it: 公众号由7个减为2个,…注销“甲”."""
        return mention.weak and mention.name is not None and not any(m.name or m.own for m in real)

    def _named_behind(self, first: Mention, all_of: Mention, mentions: Sequence[Mention]) -> list[Mention]:
        """Return a list behind a verb, on the platform of the accounts it is of."""
        chain = self._chain(first, mentions)
        for mention in chain if all_of.platform else ():
            if mention.weak and not mention.platform:
                mention.platform, mention.said, mention.weak = all_of.platform, all_of.said, False
        return chain

    def _is_object(self, mention: Mention, before: Mention, mark: Mark, end: int) -> bool:
        """Tell whether what stands right behind a verb is what it ends: 因“甲”不再负责,我们将停止更新“乙”公众号.

        Else it is the one before, when both are in one clause, or when what is behind has a verb of its own.
        """
        if (
            not mention.name
            or mention.other
            or mention.weak
            or "," not in self.plain[before.end : mark.start]
        ):
            return False
        own = self.marks.between(mention.end, min(end, mention.end + _NEAREST))
        return not any(m.meaning in CHANGES for m in own)

    def _beside(self, mentions: Sequence[Mention], number: int) -> bool:
        """Tell whether a name in quotes stands in one list with an account: “掌上隆回”App、“隆回手机报”停止服务."""
        start = mentions[number].start
        near = mentions[max(0, number - _FEW) : number]
        return any(not m.weak and m.end <= start and self.plain[m.end : start] in _JOINTS for m in near)

    def _nearest(self, mentions: list[Mention]) -> list[Mention]:
        """Return the last of some mentions with its list: the others have verbs of their own."""
        first = len(mentions) - 1
        name = self.page.text(mentions[-1].name)
        while first:
            one = mentions[first - 1]
            again = self.page.text(one.name) == name and one.platform in (None, mentions[-1].platform)
            if not again and not self._listed(one, mentions[first]):
                break
            first -= 1
        return mentions[first:]

    def _chain(self, first: Mention, mentions: Sequence[Mention]) -> list[Mention]:
        """Return a mention with those behind it that stand in one list with it."""
        chain = [first]
        for m in mentions:
            if (
                m is not chain[-1]
                and m.start >= chain[-1].start
                and not m.other
                and self._listed(chain[-1], m)
            ):
                chain.append(m)
        return chain

    def _listed(self, one: Mention, other: Mention) -> bool:
        start = min(one.end, other.start)
        apart = self.plain.startswith(",", start) and _OBJECT.search(
            self.plain[max(0, one.start - 6) : one.start]
        )
        return (
            not apart
            and other.start - start <= _LONGEST_JOINT
            and (
                _IN_LIST.fullmatch(self.plain, start, other.start) is not None
                or (self.plain[start] in "、和与及" and units.is_unit(self.plain[start + 1 : other.start]))
                or (not other.weak and _OF_BODY.fullmatch(self.plain, start, other.start) is not None)
            )
        )

    def believed(self, mention: Mention, mark: Mark, does: Does) -> bool:
        """Tell whether quotes alone may be taken for an account: right before or behind the verb, and no catchword."""
        if not mention.weak or mention.own:
            return True
        if self.plain[mention.start] == "@" or mention.platform is not None or mention.handle:
            return True
        if _POLICY.search(self.plain[max(0, mention.start - 6) : mention.start]):
            return False
        if does in LEADS and (units.is_unit(self.page.text(mention.name)) or not self._of_accounts):
            return False
        end = self.along(mention.end)
        after = self.plain[end : end + 1]
        if mention.end > mark.start:
            if self.plain[mark.start : mark.end] in _OF_ANYTHING:
                return False
            return mention.start == mark.end and after in _AFTER_OBJECT
        if end == mark.start:
            return True
        near = mark.start - end <= _LONGEST_JOINT and self.plain.count(",", end, mark.start) < 2
        return near and (after in _AFTER_NAME or self.page.days.at(end) is not None)

    def along(self, end: int) -> int:
        """Return where the list ends that goes on at a place: “甲”、“乙”和“丙”."""
        for _ in range(_MOST_LISTED):
            other = self.mentions.first(end, end + 2)
            if other is None or self.plain[end : other.start] not in _JOINTS:
                break
            end = max(end + 1, other.end)
        return end
