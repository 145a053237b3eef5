"""Floor 5. The accounts that a text speaks of: names with their platforms, quoted or not, alone or in lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.notices import items, units
from bot.notices.grouping import PLURAL, Gap, Grouping
from bot.notices.items import Id, Item
from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.notices.words import Does
from bot.records import Platform


@dataclass(slots=True, eq=False)
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
        own: whether it is only 本公众号.
        same: whether it is only 同名公众号, with the name of the one before.
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
    own: bool = False
    same: bool = False
    other: bool = False
    weak: bool = False


# How much text is looked at for a name without quotes.
_REACH, _LONGEST_NAME = 44, 20
# Two characters without quotes are a field of work: 区里的教育公众号.
_SHORTEST_NAME = 2

# Behind these a platform word is a field of work, or a part of another word.
_FIELD = re.compile(
    r"集约化|建设|普查|抽查|检查|管理办法|发展|备案|监管|管理工作|管理规定|管理要求|管理有关|运行情况|检查情况|绩效|矩阵|工作要求|规范|整合|"
    r"平台规则|技术|主体变更|服务能力|运营规范|运营维护|运维|领域|行业|年代|时代"
)
_BOUND = re.compile(r"[,。;:!?\n\t()\[\]“”\"‘’'「」『』《》【】#@]")
_CUT = re.compile(r"[、/]")
_AND = re.compile(r"以及|和|与|及")
# What stands between a name without quotes and its platform, and what leads up to such a name.
_RIGHT = re.compile(
    r"(?:官方认证|官方|政务新媒体|政务|认证|实名|同名|名为|旗下|所属|所办|所建|所开|开办|创办|创建|主办|主管|运营|开设|开通|管理|维护|注册|以及|等|的|共|这|两|三|四|"
    r"[0-9一二两三四五六七八九十百]{1,4}(?:个|家|款|大|类)|均为|分别为|都是|上|在|与|和|及|:)+\Z"
)
_LEAD = re.compile(
    r"[我本](?:局|委|办|园|校|镇|乡|县|市|区|院|所|站|队|馆|中心|街道|社区|单位|公司|旗|州|厅|部|会|处)(?=[\u4e00-\u9fff]{2})|(?:停更|关停|注销)?(?:公告|通知|启事|声明|通告|公示|告示)|按照|根据|依据|贯彻落实|落实|遵照|定于|定|关于|有关|由于|因为|因|现将|现|从|自|起|前|已将|已|将|把|对|由|经|在|于|至|到|为|请|以及|及|和|与|"
    r"同时|其中|包括|分别|即|我们|决定|研究|同意|拟|均|并|如|凡|新增|此前|原有|旧|现有|停止|后续|今后|届时|相关|下线|官方|政务|"
    r"\d{1,2}[、.)]|[一二三四五六七八九十]{1,3}[、.)]|您可|可以|可|您|大家|用户|网友|市民|了解|统一|全部|陆续|逐步|正式|其他|其它|同步|就|向|给|是|"
    r"也|还|或者|或|称|时起|零时起|时|日起|日|后"
)
_OWN = re.compile(
    r"(?:(?:以上|上述|这|该|此|下列|以下)?[两二三四五六七八九十2-9](?:个|家|款)?|本|我|该|此|咱们|咱|我们|上述|以上|以下|下列|这个|这些|前述|原|敝)(?:[\u4e00-\u9fff]{0,8}?(?:局|委|办|园|校|镇|乡|县|市|区|"
    r"村|院|所|站|队|馆|中心|街道|社区|单位|公司|旗|州|厅|部|会|处|室|台|社|司|署|支队|大队|总队|分局|们|家))?"
)
_OPENS = ("“", "‘", "「", "『", "《", "【")
_SELVES = frozenset({"本号", "该号", "此号", "原号", "旧号", "老号"})
_OTHER = re.compile(
    r"其他|其它|相关|有关|上级|各|多个|多家|部分|一批|全部|所有|任何|哪|某|若干|不少|许多|数个|几个|新的|这些|那些|以上|如下|上列|之类|"
    r"主管部门|不同|另外|一个|一些|全市|全县|全区|全省|全国|开设|注册|名下|发现|存在|关注|我[局委县市区镇院]|本[局委县市区镇院]"
)
_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·_+\-]{2,24}")
_GENERIC = re.compile(
    r"最后|[条篇则段]\Z|^(?:发布|推送|更新)|^(?:新|老|旧|原|新的|旧的|自己)$|^(?:下属|所属|园所|校园|辖区|下辖|部分|其余)|[一二三四五六七八九十多两数几](?:地|家|个|省|所|批)|^(?:政务|官方|单位|部门|学校|街道|乡镇|社区|基层|县级|政府|校园|企业|个人|教育系统|中小学|工作|信息|内容|"
    r"平台|新媒体|指尖|各地|多地|当地|地方|自媒体|僵尸|睡眠|空壳|人员|手机|网络|注销|关停|停用|短视频)|"
    r"(?:了|着|过|吗|呢|是|的|将|把|被|从|我|你|他|这|那|什么|怎么|如何|没有|可以|需要|进行|提供|通过|利用|打开|使用|推送|发布会|登录|登记|要求|系统|"
    r"账号|用户|粉丝|人数|关注|数量|个数)"
)
_VERB = re.compile(
    r"旗下|将在|统一在|可在|改在|仍在|在(?!线|职|校|岗|地|乡|家|身边|村|成长|行动)|通过|将由|统一由|关注|移步|登录|访问|请看|停止更新|停更|注销|关停"
)
_SITE_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·\-()]{2,40}")
_NO_SITE = frozenset(
    ("新", "新版", "旧版", "官方", "原", "新的", "本单位", "我们", "统一", "全新", "政府", "门户", "政务")
)
# 本公众号(宁远公安交警), 关停4个(甲、乙、丙,均为微信公众号), 微信公众号3个:甲、乙、丙, 微信公众号:甲
_NAMED = re.compile(r"\(“?((?!以下|简称|下称|原名|主体|微信|抖音|账号)[\u4e00-\u9fffa-z0-9·_-]{2,20})”?\)")
_ALL_ARE = re.compile(r"[(:]([^(:)。;\n“”]{2,200}),?(?:均为|都是|均系|皆为|全部为|都为)\Z")
_COUNTED = re.compile(
    r"(?:账号)?\(?(?:共)?[0-9一二两三四五六七八九十]{1,3}个\)?[:(]([^:。;\n()“”「」《》]{2,200})"
)
# 以下微信公众号自5月1日起停止更新:甲、乙、丙
_BELOW = re.compile(r"[^。;\n“”:]{0,40}:([^:。;\n()“”「」《》]{2,200})")
# 微信公众号平湖文旅停止更新
_FOLLOWS = re.compile(
    r"[\u4e00-\u9fff]{3,12}?(?=[、,。;和与及]|将|自|于|从|已|因|停止|停更|关停|注销|更名|并入|\Z)"
)
_KEYED = re.compile(r"[\u4e00-\u9fffa-z0-9·_-]{2,20}(?=[,。;、)\n\t])")
_KEYED_LIST = re.compile(
    r":((?:[\u4e00-\u9fffa-z0-9·_-]{2,16}、)+[\u4e00-\u9fffa-z0-9·_-]{2,16})(?=[;。\n)]|\Z)"
)
_BRACKET = re.compile(r"\((?:官方|政务)?\Z")
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
_BETWEEN_COMMAS = re.compile(r"[^、,]+")
_SPLIT_AT = re.compile(r"[,。;:、()|\n\t“”\"]")


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

    def mentions(self) -> list[Mention]:
        """Return all mentions."""
        found: list[Mention] = [*self._addresses()]
        last: list[Mention] = []
        for number, item in enumerate(self.items):
            if item.name:
                last = self._named(item)
            elif not item.used:
                last = self._again(number, item, last) or list(self._bare(item))
            else:
                continue
            found += last
        return sorted(found, key=lambda m: (m.start, m.end))

    # --- names in quotes

    def _named(self, item: Item) -> list[Mention]:
        owners = [o for o in item.owners if not o.account] or item.owners[:1]
        start = min([item.start, *(o.start for o in owners)])
        unit = self._unit_before(start)
        mention = Mention(
            owners[0].start if owners and owners[0].start < item.start else item.start,
            max([item.end, *(o.end for o in owners)]),
            item.name, item.platform, item.said, handle=item.handle, aliases=item.aliases, unit=unit,
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
        return [self._on(mention, o) for o in owners] or [self._site(mention)]

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

    def _on(self, mention: Mention, owner: Item) -> Mention:
        if (
            owner.platform is Platform.APP
            and len(name := self.page.text(mention.name)) > 3
            and name.endswith("网")
        ):
            return self._site(replace(mention, platform=None, weak=False))  # “甲网”(www…)和“乙”客户端
        return replace(
            mention,
            platform=owner.platform or mention.platform,
            said=owner.said,
            elsewhere=owner.elsewhere,
            handle=mention.handle or owner.handle,
            aliases=[*mention.aliases, *owner.aliases],
        )

    def _site(self, mention: Mention) -> Mention:
        """Return a quoted name that says itself what it is the name of: 《石泉县招商网》."""
        name = self.page.text(mention.name)
        if not mention.platform and len(name) > 3 and name.endswith(("网站", "网")):
            return replace(mention, platform=Platform.WEBSITE)
        return mention

    # --- names without quotes

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

    def _bare(self, item: Item) -> Iterator[Mention]:
        """Yield the accounts that a platform word without a quoted name speaks of."""
        if _FIELD.match(self.plain, item.end):
            return
        listed = [*self._listed(item)] or [m for m in [self._keyed(item)] if m]
        if listed:
            yield from listed
            return
        start = self._left(item.start)
        end = start + len(_RIGHT.sub("", self.plain[start : item.start]))
        pieces = list(self._pieces(start, end, PLURAL.search(self.plain, end, item.start) is not None))
        for piece in pieces if len(pieces) == 1 else [p for p in pieces if p[0] < p[1]]:
            if mention := self._unquoted(item, *piece):
                yield mention

    def _pieces(self, start: int, end: int, several: bool) -> Iterator[Span]:
        """Yield the parts of an unquoted list, each without the words that lead up to it; else its last part."""
        cuts = [m.span() for m in _CUT.finditer(self.plain, start, end)]
        if several:
            cuts += [
                m.span()
                for m in _AND.finditer(self.plain, start, end)
                if self._joins(m.start(), m.end(), start)
            ]
        elif cuts and not self._alike(start, end, cuts):
            cuts = [(start, max(cuts)[1])]
        edges = [start, *(e for cut in sorted(cuts) for e in cut), end]
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            yield self._trimmed(first, last)

    def _alike(self, start: int, end: int, cuts: list[Span]) -> bool:
        """Tell whether all parts of a list look like names: organisations, or names that begin with the same word."""
        edges = [start, *(e for cut in sorted(cuts) for e in cut), end]
        parts = [self.page.text(self._trimmed(a, b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        same = all(p[:2] == parts[0][:2] for p in parts)
        return all(self._is_name(p) and len(p) <= 14 for p in parts) and (
            same or all(map(units.is_unit, parts))
        )

    def _joins(self, start: int, end: int, first: int) -> bool:
        """Tell whether a word like 和 joins two names, rather than stand in one: 和平街道, 教育和体育局."""
        return start > first and self.page.is_place(end)

    def _unquoted(self, item: Item, first: int, last: int) -> Mention | None:
        text = self.plain[first:last]
        if item.platform is Platform.WEBSITE or units.is_unit(text):
            first += units.start_in(text, self.page.places)
            text = self.plain[first:last]
        mention = Mention(
            min(first, item.start), item.end, None, item.platform, item.said, item.elsewhere,
            handle=item.handle, aliases=item.aliases,
        )  # fmt: skip
        if self.plain[first - 1 : first] in _OPENS:
            return None  # “僵尸网站”: what stands in quotes and is no name
        if self._is_own(item, text):
            mention.own = True
            self._name_behind(mention, item)
        elif _OTHER.search(text):
            mention.other = True
        elif not text and (item.account or item.site):
            return None
        elif not text:
            mention.own = mention.weak = True
            mention.same = self.plain.endswith(("同名", "同名官方", "同名的"), 0, item.start)
        elif item.platform is Platform.WEBSITE and _SITE_NAME.fullmatch(text):
            mention.name = (first, item.said[1] if item.said else item.end)
            mention.unit = (first, last) if units.is_unit(text) else None
        elif units.is_unit(text):
            mention.unit = (first, last)
            self._name_behind(mention, item)
        elif not item.account and last - first > _SHORTEST_NAME and (name := self._own_name(first, last)):
            mention.name = name
            mention.start = min(name[0], item.start)
        else:
            mention.other = mention.weak = True
        return mention

    def _is_own(self, item: Item, text: str) -> bool:
        """Tell whether the words are no name: 本号, 我局公众号, 官方网站."""
        if item.account and self.plain[item.start : item.end] in _SELVES:
            return True
        return _OWN.fullmatch(text) is not None or (item.platform is Platform.WEBSITE and text in _NO_SITE)

    def _name_behind(self, mention: Mention, item: Item) -> None:
        """Take the name in brackets behind a platform: 本公众号(宁远公安交警)."""
        if found := _NAMED.match(self.plain, item.end):
            mention.name, mention.own, mention.end = found.span(1), False, found.end()

    def _own_name(self, first: int, last: int) -> Span | None:
        """Return the name in the words before a platform: behind a verb or preposition, and behind 原."""
        cuts = [m.end() for m in _VERB.finditer(self.plain, first, last) if not self.page.is_place(m.start())]
        first = max(cuts, default=first)
        if self.plain.startswith("原", first) and not self.page.is_place(first):
            first += 1
        text = self.plain[first:last]
        return (first, last) if self._is_name(text) and not _GENERIC.search(text) else None

    def _is_name(self, text: str) -> bool:
        return _NAME.fullmatch(text) is not None and len(text) <= _LONGEST_NAME

    def _listed(self, item: Item) -> Iterator[Mention]:
        """Yield the unquoted names of a list: 关停4个(甲、乙、丙、丁,均为微信公众号), 微信公众号3个:甲、乙、丙."""
        low = max(0, item.start - 240)
        start = item.start - 2 * self.plain.startswith(("官方", "政务"), max(0, item.start - 2))
        if self.plain.endswith(("均为", "都是", "均系", "皆为", "全部为", "都为"), low, start):
            found = _ALL_ARE.search(self.plain[low:start])
            span = (low + found.start(1), low + found.end(1)) if found else None
        else:
            found = _COUNTED.match(self.plain, item.end) or _KEYED_LIST.match(self.plain, item.end)
            if not found and self.plain.endswith(("以下", "下列"), 0, item.start):
                found = _BELOW.match(self.plain, item.end)
            span = found.span(1) if found else None
        if span:
            yield from self._names_of(item, *self._closed_by(item, *span))

    def _closed_by(self, item: Item, start: int, end: int) -> tuple[int, int, Item]:
        """Return a list of names without the platform that closes it, and whose they are: 新媒体3个:甲、乙、丙公众号."""
        last = next((i for i in self.items if i.end == end and i.start > start and i.platform), None)
        if not item.account or last is None or any(start <= i.start < last.start for i in self.items):
            return start, end, item
        last.used = True
        return start, last.start, last

    def _names_of(self, item: Item, start: int, end: int, owner: Item) -> Iterator[Mention]:
        for match in _BETWEEN_COMMAS.finditer(self.plain, start, end):
            if self._is_name(match[0]):
                first, last = match.span()
                yield Mention(
                    min(first, item.start),
                    max(last, item.end),
                    (first, last),
                    owner.platform,
                    owner.said,
                    owner.elsewhere,
                )

    def _keyed(self, item: Item) -> Mention | None:
        """Return the account of 微信公众号:新化档案, and of 双清科协(微信公众号)."""
        if item.account or item.site:
            return None
        found = _FOLLOWS.match(self.plain, item.end) if self.page.is_place(item.end) else None
        if found is None and self.plain.startswith(":", item.end):
            found = _KEYED.match(self.plain, item.end + 1)
        if found:
            span = found.span()
        elif (
            bracket := _BRACKET.search(self.plain[max(0, item.start - 3) : item.start])
        ) and self.plain.startswith(")", item.end):
            end = max(0, item.start - 3) + bracket.start()
            low = max(0, end - _LONGEST_NAME)
            first = max((m.end() for m in _SPLIT_AT.finditer(self.plain, low, end)), default=low)
            span = self._trimmed(first, end)
        else:
            return None
        span = self._own_name(*span) or (0, 0)
        if span == (0, 0):
            return None
        start = min(span[0], item.start)
        mention = Mention(
            start, max(span[1], item.end), span, item.platform, item.said, item.elsewhere, handle=item.handle
        )
        mention.unit = self._unit_before(start - 1) if self.plain[start - 1 : start] == "(" else None
        return mention

    def _addresses(self) -> Iterator[Mention]:
        """Yield the sites that are given by their address alone, or by an address behind an unquoted name."""
        taken = {i.handle[0] for i in self.items if i.handle}
        for code in self.ids:
            if code.platform is not Platform.WEBSITE or code.span[0] in taken:
                continue
            span = self._trimmed(self._left(code.start), code.start)
            span = (
                span[0] + len(self.plain[slice(*span)]) - len(self.plain[slice(*span)].lstrip("、和及与")),
                span[1],
            )
            bracket = self.plain[code.start] == "(" and 3 < span[1] - span[0] <= 24
            name = span if bracket and _SITE_NAME.fullmatch(self.page.text(span)) else code.span
            yield Mention(name[0], code.end, name, Platform.WEBSITE, handle=code.span)

    # --- the words before

    def _unit_before(self, start: int) -> Span | None:
        """Return the organisation whose name ends where something starts, but for words like 官方 and 的."""
        left = self._left(start)
        end = left + len(_RIGHT.sub("", self.plain[left:start]))
        if end == left or end < start - 12:
            return None
        left = max(left, self.plain.rfind("、", left, end) + 1)
        first, last = self._trimmed(left, end)
        first += units.start_in(self.plain[first:last], self.page.places)
        return (first, last) if units.is_unit(self.plain[first:last]) else None

    def _left(self, end: int) -> int:
        """Return where the words directly before a place start: behind the last punctuation, verb or date."""
        low = max(0, end - _REACH)
        found = _BOUND.search(self.plain[low:end][::-1])
        bound = end - found.start() if found else low
        for mark in self.page.marks.before(end):
            if mark.end <= bound:
                break
            if mark.meaning not in (Does.ACCOUNT, Does.COLUMN) and mark.end <= end:
                bound = mark.end
                break
        day = next(self.page.days.before(end), None)
        bound = day.end if day and bound < day.end <= end else bound
        for gap in [] if self.page.sheet.apart else reversed(self.page.sheet.spaces(bound + 1, end)):
            if len(_RIGHT.sub("", self.plain[gap:end])) > 1:
                return gap
        return bound

    def _trimmed(self, first: int, last: int) -> Span:
        """Return a stretch without the words that lead up to a name, which a place's name is never taken for."""
        while (
            first < last and (found := _LEAD.match(self.plain, first, last)) and not self.page.is_place(first)
        ):
            first = found.end()
        first = max(
            first, self.plain.rfind("关于", first, last) + 2 if "关于" in self.plain[first:last] else first
        )
        cut = self.plain.rfind("的", first, last)
        return (cut + 1 if cut >= 0 else first), last
