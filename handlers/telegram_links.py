"""Links to the bot that open an answer: what one carries, and what one that was opened asks.

Telegram lets a link carry 64 letters, digits, "_" and "-": an account's id; a topic and a place that were asked for; or
a short question. What has no room is not cut: half a question might find another account. That link opens the bot.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from telegram.constants import MessageLimit
from telegram.helpers import create_deep_linked_url

from bot.reply import Kind, Reply
from bot.talk.tokens import SKIPPED, UNKNOWN, Need, need, passed_on, thread
from handlers.telegram_room import Room

# What a link begins with that carries a question, or a topic and a place; no account's id has this mark.
ASKS, NEEDS = "q_", "n_"
# What somebody forwarded to be read or checked is no question that a link could ask again.
FORWARDED = (Kind.NOTICE, Kind.CHECKED)


def url_of(start: str, room: Room) -> str:
    """Return the link that opens the bot with what it carries, which may be nothing."""
    return create_deep_linked_url(room.house.username, start or None)


def start_for(reply: Reply, asked: str) -> str:
    """Return what a link to a reply carries; nothing where no link can lead there again.

    Args:
        reply: What was said.
        asked: What had been typed.
    """
    if reply.account:
        return reply.account.account.id
    said = thread(reply.context)
    if isinstance(said.question, Need) and not said.asked and _is_told(said.question):
        return start_of_need(said.question)
    return "" if reply.kind in FORWARDED else start_of(asked) or ""


def start_of(question: str) -> str | None:
    """Return a question as what a link may carry.

    Returns:
        `None` where it is too long, or has a number that may be somebody's own.
    """
    lines = [line for row in question.splitlines() if (line := " ".join(row.split()))]
    start = ASKS + urlsafe_b64encode("\n".join(lines).encode(errors="ignore")).decode().rstrip("=")
    whole = bool(lines) and all(line == passed_on(line) for line in lines)
    return start if whole and len(start) <= MessageLimit.DEEP_LINK_LENGTH else None


def start_of_need(state: Need) -> str:
    """Return a topic and a place as what a link may carry: always short enough."""
    return NEEDS + "_".join((state.account, state.topic, state.place, str(state.asked)))


def question_of(start: str) -> str | None:
    """Return the question that a link carries; `None` for any other link."""
    if not start.startswith(ASKS):
        return None
    code = start.removeprefix(ASKS)
    try:
        return urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    except ValueError:
        return None


def need_of(start: str) -> str | None:
    """Return the choice of the dialogue that a link carries; `None` for any other link."""
    token = ".".join(("n", *start.removeprefix(NEEDS).split("_")))
    return token if start.startswith(NEEDS) and need(token) else None


def _is_told(state: Need) -> bool:
    return any(value not in (UNKNOWN, SKIPPED) for value in (state.account, state.topic, state.place))
