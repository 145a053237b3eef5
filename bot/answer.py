"""Floor 6. What is said of one account: where to go now, what happened, on whose word, what else helps, in that order.

Pure: it is given the records and today's date. Only text from records and wording files leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot import codec
from bot.contacts import points
from bot.index import LETTERS
from bot.matcher import Matcher
from bot.records import Account, Contact, Notice, Platform, Source, State, Unit, When
from bot.reply import Goal, Hop, Known
from bot.trail import End, Trail, follow
from bot.wording import Words

# Sources named in a message; the rest stay in the record. A phone screen has room for three.
MOST_SOURCES = 3
MOST_ALSO = 4
_KINDS = {Platform.WEBSITE: "website", Platform.APP: "app"}


@dataclass(frozen=True, slots=True)
class Story:
    """An account with everything an answer about it draws on."""

    known: Known
    also: tuple[Known, ...]
    named: tuple[Account, ...]
    trails: tuple[Trail, ...]
    goals: tuple[Goal, ...]
    route: tuple[Hop, ...]
    hotlines: tuple[Contact, ...]

    @property
    def account(self) -> Account:
        """The account the story is about."""
        return self.known.account

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contact points of the notices, then the place's hotline."""
        left = tuple(c for a in self.named for c in a.contacts)
        return (*dict.fromkeys(left), *self.hotlines)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who says so, each once: of the account, then of the accounts it leads to."""
        ends = (t.last.account for t in self.trails)
        found = (s for a in (*self.named, *ends) if a for s in a.sources)
        return tuple({(s.publisher, s.date): s for s in found}.values())


def story(account: Account, matcher: Matcher) -> Story:
    """Gather what an answer about an account draws on."""
    known = Known.of(account, matcher)
    also = tuple(Known.of(a, matcher) for a in matcher.base.accounts(account.unit) if a.id != account.id)
    trails = follow(account, matcher.base.account)
    live = [t for t in trails if t.end is End.LIVE]
    place = known.unit.place if known.unit else None
    hotlines = points(matcher.base.contacts, matcher.gazetteer, None, place)
    goals = dict.fromkeys(_goal(t, matcher) for t in live)
    # The notice of an account of the same name may give another address for the same office: both are shown.
    named = (account, *(k.account for k in also if k.account.name == account.name))
    return Story(known, also, named, trails, tuple(goals), _route(trails, matcher), tuple(hotlines))


def code(tale: Story, matcher: Matcher) -> str:
    """Return the code a forwarded answer carries: the account for ever, then this version of what is said of it."""
    ends = [t.last.account for t in tale.trails]
    told = [codec.encode(a) for a in (tale.account, *(k.account for k in tale.also), *ends) if a]
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).digest()
    return f"QX-{matcher.base.code(tale.account.id)}-{LETTERS[digest[0] & 31]}{LETTERS[digest[1] & 31]}"


def label(account: Account, unit: Unit | None, words: Words) -> str:
    """Return how an account is called in a sentence, never a name nobody reported."""
    platform = words.name("platforms", account.platform) if account.platform else None
    if account.name:
        key = "account" if platform else "account_bare"
        return words.say(key, name=account.name, platform=platform or "")
    key = "account_unnamed" if platform else "account_unnamed_bare"
    return words.say(key, unit=(unit.name if unit else None) or "", platform=platform or "")


def goal_line(goal: Goal, words: Words, *, basis: bool) -> str:
    """Return one place to go in words: its name, platform or path, what it takes over, whose word, last seen."""
    said = _goal_name(goal, words)
    if goal.scope and goal.scope != "all":
        said = words.say("goal_scope", goal=said, scope=_scope(goal.scope, words))
    if basis:
        said = words.say("goal_basis", goal=said, basis=words.name("bases", goal.basis))
    if goal.seen:
        said = words.say("goal_seen", goal=said, date=str(goal.seen))
    return said


def go(tale: Story, words: Words) -> list[str]:
    """Return the first lines: where to go now."""
    differ = len({g.basis for g in tale.goals}) > 1
    lines = [goal_line(g, words, basis=differ) for g in tale.goals]
    if len(lines) == 1:
        return [words.say("go_one", goal=lines[0])]
    return [words.say("go_many"), *(words.say("item", item=line) for line in lines)]


def lost(tale: Story, words: Words) -> str:
    """Return the first line when nobody named a place to go: what the notice said, or that we have not seen it."""
    called = label(tale.account, tale.known.unit, words)
    if tale.trails:
        return words.say("lost_dead", account=called)
    return words.say(f"lost_{tale.account.notice or Notice.UNSEEN}", account=called)


def warning(tale: Story, words: Words) -> str:
    """Return the first line for an account to be careful with: dormant, revived, hijacked or fake."""
    account = tale.account
    called = label(account, tale.known.unit, words)
    if account.state is State.DORMANT and account.last_post:
        return words.say("dormant_since", account=called, date=str(account.last_post))
    return words.say(str(account.state), account=called, date=str(account.seen or account.checked))


def happened(tale: Story, words: Words, today: When) -> list[str]:
    """Return what became of an account, when, why, and what else of its unit a person may meet."""
    account, unit = tale.account, tale.known.unit
    lines = [_event(account, unit, words, today, moved=bool(tale.goals))]
    if account.reason and account.state.gone:
        lines[0] += words.say("reason", reason=words.name("reasons", account.reason))
    if account.remark:
        lines.append(account.remark)
    if any(len(t.steps) > 1 for t in tale.trails):
        lines.append(words.say("route", steps=_steps(tale, words)))
    lines += [
        words.say("differs", what=d.what, says=d.says, source=_source(d.source, words))
        for d in account.differs
    ]
    if tale.also:
        lines.append(words.say("also", accounts=_also(tale, words)))
    return lines


def notice_contacts(tale: Story, words: Words) -> list[str]:
    """Return the contact points the notices give, each with the account whose notice it was; say if they differ."""
    lines = [
        words.say(
            "notice_contact",
            account=words.name("platforms", a.platform)
            if a.platform and len(tale.named) > 1
            else words.say("it"),
            kind=words.name("contact_kinds", c.kind),
            value=c.value,
        )
        for a in tale.named
        for c in a.contacts
    ]
    values = {(c.kind, c.value) for a in tale.named for c in a.contacts}
    if len(values) > len({kind for kind, _ in values}):
        lines.append(words.say("contacts_disagree"))
    return lines


def evidence(tale: Story, words: Words) -> list[str]:
    """Return on whose word the answer stands: the weakest step of its route, and the sources."""
    lines = []
    bases = {t.weakest for t in tale.trails if t.end is End.LIVE}
    if bases and len({g.basis for g in tale.goals}) == 1:
        weakest = max(bases, key=lambda b: b.rank)
        lines.append(words.say("evidence", basis=words.name("bases", weakest)))
    named = [_source(s, words) for s in tale.sources[:MOST_SOURCES]]
    lines.append(words.say("sources", sources=words.say("joined").join(named)))
    return lines


def hotline_line(hotlines: Iterable[Contact], words: Words) -> str:
    """Return the last resort in words: the place's own 12345, or how to reach it."""
    local = next((c for c in hotlines if "-" in c.value), None)
    return words.say("hotline_here", value=local.value) if local else words.say("hotline_anywhere")


def _goal(trail: Trail, matcher: Matcher) -> Goal:
    destination, account = trail.last.destination, trail.last.account
    basis = trail.weakest
    if account:
        unit = matcher.base.unit(account.unit)
        kind = "path" if destination.path else _KINDS.get(account.platform or Platform.WECHAT, "account")
        where = (destination.scope, destination.url, account.seen, account, unit, destination.path)
        return Goal(account.name, account.platform, kind, basis, *where)
    if destination.unit:
        unit = matcher.base.unit(destination.unit)
        return Goal(
            unit.name if unit else None, None, "unit", basis, destination.scope, destination.url, unit=unit
        )
    kind = "path" if destination.path else _KINDS.get(destination.platform or Platform.WECHAT, "account")
    seen = (destination.scope, destination.url, destination.seen)
    return Goal(destination.name, destination.platform, kind, basis, *seen, path=destination.path)


def _goal_name(goal: Goal, words: Words) -> str:
    if goal.kind == "unit":
        accounts = words.say("joined").join(label(a, goal.unit, words) for a in goal.accounts)
        return words.say("goal_unit" if accounts else "goal_plain", name=goal.name or "", accounts=accounts)
    if goal.account and not goal.account.name:
        return label(goal.account, goal.unit, words)
    if goal.path:
        return words.say("goal_path", name=goal.name or "", path=words.say("route_arrow").join(goal.path))
    if goal.platform is Platform.WEBSITE and goal.name and "网" in goal.name:
        return words.say("goal_plain", name=goal.name)
    if goal.platform:
        return words.say("goal_on", name=goal.name or "", platform=words.name("platforms", goal.platform))
    return words.say("goal_unsaid", name=goal.name or "")


def _route(trails: Iterable[Trail], matcher: Matcher) -> tuple[Hop, ...]:
    hops: dict[Hop, None] = {}
    for step in (s for t in trails for s in t.steps):
        d, account = step.destination, step.account
        unit = matcher.base.unit(d.unit) if d.unit else None
        target = account.name if account else (unit.name if unit else d.name)
        when = step.origin.stopped or step.origin.announced
        hop = Hop(step.origin.name, target, account.platform if account else d.platform, d.basis, when)
        hops[hop] = None
    return tuple(hops)


def _steps(tale: Story, words: Words) -> str:
    longest = max(tale.trails, key=lambda t: len(t.steps))
    names = [
        longest.steps[0].origin.name,
        *((s.account.name if s.account else s.destination.name) for s in longest.steps),
    ]
    return words.say("route_arrow").join(n or "?" for n in names)


def _event(account: Account, unit: Unit | None, words: Words, today: When, *, moved: bool) -> str:
    """Say whose account it is and what happened; by name where the first line named only where to go."""
    owner = unit.name if unit and account.name else None
    if not account.state.gone:
        return words.say("owner", unit=owner) if owner else ""
    event = _closing(account, words, today) if account.state is State.CLOSING else _gone(account, words)
    key = ("moved_owner" if moved else "owner_event") if owner else "event"
    return words.say(key, account=label(account, unit, words), unit=owner or "", event=event)


def _closing(account: Account, words: Words, today: When) -> str:
    announced, stopped = account.announced, account.stopped
    dates = {"announced": str(announced), "stopped": str(stopped), "checked": str(account.checked)}
    if stopped and stopped.first > today.last:
        return words.say("closing_future", **dates)
    if announced and stopped and announced != stopped:
        return words.say("closing_both", **dates)
    key = "announced" if announced else "stopped" if stopped else "undated"
    return words.say(f"closing_{key}", **dates)


def _gone(account: Account, words: Words) -> str:
    state = words.name("states", account.state)
    date = account.stopped or account.announced
    if date:
        return words.say("gone_dated", date=str(date), state=state)
    return words.say("gone_undated", checked=str(account.checked), state=state)


def _also(tale: Story, words: Words) -> str:
    said = []
    for known in tale.also[:MOST_ALSO]:
        account = known.account
        called = label(account, known.unit, words)
        if account.name == tale.account.name and account.platform:
            called = words.say("same_account", platform=words.name("platforms", account.platform))
        if account.state is State.ACTIVE and account.seen:
            said.append(words.say("also_seen", account=called, date=str(account.seen)))
        else:
            said.append(words.say("also_one", account=called, state=words.name("states", account.state)))
    return words.say("joined").join(said)


def _source(source: Source, words: Words) -> str:
    key = "source_dated" if source.date else "source"
    said = words.say(key, publisher=source.publisher, date=str(source.date))
    return words.say("reprint", source=said) if source.reprint or source.mirror else said


def _scope(scope: str, words: Words) -> str:
    try:
        return words.name("scopes", scope)
    except KeyError:
        return scope
