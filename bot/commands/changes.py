"""`changes`: what the indexes that went into service changed in answers, out of the publication log."""

from __future__ import annotations

import argparse
import json

from bot.commands.ask import when
from bot.publication import Change
from bot.setting import add_folders, publications

HELP = "看回答后来怎么变了"
DESCRIPTION = "列出每次换上新索引时,哪些账号的回答变了:日期、编号、原来怎么说、现在怎么说。最新的在前。"
EXAMPLES = """\
  python bot.py changes                      最近变了的
  python bot.py changes shuirungangcheng-wx  一个账号的全部变化
  python bot.py changes --since 2026-11-01"""
MOST = 50
NOTHING = "(没有)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `changes` takes."""
    add_folders(parser)
    parser.add_argument("account", nargs="?", metavar="ID", help="只看一个账号")
    parser.add_argument("--since", type=when, metavar="DATE", help="从哪天起,如 2026-11-01(默认从头)")
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"最多几条(默认 {MOST})")
    parser.add_argument("--json", action="store_true", help="一行一个 JSON 对象")


def run(options: argparse.Namespace) -> int:
    """Print the changes, the latest first; 0."""
    log, since = publications(options), options.since.first if options.since else ""
    found = log.of(options.account) if options.account else log.since(since, options.most)
    found = [c for c in found if c.date >= since][: options.most]
    for change in found:
        print(_json(change) if options.json else _line(change))
    if not found and not options.json:
        print("还没有变化。换上新索引(python bot.py build)以后,变了的回答会记在这里。")
    return 0


def _line(change: Change) -> str:
    return f"{change.date} {change.account}:{change.was or NOTHING} → {change.now or NOTHING}"


def _json(change: Change) -> str:
    found = {"id": change.id, "date": change.date, "account": change.account, "was": change.was,
             "now": change.now, "was_version": change.was_version, "now_version": change.now_version}  # fmt: skip
    return json.dumps(found, ensure_ascii=False)
