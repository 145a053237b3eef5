"""`links`: whether the addresses that residents may be shown still work."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from bot import hosts
from bot.checks.addresses import addresses, records_around
from bot.files import put
from bot.knowledge import Knowledge
from bot.setting import add_knowledge, known, seconds, today, unwritten
from bot.upkeep.linkcheck import Finding, Outcome, check_all, client
from bot.upkeep.manners import Manners
from bot.upkeep.spots import Spot, written_at
from bot.yamlfile import Problem

HELP = "核对网址"
DESCRIPTION = "看给居民的网址还打不打得开:慢慢问,不打扰人家。有打不开的,退出码是 1。"
EXAMPLES = """\
  python bot.py links --limit 20                先看 20 个
  python bot.py links --host www.zjg.gov.cn     只看一个网站的
  python bot.py links --output 网址.md          全部,写成一张表"""
# Hosts that are not asked, below the knowledge folder: one line each, the host, a tab, the reason.
UNCHECKED = "unchecked-hosts.txt"
MOST_NEAR = 3
LABELS = {
    Outcome.BROKEN: "打不开",
    Outcome.MOVED: "搬了",
    Outcome.REFUSED: "不让程序看",
    Outcome.OK: "好的",
    Outcome.EXCUSED: "不核对",
}
WORTH_TELLING = (Outcome.BROKEN, Outcome.MOVED, Outcome.REFUSED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `links` takes."""
    add_knowledge(parser)
    parser.add_argument("--limit", type=_whole, metavar="N", help="只核对前 N 个")
    parser.add_argument("--host", metavar="HOST", help="只核对这个域名的")
    pause = "同一个域名两次之间停几秒(默认 2)"
    parser.add_argument("--pause", type=seconds, default=Manners().pause, metavar="SECONDS", help=pause)
    parser.add_argument("--output", type=Path, metavar="FILE", help="写成一张表(Markdown),不打印")


def run(options: argparse.Namespace) -> int:
    """Check the addresses and report; 1 when one is broken, or the list of unchecked hosts is."""
    read, problems = known(options), list[Problem]()
    excused = {name: e.reason for name, e in hosts.read(options.knowledge / UNCHECKED, problems).items()}
    used = uses(read)
    wanted = [a for a in sorted(used) if not options.host or _host(a) == options.host]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    if options.host and not wanted:
        print(_no_host(options.host, used), file=sys.stderr)
        return 2
    findings = asyncio.run(_checked(wanted[: options.limit], Manners(options.pause), excused))
    told = [f for f in findings if f.outcome in WORTH_TELLING]
    told.sort(key=lambda f: WORTH_TELLING.index(f.outcome))
    lines = written_at(read, [spot for f in told for spot in used[f.address]])
    users = {f.address: "、".join(f"{spot[0]}({lines[spot]})" for spot in used[f.address]) for f in told}
    broken = any(f.outcome is Outcome.BROKEN for f in told)
    if broken and not any(f.status for f in findings):
        print("一个也没有回应:先看看这台机器有没有网。", file=sys.stderr)
    if options.output is None:
        print("\n".join([*_text(told, users), _counted(findings)]))
        return int(broken)
    try:
        put(_table(told, users, _counted(findings)).encode(), options.output)
    except OSError as error:
        print(unwritten(options.output, error), file=sys.stderr)
        return 1
    print(f"写好了 {options.output}。{_counted(findings)}")
    return int(broken)


def uses(read: Knowledge) -> dict[str, list[Spot]]:
    """Return every address that residents may be shown, with where it is used. Addresses of mirrors are none."""
    records = chain(((a.id, a) for u in read.units for a in u.accounts), records_around(read))
    found: dict[str, list[Spot]] = {}
    for key, record in records:
        for inner, address in addresses(record):
            found.setdefault(address, []).append((key, inner))
    return found


def _no_host(host: str, used: Iterable[str]) -> str:
    """Return what to tell somebody whose host has no address of ours."""
    near = difflib.get_close_matches(host, {h for a in used if (h := _host(a))}, MOST_NEAR)
    return f"没有“{host}”的网址。" + (f"相近的:{'、'.join(near)}" if near else "去掉 --host 就核对全部。")


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that hold no IPv6 address
        return None


async def _checked(addresses: Sequence[str], manners: Manners, excused: dict[str, str]) -> list[Finding]:
    async with client(manners) as asking:
        return await check_all(addresses, manners, excused, asking)


def _text(told: Sequence[Finding], users: dict[str, str]) -> Iterator[str]:
    """Yield the report as a terminal shows it."""
    for f in told:
        yield f"{LABELS[f.outcome]}  {f.address}"
        yield f"  回来的:{f.said}"
        yield f"  谁在用:{users[f.address]}"
        yield f"  怎么办:{f.todo}"
        yield ""


def _table(told: Sequence[Finding], users: dict[str, str], counted: str) -> str:
    """Return the report as a Markdown document."""
    head = ["| 结果 | 网址 | 谁在用 | 回来的 | 怎么办 |", "|---|---|---|---|---|"]
    rows = [(LABELS[f.outcome], f.address, users[f.address], f.said, f.todo) for f in told]
    lines = ["| " + " | ".join(cell.replace("|", "%7C") for cell in row) + " |" for row in rows]
    return "\n".join([f"# 网址核对 {today()}", "", counted, "", *(head if rows else []), *lines]) + "\n"


def _counted(findings: Sequence[Finding]) -> str:
    counts = Counter(f.outcome for f in findings)
    said = ",".join(f"{LABELS[o]} {counts[o]}" for o in Outcome if counts[o])
    return f"核对了 {len(findings)} 个网址" + (f":{said}。" if said else "。")


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}”不是 1 以上的整数")
    return int(text)
