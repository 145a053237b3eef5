"""Floor 5. What a verb like 停止更新 does to accounts."""

from __future__ import annotations

from dataclasses import dataclass

from bot.notices.dates import Day
from bot.notices.mention import Mention
from bot.notices.sheet import Span
from bot.notices.words import Does


@dataclass(slots=True, eq=False)
class Change:
    """What a word like 停止更新 does to accounts.

    Attributes:
        at: where the word stands.
        does: what it does.
        subjects: the accounts, as they are spoken of; empty for those spoken of before.
        day: when, `None` where it is not said.
        told: when that was announced, in a report of it.
        past: whether it is done.
        planned: whether it is only planned, or has begun and is not done.
        taken: whether an account that the text closes has it.
        others: whether it is said of accounts that are not told apart: 已有多家单位关停微博.
    """

    at: Span
    does: Does
    subjects: list[Mention]
    day: Day | None = None
    told: Day | None = None
    past: bool = False
    planned: bool = False
    others: bool = False
    taken: bool = False
