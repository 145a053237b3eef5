"""Floor 6. What a text says as a whole: what kind of text it is, who signs it and when, and why accounts close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.notices import units
from bot.notices.dates import Day
from bot.notices.sheet import COLUMN, Span
from bot.records import Basis, Reason

_MEDIA = re.compile(r"记者|本报讯|[报网闻社](?:记者)?讯|[澎湃新华封面]{2}讯|讯[0-9]{1,2}月|日电|通讯员|据悉|据.{2,8}报道|受访|专家认为|教授|网友.{0,4}表示|市民.{1,4}(?:说|表示)|发布.{0,4}公告,?(?:称|宣布|表示)|负责人(?:表示|说|介绍)|(?:公告|告示|通知|声明|启事)称|工作人员(?:表示|称|说|告诉)")
_LIST = re.compile(
    r"通报|抽查|汇总表|一览表|统计表|检查情况|检查结果|检查发现|名单|清单|在册|单项否决|合格率|不合格|本次检查|共检查|季度检查|巡查|监测发现|专项清理|清理情况|清理整合情况|"
    r"已限期整改|限期整改|约谈|自查|运行情况|季度.{0,20}(?:检查|抽查|监测)|备案系统|责令(?:限期)?整改"
)
_SELF = re.compile(
    r"特此公告|特此通知|特此告知|敬请谅解|敬请.{0,4}理解|感谢.{0,12}(?:支持|关注|陪伴|厚爱)|给您带来|由此.{0,8}不便|公告如下|现予公示|请.{0,6}关注|各位(?:网友|市民|粉丝|用户|家长|读者|朋友)|尊敬的|亲爱的|"
    r"我(?:局|委|办|院|校|镇|园|中心|街道|单位|站)|本(?:公众号|账号|微博|站|网站|平台)"
)
_REASONS = (
    (Reason.REFORM, re.compile(r"机构(?:改革|鼎新|调整|革新)|职能划转|职责划转|职能并入|职能划入|职责划入|职责.{0,4}并入|职能.{0,4}(?:移交|并入|整合)|(?:单位|机构|街道|乡镇|学校|局|委|办|站|所|中心)(?:撤并|撤销|撤并)|撤销.{0,10}(?:局|办|委|站|所|中心)|整合组建|(?:局|委员会|委|办|厅|中心|院|校|园|街道|所|站|队|馆)(?:已)?更名|单位更名|机构更名|行政区划调整|撤县设|撤市设|撤镇设|区划调整|机构撤|涉改|并校|学校合并|单位名称变更|机构合并|单位合并")),
    (Reason.BURDEN, re.compile(r"减负|减轻.{0,12}(?:负担|承担)|形式主义|为基层松绑|基层负担")),
    (Reason.DORMANCY, re.compile(r"长期(?:不|未|没有|无人)(?:更新|维护|运营)|长期停更|僵尸|睡眠号|空壳号|(?:多年|数年)(?:不|未)更新|长时间(?:未|不)更新|更新频率(?:较)?低|粉丝.{0,4}少")),
    (Reason.CONSOLIDATION, re.compile(r"整合|集约|归并|合并|瘦身|优化布局|精简|一体化建设|矩阵优化调整|统一归口|聚合")),
)  # fmt: skip
_OTHER = re.compile(
    r"(?:^|[,。;:!?\n\t)])(?:现|兹|近期|特)?(?:鉴于|因|因为|由于|为(?!您|你|大家|广大|期|什么|何|此|止|准|例|主|国|全)|为了|根据|按照|遵照|依据|依照|应|按|接|凭据|经(?!研究|过|常|查|核|济)|结合|随着)[^,。;\n]{2,60}"
    r"|因(?!此|为止|而)[^,。;\n“]{2,30}(?=,)"
)
_NO_CAUSE = re.compile(r"^[,。;:!?\n\t)]*经[^,]{0,16}(?:研究|批准|同意|审核)|给您|不便|感谢|应当|应用|接到|为您|按时|应对|因素")
_CLOSED = re.compile(r"[。!?]\Z")
_SIGNED = re.compile(r"(?:宣|启|示|发布|制|供稿|敬上|敬启|谨启|\(盖章\)|\(公章\)|\(印章\)|\(章\))?[。.]?\Z")
_DATELINE = re.compile(r"(?:发布时间|发布日期|公告时间|公告日期|发文日期|时间|日期|成文日期|发布于|更新时间)[:为]?\Z")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs a text, and the day written there; spans of the levelled text."""

    units: tuple[Span, ...] = ()
    day: Day | None = None


def basis(plain: str) -> Basis:
    """Return what kind of text it is: an article, a published list, or else a notice."""
    media, listed, own = (len(set(p.findall(plain))) for p in (_MEDIA, _LIST, _SELF))
    if media and media * 2 > own:
        return Basis.MEDIA
    return Basis.OFFICIAL_LIST if listed and listed >= own else Basis.NOTICE


def reason(plain: str, spans: Sequence[Span]) -> tuple[Reason | None, Span | None]:
    """Return why accounts close, the first of the kinds in their order, and the words for it."""
    for kind, pattern in _REASONS:
        for start, end in spans:
            if found := pattern.search(plain, start, end):
                return kind, found.span()
    for start, end in spans:
        for found in _OTHER.finditer(plain, start, end):
            if not _NO_CAUSE.search(found[0]):
                skip = len(found[0]) - len(found[0].lstrip(",。;:!?\n\t)"))
                return Reason.OTHER, (found.start() + skip, found.end())
    return None, None


def signed(plain: str, days: Sequence[Day], skip: Sequence[Span] = ()) -> Signed:
    """Return who signs a text and when: the last lines, or what stands behind the last sentence of the only line.

    The lines of tables are skipped.
    """
    lines: list[Span] = []
    start = 0
    for line in plain.split("\n"):
        if line and not any(a <= start < b for a, b in skip):
            lines.append((start, start + len(line)))
        start += len(line) + 1
    found_units: list[Span] = []
    day: Day | None = None
    for first, last in lines[:-7:-1]:
        tail, only = _tail(plain, first, last)
        ends = _SIGNED.search(plain, tail, last)
        stop = ends.start() if ends else last
        dated = [d for d in days if tail <= d.start and last - 2 <= d.end <= last and (d.whole or d.day) and d.shift is None]
        if dated and day is None:
            day, stop = dated[-1], dated[-1].start
        elif dated:
            break
        names = _units(plain, tail, stop)
        found_units = [*names, *found_units]
        if not only:
            break
        if not names and not dated:
            if found_units or day or last - first > 24 or plain[last - 1] in "。!?:":
                break
    if day is None:
        day = _dateline(plain, days, lines)
    return Signed(tuple(found_units), day)


def _tail(plain: str, start: int, end: int) -> tuple[int, bool]:
    """Return where what stands behind the last sentence of a line starts, and whether that is all of the line."""
    cut = max(plain.rfind(c, start, end - 1) for c in "。!?")
    return (cut + 1, False) if cut >= start else (start, True)


def _units(plain: str, start: int, end: int) -> list[Span]:
    found = []
    for match in re.compile(rf"[^{COLUMN}、,:]+").finditer(plain, start, end):
        if units.is_unit(match[0]):
            found.append(match.span())
    return found if end - start <= 60 else []


def _dateline(plain: str, days: Sequence[Day], lines: Sequence[Span]) -> Day | None:
    limit = lines[min(5, len(lines) - 1)][1] if lines else 0
    for day in days:
        if day.start > limit:
            return None
        alone = plain[day.start - 1 : day.start] in ("", "\n", COLUMN) and plain[day.end : day.end + 1] in ("\n", COLUMN)
        dated = plain[day.start - 1 : day.start] in ("", "\n") and re.match(r"[\t ]?[0-9]{1,2}:[0-9]{2}", plain[day.end : day.end + 7])
        if day.whole and (alone or dated or _DATELINE.search(plain[max(0, day.start - 8) : day.start])):
            return day
    return None


def heading_unit(plain: str) -> Span | None:
    """Return who a heading says the notice is of: X局关于停止更新…的公告, X中心公告:."""
    line = plain.split("\n", 1)[0][:120]
    found = _OF_UNIT.match(line)
    return found.span(1) if found and units.is_unit(found[1]) else None


def is_authority(unit: str) -> bool:
    """Tell whether an organisation is one that closes the accounts of others."""
    return _AUTHORITY.search(unit) is not None


def is_order(plain: str) -> bool:
    """Tell whether a notice is of several bodies' accounts."""
    return _ORDER.search(plain) is not None


_OF_UNIT = re.compile(r"([^,。;:\n]{4,40}?)(?:关于|(?:公告|通告|声明|通知|启事)(?::|\Z))")
_AUTHORITY = re.compile(r"政府办公室|政府办公厅|政府办|网信办|网络安全和信息化委员会办公室|互联网信息办公室|宣传部|大数据|政务公开办|政务服务|人民政府")
_ORDER = re.compile(r"全[县市区旗省镇]|(?:以下|下列|部分).{0,8}(?:账号|新媒体|公众号)|各单位|各部门|有关单位")
