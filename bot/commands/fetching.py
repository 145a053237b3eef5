"""`notice --urls`: the pages of a list fetched, kept with address, date and digest, and put into the queue as drafts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import knowledge, notice
from bot.commands.adding import unusable
from bot.commands.drafting import refused
from bot.commands.filing import in_ledger
from bot.files import why
from bot.knowledge import Knowledge
from bot.ledger import Ledger, LedgerError
from bot.places import Gazetteer
from bot.progress import progress
from bot.setting import call, today, unwritten
from bot.upkeep.drafts import title
from bot.upkeep.fetching import AGENT, Page, Record, fetch_all
from bot.upkeep.manners import Manners, client
from bot.values import When


def fetch(options: argparse.Namespace) -> int:
    """Fetch what is left of the list and put each notice into the queue; 1 when a page could not be read."""
    source = Path(options.urls)
    known = knowledge.read(options.knowledge)
    if not known.places:
        return refused(unusable(known, options.knowledge))
    try:
        urls = listed(source.read_text(encoding="utf-8-sig"))
        record = Record.at(options.output or source.with_name(f"{source.name}.jsonl"))
    except UnicodeDecodeError:
        return refused([f"{source}: 不是 UTF-8 文字;一行一个网址,存成 UTF-8 再试。"])
    except OSError as error:
        return refused([f"读不了 {source}:{why(error)};检查文件名。"])
    if not urls:
        return refused([f"{source}: 里面没有网址;一行写一个,# 开头的行不算。"])
    left = record.left(urls)
    if len(left) < len(urls):
        print(
            f"{len(urls) - len(left)} 个抓过了,不再抓;要重抓就删掉 {record.path} 里那一行。", file=sys.stderr
        )
    try:
        bad = in_ledger(options, lambda ledger: _fetched(left, record, known, ledger, options))
    except LedgerError as error:
        return refused([str(error)])
    except OSError as error:
        return refused([unwritten(record.path, error)])
    print(f"抓了 {len(left)} 个网页,{bad} 个没有读成。处理草稿:{call('queue', options)}")
    return int(bad > 0)


async def _fetched(
    left: Sequence[str], record: Record, known: Knowledge, ledger: Ledger, options: argparse.Namespace
) -> int:
    """Fetch pages, each into the queue and then into the record; how many could not be read. Raises: LedgerError, OSError."""
    bad, places, manners = 0, Gazetteer(known.places), Manners(options.pause)
    async with client(manners, AGENT) as asking:
        pages = fetch_all(left, manners, today(), asking)
        for _ in progress(range(len(left)), "抓公告", len(left)):
            page = await anext(pages)
            drafts = notice.read(page.text, places, When(page.date) if page.date else None)
            if drafts:  # before it is written down: whoever is interrupted here does it again, to no harm
                await ledger.drafts.put(page.text, date=page.date, url=page.url)
            record.keep(page)
            bad += bool(page.error)
            print(_said(page, [title(d) for d in drafts]))
    return bad


def listed(text: str) -> list[str]:
    """Return the addresses of a list: a line each, without those that begin with a #."""
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def _said(page: Page, titles: list[str]) -> str:
    if page.error:
        return f"{page.url}: {page.error}" + (";下次再试" if page.again else "")
    return f"{page.url}: " + ("、".join(titles) if titles else "没有读出关停的账号")
