"""Floor 8. What the web page and WeChat are set by, beside what every service is: all of it from the environment."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.drawing.studio import checked_base
from bot.serving import SettingError

_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_APP_ID = re.compile(r"[A-Za-z0-9]{1,64}")
# WeChat gives its key as 43 characters: 32 bytes in base64 without the last sign.
AES_KEY_LENGTH = 43
LONGEST_FILING = 60
YES, NO = ("1", "yes", "on", "true"), ("", "0", "no", "off", "false")


@dataclass(frozen=True, slots=True)
class WeChat:
    """An Official Account: the token WeChat signs with, its key and the app's id in AES mode, whether links are sent."""

    token: str = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    app_id: str | None = None
    links: bool = False


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the page and WeChat need beside what every service does.

    Attributes:
        url: The address under which people reach the page; from each request where it is not set.
        font: The font file for share cards, the system's without.
        wechat: The Official Account, where there is one.
        filing: The number of the site's ICP filing, which stands at the foot of every page.
    """

    url: str | None = None
    font: Path | None = None
    wechat: WeChat | None = None
    filing: str | None = None


def read(environ: Mapping[str, str], font: Path | None = None) -> Hosting:
    """Return what the environment says. Raises: SettingError, with every problem there is."""
    said = {key: environ.get(key, "").strip() for key in NAMES}
    problems: list[str] = []
    try:
        url = checked_base(said["WEB_URL"].rstrip("/")) if said["WEB_URL"] else None
    except ValueError as error:
        url = None
        problems.append(f"WEB_URL:{error}")
    if font and not font.is_file():
        problems.append(f"CARD_FONT 写的是“{font}”;要写一个有的字体文件(ttf、otf、ttc),不写就用系统的。")
    wechat = _wechat(said, problems)
    filing = " ".join(said["WEB_FILING"].split()) or None
    if filing and (len(filing) > LONGEST_FILING or not filing.isprintable()):
        problems.append(f"WEB_FILING 写备案号,如 苏ICP备12345678号-1,最多 {LONGEST_FILING} 个字。")
    if problems:
        raise SettingError(problems)
    return Hosting(url, font, wechat, filing)


def _wechat(said: Mapping[str, str], wrong: list[str]) -> WeChat | None:
    """Return the Official Account; what is wrong with it is added to a list."""
    token, key, app_id = said["WECHAT_TOKEN"], said["WECHAT_AES_KEY"], said["WECHAT_APP_ID"]
    links = said["WECHAT_LINKS"].lower()
    if links not in (*YES, *NO):
        wrong.append(f"WECHAT_LINKS 写的是“{links[:20]}”;要写 1(带网址)或 0(不带)。")
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
    return WeChat(token, secret, app_id or None, links in YES)


NAMES = ("WEB_URL", "WEB_FILING", "WECHAT_TOKEN", "WECHAT_AES_KEY", "WECHAT_APP_ID", "WECHAT_LINKS")
