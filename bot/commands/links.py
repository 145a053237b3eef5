"""`links`: whether the addresses that residents may be shown still work."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.codec import Path as Inner
from bot.commands.show import Spot, known, written_at
from bot.knowledge import Knowledge
from bot.records import Contact, ContactKind, Destination, Source
from bot.setting import add_folders, today
from bot.upkeep.linkcheck import Finding, Manners, Outcome, check_all, client

HELP = "核对网址"
DESCRIPTION = "看给居民的网址还打不打得开:慢慢问,不打扰人家。有打不开的,退出码是 1。"
# Hosts that are not asked, below the knowledge folder: one line each, the host, a tab, the reason.
UNCHECKED = "unchecked-hosts.txt"
LABELS = {
    Outcome.BROKEN: "打不开",
    Outcome.MOVED: "搬了",
    Outcome.REFUSED: "不让程序看",
    Outcome.OK: "好的",
    Outcome.EXCUSED: "不核对",
}
WORTH_TELLING = (Outcome.BROKEN, Outcome.MOVED, Outcome.REFUSED)


class BadLineError(ValueError):
    """A line of the list of unchecked hosts that is none; its text says which."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `links` takes."""
    add_folders(parser)
    parser.add_argument("--limit", type=_whole, metavar="N", help="只核对前 N 个")
    parser.add_argument("--host", metavar="HOST", help="只核对这个域名的")
    pause = "同一个域名两次之间停几秒(默认 2)"
    parser.add_argument("--pause", type=_seconds, default=Manners().pause, metavar="SECONDS", help=pause)
    parser.add_argument("--output", type=Path, metavar="FILE", help="写成一张表(Markdown),不打印")


def run(options: argparse.Namespace) -> int:
    """Check the addresses and report; 1 when one is broken, or the list of unchecked hosts is."""
    read = known(options)
    try:
        excused = unchecked(options.knowledge / UNCHECKED)
    except BadLineError as error:
        print(error, file=sys.stderr)
        return 1
    used = uses(read)
    wanted = [a for a in sorted(used) if not options.host or _host(a) == options.host]
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
        options.output.write_text(_table(told, users, _counted(findings)), encoding="utf-8")
    except OSError as error:
        print(f"写不了 {options.output}:{error.strerror};换个地方,或检查磁盘空间和权限。", file=sys.stderr)
        return 1
    print(f"写好了 {options.output}。{_counted(findings)}")
    return int(broken)


def uses(read: Knowledge) -> dict[str, list[Spot]]:
    """Return every address that residents may be shown, with where it is used. Addresses of mirrors are none."""
    records: list[tuple[str, Any]] = [(a.id, a) for u in read.units for a in u.accounts]
    records += [(f"contacts:{c.id or c.value}", c) for c in read.contacts]
    records += [(f"rules:{r.id}", r) for r in read.rules]
    records += [(f"verification.yaml:{a.id}", a) for a in read.advice]
    records += [(f"platforms.yaml:{p.id}", p) for p in read.platforms]
    found: dict[str, list[Spot]] = {}
    for key, record in records:
        for inner, address in _shown(record, ()):
            found.setdefault(address, []).append((key, inner))
    return found


def unchecked(path: Path) -> dict[str, str]:
    """Return the hosts that are not asked, each with its reason. Raises: BadLineError."""
    found = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        host, _, reason = line.partition("\t")
        if not line.strip() or line.startswith("#"):
            continue
        if not host.strip() or not reason.strip():
            raise BadLineError(f"{path}:{number}: 写成“域名<Tab>理由”,中间是一个制表符")
        found[host.strip()] = reason.strip()
    return found


def _shown(record: Any, inner: Inner) -> Iterator[tuple[Inner, str]]:
    """Yield the addresses in a record and in all it holds, each with the way to it."""
    if isinstance(record, Source | Destination) and record.url:
        yield (*inner, "url"), record.url
    if isinstance(record, Contact) and record.kind is ContactKind.WEBSITE:
        yield (*inner, "value"), record.value
    for member in fields(record):
        value = getattr(record, member.name)
        if isinstance(value, tuple):
            for number, one in enumerate(value):
                if is_dataclass(one):
                    yield from _shown(one, (*inner, member.name, number))
        elif is_dataclass(value):
            yield from _shown(value, (*inner, member.name))


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


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是秒数") from error
    if not 0 <= found <= 3600:
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 到 3600 秒")
    return found
