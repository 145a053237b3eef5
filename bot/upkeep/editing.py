"""Floor 4. Accounts put into the files of places as lines of text: what stood there stays, byte for byte.

A change is planned, tried on a copy of the folder, checked and read back before any file is touched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from bot import codec, knowledge, yamlfile
from bot.checks import check
from bot.checks.accounts import MOST_ID
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.records import DATE, Account, Place, Platform, Unit, When
from bot.text import fold, initials, spell
from bot.yamlfile import Problem, problem_at

NATIONAL = "100000"
# Provinces that the commonest readings of their characters misspell; 陕西 is kept apart from 山西.
SPELLED = {"500000": "chongqing", "540000": "xizang", "610000": "shaanxi"}
SUFFIXES = {
    Platform.WECHAT: "-wx", Platform.CHANNELS: "-sph", Platform.WEIBO: "-wb", Platform.DOUYIN: "-dy",
    Platform.KUAISHOU: "-ks", Platform.TOUTIAO: "-tt", Platform.XIAOHONGSHU: "-xhs", Platform.BILIBILI: "-bili",
    Platform.APP: "-app", Platform.MINIPROGRAM: "-xcx", Platform.WEBSITE: "-web",
}  # fmt: skip
# An id that would be longer is made of initials; what is left up to MOST_ID is room for a number.
MOST_SPELLED = 28
# Of names of one or two characters, any two are nearly one edit apart.
FEWEST_COMPARED = 3
NUMERALS = frozenset("0123456789一二三四五六七八九十")
# The order of the keys in an entry, and on the one line of a destination.
KEYS = (
    "id", "name", "platform", "platform_id", "aliases", "state", "reason", "announced", "stopped", "last_post", "seen",
    "notice", "destinations", "contacts", "checked", "sources", "differs", "remark", "note",
)  # fmt: skip
DESTINATION_KEYS = (
    "account", "unit", "name", "platform", "path", "basis", "scope", "url", "seen", "ends_here",
)  # fmt: skip
_PLACE = re.compile(rb"""^(?:\xef\xbb\xbf)?\{?place:[ ]*["']?([\w-]+)""", re.MULTILINE)
_COMMENT = re.compile(r"( *)#[^\n]*(?:\n|\Z)")
# Text that YAML reads as itself without quotes. Digits alone are quoted, so that an editor sees no number in them.
_PLAIN = re.compile(r"(?![\d.]+\Z)[\w“《](?:[\w“”‘’《》、。·…/. -]*[\w”’》。…])?")
# What may not stand in quotes as it is: what YAML calls unprintable, and the line breaks that only YAML knows.
_ESCAPED = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Likeness(IntEnum):
    """How sure it is that an existing account is the new one, the surest first."""

    SAME = 0
    MAYBE = 1
    ALIKE = 2


class ChangedError(Exception):
    """A file is no longer what the plan was made from; the text is its path as a maintainer would type it."""


class _UnfitError(ValueError):
    """A file is not written so that lines can be put in; its one argument is the problem."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account to be put in, with the code of its place and the full name of its unit."""

    place: str
    account: Account
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """An existing account that is nearly a new one."""

    account: Account
    unit: Unit
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Written:
    """Where an entry stands: the file, the line (from 1) of the first of its lines, and the lines."""

    path: Path
    line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a plan, and with which of its entries (from 0); `None` when with the folder around them."""

    entry: int | None
    problem: Problem


@dataclass(slots=True)
class Plan:
    """A change not made yet: what each file becomes, what it was (`None`: there was none), where entries stand."""

    after: dict[Path, bytes] = field(default_factory=dict)
    before: dict[Path, bytes | None] = field(default_factory=dict)
    written: dict[int, Written] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def slug(name: str | None, platform: Platform | None, unit: str | None, taken: Collection[str]) -> str:
    """Return an id for an account: its name (or its unit's) in pinyin, initials when that is long, and its platform.

    At most 32 characters; one that is taken gets a number: `szsspypjdglj-2-wx`.
    """
    suffix = SUFFIXES[platform] if platform else ""
    folded = next((f for f in (fold(name or ""), fold(unit or "")) if _latin(spell(f))), "")
    stem = _latin(spell(folded)) or "zhanghao"
    if len(stem + suffix) > MOST_SPELLED:
        stem = _latin(initials(folded))
    tail, number = suffix, 1
    while (found := stem[: MOST_ID - len(tail)] + tail) in taken:
        number += 1
        tail = f"-{number}{suffix}"
    return found


def similar(entry: Entry, known: Knowledge) -> list[Alike]:
    """Return the accounts that are nearly the entry, the surest first: the same name, one edit apart, the same handle.

    An account without a name goes by its unit's.
    """
    found = [
        Alike(account, unit, likeness)
        for unit in known.units
        for account in unit.accounts
        if (likeness := _likeness(entry, account, unit)) is not None
    ]
    called = _called(entry.account, entry.unit)
    return sorted(
        found,
        key=lambda a: (
            a.likeness,
            _called(a.account, a.unit.name) != called,
            a.unit.place != entry.place,
            a.account.id,
        ),
    )


def add(entry: Entry, folder: Path, today: When | None = None) -> Written | list[Problem]:
    """Put an account into its place's file; return where it stands, or the problems for which nothing was changed.

    Raises:
        ChangedError: the file was changed by somebody else in the meantime.
        OSError: no room or no right to write.
    """
    planned = plan([entry], knowledge.read(folder), folder, today)
    if planned.troubles:
        return [t.problem for t in planned.troubles]
    write(planned)
    return planned.written[0]


def plan(entries: Sequence[Entry], known: Knowledge, folder: Path, today: When | None = None) -> Plan:
    """Work out what the files become with the entries in, and each error that this would add.

    Args:
        entries: what to put in, in this order.
        known: what `folder` holds, as it was read.
        folder: the knowledge folder; it is only read.
        today: the day after which nothing can have happened; `None` lets dates be.

    Raises:
        OSError: the folder cannot be read, or there is no room for a copy of it.
    """
    planned, sheets, files = Plan(), dict[Path, _Sheet](), _files(folder)
    places = Gazetteer(known.places)
    for number, entry in enumerate(entries):
        if entry.place not in known.places:
            texts = (f"“{entry.place}”", "区划表里有的代码", "到 knowledge/places/ 里查代码")
            planned.troubles.append(Trouble(number, Problem(yamlfile.shown(folder), 1, "place", *texts)))
            continue
        paths = files.get(entry.place) or [_new_path(entry.place, places, folder, sheets)]
        files[entry.place] = paths
        try:
            for each in paths:
                if each not in sheets:
                    planned.before[each] = content = _content(each)
                    sheets[each] = _Sheet(each, _header(entry.place, places) if content is None else content)
            path = next((p for p in paths if sheets[p].holds(entry)), paths[0])
            planned.written[number] = Written(path, 0, sheets[path].put(entry))
        except _UnfitError as error:
            planned.troubles.append(Trouble(number, error.args[0]))
    planned.after = {path: sheets[path].content() for path in {w.path: 0 for w in planned.written.values()}}
    whole = {path: content.decode().replace("\r\n", "\n") for path, content in planned.after.items()}
    for number, at in planned.written.items():
        start = whole[at.path].index("\n".join(at.lines))
        planned.written[number] = replace(at, line=whole[at.path].count("\n", 0, start) + 1)
    planned.troubles += _tried(planned, entries, known, folder, today)
    return planned


def write(planned: Plan) -> None:
    """Put a plan's files in place, each whole; when one of them cannot be written, all stay what they were.

    Raises:
        ChangedError: a file was changed by somebody else after the plan was made.
        OSError: no room or no right to write.
    """
    for path in planned.after:
        if _content(path) != planned.before[path]:
            raise ChangedError(yamlfile.shown(path))
    done: list[Path] = []
    try:
        for path, content in planned.after.items():
            done.append(path)
            _replace(path, content)
    except BaseException:
        for path in done:
            old = planned.before[path]
            if old is not None:
                _replace(path, old)
            elif path.exists():
                path.unlink()
        raise


@dataclass(slots=True)
class _Slot:
    """Where items go into a list: the place in the text, the column of their dashes, the lines put there."""

    position: int
    column: int
    lines: list[str] = field(default_factory=list)


class _Sheet:
    """The text of one place's file, and the lines to be put into it."""

    def __init__(self, path: Path, content: bytes) -> None:
        """Find where lines can go. Raises: _UnfitError."""
        problems: list[Problem] = []
        self._path, self._root = path, yamlfile.tree(path, content, problems)
        if self._root is not None:
            yamlfile.plain(path, self._root, problems)
        if problems:
            raise _UnfitError(problems[0])
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
        """Take in an entry; return the lines it becomes. Raises: _UnfitError."""
        key = _key(entry)
        if key in self._nodes:
            slot = self._old.get(key) or self._slot(self._nodes[key], "accounts")
            self._old[key] = slot
            lines = _lines_of(entry.account, slot.column)
            slot.lines += lines
        else:
            column = self._units.column
            heads = [f"name: {_flow(entry.unit)}", "accounts:"] if entry.unit else ["accounts:"]
            heads = [] if key in self._new else _item(heads, column)
            lines = [*heads, *_lines_of(entry.account, column + 4)]
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
        """Return where a mapping's list takes further items. Raises: _UnfitError."""
        if not isinstance(parent, MappingNode) or parent.flow_style:
            texts = (f"{key} 的上一层写在括号里,或不是“键: 值”", yamlfile.WRITTEN, "把括号里的内容分行写")
            raise _UnfitError(problem_at(self._path, (), *texts))
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
        raise _UnfitError(replace(problem_at(self._path, (key,), *texts), line=line))

    def _after(self, end: int, column: int) -> int:
        """Return the start of the line after a place in the text, and after comments that stand deeper than a column."""
        text = self._text
        if not text[:end].endswith("\n"):
            end = (text.find("\n", end) + 1) or len(text)
        while (comment := _COMMENT.match(text, end)) and len(comment[1]) > column:
            end = comment.end()
        return end


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


def _lines_of(account: Account, column: int) -> list[str]:
    data = codec.encode(account)
    found: list[str] = []
    for key in sorted(data, key=KEYS.index):
        value = data[key]
        if key == "destinations":
            value = [{k: d[k] for k in DESTINATION_KEYS if k in d} for d in value]
        if isinstance(value, list) and isinstance(value[0], dict):
            found += [f"{key}:", *(f"  - {_flow(item)}" for item in value)]
        else:
            found.append(f"{key}: {_flow(value)}")
    return _item(found, column)


def _item(lines: Sequence[str], column: int) -> list[str]:
    """Return lines as one item of a list whose dash stands in a column (from 0)."""
    return [" " * column + ("  " if number else "- ") + line for number, line in enumerate(lines)]


def _flow(value: Any) -> str:
    """Return plain data as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if _PLAIN.fullmatch(value) or DATE.fullmatch(value):
        return str(value)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False))


def _files(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each place by its code, read even where they are broken."""
    found: dict[str, list[Path]] = {}
    for path in knowledge.yaml_files(folder / "accounts", []):
        if match := _PLACE.search(path.read_bytes()):
            found.setdefault(match[1].decode(errors="replace"), []).append(path)
    return found


def _new_path(code: str, places: Gazetteer, folder: Path, taken: Collection[Path]) -> Path:
    """Return the file for a place that has none: `jiangsu/zhangjiagang.yaml`; the code is added where that is used."""
    province = places.chain(code)[-1]
    room = "national" if province == NATIONAL else _spelled(places.places[province])
    stem = (
        _spelled(places.places[code]) if code != province else room if code == NATIONAL else f"{room}-sheng"
    )
    path = folder / "accounts" / room / f"{stem}.yaml"
    return path.with_stem(f"{stem}-{code}") if path in taken or os.path.lexists(path) else path


def _spelled(place: Place) -> str:
    return SPELLED.get(place.code) or _latin(spell(fold(place.short or place.name)))


def _latin(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalnum())


def _header(code: str, places: Gazetteer) -> bytes:
    """Return a new file's beginning: where the place lies, its code, a list to come."""
    names = [places.places[c].name for c in places.chain(code)[::-1]]
    return f'# {" · ".join(names)}\nplace: "{code}"\n\nunits:\n'.encode()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _replace(path: Path, content: bytes) -> None:
    """Write a file aside, then put it in place whole. Raises: OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _tried(
    planned: Plan, entries: Sequence[Entry], known: Knowledge, folder: Path, today: When | None
) -> list[Trouble]:
    """Return the errors that a copy of the folder has with the plan carried out, and the folder has not."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary).resolve() / "knowledge"
        shutil.copytree(folder, copy, symlinks=True)
        for path, content in planned.after.items():
            _replace(copy / path.relative_to(folder), content)
        after = knowledge.read(copy)
        errors = [p for p in check(after, today) if not p.warning]
        old = Counter(_mark(p, folder) for p in check(known, today) if errors and not p.warning)
        new = Counter(_mark(p, copy) for p in errors) - old
        found = []
        for problem in errors:
            mark = _mark(problem, copy)
            if new[mark]:
                new[mark] -= 1
                here = replace(problem, file=yamlfile.shown(folder / mark[0]))
                found.append(Trouble(_whose(folder / mark[0], problem.line, planned), here))
        return found or _unlike(planned, entries, known, after)


def _mark(problem: Problem, folder: Path) -> tuple[str, str, str, str]:
    """Return what tells a problem from others whatever lines were put above it."""
    path = Path(problem.file).resolve()
    inside = path.is_relative_to(folder.resolve())
    file = path.relative_to(folder.resolve()).as_posix() if inside else problem.file
    return (file, problem.field, problem.found, problem.expected)


def _whose(path: Path, line: int, planned: Plan) -> int | None:
    """Return the entry among whose lines a line stands."""
    return next(
        (n for n, at in planned.written.items() if at.path == path and 0 <= line - at.line < len(at.lines)),
        None,
    )


def _unlike(planned: Plan, entries: Sequence[Entry], known: Knowledge, after: Knowledge) -> list[Trouble]:
    """Return a trouble for each entry that reads back as something else, and one when anything else reads otherwise."""
    read = {a.id: (u.place, u.name, replace(a, unit="")) for u in after.units for a in u.accounts}
    found = []
    for number, at in planned.written.items():
        entry = entries[number]
        if read.pop(entry.account.id, None) != (entry.place, entry.unit, replace(entry.account, unit="")):
            texts = (
                "写进去再读出来不一样",
                "读出来和给的一样",
                "先运行 python bot.py check 改好这个文件;再看有没有单独的 null 或 ~",
            )
            found.append(Trouble(number, problem_at(at.path, (), *texts)))
    before = {a.id: (u.place, u.name, replace(a, unit="")) for u in known.units for a in u.accounts}
    if not found and read != before:
        texts = ("别的账号读出来变了", "除了新写的都不变", "先运行 python bot.py check,再试一次")
        found.append(Trouble(None, Problem("knowledge", 1, "文件", *texts)))
    return found


def _called(account: Account, unit: str | None) -> str:
    return _folded(account.name or unit or "")


@cache
def _folded(text: str) -> str:
    return fold(text)


def _likeness(entry: Entry, account: Account, unit: Unit) -> Likeness | None:
    """Return how much an account is like an entry, `None` for not nearly."""
    new, here = entry.account, unit.place == entry.place
    one, other = _called(new, entry.unit), _called(account, unit.name)
    agree = new.platform == account.platform or not (new.platform and account.platform)
    handle = bool(new.platform_id) and new.platform_id == account.platform_id
    named = bool(one) and one == other
    if named and new.platform == account.platform:
        sure = handle or (here and not (new.platform_id and account.platform_id))
        return Likeness.SAME if sure else Likeness.MAYBE
    if handle or named:
        return Likeness.MAYBE if agree else Likeness.ALIKE
    if min(len(one), len(other)) < FEWEST_COMPARED or Levenshtein.distance(one, other, score_cutoff=1) > 1:
        return None
    counted = [c for c in one if c in NUMERALS] == [c for c in other if c in NUMERALS]
    return Likeness.MAYBE if agree and here and counted else Likeness.ALIKE
