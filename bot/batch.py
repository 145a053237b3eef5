"""Floor 8. A file of names → the names; many names → one answer and a table. Files are small, and read without trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePath

from bot.matcher import Verdict
from bot.reply import Kind, Reply, Row, as_csv
from bot.talk.desk import Scene
from bot.talk.listing import MOST_NAMES, listing, row_of
from bot.text import fold
from bot.upkeep.sheets import TableError, lines_of

# Bytes of a file that is read, and names taken from it.
MOST_BYTES = 1024 * 1024
MOST = 500
# Characters of a name: what is longer is a sentence or something else.
LONGEST = 60
TYPES = (".csv", ".txt", ".xlsx")
# Headings of a column of names, folded.
HEADINGS = frozenset(
    map(
        fold,
        ("名称", "账号", "账号名", "账号名称", "公众号", "公众号名称", "名字", "name", "account", "asked"),
    )
)
_NUMBERED = re.compile(r"^\s*(?:[((]?\d{1,4}[))]|\d{1,4}[.、.:])\s*")


class Fault(StrEnum):
    """What is wrong with a file; `batch_…` of the wordings says it."""

    TYPE = "type"
    LARGE = "large"
    BROKEN = "broken"
    EMPTY = "empty"


class BatchError(Exception):
    """A file holds no names that can be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def acceptable(file: str, size: int | None) -> Fault | None:
    """Return what is wrong with a file before it is fetched, by its name and size in bytes."""
    if PurePath(file).suffix.lower() not in TYPES:
        return Fault.TYPE
    return Fault.LARGE if size is not None and size > MOST_BYTES else None


def names_of(file: str, content: bytes) -> list[str]:
    """Return the names in a file, each once, in their order; at most one more than are taken. Raises: BatchError."""
    fault = acceptable(file, len(content))
    if fault:
        raise BatchError(fault)
    if PurePath(file).suffix.lower() == ".txt" and not content.startswith(b"PK"):
        found = [_NUMBERED.sub("", line) for line in _text(content).splitlines()]
    else:
        found = _column(_rows(content))
    names = (" ".join(name.split())[:LONGEST] for name in found)
    unique = list(dict.fromkeys(name for name in names if len(fold(name)) > 1))
    if not unique:
        raise BatchError(Fault.EMPTY)
    return unique[: MOST + 1]


def answered(names: Sequence[str], scene: Scene) -> Reply:
    """Return one answer to many names: a list where it can be read, the counts of more, and a row for each."""
    if len(names) <= MOST_NAMES:
        return listing(list(names), scene)
    w = scene.voice
    rows = tuple(row_of(name, scene) for name in names[:MOST])
    counts = {v: str(sum(r.verdict is v for r in rows)) for v in Verdict}
    lines = [
        w.say(
            "batch_head",
            number=str(len(rows)),
            sure=counts[Verdict.SURE],
            unsure=counts[Verdict.UNSURE],
            none=counts[Verdict.NONE],
        )
    ]
    if len(names) > MOST:
        lines.append(w.say("list_long", most=str(MOST)))
    return Reply(Kind.LIST, "\n".join((*lines, w.say("batch_next"))), rows=rows, language=w.language)


def table(rows: Sequence[Row]) -> bytes:
    """Return the rows as a CSV file that a spreadsheet opens without asking how it is encoded."""
    return as_csv(rows).encode("utf-8-sig")


def _rows(content: bytes) -> list[list[str]]:
    try:
        return [cells for _, cells in lines_of(content) if any(cells)]
    except TableError as error:
        raise BatchError(Fault.BROKEN) from error


def _text(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BatchError(Fault.BROKEN)


def _column(rows: list[list[str]]) -> list[str]:
    """Return the cells of the column of names: by its heading, else the first that holds the most words."""
    if not rows:
        return []
    headed = next((n for n, cell in enumerate(rows[0]) if fold(cell) in HEADINGS), None)
    if headed is not None:
        return [cells[headed] for cells in rows[1:] if headed < len(cells)]
    width = max(map(len, rows))
    words = [
        sum(n < len(r) and not fold(r[n]).isdecimal() and bool(r[n]) for r in rows) for n in range(width)
    ]
    best = words.index(max(words))
    return [cells[best] for cells in rows if best < len(cells)]
