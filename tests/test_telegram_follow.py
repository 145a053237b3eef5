"""Following on Telegram: asked for by a person, told once, ended by one tap."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from conftest import ROOT, matcher_of, unit
from served import free_address
from serving import PATIENCE, Serving
from telegram.constants import FloodLimit

from bot.following.waiting import Step, Wait
from bot.ledger import Kind, Ledger, Letter, Missing, Notice, Settings, open_ledger
from bot.matcher import Matcher
from handlers.telegram_follow import MOST_LISTED
from handlers.telegram_post import is_night
from tests.botapi import BotApi, ThreadedBotApi, User

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: active, seen: 2024-01-01"
D = "id: d-wx, name: 暨阳湖快讯, platform: wechat, state: closed, notice: unseen"
UNSEEN = A.format("unseen")
TO_B = A.format("named") + ", destinations: [{account: b-wx, basis: notice}]"


def base(tmp_path: Path, *accounts: str) -> Matcher:
    """Return a base of some accounts, each of a unit of its own."""
    text = "".join(unit(f"张家港市{'甲乙丙丁'[i]}局", a) for i, a in enumerate(accounts))
    return matcher_of(tmp_path / "knowledge", text)


async def due(ledger: Ledger, users: Iterable[User], accounts: str) -> None:
    """Put a letter of what changed in their area into the outbox for people who want it."""
    wishes = Settings(area="320582", digest="now")
    await asyncio.gather(*(ledger.people.keep(f"tg:{u.id}", wishes) for u in users))
    await ledger.outbox.put(
        [Letter(f"area {u.id}", f"tg:{u.id}", accounts, 0, "x", "area", "320582") for u in users]
    )


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Serving]:
    """A bot that tells of changes without waiting."""
    async with BotApi() as api, Serving(api, tmp_path, base(tmp_path, UNSEEN, B)) as serving:
        yield serving


async def test_nobody_is_told_who_did_not_ask(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    await bot.ask(user, "港城甲号")
    bot.publish(base(tmp_path, TO_B, B))
    await bot.api.no_reply(user, within=2.5)


async def test_who_asks_is_told_once_when_it_is_known(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    answer = await bot.ask(user, "港城甲号")
    granted = await bot.tap(user, answer, "有去向了告诉我")
    assert granted.text.startswith("记下了")
    bot.publish(base(tmp_path, TO_B, B))
    told = await bot.next(user)
    assert told.text.startswith("「港城甲号」(微信公众号)有去向了。\n")
    assert "港城乙号" in told.text
    assert told.labels == ["有变化告诉我"]
    await bot.tap(user, told, "有变化告诉我")
    bot.publish(base(tmp_path, UNSEEN, B))
    told = await bot.next(user)
    assert told.text.startswith(
        "更正:「港城甲号」(微信公众号),我们以前说的不对。\n原来说:现在看 「港城乙号」"
    )
    assert bot.api.problems == []


async def test_one_tap_ends_it(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    answer = await bot.ask(user, "港城乙号")
    granted = await bot.tap(user, answer, "有变化告诉我")
    assert (await bot.ask(user, "/follow")).labels == ["港城乙号(微信公众号·苏州市张家港市)"]
    ended = await bot.tap(user, granted, "别再通知")
    assert ended.text.startswith("好,这个不再通知了")
    bot.publish(base(tmp_path, UNSEEN, B.replace("active", "closed, notice: unseen")))
    await bot.api.no_reply(user, within=2.5)
    assert (await bot.ask(user, "/follow")).text.startswith("您没有关注任何账号")


async def test_who_asked_in_vain_is_told_when_it_is_found(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    answer = await bot.ask(user, "暨阳湖快讯")
    passed = await bot.tap(user, answer, "转给维护者去查")
    assert (await bot.tap(user, passed, "查到了告诉我")).text.startswith("记下了,查到了")
    listed = await bot.ask(user, "/follow")
    assert listed.labels == ["暨阳湖快讯"]
    bot.publish(base(tmp_path, UNSEEN, B, D))
    assert (await bot.next(user)).text.startswith("您问过的「暨阳湖快讯」,查到了。\n")


async def test_who_asked_in_vain_is_told_by_one_tap_and_the_maintainers_see_the_question(
    bot: Serving,
) -> None:
    user = bot.api.user()
    answer = await bot.ask(user, "暨阳湖快讯")
    assert (await bot.tap(user, answer, "查到了告诉我")).text.startswith("记下了,查到了")
    ledger = await bot.look()
    assert [f.question for f in await ledger.follows.of(f"tg:{user.id}")] == ["暨阳湖快讯"]
    passed_on = [q for q in await ledger.questions.open() if q.missing is Missing.ACCOUNT]
    assert [(q.question, q.times) for q in passed_on] == [("暨阳湖快讯", 1)]
    await ledger.close()


async def test_what_was_found_and_taken_back_before_it_was_sent_is_told_when_it_is_found_again(
    bot: Serving, tmp_path: Path
) -> None:
    user = bot.api.user()
    passed = await bot.tap(user, await bot.ask(user, "暨阳湖快讯"), "转给维护者去查")
    await bot.tap(user, passed, "查到了告诉我")
    ledger = await bot.look()
    (follow,) = await ledger.follows.of(f"tg:{user.id}")
    wait = Wait(follow.about, "d-wx", 0.0)
    await ledger.outbox.announce([Notice("answer d-wx", Kind.KNOWN, follow.about, wait.payload(), 0)])
    await bot.api.no_reply(user, within=2.5)
    assert [f.about for f in await ledger.follows.of(f"tg:{user.id}")] == [follow.about]
    await ledger.close()
    bot.publish(base(tmp_path, UNSEEN, B, D))
    assert (await bot.next(user)).text.startswith("您问过的「暨阳湖快讯」,查到了。\n")


async def test_a_question_followed_is_ended_by_one_tap_too(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    passed = await bot.tap(user, await bot.ask(user, "暨阳湖快讯"), "转给维护者去查")
    await bot.tap(user, passed, "查到了告诉我")
    await bot.tap(user, await bot.ask(user, "/follow"), "暨阳湖快讯")
    bot.publish(base(tmp_path, UNSEEN, B, D))
    await bot.api.no_reply(user, within=2.5)


@pytest.mark.parametrize(
    "data", ["unfollow:known:nobody", "unfollow:change:?0123456789abcdef", "unfollow:x:y", "tell:"]
)
async def test_a_forged_or_old_button_gets_a_friendly_line(bot: Serving, data: str) -> None:
    user = bot.api.user()
    query = await bot.api.tap_raw(user, await bot.ask(user, "港城甲号"), data)
    assert (await bot.next(user)).text
    await bot.api.until(lambda: query.answer is not None)


async def test_more_follows_than_a_list_holds_are_counted(bot: Serving) -> None:
    user = bot.api.user()
    await bot.ask(user, "/follow")
    ledger = await bot.look()
    for number in range(MOST_LISTED + 2):
        await ledger.follows.follow(f"tg:{user.id}", Kind.CHANGE, f"x-{number}")
    await ledger.close()
    listed = await bot.ask(user, "/follow")
    assert len(listed.labels) == MOST_LISTED
    assert "还有 2 个" in listed.text


async def test_a_sender_whose_index_is_of_before_does_not_call_a_new_account_withdrawn(
    bot: Serving, tmp_path: Path
) -> None:
    user, ledger, before = bot.api.user(), await bot.look(), bot.matcher
    await bot.ask(user, "港城乙号")
    bot.publish(base(tmp_path, UNSEEN, B, D))
    newer, bot.matcher = bot.matcher, before
    await ledger.follows.follow(f"tg:{user.id}", Kind.CHANGE, "d-wx")
    wait = Wait("d-wx", "d-wx", 1.0, 1, "ZZ", "x", (Step(4e9, "AA", "公告没有写去哪儿"),))
    await ledger.outbox.announce([Notice("change 1", Kind.CHANGE, "d-wx", wait.payload(), 0)])
    await due(ledger, [other := bot.api.user(started=True)], '["d-wx"]')
    await bot.api.no_reply(user, within=2.5)
    await bot.api.no_reply(other, within=0.1)
    bot.matcher = newer
    text = (await bot.next(user)).text
    assert "您关注的「暨阳湖快讯」" in text
    assert "撤下" not in text
    assert "有 1 个账号的去向有变化" in (await bot.next(other)).text
    await ledger.close()


async def test_who_blocked_the_bot_is_dropped_and_the_others_are_told(bot: Serving, tmp_path: Path) -> None:
    one, other = bot.api.user(), bot.api.user()
    for user in (one, other):
        await bot.tap(user, await bot.ask(user, "港城甲号"), "有去向了告诉我")
    await bot.api.my_chat_member(one, "kicked")
    bot.publish(base(tmp_path, TO_B, B))
    assert "有去向了" in (await bot.next(other)).text
    ledger = await bot.look()
    assert await ledger.follows.of(f"tg:{one.id}") == []
    assert await ledger.outbox.failures() == []
    await ledger.close()


async def test_who_blocked_the_bot_unseen_is_dropped_at_the_first_letter(
    bot: Serving, tmp_path: Path
) -> None:
    one, other = bot.api.user(), bot.api.user()
    for user in (one, other):
        await bot.tap(user, await bot.ask(user, "港城乙号"), "有变化告诉我")
    bot.api.chat(one).members[bot.api.world.bot.id] = "kicked"
    bot.publish(base(tmp_path, UNSEEN, B.replace("active", "closed, notice: unseen")))
    assert "有变化" in (await bot.next(other)).text
    ledger = await bot.look()
    async with asyncio.timeout(PATIENCE):
        while await ledger.follows.of(f"tg:{one.id}"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await ledger.counts()).letters == 0
    await ledger.close()


async def test_letters_come_in_the_language_in_which_they_were_asked_for(
    bot: Serving, tmp_path: Path
) -> None:
    user = bot.api.user(language_code="en")
    await bot.tap(user, await bot.ask(user, "where did 港城甲号 go"), "Tell me")
    bot.publish(base(tmp_path, TO_B, B))
    assert (await bot.next(user)).text.startswith("It is known now where")


@pytest.mark.parametrize("language", ["en", "zh-hant"])
async def test_a_press_is_answered_in_the_language_of_the_answer_it_stands_under(
    bot: Serving, tmp_path: Path, language: str
) -> None:
    """Whoever writes Simplified Chinese in an app of another language reads no mixture, nor do their letters."""
    user = bot.api.user(language_code=language)
    passed = await bot.tap(user, await bot.ask(user, "暨阳湖快讯公众号"), "转给维护者去查")
    noted = await bot.tap(user, passed, "查到了告诉我")
    assert noted.text.startswith("记下了,查到了")
    assert (await bot.tap(user, noted, "别再通知")).text.startswith("好,这个不再通知了")
    noted = await bot.tap(user, await bot.ask(user, "港城甲号"), "有去向了告诉我")
    assert noted.text.startswith("记下了,有去向了就在这里告诉您")
    assert [b["text"] for row in noted["reply_markup"]["inline_keyboard"] for b in row] == ["别再通知"]
    bot.publish(base(tmp_path, TO_B, B))
    assert "有去向了。" in (await bot.next(user)).text


async def test_what_was_found_without_a_place_to_go_offers_to_tell_when_that_is_known(
    bot: Serving, tmp_path: Path
) -> None:
    user = bot.api.user()
    passed = await bot.tap(user, await bot.ask(user, "暨阳湖快讯公众号"), "转给维护者去查")
    await bot.tap(user, passed, "查到了告诉我")
    bot.publish(base(tmp_path, UNSEEN, B, D))
    found = await bot.next(user)
    assert "查到了" in found.text
    await bot.tap(user, found, "有去向了告诉我")
    bot.publish(
        base(
            tmp_path, UNSEEN, B, D.replace("unseen", "named, destinations: [{account: b-wx, basis: notice}]")
        )
    )
    assert "「暨阳湖快讯」(微信公众号)有去向了" in (await bot.next(user)).text


@pytest.mark.parametrize(("hour", "night"), [(22, True), (3, True), (8, False), (21.9, False)])
def test_what_nobody_waits_for_makes_no_sound_at_night_in_china(hour: float, night: bool) -> None:
    assert is_night((hour - 8) * 3600 + 86_400) is night


async def test_a_group_that_becomes_a_supergroup_is_told_there(bot: Serving, tmp_path: Path) -> None:
    user = bot.api.user()
    group = bot.api.group(type="group", members=(user,), bot="member")
    ledger = await bot.look()
    await ledger.follows.follow(f"tg:{group.id}", Kind.KNOWN, "a-wx")
    await ledger.close()
    moved = await bot.api.migrate(user, group)
    bot.publish(base(tmp_path, TO_B, B))
    assert "有去向了" in (await bot.api.next_reply(moved, timeout=PATIENCE)).text


async def test_a_chat_that_telegram_holds_back_gets_its_letter_later_and_others_at_once(
    bot: Serving, tmp_path: Path
) -> None:
    one, other = bot.api.user(), bot.api.user()
    for user in (one, other):
        await bot.tap(user, await bot.ask(user, "港城甲号"), "有去向了告诉我")
    bot.api.fault("flood", method="sendMessage", chat=one.id, times=1, retry_after=2)
    bot.publish(base(tmp_path, TO_B, B))
    assert "有去向了" in (await bot.next(other)).text
    assert "有去向了" in (await bot.next(one)).text


async def test_many_letters_take_turns_that_telegram_allows(bot: Serving) -> None:
    users = [bot.api.user(started=True) for _ in range(40)]
    ledger = await bot.look()
    await due(ledger, users, '["b-wx"]')
    await ledger.close()
    await bot.api.until(lambda: len(bot.api.called("sendMessage")) == len(users), timeout=PATIENCE)
    times = sorted(call.at for call in bot.api.called("sendMessage"))
    busiest = max(sum(1 for t in times if start <= t < start + 1) for start in times)
    assert busiest <= FloodLimit.MESSAGES_PER_SECOND


def running(api_url: str, token: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that sends what the ledger in a folder holds."""
    env = {**os.environ, "TELEGRAM_API_BASE": api_url, "TELEGRAM_BOT_TOKEN": token, "DATA_DIR": str(folder)}
    env["LISTEN"] = free_address()
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "bot.py", "run"], cwd=ROOT, env=env, stdout=log, stderr=log)


async def test_killed_while_it_sends_it_loses_nothing_and_doubles_only_what_was_on_its_way(
    tmp_path: Path,
) -> None:
    """Each letter comes at least once; one that comes twice says so the second time."""
    ledger = await open_ledger(str(tmp_path / "ledger.sqlite"), lambda: 1.8e9, lambda: 0.0)
    async with BotApi() as api:
        users = [api.user(started=True) for _ in range(60)]
        await due(ledger, users, '["shuirungangcheng-wx"]')
        await ledger.close()
        process = running(api.base_url, api.token, tmp_path)
        await api.until(lambda: len(api.called("sendMessage")) >= 20, timeout=PATIENCE)
        process.send_signal(signal.SIGKILL)
        process.wait()
        sent = len(api.called("sendMessage"))
        assert sent < len(users)
        process = running(api.base_url, api.token, tmp_path)
        told = lambda: sum(bool(api.chat(u).messages) for u in users)  # noqa: E731
        try:
            await api.until(lambda: told() == len(users), timeout=PATIENCE)
            await asyncio.sleep(1)
        finally:
            process.terminate()
            process.wait()
        doubled = [u for u in users if len(api.chat(u).messages) > 1]
        assert len(doubled) <= 8
        assert all("可能已经收到过" in api.chat(u).messages[-1].text for u in doubled)


async def letters(bot: Serving, *users: User) -> None:
    """Put a letter to each person into the outbox."""
    ledger = await bot.look()
    await due(ledger, users, '["b-wx"]')
    await ledger.close()


async def test_a_chat_that_is_held_back_for_long_keeps_its_letter(bot: Serving) -> None:
    one, other = bot.api.user(started=True), bot.api.user(started=True)
    flood = bot.api.fault("flood", method="sendMessage", chat=one.id, times=1, retry_after=500)
    await letters(bot, one, other)
    await bot.next(other)
    await bot.api.until(lambda: flood.hits, timeout=PATIENCE)
    ledger = await bot.look()
    async with asyncio.timeout(PATIENCE):
        while (await ledger.counts()).letters != 1 or (await ledger.counts()).due:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await ledger.outbox.failures() == []
    await ledger.close()


async def test_a_letter_that_telegram_refuses_is_given_up_and_the_others_go_on(bot: Serving) -> None:
    nobody, other = User(999_999, "Nobody"), bot.api.user(started=True)
    await letters(bot, nobody, other)
    await bot.next(other)
    ledger = await bot.look()
    async with asyncio.timeout(PATIENCE):
        while not (found := await ledger.outbox.failures()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "chat not found" in found[0].error.lower()
    await ledger.close()


async def test_a_broken_connection_costs_nobody_a_letter(bot: Serving) -> None:
    users = [bot.api.user(started=True) for _ in range(5)]
    bot.api.fault("drop", method="sendMessage", times=3)
    bot.api.fault("server", method="sendMessage", times=2)
    await letters(bot, *users)
    for user in users:
        assert "港城乙号" in (await bot.next(user)).text
        assert len([m for m in bot.api.chat(user).messages if m["from"]["id"] != user.id]) == 1


async def test_a_letter_whose_answer_was_lost_says_the_second_time_that_it_may_be_known(bot: Serving) -> None:
    one, other, third = (bot.api.user(started=True) for _ in range(3))
    bot.api.fault("drop_after", method="sendMessage", chat=one.id, times=1)
    bot.api.fault("flood", method="sendMessage", chat=other.id, times=1, retry_after=1)
    bot.api.fault("garbage", method="sendMessage", chat=third.id, times=1)
    await letters(bot, one, other, third)
    for user in (one, third):
        assert "可能已经收到过" not in (await bot.next(user)).text
        assert "可能已经收到过" in (await bot.next(user)).text
    assert "可能已经收到过" not in (await bot.next(other)).text


async def test_what_waits_when_the_bot_stops_is_sent_when_it_starts_again(tmp_path: Path) -> None:
    async with BotApi() as api:
        matcher = base(tmp_path, UNSEEN, B)
        user = api.user()
        async with Serving(api, tmp_path, matcher, {"wait": 3600.0}) as bot:
            await bot.tap(user, await bot.ask(user, "港城甲号"), "有去向了告诉我")
            bot.publish(base(tmp_path, TO_B, B))
            await asyncio.sleep(1.5)
            changed = bot.matcher
        async with Serving(api, tmp_path, changed) as again:
            assert "有去向了" in (await again.next(user)).text


def test_an_edit_that_is_built_beside_a_running_bot_reaches_its_followers(tmp_path: Path) -> None:
    """The real process, as an operator runs it: a file is edited, `build` is run, and who asked is told."""
    folder = tmp_path / "knowledge"
    base(tmp_path, UNSEEN, B)
    page = folder / "accounts" / "town.yaml"
    with ThreadedBotApi() as api:
        env = {
            **os.environ, "TELEGRAM_API_BASE": api.base_url, "TELEGRAM_BOT_TOKEN": api.token,
            "DATA_DIR": str(tmp_path / "data"), "NOTICE_WAIT": "0", "LISTEN": free_address(),
        }  # fmt: skip
        run = [sys.executable, "bot.py"]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [*run, "run", "--knowledge", str(folder)], cwd=ROOT, env=env, stdout=log, stderr=log
            )
            try:
                user = api.user()
                api.say(user, "港城甲号")
                answer = api.next_reply(user, timeout=PATIENCE)
                api.tap(user, answer, next(x for x in answer.labels if x.startswith("有去向了")))
                assert api.next_reply(user, timeout=PATIENCE).text.startswith("记下了")
                page.write_text(page.read_text(encoding="utf-8").replace(UNSEEN, TO_B), encoding="utf-8")
                built = subprocess.run(
                    [*run, "build", "--knowledge", str(folder)], cwd=ROOT, env=env, check=False
                )
                assert built.returncode == 0
                assert "有去向了" in api.next_reply(user, timeout=PATIENCE).text
            finally:
                process.terminate()
                assert process.wait(PATIENCE) == 0
