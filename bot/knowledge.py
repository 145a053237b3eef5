"""Floor 2. A folder of YAML → records, and every problem in it with file and line.

PyYAML's own conversions are off: a division code, a date or a `no` stays the text it is. Anchors, duplicate keys,
odd files and broken syntax become problems a maintainer can act on; nothing here raises for what a file contains.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from bot import codec
from bot.codec import Fault
from bot.records import Advice, Agency, Contact, Moved, Place, PlaceFile, PlatformInfo, Rule, Topic, Unit

# Larger than any file a person edits: the 2,000 accounts of a big city take about 1 MB.
MOST_BYTES = 8 * 1024 * 1024
# A key path in our files is at most 9 deep; deeper nesting is a mistake or an attack.
MOST_DEPTH = 20

# What a list of each folder or file below `knowledge/` holds, besides `accounts/`.
ROOMS: dict[str, type[Any]] = {
    "places": Place, "contacts": Contact, "rules": Rule, "lexicon": Agency, "topics.yaml": Topic,
    "platforms.yaml": PlatformInfo, "verification.yaml": Advice, "moved.yaml": Moved,
}  # fmt: skip
WRITTEN = "“键: 值”,下一层多缩进两个空格"
# What people get wrong, told from the line alone: (how it looks, what it is, what to do).
_MISTAKES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"^ *\t|\t *\w+:"), "这一行有制表符(Tab)", "缩进只用空格:把 Tab 换成两个空格"),
    (re.compile(r"^\s*(?:- )?\w+\s*\uff1a"), "用了中文冒号“\uff1a”", "改成英文冒号加空格“: ”"),
    (re.compile(r"^\s*(?:- )?\w+:[^\s\d]"), "冒号后面没有空格", "在冒号后面加一个空格"),
    (re.compile(r"""^[^"]*"[^"]*$|^[^']*'[^']*$"""), "引号没有成对", "补上另一半引号"),
    (re.compile(r":\s+[&*]"), "用了 & 或 * 开头的写法", "给这个值加上引号"),
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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

    def __str__(self) -> str:
        mark = "提醒: " if self.warning else ""
        return f"{self.file}:{self.line}: {mark}{self.field}: {self.found};应当是:{self.expected};{self.todo}"


@dataclass(slots=True)
class Knowledge:
    """All records of a folder, and what is wrong with it.

    `spots` tells which file and entry each account is, by its id; other records by folder and id: `rules:yuelu-2019`.
    """

    places: dict[str, Place] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    topics: dict[str, Topic] = field(default_factory=dict)
    platforms: list[PlatformInfo] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    moved: dict[str, str | None] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spots: dict[str, tuple[Path, codec.Path]] = field(default_factory=dict)
    digest: str = ""


def read(folder: Path) -> Knowledge:
    """Read every YAML file below a folder. Files are read in the order of their names, so the result is too."""
    knowledge = Knowledge()
    digest = hashlib.sha256()
    for path in yaml_files(folder, knowledge.problems):
        content = _bytes(path, knowledge.problems)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
        _read_file(path, path.relative_to(folder).parts[0], content, knowledge)
    knowledge.digest = digest.hexdigest()
    knowledge.excused = excused_hosts(folder)
    return knowledge


def excused_hosts(folder: Path) -> dict[str, str]:
    """Return the hosts excused from a rule about addresses, each with its reason; `.gov.cn` stands for all below it."""
    path = folder / "excused-hosts.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.split("\t", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {pair[0].strip(): pair[-1].strip() for pair in pairs if len(pair) == 2}


def digest(folder: Path) -> str:
    """Return the digest of a folder's YAML as `read` gives it, without reading what the files mean."""
    found = hashlib.sha256()
    for path in yaml_files(folder, []):
        content = _bytes(path, [])
        found.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def yaml_files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the YAML files below a folder in the order of their names; links are not followed."""
    if not folder.is_dir():
        problems.append(
            Problem(
                str(folder), 1, "文件夹", "没有这个文件夹", "放知识文件的文件夹", "检查 --knowledge 写的路径"
            )
        )
        return
    for path in sorted(folder.rglob("*.y*ml")):
        if path.is_symlink() or any(p.is_symlink() for p in path.relative_to(folder).parents if p.name):
            problems.append(
                Problem(str(path), 1, "文件", "是一个链接", "普通文件", "把内容直接放在这里,不要用链接")
            )
        elif path.suffix in (".yaml", ".yml") and path.is_file():
            yield path


def line_of(path: Path, spot: codec.Path) -> int:
    """Return the line (from 1) where an entry of a file stands, or the nearest line above it that exists."""
    problems: list[Problem] = []
    node = _compose(path, _bytes(path, problems), problems)
    return _line(node, spot) if node is not None else 1


def problem_at(
    path: Path, spot: codec.Path, found: str, expected: str, todo: str, *, warning: bool = False
) -> Problem:
    """Return a problem with an entry that was read earlier, its line looked up again in the file."""
    name = next((str(p) for p in reversed(spot) if isinstance(p, str)), "文件")
    return Problem(_shown(path), line_of(path, spot), name, found, expected, todo, warning)


def _read_file(path: Path, room: str, content: bytes, into: Knowledge) -> None:
    """Turn one file into the records its folder promises."""
    node = _compose(path, content, into.problems)
    if node is None:
        return
    faults: list[Fault] = []
    data = _Plain(faults).of(node)
    if room == "accounts":
        _place_file(path, codec.decode(PlaceFile, data, faults), into)
    elif room in ROOMS:
        for number, record in _list(ROOMS[room], data, faults):
            into.spots[f"{room}:{getattr(record, 'id', None) or number}"] = (path, (number,))
            _take_in(record, into)
    else:
        faults.append(Fault((), "不认识的位置", "accounts、" + "、".join(ROOMS), "把文件移到对应的文件夹"))
    into.problems += [_problem(path, node, fault) for fault in faults]


def _place_file(path: Path, read: PlaceFile | None, into: Knowledge) -> None:
    """Take in the units of a place's file, each knowing its place and each account its unit."""
    for number, unit in enumerate(read.units if read else ()):
        key = unit.id or "+".join(a.id for a in unit.accounts[:1]) or f"{path.stem}-{number}"
        accounts = tuple(replace(a, unit=key) for a in unit.accounts)
        into.units.append(replace(unit, accounts=accounts, key=key, place=read.place if read else ""))
        for index, account in enumerate(accounts):
            spot: codec.Path = ("units", number, "accounts", index)
            if account.id in into.spots:
                other, where = into.spots[account.id]
                todo = f"换一个编号;{_shown(other)}:{line_of(other, where)} 已经用了"
                into.problems.append(
                    problem_at(path, (*spot, "id"), f"“{account.id}”用了两次", "不重复的编号", todo)
                )
            into.spots[account.id] = (path, spot)


def _take_in(record: Any, into: Knowledge) -> None:
    """Put a record that stands on its own where it belongs."""
    if isinstance(record, Place):
        into.places[record.code] = _joined(into.places.get(record.code), record)
    elif isinstance(record, Moved):
        into.moved[record.id] = record.moved_to
    elif isinstance(record, Topic):
        into.topics[record.id] = record
    else:
        lists: dict[type, list[Any]] = {
            Contact: into.contacts, PlatformInfo: into.platforms, Agency: into.agencies, Rule: into.rules, Advice: into.advice,
        }  # fmt: skip
        lists[type(record)].append(record)


def _joined(known: Place | None, more: Place) -> Place:
    """Add to a place what a second file says of it: the area code, former names, towns."""
    if known is None:
        return more
    return replace(
        known,
        short=known.short or more.short,
        parent=known.parent or more.parent,
        area_code=more.area_code or known.area_code,
        former=(*known.former, *more.former),
        towns=(*known.towns, *more.towns),
    )


def _list(cls: type[Any], data: object, faults: list[Fault]) -> list[tuple[int, Any]]:
    if not isinstance(data, list):
        faults.append(Fault((), "不是列表", "每条前面加“- ”的列表", "在每条前面加“- ”"))
        return []
    found = ((i, codec.decode(cls, item, faults, (i,))) for i, item in enumerate(data))
    return [(i, record) for i, record in found if record is not None]


def _bytes(path: Path, problems: list[Problem]) -> bytes:
    """Return a file's content, or nothing (and a problem) when it cannot or should not be read."""
    try:
        size = path.stat().st_size
        if size <= MOST_BYTES:
            return path.read_bytes()
        found, todo = f"{size // 1024 // 1024} MB", "把文件按地方分开;如果不是知识文件,移走它"
    except OSError as error:
        found, todo = f"打不开:{error.strerror}", "检查文件是否存在、有没有读的权限"
    problems.append(
        Problem(_shown(path), 1, "文件", found, f"{MOST_BYTES // 1024 // 1024} MB 以内、能读的文件", todo)
    )
    return b""


def _compose(path: Path, content: bytes, problems: list[Problem]) -> yaml.Node | None:
    """Return a file's YAML tree, or `None` (and a problem) when it is no YAML or holds nothing."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        todo = "用编辑器“另存为”UTF-8;如果是图片或压缩包,移走它"
        problems.append(Problem(_shown(path), line, "文件", "不是 UTF-8 文字", "UTF-8 编码的文字文件", todo))
        return None
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problems.append(_syntax(path, text, error))
    except RecursionError:
        problems.append(
            Problem(_shown(path), 1, "文件", "缩进层次太深", "最多 20 层", "检查缩进,或移走这个文件")
        )
    return None


def _syntax(path: Path, text: str, error: yaml.YAMLError) -> Problem:
    """Say what broke the syntax, and where, in words a person who is no programmer can act on.

    YAML notices a mistake where it can no longer go on: often the line below it, or the end of the file.
    """
    marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
    lines = text.splitlines()
    noticed = [min(m.line + 1, max(len(lines), 1)) for m in marks if m] or [1]
    for number in dict.fromkeys(n for m in noticed for n in (m, m - 1)):
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        for pattern, found, todo in _MISTAKES:
            if pattern.search(line):
                return Problem(_shown(path), number, "写法", found, WRITTEN, todo)
    todo = "对照上下几行的缩进和冒号"
    return Problem(_shown(path), noticed[0], "写法", "写法不对", WRITTEN, todo)


@dataclass(slots=True)
class _Plain:
    """Turns a YAML tree into text, lists and mappings, naming duplicate keys and what we do not allow.

    `met` holds the branches already walked: a second visit means the file uses references, which can blow one page
    up into gigabytes.
    """

    faults: list[Fault]
    met: set[int] = field(default_factory=set)

    def of(self, node: yaml.Node, path: codec.Path = ()) -> Any:
        """Return what a tree means to us."""
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in ("", "~", "null") else node.value
        if id(node) in self.met:
            self.faults.append(
                Fault(path, "用了 & 和 * 的引用", "直接写出内容", "把重复的内容写两遍,不要用引用")
            )
            return None
        self.met.add(id(node))
        if len(path) > MOST_DEPTH:
            self.faults.append(Fault(path, "层次太深", f"最多 {MOST_DEPTH} 层", "检查缩进"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.of(child, (*path, i)) for i, child in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: codec.Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                todo = "删掉多出来的那一行,或合成一个列表"
                self.faults.append(Fault((*path, name), f"“{name}”写了两次", "每个键只写一次", todo))
            found[name] = self.of(value, (*path, name))
        return found


def _problem(path: Path, node: yaml.Node, fault: Fault) -> Problem:
    name = next((str(p) for p in reversed(fault.path) if isinstance(p, str)), "文件")
    return Problem(_shown(path), _line(node, fault.path), name, fault.found, fault.expected, fault.todo)


def _line(node: yaml.Node, spot: codec.Path) -> int:
    """Follow a path down a tree as far as it goes; a key's own line, the last one where it stands twice."""
    line = node.start_mark.line + 1
    for step in spot:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode) and (pair := _pair(node, step)):
            line, node = pair[0].start_mark.line + 1, pair[1]
            continue
        else:
            break
        line = node.start_mark.line + 1
    return line


def _pair(node: yaml.MappingNode, name: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    return next(((k, v) for k, v in reversed(node.value) if k.value == name), None)


def _shown(path: Path) -> str:
    """Return a path as a maintainer would type it: below the working folder, with forward slashes."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
