"""Floor 5. Where the words that lead on lead to: accounts, apps, sites, columns in them, organisations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices import scopes, units
from bot.notices.mention import Mention
from bot.notices.page import FARTHEST, Page
from bot.notices.sentences import Zone
from bot.notices.sheet import Span
from bot.notices.targets import HOLDERS, Lead, Sort, Target, of, sort_of
from bot.notices.words import Does
from bot.values import Platform

_VAGUE = re.compile(
    r"平台|渠道|账号|帐号|公众号|新媒体|媒体|官微|官网|网站|微信|微博|视频号|抖音|途径|方式|客户端|矩阵|阵地|班级群|家长群|公示栏|公告栏"
)
_HINTS = re.compile(
    r"[省市区县镇]级|其他|其它|相关|官方|各|有关|上级|新的|多种|不同|更多|权威|我们的|我[局委县市区镇院校园]|本[局委县市区镇院校园单]|别的|后续|同名|正规|"
    r"主管|线上|各类|新|群|栏|以下|下列|如下"
)
_COLUMN_BEFORE = re.compile(
    r"(?:进入|点击|打开|选择|点开|首页|下方|菜单|底部|点|的|内|中|在|“|—|-|>|→|下|里|进|找到|选|关注|搜索)\Z"
)
_INSIDE = re.compile(r"进入|点击|打开|选择|点开")
_PART_BEFORE = re.compile(r"(?:菜单栏?|导航栏|底部|栏目|版块|板块|频道|专区|首页)(?:的|中|里|上|:)?\Z")
_COLUMN_NAME = re.compile(r"(?:旗舰店|专区|专栏|频道|栏目|板块|版块)\Z")
_COLUMN = re.compile(
    r"(?:的|中的|内的|首页|—|-)?([\u4e00-\u9fffa-z0-9]{2,10}?)(?:子栏目|栏目|专栏|频道|板块|版块|专区|模块)"
)
_NO_COLUMN = re.compile(r"相关|有关|对应|各|专门|其他|我局|查询|关注|发布|了解")
# 继续收看《甲新闻》《乙人家》: programmes, and no accounts.
_TITLED, _IS_WATCHED = (
    frozenset("《“"),
    re.compile(r"(?:收看|收听|观看|阅读|聆听|(?<=[收续])[听看])(?:[《“][^《》“”]{1,20}[》”][、和与及]?)*\Z"),
)
# …,其中“乙日记”每周五更新: a part of the one before.
_WITHIN = ("其中", "其中的", "包括", "内设", "设有", "推出", "推出的", "开设", "开设的")
_JOINED = re.compile(r"[,、]?(?:和|与|及|以及|或|的|官方|中的|内的|首页)?|[^,。;]{0,4}(?:进入|点击|“)")
# 请关注平湖发布, 请登录国家法律法规数据库: neither quoted nor followed by the platform.
_BARE = re.compile(
    r"(?:到|至|为|:)?([\u4e00-\u9fffa-z0-9·、]{2,40}?)(?=[,。;!\n]|等|获取|了解|查询|查看|查阅|(?<!公众号)发布信息|办理|\Z)"
)
_PART = re.compile(r"[^、]{2,20}")
_BARE_ACCOUNT = re.compile(
    r"(?:发布|在线|融媒|之声|资讯|头条|先锋|时空|日报|晚报|政务|教育|公安|交警|旅游|文旅|微平台|服务|办|通|码)\Z"
)
_BARE_SITE = re.compile(
    r"[\u4e00-\u9fffa-z0-9]{2,}(?:平台|数据库|网|门户|网上办事大厅|网上大厅|电子税务局)\Z"
)
_NO_SITE = re.compile(
    r"其他|其它|相关|有关|官方|各|上级|新|多|我[局委县市区镇院校园]|本[局委县市区镇院校园单]|以下|如下|下列|级"
)
_RUNS = re.compile(r"(?:统一|负责|代为)?(?:管理|运营|维护|运维|主办|打理)(?:[,。;和与及并]|\Z)")
_WAY = re.compile(
    r"(?:—+|-+>?|>|→|»)[“「]?([\u4e00-\u9fffa-z0-9]{2,12}?)[”」]?(?:栏目|专栏|频道|板块|专区|菜单)?"
    r"(?=[—\->→»,。;!\n()]|获取|查询|查看|查阅|了解|办理|\Z)"
)
# 甲局与乙局合并为丙局: why, and not where the account leads.
_FORMED = ("合并为", "合并成", "整合为", "整合成", "归并为", "统一为", "合并后")
_SITES = ("平台", "网站", "网", "系统", "数据库", "大厅", "门户")
_LOG_IN = re.compile(r"登录|登陆|登入|登岸|访问|进入|前往|请上")
_NEW_NAME = re.compile(r"[\u4e00-\u9fffa-z0-9·]{2,16}(?=[,。;!\n(]|\Z)")
_TO_UNIT = re.compile(r"(?:至|到|给|入)?(?:新?(?:组建|成立|设立|挂牌)的)?([^,。;:\n、“”()]{3,40})")
# One of these opens each of the words below.
_BY = re.compile("[由口划]")
_BY_UNIT = re.compile(
    r"(?:[由口]|划归)([^,。;:\n“”「」()]{3,40}?)(?:\([^()\n]{2,40}\))?(?:(?<=局)办理|承担|行使|履行|承接|负责(?!注销|关|办|解释|组织|落实|处理|实施|监督|做好)|继续履行)"
)


def read(zone: Zone, page: Page, stop: int) -> Lead:
    """Return what a zone leads to. `stop` is where its sentence ends."""
    lead = Lead()
    for mention in zone.mentions if zone.lead is Does.GO else _first_list(zone.mentions, page):
        _take(mention, zone, page, lead)
    _bare_column(zone, page, lead, stop)
    if not lead.targets and zone.lead is Does.RENAME and zone.owners and not zone.mentions:
        found = _NEW_NAME.match(page.plain, zone.begin, zone.end)
        if found and not units.is_unit(found[0]):
            lead.targets.append(
                Target(found.span(), zone.owners[-1].platform, sort_of(zone.owners[-1].platform))
            )
    if not lead.targets:
        _to_unit(zone, page, lead)
    if not (lead.targets or lead.vague or lead.columns or lead.same) and zone.lead in (
        Does.GO,
        Does.MOVE,
        Does.MERGE,
    ):
        _bare(zone, page, lead)
    if not (lead.targets or lead.vague or lead.columns or lead.same):
        text = page.plain[zone.begin : min(zone.end, zone.begin + FARTHEST)]
        if _VAGUE.search(text) and _HINTS.search(text):
            lead.vague = (zone.start, zone.end)
    if (lead.targets and not lead.duties) or lead.columns:
        end = max([zone.begin, *(m.end for m in zone.mentions), *(c[1] for c in lead.columns)])
        lead.scope = scopes.read(zone, page, end, stop)
        for target in lead.targets:
            target.scope, target.about = lead.scope
    return lead


def by_unit(page: Page, start: int, end: int) -> Target | None:
    """Return the organisation of 相关职能由X局承担 in a stretch."""
    near = _BY.search(page.plain, start, end)
    found = _BY_UNIT.search(page.plain, near.start(), end) if near else None
    if not found or not units.is_unit(found[1]):
        return None
    clause = page.last(",。;:\n", start, found.start())
    scope, about = scopes.cleaned(page, clause, found.start())
    if not scope and page.plain[clause - 1 : clause] == "," and found[0].endswith("负责"):
        return None  # “甲”公众号继续运行,由乙部负责: it runs the account
    return Target(found.span(1), None, Sort.UNIT, scope=scope, about=about)


def _first_list(mentions: Sequence[Mention], page: Page) -> list[Mention]:
    """Return the first of some mentions with those in one list with it: what 迁移至 leads to ends there."""
    found = list(mentions[:1])
    for mention in mentions[1:]:
        if not _JOINED.fullmatch(page.plain, min(found[-1].end, mention.start), mention.start):
            break
        found.append(mention)
    return found


def _take(mention: Mention, zone: Zone, page: Page, lead: Lead) -> None:
    """Add what one mention in a zone is: a destination, a column of the one before, a hint, or nothing."""
    if (mention.weak and _is_beside(mention, zone, page, lead)) or _runs_it(mention, zone, page):
        return
    told = mention.weak or (_is_told_elsewhere(mention) and bool(lead.targets))
    if told and mention.name and _is_column(mention, zone, page, lead):
        if not lead.targets:
            lead.columns.append(mention.name)
        elif lead.targets[-1].sort in HOLDERS:
            _enter(lead.targets[-1], mention.name)
    elif mention.same and mention.platform:
        lead.same.append(mention)
    elif mention.other or mention.own:
        _take_nameless(mention, lead)
    elif target := of(mention):
        _told(mention, target, zone, page)
        lead.targets.append(target)
        if target.sort in HOLDERS:
            _along(target, page, mention.end)
    elif mention.unit:
        lead.targets.append(Target(mention.unit, mention.platform, Sort.UNIT, said=mention.said))


def _along(target: Target, page: Page, end: int) -> None:
    """Add the columns behind an app or site: 新闻栏目, and those that dashes lead through: —信息公开—教育局栏目."""
    named = _COLUMN.match(page.plain, end)
    while found := _WAY.match(page.plain, end):
        _enter(target, found.span(1))
        end = found.end()
    if named and not target.path and not _NO_COLUMN.search(named[1]):
        _enter(target, named.span(1))


def _runs_it(mention: Mention, zone: Zone, page: Page) -> bool:
    """Tell whether an account only takes over the work: “甲”公众号改由“乙”统一管理."""
    return (
        page.plain.endswith("由", zone.start, mention.start)
        and _RUNS.match(page.plain, mention.end) is not None
    )


def _is_told_elsewhere(mention: Mention) -> bool:
    """Tell whether the platform of a name is only said of it elsewhere in the text."""
    return mention.said is not None and not mention.start <= mention.said[0] < mention.end


def _is_beside(mention: Mention, zone: Zone, page: Page, lead: Lead) -> bool:
    """Tell whether a name in quotes is a programme to watch, or behind a destination a part of it or spoken of otherwise."""
    if page.plain[mention.start] in _TITLED and _IS_WATCHED.search(page.plain, zone.start, mention.start):
        return True
    if not lead.targets:
        return False
    if page.plain.endswith(_WITHIN, zone.begin, mention.start):
        return True
    return page.plain.endswith(",", zone.begin, mention.start) and page.plain.startswith("的", mention.end)


def _take_nameless(mention: Mention, lead: Lead) -> None:
    """Add 我局网站(www…) by its address; 其他平台 and 我局官微 name nothing."""
    if mention.own and mention.handle and mention.platform is Platform.WEBSITE:
        lead.targets.append(Target(mention.handle, Platform.WEBSITE, Sort.WEBSITE, said=mention.said))
    elif not (mention.own and mention.weak and not mention.platform):
        lead.vague = lead.vague or (mention.start, mention.end)


def _told(mention: Mention, target: Target, zone: Zone, page: Page) -> None:
    """Let a name without a platform be on that of the account renamed, or a site where one is to log in."""
    if zone.lead in (Does.RENAME, Does.SPLIT) and zone.owners and _is_told_elsewhere(mention):
        target.platform, target.said = zone.owners[-1].platform, None
    elif target.platform is not None or not mention.weak:
        return
    elif zone.lead in (Does.RENAME, Does.SPLIT) and zone.owners:
        target.platform = zone.owners[-1].platform
    elif _LOG_IN.search(page.plain[zone.start : zone.begin]) and (
        _BARE_SITE.fullmatch(page.text(target.name)) or page.plain.startswith(_SITES, mention.end)
    ):
        target.platform = Platform.WEBSITE
    target.sort = sort_of(target.platform)


def _enter(target: Target, column: Span) -> None:
    target.path.append(column)
    target.sort = Sort.PATH


def _is_column(mention: Mention, zone: Zone, page: Page, lead: Lead) -> bool:
    if _PART_BEFORE.search(page.plain[max(0, mention.start - 4) : mention.start]):
        return True
    last = lead.targets[-1] if lead.targets else None
    if last and last.sort in HOLDERS and last.said and last.said[1] == mention.start:
        return True  # “甲”App“乙圈”
    mark = page.marks.at(mention.end)
    if (mark and mark.meaning is Does.COLUMN) or _COLUMN_NAME.search(page.text(mention.name)):
        return True
    if _INSIDE.search(page.plain[zone.start : zone.begin]):
        return True
    before = page.plain[max(zone.begin - 6, mention.start - 8) : mention.start]
    inside = bool(lead.targets) and lead.targets[-1].sort in HOLDERS
    return inside and page.plain[mention.start] != "@" and _COLUMN_BEFORE.search(before) is not None


def _bare_column(zone: Zone, page: Page, lead: Lead, stop: int) -> None:
    """Add a column that stands without quotes behind the words that lead on: 关注冶源街道栏目."""
    found = None if zone.mentions else _COLUMN.match(page.plain, zone.begin, stop)
    if found and not _NO_COLUMN.search(found[1]):
        lead.columns.append(found.span(1))


def _to_unit(zone: Zone, page: Page, lead: Lead) -> None:
    """Find the organisation that duties move to: 规划土地监察职能并入固镇县城市管理行政执法局."""
    found = _TO_UNIT.match(page.plain, zone.begin, zone.end) if zone.lead in (Does.MERGE, Does.MOVE) else None
    if not found or not units.is_unit(found[1]) or page.plain.startswith(_FORMED, zone.start):
        return
    clause = page.last(",。;:\n", zone.since, zone.start)
    duty = [m.end() for m in scopes.DUTY.finditer(page.plain, clause, zone.start)]
    lead.duties = (clause, zone.start)
    scope, about = scopes.cleaned(page, clause, max(duty, default=zone.start))
    lead.targets.append(Target(found.span(1), None, Sort.UNIT, scope=scope, about=about))


def _bare(zone: Zone, page: Page, lead: Lead) -> None:
    """Find destinations that are neither quoted nor followed by their platform."""
    found = _BARE.match(page.plain, zone.begin, min(zone.end, zone.begin + 40))
    for part in _PART.finditer(page.plain, *found.span(1)) if found else ():
        name = part[0]
        leads = zone.lead is not Does.GO or _LOG_IN.search(page.plain[zone.start : zone.begin])
        site = leads and _BARE_SITE.fullmatch(name)
        if site and not _NO_SITE.search(name):
            lead.targets.append(Target(part.span(), Platform.WEBSITE, Sort.WEBSITE))
            continue
        if zone.lead is not Does.GO:
            continue
        at = page.places.mentions(name)
        if at and at[0].start == 0 and at[0].end < len(name) <= 12 and _BARE_ACCOUNT.search(name):
            lead.targets.append(Target(part.span(), None, Sort.ACCOUNT))
