"""`run`: build the index if need be, serve the web page, and Telegram beside it where there is a token."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from bot import setting
from bot.hosting import LISTEN, BadSettingError, hosting
from bot.live import Live
from bot.setting import Setting

HELP = "启动:网页,有令牌再接 Telegram"
DESCRIPTION = "建好索引,打开网页;设了 TELEGRAM_BOT_TOKEN 就同时接 Telegram。在终端里聊用 chat。"
EXAMPLES = """\
  python bot.py run                                  打开网页 http://127.0.0.1:8000
  python bot.py run --listen 0.0.0.0:8000            别的机器也能看
  TELEGRAM_BOT_TOKEN=<令牌> python bot.py run        网页和 Telegram"""
NO_TELEGRAM = "没有设置 TELEGRAM_BOT_TOKEN,只开网页;要接 Telegram:TELEGRAM_BOT_TOKEN=<令牌> make run(令牌向 @BotFather 要)"

Channel = Callable[[Setting], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` takes."""
    setting.add_folders(parser)
    listen = f"网页在哪个地址和端口(默认 {LISTEN};或 $LISTEN)"
    parser.add_argument("--listen", metavar="HOST:PORT", help=listen)
    help_ = "Bot API 地址(默认 Telegram 自己的;或 $TELEGRAM_API_BASE)"
    parser.add_argument("--telegram-api-base", metavar="URL", help=help_)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop; 2 when a setting cannot be used, 1 when something else keeps it from serving."""
    values = {**os.environ, **({"LISTEN": options.listen} if options.listen else {})}
    try:
        hosted = hosting(values, setting.index_path(options).parent, setting.card_font())
    except BadSettingError as error:
        print(error, file=sys.stderr)
        return 2
    matcher = setting.matcher(options)
    if matcher is None:
        return 1
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip() or None
    base = options.telegram_api_base or os.environ.get("TELEGRAM_API_BASE") or None
    if token is None:
        print(NO_TELEGRAM, flush=True)
    web = channel(options.channels, "web")
    telegram = channel(options.channels, "telegram") if token else None
    with Live(setting.index_path(options), matcher) as live:
        log = setting.publications(options)
        contact = setting.contact()
        found = Setting(live.matcher, setting.today, token, base, contact, log.line, log, hosted)
        code: int = web(found, telegram)
        return code


def channel(channels: Mapping[str, str], name: str) -> Any:
    """Return what starts a channel, loaded only now."""
    module, _, function = channels[name].partition(":")
    return getattr(importlib.import_module(module), function)
