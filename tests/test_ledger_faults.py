"""What fails is told with what to do, loses nothing that was acknowledged, and mends by itself when its cause is gone."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ledger_worker
import postgres
import psycopg
import pytest
from conftest import ROOT
from ledgers import Clocks, Office, numbers, ready, update

from bot import ledger
from bot.ledger import (
    Ledger,
    LedgerError,
    Letter,
    TroubleError,
    batching,
    open_ledger,
    schema,
    sqlite,
)
from bot.ledger.database import Database

IN_A_FILE = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
ON_A_SERVER = pytest.mark.parametrize("ledger_url", ["postgresql"], indirect=True)
UPDATES = 200
WORKER = [sys.executable, str(ROOT / "tests" / "ledger_worker.py")]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up early, so that a test that waits in vain is short."""
    monkeypatch.setattr(batching, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(batching, "AGAIN", 0.02)
    monkeypatch.setattr(sqlite, "PATIENCE", 0.01)


async def opened(url: str) -> Ledger:
    """Open a ledger with clocks that stand still."""
    clocks = Clocks()
    return await open_ledger(url, lambda: clocks.now, lambda: clocks.steady)


async def refusal(url: str) -> str:
    """Return why a ledger cannot be opened."""
    with pytest.raises(LedgerError) as caught:
        await opened(url)
    return str(caught.value)


async def run(ledger: Ledger, *statements: str) -> None:
    """Run statements on the connection that writes."""

    def job(database: Database, asked: Sequence[None]) -> Sequence[None]:
        for statement in statements:
            database.run(statement)
        return [None] * len(asked)

    await ledger._store.writes.ask(job, None)


# What cannot be opened


async def test_a_newer_ledger_is_refused_and_left_as_it_is(office: Office) -> None:
    worker = await office.open()
    await run(worker, "update ledger_schema set version = 99")
    await office.leave(worker)
    assert await refusal(office.url) == (
        f"账本是更新的版本写的(第 99 版),这个程序只认到第 {schema.NEWEST} 版,不敢动它。"
        "请升级程序;要退回旧程序,就换回升级前的备份。"
    )


async def test_a_database_with_other_tables_is_refused(ledger_url: str) -> None:
    connect: Callable[[str], Any] = (
        psycopg.connect if ledger_url.startswith("postgresql") else sqlite3.connect
    )
    db = connect(ledger_url)
    db.execute("create table unit (id text)")
    db.commit()
    db.close()
    assert await refusal(ledger_url) == (
        "这个数据库里已有别的表(unit 等),不是账本,不敢动它。换一个空的文件、数据库或 schema。"
    )


async def test_a_schema_without_its_version_is_refused(office: Office) -> None:
    worker = await office.open()
    await run(worker, "delete from ledger_schema")
    await office.leave(worker)
    assert "里面没有版本" in await refusal(office.url)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to have the header of one " * 20)
    assert await refusal(str(path)) == (
        f"{path} 不是账本(file is not a database)。换个文件名,或把原来的账本放回去。"
    )
    assert "not a database" in path.read_text()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "data"
    assert await refusal(f"{folder}/ledger.sqlite") == (
        f"账本的文件夹 {folder} 建不了(Not a directory)。换个地方,或检查权限。"
    )


async def test_a_folder_in_the_ledger_s_place_is_told(tmp_path: Path) -> None:
    assert await refusal(str(tmp_path)) == (
        f"账本 {tmp_path} 打不开(unable to open database file)。检查文件夹在不在、有没有写的权限。"
    )


async def test_an_address_of_another_kind_is_refused_without_its_password() -> None:
    assert await refusal("mysql://me:secret@host/db") == (
        "不认得账本的地址 mysql://…。写一个文件名,或 postgresql://用户@主机/库名。"
    )


async def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.ledger.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert await refusal("postgresql://host/db") == (
        "账本用 PostgreSQL 要先装 psycopg:python -m pip install 'psycopg[binary]>=3.3,<4'"
    )


@pytest.mark.usefixtures("hasty")
async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    text = await refusal("postgresql://me:secret@127.0.0.1:1/db?connect_timeout=1")
    assert text.startswith("账本的 PostgreSQL 连不上或正忙(")
    assert text.endswith("会自动再试;一直这样,检查服务器和 LEDGER_URL。")
    assert "secret" not in text


# Migration


async def test_workers_that_start_together_make_the_tables_once(office: Office) -> None:
    workers = await asyncio.gather(*(office.open() for _ in range(5)))
    assert (await workers[0].counts()).workers == 5


async def test_an_older_ledger_is_brought_up_to_date_and_keeps_what_it_holds(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await office.open()
    await old.inbox.receive([update(1)])
    await office.leave(old)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, ("alter table inbox add column channel text",)))
    monkeypatch.setattr(schema, "NEWEST", schema.NEWEST + 1)
    new = await office.open()
    await run(new, "update inbox set channel = 'telegram'")
    assert numbers(ready(new)) == [1]
    await office.leave(new)
    monkeypatch.undo()
    assert f"第 {schema.NEWEST + 1} 版" in await refusal(office.url)


async def test_a_migration_that_fails_leaves_the_ledger_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await office.open()
    await old.inbox.receive([update(1)])
    await office.leave(old)
    steps = ("alter table inbox add column channel text", "alter table nothing add column x text")
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, steps))
    monkeypatch.setattr(schema, "NEWEST", schema.NEWEST + 1)
    with pytest.raises((sqlite3.Error, psycopg.Error)):
        await opened(office.url)
    monkeypatch.undo()
    again = await office.open()
    assert numbers(ready(again)) == [1]


# Trouble that comes and goes


@IN_A_FILE
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("pragma", "says"),
    [
        ("max_page_count = 1", "磁盘满了,账本 {path} 写不进(database or disk is full)。腾出空间就会接着写,不用重启。"),
        ("query_only = on", "账本 {path} 是只读的(attempt to write a readonly database)。检查文件权限,和磁盘是不是挂成了只读。"),
    ],
)  # fmt: skip
async def test_a_disk_that_takes_no_more_is_told_and_used_again_when_it_does(
    office: Office, pragma: str, says: str
) -> None:
    worker = await office.open()
    await run(worker, f"pragma {pragma}")
    with pytest.raises(TroubleError) as caught:
        await worker.inbox.receive([update(n, f"tg:{n}", "x" * 9000) for n in range(50)])
    assert str(caught.value) == says.format(path=office.url)
    assert await worker.inbox.receive([update(1)]) == 1


@IN_A_FILE
@pytest.mark.usefixtures("hasty")
async def test_what_was_handled_while_the_disk_took_nothing_is_kept_when_it_does(office: Office) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    (claim,) = ready(worker)
    with no_file_grows_past(0):
        with pytest.raises(TroubleError, match="读写出错"):
            await worker.inbox.receive([update(2)])
        done = asyncio.create_task(worker.inbox.done(claim))
        with pytest.raises(TroubleError, match="读写出错"):
            await worker.inbox.receive([update(3)])
        assert not done.done()
    await done
    assert await worker.inbox.receive([update(1)]) == 0
    assert (await worker.counts()).waiting == 0


@IN_A_FILE
@pytest.mark.usefixtures("hasty")
async def test_a_ledger_held_by_another_program_is_told(office: Office) -> None:
    worker = await office.open()
    holder = sqlite3.connect(office.url, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(TroubleError, match="正被别的程序占着") as caught:
        await worker.inbox.receive([update(1)])
    assert caught.value.passing
    holder.execute("rollback")
    assert await worker.inbox.receive([update(1)]) == 1


@IN_A_FILE
async def test_the_event_loop_goes_on_while_the_ledger_is_held(office: Office) -> None:
    """Were it blocked, nobody would let go of the ledger, and there would be trouble."""
    worker = await office.open()
    holder = sqlite3.connect(office.url, isolation_level=None)
    holder.execute("begin immediate")
    kept = asyncio.create_task(worker.inbox.receive([update(1)]))
    await asyncio.sleep(0.05)
    assert not kept.done()
    assert await worker.people.recall("tg:1") == {}
    holder.execute("rollback")
    assert await kept == 1


@ON_A_SERVER
async def test_connections_that_are_cut_are_made_again_unseen(
    office: Office, postgresql: postgres.Server
) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    with psycopg.connect(postgresql.url(), autocommit=True) as db:
        db.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'quxiang'"
        )
    assert (await worker.counts()).waiting == 1
    assert await worker.inbox.receive([update(2)]) == 1


@ON_A_SERVER
@pytest.mark.usefixtures("hasty")
async def test_a_server_that_crashes_and_comes_back_has_lost_and_doubled_nothing(
    office: Office, postgresql: postgres.Server
) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1), update(2)])
    await worker.outbox.put([Letter("a", "tg:1", "", 0)])
    (claim,) = ready(worker)
    (send,) = await worker.outbox.claim(1)
    postgresql.stop("immediate")
    try:
        with pytest.raises(TroubleError, match="连不上或正忙"):
            await worker.inbox.receive([update(3)])
        ended = asyncio.gather(worker.inbox.done(claim), worker.outbox.sent(send))
        await asyncio.sleep(0.1)
        assert not ended.done()
    finally:
        postgresql.start()
    await ended
    assert numbers(ready(worker)) == [2]
    assert await worker.inbox.receive([update(1), update(3)]) == 1
    assert await worker.outbox.claim(1) == []


@ON_A_SERVER
@pytest.mark.usefixtures("hasty")
async def test_a_server_that_only_reads_is_told_and_left_for_one_that_writes(office: Office) -> None:
    worker = await office.open()
    await run(worker, "set default_transaction_read_only = on")
    with pytest.raises(TroubleError, match="只能读"):
        await worker.inbox.receive([update(1)])
    assert await worker.inbox.receive([update(1)]) == 1


@IN_A_FILE
@pytest.mark.usefixtures("hasty")
async def test_trouble_while_closing_leaves_what_is_in_hand_to_the_next(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    worker = await office.open()
    await worker.inbox.receive([update(1)])
    holder = sqlite3.connect(office.url, isolation_level=None)
    holder.execute("begin immediate")
    await office.leave(worker)
    assert "正被别的程序占着" in caplog.text
    holder.execute("rollback")
    assert numbers(ready(await office.open())) == [1]


@IN_A_FILE
@pytest.mark.usefixtures("hasty")
async def test_who_attends_tells_of_trouble_and_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ledger, "LOOK", 0.01)
    worker, gone = await office.open(), await office.open()
    await gone.inbox.receive([update(1)])
    holder = sqlite3.connect(office.url, isolation_level=None)
    holder.execute("begin immediate")
    attending = asyncio.create_task(worker.attend())
    while "正被别的程序占着" not in caplog.text:  # noqa: ASYNC110  # the log has no event
        await asyncio.sleep(0.01)
    holder.execute("rollback")
    await office.leave(gone)
    assert (await worker.inbox.next()).id == 1
    attending.cancel()


async def test_a_mistake_in_one_request_spoils_no_other(office: Office) -> None:
    def divide(_: Database, asked: Sequence[int]) -> Sequence[float]:
        return [1 / number for number in asked]

    worker = await office.open()
    ask = worker._store.writes.ask
    one, none, two, kept = await asyncio.gather(
        ask(divide, 1),
        ask(divide, 0),
        ask(divide, 2),
        worker.inbox.receive([update(1)]),
        return_exceptions=True,
    )
    assert (one, two, kept) == (1, 0.5, 1)
    assert isinstance(none, ZeroDivisionError)


# Killed, and many at once


async def test_all_that_was_acknowledged_is_there_after_kill_9(office: Office) -> None:
    said = killed(office.url, lines=300)
    kept, done = set(said["kept"]), set(said["done"])
    assert done
    worker = await office.open()
    await office.outlive(worker)
    replayed = []
    while claims := ready(worker):
        replayed += numbers(claims)
        for claim in claims:
            await worker.inbox.done(claim)
        await worker.inbox.look()
    assert kept <= done | set(replayed) | handled_at_the_end(said)
    assert not done & set(replayed)
    assert len(replayed) == len(set(replayed))
    assert_in_order(replayed)
    assert await worker.inbox.receive([update(n) for n in sorted(kept)]) == 0


def test_two_processes_handle_each_update_once_and_in_order_within_a_chat(ledger_url: str) -> None:
    """Both are sent every update, as when a webhook's answer is lost."""
    workers = [begun(ledger_url, UPDATES) for _ in range(2)]
    outputs = [worker.communicate("go\n", timeout=120)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    handled = [
        line.split()[1:] for output in outputs for line in output.splitlines() if line.startswith("handling")
    ]
    in_time = [int(number) for number, _ in sorted(handled, key=lambda pair: int(pair[1]))]
    assert sorted(in_time) == list(range(UPDATES))
    assert_in_order(in_time)


def begun(url: str, updates: int) -> subprocess.Popen[str]:
    """Return a worker that has opened the ledger and waits for a line."""
    worker = subprocess.Popen(
        [*WORKER, url, str(updates)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout
    assert worker.stdout.readline() == "ready\n"
    return worker


def killed(url: str, lines: int) -> dict[str, list[int]]:
    """Run a worker, kill it after so many lines, and return what it had said, by word."""
    worker = begun(url, 100_000)
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write("go\n")
    worker.stdin.close()
    said = [worker.stdout.readline() for _ in range(lines)]
    worker.send_signal(signal.SIGKILL)
    said += worker.stdout.read().splitlines(keepends=True)
    worker.stdout.close()
    assert worker.wait() == -signal.SIGKILL
    by_word = defaultdict(list)
    for line in said:
        if line.endswith("\n"):
            word, number, *_ = line.split()
            by_word[word].append(int(number))
    return by_word


def handled_at_the_end(said: dict[str, list[int]]) -> set[int]:
    """Return what was handled and its end kept, though it was killed before it could say so."""
    return set(said["handling"]) - set(said["done"])


def assert_in_order(handled: list[int]) -> None:
    """Hold that each chat's updates were handled by their numbers."""
    for chat in range(ledger_worker.CHATS):
        of_chat = [n for n in handled if n % ledger_worker.CHATS == chat]
        assert of_chat == sorted(of_chat)


class no_file_grows_past:  # noqa: N801  # reads as a sentence
    """For a while, let the system refuse to write a file beyond a size in bytes, as a full disk would."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def __enter__(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._size, self._before[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
