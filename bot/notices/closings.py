"""Floor 5. The accounts a text closes: which of them each mention means, and what is known of each so far."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.notices.closing import MOST_TARGETS, MOST_TOGETHER, Closing
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.targets import Lead, Sort, Target
from bot.values import Platform, State

# “镇赉县政务服务中心” in a heading is “镇赉政务服务中心” below it.
_RANKS = re.compile(r"[省市县区旗州盟镇乡]")
_CLOSING_QUOTES = frozenset("”’」』》】\"'")


class Closings:
    """The accounts that a text closes, by what they are called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[Closing] = []
        self._called: dict[str, list[Closing]] = defaultdict(list)
        self._on_platform: dict[Platform | None, list[Closing]] = defaultdict(list)

    def add(self, closing: Closing) -> Closing:
        """Take in an account that is not known yet."""
        self.found.append(closing)
        self._called[self._key(closing.mention)].append(closing)
        self._on_platform[closing.mention.platform].append(closing)
        return closing

    def on(self, platform: Platform | None) -> list[Closing]:
        """Return the accounts on a platform that were found last; of none, on any."""
        found = self._on_platform[platform] if platform else self.found
        return found[-MOST_TOGETHER:]

    def of(self, mention: Mention) -> list[Closing]:
        """Return the known accounts that a mention means, or a new one."""
        same = self._same(mention)
        on = self._on(mention)
        exact = [c for c in same if self._on(c.mention) == on]
        unsaid = [c for c in same if c.mention.platform is None and not c.mention.elsewhere]
        loose = mention.platform is None and not mention.elsewhere
        found = exact or (same if loose else unsaid[:1])
        for closing in found:
            self._fill(closing.mention, mention)
        if not found and self._quoted(mention) and (headed := self._described(mention)):
            headed.mention.name = mention.name
            self._called[self._key(mention)].append(headed)
            return [headed]
        found = found or [self.add(Closing(mention.copy()))]
        if mention.short:
            called = self._called[self.page.text(mention.short)]
            called += [c for c in found if c not in called]
        return found

    def meant(self, mention: Mention) -> list[Closing]:
        """Return the known accounts that a mention before a destination means; none for one that is not known."""
        if mention.name:
            return [c for c in self._same(mention) if mention.platform in (None, c.mention.platform)]
        unit = self.page.text(mention.unit)
        found = self._on_platform[mention.platform][-MOST_TOGETHER:]
        return [
            c for c in found if mention.own or (not c.mention.name and self.page.text(c.mention.unit) == unit)
        ]

    def give(self, closings: Iterable[Closing], lead: Lead) -> None:
        """Let accounts lead to destinations, or be led on by words that name none."""
        for closing in closings:
            for target in lead.targets[:MOST_TARGETS]:
                self._lead(closing, target)
            for same in lead.same if closing.mention.name else ():
                name = closing.mention.name or (0, 0)
                self._lead(closing, Target(name, same.platform, Sort.ACCOUNT, said=same.said))
            closing.vague = closing.vague or lead.vague

    def give_all(self, closings: Iterable[Closing], leads: Iterable[Lead]) -> None:
        """Let accounts that lead nowhere lead to the same destinations, which are theirs together from now on."""
        common = Closing(Mention(0, 0))
        for lead in leads:
            self.give([common], lead)
            for closing in closings if lead.same else ():
                self.give([closing], Lead(same=lead.same))
        names = {self.page.text(t.name) for t in common.targets}
        for closing in closings:
            closing.vague = closing.vague or common.vague
            if closing.targets or self._name(closing.mention) in names:
                self.give([closing], Lead(common.targets))
            else:
                closing.targets = common.targets

    def name_the_nameless(self) -> None:
        """Let 本公众号 and 我局微信公众号 be the account that is named elsewhere."""
        kept: list[Closing] = []
        named = [c for c in self.found if c.mention.name][:MOST_TOGETHER]
        counts = Counter(c.mention.platform for c in self.found)
        for closing in self.found:
            m = closing.mention
            known = [] if m.name else [c for c in named if m.platform in (None, c.mention.platform)]
            same = [
                c
                for c in known
                if not self._beside(m, c.mention) and self._may_be(m, c.mention, counts[m.platform])
            ]
            if not same:
                kept.append(closing)
            for other in same:
                other.changes += closing.changes
                other.mention.unit = other.mention.unit or m.unit
                self.give([other], Lead(closing.targets, vague=closing.vague))
        self.found = kept
        self._join_nameless()

    def _join_nameless(self) -> None:
        """Let 乙局微信公众号 and 甲县乙局微信公众号, neither with a name, be one account."""
        nameless = [c for c in self.found if not c.mention.name and c.mention.unit][:MOST_TOGETHER]
        for closing in nameless:
            unit = self.page.text(closing.mention.unit)
            for other in nameless:
                full = self.page.text(other.mention.unit)
                if (
                    other is not closing
                    and other.mention.platform is closing.mention.platform
                    and unit != full
                    and full.endswith(unit)
                ):
                    other.changes += closing.changes
                    other.sentences += closing.sentences
                    other.leading = other.leading or closing.leading
                    self.give([other], Lead(closing.targets, vague=closing.vague))
                    self.found.remove(closing)
                    break

    def drop(self, alive: Iterable[Mention]) -> None:
        """Take out the accounts that are said to go on, that others merge into, or that only a heading describes."""
        going: dict[str, list[Mention]] = defaultdict(list)
        for mention in alive:
            going[self._name(mention)].append(mention)
        merged = {self.page.text(t.name) for c in self.found for t in c.targets if c.state is State.MERGED}
        told = {c.mention.platform for c in self.found if c.mention.name and not c.headed}
        named = {self._name(c.mention) for c in self.found if c.mention.name and not c.headed}
        kept = []
        for closing in self.found:
            if (
                closing.state is None
            ):  # whatever closes here leads nowhere, unless it is said on which platform it goes on
                closing.targets = [t for t in closing.targets if not self._is_closed(t)]
            name, platform = self._name(closing.mention), closing.mention.platform
            lives = closing.state is None and any(
                self._is_meant(closing.mention, m) for m in going.get(name, ())[:MOST_TOGETHER]
            )
            target = closing.state is State.MERGED and not closing.targets and name in merged
            described = (
                closing.headed
                and not self._quoted(closing.mention)
                and (platform in told if name else bool(told) and platform is None)
            )
            shared = closing.headed and name in named and self._is_listed_over(closing)
            if not lives and not target and not described and not shared:
                kept.append(closing)
        self.found = kept

    def _is_listed_over(self, closing: Closing) -> bool:
        """Tell whether a heading that names two platforms at once is told apart below: “甲”微博和头条号, “甲”微博、头条号“甲在线”."""
        name = self._name(closing.mention)
        others = [c.mention for c in self.found if c is not closing and not c.headed and c.mention.name]
        return any(
            m.platform is closing.mention.platform and self._name(m).startswith(name) for m in others
        ) and any(self._name(m) == name for m in others)

    def _is_meant(self, known: Mention, new: Mention) -> bool:
        """Tell whether a mention of a name may be of a known account of that name: a 服务号 is no 订阅号."""
        kinds = {self.page.text(m.said).removeprefix("微信") for m in (known, new)}
        if (
            new.weak
            and known.name
            and self.page.plain[new.start] == "《" != self.page.plain[known.name[0] - 1]
        ):
            return False  # “甲”微信公众号, and the paper 《甲》
        return new.platform in (None, known.platform) and kinds != {"服务号", "订阅号"}

    def _is_closed(self, target: Target) -> bool:
        """Tell whether a destination is one of the accounts that close."""
        called = self._called.get(self.page.text(target.name), ())
        if target.platform is None:
            return bool(called)
        return any(c.mention.platform is target.platform for c in called)

    def _name(self, mention: Mention) -> str:
        return self.page.text(mention.name)

    def _same(self, mention: Mention) -> list[Closing]:
        """Return the known accounts of a name; of none, those without a name that the same unit runs."""
        return self._called[self._key(mention)]

    def _key(self, mention: Mention) -> str:
        return self._name(mention) or f"\n{self.page.text(mention.unit)}"

    def _on(self, mention: Mention) -> tuple[Platform | None, str]:
        """Return what tells a mention's platform, also one outside our list."""
        return mention.platform, self.page.text(mention.said) if mention.elsewhere else ""

    def _fill(self, known: Mention, new: Mention) -> None:
        """Add to what is known of an account what a further mention of it says."""
        if known.platform is None and not known.elsewhere:
            known.platform, known.said, known.elsewhere = new.platform, new.said, new.elsewhere
        units = [u for u in (known.unit, new.unit) if u]
        known.unit = max(units, key=lambda u: u[1] - u[0], default=None)
        known.handle = known.handle or new.handle
        if new.aliases:
            known.aliases += tuple([a for a in new.aliases if a not in known.aliases])

    def _quoted(self, mention: Mention) -> bool:
        return mention.name is not None and self.page.plain[mention.name[1]] in _CLOSING_QUOTES

    def _described(self, mention: Mention) -> Closing | None:
        """Return the account that a heading spoke of without quotes, or with the rank of its place, when it is now named."""
        for closing in self.found[:4]:
            m = closing.mention
            if not closing.headed or not m.name or m.platform is not mention.platform:
                continue
            if not self._quoted(m) or _RANKS.sub("", self._name(m)) == _RANKS.sub("", self._name(mention)):
                return closing
        return None

    def _beside(self, one: Mention, other: Mention) -> bool:
        """Tell whether two accounts stand beside each other in one list: 甲公众号、乙局公众号."""
        first, last = sorted((one, other), key=lambda m: m.start)
        return self.page.plain[first.end : last.start] == "、"

    def _may_be(self, nameless: Mention, named: Mention, count: int) -> bool:
        """Tell whether an account without a name may be a named one; `count` are on its platform."""
        if not nameless.unit:
            return True
        if not named.unit:
            return count == 2
        one, other = self.page.text(nameless.unit), self.page.text(named.unit)
        return one.endswith(other) or other.endswith(one)

    def _lead(self, closing: Closing, target: Target) -> None:
        name = self.page.text(target.name)
        if name == self._name(closing.mention) and target.platform in (None, closing.mention.platform):
            return
        for known in closing.targets:
            if not (known.platform is target.platform or None in (known.platform, target.platform)):
                continue
            if known.name != target.name and self.page.text(known.name) != name:
                continue
            known.platform, known.said = known.platform or target.platform, known.said or target.said
            if target.path:
                known.path, known.sort = known.path or [*target.path], Sort.PATH
            if known.scope is None:
                known.scope, known.about = target.scope, target.about
            return
        if len(closing.targets) < MOST_TARGETS:
            closing.targets.append(target.copy())
