"""Who means ill gets a friendly line: nothing is carried over, taken apart, let in or held up by what they send."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.matcher import Matcher
from tests.botapi import BotApi
from tests.telegrams import PATIENCE, Town, town

# Characters that turn or hide what stands beside them.
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
TEXTS = {
    "long": "水润港城" * 2500,
    "long without sense": "𠮷" * 10_000,
    "turned": "\u202e城港润水\u202c 去哪了",
    "turned within": "\u2066\u2067水润\u202e不存在的号\u2069\u202d",
    "marks on marks": "水" + "\u0301" * 3000 + "润港城",
    "HTML": "<b>水润</b><a href='http://evil.example'>不存在的号</a><script>",
    "a broken tag": "</pre></b><tg-spoiler>&lt;&#0;&",
    "Markdown": "[不存在的号](http://evil.example) *a _b `c ```",
    "SQL": "'; drop table inbox; --",
    "a format": "{0} %s %n ${x} {{x}}",
    "control characters": "\x00\x01\x1b[31m\x7f水润港城",
    "half a character": "不存在\ud800的号",
}
MAINTAINERS = 7001


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A bot with a maintainer."""
    async with town(matcher, tmp_path, monkeypatch, maintainers=(MAINTAINERS,)) as built:
        yield built


def tell(api: BotApi, user: object, text: str) -> None:
    """Send a message that no app would."""
    chat = api.chat(user)  # type: ignore[arg-type]
    chat.open = True
    api.world.tell(
        {
            "message": {
                "message_id": 1,
                "date": 1,
                "chat": chat.info(),
                "from": user.info(),  # type: ignore[attr-defined]
                "text": text,
            }
        }
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_a_hostile_text_is_answered_plainly_and_nothing_of_it_takes_effect(
    here: Town, text: str
) -> None:
    async with here.bot():
        user = here.api.user()
        tell(here.api, user, text)
        reply = await here.reply(user)
        assert reply.text.strip()
        assert not HIDDEN.search(reply.text), ascii(reply.text)
        assert all(e["type"] not in ("text_link", "bold", "code", "pre") for e in reply.get("entities", []))
        assert "evil.example" not in str(reply.get("reply_markup"))
        assert "张家港市水务局" in (await here.ask(user, "水润港城")).text
        here.no_problems()


@pytest.mark.parametrize("text", ["水\u200b润\u200d港\u2060城", "\u202e水润港城\u202c", "水润港城\ufeff"])
async def test_hidden_characters_hide_no_account(here: Town, text: str) -> None:
    async with here.bot():
        user = here.api.user()
        tell(here.api, user, text)
        assert "张家港市水务局" in (await here.reply(user)).text


@pytest.mark.parametrize("name", ["aз水润港城", "Ζ水润港城局", "水润港域", "氷润港城"])
async def test_a_name_that_only_looks_alike_is_not_taken_for_a_known_one_without_saying_whose_it_is(
    here: Town, name: str
) -> None:
    """Whatever is answered names the account it speaks of, so that a person sees that it is another name."""
    async with here.bot():
        user = here.api.user()
        reply = await here.ask(user, name)
        assert "张家港市水务局" not in reply.text or "水润港城" in reply.text


@pytest.mark.parametrize(
    "link",
    ["", "x" * 64, "shuirungangcheng-wx' or 1=1", "../../etc/passwd", "q_%ff", "\u202ex", "-", "A" * 3000],
)
async def test_a_forged_link_opens_nothing(here: Town, link: str) -> None:
    async with here.bot():
        user = here.api.user()
        tell(here.api, user, f"/start {link}")
        assert (await here.reply(user)).text.strip()
        here.no_problems()


@pytest.mark.parametrize(
    "data", ["", ":", "fix:", "fix:nobody", "vote:up:nobody", "vote:down:", "card:../x", "plain:nobody", "stop:maybe",
             "queue:1:done", "q:1", "find:nothing", "why:wrong:nobody", "csv:9", "\u202e", "好" * 21, "{}", "a:b:c:d:e"]
)  # fmt: skip
async def test_forged_data_of_a_button_breaks_nothing(here: Town, data: str) -> None:
    async with here.bot():
        user = here.api.user()
        answer = await here.ask(user, "水润港城")
        query = await here.api.tap_raw(user, answer, data)
        await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
        await here.handled()
        assert not [m for m in here.api.chat(user).untaken if "刚才出了点问题" in m.text]
        here.no_problems()


async def test_a_button_pressed_again_and_again_follows_once(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        answer = await here.ask(user, "水润港城")
        label = next(text for text in answer.labels if "告诉我" in text)
        for _ in range(5):
            await here.api.tap(user, answer, label)
        await here.handled()
        assert (await here.ledger.counts()).follows == 1


@pytest.mark.parametrize("command", ["/queue", "/stats", "/health", "/reload"])
async def test_a_maintainers_command_from_anybody_else_is_as_unknown_as_any(here: Town, command: str) -> None:
    async with here.bot():
        user, maintainer = here.api.user(), here.api.user(id=MAINTAINERS)
        unknown = (await here.ask(user, "/no_such_command")).text
        assert (await here.ask(user, command)).text == unknown
        assert (await here.ask(maintainer, command)).text != unknown


async def test_a_flood_from_one_chat_is_no_line_that_others_stand_in(here: Town) -> None:
    """Counted, not timed: of a flood that came first, little is answered when somebody else has their answer."""
    async with here.bot():
        flood, other = here.api.user(), here.api.user()
        for _ in range(300):
            await here.api.say(flood, "水润港城")
        assert "健康济阳" in (await here.ask(other, "健康济阳")).text
        assert len(here.api.chat(flood).untaken) < 150
        await here.handled()
        assert len(here.api.chat(flood).untaken) == 300


async def queued(here: Town, text: str) -> None:
    """Let somebody ask in vain for a text and pass it on, and correct an answer by it."""
    user = here.api.user()
    tell(here.api, user, text)
    missed = await here.reply(user)
    if "转给维护者去查" in missed.labels:
        await here.api.tap(user, missed, "转给维护者去查")
        await here.reply(user)
    answer = await here.ask(user, "健康济阳")
    await here.api.tap(user, answer, "有误?")
    await here.reply(user)
    tell(here.api, user, text)
    await here.reply(user)


HOSTILE = {
    "turned": "\u202e图书馆公众号不存在\u202c",
    "hidden": "图\u200b书\u2060馆甲乙丙公众号",
    "HTML": "<b>图书馆</b><a href='http://evil.example'>甲乙</a>",
    "Markdown": "[图书馆](http://evil.example) *甲* `乙`",
    "YAML": '图书馆"\n  - id: x\n    state: closed # {a: [b',
    "a command": "图书馆 /reload /stop",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_people_send_takes_no_effect_where_maintainers_read_it(here: Town, text: str) -> None:
    async with here.bot():
        await queued(here, text)
        maintainer = here.api.user(id=MAINTAINERS)
        shown = [await here.ask(maintainer, "/queue")]
        for label in shown[0].labels:
            await here.api.tap(maintainer, shown[0], label)
            shown.append(await here.reply(maintainer))
        fixes = next(m for m in shown if m.labels and m.text.startswith("最早的几条"))
        await here.api.tap(maintainer, fixes, 0)
        shown.append(await here.reply(maintainer))
        for message in shown:
            said = message.text + "".join(message.labels)
            assert not HIDDEN.search(said), ascii(said)
            kinds = {e["type"] for e in message.get("entities", [])}
            assert not kinds & {"text_link", "bold", "code", "pre"}
        here.no_problems()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_draft_of_what_people_sent_is_one_entry_and_no_other(here: Town, text: str) -> None:
    async with here.bot():
        await queued(here, text)
        maintainer = here.api.user(id=MAINTAINERS)
        queue = await here.ask(maintainer, "/queue")
        group = next((label for label in queue.labels if "次" in label), None)
        if group is None:  # nobody was asked to look
            return
        await here.api.tap(maintainer, queue, group)
        await here.api.tap(maintainer, await here.reply(maintainer), "导出草稿")
        document = (await here.reply(maintainer))["document"]
        draft = yaml.safe_load(here.api.world.files[document["file_id"]].data.decode())
        (unit,) = draft["units"]
        (account,) = unit["accounts"]
        assert account["state"] == "待查"
        assert not HIDDEN.search(account["name"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_a_hostile_query_or_call_shows_nothing_of_it(here: Town, text: str) -> None:
    """In any chat and as a guest: an answer is in our words."""
    async with here.bot():
        user = here.api.user()
        short = text[:100].replace("\ud800", "")
        query = await here.api.inline(user, short)
        await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
        group = here.api.group("别处", members=(user,))
        call = await here.api.guest(user, short, group)
        await here.api.until(lambda: call.answer is not None, timeout=PATIENCE)
        for answer in (query.answer, call.answer):
            said = json.dumps(answer, ensure_ascii=False)
            assert not HIDDEN.search(said), ascii(said)
            assert "parse_mode" not in said
            assert "evil.example" not in said
        here.no_problems()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_a_hostile_edit_caption_or_forward_is_answered_as_plainly(here: Town, text: str) -> None:
    async with here.bot():
        user = here.api.user()
        chat = here.api.chat(user)
        chat.open = True
        base = {"date": 1, "chat": chat.info(), "from": user.info()}
        forwarded = {"type": "hidden_user", "sender_user_name": text[:60], "date": 1}
        for number, kind, fields in (
            (1, "message", {"caption": text, "photo": []}),
            (2, "message", {"text": text, "forward_origin": forwarded}),
            (2, "edited_message", {"text": text[:9000] + "水润港城", "edit_date": 2}),
        ):
            here.api.world.tell({kind: {**base, "message_id": 500 + number, **fields}})
        await here.handled()
        replies = [m for m in chat.messages if m["from"]["is_bot"]]
        assert replies
        for reply in replies:
            assert reply.text.strip()
            assert not HIDDEN.search(reply.text), ascii(reply.text)
            assert all(
                e["type"] not in ("text_link", "bold", "code", "pre") for e in reply.get("entities", [])
            )
            assert "刚才出了点问题" not in reply.text
        # An edit that changes nothing of the answer is tried, and that is all.
        assert not [c for c in here.api.problems if "not modified" not in str(c)]


@pytest.mark.parametrize(
    "data", ["stop:yes", "area:forget", "area:digest:now", "fixed:skip", "tell:", "queue:fixes"]
)
async def test_a_button_of_somebody_else_pressed_anew_touches_nothing_of_theirs(
    here: Town, data: str
) -> None:
    async with here.bot():
        victim, other = here.api.user(), here.api.user()
        await here.ask(victim, "/area 张家港")
        answer = await here.ask(victim, "水润港城")
        await here.api.tap(victim, answer, "有去向了告诉我")
        await here.reply(victim)
        await here.handled()
        before = await here.kept(victim)
        own = await here.ask(other, "水润港城")
        query = await here.api.tap_raw(other, own, data)
        await here.api.until(lambda: query.answer is not None, timeout=PATIENCE)
        await here.handled()
        after = await here.kept(victim)
        assert {k: v for k, v in after.items() if k != "inbox"} == {
            k: v for k, v in before.items() if k != "inbox"
        }
        assert not here.api.chat(victim).untaken
        here.no_problems()


async def test_what_was_ended_is_not_begun_again_by_a_button_pressed_twice(here: Town) -> None:
    async with here.bot():
        user = here.api.user()
        answer = await here.ask(user, "水润港城")
        await here.api.tap(user, answer, "有去向了告诉我")
        told = await here.reply(user)
        for _ in range(3):
            await here.api.tap(user, told, "别再通知")
            assert (await here.reply(user)).text.startswith("好,这个不再通知了")
        assert (await here.ledger.counts()).follows == 0


@pytest.mark.parametrize("command", ["/queue", "/stats", "/reload"])
async def test_a_maintainers_command_has_no_effect_however_it_is_dressed(here: Town, command: str) -> None:
    """Forwarded from a maintainer, in a reply to one, as an edit, by a group's anonymous administrator."""
    async with here.bot():
        user, maintainer = here.api.user(), here.api.user(id=MAINTAINERS)
        group = here.api.group("邻里", members=(user, maintainer), bot="administrator")
        origin = {"type": "user", "sender_user": maintainer.info(), "date": 1}
        unknown = (await here.ask(user, "/no_such_command")).text
        assert (await here.ask(user, command, forward_origin=origin)).text == unknown
        message = await here.api.say(user, "水润港城")
        await here.reply(user)
        await here.api.edit(user, message, command)
        bot = f"@{here.api.world.bot.username}"
        await here.api.say(user, f"{command}{bot}", group, sender_chat=here.api.chat(group).info())
        await here.api.say(user, f"{command}{bot}", group)
        await here.handled()
        said = " ".join(m.text for m in [*here.api.chat(user).messages, *here.api.chat(group).messages])
        assert not re.search(r"问了没答上的|知识:|索引", said)
