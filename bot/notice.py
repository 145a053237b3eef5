"""Floor 5. A closure notice → what it says of each account it closes, every value with the words it is from.

Pure: a text, the places and the text's own date go in, drafts come out. What the text does not say stays unset and is
listed as a gap; nothing is guessed. The rules are in `bot/notices/`, one module for each thing that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bot.notices import contacts, events, mentions, reading, rows, signing, tables, whole
from bot.notices.closing import Closing
from bot.notices.operators import Operators
from bot.notices.outcome import Outcome
from bot.notices.page import Ordered, Page
from bot.notices.reasons import Reasons
from bot.notices.sentences import Sentence
from bot.notices.sheet import Span
from bot.notices.targets import Sort, Target
from bot.notices.words import CHANGES, ENDS, Mark
from bot.places import Gazetteer
from bot.values import Basis, ContactKind, Notice, Platform, Reason, State, When


class DraftDestination(NamedTuple):
    """A destination as the text names it."""

    name: str
    platform: Platform | None
    kind: Sort
    path: tuple[str, ...]
    scope: str | None
    url: str | None


class DraftContact(NamedTuple):
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
        self.outcome = Outcome(page, self.signed, self.basis, date)
        found = mentions.find(page)
        self.sentences = events.read(page, found, lines, self.basis is Basis.MEDIA)
        seeds = rows.closings(page, self.tables, found)
        self.closings = reading.read(page, self.sentences, seeds, self.basis)
        self.operators = Operators(page, self.signed, self.basis, len(self.closings) > 1)
        self.reasons = Reasons(page.plain)
        self._led: dict[tuple[object, ...], tuple[tuple[DraftDestination, ...], dict[str, Span]]] = {}
        self.contacts = contacts.find(page.plain) if self.basis is Basis.NOTICE and self.closings else []

    def drafts(self) -> tuple[Draft, ...]:
        """Return the drafts of the text."""
        return tuple(self._draft(c) for c in sorted(self.closings, key=lambda c: c.mention.start))

    def _draft(self, closing: Closing) -> Draft:
        m = closing.mention
        spans: dict[str, Span | None] = {}
        announced, spans["announced"] = self.outcome.announced(closing)
        stops, spans["stops"] = self.outcome.stops(closing, announced)
        why, spans["reason"] = self._reason(closing)
        unit = self.operators.unit(closing)
        place = self.operators.place(unit)
        spans |= {
            "name": m.name, "platform": m.said, "platform_id": m.handle, "unit": unit, "place": place,
            "state": closing.changes[0].at if closing.changes else None,
            "notice": None if closing.targets else closing.vague,
        }  # fmt: skip
        spans |= {f"aliases.{n}": a for n, a in enumerate(m.aliases)}
        leads, leading = self._destinations(closing.targets)
        contacts, answering = self._contacts
        values = {
            "name": self._words(m.name), "platform": m.platform, "platform_id": self._words(m.handle),
            "unit": self._words(unit), "place": self._words(place), "announced": announced, "stops": stops, "reason": why,
            "destinations": leads, "contacts": contacts,
        }  # fmt: skip
        span = self.page.sheet.span
        return Draft(
            **values,  # type: ignore[arg-type]
            aliases=tuple(self._words(a) or "" for a in m.aliases),
            state=self.outcome.state(closing),
            notice=Notice.NAMED if closing.targets else Notice.VAGUE if closing.vague else Notice.NONE,
            basis=self.basis,
            spans={name: span(*at) for name, at in spans.items() if at} | leading | answering,
            gaps=tuple(g for g in GAPS if not values[g]),
        )

    def _words(self, span: Span | None) -> str | None:
        return self.page.sheet.words(*span) if span else None

    def _destinations(
        self, targets: Sequence[Target]
    ) -> tuple[tuple[DraftDestination, ...], dict[str, Span]]:
        """Return destinations and where the words for their parts stand; accounts that lead to the same share them."""
        if not targets:
            return (), {}
        same = tuple(
            [(t.name, t.platform, t.sort, t.scope, t.about, t.url, t.said, *t.path) for t in targets]
        )
        if same not in self._led:
            spans: dict[str, Span] = {}
            for n, target in enumerate(targets):
                parts = _spans_of(target, f"destinations.{n}")
                spans |= {name: self.page.sheet.span(*at) for name, at in parts.items() if at}
            self._led[same] = tuple(map(self._destination, targets)), spans
        return self._led[same]

    @cached_property
    def _contacts(self) -> tuple[tuple[DraftContact, ...], dict[str, Span]]:
        """The contacts of the text and where they stand, which are those of all its accounts."""
        told = tuple([DraftContact(c.kind, self._words(c.value) or "") for c in self.contacts])
        return told, {
            f"contacts.{n}.value": self.page.sheet.span(*c.value) for n, c in enumerate(self.contacts)
        }

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

    # --- why

    def _reason(self, closing: Closing) -> tuple[Reason | None, Span | None]:
        if closing.row and (cell := closing.row.cells.get("reason")):
            why, span = self.reasons.find([cell])
            return (why, span) if why else (Reason.OTHER, cell)
        if self.basis is Basis.OFFICIAL_LIST:
            return self.reasons.find([*self._before_verbs(closing)])
        if self.basis is Basis.NOTICE:
            return self._reason_of_all
        own = self.reasons.find([(s.start, s.end) for s in closing.sentences])
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
            return self.reasons.find([(0, min(below, default=len(self.plain)))])
        return self.reasons.find([(s.start, s.end) for s in self.sentences if self._is_of_all(s)])

    def _is_of_all(self, s: Sentence) -> bool:
        return self._ends.first(s.start, s.end) is not None and not any(m.name for m in s.mentions)

    @cached_property
    def _ends(self) -> Ordered[Mark]:
        """The words that end an account, wherever they stand."""
        return Ordered([m for m in self.page.marks if m.meaning in ENDS])


def _spans_of(target: Target, key: str) -> dict[str, Span | None]:
    """Return where the words for a destination stand, by the name of each part."""
    parts = {"name": target.name, "platform": target.said, "scope": target.about, "url": target.url}
    parts |= {f"path.{n}": p for n, p in enumerate(target.path)}
    return {f"{key}.{name}": span for name, span in parts.items()}
