"""Questions about a synthetic base, as people type them, with what a right answer is.

Two splits with different sentences and seeds: `dev` to fit by, `final` to report, looked at last and rarely.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import AGENCIES, Body, places  # noqa: E402
from bot.text import TABLES, fold, initials, loosen, readings, spell  # noqa: E402

CHATTY = {
    "dev": ("请问{}停更以后去哪看啊", "{}怎么不更新了", "我关注的{}没了,现在看哪个", "{}是不是注销了", "麻烦查一下{}", "{}关了吗",
            "你好,{}搬到哪里去了", "以前的{}还在不在", "{}停了以后在哪办事"),
    "final": ("想问下{}现在还有吗", "{}改名叫什么了呀", "我妈一直看的{}打不开了咋回事", "老师好,{}并到哪里了", "{}去哪了", "那个{}找不到了",
              "帮忙看看{}还能不能用,谢谢", "{}这个号是关停了么", "请教一下{}的新地方"),
}  # fmt: skip
DESCRIBE = {
    "dev": ("{place}{agency}的公众号", "{place}{agency}那个号", "{place}的{agency}公众号叫什么"),
    "final": ("{place}{agency}官方账号", "{place}{agency}原来那个微信", "找{place}{agency}"),
}
PLATFORM_WORDS = {"wechat": ("公众号", "微信公众号", "微信"), "weibo": ("微博", "官方微博"), "douyin": ("抖音", "抖音号"),
                  "wechat-channels": ("视频号",), "toutiao": ("头条号", "今日头条"), "kuaishou": ("快手",)}  # fmt: skip
SHAPES = [
    "桓恒",
    "末未",
    "己已",
    "土士",
    "干千",
    "人入",
    "王玉",
    "白百",
    "目且",
    "贝见",
    "天夫",
    "厂广",
    "今令",
    "乌鸟",
    "庄压",
    "问间",
    "辛幸",
    "洛落",
    "治冶",
    "池地",
    "侯候",
    "坡披",
    "徽微",
    "盐监",
    "官宫",
    "渭谓",
    "泰秦",
    "塘糖",
    "潼撞",
    "浦埔",
    "济挤",
    "泗四",
    "城诚",
    "环坏",
    "坊访",
    "境镜",
    "健建",
    "税说",
    "检捡",
    "政改",
    "招昭",
    "农衣",
    "林材",
    "水永",
    "象像",
    "警惊",
    "交文",
    "网冈",
    "民氏",
    "爱受",
    "畅肠",
    "通诵",
    "润闰",
    "港巷",
    "岭岑",
    "宁宇",
    "定走",
    "平乎",
    "昌冒",
    "明朋",
    "丰半",
    "华毕",
    "湖潮",
    "江汀",
    "石右",
    "金全",
    "凤风",
]
OTHERS = {
    "dev": ("今天天气怎么样", "海底捞", "人民日报", "帮我查一下快递", "附近有什么好吃的", "十点读书", "怎么退税", "我要投诉邻居", "中国移动", "美团外卖",
            "丁香医生", "你叫什么名字", "明天放假吗", "新华书店", "招商银行信用卡", "同程旅行", "孩子发烧怎么办", "谢谢你", "央视新闻", "饿了么"),
    "final": ("最近有什么电影", "星巴克中国", "环球时报", "查一下公积金余额", "哪里能打疫苗", "樊登读书", "社保断缴了怎么办", "小区停水了", "中国联通客服", "滴滴出行",
              "果壳", "你几岁了", "现在几点", "京东商城", "建设银行", "携程", "老人走失了找谁", "好的知道了", "南方周末", "拼多多"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed, what kind of question it is, and the units any of which is right; none when nothing is."""

    text: str
    kind: str
    right: frozenset[str]


class World:
    """A synthetic base as a question writer knows it."""

    def __init__(self, bodies: list[Body]) -> None:
        self.bodies = bodies
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.there: set[tuple[str, str]] = set()
        for body in bodies:
            key = body.accounts[0].id
            self.there.add((body.place.code, body.agency))
            for name in {body.name, *(a.name for a in body.accounts)}:
                self.bearers[fold(name)].add(key)
                self.bearers[fold(name.replace(body.place.name, body.place.short or body.place.name))].add(
                    key
                )
        self.places = places()
        self.by_code = {p.code: p for p in self.places}
        self.shorts: dict[str, list[str]] = defaultdict(list)
        for place in self.places:
            self.shorts[place.short or ""].append(place.code)

    def unique(self, name: str) -> bool:
        """Tell whether one unit alone bears a name."""
        return len(self.bearers[fold(name)]) == 1

    def alone(self, text: str, owner: str, most: int = 1) -> bool:
        """Tell whether no other unit's name is as near to a text as `most` changes: else only a question would be right."""
        if not hasattr(self, "_names"):
            self._names = list(self.bearers)
        near = process.extract(fold(text), self._names, scorer=OSA.distance, score_cutoff=most, limit=None)
        return all(owner in self.bearers[name] for name, _, _ in near)

    def spelled_alone(self, name: str, owner: str) -> bool:
        """Tell whether no other unit's name is spelled the same."""
        if not hasattr(self, "_spelled"):
            self._spelled: dict[str, set[str]] = defaultdict(set)
            for other, owners in self.bearers.items():
                self._spelled[spell(other)] |= owners
        return self._spelled[spell(fold(name))] == {owner}

    def part_of_one(self, part: str) -> bool:
        """Tell whether a part of names stands in those of one unit alone."""
        return len(set().union(*(owners for _, owners in self._with(part)))) == 1

    def _with(self, part: str) -> Iterator[tuple[str, set[str]]]:
        if not hasattr(self, "_pairs"):
            self._pairs: dict[str, list[str]] = defaultdict(list)
            for name in self.bearers:
                for pair in {a + b for a, b in pairwise(name)}:
                    self._pairs[pair].append(name)
        rarest = min(
            (part[i : i + 2] for i in range(len(part) - 1)),
            key=lambda p: len(self._pairs.get(p, ())),
            default="",
        )
        return ((n, self.bearers[n]) for n in self._pairs.get(rarest, ()) if part in n)


def questions(world: World, split: str, each: int, seed: int = 0) -> list[Question]:
    """Return `each` questions of every kind, in a fixed order."""
    rng = random.Random(f"{split} {seed}")
    found = []
    for kind, make in KINDS.items():
        tries = 0
        count = 0
        while count < each and tries < each * 60:
            tries += 1
            question = make(world, rng, split)
            if question is not None:
                found.append(Question(question.text, kind, question.right))
                count += 1
    return found


def _pick(world: World, rng: random.Random) -> tuple[Body, str]:
    body = rng.choice(world.bodies)
    return body, rng.choice(body.accounts).name


def _ask(body: Body, text: str) -> Question:
    return Question(text, "", frozenset({body.accounts[0].id}))


def _changed(
    change: Callable[[str, random.Random], str | None],
) -> Callable[[World, random.Random, str], Question | None]:
    """Return a maker of questions that are a unique name, changed, and then no other name."""

    def make(world: World, rng: random.Random, _: str) -> Question | None:
        body, name = _pick(world, rng)
        if not world.unique(name):
            return None
        text = change(name, rng)
        owner = body.accounts[0].id
        if not text or (fold(text) != fold(name) and world.bearers.get(fold(text))):
            return None
        near = world.spelled_alone(name, owner) if change in (pinyin, mixed) else world.alone(text, owner)
        return _ask(body, text) if near or fold(text) == fold(name) else None

    return make


def exact(name: str, _: random.Random) -> str:
    """The name itself."""
    return name


def traditional(name: str, _: random.Random) -> str | None:
    """The name in Traditional characters."""
    text = "".join(_traditional().get(c, c) for c in name)
    return text if text != name else None


def fullwidth(name: str, rng: random.Random) -> str:
    """The name with full-width letters, spaces between characters or odd punctuation."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    return rng.choice(
        (" ".join(wide), f"“{wide}”", f"{wide}!!", f"【{wide}】", "·".join((wide[:2], wide[2:])))
    )


def drop(name: str, rng: random.Random) -> str | None:
    """The name without one character."""
    if len(name) < 5:
        return None
    i = rng.randrange(len(name))
    return name[:i] + name[i + 1 :]


def add(name: str, rng: random.Random) -> str:
    """The name with a common character too many."""
    i = rng.randrange(1, len(name))
    return name[:i] + rng.choice("的了一在是和有大小新") + name[i:]


def swap(name: str, rng: random.Random) -> str | None:
    """The name with two neighbours in each other's place."""
    i = rng.randrange(len(name) - 1)
    return (
        name[:i] + name[i + 1] + name[i] + name[i + 2 :] if name[i] != name[i + 1] and len(name) > 3 else None
    )


def homophone(name: str, rng: random.Random) -> str | None:
    """The name with one character that sounds the same, southern ears included."""
    i = rng.randrange(len(name))
    same = [c for c in _common() if c != name[i] and _sound(c) == _sound(name[i])]
    return name[:i] + rng.choice(same) + name[i + 1 :] if same and len(name) > 3 else None


def shape(name: str, rng: random.Random) -> str | None:
    """The name with one character that looks much the same."""
    spots = [(i, pair) for i, c in enumerate(name) for pair in SHAPES if c in pair]
    if not spots or len(name) < 4:
        return None
    i, pair = rng.choice(spots)
    return name[:i] + pair.replace(name[i], "") + name[i + 1 :]


def mixed(name: str, rng: random.Random) -> str | None:
    """The name with one or two characters in pinyin."""
    if len(name) < 4:
        return None
    i = rng.randrange(len(name) - 1)
    size = rng.choice((1, 2))
    return name[:i] + "".join(_spell(c) for c in name[i : i + size]) + name[i + size :]


def pinyin(name: str, rng: random.Random) -> str:
    """The name in pinyin, with and without spaces."""
    return rng.choice(("", " ")).join(_spell(c) for c in fold(name))


def platform(world: World, rng: random.Random, _: str) -> Question | None:
    """The name with its platform's word."""
    body = rng.choice(world.bodies)
    account = rng.choice(body.accounts)
    if not world.unique(account.name):
        return None
    word = rng.choice(PLATFORM_WORDS[account.platform])
    return _ask(
        body,
        rng.choice(
            (
                account.name + word,
                f"{account.name} {word}",
                f"{word}{account.name}",
                f"{account.name}的{word}",
            )
        ),
    )


def chatty(world: World, rng: random.Random, split: str) -> Question | None:
    """The name inside a sentence."""
    body, name = _pick(world, rng)
    return _ask(body, rng.choice(CHATTY[split]).format(name)) if world.unique(name) else None


def qualified(world: World, rng: random.Random, _: str) -> Question | None:
    """The name with the city or province it is in."""
    body, name = _pick(world, rng)
    above = world.by_code.get(body.place.code[:4] + "00") or body.place
    called = above.short or above.name
    bearers = world.bearers[fold(name)]
    if (
        called in name
        or len([b for b in bearers if b[1:5] == body.accounts[0].id[1:5]]) != 1
        or len(bearers) > 1
    ):
        return None
    return _ask(body, rng.choice((f"{called}{name}", f"{called}的{name}", f"{name}({called})")))


def partial(world: World, rng: random.Random, _: str) -> Question | None:
    """A part of the name that only one unit's names have."""
    body, name = _pick(world, rng)
    size = rng.randrange(max(4, len(name) - 3), len(name)) if len(name) > 5 else 0
    start = rng.randrange(len(name) - size + 1) if size else 0
    part = name[start : start + size]
    return (
        _ask(body, part)
        if size and world.part_of_one(fold(part)) and fold(part) not in world.bearers
        else None
    )


def initial(world: World, rng: random.Random, _: str) -> Question | None:
    """The initials of a name, where no other has them."""
    body, name = _pick(world, rng)
    letters = initials(fold(name))
    if len(letters) < 5 or not letters.isascii():
        return None
    if not hasattr(world, "initials"):
        world.initials = defaultdict(set)  # type: ignore[attr-defined]
        for other, owners in world.bearers.items():
            world.initials[initials(other)] |= owners  # type: ignore[attr-defined]
    return _ask(body, letters) if len(world.initials[letters]) == 1 else None  # type: ignore[attr-defined]


def describe(world: World, rng: random.Random, split: str) -> Question | None:
    """The place and the everyday word for the agency, where the name is another."""
    body, _ = _pick(world, rng)
    agency = next((a for a in AGENCIES if a[1] == body.agency), None)
    if (
        agency is None
        or not any(a.platform == "wechat" for a in body.accounts)
        or len(world.shorts[body.place.short or ""]) > 1
        or not body.name.startswith(body.place.name + agency[0])
    ):
        return None
    said = rng.choice((agency[0], agency[1]))
    text = rng.choice(DESCRIBE[split]).format(
        place=rng.choice((body.place.short, body.place.name)), agency=said
    )
    named = any(fold(a.name) in fold(text) for a in body.accounts) or fold(body.name) in fold(text)
    return None if named else _ask(body, text)


def ambiguous(world: World, rng: random.Random, _: str) -> Question | None:
    """A name that several units bear: the right answer is to ask."""
    _, name = _pick(world, rng)
    owners = world.bearers[fold(name)]
    return Question(name, "", frozenset(owners)) if len(owners) > 1 else None


def absent_near(world: World, rng: random.Random, _: str) -> Question | None:
    """One character from a name that is there: the same brand at a place whose name differs by one character."""
    body, name = _pick(world, rng)
    called = body.place.short or ""
    if called not in name or len(called) < 2:
        return None
    others = [
        s
        for s in world.shorts
        if len(s) == len(called) and s != called and sum(a != b for a, b in zip(s, called, strict=True)) == 1
    ]
    others = [
        s
        for s in others
        if not any(_sound(a) == _sound(b) for a, b in zip(s, called, strict=True) if a != b) or True
    ]
    if not others:
        return None
    other = rng.choice(others)
    text = name.replace(called, other)
    missing = not any((code, body.agency) in world.there for code in world.shorts[other])
    return Question(text, "", frozenset()) if missing and fold(text) not in world.bearers else None


def absent_homonym(world: World, rng: random.Random, _: str) -> Question | None:
    """A name that is there, asked of another place."""
    body, name = _pick(world, rng)
    other = rng.choice(world.places)
    if (
        other.code[:2] == body.place.code[:2]
        or not world.unique(name)
        or (other.code, body.agency) in world.there
    ):
        return None
    called = other.short or other.name
    if called in name or any(s in name for s in (called[:2],)):
        return None
    return Question(rng.choice((f"{called}{name}", f"{called}的{name}")), "", frozenset())


def absent_agency(world: World, rng: random.Random, _: str) -> Question | None:
    """An agency that the base lacks, at a place that has others."""
    place = rng.choice(world.places)
    full, short, brands = rng.choice(AGENCIES)
    if any((code, short) in world.there for code in world.shorts[place.short or ""]):
        return None
    called = place.short or place.name
    text = rng.choice((*(b.replace("X", called) for b in brands), f"{called}{short}", f"{place.name}{full}"))
    return Question(text, "", frozenset()) if fold(text) not in world.bearers else None


def absent_place(world: World, rng: random.Random, _: str) -> Question | None:
    """A place alone."""
    place = rng.choice(world.places)
    return Question(rng.choice((place.name, place.short or place.name)), "", frozenset())


def absent_other(_: World, rng: random.Random, split: str) -> Question | None:
    """Small talk, shops, media, companies."""
    return Question(rng.choice(OTHERS[split]), "", frozenset())


KINDS: dict[str, Callable[[World, random.Random, str], Question | None]] = {
    "exact": _changed(exact), "chatty": chatty, "platform": platform, "traditional": _changed(traditional),
    "full-width": _changed(fullwidth), "qualified": qualified, "drop": _changed(drop), "add": _changed(add), "swap": _changed(swap),
    "homophone": _changed(homophone), "shape": _changed(shape), "mixed": _changed(mixed), "partial": partial,
    "pinyin": _changed(pinyin), "initials": initial, "describe": describe, "ambiguous": ambiguous, "near": absent_near,
    "homonym": absent_homonym, "agency": absent_agency, "place": absent_place, "other": absent_other,
}  # fmt: skip
POSITIVE = tuple(k for k in KINDS if k not in ("ambiguous", "near", "homonym", "agency", "place", "other"))
ABSENT_KINDS = ("near", "homonym", "agency", "place", "other")


@cache
def _traditional() -> dict[str, str]:
    found = {}
    for line in (TABLES / "simplified.txt").read_text(encoding="utf-8").splitlines()[1:]:
        big5 = [c for c in line[1:] if _encodes(c, "big5")]
        if big5:
            found[line[0]] = big5[0]
    return found


@cache
def _common() -> tuple[str, ...]:
    """Return the 3,755 everyday characters of GB 2312's first level."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(c for c in (r.decode("gb2312", "ignore") for r in rows) if c)


@cache
def _sound(character: str) -> str:
    return loosen((readings(character) or (character,))[0])


def _spell(character: str) -> str:
    return (readings(fold(character)) or (character,))[0]


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return not re.match(r"[\ue000-\uf8ff]", character)
