"""Floor 6. What stands above a unit when nobody named a place to go: the rule of its place, the unit over it.

Neither is ever given as the notice's word: a goal by rule has the basis `rule`, one of the unit above `inferred`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.contacts import COUNTRY
from bot.records import Account, Rule, Unit
from bot.reply import Goal
from bot.talk.desk import Desk
from bot.talk.story import account_goal, goal_of
from bot.trail import End, follow
from bot.values import Basis, Covers, Platform, State

# How a unit's kind shows in its name, the narrower kinds first; one character shows it only at the end (农村 is no village).
# What shows nothing is a department.
SIGNS: tuple[tuple[Covers, tuple[str, ...]], ...] = (
    (Covers.SCHOOL, ("小学", "中学", "幼儿园", "学校", "高中", "初中")),
    (Covers.VILLAGE, ("社区", "居委会", "村委会", "村")),
    (Covers.TOWN, ("街道", "镇人民政府", "乡人民政府", "镇政府", "乡政府", "镇", "乡")),
    (Covers.POLICE, ("公安", "派出所", "交警", "特警", "警方", "警事", "警务", "交通警察")),
)
# How far down a unit stands: 0 the country, 1 a province, 2 a city, 3 a county, 4 a town, 5 a village or a school.
LEVELS = {"county": 3, "town": 4}
# The kinds of unit that speak for a whole county or city, best first: what its streets published went to them.
SPEAKERS = ("media-centre", "propaganda", "government")
MOST_HIGHER = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """What kinds of unit a name shows, and how far down it stands."""

    covers: frozenset[Covers]
    level: int


def kind_of(name: str, place: str, platform: Platform | None) -> Kind:
    """Return what a unit's or account's name shows of its kind; an app or a site is one whoever runs it."""
    level = _level(place)
    if platform is Platform.APP:
        return Kind(frozenset({Covers.APP}), level)
    if platform is Platform.WEBSITE:
        return Kind(frozenset({Covers.SITE}), level)
    for covers, signs in SIGNS:
        if name.endswith(signs) or any(len(sign) > 1 and sign in name for sign in signs):
            down = {Covers.TOWN: 4, Covers.VILLAGE: 5, Covers.SCHOOL: 5}.get(covers, level)
            more = {Covers.DEPARTMENT} if covers is Covers.POLICE else set()
            return Kind(frozenset({covers, *more}), max(level, down))
    return Kind(frozenset({Covers.DEPARTMENT}), level)


def rules_for(kind: Kind, place: str, desk: Desk) -> list[Rule]:
    """Return the rules that cover a kind of unit at a place: the nearest place's first, those that lead on before others."""
    chain = (*desk.gazetteer.chain(place), COUNTRY)
    found = [
        (chain.index(code), not rule.destinations, rule)
        for code in dict.fromkeys(chain)
        for rule in desk.rules.get(code, ())
        if (kind.covers & set(rule.covers) or Covers.ANY in rule.covers)
        and kind.level >= LEVELS.get(rule.level or "", 0)
    ]
    return [rule for *_, rule in sorted(found, key=lambda f: f[:2])]


def by_rule(rule: Rule, desk: Desk, itself: str) -> list[Goal]:
    """Return where a rule leads a unit's account today; never to the account itself, nor to one that is gone."""
    stand_in = Account(itself, State.CLOSED, rule.since, (), destinations=rule.destinations)
    trails = (t for t in follow(stand_in, desk.base.account) if t.end is End.LIVE)
    goals = (replace(goal_of(t, desk.base), basis=Basis.RULE) for t in trails)
    return [g for g in goals if not g.account or g.account.id != itself]


def higher(unit: Unit, kind: Kind, desk: Desk) -> list[Goal]:
    """Return live accounts of the unit above: of the same kind of agency in the place above, else who speaks for the place."""
    accounts = [*_same_agency(unit, desk), *_speakers(unit, kind, desk)]
    found = {a.unit: account_goal(a, desk.base, Basis.INFERRED) for a in reversed(accounts)}
    return list(reversed(found.values()))[:MOST_HIGHER]


def _same_agency(unit: Unit, desk: Desk) -> Iterator[Account]:
    """Yield accounts of the same kind of agency in the places above, the nearest first."""
    agency = desk.kinds(unit.name) if unit.name else None
    if agency is None:
        return
    for place in desk.gazetteer.chain(unit.place)[1:]:
        for other in desk.units(place, agency):
            yield from _latest(other)


def _speakers(unit: Unit, kind: Kind, desk: Desk) -> Iterator[Account]:
    """Yield accounts that speak for the place of a town, a village or a school."""
    if kind.level < LEVELS["town"] and Covers.SCHOOL not in kind.covers:
        return
    agencies = ("education", "education-sports") if Covers.SCHOOL in kind.covers else SPEAKERS
    for place in desk.gazetteer.chain(unit.place)[:2]:
        for agency in agencies:
            number = desk.agency(agency)
            for other in desk.units(place, number) if number is not None else ():
                if other.key != unit.key:
                    yield from _latest(other)


def _latest(unit: Unit) -> list[Account]:
    """Return the account of a unit that was seen in use last; none when none is in use."""
    live = [a for a in unit.accounts if a.state is State.ACTIVE]
    return [max(live, key=lambda a: str(a.seen or a.checked))] if live else []


def _level(place: str) -> int:
    if not place.isdigit():
        return 3
    if place == COUNTRY:
        return 0
    return 1 if place.endswith("0000") else 2 if place.endswith("00") else 3
