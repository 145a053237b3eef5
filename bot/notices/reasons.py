"""Floor 5. Why accounts close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

from bot.notices.sheet import Span
from bot.values import Reason

_REASONS = (
    (
        Reason.REFORM,
        re.compile(
            r"(?=[机职业单街乡学局委办站所中撤整重厅院校园队馆行区涉并合])(?:机构(?:改革|鼎新|调整|革新)|(?:职能|职责|职权)[^,。;“\n]{0,8}(?:划转|划入|划归|并入|移交|转隶|整合|调整)|"
            r"(?:职责|职能|业务).{0,30}由.{2,20}局.{0,20}承担|(?:单位|机构|街道|乡镇|学校|局|委|办|站|所|校|院|园|中心)(?:整体)?(?:撤并|撤销(?!网站|账号|公众号|微博|“))|"
            r"撤销[^“「《@]{0,10}(?:局|办|委|站|所|中心)|整合组建|重组为|(?:局|委员会|委|办|厅|中心|院|校|园|街道|所|站|队|馆)(?:已)?更名|单位更名|机构更名|"
            r"行政区划调整|撤县设|撤市设|撤镇设|区划调整|机构撤|涉改|并校|合校|校区合并|合并办学|学校合并|单位名称变更|机构名称变更|机构合并|单位合并|(?:局|中心|医院|学校|[中小]学|院|站|所)[与和及同][^,。;“\n]{2,24}(?:局|中心|医院|学校|[中小]学|院|站|所)(?:正式)?合并)"
        ),
    ),
    (Reason.BURDEN, re.compile(r"减负|减轻.{0,12}(?:负担|承担)|形式主义|为基层松绑|基层负担")),
    (
        Reason.DORMANCY,
        re.compile(
            r"长期(?:不|未|没有|无)[^,。;]{0,2}(?:更新|维护|运营|管理|使用)|长期停更|僵尸|睡眠号|空壳号|(?:多年|数年)(?:不|未)更新|长时间(?:未|不)更新|更新频率(?:较)?低"
        ),
    ),
    (
        Reason.CONSOLIDATION,
        re.compile(
            r"整合(?![到至入进为并])|集约|(?:归并|合并)(?![到至入进为])|瘦身|优化布局|精简(?=[^,。;\n]{0,8}(?:账号|平台|新媒体|公众号|数量|微博|网站))|(?:账号|平台|新媒体|公众号)[^,。;\n]{0,6}精简|一体化建设|矩阵优化调整|统一归口(?![^,。;“]{0,6}[“「@《])|聚合"
        ),
    ),
)
_CAUSE = re.compile(
    r"(?:停更|停用|关停|注销|变更|调整|下线)?(?:原因|事由|缘由)(?:为|是|:)[^,。;\n]{2,60}|(?:^|[,。;:!?\n\t)“])(?:现|兹|近期|特)?(?:受(?=[^,。;\n]{2,20}(?:所限|限制|影响))|鉴于|因|因为|由于|为(?!您|你|大家|广大|期|什么|何|此|止|准|例|主|国|全)|为了|根据|按照|遵照|依据|依照|"
    r"应|按|接|凭据|依(?=《)|经(?!研究|过|常|查|核|济)|结合|随着)[^,。;\n]{2,60}|因(?!此|为止|而)(?:与“[^“”\n]{2,20}”)?[^,。;\n“]{2,30}(?=,)"
)
_NO_CAUSE = re.compile(
    r"^[,。;:!?\n\t)]*经[^,]{0,16}(?:研究|批准|同意|审核)|给您(?!提供)|不便|感谢|应当|应用|接到|为您|按时|应对|因素"
)


# Behind all of the kinds comes none of them.
_NONE = len(_REASONS)


class Reasons:
    """Tells why accounts close. Each stretch of the text is read once, for however many accounts it speaks."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self._kinds: dict[Span, tuple[int, Span | None]] = {}
        self._causes: dict[Span, Span | None] = {}

    def find(self, spans: Sequence[Span]) -> tuple[Reason | None, Span | None]:
        """Return why accounts close by some stretches: the first of the kinds in their order, and the words for it."""
        kind, words = min(map(self._kind, spans), key=itemgetter(0), default=(_NONE, None))
        if words:
            return _REASONS[kind][0], words
        for span in spans:
            if cause := self._cause(span):
                return Reason.OTHER, cause
        return None, None

    def _kind(self, span: Span) -> tuple[int, Span | None]:
        """Return the first kind that a stretch speaks of, by its number, and the words for it."""
        if span not in self._kinds:
            self._kinds[span] = _NONE, None
            for number, (_, pattern) in enumerate(_REASONS):
                if found := pattern.search(self.plain, *span):
                    self._kinds[span] = number, found.span()
                    break
        return self._kinds[span]

    def _cause(self, span: Span) -> Span | None:
        """Return the words for a cause of no kind in a stretch."""
        if span not in self._causes:
            matches = _CAUSE.finditer(self.plain, *span)
            found = next((m for m in matches if not _NO_CAUSE.search(m[0])), None)
            bare = len(found[0].lstrip(",。;:!?\n\t)")) if found else 0
            self._causes[span] = (found.end() - bare, found.end()) if found else None
        return self._causes[span]
