"""Floor 3. How the index is laid out: its tables, keys, packed records, and the codes that stand for accounts.

unit(id, body)        a unit with its accounts, packed
account(h, unit)      the hash of an account's or named unit's id → its unit
lead(h, unit)         the hash of an id → the units with an account that leads there
name(id, text, refs)  each plain name once, with the units that bear it
exact(h, name)        the hash of a plain name → the name
letter(c, n), pair(k, n)          how many names hold a character, two neighbouring ones
gram(k, ids)          pairs of sounds and of characters → names; initials, place, place and agency → units
file(name, digest, first, last)   which units came from which file
host(name, n)         how many units show an http address of a host
moved(id, moved_to), thing(kind, body)   everything small: changed ids, places, topics, contacts …
meta(key, value)

An overlay is laid out the same. Its units and names are numbered from `ABOVE` on; a name in it is the whole name, with
the units below that bear it too; what it counts is added to what stands below, and may be negative.
dead(unit)            the units below that it replaces or takes away
gone(k, ids)          the numbers that no longer stand behind a gram key below
A file that is gone has an empty digest. `meta` says whether its small things take the place of those below.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from itertools import accumulate, pairwise
from operator import sub
from typing import NamedTuple

from bot import codec
from bot.records import Account, Unit

# Raised whenever the layout changes: an index of another format is rebuilt, not read.
FORMAT = "10"
SCHEMA = """
create table unit(id integer primary key, body blob not null);
create table account(h integer primary key, unit integer not null);
create table lead(h integer not null, unit integer not null, primary key (h, unit)) without rowid;
create table name(id integer primary key, text text not null, refs blob not null);
create table exact(h integer primary key, name integer not null);
create table letter(c text primary key, n integer not null) without rowid;
create table pair(k integer primary key, n integer not null);
create table gram(k integer primary key, ids blob not null);
create table file(name text primary key, digest text not null, first integer not null, last integer not null);
create table host(name text primary key, n integer not null) without rowid;
create table moved(id text primary key, moved_to text);
create table thing(kind text not null, body text not null);
create table meta(key text primary key, value text not null);
create table dead(unit integer primary key);
create table gone(k integer primary key, ids blob not null);
"""
# Numbers of units and names in an overlay begin above this; no base has as many.
ABOVE = 1 << 30
# Crockford's base32: no I, L, O or U, so that a code read aloud or copied by hand stays itself.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 5
LONG_CODE_LENGTH = 9
HASH_BITS = 60
# Kinds of gram keys, in the bits above two code points of 16 bits each.
SOUNDS, INITIALS, SPOT, WRITTEN = 1, 2, 3, 4
# Stands for every kind of agency: the key of a place with it leads to all units there.
EVERY_AGENCY = 0xFFFF
# Lists longer than this are stored as packed differences: they take a third of the room and unpack in microseconds.
PLAIN_LIST = 24

# What most records hold, so that short ones pack well; part of the format.
_COMMON = (
    b'"destinations":[{"basis":"media","account":"","name":"","platform":"wechat","scope":"information"}],'
    b'"seen":"2025-03-1","announced":"2024-05-","notice":"unseen","notice":"named","reason":"consolidation",'
    b'"reason":"organ-reform","stopped":"2024-04-1","reason":"burden-reduction","platform":"douyin","platform":"weibo",'
    b'"platform":"toutiao","platform":"wechat-channels","reprint":"true"}],"state":"dormant","state":"merged",'
    b'"state":"active","state":"closing","state":"closed","checked":"2024-06-15","sources":[{"publisher":"","date":"2024-06-02",'
    b'"name":"","platform":"wechat"}],"place":"","key":"","name":"","accounts":[{"id":"'
)
_written = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Ref(NamedTuple):
    """A unit that bears a name: its number, its place's number, and whether the name is an account's own."""

    unit: int
    place: int
    own: bool


def hashed(text: str) -> int:
    """Return the number that stands for an id or a name; the same for ever."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> (64 - HASH_BITS)


def unit_hash(unit_id: str) -> int:
    """Return the number that stands for a unit's id, apart from an account's of the same letters."""
    return hashed(f"unit:{unit_id}")


def long_code(account_id: str) -> str:
    """Return all of the code of an account; answers show its first `CODE_LENGTH` letters where these are its alone."""
    number = hashed(account_id)
    return "".join(
        LETTERS[number >> shift & 31]
        for shift in range(HASH_BITS - 5, HASH_BITS - 5 * LONG_CODE_LENGTH - 1, -5)
    )


def code_range(code: str) -> tuple[int, int]:
    """Return the numbers (first, last) that a code's letters begin. Raises: ValueError for letters that are none."""
    number = 0
    for letter in code:
        number = number << 5 | LETTERS.index(letter)
    free = HASH_BITS - 5 * len(code)
    return number << free, (number + 1 << free) - 1


def sound_grams(sounds: str, *, near: bool = True) -> set[int]:
    """Return the keys of a text's pairs of sounds: neighbours, and with `near` those one apart."""
    return _grams(SOUNDS, sounds, near)


def written_grams(plain: str, *, near: bool = True) -> set[int]:
    """Return the keys of a text's pairs of characters: neighbours, and with `near` those one apart."""
    return _grams(WRITTEN, plain, near)


def _grams(kind: int, text: str, near: bool) -> set[int]:
    codes = [ord(c) & 0xFFFF for c in text]
    top = kind << 32
    found = {top | a << 16 | b for a, b in pairwise(codes)}
    if near:
        found |= {top | a << 16 | b for a, b in zip(codes, codes[2:], strict=False)}
    return found


def character_pairs(folded: str) -> list[int]:
    """Return the keys of a text's neighbouring characters, in order."""
    codes = [ord(c) & 0xFFFF for c in folded]
    return [a << 16 | b for a, b in pairwise(codes)]


def initials_gram(initials: str) -> int:
    """Return the key of a name's initials."""
    return INITIALS << 32 | hashed(initials) & 0xFFFFFFFF


def spot_gram(place: int, agency: int) -> int:
    """Return the key of an agency at a place, both by number."""
    return SPOT << 32 | place << 16 | agency


def pack(unit: Unit) -> bytes:
    """Return a unit with its accounts as a few dozen bytes."""
    data = {"place": unit.place, "key": unit.key, **codec.encode(unit)}
    text = _written(data).encode()
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, _COMMON)
    return squeezer.compress(text) + squeezer.flush()


def unpack(body: bytes) -> Unit:
    """Return the unit that was packed, each account knowing its unit."""
    data = json.loads(zlib.decompressobj(-15, _COMMON).decompress(body))
    for account in data.get("accounts", ()):
        account["unit"] = data["key"]
    return codec.load(Unit, data)


def pack_ref(unit: int, place: int, own: bool) -> bytes:
    """Return a ref as eight bytes; those of several follow one another."""
    return array("I", (unit, place << 1 | own)).tobytes()


def unpack_refs(data: bytes) -> list[Ref]:
    """Return the refs that were packed."""
    numbers = array("I", data)
    return [Ref(u, p >> 1, bool(p & 1)) for u, p in zip(numbers[::2], numbers[1::2], strict=True)]


def pack_ids(ids: array[int]) -> bytes:
    """Return an ascending list of numbers as bytes; the first byte tells how."""
    if len(ids) <= PLAIN_LIST:
        return b"\0" + ids.tobytes()
    steps = array("I", map(sub, ids, (0, *ids)))
    return b"\1" + len(ids).to_bytes(4, "little") + zlib.compress(steps.tobytes(), 1)


def count_ids(head: bytes, size: int) -> int:
    """Return how many numbers a packed list holds, from its first five bytes and its size in bytes."""
    return int.from_bytes(head[1:5], "little") if head[0] else (size - 1) // 4


def unpack_ids(data: bytes) -> list[int]:
    """Return the numbers of a packed list."""
    if not data[0]:
        return array("I", data[1:]).tolist()
    return list(accumulate(array("I", zlib.decompress(data[5:]))))


def account_of(unit: Unit, account_id: str) -> Account | None:
    """Return a unit's account of an id."""
    return next((a for a in unit.accounts if a.id == account_id), None)
