"""The index in service is replaced whole, or not at all: what is broken is never served, what is being read stays."""

from __future__ import annotations

import gc
import logging
import os
import re
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, TODAY
from fewplaces import edit, few_places

from bot import index
from bot.dialogue import Message, answer
from bot.index import Base, overlay_of
from bot.live import Live
from bot.matcher import Matcher, Verdict
from bot.talk.desk import desk
from tests.botapi import ThreadedBotApi

# How long something may take on a busy machine before a test gives up, in seconds.
PATIENCE = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder of few places, so that building it again and again is soon done."""
    return few_places(tmp_path / "knowledge")


def names(live: Live, *asked: str) -> list[bool]:
    """Tell which names the matcher in service answers."""
    matcher = live.matcher()
    return [matcher.match(name).verdict is Verdict.SURE for name in asked]


@pytest.fixture
def target(folder: Path, tmp_path: Path) -> Path:
    """An index of one account, 换来换去."""
    edit(folder, "换来换去")
    path = tmp_path / "i.sqlite"
    assert index.build(folder, path, TODAY).errors == []
    return path


@pytest.fixture
def live(target: Path) -> Live:
    """What holds the index in service; it looks when it is told to."""
    return Live(target, Matcher(Base(target)))


def torn(path: Path) -> bytes:
    """Return an index of which a page in the middle is nonsense."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xa5" * 4096
    return bytes(data)


@pytest.mark.parametrize("broken", ["empty", "text", "half", "torn", "one bit", "other format", "gone"])
def test_a_broken_index_is_never_served_and_reported_once(
    target: Path, live: Live, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    good = target.read_bytes()
    content = {
        "empty": b"",
        "text": b"no index",
        "half": good[: len(good) // 2],
        "torn": torn(target),
        "one bit": good[:-100] + bytes([good[-100] ^ 1]) + good[-99:],
        "other format": good.replace(b"format", b"farmot"),
    }
    before = live.matcher()
    aside = tmp_path / "aside"
    if broken == "gone":
        target.unlink()
    else:
        aside.write_bytes(content[broken])
        aside.replace(target)
    for _ in range(4):
        live.look()
    assert live.matcher() is before
    assert names(live, "换来换去") == [True]
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    assert str(target) in caplog.text
    assert "bot.py build" in caplog.text


def test_a_broken_overlay_is_never_served_nor_the_index_without_it(
    folder: Path, target: Path, live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    edit(folder, "换了一个")
    index.update(folder, target, TODAY)
    live.look()
    assert names(live, "换来换去", "换了一个") == [False, True]
    overlay_of(target).write_bytes(torn(overlay_of(target)))
    for _ in range(3):
        live.look()
    assert names(live, "换来换去", "换了一个") == [False, True]
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1


def test_after_a_broken_index_a_good_one_is_taken_up(folder: Path, target: Path, live: Live) -> None:
    target.write_bytes(b"")
    live.look()
    live.look()
    edit(folder, "换了一个")
    index.build(folder, target, TODAY)
    live.look()
    assert names(live, "换来换去", "换了一个") == [False, True]


def test_what_did_not_change_is_not_read_again(target: Path, live: Live) -> None:
    before = live.matcher()
    live.look()
    assert live.matcher() is before
    os.utime(target)
    live.look()
    assert live.matcher() is not before


def test_an_overlay_an_index_built_anew_and_a_revert_are_taken_up(
    folder: Path, target: Path, live: Live
) -> None:
    edit(folder, "换了一个")
    index.update(folder, target, TODAY)
    live.look()
    assert names(live, "换来换去", "换了一个") == [False, True]
    edit(folder, "换来换去")
    index.update(folder, target, TODAY)
    assert not overlay_of(target).exists()
    live.look()
    assert names(live, "换来换去", "换了一个") == [True, False]
    edit(folder, "又换一个")
    index.build(folder, target, TODAY)
    live.look()
    assert names(live, "换来换去", "又换一个") == [False, True]


def test_a_question_under_way_goes_on_with_the_matcher_it_began_with(
    folder: Path, target: Path, live: Live
) -> None:
    asked = live.matcher()
    edit(folder, "换了一个")
    index.build(folder, target, TODAY)
    live.look()
    assert asked.match("换来换去").verdict is Verdict.SURE
    assert names(live, "换来换去") == [False]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux tells them")
def test_old_files_are_closed_once_nobody_reads_them(folder: Path, target: Path, live: Live) -> None:
    gc.disable()  # no collector is needed: nothing that holds a file is in a cycle
    try:
        asked = live.matcher()
        for number in range(5):
            edit(folder, f"换了{number}个")
            (index.build if number % 2 else index.update)(folder, target, TODAY)
            live.look()
        assert sorted(_open(target)) == sorted([f"{target} (deleted)", str(target), str(overlay_of(target))])
        gone = weakref.ref(asked)
        del asked
        assert gone() is None
        assert sorted(_open(target)) == sorted([str(target), str(overlay_of(target))])
    finally:
        gc.enable()


def _open(target: Path) -> list[str]:
    """Return the files beside an index that this process has open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            name = str(link.readlink())
        except OSError:
            continue
        if name.startswith(str(target)):
            found.append(name)
    return found


def test_it_watches_until_it_is_left(folder: Path, target: Path) -> None:
    with Live(target, Matcher(Base(target)), every=0.01) as live:
        edit(folder, "换了一个")
        index.update(folder, target, TODAY)
        until(lambda: names(live, "换了一个") == [True])
    edit(folder, "又换一个")
    index.update(folder, target, TODAY)
    assert names(live, "换了一个") == [True]
    assert "live-index" not in [t.name for t in threading.enumerate()]


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


# Each state of this knowledge is a number that stands in two files: whoever reads both must read the same.
TWIN = """
place: "%s"
units:
  - name: 张家港市第%d号局
    accounts:
      - id: shuang-%s
        name: 成双成对%s
        platform: wechat
        state: renamed
        notice: named
        announced: 2024-04-15
        destinations: [{name: 第%d号新账号, platform: wechat, basis: notice}]
        checked: 2024-06-15
        sources: [{publisher: 某某日报, date: 2024-06-02}]
"""


def put(folder: Path, number: int) -> None:
    """Make a folder hold one state."""
    for twin, place in (("a", "320582"), ("b", "320581")):
        text = TWIN % (place, number, twin, twin, number)
        (folder / "accounts" / f"{twin}.yaml").write_text(text, encoding="utf-8")


def said(text: str) -> set[str]:
    """Return the numbers that a text speaks of."""
    return set(re.findall(r"第(\d+)号", text))


def test_readers_meet_whole_states_only_while_the_index_is_replaced_again_and_again(
    folder: Path, tmp_path: Path
) -> None:
    put(folder, 0)
    target = tmp_path / "i.sqlite"
    index.build(folder, target, TODAY)
    met: list[set[str]] = []
    done = threading.Event()
    with Live(target, Matcher(Base(target)), every=0.005) as live:

        def read() -> None:
            while not done.is_set():
                matcher = live.matcher()
                held = [matcher.base.holder(i) for i in ("shuang-a", "shuang-b")]
                met.append(said(f"{held} {matcher.match('成双成对a').accounts}"))

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(1, 16):
            put(folder, number)
            built = (index.update if number % 3 else index.build)(folder, target, TODAY)
            assert built is not None
            assert built.errors == []
        until(lambda: met[-1] == {"15"})
        done.set()
        for reader in readers:
            reader.join()
    assert all(len(numbers) == 1 for numbers in met)
    assert len({*map(frozenset, met)}) > 2


def test_the_running_bot_answers_every_message_once_while_maintainers_build(
    folder: Path, tmp_path: Path
) -> None:
    """The real bot on the Bot API emulator, `bot.py build` beside it, right and wrong edits and a torn index."""
    target = tmp_path / "data" / "i.sqlite"
    flags = ["--knowledge", str(folder), "--index", str(target)]
    put(folder, 0)
    assert built(flags) == 0
    texts: list[str] = []
    with ThreadedBotApi() as api, running(api, flags, tmp_path / "log"):
        api.until(lambda: api.called("getUpdates"), timeout=PATIENCE)
        people = [api.user() for _ in range(8)]
        asked = 0

        def ask() -> None:
            nonlocal asked
            for person in people:
                api.say(person, f"成双成对{'ab'[asked % 2]}")
                asked += 1
            texts.extend(api.next_reply(person, timeout=PATIENCE).text for person in people)

        for number in range(1, 4):
            put(folder, number)
            process = start_build(flags)
            while process.poll() is None:
                ask()
            assert process.returncode == 0
        # The bot looks every so often: until it has looked, the state before is what is in service.
        late = time.monotonic() + PATIENCE
        while [said(text) for text in texts[-len(people) :]] != [{"3"}] * len(people):
            assert time.monotonic() < late
            ask()
        (folder / "accounts" / "a.yaml").write_text("units: [", encoding="utf-8")
        assert built(flags) == 1
        aside = tmp_path / "aside"
        aside.write_bytes(torn(target))
        aside.replace(target)
        log = tmp_path / "log"
        api.until(lambda: "还在用原来的" in log.read_text(encoding="utf-8"), timeout=PATIENCE)
        ask()
        assert [said(text) for text in texts[-len(people) :]] == [{"3"}] * len(people)
        assert len(texts) == asked
        for person in people:
            api.no_reply(person, within=0.01)
        assert api.problems == []
    assert all(len(said(text)) == 1 for text in texts)
    assert log.read_text(encoding="utf-8").count("还在用原来的") == 1


def start_build(flags: list[str]) -> subprocess.Popen[bytes]:
    """Run `build` as a maintainer does."""
    return subprocess.Popen([sys.executable, "bot.py", "build", *flags], cwd=ROOT)


def built(flags: list[str]) -> int:
    """Run `build` to its end; return its exit code."""
    return start_build(flags).wait(PATIENCE)


@contextmanager
def running(api: ThreadedBotApi, flags: list[str], log: Path) -> Iterator[None]:
    """Run the bot as an operator does, until the block ends."""
    # A ledger of its own: one that outlives the test knows these updates as answered.
    env = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_BASE": api.base_url,
        "DATA_DIR": str(log.parent),
        "PERSON_LIMIT": "0",  # whoever asks as fast as the bot answers would soon be asked to wait
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "bot.py", "run", *flags], cwd=ROOT, env=env, stdout=out, stderr=out
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_an_index_that_nobody_reads_any_more_is_let_go_of_at_once(index_file: Path) -> None:
    """Not when cycles are looked for next, which is seldom: until then each one replaced would stay in memory."""
    gc.disable()
    try:
        matcher = Matcher(Base(index_file))
        for text in ("水润港城", "张家港的水利", "zjgfb"):
            assert answer(Message(text), matcher, TODAY).text
        held = [weakref.ref(matcher), weakref.ref(matcher.base), weakref.ref(desk(matcher))]
        del matcher
        assert [one() for one in held] == [None] * 3
    finally:
        gc.enable()
