"""Floor 3. Records → one SQLite file, built aside and swapped in whole; read-only look-ups for everything above.

The index is derived: it is rebuilt, never migrated, and a reader that has it open keeps reading the old one.
"""

from contextlib import closing
from pathlib import Path

from bot.index.base import Base
from bot.index.building import build
from bot.index.layer import StaleIndexError
from bot.index.layers import overlay_of, stamps_of
from bot.index.layout import LETTERS
from bot.index.reading import Built
from bot.index.updating import update

__all__ = [
    "LETTERS",
    "Base",
    "Built",
    "StaleIndexError",
    "build",
    "digest_of",
    "ids_of",
    "overlay_of",
    "stamps_of",
    "update",
]


def digest_of(path: Path) -> str | None:
    """Return the digest of the knowledge an index holds, `None` when there is no readable index."""
    try:
        with closing(Base(path)) as base:
            return base.digest
    except (StaleIndexError, OSError):
        return None


def ids_of(path: Path) -> set[str]:
    """Return the ids of all accounts of an index, none when there is no readable index."""
    try:
        with closing(Base(path)) as base:
            return set(base.ids())
    except (StaleIndexError, OSError):
        return set()
