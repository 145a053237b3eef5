"""Floor 7. What changed in somebody's home area, for those who asked to hear of it: at once, or once a week. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.ledger.outbox import Letter
from bot.ledger.people import Subscriber
from bot.matcher import Matcher
from bot.talk.desk import Scene
from bot.talk.listing import line_of
from bot.talk.saying import label
from bot.talk.story import story

# How often a chat is told, as its settings say.
AT_ONCE, WEEKLY = "now", "weekly"
# Such letters answer no follow; this stands where its kind would.
AREA = "area"
# Accounts of a digest that are told; a screen holds about ten.
MOST_TOLD = 20


def area_letters(
    subscribers: Sequence[Subscriber], accounts: Iterable[str], matcher: Matcher, cause: str, due: float
) -> list[Letter]:
    """Return a letter for each subscriber in whose area some of the accounts lie; one cause is one letter for each."""
    chains = [(a, set(matcher.gazetteer.chain(place))) for a in accounts if (place := place_of(a, matcher))]
    found = []
    for chat, area, _ in subscribers:
        there = [a for a, chain in chains if area in chain]
        if area and there:
            found.append(Letter(cause, chat, json.dumps(there), due, cause, AREA, area))
    return found


def place_of(account: str, matcher: Matcher) -> str | None:
    """Return the code of the place of an account; `None` for one that is there no more."""
    unit = matcher.base.holder(account)
    return unit.place if unit else None


def digest(accounts: Sequence[str], area: str, scene: Scene) -> str | None:
    """Return what is told of the accounts of an area; `None` when none of them is there any more."""
    w = scene.voice
    known = [k for a in accounts if (k := scene.known(a))]
    if not known:
        return None
    lines = [w.count("digest_head", len(known), place=w.proper(scene.desk.town(area)))]
    for found in known[:MOST_TOLD]:
        called = label(found.account, found.unit, w)
        line = w.say("list_line", name=called, now=line_of(story(found, scene.matcher), scene))
        lines.append(w.say("item", item=line))
    if len(known) > MOST_TOLD:
        lines.append(w.say("digest_more", number=str(len(known) - MOST_TOLD)))
    return "\n".join((*lines, w.say("list_next"), w.say("digest_end")))
