"""Floor 2. The rules that a knowledge base must obey; `check` gives each complaint its file and line."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from bot import codec
from bot.checks.accounts import (
    a_name_or_a_unit,
    accounts_have_sources,
    dates_are_in_order,
    dead_ends_go_on,
    destinations_exist,
    ids_are_well_formed,
    nobody_is_led_into_danger,
    places_exist,
    states_have_their_destinations,
    the_notice_agrees,
    trails_have_no_loop,
)
from bot.checks.addresses import (
    addresses_around_are_safe,
    hosts_around,
    hosts_of,
    shown_addresses_are_safe,
)
from bot.checks.others import contacts_fit, moved_ids_lead_somewhere, rules_fit
from bot.checks.world import PLACE, Complaint, World
from bot.hosts import covering
from bot.knowledge import Knowledge
from bot.values import When
from bot.yamlfile import Problem, problem_at

Rule = Callable[[World], Iterator[Complaint]]
# Rules that look at one entry: a file can be held against them alone.
OF_AN_ENTRY: tuple[Rule, ...] = (
    ids_are_well_formed,
    places_exist,
    states_have_their_destinations,
    a_name_or_a_unit,
    accounts_have_sources,
    the_notice_agrees,
    dates_are_in_order,
    shown_addresses_are_safe,
)
# Rules that follow an entry's destinations to others.
BETWEEN_ENTRIES: tuple[Rule, ...] = (
    destinations_exist,
    nobody_is_led_into_danger,
    trails_have_no_loop,
    dead_ends_go_on,
)
# Rules about what stands around the accounts.
AROUND: tuple[Rule, ...] = (contacts_fit, rules_fit, addresses_around_are_safe, moved_ids_lead_somewhere)
RULES = (*OF_AN_ENTRY, *BETWEEN_ENTRIES, *AROUND)

Spots = Callable[[str], tuple[Path, codec.Path]]


def check(knowledge: Knowledge, today: When | None = None) -> list[Problem]:
    """Return every problem of a knowledge base, those of its files and those between its records, sorted."""
    world = World.of(knowledge, today)
    found = [*knowledge.problems, *apply(RULES, world, knowledge.spots.__getitem__)]
    found += stale_excuses(knowledge, hosts_of(world.accounts) | hosts_around(knowledge))
    return sorted(set(found))


def apply(rules: Iterable[Rule], world: World, spots: Spots) -> list[Problem]:
    """Return what some rules complain of, each complaint with its file and line."""
    return [_placed(complaint, *spots(complaint.record)) for rule in rules for complaint in rule(world)]


def stale_excuses(around: Knowledge, hosts: set[str]) -> list[Problem]:
    """Return a problem for each excused host that none of the http addresses' hosts needs any more.

    Only a reminder for a folder that is not the project's own: it may hold a part of the accounts. A list that was
    lent is not its business at all.
    """
    texts = ("已经没有网址用到它", "还用得着的域名", "删掉这一行")
    return [
        Problem(excuse.file, excuse.line, name, *texts, warning=around.foreign)
        for name, excuse in around.excused.items()
        if not around.lent and not any(covering(host, (name,)) for host in hosts)
    ]


def _placed(complaint: Complaint, path: Path, spot: codec.Path) -> Problem:
    where = PLACE if complaint.path == PLACE else (*spot, *complaint.path)
    texts = (complaint.found, complaint.expected, complaint.todo)
    return problem_at(path, where, *texts, warning=complaint.warning)


def vanished(lost: Iterable[str], moved: Container[str]) -> list[Problem]:
    """Return a problem for each id that was in service before and now leads nowhere: an id is for ever."""
    todo = "编号改了,就在 knowledge/moved.yaml 里写 {id: 原来的, moved_to: 现在的};整条撤掉的只写 id"
    return [
        Problem("knowledge/moved.yaml", 1, "id", f"编号“{i}”以前有,现在没有了", "编号永远有去处", todo)
        for i in lost
        if i not in moved
    ]
