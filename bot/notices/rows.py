"""Floor 5. The lines of a text's tables as accounts that it closes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.notices import targets, units
from bot.notices.closing import Closing
from bot.notices.listing import KEPT
from bot.notices.mention import Mention
from bot.notices.page import FARTHEST, Ordered, Page
from bot.notices.scopes import ALL, INFORMATION
from bot.notices.sheet import Span
from bot.notices.tables import Row, Table
from bot.notices.targets import Sort, Target
from bot.notices.words import CHANGES, ENDS, Does
from bot.values import Platform, State

_QUOTES = "“”‘’「」『』《》【】\"'@"
_BARE = re.compile(r"[\u4e00-\u9fffa-z0-9]{3,16}(?:发布|在线|融媒|网)")
# 见其他平台
_VAGUE = re.compile(
    r"(?:其他|其它|别的|相关|有关|上级|各).{0,6}(?:平台|渠道|账号|公众号|方式|网站)|公示栏|公告栏|班级群|微信群"
)
_NEW_NAME = re.compile(r"[“「『《]?([\u4e00-\u9fffa-z0-9·]{2,20}?)(?=后|并|[”」』》,;(]|\Z)")
_STATES = {Does.MOVE: State.MIGRATED, Does.MERGE: State.MERGED, Does.RENAME: State.RENAMED}
# What a table's heading may say of the column of destinations.
_PUBLISHED = "信息发布"


def closings(page: Page, tables: Sequence[Table], mentions: Sequence[Mention]) -> list[Closing]:
    """Return the accounts that the tables of a text close: those of tables under words of closing."""
    first = next((m.start for m in page.marks if m.meaning in ENDS), None)
    published = _PUBLISHED in page.plain
    ordered = Ordered(mentions)
    found = []
    for table in tables:
        if first is None or first >= table.end or _goes_on(page, table):
            continue
        headed = _headed(page, table)
        for row in table.rows:
            state = row.cells.get("state")
            ends = [m.meaning for m in page.marks.between(*state) if m.meaning in CHANGES] if state else []
            if "name" in row.cells and (ends or not state) and not page.days.at(row.cells["name"][0]):
                found.append(_closing(page, row, ordered, published))
                if "platform" not in row.cells and not found[-1].mention.platform and headed:
                    found[-1].mention.platform, found[-1].mention.said = headed
                if not found[-1].targets and state and Does.RENAME in ends:
                    found[-1].targets = [*_new_name(page, state, found[-1].mention)]
                moved = [_STATES[m] for m in ends if isinstance(m, Does) and m in _STATES]
                if moved and found[-1].targets:
                    found[-1].becomes(moved[0])
                    for target in found[-1].targets:
                        target.scope = ALL
    return found


def _headed(page: Page, table: Table) -> tuple[Platform, Span] | None:
    """Return the only platform that the line over a table, or its line of headings, speaks of: 全市公众号清理清单."""
    start = page.plain.rfind("\n", 0, max(0, table.start - 1)) + 1
    end = page.plain.find("\n", table.start)
    said = [
        m
        for m in page.marks.between(max(start, table.start - FARTHEST), end)
        if isinstance(m.meaning, Platform)
    ]
    if not said or any(m.meaning is not said[0].meaning for m in said):
        return None
    mark = said[0]
    return (mark.meaning, (mark.start, mark.end)) if isinstance(mark.meaning, Platform) else None


def _goes_on(page: Page, table: Table) -> bool:
    """Tell whether the line over a table says that its accounts go on: 二、保留账号."""
    heading = page.plain[max(0, table.start - FARTHEST) : max(0, table.start - 1)].rpartition("\n")[2]
    return KEPT.search(heading) is not None


def _closing(page: Page, row: Row, mentions: Ordered[Mention], published: bool) -> Closing:
    start, end = row.cells["name"]
    start += page.plain[start] in _QUOTES
    end -= page.plain[end - 1] in _QUOTES
    platform, said = _platform(page, row.cells.get("platform"))
    for inside in mentions.between(start - 1, end):
        if inside.name and inside.platform and not inside.weak and not row.cells.get("platform"):
            start, end = inside.name  # 停用账号:“甲”微信公众号
            platform, said = inside.platform, inside.said
            break
    mention = Mention(
        start, end, (start, end), platform, said, unit=row.cells.get("unit"), handle=row.cells.get("handle")
    )
    closing = Closing(mention, row=row)
    if where := row.cells.get("target"):
        closing.targets = [*_targets(page, where, mentions.between(*where))]
        for target in closing.targets:
            target.scope = INFORMATION if published else None
        if not closing.targets and _VAGUE.search(page.text(where)):
            closing.vague = where
    return closing


def _new_name(page: Page, cell: Span, mention: Mention) -> Iterator[Target]:
    """Yield the new name in a cell like 更名为平湖文旅后保留."""
    mark = next(m for m in page.marks.between(*cell) if m.meaning is Does.RENAME)
    if name := _NEW_NAME.match(page.plain, mark.end, cell[1]):
        yield Target(name.span(1), mention.platform, targets.sort_of(mention.platform))


def _platform(page: Page, cell: Span | None) -> tuple[Platform | None, Span | None]:
    for mark in page.marks.between(*cell) if cell else ():
        if isinstance(mark.meaning, Platform):
            return mark.meaning, (mark.start, mark.end)
    return None, cell


def _targets(page: Page, cell: Span, mentions: Sequence[Mention]) -> Iterator[Target]:
    """Yield the destinations in a cell; a name may stand there alone, or before its platform in brackets."""
    found = [t for m in mentions if not m.other and (t := targets.of(m))]
    yield from found
    text = page.text(cell)
    if not found and _BARE.fullmatch(text):
        site = text.endswith("网")
        yield Target(cell, Platform.WEBSITE if site else None, Sort.WEBSITE if site else Sort.ACCOUNT)
    elif not found and units.is_unit(text):
        yield Target(cell, None, Sort.UNIT)
