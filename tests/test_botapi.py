"""Tests of the emulated Bot API server itself: first what it refuses, then what it does.

The real python-telegram-bot speaks to it over HTTP; raw requests are for what that library would not send.
"""

import asyncio
import json
import random
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CallbackQuery,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    LoginUrl,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    SwitchInlineQueryChosenChat,
    Update,
    WebAppInfo,
)
from telegram.constants import KeyboardButtonStyle
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes

from tests import botapi
from tests.botapi import PIXEL, BotApi, User
from tests.botapi_faults import Fault, Faults
from tests.botapi_rules import bad
from tests.botapi_text import HtmlParser, MarkupError, check_url, find_entities, slice_utf16, trim, utf16

Json = dict[str, Any]


class Clock:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Returns the Unix time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(clock: Clock) -> AsyncIterator[BotApi]:
    async with BotApi(clock=clock) as server:
        yield server


@pytest.fixture
def li(api: BotApi) -> User:
    """A person who has written to the bot before."""
    return api.user(first_name="Li", username="li_si", started=True)


@asynccontextmanager
async def bot_of(api: BotApi) -> AsyncIterator[Bot]:
    """Gives the real library's bot, connected to the server."""
    async with Bot(api.token, f"{api.base_url}/bot", f"{api.base_url}/file/bot") as bot:
        yield bot


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with bot_of(api) as connected:
        yield connected


@asynccontextmanager
async def polling(
    api: BotApi, *handlers: Any, **options: Any
) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """Runs the real library's application, polling the server."""
    builder = ApplicationBuilder().token(api.token)
    app = builder.base_url(f"{api.base_url}/bot").base_file_url(f"{api.base_url}/file/bot").build()
    app.add_handlers(list(handlers))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(**options)
        yield app
        await app.updater.stop()
        await app.stop()


async def ask(api: BotApi, method: str, token: str = "", **params: Any) -> Json:
    """Sends a raw request as JSON and returns the whole answer."""
    url = f"{api.base_url}/bot{token or api.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=params) as response:
        answer: Json = await response.json()
        assert response.status == answer.get("error_code", 200)
        return answer


async def refusal(api: BotApi, method: str, **params: Any) -> str:
    """Returns the server's words about a request that it refuses."""
    answer = await ask(api, method, **params)
    assert answer["ok"] is False, answer
    return str(answer["description"])


def keyboard(*rows: Any) -> Json:
    return {"inline_keyboard": list(rows)}


def article(result_id: str = "1", **more: Any) -> Json:
    content = {"message_text": "text"}
    return {"type": "article", "id": result_id, "title": "t", "input_message_content": content, **more}


# What the server refuses: the request as such ------------------------------------------------------------------------


async def test_wrong_token_is_unauthorized(api: BotApi) -> None:
    answer = await ask(api, "getMe", token="1:wrong")  # noqa: S106 - it opens nothing
    assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_library_takes_a_wrong_token_for_invalid(api: BotApi) -> None:
    bot = Bot("1:wrong", f"{api.base_url}/bot")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_unknown_method_is_not_found_and_is_a_problem(api: BotApi) -> None:
    assert await ask(api, "sendTelepathy") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert [problem.method for problem in api.problems] == ["sendTelepathy"]


async def test_paths_outside_of_the_api_are_not_found(api: BotApi) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{api.base_url}/elsewhere") as response:
        assert response.status == 404
        assert (await response.json())["description"] == "Not Found"


@pytest.mark.parametrize("body", ["{", "[1]", '"text"'])
async def test_json_body_that_is_no_object_is_refused(api: BotApi, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    url = f"{api.base_url}/bot{api.token}/getMe"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        assert response.status == 400


async def test_too_large_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botapi, "LARGEST_REQUEST", 10_000)
    async with BotApi() as api, bot_of(api) as bot:
        li = api.user(started=True)
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await bot.send_document(li.id, b"x" * 20_000)
        assert api.problems[0].status == 413


async def test_nothing_works_after_log_out(api: BotApi, bot: Bot) -> None:
    assert await bot.log_out()
    assert await ask(api, "getMe") == {"ok": False, "error_code": 400, "description": "Logged out"}


async def test_close_is_refused_in_the_first_ten_minutes(api: BotApi, clock: Clock) -> None:
    clock.now += 1
    answer = await ask(api, "close")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 599})
    clock.now += 600
    assert (await ask(api, "close"))["result"] is True


# What the server refuses: parameters ---------------------------------------------------------------------------------

LONG_TAG = "<b>" + "x" * 4096 + "</b>"
REFUSED_TEXTS = [
    ({}, "message text is empty"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "text must be non-empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "👍" * 2049}, "message is too long"),
    ({"text": "x" * 32769}, "text is too long"),
    ({"text": "x", "parse_mode": "RTF"}, "unsupported parse_mode"),
    ({"text": "x", "parse_mode": "MarkdownV2"}, "can't parse entities: this server reads only HTML"),
    ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
    ({"text": "x", "entities": [{"type": "glow", "offset": 0, "length": 1}]}, "can't parse MessageEntity: Unsupported type specified"),
    ({"text": "x", "entities": [{"type": "bold", "offset": 0}]}, 'can\'t parse MessageEntity: Can\'t find field "length"'),
    ({"text": "x", "entities": [{"type": "bold", "offset": "a", "length": 1}]}, 'can\'t parse MessageEntity: Field "offset" must be of type Number'),
    ({"text": "x", "entities": "{"}, "can't parse entities JSON object"),
    ({"text": "x", "link_preview_options": "[]"}, "object expected as link preview options"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "chat_id": 77}, "chat not found"),
    ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
    ({"text": "x", "chat_id": "nobody"}, "chat not found"),
    ({"text": "x", "reply_parameters": "["}, "can't parse reply parameters JSON object"),
    ({"text": "x", "reply_parameters": "[]"}, "object expected as reply parameters"),
    ({"text": "x", "reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
    ({"text": "x", "reply_parameters": {"message_id": 9}}, "message to be replied not found"),
    ({"text": "x", "reply_to_message_id": 9}, "message to be replied not found"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "reason"), REFUSED_TEXTS)
async def test_send_message_refuses(api: BotApi, li: User, params: Json, reason: str) -> None:
    assert await refusal(api, "sendMessage", **{"chat_id": li.id, **params}) == f"Bad Request: {reason}"
    assert api.chat(li).messages == []
    assert len(api.problems) == 1


REFUSED_HTML = [
    ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
    ("你<br/>", 'Unsupported start tag "br/" at byte offset 3'),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<span class="red">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("a & b", 'Unescaped "&" at byte offset 2'),
    ("a&nbsp;b", 'Unescaped "&" at byte offset 1'),
    ("&ltx", 'Unescaped "&" at byte offset 0'),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED_HTML)
async def test_broken_html_is_refused(api: BotApi, li: User, text: str, reason: str) -> None:
    said = await refusal(api, "sendMessage", chat_id=li.id, text=text, parse_mode="HTML")
    assert said == f"Bad Request: can't parse entities: {reason}"


ROW = [{"text": "x", "callback_data": "x"}]
BUTTON = "can't parse inline keyboard button: "
REFUSED_MARKUPS = [
    ("{", "can't parse reply keyboard markup JSON object"),
    ("[]", "object expected as reply markup"),
    (keyboard({"text": "x"}), 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
    (keyboard(["x"]), f"{BUTTON}InlineKeyboardButton must be an Object"),
    (keyboard([{"callback_data": "x"}]), f'{BUTTON}Can\'t find field "text"'),
    (keyboard([{"text": ["x"], "callback_data": "x"}]), f'{BUTTON}Field "text" must be of type String'),
    (keyboard([{"text": "x"}]), f"{BUTTON}Text buttons are unallowed in the inline keyboard"),
    (keyboard([{"text": "x", "callback_data": ""}]), f"{BUTTON}Text buttons are unallowed in the inline keyboard"),
    (keyboard([{"text": "x", "callback_data": "x", "style": "loud"}]), f"{BUTTON}invalid button style specified"),
    (keyboard([{"text": " ", "callback_data": "x"}]), "inline keyboard button text must be non-empty"),
    (keyboard([{"text": "x", "callback_data": "x", "url": "https://a.cn"}]), "BUTTON_TYPE_INVALID"),
    (keyboard([{"text": "x", "pay": True}]), "BUTTON_TYPE_INVALID"),
    (keyboard([{"text": "x", "callback_data": "x" * 65}]), "BUTTON_DATA_INVALID"),
    (keyboard([{"text": "x", "callback_data": "你" * 22}]), "BUTTON_DATA_INVALID"),
    (keyboard([{"text": "x", "copy_text": {"text": ""}}]), "BUTTON_COPY_TEXT_INVALID"),
    (keyboard([{"text": "x", "copy_text": {"text": "x" * 257}}]), "BUTTON_COPY_TEXT_INVALID"),
    (keyboard([{"text": "x", "copy_text": "x"}]), "BUTTON_COPY_TEXT_INVALID"),
    (keyboard([{"text": "x", "web_app": {"url": "http://a.cn"}}]), "BUTTON_URL_INVALID"),
    (keyboard([{"text": "x", "url": "ftp://a.cn"}]), "inline keyboard button URL 'ftp://a.cn' is invalid: Unsupported URL protocol"),
    (keyboard([{"text": "x", "url": "https://a"}]), "inline keyboard button URL 'https://a' is invalid: Wrong HTTP URL"),
    (keyboard([{"text": "x", "url": "https://a b.cn"}]), "inline keyboard button URL 'https://a b.cn' is invalid: Wrong HTTP URL"),
    (keyboard([{"text": "x", "switch_inline_query": 5}]), f'{BUTTON}Field "switch_inline_query" must be of type String'),
    (keyboard([{"text": "x", "switch_inline_query_chosen_chat": 5}]), f'{BUTTON}Field "switch_inline_query_chosen_chat" must be an Object'),
    (keyboard(ROW * 9), "reply markup is too long"),
    (keyboard(*[ROW * 4] * 26), "reply markup is too long"),
    (keyboard([{"text": "x", "callback_data": "\ud800"}]), "strings must be encoded in UTF-8"),
    ({"keyboard": [[{"text": " "}]]}, "can't parse keyboard button: Keyboard button text must be non-empty"),
    ({"keyboard": ["x"]}, 'field "keyboard" must be an Array of Arrays'),
    ('{"inline_keyboard": [[{"text": "\\ud800"}]]}', "strings must be encoded in UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "reason"), REFUSED_MARKUPS)
async def test_broken_keyboard_is_refused(api: BotApi, li: User, markup: Any, reason: str) -> None:
    said = await refusal(api, "sendMessage", chat_id=li.id, text="x", reply_markup=markup)
    assert said == f"Bad Request: {reason}"


REFUSED_CALLS: list[tuple[str, Json, str]] = [
    ("setMyCommands", {"commands": "{"}, "can't parse commands JSON object"),
    ("setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
    ("setMyCommands", {"commands": [{"command": "a"}]}, 'can\'t parse BotCommand: Can\'t find field "description"'),
    ("setMyCommands", {"commands": [{"command": "/", "description": "d"}]}, "command must be non-empty"),
    ("setMyCommands", {"commands": [{"command": "a" * 33, "description": "d"}]}, "command length must not exceed 32"),
    ("setMyCommands", {"commands": [{"command": "Help", "description": "d"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "帮助", "description": "d"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": " "}]}, "command description must be non-empty"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "d" * 257}]}, "command description length must not exceed 256"),
    ("setMyCommands", {"commands": [{"command": f"c{n}", "description": "d"} for n in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
    ("setMyCommands", {"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
    ("setMyCommands", {"commands": [], "scope": "{"}, "can't parse BotCommandScope JSON object"),
    ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": ""}}, "can't parse BotCommandScope: Empty chat_id specified"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 77}}, "chat not found"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat_member", "chat_id": 1, "user_id": 0}}, "can't parse BotCommandScope: Invalid user_id specified"),
    ("getMyCommands", {"language_code": "z"}, "invalid language code specified"),
    ("setMyName", {"name": "x" * 65}, "name is too long"),
    ("setMyDescription", {"description": "x" * 513}, "description is too long"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "short_description is too long"),
    ("setMyName", {"name": "x", "language_code": "ZH"}, "invalid language code specified"),
    ("setChatMenuButton", {"menu_button": "["}, "can't parse menu button JSON object"),
    ("setChatMenuButton", {"menu_button": {"type": "big"}}, "can't parse menu button: MenuButton has unsupported type"),
    ("setChatMenuButton", {"menu_button": {"type": "web_app", "text": "x"}}, 'can\'t parse menu button: Can\'t find field "web_app"'),
    ("sendChatAction", {"chat_id": 1001, "action": "dancing"}, "wrong parameter action in request"),
    ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("editMessageText", {"text": "x", "inline_message_id": "?"}, "MESSAGE_ID_INVALID"),
    ("editMessageText", {"text": "x", "chat_id": 1001, "message_id": 9}, "message to edit not found"),
    ("editMessageText", {"text": "x", "chat_id": 1001, "message_id": 9, "reply_markup": {"force_reply": True}}, "inline keyboard expected"),
    ("editMessageReplyMarkup", {"chat_id": 1001, "message_id": 9}, "message to edit not found"),
    ("deleteMessage", {}, "chat identifier is not specified"),
    ("deleteMessage", {"chat_id": 1001}, "message identifier is not specified"),
    ("deleteMessage", {"chat_id": 1001, "message_id": 9}, "message to delete not found"),
    ("copyMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 9}, "message to copy not found"),
    ("forwardMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 9}, "message to forward not found"),
    ("sendPhoto", {"chat_id": 1001}, "there is no photo in the request"),
    ("sendDocument", {"chat_id": 1001, "document": "attach://gone"}, "there is no document in the request"),
    ("sendDocument", {"chat_id": 1001, "document": "unknown"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"chat_id": 1001, "photo": "https://a.cn/x.jpg"}, "failed to get HTTP URL content"),
    ("sendPhoto", {"chat_id": 1001, "photo": "x", "caption": "x" * 1025}, "message caption is too long"),
    ("sendPhoto", {"chat_id": 1001, "photo": "x", "caption": "<b>", "parse_mode": "html"}, 'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old and response timeout expired or query ID is invalid"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ("answerCallbackQuery", {"callback_query_id": "1", "url": "https://a.cn"}, "URL_INVALID"),
    ("answerInlineQuery", {"inline_query_id": "1", "results": []}, "query is too old and response timeout expired or query ID is invalid"),
    ("answerInlineQuery", {"results": "{"}, "can't parse JSON encoded inline query results JSON object"),
    ("answerInlineQuery", {"results": {}}, "expected an Array of inline query results"),
    ("answerInlineQuery", {"results": [article(str(n)) for n in range(51)]}, "too many inline query results specified"),
    ("answerInlineQuery", {"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    ("answerInlineQuery", {"results": [article("x" * 65)]}, "RESULT_ID_INVALID"),
    ("answerInlineQuery", {"results": [article("")]}, "RESULT_ID_INVALID"),
    ("answerInlineQuery", {"results": [5]}, "can't parse inline query result: Inline query result must be an Object"),
    ("answerInlineQuery", {"results": [{"type": "dream", "id": "1"}]}, 'can\'t parse inline query result: type "dream" is unsupported for the inline query result'),
    ("answerInlineQuery", {"results": [{**article(), "title": None}]}, 'can\'t parse inline query result: Can\'t find field "title"'),
    ("answerInlineQuery", {"results": [{"type": "photo", "id": "1"}]}, 'can\'t parse inline query result: Can\'t find field "photo_url"'),
    ("answerInlineQuery", {"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
    ("answerInlineQuery", {"results": [article(input_message_content={})]}, "can't parse inline query result: Input message content is not specified"),
    ("answerInlineQuery", {"results": [article(input_message_content=5)]}, "can't parse inline query result: Input message content must be an Object"),
    ("answerInlineQuery", {"results": [article(reply_markup=keyboard([{"text": "x", "callback_data": "x" * 65}]))]}, "BUTTON_DATA_INVALID"),
    ("answerInlineQuery", {"results": [{"type": "photo", "id": "1", "photo_url": "u", "caption": "x" * 1025}]}, "message caption is too long"),
    ("answerInlineQuery", {"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
    ("answerInlineQuery", {"button": {"text": "x"}}, "can't parse inline query results button: InlineQueryResultsButton must have exactly one optional field"),
    ("answerInlineQuery", {"button": {"text": "x", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
    ("answerInlineQuery", {"button": {"text": "x", "start_parameter": "x" * 65}}, "START_PARAM_INVALID"),
    ("answerGuestQuery", {"guest_query_id": "1"}, "result isn't specified"),
    ("answerGuestQuery", {"guest_query_id": "1", "result": article()}, "query is too old and response timeout expired or query ID is invalid"),
    ("answerGuestQuery", {"guest_query_id": "1", "result": {"type": "photo", "id": "1", "photo_url": "u"}}, "this server can't send an inline result of the type photo"),
    ("getChat", {}, "chat_id is empty"),
    ("getChat", {"chat_id": 77}, "chat not found"),
    ("getChatMember", {"chat_id": 1001, "user_id": 0}, "invalid user_id specified"),
    ("getChatMember", {"chat_id": 1001, "user_id": 77}, "PARTICIPANT_ID_INVALID"),
    ("getChatAdministrators", {"chat_id": 1001}, "there are no administrators in the private chat"),
    ("leaveChat", {"chat_id": 1001}, "chat member status can't be changed in private chats"),
    ("getFile", {}, "file_id not specified"),
    ("getFile", {"file_id": "unknown"}, "invalid file_id"),
    ("setWebhook", {"url": "ftp://a.cn"}, "invalid webhook URL specified"),
    ("setWebhook", {"url": "http://["}, "invalid webhook URL specified"),
    ("setWebhook", {"url": "http://a.cn/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "https://a.cn:1234/"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    ("setWebhook", {"url": "https://a.cn/", "secret_token": "x" * 257}, "secret token is too long"),
    ("setWebhook", {"url": "https://a.cn/", "secret_token": "a b"}, "secret token contains unallowed characters"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "params", "reason"), REFUSED_CALLS)
async def test_method_refuses(api: BotApi, li: User, method: str, params: Json, reason: str) -> None:
    assert li.id == 1001
    assert await refusal(api, method, **params) == f"Bad Request: {reason}"


# What the server refuses: access -------------------------------------------------------------------------------------


async def test_person_who_never_wrote_and_was_never_seen_is_not_found(api: BotApi, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(api.user().id, "hello")


async def test_bot_cannot_begin_a_conversation_with_a_person_it_saw_in_a_group(api: BotApi, bot: Bot) -> None:
    wang = api.user()
    await api.say(wang, "/start", api.group(bot="member"))
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(wang.id, "hello")
    assert (await bot.get_chat(wang.id)).first_name == "Li"


async def test_person_who_blocked_the_bot_forbids(api: BotApi, bot: Bot, li: User) -> None:
    await api.my_chat_member(li, "kicked")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(li.id, "hello")
    await api.my_chat_member(li, "member")
    assert await bot.send_message(li.id, "hello")


async def test_deleted_account_forbids(api: BotApi, bot: Bot, li: User) -> None:
    await api.deactivate(li)
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(li.id, "hello")


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("supergroup", "left", "bot is not a member of the supergroup chat"),
        ("supergroup", "kicked", "bot was kicked from the supergroup chat"),
        ("group", "kicked", "bot was kicked from the group chat"),
        ("channel", "left", "bot is not a member of the channel chat"),
    ],
)
async def test_group_without_the_bot_forbids(
    api: BotApi, bot: Bot, kind: str, status: str, reason: str
) -> None:
    with pytest.raises(Forbidden, match=reason):
        await bot.send_message(api.group(type=kind, bot=status).id, "hello")


async def test_public_group_can_be_read_but_not_written_from_outside(api: BotApi, bot: Bot) -> None:
    api.group("Town", username="town")
    assert (await bot.get_chat("@Town")).title == "Town"
    with pytest.raises(Forbidden):
        await bot.send_message("@town", "hello")


async def test_restricted_bot_has_no_right_to_write(api: BotApi, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(api.group(bot="restricted").id, "hello")


async def test_message_to_a_topic_that_is_not_there_is_refused(api: BotApi, bot: Bot, li: User) -> None:
    forum = api.group(members=(li,), bot="member", topics=(7,))
    for thread in (1, 8):
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread)
    sent = await bot.send_message(forum.id, "x", message_thread_id=7)
    assert (sent.message_thread_id, sent.is_topic_message, sent.chat.is_forum) == (7, True, True)
    plain = api.group(members=(li,), bot="member")
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_chat_action(plain.id, "typing", message_thread_id=7)


async def test_migrated_group_tells_its_new_id(api: BotApi, bot: Bot, li: User) -> None:
    group = api.group(type="group", bot="member")
    new = await api.migrate(li, group)
    with pytest.raises(ChatMigrated) as error:
        await bot.send_message(group.id, "hello")
    assert error.value.new_chat_id == new.id
    assert (await bot.send_message(new.id, "hello")).chat.type == "supergroup"
    assert [update["message"]["chat"]["id"] for update in (await ask(api, "getUpdates"))["result"]] == [
        group.id,
        new.id,
    ]


async def test_message_of_a_person_cannot_be_edited(api: BotApi, bot: Bot, li: User) -> None:
    message = await api.say(li, "mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("yours", li.id, message.id)


async def test_same_text_and_keyboard_is_not_modified(api: BotApi, bot: Bot, li: User) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    message = await bot.send_message(li.id, "<b>same</b>", "HTML", reply_markup=markup)
    words = "Message is not modified: specified new message content and reply markup are exactly the same"
    with pytest.raises(BadRequest, match=words):
        await message.edit_text("<b>same</b>", "HTML", reply_markup=markup)
    with pytest.raises(BadRequest, match=words):
        await message.edit_reply_markup(markup)
    assert await message.edit_text("same", reply_markup=markup)


async def test_photo_has_no_text_to_edit(api: BotApi, bot: Bot, li: User) -> None:
    message = await bot.send_photo(li.id, PIXEL)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await message.edit_text("x")


async def test_others_messages_in_a_group_are_deleted_only_by_an_administrator(
    api: BotApi, bot: Bot, li: User
) -> None:
    group = api.group(bot="member")
    message = await api.say(li, "/start", group)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, message.id)
    await api.my_chat_member(li, "administrator", group)
    assert await bot.delete_message(group.id, message.id)
    assert group.messages == []


async def test_message_of_two_days_cannot_be_deleted(api: BotApi, bot: Bot, li: User, clock: Clock) -> None:
    message = await bot.send_message(li.id, "old")
    clock.now += 48 * 3600 + 1
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await message.delete()


async def test_protected_message_and_service_message_cannot_be_forwarded(
    api: BotApi, bot: Bot, li: User
) -> None:
    message = await bot.send_message(li.id, "secret", protect_content=True)
    with pytest.raises(BadRequest, match="Message can't be forwarded"):
        await message.forward(li.id)
    service = await api.add_to_group(li, api.group())
    with pytest.raises(BadRequest, match="Message can't be copied"):
        await bot.copy_message(li.id, service.chat_id, service.id)


async def test_query_is_answered_once(api: BotApi, bot: Bot, li: User) -> None:
    message = await api.say(li, "x")
    query = await api.tap_raw(li, message, "forged")
    await bot.answer_callback_query(query.id)
    with pytest.raises(
        BadRequest, match="Query is too old and response timeout expired or query id is invalid"
    ):
        await bot.answer_callback_query(query.id)


@pytest.mark.parametrize(("kind", "seconds"), [("callback", 151), ("inline", 31)])
async def test_query_gets_too_old(api: BotApi, li: User, clock: Clock, kind: str, seconds: int) -> None:
    if kind == "inline":
        query = await api.inline(li, "x")
    else:
        query = await api.tap_raw(li, await api.say(li, "x"), "x")
    clock.now += seconds
    method = {"callback": "answerCallbackQuery", "inline": "answerInlineQuery"}[kind]
    assert "query is too old" in await refusal(api, method, **{f"{kind}_query_id": query.id})


async def test_query_of_one_kind_is_no_query_of_another(api: BotApi, li: User) -> None:
    query = await api.inline(li, "x")
    assert "query is too old" in await refusal(api, "answerCallbackQuery", callback_query_id=query.id)


@pytest.mark.parametrize(
    ("data", "reason"), [("", "File must be non-empty"), ("no image", "Image_process_failed")]
)
async def test_photo_has_to_be_an_image(api: BotApi, bot: Bot, li: User, data: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_photo(li.id, data.encode())


async def test_photo_over_10_mb_is_refused(api: BotApi, bot: Bot, li: User) -> None:
    with pytest.raises(BadRequest, match="is too big for a photo"):
        await bot.send_photo(li.id, PIXEL + bytes(10_000_000))


async def test_file_over_20_mb_is_not_for_download(api: BotApi, bot: Bot, li: User) -> None:
    message = await api.document(li, bytes((20 << 20) + 1), "big.bin")
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(message["document"]["file_id"])


async def test_file_path_works_only_after_get_file_and_with_the_token(api: BotApi, li: User) -> None:
    message = await api.document(li, b"data", "list.csv")
    stored = api.world.files[message["document"]["file_id"]]
    async with aiohttp.ClientSession() as session:
        for opened, token, status in [
            (False, api.token, 404),
            (True, "1:wrong", 401),
            (True, api.token, 200),
        ]:
            if opened:
                await ask(api, "getFile", file_id=stored.id)
            async with session.get(f"{api.base_url}/file/bot{token}/{stored.path}") as response:
                assert response.status == status


# The way in ----------------------------------------------------------------------------------------------------------


async def test_parameters_come_four_ways(api: BotApi, li: User) -> None:
    url = f"{api.base_url}/bot{api.token}/SENDmessage"
    params = {"chat_id": str(li.id), "text": "你好 & more"}
    form = aiohttp.FormData(params, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        for request in (
            session.get(url, params=params),
            session.post(url, data=params),
            session.post(url, data=form),
            session.post(url, json=params),
        ):
            async with request as response:
                assert (await response.json())["result"]["text"] == "你好 & more"
    assert [done.method for done in api.calls] == ["sendMessage"] * 4


async def test_get_me_is_complete(bot: Bot, api: BotApi) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (1000000001, True, "quxiang_test_bot")
    assert me.can_join_groups is me.supports_inline_queries is me.supports_guest_queries is True
    assert me.can_read_all_group_messages is me.can_connect_to_business is me.has_main_web_app is False
    assert api.problems == []


# Text ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", n, 1) for n in range(3)]),
        (
            '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
            "ab",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("👍<b>你</b>", "👍你", [("bold", 2, 1)]),
        ("<b>👍</b>", "👍", [("bold", 0, 2)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<code>a</code><pre>b</pre>", "ab", [("code", 0, 1), ("pre", 1, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("&lt;b&gt; &amp; &quot;&#20320;&#x4f60;", '<b> & "你你', []),
        ("<B>a</B>", "a", [("bold", 0, 1)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        pytest.param("\n <b>a </b>\n", "a", [("bold", 0, 1)], id="space around"),
        pytest.param("a\r\u202eb\x07c", "ab c", [], id="control characters"),
        ("a<b></b>", "a", []),
    ],
)
async def test_html_becomes_text_and_entities(
    api: BotApi, bot: Bot, li: User, source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    message = await bot.send_message(li.id, source, "HTML")
    assert message.text == text
    assert [(entity.type, entity.offset, entity.length) for entity in message.entities] == entities


async def test_links_and_languages_of_html(api: BotApi, bot: Bot, li: User) -> None:
    source = (
        '<a href="https://GOV.cn?a=1&amp;b=2">one</a> <a>www.gov.cn</a> <a href="nowhere">three</a> <a href=GOV.cn>4</a>'
        '<pre><code class="language-python">x</code></pre><code class="language-go">y</code>'
    )
    message = await bot.send_message(li.id, source, "HTML")
    assert [(entity.type, entity.url, entity.language) for entity in message.entities] == [
        ("text_link", "https://gov.cn/?a=1&b=2", None),
        ("text_link", "http://www.gov.cn/", None),
        ("text_link", "http://gov.cn/", None),
        ("pre", None, "python"),
        ("code", None, None),
    ]


async def test_server_without_strict_html_shows_a_lone_ampersand(clock: Clock) -> None:
    async with BotApi(clock=clock, strict_html=False) as api:
        li = api.user(started=True)
        answer = await ask(api, "sendMessage", chat_id=li.id, text="a & b &nbsp; &lt", parse_mode="HTML")
        assert answer["result"]["text"] == "a & b &nbsp; <"


async def test_length_counts_after_the_markup_and_in_utf16(api: BotApi, bot: Bot, li: User) -> None:
    assert await bot.send_message(li.id, LONG_TAG, "HTML")
    assert await bot.send_message(li.id, "👍" * 2048)
    assert await bot.send_photo(li.id, PIXEL, "<b>" + "x" * 1024 + "</b>", parse_mode="HTML")


async def test_given_entities_are_kept_and_links_are_found_beside_them(api: BotApi, li: User) -> None:
    bold = {"type": "bold", "offset": 0, "length": 3}
    answer = await ask(api, "sendMessage", chat_id=li.id, text="see www.gov.cn", entities=[bold])
    assert answer["result"]["entities"] == [bold, {"type": "url", "offset": 4, "length": 10}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start now", [("bot_command", "/start")]),
        ("/help@quxiang_test_bot", [("bot_command", "/help@quxiang_test_bot")]),
        ("a/b /帮助 //x", []),
        ("hi @li_si!", [("mention", "@li_si")]),
        ("看 https://www.gov.cn/a?b=1。好", [("url", "https://www.gov.cn/a?b=1")]),
        ("www.gov.cn, a@b.com", [("url", "www.gov.cn"), ("email", "a@b.com")]),
        ("👍 #标签 #1", [("hashtag", "#标签")]),
    ],
)
def test_entities_the_server_finds_itself(text: str, found: list[tuple[str, str]]) -> None:
    entities = find_entities(text)
    shown = [(entity["type"], slice_utf16(text, entity["offset"], entity["length"])) for entity in entities]
    assert shown == found


def test_no_links_are_found_in_code() -> None:
    code = {"type": "code", "offset": 0, "length": 10}
    assert find_entities("www.gov.cn", [code]) == [code]


def test_trimming_moves_and_cuts_entities() -> None:
    entities = [{"type": "bold", "offset": 2, "length": 4}, {"type": "italic", "offset": 4, "length": 2}]
    assert trim("  ab  ", entities) == ("ab", [{"type": "bold", "offset": 0, "length": 2}])


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("https://GOV.cn", "https://gov.cn/"),
        ("gov.cn/A?b", "http://gov.cn/A?b"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("http://[::1]/", "http://[::1]/"),
        ("gov.cn:8080", "http://gov.cn:8080/"),
    ],
)
def test_links_are_stored_in_one_form(raw: str, stored: str) -> None:
    assert check_url(raw) == stored


@pytest.mark.parametrize("raw", ["https://a.cn:0", "https://a.cn:99999", "https://[", "", "a"])
def test_wrong_links_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="Wrong HTTP URL"):
        check_url(raw)


def test_markup_error_is_a_value_error_with_the_servers_words() -> None:
    with pytest.raises(MarkupError, match=r"^Unexpected end tag at byte offset 0$"):
        HtmlParser("</b>", strict=True).parse()


def test_utf16_counts_code_units() -> None:
    assert [utf16("a"), utf16("你"), utf16("👍"), utf16("")] == [1, 1, 2, 0]


@pytest.mark.parametrize(("reason", "said"), [("Text", "text"), ("BUTTON_X", "BUTTON_X"), ("A", "a")])
def test_reasons_begin_in_lower_case_unless_they_are_constants(reason: str, said: str) -> None:
    assert bad(reason).description == f"Bad Request: {said}"


# Messages ------------------------------------------------------------------------------------------------------------


async def test_chat_shows_what_a_person_sees_now(api: BotApi, bot: Bot, li: User) -> None:
    asked = await api.say(li, "/start")
    message = await bot.send_message(li.id, "one")
    await bot.send_message(li.id, "two")
    await message.edit_text("<b>changed</b>", "HTML")
    await bot.delete_message(li.id, asked.id)
    assert [seen.text for seen in api.chat(li).messages] == ["changed", "two"]
    assert [seen.id for seen in api.chat(li.id).messages] == [2, 3]
    assert asked.deleted
    assert api.problems == []


async def test_message_has_what_the_bot_sent(api: BotApi, bot: Bot, li: User, clock: Clock) -> None:
    buttons = [
        InlineKeyboardButton("1", callback_data="你" * 21, style=KeyboardButtonStyle.PRIMARY),
        InlineKeyboardButton("2", url="https://gov.cn"),
        InlineKeyboardButton("3", copy_text=CopyTextButton("x" * 256)),
        InlineKeyboardButton("4", switch_inline_query=""),
        InlineKeyboardButton("5", switch_inline_query_current_chat="x"),
    ]
    message = await bot.send_message(
        li.id,
        "text",
        reply_markup=InlineKeyboardMarkup([buttons]),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        protect_content=True,
    )
    assert message.date.timestamp() == clock.now
    assert message.from_user == await bot.get_me()
    assert message.reply_markup is not None
    assert message.reply_markup.inline_keyboard[0][1].url == "https://gov.cn/"
    assert message.reply_markup.inline_keyboard[0][0].style == "primary"
    assert message.link_preview_options is not None
    assert message.has_protected_content
    assert api.chat(li).messages[0].labels == ["1", "2", "3", "4", "5"]


async def test_largest_keyboard_goes_through(api: BotApi, bot: Bot, li: User) -> None:
    rows = [[InlineKeyboardButton(str(n), callback_data="x" * 64) for n in range(8)] for _ in range(12)]
    assert await bot.send_message(li.id, "x", reply_markup=InlineKeyboardMarkup(rows))


async def test_reply_keyboard_is_kept_beside_the_message(api: BotApi, bot: Bot, li: User) -> None:
    message = await bot.send_message(li.id, "x", reply_markup=ReplyKeyboardMarkup([["yes", "no"]]))
    assert message.reply_markup is None
    kept = api.chat(li).messages[0].keyboard
    assert kept is not None
    assert kept["keyboard"] == [[{"text": "yes"}, {"text": "no"}]]


@pytest.mark.parametrize("markup", [ReplyKeyboardRemove(), ForceReply()])
async def test_removal_of_a_keyboard_and_forced_reply_are_kept_too(
    api: BotApi, bot: Bot, li: User, markup: ReplyKeyboardRemove | ForceReply
) -> None:
    await bot.send_message(li.id, "x", reply_markup=markup)
    assert api.chat(li).messages[0].keyboard == markup.to_dict()


async def test_buttons_that_open_pages_and_chats_are_accepted(api: BotApi, bot: Bot, li: User) -> None:
    buttons = [
        InlineKeyboardButton("1", web_app=WebAppInfo("https://gov.cn/app")),
        InlineKeyboardButton("2", login_url=LoginUrl("https://gov.cn/login")),
        InlineKeyboardButton("3", switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat("x")),
    ]
    assert await bot.send_message(li.id, "x", reply_markup=InlineKeyboardMarkup([buttons]))


async def test_reply_shows_the_message_it_answers(api: BotApi, bot: Bot, li: User) -> None:
    asked = await api.say(li, "question", reply_to_message=await api.say(li, "before"))
    message = await bot.send_message(li.id, "answer", reply_parameters=ReplyParameters(asked.id))
    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "question"
    assert message.reply_to_message.reply_to_message is None


async def test_reply_to_nothing_goes_through_if_the_bot_allows_it(api: BotApi, bot: Bot, li: User) -> None:
    reply = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(li.id, "answer", reply_parameters=reply)).reply_to_message is None
    legacy = await ask(
        api, "sendMessage", chat_id=li.id, text="x", reply_to_message_id=99, allow_sending_without_reply=True
    )
    assert legacy["ok"]


async def test_reply_to_another_chat_is_an_external_reply(api: BotApi, bot: Bot, li: User) -> None:
    there = await api.say(li, "/question", api.group("Town", bot="member"))
    reply = ReplyParameters(there.id, chat_id=there.chat_id)
    message = await bot.send_message(li.id, "answer", reply_parameters=reply)
    assert message.external_reply is not None
    assert message.external_reply.chat is not None
    assert message.external_reply.chat.title == "Town"


async def test_edit_without_keyboard_takes_it_away(api: BotApi, bot: Bot, li: User) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    message = await bot.send_message(li.id, "same", reply_markup=markup)
    edited = await message.edit_text("same")
    assert isinstance(edited, type(message))
    assert edited.edit_date is not None
    assert api.chat(li).messages[0].labels == []
    await message.edit_reply_markup(markup)
    assert api.chat(li).messages[0].labels == ["x"]


async def test_files_go_up_and_down_and_again_by_id(api: BotApi, bot: Bot, li: User) -> None:
    sent = await bot.send_document(li.id, b"a,b", "the <i>list</i>", filename="list.csv", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("list.csv", 3, "the list")
    again = await bot.send_document(li.id, sent.document.file_id)
    assert again.document is not None
    file = await bot.get_file(again.document.file_id)
    assert await file.download_as_bytearray() == b"a,b"
    photo = await bot.send_photo(li.id, PIXEL)
    assert (await bot.send_photo(li.id, photo.photo[-1].file_id)).photo[-1].file_size == len(PIXEL)
    assert "<list.csv, 3 bytes>" in api.report()
    assert api.problems == []


async def test_copy_and_forward(api: BotApi, bot: Bot, li: User) -> None:
    asked = await api.say(li, "see www.gov.cn")
    copied = await bot.copy_message(li.id, li.id, asked.id)
    forwarded = await bot.forward_message(li.id, li.id, asked.id)
    assert forwarded.forward_origin is not None
    assert api.chat(li).find(copied.message_id) is not None
    assert [message.text for message in api.chat(li).messages] == ["see www.gov.cn"] * 3
    photo = await api.photo(li, caption="old")
    await bot.copy_message(li.id, li.id, photo.id, caption="new")
    assert (await api.until(lambda: api.chat(li).messages[-1])).text == "new"


async def test_chat_action_is_accepted(api: BotApi, bot: Bot, li: User) -> None:
    assert await bot.send_chat_action(li.id, "typing")


# The bot's profile, chats --------------------------------------------------------------------------------------------


async def test_commands_are_kept_by_scope_and_language(api: BotApi, bot: Bot, li: User) -> None:
    scope = BotCommandScopeChat(li.id)
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("bang", "帮助")], language_code="zh")
    await bot.set_my_commands([BotCommand("mine", "Mine")], scope)
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    assert [command.command for command in await bot.get_my_commands(language_code="zh")] == ["bang"]
    assert [command.command for command in await bot.get_my_commands(scope)] == ["mine"]
    assert await bot.get_my_commands(scope, "zh") == ()
    assert await bot.delete_my_commands(scope)
    assert await bot.get_my_commands(scope) == ()
    assert (await ask(api, "setMyCommands"))["ok"]
    assert await bot.get_my_commands() == ()
    assert api.problems == []


async def test_profile_texts_fall_back_to_the_one_for_all_languages(bot: Bot) -> None:
    assert (await bot.get_my_name()).name == "Quxiang"
    await bot.set_my_name("Where")
    await bot.set_my_name("去向", "zh")
    assert [(await bot.get_my_name(code)).name for code in ("zh", "de")] == ["去向", "Where"]
    await bot.set_my_name("", "zh")
    assert (await bot.get_my_name("zh")).name == "Where"
    await bot.set_my_description("x" * 512)
    await bot.set_my_short_description("short", "zh")
    assert (await bot.get_my_description("zh")).description == "x" * 512
    assert (await bot.get_my_short_description()).short_description == ""
    assert (await bot.get_my_short_description("zh")).short_description == "short"


async def test_menu_button_of_a_chat_and_of_all(api: BotApi, bot: Bot, li: User) -> None:
    assert (await bot.get_chat_menu_button()).type == "commands"
    await bot.set_chat_menu_button(li.id, MenuButtonCommands())
    assert (await bot.get_chat_menu_button(li.id)).type == "commands"
    await bot.set_chat_menu_button(li.id)
    assert (await bot.get_chat_menu_button(li.id)).type == "default"


async def test_chat_and_its_members(api: BotApi, bot: Bot, li: User) -> None:
    group = api.group("Town", members=(li,), bot="administrator")
    wang = api.user(username="wang")
    assert (await bot.get_chat(group.id)).title == "Town"
    assert (await bot.get_chat(li.id)).username == "li_si"
    assert [(await bot.get_chat_member(group.id, person.id)).status for person in (li, wang)] == [
        "member",
        "left",
    ]
    leaders = await bot.get_chat_administrators(group.id)
    assert [leader.user.id for leader in leaders] == [bot.id]
    for status in ("creator", "restricted", "kicked"):
        group.members[li.id] = status
        assert (await bot.get_chat_member(group.id, li.id)).status == {"creator": "creator"}.get(
            status, status
        )


async def test_bot_leaves_a_group_and_hears_of_it(api: BotApi, bot: Bot, li: User) -> None:
    group = api.group(bot="member")
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden):
        await bot.send_message(group.id, "hello")
    update = (await bot.get_updates())[0]
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "left"


# Questions and answers -----------------------------------------------------------------------------------------------


async def test_tap_brings_a_callback_query_and_takes_its_answer(api: BotApi, bot: Bot, li: User) -> None:
    rows = [[InlineKeyboardButton("a", callback_data="A")], [InlineKeyboardButton("b", callback_data="B")]]
    await bot.send_message(li.id, "choose", reply_markup=InlineKeyboardMarkup(rows))
    message = await api.next_reply(li)
    first, second, last = (
        await api.tap(li, message, "a"),
        await api.tap(li, message, 1),
        await api.tap(li, message, -1),
    )
    updates = await bot.get_updates()
    taps = [update.callback_query for update in updates]
    assert [tap.data for tap in taps if tap] == ["A", "B", "B"]
    assert len({tap.chat_instance for tap in taps if tap}) == 1
    assert isinstance(taps[0], CallbackQuery)
    assert taps[0].message is not None
    assert taps[0].message.message_id == message.id
    await taps[0].answer("done", show_alert=True)
    assert first.answer == {"text": "done", "show_alert": True, "url": "", "cache_time": 0}
    assert second.answer is None
    assert last.answer is None


async def test_tap_on_what_is_not_there_fails_loudly(api: BotApi, bot: Bot, li: User) -> None:
    rows = [[InlineKeyboardButton("a", callback_data="A"), InlineKeyboardButton("web", url="https://gov.cn")]]
    await bot.send_message(li.id, "choose", reply_markup=InlineKeyboardMarkup(rows))
    message = await api.next_reply(li)
    with pytest.raises(AssertionError, match=r"no button 'z', it has \['a', 'web'\]"):
        await api.tap(li, message, "z")
    with pytest.raises(AssertionError, match="no button 2"):
        await api.tap(li, message, 2)
    with pytest.raises(AssertionError, match="does not go to the bot"):
        await api.tap(li, message, "web")
    await bot.delete_message(li.id, message.id)
    with pytest.raises(AssertionError, match="no longer in the chat"):
        await api.tap(li, message, "a")
    assert api.pending == 0


async def test_forged_tap_under_a_deleted_message_has_an_inaccessible_one(
    api: BotApi, bot: Bot, li: User
) -> None:
    await bot.send_message(li.id, "x")
    message = await api.next_reply(li)
    await bot.delete_message(li.id, message.id)
    await api.tap_raw(li, message, "forged")
    query = (await bot.get_updates())[0].callback_query
    assert query is not None
    assert query.data == "forged"
    assert query.message is not None
    assert not query.message.is_accessible


async def test_inline_query_is_answered_chosen_tapped_and_edited(clock: Clock) -> None:
    async with BotApi(clock=clock, inline_feedback=True) as api, bot_of(api) as bot:
        li = api.user(started=True)
        query = await api.inline(li, "卫健委", "5")
        update = (await bot.get_updates())[0].inline_query
        assert update is not None
        assert (update.query, update.offset, update.id) == ("卫健委", "5", query.id)
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
        content = InputTextMessageContent("<b>new</b>", "HTML")
        result = InlineQueryResultArticle("r1", "title", content, reply_markup=markup)
        button = InlineQueryResultsButton("help", start_parameter="help")
        await bot.answer_inline_query(query.id, [result], 5, is_personal=True, next_offset="6", button=button)
        assert query.answer is not None
        assert (query.answer["next_offset"], query.answer["cache_time"]) == ("6", 5)
        message = await api.choose(query, "r1")
        assert message["via_bot"]["id"] == bot.id
        assert message["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
        await api.tap(li, message, "more")
        updates = (await bot.get_updates())[1:]
        assert updates[0].message is not None
        assert updates[1].chosen_inline_result is not None
        assert updates[1].chosen_inline_result.result_id == "r1"
        tapped = updates[2].callback_query
        assert tapped is not None
        assert tapped.message is None
        assert tapped.inline_message_id == message.inline_message_id
        assert await bot.edit_message_text("newer", inline_message_id=tapped.inline_message_id) is True
        assert message.text == "newer"
        assert api.problems == []


async def test_results_that_are_no_text_are_accepted_with_their_captions(api: BotApi, li: User) -> None:
    query = await api.inline(li, "x")
    photo = {
        "type": "photo",
        "id": "1",
        "photo_url": "https://gov.cn/x.jpg",
        "thumbnail_url": "https://gov.cn/x.jpg",
    }
    place = article("2", input_message_content={"latitude": 1.0, "longitude": 1.0})
    results = [{**photo, "caption": "<b>a</b>", "parse_mode": "HTML"}, place]
    assert (await ask(api, "answerInlineQuery", inline_query_id=query.id, results=results))["ok"]
    assert query.answer is not None
    assert query.answer["results"][0]["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]


async def test_result_that_was_not_offered_cannot_be_chosen(api: BotApi, li: User) -> None:
    query = await api.inline(li, "x")
    with pytest.raises(AssertionError, match="no result 'r1'"):
        await api.choose(query, "r1")


async def test_guest_message_is_answered_in_a_chat_without_the_bot(api: BotApi, bot: Bot, li: User) -> None:
    group = api.group("Town", members=(li,))
    query = await api.guest(li, "卫健委", group)
    update = (await bot.get_updates())[0].guest_message
    assert update is not None
    assert (update.text, update.guest_query_id) == ("@quxiang_test_bot 卫健委", query.id)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
    result = InlineQueryResultArticle("1", "t", InputTextMessageContent("here"), reply_markup=markup)
    sent = await bot.answer_guest_query(query.id, result)
    message = await api.next_reply(group)
    assert (message.text, message.inline_message_id) == ("here", sent.inline_message_id)
    assert message["guest_bot_caller_user"]["id"] == li.id
    await api.tap(li, message, "more")
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_guest_query(query.id, result)


async def test_modes_the_bot_does_not_have_fail_loudly(clock: Clock, bot: Bot, api: BotApi) -> None:
    async with BotApi(clock=clock, inline=False, guests=False) as plain:
        li = plain.user()
        with pytest.raises(AssertionError, match="no inline mode"):
            await plain.inline(li, "x")
        with pytest.raises(AssertionError, match="no guest mode"):
            await plain.guest(li, "x", plain.group())
    with pytest.raises(AssertionError, match="no guest"):
        await api.guest(api.user(), "x", api.group(bot="member"))


# What people do ------------------------------------------------------------------------------------------------------


async def test_everything_people_send_reaches_the_library_whole(api: BotApi, bot: Bot, li: User) -> None:
    await api.say(li, "/start deep")
    await api.photo(li, caption="www.gov.cn")
    await api.sticker(li)
    await api.voice(li)
    await api.location(li, 39.9, 116.4)
    await api.document(li, b"x", "a.txt", mime="text/plain")
    asked = await api.say(li, "old")
    await api.forward(li, asked)
    await api.edit(li, asked, "new @li_si")
    updates = await bot.get_updates()
    messages = [update.message for update in updates if update.message]
    kinds = ["text", "photo", "sticker", "voice", "location", "document", "text", "forward_origin"]
    assert all(getattr(message, kind) for message, kind in zip(messages, kinds, strict=True))
    assert messages[0].entities[0].type == "bot_command"
    assert messages[1].caption_entities[0].type == "url"
    edited = updates[-1].edited_message
    assert edited is not None
    assert (edited.text, edited.entities[0].type, edited.message_id) == ("new @li_si", "mention", asked.id)
    assert edited.edit_date is not None
    assert [message.message_id for message in messages] == list(range(1, 9))
    ids = [update.update_id for update in updates]
    assert ids == list(range(ids[0], ids[0] + 9))


async def test_impossible_steps_fail_loudly(api: BotApi, li: User) -> None:
    wang = api.user()
    message = await api.say(li, "mine")
    with pytest.raises(AssertionError, match="can't edit a message of"):
        await api.edit(wang, message, "yours")
    with pytest.raises(AssertionError, match="private chat of another person"):
        await api.say(wang, "hello", li)
    with pytest.raises(AssertionError, match="1-4096"):
        await api.say(li, "x" * 4097)
    with pytest.raises(AssertionError, match="0-256"):
        await api.inline(li, "x" * 257)
    with pytest.raises(AssertionError, match="there is no chat 5"):
        api.chat(5)
    with pytest.raises(AssertionError, match="already a user"):
        api.user(id=li.id)
    await api.my_chat_member(li, "kicked")
    with pytest.raises(AssertionError, match="has blocked the bot"):
        await api.say(li, "hello")


async def heard(api: BotApi) -> list[str]:
    answer = await ask(api, "getUpdates")
    found = [
        update.get("message", update.get("edited_message", {})).get("text", "") for update in answer["result"]
    ]
    await ask(api, "getUpdates", offset=answer["result"][-1]["update_id"] + 1 if answer["result"] else 0)
    return [text for text in found if text]


async def test_privacy_mode_keeps_talk_from_the_bot(api: BotApi, bot: Bot, li: User) -> None:
    group = api.group(bot="member")
    await bot.send_message(group.id, "from the bot")
    mine = await api.next_reply(group)
    for text in (
        "talk",
        "/help@other_bot",
        "/help",
        "/help@Quxiang_test_bot",
        "hi @quxiang_test_bot",
        "@li_si hi",
    ):
        await api.say(li, text, group)
    await api.say(li, "a reply", group, reply_to_message=mine)
    await api.edit(li, await api.say(li, "more talk", group), "still talk")
    assert await heard(api) == ["/help", "/help@Quxiang_test_bot", "hi @quxiang_test_bot", "a reply"]
    await api.my_chat_member(li, "administrator", group)
    await api.say(li, "talk", group)
    assert await heard(api) == ["talk"]
    await api.my_chat_member(li, "kicked", group)
    await api.say(li, "/talk", group)
    assert await heard(api) == []


async def test_without_privacy_mode_the_bot_hears_all(clock: Clock) -> None:
    async with BotApi(clock=clock, privacy=False) as api:
        await api.say(api.user(), "talk", api.group(bot="member"))
        assert await heard(api) == ["talk"]


async def test_blocking_and_adding_are_told(api: BotApi, bot: Bot, li: User) -> None:
    await api.my_chat_member(li, "kicked")
    service = await api.add_to_group(li, api.group())
    updates = await bot.get_updates()
    changes = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    assert updates[2].message is not None
    assert updates[2].message.new_chat_members[0].id == bot.id
    assert updates[2].message.message_id == service.id


# Long polling --------------------------------------------------------------------------------------------------------


async def test_offset_confirms_for_good(api: BotApi, bot: Bot, li: User) -> None:
    for text in "abc":
        await api.say(li, text)
    updates = await bot.get_updates()
    assert await bot.get_updates() == updates
    assert [update.update_id for update in await bot.get_updates(updates[1].update_id)] == [
        update.update_id for update in updates[1:]
    ]
    assert len(await bot.get_updates(0)) == 2
    assert await bot.get_updates(updates[2].update_id + 1) == ()
    assert api.pending == 0


async def test_negative_offset_keeps_the_last_ones(api: BotApi, bot: Bot, li: User) -> None:
    for text in "abc":
        await api.say(li, text)
    assert [update.message.text for update in await bot.get_updates(-1) if update.message] == ["c"]
    assert api.pending == 1


@pytest.mark.parametrize(("limit", "count"), [(0, 1), (1, 1), (100, 100), (1000, 100)])
async def test_limit_is_moved_into_1_to_100(api: BotApi, li: User, limit: int, count: int) -> None:
    for _ in range(101):
        await api.say(li, "x")
    assert len((await ask(api, "getUpdates", limit=limit))["result"]) == count


async def test_poll_waits_for_an_update_or_its_timeout(api: BotApi, bot: Bot, li: User) -> None:
    began = time.monotonic()
    assert (await ask(api, "getUpdates", timeout=1))["result"] == []
    assert 0.9 < time.monotonic() - began < 10
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await api.until(lambda: api.world.poller.is_waiting)
    await api.say(li, "wake up")
    assert len(await asyncio.wait_for(poll, 10)) == 1


async def test_newer_poll_ends_the_older_one(api: BotApi, bot: Bot, li: User) -> None:
    async with bot_of(api) as second:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await api.until(lambda: api.world.poller.is_waiting)
        newer = asyncio.create_task(second.get_updates(timeout=30))
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        with pytest.raises(Conflict, match=words):
            await asyncio.wait_for(older, 10)
        await api.say(li, "x")
        assert len(await asyncio.wait_for(newer, 10)) == 1
    assert [problem.status for problem in api.problems] == [409]


async def test_poll_that_hung_up_conflicts_with_nobody(api: BotApi, bot: Bot, li: User) -> None:
    gone = asyncio.create_task(bot.get_updates(timeout=30))
    await api.until(lambda: api.world.poller.is_waiting)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.3)
    await api.say(li, "x")
    assert len(await asyncio.wait_for(poll, 10)) == 1
    assert api.problems == []


async def test_waiting_poll_ends_when_the_server_stops(clock: Clock) -> None:
    async with BotApi(clock=clock) as api:
        poll = asyncio.create_task(ask(api, "getUpdates", timeout=30))
        await api.until(lambda: api.world.poller.is_waiting)
    assert (await asyncio.wait_for(poll, 10))["result"] == []


async def test_allowed_updates_are_remembered(api: BotApi, bot: Bot, li: User) -> None:
    await bot.get_updates(allowed_updates=["callback_query", "no_such_kind"])
    message = await api.say(li, "unheard")
    await api.tap_raw(li, message, "heard")
    assert [update.message for update in await bot.get_updates()] == [None]
    assert (await bot.get_webhook_info()).allowed_updates == ("callback_query",)
    await ask(api, "getUpdates", allowed_updates="broken")
    assert (await bot.get_webhook_info()).allowed_updates == ("callback_query",)
    await bot.get_updates(allowed_updates=[])
    await api.say(li, "heard again")
    assert len(await bot.get_updates()) == 2


async def test_kinds_on_request_do_not_come_by_themselves(api: BotApi, bot: Bot, li: User) -> None:
    reaction = {"message_reaction": {"chat": api.chat(li).info(), "message_id": 1, "date": 0}}
    assert await api.push(reaction) is None
    await bot.get_updates(allowed_updates=["message_reaction"])
    assert await api.push(reaction) is not None


async def test_malformed_updates_go_out_as_they_are(api: BotApi, li: User) -> None:
    first = await api.push({"message": {"no": "sense"}})
    await api.push({"update_id": 5, "nonsense": None})
    await api.say(li, "x")
    updates = (await ask(api, "getUpdates"))["result"]
    assert updates[:2] == [
        {"update_id": first, "message": {"no": "sense"}},
        {"update_id": 5, "nonsense": None},
    ]
    assert updates[2]["update_id"] == (first or 0) + 1


async def test_application_polls_end_to_end(api: BotApi) -> None:
    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("more", callback_data="m")]])
        await update.message.reply_html("<b>hello</b>", reply_markup=markup)

    async def more(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("coming")
        await update.callback_query.edit_message_text("more")

    async with polling(api, CommandHandler("start", start), CallbackQueryHandler(more)):
        wang = api.user(language_code="zh-hans")
        await api.say(wang, "/start")
        message = await api.next_reply(wang)
        assert message.labels == ["more"]
        query = await api.tap(wang, message, "more")
        await api.until(lambda: query.answer)
        await api.until(lambda: message.text == "more")
    assert api.pending == 0
    assert api.problems == []


# Webhook -------------------------------------------------------------------------------------------------------------


class Receiver:
    """A bot's webhook: notes what comes and answers as told.

    Attributes:
        updates: What came, in order.
        secrets: The header with the secret token of each.
        statuses: HTTP statuses of the next answers; 200 after them.
        body: Body of each answer.
        gate: Answers wait for it.
        most: The most requests there were at the same time.
    """

    def __init__(self) -> None:
        self.updates: list[Json] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.body = ""
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = self.most = 0
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        """Takes one update."""
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.now += 1
        self.most = max(self.most, self.now)
        await self.gate.wait()
        self.now -= 1
        return web.Response(text=self.body, status=self.statuses.pop(0) if self.statuses else 200)

    def texts(self) -> list[str]:
        """Returns the texts of the messages that came."""
        return [update["message"]["text"] for update in self.updates]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    found.gate.set()
    await runner.cleanup()


async def test_webhook_gets_updates_with_the_secret(
    api: BotApi, bot: Bot, li: User, receiver: Receiver
) -> None:
    await api.say(li, "before")
    await bot.set_webhook(receiver.url, secret_token="s3cret_-", allowed_updates=["message"])  # noqa: S106 - it opens nothing
    await api.say(li, "after")
    await api.until(lambda: api.pending == 0)
    assert receiver.texts() == ["before", "after"]
    assert receiver.secrets == ["s3cret_-"] * 2
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (receiver.url, 0, 40)
    assert info.allowed_updates == ("message",)


async def test_webhook_and_polling_exclude_each_other(api: BotApi, bot: Bot, receiver: Receiver) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await api.until(lambda: api.world.poller.is_waiting)
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="Conflict: terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    await bot.set_webhook(receiver.url)
    await bot.set_webhook("")
    assert (await bot.get_webhook_info()).url == ""


async def test_webhooks_set_at_once_leave_one_that_is_delivered_to(bot: Bot, receiver: Receiver) -> None:
    await asyncio.gather(*(bot.set_webhook(receiver.url) for _ in range(5)))
    senders = [task for task in asyncio.all_tasks() if "WebhookSender._run" in repr(task)]
    assert len(senders) == 1


async def test_webhook_gets_one_update_per_chat_and_chats_in_parallel(
    api: BotApi, bot: Bot, li: User, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    receiver.gate.clear()
    wang = api.user()
    message = await api.say(li, "li 1")
    await api.say(li, "li 2")
    await api.say(wang, "wang 1")
    await api.tap_raw(li, message, "aside")
    await api.until(lambda: len(receiver.updates) == 3)
    await asyncio.sleep(0.1)
    assert [update.get("message", {}).get("text") for update in receiver.updates] == ["li 1", "wang 1", None]
    receiver.gate.set()
    await api.until(lambda: api.pending == 0)
    assert len(receiver.updates) == 4
    assert receiver.most == 3


async def test_webhook_gets_at_most_max_connections(api: BotApi, bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, max_connections=2)
    receiver.gate.clear()
    for _ in range(5):
        await api.say(api.user(), "x")
    await api.until(lambda: len(receiver.updates) == 2)
    await asyncio.sleep(0.1)
    receiver.gate.set()
    await api.until(lambda: api.pending == 0)
    assert (receiver.most, len(receiver.updates)) == (2, 5)


async def test_webhook_that_fails_gets_the_same_update_again(
    api: BotApi, bot: Bot, li: User, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404]
    await bot.set_webhook(receiver.url)
    await api.say(li, "first")
    await api.say(li, "second")
    await api.until(lambda: api.pending == 0)
    assert receiver.texts() == ["first"] * 4 + ["second"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
    assert info.last_error_date is not None


async def test_webhook_that_is_not_there_or_too_slow_is_retried(clock: Clock, receiver: Receiver) -> None:
    async with BotApi(clock=clock, webhook_timeout=0.1) as api, bot_of(api) as bot:
        await bot.set_webhook("http://127.0.0.1:9/")
        await api.say(api.user(), "x")
        await api.until(lambda: api.world.sender.webhook.error == "Connection refused")
        receiver.gate.clear()
        await bot.set_webhook(receiver.url)
        await api.until(lambda: api.world.sender.webhook.error == "Read timeout expired")
        receiver.gate.set()
        await api.until(lambda: api.pending == 0)


async def test_method_in_the_answer_of_a_webhook_is_carried_out(
    api: BotApi, bot: Bot, li: User, receiver: Receiver
) -> None:
    receiver.body = json.dumps({"method": "sendmessage", "chat_id": li.id, "text": "from the answer"})
    await bot.set_webhook(receiver.url)
    await api.say(li, "x")
    assert (await api.next_reply(li)).text == "from the answer"
    assert [done.in_webhook for done in api.called("sendMessage")] == [True]


@pytest.mark.parametrize(
    "body", ['{"method": "deleteWebhook"}', '{"method": "getMe"}', "[1]", "ok", "", "{}"]
)
async def test_other_answers_of_a_webhook_do_nothing(
    api: BotApi, bot: Bot, li: User, receiver: Receiver, body: str
) -> None:
    receiver.body = body
    await bot.set_webhook(receiver.url)
    await api.say(li, "x")
    await api.until(lambda: api.pending == 0)
    assert [done.method for done in api.calls] == ["getMe", "setWebhook"]
    assert (await bot.get_webhook_info()).url == receiver.url


async def test_pending_updates_are_dropped_on_request(
    api: BotApi, bot: Bot, li: User, receiver: Receiver
) -> None:
    await api.say(li, "old")
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await api.say(li, "new")
    await api.until(lambda: api.pending == 0)
    assert receiver.texts() == ["new"]
    receiver.gate.clear()
    await api.say(li, "left over")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_certificate_and_address_are_told(api: BotApi, bot: Bot) -> None:
    await bot.set_webhook("https://bot.example.com:8443/x", certificate=b"PEM", ip_address="192.0.2.1")
    info = await bot.get_webhook_info()
    assert info.has_custom_certificate
    assert info.ip_address == "192.0.2.1"


# Waiting and the record ----------------------------------------------------------------------------------------------


async def test_every_failed_wait_shows_the_calls(api: BotApi, bot: Bot, li: User) -> None:
    await bot.send_message(li.id, "shown in the record")
    await api.next_reply(li)
    for wait in (api.next_reply(li, timeout=0.05), api.until(lambda: False, timeout=0.05)):
        with pytest.raises(AssertionError, match=r"sendMessage.*shown in the record.* -> 200 ok"):
            await wait


async def test_until_returns_what_came_true(api: BotApi, bot: Bot, li: User) -> None:
    sending = asyncio.create_task(bot.send_message(li.id, "x"))
    messages = await api.until(lambda: api.chat(li).messages)
    assert messages[0].text == "x"
    await sending


async def test_silence_is_checked(api: BotApi, bot: Bot, li: User) -> None:
    await api.no_reply(li, within=0.05)
    await bot.send_message(li.id, "not silent")
    with pytest.raises(AssertionError, match=r"the bot wrote .'not silent'."):
        await api.no_reply(li, within=0.05)


async def test_record_has_method_parameters_answer_and_time(
    api: BotApi, bot: Bot, li: User, clock: Clock
) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    await bot.send_message(li.id, "[1]", reply_markup=markup)
    with pytest.raises(BadRequest):
        await bot.send_message(li.id, "")
    done, refused = api.called("sendMessage", li)
    assert done.params["reply_markup"] == {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    assert (done.params["text"], done.chat, done.at, done.status) == ("[1]", li.id, clock.now, 200)
    assert done.answer["result"]["text"] == "[1]"
    assert api.problems == [refused]
    assert str(refused).endswith("-> 400 Bad Request: message text is empty")


# Faults --------------------------------------------------------------------------------------------------------------


async def test_flood_is_told_and_is_no_problem_of_the_bot(
    api: BotApi, bot: Bot, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of a change to come
    fault = api.fault("flood", method="sendmessage", retry_after=7)
    with pytest.raises(RetryAfter) as error:
        await bot.send_message(li.id, "x")
    assert error.value.retry_after == timedelta(seconds=7)
    assert api.problems == []
    assert (await bot.send_message(li.id, "x")).message_id == 1
    assert fault.hits == 1


async def test_flood_has_the_header_retry_after(api: BotApi) -> None:
    api.fault("flood", retry_after=7)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{api.base_url}/bot{api.token}/getMe") as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(
    ("kind", "options", "has_effect"),
    [
        ("server", {}, False),
        ("server", {"status": 500}, False),
        ("drop", {}, False),
        ("drop_after", {}, True),
        ("half", {}, True),
        ("garbage", {}, True),
    ],
)
async def test_fault_reaches_the_library(
    api: BotApi, bot: Bot, li: User, kind: str, options: Json, has_effect: bool
) -> None:
    api.fault(kind, method="sendMessage", **options)
    with pytest.raises(TelegramError) as error:
        await bot.send_message(li.id, "x")
    assert not isinstance(error.value, BadRequest)
    assert len(api.chat(li).messages) == has_effect
    assert [done.fault for done in api.called("sendMessage")] == [kind]
    assert await bot.send_message(li.id, "y")
    assert api.problems == []


async def test_late_answer_comes_after_the_effect(api: BotApi, bot: Bot, li: User) -> None:
    api.fault("late", delay=0.3)
    with pytest.raises(TelegramError):
        await bot.send_message(li.id, "x", read_timeout=0.1)
    assert len(await api.until(lambda: api.chat(li).messages)) == 1
    api.fault("late", delay=0.1)
    assert await bot.send_message(li.id, "y")


async def test_faults_are_for_one_method_one_chat_and_a_number_of_times(
    api: BotApi, bot: Bot, li: User
) -> None:
    wang = api.user(started=True)
    fault = api.fault("server", method="sendMessage", chat=li.id, times=2)
    await bot.send_message(wang.id, "x")
    await bot.send_chat_action(li.id, "typing")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(li.id, "x")
    await bot.send_message(li.id, "x")
    assert fault.hits == 2
    api.fault("server", times=None)
    api.heal()
    await bot.send_message(li.id, "x")


async def test_polls_are_spared_unless_named(api: BotApi, bot: Bot) -> None:
    api.fault("server", times=None)
    assert await bot.get_updates() == ()
    api.fault("server", method="getUpdates")
    with pytest.raises(NetworkError):
        await bot.get_updates()


async def test_downloads_fail_on_order(api: BotApi, bot: Bot, li: User) -> None:
    message = await api.document(li, b"data", "a.txt")
    file = await bot.get_file(message["document"]["file_id"])
    for kind in ("server", "half"):
        api.fault(kind, method="file")
        with pytest.raises(NetworkError):
            await file.download_as_bytearray()
    assert await file.download_as_bytearray() == b"data"
    assert api.problems == []


async def test_application_survives_faults(api: BotApi) -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text("pong")

    for kind in ("drop_after", "half", "garbage"):
        api.fault(kind, method="getUpdates")
    async with polling(api, CommandHandler("ping", echo), poll_interval=0.01):
        wang = api.user()
        await api.say(wang, "/ping")
        assert (await api.next_reply(wang)).text == "pong"


async def test_updates_come_twice_or_in_the_wrong_order_on_request(api: BotApi, li: User) -> None:
    api.fault("duplicate")
    await api.say(li, "a")
    api.fault("reorder", chat=li.id)
    for text in "bcd":
        await api.say(li, text)
    updates = (await ask(api, "getUpdates"))["result"]
    assert [update["message"]["text"] for update in updates] == ["a", "a", "c", "b", "d"]
    assert updates[0]["update_id"] == updates[1]["update_id"]
    assert updates[2]["update_id"] == updates[3]["update_id"] + 1


async def test_what_is_out_of_order_is_not_lost_where_a_poll_takes_no_more(api: BotApi, li: User) -> None:
    await api.say(li, "a")
    api.fault("reorder", chat=li.id)
    for text in "bcd":
        await api.say(li, text)
    found: list[str] = []
    offset = 0
    while updates := (await ask(api, "getUpdates", offset=offset, limit=2))["result"]:
        found += [update["message"]["text"] for update in updates]
        offset = max(update["update_id"] for update in updates) + 1
    assert found == ["a", "c", "b", "d"]


def test_probability_follows_the_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(random.Random(seed), [Fault("server", times=None, probability=0.5)])
        return [faults.pick(None, "getMe", None) is not None for _ in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 10 < sum(drawn(1)) < 40


def test_unknown_fault_fails_loudly() -> None:
    with pytest.raises(ValueError, match="no fault is called 'typo'"):
        Fault("typo")


async def test_same_seed_gives_the_same_ids(clock: Clock) -> None:
    ids = []
    for _ in range(2):
        async with BotApi(clock=clock, seed=7) as api:
            query = await api.inline(api.user(), "x")
            ids.append((query.id, (await ask(api, "getUpdates"))["result"][0]["update_id"]))
    assert ids[0] == ids[1]


# In a thread ---------------------------------------------------------------------------------------------------------

PROGRAM = """
    import sys
    from telegram.ext import ApplicationBuilder, CommandHandler

    async def start(update, context):
        await update.message.reply_text("from a process")

    url, token = sys.argv[1:]
    app = ApplicationBuilder().token(token).base_url(url + "/bot").build()
    app.add_handler(CommandHandler("start", start))
    app.run_polling()
"""


def test_threaded_server_serves_a_bot_in_a_process() -> None:
    with BotApi.threaded(seed=3) as api:
        program = [sys.executable, "-c", textwrap.dedent(PROGRAM), api.base_url, api.token]
        with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                wang = api.user()
                api.say(wang, "/start")
                assert api.next_reply(wang, timeout=15).text == "from a process"
                assert len(api.until(lambda: api.called("sendMessage"))) == 1
            finally:
                process.terminate()
        assert api.problems == []


def test_threaded_server_runs_coroutines_and_shows_its_state() -> None:
    with BotApi.threaded() as api:
        with urllib.request.urlopen(f"{api.base_url}/bot{api.token}/getMe") as response:  # noqa: S310 - loopback
            assert json.load(response)["ok"]
        assert [done.method for done in api.calls] == ["getMe"]
        assert api.run(asyncio.sleep(0, "done")) == "done"
        with pytest.raises(AssertionError, match="no message of the bot"):
            api.next_reply(api.user(), timeout=0.05)
        assert api.until(lambda: api.called("getMe"))[0].status == 200
        with pytest.raises(RuntimeError, match="can't wait there"):
            api.until(lambda: api.no_reply(1))


def test_address_is_known_only_after_the_start() -> None:
    with pytest.raises(AssertionError, match="has not been started"):
        _ = BotApi().base_url
