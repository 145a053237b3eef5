"""Floor 1. Records to and from plain data (text, lists, mappings), and the JSON Schema that editors complete by.

Every scalar is text: the YAML is read as text and converted here, knowingly. A fault is a value, so that one run
names them all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.values import Labelled, When

T = TypeVar("T")
Path = tuple[str | int, ...]

_CHINESE_DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?")
_LOOSE_DATE = re.compile(r"(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?")
MISSING = "没有写"
DATES = "日期,如 2024-04-19、2024年4月19日、2024-04 或 2024"
DATE_SHAPE = "按 2024-04-19 的样子写;只知道年月就写 2024-04"
_TRUTH = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with plain data: where, what is there, what was expected, what to do about it."""

    path: Path
    found: str
    expected: str
    todo: str

    @property
    def said(self) -> str:
        """What is wrong, in the words of every command."""
        return f"{self.found};应当是:{self.expected};{self.todo}"


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record: its name, the type its text becomes, what it means, and whether it may be absent."""

    name: str
    kind: Any
    says: str
    optional: bool
    many: bool
    nested: bool
    options: Mapping[str, Labelled]


def decode(cls: type[T], data: object, faults: list[Fault], path: Path = ()) -> T | None:
    """Turn plain data into a record, adding to `faults` all that is wrong; `None` when nothing usable came of it."""
    if not isinstance(data, Mapping):
        faults.append(Fault(path, _seen(data), "一组“键: 值”", "检查缩进,每个键单独一行"))
        return None
    known, needed = members(cls), required(cls)  # type: ignore[arg-type]  # a class is hashable
    before = len(faults)
    values: dict[str, Any] = {}
    for key, value in data.items():
        member = known.get(key)
        if member is None:
            faults.append(_unknown((*path, key), known))
        elif value is not None and value not in ("", "null", "~"):
            values[key] = _value(member, value, faults, (*path, key))
    missing = [m for m in needed if m.name not in values]
    faults += [Fault((*path, m.name), MISSING, m.says, f"补上 {m.name}: …") for m in missing]
    if missing or (len(faults) > before and None in values.values()):
        return None
    return cls(**values)


def load(cls: type[T], data: Mapping[str, Any]) -> T:
    """Turn plain data that `encode` made back into a record, quickly: nothing is checked."""
    loaders = _loaders(cls)  # type: ignore[arg-type]  # a class is hashable
    return cls(**{name: loaders[name](value) for name, value in data.items()})


def encode(record: object) -> dict[str, Any]:
    """Turn a record into plain data that `decode` reads back, leaving out what is at its default."""
    values, plains = _plains(type(record))  # type: ignore[arg-type]  # a class is hashable
    return {
        name: plain(value) if plain else value
        for (name, plain), value in zip(plains, values(record), strict=True)
        if value or value == ""
    }


@cache
def _plains(
    cls: type,
) -> tuple[Callable[[Any], tuple[Any, ...]], list[tuple[str, Callable[[Any], Any] | None]]]:
    """Return what reads all fields of a record, and by what each is made plain, nothing for text."""
    found = members(cls)
    read = attrgetter(*found)
    values = read if len(found) > 1 else lambda record: (read(record),)
    return values, [(name, _plainer(member)) for name, member in found.items()]


def _plainer(member: Member) -> Callable[[Any], Any] | None:
    single: Callable[[Any], Any] | None
    if member.kind is str:
        single = None
    elif member.kind is When:
        single = attrgetter("text")
    elif member.kind is bool:
        single = lambda _: "true"  # noqa: E731  # what is false is left out
    else:
        single = (
            encode if member.nested else attrgetter("_value_")
        )  # what `value` reads, at a fifth of its time
    if not member.many:
        return single
    return list if single is None else lambda values: list(map(single, values))


@cache
def _loaders(cls: type) -> dict[str, Callable[[Any], Any]]:
    """Return what turns each field's plain data back into its value; derived fields are text."""
    derived = {f.name: str for f in dataclasses.fields(cls) if f.metadata.get("derived")}
    return derived | {m.name: _loader(m) for m in members(cls).values()}


def _loader(member: Member) -> Callable[[Any], Any]:
    single: Callable[[Any], Any]
    if member.kind is str:
        single = str
    elif member.kind is When:
        single = _when
    elif member.kind is bool:
        single = _TRUTH.__getitem__
    elif member.nested:
        single = partial(load, member.kind)
    else:
        single = member.options.__getitem__
    return (lambda values: tuple(map(single, values))) if member.many else single


@lru_cache(4096)
def _when(text: str) -> When:
    return When(text)


def date(text: str) -> When:
    """Return the date that a person wrote: 2024-04-19, 2024.4.19, 2024年4月19日, or known to its month or year only.

    Raises: ValueError for any other text, and for a day that no calendar has.
    """
    if len(text) == 10:
        with contextlib.suppress(ValueError):
            return _when(text)
    found = _CHINESE_DATE.fullmatch(text) or _LOOSE_DATE.fullmatch(text)
    parts = [p for p in found.groups() if p] if found else [text]
    return When("-".join(p.zfill(2) for p in parts))


@cache
def required(cls: type) -> tuple[Member, ...]:
    """Return the fields that every record of a class has."""
    return tuple(m for m in members(cls).values() if not m.optional)


@cache
def members(cls: type) -> dict[str, Member]:
    """Return the fields a maintainer may write for a record, by name, in order."""
    hints = get_type_hints(cls, include_extras=True)
    return {
        f.name: _member(f, hints[f.name]) for f in dataclasses.fields(cls) if not f.metadata.get("derived")
    }


def json_schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema of a record, each field explained in Chinese, Chinese words for values accepted."""
    known = members(cls)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [m.name for m in known.values() if not m.optional],
        "properties": {m.name: {"description": m.says, **_schema(m)} for m in known.values()},
    }


def _member(field: dataclasses.Field[Any], hint: Any) -> Member:
    kind, says = get_args(hint) if get_origin(hint) is Annotated else (hint, "")
    optional = field.default is not dataclasses.MISSING
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(a for a in get_args(kind) if a is not type(None))
    many = get_origin(kind) is tuple
    single = get_args(kind)[0] if many else kind
    nested = dataclasses.is_dataclass(single) and single is not When
    labelled = isinstance(single, type) and issubclass(single, Labelled)
    options = {word: option for option in single for word in (option.value, option.label)} if labelled else {}
    return Member(field.name, single, says, optional, many, nested, options)


def _value(member: Member, data: object, faults: list[Fault], path: Path) -> Any:
    if not member.many:
        return _single(member, data, faults, path)
    if not isinstance(data, list):
        data = [data]  # a maintainer writes `aliases: 水务` for one
    found = [_single(member, item, faults, (*path, i)) for i, item in enumerate(data)]
    return None if None in found else tuple(found)


def _single(member: Member, data: object, faults: list[Fault], path: Path) -> Any:
    if member.nested:
        return decode(member.kind, data, faults, path)
    if isinstance(data, bool):
        data = "true" if data else "false"
    if not isinstance(data, str):
        faults.append(Fault(path, _seen(data), member.says, "这里只写一个值,不要换行加“-”或“键:”"))
        return None
    return _scalar(member, data.strip(), faults, path)


def _scalar(member: Member, text: str, faults: list[Fault], path: Path) -> Any:
    if member.kind is str:
        return text
    if member.kind is When:
        return _date(text, faults, path)
    if member.kind is bool:
        if text.lower() not in _TRUTH:
            faults.append(Fault(path, f"“{text}”", "是 或 否(true / false)", "改成 true 或 false"))
        return _TRUTH.get(text.lower())
    option = member.options.get(text)
    if option is None:
        listed = "、".join(f"{o.value}({o.label})" for o in member.kind)
        faults.append(Fault(path, f"“{text}”", f"下面之一:{listed}", _closest(text, member.options)))
    return option


def _date(text: str, faults: list[Fault], path: Path) -> When | None:
    try:
        return date(text)
    except ValueError:
        todo = DATE_SHAPE
        if text.isdecimal() and len(text) == 5:
            todo = "这是 Excel 把日期变成的数字:在 Excel 里把那一格设成“文本”,再写 2024-04-19"
        faults.append(Fault(path, f"“{text}”", DATES, todo))
        return None


def _unknown(path: Path, known: Mapping[str, object]) -> Fault:
    allowed = "下面之一:" + "、".join(known)
    return Fault(path, f"不认识的键“{path[-1]}”", allowed, _closest(str(path[-1]), known))


def _closest(word: str, options: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(str(word), list(options), 1, 0.6)
    return f"是不是想写 {near[0]}?" if near else "删掉它,或对照上面改正"


def _seen(data: object) -> str:
    if isinstance(data, Mapping):
        return "一组“键: 值”"
    return "一个列表" if isinstance(data, list) else f"“{data}”"


def _schema(member: Member) -> dict[str, Any]:
    single = _single_schema(member)
    return {"anyOf": [{"type": "array", "items": single}, single]} if member.many else single


def _single_schema(member: Member) -> dict[str, Any]:
    if member.nested:
        return json_schema(member.kind)
    if member.kind is bool:
        return {"type": "boolean"}
    if member.options:
        return {"enum": list(member.options)}
    # An editor reads an unquoted 2024-04-19 or 320582 as a date or a number; all of them are text to us.
    return {"type": ["string", "number"]}
