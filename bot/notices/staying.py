"""Floor 5. Accounts that a sentence says go on: 照常更新 behind them, 仅保留 before them, 除“甲”外 around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.notices.words import Mark

# Before and behind a word like 正常更新 that turn it into another.
_NOT_ALIVE = ("无法", "不能", "不再", "停止", "不")
_NOT_KEPT = ("至", "到", "历史", "内容", "数据", "原")
# What may stand before such words where they speak of the account spoken of before.
_OF_OWN = re.compile(
    r"(?:目前|现在|现|当前|截至目前|仍然?|继续|一切|将|均|都|依然|始终|其他|其|该|本|此|我们的?|我局|我们?|上述|官方|[^,:]{0,8}?(?:账号|帐号|公众号|平台|微博|网站|视频号|抖音号|app|小程序|号)|业务|运行|也)*"
)
# 全镇仅保留“甲”公众号, 集中力量办好“甲”, 本月新增“甲”.
_KEEPS = re.compile(
    r"(?<!不)(?<!不予)(?<!不再)(?:保留|继续(?:运营|使用|运行|更新|办好)|办好|做优|做强|做好|建好|建强|新增|新开|新设|新开通|新开设|新设立)"
    r"(?:[^,。;“]{0,10}[0-9]{4}年[^,。;“]{0,8}的)?(?:了|以下|下列|的?(?:政务)?(?:账号|公众号|新媒体|平台)|的是)?:?\Z"
)
# A sentence without any of these keeps nothing, and is not looked at further.
_KEEPING = re.compile(r"保留|继续|[办建]好|做[优强好]|建强|新[增开设]|除|不含|不包括")
_KEPT_UNTIL = re.compile(
    r"(?:[^,。;“]{0,6}?[0-9一二两三四五六七八九十]个)?[^,。;“]{0,4}?(?:至|到|供|的?(?:历史|内容|名称))"
)
# “甲”微信公众号保留,其他停更
_STAYS = re.compile(r"(?:将|均|予以|继续|仍|暂|暂时)*保留[,。;\n]")
_EXCEPT = re.compile(r"(?:除|除了|不含|不包括)\Z")
_JOINTS = frozenset(("", "、", "和", "与", "及", "以及", "和原"))
# How much of the text before an account may say that it is kept.
_NEAR = 12
RESTORED = ("恢复", "重新")


def lives(page: Page, s: Sentence, mark: Mark) -> bool:
    """Tell whether a word like 正常更新 says that an account goes on; not 无法正常更新, 保留至6月底."""
    kept = page.plain.endswith("保留", mark.start, mark.end)
    lost = kept and page.plain.startswith(_NOT_KEPT, mark.end)
    return not lost and not page.plain.endswith(_NOT_ALIVE, s.start, mark.start)


def is_of_own(page: Page, s: Sentence, mark: Mark) -> bool:
    """Tell whether such a word speaks of the account spoken of before: 目前运行正常."""
    clause = page.last(",:", s.start, mark.start)
    some = page.plain.startswith(("前者", "后者"), clause)
    return not some and _OF_OWN.fullmatch(page.plain, clause, mark.start) is not None


def kept(page: Page, s: Sentence) -> Iterator[int]:
    """Yield the identity of each account that words right before it, or before its list, keep."""
    if not _KEEPING.search(page.plain, s.start, s.end):
        return
    keeps, end = False, 0
    for mention in s.mentions:
        joined = keeps and page.plain[min(end, mention.start) : mention.start] in _JOINTS
        keeps = joined or _is_kept(page, s, mention.start, mention.end)
        end = mention.end
        if keeps:
            yield id(mention)


def _is_kept(page: Page, s: Sentence, start: int, end: int) -> bool:
    before = page.plain[max(s.start, start - _NEAR) : start]
    if _EXCEPT.search(before) or _STAYS.match(page.plain, end, s.end + 1):
        return True
    return _KEEPS.search(before) is not None and _KEPT_UNTIL.match(page.plain, end) is None
