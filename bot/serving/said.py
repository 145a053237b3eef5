"""Floor 8. What can be said of a service: each flag, the environment's word for it, and what holds where nothing is said."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from bot.logs import CONSOLE, JSON, LEVELS

POLLING, WEBHOOK = "polling", "webhook"
LISTEN = "127.0.0.1:8000"
# The ports that Telegram's own servers send updates to.
PORTS = (443, 80, 88, 8443)
LEDGER_NAME = "ledger.sqlite"
TOKEN = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - the name of a setting
# Messages in a minute: about as many as Telegram lets a bot send to one person, and to one group.
PERSON, CHAT = 60, 20
MOST_MESSAGES = 100_000
# Hours that a changed answer waits, and the most: a month.
HOURS, MOST_HOURS = 12, 720
# Each flag, the environment's word for it, what stands for its value, and what it is.
SETTINGS = (
    ("--telegram-api-base", "TELEGRAM_API_BASE", "URL", "Bot API 地址(默认 Telegram 自己的)"),
    ("--mode", "TELEGRAM_MODE", "MODE", "怎么收消息:polling(默认,自己去取)或 webhook(Telegram 送来)"),
    ("--webhook-url", "WEBHOOK_URL", "URL", "Telegram 送消息来的网址,只写到域名,如 https://bot.example.org"),
    ("--webhook-secret", "WEBHOOK_SECRET", "SECRET", "Telegram 送消息时带的暗号(默认由令牌算出)"),
    ("--webhook-cert", "WEBHOOK_CERT", "FILE", "自己的证书(PEM);有反向代理就不用"),
    ("--webhook-key", "WEBHOOK_KEY", "FILE", "证书的私钥(PEM)"),
    ("--listen", "LISTEN", "HOST:PORT", f"在哪个地址和端口上听(默认 {LISTEN})"),
    ("--data-dir", "DATA_DIR", "DIR", "索引和账本放在哪个文件夹(默认 data)"),
    ("--ledger-url", "LEDGER_URL", "URL", "账本:文件名,或 postgresql://…(默认 DATA_DIR 里的 ledger.sqlite)"),
    ("--maintainers", "MAINTAINERS", "IDS", "维护者的 Telegram 编号(人或群),用逗号分开"),
    (
        "--person-limit",
        "PERSON_LIMIT",
        "N",
        f"一个人一分钟最多问几条(默认 {PERSON},0 不限),再多的请他歇一会儿",
    ),
    ("--chat-limit", "CHAT_LIMIT", "N", f"一个群一分钟最多问几条(默认 {CHAT},0 不限)"),
    ("--notice-wait", "NOTICE_WAIT", "HOURS", "回答变了,等几小时再告诉关注的人(默认 12),这期间改回去就不发"),
    (
        "--log-format",
        "LOG_FORMAT",
        "FORMAT",
        f"日志的样子:{CONSOLE}(默认,给人看)或 {JSON}(一行一个,给程序读)",
    ),
    ("--log-level", "LOG_LEVEL", "LEVEL", f"日志记多细:{'、'.join(LEVELS)}(默认 info)"),
    (
        "--metrics",
        "METRICS",
        "NETS",
        "除了本机,还有哪些地址能看 /metrics、取索引,如 10.0.0.0/8,用逗号分开",
    ),
    ("--index-from", "INDEX_FROM", "URL", "从哪台机器取索引,如 http://10.0.0.5:8000(默认自己建)"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of a service."""
    for flag, name, metavar, help_ in SETTINGS:
        parser.add_argument(flag, metavar=metavar, help=f"{help_};或 ${name}")


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say where the ledger is."""
    for flag, name, metavar, help_ in SETTINGS:
        if name in ("DATA_DIR", "LEDGER_URL"):
            parser.add_argument(flag, metavar=metavar, help=f"{help_};或 ${name}")


def ledger_of(options: argparse.Namespace, environ: Mapping[str, str], folder: Path) -> str:
    """Return the ledger's file or address: as said, else a file in a folder."""
    return _value(options, "--ledger-url", environ.get("LEDGER_URL")) or str(folder / LEDGER_NAME)


def said_in(options: argparse.Namespace, environ: Mapping[str, str]) -> dict[str, str | None]:
    """Return what is said of each setting, by the environment's word for it: the flag, else the environment, else `None`."""
    return {name: _value(options, flag, environ.get(name)) for flag, name, _, _ in SETTINGS}


def _value(options: argparse.Namespace, flag: str, environ: str | None) -> str | None:
    given = getattr(options, flag.strip("-").replace("-", "_"), None)
    return ((given if given is not None else environ) or "").strip() or None


def words(text: str | None) -> list[str]:
    """Return the words of a list, whatever they are parted by."""
    return re.split(r"[\s,,、;;]+", text) if text else []
