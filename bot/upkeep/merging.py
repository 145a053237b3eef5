"""Floor 7. A draft held against a record that is there: side by side, and the record with what the draft adds.

Where both say something and not the same, what we have stays and the other stands beside it with its source: which one
is right is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from bot.records import Account, Destination, Differing, Source
from bot.text import fold
from bot.upkeep.placefile import Entry
from bot.upkeep.questions import QUESTIONS
from bot.values import Labelled, Notice, State, When

# How many destinations a state may have at most, where more would break the rule for it.
_ONE = (State.RENAMED, State.MERGED)
_SCALARS = ("platform_id", "reason", "announced", "stopped")
_LISTS = ("aliases", "contacts", "sources")


class Verdict(StrEnum):
    """How a part of a draft stands to the record."""

    SAME = "一样"
    NEW = "补上"
    DIFFERS = "不一样,两个都留"
    OURS = "公告没说"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison: what is compared, what we have, what the draft says, and what follows."""

    what: str
    ours: str
    theirs: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Merge:
    """The record as it becomes, and the comparison it follows from."""

    account: Account
    rows: tuple[Row, ...]


def merge(account: Account, unit: str | None, entry: Entry) -> Merge:
    """Return what becomes of a record with a draft for it; destinations of the draft are already linked.

    Args:
        account: the record.
        unit: its unit's name.
        entry: the draft for it.
    """
    return _Merging(account, unit, entry).result()


class _Merging:
    def __init__(self, account: Account, unit: str | None, entry: Entry) -> None:
        self.account = account
        self.new = entry.account
        self.units = (unit, entry.unit)
        self.source = entry.account.sources[0]
        self.rows: list[Row] = []
        self.differs = list(account.differs)

    def result(self) -> Merge:
        values: dict[str, Any] = {name: self._scalar(name) for name in _SCALARS}
        values["state"] = self._state()
        self._compare("unit", *self.units)
        values["destinations"] = self._destinations()
        values["notice"] = self._notice(values["destinations"])
        for name in _LISTS:
            values[name] = self._united(name, getattr(self.account, name), getattr(self.new, name))
        values["checked"] = max(self.account.checked, self.new.checked)
        return Merge(replace(self.account, **values, differs=tuple(self.differs)), tuple(self.rows))

    def _scalar(self, name: str) -> Any:
        ours, theirs = getattr(self.account, name), getattr(self.new, name)
        if isinstance(ours, When) and isinstance(theirs, When) and theirs.text.startswith(f"{ours}-"):
            self._row(name, ours, theirs, Verdict.NEW)  # the same day, known better
            return theirs
        return theirs if self._compare(name, ours, theirs) is Verdict.NEW else ours

    def _state(self) -> State:
        """Return the state: that an account closes is news of one in use; of two ends, ours stays."""
        ours, theirs = self.account.state, self.new.state
        if not ours.gone and not ours.unsafe and theirs.gone:
            self._row("state", ours, theirs, Verdict.NEW)
            return theirs
        self._compare("state", ours, theirs)
        return ours

    def _notice(self, destinations: Sequence[Destination]) -> Notice | None:
        """Return what is said of the notice; whoever had not seen it has now."""
        if any(d.basis == "notice" for d in destinations):
            return Notice.NAMED
        ours, theirs = self.account.notice, self.new.notice
        if ours in (None, Notice.UNSEEN) and theirs not in (None, Notice.UNSEEN, Notice.NAMED):
            self._row("notice", ours, theirs, Verdict.NEW)
            return theirs
        if theirs not in (None, Notice.UNSEEN):
            self._compare("notice", ours, theirs)
        return ours

    def _destinations(self) -> tuple[Destination, ...]:
        """Return both sides' destinations; one that both name has the better word of the two."""
        found = list(self.account.destinations)
        for new in self.new.destinations:
            at = next((n for n, d in enumerate(found) if _same(d, new)), None)
            if at is not None:
                self._row("destinations", _shown(found[at]), _shown(new), Verdict.SAME)
                if new.basis.rank < found[at].basis.rank:
                    found[at] = replace(found[at], basis=new.basis)
            elif found and self.account.state in _ONE:
                ours = "、".join(map(_shown, found))
                self._differ("destinations", ours, _shown(new))
            else:
                self._row("destinations", "、".join(map(_shown, found)), _shown(new), Verdict.NEW)
                found.append(new)
        if self.account.destinations and not self.new.destinations:
            self._row("destinations", "、".join(map(_shown, self.account.destinations)), "", Verdict.OURS)
        return tuple(found)

    def _united(self, name: str, ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
        known = {_key(one) for one in ours}
        more = tuple(one for one in theirs if _key(one) not in known)
        for one in more if name != "sources" else ():
            self._row(name, "", _said(one), Verdict.NEW)
        return (*ours, *more)

    def _compare(self, name: str, ours: Any, theirs: Any) -> Verdict:
        if theirs is None:
            verdict = Verdict.OURS
        elif ours is None:
            verdict = Verdict.NEW
        elif ours == theirs or fold(str(ours)) == fold(str(theirs)):
            verdict = Verdict.SAME
        else:
            self._differ(name, _said(ours), _said(theirs))
            return Verdict.DIFFERS
        if ours is not None or theirs is not None:
            self._row(name, ours, theirs, verdict)
        return verdict

    def _differ(self, name: str, ours: str, theirs: str) -> None:
        other = Differing(_label(name), theirs, self.source)
        if other not in self.differs:
            self.differs.append(other)
        self.rows.append(Row(_label(name), ours, theirs, Verdict.DIFFERS))

    def _row(self, name: str, ours: Any, theirs: Any, verdict: Verdict) -> None:
        self.rows.append(Row(_label(name), _said(ours), _said(theirs), verdict))


def changed(before: Account, after: Account) -> Iterator[str]:
    """Yield the names of the fields in which two states of a record are not the same."""
    yield from (f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name))


def _same(one: Destination, other: Destination) -> bool:
    if one.account or other.account or one.unit or other.unit:
        return (one.account, one.unit) == (other.account, other.unit)
    platforms = {one.platform, other.platform} - {None}
    return fold(one.name or "") == fold(other.name or "") and len(platforms) < 2 and one.path == other.path


def _shown(d: Destination) -> str:
    where = d.platform.label if d.platform else ""
    return (d.name or d.account or d.unit or "") + (f"({where})" if where else "")


def _key(one: Any) -> Any:
    if isinstance(one, Source):
        return fold(one.publisher), one.date, one.url
    return fold(one) if isinstance(one, str) else (one.kind, fold(one.value))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Labelled):
        return value.label
    return getattr(value, "value", None) or str(value)


def _label(name: str) -> str:
    more = {"aliases": "别名", "contacts": "联系方式"}
    return QUESTIONS[name].label if name in QUESTIONS else more.get(name, name)
