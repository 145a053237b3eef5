"""Floor 5. Which accounts a verb without a subject is about: 以上渠道关闭后, 停止运营账号的服务事项, 前者."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices.change import Change
from bot.notices.closing import Closing
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence

# 停止运营账号的服务事项: those of which that was said.
_THOSE = re.compile(r"的?(?:账号|公众号|平台|网站|新媒体)的")
_THEN = ("后", "之后", "以后", "期间")
_ALL_OF_THEM = re.compile(
    r"以上|上述|前述|这些|原有?[两二三四五六七八九十]个|[两二三四五六七八九十](?:个)?(?:账|帐|公众|微博|抖音)?号"
)
_LATTER = re.compile(r"前者|后者")


def those(page: Page, change: Change, known: Sequence[Closing]) -> list[Closing]:
    """Return those of the known accounts of which the same was said: 停止运营账号的服务事项."""
    return _of_word(page, change, known) if _THOSE.match(page.plain, change.at[1]) else []


def together(page: Page, change: Change, s: Sentence, known: Sequence[Closing]) -> list[Closing]:
    """Return the accounts of a notice that 以上渠道关闭后 or 停止运营后 speaks of: all, or those of which that was said."""
    at, end = change.at
    if not page.plain.startswith(_THEN, end):
        return []
    if _ALL_OF_THEM.match(page.plain, page.last(",:", s.start, at), at):
        return list(known)
    return _of_word(page, change, known) if at == s.start else []


def latter(page: Page, change: Change, s: Sentence, topic: Sequence[Mention]) -> Mention | None:
    """Return which of the accounts spoken of 前者 or 后者 is, where one of these is said of a change."""
    word = _LATTER.search(page.plain, page.last(",:", s.start, change.at[0]), change.at[0])
    return topic[0 if word[0] == "前者" else -1] if word and len(topic) > 1 else None


def _of_word(page: Page, change: Change, known: Sequence[Closing]) -> list[Closing]:
    word = page.text(change.at)
    return [c for c in known if any(page.text(d.at) == word for d in c.changes)]
