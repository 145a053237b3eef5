"""Who handles what people ask for besides answers: a part of the list in `handlers/telegram_lines.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram.ext import filters

from handlers.telegram_area import PRESSED, WAITS, area, is_area, pressed_area, typed_area
from handlers.telegram_batch import document, saved
from handlers.telegram_feedback import (
    SOURCE,
    WRONG,
    corrected,
    down,
    is_waited_for,
    skipped,
    sourced,
    why,
    wrong,
)
from handlers.telegram_follow import follows, publish, tell_found, unfollow
from handlers.telegram_following import ASK_AND_TELL, TELL
from handlers.telegram_inline import inline
from handlers.telegram_kinds import by_maintainers, command, has, line, message, pressed, private, remembered
from handlers.telegram_post import post
from handlers.telegram_queue import ENTRY, named_entry, pressed_queue, queue
from handlers.telegram_queue import PRESSED as QUEUE
from handlers.telegram_room import House
from handlers.telegram_stop import STOP
from handlers.telegram_upkeep import health, reload, stats
from handlers.telegram_votes import REASONS

ROOMS = (
    line(inline, has("inline_query")),
    line(follows, command("follow")),
    line(unfollow, pressed(STOP)),
    line(tell_found, pressed(f"{TELL}|{ASK_AND_TELL}")),
    line(area, command("area")),
    line(pressed_area, pressed(PRESSED)),
    line(saved, private, pressed("csv:.*")),
    line(queue, by_maintainers, command("queue")),
    line(stats, by_maintainers, command("stats")),
    line(health, by_maintainers, command("health")),
    line(reload, by_maintainers, command("reload")),
    line(pressed_queue, by_maintainers, pressed(QUEUE)),
    line(down, pressed("vote:down:.*")),
    line(why, pressed(f"why:({'|'.join(REASONS)}):.*")),
    line(wrong, private, pressed("fix:.*")),
    line(skipped, private, pressed("fixed:skip")),
)
# What a person was asked for, which is no command.
AWAITED = (
    line(corrected, private, remembered(WRONG), is_waited_for),
    line(sourced, private, remembered(SOURCE), is_waited_for),
    line(named_entry, by_maintainers, remembered(ENTRY), message(filters.TEXT & ~filters.COMMAND)),
    line(document, private, message(filters.Document.ALL)),
    line(typed_area, private, remembered(WAITS), is_area),
)
BESIDE: tuple[Callable[[House], Awaitable[None]], ...] = (publish, post)
