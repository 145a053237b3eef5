"""Floor 7. In which file and line a record stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from yaml.nodes import Node

from bot import codec, yamlfile
from bot.knowledge import Knowledge

# A record, as its key among `Knowledge.spots`, and the way to a part of it.
Spot = tuple[str, codec.Path]
# Only records with an id can be found again in their files.
NOWHERE = "没有编号,不知道在哪一行"


class Finder:
    """Finds records again. The file read last is kept, so that the records of one file cost reading it once."""

    def __init__(self, known: Knowledge) -> None:
        self._spots = known.spots
        self._open: tuple[Path | None, Node | None] = (None, None)

    def at(self, key: str, inner: codec.Path = ()) -> str:
        """Return `file:line` of a record or a part of it."""
        if key not in self._spots:
            return NOWHERE
        path, entry = self._spots[key]
        if path != self._open[0]:
            self._open = (path, yamlfile.tree(path, yamlfile.content(path, []), []))
        node = self._open[1]
        return f"{yamlfile.shown(path)}:{yamlfile.line(node, (*entry, *inner)) if node else 1}"


def written_at(known: Knowledge, wanted: Iterable[Spot]) -> dict[Spot, str]:
    """Return `file:line` of records or parts of them; each file is read once, and none is kept."""
    finder = Finder(known)
    nowhere = (Path(), ())
    in_files = sorted(wanted, key=lambda spot: str(known.spots.get(spot[0], nowhere)[0]))
    return {spot: finder.at(*spot) for spot in in_files}
