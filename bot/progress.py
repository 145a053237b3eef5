"""Floor 0. A progress bar on what takes more than two seconds; none when nobody is looking at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
# Seconds before a bar appears: what is over by then needs none.
PATIENCE = 2.0


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Yield the items; show on standard error how far it is, what it is doing, and how long it will take."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, desc=what, total=total, delay=PATIENCE, dynamic_ncols=True, leave=False)
