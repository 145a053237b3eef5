"""`chat`: the bot in the terminal."""

from __future__ import annotations

import argparse

from bot import setting
from bot.commands.run import Channel, channel
from bot.live import Live
from bot.setting import Setting

HELP = "在终端里聊"
DESCRIPTION = "建好索引,在终端里和机器人聊。"
EXAMPLES = "  python bot.py chat"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `chat` takes."""
    setting.add_folders(parser)


def run(options: argparse.Namespace) -> int:
    """Chat until the person leaves; 1 when there is no index to answer from."""
    matcher = setting.matcher(options)
    if matcher is None:
        return 1
    console: Channel = channel(options.channels, "console")
    with Live(setting.index_path(options), matcher) as live:
        published = setting.publications(options).line
        return console(Setting(live.matcher, setting.today, contact=setting.contact(), published=published))
