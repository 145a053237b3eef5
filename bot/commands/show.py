"""`show`: all that is known of an account, with what residents never see: mirrors, notes, file and line."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from bot.contacts import full_name
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.records import Account, Source, Unit
from bot.setting import add_knowledge, call, known
from bot.terminal import aligned
from bot.text import fold
from bot.trail import End, Trail, follow
from bot.upkeep.exporting import answer_codes
from bot.upkeep.spots import Spot, written_at
from bot.values import Labelled, When

HELP = "看一条账号"
DESCRIPTION = (
    "看一条账号的全部:记录、单位和地方、去向怎么走、来源(连镜像和备注,只给维护者看)、在哪个文件哪一行。"
)
EXAMPLES = """\
  python bot.py show 水润港城
  python bot.py show shuirungangcheng-wx
  python bot.py show QX-0RTWB"""
ENDS = {
    End.LIVE: "走到能用的地方",
    End.DEAD: "走不通:最后一个也停了,没写下一个",
    End.LOOP: "走不通:绕了一圈又回来了",
}
# Shown under headings of their own, not among the fields.
_APART = ("sources", "note")
MOST_NEAR = 5
# Names less alike than this are no help (the ratio of `difflib`, 0 to 1).
NEAR = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `show` takes."""
    add_knowledge(parser)
    help_ = "账号的编号、名字、微信号、单位名,或回答末尾的代码(QX-…)"
    parser.add_argument("wanted", nargs="+", metavar="ID|NAME", help=help_)


def run(options: argparse.Namespace) -> int:
    """Show the account that is meant, or list all that may be; 1 when there is none."""
    read = known(options)
    wanted = " ".join(options.wanted)
    accounts = meant(wanted, read)
    if not accounts and wanted in read.moved:
        print(f"“{wanted}”这个编号已经撤掉了,见 {options.knowledge / 'moved.yaml'}。", file=sys.stderr)
        return 1
    if not accounts:
        close = near(wanted, read)
        todo = (
            f"名字相近的:{'、'.join(close)}"
            if close
            else f"换个写法,或先试 {call('ask', options, '--why', wanted)}"
        )
        print(f"没有“{wanted}”。{todo}", file=sys.stderr)
        return 1
    if len(accounts) == 1:
        print("\n".join(shown(accounts[0], read)))
    else:
        lines, units = written_at(read, [(a.id, ()) for a in accounts]), _units(read)
        rows = [(a.id, called(a, units[a.unit]), a.state.label, lines[a.id, ()]) for a in accounts]
        print("\n".join([f"“{wanted}”有 {len(rows)} 个,写编号再看:", *aligned(rows)]))
    return 0


def meant(wanted: str, read: Knowledge) -> list[Account]:
    """Return the accounts that an id, past or present, a code or a whole name stands for."""
    accounts = {a.id: a for u in read.units for a in u.accounts}
    current, met = wanted, set[str]()
    while current in read.moved and current not in met:
        met.add(current)
        current = read.moved[current] or ""
    if current in accounts:
        return [accounts[current]]
    folded = fold(wanted)
    named = [a for u in read.units for a in u.accounts if folded in _names(a, u)]
    code = wanted.upper().removeprefix("QX-").partition("-")[0]
    return named or [accounts[i] for i, c in answer_codes([*accounts]).items() if c == code]


def near(wanted: str, read: Knowledge) -> list[str]:
    """Return the names and ids most like one that nothing bears."""
    names = {n: raw for u in read.units for a in u.accounts for n, raw in _names(a, u).items()}
    close = difflib.get_close_matches(fold(wanted), names, MOST_NEAR, NEAR)
    return list(dict.fromkeys(names[n] for n in close))


def called(account: Account, unit: Unit) -> str:
    """Return what an account is called in a list: its own name, else its unit's, and the platform."""
    name = account.name or f"({unit.name or '没有名字'})"
    return f"{name}({account.platform.label})" if account.platform else name


def shown(account: Account, read: Knowledge) -> list[str]:
    """Return an account with everything around it, as a terminal shows it."""
    unit = _units(read)[account.unit]
    code = answer_codes([a.id for u in read.units for a in u.accounts])[account.id]
    place = "".join(full_name(Gazetteer(read.places), unit.place)) or "不认识的地方"
    whole: Spot = (account.id, ())
    head = [
        ("编号", account.id),
        ("名字", called(account, unit)),
        ("单位", unit.name or "(没写)"),
        ("地方", f"{place} {unit.place}"),
        ("文件", written_at(read, [whole])[whole]),
        ("代码", f"QX-{code}"),
    ]
    lines = [*aligned(head), "", "记录", *_indented(_record(account))]
    lines += ["", "去向", *_indented(_trails(account, read))]
    lines += ["", "来源(镜像只给维护者看)", *_indented(_sources(account))]
    notes = list(_notes(account, unit))
    others = [a for a in unit.accounts if a.id != account.id]
    if notes:
        lines += ["", "备注(居民看不到)", *_indented(notes)]
    if others:
        rows = [(a.id, called(a, unit), a.state.label) for a in others]
        lines += ["", "同一单位的", *_indented(aligned(rows))]
    return lines


def _units(read: Knowledge) -> dict[str, Unit]:
    """Return the units by the key their accounts know them by."""
    return {u.key: u for u in read.units}


def _names(account: Account, unit: Unit) -> dict[str, str]:
    """Return every name an account may be asked for by, folded, each with how it is written."""
    raw = (account.id, account.name, account.platform_id, *account.aliases, unit.name, *unit.aliases)
    return {folded: name for name in raw if name and (folded := fold(name))}


def _record(record: Any) -> Iterator[str]:
    """Yield a record's fields as lines like those of its file, each closed value with its Chinese word."""
    for member in fields(record):
        value = getattr(record, member.name)
        if member.metadata.get("derived") or member.name in _APART or value in (None, (), False):
            continue
        if not isinstance(value, tuple):
            value = (value,) if _nested(value) else value
        if not isinstance(value, tuple):
            yield f"{member.name}: {_plain(value)}"
        elif _nested(value[0]):
            yield f"{member.name}:"
            for one in value:
                first, *rest = _record(one)
                yield f"  - {first}"
                yield from (f"    {line}" for line in rest)
        else:
            yield f"{member.name}: {'、'.join(map(_plain, value))}"


def _nested(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, When)


def _plain(value: object) -> str:
    if isinstance(value, Labelled):
        return f"{value.value}({value.label})"
    return "是" if value is True else str(value)


def _trails(account: Account, read: Knowledge) -> Iterator[str]:
    """Yield where an account leads, step by step, each on whose word."""
    accounts = {a.id: a for u in read.units for a in u.accounts}
    trails = follow(account, accounts.get)
    if not trails:
        notice = f"公告:{account.notice.label}" if account.notice else "公告怎么写的没有填"
        yield f"没有写去向;{notice}" if account.state.gone else f"现状是“{account.state.label}”,不写去向"
    for number, trail in enumerate(trails, 1):
        yield f"{number}. {ENDS[trail.end]};最弱的依据:{trail.weakest.label}"
        yield from (f"   {line}" for line in _steps(trail, read))


def _steps(trail: Trail, read: Knowledge) -> Iterator[str]:
    units = _units(read)
    for step in trail.steps:
        d = step.destination
        if step.account:
            goal = f"{called(step.account, units[step.account.unit])} {step.account.id},{step.account.state.label}"
        elif d.unit:
            unit = units.get(d.unit)
            goal = f"{unit.name if unit else '?'}(单位 {d.unit})"
        else:
            goal = f"{d.name or d.account}({d.platform.label if d.platform else '没写平台'},不在本库)"
        inside = "".join(f" › {part}" for part in d.path)
        yield f"{called(step.origin, units[step.origin.unit])} → {goal}{inside};依据:{d.basis.label}"


def _sources(account: Account) -> Iterator[str]:
    """Yield every source a record names, those of its contacts and of what differs included."""
    yield from (line for source in account.sources for line in _source(source))
    for differing in account.differs:
        yield from _source(differing.source, f"另有说法({differing.what}):")
    for contact in account.contacts:
        yield from (line for source in contact.sources for line in _source(source, f"{contact.value}:"))


def _source(source: Source, about: str = "") -> Iterator[str]:
    yield f"{about}{source.publisher} {source.date or '(没写日期)'}{'(转载)' if source.reprint else ''}"
    if source.url:
        yield f"  网址 {source.url}"
    if source.mirror:
        yield f"  镜像 {source.mirror}"


def _notes(account: Account, unit: Unit) -> Iterator[str]:
    owners = [("", account.note), ("单位:", unit.note), *((f"{c.value}:", c.note) for c in account.contacts)]
    yield from (f"{owner}{note}" for owner, note in owners if note)


def _indented(lines: Iterator[str] | list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
