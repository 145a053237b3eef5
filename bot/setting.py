"""Floor 8. What a run of the bot is set by: folders, files, tokens; read from flags and environment in one place."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot import index, knowledge
from bot.matcher import Matcher
from bot.records import When

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge"
INDEX_NAME = "index.sqlite"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a channel is started with."""

    # Gives the matcher in service: it may be another one at the next question.
    matcher: Callable[[], Matcher]
    today: Callable[[], When]
    token: str | None = None
    api_base: str | None = None


def today() -> When:
    """Return today's date."""
    return When(dt.date.today().isoformat())  # noqa: DTZ011  # the calendar of the people who ask


def add_folders(parser: argparse.ArgumentParser) -> None:
    """Add where the knowledge and its index are."""
    parser.add_argument(
        "--knowledge", type=Path, default=KNOWLEDGE, metavar="DIR", help="知识文件夹(默认 knowledge/)"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="索引文件(默认 data/index.sqlite,或 $DATA_DIR)"
    )


def index_path(options: argparse.Namespace) -> Path:
    """Return the index file that the flags or the environment name."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "data")
    chosen: Path | None = options.index
    return chosen or folder / INDEX_NAME


def matcher(options: argparse.Namespace) -> Matcher | None:
    """Open the index, building it first when it is missing or older than the knowledge; say why it cannot be had.

    An index named by hand is used as it is.
    """
    target = index_path(options)
    stale = options.index is None and index.digest_of(target) != knowledge.digest(options.knowledge)
    if (stale or not target.exists()) and not built(options) and not target.exists():
        return None
    try:
        return Matcher(index.Base(target))
    except (index.StaleIndexError, FileNotFoundError):
        print(f"{target} 不是能用的索引;运行 python bot.py build 重建一次。", file=sys.stderr)
        return None


def in_service(options: argparse.Namespace) -> Path | None:
    """Return the index whose ids must not disappear: the one in service, for the project's own knowledge."""
    own = options.index is None and options.knowledge == KNOWLEDGE
    return index_path(options) if own and index_path(options).exists() else None


def built(options: argparse.Namespace) -> index.Built | None:
    """Check the knowledge and put its index into service, a small edit as an overlay; say what keeps it from it."""
    target = index_path(options)
    try:
        before = in_service(options)
        done = index.update(options.knowledge, target, today(), ids_stay=before is not None)
        if done is None:
            done = index.build(options.knowledge, target, today(), before)
    except OSError as error:
        print(f"写不了 {target}:{error.strerror};换个地方(--index),或检查磁盘空间和权限。", file=sys.stderr)
        return None
    for problem in done.errors:
        print(problem, file=sys.stderr)
    if done.errors:
        still = "原来的索引还在用" if target.exists() else "也没有以前的索引"
        print(
            f"{len(done.errors)} 个错误,没有建索引;{still}。改好后运行 python bot.py check。", file=sys.stderr
        )
        return None
    return done
