"""The index of one machine, taken by others over HTTP: whole, of its digest and readable, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import TODAY
from fewplaces import edit, few_places
from served import serving
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot import cli, index
from bot.index import Base, overlay_of
from bot.live import Live
from bot.matcher import Matcher, Verdict
from bot.publication import Log
from bot.setting import Setting
from bot.supply import FILES, INDEX, LIST, Files, Supply, SupplyError, pull
from handlers import supplying


@dataclass
class Publisher:
    """The machine that offers: its knowledge, the files of its index, and the application that sends them."""

    folder: Path
    files: Files
    app: Starlette

    def edit(self, name: str) -> None:
        """Put a small edit into service, as an overlay, and into the log."""
        edit(self.folder, name)
        log, standing = Log(self.files.log), Base(self.files.index)
        done = index.update(
            self.folder, self.files.index, TODAY, like=standing,
            ready=lambda after: log.prepare(standing, after, TODAY) and None,
        )  # fmt: skip
        assert done
        assert not done.errors
        log.settle(Base(self.files.index).digest)

    def rebuild(self, name: str) -> None:
        """Put a whole index into service."""
        edit(self.folder, name)
        assert index.build(self.folder, self.files.index, TODAY).errors == []


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A machine with an index of one account, 换来换去."""
    folder = few_places(tmp_path / "knowledge")
    files = Files(tmp_path / "there" / "index.sqlite", tmp_path / "there" / "published.sqlite")
    setting = Setting(lambda: None, lambda: TODAY, log=Log(files.log), index=files.index)  # type: ignore[arg-type]
    made = Publisher(folder, files, Starlette(routes=supplying.routes(setting)))
    made.rebuild("换来换去")
    return made


@pytest.fixture
def here(tmp_path: Path) -> Files:
    """Where a worker's files go."""
    return Files(tmp_path / "here" / "index.sqlite", tmp_path / "here" / "index.sqlite.published")


@pytest.fixture
def url(publisher: Publisher) -> Iterator[str]:
    """The address of the machine that offers."""
    with serving(publisher.app) as at:
        yield at


def knows(files: Files, name: str) -> bool:
    """Tell whether an index answers a name."""
    return Matcher(Base(files.index)).match(name).verdict is Verdict.SURE


def left_beside(files: Files) -> list[str]:
    """Return what lies beside the files, half done."""
    return [p.name for p in files.index.parent.glob("*.part")]


def offering(given: Callable[[str], Any]) -> Starlette:
    """Return a server that offers an index, and for any digest sends what is given for it."""
    data = b"no index at all"
    digest = hashlib.sha256(data).hexdigest()
    return Starlette(
        routes=[
            Route(LIST, lambda _: JSONResponse([{"role": INDEX, "digest": digest}])),
            Route(FILES + "/{digest}", lambda _: Response(given(digest))),
        ]
    )


BAD = {
    "another page": (Starlette(routes=[Route(LIST, lambda _: HTMLResponse("<p>hello"))]), "不是索引的清单"),
    "an empty list": (Starlette(routes=[Route(LIST, lambda _: JSONResponse([]))]), "没有索引可取"),
    "nothing": (Starlette(), "取不到索引"),
    "cut on its way": (offering(lambda _: b"no index"), "对不上"),
    "of another version": (offering(lambda _: b"no index at all"), "读不了"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_as_it_should_be_replaces_nothing(publisher: Publisher, here: Files, case: str) -> None:
    app, said = BAD[case]
    with serving(publisher.app) as good:
        pull(good, here)
    before = here.index.read_bytes()
    with serving(app) as bad, pytest.raises(SupplyError, match=said):
        pull(bad, here)
    assert here.index.read_bytes() == before
    assert left_beside(here) == []


def test_a_machine_that_cannot_be_reached_changes_nothing_and_is_said(
    publisher: Publisher, here: Files, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(publisher.app) as at:
        pull(at, here)
    Supply(at, here).look()
    assert "取不到索引" in caplog.text
    assert knows(here, "换来换去")


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_through_a_proxy_nothing_is_offered(publisher: Publisher, url: str, header: str) -> None:
    publisher.edit("来来去去")
    offered = httpx.get(url + LIST, trust_env=False).json()
    assert len(offered) == 3
    for path in (LIST, *(f"{FILES}/{one['digest']}" for one in offered)):
        assert httpx.get(url + path, trust_env=False).status_code == 200
        assert httpx.get(url + path, headers={header: "127.0.0.1"}, trust_env=False).status_code == 404


def test_only_the_networks_that_are_named_are_served(publisher: Publisher) -> None:
    files = publisher.files
    given: dict[str, Any] = {"log": Log(files.log), "index": files.index}
    for networks, status in ((), 404), ((ip_network("10.0.0.0/8"),), 200):
        setting = Setting(lambda: None, lambda: TODAY, metrics=networks, **given)  # type: ignore[arg-type,return-value]
        transport = httpx.ASGITransport(Starlette(routes=supplying.routes(setting)), client=("10.1.2.3", 5))
        client = httpx.AsyncClient(transport=transport, base_url="http://worker")
        assert asyncio.run(client.get(LIST)).status_code == status


@pytest.mark.parametrize("digest", ["0" * 64, "..", "%2e%2e%2findex.sqlite", "x"])
def test_what_has_no_such_digest_is_not_found(url: str, digest: str) -> None:
    assert httpx.get(f"{url}{FILES}/{digest}", trust_env=False).status_code == 404


def test_an_index_is_taken_once_and_answers(url: str, here: Files) -> None:
    assert pull(url, here)
    assert knows(here, "换来换去")
    assert not pull(url, here)


def test_an_edit_is_taken_as_an_overlay_with_its_log_and_a_rebuild_takes_it_back(
    publisher: Publisher, url: str, here: Files
) -> None:
    pull(url, here)
    with_live = Live(here.index, Matcher(Base(here.index)))
    publisher.edit("来来去去")
    assert overlay_of(publisher.files.index).exists()
    assert pull(url, here)
    assert Base(here.index).digest == Base(publisher.files.index).digest
    assert [c.account for c in Log(here.log).since("")] == ["huan-wx"]
    with_live.look()
    assert with_live.matcher().match("来来去去").verdict is Verdict.SURE
    publisher.rebuild("去去来来")
    assert pull(url, here)
    assert not overlay_of(here.index).exists()
    assert knows(here, "去去来来")


def test_the_log_is_put_in_place_before_the_index_and_the_overlay_last(
    publisher: Publisher, here: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.edit("来来去去")
    placed: list[Path] = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda path, to: placed.append(Path(to)) or replace(path, to))
    with serving(publisher.app) as at:
        pull(at, here)
    assert placed == [here.log, here.index, overlay_of(here.index)]


def test_the_log_is_sent_as_it_stands_at_one_moment(publisher: Publisher, url: str, here: Files) -> None:
    publisher.edit("来来去去")
    writing = sqlite3.connect(publisher.files.log)
    writing.execute("begin immediate")
    writing.execute("insert into publication(date, before, after) values ('2026-01-01', 'a', 'b')")
    pull(url, here)
    writing.rollback()
    writing.close()
    assert sqlite3.connect(here.log).execute("select count(*) from publication").fetchone() == (1,)


def test_what_is_new_is_looked_for_again_and_again(publisher: Publisher, url: str, here: Files) -> None:
    with Supply(url, here, every=0.05):
        for name in ("换来换去", "来来去去"):
            publisher.rebuild(name)
            until = time.monotonic() + 60
            while not (here.index.exists() and knows(here, name)):
                assert time.monotonic() < until
                time.sleep(0.05)


@pytest.mark.parametrize("said", ["builder", "ftp://builder", "http://"])
def test_an_address_that_is_none_is_refused_before_anything_starts(
    said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INDEX_FROM", said)
    assert cli.main(["run"]) == 2
    assert "INDEX_FROM" in capsys.readouterr().err


def test_the_command_says_whether_there_was_something_new(
    url: str, here: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["pull", url, "--index", str(here.index)]
    assert cli.main(asked) == 0
    assert "换上了" in capsys.readouterr().out
    assert cli.main(asked) == 0
    assert "已经是最新的" in capsys.readouterr().out
    assert cli.main(["pull", "http://127.0.0.1:1", "--index", str(here.index)]) == 1
    assert "取不到索引" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["http://a:b:c", "http://[", "a b", ""])
def test_the_command_says_that_an_address_is_none(
    said: str, here: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["pull", said, "--index", str(here.index)]) == 1
    assert "检查网址" in capsys.readouterr().err
