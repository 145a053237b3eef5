"""`check`: every problem of the knowledge at once, each with file and line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import index
from bot.setting import add_folders, in_service, today
from bot.yamlfile import Problem

HELP = "检查知识文件"
DESCRIPTION = "检查全部知识文件,一次说出所有问题:文件:行: 字段: 写了什么;应当是什么;怎么改。"
EXAMPLES = """\
  python bot.py check
  python bot.py check knowledge/accounts/jiangsu   只看一个文件夹里的问题"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `check` takes."""
    add_folders(parser)
    against = "和这个旧索引比,编号不见了的算错(默认和正在用的比)"
    parser.add_argument("--against", type=Path, metavar="FILE", help=against)
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="只看这些文件或文件夹里的问题(默认全部)"
    )


def run(options: argparse.Namespace) -> int:
    """Print every problem and what was read; 1 when there is an error, 2 when a path is none."""
    absent = [path for path in options.paths if not path.exists()]
    if absent:
        print(f"没有 {'、'.join(map(str, absent))};写已有的文件或文件夹。", file=sys.stderr)
        return 2
    read = index.build(options.knowledge, None, today(), options.against or in_service(options))
    shown = [p for p in read.problems if _concerns(p, options.paths)]
    for problem in shown:
        print(problem)
    errors = sum(not p.warning for p in shown)
    verdict = f"{errors} 个错误要改" if errors else "没有错误"
    counted = f"{read.places} 个地方、{read.units} 个单位、{read.accounts} 个账号"
    print(f"读了 {counted}:{verdict},{len(shown) - errors} 条提醒。")
    return 1 if errors else 0


def _concerns(problem: Problem, paths: Sequence[Path]) -> bool:
    return not paths or any(Path(problem.file).resolve().is_relative_to(p.resolve()) for p in paths)
