"""Floor 3. After a small edit only what changed is read again, into an overlay beside the index.

The overlay holds the units that differ from those below it, and what of the index below they take the place of; with it
the index answers as one built anew would. Each overlay is made upon the index itself, so two edits need no third file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot import checks, codec, inventory, knowledge, yamlfile
from bot.checks.addresses import hosts_around
from bot.hosts import covering
from bot.index.base import Base
from bot.index.building import Ready, announce, aside, doubled, meta, things
from bot.index.layer import StaleIndexError
from bot.index.layers import overlay_of
from bot.index.layout import ABOVE, hashed, pack, unit_hash, unpack
from bot.index.reading import BENEATH_NAMES, Built, Shared, shown_hosts
from bot.index.rows import Row, row
from bot.index.writing import Writer, durable
from bot.inventory import ACCOUNTS
from bot.records import Unit
from bot.values import When
from bot.yamlfile import Problem

# An overlay of more files costs each question more than a rebuild costs once.
MOST_FILES = 64
# What takes longer to read than a rebuild may: more than this many bytes of YAML.
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Edit:
    """What differs between a folder and the index below an overlay.

    Attributes:
        now: The digest of every file, by name.
        read: The accounts files to read.
        carried: Those that the overlay in service holds already.
        gone: Those that are no more.
        around: Whether a file around the accounts changed.
        problems: What is wrong with the folder around its files.
    """

    now: dict[str, str]
    read: list[str]
    carried: list[str]
    gone: list[str]
    around: bool
    problems: list[Problem]


@dataclass(slots=True)
class Change:
    """What an overlay holds: the units of each file that differ from below, and those below that no longer stand."""

    fresh: dict[str, list[Row]] = field(default_factory=dict)
    dead: dict[int, Row] = field(default_factory=dict)
    hosts: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> list[Row]:
        """All rows it adds or takes away."""
        return [*(row for rows in self.fresh.values() for row in rows), *self.dead.values()]

    @property
    def hashes(self) -> set[int]:
        """The hashes of the ids whose accounts and units it may have changed."""
        return {
            h
            for row in self.rows
            for h in (*map(hashed, row.ids), *map(unit_hash, filter(None, [row.unit_id])))
        }


def update(
    folder: Path,
    target: Path,
    today: When | None = None,
    *,
    only: Iterable[Path] | None = None,
    like: Base | None = None,
    ids_stay: bool = False,
    ready: Ready | None = None,
) -> Built | None:
    """Put a small edit into service as an overlay; `None` when the index must be built anew.

    Args:
        folder: The knowledge.
        target: The index in service.
        today: The day dates are held against.
        only: The files known to have changed; by default every file's digest is compared.
        like: The same index opened earlier: what it has read is not read again.
        ids_stay: Whether the ids in service must not disappear.
        ready: Called with the new state just before it goes into service; what it raises keeps the old one there.

    Raises:
        OSError: no room or no right to write; what is in service stays as it is.
    """
    current = _opened(target, like)
    if current is None:
        return None
    below = current.below()
    try:
        edit = _edit(folder, current, below, only)
        if edit is None:
            return None
        if any(not problem.warning for problem in edit.problems):
            return Built(edit.problems)
        if edit.now == current.files() and current.overlaid == overlay_of(target).exists():
            return Built(fresh=True)
        return _overlay(folder, target, edit, (current, below), today, ids_stay=ids_stay, ready=ready)
    finally:
        below.close()
        current.close()


def _opened(target: Path, like: Base | None) -> Base | None:
    """Open the index in service, without its overlay if that is broken; `None` when there is nothing to build upon."""
    for overlay in (True, False):
        try:
            return Base(target, overlay=overlay, like=like)
        except (StaleIndexError, OSError):
            continue
    return None


def _edit(folder: Path, current: Base, below: Base, only: Iterable[Path] | None) -> Edit | None:
    """Return what differs from the index below; `None` when it is too much, or beneath every name."""
    held, stood = current.files(), below.files()
    problems = knowledge.begin(folder).problems
    now = inventory.digests(folder, problems=problems) if only is None else held | _digests(folder, only)
    now = {name: digest for name, digest in now.items() if digest}
    differ = sorted(n for n in now.keys() | stood.keys() if now.get(n) != stood.get(n))
    if len(differ) > MOST_FILES or any(n.startswith(BENEATH_NAMES) for n in differ):
        return None
    ours = [n for n in differ if n.startswith(f"{ACCOUNTS}/")]
    carried = [n for n in ours if n in now and now[n] == held.get(n)]
    read = [n for n in ours if n in now and n not in carried]
    if sum((folder / n).stat().st_size for n in read) > MOST_BYTES:
        return None
    gone = [n for n in ours if n not in now]
    return Edit(now, read, carried, gone, len(ours) < len(differ), problems)


def _digests(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Return the digests of some files of a folder by name, an empty one for a file that is gone."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(yamlfile.content(p, [])).hexdigest()
        if p.is_file()
        else ""
        for p in paths
    }


def _overlay(
    folder: Path,
    target: Path,
    edit: Edit,
    stands: tuple[Base, Base],
    today: When | None,
    *,
    ids_stay: bool,
    ready: Ready | None,
) -> Built | None:
    """Write an edit as a second small index beside the first, hold it against the rules, and swap it in.

    `stands` is the index in service, with its overlay and without. `None` when a host is excused no longer: which
    entries show it only reading all of them can tell.
    """
    current, below = stands
    shared = Shared.upon(below, folder, today, again=edit.around)
    built = Built([*edit.problems, *shared.around.problems])
    with aside(target.parent) as path:
        change = _change(edit, shared, current, below, built)
        twice = _write(path, edit, change, shared, below)
        both = Base(target, overlay=path, like=current)
        try:
            built.problems += doubled(both, [*twice, *_shared_ids(change, both)], folder)
            built.problems += _between(both, change, shared)
            hosts = {*both.hosts(), *hosts_around(shared.around)}
            if not built.errors and any(covering(h, shared.around.excused) is None for h in hosts):
                return None
            built.problems += checks.stale_excuses(shared.around, hosts)
            built.problems += _vanished(current, both, change, shared) if ids_stay else []
        finally:
            both.close()
        built.problems = sorted(set(built.problems))
        if not built.errors:
            undone = edit.now == below.files()
            if ready:
                announce(Base(target, overlay=False if undone else path, like=current), ready)
            if undone:
                overlay_of(target).unlink(missing_ok=True)
            else:
                path.chmod(0o644)
                path.replace(overlay_of(target))
            durable(target.parent)
    return built


def _change(edit: Edit, shared: Shared, current: Base, below: Base, built: Built) -> Change:
    """Read what changed and set it against what stands below: a unit that is the same to the letter stays there."""
    change = Change()
    for name in (*edit.read, *edit.carried, *edit.gone):
        stood = {body: number for number, body in below.stored(name)}
        units = _units(name, edit, shared, current, built)
        fresh = [unit for body, unit in units if stood.pop(body, None) is None]
        gone = [(number, unpack(body)) for body, number in stood.items()]
        change.fresh[name] = [row(unit, shared.lexicon) for unit in fresh]
        change.dead |= {number: row(unit, shared.lexicon) for number, unit in gone}
        change.hosts.update(shown_hosts(fresh))
        change.hosts.subtract(shown_hosts(unit for _, unit in gone))
    return change


def _units(name: str, edit: Edit, shared: Shared, current: Base, built: Built) -> list[tuple[bytes, Unit]]:
    """Return the units of a file that changed, packed and whole."""
    if name in edit.gone:
        built.places += 1
        return []
    if name in edit.carried:
        return [(body, unpack(body)) for _, body in current.stored(name)]
    part = shared.read(shared.folder / name)
    edit.now[name] = part.digest  # of what was read, should it have changed since
    built.problems += part.problems
    built.count(len(part.units), sum(len(u.accounts) for u in part.units))
    return [(pack(unit), unit) for unit in part.units]


def _write(path: Path, edit: Edit, change: Change, shared: Shared, below: Base) -> list[int]:
    """Write an overlay; return the numbers of units in it that share an id."""
    bearing = below.bearing({text for row in change.rows for text, _ in row.names})
    around = shared.around
    small = [t for t in things(around) if edit.around]
    moved = around.moved if edit.around else {}
    hosts = {h: n for h, n in change.hosts.items() if n}
    about = {**meta(edit.now), "base": below.digest, "around": "1" if edit.around else ""}
    with Writer(path, shared.lexicon, ABOVE) as writer:
        for number, dead in sorted(change.dead.items()):
            writer.without(number, dead)
        for text, (number, refs) in sorted(bearing.items(), key=lambda found: found[1][0]):
            writer.replace((number, text), refs, [ref for ref in refs if ref.unit not in change.dead])
        for name, rows in sorted(change.fresh.items()):
            writer.add(name, edit.now.get(name, ""), rows)
        return writer.finish(small, moved, hosts, about)


def _shared_ids(change: Change, both: Base) -> list[int]:
    """Return the numbers of the units that share an id with another, above or below."""
    found = (both.numbers(h) for h in change.hashes)
    return [number for numbers in found if len(numbers) > 1 for number in numbers]


def _between(both: Base, change: Change, shared: Shared) -> list[Problem]:
    """Hold what the edit may have put wrong against the rules between entries.

    That is what it changed, what leads to something it changed, and the small records around the accounts.
    """
    touched = {*both.leading_above(), *(n for h in change.hashes for n in both.leading_to(h))}
    world = shared.world((both.unit_at(n) for n in sorted(touched)), both)
    return checks.apply((*checks.BETWEEN_ENTRIES, *checks.AROUND), world, Spots(both, shared).of)


@dataclass(frozen=True, slots=True)
class Spots:
    """Looks up where a record stands by reading its file again: only a record with a problem is looked up."""

    both: Base
    shared: Shared

    def of(self, key: str) -> tuple[Path, codec.Path]:
        """Return the file and the entry of an account, or of a record around them."""
        if ":" in key:
            around = (
                self.shared.around if self.shared.around.spots else Shared.of(self.shared.folder, None).around
            )
            return around.spots[key]
        part = knowledge.read_file(self.shared.folder / self.both.file_of(key), self.shared.folder)
        return part.path, part.spots.get(key, ())


def _vanished(current: Base, both: Base, change: Change, shared: Shared) -> list[Problem]:
    """Return a problem for each id in service that leads nowhere once the edit is."""
    ids = {i for dead in change.dead.values() for i in dead.ids}
    ids |= {a.id for unit in current.laid_over() for a in unit.accounts}
    lost = sorted(i for i in ids if current.account(i) and both.account(i) is None)
    return checks.vanished(lost, shared.around.moved)
