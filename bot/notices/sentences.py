"""Floor 5. The sentences of a text: which accounts each changes, and which words of it lead the reader on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.notices import units
from bot.notices.changes import CHANGES, LEADS, Change, Changes
from bot.notices.mentions import Mention
from bot.notices.page import Ordered, Page
from bot.notices.sheet import Span
from bot.notices.words import Does, Mark


@dataclass(slots=True, eq=False)
class Zone:
    """A stretch that tells the reader where to go.

    Attributes:
        start: where the words that lead on start; what it is about stands before.
        begin: where the destinations may start.
        end: where it ends.
        lead: the words' meaning.
        owners: the mentions of the accounts it speaks for; empty for those spoken of before.
        since: where the words about its subject may start.
        mentions: the accounts in it.
    """

    start: int
    begin: int
    end: int
    lead: Does
    owners: list[Mention] = field(default_factory=list)
    since: int = 0
    mentions: list[Mention] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Sentence:
    """A sentence, or a part of one that ends with a semicolon, and what it does, in order.

    Attributes:
        start: where it starts.
        end: where it ends, without the mark that ends it.
        opens: whether a paragraph starts with it.
        heading: whether it is a heading.
        number: its number with the mark behind it, in a list: `(一)`.
        changes: what becomes of accounts.
        zones: where it leads.
        mentions: all accounts it speaks of.
        alive: those it says go on.
        alive_own: whether it says so of those spoken of before.
        hearsay: whether it tells of a rumour.
        asked: whether it is a question.
    """

    start: int
    end: int
    opens: bool = False
    heading: bool = False
    number: str = ""
    changes: list[Change] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    alive: list[Mention] = field(default_factory=list)
    alive_own: bool = False
    hearsay: bool = False
    asked: bool = False


_ENDS = re.compile(r"[。!?\n;]")
_ITEM = re.compile(r"[①-⑳]|[(]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})(?:[)、]|\.(?![0-9]))")
_HEADING = re.compile(
    r"(?:公告|公示|告示|启事|告知书?|通知|通告|声明|说明|提示|一封信|告别信?|辟谣|答复|通报|名单)[!。]?\Z|停更|注销|关停|更名|迁移|整合"
)
_LONGEST_HEADING = 60
# Before and behind a word like 正常更新 that turn it into another.
_NOT_ALIVE = ("无法", "不能", "不再", "停止", "不")
_NOT_KEPT = ("历史", "内容", "数据", "原")
# What may stand before such words where they speak of the account spoken of before.
_OF_OWN = re.compile(
    r"(?:目前|现在|现|当前|截至目前|仍然?|继续|一切|将|均|都|依然|始终|其他|其|该|本|此|我们的?|我局|我们?|上述|官方|[^,:]{0,8}?(?:账号|帐号|公众号|平台|微博|网站|视频号|抖音号|app|小程序|号)|业务|运行|也)*"
)
# What makes a weak word like 通过 lead the reader on; in an article only the stronger of them do.
_ASKS = re.compile(
    r"请|可|欢迎|敬|今后|后续|届时|以后|将|继续|建议|您|大家|用户|统一|转|改|需|望|之后|另|此后|均|由|都|我们|一律|移步|各位|友"
)
_PROMISES = re.compile(r"请|可|欢迎|今后|后续|届时|以后|将|建议|移步")
_LOOKS_BACK = re.compile(
    r"感谢|致谢|谢谢|长期|一直以来|此前|曾|原先|过去|以前|开通以来|多年来|年来|已有|累计|不再|无法|不能|停止|勿|不要|谨防|冒用"
)
_BEFORE_PLACE = re.compile(
    r"(?:仍然|仍|统一|将|均|改|转|一律|全部|陆续|同步|集中)?(?:在|于|由|通过|从|经由|经|改由|转由|依托|到|至)"
    r"(?:其|我们的|本局|我局|我|县|市|区|新的|官方|原|了)?\Z"
)
_READERS = re.compile(
    r"的(?:各位|广大|所有|新老|老|每一位|每位)?(?:网友|粉丝|朋友|用户|读者|市民|家长|听众|观众|友|您)"
)
_USE = re.compile(r"(?:^|[,。;:])[^,。;:“]{2,12}(?:[看上找去]|(?<![使停应利采启通])用)\Z")
_MEET = re.compile(r"(?:里|上)?(?:见|再会|相见|等你|等您|继续陪)[,。!~;\n]")
_PUBLISH = re.compile(
    r"(?:[“「『《][^”」』》\n]{2,12}[”」』》](?:专栏|栏目|频道|专区|专题|板块|版块))?[^,。;!?\n“「『《]{0,12}?(?:发布|公布|推送|更新|公开|发出|提供|承接|承担|负责|办理|查询|获取|了解|接收|开展|受理|刊发|展示|释出|宣布|推出|接续|代替|"
    r"与您|与大家|等你|等您|等着|相见|再会|不见不散|陪伴|见面|查看|查阅|浏览|咨询|刊登|分享|呈现|接管|运营|延续|继续)"
)
_RUN_BY = re.compile(r"[^,。;\n]{0,6}?(?:主办|运营|主管|开设|管理|维护|开通|注册|创办)")
_TOGETHER = re.compile(r"合并(?:运行|运营|管理|使用|办理)|合二为一|融为一体|并号")
_ARROWS = frozenset("→➡⇒—")
_WITH = ("与", "和", "同", "跟")
_MOVED_TO = re.compile(r"[至到往入为]")
_LOOSE = frozenset({"改为", "改成", "变更为", "更改为", "更名", "改名", "升级为", "统一为"})
# 账号主体由甲公司变更为乙公司: who runs it changes, not its name.
_BODY = re.compile(r"主体|法人|运营者|运营方|主办单位|主管单位|域名|地址|电话")
_APART = re.compile(r"发布|查询|获取|了解|并\Z|[“「『《@]")
_LONGEST_APART = 24
# How much of the text before an account may lead to it.
_NEAR = 16
# So many accounts may a stretch speak for.
_FEW = 12


def read(page: Page, mentions: Sequence[Mention], skip: Sequence[Span], reports: bool) -> list[Sentence]:
    """Return the sentences of a text and what they do. Costs time linear in the text's length.

    Args:
        page: the text.
        mentions: the accounts it speaks of.
        skip: the lines of its tables, in order.
        reports: whether it tells of notices, as an article does.
    """
    return list(_Reader(page, Ordered(mentions), reports).sentences(skip))


class _Reader:
    def __init__(self, page: Page, mentions: Ordered[Mention], reports: bool) -> None:
        self.page = page
        self.plain = page.plain
        self.reports = reports
        self.mentions = mentions
        self.marks = Ordered(m for m in page.marks if not page.names.over(m.start))
        self.changes = Changes(page, self.marks, mentions, reports)
        self.changed = False  # whether anything has ended yet

    def sentences(self, skip: Sequence[Span]) -> Iterator[Sentence]:
        """Yield the sentences outside the lines to skip."""
        start, opens = 0, True
        lines = list(skip)[::-1]
        for match in [*_ENDS.finditer(self.plain), None]:
            at = match.start() if match else len(self.plain)
            if self.page.names.over(at):
                continue
            while lines and lines[-1][1] <= start:
                lines.pop()
            if at > start and not (lines and lines[-1][0] <= start):
                yield self._sentence(start, at, opens)
            opens = match is not None and match[0] == "\n"
            start = at + 1

    def _sentence(self, start: int, end: int, opens: bool) -> Sentence:
        s = Sentence(start, end, opens, mentions=self.mentions.between(start, end))
        if opens and self.plain.startswith("\n", end) and end - start <= _LONGEST_HEADING:
            text = self.plain[start:end]
            s.heading = "," not in text and _HEADING.search(text) is not None
        s.asked = self.plain.startswith("?", end)
        if item := _ITEM.match(self.plain, start, end):
            s.number = item[0]
        marks = self.marks.between(start, end)
        if marks or s.mentions:
            s.hearsay = any(m.meaning is Does.HEARSAY for m in marks)
            _Events(self, s, marks).read()
        return s


class _Events:
    """One sentence, read from left to right: each account is led to, or changed by the next word that changes."""

    def __init__(self, reader: _Reader, sentence: Sentence, marks: list[Mark]) -> None:
        self.reader = reader
        self.plain = reader.plain
        self.s = sentence
        self.marks = marks
        self.free: list[Mention] = []  # accounts that no word has claimed yet
        self.last: list[Mention] = []  # those of the last word that changed some
        self.zone: Zone | None = None
        self.since = sentence.start

    def read(self) -> None:
        """Fill in what the sentence does."""
        mentions, waiting = self.s.mentions, 0
        for mark in self.marks:
            while waiting < len(mentions) and mentions[waiting].start < mark.start:
                self._mention(mentions[waiting])
                waiting += 1
            self._mark(mark)
        for mention in mentions[waiting:]:
            self._mention(mention)

    def _mark(self, mark: Mark) -> None:
        means = mark.meaning
        if not isinstance(means, Does):
            return
        if means in CHANGES:
            self._verb(mark, means)
        elif means is Does.ALIVE:
            if self._lives(mark):
                self._goes_on(mark.start)
        elif means is Does.GO or (means is Does.WEAK and self._asks(mark)):
            self._go(mark)

    def _lives(self, mark: Mark) -> bool:
        kept = self.plain.endswith("保留", mark.start, mark.end)
        lost = kept and self.plain.startswith(_NOT_KEPT, mark.end)
        return not lost and not self.plain.endswith(_NOT_ALIVE, self.s.start, mark.start)

    def _goes_on(self, at: int) -> None:
        self.s.alive += self.free or ([] if self.last else self.s.mentions[:1])
        clause = self.reader.page.last(",:", self.s.start, at)
        own = not (self.free or self.last) and _OF_OWN.fullmatch(self.plain, clause, at) is not None
        self.s.alive_own = self.s.alive_own or own
        self.free = []

    def _mention(self, mention: Mention) -> None:
        if self.zone and self._entered(self.zone, mention):
            self.zone = None
        zone = self.zone
        fresh = zone is None or (zone.lead is not Does.GO and bool(zone.mentions)) or self._used(mention)
        led = self._led_in(mention) if fresh else None
        if zone and zone.lead is not Does.GO and zone.mentions and self._beyond(zone, mention):
            self.zone = zone = None
        if zone and not led and not self._governed(mention):
            zone.mentions.append(mention)
            zone.end = max(zone.end, mention.end)
            return
        led = led or self._led_in(mention)
        if led:
            after = zone.mentions[-1].end if zone and zone.mentions else self.since
            self._open(
                Zone(
                    led[0],
                    mention.start,
                    self.s.end,
                    Does.GO,
                    self.free[-_FEW:],
                    max(self.since, after),
                    [mention],
                )
            )
            return
        if zone:
            zone.end = min(zone.end, mention.start)
            self.zone = None
        if not any(mention is m for m in self.last[-_FEW:]):  # else it is the object of the verb before
            self.free.append(mention)

    def _beyond(self, zone: Zone, mention: Mention) -> bool:
        """Tell whether a mention stands in a clause of its own behind what 更名为 and the like lead to."""
        between = self.plain[min(zone.mentions[-1].end, mention.start) : mention.start]
        return "," in between and len(between) > 1

    def _entered(self, zone: Zone, mention: Mention) -> bool:
        """Tell whether what moved has come to its organisation before a mention: 职责划入县农业农村局,其主办的“甲”."""
        if zone.lead not in (Does.MERGE, Does.MOVE) or zone.mentions:
            return False
        comma = self.plain.find(",", zone.begin, mention.start)
        if comma < 0 or not units.is_unit(self.plain[zone.begin : comma]):
            return False
        zone.end = comma
        return True

    def _open(self, zone: Zone) -> None:
        self.zone = zone
        self.s.zones.append(zone)

    def _verb(self, mark: Mark, does: Does) -> None:
        s, changes = self.s, self.reader.changes
        if not self._leads_to_something(mark, does):
            return
        if does is Does.MERGE and (target := self._merged_with(mark)):
            zone = self._changed(mark, changes.change(mark, does, self.free, s.changes, s.start))
            zone.begin, zone.end, zone.mentions = target.start, mark.start, [target]
            s.zones.append(zone)
            return
        behind = self.zone is None or bool(self.zone.mentions)
        subjects = changes.subjects(mark, does, self.free, self.last, behind, s.end)
        if changes.denied(mark, s.start):
            self._denied(subjects)
        elif changes.happens(mark, does, subjects, self.free, (s.start, s.end)):
            if self.zone and "," in self.plain[self.zone.begin : mark.start]:
                self.zone.end = min(self.zone.end, mark.start)
            zone = self._changed(mark, changes.change(mark, does, subjects, s.changes, s.start))
            if does in LEADS:
                self._open(zone)
            else:
                self.zone = None

    def _leads_to_something(self, mark: Mark, does: Does) -> bool:
        """Tell whether what a word like 改为 or 迁移 needs behind it stands there; other words need nothing."""
        word = self.plain[mark.start : mark.end]
        if word in _LOOSE and not self.reader.mentions.at(mark.end):
            return False  # 改为 is a new name only where the name follows
        if does is Does.RENAME:
            clause = self.reader.page.last(",:", self.s.start, mark.start)
            return _BODY.search(self.plain, clause, mark.start) is None
        to = word.endswith(("至", "到", "往", "入"))
        return does is not Does.MOVE or to or _MOVED_TO.match(self.plain, mark.end) is not None

    def _denied(self, subjects: list[Mention]) -> None:
        """Keep what a denied verb says of accounts: they go on; but 已发布停更公告,尚未注销 ends all the same."""
        s = self.s
        if any(m in c.subjects for c in s.changes for m in subjects):
            return
        s.alive += subjects
        others = any(m.other for m in self.free)
        s.alive_own = s.alive_own or (not others and all(m.own for m in subjects))

    def _changed(self, mark: Mark, change: Change) -> Zone:
        """Take in a change, and return the zone behind its verb."""
        s = self.s
        since = s.changes[-1].at[1] if s.changes else s.start
        s.changes.append(change)
        self.reader.changed = True
        self.last = change.subjects or self.last
        self.free = []
        self.since = mark.end
        return Zone(mark.start, mark.end, s.end, change.does, self.last[-_FEW:], since)

    def _merged_with(self, mark: Mark) -> Mention | None:
        """Take the account that those before it merge with: “甲”公众号与“乙”公众号合并运行."""
        if (
            len(self.free) < 2
            or mark.start - self.free[-1].end > 2
            or not _TOGETHER.fullmatch(self.plain, mark.start, mark.end)
        ):
            return None
        joint = self.plain[self.free[-2].end : self.free[-1].start]
        return self.free.pop() if joint.endswith(_WITH) and len(joint) <= _NEAR else None

    def _go(self, mark: Mark) -> None:
        zone = self.zone
        if zone and self.plain[mark.start] in _ARROWS:
            return  # the way through an app
        if zone and zone.lead is Does.GO and not zone.mentions and mark.start - zone.begin < 3:
            zone.begin = mark.end  # 请扫码下载: one word after the other
            return
        if zone:
            zone.end = min(zone.end, mark.start)
            if zone.mentions:
                self.since = max(self.since, zone.mentions[-1].end)
        self._open(Zone(mark.start, mark.end, self.s.end, Does.GO, self.free[-_FEW:], self.since))

    def _governed(self, mention: Mention) -> bool:
        """Tell whether a word of change follows a mention directly: it is the subject, whatever leads on before it."""
        end = self.reader.changes.along(mention.end)
        near = self.reader.marks.between(end, min(self.s.end, end + _LONGEST_APART + 1))
        mark = next((m for m in near if m.meaning is not Does.COLUMN), None)
        if mark is None or mark.meaning not in CHANGES:
            return False
        between = self.plain[end : mark.start]
        return "," not in between and not _APART.search(between)

    def _used(self, mention: Mention) -> bool:
        """Tell whether one verb of a single character leads to an account: 新闻资讯看“甘州融媒”视频号."""
        before = self.plain[max(self.s.start, mention.start - _NEAR) : mention.start]
        return (
            self.reader.changed
            and not mention.weak
            and bool(mention.name)
            and _USE.search(before) is not None
        )

    def _led_in(self, mention: Mention) -> Span | None:
        """Return where 在 stands in 后续…将在X发布, when a mention stands in such words."""
        s = self.s
        if self._used(mention):
            return mention.start - 1, mention.start
        before = self.plain[max(s.start, mention.start - _NEAR) : mention.start]
        if self.reader.changed and (mention.name or mention.unit) and _MEET.match(self.plain, mention.end):
            return mention.start, mention.start
        found = _BEFORE_PLACE.search(before)
        if not found or (mention.own and not mention.platform):
            return None
        published = _PUBLISH.match(self.plain, mention.end, min(s.end, mention.end + 24))
        if (
            not published
            or self.plain.startswith("的", published.end())
            or ("由" in found[0] and _RUN_BY.match(self.plain, mention.end, s.end))
        ):
            return None
        start = mention.start - len(before) + found.start()
        clause = self.reader.page.last(",", s.start, start)
        if _LOOKS_BACK.search(self.plain, clause, start) and not _ASKS.search(self.plain, clause, start):
            return None
        if self.reader.reports and not _PROMISES.search(self.plain, s.start, start):
            return None
        return start, mention.start

    def _addresses(self, mark: Mark) -> bool:
        """Tell whether it is who reads an account that is spoken to: 各位关注“甲”公众号的网友."""
        near = self.reader.mentions.between(mark.end, mark.end + 3)
        return bool(near) and _READERS.match(self.plain, self.reader.changes.along(near[0].end)) is not None

    def _asks(self, mark: Mark) -> bool:
        """Tell whether a word like 通过 leads on: a request, a promise or a going on stands before it."""
        if self._addresses(mark):
            return False
        if self.zone is not None and self.zone.lead is Does.GO:
            return True
        low = max(self.s.start, mark.start - 40)
        clause = self.reader.page.last(",:", low, mark.start)
        if _LOOKS_BACK.search(self.plain, clause, mark.start):
            return False
        asks = _PROMISES if self.reader.reports else _ASKS
        if self.reader.reports or asks.search(self.plain, low, mark.start):
            return asks.search(self.plain, low, mark.start) is not None
        near = [m for m in self.reader.mentions.between(mark.end, mark.end + 3) if not m.weak or m.name]
        return bool(near) and (self.reader.changed or clause == mark.start)
