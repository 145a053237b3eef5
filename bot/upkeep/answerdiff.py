"""Floor 7. What an edit of the knowledge does to answers: the same questions asked before and after.

The earlier knowledge comes out of git, without a network and without touching the working folder.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue import Message, answer
from bot.index import Base
from bot.matcher import Matcher, Verdict
from bot.progress import progress
from bot.reply import Reply
from bot.values import Labelled, When

NO_BUTTON = "(没有这个按钮)"


class RevisionError(Exception):
    """The knowledge of a revision cannot be had; its text says why and what to do."""


class Change(Labelled):
    """What became of an answer, in the order it is told."""

    FOUND = "found", "新找到"
    ELSEWHERE = "elsewhere", "去向变了"
    UNSURE = "unsure", "变成不确定"
    LOST = "lost", "找不到了"
    OTHER = "other", "其他变化"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person does: types a text, or taps the button whose label begins with it."""

    text: str
    tap: bool = False

    def __str__(self) -> str:
        return f"[{self.text}]" if self.tap else self.text


# A question with what led up to it; mostly there is nothing before it.
Question = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is answered differently now, with the line that tells: the first that differs."""

    question: Question
    change: Change
    before: str
    after: str


def take_out(revision: str, folder: Path, target: Path) -> None:
    """Write a folder as it was at a revision of its git repository below an empty folder. Raises: RevisionError."""
    git = shutil.which("git")
    if git is None:
        raise RevisionError("没有装 git,读不到以前的版本。装上 git 再试。")
    where = _git(git, folder, "rev-parse", "--show-toplevel", "--show-prefix")
    if where is None:
        raise RevisionError(f"{folder} 不在 git 里,没有以前的版本可比。")
    commit = _git(
        git, folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if commit is None:
        todo = "写提交号、分支或标签,如 HEAD、HEAD~1;用 git log --oneline 看有哪些。"
        raise RevisionError(f"没有“{revision}”这个版本。{todo}")
    top, inside = where.decode().splitlines()
    archive = _git(git, Path(top), "archive", "--format=tar", f"{commit.decode().strip()}:{inside}")
    if archive is None:
        raise RevisionError(f"“{revision}”那时还没有 {inside}。")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content:
                path = target / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def labelled(folder: Path) -> Iterator[Question]:
    """Yield the questions of a folder of tests: accounts, absent names, and every turn of every conversation."""
    for name in ("accounts.yaml", "absent.yaml"):
        for entry in _yaml(folder / name):
            yield (Turn(entry["asked"] if isinstance(entry, dict) else entry),)
    for path in sorted((folder / "conversations").glob("*.yaml")):
        entries = _yaml(path)
        talks = [e["turns"] for e in entries] if entries and "turns" in entries[0] else [entries]
        for talk in talks:
            turns = [Turn(t["tap"], tap=True) if "tap" in t else Turn(t["you"]) for t in talk]
            yield from (tuple(turns[: end + 1]) for end in range(len(turns)))


def named(*sides: Base) -> Iterator[Question]:
    """Yield every account's name and every unit's as a question, in the order of the knowledge."""
    for side in sides:
        for unit in side.units():
            yield from ((Turn(name),) for name in (unit.name, *(a.name for a in unit.accounts)) if name)


def differences(
    questions: Iterable[Question], before: Matcher, after: Matcher, today: When
) -> Iterator[Difference]:
    """Ask every question of both sides, each once, and yield what is answered differently."""
    asked = list(dict.fromkeys(questions))
    for question in progress(asked, "比较回答", len(asked)):
        found = difference(question, answered(question, before, today), answered(question, after, today))
        if found:
            yield found


def answered(question: Question, matcher: Matcher, today: When) -> Reply | None:
    """Return the reply to a question's last turn, `None` when a button on the way is not there."""
    reply: Reply | None = None
    for turn in question:
        if turn.tap:
            choices = reply.choices if reply else ()
            choice = next((c.choice for c in choices if c.label.startswith(turn.text)), None)
            if choice is None:
                return None
            reply = answer(Message(choice=choice), matcher, today)
        else:
            reply = answer(Message(turn.text, context=reply.context if reply else None), matcher, today)
    return reply


def difference(question: Question, before: Reply | None, after: Reply | None) -> Difference | None:
    """Return how two replies differ for the person who reads them, `None` when they do not."""
    first, second = _read(before), _read(after)
    if first == second:
        return None
    lines = next(pair for pair in zip_longest(first, second, fillvalue="") if pair[0] != pair[1])
    return Difference(question, _change(before, after), *lines)


def _change(before: Reply | None, after: Reply | None) -> Change:
    if before is None or after is None:
        return Change.OTHER
    was, now = before.verdict, after.verdict
    if now is Verdict.SURE and was is not Verdict.SURE:
        return Change.FOUND
    if was is Verdict.SURE and now is Verdict.UNSURE:
        return Change.UNSURE
    if now is Verdict.NONE and was is not Verdict.NONE:
        return Change.LOST
    return Change.ELSEWHERE if was is Verdict.SURE and _leads(before) != _leads(after) else Change.OTHER


def _leads(reply: Reply) -> tuple[object, ...]:
    """Return which account a reply is about and where it leads."""
    goals = [(g.name, g.platform, g.path, g.url, g.account.id if g.account else None) for g in reply.goals]
    return (reply.account.account.id if reply.account else None, *goals)


def _read(reply: Reply | None) -> list[str]:
    """Return what a person reads, line by line, without the code: it changes with notes that nobody is shown."""
    if reply is None:
        return [NO_BUTTON]
    text = reply.text.replace(reply.code, "") if reply.code else reply.text
    return [*text.splitlines(), *(f"[{c.label}]" for c in reply.choices)]


def _yaml(path: Path) -> list[Any]:
    found: list[Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
    return found or []


def _git(git: str, folder: Path, *arguments: str) -> bytes | None:
    """Return what a git command prints, `None` when it fails. It may not fetch what a partial clone lacks."""
    if not folder.is_dir():
        return None
    env = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run([git, *arguments], cwd=folder, env=env, capture_output=True, check=False)  # noqa: S603  # git itself, nothing of a shell
    return None if done.returncode else done.stdout
