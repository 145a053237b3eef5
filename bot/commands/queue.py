"""`queue`: the notices that people sent and pages gave: looked at, put in, merged with a record, or sent back."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence

from bot import knowledge, notice
from bot.commands.adding import unusable
from bot.commands.drafting import add_told, put_in, refused, show, told_by
from bot.commands.filing import add_ledger, in_ledger
from bot.commands.merging import held_against
from bot.knowledge import Knowledge
from bot.ledger import Fate, Ledger, LedgerError, Waiting
from bot.notice import Draft
from bot.places import Gazetteer
from bot.setting import add_knowledge, call
from bot.terminal import aligned
from bot.upkeep.drafts import Told, entry_of, title
from bot.upkeep.entries import Reader
from bot.upkeep.likeness import Likeness, similar
from bot.values import When

HELP = "处理转来的公告"
DESCRIPTION = "居民转来的、网页上抓来的公告,一份一份地处理:看、写进知识文件、和已有的合并,或者退回。"
EXAMPLES = """\
  python bot.py queue                              列出没处理的
  python bot.py queue 3                            看第 3 份:原文、草稿、差不多的账号
  python bot.py queue 3 --apply                    写进知识文件
  python bot.py queue 3 --merge pinghukepu-wx      和已有的一条对照;加 --write 才写
  python bot.py queue 3 --reject "不是公告,是旧闻"   退回;要听结果的人会收到这句话"""
MOST = 100
# Seconds east of Greenwich in which the people who read this live.
CHINA = dt.timezone(dt.timedelta(hours=8))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `queue` takes."""
    add_knowledge(parser)
    add_ledger(parser)
    parser.add_argument("number", nargs="?", type=int, metavar="N", help="第几份;不写就列出没处理的")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--apply", action="store_true", help="写进知识文件,再查一遍")
    what.add_argument("--merge", metavar="ID", help="和这个编号的账号对照")
    what.add_argument("--reject", metavar="REASON", help="退回,写一句为什么")
    parser.add_argument("--write", action="store_true", help="对照过了,合并进去(和 --merge 一起用)")
    parser.add_argument("--account", type=int, metavar="N", help="公告里有几个账号时,只管第 N 个")
    add_told(parser)


def run(options: argparse.Namespace) -> int:
    """List what waits, or do one thing with one of it; 1 when that cannot be done, 2 for wrong use."""
    acts = options.apply or options.merge or options.reject is not None
    if options.number is None and acts:
        return _wrong("是第几份?先运行 python bot.py queue 看编号。")
    if options.reject is not None and not options.reject.strip():
        return _wrong('--reject 后面写一句为什么,转来的人会看到;例:--reject "不是公告"')
    if options.write and not options.merge:
        return _wrong("--write 要和 --merge 一起用。")
    known = knowledge.read(options.knowledge)
    if not known.places:
        return refused(unusable(known, options.knowledge))
    try:
        return in_ledger(options, lambda ledger: _done(ledger, known, options))
    except LedgerError as error:
        return refused([str(error)])


async def _done(ledger: Ledger, known: Knowledge, options: argparse.Namespace) -> int:
    if options.number is None:
        return _list(await ledger.drafts.open(MOST), known, options)
    waiting = await ledger.drafts.one(options.number)
    if waiting is None:
        return refused([f"没有第 {options.number} 份;运行 {call('queue', options)} 看有哪些。"])
    acts = options.apply or options.merge or options.reject is not None
    if acts and waiting.state != "open":
        return refused([f"第 {waiting.id} 份已经处理过了:{_fate(waiting)}。"])
    if options.reject is not None:
        told = await ledger.drafts.settle(waiting.id, Fate.REJECTED, reason=options.reject.strip())
        print(f"退回了第 {waiting.id} 份。{_heard(told)}")
        return 0
    drafts = _chosen(_read(waiting, known), options)
    if not drafts:
        return refused(
            [f"第 {waiting.id} 份里没有读出这样的账号;看原文:{call('queue', options, str(waiting.id))}"]
        )
    if options.merge:
        return await _merge(drafts, waiting, ledger, known, options)
    if options.apply:
        return await _apply(drafts, waiting, ledger, known, options)
    return _open(drafts, waiting, known, options)


def _read(waiting: Waiting, known: Knowledge) -> tuple[Draft, ...]:
    date = When(waiting.date) if waiting.date else None
    return notice.read(waiting.text, Gazetteer(known.places), date)


def _chosen(drafts: Sequence[Draft], options: argparse.Namespace) -> Sequence[Draft]:
    if options.account is None:
        return drafts
    return drafts[options.account - 1 : options.account] if options.account > 0 else ()


def _list(found: Sequence[Waiting], known: Knowledge, options: argparse.Namespace) -> int:
    """Print what waits, the oldest first."""
    if not found:
        print("没有要处理的公告。")
        return 0
    rows = []
    for waiting in found:
        names = [title(d) for d in _read(waiting, known)]
        more = f" 等 {len(names)} 个" if len(names) > 1 else ""
        by = f"{waiting.senders} 人转来" if waiting.senders else (waiting.url or "没有留下来处")
        rows.append((str(waiting.id), _day(waiting.at), (names[0] if names else "没有读出账号") + more, by))
    print(*aligned(rows), sep="\n")
    if len(found) == MOST:
        print(f"只列了最早的 {MOST} 份。")
    print(f"看一份:{call('queue', options, str(found[0].id))}")
    return 0


def _open(drafts: Sequence[Draft], waiting: Waiting, known: Knowledge, options: argparse.Namespace) -> int:
    """Print a notice: its words, its drafts, the accounts that are nearly the same."""
    print(f"第 {waiting.id} 份,{_day(waiting.at)} 收到,{_fate(waiting)}")
    if waiting.url:
        print(f"网址:{waiting.url}")
    print("", waiting.text.strip(), "", sep="\n")
    told, reader = told_by(options, waiting.url), Reader(known)
    show(drafts, known, told, options)
    print()
    number = str(waiting.id)
    for draft in drafts:
        entry, _ = entry_of(draft, reader, told)
        for alike in (similar(entry, known) if entry else [])[:3]:
            print(f"{title(draft)} 和这条差不多:{reader.told(alike)}")
            print(f"  对照:{call('queue', options, number, '--merge', alike.account.id)}")
    if waiting.state == "open":
        print(f"写进去:{call('queue', options, number, '--apply')}")
        print(f"退回:{call('queue', options, number, '--reject', '为什么')}")
    return 0


async def _apply(
    drafts: Sequence[Draft], waiting: Waiting, ledger: Ledger, known: Knowledge, options: argparse.Namespace
) -> int:
    """Put a notice's accounts into the knowledge; it is settled once all of them are there."""
    told = told_by(options, waiting.url)
    put = put_in(drafts, known, told, options)
    if put is None:
        return 1
    await _settle(waiting, Fate.APPLIED, put.ids, drafts, ledger, options)
    return int(put.errors)


async def _merge(
    drafts: Sequence[Draft], waiting: Waiting, ledger: Ledger, known: Knowledge, options: argparse.Namespace
) -> int:
    """Hold one of a notice's accounts against a record; merge it where that is wished."""
    merged = held_against(drafts, waiting, known, options)
    if merged.draft is not None:
        await _settle(waiting, Fate.MERGED, (options.merge,), [merged.draft], ledger, options)
    return merged.code


async def _settle(
    waiting: Waiting,
    fate: Fate,
    ids: Sequence[str],
    done: Sequence[Draft],
    ledger: Ledger,
    options: argparse.Namespace,
) -> None:
    """Settle a notice when all its accounts are in the knowledge, and say what is left when not."""
    known, told = knowledge.read(options.knowledge), told_by(options, waiting.url)
    left = [d for d in _read(waiting, known) if d not in done and not _is_there(d, known, told)]
    if left:
        print(f"第 {waiting.id} 份里还有没处理的,先留着:{'、'.join(map(title, left))}")
        return
    heard = await ledger.drafts.settle(waiting.id, fate, " ".join(ids))
    print(f"第 {waiting.id} 份处理完了。{_heard(heard)}")


def _is_there(draft: Draft, known: Knowledge, told: Told) -> bool:
    entry, _ = entry_of(draft, Reader(known), told)
    return any(a.likeness is Likeness.SAME for a in (similar(entry, known) if entry else []))


def _fate(waiting: Waiting) -> str:
    if waiting.state == Fate.REJECTED:
        return f"退回了:{waiting.reason}"
    done = {Fate.APPLIED: "写进去了", Fate.MERGED: "合并了"}
    return f"{done[Fate(waiting.state)]}:{waiting.entry}" if waiting.state in set(Fate) else "还没处理"


def _heard(told: int | None) -> str:
    return f"会告诉 {told} 个要听结果的人。" if told else "没有人要听结果。"


def _day(at: float) -> str:
    return dt.datetime.fromtimestamp(at, CHINA).date().isoformat()


def _wrong(said: str) -> int:
    print(said, file=sys.stderr)
    return 2
