"""Floor 6. What the bot says back, as one value every channel renders, and as the JSON that `ask` prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.contacts import full_name
from bot.matcher import Matcher, Verdict
from bot.records import Account, Basis, Contact, Platform, Source, Unit, When


class Kind(StrEnum):
    """What sort of reply it is."""

    MOVED = "moved"
    ALIVE = "alive"
    ASK = "ask"
    CONTACT = "contact"
    WARN = "warn"
    NOT_FOUND = "not-found"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and what comes back when it is pressed (at most 64 bytes, Telegram's limit)."""

    label: str
    choice: str


@dataclass(frozen=True, slots=True)
class Known:
    """An account with the unit and place around it: 江苏省苏州市张家港市, for a button 苏州市张家港市."""

    account: Account
    unit: Unit | None
    place: str
    town: str

    @classmethod
    def of(cls, account: Account, matcher: Matcher) -> Known:
        """Look up what stands around an account."""
        unit = matcher.base.unit(account.unit)
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says back. `text` is whole without the rest; `context` is what a typed answer needs, if any."""

    kind: Kind
    text: str
    verdict: Verdict = Verdict.NONE
    account: Known | None = None
    also: tuple[Known, ...] = ()
    goals: tuple[Goal, ...] = ()
    route: tuple[Hop, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    context: str | None = None
    code: str | None = None
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
        "contacts": [
            {"kind": c.kind.value, "value": c.value, "basis": c.basis.value, "name": c.name}
            for c in reply.contacts
        ],
        "sources": [{"publisher": s.publisher, "date": _text(s.date), "url": s.url} for s in reply.sources],
        "choices": [{"label": c.label, "choice": c.choice} for c in reply.choices],
        "context": reply.context,
        "code": reply.code,
        "text": reply.text,
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


def _text(value: object) -> str | None:
    return None if value is None else str(value)
