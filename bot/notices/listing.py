"""Floor 5. Lists of accounts under words like 决定关停以下账号: in the sentence itself, or in the lines behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices import units
from bot.notices.change import Change
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.notices.words import ENDS

_BELOW = ("以下", "下列", "如下")
_OPENS_QUOTE = frozenset("“「『《【‘\"'@")
# Before the first account of an item no more than this may stand, but for its number and its organisation.
_LONGEST_LEAD_IN = 3
# A heading over a list of accounts that end: 一、停更账号, 2023年度关停情况.
_HEADING = re.compile(
    r"^.{0,40}(?:停更|关停|注销|停用|停运|关闭|停止更新|停止运营|下线)(?:注销|关停)?(?:的)?(?:政务)?"
    r"(?:新媒体|公众号|账号|平台|网站|应用|对象|范围|名单|清单|情况|一览)"
    r"(?:账号|平台|名单|范围|清单|情况|公示|\([^()]{0,12}\))*:?$"
)
# A heading over a list of those that go on, begin or are only found fault with.
KEPT = re.compile(
    r"(?:继续|保留|正常|仍在?|新增|新开|新建|新设|新|整改|不合格)(?:运营|运行|使用|更新|开办|开设|发布)?(?:的)?(?:政务)?(?:新媒体|公众号|账号|平台|网站|名单|清单)[^,。;“]{0,8}:?\Z"
)


class Listing:
    """Tells which accounts a sentence lists, and what befalls them. It remembers the list that is open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.plain = page.plain
        self.change: Change | None = None  # what befalls the items of the open list
        self.begins = False  # whether the sentence begins a list
        self.going = False  # whether the sentence before was one of its items
        self._objects: Change | None = None  # the last verb whose accounts stood behind it

    def take(self, s: Sentence, touched: bool) -> tuple[Change | None, list[Mention]]:
        """Return what befalls the accounts that a sentence lists, and these.

        Args:
            s: the sentence.
            touched: whether it says itself what becomes of some account.
        """
        self.begins = False
        change, listed = self._items(s, touched)
        self.going = bool(listed)
        if not touched and not listed and self._goes_on(s):
            change, listed = self._objects, s.mentions
        self._objects = self._object_of(s) or (self._objects if touched or listed else None)
        if not listed:
            return change, []
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        return change, [m for m in listed if m.name and not m.weak and not m.other and id(m) not in in_zones]

    def pass_over(self, s: Sentence) -> None:
        """Take a sentence that names no account and has no word of ours: a paragraph without a number ends the list."""
        self.begins = self.going = False
        self._objects = None
        if s.opens and self.change and (not s.number or KEPT.search(self.plain, s.start, s.end)):
            self.change = None

    def _opens(self, s: Sentence, touched: bool) -> bool:
        """Tell whether a sentence opens a list."""
        return self._announced(s) is not None or (
            bool(s.changes) and not touched and self.plain[s.end - 1] == ":"
        )

    def _heads(self, s: Sentence, touched: bool) -> bool:
        """Tell whether a sentence is the heading over a list."""
        return (
            s.opens
            and not touched
            and not s.zones
            and any(m.meaning in ENDS for m in self.page.marks.between(s.start, s.end))
            and _HEADING.search(self.plain[s.start : s.end]) is not None
        )

    def _items(self, s: Sentence, touched: bool) -> tuple[Change | None, Sequence[Mention]]:
        if self._heads(s, touched):
            self.begins = True
            self.change = s.changes[-1] if s.changes else self.change
            return None, ()
        if self._opens(s, touched):
            self.begins = True
            change = self.change = self._announced(s) or s.changes[-1]
            return change, [m for m in s.mentions if m.start >= change.at[1]]
        if s.opens and not s.changes and KEPT.search(self.plain, s.start, s.end):
            self.change = None  # 三、继续运营的账号
        if self.change is None or touched:
            return None, ()
        if self.going and self.plain[s.start - 1] == ";" and s.mentions and not s.zones:
            return self.change, s.mentions if s.mentions[0].start - s.start <= _LONGEST_LEAD_IN else ()
        if not s.opens and not s.number:
            return None, ()
        listed = self._item(s)
        if not listed and (s.mentions or not s.number):
            self.change = None
        return self.change, listed

    def _announced(self, s: Sentence) -> Change | None:
        """Return what is said to befall 以下账号."""
        for change in s.changes:
            for mention in change.subjects:
                if self.plain.startswith(_BELOW, mention.start):
                    return change
        return None

    def _item(self, s: Sentence) -> Sequence[Mention]:
        """Return the accounts of a line, when it reads like an item of a list of accounts."""
        if not s.mentions:
            return ()
        head = self.plain[s.start + len(s.number) : s.mentions[0].start]
        of_unit = units.is_unit(head.rstrip("(:的"))
        if (
            s.opens
            and not head
            and s.mentions[-1].end - s.mentions[0].start >= s.end - s.start - _LONGEST_LEAD_IN
        ):
            return s.mentions  # the line is the account and nothing else
        if len(head) > _LONGEST_LEAD_IN and not head.endswith("的") and not of_unit:
            return ()
        return s.mentions if s.number or of_unit or self.plain[s.start] in _OPENS_QUOTE else ()

    def _goes_on(self, s: Sentence) -> bool:
        """Tell whether the verb before a semicolon has the accounts behind it too: …;抖音号1个:丁."""
        goes_on = (
            self._objects is not None and self.plain[s.start - 1] == ";" and not s.zones and not s.changes
        )
        return goes_on and bool(s.mentions) and s.mentions[0].start - s.start <= _LONGEST_LEAD_IN

    def _object_of(self, s: Sentence) -> Change | None:
        """Return the verb of a sentence whose accounts all stand behind it: 注销微信公众号3个:甲、乙、丙."""
        for change in s.changes[-1:]:
            if change.subjects and all(m.start >= change.at[0] for m in change.subjects):
                return change
        return None
