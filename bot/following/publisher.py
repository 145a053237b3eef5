"""Floor 7. From the publication log to the outbox: what changed is read, waits, and becomes a letter for each follower.

Any number of workers may do it at once: a letter's key says which change it tells, so that the outbox takes it once.
What is killed in between is done again from the last bookmark.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from bot.following.area import AT_ONCE, WEEKLY, area_letters
from bot.following.waiting import HOUR, Wait, Waiting, week_of
from bot.ledger import Kind, Ledger, Letter, Notice
from bot.ledger.database import Clock
from bot.matcher import Matcher
from bot.publication import Log, said
from bot.reply import Known
from bot.talk.story import story

log = logging.getLogger(__name__)

# How long a change waits by default, in seconds.
WAIT = 12 * HOUR
MARK = "followers"
# Changes of the log taken up at once.
MOST = 1000
# Seconds for which another worker may have a longer log than this one.
BEHIND = HOUR
ANOTHER_LOG = (
    "发布记录 %s 只到第 %d 条,关注的通知已经读到第 %d 条:不是同一份,关注的人会漏掉变化。"
    "把原来那台机器的 published.sqlite 复制到建索引的机器的数据目录,再 build。"
)


class Publisher:
    """Watches the log for followers.

    Args:
        ledger: Where follows, letters and the bookmark are.
        log_: The publication log.
        matcher: Gives the matcher in service.
        now: Seconds since 1970.
        wait: Seconds for which a change can be taken back.
    """

    def __init__(
        self, ledger: Ledger, log_: Log, matcher: Callable[[], Matcher], now: Clock, wait: float = WAIT
    ) -> None:
        self._ledger = ledger
        self._log = log_
        self._matcher = matcher
        self._now = now
        self._wait = wait
        self._behind: float | None = None

    async def publish(self) -> int:
        """Take up what changed, and announce what has waited long enough; how many letters are new.

        Raises:
            TroubleError: the ledger could not be read or written; nothing is lost.
        """
        matcher = self._matcher()
        kept = await self._ledger.marks.get(MARK)
        before = Waiting.of(kept) if kept else Waiting(week=week_of(self._now()))
        begun = await asyncio.to_thread(self._begun, before)
        waiting, renamed = await asyncio.to_thread(self._heard, begun, matcher)
        for old, new in renamed.items():
            await self._ledger.follows.rename(old, new)
        waiting = await self._asked(waiting, matcher)
        if waiting != before:  # changes are remembered before anything is told of them
            await self._ledger.marks.put(MARK, waiting.text())
        return await self._announce(waiting, matcher)

    async def _announce(self, waiting: Waiting, matcher: Matcher) -> int:
        """Put what has waited long enough into the outbox, first; then remember that it is there."""
        now = self._now()
        due, week = waiting.due(now, self._wait), week_of(now)
        due = await asyncio.to_thread(_in_service, due, matcher)
        if not due and week == waiting.week:
            return 0
        outbox, people = self._ledger.outbox, self._ledger.people
        told = await asyncio.to_thread(self._notices, due, matcher)
        new: int = await outbox.announce(told) if told else 0
        changed = [w for w in due if w.change and not w.is_undone]
        gathered = {w.account: w.first for w in changed} | waiting.gathered
        letters: list[Letter] = []
        # What was published together is told together, also when this is done again after a fault.
        for at in sorted({w.at for w in changed}):
            together = [w for w in changed if w.at == at]
            accounts, last = [w.account for w in together], max(w.change for w in together)
            # By the change, not by the time: each worker has read it at a time of its own.
            given = (await people.subscribers(AT_ONCE), accounts, matcher, f"area {last}", now)
            letters += await asyncio.to_thread(area_letters, *given)
        if week > waiting.week >= 0:
            stands = await asyncio.to_thread(_changed, gathered, matcher)
            each = (await people.subscribers(WEEKLY), stands, matcher, f"week {week}", now)
            letters += await asyncio.to_thread(area_letters, *each)
        new += await outbox.put(letters) if letters else 0
        kept = gathered if week == waiting.week else {}
        await self._ledger.marks.put(MARK, replace(waiting.without(due), week=week, gathered=kept).text())
        return new

    def _begun(self, waiting: Waiting) -> Waiting:
        """Return what waits with a place in the log; the first time that there is one, nothing of it is news."""
        latest = self._log.latest()
        if waiting.bookmark is None:
            return replace(waiting, bookmark=latest)
        self._compare(latest or 0, waiting.bookmark)
        return waiting

    async def _asked(self, waiting: Waiting, matcher: Matcher) -> Waiting:
        """Return what waits after followed questions were asked of the index in service.

        A worker whose index is of before leaves that to those that are further: else news would come and go with each.
        """
        digest = matcher.base.digest
        publication = await asyncio.to_thread(self._log.place, digest)
        if not waiting.is_to_ask(digest, publication):
            return waiting
        asked = await self._ledger.follows.questions()
        keys, words = [a.about for a in asked], [a.question for a in asked]
        found = await asyncio.to_thread(waiting.asked, words, matcher, keys, self._now())
        return found if publication is None else replace(found, publication=publication)

    def _compare(self, latest: int, bookmark: int) -> None:
        """Say once when the log has long ended before the bookmark: it is another than the one that was read."""
        now = self._now()
        if latest >= bookmark:
            self._behind = None
        elif self._behind is None:
            self._behind = now
        elif now - self._behind >= BEHIND:
            log.error(ANOTHER_LOG, self._log.path, latest, bookmark)
            self._behind = float("inf")

    def _heard(self, waiting: Waiting, matcher: Matcher) -> tuple[Waiting, dict[str, str]]:
        """Return what waits after all that the log holds, and the accounts that have new ids."""
        renamed: dict[str, str] = {}
        while waiting.bookmark is not None and (changes := self._log.after(waiting.bookmark, MOST)):
            waiting = waiting.heard(changes, matcher, self._now())
            ids = {c.account: matcher.base.moved(c.account) for c in changes}
            renamed |= {old: new for old, new in ids.items() if new and new != old}
        return waiting, renamed

    def _notices(self, due: list[Wait], matcher: Matcher) -> list[Notice]:
        return [notice for wait in due for notice in notices(wait, matcher, self._now())]


def is_behind(account_id: str, matcher: Matcher, log_: Log) -> bool:
    """Tell whether the base in service does not have an account yet that the log says there is."""
    if matcher.base.account(matcher.base.moved(account_id)):
        return False
    changes = log_.of(account_id)
    return bool(changes) and changes[0].now_version is not None


def _in_service(due: list[Wait], matcher: Matcher) -> list[Wait]:
    """Return what the base in service says already: the log may know of an index before it is taken up."""
    stands = {w.account: said(w.account, matcher)[0] for w in due}
    return [
        w for w in due if (stands[w.account] if w.about.startswith("?") else stands[w.account] == w.version)
    ]


def _changed(gathered: dict[str, str], matcher: Matcher) -> list[str]:
    """Return the accounts whose answer is another than before the week; one that was changed and changed back is not."""
    return [account for account, before in gathered.items() if (said(account, matcher)[0] or "") != before]


def notices(wait: Wait, matcher: Matcher, due: float) -> list[Notice]:
    """Return what followers are to be told of something that has waited long enough; nothing where it was undone."""
    if wait.about.startswith("?"):
        return [answered(wait.about, wait.account, due)]
    # Of a new account nobody can know; of one that says what it always said there is nothing to tell.
    if all(step.version == wait.version for step in wait.steps):
        return []
    cause = f"change {wait.change}"
    told = [Notice(cause, Kind.CHANGE, wait.about, wait.payload(), due)]
    if wait.version is None or following(wait.account, matcher) is Kind.CHANGE:
        told.append(Notice(cause, Kind.KNOWN, wait.about, wait.payload(), due))
    return told


def answered(key: str, account: str, due: float) -> Notice:
    """Return what those are to be told who asked after a name, once an account answers it."""
    return Notice(f"answer {account}", Kind.KNOWN, key, Wait(key, account, due).payload(), due)


def following(account_id: str, matcher: Matcher) -> Kind:
    """Return what there is to follow of an account: that it becomes known where it went, or that this changes."""
    account = matcher.base.account(account_id)
    if account is None:
        return Kind.KNOWN
    return Kind.KNOWN if story(Known.of(account, matcher), matcher).is_awaited else Kind.CHANGE
