"""Floor 7. The table that people fill in: a column for each question, and what its cells mean to `entries.Reader`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import codec
from bot.codec import MISSING, Fault
from bot.upkeep import sheets
from bot.upkeep.questions import DESTINATION, QUESTIONS, SOURCE
from bot.upkeep.sheets import TableError
from bot.values import Basis, Platform
from bot.yamlfile import shown

# A row whose place begins with this shows how to fill in the table, and is not imported.
EXAMPLE = "例:"
EXCEL_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its key, its heading, what is expected, an example, the words it may hold."""

    key: str
    label: str
    says: str
    example: str
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(slots=True)
class Row:
    """One row of the table by its number (from 1), its filled cells by their columns, and what is wrong with it.

    A fault stands with the heading it is about.
    """

    number: int
    cells: dict[str, str]
    faults: list[tuple[str, Fault]] = field(default_factory=list)

    def given(self) -> dict[str, list[str]]:
        """Return the cells as the texts that answer the questions, but for what is known to be wrong."""
        given = {key: [self.cells[key]] for key in QUESTIONS if key in self.cells and key not in FIRST}
        for key, parts in FIRST.items():
            first = "|".join(self.cells.get(part, "") for part in parts).rstrip("|")
            more = [line for line in self.cells.get(key, "").splitlines() if line.strip()]
            given[key] = [first, *more] if first else more
        return {key: texts for key, texts in given.items() if key not in self.blamed}

    @property
    def blamed(self) -> set[str]:
        """The questions whose answers are known to be wrong."""
        whole = {part: key for key, parts in FIRST.items() for part in parts}
        keys = [str(fault.path[0]) for _, fault in self.faults if fault.path]
        return {whole.get(key, key) for key in keys}

    def blame(self, faults: Iterable[Fault]) -> None:
        """Take in what is wrong with answers that nothing was wrong with so far, each under the heading of its column."""
        blamed = self.blamed
        self.faults += [(_heading(f.path, self.cells), f) for f in faults if str(f.path[0]) not in blamed]


def _columns() -> Iterable[Column]:
    """Yield the columns: a question each, the first destination and source with a column for each part."""
    platforms, bases = tuple(p.label for p in Platform), tuple(b.label for b in Basis)
    for q in QUESTIONS.values():
        if q.key == "destinations":
            yield Column("destination", "去向", "第一个去向的名字或编号", "今日张家港")
            yield Column("destination_platform", "去向平台", "在哪个平台;没说就空着", "手机App", platforms)
            yield Column("destination_basis", "去向依据", "谁说的", "媒体报道", bases)
            yield Column("destination_scope", "去向管什么", "全部、信息、办事、咨询,或原话", "办事")
            yield Column("destinations", "更多去向", f"一行一个:{DESTINATION}", "")
        elif q.key == "sources":
            yield Column("source", "来源", "第一个来源的发布者", "新京报", required=True)
            yield Column("source_date", "来源日期", "它自己的日期", "2024-06-02")
            yield Column("source_url", "来源网址", "可以给居民看的网址", "https://www.bjnews.com.cn/")
            yield Column("sources", "更多来源", f"一行一个:{SOURCE}", "")
        else:
            yield Column(q.key, q.label, q.says, q.example, q.options, q.required)


COLUMNS = {c.key: c for c in _columns()}
FIRST = {
    "destinations": ("destination", "destination_platform", "destination_basis", "destination_scope"),
    "sources": ("source", "source_date", "source_url"),
}
# Which of these columns nobody may leave out who fills in another of them.
NEEDED = {"destinations": ("destination", "destination_basis"), "sources": ("source",)}
# Where a fault inside the first destination or source stands; anything else is its first column.
PARTS = {
    ("destinations", "platform"): "destination_platform",
    ("destinations", "basis"): "destination_basis",
    ("sources", "date"): "source_date",
    ("sources", "url"): "source_url",
}
# The column of a field that a rule complains of, where it has not the field's name.
RULED = {
    "accounts": "name", "account": "destination", "basis": "destination_basis", "url": "source_url",
    "destinations": "destination", "sources": "source",
}  # fmt: skip


def rows(path: Path) -> list[Row]:
    """Return the rows of a table below its heading, but for empty ones and the example. Raises: TableError."""
    filled = ((n, cells) for n, cells in sheets.lines(path) if any(cells))
    number, heads = next(filled, (1, []))
    keys = _keys(number, heads)
    found = []
    for number, cells in filled:
        row = Row(number, {k: c for k, c in zip(keys, cells, strict=False) if k and c})
        row.faults += [("表头", fault) for fault in _stray(cells, keys)]
        row.faults += _mangled(row.cells) + _unfinished(row.cells)
        if not row.cells.get("place", "").startswith(EXAMPLE):
            found.append(row)
    if not found:
        raise TableError(f"{shown(path)} 的表头下面没有要导入的行;一行写一个账号。")
    return found


def heading(rule_field: str) -> str:
    """Return the heading of the column that a rule complains of; the field's own name where there is none."""
    key = RULED.get(rule_field, rule_field)
    return COLUMNS[key].label if key in COLUMNS else rule_field


def template(suffix: str, send_to: str | None = None) -> bytes:
    """Return an empty table with an example: `.csv`, or `.xlsx`, which explains each column and offers its values.

    Args:
        suffix: `.csv` or `.xlsx`.
        send_to: The address that the filled table is sent to, where there is one.
    """
    columns = list(COLUMNS.values())
    heads, example = [c.label for c in columns], [c.example for c in columns]
    table = [heads, [EXAMPLE + example[0], *example[1:]]]
    if suffix == ".csv":
        return sheets.csv_bytes(table)
    notes = [["列", "英文名", "必须写", "写什么", "可以写的值", "例子"]]
    notes += [
        [c.label, c.key, "是" if c.required else "", c.says, "、".join(c.options), c.example] for c in columns
    ]
    notes += [[], ["填好后", "", "", f"发到 {send_to}"]] if send_to else []
    offered = {number: c.options for number, c in enumerate(columns) if c.options}
    return sheets.excel_bytes(table, offered, notes)


def _keys(number: int, heads: Sequence[str]) -> list[str]:
    """Return the column each heading names, `""` for none; all that is wrong with the headings is one error."""
    words = {w: c.key for c in COLUMNS.values() for w in (c.label, c.key)}
    keys = [words.get(head, words.get(head.lower(), "")) for head in heads]
    labels = "、".join(c.label for c in COLUMNS.values())
    wrong = []
    for head, key in zip(heads, keys, strict=True):
        if head and not key:
            near = difflib.get_close_matches(head, words, 1, 0.6)
            todo = f"是不是想写 {near[0]}?" if near else "删掉这一列,或对照上面改正"
            wrong.append(f"“{head}”;应当是:下面之一:{labels};{todo}")
        elif key and keys.count(key) > 1:
            wrong.append(f"“{head}”写了两次;应当是:每个表头一次;合成一列")
    missing = [c for c in COLUMNS.values() if c.required and c.key not in keys and f"{c.key}s" not in keys]
    wrong += [f"没有“{c.label}”;应当是:有这一列;对照 --template 写出的空表格" for c in missing]
    if wrong:
        raise TableError("\n".join(f"第 {number} 行: 表头: {w}" for w in dict.fromkeys(wrong)))
    return keys


def _stray(cells: Sequence[str], keys: Sequence[str]) -> list[Fault]:
    """Return a fault when a row has a filled cell where the heading has none."""
    keys = [*keys, *[""] * len(cells)]
    stray = next((cell for cell, key in zip(cells, keys, strict=False) if cell and not key), None)
    found = Fault((), f"“{stray}”这一格上面没有表头", "每格上面有表头", "补上表头,或删掉这一格")
    return [found] if stray else []


def _mangled(cells: Mapping[str, str]) -> list[tuple[str, Fault]]:
    """Return a fault for each cell that Excel made something else of."""
    found = []
    for key, text in cells.items():
        label, says = COLUMNS[key].label, COLUMNS[key].says
        if text in EXCEL_ERRORS:
            found.append((label, Fault((key,), f"“{text}”", says, "Excel 没算出这一格,直接写内容")))
        elif key in ("place", "platform_id") and _EXPONENT.fullmatch(text):
            todo = "Excel 把它变成了科学计数:在 Excel 里把那一格设成“文本”,再写一次"
            likely = f"(大概是 {int(float(text))})" if key == "place" else ""
            found.append((label, Fault((key,), f"“{text}”{likely}", says, todo)))
    return found


def _unfinished(cells: Mapping[str, str]) -> list[tuple[str, Fault]]:
    """Return a fault for each cell that must be filled because one beside it is."""
    needed = (n for key, parts in FIRST.items() if any(p in cells for p in parts) for n in NEEDED[key])
    empty = [COLUMNS[key] for key in needed if key not in cells]
    return [
        (c.label, Fault((c.key,), MISSING, "、".join(c.options) or c.says, f"补上{c.label}")) for c in empty
    ]


def _heading(path: codec.Path, cells: Mapping[str, str]) -> str:
    """Return the heading of the column that a fault is about."""
    key = str(path[0])
    if key in FIRST and (len(path) == 1 or (path[1] == 0 and any(part in cells for part in FIRST[key]))):
        key = PARTS.get((key, str(path[-1])), FIRST[key][0])
    return COLUMNS[key].label
