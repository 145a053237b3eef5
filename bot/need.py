"""Floor 6. What we know of a person's need while we ask: a state small enough to travel in a button.

A choice is at most 64 bytes (Telegram's limit for a button) and says all that is needed to go on from it, so a button
works years later and after a restart; the context of a question says what a typed answer would mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

SKIPPED = "0"
UNKNOWN = "-"
MOST_QUESTIONS = 2
_ACCOUNT = re.compile(r"a\.([a-z0-9-]{1,32})")
_NEED = re.compile(r"n\.([a-z0-9-]{1,32})\.([a-z0-9-]{1,8})\.([a-z0-9-]{1,14})\.([0-2])")
_WHICH = re.compile(r"w\.([a-z0-9-]{1,14})((?:\.[a-z0-9-]{1,32}){1,5})")


@dataclass(frozen=True, slots=True)
class Need:
    """An account (or none), a topic and a place, each known, skipped or still to ask; how often we have asked."""

    account: str = UNKNOWN
    topic: str = UNKNOWN
    place: str = UNKNOWN
    asked: int = 0

    @property
    def question(self) -> str | None:
        """What to ask next: `topic`, then `place`; `None` when enough is known or we have asked twice."""
        if self.asked >= MOST_QUESTIONS:
            return None
        if self.topic == UNKNOWN:
            return "topic"
        return "place" if self.place == UNKNOWN else None

    def answered(self, **values: str) -> Need:
        """Return the state after a question was answered or skipped."""
        return replace(self, asked=min(self.asked + 1, MOST_QUESTIONS), **values)

    def token(self) -> str:
        """Return the state as a choice or context."""
        return f"n.{self.account}.{self.topic}.{self.place}.{self.asked}"


def account_choice(account: str) -> str:
    """Return the choice that opens an account's answer."""
    return f"a.{account}"


@dataclass(frozen=True, slots=True)
class Which:
    """The accounts offered for a question, in order, and the place it spoke of."""

    accounts: tuple[str, ...]
    place: str = UNKNOWN

    @property
    def neither(self) -> Need:
        """The need of a person who meant none of them: they were asked once already."""
        return Need(place=self.place, asked=1)

    def token(self) -> str:
        """Return the context of the question which one it is."""
        return ".".join(("w", self.place, *self.accounts))


def chosen_account(token: str) -> str | None:
    """Return the account a choice opens, `None` for any other text."""
    found = _ACCOUNT.fullmatch(token)
    return found[1] if found else None


def need(token: str) -> Need | None:
    """Return the state a choice or context carries, `None` for any other text."""
    found = _NEED.fullmatch(token)
    return Need(found[1], found[2], found[3], int(found[4])) if found else None


def which(token: str) -> Which | None:
    """Return what a context says was offered, `None` for any other text."""
    found = _WHICH.fullmatch(token)
    return Which(tuple(found[2][1:].split(".")), found[1]) if found else None
