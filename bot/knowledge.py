"""Floor 2. A folder of YAML → records and problems, file by file or all at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot import codec, hosts, yamlfile
from bot.codec import MISSING, Fault
from bot.files import why
from bot.hosts import Excuse
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
ACCOUNTS = "accounts"
EXCUSED = "excused-hosts.txt"
# The project's own knowledge, and what of it a folder of nothing but accounts is read with: all that stands around
# accounts and speaks of none of them.
OWN = Path(__file__).resolve().parent.parent / "knowledge"
LENT = ("places", "contacts", "lexicon", "platforms.yaml", "topics.yaml", "verification.yaml")


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
    knowledge = Knowledge(foreign=folder.resolve() != OWN, lent=lent)
    path = folder / EXCUSED
    knowledge.excused = hosts.read(OWN / EXCUSED if lent and not path.exists() else path, knowledge.problems)
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
            problems.append(_odd(path, *texts, warning=True))
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


def digests(folder: Path, skip: str = "", problems: list[Problem] | None = None) -> dict[str, str]:
    """Return the digest of each YAML file of a folder, by its name, without reading what it means.

    What is wrong with the folder around the files is added to the problems.
    """
    found = files(folder, [] if problems is None else problems)
    names = ((path, path.relative_to(root)) for path, root in found)
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


def files(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, Path]]:
    """Yield the YAML files that a folder is read from, each with the folder that its name is below.

    A folder that holds accounts but no places is read with the project's own records around them.
    """
    if folder.is_dir() and not (folder / ACCOUNTS).is_dir():
        texts = ("里面没有 accounts 文件夹", "放知识文件的文件夹", "检查 --knowledge 写的路径")
        problems.append(Problem(yamlfile.shown(folder), 1, "文件夹", *texts))
        return
    yield from ((path, folder) for path in yaml_files(folder, problems))
    if lacks_places(folder):
        lent = [name for name in LENT if not (folder / name).exists()]
        for path in yaml_files(OWN, problems):
            if path.relative_to(OWN).parts[0] in lent:
                yield path, OWN


def lacks_places(folder: Path) -> bool:
    """Tell whether a folder holds accounts alone, so that it cannot stand on its own."""
    return (folder / ACCOUNTS).is_dir() and not (folder / "places").exists()


def yaml_files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the YAML files below a folder in the order of their names; links are not followed, hidden files not seen."""
    if not folder.is_dir():
        texts = ("没有这个文件夹", "放知识文件的文件夹", "检查 --knowledge 写的路径")
        problems.append(Problem(str(folder), 1, "文件夹", *texts))
        return
    for path in sorted(_below(folder, problems)):
        if path.is_symlink():
            texts = ("是一个链接", "普通文件或文件夹", "把内容直接放在这里,不要用链接")
            problems.append(_odd(path, *texts))
        elif path.suffix in (".yaml", ".yml"):
            if path.is_file():
                yield path
        elif path.relative_to(folder).parts[0] == ACCOUNTS:
            texts = ("没有读这个文件", "以 .yaml 结尾的文件", "是知识就把文件名改成 .yaml 结尾,不是就移走")
            problems.append(_odd(path, *texts, warning=True))


def _below(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield all that stands below a folder but folders; a folder that is a link is yielded, not entered."""

    def closed(error: OSError) -> None:
        texts = (f"打不开:{why(error)}", "能读的文件夹", "检查有没有读的权限")
        problems.append(_odd(Path(error.filename), *texts))

    for root, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = (name for name in folders if Path(root, name).is_symlink())
        yield from (Path(root, name) for name in (*names, *links) if not name.startswith("."))


def _odd(path: Path, found: str, expected: str, todo: str, *, warning: bool = False) -> Problem:
    """Return the problem of something that is no file of ours; a link is named, not what it leads to."""
    return Problem(f"{yamlfile.shown(path.parent)}/{path.name}", 1, "文件", found, expected, todo, warning)


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
