"""Updates as they come from Telegram, kept before they are acknowledged, however strange they are."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.ledger import Ledger, Update
from bot.ledger.inbox import BIGGEST_ID
from handlers.telegram_room import key_of

log = logging.getLogger(__name__)

# What Telegram is asked for. It keeps what was asked for last, so it is always told.
ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "guest_message",
)
NO_NUMBER = "no update_id: nothing that Telegram's updates are"


async def take_in(found: Sequence[object], ledger: Ledger) -> int | None:
    """Keep what came; the number of the last update, all of which may be acknowledged now; `None` without one.

    Raises:
        TroubleError: nothing was kept; do not acknowledge.
    """
    updates: list[Update] = []
    for raw in found:
        update = _update(raw)
        if update is None:
            log.error("what came is no update, and is kept with the dead letters")
            await ledger.inbox.reject(_text(raw), NO_NUMBER)
        else:
            updates.append(update)
    if not updates:
        return None
    await ledger.inbox.receive(updates)
    return max(update.id for update in updates)


def _update(raw: object) -> Update | None:
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or type(number) is not int or not 0 <= number <= BIGGEST_ID:
        return None
    return Update(number, lane_of(raw), _text(raw))


def _text(raw: object) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def lane_of(raw: Mapping[str, Any]) -> str:
    """Return the chat in whose order an update is handled: where it happened, else whose it is; 0 for neither."""
    for body in raw.values():
        for path in (("chat",), ("message", "chat"), ("from",), ("user",)):
            found: object = body
            for name in (*path, "id"):
                found = found.get(name) if isinstance(found, Mapping) else None
            if type(found) is int:
                return key_of(found)
    return key_of(0)
