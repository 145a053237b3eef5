"""Who connects and never finishes asking is let go; who asks and waits, or comes back on the same connection, is not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from served import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from handlers import web_wait

HEAD = 0.3
WHOLE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose answer takes longer than a head may."""
    monkeypatch.setattr(web_wait, "HEAD_TIME", HEAD)

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(3 * HEAD)
        return PlainTextResponse("done")

    with serving(Starlette(routes=[Route("/", slow)])) as address:
        yield urlsplit(address).port or 0


def answered(connection: socket.socket) -> bytes:
    """Return all that comes until the answer is whole or the connection ends."""
    got = b""
    while not got.endswith(b"done") and (more := connection.recv(1000)):
        got += more
    return got


@pytest.mark.parametrize(
    "said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n"], ids=["nothing", "a word", "no end"]
)
def test_who_does_not_finish_asking_is_let_go(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(said)
        assert connection.recv(1000) == b""


@pytest.mark.parametrize("said", ["GET /?q=水润港城 HTTP/1.1\r\nhost: x\r\n\r\n", "hello\r\n\r\n"])
def test_what_cannot_be_read_is_told_what_can(port: int, said: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(said.encode())
        got = answered(connection)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"--data-urlencode" in got


def test_a_drop_now_and_then_does_not_keep_a_connection(port: int) -> None:
    """The whole head has its time, not each part of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=HEAD / 4) as connection:
        for _ in range(200):
            try:
                connection.sendall(b"G")
                if connection.recv(1000) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    pytest.fail("still connected")


def test_who_waits_for_a_slow_answer_gets_it_and_the_next_one_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for _ in range(2):
            connection.sendall(WHOLE[:10])
            connection.sendall(WHOLE[10:])
            assert answered(connection).startswith(b"HTTP/1.1 200 OK")
