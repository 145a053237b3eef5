"""Floor 4. Where a notice says that somebody answers: telephones, hotlines, offices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.notices.sheet import Span
from bot.records import ContactKind

_PHONE = re.compile(r"(?<![0-9a-z-])(?:\(?(0[0-9]{2,3})\)?[-—]?([1-9][0-9]{6,7})(?:[-转][0-9]{1,5})?|1[3-9][0-9]{9}|[48]00-?[0-9]{3,4}-?[0-9]{3,4}|[1-9][0-9]{6,7}|1[0-9]{4}|9[0-9]{4,5}|1[0-9]{2})(?![0-9a-z])")
_ASKED = re.compile(r"(?:电话|热线|致电|拨打|咨询|联系|手机|座机|来电|号码|垂询|办)[^,。;\n0-9]{0,14}\Z")
_SHORT = frozenset("110 119 120 122".split())
_PLACE = re.compile(
    r"(?:地址|办公地点|咨询地点|办公地址|联系地址|地点|现场咨询|办公场所|办理地点|现场办理)(?:为|是|在)?:?([^,。;:!?\n()“”]{4,40})"
)
_GO = re.compile(r"(?:到|至|前往|请到|请至)([^,。;:!?\n()“”]{4,40}?)(?:现场)?(?:咨询|办理|窗口咨询|查询|反映)")
_ADDRESS = re.compile(r"(?:路|街|道|巷|大厦|大楼|楼|号|室|层|窗口|大厅|中心|广场|弄|村|园)(?:[0-9a-z一二三四五六七八九十]{0,4}(?:号|室|楼|层|窗口|座|厅|栋|院)?)\Z")
_STREET = re.compile(r"[0-9一二三四五六七八九十]+(?:-[0-9]+)?(?:号|层|楼|室|栋|窗口)|窗口|大厅")


@dataclass(frozen=True, slots=True)
class Contact:
    """A number or an office, by where it stands in the levelled text."""

    kind: ContactKind
    value: Span


def find(plain: str) -> list[Contact]:
    """Return the contact points that a levelled text gives, in order, each once."""
    found: list[tuple[int, Contact]] = []
    listed = -1
    for match in _PHONE.finditer(plain):
        start, end = match.span()
        before = plain[max(0, start - 24) : start]
        alone = match[1] is None and not match[0].startswith(("400", "800"))
        goes_on = listed >= 0 and re.fullmatch(r"[、,/或和及;]+", plain[listed:start]) is not None
        if not (_ASKED.search(before) or goes_on) and (alone or "电话" not in before):
            continue
        if plain.startswith(("年", "月", "日", "元", "个", "万", "人", "次", "期"), end):
            continue
        digits = re.sub(r"[^0-9]", "", match[0])
        hotline = len(digits) <= 6 or match[0].startswith(("400", "800"))
        listed = end
        found.append((start, Contact(ContactKind.HOTLINE if hotline else ContactKind.PHONE, (start, end))))
    for pattern in (_PLACE, _GO):
        for match in pattern.finditer(plain):
            start, end = match.span(1)
            text = plain[start:end]
            if _STREET.search(text) and _ADDRESS.search(text) and not any(a <= start < c.value[1] for a, c in found):
                found.append((start, Contact(ContactKind.ADDRESS, (start, end))))
    kept: dict[str, Contact] = {}
    for _, contact in sorted(found, key=lambda f: f[0]):
        kept.setdefault(plain[contact.value[0] : contact.value[1]], contact)
    return list(kept.values())
