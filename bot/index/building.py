"""Floor 3. A knowledge folder → an index in service: read, checked and written file by file, then swapped in whole.

A base of half a million accounts never stands in memory at once: each file becomes rows where it is read, in a few
processes. After a small edit only what changed is read again, into an overlay beside the index.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot import checks, codec, knowledge
from bot.checks.addresses import hosts_around, hosts_of
from bot.checks.world import World
from bot.index.base import OVERLAY, Base, StaleIndexError
from bot.index.rows import Lexicon, Row, row
from bot.index.writing import Writer, durable
from bot.knowledge import ACCOUNTS, Knowledge
from bot.progress import progress
from bot.records import When
from bot.yamlfile import Problem

# Below this many bytes of YAML one process is done before others have started.
WORTH_PROCESSES = 4 * 1024 * 1024
# An overlay larger than this costs each question more than a rebuild costs once.
MOST_OVERLAY_FILES = 64
MOST_OVERLAY_BYTES = 1024 * 1024


@dataclass(slots=True)
class Built:
    """What came of a build: the problems of the knowledge, and how much it holds. With errors nothing was swapped."""

    problems: list[Problem] = field(default_factory=list)
    places: int = 0
    units: int = 0
    accounts: int = 0

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep an index from going into service."""
        return [p for p in self.problems if not p.warning]


@dataclass(frozen=True, slots=True)
class FileRows:
    """What one accounts file gives the index, and what is wrong with it. `spots` holds the entries that lead on."""

    path: Path
    name: str
    digest: str
    rows: list[Row]
    problems: list[Problem]
    hosts: set[str]
    spots: dict[str, codec.Path]


@dataclass(frozen=True, slots=True)
class Shared:
    """What every file is read with: the records around the accounts, the lexicon, the day."""

    folder: Path
    around: Knowledge
    lexicon: Lexicon
    today: When | None

    @classmethod
    def of(cls, folder: Path, today: When | None) -> Shared:
        """Read everything of a folder but its accounts."""
        around = knowledge.begin(folder)
        for path, root in knowledge.files(folder, around.problems):
            if path.relative_to(root).parts[0] != ACCOUNTS:
                knowledge.join(around, knowledge.read_file(path, root))
        lexicon = Lexicon.of(around.places, around.agencies, around.readings)
        return cls(folder, around, lexicon, today)


def build(folder: Path, target: Path | None, today: When | None = None, before: Path | None = None) -> Built:
    """Check a knowledge folder and put its index into service.

    Args:
        folder: The knowledge.
        target: Where the index goes; `None` only checks.
        today: The day dates are held against.
        before: An earlier index whose ids must not disappear.

    Raises:
        OSError: no room or no right to write; the index in service stays as it is.
    """
    shared = Shared.of(folder, today)
    where = target.parent if target else Path(tempfile.gettempdir())
    where.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="quxiang-index", suffix=".part", dir=where)
    os.close(handle)
    aside = Path(name)
    try:
        built = _write(shared, aside)
        built.problems += _vanished(before, aside, shared.around) if before else []
        if target and not built.errors:
            aside.chmod(0o644)
            aside.replace(target)
            overlay_of(target).unlink(missing_ok=True)
            durable(target.parent)
    finally:
        aside.unlink(missing_ok=True)
    return built


def update(
    folder: Path, target: Path, today: When | None = None, only: Iterable[Path] | None = None
) -> Built | None:
    """Put a small edit into service as an overlay; `None` when the index must be built anew.

    Args:
        folder: The knowledge.
        target: The index in service.
        today: The day dates are held against.
        only: The files known to have changed; by default every file's digest is compared.
    """
    try:
        base = Base(target, overlay=False)
    except (StaleIndexError, OSError):
        return None
    try:
        changed = _changed(folder, base, only)
        if changed is None:
            return None
        if not changed:
            overlay_of(target).unlink(missing_ok=True)
            return Built()
        return _overlay(folder, base, target, changed, today)
    finally:
        base.close()


def overlay_of(target: Path) -> Path:
    """Return where the overlay of an index stands."""
    return target.with_name(target.name + OVERLAY)


def _write(shared: Shared, aside: Path) -> Built:
    """Write the whole index aside; the problems tell whether it may go into service."""
    built = Built(list(shared.around.problems))
    writer = Writer(aside, shared.lexicon)
    hosts = hosts_around(shared.around)
    spots: dict[str, tuple[Path, codec.Path]] = {}
    digests = knowledge.digests(shared.folder, skip=ACCOUNTS)
    for found in _file_rows(shared):
        built.problems += found.problems
        built.places += 1
        built.units += len(found.rows)
        built.accounts += sum(len(r.ids) for r in found.rows)
        hosts |= found.hosts
        spots |= {key: (found.path, spot) for key, spot in found.spots.items()}
        digests[found.name] = found.digest
        writer.add(found.name, found.digest, found.rows)
    twice = writer.finish(_things(shared.around), shared.around.moved, _meta(digests))
    base = Base(aside, overlay=False)
    try:
        leading = [base.unit_at(number) for number in base.leading()]
        built.problems += _twice(base, twice, shared.folder)
        world = World(
            leading, base.account, lambda i: base.unit_of_id(i) is not None, shared.around, shared.today
        )
        at = spots | shared.around.spots
        built.problems += checks.apply((*checks.BETWEEN_ENTRIES, *checks.AROUND), world, at.__getitem__)
        built.problems += checks.stale_excuses(shared.around, hosts)
    finally:
        base.close()
    built.problems = sorted(set(built.problems))
    return built


def _file_rows(shared: Shared) -> Iterator[FileRows]:
    """Yield what each accounts file gives, in the order of their names."""
    paths = [
        p
        for p in knowledge.yaml_files(shared.folder, [])
        if p.relative_to(shared.folder).parts[0] == ACCOUNTS
    ]
    size = sum(p.stat().st_size for p in paths)
    if size < WORTH_PROCESSES:
        yield from (_read(path, shared) for path in paths)
        return
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(shared,)) as pool:
        chunk = max(1, min(16, len(paths) // (workers * 4)))
        yield from progress(pool.map(_work, paths, chunksize=chunk), "建索引", len(paths))


_shared: list[Shared] = []


def _begin(shared: Shared) -> None:
    """Make a process ready to read files: what it reads holds no cycles, so collecting them is time lost."""
    gc.disable()
    _shared[:] = [shared]


def _work(path: Path) -> FileRows:
    return _read(path, _shared[0])


def _read(path: Path, shared: Shared) -> FileRows:
    """Read one accounts file, hold it against the rules of an entry, and turn it into rows."""
    part = knowledge.read_file(path, shared.folder)
    world = World(part.units, lambda _: None, lambda _: False, shared.around, shared.today)
    problems = part.problems + checks.apply(checks.OF_AN_ENTRY, world, lambda key: (path, part.spots[key]))
    leading = {a.id for u in part.units for a in u.accounts if a.destinations}
    spots = {key: spot for key, spot in part.spots.items() if key in leading}
    hosts = hosts_of(world.accounts)
    rows = [row(unit, shared.lexicon) for unit in part.units]
    return FileRows(path, part.name, part.digest, rows, problems, hosts, spots)


def _changed(folder: Path, base: Base, only: Iterable[Path] | None) -> dict[str, Path | None] | None:
    """Return the accounts files that differ from the index, `None` for those gone; `None` when too much differs."""
    stored = base.files()
    if only is not None:
        changed: dict[str, Path | None] = {p.relative_to(folder).as_posix(): p for p in only}
    else:
        problems = knowledge.begin(folder).problems
        now = knowledge.digests(folder, problems=problems)
        if any(not p.warning for p in problems):
            return None
        changed = {n: folder / n for n, d in now.items() if stored.get(n) != d}
        changed |= dict.fromkeys(stored.keys() - now.keys())
    if any(n.split("/")[0] != ACCOUNTS for n in changed):
        return None
    paths = [p for p in changed.values() if p]
    small = len(changed) <= MOST_OVERLAY_FILES and sum(p.stat().st_size for p in paths) <= MOST_OVERLAY_BYTES
    return changed if small else None


def _overlay(
    folder: Path, base: Base, target: Path, changed: dict[str, Path | None], today: When | None
) -> Built:
    """Write the changed files as a second small index beside the first, checked against it."""
    begun, stored = knowledge.begin(folder), base.around()
    around = replace(stored, excused=begun.excused, foreign=begun.foreign, lent=begun.lent)
    shared = Shared(folder, around, base.lexicon(), today)
    handle, name = tempfile.mkstemp(prefix="quxiang-overlay", suffix=".part", dir=target.parent)
    os.close(handle)
    aside = Path(name)
    built = Built(begun.problems)
    try:
        writer = Writer(aside, shared.lexicon)
        spots: dict[str, tuple[Path, codec.Path]] = {}
        digests = base.files()
        for file, path in sorted(changed.items()):
            digests.pop(file, None)
            if path is None:
                continue
            found = _read(path, shared)
            built.problems += found.problems
            built.accounts += sum(len(r.ids) for r in found.rows)
            spots |= {key: (found.path, spot) for key, spot in found.spots.items()}
            digests[file] = found.digest
            writer.add(found.name, found.digest, found.rows)
        dead = ",".join(f"{a}-{b}" for a, b in base.ranges(changed))
        meta = {"digest": knowledge.combined(digests), "base": base.digest, "dead": dead}
        twice = writer.finish((), {}, meta)
        both = Base(target, overlay=aside)
        try:
            built.problems += _twice(both, twice, folder)
            built.problems += _between(both, spots, shared)
        finally:
            both.close()
        if not built.errors:
            aside.chmod(0o644)
            aside.replace(overlay_of(target))
            durable(target.parent)
    finally:
        aside.unlink(missing_ok=True)
    return built


def _between(both: Base, spots: dict[str, tuple[Path, codec.Path]], shared: Shared) -> list[Problem]:
    """Hold the changed entries that lead on, and the others that lead to changed ones, against the rules between entries."""
    touched = [both.unit_at(number) for number in both.touched()]
    world = World(
        touched, both.account, lambda i: both.unit_of_id(i) is not None, shared.around, shared.today
    )

    def spot(key: str) -> tuple[Path, codec.Path]:
        if key in spots:
            return spots[key]
        file = both.file_of(key)
        part = knowledge.read_file(shared.folder / file, shared.folder)
        return part.path, part.spots.get(key, ())

    return checks.apply(checks.BETWEEN_ENTRIES, world, spot)


def _twice(base: Base, numbers: list[int], folder: Path) -> list[Problem]:
    """Return a problem for each id that stands in two places."""
    if not numbers:
        return []
    met: dict[str, tuple[Path, codec.Path]] = {}
    problems = []
    for name in dict.fromkeys(base.file_at(n) for n in sorted(set(numbers))):
        part = knowledge.read_file(folder / name, folder)
        for key, spot in part.spots.items():
            if key in met and met[key][0] != part.path:
                problems.append(knowledge.twice(key, part.path, spot, *met[key]))
            met[key] = (part.path, spot)
    return problems


def _vanished(before: Path, aside: Path, around: Knowledge) -> list[Problem]:
    """Return a problem for each id of an earlier index that leads nowhere in the new one."""
    try:
        earlier = Base(before)
    except (StaleIndexError, OSError):
        return []
    now = Base(aside, overlay=False)
    try:
        return checks.vanished(earlier.lost(now), around.moved)
    finally:
        earlier.close()
        now.close()


def _things(around: Knowledge) -> Iterator[object]:
    yield from around.places.values()
    yield from around.topics.values()
    for group in (
        around.contacts,
        around.platforms,
        around.agencies,
        around.readings,
        around.lookalikes,
        around.talk,
        around.rules,
        around.advice,
    ):
        yield from group


def _meta(digests: dict[str, str]) -> dict[str, str]:
    others = "\n".join(f"{n} {d}" for n, d in sorted(digests.items()) if n.split("/")[0] != ACCOUNTS)
    return {"digest": knowledge.combined(digests), "others": others}
