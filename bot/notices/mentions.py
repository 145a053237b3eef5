"""Floor 5. The accounts that a text speaks of: names with their platforms, quoted or not, alone or in lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.notices import items
from bot.notices.before import Before
from bot.notices.grouping import Gap, Grouping
from bot.notices.items import Id, Item
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.unquoted import Unquoted
from bot.notices.words import ENDS, Does
from bot.values import Platform

_SITE_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·\-()]{2,40}")
# 在新浪微博开设的“甲”: what stands between the platform and the name, and how much at most with both.
_OPENED_ON = re.compile(
    r"(?:等)?(?:这)?(?:[两二三四五六2-6]个|[两二三四五六2-6]大|多个|各)?(?:新媒体|社交|短视频)?(?:平台|上){0,2}(?:同名)?"
    r"(?:开设|注册|开通|申请|运营|开办|建立|设立|认证|创建|入驻|使用)的(?:官方|政务)?(?:账号|帐号)?"
)
_OPENED_TOO = re.compile(r"(?:平台|账号)?(?:、|和|与|及|以及)(?:官方)?")
_OPENED = 44
# 在微信中搜索“甲”
_SEARCHED_ON = {
    "微信": Platform.WECHAT,
    "抖音": Platform.DOUYIN,
    "快手": Platform.KUAISHOU,
    "微博": Platform.WEIBO,
    "小红书": Platform.XIAOHONGSHU,
    "视频号": Platform.CHANNELS,
}
_SEARCHED = re.compile(
    rf"({'|'.join(_SEARCHED_ON)})(?:里面|里|中|内|上|端|平台)?(?:直接)?(?:搜索|搜一搜|搜|添加|查找|输入|订阅|找|看|关注)(?:并?关注|公众号)?:?\Z"
)
_SEARCHED_NEAR = 20
# So many characters of a name tell it, and what may stand between it and the verb that ends it.
_HEAD = 3
_TO_END = re.compile(
    r"(?:也|则|均|都|已|将|现|已经|即将|拟|正式|同时|同步|于[^,。;“]{2,16}|自[^,。;“]{2,16}起)*"
)
# 《甲》电子报 is not the account 甲.
_ANOTHER_THING = re.compile(
    r"(?:电子|手机)?(?:报|刊|杂志|内部资料|期刊|周刊|节目|栏目|活动|品牌|商标|项目|工程|行动|大赛|系列)"
)


def find(page: Page) -> list[Mention]:
    """Return the accounts a text speaks of, in order. Costs time linear in its length."""
    known = items.ids(page)
    return _Finder(page, known, items.find(page, known)).mentions()


class _Finder:
    def __init__(self, page: Page, known: list[Id], found: list[Item]) -> None:
        self.page = page
        self.plain = page.plain
        self.ids = known
        self.items = found
        self.grouping = Grouping(page, found)
        self.before = Before(page)
        self.unquoted = Unquoted(page, found, self.before)

    def mentions(self) -> list[Mention]:
        """Return all mentions."""
        found: list[Mention] = [*self._addresses()]
        last: list[Mention] = []
        for number, item in enumerate(self.items):
            if item.name:
                last = self._named(item)
            elif not item.used:
                last = self._again(number, item, last) or list(self.unquoted.read(item))
            else:
                continue
            found += last
        found += self._by_id(found)
        self._said_again(found)
        found += self._recalled(found)
        return sorted(found, key=lambda m: (m.start, m.end))

    def _said_again(self, found: list[Mention]) -> None:
        """Take a name in quotes for the account that it is elsewhere in the text: “甲”“乙”2个公众号,其中“甲”已注销."""
        known: dict[str, list[Mention]] = {}
        for mention in found:
            if mention.name and mention.platform and not mention.weak and not mention.other:
                known.setdefault(self.page.text(mention.name), []).append(mention)
        for mention in found if known else ():
            if not mention.weak or mention.other or self.plain[mention.start] == "@":
                continue
            said = known.get(self.page.text(mention.name), [])
            if self.plain[mention.start] == "《" and not any(self.plain[m.start] == "《" for m in said):
                continue  # “甲”微信公众号, and the paper 《甲》
            if len({m.platform for m in said}) == 1 and not _ANOTHER_THING.match(self.plain, mention.end):
                mention.platform, mention.said, mention.weak = said[0].platform, said[0].said, False

    def _recalled(self, found: list[Mention]) -> Iterator[Mention]:
        """Yield the accounts that open a clause about their end by their bare names: “甲发布”微博…,甲发布停更后."""
        heads: dict[str, dict[str, Mention]] = {}
        for m in found:
            if m.name and m.platform and not m.weak and not m.other:
                name = self.page.text(m.name)
                heads.setdefault(name[:_HEAD], {}).setdefault(name, m)
        taken = {m.start for m in found} | {m.name[0] for m in found if m.name}
        for mark in self.page.marks if heads else ():
            if mark.meaning not in ENDS:
                continue
            start = self.page.last(",。;:!?\n", max(0, mark.start - _OPENED), mark.start)
            names = [
                n for n in heads.get(self.plain[start : start + _HEAD], ()) if self.plain.startswith(n, start)
            ]
            if not names:
                continue
            end = start + max(map(len, names))
            if (
                start not in taken
                and len(names[0]) >= _HEAD
                and _TO_END.fullmatch(self.plain, end, mark.start)
            ):
                taken.add(start)
                yield Mention(start, end, (start, end))

    def _named(self, item: Item) -> list[Mention]:
        owners: Sequence[Item] = item.owners
        if len(owners) > 1:
            owners = [o for o in owners if not o.account] or owners[:1]
        start = min([item.start, *[o.start for o in owners]])
        unit = self.before.unit_before(start)
        mention = Mention(
            owners[0].start if owners and owners[0].start < item.start else item.start,
            max([item.end, *[o.end for o in owners]]),
            item.name, item.platform, item.said, handle=item.handle, aliases=item.aliases, short=item.short, unit=unit,
            weak=not owners and not item.platform,
        )  # fmt: skip
        if unit and not mention.weak:
            mention.start = min(mention.start, unit[0])
        if not owners and self.grouping.is_part(item):
            mention.other = True
        if mention.platform is None and not any(o.platform or o.elsewhere for o in owners):
            if opened := self._opened_on(mention):
                return opened
            self._searched(mention)
        alone = len(owners) == 1
        return [self._on(mention if alone else mention.copy(), o) for o in owners] or [self._site(mention)]

    def _searched(self, mention: Mention) -> None:
        """Take the platform where a name is to be searched for: 在微信中搜索“甲”."""
        low = max(0, mention.start - _SEARCHED_NEAR)
        if found := _SEARCHED.search(self.plain[low : mention.start]):
            mention.platform, mention.said = (
                _SEARCHED_ON[found[1]],
                (low + found.start(1), low + found.end(1)),
            )
            mention.weak = False

    def _opened_on(self, mention: Mention) -> list[Mention]:
        """Return a name on each platform of 在抖音、快手两个平台开设的“甲”账号, nothing where none is said."""
        found: list[Mention] = []
        start = mention.start
        for mark in reversed(self.page.marks.between(mention.start - _OPENED, mention.start)):
            joint = _OPENED_ON if not found else _OPENED_TOO
            if not joint.fullmatch(self.plain, mark.end, start):
                break
            start = mark.start
            if isinstance(mark.meaning, Platform):
                said = (mark.start, mark.end)
                found.insert(0, replace(mention, platform=mark.meaning, said=said, weak=False))
            elif mark.meaning is Does.ELSEWHERE:
                said = (mark.start, mark.end)
                found.insert(0, replace(mention, said=said, elsewhere=True, weak=False))
            else:
                break
        return found

    def _on(self, on: Mention, owner: Item) -> Mention:
        """Let a name be on a platform."""
        if (
            owner.platform is Platform.APP
            and len(name := self.page.text(on.name)) > 3
            and name.endswith("网")
        ):
            return self._site(replace(on, platform=None, weak=False))  # “甲网”(www…)和“乙”客户端
        on.platform, on.said, on.elsewhere = owner.platform or on.platform, owner.said, owner.elsewhere
        on.handle = on.handle or owner.handle
        on.aliases += owner.aliases
        return on

    def _site(self, mention: Mention) -> Mention:
        """Return a quoted name that says itself what it is the name of: 《石泉县招商网》."""
        name = self.page.text(mention.name)
        if not mention.platform and len(name) > 3 and name.endswith(("网站", "网")):
            return replace(mention, platform=Platform.WEBSITE)
        return mention

    def _again(self, number: int, item: Item, last: list[Mention]) -> list[Mention]:
        """Return the accounts of the platform before, on a further one: 清水河文化站微博和小红书号."""
        joined = (
            self.grouping.kind(number - 1) is Gap.LIST
            and not item.account
            and not self.items[number - 1].name
        )
        return [
            replace(m, platform=item.platform, said=item.said, elsewhere=item.elsewhere, handle=item.handle)
            for m in last
            if joined and (m.name or m.unit or m.own)
        ]

    def _by_id(self, found: list[Mention]) -> list[Mention]:
        """Return the accounts that are called by an id said before: 账号fuxian123将注销.

        An id in brackets behind a name without quotes is that of its account: 微信公众号浮县在线(微信号fuxian123).
        """
        named = {m.name[1]: m for m in found if m.name}
        for code in self.ids:
            if (m := named.get(code.start)) and not m.handle and self.plain[code.start] == "(":
                m.handle, m.end = code.span, code.end
        known = {self.page.text(m.handle): m for m in found if m.handle and m.name}
        taken = {m.handle for m in found}
        codes = [i for i in self.ids if i.platform is not Platform.WEBSITE and i.span not in taken]
        said = [(code, known.get(self.page.text(code.span))) for code in codes]
        return [replace(m, start=c.start, end=c.end, aliases=()) for c, m in said if m and m.start < c.start]

    def _addresses(self) -> Iterator[Mention]:
        """Yield the sites that are given by their address alone, or by an address behind an unquoted name."""
        taken = {i.handle[0] for i in self.items if i.handle}
        for code in self.ids:
            if code.platform is not Platform.WEBSITE or code.span[0] in taken:
                continue
            span = self.before.trimmed(self.before.left(code.start), code.start)
            span = (
                span[0] + len(self.plain[slice(*span)]) - len(self.plain[slice(*span)].lstrip("、和及与")),
                span[1],
            )
            bracket = self.plain[code.start] == "(" and 3 < span[1] - span[0] <= 24
            name = span if bracket and _SITE_NAME.fullmatch(self.page.text(span)) else code.span
            yield Mention(name[0], code.end, name, Platform.WEBSITE, handle=code.span)
