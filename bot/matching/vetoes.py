"""Floor 4. What forbids to answer a name without asking: another place, agency or number, or too little that is plain.

A veto turns an answer into a question, however high the score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.index.rows import Name
from bot.matching.alignment import Alignment
from bot.matching.placing import Placing, goes_on
from bot.matching.question import Way
from bot.matching.slips import NUMERALS, TELLING, Slip
from bot.matching.speech import is_phrase, is_word
from bot.matching.surroundings import Surroundings, breaks_off
from bot.phonetics import is_typed
from bot.places import Mention
from bot.records import Talk
from bot.vocabulary import Found, positions

# A stretch of time, or another everyday word that begins with a numeral.
TIME = re.compile(
    "[0-9一二两三四五六七八九十半几]+(?:个多?月|个?星期|[年月天周日])|一[早声瞧会起样条个直般下点打阵段些定共旦次上晚]|二维码"
)
# A name of so few characters, only heard in a sentence, may be the sentence's own words: 这里办 is no 浙里办.
SHORT = 3
# A name that begins so may be the sentence's own words: 我家住枫桥.
LIVING = frozenset("住")
# Who is named so has an account that is asked for: 停电看张家港住建,供电公司号没了.
OWN_ACCOUNT = re.compile("(?:的|那个)?(?:号|公众号|官微|微博|抖音)")
# What the name of an agency ends in that others belong to: 公安局交警支队 is the 交警, 地铁公安 not the 公安.
PARENTS = frozenset("局委厅部会院府办")
# What follows a name so far behind is no more of it.
FAR = 3
# What stands before the place where somebody is, and after an agency that is asked for.
WHERE = frozenset("在住从到去")
ASKED_OF = frozenset("的号那这怎咋还没停关和跟与是为去在倒公微账官抖")
# Who speaks of what is his: 临潼政法挂了我公积金上哪看.
ONES_OWN = frozenset("我俺咱")
# What the titles of bodies end in; 宝鸡发布 and 宝鸡公安 are names that more may follow.
TITLES = (
    "局", "委员会", "政府", "办公室", "法院", "检察院", "医院", "卫生院", "联合会", "合作社", "派出所", "支队", "大队", "执法队", "中心", "小学",
    "中学", "幼儿园", "博物馆", "图书馆", "文化馆", "档案馆", "宣传部", "组织部", "武装部",
)  # fmt: skip


class Vetoes:
    """Judges names laid along questions. Safe to use from any thread."""

    def __init__(self, placing: Placing, talk: Iterable[Talk]) -> None:
        """Take who judges places, and what people say right before and after a name."""
        self._placing = placing
        self._around = Surroundings(talk)

    def of(
        self,
        place: str,
        name: Name,
        laid: Alignment,
        way: Way,
        explained: set[int],
        agreed: Sequence[Mention],
        slip: Slip | None,
    ) -> Iterator[str]:
        """Yield what forbids to answer a name of a unit at a place; nothing when it may be answered.

        `explained` are the positions of the question that the name, its place and agency explain, `agreed` the places
        that the question names and that speak for the unit; `slip` is the only way in which the question is not the name.
        """
        if not slip and _other_number(name, laid, way):
            yield "number"
        if not slip and _tells(name, laid, way):
            yield "changed"
        if (laid.changed and not slip) or (name.plain.isascii() and (laid.lost or laid.extra)):
            yield "changed"  # one letter of an id makes another id
        if not slip and any(
            is_word(way.letters[start : start + 2])
            for j in laid.likened
            for start in (j - 1, j)
            if start >= 0
        ):
            yield "changed"  # 教务服务 was not meant to be 政务服务
        short = len(name.plain) <= SHORT and len(explained) < len(way.letters)
        if _mostly_heard(name, laid) or (short and laid.hearsay):
            yield "heard"
        yield from self._placing.of(place, name, laid, way, slip)
        if any(not (m in agreed or _told_elsewhere(m, name, laid, way)) for m in way.places):
            yield "place"
        firm = any(m.start == 0 and laid.lost.isdisjoint(m.span) for m in name.places)
        on = (
            self._around.runs_on(
                explained, laid.start, laid.end, way, firm=firm, titled=firm and _is_titled(name, laid)
            )
            or self._around.breaks_in(explained, laid.start, laid.end, way)
            or breaks_off(name, laid, way, explained)
        )
        vague = len(explained) < len(way.letters) and (
            (not name.places and is_phrase(name.plain)) or name.plain[0] in LIVING
        )
        if (on and not slip) or vague or unread(way, explained):
            yield "beside"
        yield from _of_agencies(name, laid, way)

    def of_described(self, title: Name, place: str, way: Way) -> Iterator[str]:
        """Yield what forbids to answer a unit that a question only describes by its place and agency."""
        if not self._placing.is_described(title, place):
            yield "unsaid"
        asked, named = {a.meaning for a in way.agencies}, {a.meaning for a in title.agencies}
        if asked - named or any(
            a.meaning not in asked and title.plain[a.end - 1] not in PARENTS for a in title.agencies
        ):
            yield "agency"
        told = positions(way.places, way.agencies)
        if goes_on(way, told):
            yield "place"
        beside = {min(told) - 1, max(told) + 1}
        if any(0 <= i < len(way.letters) and way.letters[i] in NUMERALS for i in beside) and not _is_time(
            way.letters, max(told) + 1
        ):
            yield "number"
        if not self._around.is_clear(way):
            yield "beside"


def explained(name: Name, laid: Alignment, way: Way, agreed: Iterable[Mention]) -> set[int]:
    """Return which positions of a question a unit's name, the places that speak for it, and its agency explain."""
    kinds = {found.meaning for found in name.agencies}
    return set(laid.spoken) | positions(
        way.platforms, agreed, (a for a in way.agencies if a.meaning in kinds)
    )


def unread(way: Way, explained: set[int]) -> float:
    """Return the share of the syllables typed in a question that nothing explains; those of no Chinese word are let be."""
    if not way.spelled:
        return 0.0
    edged = f"。{way.letters}。"
    typed = [
        i
        for i, c in enumerate(way.letters)
        if is_typed(c) and not (edged[i].isascii() or edged[i + 2].isascii())
    ]
    return sum(i not in explained for i in typed) / len(typed) if typed else 0.0


def _of_agencies(name: Name, laid: Alignment, way: Way) -> Iterator[str]:
    said = {found.meaning for found in way.agencies}
    for found in name.agencies:
        if laid.lost.issuperset(found.span) and found.meaning not in said:
            yield "unsaid"
    kinds = {found.meaning for found in name.agencies}
    # Who names an account in full and speaks of something else in another clause means the account.
    clause = way.clause(laid.start, laid.end) if not laid.lost else range(len(way.letters))
    for found in way.agencies:
        elsewhere = found.start not in clause and not OWN_ACCOUNT.match(way.letters, found.end)
        if elsewhere or laid.turned or _told_elsewhere(found, name, laid, way):
            continue
        if found.meaning not in kinds and not (laid.says(found.span) and not _inside(found, name, laid)):
            yield "agency"


def _is_titled(name: Name, laid: Alignment) -> bool:
    """Tell whether a question says the title of a body to the letter."""
    return laid.said == 1 and not laid.extra and name.plain.endswith(TITLES)


def _told_elsewhere(found: Found[Any], name: Name, laid: Alignment, way: Way) -> bool:
    """Tell whether a place or an agency only stands in the sentence that says a name with its place to the letter.

    我在广东打工,平时看醴陵纪检 asks for 醴陵纪检, and so does 公交停运原先看醴陵纪检. Who asks for another account names it with
    its agency, or what becomes of it: 我问的是无锡交警; and 我在南京,鼓楼教育 asks for one of several.
    """
    if laid.said < 1 or laid.extra or not name.places or any(len(m.meaning) > 1 for m in name.places):
        return False
    before, after = laid.start - found.end, found.start - laid.end
    if found not in way.places and after > 0 and way.letters[found.start - 1] in ONES_OWN:
        return not OWN_ACCOUNT.match(way.letters, found.end)
    if before < 2 and after <= FAR:
        return False
    following = way.letters[found.end : found.end + 1]
    if found not in way.places:
        return following not in ASKED_OF
    said_of = any(found.end <= agency.start <= found.end + 1 for agency in way.agencies)
    return way.letters[max(0, found.start - 1) : found.start] in WHERE and not said_of and following != "的"


def _inside(said: Found[int], name: Name, laid: Alignment) -> bool:
    """Tell whether an agency that a question names is part of another one's title: 公安局交警大队 is no 公安局."""
    first = laid.exact[said.start]
    held = set(range(first, first + len(said.span)))
    rest = [set(a.span) - held for a in name.agencies if held < set(a.span)]
    return any(2 * len(laid.lost & unsaid) > len(unsaid) for unsaid in rest)


def _is_time(letters: str, at: int) -> bool:
    """Tell whether a stretch of time, or another everyday word, begins with a numeral at a position: 一共, 一直."""
    return TIME.match(letters, at) is not None


def _other_number(name: Name, laid: Alignment, way: Way) -> bool:
    """Tell whether name and question differ in a numeral: 第三中学 is not 第二中学, 十二中 not 二中; 三个月没更新 is a time."""
    last = laid.end + (not _is_time(way.letters, laid.end))
    beside = range(max(0, laid.start - 1), min(len(way.letters), last))
    added = {way.letters[j] for j in beside if j not in laid.spoken}
    left = laid.lost - positions(name.places)  # 盘水市 is judged as a place
    return bool(NUMERALS & (added | {name.plain[i] for i in left}))


def _tells(name: Name, laid: Alignment, way: Way) -> bool:
    """Tell whether a character that makes another name stands within one of the two and not in the other."""
    added = {way.letters[j] for j in range(laid.start, laid.end) if j not in laid.spoken}
    inside = range(min(laid.plainly, default=0), max(laid.plainly, default=0))
    return bool(TELLING & (added | {name.plain[i] for i in laid.lost if i in inside}))


def _mostly_heard(name: Name, laid: Alignment) -> bool:
    """Tell whether more of a name is only heard than said, all in all or beside its place: 呼和浩特党建 is no 监."""
    place = positions(name.places)
    heard, said = laid.hearsay - place, laid.plainly - place
    return laid.said < laid.heard or len(said) < len(heard)
