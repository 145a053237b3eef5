"""Floor 5. What a verb like 停止更新 does: to which accounts, when, and whether it does it at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.notices import units
from bot.notices.dates import Day
from bot.notices.mentions import Mention
from bot.notices.page import FARTHEST, Ordered, Page
from bot.notices.sheet import COLUMN, Span
from bot.notices.words import IDIOMS, Does, Mark

# Words of change that lead on to where the account goes.
LEADS = (Does.MOVE, Does.MERGE, Does.RENAME, Does.SPLIT)
ENDS = (Does.STOP, Does.SHUT)
CHANGES = (*ENDS, *LEADS)

# How many of the dates and verbs before one are looked at.
_FEW = 12
# How much of the text before a verb says whether it is denied, and how much whether it is done or planned.
_NEAR, _FAR = 10, 40
# How far behind a verb its object begins.
_NEAREST = 16

_DENIED = re.compile(
    r"(?:未|没有|没|并非|不会|不存在|无需|尚未|从未|不是|不属于|不在|不涉及|无|不|勿|并没|绝不)"
    r"(?:要|被|有|将|予|进行|提出|提交|计划|打算|任何|因此|完全)?\Z"
)
_ASKED = re.compile(
    r"(?:是否|会不会|有没有|要不要|能否|为何|为什么|怎么|如何|何时|什么时候)(?:已经|已|会|要|将|被)?\Z"
)
# What ought to happen, or happens if; not what does.
_DUTY = re.compile(
    r"要按|应当|应于|应按|责令|督促|逾期|否则|如不|若|如果|一旦|尽快|抓紧|建议|拒不|凡是|凡|要立即|对确|坚决|及时申请|可申请|可以申请|需要时"
)
_BECAUSE = re.compile(r"根据|按照|按|依据|遵照|为|应.{0,12}要求")
_PAUSE = re.compile(
    r"暂停|升级维护|系统升级|系统维护|停机|检修|(?:节|假|升级|维护|施工|改造)期间|临时|短暂|割接|恢复|(?:日|时|点)(?:至|到|-|—|~)[^,。;“]{0,14}(?:日|时|点)(?!起|后)"
)
# 停更超过3个月 is a fault that a report finds.
_FAULT = re.compile(r"已达|已超|已有|超过|超|达|长达|已久|多日|现象|问题|近|\d{1,3}(?:天|个月|周)")
_COLUMN = re.compile(r"[“「《【]?[^,。;”」》】]{1,12}[”」》】]?(?:栏目|专栏|板块|频道|评论|留言|功能)")
# What may stand directly behind 注销 where it is the account that ends, and not something else.
_OBJECT_FREE = re.compile(
    r"[,。;:!?\n\t()、”’」』】》“‘「『《【\"'@#]|\Z|注销|关停|关闭|下线|下架|冻结|停用|程序|手续|流程|工作|处理|申请|并|且|及|和|与|或|的|后|前|时|中|"
    r"期|日期|时间|方式|公告|公示|通知|说明|启事|告示|声明|名单|一览|清单|事宜|事项|情况|安排|计划|域名|备案|了|至|到|于|在|自|从|则|即|将|由|其|该|本|此|我|原|以下|下列|"
    r"上述|所有|全部|一批|部分|多个|两个|[0-9一二三四五六七八九十]{1,4}(?:个|家|款)|政务新媒体|新媒体|账号|帐号|运营|服务|使用|更新|处置|完毕|成功|"
    r"完成|以后|之后|之日|起|为|也|因|请|敬请|各|官方|旗下|维护|相关|有关|感谢|特此|再见"
)
# 关停政务新媒体27个,包括…; 注销4个(…)
_COUNT = re.compile(
    r"[^。;“]{0,24}?[0-9一二两三四五六七八九十]+(?:余)?个[^。;“]{0,12}?(?:包括|分别(?:是|为)|即|含|为|有|:|\()"
)
# 功能与“浙江普法”App重复: it is compared with, not spoken of.
# 同样停更的,还有“甲”“乙”等公众号
_AMONG = re.compile(r"的?,?(?:还有|有|包括|分别是|是):?")
_LIKENED = re.compile(r"(?:的)?(?:功能|内容|定位)?(?:高度)?(?:重复|相同|相近|类似|重叠|一致|雷同)")
_LEADS_ON = re.compile(r"[。;!?]|请|关注|可(?:登录|通过|到|在|以|访问|前往|至)|^(?:之|以)?后")
_IN_LIST = re.compile(
    r"(?:,[^(),、]{1,12}\))?(?:[、,和与及以/\t等()“”]|还有)*(?:[^,、。]{0,20}的|[我本该][^,、。]{0,6}|[\u4e00-\u9fff]{1,12}[县市区旗州镇乡]|原)?"
)
_LONGEST_JOINT = 24
# How far a list of accounts behind a verb is followed.
_LONGEST_LIST = 2000
_PAST = re.compile(r"已|先后")
_ALREADY = re.compile(r"已(?:将|把|对|注销|关停|关闭)|均已")
_NOT_PAST = re.compile(r"已(?:经)?(?:研究|.{0,12}同意|.{0,8}批准|申请|启动|进入|提交|报|决定|正式启动|通过)")
_BEGUN = re.compile(r"(?:申请|启动|提交|办理|进入|履行)(?:账号|关停)?\Z")
_PROCESS = re.compile(r"(?:程序|流程|手续|申请|工作|中|期|阶段|公示期)")
_IDIOMS = frozenset(IDIOMS.split())
_MANY = re.compile(
    r"(?:多|数|几十|上百|不少|一些|许多|各)(?:家|地|个)?(?:单位|部门|城市|地方|政务|账号|机构)|多地|各地"
)
_PLANNED = re.compile(r"拟|计划|将|准备|预计")
# Before a name in quotes that is policy, praise or a series rather than an account.
_POLICY = re.compile(
    r"(?:整治|治理|推进|落实|防治|解决|坚持|贯彻|所谓|推动|破除|杜绝|打造|围绕|实现|荣获|获评|获得|按照|根据|遵循|系列|主题|话题|活动|节目|直播|栏目|专栏|专题|热线|系统|业务|通道|窗口|课程|频道|项目|报纸|杂志|期刊|短剧|电影|票|卡|证|商标|品牌|大厅|市场)\Z"
)
_AFTER_NAME = frozenset("将已自于因从则还同日现正也均在(拟即定仅停不更并迁\t")
_JOINTS = frozenset(("", "、", "和", "与", "及", "以及"))
# So many accounts of a list are followed to its end.
_MOST_LISTED = 60
_AFTER_OBJECT = frozenset("、,的和。()”公账\n")
# Dates that say something else.
_NOT_WHEN = re.compile(
    r"起?(?:满)?[0-9一二三四五六七八九十]{1,3}(?:个)?(?:工作日|自然日|日|天|个月|月)(?:后|内|以后)|第[0-9一二三四五六七八九十]{1,3}(?:期|批|季度)|.{0,3}季度|上半年|下半年|度|以前|讯|电|消息|全年|正式上线|正式开通|开通|上线|成立|创办|开设|注册|创建|以来|至今|印发|出台|召开|会议|实施|施行|"
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
_TOLD = re.compile(
    r"写道|留言|发布(?!了?最后)|颁布|发表|告示|发出|宣布|公告|通告|告别|称|表示|推送|刊发|贴出|声明"
)
_TOLD_THEN = re.compile(r"(?:就|已|正式)?发布(?:了)?(?:停更)?(?:公告|通知|声明)(?:,)?")
_SINCE = re.compile(r"(?:起|前|后|开始|正式|将|不再|不)*")


@dataclass(slots=True, eq=False)
class Change:
    """What a word like 停止更新 does to accounts.

    Attributes:
        at: where the word stands.
        does: what it does.
        subjects: the accounts, as they are spoken of; empty for those spoken of before.
        day: when, `None` where it is not said.
        told: when that was announced, in a report of it.
        past: whether it is done.
        planned: whether it is only planned, or has begun and is not done.
        others: whether it is said of accounts that are not told apart: 已有多家单位关停微博.
    """

    at: Span
    does: Does
    subjects: list[Mention]
    day: Day | None = None
    told: Day | None = None
    past: bool = False
    planned: bool = False
    others: bool = False


class Changes:
    """Reads the verbs of a text."""

    def __init__(self, page: Page, marks: Ordered[Mark], mentions: Ordered[Mention], reports: bool) -> None:
        """Take a page with its accounts and those of its words that stand in no name.

        `reports` says that it tells of notices, and of the days they were made known.
        """
        self.page = page
        self.plain = page.plain
        self.marks = marks
        self.mentions = mentions
        self.reports = reports
        self._of_accounts = any(not m.weak and (m.platform or m.own) for m in mentions)

    def denied(self, mark: Mark, start: int) -> bool:
        """Tell whether a verb is denied: 并未关停."""
        return _DENIED.search(self.plain[max(start, mark.start - _NEAR) : mark.start]) is not None

    def happens(
        self, mark: Mark, does: Does, subjects: Sequence[Mention], free: Sequence[Mention], stretch: Span
    ) -> bool:
        """Tell whether a verb says of an account that it ends; not of a stove, a column, a duty or a pause."""
        start, end = stretch
        if _ASKED.search(self.plain[max(start, mark.start - _NEAR) : mark.start]):
            return False
        if does not in ENDS:
            return True
        if self.plain[mark.start : mark.end] in _IDIOMS and not self._of_known(subjects):
            return False
        clause = self.page.last(",:", start, mark.start)
        if _PAUSE.search(self.plain, clause, min(end, mark.end + 20)) or _FAULT.match(self.plain, mark.end):
            return False
        if does is Does.SHUT and not self._is_of_account(mark, subjects):
            return False
        said = self.plain[clause : mark.start]
        if _DUTY.search(said) and not _BECAUSE.search(said):
            return False
        return not self._of_column(mark, free, start)

    def change(
        self, mark: Mark, does: Does, subjects: Sequence[Mention], before: Sequence[Change], start: int
    ) -> Change:
        """Return what a verb does, with its dates; `before` are the changes of the same sentence so far."""
        told = [m for m in subjects if not m.other and self._believed(m, mark, does)]
        change = Change((mark.start, mark.end), does, told)
        change.others = not any(m.name or m.unit for m in told) and self._of_others(mark, start)
        self._dated(change, before, start)
        self._timed(change, start)
        return change

    # --- to which accounts

    def subjects(
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
        real = [
            m for m in free if not m.other and m.start < mark.start and not _LIKENED.match(self.plain, m.end)
        ]
        if any(not m.weak for m in real):
            real = [m for n, m in enumerate(real) if not m.weak or self._beside(real, n)]
        at = self.mentions.at(mark.end)
        if does in ENDS and at and real and self._is_object(at, real[-1], mark, end):
            return self._chain(at, self.mentions.between(mark.end, min(end, mark.end + _LONGEST_LIST)))
        if real:
            return self._nearest(real)
        if does in ENDS and (at := self.mentions.at(mark.end)) and not at.other:
            return self._chain(at, self.mentions.between(mark.end, min(end, mark.end + _LONGEST_LIST)))
        if last or does not in ENDS:
            return list(last)
        here = self.mentions.between(mark.end, min(end, mark.end + _LONGEST_LIST))
        comma = self.plain.find(",", mark.end, end)
        after = [m for m in here if not m.other and (comma < 0 or m.start < comma)]
        near = bool(after) and behind and after[0].start - mark.end <= _NEAREST
        if near and not _LEADS_ON.search(self.plain, mark.end, after[0].start):
            return self._chain(after[0], here)
        if counted := _COUNT.match(self.plain, mark.end, end) or _AMONG.match(self.plain, mark.end, end):
            first = next(
                (m for m in here if m.start >= counted.end() - 1 and not m.other and not m.own), None
            )
            if first and first.start - counted.end() <= 3:
                return self._chain(first, here)
        return []

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
            if not self._listed(one, mentions[first]) and self.page.text(one.name) != name:
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
        return (
            other.start - start <= _LONGEST_JOINT
            and _IN_LIST.fullmatch(self.plain, start, other.start) is not None
        )

    def _believed(self, mention: Mention, mark: Mark, does: Does) -> bool:
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

    # --- whether it does

    def _is_of_account(self, mark: Mark, subjects: Sequence[Mention]) -> bool:
        """Tell whether it is an account that ends: one is its object, or it has none."""
        if any(m.start >= mark.end for m in subjects) or self.mentions.between(mark.end, mark.end + 11):
            return True
        return _OBJECT_FREE.match(self.plain, mark.end) is not None

    def _of_column(self, mark: Mark, free: Sequence[Mention], start: int) -> bool:
        """Tell whether it is a column of an account that ends: the nearest thing before or behind the verb is one."""
        low = max(
            [
                start,
                mark.start - FARTHEST,
                *(m.end for m in free[-_FEW:] if not m.weak and m.end <= mark.start),
            ]
        )
        if any(m.meaning is Does.COLUMN for m in self.marks.between(low, mark.start)):
            return True
        return _COLUMN.match(self.plain, mark.end, mark.end + 24) is not None

    def _of_known(self, subjects: Sequence[Mention]) -> bool:
        """Tell whether it is said of an account that more than quotes tells."""
        return any(not m.weak or self.plain[m.start] == "@" for m in subjects)

    def _of_others(self, mark: Mark, start: int) -> bool:
        """Tell whether the clause speaks of many bodies' accounts: 据了解,已有多家单位关停微博."""
        return _MANY.search(self.plain, self.page.last(",:", start, mark.start), mark.start) is not None

    def _timed(self, change: Change, start: int) -> None:
        at, end = change.at
        clause = self.page.last(",:", start, at)
        low = max([start, at - _FAR, *(m.end for m in change.subjects[-_FEW:] if m.end <= at)])
        said = self.plain[self.page.last(",;", low, at) : at]
        begun = _PROCESS.match(self.plain, end) or _BEGUN.search(self.plain[max(start, at - 6) : at])
        done = _PAST.search(_NOT_PAST.sub("", said)) or _ALREADY.search(self.plain, clause, at)
        change.past = bool(done and (not begun or "完成" in said)) or self.plain.startswith(
            ("完毕", "完成"), end
        )
        change.planned = (begun is not None and not change.past) or _PLANNED.search(
            self.plain, max(start, at - _FAR), at
        ) is not None

    # --- when

    def _dated(self, change: Change, before: Sequence[Change], start: int) -> None:
        """Find when: the last date before the verb that is no date of telling; of those, the last is when it was told."""
        at, end = change.at
        if not change.subjects and COLUMN in self.plain[start:at]:
            return
        if self.plain.endswith(_LONG_AGO, max(start, at - _BESIDE), at):
            return
        once = _ONCE.match(self.plain, end) is not None
        low = before[-1].at[1] if before else start
        first = not any(c.day for c in before[-_FEW:])
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
        found = _WHEN.match(self.plain, end)
        days = self.page.days.between(found.end(), found.end() + 3) if found else []
        return days[0] if days else None

    def _dated_for_all(self, change: Change, before: Sequence[Change]) -> Day | None:
        """Return the date that stands before the first account of a sentence, for the accounts after it too."""
        first = before[0] if before else None
        if first is None or first.day is None or not first.subjects or first.subjects == change.subjects:
            return None
        return first.day if first.day.end <= min(m.start for m in first.subjects) else None
