"""Servers of a test: a free address for one, and an application served to real clients from a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from handlers.web_wait import Impatient


def free_port() -> int:
    """Return a port of this machine that nobody listens on, for the server of a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def free_address() -> str:
    """Return an address of this machine that nobody listens at."""
    return f"127.0.0.1:{free_port()}"


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve until the block ends; yield the address."""
    config = uvicorn.Config(app, http=Impatient, log_level="warning", access_log=False, server_header=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
