"""The publication log: every change of an answer that went into service, one line before and after, for ever."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, matcher_of, unit

from bot import index
from bot.index import Base
from bot.matcher import Matcher
from bot.publication import Change, Log, changed
from bot.values import When

A = "id: a-wx, name: 港城甲号, platform: wechat, state: closed, notice: {}, stopped: 2020-01-02"
B = "id: b-wx, name: 港城乙号, platform: wechat, state: {}, seen: 2024-01-01"
MOVED = A.format("named") + ", destinations: [{account: b-wx, basis: notice}]"
DAY = When("2026-11-20")


def told(change: Change) -> tuple[str, str | None, str | None]:
    """Return what a change says, without its number and day."""
    return change.account, change.was, change.now


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder for the knowledge of a test."""
    return tmp_path / "knowledge"


def pair(made: Path, *accounts: str) -> Base:
    """Return the base of two units."""
    return matcher_of(made, "".join(unit(f"张家港市{'甲乙'[i]}局", a) for i, a in enumerate(accounts))).base


def test_the_same_knowledge_changes_nothing(made: Path) -> None:
    one, two = (pair(made, MOVED, B.format("active")) for _ in range(2))
    assert list(changed(one, two)) == []


def test_a_note_or_a_later_check_changes_nothing(made: Path) -> None:
    one = pair(made, MOVED, B.format("active"))
    two = pair(made, MOVED + ", note: 又看了一次", B.format("active").replace("2024-01-01", "2024-02-02"))
    assert list(changed(one, two)) == []


def test_a_new_account_a_changed_one_and_one_withdrawn_are_told(made: Path) -> None:
    none = pair(made, A.format("none"), B.format("active"))
    moved = pair(made, MOVED, B.format("active"))
    alone = pair(made, A.format("none"))
    assert [told(c) for c in changed(none, moved)] == [
        ("a-wx", "公告没有写去哪儿", "现在看 「港城乙号」(微信公众号)")
    ]
    assert [told(c) for c in changed(alone, none)] == [("b-wx", None, "在用")]
    assert [told(c) for c in changed(none, alone)] == [("b-wx", "在用", None)]


def test_who_leads_to_a_changed_account_is_told_too(made: Path) -> None:
    one = pair(made, MOVED, B.format("active"))
    closed = "id: b-wx, name: 港城乙号, platform: wechat, state: closed, notice: unseen, destinations: [{name: 丙号, basis: media}]"
    two = pair(made, MOVED, closed)
    assert [told(c) for c in changed(one, two)] == [
        ("a-wx", "现在看 「港城乙号」(微信公众号)", "现在看 「丙号」(在哪个平台没有说)"),
        ("b-wx", "在用", "现在看 「丙号」(在哪个平台没有说)"),
    ]


def test_what_was_prepared_is_in_the_log_only_after_it_went_into_service(made: Path, tmp_path: Path) -> None:
    one, two = pair(made, A.format("none"), B.format("active")), pair(made, MOVED, B.format("active"))
    log = Log(tmp_path / "log.sqlite")
    assert log.prepare(one, two, DAY) == 1
    assert log.since("2000-01-01") == []
    log.settle(two.digest)
    (change,) = log.since("2000-01-01")
    assert (change.date, told(change)[0]) == ("2026-11-20", "a-wx")
    assert log.after(change.id) == []
    assert log.of("a-wx") == [change]


def test_a_process_killed_before_the_swap_tells_nothing(made: Path, tmp_path: Path) -> None:
    one, two = pair(made, A.format("none"), B.format("active")), pair(made, MOVED, B.format("active"))
    log = Log(tmp_path / "log.sqlite")
    log.prepare(one, two, DAY)
    log.settle(one.digest)
    log.settle(two.digest)
    assert log.since("2000-01-01") == []


def test_the_line_of_a_version_is_what_its_code_said(made: Path, tmp_path: Path) -> None:
    one, two = pair(made, A.format("none"), B.format("active")), pair(made, MOVED, B.format("active"))
    log = Log(tmp_path / "log.sqlite")
    log.prepare(one, two, DAY)
    log.settle(two.digest)
    (change,) = log.of("a-wx")
    assert log.line("a-wx", change.was_version or "") == "公告没有写去哪儿"
    assert log.line("a-wx", "00") is None
    assert log.line("nobody", change.was_version or "") is None


@pytest.mark.parametrize(
    "sql", ["delete from change", "update change set was = 'x'", "delete from publication"]
)
def test_the_log_only_grows(made: Path, tmp_path: Path, sql: str) -> None:
    one, two = pair(made, A.format("none"), B.format("active")), pair(made, MOVED, B.format("active"))
    log = Log(tmp_path / "log.sqlite")
    log.prepare(one, two, DAY)
    log.settle(two.digest)
    with sqlite3.connect(log.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(sql)
    connection.close()


def test_no_log_and_a_file_that_is_none_read_as_empty(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.sqlite")
    log.settle("x")
    assert (log.since("2000"), log.line("a", "b"), log.path.exists()) == ([], None, False)
    assert (log.latest(), log.place("x")) == (None, None)
    log.path.write_bytes(b"no database at all" * 99)
    assert (log.since("2000"), log.line("a", "b"), log.latest(), log.place("x")) == ([], None, None, None)


def test_an_empty_log_says_that_nothing_changed_yet_and_one_that_there_is_stays(
    made: Path, tmp_path: Path
) -> None:
    one, two = pair(made, A.format("none"), B.format("active")), pair(made, MOVED, B.format("active"))
    log = Log(tmp_path / "new" / "log.sqlite")
    log.begin()
    assert (log.latest(), log.since("2000")) == (0, [])
    log.prepare(one, two, DAY)
    log.settle(two.digest)
    log.begin()
    assert log.latest() == 1


def test_the_log_knows_the_order_of_indexes_also_of_those_that_change_no_answer(
    made: Path, tmp_path: Path
) -> None:
    one = pair(made, A.format("none"), B.format("active"))
    noted = pair(made, A.format("none") + ", note: 见公告栏", B.format("active"))
    log = Log(tmp_path / "log.sqlite")
    for before, after in ((one, noted), (noted, noted), (noted, one)):
        log.prepare(before, after, DAY)
        log.settle(after.digest)
        if after is noted:
            assert (log.place(one.digest), log.place(noted.digest), log.place("x")) == (0, 1, None)
    assert (log.place(one.digest), log.place(noted.digest)) == (2, 1)
    assert log.since("2000") == []


def test_an_overlay_tells_the_same_as_a_build(made: Path, tmp_path: Path) -> None:
    """A small edit goes into service as an overlay, and taking it back is a change again."""
    before = pair(made, A.format("none"), B.format("active"))
    target = tmp_path / "index.sqlite"
    assert not index.build(made, target).errors
    first = (made / "accounts" / "town.yaml").read_text(encoding="utf-8")
    seen: list[list[tuple[str, str | None, str | None]]] = []

    def edit(text: str) -> None:
        (made / "accounts" / "town.yaml").write_text(text, encoding="utf-8")
        standing = Base(target)
        done = index.update(
            made, target, DAY, ready=lambda b: seen.append([told(c) for c in changed(standing, b)])
        )
        assert done
        assert not done.errors
        standing.close()

    edit(first.replace("notice: none", "notice: vague"))
    edit(first.replace("notice: none", "notice: unseen"))
    edit(first)
    edit(first)
    assert seen == [
        [("a-wx", "公告没有写去哪儿", "公告只说改到别的平台,没说是哪个")],
        [("a-wx", "公告只说改到别的平台,没说是哪个", "没见到公告原文,去向不能乱指")],
        [("a-wx", "没见到公告原文,去向不能乱指", "公告没有写去哪儿")],
    ]
    assert Matcher(Base(target)).base.digest == before.digest


def test_what_keeps_a_log_from_being_written_keeps_the_index_in_service(made: Path, tmp_path: Path) -> None:
    pair(made, A.format("none"), B.format("active"))
    target = tmp_path / "index.sqlite"
    index.build(made, target)
    digest = index.digest_of(target)
    (made / "accounts" / "town.yaml").write_text(
        (made / "accounts" / "town.yaml").read_text(encoding="utf-8").replace("none", "vague"),
        encoding="utf-8",
    )

    def refuse(_: Base) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError):
        index.build(made, target, ready=refuse)
    with pytest.raises(sqlite3.OperationalError):
        index.update(made, target, ready=refuse)
    assert index.digest_of(target) == digest


def test_the_real_commands_log_a_change_and_the_code_sent_back_tells_it(made: Path, tmp_path: Path) -> None:
    """Build, ask, edit, build, send the code back: was A, now B."""

    def bot(*arguments: str) -> str:
        env = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "bot.py", arguments[0], "--knowledge", str(made), *arguments[1:]]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    pair(made, A.format("none"), B.format("active"))
    bot("build")
    assert Log(tmp_path / "data" / "published.sqlite").latest() == 0
    code = bot("ask", "港城甲号").split("非官方 · ")[1].split()[0]
    assert "还是对的" in bot("ask", code)
    pair(made, MOVED, B.format("active"))
    bot("build")
    said = bot("ask", code)
    assert said.startswith("这条后来变了:原来是“公告没有写去哪儿”,现在是“现在看 「港城乙号」(微信公众号)”。")
    assert "a-wx" in bot("changes")
