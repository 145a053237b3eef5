"""Floor 4. The places of a question and of a name: which of them speak for a unit, and whether its own is clearly said."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from bot.index.rows import Name
from bot.matching.alignment import Alignment
from bot.matching.question import Way
from bot.matching.slips import LEVEL_WORDS, PLACE_ENDINGS, Slip
from bot.matching.speech import is_word
from bot.matching.spelled import places_typed
from bot.phonetics import Phonetics, is_typed
from bot.places import Gazetteer, Mention, words_of
from bot.vocabulary import positions

# A place is said when so many of its characters are: 京博物馆 says neither 南京 nor 京口.
WHOLE_PLACE = 2
# What a town's name ends in, after so many characters at least.
TOWN_ENDINGS, LEAST_TOWN = frozenset("镇乡街"), 2

# What makes of a place's name that of a road, a hill, a town or a zone, which are others.
LONGER = re.compile(
    "[路街巷湖山河江溪湾岛桥镇乡寺庙门滩港岸坡岭沟谷洲屯庄堡](?![区市县州])"
    "|高新|经开|自贸|保税|示范区|度假区|工业园|开发区|产业园|科技园|新[区城]"
)


class Placing:
    """Judges the places of names laid along questions. Safe to use from any thread."""

    def __init__(self, gazetteer: Gazetteer, phonetics: Phonetics, alike: Mapping[str, str]) -> None:
        """Take the places, how they sound, and what each character may be mistaken for."""
        self._alike = alike
        self._gazetteer = gazetteer
        self._phonetics = phonetics

    def agreed(self, place: str, name: Name, laid: Alignment, way: Way) -> list[Mention]:
        """Return the places that a question names and that speak for a unit."""
        return [m for m in way.places if self._agrees(m, place, name, laid, way)]

    def of(self, place: str, name: Name, laid: Alignment, way: Way, slip: Slip | None) -> Iterator[str]:
        """Yield what is wrong when a name's own places, or what it says besides its place and agency, are not clearly said."""
        for mention in name.places:
            if not (slip and slip.lost in mention.span):
                yield from self._unclear(mention, name, laid, way)
        if goes_on(way, laid.spoken | positions(way.places, way.agencies, way.platforms)):
            yield "place"
        told = positions(name.places, name.agencies)
        if laid.lost and laid.plainly <= told and not self.is_described(name, place, laid.plainly):
            yield "unsaid"

    def _agrees(self, mention: Mention, place: str, name: Name, laid: Alignment, way: Way) -> bool:
        """Tell whether a place that a question names is in the name itself, or holds the unit's place.

        A place inside a longer one is another: who says 雨花 does not say 雨花台. A place that is written out is that
        place and no other of its short name; of one that is typed only the sound is known: qinzhouqu is 秦州区, and 钦州 is
        no 区.
        """
        surely = mention.start in way.full or is_typed(way.letters[mention.start])
        if surely and not self._gazetteer.agree(mention.meaning, place):
            return False
        another = mention.start in way.full and place not in mention.meaning and not laid.says(mention.span)
        if another and _is_its(mention, way):
            return False
        if mention.start in way.full and laid.lost:  # 大美新安集 is not said by 大美新安县
            return self._gazetteer.within(mention.meaning, place)
        if laid.says(mention.span):
            at = laid.exact[mention.start]
            said = range(at, at + len(mention.span))
            if any(
                set(said) < set(m.span) and not set(m.meaning) & set(mention.meaning) for m in name.places
            ):
                return False
            # The name says it too; a longer form in the question may still mean another of that name.
            return place not in self._gazetteer.namesakes(mention.meaning) or place in mention.meaning
        beside = range(laid.start, laid.end)
        touched = any(i in beside for i in mention.span) and not laid.spoken.isdisjoint(mention.span)
        return not touched and self._gazetteer.within(mention.meaning, place)

    def _unclear(self, mention: Mention, name: Name, laid: Alignment, way: Way) -> Iterator[str]:
        """Yield what is wrong when a name's place is not clearly said: 京博物馆 says neither 南京 nor 京口."""
        lost = laid.lost.intersection(mention.span)
        plainly = sum(name.plain[i] not in PLACE_ENDINGS for i in laid.plainly.intersection(mention.span))
        town = len(mention.span) == WHOLE_PLACE + 1 and len(lost) == 1 and plainly == WHOLE_PLACE
        half = (plainly < WHOLE_PLACE or town) and not _town_said(mention, name, laid)
        if lost and (half or way.spelled) and not self._implied(mention, way):
            if len(lost) == 1 and not way.spelled and self._is_only(mention, name, laid):
                return
            yield "unsaid"
        elif not laid.likened.isdisjoint(range(laid.start, laid.end)) and self._looks_like(
            mention, laid, way
        ):
            yield "place"
        elif way.misread or (way.spelled and not laid.hearsay.isdisjoint(mention.span)):
            if self._typed_as(mention, laid, way) - set(mention.meaning):
                yield "place"
        elif laid.hearsay.isdisjoint(mention.span):
            return
        elif (not lost and not plainly) or _other_ending(laid, way):
            yield "heard"

    def _looks_like(self, mention: Mention, laid: Alignment, way: Way) -> bool:
        """Tell whether a place with a mistaken character looks like another one as well: 临湾 is 临渭 or 临潼."""
        at = {i: j for j, i in laid.exact.items()}
        spots = [at.get(i, -1) for i in mention.span]
        if spots.count(-1) != 1 or len(spots) < WHOLE_PLACE:
            return False
        k = spots.index(-1)
        j = spots[k - 1] + 1 if k else spots[1] - 1
        if j not in laid.likened:
            return False
        typed = way.letters[j]
        said = "".join(way.letters[spot] if spot >= 0 else typed for spot in spots)
        others = self._gazetteer.unlike_one(said) - set(mention.meaning)
        words = (w for code in others for w in words_of(self._gazetteer.places[code]) if len(w) == len(said))
        return any(
            w[k] != said[k]
            and w[:k] + w[k + 1 :] == said[:k] + said[k + 1 :]
            and typed in self._alike.get(w[k], "")
            for w in words
        )

    def _typed_as(self, mention: Mention, laid: Alignment, way: Way) -> frozenset[str]:
        """Return the places that are typed where a name's place is only heard, or read otherwise: cangzhou is no 长洲."""
        known, size = places_typed(self._gazetteer, self._phonetics), len(mention.span)
        heard = {j for j in laid.spoken if j not in laid.exact} or {
            j for j, i in laid.exact.items() if i in mention.span
        }
        starts = {j - i for j in heard for i in range(size) if j >= i}
        return frozenset().union(*(known.get(way.letters[i : i + size]) for i in starts))

    def _is_only(self, mention: Mention, name: Name, laid: Alignment) -> bool:
        """Tell whether what is said of a place can be no other's: 牡区 is 牡丹区; 三峡 and 西南 are words, and 江浦 may be a town."""
        kept = [i for i in mention.span if i not in laid.lost]
        said = "".join(name.plain[i] for i in kept)
        if len(said) < WHOLE_PLACE or said[-1] not in PLACE_ENDINGS or is_word(said):
            return False
        plain = laid.plainly.issuperset(kept) and self._gazetteer.mentions(said) == []
        return plain and self._gazetteer.short_of_one(said) == set(mention.meaning)

    def _implied(self, mention: Mention, way: Way) -> bool:
        """Tell whether a question names a place that lies in this one, whichever of its namesakes it is."""
        return any(all(self._gazetteer.within(mention.meaning, c) for c in m.meaning) for m in way.places)

    def is_described(self, name: Name, place: str, said: frozenset[int] = frozenset()) -> bool:
        """Tell whether a name says no more than its place and agency, and what is said besides.

        交警支队 says no more, 交警直属二大队 does: who asks for 临沂交警 did not ask for that.
        """
        around = (m for m in name.places if self._gazetteer.within(m.meaning, place))
        plain = said | positions(around, name.agencies)
        left = "".join(" " if i in plain else c for i, c in enumerate(name.plain))
        return all(word in LEVEL_WORDS for word in left.split())


def goes_on(way: Way, told: Container[int]) -> bool:
    """Tell whether a place that a question names goes on into another, which nothing explains: 北京路 is no 北京, 淄博高新 no 淄博."""
    return any(
        m.end not in told and m.end not in way.stops and LONGER.match(way.letters, m.end) for m in way.places
    )


def _other_ending(laid: Alignment, way: Way) -> bool:
    """Tell whether a place is said to be of a kind that the name leaves unsaid: 徐永区 does not sound like 叙永, a 县."""
    return any(way.letters[j] in PLACE_ENDINGS for j in range(laid.start, laid.end) if j not in laid.spoken)


def _is_its(mention: Mention, way: Way) -> bool:
    """Tell whether the agency that a question names is that of a place: 苏州市住建局 is none of its districts'."""
    return mention == way.places[-1] and any(agency.start == mention.end for agency in way.agencies)


def _town_said(mention: Mention, name: Name, laid: Alignment) -> bool:
    """Tell whether a name goes on from its place to a town that is said in full: 平县山店镇中心小学 can only be 黎平县's."""
    after = mention.end + name.plain.startswith(tuple(PLACE_ENDINGS), mention.end)
    end = next((i for i, c in enumerate(name.plain) if c in TOWN_ENDINGS and i >= after + LEAST_TOWN), None)
    return end is not None and laid.plainly.issuperset(range(after, end + 1))
