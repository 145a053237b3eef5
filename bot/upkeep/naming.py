"""Floor 7. Names made of how Chinese is read: an account's id, the file of a place."""

from __future__ import annotations

from collections.abc import Collection

from bot.checks.accounts import MOST_ID
from bot.places import COUNTRY, Gazetteer
from bot.records import Place
from bot.text import fold, initials, spell
from bot.values import Platform

# Provinces that the commonest readings of their characters misspell; 陕西 is kept apart from 山西.
SPELLED = {"500000": "chongqing", "540000": "xizang", "610000": "shaanxi"}
SUFFIXES = {
    Platform.WECHAT: "-wx", Platform.CHANNELS: "-sph", Platform.WEIBO: "-wb", Platform.DOUYIN: "-dy",
    Platform.KUAISHOU: "-ks", Platform.TOUTIAO: "-tt", Platform.XIAOHONGSHU: "-xhs", Platform.BILIBILI: "-bili",
    Platform.APP: "-app", Platform.MINIPROGRAM: "-xcx", Platform.WEBSITE: "-web",
}  # fmt: skip
# An id that would be longer is made of initials; what is left up to MOST_ID is room for a number.
MOST_SPELLED = 28


def slug(name: str | None, platform: Platform | None, unit: str | None, taken: Collection[str]) -> str:
    """Return an id for an account: its name (or its unit's) in pinyin, initials when that is long, and its platform.

    At most 32 characters; one that is taken gets a number: `szsspypjdglj-2-wx`.
    """
    suffix = SUFFIXES[platform] if platform else ""
    folded = next((f for f in (fold(name or ""), fold(unit or "")) if _latin(spell(f))), "")
    stem = _latin(spell(folded)) or "zhanghao"
    if len(stem + suffix) > MOST_SPELLED:
        stem = _latin(initials(folded))
    tail, number = suffix, 1
    while (found := stem[: MOST_ID - len(tail)] + tail) in taken:
        number += 1
        tail = f"-{number}{suffix}"
    return found


def place_file(code: str, places: Gazetteer) -> tuple[str, str]:
    """Return the folder and the stem of a place's file: ("jiangsu", "zhangjiagang"). The code must be known."""
    province = places.chain(code)[-1]
    room = "national" if province == COUNTRY else _spelled(places.places[province])
    if code == province:
        return room, room if code == COUNTRY else f"{room}-sheng"
    return room, _spelled(places.places[code])


def _spelled(place: Place) -> str:
    return SPELLED.get(place.code) or _latin(spell(fold(place.short or place.name)))


def _latin(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalnum())
