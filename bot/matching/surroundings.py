"""Floor 4. What stands around a name in a question: whether the name, or the place and agency, ends where it seems to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.index.rows import Name
from bot.matching.alignment import Alignment
from bot.matching.question import Way
from bot.matching.speech import GOVERNING, INSTEAD, LONGEST, NEARBY, Speech, is_word
from bot.phonetics import is_typed
from bot.records import Talk
from bot.text import is_han
from bot.vocabulary import positions

# What asks for an account, whatever else is told.
ACCOUNT = re.compile(
    "(?<![挂几牌机房卡账网限])号|账号|[想怎咋]么?加|加[哪个]|官微|官博|新媒体|公众|关注|订阅|的(?:微信|抖音|微博|视频|推送)|推文|推送|更新|停更|二维码|在哪个平台|网上|上网|线上"
)
# Whose account is asked for when not that of the place and agency that are named.
ANOTHERS = re.compile(
    "群|医院|律师|小区|物业|博主|网红|银行|酒店|饭店|外地|隔壁|旁边|附近|周边|下属|下面|邻[县市区]|搬走|嫁到|省里|国家|上级"
)
# What the name of a smaller place ends in: 海曙区和阳街道执法队 is not the district's.
SMALLER = re.compile("[^我你在的]{2}[镇乡村寨]|街道|社区")
# What stands right before the work of an agency.
IN_CHARGE = frozenset("管的")


class Surroundings:
    """Judges what stands around a stretch of a question. Safe to use from any thread."""

    def __init__(self, talk: Iterable[Talk]) -> None:
        """Take what people say right before and after a name."""
        self._speech = Speech(talk)

    def runs_on(
        self, explained: set[int], start: int, end: int, way: Way, *, firm: bool = False, titled: bool = False
    ) -> bool:
        """Tell whether a name at a stretch of a question runs on into words that nobody says around a name.

        上海发布会 is not 上海发布; 上海发布怎么不更新了 is. A name that begins with its place, `firm`, begins there whatever
        is said before, unless that may be part of a name, too. A `titled` one, 宝鸡市人民法院, is whole as it is: only a thing
        behind it may be another's.
        """
        letters = way.letters
        while end in explained and end not in way.stops:
            end += 1
        while start - 1 in explained and start not in way.stops:
            start -= 1
        after = end not in way.stops and _goes_on(way, end)
        before = start not in way.stops and _goes_on(way, start - 1, letters_too=way.spelled)
        if (after and letters.startswith(NEARBY, end)) or (before and letters.endswith(INSTEAD, 0, start)):
            return True
        if titled:
            return after and (self._speech.adds(letters, end) or self._is_bare(way, start, end))
        return (after and not self._goes_on(way, start, end)) or (
            before
            and not self._speech.ends(letters, start)
            and not (
                firm
                and self._speech.leads(letters, start, max((s for s in way.stops if s <= start), default=0))
            )
        )

    def _goes_on(self, way: Way, start: int, end: int) -> bool:
        """Tell whether the sentence goes on where a name ends, which it does more freely when something is done there."""
        governed = _is_governed(way, start)
        if not governed and self._speech.is_motto(way.letters, end):
            return False
        return self._speech.begins(way.letters, end, governed=governed) or (
            governed and self._speech.does(way.letters, end, way.stops)
        )

    def _is_bare(self, way: Way, start: int, end: int) -> bool:
        """Tell whether what stands behind a title is neither speech nor what is done there."""
        done = _is_governed(way, start) or self._speech.does(way.letters, end, way.stops)
        return not done and self._speech.is_bare(way.letters, end, way.stops)

    def breaks_in(self, explained: set[int], start: int, end: int, way: Way) -> bool:
        """Tell whether another word stands within a name: 宝鸡经开信访 is no 宝鸡信访; 宝鸡那边信访 is."""
        within = [i for i in range(start, end) if i not in explained]
        return len(within) > 1 and not self._speech.begins(way.letters, within[0])

    def is_clear(self, way: Way) -> bool:
        """Tell whether what a question says around a place and an agency is speech, and together they are what is asked for.

        Apart from one another they are when it asks for an account: 住张家港的,消防要关注哪个号.
        """
        told = positions(way.places, way.agencies)
        groups = [(i, _end(i, told)) for i in sorted(told) if i - 1 not in told]
        whole = told | positions(way.platforms)
        starts, agencies = {m.start for m in way.places}, {a.start for a in way.agencies}
        if any(
            a.end not in way.stops and a.end not in whole and self._speech.is_part(way.letters, a.end)
            for a in way.agencies
        ):
            return False
        if len(groups) == 1:
            return not self.runs_on(whole, *groups[0], way, firm=groups[0][0] in starts)
        besides = "".join(" " if i in told else c for i, c in enumerate(way.letters))
        if ANOTHERS.search(besides) or SMALLER.search(besides):
            return False
        if ACCOUNT.search(way.letters):
            nexts = [start for start, _ in groups[1:]] + [groups[-1][1]]
            return all(
                self._stands_apart(group, following, whole, way)
                for group, following in zip(groups, nexts, strict=True)
            )
        if any(not self._speech.begins(way.letters, end) for _, end in groups[:-1]) or any(
            start in agencies and start not in way.stops and not self._leads(way.letters, start)
            for start, _ in groups[1:]
        ):
            return False
        return not self.runs_on(whole, groups[0][0], groups[-1][1], way, firm=groups[0][0] in starts)

    def _leads(self, letters: str, at: int) -> bool:
        """Tell whether what stands right before an agency only leads up to it: 那边公积金, 管公积金的."""
        return self._speech.ends(letters, at) or letters[at - 1] in IN_CHARGE

    def _stands_apart(self, group: tuple[int, int], following: int, whole: set[int], way: Way) -> bool:
        """Tell whether a place or an agency ends where it seems to; a place in a clause of its own always does."""
        start, end = group
        if end not in {m.end for m in way.places}:
            return not self.runs_on(whole, start, end, way, firm=True)
        if any(end <= stop <= following for stop in way.stops):
            return True
        close = 0 < following - end <= LONGEST
        return self._speech.begins(way.letters, end) if close else self._speech.parts(way.letters, end)


def breaks_off(name: Name, laid: Alignment, way: Way, explained: set[int]) -> bool:
    """Tell whether a name is left before its end and the question goes on: 老河口人才网 is no 老河口人武.

    The end of a title is often left out: 临沂公安 is the 公安局.
    """
    last, end = max(laid.plainly | laid.hearsay, default=-1), laid.end
    kinds = {found.meaning for found in way.agencies}
    title = positions(a for a in name.agencies if a.meaning in kinds)
    tail = {i for i in laid.lost if i > last} - title
    return bool(tail) and end not in way.stops and end not in explained and _goes_on(way, end)


def _is_governed(way: Way, start: int) -> bool:
    """Tell whether something is done at, by or from a name: 在惠山供水查."""
    word = way.letters[max(0, start - 2) : start]
    return start > 0 and start not in way.stops and word[-1] in GOVERNING and not is_word(word)  # 可靠, 自在


def _end(at: int, told: set[int]) -> int:
    """Return the end of the stretch of positions that begins at one."""
    return next(i for i in range(at, max(told) + 2) if i not in told)


def _goes_on(way: Way, at: int, *, letters_too: bool = True) -> bool:
    """Tell whether a word stands at a position of a question: characters, typed syllables, and letters unless told otherwise."""
    if not 0 <= at < len(way.letters):
        return False
    letter = way.letters[at]
    return is_han(letter) or is_typed(letter) or (letters_too and letter.isalpha())
