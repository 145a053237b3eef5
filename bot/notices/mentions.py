"""Floor 4. The accounts that a text speaks of: names with their platforms, quoted or not, alone or in lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from bot.notices import quotes, units
from bot.notices.dates import Day
from bot.notices.sheet import COLUMN, Sheet, Span
from bot.notices.words import Does, Mark
from bot.places import Gazetteer
from bot.records import Platform

# The longest stretch of text that is looked at for an unquoted name, or between the parts of a list.
REACH = 44
_LONGEST_GAP = 16
_LONGEST_NAME = 20


@dataclass(slots=True)
class Mention:
    """An account spoken of; every part is a span of the levelled text, `None` where it is not said.

    Attributes:
        start: where the words for it start.
        end: where they end, with those of the list it stands in.
        name: its name, without quotes.
        platform: the platform.
        said: the word for the platform.
        elsewhere: whether that is a platform outside our list.
        unit: who runs it, where that stands directly before it.
        handle: its id on the platform, or a site's address.
        aliases: names it had before.
        columns: the parts of the app or site that are meant, the outer first.
        own: whether it is only 本公众号.
        other: whether it is only 其他公众号, which names nothing.
        weak: whether nothing but quotes says that it is an account.
    """

    start: int
    end: int
    name: Span | None = None
    platform: Platform | None = None
    said: Span | None = None
    elsewhere: bool = False
    unit: Span | None = None
    handle: Span | None = None
    aliases: list[Span] = field(default_factory=list)
    columns: list[Span] = field(default_factory=list)
    own: bool = False
    other: bool = False
    weak: bool = False


class _Gap(Enum):
    """How two things beside each other hang together."""

    BREAK = auto()
    BESIDE = auto()
    LIST = auto()
    COMMA = auto()


@dataclass(slots=True)
class _Item:
    """A name in quotes or a word for a platform."""

    start: int
    end: int
    name: Span | None = None
    platform: Platform | None = None
    elsewhere: bool = False
    account: bool = False  # only 账号: an account, its platform not said
    site: bool = False  # the word is the end of the site's name: 政务服务网
    said: Span | None = None
    handle: Span | None = None
    aliases: list[Span] = field(default_factory=list)
    owners: list[_Item] = field(default_factory=list)  # of a name: its platforms
    used: bool = False


_IDS = {
    "微信号": Platform.WECHAT, "微信id": Platform.WECHAT, "公众号id": Platform.WECHAT, "原始id": Platform.WECHAT,
    "抖音号": Platform.DOUYIN, "抖音id": Platform.DOUYIN, "快手号": Platform.KUAISHOU, "快手id": Platform.KUAISHOU,
    "头条号": Platform.TOUTIAO, "视频号id": Platform.CHANNELS, "小红书号": Platform.XIAOHONGSHU, "微博id": Platform.WEIBO,
    "微博uid": Platform.WEIBO, "uid": None, "账号id": None, "id": None, "账号": None, "公众号": Platform.WECHAT,
}  # fmt: skip
_ID = re.compile(
    rf"\(?({'|'.join(sorted(_IDS, key=len, reverse=True))})[:是为(]?((?:gh_[0-9a-f]{{6,20}}|[a-z][a-z0-9_-]{{4,30}}|[0-9]{{5,14}})(?![a-z0-9_.-]))\)?"
)
_HOST = re.compile(
    r"(?<![a-z0-9.@/-])\(?(?:网址|域名|网站域名|地址)?[:为]?(?:https?://)?"
    r"((?:[a-z0-9-]{1,40}\.){1,5}(?:cn|com|net|org|gov|info|top|中国)(?::[0-9]{2,5})?(?:/[a-z0-9._~/?=&%+#-]{0,120})?)\)?"
)
_HANDLE = re.compile(r"@([\w·-]{2,24})")
_TAG = re.compile(r"#([^#\n]{2,24})#")
_ALIAS = re.compile(r"\((?:原名|原名称|原账号名|曾用名|原)[:为]?\Z")
_CALLED = re.compile(r"(?:简称|下称|统称|俗称)[:为]?\Z")
_FILLER = re.compile(
    r"[0-9一二两三四五六七八九十百]{1,4}(?:个|家|款|大|类)|官方认证|官方|政务新媒体|政务|认证|同名|名称|名为|名叫|分别为|分别|均为|都是|全部|"
    r"旗下|一批|长期(?:不|未)更新|多个|所属|以及|还有|其|共|等|的|为|是|两|各|新浪|手机|上|账号|帐号|平台|号"
)
_BRACKETS = frozenset("():[]—-·")
_JOINS = frozenset("、/和与及或暨&+")
_PLURAL = re.compile(r"等|[0-9一二两三四五六七八九十百](?:个|家|款)")
_STATION = re.compile(r"站|[\u4e00-\u9fff]{2,14}?(?:分站点|站点|分站|分厅)")
# Behind these, or more of the same in quotes, a name is that of a part of an account.
_PART = re.compile(r"(?:[、和]?[“「『‘\"][^“”「」『』‘’\"\n]{2,12}[”」』’\"]){0,4}等?(?:多个|两个|[0-9]个)?(?:功能|服务功能|业务|模块|菜单|板块|活动|系列|专题|话题|小程序码|二维码)")
_TAIL = re.compile(r"(?:官方)?(?:账号|帐号|账户|号|平台)")
_BOUND = re.compile(r"[,。;:!?\n\t()\[\]“”\"‘’'「」『』《》【】#@]")
_KEYED = re.compile(r"[\u4e00-\u9fffa-z0-9·_-]{2,20}(?=[,。;、)\n\t])")
_SPLIT_AT = re.compile(r"[,。;:、()\n\t“”\"]")


def find(sheet: Sheet, marks: Sequence[Mark], days: Sequence[Day], places: Gazetteer) -> list[Mention]:
    """Return the accounts a text speaks of, in order. Costs time linear in its length."""
    return _Finder(sheet, marks, days, places).mentions()


class _Finder:
    def __init__(self, sheet: Sheet, marks: Sequence[Mark], days: Sequence[Day], places: Gazetteer) -> None:
        self.plain = sheet.plain
        self.gaps = sheet.gaps
        self.places = places
        self.marks = marks
        self.mark_starts = [m.start for m in marks]
        self.mark_ends = [m.end for m in marks]
        self.days = days
        self.day_ends = [d.end for d in days]
        self.items = self._items()
        self.between = [self._gap(a, b) for a, b in zip(self.items, self.items[1:], strict=False)]

    def mentions(self) -> list[Mention]:
        """Return all mentions."""
        self._pair()
        self._spread()
        found: list[Mention] = [*self._addresses()]
        last: list[Mention] = []
        for number, item in enumerate(self.items):
            if item.name:
                last = self._named(number, item)
            elif not item.used:
                joined = bool(number) and self._kind(number - 1) is _Gap.LIST and not item.account
                of_last = [replace(m, platform=item.platform, said=item.said, elsewhere=item.elsewhere, handle=item.handle)
                           for m in last if joined and not self.items[number - 1].name and (m.name or m.unit or m.own)]
                last = of_last or list(self._bare(number, item))
            else:
                continue
            found += last
        return sorted(found, key=lambda m: (m.start, m.end))

    def _addresses(self) -> Iterator[Mention]:
        """Yield the sites that are given by their address alone, or by an address behind an unquoted name."""
        taken = {i.handle[0] for i in self.items if i.handle}
        for start, end, span, platform in self._ids():
            if platform is not Platform.WEBSITE or span[0] in taken:
                continue
            left = self._left(start)
            first, last = self._trimmed(left, start)
            named = self.plain[start] == "(" and 3 < last - first <= 24 and _SITE_NAME.fullmatch(self.plain[first:last])
            name = (first, last) if named else span
            yield Mention(name[0], end, name, Platform.WEBSITE, handle=span)

    # --- what stands there

    def _items(self) -> list[_Item]:
        plain = self.plain
        items = [_Item(q.start, q.end, (q.first, q.last)) for q in quotes.names(plain)]
        items += list(self._tags())
        items += list(self._handles())
        items.sort(key=lambda i: i.start)
        starts = [i.start for i in items]
        ids = self._ids()
        id_starts = [start for start, *_ in ids]

        def inside(at: int) -> bool:
            n = bisect_left(starts, at + 1) - 1
            k = bisect_left(id_starts, at + 1) - 1
            return (n >= 0 and at < items[n].end) or (k >= 0 and at < ids[k][1])

        platforms: list[_Item] = []
        for mark in self.marks:
            means = mark.meaning
            kind = isinstance(means, Platform) or means in (Does.ACCOUNT, Does.ELSEWHERE, Does.SITE)
            if not kind or inside(mark.start):
                continue
            last = platforms[-1] if platforms else None
            if last and mark.start < last.end:
                continue
            if last and (last.end == mark.start or plain[last.end : mark.start] == "官方"):
                if means is Does.ACCOUNT or means is last.platform:
                    last.end = mark.end
                    continue
            end = mark.end
            if means is not Does.ACCOUNT and (tail := _TAIL.match(plain, end)):
                end = tail.end()
            site = means is Does.SITE
            if site and (more := _STATION.match(plain, end)):
                end = more.end()
            platform = Platform.WEBSITE if site else means if isinstance(means, Platform) else None
            platforms.append(
                _Item(mark.start, end, None, platform, means is Does.ELSEWHERE, means is Does.ACCOUNT, site, (mark.start, end))
            )
        return self._dressed(sorted([*items, *platforms], key=lambda i: i.start), ids)

    def _tags(self) -> Iterator[_Item]:
        """Yield names between two #, and the platforms that other such words tell of: #再见微博# @石楼融媒."""
        for match in _TAG.finditer(self.plain):
            inside = self.marks[bisect_left(self.mark_starts, match.start()) : bisect_left(self.mark_starts, match.end())]
            if not inside and not quotes.is_title(match[1]):
                yield _Item(match.start(), match.end(), match.span(1))
            for mark in inside[:1]:
                if isinstance(mark.meaning, Platform):
                    yield _Item(match.start(), match.end(), None, mark.meaning, said=(mark.start, mark.end))

    def _handles(self) -> Iterator[_Item]:
        for match in _HANDLE.finditer(self.plain):
            start, end = match.span(1)
            end = next((p for p in range(start + 1, end) if p in self.gaps), end)
            n = bisect_left(self.mark_ends, start + 1)
            if n < len(self.marks) and start < self.marks[n].start < end:
                end = self.marks[n].start
            n = bisect_left(self.day_ends, start + 1)
            if n < len(self.days) and start < self.days[n].start < end:
                end = self.days[n].start
            if self.plain[end - 1] in "和与及" and self.plain.startswith("@", end):
                end -= 1
            if end - start > 1 and self.plain[start:end] not in ("所有人", "全体成员", "我", "你"):
                yield _Item(start - 1, end, (start, end))

    def _ids(self) -> list[tuple[int, int, Span, Platform | None]]:
        found = [(*m.span(), m.span(2), _IDS[m[1]]) for m in _ID.finditer(self.plain)]
        found += [(*m.span(), m.span(1), Platform.WEBSITE) for m in _HOST.finditer(self.plain)]
        return sorted(found)

    def _dressed(self, items: list[_Item], ids: Sequence[tuple[int, int, Span, Platform | None]]) -> list[_Item]:
        """Give each item the id and the former names that stand behind it, and let them be part of it."""
        kept: list[_Item] = []
        waiting = list(reversed(ids))
        for item in items:
            while waiting and waiting[-1][0] < item.start:
                self._identify(kept, *waiting.pop())
            before = self.plain[max(0, item.start - 8) : item.start]
            if item.name and _CALLED.search(before):
                continue
            if item.name and kept and _ALIAS.search(before) and item.start - kept[-1].end <= 6:
                kept[-1].aliases.append(item.name)
                kept[-1].end = item.end + self.plain.startswith(")", item.end)
                continue
            kept.append(item)
        while waiting:
            self._identify(kept, *waiting.pop())
        return kept

    def _identify(self, kept: Sequence[_Item], start: int, end: int, span: Span, platform: Platform | None) -> None:
        if not kept:
            return
        item = kept[-1]
        between = self.plain[item.end : start]
        inside = between.startswith("(") and len(between) <= 40 and not any(c in between for c in ")\n。;")
        if not inside and (not 0 <= len(between) <= 2 or "\n" in between):
            return
        if platform is Platform.WEBSITE:
            span = (span[0], span[1] - self.plain.endswith("/", 0, span[1]))
        if inside and ")" in self.plain[end : end + 30]:
            end = self.plain.index(")", end) + 1 if self.plain[end - 1] != ")" else end
        if platform is Platform.WEBSITE and item.name and not item.platform:
            return
        item.handle, item.end = span, end
        if item.name and platform and not item.platform:
            item.platform = platform

    # --- what belongs together

    def _gap(self, one: _Item, other: _Item) -> tuple[_Gap, bool]:
        """Return how two items hang together, and whether what stands between says that there are several."""
        text = self.plain[one.end : other.start]
        if not text:
            return _Gap.BESIDE, False
        if len(text) > _LONGEST_GAP or "\n" in text:
            return _Gap.BREAK, False
        left = _FILLER.sub("", text).replace(COLUMN, "")
        if not all(c in _BRACKETS or c in _JOINS or c == "," for c in left):
            return _Gap.BREAK, False
        kind = _Gap.COMMA if "," in left else _Gap.LIST if any(c in _JOINS for c in left) or "以及" in text else _Gap.BESIDE
        return kind, _PLURAL.search(text) is not None

    def _kind(self, number: int) -> _Gap:
        return self.between[number][0] if 0 <= number < len(self.between) else _Gap.BREAK

    def _pair(self) -> None:
        """Give each platform word the name directly before it, else the one directly behind it."""
        items = self.items
        for n, item in enumerate(items):
            if item.name or item.site:
                continue
            left = items[n - 1] if n and self._kind(n - 1) is _Gap.BESIDE else None
            right = items[n + 1] if self._kind(n) is _Gap.BESIDE else None
            if left and left.name and not left.owners:
                left.owners.append(item)
                item.used = True
            elif right and right.name:
                if self._is_column(right):
                    continue
                follows = self._kind(n + 1) is _Gap.BESIDE and n + 2 < len(items) and not items[n + 2].name
                if follows and not (item.platform and items[n + 2].account):
                    item.used = item.account
                else:
                    right.owners.append(item)
                    item.used = True

    def _is_column(self, item: _Item) -> bool:
        """Tell whether a name in quotes is that of a column: “部门信息公开”栏目."""
        n = bisect_left(self.mark_starts, item.end)
        column = n < len(self.marks) and self.marks[n].start == item.end and self.marks[n].meaning is Does.COLUMN
        return column or _PART.match(self.plain, item.end) is not None

    def _spread(self) -> None:
        """Let a platform count for the names it closes or opens a list of, and a name for the platforms of its list."""
        items = self.items
        for n, item in enumerate(items):
            if item.name or not item.used:
                continue
            before = n > 0 and items[n - 1].name and item in items[n - 1].owners
            step = -1 if before else 1
            plural = bool(n and self.between[n - 1][1])
            other = n + (-2 if before else 2)
            while 0 <= other < len(items) and items[other].name and not items[other].owners:
                kind = self._kind(other if before else other - 1)
                if kind is _Gap.BREAK or (kind is _Gap.COMMA and not (plural and before)):
                    break
                items[other].owners.append(item)
                other += step
        for n, item in enumerate(items):
            if item.name or item.used or item.account or self._kind(n - 1) not in (_Gap.LIST, _Gap.COMMA):
                self._summary(n, item)
                continue
            if not items[n - 1].name and items[n - 1].used:
                shared = [i for i in items if i.owners and items[n - 1] in i.owners] if n < 2 else self._sharing(n)
                for name in shared:
                    name.owners.append(item)
                item.used = bool(shared)
        for n in range(len(items) - 2, -1, -1):
            item = items[n]
            if not item.name and not item.used and not item.account and self._kind(n) is _Gap.LIST and not items[n + 1].name:
                after = items[n + 2] if n + 2 < len(items) else None
                if after and after.name and items[n + 1] in after.owners and self._kind(n + 1) is _Gap.BESIDE:
                    after.owners.insert(0, item)
                    item.used = True

    def _sharing(self, number: int) -> list[_Item]:
        """Return the names that the platform before a place in the list counts for: those of the list before it."""
        platform, found = self.items[number - 1], []
        for other in range(number - 2, max(-1, number - 14), -1):
            if platform in self.items[other].owners:
                found.append(self.items[other])
        return found[::-1]

    def _summary(self, number: int, item: _Item) -> None:
        """Pass over 等账号 behind platforms that were named: it says nothing new."""
        if item.account and not item.used and number and not self.items[number - 1].name:
            text = self.plain[self.items[number - 1].end : item.start]
            if text.startswith(("等", "两", "三", "四", "五")) and len(text) < 6:
                item.used = True

    # --- what is said of each

    def _named(self, number: int, item: _Item) -> list[Mention]:
        owners = [o for o in item.owners if not o.account] or item.owners[:1]
        end = max([item.end, *(o.end for o in owners)])
        start = min([item.start, *(o.start for o in owners)])
        unit = self._unit_before(start)
        base = Mention(
            start if owners and owners[0].start < item.start else item.start,
            end, item.name, item.platform, handle=item.handle, aliases=item.aliases, unit=unit, weak=not owners and not item.platform,
        )  # fmt: skip
        if unit and base.weak is False:
            base.start = min(base.start, unit[0])
        return [self._on(base, o) for o in owners] or [self._site(base)]

    def _on(self, base: Mention, owner: _Item) -> Mention:
        return replace(
            base,
            platform=owner.platform or base.platform,
            said=owner.said,
            elsewhere=owner.elsewhere,
            handle=base.handle or owner.handle,
            aliases=[*base.aliases, *owner.aliases],
            columns=[],
        )

    def _site(self, base: Mention) -> Mention:
        """Return a quoted name that says itself what it is the name of: 《石泉县招商网》."""
        if base.name and not base.platform and self.plain[: base.name[1]].endswith(("网站", "网")) and base.name[1] - base.name[0] > 3:
            return replace(base, platform=Platform.WEBSITE, said=None)
        return base

    def _bare(self, number: int, item: _Item) -> Iterator[Mention]:
        """Yield the accounts that a platform word without a quoted name speaks of."""
        if _FIELD.match(self.plain, item.end):
            return
        listed = list(self._listed(item))
        if listed:
            yield from listed
            return
        if mention := self._keyed(item):
            yield mention
            return
        start = self._left(item.start)
        text = _RIGHT.sub("", self.plain[start : item.start])
        several = _PLURAL.search(self.plain, start + len(text), item.start) is not None
        pieces = list(self._pieces(start, start + len(text), several))
        for first, last in pieces if len(pieces) == 1 else [p for p in pieces if p[0] < p[1]]:
            if mention := self._unquoted(item, first, last):
                yield mention

    def _keyed(self, item: _Item) -> Mention | None:
        """Return the account of 微信公众号:新化档案, and of 双清科协(微信公众号)."""
        plain = self.plain
        if item.account or item.site:
            return None
        if plain.startswith(":", item.end) and (found := _KEYED.match(plain, item.end + 1)):
            span = found.span()
        elif plain[item.start - 1 : item.start] == "(" and plain.startswith(")", item.end):
            low = max(0, item.start - 1 - _LONGEST_NAME)
            first = max((m.end() for m in _SPLIT_AT.finditer(plain, low, item.start - 1)), default=low)
            span = self._trimmed(first, item.start - 1)
        else:
            return None
        text = plain[slice(*span)]
        if not _NAME.fullmatch(text) or len(text) > _LONGEST_NAME:
            return None
        start, end = min(span[0], item.start), max(span[1], item.end)
        mention = Mention(start, end, span, item.platform, item.said, item.elsewhere, handle=item.handle)
        before = plain[start - 1 : start]
        mention.unit = self._unit_before(start - 1) if before == "(" else None
        return mention

    def _pieces(self, start: int, end: int, several: bool) -> Iterator[Span]:
        """Yield the parts of an unquoted list, each without the words that lead up to it."""
        text = self.plain[start:end]
        cuts = [m.span() for m in re.finditer(r"、|/", text)]
        if several and not cuts or cuts:
            cuts += [m.span() for m in re.finditer(r"以及|和|与|及", text) if self._joins(start + m.start(), start + m.end(), end)]
        if cuts and not several:
            cuts = [(0, max(cuts)[1])]
        edges = [0, *(e for cut in sorted(cuts) for e in cut), len(text)]
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            yield self._trimmed(start + first, start + last)

    def _joins(self, start: int, end: int, last: int) -> bool:
        """Tell whether a word like 和 joins two names, rather than stand in one: 和平街道, 教育和体育局."""
        return start > 0 and self._starts_place(end) and not self._starts_place(start)

    def _unquoted(self, item: _Item, first: int, last: int) -> Mention | None:
        text = self.plain[first:last]
        if item.platform is Platform.WEBSITE or units.is_unit(text):
            first += units.start_in(text, self.places)
            text = self.plain[first:last]
        mention = Mention(min(first, item.start), item.end, None, item.platform, item.said, item.elsewhere, handle=item.handle)
        mention.aliases = item.aliases
        if _OWN.fullmatch(text):
            mention.own = True
            if found := _NAMED.match(self.plain, item.end):
                mention.name, mention.own, mention.end = found.span(1), False, found.end()
        elif item.platform is Platform.WEBSITE and text in _NO_SITE:
            mention.own = True
        elif _OTHER.search(text):
            mention.other = True
        elif not text:
            if item.account or item.site:
                return None
            mention.own = True
            mention.weak = True
        elif item.platform is Platform.WEBSITE and _SITE_NAME.fullmatch(text):
            mention.name = (first, item.said[1] if item.said else item.end)
            mention.unit = (first, last) if units.is_unit(text) else None
        elif units.is_unit(text):
            mention.unit = (first, last)
        elif _NAME.fullmatch(text) and len(text) <= _LONGEST_NAME and not item.account and not _GENERIC.search(text):
            mention.name = (first, last)
        else:
            mention.other = True
            mention.weak = True
        return mention

    def _listed(self, item: _Item) -> Iterator[Mention]:
        """Yield the unquoted names of a list: 关停4个(甲、乙、丙、丁,均为微信公众号), 微信公众号3个:甲、乙、丙."""
        before = self.plain[max(0, item.start - 240) : item.start]
        if found := _ALL_ARE.search(before):
            base = item.start - len(before)
            span = (base + found.start(1), base + found.end(1))
        elif found := _COUNTED.match(self.plain, item.end):
            span = found.span(1)
        else:
            return
        for match in re.finditer(r"[^、,]+", self.plain[span[0] : span[1]]):
            first, last = span[0] + match.start(), span[0] + match.end()
            text = self.plain[first:last]
            if _NAME.fullmatch(text) and len(text) <= _LONGEST_NAME:
                yield Mention(first, max(last, item.end), (first, last), item.platform, item.said, item.elsewhere)

    def _unit_before(self, start: int) -> Span | None:
        """Return the organisation whose name ends where something starts, but for words like 官方 and 的."""
        left = self._left(start)
        text = _RIGHT.sub("", self.plain[left:start])
        if not text or left + len(text) < start - 12:
            return None
        first, last = self._trimmed(left, left + len(text))
        first += units.start_in(self.plain[first:last], self.places)
        return (first, last) if units.is_unit(self.plain[first:last]) else None

    def _left(self, end: int) -> int:
        """Return where the words directly before a place start: behind the last punctuation, verb or date."""
        low = max(0, end - REACH)
        bound = max((m.end() for m in _BOUND.finditer(self.plain, low, end)), default=low)
        n = bisect_left(self.mark_ends, end + 1) - 1
        while n >= 0 and self.mark_ends[n] > bound:
            mark = self.marks[n]
            if mark.meaning not in (Does.ACCOUNT, Does.COLUMN) and mark.end <= end and not self._part(mark):
                bound = mark.end
                break
            n -= 1
        n = bisect_left(self.day_ends, end + 1) - 1
        if n >= 0 and self.day_ends[n] > bound:
            bound = self.day_ends[n]
        return bound

    def _part(self, mark: Mark) -> bool:
        """Tell whether a word is but a part of a name: 网站 of 网站管理中心 is none, 通过 of 通过微博 is."""
        return False

    def _trimmed(self, first: int, last: int) -> Span:
        """Return a stretch without the words that lead up to a name, which a place's name is never taken for."""
        while first < last and not self._starts_place(first):
            found = _LEAD.match(self.plain, first, last)
            if not found:
                break
            first = found.end()
        about = self.plain.rfind("关于", first, last)
        first = about + 2 if about >= 0 else first
        cut = self.plain.rfind("的", first, last)
        return (cut + 1 if cut >= 0 else first), last

    def _starts_place(self, at: int) -> bool:
        found = self.places.mentions(self.plain[at : at + 10])
        return bool(found) and found[0].start == 0


# Behind these a platform word is a field of work, or a part of another word.
_FIELD = re.compile(r"集约化|建设|普查|抽查|检查|管理办法|发展|备案|监管|管理工作|管理规定|管理要求|管理有关|运行情况|检查情况|绩效|矩阵|工作要求|规范|整合|平台规则|技术|主体变更|服务能力|运营规范|运营维护|运维|领域|行业|年代|时代")
_RIGHT = re.compile(
    r"(?:官方认证|官方|政务新媒体|政务|认证|实名|同名|名为|旗下|所属|主办|主管|运营|开设|开通|管理|维护|注册|以及|等|的|共|这|两|三|四|"
    r"[0-9一二两三四五六七八九十百]{1,4}(?:个|家|款|大|类)|均为|分别为|都是|上|在|与|和|及|:)+\Z"
)
_LEAD = re.compile(
    r"按照|根据|依据|贯彻落实|落实|遵照|定于|定|关于|有关|由于|因为|因|现将|现|从|自|起|前|已将|已|将|把|对|由|经|在|于|至|到|为|请|以及|及|和|与|同时|其中|包括|分别|即|我们|决定|研究|同意|"
    r"拟|均|并|如|凡|新增|此前|原有|旧|现有|停止|后续|今后|届时|相关|下线|官方|政务|\d{1,2}[、.)]|[一二三四五六七八九十]{1,3}[、.)]|"
    r"您可|可以|可|您|大家|用户|网友|市民|了解|统一|全部|陆续|逐步|正式|其他|其它|同步|就|向|给|是|也|还|或者|或|称|时|时起|零时起|日|日起|后"
)
_OWN = re.compile(
    r"(?:本|我|该|此|咱|咱们|我们|上述|以上|以下|下列|这个|这些|前述|原|本着|敝)(?:[\u4e00-\u9fff]{0,8}?(?:局|委|办|园|校|镇|乡|县|市|区|"
    r"村|院|所|站|队|馆|中心|街道|社区|单位|公司|旗|州|厅|部|会|处|室|台|社|司|署|支队|大队|总队|分局|们|家))?"
)
_OTHER = re.compile(
    r"其他|其它|相关|有关|上级|各类|各级|各|多个|多家|部分|一批|全部|所有|任何|哪|某|若干|不少|许多|数个|几个|新的|这些|那些|以上|如下|上列|之类|"
    r"主管部门|不同|另外|一个|一些|全市|全县|全区|全省|全国|开设|注册|名下|发现|存在|关注|我[局委县市区镇院]|本[局委县市区镇院]"
)
# 本公众号(宁远公安交警)
_NAMED = re.compile(r"\(“?((?!以下|简称|下称|原名|主体|微信|抖音|账号)[\u4e00-\u9fffa-z0-9·_-]{2,20})”?\)")
_NO_SITE = frozenset("新 新版 旧版 官方 原 新的 本单位 我们 统一 全新 政府 门户 政务".split())
_SITE_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·\-()]{2,40}")
_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·_+\-]{2,24}")
_GENERIC = re.compile(
    r"^(?:新|老|旧|原|新的|旧的|自己)$|^(?:政务|官方|单位|部门|学校|街道|乡镇|社区|基层|县级|政府|校园|企业|个人|教育系统|中小学|工作|信息|内容|平台|新媒体|"
    r"指尖|各地|多地|当地|地方|自媒体|僵尸|睡眠|空壳|人员|手机|网络|注销|关停|停用|短视频)|(?:了|着|过|吗|呢|是|的|将|把|被|从|我|你|他|这|那|"
    r"什么|怎么|如何|没有|可以|需要|进行|提供|通过|利用|打开|使用|推送|发布会|登录|登记|要求|系统|账号|用户|粉丝|人数|关注|数量|个数)"
)
_ALL_ARE = re.compile(r"[(:]([^(:)。;\n“”]{2,200}),?(?:均为|都是|均系|皆为|全部为|都为)\Z")
_COUNTED = re.compile(r"(?:账号)?[0-9一二两三四五六七八九十]{1,3}个[:(]([^:。;\n()“”「」《》]{2,200})")
