"""A chat's home area on Telegram: typed, pressed or shown on a map; and how often it hears of changes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.contacts import COUNTRY
from bot.following.area import AT_ONCE, WEEKLY
from bot.matcher import Matcher
from bot.talk.desk import desk
from bot.talk.voice import Voice
from bot.text import fold
from handlers.telegram_addressed import by_admin
from handlers.telegram_following import FOR_LONG
from handlers.telegram_kinds import rest
from handlers.telegram_room import Room
from handlers.telegram_show import hush, say
from handlers.telegram_stop import LETTERS, NEVER

# Remembered while a typed place is the answer to /area, for so many seconds.
WAITS, PATIENCE = "area", 1800.0
# Words beside a place that are no name of anything.
MOST_BESIDE = 1
WIDE = 4
# How the code of a province ends.
PROVINCE = "0000"
DIGESTS = (WEEKLY, AT_ONCE, NEVER)
PRESSED = rf"area:(set:[0-9a-z-]{{1,14}}|in:[0-9a-z-]{{1,14}}|digest:({'|'.join(DIGESTS)})|forget)"
Rows = list[list[InlineKeyboardButton]]


async def area(update: Update, room: Room) -> None:
    """Take the place after the command; without one, say what is set and offer the provinces."""
    if not await by_admin(room):
        await say(room, room.words.say("admins_only"))
        return
    if rest(update, room):
        await _take(places_in(rest(update, room), room.house.matcher()), room)
        return
    matcher, w = room.house.matcher(), _voice(room)
    await room.remember(WAITS, "1", PATIENCE)
    home = room.settings.area
    rows = place_keys(lying_in(None, matcher), "in", matcher, w)
    text = w.say("area_none")
    if home:
        digest = w.say(f"area_{room.settings.digest or NEVER}")
        text = w.say("area_is", place=w.proper(desk(matcher).town(home)), digest=digest)
        rows += [*digest_keys(w), [InlineKeyboardButton(w.say("area_forget"), callback_data="area:forget")]]
    await say(room, text, InlineKeyboardMarkup(rows))


async def typed_area(update: Update, room: Room) -> None:
    """Take a place that was typed or shown on a map as the home area."""
    await _take(_meant(update, room.house.matcher()), room)


def is_area(update: Update, room: Room) -> bool:
    """Tell whether a message says nothing but a place, or shows one on a map whose address we know."""
    return bool(_meant(update, room.house.matcher()))


async def pressed_area(update: Update, room: Room) -> None:
    """Go on from a button; in a group its administrators decide."""
    if not await by_admin(room):
        await hush(update, room.words.say("admins_only"))
        return
    await hush(update)
    query = update.callback_query
    _, what, value = f"{(query.data if query else None) or ''}::".split(":")[:3]
    matcher, w = room.house.matcher(), _voice(room)
    if what == "forget":
        await room.keep(replace(room.settings, area=None, digest=None))
        await say(room, w.say("area_forgotten"))
    elif what == "digest":
        await _digest(value, room)
    elif value not in matcher.base.places:
        await say(room, w.say("button_gone"))
    elif what == "in" and (below := lying_in(value, matcher)):
        whole = InlineKeyboardButton(
            w.say("area_whole", place=w.proper(matcher.base.places[value].name)),
            callback_data=f"area:set:{value}",
        )
        rows = [[whole], *place_keys(below, "in", matcher, w)]
        await say(room, w.say("area_pick"), InlineKeyboardMarkup(rows))
    else:
        await _take([value], room)


def places_in(text: str, matcher: Matcher, *, alone: bool = True) -> list[str]:
    """Return the codes of the places that a text may name; none where it must stand `alone` and more is said."""
    gazetteer, folded = matcher.gazetteer, fold(text)
    found = gazetteer.mentions(folded)
    left = len(folded) - sum(m.end - m.start for m in found)
    if not found or (alone and left > MOST_BESIDE):
        return []
    codes = [c for c in found[-1].meaning if all(gazetteer.agree(m.meaning, c) for m in found)]
    return [c for c in codes if c != COUNTRY]


async def _take(codes: Sequence[str], room: Room) -> None:
    """Set the home area where one is named; ask which it is where several are."""
    matcher, w = room.house.matcher(), _voice(room)
    if not codes:
        await say(room, w.say("area_unknown"))
    elif len(codes) > 1:
        labels = [(w.proper(desk(matcher).town(c)), f"area:set:{c}") for c in codes]
        rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in labels]
        await say(room, w.say("area_which"), InlineKeyboardMarkup(rows))
    else:
        await room.keep(replace(room.settings, area=codes[0]))
        text = w.say("area_set", place=w.proper(desk(matcher).town(codes[0])))
        await say(room, text, InlineKeyboardMarkup(digest_keys(w)))
        # Only now: handled again over a death, the same message is still known for a place.
        await room.ledger.people.remember(room.key, WAITS, "", 0)


async def _digest(often: str, room: Room) -> None:
    """Set how often the chat hears of changes in its area."""
    if room.settings.area is None:
        await say(room, room.words.say("button_gone"))
        return
    await room.keep(replace(room.settings, digest=None if often == NEVER else often))
    await room.remember(LETTERS, room.language, FOR_LONG)
    await say(room, room.words.say(f"digest_{often}"))


def digest_keys(w: Voice) -> Rows:
    """Return how often somebody may be told, as buttons."""
    return [[InlineKeyboardButton(w.say(f"area_{d}"), callback_data=f"area:digest:{d}") for d in DIGESTS]]


def place_keys(codes: Sequence[str], what: str, matcher: Matcher, w: Voice) -> Rows:
    """Return places as buttons, a few in a row."""
    places = matcher.base.places
    names = [(w.proper(places[c].short or places[c].name), f"area:{what}:{c}") for c in codes]
    buttons = [InlineKeyboardButton(name, callback_data=data) for name, data in names]
    wide = WIDE if w.language != "en" else 2
    return [buttons[n : n + wide] for n in range(0, len(buttons), wide)]


def lying_in(code: str | None, matcher: Matcher) -> list[str]:
    """Return the places directly in a place; the provinces for none."""
    if code is not None:
        return desk(matcher).below.get(code, [])
    return sorted(c for c in matcher.base.places if c.endswith(PROVINCE) and c != COUNTRY)


def _meant(update: Update, matcher: Matcher) -> list[str]:
    """Return the places that a message means: what its text says, or the address of what it shows on a map."""
    message = update.message
    if message and message.venue:
        return places_in(message.venue.address, matcher, alone=False)
    return places_in((message.text or "") if message else "", matcher)


def _voice(room: Room) -> Voice:
    return desk(room.house.matcher()).voice(room.language)
