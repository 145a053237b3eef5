"""The ledger's backup: all of it comes back, in either database; what is not whole changes nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import postgres
import pytest
from ledgers import Clocks, Office, update

from bot.cli import main
from bot.ledger import Kind, Letter, Settings, Update
from bot.ledger.backup import back_up, restore
from bot.ledger.database import RefusedError
from bot.ledger.schema import NEWEST

SAVED = "ledger.gz"
Harm = Callable[[list[object]], list[object]]
WISHES = Settings(language="zh-Hant", area="320582")


async def filled(office: Office) -> None:
    """Leave something of every kind, an update in hand among it."""
    worker = await office.open()
    await worker.inbox.receive([update(1), update(2), Update(3, "tg:2", '{"text": "水润港城"}')])
    claim = await worker.inbox.next()
    await worker.inbox.done(claim)
    await worker.inbox.next()
    await worker.people.keep("tg:1", WISHES)
    await worker.follows.follow("tg:1", Kind.KNOWN, "shuirungangcheng-wx")
    await worker.outbox.put([Letter("one", "tg:1", "{}", 0.0)])
    await office.kill(worker)


def lines(path: Path) -> list[object]:
    """Return the lines of a backup."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written(path: Path, found: list[object]) -> Path:
    """Write lines as a backup."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in found)
    return path


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda found: found[:-1], "不完整"),
        (lambda found: [*found[:-2], found[-1]], "不完整"),
        (lambda found: found[1:], "第一行不认得"),
        (lambda found: [{"kind": "quxiang-ledger", "version": NEWEST + 1}, *found[1:]], "先升级程序"),
        (lambda found: [found[0], {"table": "people", "columns": ["a"]}, *found[1:]], "表 people 不认得"),
        (lambda _: [], "第一行不认得"),
    ],
)
async def test_a_backup_that_is_not_whole_changes_nothing(
    office: Office, tmp_path: Path, harm: Harm, why: str
) -> None:
    """Cut short, of a newer program, of something else: refused, and the ledger stays empty."""
    await filled(office)
    back_up(office.url, tmp_path / SAVED)
    harmed = written(tmp_path / "harmed.gz", harm(lines(tmp_path / SAVED)))
    target = str(tmp_path / "other.sqlite")
    with pytest.raises(RefusedError, match=why):
        restore(harmed, target)
    assert restore(tmp_path / SAVED, target) > 0


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    """Not even compressed, or cut within its compression."""
    (tmp_path / "text").write_text("水润港城", encoding="utf-8")
    whole = gzip.compress(b'{"kind": "quxiang-ledger", "version": 1}\n')
    (tmp_path / "cut").write_bytes(whole[:-9])
    (tmp_path / "flipped").write_bytes(whole[:20] + bytes(b ^ 0xFF for b in whole[20:30]) + whole[30:])
    for name in ("text", "cut", "flipped"):
        with pytest.raises(RefusedError, match="不是账本的备份"):
            restore(tmp_path / name, str(tmp_path / "ledger.sqlite"))


async def test_a_ledger_that_holds_something_is_not_overwritten(office: Office, tmp_path: Path) -> None:
    """Not even by its own backup."""
    await filled(office)
    back_up(office.url, tmp_path / SAVED)
    with pytest.raises(RefusedError, match="已经有东西"):
        restore(tmp_path / SAVED, office.url)


def test_there_is_no_backup_of_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says so, and leaves no file."""
    command = ["backup", str(tmp_path / SAVED), "--ledger-url", str(tmp_path / "none.sqlite")]
    assert main(command) == 1
    assert "没有账本" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


async def test_all_that_was_left_comes_back(
    office: Office, tmp_path: Path, postgresql: postgres.Server
) -> None:
    """From either database into either: settings, follows, and the updates that wait, to be handled once more."""
    await filled(office)
    count = back_up(office.url, tmp_path / SAVED)
    assert (tmp_path / SAVED).stat().st_mode & 0o077 == 0
    for target in (str(tmp_path / "again.sqlite"), postgresql.fresh()):
        assert restore(tmp_path / SAVED, target) == count
        restored = Office(target, Clocks())
        worker = await restored.open()
        assert await worker.people.settings("tg:1") == WISHES
        assert [f.about for f in await worker.follows.of("tg:1")] == ["shuirungangcheng-wx"]
        claims = [await asyncio.wait_for(worker.inbox.next(), 5) for _ in range(2)]
        assert sorted(c.id for c in claims) == [2, 3]
        assert await worker.inbox.receive([update(1)]) == 0, "what was handled is not handled again"
        for claim in claims:
            await worker.inbox.done(claim)
        # Keys that count by themselves go on after those restored.
        assert await worker.outbox.put([Letter("two", "tg:1", "{}", 0.0)]) == 1
        assert await worker.outbox.put([Letter("one", "tg:1", "{}", 0.0)]) == 0, "known by its key"
        await restored.close()


async def test_a_bot_at_work_is_backed_up_as_of_one_moment(office: Office, tmp_path: Path) -> None:
    """While a worker writes on."""
    worker = await office.open()

    async def write() -> None:
        for number in range(50):
            await worker.inbox.receive([update(number + 1)])

    writing = asyncio.create_task(write())
    counts = [await asyncio.to_thread(back_up, office.url, tmp_path / f"{n}.gz") for n in range(5)]
    await writing
    assert counts == sorted(counts)
    assert restore(tmp_path / "4.gz", str(tmp_path / "copy.sqlite")) == counts[-1]
