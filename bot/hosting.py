"""Floor 8. What the web page and WeChat are set by: read from the environment in one place, all mistakes told at once."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.drawing.studio import checked_base

LISTEN = "127.0.0.1:8000"
# A host name, an IPv4 address or an IPv6 address in brackets, and a port.
_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]*)):(\d{1,5})")
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_APP_ID = re.compile(r"[A-Za-z0-9]{1,64}")
# WeChat gives its key as 43 characters: 32 bytes in base64 without the last sign.
AES_KEY_LENGTH = 43
LONGEST_FILING = 60


class BadSettingError(ValueError):
    """Settings that cannot be used; `str()` of it has a line for each, with what is expected."""


@dataclass(frozen=True, slots=True)
class WeChat:
    """An Official Account: the token WeChat signs with, its key and the app's id in AES mode, whether links are sent."""

    token: str = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    app_id: str | None = None
    links: bool = False


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where the page is served, and what it needs beside the index.

    Attributes:
        host: The address that is listened on; nobody but this machine by default.
        port: The port, 0 for any that is free.
        url: The address under which people reach the page; from each request where it is not set.
        ledger: The ledger's address, for reports; without one none are taken.
        font: The font file for share cards, the system's without.
        wechat: The Official Account, where there is one.
        filing: The number of the site's ICP filing, which stands at the foot of every page.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    url: str | None = None
    ledger: str | None = None
    font: Path | None = None
    wechat: WeChat | None = None
    filing: str | None = None


def hosting(values: Mapping[str, str], data: Path, font: Path | None = None) -> Hosting:
    """Return the settings of an environment; the ledger lies in the data folder unless it says otherwise.

    Raises:
        BadSettingError: at least one cannot be used.
    """
    said = {key: values.get(key, "").strip() for key in NAMES}
    wrong: list[str] = []
    found = _LISTEN.fullmatch(said["LISTEN"] or LISTEN)
    if not found or int(found[3]) > 65535:
        wrong.append(
            f"LISTEN 是“{said['LISTEN']}”;写成 地址:端口,如 {LISTEN},或 0.0.0.0:8000(别的机器也能连)。"
        )
    try:
        url = checked_base(said["WEB_URL"].rstrip("/")) if said["WEB_URL"] else None
    except ValueError as error:
        url = None
        wrong.append(f"WEB_URL:{error}")
    wechat = _wechat(said, wrong)
    filing = " ".join(said["WEB_FILING"].split()) or None
    if filing and (len(filing) > LONGEST_FILING or not filing.isprintable()):
        wrong.append(f"WEB_FILING 写备案号,如 苏ICP备12345678号-1,最多 {LONGEST_FILING} 个字。")
    if wrong or not found:
        raise BadSettingError("\n".join(wrong))
    ledger = said["LEDGER_URL"] or str(data / "ledger.sqlite")
    return Hosting(found[1] or found[2] or "0.0.0.0", int(found[3]), url, ledger, font, wechat, filing)  # noqa: S104  # as asked


def _wechat(said: Mapping[str, str], wrong: list[str]) -> WeChat | None:
    """Return the Official Account; what is wrong with it is added to a list."""
    token, key, app_id = said["WECHAT_TOKEN"], said["WECHAT_AES_KEY"], said["WECHAT_APP_ID"]
    if not any((token, key, app_id)):
        return None
    if not _TOKEN.fullmatch(token):
        wrong.append("WECHAT_TOKEN 要和公众平台“服务器配置”里填的一样:3 到 32 个字母或数字。")
    if app_id and not _APP_ID.fullmatch(app_id):
        wrong.append("WECHAT_APP_ID 只有字母和数字,如 wx 开头的 18 个字符;在公众平台“基本配置”里看。")
    if key and not app_id:
        wrong.append("设了 WECHAT_AES_KEY,还要设 WECHAT_APP_ID:加密的消息里有它,要核对。")
    secret = None
    if key:
        try:
            secret = base64.b64decode(key + "=", validate=True)
        except binascii.Error:
            secret = b""
        if len(key) != AES_KEY_LENGTH or len(secret) != 32:
            wrong.append(
                f"WECHAT_AES_KEY 应当是 {AES_KEY_LENGTH} 个字母或数字,从公众平台“服务器配置”里原样复制。"
            )
    return WeChat(token, secret, app_id or None, said["WECHAT_LINKS"].lower() in ("1", "yes", "on", "true"))


NAMES = (
    "LISTEN",
    "WEB_URL",
    "WEB_FILING",
    "LEDGER_URL",
    "WECHAT_TOKEN",
    "WECHAT_AES_KEY",
    "WECHAT_APP_ID",
    "WECHAT_LINKS",
)
