"""Floor 5. Whether a sentence tells of a rumour; not where it warns, or says what an account did."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.notices.page import Ordered, Page
from bot.notices.sentences import Sentence
from bot.notices.words import Does, Mark

# Behind these a word like 假冒 warns of what may come.
_WARNS = ("谨防", "警惕", "防止", "以防", "避免", "小心", "当心", "严防", "注意", "提防", "打击", "杜绝")
# “甲”因编造传播谣言,已被永久关闭: what it did.
_SPREAD = re.compile(r"(?:因|由于)[^,。;]{0,8}(?:编造|传播|散布|发布|转发|炮制|制造)[^,。;]{0,6}\Z")
# 凡以该名义售卖药品的均为假冒
_ALL_SUCH = re.compile(r"凡|如有|若有|今后|此后|任何")


def words(marks: Iterable[Mark]) -> Ordered[Mark]:
    """Return those of some words that are of hearsay: 网传, 谣言."""
    return Ordered([m for m in marks if m.meaning is Does.HEARSAY])


def is_told(page: Page, s: Sentence, marks: Iterable[Mark]) -> bool:
    """Tell whether one of the words of hearsay in a sentence tells of a rumour."""
    return any(not _is_vouched(page, s, m) for m in marks)


def _is_vouched(page: Page, s: Sentence, mark: Mark) -> bool:
    """Tell whether a word of hearsay only warns, or an office says it itself: 谨防假冒, 县卫健局发布消息称."""
    released = page.plain.startswith("消息称", mark.start) and page.plain.endswith(
        "发布", s.start, mark.start
    )
    clause = page.last(",", s.start, mark.start)
    if _SPREAD.search(page.plain, clause, mark.start):
        return True
    return (
        released
        or page.plain.endswith(_WARNS, s.start, mark.start)
        or _ALL_SUCH.match(page.plain, clause, mark.start) is not None
    )
