"""Floor 5. A closure notice → what it says of each account it closes, every value with the words it is from.

Pure: a text, the places and the text's own date go in, drafts come out. What the text does not say stays unset and is
listed as a gap; nothing is guessed. The rules are in `bot/notices/`, one module for each thing that is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.notices import contacts, events, mentions, reading, reasons, rows, signing, tables, whole
from bot.notices.closings import Closing
from bot.notices.dates import Day
from bot.notices.destinations import Sort, Target
from bot.notices.operators import Operators
from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.notices.sheet import Span
from bot.notices.words import CHANGES, ENDS, Does
from bot.places import Gazetteer
from bot.records import Basis, ContactKind, Notice, Platform, Reason, State, When


@dataclass(frozen=True, slots=True)
class DraftDestination:
    """A destination as the text names it."""

    name: str
    platform: Platform | None
    kind: Sort
    path: tuple[str, ...]
    scope: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class DraftContact:
    """A number or an office as the text gives it."""

    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a text says of one account it closes. What it does not say is `None` or empty, and in `gaps`.

    Attributes:
        name: the account's name as it is written.
        platform: where it is; `None` also for a platform outside `Platform`.
        platform_id: its id there, or a site's address without `http://`.
        aliases: names it had before.
        unit: who ran it; `原` stays where only a former name is said.
        place: the place that the unit's name or the heading says: 临沂市河东区.
        announced: the day of the notice.
        stops: the day posting ends.
        reason: why.
        state: what becomes of it.
        notice: what the text says of a destination.
        destinations: where it leads.
        contacts: who answers questions.
        basis: what kind of text it is: a notice, a published list, an article.
        spans: where in the text the words for each value stand; parts of lists as `destinations.0.name`.
        gaps: the fields that the text leaves open.
    """

    name: str | None
    platform: Platform | None
    platform_id: str | None
    aliases: tuple[str, ...]
    unit: str | None
    place: str | None
    announced: When | None
    stops: When | None
    reason: Reason | None
    state: State
    notice: Notice
    destinations: tuple[DraftDestination, ...]
    contacts: tuple[DraftContact, ...]
    basis: Basis
    spans: Mapping[str, Span]
    gaps: tuple[str, ...]


GAPS = (
    "name", "platform", "platform_id", "unit", "place", "announced", "stops", "reason", "destinations", "contacts",
)  # fmt: skip
_PLANNED = re.compile(r"拟|将|(?:处理|处置|清理|整合)(?:意见|方式|方案)")
_WAITS = re.compile(r"待|拟|将")
_SAME_DAY = frozenset({"同日", "当日", "当天"})


def read(text: str, places: Gazetteer, date: When | None = None) -> tuple[Draft, ...]:
    """Return what a text says of each account it closes, in the order they are first named; `()` when it closes none.

    Costs time linear in the text's length.

    Args:
        text: any text at all; pages and files are made into text before (`bot/upkeep/readable.py`).
        places: the places that names are told by.
        date: the text's own date, where it is known from outside; one that the text says itself goes before.
    """
    page = Page(text, places)
    if not any(m.meaning in CHANGES for m in page.marks):
        return ()
    return _Reading(page, date).drafts()


class _Reading:
    """One text being read. Positions are those of the levelled text until a draft is made."""

    def __init__(self, page: Page, date: When | None) -> None:
        self.page = page
        self.plain = page.plain
        self.tables = tables.find(page.sheet)
        lines = [(t.start, t.end) for t in self.tables]
        self.signed = signing.find(page, lines)
        self.basis = whole.basis(page.plain, bool(self.signed.units and self.signed.day))
        self.said = self.signed.day.when(date) if self.signed.day else None
        self.now = self.said or date
        found = mentions.find(page)
        self.sentences = events.read(page, found, lines, self.basis is Basis.MEDIA)
        seeds = rows.closings(page, self.tables, found)
        self.closings = reading.read(page, self.sentences, seeds, self.basis)
        self.operators = Operators(page, self.signed, self.basis, len(self.closings) > 1)
        self._reasons: dict[tuple[Span, ...], tuple[Reason | None, Span | None]] = {}
        self._led: dict[
            int, tuple[tuple[DraftDestination, ...], dict[str, Span | None]]
        ] = {}  # by the list's id
        self.contacts = contacts.find(page.plain) if self.basis is Basis.NOTICE and self.closings else []

    def drafts(self) -> tuple[Draft, ...]:
        """Return the drafts of the text."""
        return tuple(self._draft(c) for c in sorted(self.closings, key=lambda c: c.mention.start))

    def _draft(self, closing: Closing) -> Draft:
        m = closing.mention
        spans: dict[str, Span | None] = {}
        announced, spans["announced"] = self._announced(closing)
        stops, spans["stops"] = self._stops(closing, announced)
        why, spans["reason"] = self._reason(closing)
        unit = self.operators.unit(closing)
        place = self.operators.place(unit)
        spans |= {"name": m.name, "platform": m.said, "platform_id": m.handle, "unit": unit, "place": place}
        spans["state"] = closing.changes[0].at if closing.changes else None
        spans["notice"] = None if closing.targets else closing.vague
        leads, leading = self._destinations(closing.targets)
        spans |= leading
        spans |= {f"contacts.{n}.value": c.value for n, c in enumerate(self.contacts)}
        spans |= {f"aliases.{n}": a for n, a in enumerate(m.aliases)}
        values = {
            "name": self._words(m.name), "platform": m.platform, "platform_id": self._words(m.handle),
            "unit": self._words(unit), "place": self._words(place), "announced": announced, "stops": stops, "reason": why,
            "destinations": leads,
            "contacts": tuple(DraftContact(c.kind, self._words(c.value) or "") for c in self.contacts),
        }  # fmt: skip
        return Draft(
            **values,  # type: ignore[arg-type]
            aliases=tuple(self._words(a) or "" for a in m.aliases),
            state=self._state(closing),
            notice=Notice.NAMED if closing.targets else Notice.VAGUE if closing.vague else Notice.NONE,
            basis=self.basis,
            spans={name: self.page.sheet.span(*span) for name, span in spans.items() if span},
            gaps=tuple(g for g in GAPS if not values[g]),
        )

    def _words(self, span: Span | None) -> str | None:
        return self.page.sheet.words(*span) if span else None

    def _destinations(
        self, targets: Sequence[Target]
    ) -> tuple[tuple[DraftDestination, ...], dict[str, Span | None]]:
        """Return destinations and the spans of their parts; accounts that lead to the same ones share them."""
        if id(targets) not in self._led:
            spans: dict[str, Span | None] = {}
            for n, target in enumerate(targets):
                spans |= _spans_of(target, f"destinations.{n}")
            self._led[id(targets)] = tuple(map(self._destination, targets)), spans
        return self._led[id(targets)]

    def _destination(self, target: Target) -> DraftDestination:
        own = target.about and target.scope == self.page.text(target.about)
        return DraftDestination(
            self._words(target.name) or "",
            target.platform,
            target.sort,
            tuple(self._words(p) or "" for p in target.path),
            self._words(target.about) if own else target.scope,
            self._words(target.url),
        )

    # --- dates

    def _announced(self, closing: Closing) -> tuple[When | None, Span | None]:
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
        for before in self.page.days.before(day.start):
            opens = before.start == 0 or self.plain[before.start - 1] in "\n。"
            if opens and before.day and before.shift is None:
                return before.when(self.now)
        return None

    def _stops(self, closing: Closing, announced: When | None) -> tuple[When | None, Span | None]:
        """Return when posting ends: what is said of posting goes before what is said of the account."""
        cells = closing.row.cells if closing.row else {}
        cell = cells.get("date") or cells.get("state")
        days: Sequence[Day] = self.page.days.between(*cell) if cell else ()
        if not days:
            order = sorted(closing.changes, key=lambda c: (c.does is not Does.STOP, c.at))
            days = [c.day for c in order if c.day] or [d for d in [closing.leading] if d and closing.changes]
        for day in days:
            base = announced if self.basis is Basis.MEDIA and day.shift == 0 else self.now
            if when := self._same_day(day) or day.when(base):
                return when, (day.start, day.end)
        return None, None

    def _same_day(self, day: Day) -> When | None:
        """Return the day that 同日 means in a notice: the last one that its sentence wrote out."""
        if self.basis is not Basis.NOTICE or self.plain[day.start : day.end] not in _SAME_DAY:
            return None
        same = self.plain.startswith("同日", day.start)
        start = 0 if same else self.page.last("。\n", 0, day.start)
        before = next((d for d in self.page.days.before(day.start) if d.shift is None and d.day), None)
        return before.when(self.now) if before and before.start >= start else None

    # --- what becomes of it, and why

    def _state(self, closing: Closing) -> State:
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

    def _reason(self, closing: Closing) -> tuple[Reason | None, Span | None]:
        if self.basis is Basis.OFFICIAL_LIST:
            return reasons.find(self.plain, [*self._before_verbs(closing)])
        if self.basis is Basis.NOTICE:
            return self._reason_of_all
        told = tuple((s.start, s.end) for s in closing.sentences)
        if told not in self._reasons:
            self._reasons[told] = reasons.find(self.plain, told)
        own = self._reasons[told]
        return own if own[0] else self._reason_of_all

    def _before_verbs(self, closing: Closing) -> Iterator[Span]:
        """Yield what stands between an account and the verb that ends it: “甲”公众号因机构撤并已注销."""
        for change in closing.changes:
            start = max((m.end for m in change.subjects[-1:]), default=change.at[0])
            if start < change.at[0] and not set(self.plain[start : change.at[0]]) & set("。;\n"):
                yield start, change.at[0]

    @cached_property
    def _reason_of_all(self) -> tuple[Reason | None, Span | None]:
        """Why all accounts close: what the notice says, or what an article says where it names none."""
        if self.basis is Basis.NOTICE:
            below = [u[0] for u in self.signed.units if u[0] > self.closings[0].mention.start]
            return reasons.find(self.plain, [(0, min(below, default=len(self.plain)))])
        return reasons.find(self.plain, [(s.start, s.end) for s in self.sentences if self._is_of_all(s)])

    def _is_of_all(self, s: Sentence) -> bool:
        return not any(m.name for m in s.mentions) and any(
            m.meaning in ENDS for m in self.page.marks.between(s.start, s.end)
        )


def _spans_of(target: Target, key: str) -> dict[str, Span | None]:
    """Return where the words for a destination stand, by the name of each part."""
    parts = {"name": target.name, "platform": target.said, "scope": target.about, "url": target.url}
    parts |= {f"path.{n}": p for n, p in enumerate(target.path)}
    return {f"{key}.{name}": span for name, span in parts.items()}
