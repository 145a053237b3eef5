"""Floor 8. A closure notice → what it says of each account it closes, every value with the words it is from.

Pure: a text, the places and the text's own date go in, drafts come out. What the text does not say stays unset and is
listed as a gap; nothing is guessed. The rules are in `bot/notices/`, one module for each thing that is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.notices import contacts, dates, mentions, skeleton, tables, units, whole, words
from bot.notices.closings import Closing, Closings
from bot.notices.dates import Day
from bot.notices.destinations import INFORMATION, Sort, Target, sort_of
from bot.notices.mentions import Mention
from bot.notices.sheet import Sheet, Span
from bot.notices.skeleton import Sentence
from bot.notices.words import Does
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


GAPS = ("name", "platform", "platform_id", "unit", "place", "announced", "stops", "reason", "destinations", "contacts")


def read(text: str, places: Gazetteer, date: When | None = None) -> tuple[Draft, ...]:
    """Return what a text says of each account it closes, in the order they are first named; `()` when it closes none.

    Args:
        text: any text at all; pages and files are made into text before (`bot/upkeep/readable.py`).
        places: the places that names are told by.
        date: the text's own date, where it is known from outside; one that the text says itself goes before.
    """
    return _Reading(text, places, date).drafts()


class _Reading:
    """One text being read. Positions are those of the levelled text until a draft is made."""

    def __init__(self, text: str, places: Gazetteer, date: When | None) -> None:
        self.sheet = Sheet(text)
        self.plain = self.sheet.plain
        self.places = places
        self.marks = words.marks(self.plain)
        self.days = dates.days(self.plain)
        self.basis = whole.basis(self.plain)
        self.tables = tables.find(self.sheet)
        self.signed = whole.signed(self.plain, self.days, [(t.start, t.end) for t in self.tables])
        self.date = date
        self.said = self.signed.day.when(date) if self.signed.day else None

    def drafts(self) -> tuple[Draft, ...]:
        """Return the drafts of the text."""
        if not any(m.meaning in _CHANGES for m in self.marks):
            return ()
        self.mentions = mentions.find(self.sheet, self.marks, self.days, self.places)
        listed = self.tables
        bones = skeleton.Skeleton(self.plain, self.marks, self.days, self.mentions, self.basis is Basis.MEDIA)
        sentences = bones.sentences([(t.start, t.end) for t in listed])
        closings = Closings(self.plain, self.marks, self.places, self.basis)
        rows = [r for t in listed if self._closes(t) for r in t.rows if "name" in r.cells and self._ends(r)]
        closings.take(sentences, self.days, [self._of_row(row) for row in rows])
        self.general = self._of_all(sentences)
        if not closings.found:
            return ()
        self.several = len(closings.found) > 1
        self.contacts = contacts.find(self.plain) if self.basis is Basis.NOTICE else []
        return tuple(self._draft(c) for c in sorted(closings.found, key=lambda c: c.mention.start))

    def _of_all(self, sentences: Sequence[Sentence]) -> list[Span]:
        """Return the sentences of an article that speak of closing accounts and name none."""
        return [(s.start, s.end) for s in sentences if not any(m.name for m in s.mentions) and any(m.meaning in (Does.STOP, Does.SHUT) and s.start <= m.start < s.end for m in self.marks)]

    # --- tables

    def _closes(self, table: tables.Table) -> bool:
        """Tell whether a table lists what closes: what stands before it says so."""
        return any(m.meaning in (Does.STOP, Does.SHUT) and m.start < table.end for m in self.marks)

    def _ends(self, row: tables.Row) -> bool:
        """Tell whether a line is of an account that ends, where its table says what becomes of each."""
        cell = row.cells.get("state")
        return cell is None or any(m.meaning in _CHANGES and cell[0] <= m.start < cell[1] for m in self.marks)

    def _of_row(self, row: tables.Row) -> Closing:
        name = row.cells["name"]
        platform, said = self._platform(row.cells.get("platform"))
        if self.plain[name[0]] in "“「《\"":
            name = (name[0] + 1, name[1] - 1)
        unit = row.cells.get("unit")
        closing = Closing(Mention(name[0], name[1], name, platform, said, unit=unit, handle=row.cells.get("handle")), row=row)
        for mention in self.mentions:
            where = row.cells.get("target")
            if where and where[0] <= mention.start < where[1]:
                self._lead(closing, mention, where)
        if where := row.cells.get("target"):
            if not closing.targets and where[1] - where[0] > 2:
                self._lead_bare(closing, where)
        return closing

    def _lead(self, closing: Closing, mention: Mention, where: Span) -> None:
        named = mention.name
        if named is None and mention.own and mention.said:  # 信州发布(微信公众号)
            end = max(where[0], mention.start)
            while end > where[0] and self.plain[end - 1] in "(:-—":
                end -= 1
            named = (where[0], end) if end - where[0] > 1 else None
        if named is None or mention.other:
            return
        target = Target(named, mention.platform, sort_of(mention.platform), said=mention.said)
        target.scope = INFORMATION if "信息发布" in self.plain else None
        closing.targets.append(target)

    def _lead_bare(self, closing: Closing, where: Span) -> None:
        text = self.plain[where[0] : where[1]]
        if re.fullmatch(r"[\u4e00-\u9fffa-z0-9]{3,16}(?:发布|在线|融媒|网)", text):
            website = text.endswith("网")
            closing.targets.append(Target(where, Platform.WEBSITE if website else None, Sort.WEBSITE if website else Sort.ACCOUNT))

    def _platform(self, cell: Span | None) -> tuple[Platform | None, Span | None]:
        if cell is None:
            return None, None
        mark = next((m for m in self.marks if cell[0] <= m.start < cell[1] and isinstance(m.meaning, Platform)), None)
        return (mark.meaning, (mark.start, mark.end)) if mark and isinstance(mark.meaning, Platform) else (None, cell)

    # --- one draft

    def _draft(self, closing: Closing) -> Draft:
        m = closing.mention
        spans: dict[str, Span] = {}
        announced = self._announced(closing, spans)
        stops = self._stops(closing, announced, spans)
        unit = self._unit(closing)
        place = self._place(unit)
        why, because = self._reason(closing)
        for name, span in {
            "name": m.name, "platform": m.said, "platform_id": m.handle, "unit": unit, "place": place, "reason": because,
            "state": closing.changes[0].at if closing.changes else None,
        }.items():  # fmt: skip
            if span:
                spans[name] = self.sheet.span(*span)
        targets = tuple(self._destination(t, n, spans) for n, t in enumerate(closing.targets))
        for n, contact in enumerate(self.contacts):
            spans[f"contacts.{n}.value"] = self.sheet.span(*contact.value)
        for n, alias in enumerate(m.aliases):
            spans[f"aliases.{n}"] = self.sheet.span(*alias)
        if closing.vague and not targets:
            spans["notice"] = self.sheet.span(*closing.vague)
        values = {
            "name": self._words(m.name), "platform": m.platform, "platform_id": self._words(m.handle), "unit": self._words(unit),
            "place": self._words(place), "announced": announced, "stops": stops, "reason": why, "destinations": targets,
            "contacts": tuple(DraftContact(c.kind, self._words(c.value) or "") for c in self.contacts),
        }  # fmt: skip
        return Draft(
            **values,  # type: ignore[arg-type]
            aliases=tuple(self._words(a) or "" for a in m.aliases),
            state=self._state(closing),
            notice=Notice.NAMED if targets else Notice.VAGUE if closing.vague else Notice.NONE,
            basis=self.basis,
            spans=spans,
            gaps=tuple(g for g in GAPS if not values[g]),
        )

    def _words(self, span: Span | None) -> str | None:
        return self.sheet.words(*span) if span else None

    def _destination(self, target: Target, number: int, spans: dict[str, Span]) -> DraftDestination:
        key = f"destinations.{number}"
        parts = {"name": target.name, "platform": target.said, "scope": target.about, "url": target.url}
        parts |= {f"path.{n}": p for n, p in enumerate(target.path)}
        for name, span in parts.items():
            if span:
                spans[f"{key}.{name}"] = self.sheet.span(*span)
        scope = target.scope
        if scope and target.about and scope not in ("all", "information", "services"):
            scope = self._words(target.about)
        return DraftDestination(
            self._words(target.name) or "", target.platform, target.sort, tuple(self._words(p) or "" for p in target.path),
            scope, self._words(target.url),
        )  # fmt: skip

    def _announced(self, closing: Closing, spans: dict[str, Span]) -> When | None:
        if self.basis is Basis.NOTICE:
            if self.signed.day and self.said:
                spans["announced"] = self.sheet.span(self.signed.day.start, self.signed.day.end)
            return self.said or self.date
        if self.basis is Basis.MEDIA:
            for change in closing.changes:
                if change.told and (when := self._told(change.told)):
                    spans["announced"] = self.sheet.span(change.told.start, change.told.end)
                    return when
        return None

    def _told(self, day: Day) -> When | None:
        """Return when a notice that an article tells of was made known; 同日 is the day named before it."""
        base = self.said or self.date
        if day.shift == 0 and self.plain[day.start : day.end] in ("同日", "当日", "当天"):
            before = [d for d in self.days if d.start < day.start and d.day and d.shift is None]
            return before[-1].when(base) if before else None
        return day.when(base)

    def _stops(self, closing: Closing, announced: When | None, spans: dict[str, Span]) -> When | None:
        cell = closing.row and (closing.row.cells.get("date") or closing.row.cells.get("state"))
        days: Sequence[Day] = [d for d in self.days if cell[0] <= d.start < cell[1]] if cell else ()
        if not days:
            order = sorted(closing.changes, key=lambda c: (c.does is not Does.STOP, c.at))
            days = [c.day for c in order if c.day] or [d for d in [closing.leading] if d and closing.changes]
        for day in days:
            base = self.said or self.date
            if self.basis is Basis.MEDIA and day.shift == 0:
                base = announced
            if when := day.when(base):
                spans["stops"] = self.sheet.span(day.start, day.end)
                return when
        return None

    def _state(self, closing: Closing) -> State:
        if closing.state and closing.targets:
            return closing.state
        if closing.row:
            cell = closing.row.cells.get("state", (0, 0))
            moved = [_MOVES[m.meaning] for m in self.marks if cell[0] <= m.start < cell[1] and m.meaning in _MOVES]
            if moved and closing.targets:
                return moved[0]
            planned = re.search(r"拟|将", self.plain[: closing.row.start]) is not None
            return State.CLOSED if self.basis is Basis.OFFICIAL_LIST and not planned else State.CLOSING
        shut = [c for c in closing.changes if c.does is Does.SHUT]
        now = self.said or self.date
        if self.basis is Basis.MEDIA and any(not c.planned and c.day and now and (w := c.day.when(now)) and w.first <= now.first for c in shut):
            return State.CLOSED
        if any(c.past for c in shut) or (self.basis is Basis.OFFICIAL_LIST and any(not c.planned for c in shut)):
            return State.CLOSED
        return State.CLOSING

    def _unit(self, closing: Closing) -> Span | None:
        own = closing.mention.unit
        if self.basis is not Basis.NOTICE:
            return own
        signers = self.signers
        if own is None:
            return signers[0] if signers and not self.orders else None
        text = self.plain[own[0] : own[1]]
        if text.startswith("原") and signers and f"{self.plain[signers[0][0] : signers[0][1]]}({text})" in self.plain:
            return signers[0]
        return next((s for s in signers if self.plain[s[0] : s[1]].endswith(text)), own)

    def _place(self, unit: Span | None) -> Span | None:
        """Return the longest chain of places that the unit's name, the signature or the heading says."""
        found = self._place_in(unit)
        if self.basis is Basis.MEDIA:
            return found
        signed = self._place_in(self.signers[0]) if self.signers else None
        signed = signed or self._place_in((0, max(0, self.plain.find("\n"))))
        if found and signed and self.plain[signed[0] : signed[1]].endswith(self.plain[found[0] : found[1]]):
            return signed
        return found or signed

    @cached_property
    def signers(self) -> tuple[Span, ...]:
        """Who signs the text, or whom its heading names."""
        heading = whole.heading_unit(self.plain)
        return self.signed.units or ((heading,) if heading else ())

    @cached_property
    def orders(self) -> bool:
        """Whether whoever signs closes the accounts of others: an office of the government, several accounts."""
        signer = self.plain[slice(*self.signers[0])] if self.signers else ""
        return self.several and whole.is_authority(signer) and whole.is_order(self.plain)

    def _place_in(self, unit: Span | None) -> Span | None:
        found = units.place_of(self.plain[unit[0] : unit[1]], self.places) if unit else None
        return (unit[0] + found[0], unit[0] + found[1]) if unit and found else None

    def _reason(self, closing: Closing) -> tuple[Reason | None, Span | None]:
        if self.basis is Basis.OFFICIAL_LIST:
            return None, None
        if self.basis is Basis.NOTICE:
            end = self.signed.units[0][0] if self.signed.units else len(self.plain)
            return whole.reason(self.plain, [(0, end or len(self.plain))])
        own = whole.reason(self.plain, [(s.start, s.end) for s in closing.sentences])
        return own if own[0] else whole.reason(self.plain, self.general)


_MOVES = {Does.MOVE: State.MIGRATED, Does.MERGE: State.MERGED, Does.RENAME: State.RENAMED}
_CHANGES = (Does.STOP, Does.SHUT, Does.MOVE, Does.MERGE, Does.RENAME, Does.SPLIT)
