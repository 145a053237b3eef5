"""`run`: build the index if need be, serve the web page, and Telegram beside it where there is a token."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

from bot import hosting, logs, serving, setting
from bot.commands.pull import files_of
from bot.hosting import Hosting
from bot.live import Live
from bot.serving import Serving, SettingError
from bot.setting import Setting
from bot.supply import Supply

HELP = "启动:网页,有令牌再接 Telegram"
DESCRIPTION = "建好索引,打开网页;设了 TELEGRAM_BOT_TOKEN 就同时接 Telegram。在终端里聊用 chat。"
EXAMPLES = """\
  python bot.py run                                  打开网页 http://127.0.0.1:8000
  python bot.py run --listen 0.0.0.0:8000            别的机器也能看
  TELEGRAM_BOT_TOKEN=<令牌> python bot.py run        网页和 Telegram"""
# After so many new objects cycles are looked for: an answer makes thousands, none of which is in one for long.
COLLECTING = (10_000, 10, 10)
NO_TELEGRAM = "没有设置 TELEGRAM_BOT_TOKEN,只开网页;要接 Telegram:TELEGRAM_BOT_TOKEN=<令牌> make run(令牌向 @BotFather 要)"

Channel = Callable[[Setting], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` takes."""
    setting.add_folders(parser)
    serving.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop; 2 when a setting cannot be used, 1 when something else keeps it from serving."""
    try:
        served, hosted = _settings(options)
    except SettingError as error:
        print("\n".join(("设置有问题,改好再启动:", *error.problems)), file=sys.stderr)
        return 2
    hidden = logs.secrets_in(os.environ, served.ledger, served.webhook.secret if served.webhook else "")
    logs.begin(served.log_format, served.log_level, hidden)
    supply = Supply(served.index_from, files_of(options)) if served.index_from else None
    if supply:
        supply.look()
    matcher = setting.matcher(options)
    if matcher is None:
        return 1
    if served.token is None:
        print(NO_TELEGRAM, flush=True)
    web = channel(options.channels, "web")
    telegram = channel(options.channels, "telegram") if served.token else None
    log = setting.publications(options)
    if options.index is None:  # it is built here, so nothing comes before what this log will hold
        with suppress(OSError, sqlite3.Error):  # where nothing can be written, nothing is built
            log.begin()
    gc.set_threshold(*COLLECTING)
    with supply or nullcontext(), Live(setting.index_path(options), matcher) as live:
        found = Setting(
            live.matcher,
            setting.today,
            token=served.token,
            api_base=served.api_base,
            contact=setting.contact(),
            published=log.line,
            ledger=served.ledger,
            maintainers=served.maintainers,
            person_limit=served.person_limit,
            chat_limit=served.chat_limit,
            webhook=served.webhook,
            listen=served.listen,
            log=log,
            wait=served.wait,
            look=live.look,
            index=setting.index_path(options),
            hosting=hosted,
            metrics=served.metrics,
        )
        code: int = web(found, telegram)
        return code


def channel(channels: Mapping[str, str], name: str) -> Any:
    """Return what starts a channel, loaded only now."""
    module, _, function = channels[name].partition(":")
    return getattr(importlib.import_module(module), function)


def _settings(options: argparse.Namespace) -> tuple[Serving, Hosting]:
    """Read all settings. Raises: SettingError, with the problems of all of them."""
    problems: list[str] = []
    try:
        hosted = hosting.read(os.environ, setting.card_font())
    except SettingError as error:
        problems += error.problems
    try:
        served = serving.read(options, os.environ, setting.data_folder(options))
    except SettingError as error:
        problems = error.problems + problems
    if problems:
        raise SettingError(problems)
    return served, hosted
