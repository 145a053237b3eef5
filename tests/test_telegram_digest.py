"""The weekly digest, from /area to the tap that ends it, over the emulator; the clock is the test's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import matcher_of, unit
from serving import PATIENCE, Serving

from bot.following.publisher import Publisher
from bot.following.waiting import HOUR
from bot.ledger import Letter
from bot.matcher import Matcher
from handlers import telegram_bot, telegram_follow, telegram_post
from tests.botapi import BotApi, User

A_DAY = 24 * HOUR
# Saturday 2026-11-21 and Monday 2026-11-23, 10:00 in China.
SATURDAY = 1_795_226_400.0
MONDAY = SATURDAY + 2 * A_DAY
A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: active, seen: 2024-01-01"
UNSEEN = A.format("unseen")
TO_B = A.format("named") + ", destinations: [{account: b-wx, basis: notice}]"
HEAD = "苏州市张家港市有 1 个账号的去向有变化:\n· 「港城甲号」(微信公众号):现在看 「港城乙号」"


class Clock:
    """The time of day, in seconds since 1970, as the test says it is; how long something takes is real."""

    now = SATURDAY
    monotonic = staticmethod(time.monotonic)

    def time(self) -> float:
        """Return the time of day."""
        return self.now


def base(folder: Path, *accounts: str) -> Matcher:
    """Return a base of some accounts of 张家港市."""
    text = "".join(unit(f"张家港市{'甲乙丙'[i]}局", a) for i, a in enumerate(accounts))
    return matcher_of(folder / "knowledge", text)


@dataclass
class Week:
    """A bot, the time it takes it to be, and how often it has looked at the log."""

    bot: Serving
    clock: Clock
    looks: list[int]

    async def person(self) -> User:
        """Return somebody who lives in 张家港 and wants the digest each week."""
        user = self.bot.api.user()
        said = await self.bot.tap(user, await self.bot.ask(user, "/area 张家港"), "每周一次")
        assert said.text.startswith("好,每周一上午告诉您一次")
        return user

    async def at(self, now: float) -> None:
        """Let it be a time, and wait until all that is due then is sent."""
        self.clock.now = now
        seen = len(self.looks)
        await self.bot.api.until(lambda: len(self.looks) > seen + 1, timeout=PATIENCE)
        ledger = await self.bot.look()
        try:
            async with asyncio.timeout(PATIENCE):
                while (await ledger.counts()).letters:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            await ledger.close()

    def publish(self, *accounts: str) -> None:
        """Put another base in service."""
        self.bot.publish(base(self.bot.folder, *accounts))

    def untaken(self, user: User) -> list[str]:
        """Return what the person was sent and has not read."""
        return [m.text for m in self.bot.api.chat(user).untaken]


@pytest.fixture
async def week(tmp_path: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Week]:
    """A bot whose changes wait twelve hours, on either database; it looks at the log all the time."""
    clock, looks, publish = Clock(), list[int](), Publisher.publish

    async def counted(publisher: Publisher) -> int:
        found = await publish(publisher)
        looks.append(found)
        return found

    monkeypatch.setattr(Publisher, "publish", counted)
    monkeypatch.setattr(telegram_bot, "time", clock)
    monkeypatch.setattr(telegram_follow, "EVERY", 0.02)
    monkeypatch.setattr(telegram_post, "IDLE", 0.02)
    more = {"wait": 12 * HOUR, "ledger": ledger_url}
    async with BotApi() as api, Serving(api, tmp_path, base(tmp_path, UNSEEN, B), more) as bot:
        await api.until(lambda: len(looks) > 0, timeout=PATIENCE)
        yield Week(bot, clock, looks)
        assert api.problems == []


async def test_nothing_comes_when_nothing_changed(week: Week) -> None:
    user = await week.person()
    await week.at(MONDAY + 60)
    await week.at(MONDAY + 7 * A_DAY + 60)
    assert week.untaken(user) == []


async def test_what_was_changed_and_changed_back_within_the_week_is_no_change(week: Week) -> None:
    user = await week.person()
    week.publish(TO_B, B)
    await week.at(SATURDAY + 13 * HOUR)
    week.publish(UNSEEN, B)
    await week.at(SATURDAY + 26 * HOUR)
    await week.at(MONDAY + 60)
    assert week.untaken(user) == []


async def test_who_did_not_ask_or_lives_elsewhere_is_sent_nothing(week: Week) -> None:
    silent, elsewhere = week.bot.api.user(), week.bot.api.user()
    await week.bot.ask(silent, "/area 张家港")
    await week.bot.tap(elsewhere, await week.bot.ask(elsewhere, "/area 北京市"), "每周一次")
    week.publish(TO_B, B)
    await week.at(SATURDAY + 13 * HOUR)
    await week.at(MONDAY + 60)
    assert week.untaken(silent) + week.untaken(elsewhere) == []


async def test_one_message_on_monday_none_twice_after_a_restart_and_one_tap_ends_it(week: Week) -> None:
    user = await week.person()
    week.publish(TO_B, B)
    await week.at(SATURDAY + 13 * HOUR)
    await week.at(MONDAY - 60)
    assert week.untaken(user) == []
    await week.at(MONDAY + 60)
    told = await week.bot.next(user)
    assert told.text.startswith(HEAD)
    assert told.text.endswith("不想再收,点下面的“不要摘要”。")
    await week.bot.restart()
    await week.at(MONDAY + A_DAY)
    await week.at(MONDAY + 7 * A_DAY + 60)
    assert week.untaken(user) == []
    assert (await week.bot.tap(user, told, "不要摘要")).text.startswith("好,不发摘要了")
    week.publish(UNSEEN, B)
    await week.at(MONDAY + 8 * A_DAY)
    await week.at(MONDAY + 14 * A_DAY + 60)
    assert week.untaken(user) == []


async def test_a_restart_between_the_change_and_monday_forgets_nothing(week: Week) -> None:
    user = await week.person()
    week.publish(TO_B, B)
    await week.at(SATURDAY + HOUR)
    await week.bot.restart()
    await week.at(SATURDAY + 13 * HOUR)
    await week.bot.restart()
    await week.at(MONDAY + 60)
    assert [text.startswith(HEAD) for text in week.untaken(user)] == [True]


async def test_a_digest_that_waits_when_somebody_ends_it_is_not_sent(week: Week) -> None:
    user = week.bot.api.user()
    await week.bot.ask(user, "/area 张家港")
    ledger = await week.bot.look()
    await ledger.outbox.put([Letter("week 1", f"tg:{user.id}", '["b-wx"]', 0, "week 1", "area", "320582")])
    await ledger.close()
    await week.at(SATURDAY + 60)
    assert week.untaken(user) == []
