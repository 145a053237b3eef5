"""Floor 5. Accounts in a table: a line of headings, then lines with as many cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bot.notices.sheet import Sheet, Span
from bot.notices.units import is_unit
from bot.notices.words import PLATFORMS

_HEADS = (
    (
        "name",
        re.compile(
            r"^(?:整合|合并|调整|变更|迁移|更名|归并|改名|优化)前(?:的)?(?:账号|名称|平台|公众号)?(?:名称)?$"
        ),
    ),
    ("filed", re.compile(r"备案|登记|开通|注册|上线")),
    (
        "target",
        re.compile(
            r"^(?:迁入|并入|转入|合并|更名后|新|迁移后|整合后)(?:的)?(?:账号|名称|平台|公众号)?(?:名称)?$"
        ),
    ),
    ("number", re.compile(r"^(?:序号|编号|#|no\.?)$")),
    (
        "target",
        re.compile(
            r"去向|渠道|迁移|关停后|注销后|整合后|合并|替代|承接|接续|新账号|保留账号|承接|今后|后续|转至"
        ),
    ),
    ("date", re.compile(r"^(?!公告|发布|填表|公示).*(?:时间|日期)$|^停更$|^注销$")),
    ("handle", re.compile(r"微信号|账号id|原始id|网址|域名|id$")),
    (
        "name",
        re.compile(
            r"名称|账号名|^账号$|^(?:停更|关停|注销|停用|原|旧|下线)账号$|^公众号$|^新媒体账号$|网站名|^名$|app名|昵称"
        ),
    ),
    ("reason", re.compile(r"原因|理由|缘由|事由")),
    ("state", re.compile(r"变动|变更|处置|状态")),
    ("platform", re.compile(r"平台|类型|类别|渠道类型|新媒体种类|形式")),
    ("unit", re.compile(r"主办|单位|主管|运营|部门|开办|责任|所属|主体")),
    ("state", re.compile(r"状态|情况|处置|处理|结果|意见|变动|变更|备注|措施|类型说明")),
)


# A line of headings has one of these.
_NAMED = re.compile("[名昵]|账号|公众号|[合并整更移]前")
# No heading of a column, and no line of a table, has more characters.
_LONGEST_HEAD = 12
_LONGEST_LINE = 160
_BAR = re.compile(r"[\t|]")
_NUMBER = re.compile(r"[(]?[0-9一二三四五六七八九十]{1,3}[)、.]")
_CELL = re.compile(r"[^,|\t;。—]+")
_NAME = re.compile(r"[“「《【\"]?[\u4e00-\u9fffa-z0-9·_-]{2,20}[”」》】\"]?")
_PLATFORMS = frozenset(w for words in PLATFORMS.values() for w in words.split()) | frozenset(
    ("官方微信", "新浪微博", "官方微博")
)
# A cell that is a platform and nothing else, behind another cell.
_PLATFORM_CELL = re.compile(
    rf"[,|\t;。—](?:{'|'.join(sorted(_PLATFORMS, key=len, reverse=True))})(?![^,|\t;。—\n])"
)
_KEY = re.compile(r"([^,。;:\n\t“”\"]{2,10}):")


@dataclass(slots=True)
class Row:
    """A line of a table: its cells by what the heading says of them; all are spans of the levelled text."""

    start: int
    end: int
    cells: dict[str, Span] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A table, with its line of headings."""

    start: int
    end: int
    rows: list[Row] = field(default_factory=list)


def find(sheet: Sheet) -> list[Table]:
    """Return the tables of a text whose headings name accounts and say more of them."""
    found: list[Table] = []
    heads: list[str] = []
    for start, end in _lines(sheet.plain):
        if not heads and (end - start > _LONGEST_LINE or not _NAMED.search(sheet.plain, start, end)):
            continue
        cells = list(_cells(sheet, start, end))
        known = [_head(sheet.plain[a:b]) for a, b in cells] if len(cells) > 1 else []  # one tells nothing
        if "name" in known and (len([k for k in known if k]) >= 3 or set(known) == {"name", "target"}):
            heads = _told_apart(known)
            found.append(Table(start, end))
        elif heads and len(cells) >= max(2, len(heads) - 2):
            found[-1].rows.append(Row(start, end, _by_head(heads, cells)))
            found[-1].end = end
        else:
            heads = []
    tables = [table for table in (*found, *_forms(sheet.plain)) if table.rows]
    return tables or [table for table in _loose(sheet.plain) if len(table.rows) > 1]


def _loose(plain: str) -> Iterator[Table]:
    """Yield lines like 1、平湖文旅,微信公众号,平湖市文旅局,4月1日停更, which follow one another without headings."""
    table: Table | None = None
    if len(_PLATFORM_CELL.findall(plain)) < 2:
        return
    for start, end in _lines(plain):
        if end - start > _LONGEST_LINE:
            table = None
            continue
        number = _NUMBER.match(plain, start, end)
        cells = [m.span() for m in _CELL.finditer(plain, number.end() if number else start, end)]
        at = next((n for n, (a, b) in enumerate(cells) if n and plain[a:b] in _PLATFORMS), 0)
        if len(cells) < 3 or not at or not _NAME.fullmatch(plain, *cells[at - 1]):
            table = None
            continue
        if table is None:
            table = Table(start, end)
            yield table
        row = Row(start, end, {"name": cells[at - 1], "platform": cells[at]})
        for cell in [*cells[: at - 1], *cells[at + 1 :]]:
            kind = (
                "unit"
                if is_unit(plain[slice(*cell)])
                else "date"
                if any(c.isdigit() for c in plain[slice(*cell)])
                else ""
            )
            if kind:
                row.cells.setdefault(kind, cell)
        table.rows.append(row)
        table.end = end


def _forms(plain: str) -> Iterator[Table]:
    """Yield lines like 名称:徽县扶贫在线 that follow one another, as tables of one line each."""
    table: Table | None = None
    row: Row | None = None
    for start, end in [*_lines(plain), (len(plain), len(plain))]:
        key = _KEY.match(plain, start, end)
        head = _head(key[1]) if key else ""
        if key is None or (head == "name" and row and "name" in row.cells):
            if table and row and "name" in row.cells and (len(row.cells) > 2 or "handle" in row.cells):
                table.rows, table.end = [row], row.end
                yield table
            table, row = None, None
        if key:
            table = table or Table(start, end)
            row = row or Row(start, end)
            row.end = end
            if head and key.end() < end:
                row.cells.setdefault(head, (key.end(), end))


def _lines(plain: str) -> Iterator[Span]:
    start = 0
    for line in plain.split("\n"):
        if line:
            yield start, start + len(line)
        start += len(line) + 1


def _cells(sheet: Sheet, start: int, end: int) -> Iterator[Span]:
    columns = [start, *(m.end() for m in _BAR.finditer(sheet.plain, start, end)), end + 1]
    if len(columns) > 2:
        yield from ((a, b - 1) for a, b in pairwise(columns) if b - 1 > a)
        return
    edges = [start, *sheet.spaces(start + 1, end), end]
    yield from pairwise(edges)


def _head(text: str) -> str:
    if len(text) > _LONGEST_HEAD:
        return ""
    for name, pattern in _HEADS:
        if pattern.search(text):
            return name
    return ""


def _told_apart(heads: list[str]) -> list[str]:
    """Return headings of which only the last 类型 is the platform: 类别|账号|平台类型, where the first is what becomes of it."""
    places = [n for n, head in enumerate(heads) if head == "platform"]
    if len(places) < 2 or "state" in heads:
        return heads
    return [*heads[: places[0]], "state", *heads[places[0] + 1 :]]


def _by_head(heads: list[str], cells: list[Span]) -> dict[str, Span]:
    """Return a line's cells by their headings; a line without its number lacks the first."""
    if len(cells) == len(heads) - 1 and heads[0] == "number":
        heads = heads[1:]
    found: dict[str, Span] = {}
    for head, cell in zip(heads, cells, strict=False):
        if head:
            found.setdefault(head, cell)
    return found
