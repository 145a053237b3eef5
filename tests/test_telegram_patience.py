"""Calls to Telegram over our own client: what they survive, what they wait for, and what they never try twice."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import pytest
import pytest_asyncio
from served import free_address
from telegram import InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from handlers.telegram_http import AiohttpRequest, UnsentError
from handlers.telegram_patience import Patience, is_doubtful
from tests.botapi import PIXEL, BotApi

SHORT = 4.0  # seconds of patience: enough for one retry_after of a second, and for a few retries


class Hooks:
    """Remembers which chats were told to be gone or moved."""

    def __init__(self) -> None:
        self.gone: list[int] = []
        self.moved: list[tuple[int, int]] = []

    async def is_gone(self, chat: int) -> None:
        """Take note of a chat that is gone."""
        self.gone.append(chat)

    async def has_moved(self, old: int, new: int) -> None:
        """Take note of a group that became another."""
        self.moved.append((old, new))


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library then gives RetryAfter as a timedelta, as the bot sets it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
def hooks() -> Hooks:
    return Hooks()


@pytest_asyncio.fixture
async def bot(api: BotApi, hooks: Hooks) -> AsyncIterator[ExtBot[Any]]:
    patience = Patience(SHORT, hooks.is_gone, hooks.has_moved)
    client = ExtBot(
        api.token,
        base_url=f"{api.base_url}/bot",
        base_file_url=f"{api.base_url}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
        rate_limiter=patience,
    )
    async with client:
        yield client


@pytest.mark.parametrize(
    ("error", "doubtful"),
    [
        (Forbidden("bot was blocked"), False),
        (BadRequest("chat not found"), False),
        (UnsentError("no connection"), False),
        (ValueError("ours"), False),
        (TimedOut(), True),
        (NetworkError("Bad Gateway"), True),
        (TelegramError("Invalid server response"), True),
    ],
)
def test_only_a_lost_answer_leaves_a_doubt_whether_it_arrived(error: Exception, doubtful: bool) -> None:
    assert is_doubtful(error) == doubtful
    assert not is_doubtful(RetryAfter(1))


@pytest.mark.parametrize("fault", ["drop_after", "half", "garbage", "server"])
async def test_a_call_that_must_not_happen_twice_is_not_repeated_when_it_may_have_happened(
    bot: ExtBot[Any], api: BotApi, fault: str
) -> None:
    user = api.user(started=True)
    api.fault(fault, method="sendMessage", times=1)
    with pytest.raises(TelegramError):
        await bot.send_message(user.id, "x", rate_limit_args=True)
    assert sent(api) == 1


async def test_a_call_that_must_not_happen_twice_is_repeated_when_it_never_went_out(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    ask = AiohttpRequest.do_request

    async def counted(self: AiohttpRequest, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        tries.append(url)
        return await ask(self, url, *given, **named)

    monkeypatch.setattr(AiohttpRequest, "do_request", counted)
    base, request = f"http://{free_address()}/bot", AiohttpRequest()
    nobody = ExtBot(api.token, base, request=request, rate_limiter=Patience(1.0))
    await request.initialize()
    with pytest.raises(UnsentError):
        await nobody.send_message(1, "x", rate_limit_args=True)
    assert len(tries) == 2
    await request.shutdown()


def sent(api: BotApi) -> int:
    """Return how many messages the bot asked the server to send."""
    return sum(call.method == "sendMessage" for call in api.calls)


@pytest.mark.asyncio
async def test_what_telegram_refuses_is_not_tried_again(api: BotApi, bot: ExtBot[Any]) -> None:
    user = api.user(started=True)
    with pytest.raises(BadRequest):
        await bot.send_message(user.id, "")
    assert sent(api) == 1


@pytest.mark.asyncio
async def test_who_blocked_the_bot_is_named_and_not_tried_again(
    api: BotApi, bot: ExtBot[Any], hooks: Hooks
) -> None:
    user = api.user()
    await api.say(user, "hi")
    await api.my_chat_member(user, "kicked")
    with pytest.raises(Forbidden):
        await bot.send_message(user.id, "在吗")
    assert (hooks.gone, sent(api)) == ([user.id], 1)


@pytest.mark.asyncio
async def test_a_wait_beyond_all_patience_is_an_error_at_once(api: BotApi, bot: ExtBot[Any]) -> None:
    user = api.user(started=True)
    api.fault("flood", method="sendMessage", retry_after=600)
    with pytest.raises(RetryAfter):
        await bot.send_message(user.id, "水润港城")
    assert sent(api) == 1


@pytest.mark.asyncio
async def test_a_server_that_stays_down_is_given_up_in_the_end(api: BotApi, bot: ExtBot[Any]) -> None:
    user = api.user(started=True)
    api.fault("server", method="sendMessage", times=None)
    with pytest.raises(NetworkError):
        await bot.send_message(user.id, "水润港城")
    assert sent(api) > 2


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["server", "drop", "flood"])
async def test_what_had_no_effect_is_done_once_in_the_end(api: BotApi, bot: ExtBot[Any], kind: str) -> None:
    user = api.user(started=True)
    api.fault(kind, method="sendMessage")
    message = await bot.send_message(user.id, "水润港城")
    assert message.text == "水润港城"
    assert [m.text for m in api.chat(user).messages] == ["水润港城"]


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["garbage", "half", "drop_after"])
async def test_an_answer_that_was_cut_off_is_asked_for_again(
    api: BotApi, bot: ExtBot[Any], kind: str
) -> None:
    user = api.user(started=True)
    api.fault(kind, method="sendMessage")
    assert (await bot.send_message(user.id, "水润港城")).text == "水润港城"


@pytest.mark.asyncio
async def test_one_chat_that_must_wait_holds_back_no_other(api: BotApi, bot: ExtBot[Any]) -> None:
    slow, quick = api.user(started=True), api.user(started=True)
    api.fault("flood", method="sendMessage", chat=slow.id, retry_after=1)
    waiting = asyncio.create_task(bot.send_message(slow.id, "慢"))
    await api.until(lambda: api.called("sendMessage"))
    await bot.send_message(quick.id, "快")
    assert not waiting.done()
    # A second message to the chat that must wait waits with the first.
    second = asyncio.create_task(bot.send_message(slow.id, "也慢"))
    await asyncio.sleep(0.2)
    assert not second.done()
    await asyncio.gather(waiting, second)
    assert {m.text for m in api.chat(slow).messages} == {"慢", "也慢"}


@pytest.mark.asyncio
async def test_a_group_that_moved_is_written_to_where_it_is_now(
    api: BotApi, bot: ExtBot[Any], hooks: Hooks
) -> None:
    user = api.user(started=True)
    group = api.group("邻里", type="group", members=(user,), bot="member")
    new = await api.migrate(user, group)
    message = await bot.send_message(group.id, "水润港城")
    assert message.chat.id == new.id
    assert hooks.moved == [(group.id, new.id)]


@pytest.mark.asyncio
async def test_a_token_never_stands_in_an_error(api: BotApi) -> None:
    client = ExtBot(api.token, base_url="http://127.0.0.1:9/bot", request=AiohttpRequest())
    with pytest.raises(NetworkError) as caught:
        await client.initialize()
    assert api.token not in str(caught.value)
    assert api.token not in repr(caught.value.__cause__)
    await client.shutdown()


@pytest.mark.asyncio
async def test_an_answer_that_never_comes_is_timed_out(api: BotApi, bot: ExtBot[Any]) -> None:
    user = api.user(started=True)
    api.fault("late", method="sendMessage", times=None, delay=30.0)
    with pytest.raises(TimedOut):
        await bot.send_message(user.id, "水润港城", read_timeout=0.1)


@pytest.mark.parametrize(
    ("passed_by", "times"), [("telegram.test", 0), ("", 2)], ids=["past it", "through it"]
)
@pytest.mark.asyncio
async def test_requests_go_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, passed_by: str, times: int
) -> None:
    asked = []

    async def proxy(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        asked.append(await incoming.readline())
        body = b'{"ok": true, "result": true}'
        outgoing.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 28\r\n\r\n" + body)
        outgoing.close()

    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        monkeypatch.setenv("no_proxy", passed_by)
        request = AiohttpRequest()
        await request.initialize()
        for _ in range(2):
            with nullcontext() if times else pytest.raises(UnsentError):
                assert await request.post("http://telegram.test/bot1:x/getMe") is True
        await request.shutdown()
    assert asked == [b"POST http://telegram.test/bot1:x/getMe HTTP/1.1\r\n"] * times


@pytest.mark.asyncio
async def test_a_picture_goes_up_in_parts(api: BotApi, bot: ExtBot[Any]) -> None:
    user = api.user(started=True)
    message = await bot.send_photo(
        user.id, InputFile(io.BytesIO(PIXEL), "card.png"), caption="水润港城 → 张家港水务"
    )
    assert message.caption == "水润港城 → 张家港水务"
    assert message.photo
