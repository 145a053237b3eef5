"""Floor 8. The files of an index in service, offered by one machine and taken by others, each by its digest.

There are three: the publication log, the index, and the overlay upon it. They are put in place in this order, so that
whoever knows of a change has it in service soon, and an overlay never lies on an index it was not made for.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.files import aside, why
from bot.index import StaleIndexError, overlay_of
from bot.index.layer import Layer, stamp_of
from bot.looking import Looking

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

LOG, INDEX, OVERLAY = "log", "index", "overlay"
ROLES = (LOG, INDEX, OVERLAY)
# Where they are offered: the list, and below it each file by its digest.
LIST = "/index.json"
FILES = "/index"
# Seconds between two looks, and that a server may take between two parts of an answer.
EVERY, PATIENCE = 30.0, 20.0
_PART = 1 << 20


class SupplyError(Exception):
    """What was offered cannot be taken; the text says what to do. What is in service stays."""


class Offer(NamedTuple):
    """A file that is offered: what it is to the index, and the SHA-256 of its content."""

    role: str
    digest: str


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of an index are on this machine."""

    index: Path
    log: Path

    def path(self, role: str) -> Path:
        """Return the file of a role."""
        return {LOG: self.log, INDEX: self.index, OVERLAY: overlay_of(self.index)}[role]

    def offers(self) -> list[Offer]:
        """Return the files that there are. Raises: OSError, sqlite3.Error."""
        return [Offer(role, digest) for role in ROLES if (digest := _digest(role, self.path(role)))]

    def content(self, digest: str) -> Path | bytes | None:
        """Return what has a digest: a file, or the log as it stood at one moment. Raises: OSError, sqlite3.Error."""
        role = next((o.role for o in self.offers() if o.digest == digest), None)
        if role == LOG:
            return _snapshot(self.log, stamp_of(self.log))
        return self.path(role) if role else None


def pull(url: str, files: Files) -> bool:
    """Take what a server offers and is not here yet; whether anything was new.

    Raises:
        SupplyError: it cannot be had, or is not what it should be.
    """
    new = False
    try:
        with _asking(url) as client:
            there = {offer.role: offer.digest for offer in _offers(client)}
            for role in ROLES:
                target = files.path(role)
                if role not in there:  # what was taken back: an overlay that is part of its index by now
                    if role == OVERLAY:
                        target.unlink(missing_ok=True)
                elif there[role] != _digest(role, target, snapshot=False):
                    _take(client, role, there[role], target)
                    new = True
    except OSError as error:
        raise SupplyError(f"写不了 {files.index.parent}:{why(error)};检查磁盘空间和权限。") from error
    return new


def offered(url: str) -> list[Offer]:
    """Return what a server offers. Raises: SupplyError."""
    with _asking(url) as client:
        return _offers(client)


@contextmanager
def _asking(url: str) -> Iterator[httpx.Client]:
    """Give a client of a server, one of our own machines: no proxy lies between. Raises: SupplyError."""
    import httpx  # whoever builds the index, as most do, needs none

    try:
        with httpx.Client(base_url=url.rstrip("/"), timeout=PATIENCE, trust_env=False) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SupplyError(
            f"从 {url} 取不到索引({error!r})。检查网址、那边的机器人和它的 METRICS。"
        ) from error


def _offers(client: httpx.Client) -> list[Offer]:
    answer = client.get(LIST).raise_for_status()
    try:
        found = [Offer(one["role"], one["digest"]) for one in answer.json()]
    except (ValueError, TypeError, KeyError) as error:
        raise SupplyError(f"{answer.url} 不是索引的清单({answer.text[:60]!r})。检查网址。") from error
    if INDEX not in {offer.role for offer in found}:
        raise SupplyError(f"{answer.url} 没有索引可取。在那边运行 python bot.py build。")
    return found


def _take(client: httpx.Client, role: str, digest: str, target: Path) -> None:
    """Put a file in place once it is seen to be whole, of its digest, and one that this program reads."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with aside(target) as path:
        found = hashlib.sha256()
        with path.open("wb") as file, client.stream("GET", f"{FILES}/{digest}") as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes(_PART):
                found.update(part)
                file.write(part)
        if found.hexdigest() != digest:
            raise SupplyError(
                f"取来的 {target.name} 和它的摘要对不上,没有换。会再取;一直这样,看看网络和代理。"
            )
        if role != LOG:
            _look_over(path, target)


def _look_over(path: Path, target: Path) -> None:
    try:
        readable = Layer(path, check=True).current
    except StaleIndexError:
        readable = False
    if not readable:
        raise SupplyError(
            f"取来的 {target.name} 这个版本的程序读不了,没有换。两边用同一个版本,先升级给索引的那边。"
        )


def _digest(role: str, path: Path, *, snapshot: bool = True) -> str | None:
    """Return the SHA-256 of a file, `None` where there is none; of the log as it stands when it is `snapshot` and read on."""
    stamp = stamp_of(path)
    if stamp is None:
        return None
    if role == LOG and snapshot:
        return hashlib.sha256(_snapshot(path, stamp)).hexdigest()
    return _summed(path, stamp)


@lru_cache(maxsize=8)
def _summed(path: Path, stamp: object) -> str:  # noqa: ARG001 - a file of the same stamp is not read again
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1)
def _snapshot(path: Path, stamp: object) -> bytes:  # noqa: ARG001
    """Return the content of a SQLite file that others may be writing to."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return db.serialize()


class Supply(Looking):
    """Takes what a server offers, again and again, until the block ends."""

    waits = False  # what is being taken lies aside until it is whole

    def __init__(self, url: str, files: Files, every: float = EVERY) -> None:
        """Take from a server, and look `every` so many seconds."""
        super().__init__(every, "supply")
        self._url, self._files = url, files

    def look(self) -> None:
        """Take what is new; where it cannot be had, say so and go on with what there is."""
        try:
            if pull(self._url, self._files):
                log.info("取来了新的索引:%s", self._url)
        except SupplyError as trouble:
            log.warning("%s", trouble)
