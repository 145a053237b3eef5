"""Floor 6. Where the words that lead on lead to: accounts, apps, sites, columns in them, organisations; and for what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.notices import units
from bot.notices.mentions import Mention
from bot.notices.sheet import Span
from bot.notices.skeleton import Zone
from bot.notices.words import Does, Mark
from bot.places import Gazetteer
from bot.records import Platform


class Sort(StrEnum):
    """What a destination is."""

    ACCOUNT = "account"
    WEBSITE = "website"
    APP = "app"
    PATH = "path"
    UNIT = "unit"


ALL, INFORMATION, SERVICES = "all", "information", "services"


@dataclass(slots=True)
class Target:
    """A destination as it is named; spans are of the levelled text.

    Attributes:
        name: its name, or what its unit is called.
        platform: where it is, `None` when unsaid.
        sort: what it is.
        path: the columns inside an app or a site, the outer first.
        scope: `all`, `information`, `services` or the text's own words; `None` when nothing is said.
        about: the words the scope is from.
        url: an address that stands beside it.
        said: the word for the platform.
    """

    name: Span
    platform: Platform | None
    sort: Sort
    path: list[Span] = field(default_factory=list)
    scope: str | None = None
    about: Span | None = None
    url: Span | None = None
    said: Span | None = None


@dataclass(slots=True)
class Lead:
    """What a zone comes to: its destinations, or the words that name none."""

    targets: list[Target] = field(default_factory=list)
    vague: Span | None = None
    duties: Span | None = None  # the words for duties that move to a unit


_VAGUE = re.compile(
    r"平台|渠道|账号|帐号|公众号|新媒体|媒体|官微|官网|网站|微信|微博|视频号|抖音|途径|方式|窗口号|客户端|矩阵|阵地"
)
_HINTS = re.compile(r"[省市区县镇]级|其他|其它|相关|官方|各|有关|上级|新的|多种|不同|更多|权威|我们的|我[局委县市区镇院校园]|本[局委县市区镇院校园单]|别的|后续|同名|正规|主管|线上|各类|新")
_COLUMN_NAME = re.compile(r"(?:旗舰店|专区|专栏|频道|栏目|板块|版块)\Z")
_INSIDE = re.compile(r"进入|点击|打开|选择|点开")
_COLUMN_BEFORE = re.compile(r"(?:进入|点击|打开|选择|点开|首页|下方|菜单|底部|点|的|内|中|在|“|—|-|>|→|下|里|进|找到|选|关注|搜索)\Z")
_BARE = re.compile(r"(?:到|至|为|:)?((?:[\u4e00-\u9fffa-z0-9·]{2,12}?)(?:[、和及与](?:[\u4e00-\u9fffa-z0-9·]{2,12}?))*)(?:等.{0,6})?(?=[,。;!、\n]|获取|了解|查询|查看|发布|\Z)")
_BARE_END = re.compile(r"(?:发布|在线|融媒|之声|资讯|头条|先锋|时空|日报|晚报|政务|教育|公安|交警|旅游|文旅|微平台|服务|办|通|码)\Z")
_DUTY = re.compile(r"职能|职责|职权|工作职能|监管职能|业务职责")
_BY_UNIT = re.compile(r"由([^,。;:\n“”「」()]{3,40}?)(?:\([^()\n]{2,40}\))?(?:承担|行使|履行|承接|负责|继续履行)")
_POST = re.compile(r"[,]?[^,。;\n]{0,8}?(?:获取|了解|查询|查看|查阅|咨询|接收|浏览|掌握|办理|收看|知晓|领取|阅读|获知|使用|申请)([^,。;:!?\n()“]{2,24})")
_POST_BARE = re.compile(r"^(?:进行)?(办理|查询|咨询|了解)$")
_SPEAKS = re.compile(
    r"感谢|致谢|谢谢|不便|谅解|抱歉|歉意|停止|更新,|停更|关停|注销|关闭|下线|下架|支持|理解|特此|公告如下|以来|研究|同意|决定|要求|根据|按照|为|因|粉丝|"
    r"之日|届时|您好|大家好|完毕|期间|原因|再见|期待|朋友|如有|如需|若|同时|^(?:扫码|扫描|下载|点击|搜索|登录|通过|到|在|已)"
)
_LEADING = re.compile(
    r"\(?[一二三四五六七八九十0-9]{1,3}[)、.]|凡?涉及|相干|仍然|仍|其中|今后|以后|后续|届时|之后|此后|今年起|即日起|从今往后|相关|有关|更多|最新|各类|各种|政务|工作|权威|一切|所有|日常|其它|其他|新的|新(?!闻|型)|及时|重要|"
    r"我们的|我们|我(?:局|委|县|市|区|镇|院|校|园|办|乡|站|中心|街道|单位|社区|旗|州|厅|部|会|处|所|台|馆|村|省|队|支队|大队|系统)|"
    r"本(?:局|委|县|市|区|镇|院|校|园|办|乡|站|中心|街道|单位|社区|旗|州|厅|部|会|处|所|台|馆|村|省|号|账号|公众号|平台|网站)|"
    r"全(?:县|市|区|镇|省|旗|州|乡|国)|(?:该|原)?(?:公众号|账号|微博|平台|网站|号)(?:的)?|原有|原|街道的|街道|学校的|县里的|区里的|市里的|镇上的|的|将|均|如|对于|"
    r"关于|全部|继续|了解|获取|查询|您需要|您|需要|需|请|可|欢迎|敬请|统一|都|也|各项|上述|以上|该|此|其|便民|本地|线上|网上"
)
_INFORMATION = re.compile(r"(?:信息|资讯|动态|内容|消息|公告|通知|新闻|讯息|推送|推文|通告|情况|公开|更新)(?:信息|资讯|动态|内容|消息|公告|通知|新闻|发布|公开|推送)*")
_SERVICES = re.compile(r"(?:服务|业务|办事|功能|办理|事项)(?:服务|业务|办事|功能|办理|事项|咨询)*")
_WHOLE = frozenset("粉丝 用户 关注用户 账号 数据 全部 一切 内容及粉丝 粉丝及内容 粉丝和内容".split())
_TRIM_END = re.compile(r"(?:发布|等|的|等相关|方面|请|可|将|均|则|统一|届时|今后|如需|全部|都|改|转|由|:|,)+\Z")
_SUBJECT_LIKE = re.compile(
    r"(?:信息|资讯|动态|内容|消息|公告|通知|新闻|服务|业务|功能|办事|办理|咨询|查询|预告|借阅|续借|缴纳|缴费|登记|预约|宣传|职能|职责|工作|通告|活动|视频|数据|"
    r"文章|政策|事项|解读|申报|申领|报名|投诉|举报|建议|诉求|求助|发布|公开|讯息|挂号|路况|预警|预报|提示|招聘|招生|培训|知识|资源|课程|节目|直播|答疑|问题|事宜|"
    r"档案|材料|指南|情况|提醒|安排|名单|公示|成绩|订票|购票|入口|推送|报道|资料|作品|专题|科普|普法|服务事项|粉丝|用户|账户|互动|交流|留言|反映|监督|参与|受理|审批|核验|打卡)\Z"
)


def read(
    zone: Zone, plain: str, marks: Sequence[Mark], places: Gazetteer, stop: int
) -> Lead:
    """Return what a zone leads to. `stop` is where the sentence ends."""
    lead = Lead()
    for mention in zone.mentions if zone.lead is Does.GO else _first_list(zone.mentions, plain):
        _take(mention, zone, plain, marks, lead)
    _columns(zone, plain, marks, lead, stop)
    text = plain[zone.begin : zone.end]
    if not lead.targets:
        _unit_in(zone, plain, lead)
    if not lead.targets and not lead.vague and zone.lead is Does.GO:
        _bare(zone, plain, places, lead)
    if not lead.targets and not lead.vague and _VAGUE.search(text) and _HINTS.search(text):
        lead.vague = (zone.start, max(zone.end, zone.begin))
    if lead.targets and not lead.duties:
        _scope(zone, plain, lead, stop)
    return lead


def _take(mention: Mention, zone: Zone, plain: str, marks: Sequence[Mark], lead: Lead) -> None:
    column = _column_after(mention, marks) or bool(mention.name and _COLUMN_NAME.search(plain, *mention.name))
    before = plain[max(zone.begin - 6, mention.start - 8) : mention.start]
    if mention.weak and mention.name and (column or _INSIDE.search(plain[zone.start : zone.begin]) or (lead.targets and lead.targets[-1].sort in (Sort.APP, Sort.WEBSITE, Sort.PATH) and _COLUMN_BEFORE.search(before) and not plain.startswith("@", mention.start))):
        if lead.targets and lead.targets[-1].sort is not Sort.ACCOUNT:
            lead.targets[-1].path.append(mention.name)
            lead.targets[-1].sort = Sort.PATH
        return
    if mention.other or mention.own:
        if mention.own and mention.handle and mention.platform is Platform.WEBSITE:
            lead.targets.append(Target(mention.handle, Platform.WEBSITE, Sort.WEBSITE, said=mention.said))
        elif not (mention.own and mention.weak and not mention.platform):
            lead.vague = lead.vague or (mention.start, mention.end)
        return
    if mention.name:
        platform = mention.platform
        if mention.weak and platform is None and zone.lead is Does.RENAME and zone.owners:
            platform = zone.owners[-1].platform
        if mention.weak and platform is None and zone.lead is Does.SPLIT and zone.owners:
            platform = zone.owners[-1].platform
        of = sort_of(platform)
        url = mention.handle if of is Sort.WEBSITE and mention.handle != mention.name else None
        lead.targets.append(Target(mention.name, platform, of, url=url, said=mention.said))
    elif mention.unit:
        lead.targets.append(Target(mention.unit, mention.platform, Sort.UNIT, said=mention.said))


def _columns(zone: Zone, plain: str, marks: Sequence[Mark], lead: Lead, stop: int) -> None:
    """Add a column that stands without quotes behind its app or site: X网站教育专栏."""
    if not lead.targets or lead.targets[-1].sort not in (Sort.APP, Sort.WEBSITE) or not zone.mentions:
        return
    found = _COLUMN.match(plain, zone.mentions[-1].end, stop)
    if found and not _NO_COLUMN.search(found[1]):
        lead.targets[-1].path.append(found.span(1))
        lead.targets[-1].sort = Sort.PATH


_COLUMN = re.compile(r"(?:的|中的|内的|首页|—|-)?([\u4e00-\u9fffa-z0-9]{2,10}?)(?:栏目|专栏|频道|板块|版块|专区|模块|子栏目)")
_NO_COLUMN = re.compile(r"相关|有关|对应|各|专门|其他|我局|查询|关注|发布|了解")


def _column_after(mention: Mention, marks: Sequence[Mark]) -> bool:
    n = bisect_left([m.start for m in marks], mention.end)
    return n < len(marks) and marks[n].start == mention.end and marks[n].meaning is Does.COLUMN


def _unit_in(zone: Zone, plain: str, lead: Lead) -> None:
    """Find the organisation that duties move to: 规划土地监察职能并入固镇县城市管理行政执法局."""
    if zone.lead is not Does.MERGE and zone.lead is not Does.MOVE:
        return
    clause = max(plain.rfind(c, 0, zone.start) for c in ",。;:\n") + 1
    before = plain[clause : zone.start]
    duty = None
    for duty in _DUTY.finditer(before):
        pass
    found = re.compile(r"(?:至|到|给|入)?([^,。;:\n、“”()]{3,40})").match(plain, zone.begin, zone.end)
    if not found or not units.is_unit(found[1]):
        return
    lead.duties = (clause, zone.start)
    target = Target(found.span(1), None, Sort.UNIT)
    target.scope, target.about = _cleaned(plain, clause, clause + duty.end() if duty else zone.start)
    lead.targets.append(target)


def _first_list(mentions: Sequence[Mention], plain: str) -> list[Mention]:
    """Return the first of some mentions with those in one list with it: what 迁移至 leads to ends there."""
    found = list(mentions[:1])
    for mention in mentions[1:]:
        if not _JOINED.fullmatch(plain, min(found[-1].end, mention.start), mention.start):
            break
        found.append(mention)
    return found


_JOINED = re.compile(r"[,、]?(?:和|与|及|以及|或|的|官方|中的|内的|首页)?|[^,。;]{0,4}(?:进入|点击|“)")


def alive(mentions: Sequence[Mention]) -> Lead:
    """Return what 请继续关注 leads to behind accounts that are said to go on."""
    lead = Lead()
    for mention in mentions:
        if mention.name and not mention.weak and all(t.name != mention.name or t.platform is not mention.platform for t in lead.targets):
            lead.targets.append(Target(mention.name, mention.platform, sort_of(mention.platform), said=mention.said))
    return lead


def sort_of(platform: Platform | None) -> Sort:
    """Return what a destination on a platform is."""
    if platform in (Platform.APP, Platform.MINIPROGRAM):
        return Sort.APP
    return Sort.WEBSITE if platform is Platform.WEBSITE else Sort.ACCOUNT


def by_unit(plain: str, start: int, end: int) -> Target | None:
    """Return the organisation of 相关职能由X局承担."""
    found = _BY_UNIT.search(plain, start, end)
    if not found or not units.is_unit(found[1]):
        return None
    clause = max(plain.rfind(c, start, found.start()) for c in ",。;:\n") + 1 or start
    target = Target(found.span(1), None, Sort.UNIT)
    target.scope, target.about = _cleaned(plain, max(clause, start), found.start())
    return target


def _bare(zone: Zone, plain: str, places: Gazetteer, lead: Lead) -> None:
    """Find a destination that is neither quoted nor followed by its platform: 请关注平湖发布."""
    found = _BARE.match(plain, zone.begin, min(zone.end, zone.begin + 40))
    if not found:
        return
    for part in re.finditer(r"[^、和及与]+", found[1]):
        start = found.start(1) + part.start()
        at = places.mentions(part[0])
        if at and at[0].start == 0 and at[0].end < len(part[0]) and _BARE_END.search(part[0]):
            lead.targets.append(Target((start, start + len(part[0])), None, Sort.ACCOUNT))


# --- what for


def _scope(zone: Zone, plain: str, lead: Lead, stop: int) -> None:
    if zone.lead is Does.RENAME or zone.lead is Does.SPLIT:
        scope: tuple[str | None, Span | None] = (ALL if zone.lead is Does.RENAME else None, None)
    elif zone.lead in (Does.MERGE, Does.MOVE):
        scope = _moved(zone, plain)
    else:
        scope = _before(zone, plain)
        if scope[0] is None:
            scope = _behind(zone, plain, stop)
    for target in lead.targets:
        target.scope, target.about = scope


def _moved(zone: Zone, plain: str) -> tuple[str | None, Span | None]:
    clause = max(zone.since, max(plain.rfind(c, 0, zone.start) for c in ",。;:\n") + 1)
    behind = max([clause, *(m.end for m in zone.owners if clause < m.end <= zone.start)])
    scope, about = _cleaned(plain, behind, zone.start)
    if scope in (None, ALL):
        return ALL, about
    return scope, about


def _before(zone: Zone, plain: str) -> tuple[str | None, Span | None]:
    """Return what stands before the words that lead on: 停水通知请关注X, 后续相关信息,敬请关注X."""
    end = zone.start
    start = max(zone.since, max(plain.rfind(c, 0, end) for c in "。;:!?\n\t") + 1)
    clauses = plain[start:end].split(",")
    at = end
    for clause in reversed(clauses[-3:]):
        first = at - len(clause)
        owner = max([first, *(m.end for m in zone.owners if first < m.end <= at)])
        scope = _cleaned(plain, owner, at)
        if scope[0] is not None:
            return scope
        if _LEADING.sub("", clause) and clause:
            break
        at = first - 1
    return None, None


def _behind(zone: Zone, plain: str, stop: int) -> tuple[str | None, Span | None]:
    """Return what stands behind the destinations: X公众号查询我局信息, X公众号,全部业务由其承接."""
    end = max([zone.begin, *(m.end for m in zone.mentions)])
    if found := _POST.match(plain, end, stop):
        verb = plain[end : found.start(1)]
        if "办理" in verb and (scope := _cleaned(plain, *found.span(1)))[0] is None:
            return SERVICES, found.span(1)
        return _cleaned(plain, *found.span(1))
    follow = re.compile(r"[^,。;\n]{0,8},([^,。;\n]{2,20}?)(?:由其|将由其|均由其|由该|统一由其)(?:承接|负责|发布|提供|承担)").match(plain, end, stop)
    return _cleaned(plain, *follow.span(1)) if follow else (None, None)


def _of_unit(plain: str, start: int, end: int) -> int:
    """Return where a scope starts behind the organisation it is of: 原县旅游局职能, X局、Y局的职责."""
    cut = plain.rfind("的", start, end - 1)
    if cut > start and (units.is_unit(plain[start:cut]) or _DUTY.fullmatch(plain, cut + 1, end)):
        return cut + 1
    duty = _DUTY.search(plain, start, end)
    if duty and duty.end() == end and units.is_unit(plain[start : duty.start()]):
        return duty.start()
    return start


def _cleaned(plain: str, start: int, end: int) -> tuple[str | None, Span | None]:
    """Return the scope that a stretch of text says, without the words that only lead up to it."""
    while start < end and (found := _LEADING.match(plain, start, end)):
        if _INFORMATION.fullmatch(plain, start, end) or _SERVICES.fullmatch(plain, start, end):
            break
        start = found.end()
    if found := _TRIM_END.search(plain, start, end):
        end = found.start() if found.start() > start else end
    start = _of_unit(plain, start, end)
    text = plain[start:end]
    if not 2 <= len(text) <= 30 or _SPEAKS.search(text):
        return None, None
    parts = re.split(r"、|和|与|及|以及", text)
    if all(_INFORMATION.fullmatch(p) for p in parts):
        return INFORMATION, (start, end)
    if all(_SERVICES.fullmatch(p) for p in parts):
        return SERVICES, (start, end)
    if all(_INFORMATION.fullmatch(p) or _SERVICES.fullmatch(p) for p in parts) or text in _WHOLE:
        return ALL, (start, end)
    if not _SUBJECT_LIKE.search(text):
        return None, None
    return text, (start, end)
