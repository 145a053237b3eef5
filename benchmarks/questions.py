"""Questions about a synthetic base, as people type them, with what must come of each.

Two splits with different sentences, slips and seeds: `dev` to fit by, `final` to report, looked at last and rarely.
A question whose words another unit fits as well is thrown away, or belongs to the kinds that must be asked about.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from benchmarks import mistyping
from benchmarks.agencies import AGENCIES, AKIN, FORMER, TOWN_AGENCIES, Agency
from benchmarks.corpus import TOWN_CHARACTERS, Body, Made
from benchmarks.mistyping import Change
from benchmarks.sentences import CHATTY, DESCRIBE, LINKS, OTHERS, PLATFORM_WORDS, RAMBLING, SHOPS, Split
from benchmarks.world import World, shortened
from bot.records import Place
from bot.text import fold

# Initials shorter than this stand behind too many names.
LEAST_INITIALS = 5
# A part shorter than this says too little; a name that gives one has more.
LEAST_PART = 4
TRIES = 60


class Expect(StrEnum):
    """What must come of a question: an answer; a question back, for several fit; or anything but an answer."""

    ANSWER = "answer"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed, the units it means by their first account's id, and the accounts of those it may mean."""

    text: str
    right: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    kind: str = ""
    expect: Expect = Expect.ANSWER


Make = Callable[[World, random.Random, Split], Question | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question. `reach`: it is one of those that the goals were set for."""

    name: str
    expect: Expect
    make: Make
    reach: bool = True


def questions(world: World, split: Split, each: int, seed: int = 0) -> Iterator[Question]:
    """Yield `each` questions of every kind, or fewer where the base has no more of it, in a fixed order."""
    for kind in KINDS:
        rng = random.Random(f"{split} {seed} {kind.name}")
        met: set[str] = set()
        for _ in range(each * TRIES):
            if len(met) == each:
                break
            question = kind.make(world, rng, split)
            if question and question.text not in met:
                met.add(question.text)
                yield replace(question, kind=kind.name, expect=kind.expect)


def _any(world: World, rng: random.Random) -> tuple[Body, str]:
    """Return a unit and a name of one of its accounts."""
    body = rng.choice(world.bodies)
    return body, rng.choice(body.accounts).name


def _about(body: Body, text: str, name: str = "", platform: str = "") -> Question:
    """Return a question that means a unit: the accounts on a platform, or those that bear a name, or any."""
    meant = [a for a in body.accounts if a.platform == platform] or [
        a for a in body.accounts if shortened(a.name, body.place) == shortened(name, body.place)
    ]
    return Question(text, frozenset({body.key}), frozenset(a.id for a in meant or body.accounts))


# Questions that must be answered ------------------------------------------------------------------------------------


def changed(change: Change, clear: Callable[[World, str], set[str]]) -> Make:
    """Return a maker of questions that are a unique name, changed; `clear` tells which units they may then mean."""

    def make(world: World, rng: random.Random, split: Split) -> Question | None:
        body, name = _any(world, rng)
        if not world.unique(name):
            return None
        text = change(name, rng, split)
        if not text or world.foreign(text, name):
            return None
        same = fold(text) == fold(name)
        return _about(body, text, name) if same or clear(world, text) <= {body.key} else None

    return make


def _written(world: World, text: str) -> set[str]:
    return world.near(text)


def _heard(world: World, text: str) -> set[str]:
    return world.near(text) | world.muffled(mistyping.syllables(fold(text)))


def _spelled(world: World, text: str) -> set[str]:
    """Return whom typed pinyin means; characters among it are spelled too, tones left out."""
    letters = "".join(c for c in "".join(mistyping.syllables(fold(text))) if not c.isdigit())
    return world.spelled(letters)


def _misspelled(world: World, text: str) -> set[str]:
    return world.spelled_near(fold(text))


def platform(world: World, rng: random.Random, _: Split) -> Question | None:
    """The name with its platform's word."""
    body = rng.choice(world.bodies)
    account = rng.choice(body.accounts)
    if not world.unique(account.name):
        return None
    name, word = account.name, rng.choice(PLATFORM_WORDS[account.platform])
    text = rng.choice((f"{name}{word}", f"{name} {word}", f"{word}{name}", f"{name}的{word}"))
    return _about(body, text, name, account.platform)


def said_in(sentences: dict[Split, tuple[str, ...]]) -> Make:
    """Return a maker of questions that are a name inside a sentence."""

    def make(world: World, rng: random.Random, split: Split) -> Question | None:
        body, name = _any(world, rng)
        sentence = rng.choice(sentences[split])
        wanted = _wanted(sentence, body)
        if wanted is None or not world.unique(name):
            return None
        return _about(body, sentence.format(name), name, wanted)

    return make


def _wanted(sentence: str, body: Body) -> str | None:
    """Return the platform that a sentence asks for, "" when it leaves that open, `None` when the unit is on none of those."""
    named = {p for p, words in SAID_OF_PLATFORMS.items() if any(w in sentence for w in words)}
    served = named & {a.platform for a in body.accounts}
    if named and not served:
        return None
    return served.pop() if len(named) == 1 else ""


def chatty_slip(world: World, rng: random.Random, split: Split) -> Question | None:
    """The name with a slip inside a sentence."""
    question = changed(rng.choice(mistyping.SLIPS), _heard)(world, rng, split)
    return replace(question, text=rng.choice(CHATTY[split]).format(question.text)) if question else None


def qualified(world: World, rng: random.Random, _: Split) -> Question | None:
    """The name with the city or province it is in."""
    body, name = _any(world, rng)
    above = world.above(body.place)
    called = (above.short or above.name) if above else ""
    if not called or called in name or not world.unique(name):
        return None
    return _about(body, rng.choice((f"{called}{name}", f"{called}的{name}", f"{name}({called})")), name)


def partial(world: World, rng: random.Random, _: Split) -> Question | None:
    """A part of the name that only one unit's names have."""
    body, name = _any(world, rng)
    if len(name) <= LEAST_PART + 1:
        return None
    size = rng.randrange(max(LEAST_PART, len(name) - 3), len(name))
    start = rng.randrange(len(name) - size + 1)
    part = name[start : start + size]
    if fold(part) in world.bearers or world.foreign(part, name):
        return None
    meant = world.holding(fold(part)) | world.near(part)
    return _about(body, part, name) if meant == {body.key} else None


def initials(world: World, rng: random.Random, _: Split) -> Question | None:
    """The initials of a name, where no other has them."""
    body, name = _any(world, rng)
    letters = mistyping.initials(name)
    if len(letters) < LEAST_INITIALS or not letters.isascii():
        return None
    return _about(body, letters, name) if world.abbreviated(letters) == {body.key} else None


def _everyday(agency: Agency) -> tuple[str, ...]:
    """Return what an agency is called; nobody calls a department of the party by half its name."""
    return (agency.full,) if agency.full.startswith("委") else (agency.full, agency.short)


def described(words: Callable[[Agency], tuple[str, ...]], akin: bool) -> Make:
    """Return a maker of questions that say a place and a word for the agency, where the name is another."""

    def make(world: World, rng: random.Random, split: Split) -> Question | None:
        body = rng.choice(world.bodies)
        agency = BY_SHORT.get(body.agency)
        called = body.place.short or body.place.name
        if agency is None or body.town or not words(agency) or len(world.shorts[called]) > 1:
            return None
        if akin and any((body.place.code, a) in world.there for a in AKIN.get(agency.short, ())):
            return None
        said = rng.choice(words(agency))
        place = body.place.name if said.startswith("委") else rng.choice((called, body.place.name))
        template = rng.choice(DESCRIBE[split])
        text = template.format(place=place, agency=said)
        wanted = _wanted(template, body)
        if wanted is None:
            return None
        own = {
            n
            for name in (body.name, *(a.name for a in body.accounts))
            for n in (name, shortened(name, body.place))
        }
        if any(fold(name) in fold(text) for name in own) or world.bearers.get(fold(f"{place}{said}")):
            return None
        return _about(body, text, platform=wanted)

    return make


def identified(world: World, rng: random.Random, _: Split) -> Question | None:
    """An id on its platform, or the link that has it."""
    body, account = _any_account(world, rng)
    if not account.platform_id:
        return None
    text = rng.choice(LINKS[account.platform]).format(account.platform_id)
    return Question(text, frozenset({body.key}), frozenset({account.id}))


def _any_account(world: World, rng: random.Random) -> tuple[Body, Made]:
    body = rng.choice(world.bodies)
    return body, rng.choice(body.accounts)


# Questions that must be asked back about ----------------------------------------------------------------------------


def ambiguous(world: World, rng: random.Random, _: Split) -> Question | None:
    """A name that several units bear."""
    name = _any(world, rng)[1]
    owners = world.bearers[fold(name)]
    return Question(name, frozenset(owners)) if len(owners) > 1 else None


def between(world: World, rng: random.Random, split: Split) -> Question | None:
    """A name short of one character, or in pinyin, that is so the name of several."""
    _, name = _any(world, rng)
    if rng.random() < 0.3:
        text = mistyping.pinyin(name, rng, split)
        owners = world.spelled("".join(mistyping.syllables(name)))
        distinct = len(world.bearers[fold(name)]) < len(owners)
        return Question(text, frozenset(owners)) if distinct else None
    short = mistyping.drop(name, rng, split)
    if not short or world.foreign(short, name) or fold(short) in world.bearers:
        return None
    longer = world.near(short, more=(1,))
    others = world.near(short, more=(-1, 0)) - longer
    return Question(short, frozenset(longer)) if len(longer) > 1 and not others else None


def other_platform(world: World, rng: random.Random, _: Split) -> Question | None:
    """A name with the word of a platform that its unit is not on."""
    body, name = _any(world, rng)
    taken = {a.platform for a in body.accounts}
    # 微信 may mean either of its two.
    free = [
        p for p in PLATFORM_WORDS if p not in taken and not (p == "wechat" and "wechat-channels" in taken)
    ]
    if not world.unique(name) or not free:
        return None
    word = rng.choice(PLATFORM_WORDS[rng.choice(free)])
    return Question(rng.choice((f"{name}{word}", f"{name}的{word}")), frozenset({body.key}))


# Questions about what is not there ----------------------------------------------------------------------------------


def _absent(world: World, text: str) -> Question | None:
    """Return a question for what is not there, unless a name has these very words in it."""
    return None if fold(text) in world.bearers or world.holding(fold(text)) else Question(text)


def near(world: World, rng: random.Random, _: Split) -> Question | None:
    """One character from a name that is there: the same brand at a place whose name differs by one character."""
    body, name = _any(world, rng)
    called = body.place.short or ""
    if called not in name:
        return None
    others = [s for s in world.shorts if len(s) == len(called) and sum(map(str.__ne__, s, called)) == 1]
    other = rng.choice(others) if others else ""
    missing = other and world.lacks(other, body.agency, AKIN.get(body.agency, ()))
    return _absent(world, name.replace(called, other)) if missing else None


def homonym(world: World, rng: random.Random, _: Split) -> Question | None:
    """A name that is there, asked of another place: the namesake of its own, or any in another province."""
    body, name = _any(world, rng)
    if not world.unique(name):
        return None
    namesakes = [p for p in world.shorts[body.place.short or ""] if p.code != body.place.code]
    other = rng.choice(namesakes) if namesakes else rng.choice(world.places)
    asked = world.above(other) if namesakes else other
    if asked is None or other.code[:2] == body.place.code[:2] or (other.code, body.agency) in world.there:
        return None
    called = asked.short or asked.name
    if called in name or called[:2] in name:
        return None
    return _absent(world, rng.choice((f"{called}{name}", f"{called}的{name}")))


def level(world: World, rng: random.Random, _: Split) -> Question | None:
    """The brand of a county asked of its city, or of a city asked of its county."""
    body, name = _any(world, rng)
    called = body.place.short or ""
    above = world.above(body.place)
    others = [*world.below(body.place), *([above] if above else [])]
    other = rng.choice(others) if others else None
    if other is None or called not in name or body.town:
        return None
    asked = other.short or other.name
    if not world.lacks(asked, body.agency, AKIN.get(body.agency, ())):
        return None
    return _absent(world, name.replace(body.place.name, other.name).replace(called, asked))


def town(world: World, rng: random.Random, _: Split) -> Question | None:
    """A name inside a longer one: what only a place's towns have, another town, or the office that a team belongs to."""
    body = rng.choice(world.bodies)
    place = body.place
    called = place.short or place.name
    if body.agency == "交警" and world.lacks(called, "公安"):
        return Question(rng.choice((f"{called}公安局", f"{place.name}公安局", f"{called}公安")))
    if not body.town:
        return None
    agency = next(a for a in TOWN_AGENCIES if a.short == body.agency)
    name = rng.choice([body.name, *(a.name for a in body.accounts)])
    other = "".join(rng.sample(TOWN_CHARACTERS, 2))
    alike = {mistyping.muffled(s) for s in mistyping.syllables(body.town)}
    if rng.random() < 0.5 and body.town in name:
        if set(other) & set(body.town) or alike & {mistyping.muffled(s) for s in mistyping.syllables(other)}:
            return None
        text = name.replace(body.town, other)
        return None if world.near(text) else _absent(world, text)
    text = rng.choice((f"{place.name}{agency.full}", f"{called}{agency.short}"))
    akin = {*AKIN.get(body.agency, ()), body.agency}
    return (
        Question(text) if world.lacks(called, body.agency, akin) and fold(text) not in world.bearers else None
    )


def agency(world: World, rng: random.Random, _: Split) -> Question | None:
    """An agency that the base lacks, at a place that has others."""
    place, lacked = rng.choice(world.places), rng.choice(AGENCIES)
    called = place.short or place.name
    if not world.lacks(called, lacked.short, AKIN.get(lacked.short, ())):
        return None
    brands = (b.replace("X", called) for b in lacked.brands)
    full = f"{place.name}{lacked.full}"
    return _absent(
        world,
        rng.choice((*brands, *((full,) if lacked.full[0] == "委" else (full, f"{called}{lacked.short}")))),
    )


def place_alone(world: World, rng: random.Random, _: Split) -> Question | None:
    """A place alone."""
    found: Place = rng.choice(world.places)
    return Question(rng.choice((found.name, found.short or found.name)))


def small_talk(_: World, rng: random.Random, split: Split) -> Question | None:
    """Small talk, errands, and names that no agency bears."""
    return Question(rng.choice(OTHERS[split]))


def shop(world: World, rng: random.Random, split: Split) -> Question | None:
    """An account at a real place that no agency runs."""
    called = rng.choice(world.places).short or ""
    return _absent(world, rng.choice(SHOPS[split]).replace("X", called))


def absent_chatty(world: World, rng: random.Random, split: Split) -> Question | None:
    """What is not there, inside a sentence."""
    question = rng.choice((near, homonym, level, agency))(world, rng, split)
    return Question(rng.choice(CHATTY[split]).format(question.text)) if question else None


def absent_pinyin(world: World, rng: random.Random, split: Split) -> Question | None:
    """What is not there, in pinyin, where no name sounds so even to southern ears."""
    question = rng.choice((near, level, agency))(world, rng, split)
    if question is None:
        return None
    said = mistyping.syllables(question.text)
    taken = world.spelled("".join(said)) or world.muffled(said)
    return None if taken else Question(mistyping.pinyin(question.text, rng, split))


def absent_initials(world: World, rng: random.Random, split: Split) -> Question | None:
    """The initials of what is not there; some name may have the same, and that is the danger."""
    question = rng.choice((near, level, agency))(world, rng, split)
    letters = mistyping.initials(question.text) if question else ""
    return Question(letters) if len(letters) >= LEAST_INITIALS else None


def absent_id(world: World, rng: random.Random, _: Split) -> Question | None:
    """An id on a platform that differs by one digit."""
    known = _any_account(world, rng)[1].platform_id
    if not known:
        return None
    i = rng.choice([i for i, c in enumerate(known) if c.isdigit()])
    text = f"{known[:i]}{(int(known[i]) + rng.randrange(1, 10)) % 10}{known[i + 1 :]}"
    link = rng.choice(LINKS[rng.choice(sorted(LINKS))])
    return Question(link.format(text)) if text not in world.ids else None


# Words that tell which platform's account is asked for; nobody of the synthetic units is on the last ones.
SAID_OF_PLATFORMS = {
    "wechat": ("微信", "公众号", "公号", "订阅号", "服务号"), "weibo": ("微博", "官博"), "douyin": ("抖音",),
    "wechat-channels": ("视频号",), "toutiao": ("头条",), "kuaishou": ("快手",), "": ("小红书", "小程序", "APP", "app", "B站"),
}  # fmt: skip
BY_SHORT = {a.short: a for a in AGENCIES}
ANSWER, ASK, REFUSE = Expect.ANSWER, Expect.ASK, Expect.REFUSE
KINDS: tuple[Kind, ...] = (
    Kind("exact", ANSWER, changed(mistyping.exact, _written)),
    Kind("chatty", ANSWER, said_in(CHATTY)),
    Kind("platform", ANSWER, platform),
    Kind("traditional", ANSWER, changed(mistyping.traditional, _written)),
    Kind("full-width", ANSWER, changed(mistyping.spaced, _written)),
    Kind("qualified", ANSWER, qualified),
    Kind("drop", ANSWER, changed(mistyping.drop, _written)),
    Kind("add", ANSWER, changed(mistyping.add, _written)),
    Kind("swap", ANSWER, changed(mistyping.swap, _written)),
    Kind("homophone", ANSWER, changed(mistyping.homophone, _heard)),
    Kind("shape", ANSWER, changed(mistyping.shape, _written)),
    Kind("mixed", ANSWER, changed(mistyping.mixed, _spelled)),
    Kind("partial", ANSWER, partial),
    Kind("pinyin", ANSWER, changed(mistyping.pinyin, _spelled)),
    Kind("initials", ANSWER, initials),
    Kind("describe", ANSWER, described(_everyday, akin=False)),
    Kind("accent", ANSWER, changed(mistyping.accent, _heard), reach=False),
    Kind("tones", ANSWER, changed(mistyping.tones, _spelled), reach=False),
    Kind("misspelled", ANSWER, changed(mistyping.misspelled, _misspelled), reach=False),
    Kind("chatty-slip", ANSWER, chatty_slip, reach=False),
    Kind("rambling", ANSWER, said_in(RAMBLING), reach=False),
    Kind("former", ANSWER, described(lambda a: FORMER.get(a.short, ()), akin=True), reach=False),
    Kind("id", ANSWER, identified, reach=False),
    Kind("ambiguous", ASK, ambiguous),
    Kind("between", ASK, between),
    Kind("no-platform", ASK, other_platform, reach=False),
    Kind("near", REFUSE, near),
    Kind("homonym", REFUSE, homonym),
    Kind("agency", REFUSE, agency),
    Kind("place", REFUSE, place_alone),
    Kind("other", REFUSE, small_talk),
    Kind("shop", REFUSE, shop),
    Kind("level", REFUSE, level, reach=False),
    Kind("town", REFUSE, town, reach=False),
    Kind("no-chatty", REFUSE, absent_chatty, reach=False),
    Kind("no-pinyin", REFUSE, absent_pinyin, reach=False),
    Kind("no-initials", REFUSE, absent_initials, reach=False),
    Kind("no-id", REFUSE, absent_id, reach=False),
)
