"""Floor 5. How far words that lead on reach: to an account that the text speaks of for another reason."""

from __future__ import annotations

import re

from bot.notices import units
from bot.notices.mention import Mention
from bot.notices.page import Ordered, Page
from bot.notices.sentences import Zone
from bot.notices.words import CHANGES, Does, Mark

_TURNS = re.compile(
    r"[^,。]{0,8},(?:至于|而(?!且)|但|不过|原来?的|(?:在此|再次|衷心|非常|最后)?(?:感谢|谢谢))"
)
# Between an account and a verb of change, what shows that the verb is of something else.
_APART = re.compile(r"发布|查询|获取|了解|并\Z|[“「『《@]")
_LONGEST_APART = 24


def is_passed(page: Page, zone: Zone, mention: Mention) -> bool:
    """Tell whether the words that a zone starts with have led somewhere, and a mention stands behind that.

    What 更名为 and the like lead to ends at a comma; a list to go to ends where the text turns: …,至于“乙”公众号,与我局无关.
    """
    if not zone.mentions:
        return False
    last = zone.mentions[-1].end
    if zone.lead is not Does.GO:
        return "," in page.plain[min(last, mention.start) : mention.start]
    return _TURNS.match(page.plain, last, mention.start) is not None


def unit_end(page: Page, zone: Zone, mention: Mention) -> int | None:
    """Return where the organisation ends that something moved to before a mention: 职责划入县农业农村局,其主办的“甲”."""
    if zone.lead not in (Does.MERGE, Does.MOVE) or zone.mentions:
        return None
    comma = page.plain.find(",", zone.begin, mention.start)
    return comma if comma >= 0 and units.is_unit(page.plain[zone.begin : comma]) else None


def is_subject(page: Page, marks: Ordered[Mark], end: int, stop: int) -> bool:
    """Tell whether a word of change follows a list of accounts directly: they are its subject, whatever leads on before.

    Args:
        page: the text.
        marks: its words.
        end: where the list ends.
        stop: where the sentence ends.
    """
    near = marks.between(end, min(stop, end + _LONGEST_APART + 1))
    mark = next((m for m in near if m.meaning is not Does.COLUMN), None)
    if mark is None or mark.meaning not in CHANGES:
        return False
    between = page.plain[end : mark.start]
    return "," not in between and not _APART.search(between)
