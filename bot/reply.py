"""Floor 6. What the bot says back, as one value every channel renders, and as the JSON that `ask` prints."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.contacts import full_name
from bot.matcher import Matcher, Verdict
from bot.records import Account, Contact, Rule, Source, Unit
from bot.values import Basis, Platform, When


class Kind(StrEnum):
    """What sort of reply it is."""

    MOVED = "moved"
    ALIVE = "alive"
    ASK = "ask"
    CONTACT = "contact"
    WARN = "warn"
    NOT_FOUND = "not-found"
    LIST = "list"
    CHECKED = "checked"
    NOTICE = "notice"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and what comes back when it is pressed (at most 64 bytes, Telegram's limit)."""

    label: str
    choice: str


class Asks(StrEnum):
    """What a reply asks its channel to do."""

    TELL = "tell"  # tell the person when what is said of an account changes; the value is its id
    INQUIRE = "pass-on"  # give the maintainers a question nobody could answer; the value is the question
    HOLD = "hold"  # remember a forwarded notice for a day, until it is said whether it was read rightly; the value is it
    DRAFT = "draft"  # give the maintainers the notice that is remembered; "tell": and tell what becomes of it
    LANGUAGE = "language"  # answer this person in another language from now on; the value is the language


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for that only the channel can do, since it alone keeps anything."""

    asks: Asks
    value: str


@dataclass(frozen=True, slots=True)
class Known:
    """An account with the unit and place around it: 江苏省苏州市张家港市, for a button 苏州市张家港市."""

    account: Account
    unit: Unit | None
    place: str
    town: str

    @classmethod
    def of(cls, account: Account, matcher: Matcher, unit: Unit | None = None) -> Known:
        """Look up what stands around an account; its unit is given where it is at hand."""
        unit = unit or matcher.base.holder(account.id)
        names = full_name(matcher.gazetteer, unit.place) if unit else ()
        return cls(account, unit, "".join(names), "".join(names[-2:]))


@dataclass(frozen=True, slots=True)
class Goal:
    """A place to go now: what it is called, where it lives, on whose word, and when it was last seen in use."""

    name: str | None
    platform: Platform | None
    kind: str
    basis: Basis
    scope: str | None = None
    url: str | None = None
    seen: When | None = None
    account: Account | None = None
    unit: Unit | None = None
    path: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a route, named: from where, to where, on whose word, when."""

    origin: str | None
    target: str | None
    platform: Platform | None
    basis: Basis
    date: When | None


class From(StrEnum):
    """Where a help comes from when nobody named a place to go, best first."""

    UNIT = "unit"  # another account of the same unit
    RULE = "rule"  # what a place decided for a whole class of accounts
    HIGHER = "higher"  # an account of the unit above
    CONTACT = "contact"  # a contact point of the topic or the place


@dataclass(frozen=True, slots=True)
class Help:
    """Something to try when nobody named a place to go: a goal or a contact point, and the rule it follows from."""

    source: From
    goal: Goal | None = None
    contact: Contact | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One name of a pasted list: what was asked, and what is known of it, as a spreadsheet holds it."""

    asked: str
    verdict: Verdict
    known: Known | None = None
    now: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says back.

    Attributes:
        text: Whole without the rest.
        plain: The same to be forwarded, without questions; empty where there is nothing to forward.
        choices: Buttons that answer the question the text ends in.
        offers: Buttons for a channel that can do what they offer; each comes back as a reply with a `wish`.
        context: What a typed answer or follow-up needs, at most 512 characters; the channel hands it back.
        wish: What the channel is asked to do now.
        rows: The lines of a pasted list, for a file to save.
    """

    kind: Kind
    text: str
    verdict: Verdict = Verdict.NONE
    account: Known | None = None
    also: tuple[Known, ...] = ()
    goals: tuple[Goal, ...] = ()
    route: tuple[Hop, ...] = ()
    helps: tuple[Help, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    offers: tuple[Choice, ...] = ()
    context: str | None = None
    code: str | None = None
    plain: str = ""
    wish: Wish | None = None
    rows: tuple[Row, ...] = ()
    language: str = "zh-Hans"


def as_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as plain data, for `ask --json` and the HTTP API."""
    return {
        "kind": reply.kind.value,
        "verdict": reply.verdict.value,
        "account": _known(reply.account) if reply.account else None,
        "also": [_known(k) for k in reply.also],
        "destinations": [_goal(g) for g in reply.goals],
        "route": [_hop(h) for h in reply.route],
        "helps": [_help(h) for h in reply.helps],
        "contacts": [_contact(c) for c in reply.contacts],
        "sources": [{"publisher": s.publisher, "date": _text(s.date), "url": s.url} for s in reply.sources],
        "choices": [{"label": c.label, "choice": c.choice} for c in reply.choices],
        "offers": [{"label": c.label, "choice": c.choice} for c in reply.offers],
        "context": reply.context,
        "code": reply.code,
        "wish": {"asks": reply.wish.asks.value, "value": reply.wish.value} if reply.wish else None,
        "rows": [row_json(r) for r in reply.rows],
        "language": reply.language,
        "plain": reply.plain,
        "text": reply.text,
    }


def as_csv(rows: Iterable[Row]) -> str:
    """Return the lines of a list as CSV with a header; a cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    lines = [row_json(r) for r in rows]
    writer = csv.DictWriter(out, lines[0] if lines else ["asked"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(
        {k: f"'{v}" if v and v[0] in "=+-@\t\r" else v for k, v in line.items()} for line in lines
    )
    return out.getvalue()


def row_json(row: Row) -> dict[str, Any]:
    """Return a line of a list as plain data, its fields in the order of a spreadsheet's columns."""
    account = row.known.account if row.known else None
    return {
        "asked": row.asked,
        "verdict": row.verdict.value,
        "id": account.id if account else None,
        "name": account.name if account else None,
        "platform": _text(account.platform) if account else None,
        "state": account.state.value if account else None,
        "unit": row.known.unit.name if row.known and row.known.unit else None,
        "place": row.known.place if row.known else None,
        "now": row.now or None,
        "checked": str(account.checked) if account else None,
        "code": row.code or None,
    }


def _known(known: Known) -> dict[str, Any]:
    account = known.account
    return {
        "id": account.id,
        "name": account.name,
        "platform": _text(account.platform),
        "platform_id": account.platform_id,
        "state": account.state.value,
        "reason": _text(account.reason),
        "unit": known.unit.name if known.unit else None,
        "place": known.place or None,
        "notice": _text(account.notice),
        "checked": str(account.checked),
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "name": goal.name,
        "platform": _text(goal.platform),
        "kind": goal.kind,
        "basis": goal.basis.value,
        "scope": goal.scope,
        "url": goal.url,
        "seen": _text(goal.seen),
        "account": goal.account.id if goal.account else None,
        "path": list(goal.path),
    }


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "from": hop.origin,
        "to": hop.target,
        "platform": _text(hop.platform),
        "basis": hop.basis.value,
        "date": _text(hop.date),
    }


def _help(found: Help) -> dict[str, Any]:
    basis = found.goal.basis if found.goal else found.contact.basis if found.contact else None
    return {
        "from": found.source.value,
        "basis": _text(basis),
        "destination": _goal(found.goal) if found.goal else None,
        "contact": _contact(found.contact) if found.contact else None,
        "rule": found.rule.id if found.rule else None,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "kind": contact.kind.value,
        "value": contact.value,
        "basis": contact.basis.value,
        "name": contact.name,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
