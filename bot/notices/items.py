"""Floor 5. What accounts are spoken of with: names in quotes or behind @, words for platforms, ids and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.notices import quotes
from bot.notices.page import Ordered, Page
from bot.notices.sheet import Span
from bot.notices.words import WORDS, Does, Mark
from bot.values import Platform

_IDS = {
    "微信号": Platform.WECHAT, "微信id": Platform.WECHAT, "公众号id": Platform.WECHAT, "原始id": Platform.WECHAT,
    "公众号": Platform.WECHAT, "视频号id": Platform.CHANNELS, "抖音号": Platform.DOUYIN, "抖音id": Platform.DOUYIN,
    "快手号": Platform.KUAISHOU, "快手id": Platform.KUAISHOU, "头条号": Platform.TOUTIAO, "微博id": Platform.WEIBO,
    "微博uid": Platform.WEIBO, "小红书号": Platform.XIAOHONGSHU, "uid": None, "账号id": None, "id": None, "账号": None,
}  # fmt: skip
_ID = re.compile(
    rf"(?=[(微公原抖快头视小账ui])\(?({'|'.join(sorted(_IDS, key=len, reverse=True))})(?:id|号码)?[:是为(]?"
    r"((?:gh_[0-9a-f]{6,20}|[a-z][a-z0-9_-]{4,30}|[0-9]{5,14})(?![a-z0-9_.-]))\)?"
)
# Alone, and what stands before one in quotes; 公众号“abcde” is a name.
_CODE = re.compile(r"gh_[0-9a-f]{6,20}|[a-z][a-z0-9_-]{4,30}")
_KEY = re.compile(
    rf"({'|'.join(sorted((k for k in _IDS if k.endswith('id') or k == '微信号'), key=len, reverse=True))})[:是为]?\Z"
)
_LONGEST_KEY = 8
_HOST = re.compile(
    r"(?=[(网域地:为a-z0-9])(?<![a-z0-9.@/-])\(?(?:网站域名|网址|域名|地址)?[:为]?(?:https?://)?"
    r"((?:[a-z0-9-]{1,40}\.){1,5}(?:cn|com|net|org|gov|info|top|中国)(?::[0-9]{2,5})?"
    r"(?:/[a-z0-9._~/?=&%+#-]{0,120})?)\)?"
)
_HANDLE = re.compile(r"@([\w·-]{2,24})")
_NOBODY = frozenset({"所有人", "全体成员"})
_TAG = re.compile(r"#([^#\n]{2,24})#")
# Before a name in quotes that is another name of the account before it, and before one that is none.
_ALIAS = re.compile(r"\((?:原名称|原账号名|曾用名|原名|原)[:为]?\Z")
_CALLED = re.compile(r"(?:认证为|认证是|认证信息为|简称|下称|统称|俗称)[:为]?\Z")
_SHORT = re.compile(r"[(,](?:以下)?(?:简称|下称)[:为]?\Z")
_TAIL = re.compile(r"(?:官方)?(?:账号|帐号|账户|号|平台)")
_PARTS = frozenset(WORDS[Does.COLUMN].split())
_STATION = re.compile(r"站|[\u4e00-\u9fff]{2,14}?(?:分站点|站点|分站|分厅)")
# Behind a platform these are on it, and no account.
_NO_ACCOUNT = ("话题", "直播间", "挑战赛", "超话", "用户群", "群聊", "表情包")
_OF_ACCOUNT = ("主体", "名称", "类型", "所属")
ALL_OF = ("系列", "全平台", "全媒体", "各平台", "所有", "全部")
# How far behind an account the bracket with its id may begin, and how long what stands before the id may be.
_NEAR, _INSIDE = 2, 40


@dataclass(slots=True)
class Id:
    """An account's id or a site's address: with the words for it `start` to `end`, alone `span`."""

    start: int
    end: int
    span: Span
    platform: Platform | None


@dataclass(slots=True, eq=False)
class Item:
    """A name, or a word for a platform.

    Attributes:
        start: where it starts, with its quotes.
        end: where it ends, with the brackets that belong to it.
        name: the name; `None` for a platform.
        platform: the platform; of a name, the one its id tells.
        elsewhere: whether that is a platform outside our list.
        account: whether the word is only 账号.
        site: whether the word is the end of a site's name: 政务服务网.
        said: the word for the platform.
        handle: the id that stands behind it.
        aliases: former names that stand behind it.
        short: what the text calls it from then on: (以下简称“Y”).
        owners: of a name, its platforms.
        used: of a platform, whether it is that of a name.
    """

    start: int
    end: int
    name: Span | None = None
    platform: Platform | None = None
    elsewhere: bool = False
    account: bool = False
    site: bool = False
    said: Span | None = None
    handle: Span | None = None
    aliases: tuple[Span, ...] = ()
    short: Span | None = None
    owners: tuple[Item, ...] = ()
    used: bool = False


def ids(page: Page) -> list[Id]:
    """Return the ids and addresses of a text, in order."""
    found = [Id(m.start(), m.end(), m.span(2), _IDS[m[1]]) for m in _ID.finditer(page.plain)]
    for match in _HOST.finditer(page.plain):
        start, end = match.span(1)
        found.append(
            Id(match.start(), match.end(), (start, end - (page.plain[end - 1] == "/")), Platform.WEBSITE)
        )
    return sorted([*found, *_quoted_ids(page, found)], key=lambda i: i.start)


def _quoted_ids(page: Page, found: list[Id]) -> Iterator[Id]:
    """Yield the ids in quotes: behind a word for one, (ID:“ningxian”), or said before."""
    said = {page.text(i.span) for i in found if i.platform is not Platform.WEBSITE}
    for quote in page.names:
        text = page.plain[quote.start + 1 : quote.end - 1]
        if not _CODE.fullmatch(text):
            continue
        key = _KEY.search(page.plain, max(0, quote.start - _LONGEST_KEY), quote.start)
        if key or text in said:
            said.add(text)
            start = key.start() if key else quote.start
            yield Id(start, quote.end, (quote.first, quote.last), _IDS[key[1]] if key else None)


def find(page: Page, known: list[Id]) -> list[Item]:
    """Return the names and platforms of a text in order, each with the ids and former names behind it."""
    coded = Ordered(known)
    names = [
        n for n in (*_quoted(page), *_tags(page), *_handles(page)) if not (known and coded.over(n.start))
    ]
    inside = Ordered(names)
    marks = [m for m in inside.outside(page.marks) if not (known and coded.over(m.start))]
    return _dressed(page, sorted([*names, *_platforms(page, marks)], key=lambda i: i.start), known)


def _quoted(page: Page) -> Iterator[Item]:
    for quote in page.names:
        start, end, _ = quote
        first, last = start + 1 + page.plain.startswith("@", start + 1), end - 1
        item = Item(start, end, (first, last))
        inside = page.marks.between(start + 3, last)
        if inside and inside[-1].end == last and isinstance(platform := inside[-1].meaning, Platform):
            item.platform, item.said = platform, (inside[-1].start, last)
        yield item


def _tags(page: Page) -> Iterator[Item]:
    """Yield names between two #, and the platforms that other such words tell of: #再见微博# @石楼融媒."""
    for match in _TAG.finditer(page.plain):
        inside = page.marks.between(match.start(), match.end())
        if not inside and not quotes.is_title(match[1]):
            yield Item(match.start(), match.end(), match.span(1))
        elif inside and isinstance(platform := inside[0].meaning, Platform):
            said = (inside[0].start, inside[0].end)
            yield Item(match.start(), match.end(), None, platform, said=said)


def _handles(page: Page) -> Iterator[Item]:
    """Yield names behind @. They end at a space, and at what is no name: @东港疾控 和 @东港爱卫 两个微博."""
    for match in _HANDLE.finditer(page.plain):
        start, end = match.span(1)
        stops = [p for p in range(start + 1, end) if p in page.sheet.gaps]
        stops += [f.start for found in (page.marks, page.days) for f in found.between(start + 1, end)]
        end = min([end, *stops])
        if page.plain[end - 1] in "和与及" and page.plain.startswith("@", end):
            end -= 1
        if end - start > 1 and page.plain[start:end] not in _NOBODY:
            yield Item(start - 1, end, (start, end))


def _platforms(page: Page, marks: list[Mark]) -> Iterator[Item]:
    last: Item | None = None
    for mark in marks:
        means = mark.meaning
        if not isinstance(means, Platform) and means not in (Does.ACCOUNT, Does.ELSEWHERE, Does.SITE):
            continue
        if last and mark.start < last.end:
            continue
        if (
            last
            and mark.start - last.end <= _NEAR
            and page.plain[last.end : mark.start] in ("", "官方")
            and (means is Does.ACCOUNT or means is last.platform)
        ):
            last.end = mark.end
            continue
        if last:
            yield last
        end = mark.end
        if page.plain.startswith(_NO_ACCOUNT, end):
            continue
        if means is Does.ACCOUNT and page.plain.startswith(_OF_ACCOUNT, end):
            continue
        if (
            means is Does.ACCOUNT
            and page.plain.startswith("(", end)
            and page.plain.endswith(ALL_OF, 0, mark.start)
        ):
            continue  # “甲”系列账号(微信公众号、抖音号): the platforms follow
        more = (
            None
            if means is Does.ACCOUNT
            else (_STATION if means is Does.SITE else _TAIL).match(page.plain, end)
        )
        end = more.end() if more else end
        platform = Platform.WEBSITE if means is Does.SITE else means if isinstance(means, Platform) else None
        last = Item(
            mark.start, end, None, platform, means is Does.ELSEWHERE, means is Does.ACCOUNT, means is Does.SITE,
            said=(mark.start, end),
        )  # fmt: skip
    if last:
        yield last


def _dressed(page: Page, found: list[Item], known: list[Id]) -> list[Item]:
    """Give each item the id and the former names that stand behind it, and let them be part of it."""
    kept: list[Item] = []
    waiting = known[::-1]
    for item in found:
        while waiting and waiting[-1].start < item.start:
            _identify(page, kept, waiting.pop())
        if not item.name or not _is_another_name(page, kept, item, item.name):
            kept.append(item)
    while waiting:
        _identify(page, kept, waiting.pop())
    return kept


def _is_another_name(page: Page, kept: list[Item], item: Item, name: Span) -> bool:
    """Tell whether a name is another one of the item before it, which then has it, or of something else."""
    before = page.plain[max(0, item.start - 8) : item.start]
    if _CALLED.search(before):
        if kept and kept[-1].name and item.start - kept[-1].end <= _NEAR + 6 and _SHORT.search(before):
            kept[-1].short = name
        return True
    if kept and item.start - kept[-1].end <= 6 and _ALIAS.search(before):
        kept[-1].aliases += (name,)
        kept[-1].end = item.end + page.plain.startswith(")", item.end)
        return True
    return False


def _identify(page: Page, kept: list[Item], code: Id) -> None:
    """Give an id to the item that it stands behind, directly or in its brackets."""
    if not kept:
        return
    item = kept[-1]
    between = page.plain[item.end : code.start]
    if item.name and len(kept) > 1 and between in _PARTS:
        kept[-2].handle = kept[-2].handle or code.span  # 政府网站“文旅”专题(www…)
        return
    inside = between.startswith("(") and len(between) <= _INSIDE and not any(c in between for c in ")\n。;")
    if not inside and (code.start < item.end or len(between) > _NEAR or "\n" in between):
        return
    item.handle, item.end = code.span, code.end
    closing = page.plain.find(")", code.end, code.end + 30)
    if inside and page.plain[code.end - 1] != ")" and closing >= 0:
        item.end = closing + 1
    if item.name and code.platform and not item.platform:
        item.platform = code.platform
