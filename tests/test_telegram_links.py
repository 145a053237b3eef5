"""Every answer hands out a link that leads there again, and its code as a picture; what no link can carry leads to the bot."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from telegram.constants import MessageLimit

from bot.matcher import Matcher
from bot.talk.tokens import Need, need
from bot.wording import words
from handlers.telegram_links import need_of, question_of, start_of, start_of_need
from tests.telegrams import Town, town

HANS = words("zh-Hans")
CARRIED = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONG = "不存在的这个账号的名字实在是太长了放不下"


@pytest.fixture
async def here(matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A bot that serves until the test ends."""
    async with town(matcher, tmp_path, monkeypatch) as built, built.bot():
        yield built
        built.no_problems()


async def linked(here: Town, user: object, told: object) -> str:
    """Press the button for the link of an answer, see that the picture says the same, and return it."""
    await here.api.tap(user, told, HANS.say("tool_link"))  # type: ignore[arg-type]
    sent = await here.reply(user)
    picture = here.api.world.files[sent["photo"][-1]["file_id"]].data
    link: str = sent.text.split("\n")[-1]
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(picture))).text == link
    assert link.startswith(f"https://t.me/{here.api.world.bot.username}")
    return link


@pytest.mark.parametrize(
    "text",
    ["水润港城", "济南社保", "社保怎么办", "公安", "张家港", "绝对没有这个号", "12345", "水润港城\n健康济阳"],
)
async def test_the_link_of_any_answer_opens_the_same_for_somebody_else(here: Town, text: str) -> None:
    user, other = here.api.user(), here.api.user()
    told = await here.ask(user, text)
    start = (await linked(here, user, told)).partition("?start=")[2]
    assert CARRIED.fullmatch(start)
    assert (await here.ask(other, f"/start {start}")).text == told.text


async def test_an_answer_that_was_asked_back_for_is_opened_whole(here: Town) -> None:
    user, other = here.api.user(), here.api.user()
    await here.ask(user, "社保怎么办")
    told = await here.ask(user, "济南")
    assert told.text.startswith("社保的事,按这个顺序试")
    start = (await linked(here, user, told)).partition("?start=")[2]
    assert (await here.ask(other, f"/start {start}")).text == told.text


async def test_what_follows_a_button_is_linked_to_what_had_been_asked(here: Town) -> None:
    user = here.api.user()
    which = await here.ask(user, "公安")
    await here.api.tap(user, which, HANS.say("none_of_these"))
    told = await here.reply(user)
    start = (await linked(here, user, told)).partition("?start=")[2]
    assert question_of(start) == "公安"


@pytest.mark.parametrize("text", [LONG, "我叫张三,电话13800138000,那个号呢", "\n".join(["水润港城"] * 4)])
async def test_what_no_link_can_carry_leads_to_the_bot_and_is_not_cut(here: Town, text: str) -> None:
    user = here.api.user()
    told = await here.ask(user, text)
    assert await linked(here, user, told) == f"https://t.me/{here.api.world.bot.username}"


async def test_the_button_of_an_answer_that_is_forgotten_still_gives_the_bot(here: Town) -> None:
    user = here.api.user()
    told = await here.ask(user, "绝对没有这个号")
    for _ in range(13):
        await here.ask(user, "水润港城")
    assert await linked(here, user, told) == f"https://t.me/{here.api.world.bot.username}"


async def test_small_talk_has_no_link(here: Town) -> None:
    told = await here.ask(here.api.user(), "谢谢")
    assert HANS.say("tool_link") not in told.labels


@pytest.mark.parametrize(
    "start",
    ["n_", "n_nobody_shebao_370100_0", "n_-_nothing_370100_0", "n_-_shebao_999999_0", "n_-_shebao_370100_9",
     "n_a_b", "n_-_-_-_0_", "n_-_shebao_370100_0_x", "q_", "q_!", "q_gICA", "q_%00"],
)  # fmt: skip
async def test_a_forged_link_greets(here: Town, start: str) -> None:
    assert (await here.ask(here.api.user(), f"/start {start}")).text == HANS.say("hello")


@given(st.text(max_size=60))
def test_a_link_carries_a_question_whole_or_not_at_all(question: str) -> None:
    question = question.encode("utf-8", "ignore").decode()
    start = start_of(question)
    if start is not None:
        assert len(start) <= MessageLimit.DEEP_LINK_LENGTH
        assert CARRIED.fullmatch(start)
        assert (question_of(start) or "").split() == question.split()


@pytest.mark.parametrize("start", ["", "shuirungangcheng-wx", "q_!", "q_gICA", "q", "n_-_-_-_0"])
def test_a_link_of_another_kind_carries_none(start: str) -> None:
    assert not question_of(start)


def test_the_longest_of_what_was_asked_for_fits() -> None:
    state = Need("x" * 32, "t" * 10, "9" * 14, 2)
    start = start_of_need(state)
    assert len(start) <= MessageLimit.DEEP_LINK_LENGTH
    assert need(need_of(start) or "") == state
