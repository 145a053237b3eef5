"""Floor 3. Records → one SQLite file, built aside and swapped in whole; read-only look-ups for everything above.

The index is derived: it is rebuilt, never migrated, and a reader that has it open keeps reading the old one.
"""

from pathlib import Path

from bot.index.base import Base, StaleIndexError
from bot.index.building import Built, build, overlay_of, update
from bot.index.layout import LETTERS

__all__ = [
    "LETTERS",
    "Base",
    "Built",
    "StaleIndexError",
    "build",
    "digest_of",
    "ids_of",
    "overlay_of",
    "update",
]


def digest_of(path: Path) -> str | None:
    """Return the digest of the knowledge an index holds, `None` when there is no readable index."""
    try:
        base = Base(path)
    except (StaleIndexError, OSError):
        return None
    base.close()
    return base.digest


def ids_of(path: Path) -> set[str]:
    """Return the ids of all accounts of an index, none when there is no readable index."""
    try:
        base = Base(path)
    except (StaleIndexError, OSError):
        return set()
    try:
        return set(base.ids())
    finally:
        base.close()
