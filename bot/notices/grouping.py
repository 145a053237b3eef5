"""Floor 5. Which names and platform words belong together: beside each other, in lists, one for many."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise

from bot.notices import items, units
from bot.notices.items import Item
from bot.notices.page import Page
from bot.notices.sheet import COLUMN
from bot.notices.words import Does


class Gap(Enum):
    """How two items beside each other hang together."""

    BREAK = auto()
    BESIDE = auto()
    LIST = auto()
    COMMA = auto()


# How much text may stand between the parts of a list, also with an organisation, and how far into a list a platform may count for a name.
_LONGEST_GAP, _FARTHEST_GAP, _LONGEST_LIST = 16, 40, 14
_RUN_BY = re.compile(r"(?:主办|运营|开设|开办|主管|负责|管理|承办)?的\Z")
# What may stand between two items that belong together.
_FILLER = re.compile(
    r"[0-9一二两三四五六七八九十百]{1,4}(?:个|家|款|大|类)(?:乡镇|镇街|街道|单位|部门|学校|社区|村)?|官方认证|官方|政务新媒体|政务|认证|同名|名称|名为|名叫|分别为|分别|均为|都是|全部|"
    r"旗下|一批|长期(?:不|未)更新|多个|所属|以及|还有|其|共|等|的|为|是|两|各|新浪|手机|上|账号|帐号|平台|号"
)
# “二十四桥”语音导览小程序: what kind of account a name is of.
_KIND_OF = re.compile(
    r"[^的在将把由于和与及或登录访问下载搜扫点击进是为向到从发布关停更注销迁移并入请看已均等、,。()\W\d_a-z]{2,5}"
)
# “甲”“乙”,均为微信公众号
_ALL_ARE = re.compile(
    r"等?(?:[0-9一二两三四五六七八九十]{1,3}个)?[,(](?:以上|上述)?(?:均|都|全|皆|全部)(?:为|是|系|属)"
)
_OFFICIAL = frozenset({"官方", "的官方", "的", "旗下", "旗下的"})
_BRACKETS = frozenset("():[]—-·")
_JOINS = frozenset("、/和与及或暨&+")
PLURAL = re.compile(r"等|[0-9一二两三四五六七八九十百](?:个|家|款)")
_SUMMARY = re.compile(r"(?:等|两|三|四|五)[^\n]{0,4}\Z")
# Behind these, or more of the same in quotes, a name is that of a part of an account.
_PART = re.compile(
    r"(?:[、和]?[“「『‘\"][^“”「」『』‘’\"\n]{2,12}[”」』’\"]){0,4}等?(?:多个|两个|[0-9]个)?"
    r"(?:功能|服务功能|业务|模块|菜单|板块|活动|系列|专题|话题|小程序码|二维码|问题|现象|乱象|要求|目标|原则|机制|模式|做法|困境|格局|理念|行动|工作|情况|口号|精神)"
)


class Grouping:
    """The items of a text, each name with the platforms it is on."""

    def __init__(self, page: Page, found: list[Item]) -> None:
        self.page = page
        self.plain = page.plain
        self.items = found
        self.between = [self._gap(a, b) for a, b in pairwise(found)]
        self._pair()
        self._spread()

    def kind(self, number: int) -> Gap:
        """Return how an item and the next one hang together."""
        return self.between[number][0] if 0 <= number < len(self.between) else Gap.BREAK

    def is_part(self, item: Item) -> bool:
        """Tell whether a name in quotes is that of a part of an account: “部门信息公开”栏目."""
        mark = self.page.marks.at(item.end)
        return (mark is not None and mark.meaning is Does.COLUMN) or _PART.match(
            self.plain, item.end
        ) is not None

    def _gap(self, one: Item, other: Item) -> tuple[Gap, bool]:
        """Return how two items hang together, and whether what stands between says that there are several."""
        if other.start - one.end > _FARTHEST_GAP:
            return Gap.BREAK, False
        text = self.plain[one.end : other.start]
        if (
            one.name
            and other.name
            and text[:1] in ("、", "和", "与", "及")
            and units.is_unit(_RUN_BY.sub("", text[1:]))
        ):
            return Gap.LIST, False  # 甲镇“甲发布”、乙镇主办的“乙在线”
        if len(text) > _LONGEST_GAP:
            return Gap.BREAK, False
        if not text:
            return Gap.BESIDE, False
        if one.name and not other.name and _ALL_ARE.fullmatch(text):
            return Gap.BESIDE, True
        if one.name and text in ("旧", "老"):
            return Gap.BESIDE, False
        if one.name and text.endswith("(") and text.startswith(items.ALL_OF):
            return Gap.BESIDE, False
        if one.name and not other.name and not other.account and _KIND_OF.fullmatch(text):
            return Gap.BESIDE, False
        left = _FILLER.sub("", text).replace(COLUMN, "")
        if "\n" in text or not all(c in _BRACKETS or c in _JOINS or c == "," for c in left):
            return Gap.BREAK, False
        listed = any(c in _JOINS for c in left) or "以及" in text
        kind = Gap.COMMA if "," in left else Gap.LIST if listed else Gap.BESIDE
        return kind, PLURAL.search(text) is not None

    def _pair(self) -> None:
        """Give each platform word the name directly before it, else the one directly behind it."""
        for n, item in enumerate(self.items):
            if item.name or item.site:
                continue
            left = self.items[n - 1] if self.kind(n - 1) is Gap.BESIDE else None
            right = self.items[n + 1] if self.kind(n) is Gap.BESIDE else None
            if left and right and self._of_right(left, item, n):
                right.owners += (item,)
                item.used = True
            elif left and left.name and not left.owners:
                left.owners += (item,)
                item.used = True
            elif right and right.name and not self.is_part(right):
                after = self.items[n + 2] if self.kind(n + 1) is Gap.BESIDE else None
                if after is None or after.name or (item.platform and after.account):
                    right.owners += (item,)
                    item.used = True
                else:
                    item.used = item.account

    def _of_right(self, left: Item, item: Item, n: int) -> bool:
        """Tell whether a platform between two names is that of the second: 《甲报》官方微博“乙”."""
        right = self.items[n + 1]
        if left.name and right.name and right.start == item.end and units.is_unit(self.page.text(left.name)):
            return not self.is_part(right)  # “甲镇政府”微信公众号“乙”
        own = self.plain[left.end : item.start] in _OFFICIAL and right.start == item.end
        after = self.kind(n + 1) is Gap.BESIDE and not self.items[n + 2].name
        return bool(left.name and right.name) and own and not after and not self.is_part(right)

    def _spread(self) -> None:
        """Let a platform count for the names it closes or opens a list of, and a name for the platforms of its list."""
        for n, item in enumerate(self.items):
            if not item.name and item.used:
                self._over_names(n, item)
        for n, item in enumerate(self.items):
            if item.name or item.used:
                continue
            before = self.items[n - 1] if n else None
            if (
                item.account
                and before
                and not before.name
                and _SUMMARY.match(self.plain, before.end, item.start)
            ):
                item.used = True  # 等账号 behind platforms that were named says nothing new
            elif (
                before
                and not before.name
                and before.used
                and self.kind(n - 1) in (Gap.LIST, Gap.COMMA)
                and not item.account
            ):
                names = [i for i in self.items[max(0, n - _LONGEST_LIST) : n] if before in i.owners]
                for name in names:
                    name.owners += (item,)
                item.used = bool(names)
        for n in range(len(self.items) - 3, -1, -1):
            if not self.items[n].name:
                self._under_names(n)

    def _over_names(self, n: int, item: Item) -> None:
        """Let a platform count for the further names of a list that it closes (甲、乙微信公众号) or opens."""
        closes = n > 0 and item in self.items[n - 1].owners
        plural = n > 0 and self.between[n - 1][1]
        step = -1 if closes else 1
        other = n + 2 * step
        while 0 <= other < len(self.items) and self.items[other].name:
            if any(not closes or not o.account for o in self.items[other].owners):
                break
            kind = self.kind(other if closes else other - 1)
            if kind is Gap.BREAK or (kind is Gap.COMMA and not (plural and closes)):
                break
            self.items[other].owners += (item,)
            other += step

    def _under_names(self, n: int) -> None:
        """Let a name count for the platforms before it: 微信公众号、视频号“甲”."""
        item, last, name = self.items[n : n + 3]
        if item.used or item.account or last.name or not name.name:
            return
        if self.kind(n) is Gap.LIST and self.kind(n + 1) is Gap.BESIDE and last in name.owners:
            name.owners = (item, *name.owners)
            item.used = True
