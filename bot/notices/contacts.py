"""Floor 5. Where a notice says that somebody answers: telephones, hotlines, offices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.notices.sheet import Span
from bot.values import ContactKind

_NUMBER = re.compile(
    r"(?=[(0-9])(?<![0-9a-z-])(?:\(?0[0-9]{2,3}\)?[-—]?[1-9][0-9]{6,7}(?:[-转][0-9]{1,5})?|1[3-9][0-9]{9}|[48]00-?[0-9]{3,4}-?[0-9]{3,4}|[48]00[0-9]-[0-9]{6}|"
    r"[1-9][0-9]{6,7}|1[0-9]{4}|9[0-9]{4,5}|1[0-9]{2})(?![0-9a-z])"
)
_CALL = re.compile(r"(?:电话|热线|致电|拨打|请拨|咨询|联系|手机|座机|来电|号码|垂询|打)[^,。;\n0-9]{0,14}\Z")
_MORE = re.compile(r"[、,/或和及;]+")
_COUNTS = ("年", "月", "日", "元", "个", "万", "人", "次", "期", "时", "号")
# How far before a number the words for calling stand.
_BEFORE = 24
_LONGEST_HOTLINE = 6
# Behind 地址, between 到 and 咨询, behind 寄到, in brackets behind an office.
_ADDRESSES = (
    re.compile(
        r"(?:办公地址|咨询地址|联系地址|线下网点|服务网点|办公地点|咨询地点|办公场所|办理地点|现场咨询|现场办理|地址|地点)(?:为|是|在)?:?([^,。;:!?\n()“”]{4,40}?)(?=[,。;:!?\n()“”\t]|(?:联系|咨询|服务)?(?:电话|热线)|\Z)"
    ),
    re.compile(
        r"(?:前往|请到|请至|到|至)([^,。;:!?\n“”]{4,60}?)(?:现场|当面)?(?:咨询(?!台|处|窗)|办理|查询|反映|领取|寻求帮助|求助)"
    ),
    re.compile(r"(?:寄到|寄往|寄至|送至)([^,。;:!?\n“”()]{4,40})"),
    re.compile(r"\(([^()\n,。;:]{3,30}[路街道巷][0-9]{1,5}号[^()\n,。;:]{0,20})\)"),
)
_OFFICE = re.compile(r"[0-9一二三四五六七八九十]+(?:-[0-9]+)?(?:号|层|楼|室|栋)|窗口|大厅|服务台|咨询台")
_OWN_OFFICE = re.compile(r"^(?:我|本)[局所院校司中委镇馆站]")
_NO_OFFICE = re.compile(r"网|app|小程序|公众号|平台|请|可")


@dataclass(frozen=True, slots=True)
class Contact:
    """A number or an office, by where it stands in the levelled text."""

    kind: ContactKind
    value: Span


def find(plain: str) -> list[Contact]:
    """Return the contact points that a levelled text gives, in order, each once."""
    found = list(islice(_numbers(plain), MOST))
    for contact in islice(_offices(plain), MOST):
        if not any(c.value[0] < contact.value[1] and contact.value[0] < c.value[1] for c in found):
            found.append(contact)
    kept: dict[str, Contact] = {}
    for contact in sorted(found, key=lambda c: c.value):
        kept.setdefault(plain[slice(*contact.value)], contact)
    offices = [c for c in kept.values() if c.kind is ContactKind.ADDRESS]
    own = {c for c in offices if _OWN_OFFICE.match(plain[slice(*c.value)])}
    apart = own if len(own) < len(offices) else set()  # 我所综合窗口(地址:…): the address says where
    return [c for c in kept.values() if c not in apart][:MOST]


# A notice gives no more; a text of nothing but numbers is none.
MOST = 20


def _numbers(plain: str) -> Iterator[Contact]:
    listed = -1
    for match in _NUMBER.finditer(plain):
        start, end = match.span()
        goes_on = 0 <= listed < start and start - listed < 3 and _MORE.fullmatch(plain, listed, start)
        if plain.startswith(_COUNTS, end) or not (
            goes_on or _CALL.search(plain[max(0, start - _BEFORE) : start])
        ):
            continue
        listed = end
        digits = sum(c.isdigit() for c in match[0])
        hot = digits <= _LONGEST_HOTLINE or match[0].startswith(("400", "800"))
        yield Contact(ContactKind.HOTLINE if hot else ContactKind.PHONE, (start, end))


def _offices(plain: str) -> Iterator[Contact]:
    for pattern in _ADDRESSES:
        for match in pattern.finditer(plain):
            if _OFFICE.search(match[1]) and not _NO_OFFICE.search(match[1]):
                yield Contact(ContactKind.ADDRESS, match.span(1))
