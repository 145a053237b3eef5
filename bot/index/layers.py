"""Floor 3. An index as its two files: the one that was built, and an overlay of what changed since.

A reader sees one state from opening to closing: both files are replaced, never written in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from bot.index.layer import Layer, StaleIndexError, Stamp, stamp_of
from bot.index.layout import ABOVE, Ref, unpack_refs

OVERLAY = ".overlay"
# SQLite takes at most 999 values in a query of an old build; a question needs fewer.
MOST_VALUES = 900


class Layers:
    """An index opened for reading, its overlay laid over it. Safe to share between threads; never written.

    Its files stay open until it is closed or nothing holds it any more, whichever files have taken their names since.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        overlay: bool | Path = True,
        like: Layers | None = None,
        check: bool = False,
    ) -> None:
        """Open an index.

        Args:
            path: The file.
            overlay: Whether the overlay beside it counts, or the overlay to lay over it.
            like: An index opened earlier: what is still the same file is not read again.
            check: Whether to read every page of the files that are opened anew.

        Raises:
            StaleIndexError: one of the files is no index of ours, or the index is of another format.
            FileNotFoundError: there is no such file.
        """
        self._path = Path(path)
        beside = overlay_of(self._path) if overlay is True else overlay or None
        # What was found, whether or not it could be used: a watcher compares this with what is there now.
        self.stamps = stamps_of(self._path)
        known: Layer | None = like._under if like else None  # noqa: SLF001  # of this very class
        self._under: Layer = (
            known if known and known.stamp == stamp_of(self._path) else Layer(self._path, check=check)
        )
        if not self._under.current:
            raise StaleIndexError(str(path))
        self._over = self._overlay(beside, check=check) if beside else None
        self._layers = (self._over, self._under) if self._over else (self._under,)
        self._dead = {n for (n,) in self._over.rows("select unit from dead")} if self._over else set()
        self._around = self._over if self._over and self._over.meta["around"] else self._under
        self.digest: str = self._layers[0].meta["digest"]

    def again(self) -> Self:
        """Return the index as its files stand now, checked; what did not change is shared. Raises as opening does."""
        return type(self)(self._path, like=self, check=True)

    def below(self) -> Self:
        """Return the index without its overlay."""
        return type(self)(self._path, overlay=False, like=self)

    def _overlay(self, path: Path, *, check: bool) -> Layer | None:
        """Open an overlay that was made for this very index; any other is as if it were not there."""
        try:
            layer = Layer(path, check=check)
        except FileNotFoundError:
            return None
        return layer if layer.current and layer.meta["base"] == self._under.meta["digest"] else None

    @property
    def overlaid(self) -> bool:
        """Whether an overlay counts."""
        return self._over is not None

    def close(self) -> None:
        """Let go of the files; each is closed as soon as no other index shares it."""
        vars(self).clear()

    def _layer(self, number: int) -> Layer:
        return self._over if self._over and number > ABOVE else self._under

    def _alive(self, sql: str, *values: int) -> list[int]:
        """Return the numbers of units that a query gives of any layer and that still stand."""
        return [n for layer in self._layers for (n,) in layer.rows(sql, values) if n not in self._dead]

    def _refs(self, data: bytes) -> list[Ref]:
        refs = unpack_refs(data)
        return [r for r in refs if r.unit not in self._dead] if self._dead else refs


def overlay_of(path: Path) -> Path:
    """Return where the overlay of an index stands."""
    return path.with_name(path.name + OVERLAY)


def stamps_of(path: Path) -> tuple[Stamp | None, Stamp | None]:
    """Return what tells an index and its overlay from others that took their places."""
    return stamp_of(path), stamp_of(overlay_of(path))


def portions(values: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Yield values in portions that one query takes, each with its marks."""
    whole = list(values)
    for start in range(0, len(whole), MOST_VALUES):
        part = whole[start : start + MOST_VALUES]
        yield ",".join("?" * len(part)), part
