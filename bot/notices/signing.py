"""Floor 5. Who signs a text and when, whom its heading names, and who closes the accounts of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.notices import units
from bot.notices.dates import Day
from bot.notices.page import Page
from bot.notices.sheet import COLUMN, Span

_SIGNED = re.compile(
    r"(?:\(?(?:星期.|周.)\)?|印发|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|宣|启|示|发布|制|供稿|敬上|敬启|谨启|\(盖章\)|\(公章\)|\(印章\)|\(章\))?[。.)]?\Z"
)
_SIGNER = re.compile(rf"[^{COLUMN}、,:()—-]+")
# A signature is a line of at most this many characters, among the last lines; words a page adds may follow it.
_LONGEST_SIGNATURE, _LAST_LINES, _LONGEST_JUNK = 60, 6, 24
# What stands in a signature beside the names: 主办, 联系人, a number.
_LONGEST_LABEL = 16
_HEADS = re.compile(r"[^,。;:\n]{2,40}(?:公告|通知|启事|通告|声明|说明|公示)\n")
# Who signs with the organisation: “甲”编辑部全体同仁.
_TOGETHER = re.compile(r"(?:编辑部|小编|全体|同仁|团队|编辑组|运营组)[^,。]{0,8}\Z")
# What a page or an office adds below the signature.
_TRAILER = re.compile(
    r"[(【]?(?:联系|咨询|(?:官方)?(?:微信|公众号|微博|抖音|视频号|头条|快手)[^,。:]{0,4}:|电话|地址|监督|附件|附:|传真|邮箱|服务热线|投诉|举报|责任编辑|责编|编辑|审核|校对|扫码|扫一扫|分享|阅读|微信扫|打印|关闭|上一篇|下一篇|办公|工作时间)"
)
_DATELINE = re.compile(
    r"(?:\A|[^\u4e00-\u9fff])(?:发布时间|发布日期|公告时间|公告日期|公开日期|发文日期|时间|日期|成文日期|发布于|更新时间):?\Z"
)
_SPEAKS = re.compile(
    r"(?:^|[。!?\n])([\u4e00-\u9fff]{4,30}?)(?:\([^()\n]{2,40}\))?(?:在此|谨|谨此|特此|决定|研究决定|研究同意|郑重|衷心|全体)"
)
# Behind these a date is said of something, and is no signature.
_SAID_DAY = frozenset("为是于自至从到在")
_SOURCE = re.compile(
    r"(?:来源|发布单位|发布机构|发布者|发布人|主办单位|发文机关|公告单位|发文单位):([\u4e00-\u9fff()]{3,40})"
)
_CLOCK = re.compile(r"[\t ]?[0-9]{1,2}:[0-9]{2}")
# Among this many first lines a page gives the day it was published.
_FIRST_LINES = 6
_OF_UNIT = re.compile(
    r"([^,。;:\n]{4,40}?)(?:关于|决定|:(?=.)|(?:公告|通告|声明|通知|启事|温馨提示)(?::|\Z))"
)
_AUTHORITY = re.compile(
    r"政府办公室|政府办公厅|政府办|网信办|网络安全和信息化委员会办公室|互联网信息办公室|宣传部|大数据|政务公开办|政务服务|(?:县|市|区|旗|州|省)人民政府"
)
_ORDER = re.compile(
    r"全[县市区旗省]|(?:以下|下列|部分).{0,8}(?:账号|新媒体|公众号)|各单位|各部门|各村|各学校|各[乡镇]|有关单位|部门网站|[两二三四五六七八九十2-9][家个](?:网站|账号|公众号|新媒体)"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs a text, and the day written there; spans of the levelled text."""

    units: tuple[Span, ...] = ()
    day: Day | None = None


def find(page: Page, skip: Sequence[Span]) -> Signed:
    """Return who signs a text and when: the last lines, or what stands behind the last sentence of the only line.

    The lines of tables are skipped.
    """
    tables = {n for start, end in skip for n in range(start, end)}
    lines = [line for line in _lines(page.plain) if line[0] not in tables]
    found: list[Span] = []
    day: Day | None = None
    for first, last in lines[: -_LAST_LINES - 1 : -1]:
        start = page.last("。!?", first, last - 1)
        ends = _SIGNED.search(page.plain[start:last])
        stop = start + ends.start() if ends else last
        dated = [
            d
            for d in page.days.between(start, last)
            if d.end >= stop - 1
            and d.day
            and d.shift is None
            and page.plain[last - 1] != ":"
            and page.plain[d.start - 1 : d.start] not in _SAID_DAY
        ]
        if dated and day is not None:
            break
        if dated:
            day, stop = dated[-1], dated[-1].start
            ends = _SIGNED.search(page.plain[start:stop].rstrip(COLUMN))
            stop = start + ends.start() if ends else stop
        if (
            not dated
            and (opens := page.days.at(start))
            and opens.whole
            and units.is_unit(page.plain[opens.end : stop].lstrip(COLUMN))
        ):
            day, dated = day or opens, [opens]  # 2021年6月8日 甲医院
            start = opens.end + page.plain.startswith(COLUMN, opens.end)
        names = list(_signers(page.plain, start, stop))
        found = [*names, *found]
        trailer = not (found or day) and _TRAILER.match(page.plain, first, last) is not None
        junk = trailer or (
            not (found or day) and last - first <= _LONGEST_JUNK and page.plain[last - 1] not in "。!?:"
        )
        together = (
            not names
            and day is not None
            and not found
            and _TOGETHER.search(page.plain[first:stop]) is not None
        )
        if start > first or not (names or dated or junk or together):
            break
    return Signed(tuple(found or _sourced(page, lines)), day or _dateline(page, lines))


def speaking_unit(plain: str) -> Span | None:
    """Return who says in a sentence of its own what it does: X局在此向…致谢, X中心决定…."""
    found = next((m for m in _SPEAKS.finditer(plain) if units.is_unit(m[1])), None)
    return found.span(1) if found else None


def heading_unit(plain: str) -> Span | None:
    """Return who a heading says the notice is of: X局关于停止更新…的公告, X中心公告:."""
    first, _, rest = plain.partition("\n")
    if units.is_unit(first) and (rest.startswith("关于") or _HEADS.match(rest)):  # a heading in two lines
        return 0, len(first)
    found = _OF_UNIT.match(first[:120])
    return found.span(1) if found and units.is_unit(found[1]) else None


def is_authority(unit: str) -> bool:
    """Tell whether an organisation is one that closes the accounts of others."""
    return _AUTHORITY.search(unit) is not None


def is_order(plain: str) -> bool:
    """Tell whether a notice is of several bodies' accounts."""
    return _ORDER.search(plain) is not None


def _lines(plain: str) -> Iterator[Span]:
    start = 0
    for line in plain.split("\n"):
        if line:
            yield start, start + len(line)
        start += len(line) + 1


def _signers(plain: str, start: int, end: int) -> Iterator[Span]:
    if end - start <= _LONGEST_SIGNATURE:
        found = list(_SIGNER.finditer(plain, start, end))
        said = len(found) > 1 and plain.startswith("。", end)
        if not said and all(len(m[0]) <= _LONGEST_LABEL or units.is_unit(m[0]) for m in found):
            yield from (m.span() for m in found if units.is_unit(m[0]))


def _sourced(page: Page, lines: Sequence[Span]) -> Iterator[Span]:
    """Yield who a page says among its first lines that a notice is from: 来源:友好区林业局."""
    for first, last in lines[:_FIRST_LINES]:
        for match in _SOURCE.finditer(page.plain, first, last):
            if units.is_unit(match[1]):
                yield match.span(1)


def _dateline(page: Page, lines: Sequence[Span]) -> Day | None:
    """Return the day that stands among the first lines: alone, before a time of day, or behind 发布时间."""
    for first, last in lines[:_FIRST_LINES]:
        for day in page.days.between(first, last):
            before = page.plain[max(first, day.start - 9) : day.start]
            opens = day.start == first or before.endswith(COLUMN)
            alone = opens and page.plain[day.end : day.end + 1] in ("\n", COLUMN)
            timed = day.start == first and _CLOCK.match(page.plain, day.end) is not None
            if day.whole and (alone or timed or _DATELINE.search(before)):
                return day
    return None
