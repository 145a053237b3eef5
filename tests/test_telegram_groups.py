"""Groups and guests: silent unless addressed, sure or let speak; one answer where the bot is a guest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegrams import PATIENCE, Town, town

from bot.ledger import Kind, Settings
from bot.matcher import Matcher
from bot.wording import words

KNOWN = "张家港市水务局"
HANS = words("zh-Hans")
# Who speaks for a group without a name.
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A server and its running bot, which sees all messages of its groups."""
    async with town(matcher, tmp_path, monkeypatch, privacy=False) as built, built.bot():
        yield built
        built.no_problems()


@pytest.fixture
def user(here: Town) -> Any:
    """A person."""
    return here.api.user()


@pytest.fixture
def group(here: Town, user: Any) -> Any:
    """A group with the bot and the person."""
    return here.api.group(members=(user,), bot="member")


@pytest.mark.parametrize(
    "text",
    ["水润港城", "大家好", "/other 水润港城", "/where@another_bot 水润港城", "@someone 水润港城", "/queue"],
)
async def test_it_stays_out_of_what_is_not_meant_for_it(here: Town, user: Any, group: Any, text: str) -> None:
    await here.api.say(user, text, group)
    await here.quiet(group)


@pytest.mark.parametrize(
    "text",
    [
        "/where 水润港城",
        "/where@quxiang_test_bot 水润港城",
        "@quxiang_test_bot 水润港城去哪了",
        "水润港城 @QUXIANG_test_bot",
    ],
)
async def test_it_answers_when_addressed_as_a_reply(here: Town, user: Any, group: Any, text: str) -> None:
    asked = await here.api.say(user, text, group)
    told = await here.reply(group)
    assert KNOWN in told.text
    assert told["reply_to_message"]["message_id"] == asked.id


async def test_where_without_a_name_says_what_to_write(here: Town, user: Any, group: Any) -> None:
    assert (await here.ask(user, "/where", group)).text == HANS.say("where_what")


@pytest.mark.parametrize(
    "text", ["/where", "@quxiang_test_bot", "@quxiang_test_bot 这个去哪了", "@quxiang_test_bot 这个呢"]
)
async def test_under_somebodys_post_it_answers_what_the_post_names(
    here: Town, user: Any, group: Any, text: str
) -> None:
    post = await here.api.say(user, "“水润港城”公众号停更了", group)
    assert KNOWN in (await here.ask(user, text, group, reply_to_message=post)).text


async def test_called_with_nothing_in_a_group_it_says_what_to_write(
    here: Town, user: Any, group: Any
) -> None:
    name = here.api.world.bot.username
    assert (await here.ask(user, f"@{name}", group)).text.startswith(f"在 @{name} 后面写上账号的名字")


async def test_a_reply_to_its_answer_goes_on_from_there(here: Town, user: Any, group: Any) -> None:
    first = await here.ask(user, "/where 水润港城", group)
    await here.ask(user, "/where 健康济阳", group)
    assert "水润港城" in (await here.ask(user, "是真的吗", group, reply_to_message=first)).text


async def test_what_is_no_text_is_quiet_unless_it_replies_to_the_bot(
    here: Town, user: Any, group: Any
) -> None:
    told = await here.ask(user, "/where 水润港城", group)
    await here.api.sticker(user, group)
    await here.api.photo(user, caption="@quxiang_test_bot 健康济阳", chat=group)
    assert "健康济阳" in (await here.reply(group)).text
    await here.api.sticker(user, group, reply_to_message=told)
    assert (await here.reply(group)).text == HANS.say("no_text")
    await here.quiet(group)


async def test_what_two_people_ask_is_not_mixed_up(here: Town, user: Any, group: Any) -> None:
    """In a group nothing typed follows what somebody else asked, unless it replies to it."""
    await here.ask(user, "/where 水润港城", group)
    assert "水润港城" not in (await here.ask(here.api.user(), "/where 是真的吗", group)).text


async def test_a_button_in_a_group_is_answered_there(here: Town, user: Any, group: Any) -> None:
    told = await here.ask(user, "/where 水润港城", group)
    await here.api.tap(here.api.user(), told, 0)
    assert (await here.reply(group)).text


async def test_an_edit_of_a_question_changes_its_answer_and_of_other_words_nothing(
    here: Town, user: Any, group: Any
) -> None:
    asked = await here.api.say(user, "@quxiang_test_bot 水润港城", group)
    told = await here.reply(group)
    other = await here.api.say(user, "大家好", group)
    await here.api.edit(user, asked, "@quxiang_test_bot 健康济阳")
    await here.api.until(lambda: "健康济阳" in told.text, timeout=PATIENCE)
    await here.api.edit(user, other, "水润港城")
    await here.quiet(group)


async def test_an_answer_stays_in_its_topic(here: Town, user: Any) -> None:
    forum = here.api.group(members=(user,), bot="member", topics=(5, 7))
    await here.api.say(user, "/where 水润港城", forum, message_thread_id=7, is_topic_message=True)
    told = await here.reply(forum)
    assert told["message_thread_id"] == 7
    plain = next(n for n, b in enumerate(told.buttons) if b.get("callback_data", "").startswith("plain:"))
    await here.api.tap(user, told, plain)
    assert (await here.reply(forum))["message_thread_id"] == 7


# Speaking by itself ----------------------------------------------------------------------------------------------


@pytest.fixture
async def speaking(here: Town, group: Any) -> Any:
    """A group that lets the bot speak."""
    await here.ledger.people.keep(f"tg:{group.id}", Settings(speaks=True))
    return group


async def test_let_speak_it_says_where_an_account_went_that_is_named_for_sure_once(
    here: Town, user: Any, speaking: Any
) -> None:
    told = await here.ask(user, "你们还看水润港城公众号吗", speaking)
    assert KNOWN in told.text
    assert not told.buttons
    await here.api.say(user, "水润港城没了", speaking)
    await here.quiet(speaking)


async def test_what_somebody_was_just_told_is_not_said_again_by_itself(
    here: Town, user: Any, speaking: Any
) -> None:
    await here.ask(user, "/where 水润港城", speaking)
    await here.api.say(user, "水润港城没了", speaking)
    await here.quiet(speaking)
    assert KNOWN in (await here.ask(user, "/where 水润港城", speaking)).text


@pytest.mark.parametrize("text", ["水润", "大家好", "水润岗城", "今天天气不错", "莒南", "👍"])
async def test_let_speak_it_is_quiet_when_it_is_not_sure(
    here: Town, user: Any, speaking: Any, text: str
) -> None:
    await here.api.say(user, text, speaking)
    await here.quiet(speaking)


async def test_it_does_not_talk_to_bots_or_to_its_own_results(here: Town, user: Any, speaking: Any) -> None:
    robot = {"id": 77, "is_bot": True, "first_name": "Robot"}
    await here.api.say(user, "水润港城", speaking, **{"from": robot})
    await here.api.say(user, "水润港城", speaking, via_bot=here.api.world.bot.info())
    await here.quiet(speaking)


@pytest.mark.parametrize("command", ["/speak", "/leave", "/stop", "/language"])
async def test_only_an_administrator_decides_how_it_behaves(
    here: Town, user: Any, group: Any, command: str
) -> None:
    assert (await here.ask(user, command, group)).text == HANS.say("admins_only")
    assert here.api.chat(group).members[here.api.world.bot.id] == "member"


@pytest.mark.parametrize("status", ["administrator", "creator"])
async def test_an_administrator_turns_speaking_on_and_off(
    here: Town, user: Any, group: Any, status: str
) -> None:
    group.members[user.id] = status
    text = (await here.ask(user, "/speak", group)).text
    assert text.startswith(HANS.say("speak_on"))
    assert (await here.kept(group))["setting"][0]["speaks"] == 1
    assert (await here.ask(user, "/speak", group)).text == HANS.say("speak_off")


async def test_an_anonymous_administrator_is_one_and_another_channel_is_not(
    here: Town, user: Any, group: Any
) -> None:
    other = {"id": -100777, "type": "channel", "title": "Other"}
    extra = {"from": ANONYMOUS, "sender_chat": other}
    assert (await here.ask(user, "/speak", group, **extra)).text == HANS.say("admins_only")
    extra = {"from": ANONYMOUS, "sender_chat": group.info()}
    assert (await here.ask(user, "/speak", group, **extra)).text.startswith(HANS.say("speak_on"))


async def test_it_says_when_it_cannot_see_the_group(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(matcher, tmp_path, monkeypatch, privacy=True) as here, here.bot():
        user = here.api.user()
        group = here.api.group(members=(user,), bot="member")
        group.members[user.id] = "creator"
        assert (await here.ask(user, "/speak", group)).text.endswith(HANS.say("speak_blind"))
        await here.ask(user, "/speak", group)
        group.members[here.api.world.bot.id] = "administrator"
        assert (await here.ask(user, "/speak", group)).text == HANS.say("speak_on")


async def test_a_language_button_in_a_group_is_for_administrators(here: Town, user: Any, group: Any) -> None:
    group.members[user.id] = "creator"
    told = await here.ask(user, "/language", group)
    query = await here.api.tap(here.api.user(), told, "English")
    await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
    assert query.answer["text"]
    assert (await here.kept(group))["setting"] == []
    await here.api.tap(user, told, "English")
    assert (await here.reply(group)).text == words("en").say("language_set")


async def test_only_an_administrator_lets_a_group_be_told_of_changes(
    here: Town, user: Any, group: Any
) -> None:
    group.members[user.id] = "creator"
    answer = await here.ask(user, "/where 水润港城", group)
    button = next(b["callback_data"] for b in answer.buttons if "告诉我" in b["text"])
    query = await here.api.tap_raw(here.api.user(), answer, button)
    await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
    assert query.answer["text"] == HANS.say("admins_only")
    assert (await here.kept(group))["follow"] == []
    await here.api.tap_raw(user, answer, button)
    await here.reply(group)
    assert len((await here.kept(group))["follow"]) == 1


async def test_a_stop_in_a_group_is_confirmed_by_an_administrator(here: Town, user: Any, group: Any) -> None:
    group.members[user.id] = "creator"
    await here.ask(user, "/speak", group)
    asked = await here.ask(user, "/stop", group)
    query = await here.api.tap(here.api.user(), asked, 0)
    await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
    assert (await here.kept(group))["setting"]
    await here.api.tap(user, asked, 0)
    await here.api.until(lambda: asked.text == HANS.say("stop_done"), timeout=PATIENCE)
    assert (await here.kept(group))["setting"] == []


# Coming and going ------------------------------------------------------------------------------------------------


async def test_added_to_a_group_it_says_how_it_is_addressed(here: Town, user: Any) -> None:
    group = here.api.group(members=(user,))
    await here.api.add_to_group(user, group)
    assert (await here.reply(group)).text == HANS.say("group_hello", bot=here.api.world.bot.username)
    await here.quiet(group)


async def test_it_leaves_when_told_and_keeps_nothing_going(here: Town, user: Any, group: Any) -> None:
    group.members[user.id] = "administrator"
    await here.ledger.follows.follow(f"tg:{group.id}", Kind.CHANGE, "x")
    assert "走了" in (await here.ask(user, "/leave", group)).text
    await here.api.until(lambda: group.members[here.api.world.bot.id] == "left", timeout=PATIENCE)
    await here.handled()
    assert (await here.kept(group))["follow"] == []


@pytest.mark.parametrize("status", ["kicked", "left"])
async def test_thrown_out_it_forgets_what_the_group_followed(
    here: Town, user: Any, group: Any, status: str
) -> None:
    await here.ledger.follows.follow(f"tg:{group.id}", Kind.CHANGE, "x")
    await here.api.my_chat_member(user, status, group)
    await here.handled()
    assert (await here.kept(group))["follow"] == []


async def test_a_person_who_blocks_it_follows_nothing_any_more(here: Town, user: Any) -> None:
    await here.ask(user, "水润港城")
    await here.ledger.follows.follow(f"tg:{user.id}", Kind.CHANGE, "x")
    await here.api.my_chat_member(user, "kicked")
    await here.handled()
    assert (await here.kept(user))["follow"] == []


async def test_what_belongs_to_a_group_follows_it_into_its_supergroup(here: Town, user: Any) -> None:
    small = here.api.group(type="group", members=(user,), bot="member")
    small.members[user.id] = "creator"
    await here.ask(user, "/speak", small)
    await here.ledger.follows.follow(f"tg:{small.id}", Kind.CHANGE, "x")
    large = await here.api.migrate(user, small)
    await here.handled()
    assert not any((await here.kept(small)).values())
    kept = await here.kept(large)
    assert (kept["setting"][0]["speaks"], len(kept["follow"])) == (1, 1)
    assert KNOWN in (await here.ask(user, "水润港城停更了", large)).text


# Guests ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(here: Town, user: Any) -> Any:
    """A group that the bot is not in."""
    return here.api.group(members=(user,))


async def answered(here: Town, query: Any) -> Any:
    """Return the message that answers a guest's call."""
    await here.api.until(lambda: query.message is not None, timeout=PATIENCE)
    return query.message


async def test_called_under_a_forwarded_post_it_answers_once(here: Town, user: Any, foreign: Any) -> None:
    post = await here.api.say(user, "“水润港城”公众号停更了", foreign)
    told = await answered(here, await here.api.guest(user, "", foreign, reply_to_message=post))
    assert KNOWN in told.text
    await here.handled()
    assert len(here.api.called("answerGuestQuery")) == 1
    assert not any((await here.kept(foreign)).values())


async def test_called_with_a_name_it_answers_that(here: Town, user: Any, foreign: Any) -> None:
    told = await answered(here, await here.api.guest(user, "北京健康宝", foreign))
    assert "京通" in told.text
    assert told.buttons[-1]["url"].startswith(f"https://t.me/{here.api.world.bot.username}?start=")


async def test_a_button_under_a_guests_answer_changes_it_in_place(
    here: Town, user: Any, foreign: Any
) -> None:
    told = await answered(here, await here.api.guest(user, "水润港城", foreign))
    before = told.text
    await here.api.tap(user, told, 0)
    await here.api.until(lambda: told.text != before, timeout=PATIENCE)


async def test_called_with_nothing_it_says_what_to_send(here: Town, user: Any, foreign: Any) -> None:
    name = here.api.world.bot.username
    told = await answered(here, await here.api.guest(user, f"@{name} ", foreign))
    assert told.text == f"在 @{name} 后面写上账号的名字,比如:@{name} 水润港城。"
