"""The buttons under a reply: its own choices first, one a row, since names are long and thumbs are big."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.hosts import covering
from bot.matcher import Matcher
from bot.records import Account
from bot.reply import Kind, Reply
from bot.talk.desk import desk
from bot.values import ContactKind, Platform
from bot.wording import words
from handlers.telegram_following import follow_keys
from handlers.telegram_room import Room
from handlers.telegram_rows import table_keys

Row = list[InlineKeyboardButton]

# What stands for a reply in a button where no account's id can: what is remembered of the message it stands under.
THIS = "-"
# Places to go, and sites, that get buttons: a phone shows the answer and them at once.
MOST_GOALS, MOST_SITES = 3, 2
# Telegram shows about so many characters of a button that is not alone in its row.
MOST_LABEL = 12
GOVERNMENT = ".gov.cn"
APPS = {ContactKind.APP: Platform.APP, ContactKind.MINIPROGRAM: Platform.MINIPROGRAM}


class Spot(NamedTuple):
    """An account to look for: its name, where it lives, and its id there, if anybody reported it."""

    name: str
    platform: Platform
    id: str | None


def choices(reply: Reply, room: Room) -> list[Row]:
    """Return what answers the reply's question."""
    assert all(len(c.choice.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA for c in reply.choices)  # noqa: S101
    return [[InlineKeyboardButton(c.label, callback_data=c.choice)] for c in reply.choices]


def goals(reply: Reply, room: Room) -> list[Row]:
    """Return for each account to go to its name and id to copy, and how to find it on its platform."""
    w, rows, told = words(reply.language), [], set()
    matcher = room.house.matcher()
    called = {p.id: p.id_called for p in matcher.base.platforms}
    voice = desk(matcher).voice(reply.language)
    for spot in list(dict.fromkeys(_spots(reply)))[:MOST_GOALS]:
        shown = spot.name if len(spot.name) <= MOST_LABEL else f"{spot.name[: MOST_LABEL - 1]}…"
        row = [_copying(w.say("copy_name", name=shown), spot.name)]
        what = called.get(spot.platform)
        if spot.id and what:
            row.append(_copying(w.say("copy_id", called=voice.proper(what)), spot.id))
        steps = w.say("find_steps", platform=w.name("platforms", spot.platform))
        find = [InlineKeyboardButton(steps, callback_data=f"find:{spot.platform}")]
        find = [] if spot.platform in told else find
        told.add(spot.platform)
        rows += [[*row, *find]] if len(row) == 1 else [row, find]
    return rows


def _copying(label: str, text: str) -> InlineKeyboardButton:
    copied = CopyTextButton(text[: InlineKeyboardButtonLimit.MAX_COPY_TEXT])
    return InlineKeyboardButton(label, copy_text=copied)


def sites(reply: Reply, room: Room) -> list[Row]:
    """Return the sites of the answer that may be opened: no others, since only the text says on whose word they stand."""
    w, matcher = words(reply.language), room.house.matcher()
    kept = {url: name for name, url in _links(reply) if may_open(url, matcher)}
    voice = desk(matcher).voice(reply.language)
    rows = []
    for url, name in list(kept.items())[:MOST_SITES]:
        called = voice.proper(name) if name else urlsplit(url).hostname or url
        rows.append([InlineKeyboardButton(w.say("open_site", name=called), url=url)])
    return rows


def tools(reply: Reply, room: Room) -> list[Row]:
    """Return what makes the answer fit to be passed on."""
    w, account = words(reply.language), reply.account.account.id if reply.account else None
    row = []
    if reply.plain:
        row.append(InlineKeyboardButton(w.say("tool_plain"), callback_data=f"plain:{account or THIS}"))
    if account:
        row.append(InlineKeyboardButton(w.say("tool_card"), callback_data=f"card:{account}"))
    if reply.kind is not Kind.CHAT:
        row.append(InlineKeyboardButton(w.say("tool_link"), callback_data=f"link:{account or THIS}"))
    return [row] if row else []


def votes(reply: Reply, room: Room) -> list[Row]:
    """Return how a person says whether the answer helped, misses included; small talk is not asked about."""
    if reply.kind is Kind.CHAT:
        return []
    w, about = words(reply.language), reply.account.account.id if reply.account else THIS
    up = InlineKeyboardButton(w.say("vote_up"), callback_data=f"vote:up:{about}")
    down = InlineKeyboardButton(w.say("vote_down"), callback_data=f"vote:down:{about}")
    wrong = InlineKeyboardButton(w.say("fix_button"), callback_data=f"fix:{about}")
    return [[up, down, wrong] if room.is_private else [up, down]]


# What stands under every reply, from top to bottom; each part gives its rows.
PARTS: Sequence[Callable[[Reply, Room], list[Row]]] = (
    choices,
    goals,
    sites,
    follow_keys,
    table_keys,
    tools,
    votes,
)


def keyboard(reply: Reply, room: Room) -> InlineKeyboardMarkup | None:
    """Return the buttons of a reply, `None` where it has none."""
    rows = [row for part in PARTS for row in part(reply, room) if row]
    return InlineKeyboardMarkup(rows) if rows else None


def markup(reply: Reply, room: Room) -> dict[str, Any] | None:
    """Return the buttons of a reply as the Bot API takes them, `None` where it has none.

    Many replies have the same: the last ones are kept, by all that the parts make them of.
    """
    if reply.wish or reply.rows:
        return _as_sent(reply, room) or None
    account = reply.account.account.id if reply.account else None
    made_of = (
        room.house.matcher().base.digest,
        (reply.language, room.is_private, reply.kind, account, bool(reply.plain)),
        (reply.choices, reply.offers),
        (*_spots(reply),),
        (*_links(reply),),
    )
    return room.house.keyboards.get(made_of, lambda: _as_sent(reply, room)) or None


def _as_sent(reply: Reply, room: Room) -> dict[str, Any]:
    found = keyboard(reply, room)
    return found.to_dict() if found else {}


def may_open(url: str, matcher: Matcher) -> bool:
    """Tell whether a button may open a link: a government's site, a platform's, or a contact point of the records."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not url.isascii() or not url.isprintable() or " " in url:
        return False
    known = desk(matcher)
    government = covering(host, (GOVERNMENT,)) is not None
    return government or host in known.sites or (parts.hostname or "") in known.hosts


def _links(reply: Reply) -> Iterator[tuple[str, str]]:
    """Yield the names and addresses of the sites that an answer speaks of."""
    yield from ((g.name or "", g.url) for g in reply.goals if g.url)
    sites = (c for c in reply.contacts if c.kind is ContactKind.WEBSITE and c.value in reply.text)
    yield from ((c.name or "", c.value) for c in sites)


def _spots(reply: Reply) -> Iterator[Spot]:
    """Yield what a person would look for now, as far as the text speaks of it: where it went, else what to try."""
    if reply.account and reply.kind is Kind.ALIVE:
        yield from _spot(reply.account.account)
    for goal in (*reply.goals, *(h.goal for h in reply.helps if h.goal and not reply.choices)):
        if goal.platform and goal.platform is not Platform.WEBSITE and goal.name:
            yield Spot(goal.name, goal.platform, goal.account.platform_id if goal.account else None)
        for account in goal.accounts:
            yield from _spot(account)
    for contact in (h.contact for h in reply.helps if h.contact and not reply.choices):
        if contact.kind in APPS and contact.name:
            yield Spot(contact.name, APPS[contact.kind], None)


def _spot(account: Account) -> Iterator[Spot]:
    if account.name and account.platform and account.platform is not Platform.WEBSITE:
        yield Spot(account.name, account.platform, account.platform_id)
