"""Floor 7. The accounts a text closes, put together from its sentences: who is meant, and which destination is whose."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.notices import destinations, tables, units
from bot.notices.dates import Day
from bot.notices.destinations import Lead, Sort, Target
from bot.notices.mentions import Mention
from bot.notices.sheet import Span
from bot.notices.skeleton import Change, Sentence, Zone
from bot.notices.words import Does, Mark
from bot.places import Gazetteer
from bot.records import Basis, Platform, State

_STATES = {Does.RENAME: State.RENAMED, Does.MERGE: State.MERGED, Does.MOVE: State.MIGRATED, Does.SPLIT: State.SPLIT}
_BELOW = re.compile(r"以下|下列|如下")
_IN_FORCE = re.compile(r"起(?:正式)?(?:执行|施行|生效|实施)")
_TOGETHER = re.compile(r"同时|同步|一并|随之|届时|也将|随后")
_ORDER = (State.RENAMED, State.MERGED, State.MIGRATED, State.SPLIT)


@dataclass(slots=True)
class Closing:
    """An account that the text closes, as far as it has been read.

    Attributes:
        mention: how it is spoken of, with all that was said of it since.
        changes: what is said to happen to it.
        sentences: where.
        targets: where it leads.
        vague: words that lead on and name nothing.
        state: renamed, merged, migrated or split, where a destination of that kind is named.
        number: the item of a list that it stands in: (一).
        leading: the date that opens the sentence, for all its parts.
        row: its line of a table.
    """

    mention: Mention
    changes: list[Change] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    vague: Span | None = None
    state: State | None = None
    number: str = ""
    leading: Day | None = None
    row: tables.Row | None = None


class Closings:
    """Reads sentences one after another, and knows by whom the words without a name are meant."""

    def __init__(self, plain: str, marks: Sequence[Mark], places: Gazetteer, basis: Basis) -> None:
        self.plain = plain
        self._marks = marks
        self._places = places
        self._basis = basis
        self.found: list[Closing] = []
        self._group: list[Closing] = []  # whom the next sentence without a name is about
        self._list: Change | None = None  # what befalls the items of the list that is open: 决定关停以下账号:
        self._topic: list[Mention] = []  # accounts spoken of last that nothing has happened to yet
        self._alive: list[tuple[str, Platform | None]] = []
        self._numbered: list[tuple[str, Lead, list[Closing]]] = []
        self._below: list[Closing] = []  # whom the lines that follow lead on
        self._own_numbers: set[str] = set()  # items of a list of destinations that say themselves whose they are
        self._general: list[Lead] = []
        self._leading: Day | None = None
        self._running: Day | None = None  # the last date that opened a sentence

    def take(self, sentences: Iterable[Sentence], days: Sequence[Day], rows: Sequence[Closing] = ()) -> None:
        """Read the sentences of a text, and before them the lines of its tables."""
        self.found += rows
        self._group = list(rows)
        starts = [d.start for d in days]
        for s in sentences:
            if self.plain[s.start - 1 : s.start] != ";":
                n = bisect_left(starts, s.start)
                limit = s.mentions[0].start if s.mentions else s.start + 5
                near = days[n] if n < len(days) and days[n].start < min(limit, s.end) else None
                self._leading = near if s.changes and s.changes[0].day is near else None
                if near and self.plain.startswith(("起", ",", "开始"), near.end):
                    self._running = near
            if s.opens and self._basis is Basis.MEDIA:
                self._group, self._topic = [], []
            self._sentence(s)
            if (n := bisect_left(starts, s.start)) < len(days) and days[n].end < s.end and _IN_FORCE.match(self.plain, days[n].end):
                for closing in self.found:
                    closing.leading = closing.leading or days[n]
        self._settle()

    # --- one sentence

    def _sentence(self, s: Sentence) -> None:
        for mention in s.alive:
            if mention.name:
                self._alive.append((self._text(mention.name), mention.platform))
        if s.alive_own:
            self._alive += [(self._text(m.name), m.platform) for m in self._topic if m.name]
        if s.hearsay or s.asked:
            if s.asked and not s.hearsay:
                self._topic = [m for m in s.mentions if m.name and not m.other and not m.weak] or self._topic
            return
        leads = {id(z): destinations.read(z, self.plain, self._marks, self._places, s.end) for z in s.zones}
        touched: list[Closing] = []
        led = {z.start: leads[id(z)] for z in s.zones if z.lead is not Does.GO}
        for change in s.changes:
            lead = led.get(change.at[0])
            if change.does in _STATES and (lead is None or not lead.targets or lead.duties):
                continue
            about = self._about(change, s, touched)
            self._share_unit(about)
            for closing in about:
                closing.changes.append(change)
                if s not in closing.sentences:
                    closing.sentences.append(s)
                if closing not in touched:
                    touched.append(closing)
                if change.does in _STATES and lead:
                    self._becomes(closing, _STATES[change.does])
                if change.day is None and closing.leading is None:
                    together = _TOGETHER.search(self.plain, s.start, change.at[0])
                    closing.leading = self._leading or (self._running if together else None)
                closing.number = closing.number or s.number
        self._itemised(s, touched)
        if touched:
            self._group = touched
        if self._basis is not Basis.OFFICIAL_LIST:
            self._lead(s, leads, touched)
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        topic = [m for m in s.mentions if m.name and not m.other and id(m) not in in_zones and not m.weak]
        if topic:
            self._topic = topic

    def _share_unit(self, closings: Sequence[Closing]) -> None:
        """Let the unit before a list of accounts be that of all of them."""
        if len(closings) > 1 and closings[0].mention.unit and not any(c.mention.unit for c in closings[1:]):
            for closing in closings[1:]:
                closing.mention.unit = closings[0].mention.unit

    def _itemised(self, s: Sentence, touched: list[Closing]) -> None:
        """Read a list of accounts under words like 决定关停以下账号, in the same sentence or in the lines behind it."""
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        opened = next((c for c in s.changes if any(self._announces(m) for m in c.subjects)), None)
        if opened or (s.changes and not touched and self.plain[s.end - 1] == ":"):
            self._list = opened or s.changes[-1]
            items = [m for m in s.mentions if m.start > self._list.at[1] and id(m) not in in_zones]
        elif self._list and (s.opens or s.number) and s.mentions and not touched:
            head = self.plain[s.start + len(s.number) : s.mentions[0].start]
            of_unit = units.is_unit(head.rstrip("(:的"))
            items = [m for m in s.mentions if id(m) not in in_zones] if len(head) <= 3 or head.endswith("的") or of_unit else []
            items = items if s.number or of_unit or (items and self.plain[s.start] in "“「『《【‘\"'@") else []
            if not items:
                self._list = None
        else:
            items = []
            if self._list and s.opens and not s.number and not s.mentions:
                self._list = None
        for mention in items:
            if self._list is None or mention.weak or mention.other or not mention.name:
                continue
            for closing in self._of(mention):
                closing.changes.append(self._list)
                closing.sentences.append(s)
                closing.number = closing.number or s.number
                touched.append(closing)

    def _announces(self, mention: Mention) -> bool:
        return self.plain.startswith(("以下", "下列", "如下"), mention.start)

    def _becomes(self, closing: Closing, state: State) -> None:
        if closing.state is None or _ORDER.index(state) < _ORDER.index(closing.state):
            closing.state = state

    def _about(self, change: Change, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that a change is about; those that are new are from now on known."""
        named = [m for m in change.subjects if m.name or (m.unit and not m.own)]
        found = [c for m in named for c in self._of(m)]
        own = [m for m in change.subjects if m.own]
        if own and not named:
            found += [c for m in own for c in self._self(m, s)]
        if found or change.subjects:
            return found
        if touched:
            return list(touched)
        if self._group:
            return self._group
        if self._basis is Basis.NOTICE and self._topic and (change.day or s.heading):
            return [c for m in self._topic for c in self._of(m)]
        return []

    def _self(self, mention: Mention, s: Sentence) -> list[Closing]:
        """Return the accounts that 本公众号 or 该账号 means."""
        known = [c for c in self.found if mention.platform in (None, c.mention.platform) and not mention.elsewhere]
        group = [c for c in self._group if c in known]
        if group or known:
            return group or known
        here = [m for m in s.mentions if m.name and not m.weak and m.end <= mention.start and mention.platform in (None, m.platform)]
        topic = here or [m for m in self._topic if mention.platform in (None, m.platform)]
        if topic:
            return [c for m in topic for c in self._of(m)]
        words = self.plain[mention.start : mention.end]
        if mention.weak or words.startswith(("以下", "下列", "上述", "以上", "原", "这些")) or self._basis is Basis.OFFICIAL_LIST:
            return []
        return self._of(mention)

    def _of(self, mention: Mention) -> list[Closing]:
        """Return the known accounts that a mention means, or a new one."""
        same = [c for c in self.found if self._same(c.mention, mention)]
        exact = [c for c in same if self._on(c.mention) == self._on(mention)]
        open_ = [c for c in same if c.mention.platform is None and not c.mention.elsewhere]
        loose = mention.platform is None and not mention.elsewhere
        found = exact or (same if loose else open_[:1])
        for closing in found:
            self._fill(closing.mention, mention)
        if not found and (headed := [c for c in self.found if self._describes(c, mention)]):
            headed[0].mention.name = mention.name
            return headed[:1]
        if not found:
            found = [Closing(mention)]
            self.found += found
        return found

    def _describes(self, closing: Closing, mention: Mention) -> bool:
        """Tell whether an account of a heading, named there without quotes, is one that is now named in quotes."""
        m = closing.mention
        headed = bool(closing.sentences) and all(s.heading for s in closing.sentences)
        return headed and m.platform is mention.platform and self._quoted(mention) and bool(m.name) and not self._quoted(m)

    def _quoted(self, mention: Mention) -> bool:
        return mention.name is not None and self.plain[mention.name[1] : mention.name[1] + 1] in "”’」』》】\"'"

    def _on(self, mention: Mention) -> tuple[Platform | None, str]:
        """Return what tells a mention's platform, also one outside our list."""
        return mention.platform, self._text(mention.said) if mention.elsewhere else ""

    def _same(self, one: Mention, other: Mention) -> bool:
        if one.name and other.name:
            return self._text(one.name) == self._text(other.name)
        if one.name or other.name:
            return False
        units_ = [self._text(m.unit) if m.unit else "" for m in (one, other)]
        return units_[0] == units_[1]

    def _fill(self, known: Mention, new: Mention) -> None:
        """Add to what is known of an account what a further mention of it says."""
        if known.platform is None and not known.elsewhere:
            known.platform, known.said, known.elsewhere = new.platform, new.said, new.elsewhere
        known.unit = self._fuller(known.unit, new.unit)
        known.handle = known.handle or new.handle
        known.aliases += [a for a in new.aliases if a not in known.aliases]

    def _fuller(self, one: Span | None, other: Span | None) -> Span | None:
        if one and other:
            return max(one, other, key=lambda s: s[1] - s[0])
        return one or other

    def _text(self, span: Span | None) -> str:
        return self.plain[span[0] : span[1]] if span else ""

    # --- where it leads

    def _lead(self, s: Sentence, leads: dict[int, Lead], touched: Sequence[Closing]) -> None:
        self._share(s, leads)
        self._listed_targets(s, touched)
        for zone in s.zones:
            lead = leads[id(zone)]
            if lead.vague and not lead.targets and self.plain[s.end - 1] == ":" and _BELOW.search(self.plain, zone.begin, s.end):
                self._below = list(touched or self._group)
                continue
            if not lead.targets and not lead.vague:
                if s.alive and zone.lead is Does.GO:
                    self._give(self._group, destinations.alive(s.alive))
                continue
            if lead.duties:
                self._duties(lead)
                continue
            owners = self._owners(zone, s, touched)
            if owners is None:
                if s.number and not touched and self._group:
                    self._numbered.append((s.number, lead, list(self._group)))
                elif self._group:
                    self._give(self._group, lead)
                else:
                    self._general.append(lead)
            else:
                self._own_numbers |= {s.number} if s.number and not touched else set()
                self._give(owners, lead)
        if by := destinations.by_unit(self.plain, s.start, s.end):
            self._general.insert(0, Lead([by]))

    def _listed_targets(self, s: Sentence, touched: Sequence[Closing]) -> None:
        """Take the lines under 可通过以下渠道了解: as destinations, as long as each names one."""
        if not self._below or not s.opens:
            return
        named = [m for m in s.mentions if m.name and not m.weak and not m.other]
        if touched or not named or named[0].start - s.start > len(s.number) + 3:
            self._below = []
            return
        zone = Zone(s.start, s.start, s.end, Does.GO, mentions=named)
        self._give(self._below, destinations.read(zone, self.plain, self._marks, self._places, s.end))

    def _share(self, s: Sentence, leads: dict[int, Lead]) -> None:
        """Let the parts of a sentence complete one another: columns belong to the app before them, a scope to all."""
        before: list[Target] = []
        said: list[Target] = []
        for zone in s.zones:
            targets = leads[id(zone)].targets
            if not targets and (columns := self._columns(zone)):
                self._extend(columns, before[-1:] or [c.targets[-1] for c in self._group if c.targets])
            before = targets or before
            if zone.lead is Does.GO:
                said += targets
        scope: tuple[str | None, Span | None] = (None, None)
        for target in said:
            scope = (target.scope, target.about) if target.scope else scope
            target.scope, target.about = scope
        for target in reversed(said):
            scope = (target.scope, target.about) if target.scope else scope
            target.scope, target.about = scope

    def _owners(self, zone: Zone, s: Sentence, touched: Sequence[Closing]) -> list[Closing] | None:
        """Return whose destination it is, `None` for those of the sentences before."""
        named = [m for m in zone.owners if m.name or m.platform]
        found = [c for c in self.found for m in named if self._meant(c, m)]
        if found:
            return list({id(c): c for c in found}.values())
        before = [c for c in touched if any(ch.at[0] < zone.begin for ch in c.changes if ch in s.changes)]
        if before:
            last = max(ch.at[0] for c in before for ch in c.changes if ch in s.changes and ch.at[0] < zone.begin)
            return [c for c in before if any(ch.at[0] == last for ch in c.changes)]
        return list(touched) or None

    def _meant(self, closing: Closing, mention: Mention) -> bool:
        if mention.name and closing.mention.name:
            same = self._text(closing.mention.name) == self._text(mention.name)
            return same and mention.platform in (None, closing.mention.platform)
        if mention.name or closing.mention.name and not mention.own:
            return False
        return mention.platform is closing.mention.platform and (mention.own or self._text(mention.unit) == self._text(closing.mention.unit))

    def _columns(self, zone: Zone) -> list[Mention]:
        return [m for m in zone.mentions if m.weak and m.name]

    def _extend(self, columns: Sequence[Mention], targets: Iterable[Target]) -> None:
        """Add columns to the app or site named last: 下载X,进入“政务号”,关注“Y”栏目."""
        for target in targets:
            if target.sort in (Sort.APP, Sort.WEBSITE, Sort.PATH):
                target.path += [m.name for m in columns if m.name and m.name not in target.path]
                target.sort = Sort.PATH

    def _duties(self, lead: Lead) -> None:
        """Keep an organisation that takes over duties: it is where an account leads that says nothing else."""
        start, end = lead.duties or (0, 0)
        words = self.plain[start:end]
        of = [c for c in self.found if c.mention.unit and (u := self._text(c.mention.unit)) and any(u.endswith(p) for p in _units_in(words))]
        if of:
            self._give(of, lead)
        else:
            self._general.append(lead)

    def _give(self, closings: Iterable[Closing], lead: Lead) -> None:
        for closing in closings:
            for target in lead.targets:
                self._add(closing, target)
            closing.vague = closing.vague or lead.vague

    def _add(self, closing: Closing, target: Target) -> None:
        name = self._text(target.name)
        if name == self._text(closing.mention.name) and target.platform in (None, closing.mention.platform):
            return
        for known in closing.targets:
            if self._text(known.name) == name and (known.platform is target.platform or None in (known.platform, target.platform)):
                known.platform, known.said = known.platform or target.platform, known.said or target.said
                if target.path:
                    known.path, known.sort = known.path or target.path, Sort.PATH
                known.scope, known.about = (known.scope, known.about) if known.scope else (target.scope, target.about)
                return
        closing.targets.append(replace(target, path=[*target.path]))

    # --- at the end

    def _settle(self) -> None:
        self._number()
        self._merge()
        self.found = [c for c in self.found if not self._is_alive(c, self._alive) and not self._goes_on(c)]
        empty = [c for c in self.found if not c.targets]
        for lead in self._general:
            self._give([c for c in self.found if not c.targets or c in empty], lead)

    def _is_alive(self, closing: Closing, alive: Iterable[tuple[str, Platform | None]]) -> bool:
        name = self._text(closing.mention.name)
        return any(name == n and p in (None, closing.mention.platform) for n, p in alive) and closing.state is None

    def _goes_on(self, closing: Closing) -> bool:
        """Tell whether others merge into an account: 甲、乙合并,合并后名称为“甲”."""
        name = self._text(closing.mention.name)
        return closing.state is State.MERGED and not closing.targets and any(
            self._text(t.name) == name for c in self.found for t in c.targets if c is not closing
        )

    def _number(self) -> None:
        """Give each numbered destination to the account with its number, where the two lists are as long."""
        numbers = {c.number for c in self.found if c.number}
        matched = numbers == {n for n, *_ in self._numbered} | self._own_numbers and len(numbers) > 1
        for number, lead, group in self._numbered:
            self._give([c for c in self.found if c.number == number] if matched else group, lead)

    def _merge(self) -> None:
        """Let 本公众号 and 我局微信公众号 be the account that is named elsewhere."""
        named = [c for c in self.found if c.mention.name]
        kept: list[Closing] = []
        for closing in self.found:
            m = closing.mention
            same = [c for c in named if not m.name and m.platform in (None, c.mention.platform) and self._may_be(m, c.mention)]
            if m.name or not same:
                kept.append(closing)
                continue
            for other in same:
                other.changes += closing.changes
                other.vague = other.vague or closing.vague
                other.mention.unit = other.mention.unit or m.unit
                for target in closing.targets:
                    self._add(other, target)
        self.found = kept

    def _may_be(self, nameless: Mention, named: Mention) -> bool:
        if not nameless.unit or not named.unit:
            return nameless.unit is None or len([c for c in self.found if c.mention.platform is nameless.platform]) == 2
        one, other = self._text(nameless.unit), self._text(named.unit)
        return one.endswith(other) or other.endswith(one)


def _units_in(words: str) -> list[str]:
    """Return the organisations that words like 原县旅游局职能 begin with."""
    stripped = words.removeprefix("其中").removeprefix("原")
    ends = [n for n in range(len(stripped), 2, -1) if units.is_unit(stripped[:n])]
    return [stripped[: ends[0]]] if ends else []
