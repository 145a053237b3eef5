"""Floor 6. The lines of an answer about one account: where to go now, what happened, what to beware of, on whose word.

Every function returns whole lines, the first one first; which of them a screen has room for is decided elsewhere.
"""

from __future__ import annotations

from bot.records import Account, Contact, Topic
from bot.reply import Goal, Hop, Known
from bot.talk.saying import contact, goal_name, label, owner, scope, source
from bot.talk.story import Story
from bot.talk.voice import Voice
from bot.trail import End
from bot.values import ContactKind, Notice, Platform, State, When

# Sources named in a message; the rest stay in the record. A phone screen has room for two.
MOST_SOURCES = 2
MOST_KIN = 3
MOST_ROUTES = 2
# Accounts whose followers and name are WeChat's to pass on or give away.
WECHAT = (Platform.WECHAT, Platform.CHANNELS)


def go(tale: Story, voice: Voice) -> list[str]:
    """Return where to go now: one line for one place, else one for what each takes over."""
    differ = len({g.basis for g in tale.goals}) > 1
    if len(tale.goals) == 1:
        (goal,) = tale.goals
        said = goal_name(goal, voice)
        only = scope(goal.scope, voice)
        line = voice.say("go_scope" if only else "go_one", goal=said, scope=only or "")
        return [_seen(line, goal, voice)]
    return [voice.say("go_many"), *(voice.say("item", item=_one(g, voice, basis=differ)) for g in tale.goals)]


def headline(tale: Story, voice: Voice) -> str:
    """Return the answer in one line, without the days somebody looked: it changes only when the answer does."""
    account = tale.account
    if account.state.unsafe or account.state in (State.DORMANT, State.REVIVED):
        return voice.say("headline_state", state=voice.name("states", account.state))
    if not account.state.gone:
        return voice.say("headline_state", state=voice.name("states", State.ACTIVE))
    if not tale.goals:
        return voice.say(
            f"headline_{account.notice or Notice.UNSEEN}" if not tale.trails else "headline_dead"
        )
    named = [(scope(g.scope, voice), goal_name(g, voice)) for g in tale.goals]
    said = [voice.say("goal_for", scope=s, goal=g) if s else g for s, g in named]
    return voice.say("headline_go", goals=voice.joined(said))


def lost(tale: Story, voice: Voice) -> str:
    """Return the first line when nobody named a place to go: what the notice said, or that we have not seen it."""
    called = label(tale.account, tale.known.unit, voice)
    if not tale.trails:
        return voice.say(f"lost_{tale.account.notice or Notice.UNSEEN}", account=called)
    trail = tale.trails[0]
    last = trail.last.account
    if trail.end is End.LOOP or last is None:
        return voice.say("lost_loop", account=called)
    state = voice.name("states", last.state)
    return voice.say("lost_dead", account=called, last=label(last, None, voice), state=state)


def warning(tale: Story, voice: Voice) -> str:
    """Return the first line for an account to be careful with: dormant, revived, hijacked or fake."""
    account = tale.account
    called = label(account, tale.known.unit, voice)
    if account.state is State.DORMANT and account.last_post:
        return voice.say("dormant_since", account=called, date=str(account.last_post))
    return voice.say(str(account.state), account=called, date=str(account.seen or account.checked))


def happened(tale: Story, voice: Voice, today: When) -> list[str]:
    """Return whose account it was, what became of it, when and why."""
    account, unit = tale.account, tale.known.unit
    by = owner(unit, voice) if account.name else None
    if not account.state.gone:
        return [voice.say("owner", unit=by)] if by else []
    event = _closing(account, voice, today) if account.state is State.CLOSING else _gone(account, voice)
    key = ("moved" if tale.goals else "it") + ("_owner" if by else "")
    line = voice.say(key, account=label(account, unit, voice), unit=by or "", event=event)
    if account.reason:
        line += voice.say("reason", reason=voice.name("reasons", account.reason))
    return [line]


def routes(tale: Story, voice: Voice) -> list[str]:
    """Return the way of each trail of several moves, with its dates."""
    long = [way for way in tale.ways if len(way) > 1][:MOST_ROUTES]
    return [voice.say("route", steps=_steps(way, voice)) for way in long]


def remarks(tale: Story, voice: Voice) -> list[str]:
    """Return what the record wants people to know, and what other sources say of the same thing."""
    account = tale.account
    lines = [voice.say("remark", text=voice.sentence(account.remark))] if account.remark else []
    return lines + [
        voice.say("differs", what=voice.sentence(d.what), says=voice.sentence(d.says), source=source(d.source, voice))
        for d in account.differs
    ]  # fmt: skip


def cautions(tale: Story, voice: Voice) -> list[str]:
    """Return what to beware of: an account that may still post, followers that stay behind, a name set free."""
    account = tale.account
    lines = [voice.say("may_still_post")] if account.state is State.CLOSING else []
    if account.platform not in WECHAT or account.state is State.RENAMED:
        return lines
    if account.state is State.MIGRATED:
        lines.append(voice.say("followers_kept"))
    elif account.state.gone:
        lines.append(voice.say("followers_lost" if tale.goals else "name_free"))
    return lines


def kin(tale: Story, voice: Voice) -> list[str]:
    """Return the unit's other accounts: those in use first, marked as our finding and not the notice's."""
    lines = []
    if tale.live:
        lines.append(
            voice.say("kin_live", accounts=voice.joined(_kin(k, tale, voice) for k in tale.live[:MOST_KIN]))
        )
    if tale.gone:
        lines.append(
            voice.say("kin_gone", accounts=voice.joined(_kin(k, tale, voice) for k in tale.gone[:MOST_KIN]))
        )
    return lines  # fmt: skip


def notice_contacts(tale: Story, hotline: Contact | None, voice: Voice) -> list[str]:
    """Return the contact points the notices give, each with its notice and date; a phone stands beside an address."""
    lines, found = [], tale.contacts
    phone = any(c.kind in (ContactKind.PHONE, ContactKind.HOTLINE) for _, c in found)
    for account, given in found:
        date = account.announced or account.stopped or account.checked
        line = voice.say(
            "notice_contact",
            platform=voice.name("platforms", account.platform) if account.platform else "",
            kind=voice.name("contact_kinds", given.kind),
            value=voice.proper(given.value) if given.kind is ContactKind.ADDRESS else given.value,
            date=str(date),
        )
        if given.kind is ContactKind.ADDRESS and not phone and hotline:
            line += voice.say("address_phone", value=hotline.value)
        lines.append(line)
    if len({c.value for _, c in found if c.kind is ContactKind.ADDRESS}) > 1:
        lines.append(voice.say("contacts_disagree"))
    return lines


def evidence(tale: Story, voice: Voice) -> list[str]:
    """Return on whose word the answer stands: the weakest step of its route, and the sources."""
    lines = []
    bases = {g.basis for g in tale.goals}
    if len(bases) == 1:
        several = any(len(t.steps) > 1 for t in tale.trails if t.end is End.LIVE)
        said = voice.name("bases", bases.pop())
        lines.append(voice.say("evidence_weakest" if several else "evidence", basis=said))
    named = [source(s, voice) for s in tale.sources[:MOST_SOURCES]]
    lines.append(voice.say("sources", sources=voice.joined(named)))
    return lines


def service_line(topic: Topic, point: Contact, place: str | None, voice: Voice) -> str:
    """Return in words where to get something of a topic done."""
    return voice.say("services", topic=voice.topic(topic), contact=contact(point, place, voice))


def hotline_line(hotline: Contact | None, voice: Voice) -> str:
    """Return the last resort in words: the place's own 12345, or how to reach it."""
    if hotline is None:
        return voice.say("hotline_anywhere")
    local = "-" in hotline.value
    return voice.say("hotline_here" if local else "hotline_anywhere", value=hotline.value)


def _one(goal: Goal, voice: Voice, *, basis: bool) -> str:
    """Return one of several places to go: what it takes over, where it is, when it was seen, on whose word."""
    only = scope(goal.scope, voice)
    said = goal_name(goal, voice)
    said = voice.say("goal_for", scope=only, goal=said) if only else said
    if basis:
        said = voice.say("goal_basis", goal=said, basis=voice.name("bases", goal.basis))
    return _seen(said, goal, voice)


def _seen(said: str, goal: Goal, voice: Voice) -> str:
    return voice.say("goal_seen", goal=said, date=str(goal.seen)) if goal.seen else said


def _steps(way: tuple[Hop, ...], voice: Voice) -> str:
    """Return a route in words: 北京健康宝 →(2022-12-20)京通丨健康宝 →(2023)京通."""
    said = voice.bare(way[0].origin or "?")
    for hop in way:
        key = "route_step_dated" if hop.date else "route_step"
        said += voice.say(key, target=voice.bare(hop.target or "?"), date=str(hop.date))
    return said


def _closing(account: Account, voice: Voice, today: When) -> str:
    announced, stopped = account.announced, account.stopped
    given = {"announced": announced, "stopped": stopped, "checked": account.checked}
    dates = {key: str(date) for key, date in given.items()}
    if stopped and stopped.first > today.last:
        return voice.say("closing_future", **dates)
    if announced and stopped and announced != stopped:
        return voice.say("closing_both", **dates)
    key = "announced" if announced else "stopped" if stopped else "undated"
    return voice.say(f"closing_{key}", **dates)


def _gone(account: Account, voice: Voice) -> str:
    state = voice.name("states", account.state)
    date = account.stopped or account.announced
    if date:
        return voice.say("gone_dated", date=str(date), state=state)
    return voice.say("gone_undated", checked=str(account.checked), state=state)


def _kin(known: Known, tale: Story, voice: Voice) -> str:
    account = known.account
    called = label(account, known.unit, voice)
    if account.name and account.name == tale.account.name and account.platform:
        called = voice.say("same_account", platform=voice.name("platforms", account.platform))
    if account.state is State.ACTIVE:
        return voice.say("kin_seen", account=called, date=str(account.seen or account.checked))
    return voice.say("kin_one", account=called, state=voice.name("states", account.state))
