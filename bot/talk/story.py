"""Floor 6. Everything an answer about one account draws on, gathered: where it leads, its kin, its sources, its code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from bot.index import LETTERS, Base
from bot.matcher import Matcher
from bot.records import Account, Contact, Source
from bot.reply import Goal, Hop, Known
from bot.trail import End, Trail, follow
from bot.values import Basis, Platform, State

_KINDS = {Platform.WEBSITE: "website", Platform.APP: "app"}


@dataclass(frozen=True, slots=True)
class Story:
    """An account, the other accounts of its unit, and where it leads."""

    known: Known
    also: tuple[Known, ...]
    trails: tuple[Trail, ...]
    goals: tuple[Goal, ...]
    ways: tuple[tuple[Hop, ...], ...]

    @property
    def account(self) -> Account:
        """The account the story is about."""
        return self.known.account

    @property
    def place(self) -> str | None:
        """The code of the place of its unit."""
        return self.known.unit.place if self.known.unit else None

    @property
    def is_awaited(self) -> bool:
        """Whether it is still to become known where it went: it is gone, and leads nowhere."""
        return self.account.state.gone and not self.goals

    @property
    def route(self) -> tuple[Hop, ...]:
        """Every step of every trail, each once."""
        return tuple(dict.fromkeys(hop for way in self.ways for hop in way))

    @property
    def live(self) -> tuple[Known, ...]:
        """The unit's other accounts that were in use when last seen, without those it leads to anyway."""
        led = {g.account.id for g in self.goals if g.account}
        return tuple(k for k in self.also if k.account.state is State.ACTIVE and k.account.id not in led)

    @property
    def gone(self) -> tuple[Known, ...]:
        """The unit's other accounts that are not in use, the unsafe ones too."""
        return tuple(k for k in self.also if k.account.state is not State.ACTIVE)

    @property
    def contacts(self) -> tuple[tuple[Account, Contact], ...]:
        """The contact points of the notice, and of the notice of an account of the same name, each once.

        Two notices may give different addresses for one office: both are shown.
        """
        named = (self.account, *(k.account for k in self.also if k.account.name == self.account.name))
        return tuple({c.value: (a, c) for a in reversed(named) for c in a.contacts}.values())[::-1]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who says so, each once: of the account, then of the accounts it leads to."""
        ends = (t.last.account for t in self.trails)
        found = (s for a in (self.account, *ends) if a for s in a.sources)
        return tuple({(s.publisher, s.date): s for s in found}.values())


def story(known: Known, matcher: Matcher) -> Story:
    """Gather what an answer about an account draws on."""
    account, unit = known.account, known.unit
    also = tuple(replace(known, account=a) for a in (unit.accounts if unit else ()) if a.id != account.id)
    trails = follow(account, matcher.base.account)
    goals: dict[tuple[object, ...], Goal] = {}
    for trail in trails:
        if trail.end is End.LIVE:
            goal = goal_of(trail, matcher.base)
            key = (goal.name, goal.platform, goal.path, goal.account, goal.scope)
            # Two ways to one place: the better word for it counts.
            if key not in goals or goal.basis.rank < goals[key].basis.rank:
                goals[key] = goal
    ways = tuple(_way(t, matcher.base) for t in trails)
    return Story(known, also, trails, tuple(goals.values()), ways)


def version(tale: Story) -> str:
    """Return the two letters that stand for what is said of an account now: they change when the answer does.

    Looking again without finding anything new changes nothing; nor do notes that nobody is shown.
    """
    account = tale.account
    told = [account.name, account.platform, account.state, account.reason, account.notice, account.remark,
            account.announced, account.stopped,
            *((g.name, g.platform, g.kind, g.basis, g.scope, g.path, g.url) for g in tale.goals),
            *((t.end, t.last.account.name) for t in tale.trails if t.end is not End.LIVE and t.last.account)]  # fmt: skip
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).digest()
    return LETTERS[digest[0] & 31] + LETTERS[digest[1] & 31]


def code(tale: Story, base: Base) -> str:
    """Return the code a forwarded answer carries: the account for ever, then this version of what is said of it."""
    return f"QX-{base.code(tale.account.id)}-{version(tale)}"


def goal_of(trail: Trail, base: Base) -> Goal:
    """Return where a trail leads, on the weakest word of its way."""
    destination, account, basis, scope = (
        trail.last.destination,
        trail.last.account,
        trail.weakest,
        trail.scope,
    )
    if account:
        goal = account_goal(account, base, basis)
        kind = "path" if destination.path else goal.kind
        return replace(goal, kind=kind, scope=scope, url=destination.url, path=destination.path)
    if destination.unit:
        unit = base.unit_of_id(destination.unit)
        live = tuple(a for a in (unit.accounts if unit else ()) if a.state is State.ACTIVE)
        name = unit.name if unit else None
        return Goal(name, None, "unit", basis, scope, destination.url, unit=unit, accounts=live)
    kind = "path" if destination.path else _kind(destination.platform)
    return Goal(destination.name, destination.platform, kind, basis, scope, destination.url, destination.seen,
                path=destination.path)  # fmt: skip


def account_goal(account: Account, base: Base, basis: Basis) -> Goal:
    """Return an account as a place to go."""
    unit = base.holder(account.id)
    kind = _kind(account.platform)
    return Goal(account.name, account.platform, kind, basis, seen=account.seen, account=account, unit=unit)


def _way(trail: Trail, base: Base) -> tuple[Hop, ...]:
    """Return the steps of a trail, named."""
    found = []
    for step in trail.steps:
        d, account = step.destination, step.account
        unit = base.unit_of_id(d.unit) if d.unit else None
        target = account.name if account else unit.name if unit else d.name
        when = step.origin.stopped or step.origin.announced
        found.append(
            Hop(step.origin.name, target, account.platform if account else d.platform, d.basis, when)
        )
    return tuple(found)


def _kind(platform: Platform | None) -> str:
    return _KINDS.get(platform or Platform.WECHAT, "account")
