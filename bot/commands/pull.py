"""`pull`: the index of another machine, by digest, in place of the one here."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import setting
from bot.supply import Files, SupplyError, pull

HELP = "从另一台机器取索引"
DESCRIPTION = "从另一台机器上运行的机器人取索引、覆盖层和发布记录:摘要一样的不取,对不上的、读不了的不换。run 设了 INDEX_FROM 就自己每半分钟取一次。"
EXAMPLES = """\
  python bot.py pull http://10.0.0.5:8000 --index /srv/quxiang/index.sqlite"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `pull` takes."""
    parser.add_argument("url", metavar="URL", help="那台机器的网址,只写到端口")
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="放到哪个文件(默认 data/index.sqlite,或 $DATA_DIR)"
    )


def run(options: argparse.Namespace) -> int:
    """Take what is new; 1 when it could not be had."""
    files = files_of(options)
    try:
        new = pull(options.url, files)
    except SupplyError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"换上了 {files.index}。" if new else f"{files.index} 已经是最新的。")
    return 0


def files_of(options: argparse.Namespace) -> Files:
    """Return where the files of the index go; from then on the index counts as named by hand: it is not built here."""
    options.index = setting.index_path(options)
    return Files(options.index, setting.publications(options).path)
