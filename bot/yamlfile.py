"""Floor 2. One YAML file → plain data, with every problem in it told with its line; nothing here raises for a file.

PyYAML's own conversions are off: a division code, a date or a `no` stays the text it is. References, duplicate keys,
odd files and broken syntax become problems a maintainer can act on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot import codec
from bot.codec import Fault
from bot.files import why

# Larger than any file a person edits: the 2,000 accounts of a big city take about 1 MB. A tree takes some 60 times
# the memory of its text, so this also bounds what one file may cost.
MOST_BYTES = 8 * 1024 * 1024
# A line of ours has at most a few hundred characters; this long it is data that went astray.
MOST_LINE = 100_000
# A key path in our files is at most 9 deep; deeper nesting is a mistake or an attack.
MOST_DEPTH = 20

WRITTEN = "“键: 值”,下一层多缩进两个空格"
# What people get wrong, told from the line alone: (how it looks, what it is, what to do).
_MISTAKES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"^ *\t|\t *\w+:"), "这一行有制表符(Tab)", "缩进只用空格:把 Tab 换成两个空格"),
    (re.compile(r"^\s*(?:- )?\w+\s*\uff1a"), "用了中文冒号“\uff1a”", "改成英文冒号加空格“: ”"),
    (re.compile(r"^\s*(?:- )?\w+:[^\s\d]"), "冒号后面没有空格", "在冒号后面加一个空格"),
    (re.compile(r"""^[^"]*"[^"]*$|^[^']*'[^']*$"""), "引号没有成对", "补上另一半引号"),
    (re.compile(r":\s+[&*]"), "用了 & 或 * 开头的写法", "给这个值加上引号"),
)


try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML without libyaml: slower, the same trees
    _Loader: Any = yaml.BaseLoader
else:

    class _Tree(CParser):
        """Composes trees without guessing what each scalar is: all of them are text to us, and guessing takes a third."""

        def resolve(self, _kind: Any, _value: Any, _implicit: Any) -> str:
            return ""

        def descend_resolver(self, _node: Any, _index: Any) -> None:
            return

        def ascend_resolver(self) -> None:
            return

        def dispose(self) -> None:
            return

    _Loader = _Tree


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing a maintainer should look at. Printed as `path:line: field: found; expected; what to do`."""

    file: str
    line: int
    field: str
    found: str
    expected: str
    todo: str
    warning: bool = False

    @property
    def said(self) -> str:
        """What is wrong without where, in the words of every command."""
        return f"{self.found};应当是:{self.expected};{self.todo}"

    def __str__(self) -> str:
        mark = "提醒: " if self.warning else ""
        return f"{self.file}:{self.line}: {mark}{self.field}: {self.said}"


def content(path: Path, problems: list[Problem]) -> bytes:
    """Return a file's content, or nothing (and a problem) when it cannot or should not be read."""
    try:
        size = path.stat().st_size
        if size <= MOST_BYTES:
            return path.read_bytes()
        found, todo = f"{size // 1024 // 1024} MB", "把文件按地方分开;如果不是知识文件,移走它"
    except OSError as error:
        found, todo = f"打不开:{why(error)}", "检查文件是否存在、有没有读的权限"
    problems.append(
        Problem(shown(path), 1, "文件", found, f"{MOST_BYTES // 1024 // 1024} MB 以内、能读的文件", todo)
    )
    return b""


def tree(path: Path, data: bytes, problems: list[Problem]) -> Node | None:
    """Return the YAML tree of a file's content, or `None` (and a problem) when it is no YAML or holds nothing."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        todo = "用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"
        problems.append(Problem(shown(path), line, "文件", "不是 UTF-8 文字", "UTF-8 编码的文字文件", todo))
        return None
    lines = text.splitlines()
    long = next((n for n, line in enumerate(lines, 1) if len(line) > MOST_LINE), None)
    if long:
        found = f"这一行有 {len(lines[long - 1])} 个字符"
        problems.append(
            Problem(shown(path), long, "文件", found, f"{MOST_LINE} 个以内", "删掉误贴进来的内容")
        )
        return None
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problems.append(_syntax(path, lines, error))
    except RecursionError:
        problems.append(
            Problem(
                shown(path), 1, "文件", "缩进层次太深", f"最多 {MOST_DEPTH} 层", "检查缩进,或移走这个文件"
            )
        )
    return None


def plain(path: Path, node: Node, problems: list[Problem]) -> Any:
    """Turn a tree into text, lists and mappings, naming duplicate keys and what we do not allow."""
    return _Plain(shown(path), problems, set()).of(node, 0)


def problem(path: Path, node: Node, fault: Fault) -> Problem:
    """Return a fault of plain data as a problem with its line."""
    return Problem(
        shown(path), line(node, fault.path), _field(fault.path), fault.found, fault.expected, fault.todo
    )


def problem_at(
    path: Path, spot: codec.Path, found: str, expected: str, todo: str, *, warning: bool = False
) -> Problem:
    """Return a problem with an entry that was read earlier, its line looked up again in the file."""
    return Problem(shown(path), line_of(path, spot), _field(spot), found, expected, todo, warning)


def line_of(path: Path, spot: codec.Path) -> int:
    """Return the line (from 1) where an entry of a file stands, or the nearest line above it that exists."""
    problems: list[Problem] = []
    node = tree(path, content(path, problems), problems)
    return line(node, spot) if node is not None else 1


def line(node: Node, spot: codec.Path) -> int:
    """Follow a path down a tree as far as it goes; a key's own line, the last one where it stands twice."""
    found = node.start_mark.line + 1
    for step in spot:
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            found = node.start_mark.line + 1
        elif isinstance(node, MappingNode) and (pair := _pair(node, step)):
            found, node = pair[0].start_mark.line + 1, pair[1]
        else:
            break
    return found


def shown(path: Path) -> str:
    """Return a path as a maintainer would type it: below the working folder, with forward slashes."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


@dataclass(slots=True)
class _Plain:
    """Turns a YAML tree into plain data. `met` holds the branches already walked.

    A second visit means that the file uses references, which can blow one page up into gigabytes.
    """

    file: str
    problems: list[Problem]
    met: set[int]

    def of(self, node: Node, depth: int) -> Any:
        """Return what a tree means to us."""
        if node.__class__ is ScalarNode:
            value = node.value
            return None if node.style is None and value in ("", "~", "null") else value
        if id(node) in self.met:
            self._wrong(node, "文件", "用了 & 和 * 的引用", "直接写出内容", "把重复的内容写两遍,不要用引用")
            return None
        self.met.add(id(node))
        if depth > MOST_DEPTH:
            self._wrong(node, "文件", "层次太深", f"最多 {MOST_DEPTH} 层", "检查缩进")
            return None
        if node.__class__ is MappingNode:
            return self._mapping(node, depth)
        return [self.of(child, depth + 1) for child in node.value]

    def _mapping(self, node: Node, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if key.__class__ is ScalarNode else "?"
            if name in found:
                todo = "删掉多出来的那一行,或合成一个列表"
                self._wrong(key, name, f"“{name}”写了两次", "每个键只写一次", todo)
            found[name] = self.of(value, depth + 1)
        return found

    def _wrong(self, node: Node, name: str, found: str, expected: str, todo: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, name, found, expected, todo))


def _syntax(path: Path, lines: list[str], error: yaml.YAMLError) -> Problem:
    """Say what broke the syntax, and where, in words a person who is no programmer can act on.

    YAML notices a mistake where it can no longer go on: often the line below it, or the end of the file.
    """
    marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
    noticed = [min(m.line + 1, max(len(lines), 1)) for m in marks if m] or [1]
    for number in dict.fromkeys(n for m in noticed for n in (m, m - 1)):
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        for pattern, found, todo in _MISTAKES:
            if pattern.search(text):
                return Problem(shown(path), number, "写法", found, WRITTEN, todo)
    todo = "对照上下几行的缩进和冒号"
    return Problem(shown(path), noticed[0], "写法", "写法不对", WRITTEN, todo)


def _field(spot: codec.Path) -> str:
    return next((str(p) for p in reversed(spot) if isinstance(p, str)), "文件")


def _pair(node: MappingNode, name: str | int) -> tuple[Node, Node] | None:
    return next(((k, v) for k, v in reversed(node.value) if k.value == name), None)
