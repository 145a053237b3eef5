"""`build`: check the knowledge, make its index aside and swap it in; with an error the old index stays."""

from __future__ import annotations

import argparse
import sys

from bot import checks, index, knowledge
from bot.commands.check import counted
from bot.setting import add_folders, index_path, today

HELP = "建索引"
DESCRIPTION = "检查知识文件,没有错误就建好索引并换上;有错误时旧索引不动。"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `build` takes."""
    add_folders(parser)


def run(options: argparse.Namespace) -> int:
    """Build the index; 1 when the knowledge has an error or the file cannot be written."""
    target = index_path(options)
    read = knowledge.read(options.knowledge)
    errors = [p for p in checks.check(read, today()) if not p.warning]
    for problem in errors:
        print(problem, file=sys.stderr)
    if errors:
        print(f"{len(errors)} 个错误,没有建索引;原来的索引还在用。改好再运行一次。", file=sys.stderr)
        return 1
    try:
        index.build(read, target)
    except OSError as error:
        print(f"写不了 {target}:{error.strerror};换个地方(--index),或检查磁盘空间和权限。", file=sys.stderr)
        return 1
    print(f"建好了 {target}:{counted(read)}。")
    return 0
