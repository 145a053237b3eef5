"""Who sends too much on Telegram is told once, politely, and then left alone until the time that was said."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.matcher import Matcher
from bot.metrics import REGISTRY
from handlers import telegram_bot, telegram_desk
from handlers.telegram_pace import Pace
from handlers.telegram_patience import Patience
from tests.telegrams import PATIENCE, Town, town

MAINTAINER = 7001
PERSON, CHAT, PRESSES = 4, 3, 12
SLOW = "您发得太快"


class Clock:
    """A clock that only the test moves, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def here(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> AsyncIterator[Town]:
    """A bot with small limits, whose minute passes when the test says so."""
    monkeypatch.setattr(telegram_bot, "Pace", lambda person, chat: Pace(person, chat, clock, PRESSES))
    async with town(matcher, tmp_path, monkeypatch, maintainers=(MAINTAINER,)) as built:
        built.setting = replace(built.setting, person_limit=PERSON, chat_limit=CHAT)
        yield built


async def flood(here: Town, user: object, times: int = PERSON + 6, chat: object = None) -> list[str]:
    """Ask so many times at once, and return what the bot said, when all is handled."""
    place = here.api.chat(chat or user)  # type: ignore[arg-type]
    place.untaken.clear()
    for _ in range(times):
        await here.api.say(user, "/where 水润港城" if chat else "水润港城", chat)  # type: ignore[arg-type]
    await here.handled()
    return [m.text for m in place.untaken]


def refused(limit: str) -> float:
    """Return how many messages were refused since the process began."""
    return REGISTRY.get_sample_value("quxiang_refused_total", {"limit": limit}) or 0.0


async def test_beyond_the_limit_one_notice_and_then_silence(here: Town) -> None:
    async with here.bot():
        user, before = here.api.user(), refused("person")
        said = await flood(here, user)
        assert ["张家港市水务局" in text for text in said] == [True] * PERSON + [False]
        assert said[-1].startswith(SLOW)
        assert "60 秒" in said[-1]
        assert re.search(r"再发|12345", said[-1])
        assert refused("person") - before == 6
        assert not here.api.pending
        here.no_problems()


async def test_when_the_time_is_over_they_are_answered_again(here: Town, clock: Clock) -> None:
    async with here.bot():
        user = here.api.user()
        await flood(here, user)
        clock.now += 59
        assert await flood(here, user, 2) == []
        clock.now += 1
        assert ["张家港市水务局" in text for text in await flood(here, user)] == [True] * PERSON + [False]


@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_file_counts_for_several_messages(here: Town, kind: str) -> None:
    async with here.bot():
        user = here.api.user()
        await (here.api.photo(user) if kind == "photo" else here.api.document(user, b"x", "x.bin"))
        await here.handled()
        assert [text.startswith(SLOW) for text in await flood(here, user)] == [False, True]


async def test_an_album_counts_as_one_picture(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        for _ in range(10):
            await here.api.photo(user, media_group_id="1")
        await here.handled()
        assert [text.startswith(SLOW) for text in await flood(here, user)] == [False, True]


async def test_nothing_of_who_floods_is_written_down(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        await flood(here, user, PERSON)
        before = await here.kept(user)
        await flood(here, user, 20)
        kept = await here.kept(user)
        assert {k: v for k, v in kept.items() if k != "inbox"} == {
            k: v for k, v in before.items() if k != "inbox"
        }


async def test_one_who_floods_silences_nobody_else(here: Town) -> None:
    async with here.bot():
        loud, other = here.api.user(), here.api.user()
        await flood(here, loud)
        assert "健康济阳" in (await here.ask(other, "健康济阳")).text


@pytest.mark.parametrize("command", ["/stop", "/privacy", "/follow"])
async def test_what_ends_or_shows_something_always_works(here: Town, command: str) -> None:
    async with here.bot():
        user = here.api.user()
        await flood(here, user)
        here.api.chat(user).untaken.clear()
        assert not (await here.ask(user, command)).text.startswith(SLOW)
        assert await flood(here, user, 1) == []


async def test_a_program_that_presses_is_told_once_in_an_alert_and_can_still_end_what_is_sent(
    here: Town, clock: Clock
) -> None:
    async with here.bot():
        user = here.api.user()
        answer = await here.ask(user, "水润港城")
        queries = [await here.api.tap(user, answer, "👍") for _ in range(PRESSES + 5)]
        await here.handled()
        alerts = [q.answer.get("text", "") for q in queries[PRESSES:] if q.answer]
        assert [a.startswith("您点得太快") for a in alerts] == [True]
        assert "60 秒" in alerts[0]
        assert all(q.answer and SLOW[:2] not in q.answer.get("text", "") for q in queries[:PRESSES])
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text, "messages are counted apart"
        await here.api.tap(user, await here.ask(user, "/stop"), "全部删掉")
        await here.handled()
        assert "都删掉了" in here.api.chat(user).messages[-1].text
        clock.now += 60
        later = await here.api.tap(user, answer, "👍")
        await here.handled()
        assert later.answer
        assert not later.answer.get("text", "").startswith("您点")


def test_no_hand_is_fast_enough_to_be_refused() -> None:
    """Three presses a second for ten minutes, whatever the limit of messages is."""
    clock = Clock()
    for most in (1, 60, 1000):
        pace = Pace(most, most, clock)
        for _ in range(1800):
            clock.now += 1 / 3
            assert pace.refused({"press": "1"}) is None
        assert Pace(0, 0, clock).refused({"press": "1"}, 10**9) is None


async def test_buttons_work_for_who_sent_too_many_messages(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        await here.api.say(user, "水润港城")
        answer = await here.reply(user)
        await flood(here, user)
        here.api.chat(user).untaken.clear()
        for _ in range(3 * PERSON):
            await here.api.tap(user, answer, "转发文字")
            assert "水润港城" in (await here.reply(user)).text


async def test_maintainers_have_no_limit(here: Town) -> None:
    async with here.bot():
        said = await flood(here, here.api.user(id=MAINTAINER), 5 * PERSON)
        assert len(said) == 5 * PERSON
        assert not [text for text in said if text.startswith(SLOW)]


async def test_a_group_is_told_once_whoever_asks_and_where_to_go(here: Town) -> None:
    async with here.bot():
        people = [here.api.user() for _ in range(8)]
        group = here.api.group("邻里", members=tuple(people), bot="member")
        for user in people:
            await here.api.say(user, "/where 水润港城", group)
        await here.handled()
        said = [m.text for m in here.api.chat(group).untaken]
        assert ["张家港市水务局" in text for text in said] == [True] * CHAT + [False]
        assert said[-1].startswith("这里问得太快了")
        assert "60 秒" in said[-1]
        assert f"@{here.api.world.bot.username}" in said[-1]


async def test_a_group_that_is_over_its_limit_silences_no_private_chat(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        group = here.api.group("邻里", members=(user,), bot="member")
        other = here.api.group("别的", members=(user,), bot="member")
        await flood(here, user, 20, group)
        assert len(await flood(here, user)) == PERSON + 1
        assert "这里问得太快了" in here.api.chat(group).untaken[-1].text
        assert not here.api.chat(other).untaken


async def test_a_private_chat_that_is_over_its_limit_silences_no_group(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        group = here.api.group("邻里", members=(user,), bot="member")
        await flood(here, user)
        assert "张家港市水务局" in (await flood(here, user, 1, group))[0]


async def test_what_people_say_to_each_other_does_not_count(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        group = here.api.group("邻里", members=(user,), bot="administrator")
        for _ in range(30):
            await here.api.say(user, "今天天气不错", group)
        assert "张家港市水务局" in (await flood(here, user, 1, group))[0]


async def test_anonymous_administrators_of_two_groups_are_not_one_person(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        for title in ("甲", "乙", "丙"):
            group = here.api.group(title, members=(user,), bot="administrator")
            place = here.api.chat(group)
            sender = {"sender_chat": place.info()}
            for _ in range(2):
                await here.api.say(user, "/where 水润港城", group, **sender)
            await here.handled()
            assert len(place.untaken) == 2


async def test_edits_count_too(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        message = await here.api.say(user, "水润港城")
        answer = await here.reply(user)
        for number in range(PERSON + 3):
            await here.api.edit(user, message, "莒南交警" if number % 2 else "健康济阳")
        await here.handled()
        assert [m.text[:5] for m in here.api.chat(user).untaken] == [SLOW]
        now = next(m for m in here.api.chat(user).messages if m["message_id"] == answer["message_id"])
        assert "健康济阳" in now.text  # the last edit that was answered


async def test_inline_queries_beyond_the_limit_show_nothing_and_leave_the_chat_alone(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        queries = [await here.api.inline(user, f"水润港{n}") for n in range(4 * PERSON + 5)]
        await here.handled()
        await here.api.until(lambda: queries[0].answer is not None, timeout=PATIENCE)
        assert sum(q.answer is None for q in queries) == 5
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text


async def test_a_guest_is_told_once(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        group = here.api.group("别处", members=(user,))
        bot = f"@{here.api.world.bot.username}"
        queries = [await here.api.guest(user, f"{bot} 水润港城", group) for _ in range(CHAT + 3)]
        await here.handled()
        texts = [q.answer and str(q.answer) for q in queries]
        assert sum(text is None for text in texts) == 2
        assert sum("这里问得太快了" in (text or "") for text in texts) == 1


async def test_the_notice_is_in_the_language_of_the_person(here: Town) -> None:
    async with here.bot():
        said = await flood(here, here.api.user(language_code="en"))
        assert said[-1].startswith("That is faster than I can answer.")


async def test_an_update_that_is_handled_again_counts_once(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks while Telegram cannot be reached has not asked the more for it, and hears the notice still."""
    monkeypatch.setattr(telegram_bot, "Patience", partial(Patience, patience=0.1))
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    user = here.api.user()
    here.api.fault("server", method="sendMessage", chat=user.id, times=2 * PERSON)
    async with here.bot():
        said = await flood(here, user)
        assert ["张家港市水务局" in text for text in said] == [True] * PERSON + [False]
        assert said[-1].startswith(SLOW)


async def test_what_the_bot_says_by_itself_in_a_group_has_the_groups_limit(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.telegram_groups.QUIET", -1.0)  # else an account is spoken of once
    async with here.bot():
        user = here.api.user()
        group = here.api.group("邻里", members=(user,), bot="administrator")
        here.api.chat(group).members[user.id] = "administrator"
        await here.ask(user, "/speak", group)
        for _ in range(3 * CHAT):
            await here.api.say(user, "听说水润港城停更了", group)
        await here.handled()
        said = [m.text for m in here.api.chat(group).untaken]
        assert len(said) == CHAT
        assert all("张家港市水务局" in text for text in said)  # nobody asked, so nobody is told to wait
        assert [t[:7] for t in await flood(here, user, 2, group)] == ["这里问得太快了"]
