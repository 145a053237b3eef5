"""Floor 8. The maintainers' and operators' commands. Exit codes: 0 well, 1 problems found, 2 wrong use."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from keyword import iskeyword
from types import ModuleType

from bot.flags import COMMAND, Parser

COMMANDS = (
    "run",
    "chat",
    "ask",
    "card",
    "check",
    "build",
    "new",
    "import",
    "notice",
    "queue",
    "show",
    "stats",
    "due",
    "links",
    "diff",
    "changes",
    "export",
    "pull",
    "backup",
    "restore",
    "doctor",
)
DESCRIPTION = "去向:查已关停的政务账号现在去哪儿看、去哪儿办。先试:python bot.py ask 水润港城"
EXAMPLES = """\
例子:
  python bot.py ask 水润港城            问一句,看居民会看到什么
  python bot.py ask --why 水润岗城      再看它是怎么认出来的
  python bot.py check                   检查 knowledge/ 里的知识文件
  python bot.py new                     一问一答,记下一个关停的账号
  python bot.py show 水润港城           看一条记录:去向、来源、在哪个文件第几行
  python bot.py run                     打开网页 http://127.0.0.1:8000(有令牌再接 Telegram)
  python bot.py chat                    在终端里聊
"""


def main(argv: Sequence[str] | None = None, channels: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code. `channels` names each channel's `module:function`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # a terminal without some of our characters shows a ? for them
            stream.reconfigure(errors="replace")
    arguments = sys.argv[1:] if argv is None else argv
    try:
        options = parser(*arguments[:1]).parse_args(arguments)
    except SystemExit as error:  # argparse has already said what is wrong
        return int(error.code or 0)
    options.channels = channels or {}
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def parser(chosen: str = "") -> argparse.ArgumentParser:
    """Return the parser of all commands, or of the chosen one: what the others need is then not loaded."""
    whole = Parser("bot.py", description=DESCRIPTION, epilog=EXAMPLES)
    commands = whole.add_subparsers(dest="command", required=True, metavar=COMMAND, title="命令")
    for name in [chosen] if chosen in COMMANDS else COMMANDS:
        command = module(name)
        examples = f"例子:\n{command.EXAMPLES}"
        one = commands.add_parser(name, help=command.HELP, description=command.DESCRIPTION, epilog=examples)
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return whole


def module(name: str) -> ModuleType:
    """Return the module of a command, loaded only now."""
    return import_module(f"bot.commands.{name}{'_' * iskeyword(name)}")
