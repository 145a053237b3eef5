"""Floor 5. What an article tells of accounts in more than one sentence: who made it known, what was quoted before a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.notices import units
from bot.notices.change import Change
from bot.notices.closing import Closing
from bot.notices.closings import Closings
from bot.notices.dates import Day
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.notices.targets import Lead

_TELLS = re.compile(r"表示|发布|推送|发出|宣布|贴出|写道|公布|通报|公告|刊发|刊登")
_TELLER = re.compile(
    r"([\u4e00-\u9fff]{4,30}?)(?:(?:于)?(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}日|日前|近日|今日|昨日|当天)?(?:在[^,。;\n]{2,24})?(?:发布|公布|发出|宣布|贴出|刊发)"
)
# So far into a sentence a date may stand that is that of all of it.
_OPENS_WITH = 12


class Reported:
    """Remembers what an article has told so far of accounts that it names only later.

    Attributes:
        change: what befalls the account that it names only in the next sentence.
        leads: where that account leads.
        told: when all it speaks of was made known.
    """

    def __init__(self, page: Page, closings: Closings) -> None:
        self.page = page
        self.plain = page.plain
        self.closings = closings
        self.forget()

    def forget(self) -> None:
        """Begin a paragraph: what was said before is of others."""
        self.change: Change | None = None
        self.leads: list[Lead] = []
        self.told: Day | None = None

    def quoted_by(self, s: Sentence, named: Sequence[Mention]) -> dict[int, Closing]:
        """Return the account that said of itself what an article quoted before: “本账号将注销。”抖音号“甲”发布说明."""
        if self.change is None or not named or s.zones or not _TELLS.search(self.plain, s.start, s.end):
            return {}
        change = replace(self.change, told=self.page.days.first(s.start, named[0].start))
        found = self.closings.of(named[-1])
        for closing in found:
            closing.take(change, s)
        for lead in self.leads:
            self.closings.give(found, lead)
        self.change, self.leads = None, []
        return {id(c): c for c in found}

    def made_known(self, s: Sentence, closings: Collection[Closing]) -> None:
        """Read who made it known, and when: 9月9日,X局发布公告,“甲”…; what an article says before is of all behind it."""
        tells = closings and _TELLS.search(self.plain, s.start, s.end)
        for teller in _TELLER.finditer(self.plain, s.start, s.end) if tells else ():
            said = teller[1].rpartition("的")[2]
            name = said[units.start_in(said, self.page.places) :]
            for closing in closings if units.is_unit(name) else ():
                if teller.end() <= closing.mention.start:
                    closing.mention.unit = closing.mention.unit or (teller.end(1) - len(name), teller.end(1))
        day = self.page.days.first(s.start, s.end) if not s.changes else None
        opens = day is not None and (day.start - s.start < _OPENS_WITH or self.plain[day.start - 1] in ")讯")
        if day and opens and _TELLS.search(self.plain, day.end, s.end):
            self.told = day
        for closing in closings if self.told else ():
            closing.told = closing.told or self.told
