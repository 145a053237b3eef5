"""Floor 5. What becomes of an account: when that was made known, when posting ends, whether it is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from operator import attrgetter

from bot.notices.change import Change
from bot.notices.closing import Closing
from bot.notices.dates import Day
from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.notices.signing import Signed
from bot.notices.words import Does
from bot.values import Basis, State, When

_PLANNED = re.compile(r"拟|将|(?:处理|处置|清理|整合)(?:意见|方式|方案)")
_WAITS = re.compile(r"待|拟|将")
# So many dates before 同日 are looked at.
_FEW = 40
_BESIDE, _AHEAD = 4, 24
_PLANS = ("将", "起", "拟", "前", "计划", "底", "明年", "开始")
_FROM = ("起", "零时起", "0时起", "开始")
_SAME_DAY = frozenset({"同日", "当日", "当天"})


class Outcome:
    """Tells what becomes of the accounts of a text; `date` is the text's own date where it is known from outside."""

    def __init__(self, page: Page, signed: Signed, basis: Basis, date: When | None) -> None:
        self.page = page
        self.plain = page.plain
        self.signed = signed
        self.basis = basis
        self.said = signed.day.when(date) if signed.day else None
        self.now = self.said or date

    def announced(self, closing: Closing) -> tuple[When | None, Span | None]:
        """Return when it was made known that an account closes, and the words for that."""
        if self.basis is Basis.NOTICE:
            day = self.signed.day
            return self.now, (day.start, day.end) if day and self.said else None
        for change in closing.changes if self.basis is Basis.MEDIA else ():
            if change.told and (when := self._told(change.told)):
                return when, (change.told.start, change.told.end)
        if closing.told and (when := closing.told.when(self.now)):
            return when, (closing.told.start, closing.told.end)
        return None, None

    def _told(self, day: Day) -> When | None:
        """Return when a notice that an article tells of was made known; 同日 is the last day that opened a sentence."""
        if self.plain[day.start : day.end] not in _SAME_DAY:
            return day.when(self.now)
        for before in islice(self.page.days.before(day.start), _FEW):
            opens = before.start == 0 or self.plain[before.start - 1] in "\n。"
            if opens and before.day and before.shift is None:
                return before.when(self.now)
        return None

    def stops(self, closing: Closing, announced: When | None) -> tuple[When | None, Span | None]:
        """Return when posting ends: what is said of posting goes before what is said of the account."""
        cells = closing.row.cells if closing.row else {}
        cell = cells.get("date") or cells.get("state")
        days: Sequence[Day] = self.page.days.between(*cell) if cell else ()
        if not days:
            dated = sorted([c for c in closing.changes if c.day], key=attrgetter("at"))
            dated.sort(key=_is_of_account)
            days = [c.day for c in dated if c.day] or [d for d in [closing.leading] if d and closing.changes]
        for day in days:
            base = announced if self.basis is Basis.MEDIA and day.shift == 0 else self.now
            if when := self._same_day(day) or day.when(base):
                return self._not_ahead(day, when), (day.start, day.end)
        return None, None

    def _not_ahead(self, day: Day, when: When) -> When:
        """Return a day of an article that tells in December what happened in 1月: this year's, unless it says 将 or 起."""
        if (
            self.basis is not Basis.MEDIA
            or day.year
            or day.years is not None
            or self.now is None
            or day.shift is not None
        ):
            return when
        near = self.plain[max(0, day.start - _BESIDE) : day.end + _AHEAD]
        if when.first <= self.now.first or any(w in near for w in _PLANS):
            return when
        return When(f"{int(when.text[:4]) - 1}{when.text[4:]}") if when.text[4:] != "-02-29" else when

    def _same_day(self, day: Day) -> When | None:
        """Return the day that 同日 means in a notice: the last one that its sentence wrote out."""
        if self.basis is Basis.OFFICIAL_LIST or self.plain[day.start : day.end] not in _SAME_DAY:
            return None
        if self.basis is Basis.MEDIA:
            return self._same_day_told(day)
        same = self.plain.startswith("同日", day.start)
        start = 0 if same else self.page.last("。\n", 0, day.start)
        before = next(
            (d for d in islice(self.page.days.before(day.start), _FEW) if d.shift is None and d.day), None
        )
        return before.when(self.now) if before and before.start >= start else None

    def _same_day_told(self, day: Day) -> When | None:
        """Return the day that 同日 means in an article: the last one its paragraph said of what happens, with 起 or 将."""
        start = self.page.last("\n", 0, day.start)
        for before in islice(self.page.days.before(day.start), _FEW):
            if before.start < start:
                break
            if before.day and before.shift is None and self.plain.startswith(_FROM, before.end):
                return before.when(self.now)
        return None

    def state(self, closing: Closing) -> State:
        """Return what becomes of an account: what its destination says, else whether its end is done."""
        if closing.state and closing.targets:
            return closing.state
        listed = self.basis is Basis.OFFICIAL_LIST and "拟" not in self.plain.partition("\n")[0]
        if closing.row:
            waits = _WAITS.search(self.plain, *closing.row.cells.get("state", (0, 0)))
            over = listed and not waits and closing.row.start < self._planned
            return State.CLOSED if over else State.CLOSING
        shut = [c for c in closing.changes if c.does is Does.SHUT]
        done = [c for c in shut if c.past or (not c.planned and (listed or self._is_over(c.day)))]
        return State.CLOSED if done else State.CLOSING

    @cached_property
    def _planned(self) -> int:
        """Where the text first says that something is planned."""
        found = _PLANNED.search(self.plain)
        return found.start() if found else len(self.plain)

    def _is_over(self, day: Day | None) -> bool:
        """Tell whether a day of an article lies before it."""
        when = (
            day.when(self.now) if day and day.shift != 0 and self.now and self.basis is Basis.MEDIA else None
        )
        return when is not None and self.now is not None and when.first <= self.now.first


def _is_of_account(change: Change) -> bool:
    """Tell whether a change is of the account itself, and not only of posting."""
    return change.does is not Does.STOP
