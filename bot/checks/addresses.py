"""The web addresses that people are shown, and the rules that these must obey."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot import codec
from bot.checks.world import Complaint, World
from bot.hosts import covering
from bot.knowledge import Knowledge
from bot.records import Account, Contact
from bot.values import ContactKind


def addresses(record: Any, path: codec.Path = ()) -> Iterator[tuple[codec.Path, str]]:
    """Yield each address in a record that people may be shown, with the way to it; those of mirrors never are."""
    if isinstance(record, Contact) and record.kind is ContactKind.WEBSITE:
        yield (*path, "value"), record.value
    for name in ("sources", "destinations"):
        for number, one in enumerate(getattr(record, name, ())):
            if one.url:
                yield (*path, name, number, "url"), one.url
    for number, contact in enumerate(getattr(record, "contacts", ())):
        yield from addresses(contact, (*path, "contacts", number))
    for number, differing in enumerate(getattr(record, "differs", ())):
        if differing.source.url:
            yield (*path, "differs", number, "source", "url"), differing.source.url


def records_around(knowledge: Knowledge) -> Iterator[tuple[str, Any]]:
    """Yield the records around the accounts that may hold addresses, each by its key among `Knowledge.spots`."""
    yield from ((f"contacts:{c.id or c.value}", c) for c in knowledge.contacts)
    yield from ((f"rules:{r.id}", r) for r in knowledge.rules)
    yield from ((f"verification.yaml:{a.id}", a) for a in knowledge.advice)
    yield from ((f"platforms.yaml:{p.id}", p) for p in knowledge.platforms)


def linked(knowledge: Knowledge) -> Iterator[tuple[str, codec.Path, str]]:
    """Yield the addresses around the accounts that people are led to: (key, way, address).

    Their sources are not among them: nobody is sent to the article that a hotline was read in.
    """
    for key, record in records_around(knowledge):
        yield from ((key, path, address) for path, address in addresses(record) if "sources" not in path)


def hosts_of(accounts: Iterable[Account]) -> set[str]:
    """Return the hosts of the http addresses of accounts."""
    return _http_hosts(address for account in accounts for _, address in addresses(account))


def hosts_around(knowledge: Knowledge) -> set[str]:
    """Return the hosts of the http addresses around the accounts."""
    return _http_hosts(address for _, _, address in linked(knowledge))


def shown_addresses_are_safe(world: World) -> Iterator[Complaint]:
    """给居民看的网址要用 https;只有 http 的网站写进 excused-hosts.txt,并写明理由。"""
    for account in world.accounts:
        for path, address in addresses(account):
            yield from _unsafe(account.id, path, address, world)


def addresses_around_are_safe(world: World) -> Iterator[Complaint]:
    """联系方式和地方规定里的网址也一样:要用 https,只有 http 的写进 excused-hosts.txt。"""
    for key, path, address in linked(world.around):
        if key in world.around.spots:
            yield from _unsafe(key, path, address, world)


def _unsafe(key: str, path: codec.Path, address: str, world: World) -> Iterator[Complaint]:
    """Complain of an address that is no web address, or not https without an excuse."""
    found = re.fullmatch(r"(https?)://([a-z0-9.-]+)(:\d+)?(/\S*)?", address, re.IGNORECASE)
    if not found:
        yield Complaint(key, path, f"“{address}”", "https:// 开头的网址", "从浏览器地址栏整个复制过来")
    elif found[1].lower() == "http" and not covering(found[2].lower(), world.around.excused):
        todo = "试试把 http 改成 https;打不开就把域名和理由写进 knowledge/excused-hosts.txt"
        yield Complaint(key, path, f"“{address}”", "https:// 开头的网址", todo)


def _http_hosts(shown: Iterable[str]) -> set[str]:
    return {found[1].lower() for address in shown if (found := re.match(r"http://([^/:]+)", address))}
