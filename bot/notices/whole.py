"""Floor 5. What a text says as a whole: what kind of text it is, who signs it and when, and why accounts close."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.notices import units
from bot.notices.dates import Day
from bot.notices.page import Page
from bot.notices.sheet import COLUMN, Span
from bot.records import Basis, Reason

_MEDIA = re.compile(
    r"记者|本报讯|[报网闻社](?:记者)?讯|[澎湃新华封面]{2}讯|讯\(|讯[0-9]{1,2}月|日电|通讯员|据悉|据.{2,8}报道|报道|受访|专家认为|教授|网友.{0,4}表示|"
    r"市民.{1,4}(?:说|表示)|发布.{0,8}公告,?(?:称|宣布|表示)|负责人(?:表示|说|介绍)|(?:公告|告示|通知|声明|启事)(?:中)?(?:称|表示|写道|说)|"
    r"工作人员(?:表示|称|说|告诉)|(?:先后|陆续|相继|纷纷)(?:发布|宣布|关停|停更|注销)|(?:网友|市民|读者)(?:发现|反映|留言)"
)
# Words that only an article has.
_PRESS = re.compile(
    r"记者|本报讯|[报网闻社](?:记者)?讯|讯\(|讯[0-9]{1,2}月|日电|日讯|通讯员|据悉|公告称|公告中|告示称|发布公告,|发布消息称"
)
_LIST = re.compile(
    r"月报|季报|监测|通报|抽查|汇总表|一览表|统计表|检查情况|检查结果|检查发现|注销名单|关停名单|关停情况|注销情况|变动情况|在册|单项否决|合格率|不合格|本次检查|共检查|季度检查|巡查|监测发现|专项清理|"
    r"清理情况|清理整合情况|已限期整改|限期整改|约谈|累计关停|累计注销|本季度|[一二三四]季度|运行良好|工作年报|共计[0-9]{1,3}[个家]|运行情况|季度.{0,20}(?:检查|抽查|监测)|备案系统|责令(?:限期)?整改"
)
# A heading by which a text says itself that it is a notice, and how many other signs that outweighs.
_ANNOUNCES = re.compile(
    r"(?:停更|关停|注销|迁移|停用|停运|更名|停止.{2,4}|下线|关闭|变更|整合|调整|合并)?.{0,6}(?:公告|启事|通告|声明|告知书|告示|布告|温馨提示|致.{1,10}(?:读者|粉丝|网友|用户|朋友)(?:的一封信)?)[】!]?\Z|"
    r"关于.{0,40}(?:停更|关停|注销|停用|停止|关闭|下线|迁移|更名).{0,16}(?:公告|启事|通告|声明|通知|说明|公示)|^(?:【|\[)?(?:停更|关停|迁移|注销).{0,4}(?:公告|启事|通知|说明)"
)
_WEIGHT = 2
# What an account is called says nothing of the text: @临夏网警巡查.
_NAMES = re.compile(r"@[\w·-]{2,24}|“[^“”\n]{2,16}”|「[^「」\n]{2,16}」")
_IS_NOTICE = re.compile(r"(?:公告|启事|通告|声明|告知书)[】!]?\Z")
_LIST_HEADING = re.compile(
    r"(?:名单|清单|汇总表|一览表|情况表|情况|统计表|台账)(?:\([^()]{0,20}\))?(?:的?公示)?\Z"
)
_SELF = re.compile(
    r"公示期|公示时间|公示如下|如有异议|咨询电话|停更公告|的公告|的通告|后续.{0,8}信息|特此公告|特此通知|特此告知|敬请谅解|敬请.{0,4}理解|感谢.{0,12}(?:支持|关注|陪伴|厚爱)|给您带来|由此.{0,8}不便|公告如下|现予公示|请.{0,6}关注|"
    r"各位(?:网友|市民|粉丝|用户|家长|读者|朋友)|尊敬的|亲爱的|我(?:局|委|办|院|校|镇|园|中心|街道|单位|站)|本(?:公众号|账号|微博|站|网站|平台)"
)
_REASONS = (
    (
        Reason.REFORM,
        re.compile(
            r"机构(?:改革|鼎新|调整|革新)|(?:职能|职责|职权)[^,。;“\n]{0,8}(?:划转|划入|划归|并入|移交|转隶|整合|调整)|"
            r"(?:职责|职能|业务).{0,30}由.{2,20}局.{0,20}承担|(?:单位|机构|街道|乡镇|学校|局|委|办|站|所|中心)(?:撤并|撤销)|"
            r"撤销.{0,10}(?:局|办|委|站|所|中心)|整合组建|重组为|(?:局|委员会|委|办|厅|中心|院|校|园|街道|所|站|队|馆)(?:已)?更名|单位更名|机构更名|"
            r"行政区划调整|撤县设|撤市设|撤镇设|区划调整|机构撤|涉改|并校|合校|校区合并|合并办学|学校合并|单位名称变更|机构名称变更|机构合并|单位合并"
        ),
    ),
    (Reason.BURDEN, re.compile(r"减负|减轻.{0,12}(?:负担|承担)|形式主义|为基层松绑|基层负担")),
    (
        Reason.DORMANCY,
        re.compile(
            r"长期(?:不|未|没有|无)[^,。;]{0,2}(?:更新|维护|运营|管理|使用)|长期停更|僵尸|睡眠号|空壳号|(?:多年|数年)(?:不|未)更新|长时间(?:未|不)更新|更新频率(?:较)?低|粉丝.{0,4}少"
        ),
    ),
    (
        Reason.CONSOLIDATION,
        re.compile(
            r"整合(?![到至入进为并])|集约|(?:归并|合并)(?![到至入进为])|瘦身|优化布局|精简|一体化建设|矩阵优化调整|统一归口(?![^,。;“]{0,6}[“「@《])|聚合"
        ),
    ),
)
_CAUSE = re.compile(
    r"(?:停更|停用|关停|注销|变更|调整|下线)?(?:原因|事由|缘由)(?:为|是|:)[^,。;\n]{2,60}|(?:^|[,。;:!?\n\t)“])(?:现|兹|近期|特)?(?:受(?=[^,。;\n]{2,20}(?:所限|限制|影响))|鉴于|因|因为|由于|为(?!您|你|大家|广大|期|什么|何|此|止|准|例|主|国|全)|为了|根据|按照|遵照|依据|依照|"
    r"应|按|接|凭据|经(?!研究|过|常|查|核|济)|结合|随着)[^,。;\n]{2,60}|因(?!此|为止|而)[^,。;\n“]{2,30}(?=,)"
)
_NO_CAUSE = re.compile(
    r"^[,。;:!?\n\t)]*经[^,]{0,16}(?:研究|批准|同意|审核)|给您(?!提供)|不便|感谢|应当|应用|接到|为您|按时|应对|因素"
)
_SIGNED = re.compile(
    r"(?:\(?(?:星期.|周.)\)?|印发|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|宣|启|示|发布|制|供稿|敬上|敬启|谨启|\(盖章\)|\(公章\)|\(印章\)|\(章\))?[。.)]?\Z"
)
_SIGNER = re.compile(rf"[^{COLUMN}、,:()—-]+")
# A signature is a line of at most this many characters, among the last lines; words a page adds may follow it.
_LONGEST_SIGNATURE, _LAST_LINES, _LONGEST_JUNK = 60, 6, 24
# What stands in a signature beside the names: 主办, 联系人, a number.
_LONGEST_LABEL = 16
_HEADS = re.compile(r"[^,。;:\n]{2,40}(?:公告|通知|启事|通告|声明|说明|公示)\n")
# What a page or an office adds below the signature.
_TRAILER = re.compile(
    r"[(【]?(?:联系|咨询|电话|地址|监督|附件|附:|传真|邮箱|服务热线|投诉|举报|责任编辑|责编|编辑|审核|校对|扫码|扫一扫|分享|阅读|微信扫|打印|关闭|上一篇|下一篇|办公|工作时间)"
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


def basis(plain: str, signed: bool) -> Basis:
    """Return what kind of text it is: an article, a published list, or else a notice; `signed` by a unit on a day."""
    heading = plain.split("\n", 1)[0][:_LONGEST_SIGNATURE]
    announces = _ANNOUNCES.search(heading) is not None and (
        _IS_NOTICE.search(heading) is not None or not _LIST.search(heading)
    )
    unnamed = _NAMES.sub("", plain)
    media, listed = (len(set(p.findall(unnamed))) for p in (_MEDIA, _LIST))
    if not media and not listed and not _LIST_HEADING.search(heading):
        return Basis.NOTICE
    own = len(set(_SELF.findall(plain)))
    own += _WEIGHT * announces
    if media * 2 + 2 * len(_PRESS.findall(plain)) > own + 2 * _WEIGHT * signed:
        return Basis.MEDIA
    listed += 2 * (_LIST_HEADING.search(plain.split("\n", 1)[0]) is not None)
    return Basis.OFFICIAL_LIST if listed and listed >= own else Basis.NOTICE


def reason(plain: str, spans: Sequence[Span]) -> tuple[Reason | None, Span | None]:
    """Return why accounts close by some stretches: the first of the kinds in their order, and the words for it."""
    for kind, pattern in _REASONS:
        for start, end in spans:
            if found := pattern.search(plain, start, end):
                return kind, found.span()
    for start, end in spans:
        for found in _CAUSE.finditer(plain, start, end):
            if not _NO_CAUSE.search(found[0]):
                return Reason.OTHER, (found.end() - len(found[0].lstrip(",。;:!?\n\t)")), found.end())
    return None, None


def signed(page: Page, skip: Sequence[Span]) -> Signed:
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
        if start > first or not (names or dated or junk):
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
