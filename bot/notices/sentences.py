"""Floor 5. The sentences of a text: where each starts and ends, and what there is to say of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bot.notices.change import Change
from bot.notices.mention import Mention
from bot.notices.page import Ordered, Page
from bot.notices.sheet import Span
from bot.notices.words import Does


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

    Most do nothing, and share what is empty.

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
        restored: those it says were taken up again.
        paused: those it says end only for a while.
        alive_own: whether it says so of those spoken of before.
        hearsay: whether it tells of a rumour.
        asked: whether it is a question.
        blank: whether it names no account and has no word of ours.
    """

    start: int
    end: int
    opens: bool = False
    heading: bool = False
    number: str = ""
    changes: Sequence[Change] = ()
    zones: Sequence[Zone] = ()
    mentions: Sequence[Mention] = ()
    alive: Sequence[Mention] = ()
    restored: Sequence[Mention] = ()
    paused: Sequence[Mention] = ()
    alive_own: bool = False
    hearsay: bool = False
    asked: bool = False
    blank: bool = False


_ENDS = re.compile(r"[。!?\n;]")
_ITEM = re.compile(r"[①-⑳]|[(]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})(?:[)、]|\.(?![0-9]))")
_OPENS_ITEM = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳(一二三四五六七八九十0123456789")
_HEADING = re.compile(
    r"(?:公告|公示|告示|启事|告知书?|通知|通告|声明|说明|提示|一封信|告别信?|辟谣|答复|通报|名单)[!。]?\Z|停更|注销|关停|更名|迁移|整合"
)
_LONGEST_HEADING = 60


def cut(page: Page, mentions: Ordered[Mention], skip: Sequence[Span]) -> Iterator[Sentence]:
    """Yield the sentences of a text outside the lines to skip, with their accounts. What they do is not read yet."""
    start, opens = 0, True
    lines = list(skip)[::-1]
    for match in chain(_ENDS.finditer(page.plain), [None]):
        at = match.start() if match else len(page.plain)  # no name has such a mark in it
        while lines and lines[-1][1] <= start:
            lines.pop()
        if at > start and not (lines and lines[-1][0] <= start):
            yield _sentence(page, mentions, start, at, opens)
        opens = match is not None and match[0] == "\n"
        start = at + 1


def _sentence(page: Page, mentions: Ordered[Mention], start: int, end: int, opens: bool) -> Sentence:
    s = Sentence(start, end, opens, mentions=mentions.between(start, end) or ())
    if opens and page.plain.startswith("\n", end) and end - start <= _LONGEST_HEADING:
        text = page.plain[start:end]
        s.heading = "," not in text and _HEADING.search(text) is not None
    s.asked = page.plain.startswith("?", end)
    if page.plain[start] in _OPENS_ITEM and (item := _ITEM.match(page.plain, start, end)):
        s.number = item[0]
    return s
