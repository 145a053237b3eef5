"""Floor 5. What each sentence does, read from left to right: which accounts it changes, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.notices import hearsay, mood, reach, sentences, staying
from bot.notices.asking import Asking
from bot.notices.change import Change
from bot.notices.changes import Changes
from bot.notices.mention import Mention
from bot.notices.page import Ordered, Page
from bot.notices.sentences import Sentence, Zone
from bot.notices.sheet import Span
from bot.notices.words import CHANGES, ENDS, IDIOM_WORDS, LEADS, Does, Mark

_TOGETHER = re.compile(r"合并(?:运行|运营|管理|使用|办理)|合二为一|融为一体|并号")
_ARROWS = frozenset("→➡⇒—")
_WITH = ("与", "和", "同", "跟")
_MOVED_TO = re.compile(r"[至到往入为]")
_LOOSE = frozenset({"改为", "调整为", "改成", "变更为", "更改为", "更名", "改名", "升级为", "统一为"})
# 账号主体由甲公司变更为乙公司: who runs it changes, not its name.
_BODY = re.compile(r"主体|法人|运营者|运营方|主办单位|主管单位|域名|地址|电话")
# How long the words between two accounts that merge may be.
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
    known = Ordered(mentions)
    marks = Ordered(page.names.outside(page.marks))
    asking = Asking(page, known, Changes(page, marks, known, reports), reports)
    return list(_all(page, known, marks, asking, skip))


def _all(
    page: Page, known: Ordered[Mention], marks: Ordered[Mark], asking: Asking, skip: Sequence[Span]
) -> Iterator[Sentence]:
    rumours = hearsay.words(marks)
    for s in sentences.cut(page, known, skip):
        here = marks.between(s.start, s.end)
        s.blank = not (here or s.mentions)
        if not s.blank:
            told = rumours.between(s.start, s.end)
            s.hearsay = bool(told) and hearsay.is_told(page, s, told)
            _Events(page, marks, asking, s, here).read()
        yield s


class _Events:
    """One sentence, read from left to right: each account is led to, or changed by the next word that changes."""

    def __init__(
        self, page: Page, marks: Ordered[Mark], asking: Asking, s: Sentence, here: list[Mark]
    ) -> None:
        self.page = page
        self.plain = page.plain
        self.all_marks = marks
        self.asking = asking
        self.changes = asking.changes
        self.mentions = asking.mentions
        self.s = s
        self.marks = here
        self.done: list[Change] = []
        self.zones: list[Zone] = []
        self.alive: list[Mention] = []
        self.restored: list[Mention] = []
        self.paused: list[Mention] = []
        self.free: list[Mention] = []  # accounts that no word has claimed yet
        self.last: list[Mention] = []  # those of the last word that changed some
        self.zone: Zone | None = None
        self.since = s.start
        self.kept = frozenset(staying.kept(page, s)) if s.mentions else frozenset()

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
        self.s.changes, self.s.zones = self.done or (), self.zones or ()
        self.s.alive, self.s.restored, self.s.paused = (
            self.alive or (),
            self.restored or (),
            self.paused or (),
        )

    def _mark(self, mark: Mark) -> None:
        means = mark.meaning
        if not isinstance(means, Does):
            return
        if means in CHANGES:
            self._verb(mark, means)
        elif means is Does.ALIVE:
            if staying.lives(self.page, self.s, mark):
                self._goes_on(mark)
        elif means is Does.GO or (
            means is Does.WEAK
            and self.asking.asks(mark, self.s, self.zone is not None and self.zone.lead is Does.GO)
        ):
            self._go(mark)

    def _goes_on(self, mark: Mark) -> None:
        if self.plain.startswith(staying.RESTORED, mark.start) and (self.free or self.last):
            self._restored()
            return
        told = bool(self.alive)
        self.alive += self.free or ([] if self.last else self.s.mentions[:1])
        if self.plain.startswith(":", mark.end):  # 以下账号继续运营:…
            self.alive += [m for m in self.s.mentions if m.start > mark.end]
        own = not (self.free or self.last or told) and staying.is_of_own(self.page, self.s, mark)
        self.s.alive_own = self.s.alive_own or own
        self.free = []

    def _restored(self) -> None:
        """Forget what befell an account that was then restored: 曾于2020年停更,2021年恢复更新."""
        self.restored += self.free or self.last
        if not self.free:
            self.done.pop()
        self.free, self.last = [], []

    def _mention(self, mention: Mention) -> None:
        if self.zone and (end := reach.unit_end(self.page, self.zone, mention)):
            self.zone.end = end
            self.zone = None
        zone = self.zone
        used = self.asking.used(mention, self.s)
        here = self.asking.led_in(mention, self.s, used)
        if id(mention) in self.kept and mention.name and not (zone or here):
            self.alive.append(mention)
            return
        fresh = zone is None or (zone.lead is not Does.GO and bool(zone.mentions)) or used
        led = here if fresh else None
        if zone and reach.is_passed(self.page, zone, mention):
            if zone.lead is Does.GO:
                zone.end = min(zone.end, zone.mentions[-1].end)
            self.zone = zone = None
        if zone and not led and not self._is_subject(mention):
            zone.mentions.append(mention)
            zone.end = max(zone.end, mention.end)
            return
        led = here
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
        if mention not in self.last[-_FEW:]:  # else it is the object of the verb before
            self.free.append(mention)

    def _is_subject(self, mention: Mention) -> bool:
        end = self.changes.about.along(mention.end)
        return reach.is_subject(self.page, self.all_marks, end, self.s.end)

    def _open(self, zone: Zone) -> None:
        self.zone = zone
        self.zones.append(zone)

    def _verb(self, mark: Mark, does: Does) -> None:
        s, changes = self.s, self.changes
        if not self._leads_to_something(mark, does):
            return
        if does is Does.MERGE and (target := self._merged_with(mark)):
            zone = self._changed(mark, changes.change(mark, does, self.free, self.done, s.start))
            zone.begin, zone.end, zone.mentions = target.start, mark.start, [target]
            self.zones.append(zone)
            return
        if does is Does.RENAME:
            self._named_from(mark)
        behind = self.zone is None or bool(self.zone.mentions)
        subjects = changes.about.of(mark, does, self.free, self.last, behind, s.end)
        if mood.denied(self.page, mark, s.start):
            self._denied(mark, subjects)
        elif changes.happens(mark, does, subjects, self.free, (s.start, s.end)):
            if self.zone and "," in self.plain[self.zone.begin : mark.start]:
                self.zone.end = min(self.zone.end, mark.start)
            zone = self._changed(mark, changes.change(mark, does, subjects, self.done, s.start))
            if does in LEADS:
                self._open(zone)
            else:
                self.zone = None
        elif does in ENDS:
            self._paused(mark, subjects)
        elif self.free and self.mentions.first(mark.end, min(s.end, mark.end + _NEAR)):
            # “甲”公众号的缴费功能迁移至“乙”小程序: of neither account is more said here
            self._open(Zone(mark.start, mark.end, s.end, Does.GO, self.free[-_FEW:], self.free[-1].end))
            self.free = []

    def _named_from(self, mark: Mark) -> None:
        """Let the name in 团市委微信公众号由“甲”改名“乙” be that of the account before it."""
        if len(self.free) < 2 or self.free[-1].end != mark.start or not self.free[-1].weak:
            return
        account, name = self.free[-2:]
        if (
            account.name
            or not account.platform
            or self.plain[account.end : name.start] not in ("由", "从", "名称由")
        ):
            return
        name.platform, name.said, name.weak, name.unit = account.platform, account.said, False, account.unit
        del self.free[-2]

    def _leads_to_something(self, mark: Mark, does: Does) -> bool:
        """Tell whether what a word like 改为 or 迁移 needs behind it stands there; other words need nothing."""
        if does in ENDS:
            return True
        word = self.plain[mark.start : mark.end]
        if word in _LOOSE and not self.mentions.at(mark.end):
            return False  # 改为 is a new name only where the name follows
        if does is Does.RENAME:
            clause = self.page.last(",:", self.s.start, mark.start)
            return _BODY.search(self.plain, clause, mark.start) is None
        to = word.endswith(("至", "到", "往", "入"))
        return does is not Does.MOVE or to or _MOVED_TO.match(self.plain, mark.end) is not None

    def _paused(self, mark: Mark, subjects: Sequence[Mention]) -> None:
        """Keep the accounts that end only for a while, which a heading may have called closed."""
        if not self.s.heading and mood.pauses(self.page, mark, (self.s.start, self.s.end)):
            self.paused += [m for m in subjects if m.name and not m.weak]

    def _denied(self, mark: Mark, subjects: list[Mention]) -> None:
        """Keep what a denied verb says of accounts: they go on; but 已发布停更公告,尚未注销 ends all the same."""
        s = self.s
        if self.plain[mark.start : mark.end] in IDIOM_WORDS and not subjects:
            return  # 停更不是告别 says nothing of an account
        if any(m in c.subjects for c in self.done for m in subjects):
            return
        self.alive += subjects
        others = any(m.other for m in self.free)
        s.alive_own = s.alive_own or (not others and all(m.own for m in subjects))

    def _changed(self, mark: Mark, change: Change) -> Zone:
        """Take in a change, and return the zone behind its verb."""
        s = self.s
        since = self.done[-1].at[1] if self.done else s.start
        self.done.append(change)
        self.asking.changed = True
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
