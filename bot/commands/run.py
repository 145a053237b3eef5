"""`run`: build the index if need be and start the bot: Telegram with a token, the terminal without."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Mapping

from bot import serving, setting
from bot.live import Live
from bot.setting import Setting

HELP = "启动机器人"
DESCRIPTION = "建好索引,启动机器人:有令牌接 Telegram,没有就在终端里聊。"
EXAMPLES = """\
  python bot.py run                                  在终端里聊
  TELEGRAM_BOT_TOKEN=<令牌> python bot.py run        接 Telegram"""
NO_TELEGRAM = "没有设置 TELEGRAM_BOT_TOKEN,先在终端里聊;要接 Telegram:TELEGRAM_BOT_TOKEN=<令牌> make run(令牌向 @BotFather 要)"

Channel = Callable[[Setting], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` takes."""
    setting.add_folders(parser)
    serving.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Start the channel that fits; what it ends with."""
    try:
        served = serving.read(options, os.environ, setting.data_folder(options))
    except serving.SettingError as error:
        print("\n".join(("设置有问题,改好再启动:", *error.problems)), file=sys.stderr)
        return 2
    matcher = setting.matcher(options)
    if matcher is None:
        return 1
    if served.token is None:
        print(NO_TELEGRAM)
    channel = _channel(options.channels, "telegram" if served.token else "console")
    with Live(setting.index_path(options), matcher) as live:
        changes = setting.publications(options)
        return channel(
            Setting(
                live.matcher,
                setting.today,
                served.token,
                served.api_base,
                setting.contact(),
                changes.line,
                served.ledger,
                served.maintainers,
                served.webhook,
                served.listen,
                changes,
                served.wait,
                live.look,
            )
        )


def _channel(channels: Mapping[str, str], name: str) -> Channel:
    module, _, function = channels[name].partition(":")
    found: Channel = getattr(importlib.import_module(module), function)
    return found
