"""Floor 8. The maintainers' and operators' commands. Exit codes: 0 well, 1 problems found, 2 wrong use."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import ask, checks, index, knowledge
from bot.matcher import Matcher
from bot.records import When

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge"
INDEX_NAME = "index.sqlite"
NO_TELEGRAM = "没有设置 TELEGRAM_BOT_TOKEN,先在终端里聊;要接 Telegram:TELEGRAM_BOT_TOKEN=<令牌> make run(令牌向 @BotFather 要)"

DESCRIPTION = "去向:查已关停的政务账号现在去哪儿看、去哪儿办。先试:python bot.py ask 水润港城"
EXAMPLES = """\
例子:
  python bot.py ask 水润港城            问一句,看居民会看到什么
  python bot.py ask --why 水润岗城      再看它是怎么认出来的
  python bot.py check                   检查 knowledge/ 里的知识文件
  python bot.py run                     启动机器人(没有令牌就在终端里聊)
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a channel is started with."""

    load: Callable[[], Matcher]
    today: Callable[[], When]
    token: str | None = None
    api_base: str | None = None


Channel = Callable[[Setting], int]


def main(argv: Sequence[str] | None = None, channels: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code. `channels` names each channel's `module:function`."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as error:  # argparse has already said what is wrong
        return int(error.code or 0)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "ask": _ask,
        "check": _check,
        "build": _build,
        "run": lambda o: _run(o, channels or {}),
    }
    try:
        return commands[options.command](options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def today() -> When:
    """Return today's date."""
    return When(dt.date.today().isoformat())  # noqa: DTZ011  # the calendar of the people who ask


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "bot.py", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=shape
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", title="命令")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--knowledge", type=Path, default=KNOWLEDGE, metavar="DIR", help="知识文件夹(默认 knowledge/)"
    )
    where.add_argument(
        "--index", type=Path, metavar="FILE", help="索引文件(默认 data/index.sqlite,或 $DATA_DIR)"
    )

    run = commands.add_parser(
        "run",
        parents=[where],
        help="启动机器人",
        description="建好索引,启动机器人:有令牌接 Telegram,没有就在终端里聊。",
    )
    run.add_argument(
        "--telegram-api-base", metavar="URL", help="Bot API 地址(默认 Telegram 自己的;或 $TELEGRAM_API_BASE)"
    )

    asking = commands.add_parser(
        "ask", parents=[where], help="问一句", description="问一句,打印居民会看到的回答。"
    )
    ask.add_arguments(asking)

    commands.add_parser(
        "check",
        parents=[where],
        help="检查知识文件",
        description="检查全部知识文件,一次说出所有问题:文件:行: 字段: ……",
    ).add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="只看这些文件或文件夹里的问题(默认全部)"
    )
    commands.add_parser(
        "build",
        parents=[where],
        help="建索引",
        description="检查知识文件,没有错误就建好索引并换上;有错误时旧索引不动。",
    )
    return parser


def _ask(options: argparse.Namespace) -> int:
    if not options.jsonl and not options.text:
        print("要问什么?例如:python bot.py ask 水润港城", file=sys.stderr)
        return 2
    matcher = _load(options)
    if matcher is None:
        return 1
    return ask.run(options, matcher, options.today or today())


def _check(options: argparse.Namespace) -> int:
    read = knowledge.read(options.knowledge)
    problems = checks.check(read, today())
    shown = [p for p in problems if _concerns(p, options.paths)]
    for problem in shown:
        print(problem)
    errors = sum(not p.warning for p in shown)
    accounts = sum(len(u.accounts) for u in read.units)
    places = len({u.place for u in read.units})
    counted = f"{places} 个地方、{len(read.units)} 个单位、{accounts} 个账号"
    verdict = f"{errors} 个错误要改" if errors else "没有错误"
    print(f"读了 {counted}:{verdict},{len(shown) - errors} 条提醒。")
    return 1 if errors else 0


def _build(options: argparse.Namespace) -> int:
    target = _index(options)
    read = knowledge.read(options.knowledge)
    problems = [p for p in checks.check(read, today()) if not p.warning]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} 个错误,没有建索引;原来的索引还在用。改好再运行一次。", file=sys.stderr)
        return 1
    try:
        index.build(read, target)
    except OSError as error:
        print(f"写不了 {target}:{error.strerror};换个地方(--index),或检查磁盘空间和权限。", file=sys.stderr)
        return 1
    print(f"建好了 {target}:{sum(len(u.accounts) for u in read.units)} 个账号。")
    return 0


def _run(options: argparse.Namespace, channels: Mapping[str, str]) -> int:
    first = _load(options)
    if first is None:
        return 1
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip() or None
    base = options.telegram_api_base or os.environ.get("TELEGRAM_API_BASE") or None
    if token is None:
        print(NO_TELEGRAM)
    name = "telegram" if token else "console"
    module, _, function = channels[name].partition(":")
    channel: Channel = getattr(importlib.import_module(module), function)
    return channel(Setting(lambda: first, today, token, base))


def _load(options: argparse.Namespace) -> Matcher | None:
    """Open the index, building it first when it is missing or older than the knowledge."""
    target = _index(options)
    stale = options.index is None and index.digest_of(target) != knowledge.digest(options.knowledge)
    if (stale or not target.exists()) and _built(options, target) is False and not target.exists():
        return None
    try:
        return Matcher(index.Base(target))
    except (index.StaleIndexError, FileNotFoundError):
        print(f"{target} 不是能用的索引;运行 python bot.py build 重建一次。", file=sys.stderr)
        return None


def _built(options: argparse.Namespace, target: Path) -> bool:
    read = knowledge.read(options.knowledge)
    problems = [p for p in checks.check(read, today()) if not p.warning]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        still = ",先用上一次的索引" if target.exists() else ",也没有以前的索引"
        print(f"知识文件有 {len(problems)} 个错误{still}。改好后运行 python bot.py check。", file=sys.stderr)
        return False
    index.build(read, target)
    return True


def _index(options: argparse.Namespace) -> Path:
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "data")
    chosen: Path | None = options.index
    return chosen or folder / INDEX_NAME


def _concerns(problem: knowledge.Problem, paths: Sequence[Path]) -> bool:
    return not paths or any(Path(problem.file).resolve().is_relative_to(p.resolve()) for p in paths)
