"""Floor 2. A folder of YAML → records and problems, file by file or all at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot import codec, hosts, inventory, yamlfile
from bot.codec import MISSING, Fault
from bot.hosts import Excuse
from bot.inventory import ACCOUNTS, combined, files, lacks_places, odd
from bot.progress import progress
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
    Talk,
    Topic,
    Unit,
)
from bot.yamlfile import Problem, problem_at

# What a list of each folder or file below `knowledge/` holds, besides `accounts/`.
ROOMS: dict[str, type[Any]] = {
    "places": Place, "contacts": Contact, "rules": Rule, "topics.yaml": Topic, "lexicon/agencies.yaml": Agency,
    "lexicon/readings.yaml": Reading, "lexicon/lookalikes.yaml": Lookalikes, "lexicon/talk.yaml": Talk, "platforms.yaml": PlatformInfo, "verification.yaml": Advice, "moved.yaml": Moved,
}  # fmt: skip
EXCUSED = "excused-hosts.txt"


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
    """All records of a folder, and what is wrong with it. `spots` tells which file and entry each record is.

    `foreign`: the folder is not the project's own, so what stands around its accounts may speak of others. `lent`: it
    holds accounts only, and what stands around them is the project's own.
    """

    places: dict[str, Place] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    topics: dict[str, Topic] = field(default_factory=dict)
    platforms: list[PlatformInfo] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lookalikes: list[Lookalikes] = field(default_factory=list)
    talk: list[Talk] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    moved: dict[str, str | None] = field(default_factory=dict)
    excused: dict[str, Excuse] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spots: dict[str, tuple[Path, codec.Path]] = field(default_factory=dict)
    digest: str = ""
    foreign: bool = False
    lent: bool = False


def begin(folder: Path) -> Knowledge:
    """Return what is known of a folder before any of its YAML is read: whose it is, and the hosts it excuses."""
    lent = lacks_places(folder)
    knowledge = Knowledge(foreign=folder.resolve() != inventory.OWN, lent=lent)
    path = folder / EXCUSED
    knowledge.excused = hosts.read(
        inventory.OWN / EXCUSED if lent and not path.exists() else path, knowledge.problems
    )
    return knowledge


def read(folder: Path) -> Knowledge:
    """Read every YAML file of a folder. Files are read in the order of their names, so the result is too."""
    knowledge = begin(folder)
    digests: dict[str, str] = {}
    found = list(files(folder, knowledge.problems))
    for path, root in progress(found, "读知识文件", len(found)):
        part = read_file(path, root)
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
    room = name.as_posix() if name.parts[0] == "lexicon" else name.parts[0]
    if node is None:
        if room == ACCOUNTS and not problems:
            texts = ("里面什么都没有", "place 和 units", "写上这个地方的账号;不要了就删掉这个文件")
            problems.append(odd(path, *texts, warning=True))
        return part
    faults: list[Fault] = []
    plain = yamlfile.plain(path, node, problems)
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
            if isinstance(record, Contact) and not record.id:
                faults.append(Fault((number, "id"), MISSING, "编号,如 hotline-12345", "补上 id: …"))
            elif getattr(record, "id", None):
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
            Reading: into.readings, Lookalikes: into.lookalikes, Talk: into.talk,
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
