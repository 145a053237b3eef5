"""Floor 5. Accounts that a notice sends its readers to in words of its own: 想听小课堂的,来@甲公安的微博坐坐.

No list holds all the verbs that lead on. But once a notice has said what closes, whatever other account it names is one
that it sends people to, unless its clause thanks, looks back, warns or only says that the account goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.values import Platform

# Why an account may be named otherwise: thanks, the past, who allowed or passed it on, likenesses, fakes.
_OTHERWISE = re.compile(
    r"至于|感谢|开设的(?:专栏|栏目|专区|频道)|撤下|致谢|谢谢|谢意|感恩|敬意|鸣谢|离不开|支持|指导|帮助|厚爱|转载|转发|代发|曾|此前|先后|过去|当年|自开通|开通于|注册于|以来|授权|委托|冒充|冒用|仿冒|假冒|盗用|"
    r"谨防|警惕|无关|区别|不同于|混淆|误认|不是|并非|相似|重名|重复|没有变化|不变|暂不|不作|不做|不予|不受|不在|不含|不涉及|搜索不到|找不到|继续办好|贺信|来源|主管|监管|审核|荣获|获评|喜获|称号|仍由|不再|停|关闭|注销|撤销|取消|保留|照常|正常|不变|没有|"
    r"未|不能|无法|而非|由于|因为|鉴于|相比|相较|比起|对比|差距|不如|合作伙伴|合作单位|兄弟单位|友号|借鉴|参照|先进经验|例如|比如|征集|投稿|招募|抽奖|答题|退回|补正|办好|做优|做强|建强|打造"
)
# What a sentence has that sends somebody somewhere.
_INVITES = re.compile(
    r"请|欢迎|期待|可|将|统一|今后|后续|以后|之后|此后|届时|往后|从此|新(?![开增设建])|看|找|到|上|去|来|用|搜|加|改|转|为准|继续|接着|见|等|陪|关注|想|需|要|大家|您|你|一律|均|全部|都|扫|"
    r"接力|接棒|延续|替代|取代|代替|承接|备用|入口|渠道|唯一|集中"
)
# Right before or behind a name that only quotes tell from other words.
_TO = re.compile(
    r"(?:[看上到去来找搜用加逛问进登盯戳点查]|关注|认准|锁定|认准了|订阅|收藏|选择|走进|以|在|交给|留给|换成|换到|就是|叫做?|靠|往|奔)(?:我们的?|咱们?的?|新的?|官方|一下|看看|下|县里的?|市里的?|区里的?)?\Z"
)
_FROM = re.compile(
    r"[,。;!~、和与及]|为准|见|再会|等|吧|啦|了|上|里|就|获取|查|看|办|了解|继续|接着|平台|这里|\Z"
)

# A line of credits: 来源:“甲”, 审核:“乙”.
_CREDIT = re.compile(
    r"(?:^|[,。;(])(?:本文|图文|文字|图片|素材|内容|稿件)?(?:来源|来自|转自|转载|摘自|编辑|责编|编审|审核|校对|审稿|签发|供稿|供图|撰稿|排版|监制|作者|记者|出品|制作|统筹)[^,。:“]{0,4}:[^,。:]*\Z"
)

# Behind these a name is that of a part of what was named before.
_INTO = frozenset("点进")
_HOLDERS = (Platform.APP, Platform.MINIPROGRAM, Platform.WEBSITE)
_NEAR = 8


def find(page: Page, s: Sentence) -> list[Mention]:
    """Return the accounts of a sentence that no word of change or of leading on has claimed, and that it sends to."""
    used = {id(m) for c in s.changes for m in c.subjects} | {id(m) for z in s.zones for m in z.mentions}
    used |= {id(m) for m in s.alive}
    after = s.changes[-1].at[1] if s.changes else s.start
    free = [m for m in s.mentions if m.name and not m.other and id(m) not in used and m.start >= after]
    return list(_invited(page, s, free))


def lead_in(page: Page, s: Sentence, mention: Mention) -> int:
    """Return where the words start that send people to an account: 看 in 政策文件看“甲”, the account where none do."""
    low = max(s.start, mention.start - _NEAR)
    found = _TO.search(page.plain[low : mention.start])
    return low + found.start() if found else mention.start


def _is_inside(s: Sentence, mention: Mention) -> bool:
    """Tell whether a part of an app or site is meant, which its sentence has named: 搬到“甲”小程序,点“我的小区”."""
    return any(m.platform in _HOLDERS and m.end <= mention.start for m in s.mentions)


def _invited(page: Page, s: Sentence, free: list[Mention]) -> Iterator[Mention]:
    plain = page.plain
    for m in free:
        if _CREDIT.search(plain[page.last(",", s.start, m.start) : m.start]):
            continue
        first = page.last(",:", s.start, m.start)
        comma = plain.find(",", m.end, s.end)
        last = comma if comma >= 0 else s.end
        if _OTHERWISE.search(plain, first, m.start) or _OTHERWISE.search(plain, m.end, last):
            continue
        if m.weak:
            near = _TO.search(plain[max(first, m.start - _NEAR) : m.start]) and _FROM.match(
                plain, m.end, s.end + 1
            )
            if near and m.start - first > 1 and not (plain[m.start - 1] in _INTO and _is_inside(s, m)):
                yield m
        elif _INVITES.search(
            plain, page.last(",:", s.start, max(s.start, first - 1)), m.start
        ) or _INVITES.search(plain, m.end, s.end):
            yield m
