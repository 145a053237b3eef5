"""Floor 5. What kind of text it is: a notice, a published list, an article."""

from __future__ import annotations

import re

from bot.values import Basis

# Each alternative begins with one of the characters before it: most places of a text are passed over at once.
_MEDIA = re.compile(
    r"(?=[记本报网闻社澎湃新华封面讯日通据受专教网市发负公告通声启工先陆相纷读])(?:记者|本报讯|[报网闻社](?:记者)?讯|[澎湃新华封面]{2}讯|讯\(|讯[0-9]{1,2}月|日电|通讯员|据悉|据.{2,8}报道|报道|受访|专家认为|教授|网友.{0,4}表示|"
    r"市民.{1,4}(?:说|表示)|发布.{0,8}公告,?(?:称|宣布|表示)|负责人(?:表示|说|介绍)|(?:公告|告示|通知|声明|启事)(?:中)?(?:称|表示|写道|说)|"
    r"工作人员(?:表示|称|说|告诉)|(?:先后|陆续|相继|纷纷)(?:发布|宣布|关停|停更|注销)|(?:网友|市民|读者)(?:发现|反映|留言))"
)
# Words that only an article has.
_PRESS = re.compile(
    r"记者|本报讯|[报网闻社](?:记者)?讯|讯\(|讯[0-9]{1,2}月|日电|日讯|通讯员|据悉|公告称|公告中|告示称|发布公告,|发布消息称"
)
_LIST = re.compile(
    r"(?=[月季监通抽汇一统检注关变在单合不本共巡专清已限约累二三四运工备责])(?:月报|季报|监测|通报|抽查|汇总表|一览表|统计表|检查情况|检查结果|检查发现|注销名单|关停名单|关停情况|注销情况|变动情况|在册|单项否决|合格率|不合格|本次检查|共检查|季度检查|巡查|监测发现|专项清理|"
    r"清理情况|清理整合情况|已限期整改|限期整改|约谈|累计关停|累计注销|本季度|[一二三四]季度|运行良好|工作年报|共计[0-9]{1,3}[个家]|运行情况|工作总结|季度.{0,20}(?:检查|抽查|监测)|备案系统|责令(?:限期)?整改)"
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
    r"(?:名单|清单|汇总表|一览表|情况表|情况|统计表|台账|方案|纪要|(?:情况|工作|自查|整改|整治|清理)[^,。]{0,4}报告)(?:\([^()]{0,20}\))?(?:的?公示)?\Z|\A拟(?:关停|注销|停用)[^,。;]{0,16}(?:账号|新媒体|平台)的?公示\Z"
)
_SELF = re.compile(
    r"公示期|公示时间|公示如下|如有异议|咨询电话|停更公告|的公告|的通告|后续.{0,8}信息|特此公告|特此通知|特此告知|敬请谅解|敬请.{0,4}理解|感谢.{0,12}(?:支持|关注|陪伴|厚爱)|给您带来|由此.{0,8}不便|公告如下|现予公示|请.{0,6}关注|"
    r"各位(?:网友|市民|粉丝|用户|家长|读者|朋友)|尊敬的|亲爱的|我(?:局|委|办|院|校|镇|园|中心|街道|单位|站)|本(?:公众号|账号|微博|站|网站|平台)"
)
_ANNEX = re.compile(r"(?:附件[0-9一二三四五]?:?\n)?")
# What a list that is made public says of itself.
_PUBLISHED = frozenset({"公示期", "公示时间", "公示如下", "如有异议", "现予公示"})
# So much of the first line is looked at as a heading.
_LONGEST_HEADING = 60


def _announces(line: str) -> bool:
    """Tell whether a line is the heading of a notice."""
    heading = line[:_LONGEST_HEADING]
    return _ANNOUNCES.search(heading) is not None and (
        _IS_NOTICE.search(heading) is not None or not _LIST.search(heading)
    )


def basis(plain: str, signed: bool) -> Basis:
    """Return what kind of text it is: an article, a published list, or else a notice; `signed` by a unit on a day."""
    plain = plain[_ANNEX.match(plain).end() :]  # type: ignore[union-attr]  # it matches nothing too
    heading = plain.split("\n", 1)[0][:_LONGEST_HEADING]
    first, _, rest = plain.partition("\n")
    second = rest.partition("\n")[0]
    announces = _announces(first) or (
        "," not in second and len(second) <= _LONGEST_HEADING and _announces(second)
    )
    unnamed = _NAMES.sub("", plain)
    media, listed = (len(set(p.findall(unnamed))) for p in (_MEDIA, _LIST))
    is_list = _LIST_HEADING.search(heading) is not None
    if not media and not listed and not is_list:
        return Basis.NOTICE
    own = len({w for w in _SELF.findall(plain) if not (is_list and w in _PUBLISHED)})
    own += _WEIGHT * announces
    if media * 2 + 2 * len(set(_PRESS.findall(plain))) > own + 2 * _WEIGHT * signed:
        return Basis.MEDIA
    listed += 2 * (is_list or _LIST_HEADING.search(first) is not None)
    return Basis.OFFICIAL_LIST if listed and listed >= own else Basis.NOTICE
