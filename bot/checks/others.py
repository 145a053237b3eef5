"""The rules that contact points, regional rules, addresses and changed ids must obey."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bot import codec
from bot.checks.world import Complaint, World, near, one_thing
from bot.knowledge import Knowledge
from bot.records import Account, ContactKind


def contacts_fit(world: World) -> Iterator[Complaint]:
    """单独的联系方式要有编号;管的事和地方要存在;并走的号码写清并到哪个。"""
    values = {c.value for c in world.around.contacts}
    for contact in world.around.contacts:
        if not contact.id:
            continue
        key = f"contacts:{contact.id}"
        for number, topic in enumerate(contact.topics):
            if topic != "*" and topic not in world.around.topics:
                yield Complaint(
                    key,
                    ("topics", number),
                    f"没有“{topic}”这类事",
                    "topics.yaml 里的编号",
                    near(topic, world.around.topics),
                )
        if contact.place and contact.place not in world.around.places:
            yield Complaint(
                key,
                ("place",),
                f"“{contact.place}”",
                "区划表里有的代码",
                near(contact.place, world.around.places),
            )
        if contact.merged_into and contact.merged_into not in values:
            yield Complaint(
                key, ("merged_into",), f"“{contact.merged_into}”", "另一条联系方式的号码", "先添上那一条"
            )


def rules_fit(world: World) -> Iterator[Complaint]:
    """地方规定的地方要存在,去向恰好写一种,依据只能是 rule。"""
    for rule in world.around.rules:
        key = f"rules:{rule.id}"
        if rule.place not in world.around.places:
            yield Complaint(
                key,
                ("place",),
                f"“{rule.place}”",
                "区划表里有的代码",
                near(rule.place, world.around.places),
            )
        for number, d in enumerate(rule.destinations):
            path: codec.Path = ("destinations", number)
            yield from one_thing(key, path, d, world)
            if d.basis != "rule":
                yield Complaint(key, (*path, "basis"), f"“{d.basis}”", "rule", "改成 rule:这是规定,不是公告")


def shown_addresses_are_safe(world: World) -> Iterator[Complaint]:
    """给居民看的网址要用 https;只有 http 的网站写进 excused-hosts.txt,并写明理由。"""
    for account in world.accounts:
        for number, source in enumerate(account.sources):
            if source.url:
                yield from _address(account.id, ("sources", number, "url"), source.url, world)
        for number, d in enumerate(account.destinations):
            if d.url:
                yield from _address(account.id, ("destinations", number, "url"), d.url, world)


def contact_addresses_are_safe(world: World) -> Iterator[Complaint]:
    """联系方式里的网址也一样:要用 https,只有 http 的写进 excused-hosts.txt。"""
    for contact in world.around.contacts:
        if contact.kind is ContactKind.WEBSITE and contact.id:
            yield from _address(f"contacts:{contact.id}", ("value",), contact.value, world)


def hosts_of(accounts: Iterable[Account]) -> set[str]:
    """Return the hosts of the http addresses that some accounts show to people."""
    return _http(
        url
        for a in accounts
        for url in (*(s.url for s in a.sources), *(d.url for d in a.destinations))
        if url
    )


def hosts_around(knowledge: Knowledge) -> set[str]:
    """Return the hosts of the http addresses that the records around the accounts show to people."""
    return _http(c.value for c in knowledge.contacts if c.kind is ContactKind.WEBSITE)


def unused_excuses(excused: Mapping[str, str], hosts: set[str]) -> list[str]:
    """Return the excused hosts that no shown http address needs any more."""
    return [e for e in excused if not any(_excused(h, {e: ""}) for h in hosts)]


def unexcused(excused: Mapping[str, str], hosts: Iterable[str]) -> list[str]:
    """Return the hosts of http addresses that nothing excuses."""
    return [host for host in hosts if not _excused(host, excused)]


def moved_ids_lead_somewhere(world: World) -> Iterator[Complaint]:
    """改过的编号要指向现在有的账号,原来的编号不能再用。"""
    for old, new in world.around.moved.items():
        if new and world.find(new) is None and new not in world.around.moved:
            yield Complaint(
                f"moved.yaml:{old}",
                ("moved_to",),
                f"没有账号“{new}”",
                "本库里有的编号",
                near(new, (a.id for a in world.accounts)),
            )
        if world.find(old):
            yield Complaint(
                f"moved.yaml:{old}",
                ("id",),
                f"“{old}”还在用",
                "已经不用的编号",
                "删掉这一行,或改掉那个账号的编号",
            )


def _address(key: str, path: codec.Path, address: str, world: World) -> Iterator[Complaint]:
    """Complain of an address that is no web address, or not https without an excuse."""
    found = re.fullmatch(r"(https?)://([a-z0-9.-]+)(:\d+)?(/\S*)?", address, re.IGNORECASE)
    if not found:
        yield Complaint(key, path, f"“{address}”", "https:// 开头的网址", "从浏览器地址栏整个复制过来")
    elif found[1].lower() == "http" and not _excused(found[2].lower(), world.around.excused):
        todo = "试试把 http 改成 https;打不开就把域名和理由写进 knowledge/excused-hosts.txt"
        yield Complaint(key, path, f"“{address}”", "https:// 开头的网址", todo)


def _http(addresses: Iterable[str]) -> set[str]:
    return {found[1] for address in addresses if (found := re.match(r"http://([^/:]+)", address))}


def _excused(host: str, excused: Mapping[str, str]) -> bool:
    return host in excused or any(name.startswith(".") and host.endswith(name) for name in excused)
