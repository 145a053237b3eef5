"""Floor 5. Whose destination each is: the account's of its sentence, of the item with its number, of all before it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from bot.notices import destinations, scopes, targets, units
from bot.notices.closing import MOST_TOGETHER, Closing
from bot.notices.closings import Closings
from bot.notices.mention import Mention
from bot.notices.page import FARTHEST, Page
from bot.notices.sentences import Sentence, Zone
from bot.notices.targets import HOLDERS, Lead, Sort, Target
from bot.notices.words import LEADS, Does
from bot.values import Basis, State

# Headings over a list of where to go: 三、信息发布渠道; and the words that open one: 可通过以下渠道了解:
_ROUTES = re.compile(r"^.{0,24}(?:渠道|平台|途径|方式|去向|账号)(?:如下|为)?:?$")
_ROUTES_OF = re.compile(r"后续|今后|替代|新|获取|发布|查询|关注|服务|承接|接续|保留")
# 藏文信息:微信公众号“甲”
_KEY = re.compile(r"[^,。;:“]{2,12}:")
_WAYS = re.compile(r"(?:以下|下列|如下)(?:几种|[两三四五]种)?(?:渠道|平台|途径|方式|账号)[^,。;:]{0,8}:\Z")
_KEPT = re.compile(r"保留(?:下来)?的")
_BELOW = re.compile(r"以下|下列|如下")
# Words that lead on to nothing in particular without any verb: 微信、客户端等渠道咱们继续见.
_SOMEHOW = re.compile(
    r"(?:等|其他|其它|别的|另外的|另一个|新的|相关|上级)[^,。;\n“]{0,10}(?:平台|渠道|账号|公众号|方式|阵地|地方)[^,。;\n]{0,8}"
    r"(?:继续|见|遇|聚|会|服务|关注|获取|发布|了解|查询|陪|等)"
)
# Before the account's name in a line of such a list stand its number and no more than this.
_LONGEST_LEAD_IN = 3
# So many destinations that are said before any account are those of all accounts; a text with more is no notice.
_MOST_GENERAL = 12


class Leading:
    """Gives the destinations of a text to the accounts it closes, sentence after sentence."""

    def __init__(self, page: Page, closings: Closings, basis: Basis) -> None:
        self.page = page
        self.plain = page.plain
        self.closings = closings
        self.basis = basis
        self.below: list[Closing] = []  # whom the lines that follow lead on
        self.numbered: list[tuple[str, Lead, list[Closing]]] = []
        self.own_numbers: set[str] = (
            set()
        )  # items of a list of destinations that say themselves whose they are
        self.kept: list[Mention] = []  # accounts that were said to go on
        self.general: list[Lead] = []  # destinations that came before any account

    def take(
        self, s: Sentence, leads: Sequence[Lead], touched: Sequence[Closing], group: Sequence[Closing]
    ) -> None:
        """Give what a sentence leads to.

        Args:
            s: the sentence.
            leads: what its zones come to.
            touched: the accounts that it changes.
            group: those that sentences without a name are about.
        """
        self._complete(s, leads, group)
        self.kept += [m for m in s.alive if m.name and not m.weak][:MOST_TOGETHER]
        self._listed(s, touched)
        if self._heads_routes(s):
            self.below = list(group if self.basis is Basis.MEDIA else self.closings.on(None))
        for zone, lead in zip(s.zones, leads, strict=True):
            if lead.vague and not lead.targets and self._opens_list(zone, s):
                self.below = list(touched or group)
            elif lead.vague and self.kept and _KEPT.search(self.plain, zone.begin, zone.end):
                going = [t for m in self.kept[:MOST_TOGETHER] if (t := targets.of(m))]
                self.give(zone, Lead(going), s, touched, group)
            elif lead.targets or lead.vague or lead.same:
                self.give(zone, lead, s, touched, group)
            elif s.alive and zone.lead is Does.GO and not lead.columns:
                going = [t for m in s.alive if not m.weak and (t := targets.of(m))]
                self.closings.give(group, Lead(going))
        if not (touched or s.zones or self.below) and self._is_route(s):
            self._listed(s, touched, self.closings.on(None))
        if by := destinations.by_unit(self.page, s.start, s.end):
            self.general.insert(0, Lead([by]))

    def _is_route(self, s: Sentence) -> bool:
        """Tell whether a line names its destinations behind a key: 五、后续渠道:“甲”微信公众号."""
        if self.basis is not Basis.NOTICE or not s.opens or not s.mentions:
            return False
        key = self.plain[s.start + len(s.number) : s.mentions[0].start]
        return key.endswith(":") and _ROUTES.search(key) is not None and _ROUTES_OF.search(key) is not None

    def take_blank(self, s: Sentence) -> None:
        """Take a sentence that names no account and has no word of ours: it may only end a list, or tell of a unit."""
        if s.opens or self.plain[s.end - 1] == ":":
            self.take(s, (), (), ())
        elif by := destinations.by_unit(self.page, s.start, s.end):
            self.general.insert(0, Lead([by]))

    def settle(self) -> None:
        """Give what could not be given before all accounts were known."""
        found = self.closings.found
        empty = [c for c in found if not c.targets]
        general = self.general[:_MOST_GENERAL]
        duties = [lead for lead in general if lead.targets and all(t.sort is Sort.UNIT for t in lead.targets)]
        for lead in duties:
            self.closings.give([c for c in found if c.targets][:MOST_TOGETHER], lead)
        self.closings.give_all(empty, general)
        words = _SOMEHOW.search(self.plain) if self.basis is Basis.NOTICE else None
        if words and not any(c.targets or c.vague for c in found):
            for closing in found:
                closing.vague = words.span()
        for target in (t for c in found for t in c.targets if c.state is State.SPLIT):
            target.scope = target.scope or scopes.ALL

    def by_number(self) -> None:
        """Give each numbered destination to the account with its number, where the two lists are as long."""
        of: dict[str, list[Closing]] = {}
        for closing in self.closings.found:
            if closing.number:
                of.setdefault(closing.number, []).append(closing)
        matched = len(of) > 1 and set(of) == {n for n, *_ in self.numbered} | self.own_numbers
        for number, lead, group in self.numbered:
            self.closings.give(of[number] if matched else group, lead)

    def give(
        self, zone: Zone, lead: Lead, s: Sentence, touched: Sequence[Closing], group: Sequence[Closing]
    ) -> None:
        """Give a destination to the accounts that it is of; where none is said, to those of the sentences before."""
        if lead.duties:
            self._duties(lead)
            return
        if s.heading and not s.changes and self.plain.startswith("启用", zone.start):
            return  # 关于启用“甲”抖音号的通告: of what opens, whatever else it then tells of
        if zone.lead in LEADS and not self._changed(zone, s):
            return
        owners = self._owners(zone, s, touched)
        if each := self._respectively(zone, lead, owners or group):
            for closing, target in each:
                self.closings.give([closing], Lead([target], scope=lead.scope))
            return
        if owners:
            self.own_numbers |= {s.number} if s.number and not touched else set()
            self.closings.give(owners, lead)
        elif s.number and group:
            self.numbered.append((s.number, lead, list(group)))
        elif group:
            self.closings.give(group, lead)
        else:
            self.general.append(lead)

    def _respectively(
        self, zone: Zone, lead: Lead, closings: Sequence[Closing]
    ) -> list[tuple[Closing, Target]]:
        """Return which account leads where in 分别由甲、乙承接, nothing where that is not said."""
        if len(lead.targets) < 2 or len(lead.targets) != len(closings):
            return []
        low = max(zone.since, zone.start - _LONGEST_LEAD_IN - 2)
        said = self.plain.find("分别", low, lead.targets[0].name[0]) >= 0
        return list(zip(closings, lead.targets, strict=True)) if said else []

    def _changed(self, zone: Zone, s: Sentence) -> bool:
        """Tell whether the account that a word like 更名为 is about is known; if not, its new name is nobody's here."""
        at = bisect_left(s.changes, zone.start, key=lambda c: c.at[0])
        change = s.changes[at] if at < len(s.changes) and s.changes[at].at[0] == zone.start else None
        return change is None or not change.subjects or change.taken

    def _owners(self, zone: Zone, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return whose destination it is by its own sentence."""
        named = [m for m in zone.owners if m.name or m.platform]
        found = {id(c): c for m in named for c in self.closings.meant(m)}
        if found:
            return list(found.values())
        near = touched[-MOST_TOGETHER:]
        places = [ch.at[0] for c in near for ch in c.changes if s.start <= ch.at[0] < zone.begin]
        if not places:
            return list(near)
        last = max(places)
        return [c for c in near if any(ch.at[0] == last for ch in c.changes)]

    def _complete(self, s: Sentence, leads: Sequence[Lead], group: Sequence[Closing]) -> None:
        """Let the parts of a sentence complete one another: columns belong to the app before them, a scope to all."""
        if not s.zones:
            return
        before: list[Target] = []
        said: list[Target] = []
        for zone, lead in zip(s.zones, leads, strict=True):
            for target in (
                (before[-1:] or [c.targets[-1] for c in group if c.targets]) if lead.columns else ()
            ):
                if target.sort in HOLDERS:
                    target.path += [c for c in lead.columns if c not in target.path]
                    target.sort = Sort.PATH
                    if target.scope is None:
                        target.scope, target.about = lead.scope
            before = lead.targets or before
            said += lead.targets if zone.lead is Does.GO else []
        for order in (said, said[::-1]):
            scope = scopes.UNSAID
            for target in order:
                scope = (target.scope, target.about) if target.scope else scope
                target.scope, target.about = scope

    def _heads_routes(self, s: Sentence) -> bool:
        """Tell whether a line heads a list of where to go: 三、信息发布渠道."""
        if not s.zones and self.plain[s.end - 1] == ":" and _WAYS.search(self.plain[s.start : s.end]):
            return True  # 您可选择以下方式缴费:
        if not s.opens or s.changes or not self.plain.startswith("\n", s.end):
            return False
        if any(m.name for m in s.mentions):
            return False
        text = self.plain[s.start + len(s.number) : s.end]
        return _ROUTES.search(text) is not None and _ROUTES_OF.search(text) is not None

    def _opens_list(self, zone: Zone, s: Sentence) -> bool:
        return (
            self.plain[s.end - 1] == ":"
            and _BELOW.search(self.plain, max(zone.begin, s.end - FARTHEST), s.end) is not None
        )

    def _listed(self, s: Sentence, touched: Sequence[Closing], below: Sequence[Closing] = ()) -> None:
        """Take the lines under 可通过以下渠道了解: as destinations, as long as each names one."""
        below = below or self.below
        if not below or not s.opens or s.alive or self._heads_routes(s):
            return
        keyed = self.plain[s.start + len(s.number) : s.mentions[0].start] if s.mentions else ""
        named = [m for m in s.mentions if m.name and not m.weak and not m.other]
        if (
            touched
            or not named
            or (named[0].start - s.start > len(s.number) + _LONGEST_LEAD_IN and not _KEY.fullmatch(keyed))
        ):
            self.below = []
            return
        zone = Zone(s.start, s.start, s.end, Does.GO, mentions=named)
        self.closings.give(below, destinations.read(zone, self.page, s.end))

    def _duties(self, lead: Lead) -> None:
        """Keep an organisation that takes over duties: it is where an account leads that says nothing else."""
        words = self.page.text(lead.duties).removeprefix("其中").removeprefix("原")
        ends = [n for n in range(min(len(words), units.LONGEST), 2, -1) if units.is_unit(words[:n])]
        unit = words[: ends[0]] if ends else None
        of = [c for c in self.closings.on(None) if unit and self.page.text(c.mention.unit).endswith(unit)]
        if of:
            self.closings.give(of, lead)
        else:
            self.general.append(lead)
