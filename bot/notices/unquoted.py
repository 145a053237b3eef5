"""Floor 5. Accounts whose names stand without quotes: 平湖科普微信公众号, 关停3个:甲、乙、丙, 本公众号."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.notices import units
from bot.notices.before import RIGHT, Before
from bot.notices.grouping import PLURAL
from bot.notices.items import Item
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.values import Platform

# No name without quotes is longer.
_LONGEST_NAME = 20
# Two characters without quotes are a field of work: 区里的教育公众号.
_SHORTEST_NAME = 2
# Behind these a platform word is a field of work, or a part of another word.
_FIELD = re.compile(
    r"集约化|建设|普查|抽查|检查|管理办法|发展|备案|监管|管理工作|管理规定|管理要求|管理有关|运行情况|检查情况|绩效|矩阵|工作要求|规范|整合|"
    r"平台规则|技术|主体变更|服务能力|运营规范|运营维护|运维|领域|行业|年代|时代"
)
_CUT = re.compile(r"[、/]")
_AND = re.compile(r"以及|和|与|及")
_OWN = re.compile(
    r"(?:(?:以上|上述|这|该|此|下列|以下)?[两二三四五六七八九十2-9](?:个|家|款)?|本|我|该|此|咱们|咱|我们|上述|以上|以下|下列|这个|这些|前述|原|敝)(?:[\u4e00-\u9fff]{0,8}?(?:局|委|办|园|校|镇|乡|县|市|区|"
    r"村|院|所|站|队|馆|中心|街道|社区|单位|公司|旗|州|厅|部|会|处|室|台|社|司|署|支队|大队|总队|分局|们|家))?|学校|我们学校|医院"
)
_OPENS = ("“", "‘", "「", "『", "《", "【")
_SELVES = frozenset({"本号", "该号", "此号", "原号", "旧号", "老号", "这个号", "这个小号"})
_OTHER = re.compile(
    r"其他|其它|相关|有关|上级|各|多个|多家|部分|一批|全部|所有|任何|哪|某|若干|不少|许多|数个|几个|新的|这些|那些|以上|如下|上列|之类|"
    r"^等|^(?:各?部门|单位|乡镇|县直|市直|区直)$|主管部门|不同|另外|一个|一些|全市|全县|全区|全省|全国|开设|注册|名下|发现|存在|关注|我[局委县市区镇院]|本[局委县市区镇院]"
)
_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·_+\-]{2,24}")
_GENERIC = re.compile(
    r"最后|^等|[条篇则段]\Z|(?:部门|单位|系统|机构|学校|企业)\Z|^(?:发布|推送|更新)|^(?:新|老|旧|原|新的|旧的|自己)$|^(?:孩子|家长|自家|下属|所属|园所|校园|辖区|下辖|部分|其余)|[一二三四五六七八九十多两数几](?:地|家|个|省|所|批)|^(?:政务|官方|单位|部门|学校|街道|乡镇|社区|基层|县级|政府|校园|企业|个人|教育系统|中小学|工作|信息|内容|"
    r"平台|新媒体|指尖|各地|多地|当地|地方|自媒体|僵尸|睡眠|空壳|人员|手机|网络|注销|关停|停用|短视频)|"
    r"(?:了|着|过|吗|呢|请|以新|等政策|是|的|将|把|被|从|我|你|他|这|那|什么|怎么|如何|没有|可以|需要|进行|提供|通过|利用|打开|使用|推送|发布会|登录|登记|要求|系统|"
    r"账号|用户|粉丝|人数|关注|数量|个数)"
)
_VERB = re.compile(
    r"旗下|将在|统一在|可在|改在|仍在|在(?!线|职|校|岗|地|乡|家|身边|村|成长|行动)|通过|将由|统一由|关注|移步|登录|访问|请看|停止更新|停更|注销|关停"
)
_SITE_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·\-()]{2,40}")
# X局所属新媒体账号: not one account, and not all of them.
_SEVERAL_OF = ("所属", "下属", "旗下", "部分", "主办的部分", "所办")
# A former name in brackets: 甲在线微信公众号(原名甲先锋).
_FORMERLY = re.compile(r"\((?:原名称?|原账号名称?|曾用名)[:为]?([\u4e00-\u9fffa-z0-9·]{2,20})\)")
# 旧版预约网址 names no site.
_NO_NAME_ENDS = frozenset({"网址", "网页"})
_NO_SITE = frozenset(
    ("新", "新版", "旧版", "官方", "原", "新的", "本单位", "我们", "统一", "全新", "政府", "门户", "政务")
)
# 本公众号(宁远公安交警), 关停4个(甲、乙、丙,均为微信公众号), 微信公众号3个:甲、乙、丙, 微信公众号:甲
_NAMED = re.compile(
    r"\((?:均|都)?(?:名为|名称为|名称:|账号名为|名叫)?“?((?!以下|简称|下称|原名|主体|微信|抖音|账号)[\u4e00-\u9fffa-z0-9·_-]{2,20})”?\)"
)
_ALL_ARE = re.compile(r"[(:]([^(:)。;\n“”]{2,200}),?(?:均为|都是|均系|皆为|全部为|都为)\Z")
_COUNTED = re.compile(
    r"(?:账号)?\(?(?:共)?[0-9一二两三四五六七八九十]{1,3}个\)?[:(]([^:。;\n()“”「」《》]{2,200})"
)
# 以下微信公众号自5月1日起停止更新:甲、乙、丙
_BELOW = re.compile(r"[^。;\n“”:]{0,40}:([^:。;\n()“”「」《》]{2,200})")
# 微信公众号平湖文旅停止更新
_FOLLOWS = re.compile(
    r"[\u4e00-\u9fff]{3,12}?(?=[、,。;(和与及]|将|自|于|从|已|因|停止|停更|关停|注销|更名|并入|\Z)"
)
_KEYED = re.compile(r"[\u4e00-\u9fffa-z0-9·_-]{2,20}(?=[,。;、)\n\t])")
_KEYED_LIST = re.compile(
    r":((?:[\u4e00-\u9fffa-z0-9·_-]{2,16}、)+[\u4e00-\u9fffa-z0-9·_-]{2,16})(?=[;。\n)]|\Z)"
)
_BRACKET = re.compile(r"\((?:官方|政务)?\Z")
_BETWEEN_COMMAS = re.compile(r"[^、,]+")
# 相关信息在区政府网站发布
# 借阅事项看图书馆网站
_SEE = re.compile(r"[^\n]{2,12}?(?:看|上|到|登录|访问|浏览|进入)(?=[\u4e00-\u9fff]{2,})(?!海|级|报)")
_IN = re.compile(r"[^在\n]{0,12}(?:信息|内容|公告|通知|动态|消息|新闻|公开|服务|业务)在(?!线)")
_SPLIT_AT = re.compile(r"[,。;:、()|\n\t“”\"]")


class Unquoted:
    """Reads the accounts that platform words without a name in quotes speak of."""

    def __init__(self, page: Page, items: Sequence[Item], before: Before) -> None:
        self.page = page
        self.plain = page.plain
        self.items = items
        self.before = before

    def read(self, item: Item) -> Iterator[Mention]:
        """Yield the accounts that a platform word without a quoted name speaks of."""
        if _FIELD.match(self.plain, item.end):
            return
        listed = [*self._listed(item)] or [m for m in [self._keyed(item)] if m]
        if listed:
            yield from listed
            return
        start = self.before.left(item.start)
        end = start + len(RIGHT.sub("", self.plain[start : item.start]))
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
            yield self.before.trimmed(first, last)

    def _alike(self, start: int, end: int, cuts: list[Span]) -> bool:
        """Tell whether all parts of a list look like names: organisations, or names that begin with the same word."""
        edges = [start, *(e for cut in sorted(cuts) for e in cut), end]
        parts = [
            self.page.text(self.before.trimmed(a, b)) for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
        same = all(p[:2] == parts[0][:2] for p in parts)
        return all(self._is_name(p) and len(p) <= 14 for p in parts) and (
            same or all(map(units.is_unit, parts))
        )

    def _joins(self, start: int, end: int, first: int) -> bool:
        """Tell whether a word like 和 joins two names, rather than stand in one: 和平街道, 教育和体育局."""
        return start > first and self.page.is_place(end)

    def _unquoted(self, item: Item, first: int, last: int) -> Mention | None:
        first = self._start(item, first, last)
        text = self.plain[first:last]
        mention = Mention(
            min(first, item.start), item.end, None, item.platform, item.said, item.elsewhere,
            handle=item.handle, aliases=item.aliases,
        )  # fmt: skip
        if former := _FORMERLY.match(self.plain, item.end):
            mention.aliases, mention.end = (*item.aliases, former.span(1)), former.end()
        if self.plain[first - 1 : first] in _OPENS:
            return None  # “僵尸网站”: what stands in quotes and is no name
        if self._is_own(item, text):
            mention.own = True
            self._name_behind(mention, item)
        elif _OTHER.search(text) or self.page.text(item.said) in _NO_NAME_ENDS:
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
            mention.other = item.account and self.plain.startswith(_SEVERAL_OF, last)
            self._name_behind(mention, item)
        elif not item.account and last - first > _SHORTEST_NAME and (name := self._own_name(first, last)):
            mention.name = name
            mention.start = min(name[0], item.start)
        else:
            mention.other = mention.weak = True
        return mention

    def _start(self, item: Item, first: int, last: int) -> int:
        """Return where the name of a site or an organisation starts: 相关信息在区政府网站 has it behind 在."""
        if item.platform is not Platform.WEBSITE and not units.is_unit(self.plain[first:last]):
            return first
        first += units.start_in(self.plain[first:last], self.page.places)
        inside = _IN.match(self.plain, first, last) or _SEE.match(self.plain, first, last)
        return inside.end() if inside else first

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
        if item.platform is Platform.WEBSITE and self.before.left(item.start) < item.start - _SHORTEST_NAME:
            return None  # 甲图书馆网站:电子书阅读
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
            span = self.before.trimmed(first, end)
        else:
            return None
        span = self._own_name(*span) or (0, 0)
        if span == (0, 0):
            return None
        start = min(span[0], item.start)
        mention = Mention(
            start, max(span[1], item.end), span, item.platform, item.said, item.elsewhere, handle=item.handle
        )
        mention.unit = self.before.unit_before(start - 1) if self.plain[start - 1 : start] == "(" else None
        return mention
