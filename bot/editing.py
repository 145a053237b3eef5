"""Floor 4. Accounts put into the files of places as lines of text: what stood there stays, byte for byte.

A change is planned, tried on a copy of the folder, checked and read back before a file is touched. No clock, no terminal.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import Levenshtein

from bot import codec, knowledge
from bot.checks import check
from bot.checks.accounts import MOST_ID
from bot.knowledge import Knowledge, Problem, problem_at
from bot.places import Gazetteer
from bot.progress import progress
from bot.records import DATE, Account, Platform, Unit, When
from bot.text import fold, initials, spell

NATIONAL = "100000"
# Provinces that are not spelled by the commonest readings of their characters; 陕西 is kept apart from 山西.
SPELLED = {"500000": "chongqing", "540000": "xizang", "610000": "shaanxi"}
SUFFIXES = {
    Platform.WECHAT: "-wx", Platform.CHANNELS: "-sph", Platform.WEIBO: "-wb", Platform.DOUYIN: "-dy",
    Platform.KUAISHOU: "-ks", Platform.TOUTIAO: "-tt", Platform.XIAOHONGSHU: "-xhs", Platform.BILIBILI: "-bili",
    Platform.APP: "-app", Platform.MINIPROGRAM: "-xcx", Platform.WEBSITE: "-web",
}  # fmt: skip
# An id longer than this is made of initials: what is left of MOST_ID is room for a number.
MOST_SPELLED = 28
# In names of one or two characters every other name is one edit away.
FEWEST_COMPARED = 3
NUMERALS = frozenset("0123456789一二三四五六七八九十")
# The order of the keys in an entry, and in the one line of a destination.
KEYS = (
    "id", "name", "platform", "platform_id", "aliases", "state", "reason", "announced", "stopped", "last_post", "seen",
    "notice", "destinations", "contacts", "checked", "sources", "differs", "remark", "note",
)  # fmt: skip
DESTINATION_KEYS = ("account", "unit", "name", "platform", "path", "basis", "scope", "url", "seen", "ends_here")
_ROOM = re.compile(r"""^place:\s*["']?([\w-]+)""", re.MULTILINE)
_COMMENT = re.compile(r"( *)#[^\n]*(?:\n|\Z)")
_PLAIN = re.compile(
    r"[\w“《〈(](?:[\w“”‘’《》〈〉()\u3001\u3002\uff01\uff08\uff09\uff0c\uff1b\uff1f·… /.-]*[\w”’》〉)\u3002\uff01\uff09\uff1f…])?"
)
# What YAML does not let stand for itself inside quotes, and the line breaks that only YAML knows.
_UNPRINTABLE = re.compile(
    r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Likeness(IntEnum):
    """How much an existing account is like a new one, the most alike first."""

    SAME = 0
    MAYBE = 1
    ALIKE = 2


class ChangedError(Exception):
    """A file is no longer what the plan was made from; its text is the path as a maintainer would type it."""


class _UnfitError(ValueError):
    """A file is not written so that lines can be put in: (what is there, what should be, what to do)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account to be put in, with the code of its place and the full name of its unit."""

    place: str
    account: Account
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """An existing account that is nearly a new one."""

    account: Account
    unit: Unit
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Written:
    """Where an entry stands: the file, the line (from 1) of the first of its lines, the lines."""

    path: Path
    line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a plan, and with which of its entries (from 0); `None` when with the folder around them."""

    entry: int | None
    problem: Problem


@dataclass(slots=True)
class Plan:
    """A change that is not made yet: what each file would be, and what it was (`None`: there was none)."""

    texts: dict[Path, str] = field(default_factory=dict)
    before: dict[Path, str | None] = field(default_factory=dict)
    written: dict[int, Written] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def add(entry: Entry, folder: Path, today: When | None = None) -> Written | list[Problem]:
    """Put an account into its place's file; return where it stands, or the problems for which nothing was changed.

    Raises:
        ChangedError: the file changed in the meantime.
        OSError: no room or no right to write.
    """
    planned = plan([entry], knowledge.read(folder), folder, today)
    if planned.troubles:
        return [t.problem for t in planned.troubles]
    write(planned)
    return planned.written[0]


def plan(entries: Sequence[Entry], known: Knowledge, folder: Path, today: When | None = None) -> Plan:
    """Work out what the files become with the entries in; `troubles` holds each error that was not there before.

    Args:
        entries: what to put in, in this order.
        known: what `folder` holds, as it was read.
        folder: the knowledge folder; it is only read.
        today: the day after which nothing can have happened; `None` lets dates be.
    """
    planned = Plan()
    files = _files(folder)
    for number, entry in enumerate(progress(entries, "写入", len(entries))):
        paths = files.setdefault(entry.place, [])
        if not paths:
            paths.append(_new_path(entry.place, known, folder, planned.texts))
        path = next((p for p in paths if _holds(_text(p, planned), entry)), paths[0])
        try:
            text = _text(path, planned)
            if text is None:
                text = _header(entry.place, known)
            planned.texts[path], lines = insert(text, entry)
            planned.written[number] = Written(path, 0, lines)
        except _UnfitError as error:
            planned.troubles.append(Trouble(number, problem_at(path, (), *error.args)))
    for number, at in planned.written.items():
        start = planned.texts[at.path].replace("\r\n", "\n").index("\n".join(at.lines))
        planned.written[number] = replace(at, line=planned.texts[at.path].count("\n", 0, start) + 1)
    planned.troubles += _tried(planned, entries, known, folder, today)
    return planned
