"""Floor 5. What stands in quotes, of every style: which of it may be a name, and which is a title or a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_MARKS = re.compile("[“”\"‘’'「」『』《》〈〉【】\n]")
_FAMILY = {
    c: family for family in ("“”", "‘’", "「」", "『』", "《》", "〈〉", "【】", '""', "''") for c in family
}
_OPENS = frozenset("“‘「『《〈【")
_CLOSES = dict(zip("“‘「『《〈【\"'", "”’」』》〉】\"'", strict=True))
# A closing mark is looked for among this many open ones; deeper ones are forgotten, so that time stays linear.
_DEEPEST = 8
_LONGEST_NAME = 30
# What ends the title of a document or the heading of a notice, or is praise and policy rather than a name.
_TITLE = re.compile(
    r"(?:公告|公示|告示|启事|告知|告知书|通知|通告|通报|声明|说明|提示|提醒|意见|办法|规定|条例|方案|指引|要点|决定|纲要|规划|"
    r"指标|规范|细则|批复|公告书|告别信|一封信|答复|致谢|讣告|快讯|辟谣|谣言|转载|转发|扩散|注意|名单|清单)\Z"
)
_SENTENCE = re.compile(r"[。!?;,\n\t]")


# Policies and catchwords that stand in quotes in such texts.
_SAYING = re.compile(
    r"^(?:僵尸|睡眠|空壳|休眠|沉睡|娱乐化|散小弱|散、小、弱|双减|放管服|一网通办|一网统管|最多跑一次|双随机|三审三校|五公开|两微一端|一网|"
    r"李鬼|李逵|退场|瘦身|瘦身健体|减法|加法|减负|一刀切|一阵风|四风|三农|清朗|净网|互联网\+.*|十四五|两会|六稳|六保|三定)(?:号|账号|网站|公众号|式|型)?$|"
    r"^(?:该|本|此|我|这个)(?:账号|帐号|号|公众号|网站)|已(?:经)?(?:注销|停|关)|停更|注销|关停|停止更新|形式主义|尽关|能并|谁.{1,4}谁|面子工程|不忘初心|最后一公里|痕迹管理|专项行动|专项整治|应.{1,2}尽"
)


class Quote(NamedTuple):
    """A stretch in quotes: with them it is `start` to `end`, without `first` to `last`; `depth` 0 is outermost."""

    start: int
    end: int
    depth: int

    @property
    def first(self) -> int:
        """Where what is quoted starts."""
        return self.start + 1

    @property
    def last(self) -> int:
        """Where what is quoted ends."""
        return self.end - 1


def quotes(plain: str) -> list[Quote]:
    """Return what stands in quotes, by where it starts. A quote never reaches past the end of its paragraph."""
    found: list[Quote] = []
    line: list[tuple[str, int]] = []
    for match in _MARKS.finditer(plain):
        if match[0] != "\n":
            line.append((match[0], match.start()))
        elif line:
            found += _in_line(line)
            line = []
    found += _in_line(line)
    return found


def names(plain: str) -> list[Quote]:
    """Return the quotes that may be names: the outermost that are short and read like no title or sentence."""
    found: list[Quote] = []
    taken = 0
    for quote in quotes(plain):
        start, end, _ = quote
        if start >= taken and _is_name(plain[start + 1 : end - 1], plain[start]):
            found.append(quote)
            taken = end
    return found


def _in_line(marks: Sequence[tuple[str, int]]) -> list[Quote]:
    """Return what stands in quotes in a line, by where it starts."""
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if len(marks) % 2 == 0 and [_CLOSES.get(a) for (a, _), _ in pairs] == [b for _, (b, _) in pairs]:
        return [Quote(start, end + 1, 0) for (_, start), (_, end) in pairs]  # as in most texts
    return sorted(_nested(marks), key=lambda q: (q.start, -q.end))


def _nested(marks: Sequence[tuple[str, int]]) -> Iterator[Quote]:
    """Yield what stands in quotes that are not simply one beside the other."""
    # “X“ and ”X” are mistyped: where a pair does not come out even, each next mark of it opens or closes in turn.
    said = "".join([mark for mark, _ in marks])
    mistyped = {f for f in ("“”", "‘’") if not _even(said, *f)}
    stack: list[tuple[str, int]] = []
    for mark, at in marks:
        family = _FAMILY[mark]
        open_at = next((n for n in range(len(stack) - 1, -1, -1) if stack[n][0] == family), None)
        turns = family in mistyped or family[0] == family[1]
        if open_at is None or (mark in _OPENS and not turns):
            if mark in _OPENS or turns:
                stack.append((family, at))
                del stack[:-_DEEPEST]
            continue
        yield Quote(stack[open_at][1], at + 1, open_at)
        del stack[open_at:]


def _even(marks: str, opens: str, closes: str) -> bool:
    many = marks.count(opens)
    if many != marks.count(closes):
        return False
    if not many:
        return True
    depth = 0
    for mark in marks:
        depth += (mark == opens) - (mark == closes)
        if depth < 0:
            return False
    return True


def _is_name(text: str, mark: str) -> bool:
    if (
        not 2 <= len(text) <= _LONGEST_NAME
        or text.isdigit()
        or _SENTENCE.search(text)
        or _SAYING.search(text)
    ):
        return False
    return not (is_title(text) and (mark in "《【〈" or len(text) > 8 or text in _HEADINGS))


def is_title(text: str) -> bool:
    """Tell whether a levelled text reads like the heading of a notice or the title of a document."""
    return _TITLE.search(text) is not None


_HEADINGS = frozenset({"公告", "通知", "通告", "声明", "说明", "停更公告", "停更通知", "公示"})
