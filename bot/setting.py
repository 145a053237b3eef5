"""Floor 8. What a run of the bot is set by: folders, files, tokens; read from flags and environment in one place."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot import index, inventory, knowledge
from bot.files import why
from bot.hosting import Hosting
from bot.knowledge import Knowledge
from bot.matcher import Matcher
from bot.publication import Log
from bot.pulse import Pulse
from bot.serving import Network, Webhook
from bot.talk.desk import Published
from bot.values import When

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = inventory.OWN
INDEX_NAME = "index.sqlite"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a channel is started with."""

    # Gives the matcher in service: it may be another one at the next question.
    matcher: Callable[[], Matcher]
    today: Callable[[], When]
    token: str | None = None
    api_base: str | None = None
    contact: str | None = None
    published: Published | None = None
    ledger: str | None = None
    maintainers: frozenset[int] = frozenset()
    # Where Telegram sends updates; without, they are asked for. And the host and port of our own server.
    webhook: Webhook | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8000)
    # Messages that a person may send, and that may be put to the bot in a group, in a minute; 0 for any number.
    person_limit: int = 0
    chat_limit: int = 0
    # What changed in answers, and for how many seconds a change waits before followers are told.
    log: Log | None = None
    wait: float = 12 * 3600.0
    # The index's file, and what takes it up as it is now.
    index: Path | None = None
    look: Callable[[], None] | None = None
    hosting: Hosting = field(default_factory=Hosting)
    # Networks that may read the measurements, and whether Telegram was heard of late.
    metrics: tuple[Network, ...] = ()
    pulse: Pulse = field(default_factory=Pulse)


def today() -> When:
    """Return today's date."""
    return When(dt.date.today().isoformat())  # noqa: DTZ011  # the calendar of the people who ask


def card_font() -> Path | None:
    """Return the font file for share cards that the environment names; the system's own is used without."""
    named = os.environ.get("CARD_FONT", "").strip()
    return Path(named) if named else None


def contact() -> str | None:
    """Return the address that people without a Git account send a filled table to, where the operator set one."""
    return " ".join(os.environ.get("CONTACT_ADDRESS", "").split()) or None


def add_knowledge(parser: argparse.ArgumentParser) -> None:
    """Add where the knowledge is."""
    parser.add_argument(
        "--knowledge", type=Path, default=KNOWLEDGE, metavar="DIR", help="知识文件夹(默认 knowledge/)"
    )


def add_folders(parser: argparse.ArgumentParser) -> None:
    """Add where the knowledge and its index are."""
    add_knowledge(parser)
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="索引文件(默认 data/index.sqlite,或 $DATA_DIR)"
    )


def seconds(text: str) -> float:
    """Return a pause that was typed, in seconds. Raises: ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是秒数") from error
    if not 0 <= found <= 3600:
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 到 3600 秒")
    return found


def is_own(folder: Path) -> bool:
    """Tell whether a folder is the project's own knowledge, however its path is written."""
    return folder.resolve() == KNOWLEDGE


def call(command: str, options: argparse.Namespace, *words: str) -> str:
    """Return how a command is called for the same knowledge, as a person may copy it into a terminal."""
    folder = () if is_own(options.knowledge) else ("--knowledge", str(options.knowledge))
    return " ".join(["python bot.py", command, *map(_quoted, (*folder, *words))])


def known(options: argparse.Namespace) -> Knowledge:
    """Read the knowledge as far as it can be read; say on standard error what could not."""
    read = knowledge.read(options.knowledge)
    errors = sum(not p.warning for p in read.problems)
    if errors:
        todo = f"先运行 {call('check', options)}"
        print(f"有 {errors} 处没读进来,不算在内。{todo}", file=sys.stderr)
    return read


def unwritten(target: Path | str, error: OSError) -> str:
    """Return what to tell a person whose file could not be written."""
    return f"写不了 {target}:{why(error)};换个地方,或检查磁盘空间和权限。"


def index_path(options: argparse.Namespace) -> Path:
    """Return the index file that the flags or the environment name."""
    chosen: Path | None = options.index
    return chosen or data_folder(options) / INDEX_NAME


def data_folder(options: argparse.Namespace) -> Path:
    """Return the folder of the index and the ledger that the flags or the environment name."""
    return Path(getattr(options, "data_dir", None) or os.environ.get("DATA_DIR") or ROOT / "data")


def matcher(options: argparse.Namespace) -> Matcher | None:
    """Open the index, building it first when it is missing or older than the knowledge; say why it cannot be had.

    An index named by hand is used as it is.
    """
    target = index_path(options)
    own = options.index is None  # else its log may still come from the machine that it is taken from
    stale = own and index.digest_of(target) != inventory.digest(options.knowledge)
    if (stale or not target.exists()) and not built(options, begins=own) and not target.exists():
        return None
    try:
        base = index.Base(target)
        publications(options).settle(base.digest)
        return Matcher(base)
    except (index.StaleIndexError, FileNotFoundError):
        print(f"{target} 不是能用的索引;运行 python bot.py build 重建一次。", file=sys.stderr)
        return None


def publications(options: argparse.Namespace) -> Log:
    """Return the publication log of the index that the options name: beside it."""
    target = index_path(options)
    return Log(target.with_name("published.sqlite" if options.index is None else f"{target.name}.published"))


def in_service(options: argparse.Namespace) -> Path | None:
    """Return the index whose ids must not disappear: the one in service, for the project's own knowledge."""
    own = options.index is None and is_own(options.knowledge)
    return index_path(options) if own and index_path(options).exists() else None


def built(options: argparse.Namespace, *, begins: bool = True) -> index.Built | None:
    """Check the knowledge and put its index into service, a small edit as an overlay; say what keeps it from it.

    The publication log `begins` with the first index, still empty.
    """
    target = index_path(options)
    log, standing = publications(options), _standing(target)

    def ready(after: index.Base) -> None:
        if standing:
            log.prepare(standing, after, today())

    try:
        log.settle(standing.digest if standing else "")
        before = in_service(options)
        done = index.update(
            options.knowledge, target, today(), like=standing, ids_stay=before is not None, ready=ready
        )
        if done is None:
            done = index.build(options.knowledge, target, today(), before, ready)
        if begins and not done.errors:
            log.begin()
        log.settle(index.digest_of(target) or "")
    except (OSError, sqlite3.Error) as error:
        cause = why(error) if isinstance(error, OSError) else error
        print(f"写不了 {target}:{cause};换个地方(--index),或检查磁盘空间和权限。", file=sys.stderr)
        return None
    finally:
        if standing:
            standing.close()
    for problem in done.errors:
        print(problem, file=sys.stderr)
    if done.errors:
        still = "原来的索引还在用" if target.exists() else "也没有以前的索引"
        todo = f"改好后运行 {call('check', options)}"
        print(f"{len(done.errors)} 个错误,没有建索引;{still}。{todo}", file=sys.stderr)
        return None
    return done


def _standing(target: Path) -> index.Base | None:
    """Open the index in service, `None` when there is none that can be read."""
    try:
        return index.Base(target)
    except (index.StaleIndexError, OSError):
        return None


def _quoted(word: str) -> str:
    """Return a word as a shell takes it for one: any shell, but for the few characters that each reads in its own way."""
    if re.search(r"[\"$`!]", word):
        return shlex.quote(word)
    return f'"{word}"' if re.search(r"[^\w./\\:-]", word) else word
