"""Durable in: no update is lost, none is handled twice, none stops the others, in order within a chat."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from telegrams import PATIENCE, Town, town

from bot.ledger import TroubleError
from bot.matcher import Matcher
from handlers import telegram_bot, telegram_desk, telegram_polling
from handlers.telegram_bot import serve
from handlers.telegram_intake import NO_NUMBER, lane_of, take_in
from handlers.telegram_kinds import command_in
from handlers.telegram_patience import Patience
from handlers.telegram_text import cut, parts, units
from tests.botapi import BotApi, ThreadedBotApi
from tests.botapi_methods import METHODS


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A server and its bot."""
    async with town(matcher, tmp_path, monkeypatch) as built:
        yield built


@pytest.mark.parametrize(
    "strange",
    [
        {"message": {"message_id": 1}},
        {"message": {"message_id": "x", "date": [], "chat": 5}},
        {"callback_query": {"id": 5}},
        {"message": []},
        {"inline_query": {"from": {"id": 3}}},
    ],
    ids=["no chat", "wrong types", "no user", "a list", "half a user"],
)
async def test_an_update_that_cannot_be_read_lies_with_the_dead_letters_and_stops_nobody(
    here: Town, strange: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with here.bot():
        here.api.world.tell(strange)
        user = here.api.user()
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        await here.handled()
        (letter,) = await here.ledger.inbox.letters()
        assert next(iter(strange)) in letter.payload
    assert "unreadable, reference" in caplog.text


async def test_an_update_of_a_kind_we_never_heard_of_is_done(here: Town) -> None:
    async with here.bot():
        here.api.world.tell({"message_reaction_count": {"chat": {"id": 5}, "what": "?"}})
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text
        await here.handled()


async def test_what_has_no_number_is_kept_and_polling_goes_on(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = telegram_polling.Polling._ask
    strange: list[Any] = [[None, 5, {"update_id": "x"}, {"update_id": -1}, {"update_id": True}], {"ok": 1}]

    async def ask(self: Any, hold: int, most: int = 100) -> object:
        return strange.pop(0) if strange else await asked(self, hold, most)

    monkeypatch.setattr(telegram_polling.Polling, "_ask", ask)
    async with here.bot():
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text
        assert len(await here.ledger.inbox.letters()) == 5


async def test_nothing_is_acknowledged_that_the_ledger_could_not_keep(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with here.bot():
        receive = here.ledger.inbox.receive
        failures = [TroubleError("磁盘满了", passing=False)] * 2

        async def full(updates: Any) -> int:
            if failures:
                raise failures.pop()
            return await receive(updates)

        monkeypatch.setattr(here.ledger.inbox, "receive", full)
        user = here.api.user()
        await here.api.say(user, "水润港城")
        await here.api.until(lambda: len(failures) < 2, timeout=PATIENCE)
        assert here.api.pending == 1
        assert "张家港市水务局" in (await here.reply(user)).text


async def test_an_update_that_comes_twice_is_answered_once(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        here.api.fault("duplicate", times=1)
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        await here.quiet(user)


async def test_a_chat_is_answered_in_order_and_a_slow_one_holds_up_no_other(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = here.api.user(), here.api.user()
    here.api.fault("late", method="sendMessage", chat=slow.id, delay=1.0)
    async with here.bot():
        for name in ("水润港城", "健康济阳", "莒南交警"):
            await here.api.say(slow, name)
        await here.api.say(quick, "健康济阳")
        await here.reply(quick)
        assert len(here.api.called("sendMessage", slow)) <= 1
        for name in ("水润港城", "健康济阳", "莒南交警"):
            assert name in (await here.reply(slow)).text


async def test_what_was_not_answered_before_a_stop_is_answered_at_the_next_start(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.telegram_bot.GRACE", 0.3)
    user = here.api.user()
    order = here.api.fault("server", method="sendMessage", times=None)
    async with here.bot():
        await here.api.say(user, "水润港城")
        await here.api.until(lambda: order.hits, timeout=PATIENCE)
    assert here.api.pending == 0
    here.api.heal()
    async with here.bot():
        assert "张家港市水务局" in (await here.reply(user)).text
        await here.quiet(user)


async def test_what_was_answered_before_a_worker_died_is_not_answered_again(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = here.api.user()
    async with here.bot():
        done = here.ledger.inbox.done
        gone = asyncio.Event()

        async def never(claim: Any) -> None:
            gone.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(here.ledger.inbox, "done", never)
        monkeypatch.setattr("handlers.telegram_bot.GRACE", 0.1)
        await here.ask(user, "水润港城")
        await gone.wait()
    assert done
    async with here.bot():
        await here.quiet(user)
        assert (await here.ledger.counts()).waiting == 0


async def test_a_second_poller_is_told_of_and_left_alone_for_a_while(
    here: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_polling, "RIVAL_PAUSE", 0.05)
    async with here.bot():
        here.api.world.poller.interrupt("Conflict: terminated by other getUpdates request")
        await here.api.until(lambda: "同一个令牌只在一处用轮询" in caplog.text, timeout=PATIENCE)
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


async def test_of_two_workers_on_one_ledger_one_polls_and_each_update_is_answered_once(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the one that polls ends, the other takes over."""
    monkeypatch.setattr(telegram_polling, "STANDBY", 0.05)
    people = [here.api.user() for _ in range(8)]
    async with here.bot():
        async with here.bot():
            await _asked_by(people, "水润港城", here)
        await _asked_by(people, "健康济阳", here)
    async with here.bot():
        leaving = asyncio.Event()
        other = asyncio.create_task(serve(here.setting, leaving))
        await _asked_by(people, "莒南交警", here)
    await _asked_by(people, "北京健康宝", here)
    leaving.set()
    assert await other == 0
    assert [len(here.api.chat(person).untaken) for person in people] == [0] * 8
    assert here.api.problems == []


async def _asked_by(people: list[Any], name: str, here: Town) -> None:
    for person in people:
        await here.api.say(person, name)
    for person in people:
        assert name in (await here.reply(person)).text


@pytest.mark.parametrize("kind", ["server", "drop", "half", "garbage", "drop_after"])
async def test_polling_outlives_every_trouble_of_the_network(here: Town, kind: str) -> None:
    here.api.fault(kind, method="getUpdates", times=2)
    async with here.bot():
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


async def test_a_token_that_is_revoked_while_it_runs_ends_it_with_what_to_do(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.bot(ends=1):
        here.api.token = "1000000001:another"  # noqa: S105 - it opens nothing
        await here.api.say(here.api.user(), "水润港城")
        await here.api.until(lambda: "Telegram 不认这个令牌" in caplog.text, timeout=PATIENCE)


@pytest.mark.parametrize("kind", ["server", "drop", "flood"])
async def test_an_answer_goes_out_after_an_outage_longer_than_a_calls_patience(
    here: Town, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(telegram_bot, "Patience", partial(Patience, patience=0.1))
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.2)
    user, other = here.api.user(), here.api.user()
    here.api.fault(kind, method="sendMessage", chat=user.id, times=3)
    async with here.bot():
        await here.api.say(user, "水润港城")
        assert "健康济阳" in (await here.ask(other, "健康济阳")).text
        assert "张家港市水务局" in (await here.reply(user)).text
        await here.quiet(user)


async def test_an_outage_that_lasts_too_long_is_given_up_with_a_number(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram_bot, "Patience", partial(Patience, patience=0.1))
    monkeypatch.setattr(telegram_desk, "PAUSE", 0.05)
    monkeypatch.setattr(telegram_desk, "WORTH", 0.2)
    user = here.api.user()
    order = here.api.fault("server", method="sendMessage", times=None)
    async with here.bot():
        await here.api.say(user, "水润港城")
        await here.handled()
        assert order.hits > 2
        assert "failed, reference" in caplog.text


async def test_an_update_that_breaks_even_the_report_of_it_holds_up_nobody(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise ZeroDivisionError

    async with here.bot():
        user = here.api.user()
        with monkeypatch.context() as broken:
            broken.setattr(telegram_desk, "failed", fails)
            broken.setattr(telegram_desk.Desk, "_answer", fails)
            await here.api.say(user, "水润港城")
            await here.handled()
        assert "健康济阳" in (await here.ask(user, "健康济阳")).text
        assert len(await here.ledger.inbox.letters()) == 1


async def test_a_report_that_fails_keeps_nobody_from_an_answer(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("handlers.telegram_trouble.report", fails)
    async with here.bot():
        here.api.world.tell({"message": []})
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text
        await here.handled()
    assert "could not report" in caplog.text


async def test_the_log_holds_no_words_of_people_and_no_token(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with here.bot():
        user = here.api.user()
        here.api.world.tell({"message": {"text": "我的秘密"}})
        here.api.fault("server", method="sendMessage", times=1)
        await here.ask(user, "水润港城的秘密")
        here.api.fault("garbage", method="getUpdates", times=1)
        await here.ask(user, "我的秘密")
    assert "秘密" not in caplog.text
    assert here.api.token not in caplog.text


async def test_an_answer_that_could_not_be_remembered_is_an_answer(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.bot():

        async def full(*_: Any) -> None:
            raise TroubleError("磁盘满了", passing=False)

        monkeypatch.setattr(here.ledger.people, "remember", full)
        user = here.api.user()
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        await here.quiet(user)
        group = here.api.group(members=(user,), bot="member")
        await here.api.say(user, "/where 水润港城", group)
        assert "张家港市水务局" in (await here.api.next_reply(group, PATIENCE)).text
        await here.quiet(group)
        assert "is handled again" not in caplog.text
    assert "could not be remembered" in caplog.text


async def test_it_stops_while_telegram_cannot_be_reached_and_begins_once_it_can(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.api.fault("drop", method="getMe", times=None)
    leaving = asyncio.Event()
    serving = asyncio.create_task(serve(here.setting, leaving))
    await here.api.until(lambda: here.api.called("getMe"), timeout=PATIENCE)
    leaving.set()
    async with asyncio.timeout(PATIENCE):
        assert await serving == 0
    here.api.heal()
    here.api.fault("drop", method="getMe", times=2)
    async with here.bot():
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


async def test_a_ledger_that_cannot_be_used_ends_it_with_what_to_do(
    here: Town, caplog: pytest.LogCaptureFixture
) -> None:
    (here.folder / "ledger.sqlite").write_text("no ledger at all, but some text that is long enough" * 50)
    async with here.bot(ends=1):
        pass
    assert "账本" in caplog.text or "ledger.sqlite" in caplog.text


async def test_a_handler_that_does_not_end_is_ended_and_its_chat_goes_on(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_desk, "LONGEST", 1.0)
    user = here.api.user()
    here.api.fault("late", method="sendMessage", delay=5.0, times=1)
    async with here.bot():
        await here.api.say(user, "水润港城")
        await here.api.say(user, "健康济阳")
        texts = [(await here.reply(user)).text for _ in range(3)]
    assert any("刚才出了点问题" in text for text in texts)
    assert any("健康济阳" in text for text in texts)


def test_a_killed_process_answers_at_its_next_start_what_it_had_taken_in(tmp_path: Path) -> None:
    """Killed with 20 chats in hand, none answered: every one is answered by the next process, once."""
    with ThreadedBotApi() as api:
        people = [api.user() for _ in range(20)]
        order = api.fault("server", method="sendMessage", times=None)
        first = _started(api, tmp_path)
        for person in people:
            api.say(person, "水润港城")
        api.until(lambda: order.hits >= len(people) and not api.pending, timeout=PATIENCE)
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE)
        api.heal()
        second = _started(api, tmp_path)
        try:
            for person in people:
                assert "张家港市水务局" in api.next_reply(person, timeout=PATIENCE).text
        finally:
            second.terminate()
            assert second.wait(PATIENCE) == 0
        assert [len(api.chat(person).untaken) for person in people] == [0] * 20


def test_a_stop_during_an_outage_takes_less_than_ten_seconds_and_loses_nothing(tmp_path: Path) -> None:
    with ThreadedBotApi() as api:
        person = api.user()
        order = api.fault("server", method="sendMessage", times=None)
        first = _started(api, tmp_path)
        api.say(person, "水润港城")
        api.until(lambda: order.hits, timeout=PATIENCE)
        first.terminate()
        assert first.wait(10) == 0
        api.heal()
        second = _started(api, tmp_path)
        try:
            assert "张家港市水务局" in api.next_reply(person, timeout=PATIENCE).text
        finally:
            second.terminate()
            assert second.wait(PATIENCE) == 0


def _started(api: ThreadedBotApi, folder: Path) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_BASE": api.base_url,
        "DATA_DIR": str(folder),
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "bot.py", "run"], cwd=ROOT, env=env, stdout=log, stderr=log)


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"update_id": 1}, "tg:0"),
        ({"update_id": 1, "message": {"chat": {"id": "x"}}}, "tg:0"),
        ({"update_id": 1, "message": {"from": {"id": 4}, "chat": {"id": -5}}}, "tg:-5"),
        ({"update_id": 1, "callback_query": {"from": {"id": 4}, "message": {"chat": {"id": -5}}}}, "tg:-5"),
        ({"update_id": 1, "callback_query": {"from": {"id": 4}, "inline_message_id": "x"}}, "tg:4"),
        ({"update_id": 1, "inline_query": {"from": {"id": 4}}}, "tg:4"),
        ({"update_id": 1, "poll_answer": {"user": {"id": 4}}}, "tg:4"),
    ],
)
def test_an_update_is_handled_in_the_order_of_its_chat_or_its_person(update: Any, lane: str) -> None:
    assert lane_of(update) == lane


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["update_id", "message", "chat", "id", "from", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


class Kept:
    """An inbox that counts."""

    def __init__(self) -> None:
        self.inbox, self.received, self.rejected = self, 0, 0

    async def receive(self, updates: Any) -> int:
        """Count updates."""
        self.received += len(updates)
        return self.received

    async def reject(self, payload: str, error: str) -> None:
        """Count what is no update."""
        json.loads(payload)
        assert error == NO_NUMBER
        self.rejected += 1


@given(st.lists(JSON, max_size=4))
def test_whatever_comes_is_kept_as_an_update_or_as_none(found: list[Any]) -> None:
    kept: Any = Kept()
    last = asyncio.run(take_in(found, kept))
    assert kept.received + kept.rejected == len(found)
    assert (last is None) == (kept.received == 0)


@given(st.text(max_size=300), st.integers(2, 40))
def test_any_text_is_parted_without_losing_a_character(text: str, most: int) -> None:
    found = parts(text, most)
    assert all(0 < units(part) <= most for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["x" * 9000, "好\n" * 5000, "😀" * 5000, "\n\n", "a" * 4096])
def test_a_long_text_goes_out_whole_in_messages_telegram_takes(text: str) -> None:
    found = parts(text)
    assert all(0 < units(part) <= 4096 for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_text_is_never_cut_within_a_character() -> None:
    assert cut("😀😀", 3) == "😀"


async def test_a_command_for_another_bot_is_not_ours() -> None:
    from telegram import Update

    async with BotApi() as api:
        group = api.group(bot="administrator")
        user = api.user()
        for text in ("/help@other_bot", "/help@QUXIANG_test_bot x y", "help /help"):
            await api.say(user, text, group)
        found = [Update.de_json(u.body, None).message for u in api.world.queue.entries]
    assert [command_in(m, "quxiang_test_bot") for m in found] == [None, ("help", "x y"), None]


async def test_a_server_that_lacks_a_method_is_no_token_refused(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library calls both an invalid token."""
    monkeypatch.setattr(telegram_polling, "FIRST_PAUSE", 0.05)
    for name in ("deletewebhook", "getmycommands", "setmycommands"):
        monkeypatch.delitem(METHODS, name)
    async with here.bot():
        assert "张家港市水务局" in (await here.ask(here.api.user(), "水润港城")).text


@pytest.mark.parametrize("name", ["PicklePersistence", "ConversationHandler", "CallbackDataCache", "Updater"])
def test_nothing_of_the_library_is_used_that_loses_what_it_holds(name: str) -> None:
    """Whatever lasts is in the ledger: the library's own stores are lost or torn by kill -9."""
    used = [
        path.name for path in (ROOT / "handlers").glob("*.py") if name in path.read_text(encoding="utf-8")
    ]
    assert used == []
