"""Who means ill gets a friendly line: nothing is carried over, taken apart, let in or held up by what they send."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
