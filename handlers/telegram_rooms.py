"""Who handles what people ask for besides answers: a part of the list in `handlers/telegram_lines.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.telegram_follow import follows, publish, tell_found, unfollow
from handlers.telegram_following import TELL
from handlers.telegram_kinds import command, line, pressed
from handlers.telegram_post import post
from handlers.telegram_room import House
from handlers.telegram_stop import STOP

ROOMS = (
    line(follows, command("follow")),
    line(unfollow, pressed(STOP)),
    line(tell_found, pressed(TELL)),
)
BESIDE: tuple[Callable[[House], Awaitable[None]], ...] = (publish, post)
