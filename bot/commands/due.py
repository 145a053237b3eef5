"""`due`: which entries nobody has checked for longer than their state allows, the oldest first.

It reads and never writes: a date moves only when somebody has looked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.show import called
from bot.knowledge import Knowledge
from bot.places import Gazetteer
from bot.records import Account, Unit
from bot.setting import add_knowledge, known, today
from bot.terminal import aligned
from bot.upkeep.placenames import PlaceNames
from bot.upkeep.spots import written_at
from bot.values import State, When

HELP = "该重新核对的"
DESCRIPTION = "列出太久没核对的账号,最久的在前,带文件和行。只看不改:真去看过,才自己改 checked。"
EXAMPLES = """\
  python bot.py due                  全部到期的
  python bot.py due --place 张家港   只看一个地方和它下面的
  python bot.py due --all            没到期的也列出来"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many days a check of a state may be old, and why that many."""

    days: int
    why: str


# An answer older than 180 days should say that things may have changed since (the research advice on freshness), so
# what residents are sent to is looked at before that. The other values follow from how fast each state can change.
_OVER = Limit(720, "已经定了,很少再变;两年内看一次去向还在不在")
LIMITS: dict[State, Limit] = {
    State.ACTIVE: Limit(180, "居民会被指到这里;半年没核对的回答就要提醒“可能变了”"),
    State.CLOSING: Limit(90, "公告停更还没注销,随时可能再变"),
    State.CLOSED: _OVER,
    State.MERGED: _OVER,
    State.RENAMED: _OVER,
    State.SPLIT: _OVER,
    State.MIGRATED: _OVER,
    State.DORMANT: Limit(180, "可能恢复,也可能补发公告"),
    State.REVIVED: Limit(180, "停过一次,可能再停"),
    State.HIJACKED: Limit(365, "可能要回来;没看过就不能撤掉警告"),
    State.IMPOSTOR: Limit(365, "可能已被封;没看过就不能撤掉警告"),
}


@dataclass(frozen=True, slots=True)
class Age:
    """An account with how many days ago it was checked. A date known to the month or year counts from its first day."""

    account: Account
    unit: Unit
    days: int

    @classmethod
    def of(cls, account: Account, unit: Unit, now: When) -> Age:
        """Count the days from an account's check to a day."""
        checked, then = (dt.date.fromisoformat(w.first) for w in (account.checked, now))
        return cls(account, unit, (then - checked).days)

    @property
    def over(self) -> bool:
        """Whether the check is older than the state allows."""
        return self.days > LIMITS[self.account.state].days


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `due` takes."""
    add_knowledge(parser)
    parser.add_argument("--all", action="store_true", help="没到期的也列出来")
    parser.add_argument(
        "--place", metavar="PLACE", help="只看这个地方和它下面的:名字(张家港、江苏、南京鼓楼)或区划代码"
    )


def run(options: argparse.Namespace) -> int:
    """List what is due; 2 when the place is none."""
    read = known(options)
    codes, where = None, ""
    if options.place:
        places = PlaceNames(read.places)
        codes = places.meant(options.place)
        if not codes:
            near = "、".join(places.near(options.place))
            todo = f"相近的:{near}。" if near else "写全称或六位区划代码。"
            print(f"没有叫“{options.place}”的地方。{todo}", file=sys.stderr)
            return 2
        where = "、".join(map(places.where, codes)) + ":"
    ages = listed(read, today(), codes)
    over = [age for age in ages if age.over]
    counted = f"{where}{len(ages)} 个账号里,{len(over)} 个该重新核对。"
    print("\n".join([*_lines(ages if options.all else over, read), counted]))
    return 0


def listed(read: Knowledge, now: When, codes: Sequence[str] | None = None) -> list[Age]:
    """Return the age of every account's check at some places (everywhere by default), the oldest first."""
    gazetteer = Gazetteer(read.places)
    units = [u for u in read.units if codes is None or gazetteer.within(codes, u.place)]
    ages = [Age.of(a, u, now) for u in units for a in u.accounts]
    return sorted(ages, key=lambda age: (-age.days, age.account.id))


def _lines(ages: list[Age], read: Knowledge) -> list[str]:
    """Return the list as a terminal shows it, then what each state in it allows, and why."""
    if not ages:
        return []
    head = ("核对于", "天数", "现状", "编号", "名字", "文件")
    lines = written_at(read, [(age.account.id, ()) for age in ages])
    rows = [
        (
            str(age.account.checked),
            f"{age.days}{'!' if age.over else ' '}",
            age.account.state.label,
            age.account.id,
            called(age.account, age.unit),
            lines[age.account.id, ()],
        )
        for age in ages
    ]
    states = [s for s in State if s in {age.account.state for age in ages}]
    limits = [(f"  {s.label}", f"{LIMITS[s].days} 天", LIMITS[s].why) for s in states]
    return [
        *aligned([head, *rows], right=(1,)),
        "",
        "多少天算到期(! 是已经到期):",
        *aligned(limits, right=(1,)),
        "",
    ]
