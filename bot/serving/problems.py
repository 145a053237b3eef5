"""Floor 8. What is wrong with the settings of a service: all of it looked at before anything starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.logs import FORMATS, LEVELS
from bot.serving.said import (
    CHAT,
    HOURS,
    LISTEN,
    MOST_HOURS,
    MOST_MESSAGES,
    PERSON,
    POLLING,
    PORTS,
    SETTINGS,
    TOKEN,
    WEBHOOK,
    words,
)

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
_HOURS = re.compile(r"\d{1,4}(\.\d{1,6})?")
_ID = re.compile(r"-?\d{1,18}")


def problems(said: Mapping[str, str | None], token: str | None) -> list[str]:
    """Return what is wrong with the settings, alone and together: a sentence each, which says what to write instead."""
    return [
        *_single_problems(said, token),
        *_webhook_problems(said, token),
        *_wait_problems(said["NOTICE_WAIT"]),
        *_limit_problems(said),
        *_watching_problems(said),
    ]


def _single_problems(said: Mapping[str, str | None], token: str | None) -> Iterator[str]:
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
    for word in words(said["MAINTAINERS"]):
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
    for word in words(said["METRICS"]):
        if not _is_network(word):
            yield _wrong("--metrics", word, "地址或网段,几个用逗号分开,如 10.0.0.0/8,192.168.1.5")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
