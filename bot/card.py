"""Floor 7. A Reply → what stands on the picture that people forward in chats; `Cards` draws it and keeps the last drawn.

Where there can be no card, the text of the answer says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.drawing.face import Face, NoCardError, Spot, Tone
from bot.drawing.studio import Cards, checked_base
from bot.records import Account, Contact, Source
from bot.reply import Goal, Known, Reply
from bot.values import Basis, ContactBasis, ContactKind, Notice, Platform, State
from bot.wording import Words, words

__all__ = ["Cards", "Face", "NoCardError", "checked_base", "face"]

# What a card has room for; a reader is told of what is left out.
MOST_SPOTS = 3
MOST_SOURCES = 2

_LOST = {
    Notice.NONE: "card_lost_none", Notice.UNSEEN: "card_lost_unseen", Notice.VAGUE: "card_lost_vague",
    Notice.NAMED: "card_lost_named",
}  # fmt: skip
_STANDING = {
    State.DORMANT: (Tone.DOUBT, "card_dormant"),
    State.REVIVED: (Tone.DOUBT, "card_revived"), State.HIJACKED: (Tone.CARE, "card_hijacked"),
    State.IMPOSTOR: (Tone.CARE, "card_impostor"),
}  # fmt: skip
# From here on a destination is somebody's conclusion or hearsay, and the card's colour says so.
_WEAK = Basis.RULE


def face(reply: Reply) -> Face | None:
    """Return what the card of a reply says; `None` for a reply that is not about one account."""
    if reply.account is None:
        return None
    w, known, account = words(reply.language), reply.account, reply.account.account
    goals = reply.goals if account.state.gone else ()
    contacts = [] if goals or account.state is State.ACTIVE else _contacts(reply.contacts)
    spots = [_place_to_go(g, goals, w) for g in goals] or [_place_to_ask(c, w) for c in contacts]
    tone, heading = _message(account, goals, w)
    return Face(
        account=account.id,
        language=w.language,
        title=w.say("card_title"),
        unofficial=w.say("card_unofficial"),
        place=known.town,
        label=w.say("card_was" if account.state.gone else "card_asked"),
        old=account.name or _unnamed(_unit_name(known), account.platform, w),
        struck=account.state.gone,
        separator=w.say("separator"),
        whose=_whose(known, w),
        event=_happened(account, w),
        tone=tone,
        heading=heading,
        lead=w.say("card_ask") if contacts else "",
        spots=tuple(spots[:MOST_SPOTS]),
        more=_remark(len(spots), account, contacts, w),
        basis=_basis(goals, w) if _agree(goals) else "",
        sources=_sources(reply.sources, w),
        scan=w.say("card_scan"),
        step=_hotline(reply.contacts, contacts, w),
        checked=w.say("card_checked", checked=str(account.checked)),
        code=reply.code or "",
    )


def _message(account: Account, goals: Sequence[Goal], w: Words) -> tuple[Tone, str]:
    """Return the main message: where to go, that nobody said where, or how the account stands."""
    if account.state is State.ACTIVE:
        return Tone.GO, _seen(account, w)
    if not account.state.gone:
        tone, key = _STANDING[account.state]
        return tone, w.say(key)
    if goals:
        tone = Tone.DOUBT if any(g.basis.rank >= _WEAK.rank for g in goals) else Tone.GO
        return tone, w.say("card_now" if len(goals) == 1 else "card_now_many")
    if account.destinations:
        return Tone.DOUBT, w.say("card_lost_dead")
    return Tone.DOUBT, w.say(_LOST[account.notice or Notice.UNSEEN])


def _whose(known: Known, w: Words) -> tuple[str, ...]:
    """Return the platform, and the unit where the name above is not already the unit's."""
    account = known.account
    if not account.name:
        return (w.say("card_unnamed"),)
    # Whom an impostor imitates stands beside it in the records; on a card that would read as its owner.
    owner = "" if account.state is State.IMPOSTOR else _unit_name(known)
    return _said(w.name("platforms", account.platform) if account.platform else "", owner)


def _happened(account: Account, w: Words) -> str:
    """Return what became of an account and when; true on whatever day the card is read."""
    checked, state = str(account.checked), w.name("states", account.state)
    if account.state is State.DORMANT:
        return w.say("card_last_post", date=str(account.last_post)) if account.last_post else ""
    if account.state is State.REVIVED:
        return _seen(account, w)
    if not account.state.gone:
        return ""
    if account.state is State.CLOSING:
        if account.stopped:
            return w.say("card_stops", date=str(account.stopped))
        if account.announced:
            return w.say("card_announced", date=str(account.announced))
        return w.say("card_closing", checked=checked)
    date = account.stopped or account.announced
    return (
        w.say("card_gone", date=str(date), state=state)
        if date
        else w.say("card_gone_by", checked=checked, state=state)
    )


def _seen(account: Account, w: Words) -> str:
    return w.say("card_seen", date=str(account.seen or account.checked))


def _place_to_go(goal: Goal, goals: Sequence[Goal], w: Words) -> Spot:
    """Return a destination: its name, and where it lives, what it takes over and, if they differ, on whose word."""
    unit = (goal.unit.name if goal.unit else None) or ""
    platform = w.name("platforms", goal.platform) if goal.platform else w.say("card_platform_unsaid")
    details = _said(
        platform if goal.name and goal.kind != "unit" else "",
        w.say("card_path", path=w.say("card_arrow").join(goal.path)) if goal.path else "",
        w.say("card_unnamed") if not goal.name else "",
        w.say("joined").join(a.name for a in goal.accounts if a.name),
        w.say("card_scope", scope=_scope(goal.scope, w)) if goal.scope and goal.scope != "all" else "",
        w.say("card_seen", date=str(goal.seen)) if goal.seen else "",
        "" if _agree(goals) else w.name("bases", goal.basis),
    )
    return Spot(goal.name or _unnamed(unit, goal.platform, w), details)


def _contacts(contacts: Iterable[Contact]) -> list[Contact]:
    """Return whom to ask: what the notices gave, then the hotline; a website is no help to who only has a phone."""
    named = [c for c in contacts if c.basis is ContactBasis.NOTICE]
    hotlines = [c for c in contacts if c.kind is ContactKind.HOTLINE and c not in named]
    return [*named, *hotlines[:1]]


def _place_to_ask(contact: Contact, w: Words) -> Spot:
    """Return a contact point: the number or address itself, large, and whose it is on whose word."""
    basis = w.name("contact_bases", contact.basis)
    kind = w.name("contact_kinds", contact.kind)
    if contact.kind in (ContactKind.HOTLINE, ContactKind.PHONE, ContactKind.ADDRESS):
        dial = w.say("card_dial") if contact.value.endswith("-12345") else ""
        return Spot(contact.value, _said(contact.name or kind, dial, basis))
    value = contact.value if contact.name and contact.name != contact.value else ""
    return Spot(contact.name or contact.value, _said(kind, value, basis))


def _hotline(contacts: Iterable[Contact], offered: Sequence[Contact], w: Words) -> str:
    """Return the next step of every card: the hotline, where it does not stand above already."""
    lines = [c for c in contacts if c.kind is ContactKind.HOTLINE]
    if not lines or lines[0] in offered[:MOST_SPOTS]:
        return ""
    return w.say("card_hotline", value=lines[0].value)


def _remark(spots: int, account: Account, contacts: Sequence[Contact], w: Words) -> str:
    """Return what a reader must know of the places above: that there are more, or that two notices differ."""
    if spots > MOST_SPOTS:
        return w.say("card_more", number=str(spots - MOST_SPOTS))
    own = {(c.kind, c.value) for c in account.contacts}
    others = {(c.kind, c.value) for c in contacts if c.basis is ContactBasis.NOTICE} - own
    differ = {kind for kind, _ in own} & {kind for kind, _ in others}
    return w.say("card_contacts_disagree") if differ else ""


def _basis(goals: Sequence[Goal], w: Words) -> str:
    return w.say("card_basis", basis=w.name("bases", goals[0].basis)) if goals else ""


def _agree(goals: Sequence[Goal]) -> bool:
    """Tell whether every destination rests on the same sort of word."""
    return len({g.basis for g in goals}) <= 1


def _sources(sources: Sequence[Source], w: Words) -> str:
    said = []
    for source in sources[:MOST_SOURCES]:
        key = "source_dated" if source.date else "source"
        one = w.say(key, publisher=source.publisher, date=str(source.date))
        said.append(w.say("reprint", source=one) if source.reprint or source.mirror else one)
    return w.say("sources", sources=w.say("joined").join(said)) if said else ""


def _scope(scope: str, w: Words) -> str:
    try:
        return w.name("scopes", scope)
    except KeyError:
        return scope


def _unnamed(unit: str, platform: Platform | None, w: Words) -> str:
    """Return what an account is called whose name nobody reported; nothing where its unit has none either."""
    if not unit:
        return ""
    return w.say("card_account_of", unit=unit, platform=w.name("platforms", platform)) if platform else unit


def _unit_name(known: Known) -> str:
    return (known.unit.name if known.unit else None) or ""


def _said(*parts: str) -> tuple[str, ...]:
    return tuple(p for p in parts if p)
