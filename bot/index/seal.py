"""Floor 3. A sum over all of a file, kept in the file: a bit that flipped, or a part that is missing, is seen at opening.

SQLite's own checks look at how pages hang together, not at what stands in them. The sum is the file's `user_version`,
which SQLite leaves to programs; it stands in the first page, and counts as zero in the sum.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

# Where SQLite keeps `user_version`, and how many bytes it has.
_AT, _SIZE = 60, 4
# Bytes read at a time.
_PART = 1 << 20


def seal(path: Path) -> None:
    """Write a file's sum into it. Nobody has it open. Raises: OSError."""
    sum_ = _sum(path)
    with path.open("r+b") as file:
        file.seek(_AT)
        file.write(struct.pack(">I", sum_))


def sealed(path: Path) -> bool:
    """Tell whether a file is to the bit as it was sealed. Raises: OSError."""
    with path.open("rb") as file:
        file.seek(_AT)
        return file.read(_SIZE) == struct.pack(">I", _sum(path))


def _sum(path: Path) -> int:
    with path.open("rb") as file:
        found = zlib.crc32(bytes(_SIZE), zlib.crc32(file.read(_AT)))
        file.seek(_AT + _SIZE)
        while part := file.read(_PART):
            found = zlib.crc32(part, found)
    return found or 1  # an index that nobody sealed has zero there
