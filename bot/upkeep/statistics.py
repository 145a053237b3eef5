"""Floor 7. What the knowledge covers, counted: by province, platform, state, reason, notice, evidence and month.

Pure: records in, counts out. Counted are accounts, unless a table says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.places import COUNTRY, Gazetteer
from bot.records import Account
from bot.trail import End, follow
from bot.upkeep.chart import Panel
from bot.values import Labelled, When

# Not 没写: that is what a notice may say of a destination, and would be counted together with it.
UNSAID = "(没填)"
NATIONAL = "全国"
UNKNOWN_PLACE = "不认识的地方"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts under a heading, in the order they are shown."""

    title: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Census:
    """All counts of a knowledge base. `live` are the gone accounts that lead to something in use today."""

    places: int
    units: int
    accounts: int
    gone: int
    live: int
    oldest: tuple[Account, ...]
    tables: tuple[Table, ...]
    months: tuple[tuple[str, int], ...]
    undated: int


def census(knowledge: Knowledge) -> Census:
    """Count everything there is to count."""
    accounts = [a for u in knowledge.units for a in u.accounts]
    gone = [a for a in accounts if a.state.gone]
    by_id = {a.id: a for a in accounts}
    months, undated = _months(gone)
    tables = (
        Table("按省", _provinces(knowledge)),
        Table("按平台", _labelled(a.platform for a in accounts)),
        Table("按现状", _labelled(a.state for a in accounts)),
        Table("停了的,按原因", _labelled(a.reason for a in gone)),
        Table("停了的,按公告怎么写去向", _labelled(a.notice for a in gone)),
        Table("去向,按依据", _labelled(d.basis for a in accounts for d in a.destinations)),
    )
    return Census(
        len({u.place for u in knowledge.units if u.accounts}),
        len(knowledge.units),
        len(accounts),
        len(gone),
        sum(any(t.end is End.LIVE for t in follow(a, by_id.get)) for a in gone),
        _oldest(accounts),
        tables,
        months,
        undated,
    )


def panels(counted: Census) -> tuple[Panel, ...]:
    """Return the counts that are drawn: by province, by platform, and closures by month."""
    province, platform = counted.tables[:2]
    note = f"另有 {counted.undated} 个不知道是哪个月停的。" if counted.undated else ""
    return (
        Panel(f"{counted.accounts} 个账号,{province.title}", province.rows),
        Panel(f"{counted.accounts} 个账号,{platform.title}", platform.rows),
        Panel(f"{counted.gone} 个停了的账号,按停更或公告的月份", counted.months, timeline=True, note=note),
    )


def _provinces(knowledge: Knowledge) -> tuple[tuple[str, int], ...]:
    """Count accounts by the widest division around them; what stands above all provinces is national."""
    gazetteer = Gazetteer(knowledge.places)
    found: Counter[str] = Counter()
    for unit in knowledge.units:
        chain = gazetteer.chain(unit.place)
        name = knowledge.places[chain[-1]].name if chain else UNKNOWN_PLACE
        found[NATIONAL if unit.place == COUNTRY else name] += len(unit.accounts)
    return _ranked(found)


def _labelled(values: Iterable[Labelled | None]) -> tuple[tuple[str, int], ...]:
    return _ranked(Counter(v.label if v else UNSAID for v in values))


def _ranked(found: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return counts, the largest first, equal ones by name; a row for what nobody wrote stands last."""
    rows = sorted(found.items(), key=lambda row: (row[0] == UNSAID, -row[1], row[0]))
    return tuple(row for row in rows if row[1])


def _months(gone: Iterable[Account]) -> tuple[tuple[tuple[str, int], ...], int]:
    """Count closures by month, none between the first and the last left out; and those of no known month."""
    dates = [a.stopped or a.announced for a in gone]
    found = Counter(d.text[:7] for d in dates if d and len(d.text) > 4)
    undated = len(dates) - found.total()
    if not found:
        return (), undated
    first, last = (_ordinal(When(month)) for month in (min(found), max(found)))
    months = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1))
    return tuple((month, found[month]) for month in months), undated


def _ordinal(month: When) -> int:
    return int(month.text[:4]) * 12 + int(month.text[5:7]) - 1


def _oldest(accounts: Iterable[Account]) -> tuple[Account, ...]:
    """Return the accounts that nobody has looked at for the longest time: those of the oldest date."""
    ranked = sorted(accounts, key=lambda a: (a.checked.first, a.id))
    return tuple(a for a in ranked if a.checked.first == ranked[0].checked.first)
