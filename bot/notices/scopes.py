"""Floor 5. What a destination takes over: all of it, information, services, or the text's own words for a subject."""

from __future__ import annotations

import re

from bot.notices import units
from bot.notices.page import Page
from bot.notices.sentences import Zone
from bot.notices.sheet import Span
from bot.notices.words import Does

ALL, INFORMATION, SERVICES = "all", "information", "services"
# What is said of a scope, and the words for it.
Scope = tuple[str | None, Span | None]
UNSAID: Scope = (None, None)

DUTY = re.compile(r"监管职能|工作职能|业务职责|职能|职责|职权")
_LONGEST = 30
_WORDS_INFORMATION = "信息|资讯|动态|内容|消息|公告|通知|新闻|讯息|推送|推文|通告|情况|公开|更新"
_INFORMATION = re.compile(rf"(?:{_WORDS_INFORMATION})(?:{_WORDS_INFORMATION}|发布)*")
_SERVICES = re.compile(r"(?:服务|业务|办事|功能|办理|事项)(?:服务|业务|办事|功能|办理|事项|咨询)*")
_WHOLE = frozenset(
    ("粉丝", "关注用户", "账号", "数据", "全部", "一切", "内容及粉丝", "粉丝及内容", "粉丝和内容")
)
# 全部栏目和数据, 粉丝、文章及功能…全部迁移至
_ALL_OF = re.compile(
    r"(?:全部|所有|一切)(?:的)?(?:栏目|数据|内容|信息|功能|文章|粉丝|服务|业务)[^,。;]{0,12}\Z|(?:全部|整体|一并|一次性)\Z"
)
_AND = re.compile(r"、|以及|和|与|及")
_UNITS = "局|委|县|市|区|镇|院|校|园|办|乡|站|中心|街道|单位|社区|旗|州|厅|部|会|处|所|台|馆|村|省|队|支队|大队|系统"
# Words that lead up to what a scope is.
_LEADING = re.compile(
    r"\(?[一二三四五六七八九十0-9]{1,3}[)、.]|(?<=[停销更号用止])后(?!续)|凡?涉及|如果|如需|若需|如欲|欲|想要|想|原有之|介绍之|现有|往后|日后|日後|嗣后|查阅|了解|查看|办理的|刊发的|发布的|二者|一律|看|相干|仍然|仍|其中|今后|以后|后续|届时|之后|此后|今年起|即日起|从今往后|相关|有关|更多|最新|各类|"
    r"各种|政务|工作|权威|一切|所有|日常|其它|其他|新的|新(?!闻|型|学|生|农|能|房|书|片|规|政)|及时|重要|我们的|我们|"
    rf"我(?:{_UNITS})|本(?:{_UNITS}|号|账号|公众号|平台|网站)|全(?:县|市|区|镇|省|旗|州|乡|国)|"
    r"(?:该|原)?(?:公众号|账号|微博|平台|网站|号)(?:的)?|原有|原|街道的|街道|学校的|县里的|区里的|市里的|镇上的|的|将|均|如|对于|关于|全部|继续|了解|"
    r"(?:上述|以上|这些|原|各|相关)(?:单位|部门|账号|学校|镇街)的|(?:广大|各位|新老|老)(?:用户|市民|群众|居民|企业|网友|读者|家长|朋友)|(?:广大)?(?:用户|市民|群众|居民|企业|网友|读者|家长|大家)(?=可以|可|请|将|需|如|今后|后续|\Z)|获取|查询|您需要|您|需要|需|请|可|欢迎|敬请|统一|都|也|各项|上述|以上|该|此|其|便民|本地|线上|网上|上的|[村镇乡]里的"
)
_TRAILING = re.compile(
    r"(?:发布|等|的|方面|(?<!申)请|可|将|均|则|统一|届时|今后|如需|可以|全部|都|改|转|由|:|,)+\Z"
)
# Clauses that stand before a destination and say nothing of what it is for.
_SPEAKS = re.compile(
    r"感谢|致谢|谢谢|不便|谅解|抱歉|歉意|停止|更新,|停更|关停|注销|关闭|下线|下架|支持|理解|特此|公告如下|以来|研究|同意|决定|要求|根据|按照|^为|因|粉丝|"
    r"之日|届时|您好|大家好|完毕|期间|原因|再见|期待|朋友|如有|如需|若|同时|^(?:扫码|扫描|下载|点击|搜索|登录|通过|到|在|已)"
)
_SUBJECT = re.compile(
    r"(?:信息|资讯|动态|内容|消息|公告|通知|新闻|服务|业务|功能|办事|办理|咨询|查询|预告|借阅|续借|缴纳|缴费|登记|预约|宣传|职能|职责|工作|通告|活动|视频|"
    r"数据|文章|政策|事项|解读|申报|申领|申请|报名|招生|投诉|爆料投诉|举报|建议|诉求|求助|公开|讯息|挂号|路况|预警|预报|提示|招聘|培训|知识|资源|课程|"
    r"节目|直播|答疑|问题|事宜|档案|材料|指南|情况|提醒|安排|名单|公示|成绩|订票|购票|入口|推送|报道|资料|作品|专题|科普|普法|用户|账户|互动|交流|留言|"
    r"反映|监督|参与|受理|审批|核验|打卡|执法|故事|宣讲|法规|条例|产品|展览|演出|线索|水情|汛情|预订|订购|要闻|文书|沟通|法律|民生|行情|警示|警告|预告|训练|保险|补贴|医保|社保|票务|余额|退款|缴存|成果|风采|文化|气象|天气|交通|安全|技术|招募|日报|周报|月报|快报|农技|曝光|悬赏|公报|文件|启事|生活|征集|公益|赛事|比赛|考试|录取|公交|班次|水费|电费|燃气|房源|质量|价格|物价|旅游|景点|门票|史料|图书|书目|馆藏|文物|非遗|便民|实事|见闻|看点|故事会|动向|进展|报告|标准|规则|流程|方法)\Z"
)
_BEHIND = re.compile(
    r",?[^,。;\n]{0,8}?(?:获取|了解|查询|查看|查阅|咨询|接收|浏览|掌握|办理|收看|发布|推送|公布|刊发|知晓|领取|阅读|获知|使用|申请|学习)([^,。;:!?\n()“]{2,24})"
)
_TAKEN_OVER = re.compile(
    r"[^,。;\n]{0,8},([^,。;\n]{2,20}?)(?:将由其|均由其|统一由其|由其|由该)(?:承接|负责|发布|提供|承担)"
)


def read(zone: Zone, page: Page, mentions_end: int, stop: int) -> Scope:
    """Return what the destinations of a zone are for.

    Args:
        zone: the zone.
        page: the text.
        mentions_end: where the last destination ends.
        stop: where the sentence ends.
    """
    if zone.lead is Does.RENAME:
        return ALL, None
    if zone.lead is Does.SPLIT:
        return UNSAID
    if zone.lead in (Does.MERGE, Does.MOVE):
        return _moved(zone, page)
    before = _before(zone, page)
    return before if before[0] else _behind(page, mentions_end, stop)


def _moved(zone: Zone, page: Page) -> Scope:
    """Return what moves: 短视频内容并入X; the account itself is all."""
    clause = page.last(",。;:\n", zone.since, zone.start)
    behind = max([clause, *(m.end for m in zone.owners if clause < m.end <= zone.start)])
    if _ALL_OF.search(page.plain, behind, zone.start):
        return ALL, (behind, zone.start)
    scope, about = cleaned(page, behind, zone.start)
    return (scope or ALL), about


def _before(zone: Zone, page: Page) -> Scope:
    """Return what stands before the words that lead on: 停水通知请关注X, 后续相关信息,敬请关注X."""
    start = page.last("。;:!?\n\t", zone.since, zone.start)
    at = zone.start
    for _ in range(3):
        first = page.last(",", start, at)
        owner = max([first, *(m.end for m in zone.owners if first < m.end <= at)])
        scope = cleaned(page, owner, at)
        if scope[0]:
            return scope
        clause = page.plain[first:at]
        if first <= start or (clause and _LEADING.sub("", clause)):
            break
        at = first - 1
    return UNSAID


def _behind(page: Page, end: int, stop: int) -> Scope:
    """Return what stands behind the destinations: X公众号查询我局信息, X公众号,全部业务由其承接."""
    if found := _BEHIND.match(page.plain, end, stop):
        scope = cleaned(page, *found.span(1))
        if not scope[0] and "办理" in page.plain[end : found.start(1)]:
            return SERVICES, found.span(1)
        return scope
    found = _TAKEN_OVER.match(page.plain, end, stop)
    return cleaned(page, *found.span(1)) if found else UNSAID


def cleaned(page: Page, start: int, end: int) -> Scope:
    """Return the scope that a stretch of text says, without the words that only lead up to it."""
    plain = page.plain
    while start < end and (found := _LEADING.match(plain, start, end)):
        if _INFORMATION.fullmatch(plain, start, end) or _SERVICES.fullmatch(plain, start, end):
            break
        start = found.end()
    found = _TRAILING.search(plain[start:end])
    if found and found.start():
        end = start + found.start()
    start = _behind_unit(page, start, end)
    text = plain[start:end]
    if not 2 <= len(text) <= _LONGEST or _SPEAKS.search(text):
        return UNSAID
    parts = _AND.split(text)
    informs = [_INFORMATION.fullmatch(p) is not None for p in parts]
    serves = [_SERVICES.fullmatch(p) is not None for p in parts]
    if all(informs):
        return INFORMATION, (start, end)
    if all(serves):
        return SERVICES, (start, end)
    if text in _WHOLE or all(i or s for i, s in zip(informs, serves, strict=True)):
        return ALL, (start, end)
    return (text, (start, end)) if _SUBJECT.search(text) else UNSAID


def _behind_unit(page: Page, start: int, end: int) -> int:
    """Return where a scope starts behind the organisation it is of: 原县旅游局职能, X局、Y局的职责."""
    cut = page.plain.rfind("的", start, max(start, end - 1))
    if cut > start and (units.is_unit(page.plain[start:cut]) or DUTY.fullmatch(page.plain, cut + 1, end)):
        return cut + 1
    duty = DUTY.search(page.plain, start, end)
    if duty and duty.end() == end and units.is_unit(page.plain[start : duty.start()]):
        return duty.start()
    return start
