"""How much each person and each group may ask of the bot, counted in memory by each worker for itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from handlers.limits import MOST_CLIENTS, Limits, Rate

A_MINUTE = 60.0
# Presses of buttons that are answered in a minute: no hand presses so fast, a program does.
PRESSES = 240


class Refusal(NamedTuple):
    """A message that is one too many.

    Attributes:
        who: Whose limit it is, `person` or `chat`, or of what, `press`.
        seconds: How long nothing of theirs is answered.
        first: Whether it is the first of them, so that they are told; they are told once.
    """

    who: str
    seconds: int
    first: bool


class Pace:
    """The limits of persons and of groups.

    Args:
        person: Messages that a person may send in a minute; 0 for any number. What somebody asks in groups is counted
            apart from what they ask in private, so that nothing in a group silences a private chat.
        chat: Messages that may be put to the bot in a group in a minute; 0 for any number.
        steady: Gives seconds on a clock that never jumps.
        presses: Buttons that a person may press in a minute; more where more messages are allowed, and any number
            where any number of messages is.
    """

    def __init__(
        self,
        person: int = 0,
        chat: int = 0,
        steady: Callable[[], float] = time.monotonic,
        presses: int = PRESSES,
    ) -> None:
        self._steady = steady
        self._limits = {
            who: Limits(Rate(most, most / A_MINUTE), steady, whole=True)
            for who, most in (("person", person), ("chat", chat), ("press", person and max(person, presses)))
            if most
        }
        self._told: OrderedDict[str, float] = OrderedDict()

    def refused(self, askers: dict[str, str], cost: float = 1, *, tells: bool = True) -> Refusal | None:
        """Count a message for all who ask it, and tell whether it is one too many for one of them.

        Args:
            askers: By `person`, `chat` and `press`, what each is known by; one that is missing is not limited.
            cost: How many messages it counts for.
            tells: Whether they are told of a refusal; one of which nobody hears is not the first.
        """
        for who, name in askers.items():
            wait = self._limits[who].take(name, cost) if who in self._limits else 0
            if wait:
                # A group hears one notice, whoever of it asks too much.
                return Refusal(who, wait, tells and self._is_first(askers.get("chat", name), wait))
        return None

    def _is_first(self, place: str, wait: int) -> bool:
        """Tell whether it has not been said somewhere yet, and remember that it is said now."""
        now = self._steady()
        if self._told.get(place, now) > now:
            return False
        self._told.pop(place, None)
        self._told[place] = now + wait
        if len(self._told) > MOST_CLIENTS:
            self._told.popitem(last=False)
        return True
