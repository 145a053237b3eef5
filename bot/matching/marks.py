"""Floor 4. What a person types that is no part of a name: the address around an id in a link, and tone numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.phonetics import cuts, is_typed
from bot.values import Platform

# A host and what follows it, up to a space or a character that no address has.
_LINK = re.compile(r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10})/([!-~]{1,200})", re.IGNORECASE)
_TONED = re.compile(r"([a-zü]{1,20})([1-5])(?![0-9])", re.IGNORECASE)
_DIGITS = re.compile("[0-9]")
# One number after letters may be anything: cctv1, a1. Two of them are tones.
LEAST_TONES = 2


def unlinked(
    text: str, hosts: Mapping[str, Platform], is_known: Callable[[str], bool]
) -> tuple[str, tuple[Platform, ...]]:
    """Return a text with each link to a platform's account as the id in it, and the platforms linked to.

    The id is the piece of the path that has a digit, the longest of several: `weibo.com/u/5044281310` is 5044281310.
    An id that nobody bears is left out: it is never read as pinyin. A link to any other site stays: its address is its name.
    """
    linked: list[Platform] = []

    def shortened(found: re.Match[str]) -> str:
        platform = hosts.get(found[1].lower())
        if platform is None:
            return found[0]
        path = re.split("[?#]", found[2])[0]
        linked.append(platform)
        found_id = max(path.split("/"), key=lambda piece: (any(map(str.isdigit, piece)), len(piece)))
        return f" {found_id} " if is_known(found_id) else " "

    return (_LINK.sub(shortened, text), tuple(linked)) if "/" in text else (text, ())


def untoned(text: str) -> str:
    """Return a text without the numbers that stand for tones: `xi1yang2 zi4ran2` is `xi yang zi ran`.

    They do only where every number follows pinyin and there are two of them at least.
    """
    found = _TONED.findall(text)
    if len(found) < LEAST_TONES or len(found) != len(_DIGITS.findall(text)):
        return text
    if not all(_is_pinyin(letters.lower().replace("ü", "v")) for letters, _ in found):
        return text
    return _TONED.sub(r"\1 ", text)


def _is_pinyin(letters: str) -> bool:
    return any(all(map(is_typed, wrote)) for _, wrote in cuts(letters))
