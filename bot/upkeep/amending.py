"""Floor 7. A record in its file changed where it changes, and nowhere else: comments and lines around it stay.

Only what a merge needs is done: a value replaced, a key added, an item put at the end of a list. Nothing is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from bot import codec, yamlfile
from bot.knowledge import Knowledge
from bot.records import Account
from bot.upkeep.editing import Plan, Written, tried
from bot.upkeep.placefile import Entry, UnfitError, flow, line_after, ordered
from bot.values import When
from bot.yamlfile import problem_at


@dataclass(slots=True)
class _Text:
    """A file's text and what is to be put where: (from, to, text), in positions of the text as it was."""

    path: Path
    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def after(self, node: Node) -> int:
        """Return where lines go that stand behind all that is in a node, in its column."""
        return line_after(self.text, _last(node).end_mark.index, node.start_mark.column)

    def put(self, start: int, end: int, text: str) -> None:
        self.edits.append((start, end, text))

    def changed(self) -> str:
        """Return the text with all changes; of those at one place, the first that was put comes first."""
        text, newline = self.text, _newline(self.text)
        for _, (start, end, new) in sorted(
            enumerate(self.edits), key=lambda e: (e[1][0], e[0]), reverse=True
        ):
            text = text[:start] + new.replace("\n", newline) + text[end:]
        return text


def amend(after: Account, known: Knowledge, folder: Path, today: When | None = None) -> Plan:
    """Work out what a record's file becomes with the record as it is to be, tried on a copy of the folder.

    Args:
        after: the record as it is to be; its id is in `known`.
        known: what `folder` holds, as it was read.
        folder: the knowledge folder; it is only read.
        today: the day after which nothing can have happened.

    Raises:
        OSError: the folder cannot be read, or there is no room for a copy of it.
        UnfitError: the file is not written so that it can be changed by lines.
    """
    unit, before = next((u, a) for u in known.units for a in u.accounts if a.id == after.id)
    path, inner = known.spots[after.id]
    content = path.read_bytes()
    text = content.decode("utf-8-sig")
    mark = content[: len(content) - len(text.encode())]
    node = _at(path, content, inner)
    page = _Text(path, text if text.endswith("\n") else text + _newline(text))
    _mapping(page, node, _plain(before), _plain(after))
    whole = page.changed()
    line = text.count("\n", 0, node.start_mark.index) + 1
    lines = whole.replace("\r\n", "\n").split("\n")[line - 1 : line + _height(whole, path, inner)]
    planned = Plan({path: mark + whole.encode()}, {path: content}, {0: Written(path, line, tuple(lines))})
    others = [replace(u, accounts=tuple(a for a in u.accounts if a.id != after.id)) for u in known.units]
    entry = Entry(unit.place, after, unit.name)
    planned.troubles += tried(planned, [entry], replace(known, units=others), folder, today)
    return planned


def _plain(account: Account) -> dict[str, Any]:
    """Return a record as plain data, each destination's keys in the order in which they are written."""
    data: dict[str, Any] = codec.encode(account)
    if "destinations" in data:
        data["destinations"] = [{key: d[key] for key in ordered(d)} for d in data["destinations"]]
    return data


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _at(path: Path, content: bytes, inner: codec.Path) -> MappingNode:
    """Return the node of a record. Raises: UnfitError."""
    node = yamlfile.tree(path, content, [])
    for step in inner:
        value = node.value if isinstance(node, CollectionNode) else []
        if isinstance(step, int):
            node = value[step] if step < len(value) else None
        else:
            node = next((v for k, v in value if k.value == step), None)
    if not isinstance(node, MappingNode):
        raise UnfitError(problem_at(path, inner, "找不到这条记录", "和读进来时一样的文件", "再运行一次"))
    return node


def _height(whole: str, path: Path, inner: codec.Path) -> int:
    node = _at(path, whole.encode(), inner)
    return _last(node).end_mark.line - node.start_mark.line


def _last(node: Node) -> Node:
    """Return the last thing in a node that takes room; a block's own end lies beyond the comments after it."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(last, tuple) else last)
    return node


def _change(page: _Text, node: Node, before: Any, after: Any) -> None:
    if before == after:
        return
    if isinstance(node, MappingNode) and isinstance(after, dict):
        _mapping(page, node, before, after)
    elif isinstance(node, SequenceNode) and isinstance(after, list):
        _sequence(page, node, before, after)
    elif isinstance(node, ScalarNode) and isinstance(after, str):
        page.put(node.start_mark.index, node.end_mark.index, flow(after))
    else:
        raise _unfit(page, node)


def _mapping(page: _Text, node: MappingNode, before: dict[str, Any], after: dict[str, Any]) -> None:
    if before.keys() - after.keys():
        raise _unfit(page, node)
    nodes = {key.value: value for key, value in node.value}
    added = ordered(key for key in after if key not in before)
    for key, old in before.items():
        if old != after[key]:
            if key not in nodes:
                raise _unfit(page, node)
            _change(page, nodes[key], old, after[key])
    if not added:
        return
    if node.flow_style:
        end = node.end_mark.index - 1
        page.put(end, end, "".join(f", {key}: {flow(after[key])}" for key in added))
        return
    column = node.start_mark.column
    at = page.after(node)
    page.put(at, at, "".join(f"{line}\n" for key in added for line in _lines(key, after[key], column)))


def _lines(key: str, value: Any, column: int) -> list[str]:
    """Return a key with its value as lines whose first character stands in a column."""
    room = " " * column
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{room}{key}:", *(f"{room}  - {flow(item)}" for item in value)]
    return [f"{room}{key}: {flow(value)}"]


def _sequence(page: _Text, node: SequenceNode, before: Sequence[Any], after: Sequence[Any]) -> None:
    if len(after) < len(before) or len(node.value) != len(before):
        raise _unfit(page, node)
    for item, old, new in zip(node.value, before, after, strict=False):
        _change(page, item, old, new)
    added = after[len(before) :]
    if not added:
        return
    if node.flow_style:
        end = node.end_mark.index - 1
        page.put(end, end, (", " if before else "") + ", ".join(map(flow, added)))
        return
    column = node.start_mark.column
    at = page.after(node)
    page.put(at, at, "".join(f"{' ' * column}- {flow(item)}\n" for item in added))


def _unfit(page: _Text, node: Node) -> UnfitError:
    texts = ("这里写得和读进来的不一样,不好自动改", "一行一个键的普通写法", "手工改这一条")
    return UnfitError(replace(problem_at(page.path, (), *texts), line=node.start_mark.line + 1))
