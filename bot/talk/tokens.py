"""Floor 6. What travels with a reply: buttons of at most 64 bytes, and the context that a typed follow-up needs.

A button says all that is needed to go on from it, so it works years later and after a restart; the context says what
typed words would mean. Both are made of ids alone, but for the question that may be passed on.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Any

SKIPPED = "0"
UNKNOWN = "-"
# Nobody is asked more than twice in a row about one thing.
MOST_QUESTIONS = 2
# Accounts talked about that "the one before" can go back to.
MOST_HISTORY = 4
# A channel keeps a context in a column, a page or memory: no longer than this, in characters.
MOST_CONTEXT = 512
# Characters of a question that are passed on: enough for the longest name and a few words.
MOST_QUESTION = 50
_ID = "[a-z0-9-]{1,32}"
_ACCOUNT = re.compile(rf"a\.({_ID})(?:\.([0-2]))?")
_TELL = re.compile(rf"f\.({_ID})")
_LANGUAGE = re.compile(r"l\.(zh-Hans|zh-Hant|en)")
_NEED = re.compile(rf"n\.({_ID})\.([a-z0-9-]{{1,10}})\.([a-z0-9-]{{1,14}})\.([0-2])")
_WHICH = re.compile(rf"w\.([a-z0-9-]{{1,14}})\.([0-2])((?:\.{_ID}){{1,5}})")
_IDS = re.compile(rf"[ho]((?:\.{_ID}){{1,5}})")
_ASKED = re.compile(r"q\.([A-Za-z0-9_=-]{1,400})")
# Numbers that may be somebody's phone or identity card are not passed on.
_NUMBER = re.compile(r"\d{7,}[xX]?")
INQUIRE = "q"
# What is said of a notice that was said back: right, right and tell me what becomes of it, wrong.
PASS, PASS_AND_TELL, DROP = "d", "d.tell", "d.no"
_FORWARDED = "d"


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
        kept = {"account": self.account, "topic": self.topic, "place": self.place}
        return Need(**(kept | values), asked=min(self.asked + 1, MOST_QUESTIONS))

    def token(self) -> str:
        """Return the state as a choice or part of a context."""
        return f"n.{self.account}.{self.topic}.{self.place}.{self.asked}"


@dataclass(frozen=True, slots=True)
class Which:
    """The accounts offered for a question, in order, the place it spoke of, and how often we have asked so."""

    accounts: tuple[str, ...]
    place: str = UNKNOWN
    asked: int = 1

    @property
    def neither(self) -> Need:
        """The need of a person who meant none of them."""
        return Need(place=self.place, asked=self.asked)

    def token(self) -> str:
        """Return the question which one it is, as part of a context."""
        return ".".join(("w", self.place, str(self.asked), *self.accounts))


@dataclass(frozen=True, slots=True)
class Thread:
    """What a reply leaves for the next message: its question, the accounts talked about, others it may have meant.

    `question` may be a need that is answered: a place typed then means the same need elsewhere. `history` begins with
    the account of the last answer; `asked` is a question that nobody could answer and that may be passed on; `forwarded`
    tells that a notice was said back, and that its sender has not said yet whether it was read rightly.
    """

    question: Need | Which | None = None
    history: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    asked: str = ""
    forwarded: bool = False

    def about(self, account: str, question: Need, others: tuple[str, ...] = ()) -> Thread:
        """Return the thread after an answer about an account."""
        history = (account, *(a for a in self.history if a != account))[:MOST_HISTORY]
        return Thread(question, history, others)

    def asking(self, question: Need | Which | None) -> Thread:
        """Return the thread after a question or its answer; what was talked about stays."""
        return replace(self, question=question, others=(), asked="", forwarded=False)

    def token(self) -> str | None:
        """Return the context of a reply; `None` where nothing was said that a follow-up could mean."""
        parts = [self.question.token() if self.question else UNKNOWN]
        parts += [".".join(("h", *self.history))] if self.history else []
        parts += [".".join(("o", *self.others))] if self.others else []
        if self.asked:
            parts.append("q." + urlsafe_b64encode(self.asked.encode()).decode())
        parts += [_FORWARDED] if self.forwarded else []
        return "/".join(parts) if parts != [UNKNOWN] else None


def thread(context: str | None) -> Thread:
    """Return what a context carries; anything we did not make carries nothing."""
    first, *parts = (context or "")[:MOST_CONTEXT].split("/")
    found: dict[str, Any] = {"question": need(first) or which(first)}
    for part in parts:
        if ids := _IDS.fullmatch(part):
            found["history" if part[0] == "h" else "others"] = tuple(ids[1][1:].split("."))
        elif part == _FORWARDED:
            found["forwarded"] = True
        elif asked := _ASKED.fullmatch(part):
            found["asked"] = _decoded(asked[1])
    return Thread(**found)


def passed_on(text: str) -> str:
    """Return what of a question is passed on: one line, without long numbers."""
    return _NUMBER.sub("…", " ".join(text.split()))[:MOST_QUESTION]


def account_choice(account: str, asked: int = 0) -> str:
    """Return the choice that opens an account's answer after so many questions."""
    return f"a.{account}.{asked}" if asked else f"a.{account}"


def tell_choice(account: str) -> str:
    """Return the choice by which a person wants to hear of an account's changes."""
    return f"f.{account}"


def language_choice(language: str) -> str:
    """Return the choice of a language."""
    return f"l.{language}"


def chosen_account(token: str) -> tuple[str, int] | None:
    """Return the account a choice opens and how often was asked before, `None` for any other text."""
    found = _ACCOUNT.fullmatch(token)
    return (found[1], int(found[2] or 0)) if found else None


def chosen_tell(token: str) -> str | None:
    """Return the account a person wants to hear of, `None` for any other text."""
    found = _TELL.fullmatch(token)
    return found[1] if found else None


def chosen_language(token: str) -> str | None:
    """Return the language that was chosen, `None` for any other text."""
    found = _LANGUAGE.fullmatch(token)
    return found[1] if found else None


def need(token: str) -> Need | None:
    """Return the state a choice or context carries, `None` for any other text."""
    found = _NEED.fullmatch(token)
    return Need(found[1], found[2], found[3], int(found[4])) if found else None


def which(token: str) -> Which | None:
    """Return what a context says was offered, `None` for any other text."""
    found = _WHICH.fullmatch(token)
    return Which(tuple(found[3][1:].split(".")), found[1], int(found[2])) if found else None


def _decoded(text: str) -> str:
    try:
        return urlsafe_b64decode(text).decode()[:MOST_QUESTION]
    except ValueError:
        return ""
