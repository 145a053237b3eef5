"""What residents do on Telegram: replies, edits, forwards, pictures, commands, buttons under every answer."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import zxingcpp
from conftest import TODAY
from PIL import Image
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit
from telegrams import PATIENCE, Town, town

from bot.card import NoCardError
from bot.dialogue import Message as Asked
from bot.dialogue import answer
from bot.ledger import Kind, Letter, Settings, question_key
from bot.ledger.people import ERASED, PERSONAL
from bot.matcher import Matcher
from bot.talk.desk import desk
from bot.talk.lately import Lately
from bot.talk.tokens import account_choice
from bot.values import State
from bot.wording import LANGUAGES as SPOKEN
from bot.wording import words
from handlers import telegram_bot, telegram_show
from handlers.telegram_keys import keyboard, markup, may_open
from handlers.telegram_menu import LANGUAGES, MENUS, introduce

KNOWN = "张家港市水务局"
HANS = words("zh-Hans")


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A server and its running bot."""
    async with town(matcher, tmp_path, monkeypatch) as built, built.bot():
        yield built
        built.no_problems()


def data(message: Any, prefix: str) -> str:
    """Return the data of a message's first button that begins so."""
    return next(b["callback_data"] for b in message.buttons if b.get("callback_data", "").startswith(prefix))


def index(message: Any, prefix: str) -> int:
    """Return which button of a message has data that begins so."""
    return next(n for n, b in enumerate(message.buttons) if b.get("callback_data", "").startswith(prefix))


async def pressed(here: Town, user: Any, message: Any, prefix: str) -> Any:
    """Press a button and return its query, once it is answered."""
    query = await here.api.tap(user, message, index(message, prefix))
    await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
    return query


# Messages --------------------------------------------------------------------------------------------------------


async def test_the_pictures_of_one_album_get_one_friendly_line(here: Town) -> None:
    user = here.api.user()
    for _ in range(3):
        await here.api.photo(user, media_group_id="1")
    assert (await here.reply(user)).text == HANS.say("no_text")
    await here.quiet(user)


async def test_an_album_with_words_is_answered_once(here: Town) -> None:
    user = here.api.user()
    await here.api.photo(user, caption="水润港城去哪了", media_group_id="1")
    await here.api.photo(user, media_group_id="1")
    assert KNOWN in (await here.reply(user)).text
    await here.quiet(user)


async def test_a_message_that_is_pinned_is_no_question(here: Town) -> None:
    user = here.api.user()
    here.api.world.compose(here.api.chat(user), user, {})
    here.api._service(user, here.api.chat(user), {"pinned_message": here.api.chat(user).messages[0]})
    await here.quiet(user)


async def test_a_caption_is_a_question(here: Town) -> None:
    user = here.api.user()
    await here.api.photo(user, caption="水润港城去哪了")
    assert KNOWN in (await here.reply(user)).text


async def test_the_name_of_a_shared_place_is_a_question(here: Town) -> None:
    user = here.api.user()
    spot = {"latitude": 31.8, "longitude": 120.5}
    venue = {"location": spot, "title": "水润港城", "address": "江苏"}
    await here.api.location(user, 31.8, 120.5, venue=venue)
    assert KNOWN in (await here.reply(user)).text


NOTICE = "公告\n因工作需要,“水润港城”微信公众号将于2025年12月31日起停止更新并注销,感谢广大粉丝长期以来的关注和支持。\n特此公告。"


async def test_a_forwarded_notice_is_looked_up_by_the_account_it_names_not_by_who_posted_it(
    here: Town,
) -> None:
    user = here.api.user()
    channel = {"id": -1009, "type": "channel", "title": "健康济阳"}
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": 5}
    text = (await here.ask(user, NOTICE, forward_origin=origin)).text
    assert KNOWN in text
    assert "济阳" not in text


async def test_an_edit_changes_the_answer_where_it_stands(here: Town) -> None:
    user = here.api.user()
    asked = await here.api.say(user, "水润港城")
    told = await here.reply(user)
    await here.api.edit(user, asked, "健康济阳")
    await here.api.until(lambda: "健康济阳" in told.text, timeout=PATIENCE)
    # A follow-up is about what is said now.
    assert "健康济阳" in (await here.ask(user, "是真的吗")).text
    await here.quiet(user)


async def test_an_edit_that_changes_nothing_is_quiet(here: Town) -> None:
    user = here.api.user()
    asked = await here.api.say(user, "水润港城")
    await here.reply(user)
    await here.api.edit(user, asked, "水润港城 ")
    await here.quiet(user)
    here.api.calls[:] = [c for c in here.api.calls if "not modified" not in str(c.answer)]


async def test_an_edit_of_a_message_no_longer_remembered_is_answered_anew(here: Town) -> None:
    user = here.api.user()
    asked = await here.api.say(user, "水润港城")
    await here.reply(user)
    await here.handled()
    await here.ledger.people.erase(f"tg:{user.id}")
    await here.api.edit(user, asked, "健康济阳")
    assert "健康济阳" in (await here.reply(user)).text


async def test_a_reply_to_an_earlier_answer_follows_that_one(here: Town) -> None:
    user = here.api.user()
    first = await here.ask(user, "水润港城")
    await here.ask(user, "健康济阳")
    assert "水润港城" in (await here.ask(user, "是真的吗", reply_to_message=first)).text


async def test_a_reply_to_an_answer_from_long_ago_is_understood_by_its_code(here: Town) -> None:
    user = here.api.user()
    first = await here.ask(user, "水润港城")
    await here.handled()
    await here.ledger.people.erase(f"tg:{user.id}")
    assert "水润港城" in (await here.ask(user, "是真的吗", reply_to_message=first)).text


async def test_who_waits_for_a_long_list_is_shown_that_we_are_at_it(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_show, "SOON", 0.0)
    user = here.api.user()
    names = "\n".join(["水润港城", "今日张家港", *(f"没有收过的{n}号账号" for n in range(3, 51))])
    assert "50" in (await here.ask(user, names)).text
    assert here.api.called("sendChatAction", user)


# Buttons ---------------------------------------------------------------------------------------------------------


async def test_the_name_of_where_it_went_can_be_copied_and_how_to_find_it_is_shown(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "北京健康宝")
    assert [b["copy_text"]["text"] for b in told.buttons if "copy_text" in b] == ["京通"]
    query = await pressed(here, user, told, "find:")
    assert query.answer["show_alert"]
    assert " → " in query.answer["text"]
    assert len(query.answer["text"]) <= 200


async def test_the_id_of_an_account_can_be_copied_where_it_is_known(here: Town, matcher: Matcher) -> None:
    known = next(
        a for u in matcher.base.units() for a in u.accounts if a.platform_id and a.state is State.ACTIVE
    )
    user = here.api.user()
    told = await here.ask(user, f"/start {known.id}")
    copied = [b["copy_text"]["text"] for b in told.buttons if "copy_text" in b]
    assert copied[:2] == [known.name, known.platform_id]


async def test_a_site_that_the_text_names_can_be_opened_and_no_other(here: Town) -> None:
    """Only the text says on whose word a site stands."""
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    assert not [b for b in told.buttons if "url" in b]
    tried = await here.ask(user, "水电气")
    assert [b["url"] for b in tried.buttons if "url" in b] == ["https://www.jszwfw.gov.cn/"]
    assert "苏服办" in [b["copy_text"]["text"] for b in tried.buttons if "copy_text" in b]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://gov.cn.evil.example/x",
        "https://example.com",
        "https://网.gov.cn",
        "http://[",
        "",
    ],
)
def test_no_button_opens_a_site_that_is_not_listed(matcher: Matcher, url: str) -> None:
    assert not may_open(url, matcher)


def test_a_governments_site_and_a_platforms_may_be_opened(matcher: Matcher) -> None:
    assert may_open("https://www.junan.gov.cn/x?y=1", matcher)
    assert may_open(f"https://{next(iter(desk(matcher).hosts))}/", matcher)


async def test_the_text_to_forward_is_plain_and_has_no_buttons(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    await pressed(here, user, told, "plain:")
    forwarded = await here.reply(user)
    assert KNOWN in forwarded.text
    assert not forwarded.buttons


async def test_a_list_can_be_forwarded_too(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城\n健康济阳\n莒南交警")
    await pressed(here, user, told, "plain:-")
    forwarded = await here.reply(user)
    assert "健康济阳" in forwarded.text
    assert HANS.say("list_next") not in forwarded.text


async def test_a_picture_of_the_answer_is_sent_once_and_then_by_its_name(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    for _ in range(2):
        await pressed(here, user, told, "card:")
        assert (await here.reply(user)).get("photo")
    first, second = here.api.called("sendPhoto")
    assert isinstance(second.params["photo"], str)
    assert first.params["photo"] != second.params["photo"]


async def test_where_no_picture_can_be_drawn_the_text_says_the_same(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> bytes:
        raise NoCardError("no font")

    monkeypatch.setattr("bot.card.Cards.png", none)
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    await pressed(here, user, told, "card:")
    text = (await here.reply(user)).text
    assert text.startswith(HANS.say("no_card"))
    assert KNOWN in text


async def test_the_link_of_an_answer_and_its_code_open_it(here: Town) -> None:
    user, other = here.api.user(), here.api.user()
    told = await here.ask(user, "水润港城")
    await pressed(here, user, told, "link:")
    sent = await here.reply(user)
    link = sent.text.split("\n")[-1]
    picture = here.api.world.files[sent["photo"][-1]["file_id"]].data
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(picture))).text == link
    assert link.startswith(f"https://t.me/{here.api.world.bot.username}?start=")
    payload = link.partition("start=")[2]
    assert len(payload) <= 64
    assert KNOWN in (await here.ask(other, f"/start {payload}")).text


@pytest.mark.parametrize("payload", ["nobody", "x" * 64, "../../etc", "a b"])
async def test_a_link_that_leads_nowhere_greets(here: Town, payload: str) -> None:
    assert (await here.ask(here.api.user(), f"/start {payload}")).text == HANS.say("hello")


@pytest.mark.parametrize(
    "forged", ["plain:", "card:nobody", "link:x.y", "find:nothing", "vote:up:", "plain:-"]
)
async def test_a_forged_button_of_ours_harms_nobody(here: Town, forged: str) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    query = await here.api.tap_raw(user, told, forged)
    await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
    assert "刚才出了点问题" not in " ".join(m.text for m in here.api.chat(user).messages)


async def test_every_kind_of_answer_asks_whether_it_helped_and_keeps_what_is_said(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    missed = await here.ask(user, "绝对没有这个号的公众号")
    query = await pressed(here, user, told, "vote:up")
    assert query.answer["text"] == HANS.say("voted")
    await pressed(here, user, missed, "vote:down")
    await here.handled()
    votes = {(v.about, v.kind) for v in await here.ledger.feedback.votes(0)}
    assert (data(told, "vote:up").rpartition(":")[2], "up") in votes
    assert any(kind == "down" and about == question_key("绝对没有这个号的公众号") for about, kind in votes)


async def test_a_button_pressed_too_long_ago_is_answered_all_the_same(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    query = await here.api.tap(user, told, index(told, "plain:"))
    query.answer = {}  # the server takes no answer any more
    assert KNOWN in (await here.reply(user)).text
    here.api.calls[:] = [c for c in here.api.calls if "too old" not in str(c.answer)]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_keyboard_is_one_that_telegram_takes(matcher: Matcher, language: str) -> None:
    """Of every account's answer, and what comes of pressing each choice on it."""
    room: Any = SimpleNamespace(house=SimpleNamespace(matcher=lambda: matcher), is_private=True)
    limits = InlineKeyboardButtonLimit
    for account in [a for u in matcher.base.units() for a in u.accounts]:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", account.id)
        reply = answer(Asked(choice=account_choice(account.id), language=language), matcher, TODAY)
        for said in (reply, *(answer(Asked(choice=c.choice), matcher, TODAY) for c in reply.choices[:1])):
            rows = found.inline_keyboard if (found := keyboard(said, room)) else ()
            assert sum(map(len, rows)) <= InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
            for button in (b for row in rows for b in row):
                assert button.text.strip()
                assert len(str(button.callback_data or "x").encode()) <= limits.MAX_CALLBACK_DATA
                assert not button.copy_text or 1 <= len(button.copy_text.text) <= limits.MAX_COPY_TEXT
                assert not button.url or may_open(button.url, matcher)


@pytest.mark.parametrize("private", [True, False])
def test_a_keyboard_that_is_kept_is_the_one_that_would_be_made(matcher: Matcher, private: bool) -> None:
    """Of every account's answer and what its choices lead to, in the order that most often gives one that was kept."""
    room: Any = SimpleNamespace(
        house=SimpleNamespace(matcher=lambda: matcher, keyboards=Lately(10_000)), is_private=private
    )
    said = [
        answer(Asked(choice=account_choice(account.id), language=language), matcher, TODAY)
        for account in [a for u in matcher.base.units() for a in u.accounts]
        for language in ("zh-Hans", "en")
    ]
    said += [answer(Asked(choice=c.choice), matcher, TODAY) for r in said for c in (*r.choices, *r.offers)]
    said += [
        answer(Asked(text), matcher, TODAY)
        for text in ("张家港", "没有这个号的公众号", "谢谢", "水利 住建 公安")
    ]
    for reply in (*said, *said):
        made = keyboard(reply, room)
        assert markup(reply, room) == (made.to_dict() if made else None)


async def test_small_talk_is_not_asked_about(here: Town) -> None:
    assert not (await here.ask(here.api.user(), "谢谢")).buttons


async def test_a_button_under_a_message_that_is_gone_is_answered(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    here.api.world.delete(here.api.chat(user), told)
    await here.api.tap_raw(user, told, data(told, "plain:"))
    assert KNOWN in (await here.reply(user)).text


# Commands --------------------------------------------------------------------------------------------------------


async def test_start_shows_three_real_examples_to_press(here: Town) -> None:
    user = here.api.user()
    greeting = await here.ask(user, "/start")
    assert len(greeting.buttons) == 3
    await here.api.tap(user, greeting, 0)
    assert KNOWN in (await here.reply(user)).text


@pytest.mark.parametrize(("code", "language"), [("zh-hant", "zh-Hant"), ("en", "en"), ("", "zh-Hans")])
@pytest.mark.parametrize("command", ["about", "privacy", "stop", "start"])
async def test_every_command_answers_in_the_persons_language(
    here: Town, code: str, language: str, command: str
) -> None:
    keys = {"about": "about", "privacy": "privacy_nothing", "stop": "stop_ask", "start": "hello"}
    told = await here.ask(here.api.user(language_code=code), f"/{command}")
    assert told.text == words(language).say(keys[command])


async def test_the_language_that_was_chosen_overrules_script_and_app(here: Town) -> None:
    user = here.api.user(language_code="zh-hans")
    told = await here.ask(user, "/language")
    await here.api.tap(user, told, "English")
    assert (await here.reply(user)).text == words("en").say("language_set")
    assert "unofficial" in (await here.ask(user, "水润港城")).text
    assert (await here.ask(user, "/about")).text == words("en").say("about")
    assert (await here.ask(user, "/language 繁体")).text == words("zh-Hant").say("language_set")
    assert (await here.kept(user))["setting"][0]["language"] == "zh-Hant"


async def test_privacy_shows_what_is_kept(here: Town) -> None:
    user = here.api.user()
    await here.ask(user, "/language 英文")
    text = (await here.ask(user, "/privacy")).text
    assert text.startswith(words("en").say("privacy_head"))
    assert words("en").say("kept_setting", what="English, 2") in text


async def test_privacy_names_what_is_followed_and_voted_on_as_people_do(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    await pressed(here, user, told, "vote:up")
    await here.ledger.follows.follow(f"tg:{user.id}", Kind.CHANGE, data(told, "vote:up").rpartition(":")[2])
    await here.ledger.follows.follow_question(f"tg:{user.id}", "我的号去哪了")
    text = (await here.ask(user, "/privacy")).text
    assert "您关注的:水润港城, 20" in text
    assert "您关注的:我的号去哪了, 20" in text
    assert "您的评价和纠错:👍, 水润港城, 20" in text
    assert not re.search(r"said|tg:|-wx|up\b|\{", text)


async def test_privacy_says_of_what_is_kept_for_long_what_it_is(here: Town) -> None:
    """The language of notices is kept while somebody may follow: it is not told as what is gone tomorrow."""
    user = here.api.user()
    told = await here.ask(user, "水润港城")
    await here.api.tap(user, told, HANS.say("tell_known"))
    await here.reply(user)
    await here.api.tap(user, told, "👎")
    await here.api.tap(user, await here.reply(user), HANS.say("why_unclear"))
    await here.reply(user)
    text = (await here.ask(user, "/privacy")).text
    assert "\n· 通知用的文字:简体中文\n" in text
    assert text.count("刚才说到哪儿(最多留一天)") == 1
    assert "您的评价和纠错:👎, 水润港城, 看不懂, 20" in text
    assert not re.search(r"unclear|203\d-", text)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("table", PERSONAL)
def test_whatever_is_kept_of_a_person_has_a_name(table: str, language: str) -> None:
    assert words(language).say(f"kept_{table}", what="it")


async def test_privacy_shows_what_is_kept_of_each_table_in_words(here: Town) -> None:
    """Of the area and its digest, a letter of it, and a notice that was passed on."""
    user, ledger = here.api.user(), here.ledger
    key = f"tg:{user.id}"
    await ledger.people.keep(key, Settings(area="320582", digest="weekly"))
    await ledger.outbox.put([Letter("week 1", key, "[]", 4e9, "week 1", "area", "320582")])
    await ledger.drafts.put("公告全文", chat=key, tell=True)
    text = (await here.ask(user, "/privacy")).text
    assert "您选的:张家港市, 每周一次, 20" in text
    assert "通知:张家港市, 20" in text
    assert re.search(r"您转给维护者的公告:20\S+\n", text)
    await here.api.tap(user, await here.ask(user, "/stop"), HANS.say("stop_yes"))
    await here.handled()
    assert {name for name, rows in (await here.kept(user)).items() if rows} <= {"inbox"}


async def test_what_no_message_has_room_for_is_shown_as_a_file(here: Town) -> None:
    user = here.api.user()
    for n in range(200):
        await here.ledger.follows.follow_question(f"tg:{user.id}", f"很长很长的问题{n}")
    await here.api.say(user, "/privacy")
    sent = await here.reply(user)
    assert sent.text == HANS.say("privacy_file")
    whole = here.api.world.files[sent["document"]["file_id"]].data.decode()
    assert "很长很长的问题199" in whole


async def test_stop_asks_once_and_then_erases_everything(here: Town) -> None:
    user = here.api.user()
    await here.ask(user, "/language 英文")
    told = await here.ask(user, "水润港城")
    await pressed(here, user, told, "vote:down")
    await here.reply(user)  # asks why
    await here.ledger.follows.follow_question(f"tg:{user.id}", "?")
    asked = await here.ask(user, "/stop")
    await here.api.tap(user, asked, 1)
    await here.api.until(lambda: asked.text == words("en").say("stop_kept"), timeout=PATIENCE)
    assert (await here.kept(user))["follow"]
    asked = await here.ask(user, "/stop")
    await here.api.tap(user, asked, 0)
    await here.api.until(lambda: asked.text == words("en").say("stop_done"), timeout=PATIENCE)
    await here.handled()
    kept = await here.kept(user)
    assert [kept[table] for table in ERASED] == [[] for _ in ERASED]


async def test_who_blocks_the_bot_follows_nothing_any_more(here: Town) -> None:
    user = here.api.user()
    here.api.fault("late", method="sendMessage", chat=user.id, delay=0.0)
    await here.ledger.follows.follow_question(f"tg:{user.id}", "?")
    await here.api.say(user, "水润港城")
    await here.reply(user)
    await here.api.say(user, "健康济阳")
    here.api.chat(user).members[here.api.world.bot.id] = "kicked"
    await here.handled()
    assert (await here.kept(user))["follow"] == []
    here.api.calls[:] = [c for c in here.api.calls if "blocked" not in str(c.answer)]


async def test_a_command_we_do_not_have_gets_help(here: Town) -> None:
    assert (await here.ask(here.api.user(), "/queue")).text == HANS.say("help")


async def test_the_menu_and_the_profile_are_set_in_each_language_and_only_where_they_differ(
    here: Town,
) -> None:
    api = here.api
    await api.until(lambda: len(api.called("setMyCommands")) == len(MENUS) * len(LANGUAGES), timeout=PATIENCE)
    await api.until(lambda: len(api.called("setMyShortDescription")) >= 2, timeout=PATIENCE)
    assert api.world.profile["description", "en"] == words("en").say("description")
    before = len(api.called("setMyCommands")), len(api.called("setMyDescription"))
    await introduce(_houses[-1])
    assert (len(api.called("setMyCommands")), len(api.called("setMyDescription"))) == before


_houses: list[Any] = []


@pytest.fixture(autouse=True)
def _remember_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the bot of a test works in, so that a test can act in it."""
    _houses.clear()
    opened = telegram_bot.open_house

    def keep(*given: Any) -> Any:
        _houses.append(opened(*given))
        return _houses[-1]

    monkeypatch.setattr(telegram_bot, "open_house", keep)
