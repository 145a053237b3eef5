"""`queue`: nothing is settled by mistake; a notice is put in, merged or sent back, and who asked hears of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from conftest import state_of

from bot.cli import main
from bot.knowledge import read
from bot.ledger import Ledger, Send, Waiting, open_ledger

T = TypeVar("T")
NOTICE = """关于“平湖科普”微信公众号停止更新的公告
因工作需要,“平湖科普”微信公众号自2024年7月1日起停止更新,后续信息请关注“平湖发布”微信公众号。
平湖市科学技术协会
2024年6月28日"""
RECORD = """place: "330482"
units:
  - name: 平湖市科学技术协会
    accounts:
      - id: pinghukepu-wx
        name: 平湖科普
        platform: wechat
        state: closing
        stopped: 2024-08-01  # 报上写的
        notice: unseen
        checked: 2024-06-15
        sources: [{publisher: 新京报, date: 2024-06-02}]
"""


class Queue:
    """A ledger file, a knowledge folder, and the command run on both."""

    def __init__(self, folder: Path, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.ledger, self._capsys = folder, ledger, capsys

    def ask(self, work: Callable[[Ledger], Awaitable[T]]) -> T:
        """Do something in the ledger."""

        async def done() -> T:
            ledger = await open_ledger(self.ledger, time.time, time.monotonic)
            try:
                return await work(ledger)
            finally:
                await ledger.close()

        return asyncio.run(done())

    def put(self, text: str = NOTICE, **more: object) -> int:
        """Put a notice into the queue; its number."""
        return self.ask(lambda ledger: ledger.drafts.put(text, **more))  # type: ignore[arg-type]

    def one(self, number: int) -> Waiting | None:
        """Return a notice."""
        return self.ask(lambda ledger: ledger.drafts.one(number))

    def letters(self) -> list[Send]:
        """Return what is to be sent."""
        return self.ask(lambda ledger: ledger.outbox.claim(9))

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run the command; its exit code and what it says."""
        code = main(["queue", *words, "--knowledge", str(self.folder), "--ledger", str(self.ledger)])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def refused(self, *words: str) -> str:
        """Run a command that is refused and changes nothing; what it says."""
        before = state_of(self.folder)
        code, _, err = self.run(*words)
        assert code in (1, 2)
        assert state_of(self.folder) == before
        return err

    def record(self) -> Path:
        """Put a record of the account into the knowledge; its file."""
        path = self.folder / "accounts" / "zhejiang" / "pinghu.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RECORD, encoding="utf-8")
        return path


@pytest.fixture
def queue(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Queue:
    return Queue(folder, tmp_path / "ledger.sqlite", capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--apply"], "第几份"),
        (["--reject", "x"], "第几份"),
        (["1", "--reject", " "], "写一句为什么"),
        (["1", "--write"], "--merge"),
        (["9"], "没有第 9 份"),
        (["9", "--apply"], "没有第 9 份"),
        (["1", "--account", "5"], "没有读出"),
        (["1", "--account", "0"], "没有读出"),
        (["1", "--merge", "meiyou"], "没有编号"),
    ],
    ids=" ".join,
)
def test_what_is_asked_wrongly_is_told_and_nothing_is_settled(
    queue: Queue, words: list[str], said: str
) -> None:
    number = queue.put()
    assert said in queue.refused(*words)
    waiting = queue.one(number)
    assert waiting is not None
    assert waiting.state == "open"


def test_a_ledger_that_cannot_be_opened_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "no.sqlite"
    bad.write_text("这不是账本" * 200)
    assert main(["queue", "--knowledge", str(folder), "--ledger", str(bad)]) == 1
    assert "不是账本" in capsys.readouterr().err


def test_an_empty_queue_says_so(queue: Queue) -> None:
    assert queue.run() == (0, "没有要处理的公告。\n", "")


def test_what_waits_is_listed_with_how_many_sent_it(queue: Queue) -> None:
    queue.put(chat="tg:1")
    queue.put(chat="tg:2")
    queue.put("“平湖体育”微博、抖音号已注销。", url="https://a.cn/1")
    _, out, _ = queue.run()
    first, second, *_ = out.splitlines()
    assert "平湖科普(微信公众号、平湖市科学技术协会)" in first
    assert first.endswith("2 人转来")
    assert "等 2 个" in second
    assert second.endswith("https://a.cn/1")


def test_one_that_is_opened_shows_its_words_its_draft_and_what_is_nearly_the_same(queue: Queue) -> None:
    queue.record()
    number = queue.put()
    code, out, _ = queue.run(str(number))
    assert code == 0
    assert NOTICE in out
    assert "name: 平湖科普" in out
    assert f"queue --knowledge {queue.folder} {number} --merge pinghukepu-wx" in out


def test_a_rejected_notice_tells_its_sender_why_and_is_settled_for_good(queue: Queue) -> None:
    number = queue.put(chat="tg:1", tell=True)
    code, out, _ = queue.run(str(number), "--reject", "不是公告")
    assert (code, "会告诉 1 个" in out) == (0, True)
    (letter,) = queue.letters()
    assert json.loads(letter.payload)["reason"] == "不是公告"
    assert "已经处理过了:退回了:不是公告" in queue.refused(str(number), "--apply")


def test_an_applied_notice_is_in_the_knowledge_and_settled(queue: Queue) -> None:
    number = queue.put(chat="tg:1", tell=True)
    code, out, _ = queue.run(str(number), "--apply")
    assert code == 0
    assert "处理完了" in out
    account = next(a for u in read(queue.folder).units for a in u.accounts if a.name == "平湖科普")
    waiting = queue.one(number)
    assert waiting is not None
    assert (waiting.state, waiting.entry) == ("applied", account.id)
    assert json.loads(queue.letters()[0].payload)["fate"] == "applied"


def test_a_notice_with_an_account_left_over_stays_open(queue: Queue) -> None:
    number = queue.put(
        "关于停止更新的公告\n“平湖科普”微信公众号、“平湖少科”微博自2024年7月1日起停止更新。\n平湖市科学技术协会\n2024年6月28日"
    )
    _, out, _ = queue.run(str(number), "--apply", "--account", "1")
    assert "还有没处理的,先留着:平湖少科" in out
    code, out, _ = queue.run(str(number), "--apply", "--account", "2")
    assert "处理完了" in out
    assert code == 0


def test_what_cannot_be_applied_stays_open(queue: Queue) -> None:
    number = queue.put("“幸福里科普”微信公众号停止更新。")
    assert "place: 没有写" in queue.refused(str(number), "--apply")
    code, _, _ = queue.run(str(number), "--apply", "--place", "平湖市")
    assert code == 0


def test_a_merge_is_shown_before_it_is_written(queue: Queue) -> None:
    queue.record()
    number = queue.put()
    before = state_of(queue.folder)
    code, out, _ = queue.run(str(number), "--merge", "pinghukepu-wx")
    assert code == 0
    assert state_of(queue.folder) == before
    row = next(line for line in out.splitlines() if line.startswith("停更日期"))
    assert row.split() == ["停更日期", "2024-08-01", "2024-07-01", "不一样,两个都留"]
    assert "--write" in out


def test_a_merge_keeps_both_words_and_the_comment_and_settles(queue: Queue) -> None:
    path = queue.record()
    number = queue.put(chat="tg:1", tell=True)
    code, out, err = queue.run(str(number), "--merge", "pinghukepu-wx", "--write")
    assert (code, err) == (0, "")
    assert "处理完了" in out
    text = path.read_text(encoding="utf-8")
    assert "stopped: 2024-08-01  # 报上写的" in text
    account = next(a for u in read(queue.folder).units for a in u.accounts if a.id == "pinghukepu-wx")
    assert [(d.what, d.says, d.source.publisher) for d in account.differs] == [
        ("停更日期", "2024-07-01", "平湖市科学技术协会")
    ]
    assert [d.name for d in account.destinations] == ["平湖发布"]
    assert len(account.sources) == 2
    waiting = queue.one(number)
    assert waiting is not None
    assert (waiting.state, waiting.entry) == ("merged", "pinghukepu-wx")


def test_of_several_accounts_the_one_of_that_name_and_platform_is_merged(queue: Queue) -> None:
    queue.record()
    number = queue.put(NOTICE.replace("“平湖科普”微信公众号自", "“平湖科普”微信公众号、视频号自"))
    code, out, _ = queue.run(str(number), "--merge", "pinghukepu-wx", "--write")
    assert code == 0
    assert "先留着:平湖科普(微信视频号" in out
