"""Floor 8. What a service is set by: flags, else the environment; all of it looked at before anything starts."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.logs import CONSOLE, FORMATS, JSON, LEVELS

Network = IPv4Network | IPv6Network

POLLING, WEBHOOK = "polling", "webhook"
LISTEN = "127.0.0.1:8000"
# The ports that Telegram's own servers send updates to.
PORTS = (443, 80, 88, 8443)
LEDGER_NAME = "ledger.sqlite"
TOKEN = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - the name of a setting
# Messages in a minute: about as many as Telegram lets a bot send to one person, and to one group.
PERSON, CHAT = 60, 20
MOST_MESSAGES = 100_000
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
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
# Hours that a changed answer waits, and the most: a month.
HOURS, MOST_HOURS = 12, 720
_HOURS = re.compile(r"\d{1,4}(\.\d{1,6})?")
_ID = re.compile(r"-?\d{1,18}")


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


def read(options: argparse.Namespace, environ: Mapping[str, str], folder: Path) -> Serving:
    """Return what flags and environment say; the ledger's file is in a folder where nothing else is said.

    Raises:
        SettingError: with every problem there is.
    """
    said = {name: _value(options, flag, environ.get(name)) for flag, name, _, _ in SETTINGS}
    token = (environ.get(TOKEN) or "").strip() or None
    problems = [
        *_problems(said, token),
        *_webhook_problems(said, token),
        *_wait_problems(said["NOTICE_WAIT"]),
        *_limit_problems(said),
        *_watching_problems(said),
    ]
    if problems:
        raise SettingError(problems)
    host, _, port = (said["LISTEN"] or LISTEN).rpartition(":")
    return Serving(
        token,
        said["TELEGRAM_API_BASE"],
        _webhook(said, token or "") if said["TELEGRAM_MODE"] == WEBHOOK else None,
        (host.strip("[]"), int(port)),
        ledger_of(options, environ, folder),
        frozenset(map(int, _words(said["MAINTAINERS"]))),
        int(said["PERSON_LIMIT"] or PERSON),
        int(said["CHAT_LIMIT"] or CHAT),
        float(said["NOTICE_WAIT"] or HOURS) * 3600,
        said["LOG_FORMAT"] or CONSOLE,
        said["LOG_LEVEL"] or "info",
        tuple(ip_network(word, strict=False) for word in _words(said["METRICS"])),
        said["INDEX_FROM"],
    )


def _value(options: argparse.Namespace, flag: str, environ: str | None) -> str | None:
    given = getattr(options, flag.strip("-").replace("-", "_"), None)
    return ((given if given is not None else environ) or "").strip() or None


def _words(text: str | None) -> list[str]:
    return re.split(r"[\s,,、;;]+", text) if text else []


def _problems(said: Mapping[str, str | None], token: str | None) -> Iterator[str]:
    """Yield what is wrong with each setting by itself."""
    if token and not _TOKEN.fullmatch(token):
        yield f"{TOKEN} 不像令牌。令牌是 123456:ABC-… 这样的,向 @BotFather 要,整串复制过来。"
    if base := said["TELEGRAM_API_BASE"]:
        parts = _url(base)
        if not parts or parts.query or parts.fragment:
            yield _wrong(
                "--telegram-api-base", base, "http://127.0.0.1:8081 或 https://api.telegram.org 这样的网址"
            )
    if (mode := said["TELEGRAM_MODE"]) and mode not in (POLLING, WEBHOOK):
        yield _wrong("--mode", mode, "polling 或 webhook")
    if listen := said["LISTEN"]:
        host, _, port = listen.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            yield _wrong("--listen", listen, f"地址:端口,如 {LISTEN} 或 0.0.0.0:8443")
    for word in _words(said["MAINTAINERS"]):
        if not _ID.fullmatch(word):
            yield _wrong("--maintainers", word, "数字编号,几个用逗号分开,如 123456,-1009876(群是负数)")
    ledger = said["LEDGER_URL"]
    if ledger and "://" in ledger and not re.match(r"(postgres(ql)?|sqlite):/", ledger):
        yield _wrong(
            "--ledger-url", ledger.partition("://")[0] + "://…", "文件名,或 postgresql://用户@主机/库名"
        )


def _wait_problems(hours: str | None) -> Iterator[str]:
    if hours and not (_HOURS.fullmatch(hours) and float(hours) <= MOST_HOURS):
        yield _wrong("--notice-wait", hours, f"小时数,0 到 {MOST_HOURS},如 {HOURS} 或 0.5")


def _limit_problems(said: Mapping[str, str | None]) -> Iterator[str]:
    for name, usual in (("PERSON_LIMIT", PERSON), ("CHAT_LIMIT", CHAT)):
        most = said[name]
        if most and not (re.fullmatch(r"[0-9]{1,6}", most) and int(most) <= MOST_MESSAGES):
            expected = f"一分钟几条,0(不限)到 {MOST_MESSAGES},如 {usual}"
            yield _wrong(f"--{name.lower().replace('_', '-')}", most, expected)


def _webhook_problems(said: Mapping[str, str | None], token: str | None) -> Iterator[str]:
    """Yield what is wrong with the settings of a webhook, alone and together."""
    url, wanted = said["WEBHOOK_URL"], said["TELEGRAM_MODE"] == WEBHOOK
    if wanted and not token:
        yield f"webhook 要有令牌:设好 {TOKEN}。"
    if wanted and not url:
        yield "webhook 要有网址:写 --webhook-url(或 WEBHOOK_URL),如 https://bot.example.org。"
    if url:
        yield from _url_problems(url)
    secret = said["WEBHOOK_SECRET"]
    if secret and not _SECRET.fullmatch(secret):
        yield "--webhook-secret(或 WEBHOOK_SECRET)只能用字母、数字、_ 和 -,1 到 256 个。"
    files = said["WEBHOOK_CERT"], said["WEBHOOK_KEY"]
    if any(files) and not all(files):
        yield "--webhook-cert(或 WEBHOOK_CERT)和 --webhook-key 要一起写(用反向代理的话,两个都不写)。"
    for flag, file in zip(("--webhook-cert", "--webhook-key"), files, strict=True):
        if file and not Path(file).is_file():
            yield _wrong(flag, file, "一个有的 PEM 文件")


def _url_problems(url: str) -> Iterator[str]:
    parts = _url(url)
    if not parts or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        yield _wrong("--webhook-url", url, "https://域名 或 https://域名:8443,后面的路径由程序加")
    elif not _is_loopback(parts.hostname or ""):
        if parts.scheme != "https":
            yield _wrong("--webhook-url", url, "https 开头的网址(http 只能用在本机,如 http://127.0.0.1:8000)")
        elif (parts.port or 443) not in PORTS:
            yield _wrong("--webhook-url", url, "端口 443、80、88 或 8443:Telegram 只往这几个送")


def _wrong(flag: str, found: str, expected: str) -> str:
    name = next(n for f, n, _, _ in SETTINGS if f == flag)
    return f"{flag}(或 {name})写的是“{found[:80]}”;要写{expected}。"


def _url(text: str) -> SplitResult | None:
    """Return an address of http or https in its parts, `None` for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    plain = text.isascii() and text.isprintable() and " " not in text
    return parts if plain and parts.scheme in ("http", "https") and parts.hostname and port != 0 else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _watching_problems(said: Mapping[str, str | None]) -> Iterator[str]:
    """Yield what is wrong with the settings of the log, the measurements and where the index is taken from."""
    if (url := said["INDEX_FROM"]) and not _url(url):
        yield _wrong("--index-from", url, "http://10.0.0.5:8000 这样的网址")
    for name, choices in (("LOG_FORMAT", FORMATS), ("LOG_LEVEL", LEVELS)):
        if (chosen := said[name]) and chosen not in choices:
            yield _wrong(f"--{name.lower().replace('_', '-')}", chosen, "、".join(choices) + " 里的一个")
    for word in _words(said["METRICS"]):
        if not _is_network(word):
            yield _wrong("--metrics", word, "地址或网段,几个用逗号分开,如 10.0.0.0/8,192.168.1.5")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _webhook(said: Mapping[str, str | None], token: str) -> Webhook:
    # Of the token alone, so that all workers know it, and it tells nobody the token.
    secret = said["WEBHOOK_SECRET"] or hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
    files = [Path(f) if (f := said[name]) else None for name in ("WEBHOOK_CERT", "WEBHOOK_KEY")]
    return Webhook((said["WEBHOOK_URL"] or "").rstrip("/"), secret, *files)
