"""Floor 2. A folder of YAML → records and problems, file by file or all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot import codec, yamlfile
from bot.codec import Fault
from bot.records import (
    Advice,
    Agency,
    Contact,
    Lookalikes,
    Moved,
    Place,
    PlaceFile,
    PlatformInfo,
    Reading,
    Rule,
    Topic,
    Unit,
)
from bot.yamlfile import Problem, problem_at

# What a list of each folder or file below `knowledge/` holds, besides `accounts/`.
ROOMS: dict[str, type[Any]] = {
    "places": Place, "contacts": Contact, "rules": Rule, "topics.yaml": Topic, "lexicon/agencies.yaml": Agency,
    "lexicon/readings.yaml": Reading, "lexicon/lookalikes.yaml": Lookalikes, "platforms.yaml": PlatformInfo, "verification.yaml": Advice, "moved.yaml": Moved,
}  # fmt: skip
ACCOUNTS = "accounts"


@dataclass(slots=True)
class Part:
    """What one file holds: its units, or the records of its room, and what is wrong with it.

    `spots` tells which entry of the file each record is: accounts by id, others by room and id (`rules:yuelu-2019`).
    """

    path: Path
    name: str
    digest: str
    units: list[Unit] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spots: dict[str, codec.Path] = field(default_factory=dict)


@dataclass(slots=True)
class Knowledge:
    """All records of a folder, and what is wrong with it. `spots` tells which file and entry each record is."""

    places: dict[str, Place] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    topics: dict[str, Topic] = field(default_factory=dict)
    platforms: list[PlatformInfo] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lookalikes: list[Lookalikes] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    moved: dict[str, str | None] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spots: dict[str, tuple[Path, codec.Path]] = field(default_factory=dict)
    digest: str = ""


def read(folder: Path) -> Knowledge:
    """Read every YAML file below a folder. Files are read in the order of their names, so the result is too."""
    knowledge = Knowledge(excused=excused_hosts(folder))
    digests: dict[str, str] = {}
    for path in yaml_files(folder, knowledge.problems):
        part = read_file(path, folder)
        digests[part.name] = part.digest
        join(knowledge, part)
    knowledge.digest = combined(digests)
    return knowledge


def read_file(path: Path, folder: Path) -> Part:
    """Read one file of a knowledge folder."""
    problems: list[Problem] = []
    data = yamlfile.content(path, problems)
    name = path.relative_to(folder)
    part = Part(path, name.as_posix(), hashlib.sha256(data).hexdigest(), problems=problems)
    node = yamlfile.tree(path, data, problems)
    if node is None:
        return part
    faults: list[Fault] = []
    plain = yamlfile.plain(path, node, problems)
    room = name.as_posix() if name.parts[0] == "lexicon" else name.parts[0]
    if room == ACCOUNTS:
        _units(part, codec.decode(PlaceFile, plain, faults))
    elif room in ROOMS:
        _records(part, room, plain, faults)
    else:
        faults.append(Fault((), "不认识的位置", "accounts、" + "、".join(ROOMS), "把文件移到对应的文件夹"))
    problems += [yamlfile.problem(path, node, fault) for fault in faults]
    return part


def join(knowledge: Knowledge, part: Part) -> None:
    """Add what one file holds to what is known; a record that is there already is a problem."""
    knowledge.problems += part.problems
    knowledge.units += part.units
    for record in part.others:
        _take_in(record, knowledge)
    for key, spot in part.spots.items():
        if key in knowledge.spots:
            other, where = knowledge.spots[key]
            knowledge.problems.append(twice(key, part.path, spot, other, where))
        knowledge.spots[key] = (part.path, spot)


def twice(key: str, path: Path, spot: codec.Path, other: Path, where: codec.Path) -> Problem:
    """Return the problem of an id that stands in two places."""
    name = key.rpartition(":")[2]
    todo = f"换一个编号;{yamlfile.shown(other)}:{yamlfile.line_of(other, where)} 已经用了"
    return problem_at(path, (*spot, "id"), f"“{name}”用了两次", "不重复的编号", todo)


def digests(folder: Path, skip: str = "") -> dict[str, str]:
    """Return the digest of each YAML file below a folder, by its name, without reading what it means."""
    names = ((path, path.relative_to(folder)) for path in yaml_files(folder, []))
    return {
        name.as_posix(): hashlib.sha256(yamlfile.content(path, [])).hexdigest()
        for path, name in names
        if name.parts[0] != skip
    }


def combined(digests: dict[str, str]) -> str:
    """Return one digest for a folder, from those of its files."""
    return hashlib.sha256("\n".join(f"{n} {d}" for n, d in sorted(digests.items())).encode()).hexdigest()


def digest(folder: Path) -> str:
    """Return the digest of a folder's YAML as `read` gives it."""
    return combined(digests(folder))


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
        if path.is_symlink():
            problems.append(
                Problem(str(path), 1, "文件", "是一个链接", "普通文件", "把内容直接放在这里,不要用链接")
            )
        elif path.suffix in (".yaml", ".yml") and path.is_file():
            yield path


def excused_hosts(folder: Path) -> dict[str, str]:
    """Return the hosts excused from a rule about addresses, each with its reason; `.gov.cn` stands for all below it."""
    path = folder / "excused-hosts.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.split("\t", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {pair[0].strip(): pair[-1].strip() for pair in pairs if len(pair) == 2}


def _units(part: Part, read: PlaceFile | None) -> None:
    """Take in the units of a place's file, each knowing its place and each account its unit."""
    for number, unit in enumerate(read.units if read else ()):
        key = unit.id or next((a.id for a in unit.accounts), f"{part.name}-{number}")
        _settle(unit, key, read.place if read else "")
        part.units.append(unit)
        if unit.id:
            _found(part, f"units:{unit.id}", ("units", number))
        for index, account in enumerate(unit.accounts):
            _found(part, account.id, ("units", number, "accounts", index))


def _found(part: Part, key: str, spot: codec.Path) -> None:
    """Note where in its file a record stands; one that stands there twice is a problem."""
    if key in part.spots:
        part.problems.append(twice(key, part.path, spot, part.path, part.spots[key]))
    part.spots[key] = spot


def _settle(unit: Unit, key: str, place: str) -> None:
    """Write where they belong into records just made, before anybody else has seen them: copying costs ten times as much."""
    object.__setattr__(unit, "key", key)
    object.__setattr__(unit, "place", place)
    for account in unit.accounts:
        object.__setattr__(account, "unit", key)


def _records(part: Part, room: str, plain: Any, faults: list[Fault]) -> None:
    """Take in the records of a list."""
    if not isinstance(plain, list):
        faults.append(Fault((), "不是列表", "每条前面加“- ”的列表", "在每条前面加“- ”"))
        return
    for number, item in enumerate(plain):
        record = codec.decode(ROOMS[room], item, faults, (number,))
        if record is not None:
            part.others.append(record)
            if getattr(record, "id", None):
                _found(part, f"{room}:{record.id}", (number,))


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
            Reading: into.readings, Lookalikes: into.lookalikes,
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
