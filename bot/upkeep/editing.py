"""Floor 7. Accounts put into the files of places: planned, tried on a copy of the folder, then written all or none."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import inventory, knowledge, yamlfile
from bot.checks import check
from bot.files import put
from bot.inventory import ACCOUNTS
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.upkeep.naming import place_file
from bot.upkeep.placefile import Entry, Page, UnfitError, heading
from bot.values import When
from bot.yamlfile import Problem, problem_at

_PLACE = re.compile(rb"""^(?:\xef\xbb\xbf)?\{?place:[ ]*["']?([\w-]+)""", re.MULTILINE)


class ChangedError(Exception):
    """A file is no longer what the plan was made from; the text is its path as a maintainer would type it."""


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
    planned, pages, files = Plan(), dict[Path, Page](), _files(folder)
    places = Gazetteer(known.places)
    for number, entry in enumerate(entries):
        if entry.place not in known.places:
            texts = (f"“{entry.place}”", "区划表里有的代码", "到 knowledge/places/ 里查代码")
            planned.troubles.append(Trouble(number, Problem(yamlfile.shown(folder), 1, "place", *texts)))
            continue
        paths = files.get(entry.place) or [_new_path(entry.place, places, folder, pages)]
        files[entry.place] = paths
        try:
            for each in paths:
                if each not in pages:
                    planned.before[each] = content = _content(each)
                    pages[each] = Page(each, heading(entry.place, places) if content is None else content)
            path = next((p for p in paths if pages[p].holds(entry)), paths[0])
            planned.written[number] = Written(path, 0, pages[path].put(entry))
        except UnfitError as error:
            planned.troubles.append(Trouble(number, error.args[0]))
    planned.after = {path: pages[path].content() for path in {w.path: 0 for w in planned.written.values()}}
    whole = {path: content.decode().replace("\r\n", "\n") for path, content in planned.after.items()}
    for number, at in planned.written.items():
        start = whole[at.path].index("\n".join(at.lines))
        planned.written[number] = replace(at, line=whole[at.path].count("\n", 0, start) + 1)
    planned.troubles += tried(planned, entries, known, folder, today)
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
            path.parent.mkdir(parents=True, exist_ok=True)
            put(content, path)
    except BaseException:
        for path in done:
            old = planned.before[path]
            if old is not None:
                put(old, path)
            elif path.exists():
                path.unlink()
        raise


def file_of(place: str, known: Knowledge, folder: Path) -> Path:
    """Return the file that an account of a place belongs in, whether it is there or not."""
    return next(iter(_files(folder).get(place, [])), _new_path(place, Gazetteer(known.places), folder, ()))


def _files(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each place by its code, read even where they are broken."""
    found: dict[str, list[Path]] = {}
    for path in inventory.yaml_files(folder / ACCOUNTS, []):
        if match := _PLACE.search(path.read_bytes()):
            found.setdefault(match[1].decode(errors="replace"), []).append(path)
    return found


def _new_path(code: str, places: Gazetteer, folder: Path, taken: Collection[Path]) -> Path:
    """Return the file for a place that has none: `jiangsu/zhangjiagang.yaml`; the code is added where that is used."""
    room, stem = place_file(code, places)
    path = folder / ACCOUNTS / room / f"{stem}.yaml"
    return path.with_stem(f"{stem}-{code}") if path in taken or os.path.lexists(path) else path


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def tried(
    planned: Plan, entries: Sequence[Entry], known: Knowledge, folder: Path, today: When | None
) -> list[Trouble]:
    """Return the errors that a copy of the folder has with a plan carried out, and the folder has not.

    Args:
        planned: what the files become.
        entries: what is then in them besides what is known.
        known: what the folder holds now, without what the plan changes.
        folder: the knowledge folder.
        today: the day after which nothing can have happened.

    Raises:
        OSError: there is no room for a copy.
    """
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary).resolve() / "knowledge"
        shutil.copytree(folder, copy, symlinks=True)
        for path, content in planned.after.items():
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
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
