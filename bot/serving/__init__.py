"""Floor 8. What a service is set by: flags, else the environment; all of it looked at before anything starts."""

from __future__ import annotations

import argparse
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from bot.logs import CONSOLE
from bot.serving.problems import problems
from bot.serving.said import (
    CHAT,
    HOURS,
    LISTEN,
    PERSON,
    SETTINGS,
    TOKEN,
    WEBHOOK,
    add_arguments,
    add_ledger,
    ledger_of,
    said_in,
    words,
)

__all__ = [
    "SETTINGS",
    "TOKEN",
    "Network",
    "Serving",
    "SettingError",
    "Webhook",
    "add_arguments",
    "add_ledger",
    "ledger_of",
    "read",
]

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram sends updates.

    Attributes:
        base: The address from outside, without the path, which is ours to add.
        secret: What each request must carry.
        certificate, key: PEM files of a server with a certificate of its own; `None` behind a proxy.
    """

    base: str
    secret: str
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """How a service runs.

    Attributes:
        token: The bot's; `None` without Telegram.
        api_base: The Bot API server; `None` for Telegram's own.
        webhook: Where updates come in; `None` for long polling.
        listen: Host and port of our own server.
        ledger: The ledger's file or address.
        maintainers: Ids of people and chats.
        person_limit, chat_limit: Messages a minute of a person, and put to the bot in a group; 0 for any number.
        wait: Seconds for which a changed answer waits before followers are told.
        log_format, log_level: What the log looks like, and how much is in it; see `bot/logs.py`.
        metrics: Networks that may read the measurements and take the index, beside this machine.
        index_from: The machine to take the index from; `None` to build it here.
    """

    token: str | None
    api_base: str | None
    webhook: Webhook | None
    listen: tuple[str, int]
    ledger: str
    maintainers: frozenset[int]
    person_limit: int
    chat_limit: int
    wait: float
    log_format: str = CONSOLE
    log_level: str = "info"
    metrics: tuple[Network, ...] = ()
    index_from: str | None = None


class SettingError(ValueError):
    """Settings that cannot be used; each problem is a sentence that says what to write instead."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(options: argparse.Namespace, environ: Mapping[str, str], folder: Path) -> Serving:
    """Return what flags and environment say; the ledger's file is in a folder where nothing else is said.

    Raises:
        SettingError: with every problem there is.
    """
    said = said_in(options, environ)
    token = (environ.get(TOKEN) or "").strip() or None
    if found := problems(said, token):
        raise SettingError(found)
    host, _, port = (said["LISTEN"] or LISTEN).rpartition(":")
    return Serving(
        token,
        said["TELEGRAM_API_BASE"],
        _webhook(said, token or "") if said["TELEGRAM_MODE"] == WEBHOOK else None,
        (host.strip("[]"), int(port)),
        ledger_of(options, environ, folder),
        frozenset(map(int, words(said["MAINTAINERS"]))),
        int(said["PERSON_LIMIT"] or PERSON),
        int(said["CHAT_LIMIT"] or CHAT),
        float(said["NOTICE_WAIT"] or HOURS) * 3600,
        said["LOG_FORMAT"] or CONSOLE,
        said["LOG_LEVEL"] or "info",
        tuple(ip_network(word, strict=False) for word in words(said["METRICS"])),
        said["INDEX_FROM"],
    )


def _webhook(said: Mapping[str, str | None], token: str) -> Webhook:
    # Of the token alone, so that all workers know it, and it tells nobody the token.
    secret = said["WEBHOOK_SECRET"] or hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
    files = [Path(f) if (f := said[name]) else None for name in ("WEBHOOK_CERT", "WEBHOOK_KEY")]
    return Webhook((said["WEBHOOK_URL"] or "").rstrip("/"), secret, *files)
