"""Floor 3. A knowledge folder → an index in service: read, checked and written file by file, then swapped in whole.

A base of half a million accounts never stands in memory at once: each file becomes rows where it is read, in a few
processes.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import checks, codec, inventory, knowledge
from bot.checks.addresses import hosts_around
from bot.index.base import Base
from bot.index.layer import StaleIndexError
from bot.index.layers import overlay_of
from bot.index.reading import Built, Shared, shown_hosts
from bot.index.rows import Row, row
from bot.index.writing import Writer, durable
from bot.inventory import ACCOUNTS
from bot.knowledge import Knowledge
from bot.progress import progress
from bot.values import When
from bot.yamlfile import Problem

if TYPE_CHECKING:
    from concurrent.futures import Executor

# Below this many bytes of YAML one process is done before others have started.
WORTH_PROCESSES = 4 * 1024 * 1024
# What a build leaves when it is killed is swept away by a later one after so many seconds; no build takes as long.
LEFT_BEHIND = 6 * 3600
PREFIX, SUFFIX = "quxiang-", ".part"

# Given what is about to go into service.
Ready = Callable[[Base], None]


@dataclass(frozen=True, slots=True)
class FileRows:
    """What one accounts file gives the index, and what is wrong with it. `spots` holds the entries that lead on."""

    path: Path
    name: str
    digest: str
    rows: list[Row]
    problems: list[Problem]
    hosts: Counter[str]
    spots: dict[str, codec.Path]


def build(
    folder: Path,
    target: Path | None,
    today: When | None = None,
    before: Path | None = None,
    ready: Ready | None = None,
) -> Built:
    """Check a knowledge folder and put its index into service.

    Args:
        folder: The knowledge.
        target: Where the index goes; `None` only checks.
        today: The day dates are held against.
        before: An earlier index whose ids must not disappear.
        ready: Called with the new index just before it goes into service; what it raises keeps the old one there.

    Raises:
        OSError: no room or no right to write; the index in service stays as it is.
    """
    shared = Shared.of(folder, today)
    with aside(target.parent if target else Path(tempfile.gettempdir())) as path:
        built = _write(shared, path)
        built.problems += _vanished(before, path, shared.around) if before else []
        if target and not built.errors:
            path.chmod(0o644)
            if ready:
                announce(Base(path, overlay=False), ready)
            path.replace(target)
            overlay_of(target).unlink(missing_ok=True)
            durable(target.parent)
    return built


def announce(base: Base, ready: Ready) -> None:
    """Show what is about to go into service to who wants to see it, and close it."""
    try:
        ready(base)
    finally:
        base.close()


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """Give an empty file in a folder to write to; what is still there at the end is taken away. Raises: OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):  # another build's, or another person's
            if left.stat().st_mtime < time.time() - LEFT_BEHIND:
                left.unlink()
    handle, name = tempfile.mkstemp(SUFFIX, PREFIX, folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write(shared: Shared, path: Path) -> Built:
    """Write the whole index aside; the problems tell whether it may go into service."""
    built = Built(list(shared.around.problems))
    hosts: Counter[str] = Counter()
    spots: dict[str, tuple[Path, codec.Path]] = {}
    digests = inventory.digests(shared.folder, skip=ACCOUNTS)
    paths = _accounts_files(shared.folder)
    with _processes(shared, paths) as pool, Writer(path, shared.lexicon) as writer:
        for found in _file_rows(shared, paths, pool):
            built.problems += found.problems
            built.count(len(found.rows), sum(len(r.ids) for r in found.rows))
            hosts.update(found.hosts)
            spots |= {key: (found.path, spot) for key, spot in found.spots.items()}
            digests[found.name] = found.digest
            writer.add(found.name, found.digest, found.rows)
        spread = pool.map if pool else map
        twice = writer.finish(things(shared.around), shared.around.moved, hosts, meta(digests), spread)
    base = Base(path, overlay=False)
    try:
        built.problems += doubled(base, twice, shared.folder)
        world = shared.world((base.unit_at(number) for number in base.leading()), base)
        at = spots | shared.around.spots
        built.problems += checks.apply((*checks.BETWEEN_ENTRIES, *checks.AROUND), world, at.__getitem__)
        built.problems += checks.stale_excuses(shared.around, {*hosts, *hosts_around(shared.around)})
    finally:
        base.close()
    built.problems = sorted(set(built.problems))
    return built


def _accounts_files(folder: Path) -> list[Path]:
    files = inventory.yaml_files(folder, [])
    return [p for p in files if p.relative_to(folder).parts[0] == ACCOUNTS]


@contextmanager
def _processes(shared: Shared, paths: list[Path]) -> Iterator[Executor | None]:
    """Give as many processes as there are processors, `None` for a base that one has done before others have started."""
    if sum(p.stat().st_size for p in paths) < WORTH_PROCESSES:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor  # most runs need none of it

    with ProcessPoolExecutor(_processors(), initializer=_begin, initargs=(shared,)) as pool:
        yield pool


def _processors() -> int:
    return os.cpu_count() or 1


def _file_rows(shared: Shared, paths: list[Path], pool: Executor | None) -> Iterator[FileRows]:
    """Yield what each accounts file gives, in the order of their names."""
    if pool is None:
        yield from (_read(path, shared) for path in paths)
        return
    chunk = max(1, min(16, len(paths) // (_processors() * 4)))
    yield from progress(pool.map(_work, paths, chunksize=chunk), "建索引", len(paths))


_shared: list[Shared] = []


def _begin(shared: Shared) -> None:
    """Make a process ready to read files: what it reads holds no cycles, so collecting them is time lost."""
    gc.disable()
    _shared[:] = [shared]


def _work(path: Path) -> FileRows:
    return _read(path, _shared[0])


def _read(path: Path, shared: Shared) -> FileRows:
    """Read one accounts file and turn it into rows."""
    part = shared.read(path)
    leading = {a.id for u in part.units for a in u.accounts if a.destinations}
    spots = {key: spot for key, spot in part.spots.items() if key in leading}
    rows = [row(unit, shared.lexicon) for unit in part.units]
    return FileRows(path, part.name, part.digest, rows, part.problems, shown_hosts(part.units), spots)


def doubled(base: Base, numbers: Iterable[int], folder: Path) -> list[Problem]:
    """Return a problem for each id that stands in two places, of units that share one."""
    met: dict[str, tuple[Path, codec.Path]] = {}
    problems = []
    for path in sorted({folder / base.file_at(n) for n in numbers}):
        part = knowledge.read_file(path, folder)
        for key, spot in part.spots.items():
            if key in met:
                problems.append(knowledge.twice(key, part.path, spot, *met[key]))
            met[key] = (part.path, spot)
    return problems


def _vanished(before: Path, path: Path, around: Knowledge) -> list[Problem]:
    """Return a problem for each id of an earlier index that leads nowhere in the new one."""
    try:
        earlier = Base(before)
    except (StaleIndexError, OSError):
        return []
    now = Base(path, overlay=False)
    try:
        return checks.vanished(earlier.lost(now), around.moved)
    finally:
        earlier.close()
        now.close()


def things(around: Knowledge) -> Iterator[object]:
    """Yield the small records that an index holds as they are."""
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


def meta(digests: dict[str, str]) -> dict[str, str]:
    """Return what tells which knowledge an index holds: one digest, and those of the files around the accounts."""
    others = "\n".join(f"{n} {d}" for n, d in sorted(digests.items()) if not n.startswith(f"{ACCOUNTS}/"))
    return {"digest": inventory.combined(digests), "others": others}
