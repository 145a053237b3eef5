"""`restore`: an empty ledger is filled from a backup, of the same database or another."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot import setting
from bot.files import why
from bot.ledger.backup import restore
from bot.ledger.database import LedgerError
from bot.serving import add_ledger, ledger_of

HELP = "从备份恢复账本"
DESCRIPTION = "把备份写进一个空的账本:同一种数据库,或从 SQLite 换到 PostgreSQL。不会覆盖已有的东西;写到一半出错,什么都不留。"
EXAMPLES = """\
  python bot.py restore ledger-2026-11-21.gz
  python bot.py restore --ledger-url postgresql://quxiang@db/quxiang ledger.gz"""
DONE = "恢复好了:{count} 行。备份以后删掉的东西又回来了:先运行一次机器人,它会按保留期限再清一遍。现在可以 python bot.py run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `restore` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="python bot.py backup 存下的文件")
    add_ledger(parser)


def run(options: argparse.Namespace) -> int:
    """Fill the ledger; 0, or 1 when it could not be."""
    try:
        count = restore(options.file, ledger_of(options, os.environ, setting.data_folder(options)))
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"读不了 {options.file}:{why(error)};检查文件名和权限。", file=sys.stderr)
        return 1
    print(DONE.format(count=count))
    return 0
