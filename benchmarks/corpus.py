"""A synthetic knowledge base of any size: real divisions × agencies × the ways such accounts are named.

Deterministic: the same size and seed give the same files. The agency list is the benchmark's own (`agencies.py`).

    python -m benchmarks.corpus 11000 /tmp/corpus
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from benchmarks.agencies import AGENCIES, TOWN_AGENCIES, Agency
from bot import knowledge
from bot.records import Place

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge"
# What a corpus takes over from the real knowledge.
AROUND = ("places", "lexicon", "contacts/hotlines.yaml", "topics.yaml", "platforms.yaml")
TOWN_CHARACTERS = "湖溪山桥塘河店集庄坪岭口江泉石龙凤金银沙堰坝潭浦港湾洲岗屯堡营寨坊场镇门关林梅柳杨桃李竹松柏兰菊荷莲云霞星月阳安平和顺兴旺福康乐"
# The share of each place's agencies that the base lacks.
ABSENT = 0.15
# The share of accounts whose id on the platform is known.
IDENTIFIED = 0.05
PLATFORMS = (*["wechat"] * 4, *["weibo"] * 2, "douyin", "wechat-channels", "toutiao", "kuaishou")
SUFFIX = {
    "wechat": "wx",
    "weibo": "wb",
    "douyin": "dy",
    "wechat-channels": "sph",
    "toutiao": "tt",
    "kuaishou": "ks",
}
STATES = ("closed", "closed", "closed", "closing", "active", "active", "active", "merged", "dormant")


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic account."""

    id: str
    name: str
    platform: str
    state: str
    to: str | None = None

    @property
    def platform_id(self) -> str | None:
        """Its id on the platform, for a few: the first letters of its name and a number, as such ids are made."""
        rng = random.Random(self.id)
        if rng.random() >= IDENTIFIED:
            return None
        return f"{''.join(lazy_pinyin(self.name, style=Style.FIRST_LETTER))}{rng.randrange(10**4, 10**7)}"


@dataclass(slots=True)
class Body:
    """A synthetic unit with its accounts, at a place; `town` is what the place inside is called, if it is a town's."""

    place: Place
    name: str
    agency: str
    town: str = ""
    accounts: list[Made] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The id of its first account, by which a unit is known."""
        return self.accounts[0].id


@cache
def divisions() -> tuple[Place, ...]:
    """Return every real place."""
    files = [knowledge.read_file(p, KNOWLEDGE) for p in sorted((KNOWLEDGE / "places").glob("*.yaml"))]
    found = knowledge.Knowledge()
    for file in files:
        knowledge.join(found, file)
    return tuple(found.places.values())


def places() -> list[Place]:
    """Return the real divisions that can have agencies: cities and counties."""
    return [p for p in divisions() if p.code.isdigit() and not p.code.endswith("0000") and p.short]


def bodies(size: int, seed: int = 1, only: str = "") -> Iterator[Body]:
    """Yield units with together `size` accounts, place after place; `only` keeps the places of one province.

    Some agencies of each place are left out (`ABSENT`), so that there is something true to ask for that is not there;
    once a place has its agencies, its towns follow.
    """
    rng = random.Random(seed)
    wanted = [p for p in places() if p.code.startswith(only)]
    each = size / len(wanted)
    made, due = 0, 0.0
    for number, place in enumerate(wanted):
        due += each
        kept = [a for a in AGENCIES if rng.random() >= ABSENT]
        rng.shuffle(kept)
        subjects = ((place.short or place.name, place.name, a) for a in kept)
        for turn, (called, titled, agency) in enumerate(chain(subjects, _towns(place, rng))):
            if made >= round(due):
                break
            body = _body(place, called, titled, agency, f"{number:04d}{turn:03d}", rng, round(due) - made)
            made += len(body.accounts)
            yield body


def _towns(place: Place, rng: random.Random) -> Iterator[tuple[str, str, Agency]]:
    """Yield the agencies of made-up towns of a place, without end."""
    while True:
        called = "".join(rng.sample(TOWN_CHARACTERS, 2))
        kind = rng.choice(("镇", "街道", "乡"))
        for agency in TOWN_AGENCIES:
            yield called, f"{place.name}{called}{kind}", agency


def _body(
    place: Place,
    called: str,
    titled: str,
    agency: Agency,
    key: str,
    rng: random.Random,
    most: int,
) -> Body:
    body = Body(place, f"{titled}{agency.full}", agency.short, town="" if called == place.short else called)
    count = min(most, rng.choice((1, 1, 1, 2, 2, 3)))
    name = _name(called, titled, agency, rng)
    platforms = rng.sample(sorted(set(PLATFORMS)), count) if count > 1 else [rng.choice(PLATFORMS)]
    for index, platform in enumerate(platforms):
        named = name if index == 0 or rng.random() < 0.6 else _name(called, titled, agency, rng)
        body.accounts.append(Made(f"s{key}-{SUFFIX[platform]}", named, platform, rng.choice(STATES)))
    _lead(body)
    return body


def _name(called: str, titled: str, agency: Agency, rng: random.Random) -> str:
    style = rng.random()
    if style < 0.55:
        return rng.choice(agency.brands).replace("X", called)
    return f"{called}{agency.short}" if style < 0.8 else f"{titled}{agency.full}"


def _lead(body: Body) -> None:
    """Give merged accounts a destination: an account of the same unit that is in use, or one outside."""
    live = next((a.id for a in body.accounts if a.state == "active"), None)
    body.accounts = [
        Made(a.id, a.name, a.platform, a.state, live or "outside") if a.state == "merged" else a
        for a in body.accounts
    ]


def write(size: int, folder: Path, seed: int = 1, only: str = "") -> int:
    """Write a knowledge folder with `size` accounts, one file a place; return how many files."""
    for name in AROUND:
        source, target = KNOWLEDGE / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    files: dict[str, list[str]] = {}
    for body in bodies(size, seed, only):
        lines = files.setdefault(body.place.code, [f'place: "{body.place.code}"', "units:"])
        lines += _entry(body)
    for code, lines in files.items():
        path = folder / "accounts" / code[:2] / f"{code}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(files)


def _entry(body: Body) -> Iterator[str]:
    yield f"  - name: {body.name}"
    yield "    accounts:"
    for account in body.accounts:
        yield f"      - id: {account.id}"
        yield f"        name: {account.name}"
        yield f"        platform: {account.platform}"
        if account.platform_id:
            yield f"        platform_id: {account.platform_id}"
        yield f"        state: {account.state}"
        if account.state in ("closed", "closing", "merged"):
            yield "        reason: burden-reduction"
            yield "        stopped: 2024-04-19"
            yield "        notice: unseen"
        if account.to == "outside":
            yield "        destinations: [{name: 上级单位的公众号, platform: wechat, basis: media}]"
        elif account.to:
            yield f"        destinations: [{{account: {account.to}, basis: media}}]"
        yield "        checked: 2024-06-15"
        yield "        sources: [{publisher: 某某日报, date: 2024-06-02}]"


def main(argv: list[str] | None = None) -> int:
    """Write a corpus and say how large it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="two digits of one province")
    options = parser.parse_args(argv)
    count = write(options.size, options.folder, options.seed, options.only)
    print(f"{options.size} accounts in {count} files below {options.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
