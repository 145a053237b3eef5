"""The rules that contact points, regional rules and changed ids must obey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot import codec
from bot.checks.world import Complaint, World, near, one_thing


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
            for complaint in one_thing(key, path, d, world):
                # Only an account or unit that is not there has a longer path; another folder need not have it.
                yield replace(complaint, warning=world.around.foreign and complaint.path != path)
            if d.basis != "rule":
                yield Complaint(key, (*path, "basis"), f"“{d.basis}”", "rule", "改成 rule:这是规定,不是公告")


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
                warning=world.around.foreign,
            )
        if world.find(old):
            yield Complaint(
                f"moved.yaml:{old}",
                ("id",),
                f"“{old}”还在用",
                "已经不用的编号",
                "删掉这一行,或改掉那个账号的编号",
            )
