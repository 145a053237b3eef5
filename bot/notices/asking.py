"""Floor 5. Whether words that may lead the reader on do so: 通过 after 请, 在 before X发布, 看 before a name."""

from __future__ import annotations

import re

from bot.notices.changes import Changes
from bot.notices.mention import Mention
from bot.notices.page import Ordered, Page
from bot.notices.sentences import Sentence
from bot.notices.sheet import Span
from bot.notices.words import Mark

# What makes a weak word like 通过 lead the reader on; in an article only the stronger of them do.
_ASKS = re.compile(
    r"请|可|欢迎|敬|今后|后续|届时|以后|将|继续|建议|您|大家|用户|统一|转|改|需|望|之后|另|此后|均|由|都|我们|一律|移步|各位|友"
)
_PROMISES = re.compile(r"请|可|欢迎|今后|后续|届时|以后|将|建议|移步")
_LOOKS_BACK = re.compile(
    r"感谢|致谢|谢谢|长期|一直以来|此前|曾|原先|过去|以前|开通以来|多年来|年来|已有|累计|不再|无法|不能|停止|勿|不需|无需|不必|不用|不要|谨防|冒用"
)
_BEFORE_PLACE = re.compile(
    r"(?:仍然|仍|统一|将|均|改|转|一律|全部|陆续|同步|集中)?(?:在|于|由|通过|从|经由|经|改由|转由|依托|到|至|统一报|报送)"
    r"(?:其|我们的|本局|我局|我|县|市|区|新的|官方|原|了)?\Z"
)
_READERS = re.compile(
    r"的(?:各位|广大|所有|新老|老|每一位|每位)?(?:网友|粉丝|朋友|用户|读者|市民|家长|听众|观众|友|您)"
)
_USE = re.compile(r"(?:^|[,。;:])[^,。;:“]{2,12}(?:[看上找去]|(?<![使停应利采启通])用)\Z")
_MEET = re.compile(r"(?:里|上)?(?:见|再会|相见|等你|等您|继续陪)[,。!~;\n]")
_MEETS = frozenset("里上见再相等继")
_PUBLISH = re.compile(
    r"(?:[“「『《][^”」』》\n]{2,12}[”」』》](?:专栏|栏目|频道|专区|专题|板块|版块))?[^,。;!?\n“「『《]{0,12}?(?:发布|公布|推送|更新|公开|发出|提供|承接|承担|负责|办理|查询|获取|了解|接收|开展|受理|刊发|展示|释出|宣布|推出|接续|代替|"
    r"与您|与大家|等你|等您|等着|相见|再会|不见不散|陪伴|见面|看到|看见|读到|听到|找到|查看|查阅|浏览|咨询|刊登|分享|呈现|接管|运营|延续|继续)"
)
_RUN_BY = re.compile(r"[^,。;\n]{0,6}?(?:主办|运营|主管|开设|管理|维护|开通|注册|创办)")
# What such words end with; most accounts stand behind something else.
_USED, _PLACED = frozenset("看上找去用"), frozenset("在于由过从经托到至报送其的局我县市区方原了")
# How much of the text before an account may lead to it.
_NEAR = 16


class Asking:
    """Tells what leads on in a text. It is told when the text has first said that anything ends."""

    def __init__(self, page: Page, mentions: Ordered[Mention], changes: Changes, reports: bool) -> None:
        self.page = page
        self.plain = page.plain
        self.mentions = mentions
        self.changes = changes
        self.reports = reports
        self.changed = False  # whether anything has ended yet

    def used(self, mention: Mention, s: Sentence) -> bool:
        """Tell whether one verb of a single character leads to an account: 新闻资讯看“甘州融媒”视频号."""
        if not self.changed or mention.weak or not mention.name or self._behind(mention, s) not in _USED:
            return False
        return _USE.search(self.plain[max(s.start, mention.start - _NEAR) : mention.start]) is not None

    def _meets(self, mention: Mention) -> bool:
        """Tell whether readers are to be met at an account: “甲”视频号见."""
        named = mention.name or mention.unit
        return named is not None and _MEET.match(self.plain, mention.end) is not None

    def _behind(self, mention: Mention, s: Sentence) -> str:
        """Return the character of its sentence that an account stands behind."""
        return self.plain[mention.start - 1] if mention.start > s.start else ""

    def led_in(self, mention: Mention, s: Sentence, used: bool) -> Span | None:
        """Return where 在 stands in 后续…将在X发布, when a mention stands in such words or is `used`."""
        if used:
            return mention.start - 1, mention.start
        if self.changed and self.plain[mention.end : mention.end + 1] in _MEETS and self._meets(mention):
            return mention.start, mention.start
        if self._behind(mention, s) not in _PLACED:
            return None
        before = self.plain[max(s.start, mention.start - _NEAR) : mention.start]
        found = _BEFORE_PLACE.search(before)
        if not found or (mention.own and not mention.platform):
            return None
        published = _PUBLISH.match(self.plain, mention.end, min(s.end, mention.end + 24))
        if (
            not published
            or self.plain.startswith("的", published.end())
            or ("由" in found[0] and _RUN_BY.match(self.plain, mention.end, s.end))
        ):
            return None
        start = mention.start - len(before) + found.start()
        clause = self.page.last(",", s.start, start)
        if _LOOKS_BACK.search(self.plain, clause, start) and not _ASKS.search(self.plain, clause, start):
            return None
        if self.reports and not _PROMISES.search(self.plain, s.start, start):
            return None
        return start, mention.start

    def asks(self, mark: Mark, s: Sentence, going: bool) -> bool:
        """Tell whether a word like 通过 leads on: a request, a promise or a going on stands before it."""
        if self._addresses(mark):
            return False
        if going:
            return True
        low = max(s.start, mark.start - 40)
        clause = self.page.last(",:", low, mark.start)
        if _LOOKS_BACK.search(self.plain, clause, mark.start):
            return False
        asks = _PROMISES if self.reports else _ASKS
        if self.reports or asks.search(self.plain, low, mark.start):
            return asks.search(self.plain, low, mark.start) is not None
        near = [m for m in self.mentions.between(mark.end, mark.end + 3) if not m.weak or m.name]
        return bool(near) and (self.changed or clause == mark.start)

    def _addresses(self, mark: Mark) -> bool:
        """Tell whether it is who reads an account that is spoken to: 各位关注“甲”公众号的网友."""
        near = self.mentions.between(mark.end, mark.end + 3)
        return bool(near) and _READERS.match(self.plain, self.changes.about.along(near[0].end)) is not None
