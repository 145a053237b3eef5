"""Floor 7. What people type, without the numbers that belong to people. Pure.

Removed: mobile and home telephone numbers, numbers of identity cards, passports and travel permits, of bank cards and
any other long number, e-mail addresses. Kept: service numbers such as 12345, 110 or 0512-12345, dates, years.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

PHONE, PAPER, CARD, MAIL = "〔电话〕", "〔证件号〕", "〔长号码〕", "〔邮箱〕"

# What turns a digit into a key or a sign, and is no letter of its own.
_MARKS = frozenset("\ufe0e\ufe0f\u20e3")
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_GAP = r"[ .·\-]?"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ALONE, _END = r"(?<![\dA-Za-z])", r"(?!\d)"
_PAPER = (
    rf"{_ALONE}[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d{_GAP}{_DAY}{_GAP}\d{{3}}[\dXx]{_END}",
    rf"{_ALONE}[1-9]\d{{7}}{_DAY}\d{{3}}{_END}",
    rf"{_ALONE}(?:[EGDSPHMCW]|E[A-Z])\d{{7,10}}{_END}",
    rf"{_ALONE}[A-Z]{{1,2}}\d{{6}}\([\dA]\)",
)
_CARD = (r"\d{13,}", rf"(?<!\d)\d{{4}}([ \-])\d{{4}}\1\d{{4}}(?:\1\d{{1,4}}){{1,2}}{_END}")
_MOBILE = (
    rf"(?<!\d)(?:(?:\+|00)86{_GAP}|0)?1[3-9]\d{_GAP}(?:\d{{4}}{_GAP}\d{{4}}|\d{{3}}{_GAP}\d{{5}}){_END}",
    rf"(?<!\d)1([ .\-])[3-9](?:\1\d){{9}}{_END}",
    rf"\+\d(?:{_GAP}\d){{7,14}}{_END}",
)
_HOME = (
    rf"(?<!\d)\d{{11,12}}{_END}",
    rf"(?<!\d)\(?0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?:(?:转|-)\d{{1,5}})?{_END}",
    rf"(?:(?<=电话)|(?<=座机)|(?<=手机)|(?<=手机号)|(?<=打)|(?<=联系)|(?<=[电话机号打系][::是为 ]))\d{{7,8}}{_END}",
)
_MAIL = r"(?<![A-Za-z0-9_.+%\-])[A-Za-z0-9_.+%\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}"


def _pattern(**parts: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern of many, each part in a group of its name; a back reference counts from its own part."""
    found, groups = [], 0
    for name, ways in parts.items():
        groups += 1
        texts = []
        for way in ways:
            texts.append(way.replace(r"\1", rf"\{groups + 1}"))
            groups += re.compile(way).groups
        found.append(f"(?P<{name}>{'|'.join(texts)})")
    return re.compile("|".join(found))


_PRIVATE_MAIL = rf"(?!\S{{1,64}}@(?:[a-z0-9\-]{{1,63}}\.){{0,6}}gov\.cn(?![\w.\-])){_MAIL}"

_ALL = _pattern(mail=(_MAIL,), paper=_PAPER, mobile=_MOBILE, home=_HOME, card=_CARD)
_PRIVATE = _pattern(mail=(_PRIVATE_MAIL,), paper=_PAPER, mobile=_MOBILE, card=_CARD)
_WORD = {"mail": MAIL, "paper": PAPER, "mobile": PHONE, "home": PHONE, "card": CARD}
# What every one of them has; most texts have none of it.
_SUSPECT = re.compile(r"@|(?:\d[^\d]{0,2}){6}\d")
_LINK = re.compile(r"https?://[!-~]+")


def scrub(text: str) -> str:
    """Return a text with every number of a person, and every e-mail address, put as the word for what it was.

    Characters that nobody sees are gone too. About 1 ms for 4,000 characters.
    """
    return _put(_visible(text), _ALL)


def scrub_public(text: str) -> str:
    """Scrub a text about an office: its fixed telephone, its mail at gov.cn and links to pages stay."""
    shown = _visible(text)
    kept, end = "", 0
    for link in _LINK.finditer(shown):
        kept += _put(shown[end : link.start()], _PRIVATE) + link[0]
        end = link.end()
    return kept + _put(shown[end:], _PRIVATE)


def _put(text: str, pattern: re.Pattern[str]) -> str:
    """Put words for what a pattern finds, however wide or in whatever numerals it is written."""
    plain = "".join(map(_plain, text)) if not text.isascii() else text
    if not _SUSPECT.search(plain):
        return text
    kept, end = "", 0
    for found in pattern.finditer(plain):
        kept += text[end : found.start()] + _WORD[found.lastgroup or ""]
        end = found.end()
    return kept + text[end:]


def _visible(text: str) -> str:
    """Return a text without characters that show nothing, which would part the digits of a number."""
    return (
        text
        if text.isascii()
        else "".join(c for c in text if c not in _MARKS and unicodedata.category(c) != "Cf")
    )


@lru_cache(4096)
def _plain(character: str) -> str:
    """Return the half-width form of a character, and a numeral as its digit; one character in any case."""
    form = unicodedata.normalize("NFKC", character)
    return (form if len(form) == 1 else character).translate(_NUMERALS)
