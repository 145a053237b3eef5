"""Floor 8. What is counted while the bot runs, for Prometheus to read; nothing of people, and no question, is in it."""

from __future__ import annotations

import time
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.dialogue import Message
from bot.dialogue import answer as answer_to
from bot.ledger import Counts
from bot.matcher import Matcher
from bot.reply import Reply
from bot.talk.desk import Published
from bot.values import When

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_THOUGHT = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5)
_HANDLED = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)

ANSWERS = Counter(
    "quxiang_answers",
    "Answers made, by channel, kind of answer and verdict.",
    ("channel", "kind", "verdict"),
    registry=REGISTRY,
)
ANSWER_SECONDS = Histogram(
    "quxiang_answer_seconds",
    "Seconds to find and word an answer, without the network.",
    ("channel",),
    buckets=_THOUGHT,
    registry=REGISTRY,
)
UPDATE_SECONDS = Histogram(
    "quxiang_update_seconds",
    "Seconds from an update's turn to its end, what Telegram takes included.",
    ("outcome",),
    buckets=_HANDLED,
    registry=REGISTRY,
)
REFUSED = Counter(
    "quxiang_refused",
    "Messages beyond the limit of a person or a chat, which are not answered.",
    ("limit",),
    registry=REGISTRY,
)
TELEGRAM_UP = Gauge(
    "quxiang_telegram_up",
    "Whether Telegram was heard of lately and sends updates here: 1 or 0; NaN without a token.",
    registry=REGISTRY,
)
LEDGER_UP = Gauge("quxiang_ledger_up", "Whether the ledger answers: 1 or 0.", registry=REGISTRY)
OLDEST = Gauge(
    "quxiang_ledger_oldest_update_seconds", "Age of the oldest update not handled yet.", registry=REGISTRY
)
# The queues, by the field of the ledger's counts.
QUEUES = {
    name: Gauge(f"quxiang_ledger_{name}", told, registry=REGISTRY)
    for name, told in {
        "waiting": "Updates not handled yet.",
        "chats": "Chats in somebody's hand.",
        "workers": "Workers of the ledger.",
        "dead": "Dead letters.",
        "due": "Messages to be sent now.",
        "letters": "Messages to be sent, now or later.",
        "failed": "Messages that could not be sent.",
        "follows": "Follows of all chats.",
    }.items()
}
INDEX_AGE = Gauge(
    "quxiang_index_age_seconds", "Seconds since the index in service was written.", registry=REGISTRY
)
INDEX_NAMES = Gauge("quxiang_index_names", "Names in the index in service.", registry=REGISTRY)


def answer(
    channel: str, message: Message, matcher: Matcher, today: When, published: Published | None = None
) -> Reply:
    """Answer a message, and count the answer for a channel."""
    began = time.perf_counter()
    reply = answer_to(message, matcher, today, published)
    tally(channel, reply.kind.value, reply.verdict.value, time.perf_counter() - began)
    return reply


def tally(channel: str, kind: str, verdict: str, seconds: float) -> None:
    """Count an answer of a channel, which took so many seconds to find and to word."""
    _seconds(channel).observe(seconds)
    _answers(channel, kind, verdict).inc()


# There are few of each, and finding one by its labels costs more than counting.
_seconds = cache(ANSWER_SECONDS.labels)
_answers = cache(ANSWERS.labels)


def measure(matcher: Matcher, counts: Counts | None, now: float, heard: bool | None = None) -> None:
    """Set what is not counted as it happens: the index in service, Telegram and, when it answers, the ledger.

    Args:
        matcher: the one in service.
        counts: what there is in the ledger; `None` when it does not answer.
        now: seconds since 1970.
        heard: whether Telegram was heard of; `None` where it is not to be.
    """
    written = [stamp[-1] for stamp in matcher.base.stamps if stamp]
    INDEX_AGE.set(max(0.0, now - max(written) / 1e9) if written else float("nan"))
    INDEX_NAMES.set(matcher.base.size)
    TELEGRAM_UP.set(float("nan") if heard is None else heard)
    LEDGER_UP.set(counts is not None)
    if counts is None:
        return
    OLDEST.set(max(0.0, now - counts.oldest) if counts.oldest is not None else 0.0)
    for name, gauge in QUEUES.items():
        gauge.set(getattr(counts, name))
