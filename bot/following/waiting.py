"""Floor 7. What changed in answers, held back for a while, so that a bad edit can be taken back. Pure.

A change of an answer waits; another change of it meanwhile begins the wait anew. What each follower is told is
measured by what was said when they began to follow: whoever reads now what they read then is told nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.matcher import Matcher, Verdict
from bot.publication import Change, said

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Step:
    """An answer that was replaced: when (seconds since 1970), its version, and what it said in one line."""

    at: float
    version: str
    was: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Something followed that may be told once its wait is over.

    Attributes:
        about: What is followed: the account's id, or a question's key.
        account: The account that the answer is about now.
        at: When it last changed, in seconds since 1970.
        change: The number of that change in the publication log; 0 for a question.
        version: The version of the answer since then; `None` for an account that was withdrawn.
        now: What it says since then, in one line.
        steps: What was said before, the oldest first; nothing of a new account.
    """

    about: str
    account: str
    at: float
    change: int = 0
    version: str | None = None
    now: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_undone(self) -> bool:
        """Whether the same is said again as before everything that waits; for a new account, nothing."""
        first = self.steps[0].version if self.steps else None
        return not self.about.startswith("?") and first == self.version

    def before(self, since: float) -> Step | None:
        """Return what somebody read who follows since a time; `None` where they read all that is said now.

        The newest answer is none of the steps: who began to follow after the last change has read it.
        """
        read = next((step for step in self.steps if step.at >= since), None)
        return read if read and read.version != self.version else None

    @property
    def first(self) -> str:
        """The version of the answer before everything that waits; "" for a new account."""
        return self.steps[0].version if self.steps else ""

    def payload(self) -> str:
        """Return it as text for a letter."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Wait:
        """Return what was written down. Raises: TypeError, KeyError."""
        return cls(**{**data, "steps": tuple(Step(**step) for step in data["steps"])})


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits, and how far the work has come.

    Attributes:
        bookmark: The last change of the log that was read; `None` until there is a log: what stands in the first one
            is no news.
        digest: The index that questions were last asked of.
        publication: The publication that put it in service, by its number in the log.
        waits: What waits, by what is followed.
        week: The week that was last told of, see `week_of`; -1 before the first.
        gathered: The accounts that changed since, for the next weekly digest, each with the version of the answer
            before; "" for a new account.
    """

    bookmark: int | None = None
    digest: str = ""
    publication: int = 0
    waits: dict[str, Wait] = field(default_factory=dict)
    week: int = -1
    gathered: dict[str, str] = field(default_factory=dict)

    def heard(self, changes: Iterable[Change], matcher: Matcher, now: float) -> Waiting:
        """Return what waits after changes of the log, which the base in service may call by new ids."""
        waits, bookmark = dict(self.waits), self.bookmark
        for change in changes:
            bookmark = change.id
            account = matcher.base.moved(change.account) or change.account
            before = [waits.pop(a) for a in {change.account, account} if a in waits]
            steps = sorted((step for wait in before for step in wait.steps), key=lambda step: step.at)
            if change.was_version and change.was is not None:
                steps.append(Step(now, change.was_version, change.was))
            version, line = change.now_version, change.now
            if account != change.account:
                version, line = said(account, matcher)
            waits[account] = Wait(account, account, now, change.id, version, line, tuple(steps))
        return replace(self, bookmark=bookmark, waits=waits)

    def is_to_ask(self, digest: str, publication: int | None) -> bool:
        """Tell whether questions are to be asked of an index: of another than the last, and of none before it.

        Args:
            digest: The index.
            publication: The one that put it in service; `None` where the log does not know.
        """
        if publication is None or publication == self.publication:
            return digest != self.digest
        return publication > self.publication

    def asked(self, questions: Iterable[str], matcher: Matcher, keys: Iterable[str], now: float) -> Waiting:
        """Return what waits after followed questions were asked of the index in service.

        Args:
            questions: Their words.
            matcher: The base.
            keys: What stands for each in the ledger.
            now: Seconds since 1970.
        """
        waits = {k: w for k, w in self.waits.items() if not k.startswith("?")}
        for key, question in zip(keys, questions, strict=True):
            match = matcher.match(question)
            if match.verdict is Verdict.SURE:
                account, before = match.accounts[0].id, self.waits.get(key)
                same = before is not None and before.account == account
                waits[key] = before if before and same else Wait(key, account, now)
        return replace(self, waits=waits, digest=matcher.base.digest)

    def due(self, now: float, wait: float) -> list[Wait]:
        """Return what has waited long enough, in seconds; what was undone meanwhile too."""
        return [w for w in self.waits.values() if w.at + wait <= now]

    def without(self, told: Iterable[Wait]) -> Waiting:
        """Return what waits besides some."""
        gone = {w.about for w in told}
        return replace(self, waits={k: w for k, w in self.waits.items() if k not in gone})

    def text(self) -> str:
        """Return it as text for the ledger."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Waiting:
        """Return what was written down. Raises: ValueError, TypeError, KeyError."""
        data: dict[str, Any] = json.loads(text)
        waits = {k: Wait.of(w) for k, w in data["waits"].items()}
        return cls(**{**data, "waits": waits})


def week_of(now: float) -> int:
    """Return the number of the week that a time in seconds since 1970 is in; one begins on Monday at 10 in China."""
    return int((now + 8 * HOUR - (4 * 24 + 10) * HOUR) // (7 * 24 * HOUR))
