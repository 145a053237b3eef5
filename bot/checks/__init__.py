"""Floor 2. The rules that a knowledge base must obey; `check` gives each complaint its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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
from bot.checks.others import (
    contacts_fit,
    moved_ids_lead_somewhere,
    rules_fit,
    shown_addresses_are_safe,
    unused_excuses,
)
from bot.checks.world import PLACE, Complaint, World
from bot.knowledge import Knowledge
from bot.records import When
from bot.yamlfile import Problem, problem_at

RULES: tuple[Callable[[World], Iterator[Complaint]], ...] = (
    ids_are_well_formed,
    places_exist,
    states_have_their_destinations,
    a_name_or_a_unit,
    accounts_have_sources,
    destinations_exist,
    nobody_is_led_into_danger,
    trails_have_no_loop,
    dead_ends_go_on,
    the_notice_agrees,
    dates_are_in_order,
    contacts_fit,
    rules_fit,
    shown_addresses_are_safe,
    moved_ids_lead_somewhere,
)


def check(knowledge: Knowledge, today: When | None = None) -> list[Problem]:
    """Return every problem of a knowledge base, those of its files and those between its records, sorted."""
    world = World.of(knowledge, today)
    found = list(knowledge.problems)
    for rule in RULES:
        for complaint in rule(world):
            path, spot = knowledge.spots[complaint.record]
            texts = (complaint.found, complaint.expected, complaint.todo)
            where = PLACE if complaint.path == PLACE else (*spot, *complaint.path)
            found.append(problem_at(path, where, *texts, warning=complaint.warning))
    todo = "删掉这一行"
    found += [
        Problem("knowledge/excused-hosts.txt", 1, e, "已经没有网址用到它", "还用得着的域名", todo)
        for e in unused_excuses(world)
    ]
    return sorted(set(found))


def vanished(knowledge: Knowledge, before: Iterable[str]) -> list[Problem]:
    """Return a problem for each id that was in service before and now leads nowhere: an id is for ever."""
    known = {*knowledge.moved, *(a.id for u in knowledge.units for a in u.accounts)}
    todo = "编号改了,就在 knowledge/moved.yaml 里写 {id: 原来的, moved_to: 现在的};整条撤掉的只写 id"
    return [
        Problem("knowledge/moved.yaml", 1, "id", f"编号“{i}”以前有,现在没有了", "编号永远有去处", todo)
        for i in sorted(set(before) - known)
    ]
