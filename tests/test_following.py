"""Followers are told once what changed, when it has stood for a while, and nothing of an edit that was taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import TODAY, matcher_of, unit
from hypothesis import given
from hypothesis import strategies as st
from ledgers import Office

from bot.following.news import News, news
from bot.following.publisher import Publisher, following
from bot.following.waiting import HOUR, Wait, Waiting, week_of
from bot.ledger import Kind, Ledger, Send, Settings, question_key
from bot.matcher import Matcher
from bot.publication import Change, Log
from bot.talk.desk import Scene, desk

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: active, seen: 2024-01-01"
C = "id: c-wx, name: 港城丙号, platform: wechat, state: active, seen: 2024-01-01"
UNSEEN = A.format("unseen")
TO_B = A.format("named") + ", destinations: [{account: b-wx, basis: notice}]"
TO_C = A.format("named") + ", destinations: [{account: c-wx, basis: notice}]"
# Monday 2026-11-23, 10:00 in China.
MONDAY = 1_795_399_200.0
ME, OTHER = "tg:1", "tg:2"


@dataclass
class Room:
    """A base in service, its log, and a worker that publishes."""

    folder: Path
    office: Office
    worker: Ledger
    log: Log
    wait: float = 12 * HOUR
    matchers: list[Matcher] = field(default_factory=list)

    def serve(self, *accounts: str, rules: str = "") -> Matcher:
        """Put a base of some accounts in service."""
        text = "".join(unit(f"张家港市{'甲乙丙丁'[i]}局", a) for i, a in enumerate(accounts))
        matcher = matcher_of(self.folder, text, rules)
        if self.matchers:
            self.log.prepare(self.matchers[-1].base, matcher.base, TODAY)
            self.log.settle(matcher.base.digest)
        else:
            self.log.begin()
        self.matchers.append(matcher)
        return matcher

    @property
    def publisher(self) -> Publisher:
        """A publisher as a process that has just started has it: it knows nothing but what is in the ledger."""
        clocks = self.office.clocks
        return Publisher(self.worker, self.log, lambda: self.matchers[-1], lambda: clocks.now, self.wait)

    async def after(self, hours: float) -> int:
        """Let time pass and publish; how many letters are new."""
        self.office.clocks.now += hours * HOUR
        return await self.publisher.publish()

    async def told(self, language: str = "zh-Hans") -> list[tuple[str, News | None]]:
        """Send what is due: to whom, and what they read."""
        sends = await self.worker.outbox.claim(100)
        found = [(send.chat, await self._read(send, language)) for send in sends]
        for send in sends:
            await self.worker.outbox.sent(send)
        return sorted(found, key=lambda pair: pair[0])

    async def told_areas(self) -> list[tuple[str, list[str]]]:
        """Send what is due of areas: to whom, and which accounts."""
        sends = await self.worker.outbox.claim(100)
        for send in sends:
            await self.worker.outbox.sent(send)
        return [(send.chat, json.loads(send.payload)) for send in sends]

    async def _read(self, send: Send, language: str) -> News | None:
        follow = next(f for f in await self.worker.follows.of(send.chat) if f.about == send.about)
        matcher = self.matchers[-1]
        scene = Scene(matcher, desk(matcher).voice(language), TODAY)
        return news(Wait.of(json.loads(send.payload)), follow.kind, follow.since, follow.question, scene)


@pytest.fixture
async def room(tmp_path: Path, office: Office) -> Room:
    """A base whose account 港城甲号 leads nowhere, with a publisher that has begun its work."""
    made = Room(tmp_path / "knowledge", office, await office.open(), Log(tmp_path / "log.sqlite"))
    made.serve(UNSEEN, B, C)
    await made.publisher.publish()
    office.clocks.now += 1
    return made


async def texts(room: Room, language: str = "zh-Hans") -> list[str]:
    """Return what is read by whoever is told something."""
    return [read.text for _, read in await room.told(language) if read]


async def waits_for(room: Room, question: str) -> bool:
    """Tell whether news of a followed question waits."""
    return question_key(question) in Waiting.of(await room.worker.marks.get("followers") or "").waits


async def test_an_edit_taken_back_within_the_wait_is_never_told(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    await room.worker.follows.follow(OTHER, Kind.KNOWN, "a-wx")
    room.serve(TO_B, B, C)
    assert await room.after(0) == 0
    room.serve(UNSEEN, B, C)
    assert await room.after(11) == 0
    await room.after(13)
    assert await room.told() == [(ME, None)]
    assert len(await room.worker.follows.of(OTHER)) == 1


async def test_nothing_is_told_before_the_wait_is_over_and_a_further_edit_begins_it_anew(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    assert await room.after(0) == 0
    assert await room.after(11.9) == 0
    room.serve(TO_C, B, C)
    assert await room.after(0) == 0
    assert await room.after(11.9) == 0
    assert await room.after(0.1) == 1
    (text,) = await texts(room)
    assert "原来说:没见到公告原文" in text
    assert "港城丙号" in text
    assert "港城乙号" not in text


async def test_what_was_in_the_log_before_the_first_follower_is_told_to_nobody(
    tmp_path: Path, office: Office
) -> None:
    room = Room(tmp_path / "knowledge", office, await office.open(), Log(tmp_path / "log.sqlite"), wait=0)
    room.serve(UNSEEN, B)
    room.serve(TO_B, B)
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    assert await room.publisher.publish() == 0


async def test_a_log_that_arrives_after_the_worker_began_is_no_news_and_what_it_says_afterwards_is(
    tmp_path: Path, office: Office
) -> None:
    """As of a worker that was given an index by hand, and takes the log of another machine only later."""
    there = Log(tmp_path / "there.sqlite")
    room = Room(tmp_path / "knowledge", office, await office.open(), there, wait=0)
    for accounts in (UNSEEN, TO_B, TO_C, TO_B):
        room.serve(accounts, B, C)
    room.log = Log(tmp_path / "here.sqlite")
    await room.publisher.publish()
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    await room.worker.people.keep(OTHER, Settings(area="320582", digest="now"))
    room.log.path.write_text("not a log yet")
    assert await room.after(1) == 0
    there.path.replace(room.log.path)
    assert await room.after(1) == 0
    assert await room.after(1) == 0
    room.serve(TO_C, B, C)
    assert await room.after(1) == 2


async def test_who_follows_a_change_is_told_what_was_and_what_is_now_each_time(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    await room.after(0)
    assert await room.after(12) == 1
    (first,) = await texts(room)
    assert first.startswith("您关注的「港城甲号」(微信公众号)有变化。\n原来说:没见到公告原文,去向不能乱指\n")
    assert "现在看:「港城乙号」(微信公众号)" in first
    assert await room.after(100) == 0
    room.serve(TO_C, B, C)
    await room.after(0)
    assert await room.after(12) == 1
    (second,) = await texts(room)
    assert second.startswith(
        "更正:「港城甲号」(微信公众号),我们以前说的不对。\n原来说:现在看 「港城乙号」(微信公众号)\n"
    )


async def test_a_further_move_of_the_place_we_named_is_a_change_and_no_correction(room: Room) -> None:
    room.serve(TO_B, B, C)
    await room.after(24)
    await room.told()
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    moved = B.replace("active", "closed") + ", destinations: [{account: c-wx, basis: notice}], notice: named"
    room.serve(TO_B, moved, C)
    await room.after(0)
    await room.after(12)
    (text,) = await texts(room)
    assert text.startswith("您关注的")


async def test_who_waits_until_it_is_known_is_told_once_and_then_follows_no_more(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.KNOWN, "a-wx")
    room.serve(A.format("none"), B, C)  # another answer, still without a place to go
    await room.after(0)
    assert await room.after(12) == 0
    room.serve(TO_B, B, C)
    await room.after(0)
    assert await room.after(12) == 1
    (told,) = await room.told()
    assert told[1] is not None
    assert told[1].text.startswith("「港城甲号」(微信公众号)有去向了。\n")
    assert [c.choice for c in told[1].offers] == ["f.a-wx"]
    assert await room.worker.follows.of(ME) == []
    room.serve(TO_C, B, C)
    await room.after(0)
    assert await room.after(12) == 0


async def test_who_began_to_follow_after_the_change_has_read_it(room: Room) -> None:
    room.serve(TO_B, B, C)
    await room.after(0)
    room.office.clocks.now += HOUR
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    assert await room.after(11) == 1
    assert await room.told() == [(ME, None)]


async def test_who_followed_a_bad_edit_is_told_when_it_is_taken_back(room: Room) -> None:
    """Whoever asked meanwhile read the wrong answer: what is undone for others is a correction for them."""
    await room.worker.follows.follow(OTHER, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    await room.after(0)
    room.office.clocks.now += HOUR
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    room.serve(UNSEEN, B, C)
    await room.after(1)
    await room.after(12)
    told = dict(await room.told())
    assert told[OTHER] is None
    assert told[ME] is not None
    assert "原来说:现在看 「港城乙号」" in told[ME].text


async def test_who_follows_no_more_is_told_nothing(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    await room.after(0)
    await room.after(12)
    await room.worker.follows.unfollow(ME, Kind.CHANGE, "a-wx")
    assert await room.told() == []


async def test_a_publisher_killed_at_any_point_tells_everybody_once(room: Room) -> None:
    """Whatever of the ledger was written, and nothing after it: publishing again does what is left, and no more."""
    for chat in (ME, OTHER):
        await room.worker.follows.follow(chat, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    before = await room.worker.marks.get("followers")
    await room.after(0)
    heard = await room.worker.marks.get("followers")
    assert await room.after(12) == 2
    assert before is not None
    assert heard is not None
    await room.worker.marks.put("followers", heard)  # killed after the letters, before the bookmark
    assert await room.after(0) == 0
    assert len(await texts(room)) == 2
    await room.worker.marks.put("followers", before)  # an older state, as of a second worker
    assert await room.after(0) == 0
    assert await room.after(12) == 0


async def test_a_change_is_not_told_before_the_index_that_says_it_is_in_service(room: Room) -> None:
    """The log knows of an index a moment before a running bot takes it up."""
    room.wait = 0
    await room.worker.follows.follow(ME, Kind.KNOWN, "a-wx")
    after = room.serve(TO_B, B, C)
    room.matchers.pop()
    assert await room.after(0) == 0
    room.matchers.append(after)
    assert await room.after(0) == 1
    assert "有去向了" in (await texts(room))[0]


async def test_an_account_withdrawn_is_told_to_whoever_relies_on_it(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    await room.worker.follows.follow(OTHER, Kind.KNOWN, "a-wx")
    room.serve(B, C)
    await room.after(0)
    assert await room.after(12) == 2
    assert all(text.startswith("更正:这条我们撤下了") for text in await texts(room))


async def test_an_account_with_a_new_id_is_followed_on_and_only_its_id_is_no_news(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    (room.folder / "moved.yaml").write_text("- {id: a-wx, moved_to: a2-wx}\n", encoding="utf-8")
    room.serve(UNSEEN.replace("a-wx", "a2-wx"), B, C)
    await room.after(0)
    assert await room.after(12) == 0
    room.serve(TO_B.replace("a-wx", "a2-wx"), B, C)
    await room.after(0)
    assert await room.after(12) == 1
    (text,) = await texts(room)
    assert "原来说:没见到公告原文" in text


async def test_an_account_that_gets_a_new_id_while_its_letter_waits_is_told_all_the_same(room: Room) -> None:
    room.wait = 0
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    await room.worker.follows.follow(OTHER, Kind.KNOWN, "a-wx")
    room.serve(TO_B, B, C)
    assert await room.after(0.1) == 2
    (room.folder / "moved.yaml").write_text("- {id: a-wx, moved_to: a2-wx}\n", encoding="utf-8")
    room.serve(TO_B.replace("a-wx", "a2-wx"), B, C)
    assert await room.after(0.1) == 0
    told = await texts(room)
    assert len(told) == 2
    assert all("现在看:「港城乙号」" in text for text in told)
    assert [(f.kind, f.about) for f in await room.worker.follows.of(ME)] == [(Kind.CHANGE, "a2-wx")]
    assert await room.worker.follows.of(OTHER) == []


async def test_a_name_asked_in_vain_is_told_when_it_is_found_and_still_found_after_the_wait(
    room: Room,
) -> None:
    await room.worker.follows.follow_question(ME, "港城丁号 公众号")
    assert await room.after(24) == 0
    new = "id: d-wx, name: 港城丁号, platform: wechat, state: closed, notice: unseen"
    room.serve(UNSEEN, B, C, new)
    assert await room.after(0) == 0
    room.serve(UNSEEN, B, C)
    assert await room.after(13) == 0
    room.serve(UNSEEN, B, C, new)
    assert await room.after(0) == 0
    assert await room.after(12) == 1
    (text,) = await texts(room)
    assert text.startswith("您问过的「港城丁号 公众号」,查到了。\n")
    assert await room.worker.follows.of(ME) == []


async def test_a_worker_that_stands_on_an_older_index_delays_no_news_of_a_name_asked_in_vain(
    room: Room,
) -> None:
    await room.worker.follows.follow_question(ME, "港城丁号 公众号")
    new = "id: d-wx, name: 港城丁号, platform: wechat, state: closed, notice: unseen"
    older, newer = room.matchers[-1], room.serve(UNSEEN, B, C, new)
    other, clocks = await room.office.open(), room.office.clocks
    publishers = [
        Publisher(worker, room.log, lambda served=served: served, lambda: clocks.now, 12 * HOUR)  # type: ignore[misc]
        for worker, served in ((room.worker, newer), (other, older))
    ]
    for _ in range(12):
        for publisher in publishers:
            assert await publisher.publish() == 0
        clocks.now += HOUR
    assert await publishers[1].publish() == 0  # it could not say what was found
    assert await publishers[0].publish() == 1


async def test_an_index_that_is_put_back_is_asked_again_and_so_is_one_that_no_log_knows(room: Room) -> None:
    new = "id: d-wx, name: 港城丁号, platform: wechat, state: closed, notice: unseen"
    await room.worker.follows.follow_question(ME, "港城丁号 公众号")
    for accounts, waits in (((), False), ((new,), True), ((), False)):
        room.serve(UNSEEN, B, C, *accounts)
        await room.after(0)
        assert await waits_for(room, "港城丁号 公众号") == waits
    room.log = Log(room.folder.parent / "none.sqlite")
    room.serve(UNSEEN, B, C, new)
    room.log.path.unlink()
    await room.after(0)
    assert await waits_for(room, "港城丁号 公众号")


async def test_news_is_told_in_the_followers_language(room: Room) -> None:
    await room.worker.follows.follow(ME, Kind.CHANGE, "a-wx")
    room.serve(TO_B, B, C)
    await room.after(0)
    await room.after(12)
    (text,) = await texts(room, "en")
    assert "which you follow, has changed" in text
    assert "We said: “没见到公告原文,去向不能乱指”" in text


def test_what_there_is_to_follow_depends_on_whether_an_answer_has_a_place_to_go(tmp_path: Path) -> None:
    text = "".join(unit(f"张家港市{'甲乙'[i]}局", a) for i, a in enumerate((UNSEEN, B)))
    matcher = matcher_of(tmp_path / "knowledge", text)
    assert following("a-wx", matcher) is Kind.KNOWN
    assert following("b-wx", matcher) is Kind.CHANGE
    assert following("nobody", matcher) is Kind.KNOWN


async def test_two_workers_that_take_up_a_change_at_once_tell_an_area_once(room: Room) -> None:
    await room.worker.people.keep(ME, Settings(area="320582", digest="now"))
    other, clocks = await room.office.open(), room.office.clocks
    publishers = [
        Publisher(worker, room.log, lambda: room.matchers[-1], lambda late=late: clocks.now + late, 0.0)  # type: ignore[misc]
        for worker, late in ((room.worker, 0.0), (other, 0.3))
    ]
    room.serve(TO_B, B, C)
    # As if both had read the bookmark before either wrote it.
    before = await room.worker.marks.get("followers")
    assert before is not None
    for publisher in publishers:
        await room.worker.marks.put("followers", before)
        await publisher.publish()
    clocks.now += 1
    assert await room.told_areas() == [(ME, ["a-wx"])]


async def test_a_log_that_was_begun_anew_is_said_once_and_not_while_it_is_only_late(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    for accounts in (TO_B, UNSEEN, TO_B):
        room.serve(accounts, B, C)
    await room.after(0)
    room.log = Log(room.folder.parent / "another.sqlite")
    room.serve(TO_C, B, C)
    publisher = room.publisher
    for minutes, said in ((0, 0), (59, 0), (1, 1), (600, 1)):
        room.office.clocks.now += minutes * 60
        await publisher.publish()
        assert caplog.text.count("published.sqlite 复制到") == said
    assert "只到第 1 条,关注的通知已经读到第 3 条" in caplog.text


async def test_a_weekly_digest_comes_once_on_monday_with_what_changed_since(room: Room) -> None:
    await room.worker.people.keep(ME, Settings(area="320582", digest="weekly"))
    await room.worker.people.keep(OTHER, Settings(area="110000", digest="weekly"))
    room.office.clocks.now = MONDAY - 3 * 24 * HOUR
    await room.publisher.publish()
    await room.told_areas()
    room.serve(TO_B, B, C)
    await room.after(0)
    assert await room.after(24) == 0
    room.office.clocks.now = MONDAY + 60
    assert await room.after(0) == 1
    assert await room.told_areas() == [(ME, ["a-wx"])]
    assert await room.after(7 * 24) == 0


def test_a_week_begins_on_monday_at_ten_in_china() -> None:
    assert week_of(MONDAY) == week_of(MONDAY - 1) + 1 == week_of(MONDAY + 7 * 24 * HOUR - 1)


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 30)), min_size=1, max_size=8),
    st.floats(0, 200),
    st.booleans(),
)
def test_a_follower_is_told_exactly_when_the_answer_is_another_than_the_one_they_read(
    edits: list[tuple[str, float]], since: float, restarts: bool
) -> None:
    """Whatever was edited, when, and whenever they began to follow, with a process that ends after each edit or not."""
    matcher: Any = SimpleNamespace(base=SimpleNamespace(moved=lambda account: account))
    waiting, now, said = Waiting(), 0.0, "A"
    read = said
    for number, (version, hours) in enumerate(edits, 1):
        now += hours
        if now < since:  # at the very same moment nobody knows which one they read: they are told
            read = version
        if version != said:
            change = Change(number, "", "a-wx", said, version, f"says {said}", f"says {version}")
            waiting = waiting.heard([change], matcher, now)
        said = version
        if restarts:
            waiting = Waiting.of(waiting.text())
    found = [w for w in waiting.due(now + 12, 12) if not w.is_undone or w.before(since)]
    told = found[0].before(since) if found and since <= now else None
    assert (told is not None) == (read != said and since <= now)
    assert told is None or told.version == read
