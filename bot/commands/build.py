"""`build`: check the knowledge, make its index aside and swap it in; with an error the old index stays."""

from __future__ import annotations

import argparse

from bot.setting import add_folders, built, index_path

HELP = "建索引"
DESCRIPTION = "检查知识文件,没有错误就建好索引并换上;有错误时旧索引不动。"
EXAMPLES = """\
  python bot.py build
  python bot.py build --knowledge 别的文件夹 --index 别的.sqlite"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `build` takes."""
    add_folders(parser)


def run(options: argparse.Namespace) -> int:
    """Build the index; 1 when the knowledge has an error or the file cannot be written."""
    done = built(options)
    if done is None:
        return 1
    target = index_path(options)
    print(f"{target} 已经是最新的。" if done.fresh else f"建好了 {target}:这次读了 {done.accounts} 个账号。")
    return 0
