"""Floor 5. Who ran an account, and where that is: what is said before its name, else who signs."""

from __future__ import annotations

import re
from functools import cached_property

from bot.notices import signing, units
from bot.notices.closing import Closing
from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.notices.signing import Signed
from bot.values import Basis

_LONGEST_HEADING = 60
# How far before 区卫健局 an article may have said of which district, and what such a name begins with.
_FARTHEST_PLACE = 200
_RANKS = frozenset("省市县区旗州")
_ANNEX = re.compile(r"(?:附件[0-9一二三四五]?:?)?")
# 原甲县畜牧兽医局不再保留
_ABOLISHED = re.compile(r"(原[\u4e00-\u9fff]{3,24}?)(?:不再保留|不再设立|(?:已|现)?(?:撤销|撤并|并入|划入))")
_FORMER = re.compile(r"\((原[^()\n]{2,40})\)")


class Operators:
    """Tells who ran the accounts of a text; `many` says that it closes several."""

    def __init__(self, page: Page, signed: Signed, basis: Basis, many: bool) -> None:
        self.page = page
        self.plain = page.plain
        self.signed = signed
        self.basis = basis
        self.many = many
        self._signed: dict[str, Span | None] = {}
        self._places: dict[Span | None, Span | None] = {}

    def unit(self, closing: Closing) -> Span | None:
        """Return who ran an account, in the fullest form that the text has."""
        own = closing.mention.unit
        if self.basis is not Basis.NOTICE:
            return own
        if own is None:
            return self._signers[0] if self._signers and not self._orders else self._abolished
        text = self.page.text(own)
        if text not in self._signed:
            self._signed[text] = self._signer(text)
        return self._signed[text] or own

    def _signer(self, text: str) -> Span | None:
        """Return who signs, when that is a unit's name in a fuller form, or the new one of a former."""
        if self._signers and text in self._former:
            return self._signers[0]
        signers = self._signers
        return next(
            (s for s in signers if units.is_short_for(text, self.page.text(s), self.page.places)), None
        )

    @cached_property
    def _former(self) -> frozenset[str]:
        """The former names that stand behind the name of who signs: 彭泽县自然资源局(原彭泽县国土资源局)."""
        signer = self.page.text(self._signers[0])
        return frozenset(
            m[1] for m in _FORMER.finditer(self.plain) if self.plain.endswith(signer, 0, m.start())
        )

    @cached_property
    def _signers(self) -> tuple[Span, ...]:
        """Who signs the text, or whom its heading names."""
        heading = signing.heading_unit(self.plain) or signing.speaking_unit(self.plain)
        return self.signed.units or ((heading,) if heading else ())

    @cached_property
    def _abolished(self) -> Span | None:
        """Who ran the accounts of a notice that nobody signs: the organisation that is no more, with 原."""
        found = None if self._signers else _ABOLISHED.search(self.plain)
        return found.span(1) if found and units.is_unit(found[1]) else None

    @cached_property
    def _orders(self) -> bool:
        """Whether whoever signs closes the accounts of others: an office of the government, several accounts."""
        signer = self.page.text(self._signers[0])
        return self.many and signing.is_authority(signer) and signing.is_order(self.plain)

    def place(self, unit: Span | None) -> Span | None:
        """Return the longest chain of places that the unit's name, the signature or the heading says."""
        found = self._place_in(unit)
        if self.basis is Basis.MEDIA:
            return found or (self._place_of_rank(unit) if unit else None)
        signed = self._place_of_signer
        longer = found and signed and self.page.text(signed).endswith(self.page.text(found))
        return signed if longer else found or signed

    def _place_of_rank(self, unit: Span) -> Span | None:
        """Return the place that an article spoke of before 区卫健局: the last district."""
        start = max(0, unit[0] - _FARTHEST_PLACE)
        said = self.plain[start : unit[0]]
        if self.plain[unit[0]] not in _RANKS:
            return None
        for found in reversed(self.page.places.mentions(said)):
            chain = units.place_of(said[: found.end], self.page.places)
            if chain and chain[1] == found.end and said[found.end - 1] == self.plain[unit[0]]:
                return start + chain[0], start + chain[1]
        return None

    @cached_property
    def _place_of_signer(self) -> Span | None:
        end = self.plain.find("\n")
        start = _ANNEX.match(self.plain).end()  # type: ignore[union-attr]  # it matches nothing too
        heading = (start, end) if 0 < end <= _LONGEST_HEADING and "," not in self.plain[:end] else None
        return (self._place_in(self._signers[0]) if self._signers else None) or self._place_in(heading)

    def _place_in(self, unit: Span | None) -> Span | None:
        if unit not in self._places:
            found = units.place_of(self.page.text(unit), self.page.places) if unit else None
            self._places[unit] = (unit[0] + found[0], unit[0] + found[1]) if unit and found else None
        return self._places[unit]
