"""Floor 5. A text laid out for rules: levelled, its spaces gone, and each position still known in the text as it came."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from bot.text import is_han, level

Span = tuple[int, int]

# Where two columns of a line meet: a tab, a wide space, or more than one space.
COLUMN = "\t"
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# What a reader sees: neither spaces nor the marks that have no width.
_BLANK = r"\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x1f\x7f"
_SEEN, _UNSEEN = re.compile(f"[^{_BLANK}]+"), re.compile(f"[{_BLANK}]")
# What a page writes for a space.
_ENTITY = re.compile(r"&(?:[a-z]{1,2}sp|nbsp|#(?:160|8195|12288|x[Aa]0));")
_WIDE = re.compile(r"[\t\u3000]|\s{2}")

# A line that ends with one of these is whole.
_ENDS = frozenset("。!?;:…")
# A line that ends with one of these goes on, and so does one before a line that begins with one of those.
_OPEN = frozenset("“‘「『《【(、,—〈")
_CLOSE = frozenset("”’」』》】),。、;!?〉")
_QUOTED = frozenset("”’」』》】\"'")
_ITEM = re.compile(
    r"[(]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})[)、.:](?![0-9])|[●○■□◆·•*—>]|附件|第[一二三四五六七八九十]"
)
_KEYED = re.compile(
    r"(?:序号|账号|名称|账号名称|平台|平台类型|类型|主体|主办单位|单位|时间|日期|停更时间|关停时间|注销时间|生效日期|变动类型|迁入账号|原因|备注|电话|联系电话|咨询电话|"
    r"地址|联系地址|联系人|去向|后续渠道|微信公众号|公众号|视频号|微博|抖音|抖音号|网站|官网|app|小程序):"
)
_HEADING = re.compile(r"(?:公告|通知|启事|告知|声明|说明|通报|通告|公示|布告|告示|情况的?报告|纪要)[!】]?\Z")
_DATED = re.compile(r"(?:[12][0-9]{3}|[一二][〇○零o一二三四五六七八九]{3})[年./-]")
_HALF = re.compile(r"[\x21-\x2b\x2d-\x39\x3c-\x7e]")
_ALNUM = re.compile(r"[a-z0-9]")
_SIGNER = re.compile(
    r"[\u4e00-\u9fff]{2,26}(?:局|委|办|部|处|会|政府|中心|支队|大队|街道|镇|乡|站|所|院|馆|校|学|园|公司|社|台|队|厅|室)"
)
_CUT_DATE = re.compile(r"(?:[0-9〇○零o一二三四五六七八九十]年?|[0-9一二三四五六七八九十]月|[-.:/])\Z")
_DATE_GOES_ON = re.compile(r"[年月日号]|[0-9]{1,2}[月日号]|[0-9]{2,4}(?![0-9年./-])")
_LEADS_ON = re.compile(r"(?:关注|移步|登录|访问|下载|搜索|使用|通过|至|到|在|的|和|与|及|由|于|为|或)\Z")
_JOINS = ("或", "并", "及", "和", "与", "以及", "且")
_PLATFORM = re.compile(
    r"(?:官方|政务)?(?:官方)?(?:微信|公众号|公家号|订阅号|服务号|客户端|视频号|微博|新浪|抖音|快手|头条|今日头条|app|小程序|网站)"
)
# A page or picture this wide or narrower breaks every line; wider ones only lines of this many characters.
_NARROW, _FULL = 34, 30
_SHARE_OF_NARROW, _SHARE = 0.72, 0.85
# That a text is narrow shows in lines nearly as long as the longest: so many, or this share of all.
_RAGGED, _SURE, _MANY = 2, 3, 0.3
_LONGEST_HEADING = 44
_APART = 0.2
# A line of fewer characters may be a heading or an address to somebody.
_SHORT = 6


class Sheet:
    r"""A text as the rules read it. Immutable; costs time linear in the text's length.

    `plain` is the levelled text without spaces: one `\n` where a paragraph ends, one `COLUMN` where a line has
    columns. Lines that a page's width or a picture broke are joined again. `gaps` are the positions before which there
    was a space.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        levelled = level(_ENTITY.sub(_spaces, source) if "&" in source else source)
        lines = [line for m in _LINE.finditer(levelled) if (line := _runs(levelled, *m.span()))]
        texts = [_text(levelled, line) for line in lines]
        goes_on = _Joiner([_columns(levelled, line) for line in lines], texts).joined()
        pieces: list[str] = []
        starts: list[int] = []  # of the pieces, and where each stands in the text as it came
        at: list[int] = []
        size = 0
        gaps: list[int] = []
        again = False
        for line, joined in zip(lines, goes_on, strict=True):
            last, first = 0, size
            for start, end in line:
                wide = last and _WIDE.search(levelled, last, start)
                if last and (wide or self._heads(pieces, size - first, levelled[start:end])):
                    pieces.append(COLUMN if wide else "\n")
                    starts.append(size)
                    at.append(last)
                    size += 1
                if last or not again:
                    gaps.append(size)
                pieces.append(levelled[start:end])
                starts.append(size)
                at.append(start)
                size += end - start
                last = end
            if not joined:
                pieces.append("\n")
                starts.append(size)
                at.append(last)
                size += 1
            again = joined
        self.plain = "".join(pieces)
        self.gaps = frozenset(gaps)
        self._spaces = gaps
        self.apart = (
            len(gaps) > len(self.plain) * _APART
        )  # whether spaces stand between characters, as in headings
        self._starts, self._at = starts, at
        self._words: dict[Span, str] = {}

    def _heads(self, pieces: list[str], size: int, after: str) -> bool:
        """Tell whether what stands in a line so far is a heading that a page's markup put before the text: …的公告 因…."""
        return (
            2 < size <= _LONGEST_HEADING
            and len(pieces[-1]) > 2
            and is_han(after[0])
            and _HEADING.search("".join(pieces[-size:])) is not None
        )

    def span(self, start: int, end: int) -> Span:
        """Return where a stretch of `plain` stands in the text as it came; its first character must be seen."""
        starts = self._starts
        first = bisect_right(starts, start) - 1
        last = first  # of most stretches, which have no gap
        if last + 1 < len(starts) and end > starts[last + 1]:
            last = bisect_right(starts, end - 1) - 1
        return self._at[first] + start - starts[first], self._at[last] + end - starts[last]

    def spaces(self, start: int, end: int) -> list[int]:
        """Return the gaps in a stretch of `plain`, in order."""
        return self._spaces[bisect_left(self._spaces, start) : bisect_left(self._spaces, end)]

    def words(self, start: int, end: int) -> str:
        """Return a stretch of `plain` as the text has it."""
        if (start, end) not in self._words:
            self._words[start, end] = said(self.source, self.span(start, end))
        return self._words[start, end]


def _spaces(entity: re.Match[str]) -> str:
    return " " * len(entity[0])


def _runs(levelled: str, start: int, end: int) -> list[Span]:
    """Return what a reader sees of a line, by where it stands: one run of it where it has no space."""
    if _UNSEEN.search(levelled, start, end) is None:
        return [(start, end)]
    return [m.span() for m in _SEEN.finditer(levelled, start, end)]


def _text(levelled: str, line: list[Span]) -> str:
    return "".join([levelled[a:b] for a, b in line]) if len(line) > 1 else levelled[slice(*line[0])]


def said(source: str, span: Span) -> str:
    """Return what stands in a span of a text, without line breaks, or spaces beside Chinese characters."""
    if _UNSEEN.search(source, *span) is None:
        return source[slice(*span)]
    words = _SEEN.findall(source, *span)
    pieces = words[:1]
    for before, after in pairwise(words):
        pieces += ["" if is_han(before[-1]) or is_han(after[0]) else " ", after]
    return "".join(pieces)


def _columns(levelled: str, line: list[Span]) -> bool:
    """Tell whether a line is one of a table: it has columns behind its first words."""
    if levelled.count("|", line[0][0], line[-1][1]) > 1:
        return True
    if len(line) == 1:
        return False
    wide = [_WIDE.search(levelled, a[1], b[0]) is not None for a, b in pairwise(line)]
    return len(wide) > 1 and (
        sum(wide) > 1
        or (len(line) > 3 and len(line[0]) < 4 and not any(levelled[b - 1] in "。," for _, b in line))
    )


class _Joiner:
    """Tells which lines go on in the next one: a page's width, a picture or a page's markup broke them."""

    def __init__(self, rows: list[bool], texts: list[str]) -> None:
        self.rows = rows
        self.texts = texts
        self.widths = [_width(t) for t in texts]
        self.longest = max(self.widths, default=0)
        full = [w for w in self.widths[:-1] if w >= self.longest - _RAGGED]
        self.narrow = self.longest <= _NARROW and len(full) >= min(_SURE, len(texts) * _MANY)

    def joined(self) -> list[bool]:
        """Return for each line whether the next one goes on with it."""
        found: list[bool] = []
        opened = 0  # characters since a quote or bracket was opened, 0 when none is
        next_texts, next_rows = [*self.texts[1:], ""], [*self.rows[1:], False]
        last = [*self.texts[2:], "", ""]
        for text, width, after, third, row, next_row in zip(
            self.texts, self.widths, next_texts, last, self.rows, next_rows, strict=False
        ):
            opened = _opened(text, opened)
            joined = (
                bool(after)
                and not row
                and not next_row
                and (0 < opened <= _NARROW or self._goes_on(text, width, after))
            )
            joined = joined and (opened > 0 or not _is_signature(after, third))
            found.append(joined)
            opened = opened if joined else 0
        return found

    def _goes_on(self, text: str, width: float, after: str) -> bool:
        if text[-1] in _OPEN or after[0] in _CLOSE:
            return not _ITEM.match(after)
        if text[-1] in _ENDS or _HEADING.search(text):
            return False
        if _CUT_DATE.search(text) and _DATE_GOES_ON.match(after):
            return True
        if text[-1] in _QUOTED and _PLATFORM.match(after):
            return True
        if (_LEADS_ON.search(text) and after[0] in "“「『《【") or (
            after.startswith(_JOINS) and len(text) > _SHORT
        ):
            return True
        if self.narrow and _ALNUM.match(text[-1]) and _ALNUM.match(after[0]) and not _DATED.match(after):
            return True
        if _ITEM.match(after) or _KEYED.match(after) or _KEYED.match(text) or _DATED.match(after):
            return False
        if self.narrow:
            return width >= max(6, self.longest * _SHARE_OF_NARROW)
        return len(text) >= max(_FULL, self.longest * _SHARE)


def _is_signature(line: str, after: str) -> bool:
    """Tell whether a line is who signs: an organisation, with the date or nothing behind it."""
    return _SIGNER.fullmatch(line) is not None and (not after or _DATED.match(after) is not None)


def _width(text: str) -> float:
    """Return how wide a line is in Chinese characters; a Latin letter or digit is half of one."""
    return len(text) - len(_HALF.findall(text)) / 2


# As far as the last mark that opens or closes a pair.
_TO_OPENING, _TO_CLOSING = (re.compile(f".*[{marks}]", re.DOTALL) for marks in ("“‘「『《【(", "”’」』》】)"))


_PAIRED = re.compile('["“‘「『《【(”’」』》】)]')


def _opened(text: str, opened: int) -> int:
    """Return how long ago the quote or bracket was opened that a line leaves open, 0 for none."""
    if _PAIRED.search(text) is None:
        return opened + len(text) if opened else 0
    opening, ending = _TO_OPENING.match(text), _TO_CLOSING.match(text)
    last = opening.end() - 1 if opening else -1
    closing = ending.end() - 1 if ending else -1
    if text.count('"') % 2:
        last = max(last, text.rfind('"')) if not opened else last
        closing = max(closing, text.rfind('"')) if opened else closing
    if last > closing:
        return len(text) - last
    if closing >= 0 or not opened:
        return 0
    return opened + len(text)
