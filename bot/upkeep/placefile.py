"""Floor 7. The file of a place as lines of text: accounts are put in, what stood there stays, byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from bot import codec, yamlfile
from bot.places import Gazetteer
from bot.records import Account
from bot.values import DATE
from bot.yamlfile import Problem, problem_at

# The order of the keys in an entry, and on the one line of a destination.
KEYS = (
    "id", "name", "platform", "platform_id", "aliases", "state", "reason", "announced", "stopped", "last_post", "seen",
    "notice", "destinations", "contacts", "checked", "sources", "differs", "remark", "note",
)  # fmt: skip
DESTINATION_KEYS = (
    "account", "unit", "name", "platform", "path", "basis", "scope", "url", "seen", "ends_here",
)  # fmt: skip
_COMMENT = re.compile(r"( *)#[^\n]*(?:\n|\Z)")
# Text that YAML reads as itself without quotes. Digits alone are quoted, so that an editor sees no number in them.
_PLAIN = re.compile(r"(?![\d.]+\Z)[\w“《](?:[\w“”‘’《》、。·…/. -]*[\w”’》。…])?")
# What may not stand in quotes as it is: what YAML calls unprintable, and the line breaks that only YAML knows.
_ESCAPED = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class UnfitError(ValueError):
    """A file is not written so that lines can be put in; its one argument is the problem."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account to be put in, with the code of its place and the full name of its unit."""

    place: str
    account: Account
    unit: str | None = None


@dataclass(slots=True)
class _Slot:
    """Where items go into a list: the place in the text, the column of their dashes, the lines put there."""

    position: int
    column: int
    lines: list[str] = field(default_factory=list)


class Page:
    """The text of one place's file, and the lines to be put into it."""

    def __init__(self, path: Path, content: bytes) -> None:
        """Find where lines can go. Raises: UnfitError."""
        problems: list[Problem] = []
        self._path, self._root = path, yamlfile.tree(path, content, problems)
        if self._root is not None:
            yamlfile.plain(path, self._root, problems)
        if problems:
            raise UnfitError(problems[0])
        self._text = content.decode("utf-8-sig")
        self._mark = content[: len(content) - len(self._text.encode())]
        self._units = self._slot(self._root, "units")
        units = _value(self._root, "units")
        listed = units.value if isinstance(units, SequenceNode) else []
        self._nodes = {key: unit for unit in reversed(listed) for key in _keys_of(unit)}
        self._old: dict[tuple[str, str], _Slot] = {}
        self._new: dict[tuple[str, str], list[str]] = {}

    def holds(self, entry: Entry) -> bool:
        """Tell whether the entry's unit is in the file, or about to be."""
        return _key(entry) in self._nodes or _key(entry) in self._new

    def put(self, entry: Entry) -> tuple[str, ...]:
        """Take in an entry; return the lines it becomes. Raises: UnfitError."""
        key = _key(entry)
        if key in self._nodes:
            slot = self._old.get(key) or self._slot(self._nodes[key], "accounts")
            self._old[key] = slot
            lines = lines_of(entry.account, slot.column)
            slot.lines += lines
        else:
            column = self._units.column
            heads = [f"name: {flow(entry.unit)}", "accounts:"] if entry.unit else ["accounts:"]
            heads = [] if key in self._new else _item(heads, column)
            lines = [*heads, *lines_of(entry.account, column + 4)]
            self._new.setdefault(key, []).extend(lines)
        return tuple(lines)

    def content(self) -> bytes:
        """Return the file with the lines in, its line ends as they are."""
        text, newline = self._text, "\r\n" if "\r\n" in self._text else "\n"
        units = replace(self._units, lines=self._units.lines + [li for ls in self._new.values() for li in ls])
        # From the end, so that no place moves; where the last unit's list ends with the list of units, it comes first.
        for slot in sorted([*self._old.values(), units], key=lambda s: s.position)[::-1]:
            head, rest = text[: slot.position], text[slot.position :]
            if slot is not units or self._new:
                broken = newline if head and not head.endswith("\n") else ""
                text = head + broken + newline.join([*slot.lines, ""]) + rest
        return self._mark + text.encode()

    def _slot(self, parent: Node | None, key: str) -> _Slot:
        """Return where a mapping's list takes further items. Raises: UnfitError."""
        if not isinstance(parent, MappingNode) or parent.flow_style:
            texts = (f"{key} 的上一层写在括号里,或不是“键: 值”", yamlfile.WRITTEN, "把括号里的内容分行写")
            raise UnfitError(problem_at(self._path, (), *texts))
        value = _value(parent, key)
        if isinstance(value, SequenceNode) and not value.flow_style:
            column = value.start_mark.column
            return _Slot(self._after(_end(value), column), column)
        column = parent.start_mark.column
        if value is None:
            return _Slot(self._after(_end(parent), column), column + 2, [" " * column + f"{key}:"])
        if isinstance(value, ScalarNode) and not value.value:
            return _Slot(self._after(_end(value), column), column + 2)
        texts = (f"{key} 写在括号里,或不是列表", "每条单独一行、前面加“- ”", "把括号里的内容分行写")
        line = value.start_mark.line + 1
        raise UnfitError(replace(problem_at(self._path, (key,), *texts), line=line))

    def _after(self, end: int, column: int) -> int:
        return line_after(self._text, end, column)


def line_after(text: str, end: int, column: int) -> int:
    """Return the start of the line after a place in a text, and after comments that stand deeper than a column."""
    if not text[:end].endswith("\n"):
        end = (text.find("\n", end) + 1) or len(text)
    while (comment := _COMMENT.match(text, end)) and len(comment[1]) > column:
        end = comment.end()
    return end


def ordered(keys: Iterable[str]) -> list[str]:
    """Return keys in the order in which they are written: those of an entry, or of a destination."""
    found = list(keys)
    order = DESTINATION_KEYS if "basis" in found else KEYS
    return sorted(found, key=order.index)


def heading(code: str, places: Gazetteer) -> bytes:
    """Return a new file's beginning: where the place lies, its code, a list to come."""
    names = [places.places[c].name for c in places.chain(code)[::-1]]
    return f'# {" · ".join(names)}\nplace: "{code}"\n\nunits:\n'.encode()


def _key(entry: Entry) -> tuple[str, str]:
    """Return what tells an entry's unit: its name; without one, the account's, for one name on many platforms."""
    if entry.unit:
        return ("unit", entry.unit)
    return ("account", entry.account.name) if entry.account.name else ("id", entry.account.id)


def _keys_of(unit: Node) -> Iterator[tuple[str, str]]:
    """Yield what tells a unit of a file."""
    if name := _word(unit, "name"):
        yield ("unit", name)
        return
    accounts = _value(unit, "accounts")
    for account in accounts.value if isinstance(accounts, SequenceNode) else ():
        if name := _word(account, "name"):
            yield ("account", name)


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _word(node: Node, key: str) -> str:
    value = _value(node, key)
    return value.value.strip() if isinstance(value, ScalarNode) else ""


def _end(node: Node) -> int:
    """Return where the last thing in a node ends; a block's own end mark lies beyond the comments after it."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def lines_of(account: Account, column: int) -> list[str]:
    """Return an account as the lines of an item of a list whose dash stands in a column (from 0)."""
    data = codec.encode(account)
    found: list[str] = []
    for key in sorted(data, key=KEYS.index):
        value = data[key]
        if key == "destinations":
            value = [{k: d[k] for k in DESTINATION_KEYS if k in d} for d in value]
        if isinstance(value, list) and isinstance(value[0], dict):
            found += [f"{key}:", *(f"  - {flow(item)}" for item in value)]
        else:
            found.append(f"{key}: {flow(value)}")
    return _item(found, column)


def _item(lines: Sequence[str], column: int) -> list[str]:
    """Return lines as one item of a list whose dash stands in a column (from 0)."""
    return [" " * column + ("  " if number else "- ") + line for number, line in enumerate(lines)]


def flow(value: Any) -> str:
    """Return plain data as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if _PLAIN.fullmatch(value) or DATE.fullmatch(value):
        return str(value)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False))
