"""`backup`: the whole ledger into one file, while the bot is at work."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot import setting
from bot.files import why
from bot.ledger.backup import back_up
from bot.ledger.database import LedgerError
from bot.serving import add_ledger, ledger_of

HELP = "备份账本"
DESCRIPTION = "把账本(关注、反馈、没答上的问题、每个聊天的设置)整个存成一个文件,机器人不用停。索引不用备份:它随时能从知识文件重建。"
EXAMPLES = """\
  python bot.py backup ledger-2026-11-21.gz
  python bot.py backup --ledger-url postgresql://quxiang@db/quxiang ledger.gz"""
DONE = "存好了 {path}:{count} 行。里面有大家的聊天编号和留言,只给要恢复的人看,别留超过 90 天。恢复:python bot.py restore {path}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `backup` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="存到哪个文件")
    add_ledger(parser)


def run(options: argparse.Namespace) -> int:
    """Write the backup; 0, or 1 when it could not be had."""
    try:
        count = back_up(ledger_of(options, os.environ, setting.data_folder(options)), options.file)
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"写不了 {options.file}:{why(error)};换个地方,或检查磁盘空间和权限。", file=sys.stderr)
        return 1
    print(DONE.format(path=options.file, count=count))
    return 0
