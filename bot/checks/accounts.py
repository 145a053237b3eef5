"""The rules an account must obey, one short function each; its docstring is what the maintainer reads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from bot import codec
from bot.checks.world import PLACE, Complaint, World, one_thing
from bot.records import Account
from bot.values import Notice, State, When

MOST_ID = 32
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# State → (fewest, most) destinations; DESIGN.md, The knowledge. None: no bound.
DESTINATIONS: dict[State, tuple[int, int | None]] = {
    State.MERGED: (1, 1),
    State.RENAMED: (1, 1),
    State.SPLIT: (2, None),
    State.MIGRATED: (1, None),
    State.ACTIVE: (0, 0),
    State.DORMANT: (0, 0),
    State.REVIVED: (0, 0),
    State.HIJACKED: (0, 0),
    State.IMPOSTOR: (0, 0),
}


def ids_are_well_formed(world: World) -> Iterator[Complaint]:
    """编号只用小写字母、数字和连字符,最多 32 个。"""
    for account in world.accounts:
        if len(account.id) > MOST_ID or not _ID.fullmatch(account.id):
            expected = f"小写字母、数字、连字符,最多 {MOST_ID} 个"
            yield Complaint(account.id, ("id",), f"“{account.id}”", expected, "改成如 shuirungangcheng-wx")


def places_exist(world: World) -> Iterator[Complaint]:
    """文件开头的 place 是区划表里有的代码。"""
    for unit in world.units:
        if unit.place not in world.around.places and unit.accounts:
            near = difflib.get_close_matches(unit.place, world.around.places, 1, 0.8)
            todo = f"是不是 {near[0]}?" if near else "到 knowledge/places/ 里查代码,代码要加引号"
            yield Complaint(unit.accounts[0].id, PLACE, f"“{unit.place}”", "区划表里有的代码", todo)


def states_have_their_destinations(world: World) -> Iterator[Complaint]:
    """每种现状有规定的去向数:改名、合并恰好一个,拆分至少两个,在用、很久没更新、被盗用、冒充的没有去向。"""
    for account in world.accounts:
        least, most = DESTINATIONS.get(account.state, (0, None))
        count = len(account.destinations)
        if count < least or (most is not None and count > most):
            expected = f"{least} 个" if least == most else f"至少 {least} 个"
            found = f"现状是“{account.state.label}”,去向写了 {count} 个"
            yield Complaint(account.id, ("state",), found, f"去向{expected}", "改现状,或补上、删掉去向")


def a_name_or_a_unit(world: World) -> Iterator[Complaint]:
    """没有账号名的账号,要写单位的名字,不然没人找得到它。"""
    for unit in world.units:
        for account in unit.accounts:
            if not account.name and not unit.name:
                todo = "补上 name,或给单位补上 name"
                yield Complaint(account.id, (), "账号名和单位名都没有写", "至少写一个", todo)


def accounts_have_sources(world: World) -> Iterator[Complaint]:
    """每个账号至少有一个来源。"""
    for account in world.accounts:
        if not account.sources:
            todo = "写上从哪里看到的:publisher 和 date"
            yield Complaint(account.id, ("sources",), "没有来源", "至少一个来源", todo)


def destinations_exist(world: World) -> Iterator[Complaint]:
    """去向恰好写一种:本库的账号、本库的单位,或者库外的名字。"""
    for account in world.accounts:
        for number, d in enumerate(account.destinations):
            path: codec.Path = ("destinations", number)
            yield from one_thing(account.id, path, d, world)


def nobody_is_led_into_danger(world: World) -> Iterator[Complaint]:
    """去向不能是被盗用或冒充的账号。"""
    for account in world.accounts:
        for number, d in enumerate(account.destinations):
            target = world.find(d.account or "")
            if target and target.state.unsafe:
                found = f"去向 {target.id} 现状是“{target.state.label}”"
                yield Complaint(account.id, ("destinations", number), found, "能放心去的账号", "删掉这个去向")


def trails_have_no_loop(world: World) -> Iterator[Complaint]:
    """去向一路走下去,不能又回到自己。"""
    for account in world.accounts:
        if account.destinations and _returns(account, world):
            yield Complaint(
                account.id,
                ("destinations",),
                "去向绕了一圈又回到自己",
                "有尽头的路",
                "查清先后,删掉错的那一个",
            )


def dead_ends_go_on(world: World) -> Iterator[Complaint]:
    """去向自己已经停了,又没有下一个去向,就走不通;查过确实断在那里的,写 ends_here: true。"""
    for account in world.accounts:
        for number, d in enumerate(account.destinations):
            target = world.find(d.account or "")
            if target and target.state.gone and not target.destinations and not d.ends_here:
                found = f"去向 {target.id} 自己也“{target.state.label}”,没有下一个去向"
                todo = f"给 {target.id} 补上去向;查过确实没有,就在这里写 ends_here: true"
                yield Complaint(account.id, ("destinations", number), found, "在用的去向", todo)


def the_notice_agrees(world: World) -> Iterator[Complaint]:
    """停了的账号要写公告怎么说;写了“公告写明”就要有依据是公告的去向,“没写”“含糊”“没见到”就不能有。"""
    for account in world.accounts:
        by_notice = any(d.basis == "notice" for d in account.destinations)
        if account.state.gone and account.notice is None:
            todo = "没读过公告就写 unseen;读过而没写去向才写 none"
            yield Complaint(account.id, ("notice",), "没有写", "named、vague、none 或 unseen", todo)
        elif by_notice != (account.notice is Notice.NAMED):
            said = f"{account.notice}({account.notice.label})" if account.notice else "空的"
            found = f"notice 是 {said},依据是公告的去向{'有' if by_notice else '没有'}"
            todo = "改 notice(公告怎么写去向),或改去向的 basis(依据)"
            yield Complaint(account.id, ("notice",), found, "两者一致", todo)


def dates_are_in_order(world: World) -> Iterator[Complaint]:
    """日期不能在今天之后,也不能在核对日期之后;先停后公告的只提醒。"""
    for account in world.accounts:
        for name in ("announced", "stopped", "last_post", "seen", "checked"):
            value: When | None = getattr(account, name)
            if value and world.today and value.first > world.today.last and name != "stopped":
                yield Complaint(
                    account.id, (name,), f"{value},在今天之后", f"{world.today} 或以前", "检查年份"
                )
            elif value and value.first > account.checked.last and name != "stopped":
                found = f"{value},在核对日期 {account.checked} 之后"
                yield Complaint(
                    account.id, (name,), found, "不晚于 checked", "改日期,或把 checked 改成真正核对的那天"
                )
        if account.announced and account.stopped and account.stopped.last < account.announced.first:
            found = f"停更 {account.stopped} 早于公告 {account.announced}"
            todo = "核对一下;确实先停后告就不用改"
            yield Complaint(account.id, ("stopped",), found, "先公告后停", todo, warning=True)


def _returns(start: Account, world: World) -> bool:
    met: set[str] = set()
    ahead = [d.account for d in start.destinations if d.account]
    while ahead:
        current = ahead.pop()
        if current == start.id:
            return True
        account = world.find(current) if current not in met else None
        met.add(current)
        if account:
            ahead += [d.account for d in account.destinations if d.account]
    return False
