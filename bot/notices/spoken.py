"""Floor 5. Whom words like 本公众号, 该账号 and 请关注服务号 mean: the accounts that a text spoke of before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.notices.closing import MOST_TOGETHER, Closing
from bot.notices.closings import Closings
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence
from bot.notices.sheet import Span
from bot.values import Basis, Platform

# Words for all of the accounts spoken of.
_ALL = ("上述", "以上", "前述")
_KINDS = {"服务号", "订阅号"}
_THIS = ("该", "这个", "此")
# Words for accounts spoken of elsewhere, which alone are no account.
_NOT_ALONE = ("以下", "下列", "上述", "以上", "原", "旧", "老", "这些")


class Spoken:
    """Remembers the accounts that a text speaks of, sentence after sentence.

    Attributes:
        topic: those spoken of last that nothing has happened to yet.
        units: who runs an account, where that stands before its name.
    """

    def __init__(self, page: Page, closings: Closings, basis: Basis) -> None:
        self.page = page
        self.plain = page.plain
        self.closings = closings
        self.basis = basis
        self.topic: list[Mention] = []
        self.units: dict[str, Span] = {}
        self.on: dict[Platform, Mention] = {}  # the account spoken of last on each platform
        self.weak: Mention | None = None  # the only name in quotes of the sentence before
        self.alive: list[Mention] = []  # those said to go on
        self.own: Mention | None = None  # the last that was only called its own
        self.named: list[Mention] = []  # the accounts spoken of by name first

    def forget(self) -> None:
        """Begin a paragraph of an article: what was said before is of others."""
        self.topic, self.on = [], {}

    def remember(self, s: Sentence, named: Sequence[Mention]) -> None:
        """Keep the accounts that a sentence spoke of; `named` are those with a name that more than quotes tell."""
        if named:
            in_zones = {id(m) for z in s.zones for m in z.mentions}
            self.topic = [m for m in named if id(m) not in in_zones][-MOST_TOGETHER:] or self.topic
            weak = []
        else:
            weak = [m for m in s.mentions[:MOST_TOGETHER] if m.name and m.weak and not m.other]
        self.weak = weak[0] if len(weak) == 1 else None
        self.own = next((m for m in reversed(s.mentions) if _is_own(m)), self.own)
        for mention in self.topic:
            if mention.platform:
                self.on[mention.platform] = mention
        for mention in named:
            if mention.platform and len(self.named) < MOST_TOGETHER:
                self.named.append(mention)
            if mention.unit:
                self.units.setdefault(self.page.text(mention.name), mention.unit)

    def of_own(self, mention: Mention, s: Sentence, group: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that 本公众号 or 该账号 means; 同名抖音号 is one of the same name on another platform."""
        if mention.same and (named := [c for c in group if c.mention.name]):
            other = replace(
                named[-1].mention,
                platform=mention.platform,
                said=mention.said,
                start=mention.start,
                handle=None,
            )
            return self.closings.of(other)
        here = next(self._spoken(mention, s))
        if self.basis is Basis.MEDIA and here:
            return [
                c for m in here[-1:] for c in self.closings.of(m) if mention.platform in (None, m.platform)
            ]
        known = [] if mention.elsewhere else self._of_kind(mention, self.closings.on(mention.platform))
        if known:
            together = self.plain.startswith(_ALL, mention.start)
            return known if together else [c for c in group if c in known] or known
        for mentions in self._spoken(mention, s):
            if same := [
                m for m in mentions if mention.platform in (None, m.platform) and self._may_be(mention, m)
            ]:
                return [c for m in same for c in self.closings.of(m)]
        if (
            self.weak
            and mention.platform
            and not mention.weak
            and self.plain.startswith(_THIS, mention.start)
        ):
            meant = replace(self.weak, platform=mention.platform, said=mention.said, weak=False)
            return self.closings.of(meant)
        if mention.platform is None and (own := self._own_of(mention, s)):
            return self.closings.of(own)
        if mention.weak or self.plain.startswith(_NOT_ALONE, mention.start) or self.basis is not Basis.NOTICE:
            return []
        return self.closings.of(mention)

    def _of_kind(self, mention: Mention, known: list[Closing]) -> list[Closing]:
        if self.page.text(mention.said).removeprefix("微信") not in _KINDS:
            return known  # as of most
        return [c for c in known if self._may_be(mention, c.mention)]

    def _may_be(self, mention: Mention, known: Mention) -> bool:
        """Tell whether a word for a platform may be of a known account: a 服务号 is no 订阅号."""
        return {self.page.text(m.said).removeprefix("微信") for m in (mention, known)} != _KINDS

    def _goes_on(self, mention: Mention) -> bool:
        """Tell whether an account of a heading was then said to go on."""
        name = self.page.text(mention.name)
        return any(
            a.platform is mention.platform and self.page.text(a.name) == name
            for a in self.alive[-MOST_TOGETHER:]
        )

    def _own_of(self, mention: Mention, s: Sentence) -> Mention | None:
        """Return the account that a notice spoke of only as its own on a platform: 学校抖音号…,这个号."""
        here = [m for m in s.mentions[:MOST_TOGETHER] if _is_own(m) and m.end <= mention.start]
        return here[-1] if here else self.own

    def _spoken(self, mention: Mention, s: Sentence) -> Iterator[list[Mention]]:
        """Yield the accounts spoken of before a mention, the nearest first."""
        led = {id(m) for z in s.zones for m in z.mentions}
        here = [m for m in s.mentions[:MOST_TOGETHER] if m.name and not m.weak and m.end <= mention.start]
        yield [m for m in here if id(m) not in led]
        yield self.topic
        if mention.platform and mention.platform in self.on:
            yield [self.on[mention.platform]]

    def referred(self, mention: Mention, s: Sentence) -> Mention:
        """Return what 请关注服务号 leads to: the only account on the platform that was named and does not close."""
        if not (mention.own and mention.weak and mention.platform) or mention.same:
            return mention
        ends = {id(m) for c in s.changes for m in c.subjects}
        known = {
            self.page.text(m.name): m
            for m in (*self.named, *s.mentions[:MOST_TOGETHER])
            if m.platform is mention.platform
            and m.name
            and m.end <= mention.start
            and id(m) not in ends
            and (not self.closings.meant(m) or self._goes_on(m))
        }
        names = list(known.values())
        return replace(names[0], start=mention.start, end=mention.end) if len(names) == 1 else mention


def _is_own(mention: Mention) -> bool:
    return mention.own and mention.platform is not None and not mention.weak
