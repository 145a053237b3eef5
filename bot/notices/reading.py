"""Floor 12. Sentence after sentence: whom each is about, and whose the destinations in it are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.notices import destinations, scopes, units
from bot.notices.changes import Change
from bot.notices.closings import Closing, Closings, share_unit
from bot.notices.dates import Day
from bot.notices.destinations import HOLDERS, Lead, Sort, Target
from bot.notices.mentions import Mention
from bot.notices.page import Page
from bot.notices.sentences import Sentence, Zone
from bot.notices.sheet import Span
from bot.notices.words import Does
from bot.records import Basis, Platform, State

STATES = {Does.RENAME: State.RENAMED, Does.MERGE: State.MERGED, Does.MOVE: State.MIGRATED, Does.SPLIT: State.SPLIT}
_TOGETHER = re.compile(r"同时|同步|一并|随之|届时|也将|随后")
_IN_FORCE = re.compile(r"起(?:正式)?(?:执行|施行|生效|实施)")
# Headings over a list of accounts that end, and over one of where to go.
_LISTS = re.compile(
    r"^.{0,40}(?:停更|关停|注销|停用|停运|关闭|停止更新|停止运营|下线)(?:注销|关停)?(?:的)?(?:政务)?(?:新媒体|公众号|账号|平台|网站|应用|对象|范围|名单|清单|情况)"
    r"(?:账号|平台|名单|范围|清单|情况|公示|\([^()]{0,12}\))*:?$"
)
_ROUTES = re.compile(r"^.{0,24}(?:渠道|平台|途径|方式|去向|账号)(?:如下|为)?:?$")
_ROUTES_OF = re.compile(r"后续|今后|替代|新|获取|发布|查询|关注|服务|承接|接续|保留")
# “甲”微信公众号,主办单位X局
_RUNS = re.compile(
    r"(?:主办单位|运营单位|账号主体|运营主体|认证主体|开办单位|责任单位|主管单位|主体|主办)(?:为|是|:)?((?!由)[\u4e00-\u9fff]{4,40}?)(?=[,。;)、\n]|\Z)"
)
_TELLS = re.compile(r"发布|推送|发出|宣布|贴出|写道")
_BELOW = re.compile(r"以下|下列|如下")
_NOT_ALONE = ("以下", "下列", "上述", "以上", "原", "这些")
_OPENS_QUOTE = frozenset("“「『《【‘\"'@")
# Words that lead on to nothing in particular without any verb: 微信、客户端等渠道咱们继续见.
_SOMEHOW = re.compile(
    r"(?:等|其他|其它|相关|上级)[^,。;\n“]{0,10}(?:平台|渠道|账号|公众号|方式)[^,。;\n]{0,8}(?:继续|见|服务|关注|获取|发布|了解|查询|陪)"
)


def read(page: Page, sentences: Iterable[Sentence], rows: Sequence[Closing], basis: Basis) -> list[Closing]:
    """Return the accounts that a text closes: those of its tables, and those of its sentences."""
    reader = _Reader(page, rows, basis)
    for sentence in sentences:
        reader.take(sentence)
    return reader.settled()


class _Reader:
    def __init__(self, page: Page, rows: Sequence[Closing], basis: Basis) -> None:
        self.page = page
        self.plain = page.plain
        self.basis = basis
        self.closings = Closings(page)
        for row in rows:
            self.closings.add(row)
        self.group = list(rows)  # whom the next sentence without a name is about
        self.topic: list[Mention] = []  # accounts spoken of last that nothing has happened to yet
        self.spoken: dict[Platform, Mention] = {}  # the account spoken of last on each platform
        self.units: dict[str, Span] = {}  # who runs an account, where that stands before its name
        self.alive: list[tuple[str, Platform | None]] = []
        self.items: Change | None = None  # what befalls the items of the list that is open
        self.objects: Change | None = None  # the last verb whose accounts stood behind it
        self.untold: Change | None = None  # what befalls the account that an article names only in the next sentence
        self.quoted: list[Lead] = []  # and where it leads
        self.listed: list[Closing] = []  # the items of that list
        self.below: list[Closing] = []  # whom the lines that follow lead on
        self.numbered: list[tuple[str, Lead, list[Closing]]] = []
        self.own_numbers: set[str] = set()  # items of a list of destinations that say themselves whose they are
        self.general: list[Lead] = []  # destinations that came before any account
        self.leading: Day | None = None  # the date that opens the sentence, for all its parts
        self.running: Day | None = None  # the last date that opened a sentence

    def take(self, s: Sentence) -> None:
        """Read one sentence."""
        self._dates(s)
        if s.opens and self.basis is Basis.MEDIA:
            self.group, self.topic, self.spoken = [], [], {}
            self.untold, self.quoted = None, []
        if s.opens and self.listed:
            self.group = list(self.listed)
        self._lives(s)
        if s.hearsay:
            return
        named = [m for m in s.mentions if m.name and not m.other and not m.weak]
        if s.asked:
            self.topic = named or self.topic
            return
        leads = [destinations.read(z, self.page, s.end) for z in s.zones]
        touched = self._changes(s, leads) or self._told(s, named)
        self._itemised(s, touched)
        if (runs := _RUNS.search(self.plain, s.start, s.end)) and units.is_unit(runs[1]):
            for closing in touched:
                closing.mention.unit = closing.mention.unit or runs.span(1)
        if not touched and self.objects and self.plain[s.start - 1] == ";" and s.mentions and not s.zones and not s.changes:
            self._more(s, touched)
        self.objects = self._object_of(s) or (self.objects if touched else None)
        self.group = touched or self.group
        if self.basis is not Basis.OFFICIAL_LIST:
            self._lead(s, leads, touched)
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        self.topic = [m for m in named if id(m) not in in_zones] or self.topic
        for mention in self.topic:
            if mention.platform:
                self.spoken[mention.platform] = mention
        for mention in named:
            if mention.unit:
                self.units.setdefault(self.page.text(mention.name), mention.unit)
        day = next(iter(self.page.days.between(s.start, s.end)), None)
        if day and _IN_FORCE.match(self.plain, day.end):
            for closing in self.closings.found:
                closing.leading = closing.leading or day

    def settled(self) -> list[Closing]:
        """Return the accounts that the text closes, after its last sentence."""
        self._by_number()
        self.closings.name_the_nameless()
        self.closings.drop(self.alive)
        found = self.closings.found
        for closing in found:
            if closing.mention.unit is None and closing.mention.name:
                closing.mention.unit = self.units.get(self.page.text(closing.mention.name))
        empty = [c for c in found if not c.targets]
        for lead in self.general:
            self.closings.give(empty, lead)
        if self.basis is Basis.NOTICE and not any(c.targets or c.vague for c in found):
            words = _SOMEHOW.search(self.plain)
            for closing in found if words else ():
                closing.vague = words.span() if words else None
        for target in (t for c in found for t in c.targets if c.state is State.SPLIT):
            target.scope = target.scope or scopes.ALL
        return found

    # --- what happens

    def _dates(self, s: Sentence) -> None:
        """Keep the date that opens a sentence: what its parts say of others happens then too."""
        if self.plain[s.start - 1 : s.start] == ";":
            return
        limit = s.mentions[0].start if s.mentions else s.start + 5
        day = next(iter(self.page.days.between(s.start, min(limit, s.end))), None)
        self.leading = day if day and s.changes and s.changes[0].day is day else None
        if day and day.month and self.plain.startswith(("起", ",", "开始"), day.end):
            self.running = day

    def _lives(self, s: Sentence) -> None:
        self.alive += [(self.page.text(m.name), m.platform) for m in s.alive if m.name]
        if s.alive_own:
            self.alive += [(self.page.text(m.name), m.platform) for m in self.topic]

    def _changes(self, s: Sentence, leads: Sequence[Lead]) -> list[Closing]:
        """Return the accounts that a sentence changes."""
        led = {z.start: lead for z, lead in zip(s.zones, leads, strict=True) if z.lead is not Does.GO}
        touched: list[Closing] = []
        for change in s.changes:
            lead = led.get(change.at[0])
            if change.does in STATES and (lead is None or not lead.targets or lead.duties):
                continue
            about = self._about(change, s, touched)
            share_unit(about)
            for closing in about:
                closing.changes.append(change)
                closing.number = closing.number or s.number
                if s not in closing.sentences:
                    closing.sentences.append(s)
                if closing not in touched:
                    touched.append(closing)
                if change.does in STATES:
                    closing.becomes(STATES[change.does])
                if own := self._bracketed(closing, change):
                    closing.leading = own
                if change.day is None and closing.leading is None:
                    together = _TOGETHER.search(self.plain, s.start, change.at[0])
                    closing.leading = self.leading or (self.running if together else None)
        return touched

    def _bracketed(self, closing: Closing, change: Change) -> Day | None:
        """Return the date in an account's own brackets: “雨花文艺”(微信公众号,5月9日)."""
        end = max((m.end for m in change.subjects if m.name == closing.mention.name), default=0)
        day = next(iter(self.page.days.between(end, end + 3)), None) if end else None
        inside = day is not None and self.plain.startswith(("(", ","), end) and self.plain.startswith(")", day.end)
        return day if inside else None

    def _told(self, s: Sentence, named: Sequence[Mention]) -> list[Closing]:
        """Return the account that said of itself what an article quoted before: “本账号将注销。”抖音号“甲”发布说明."""
        if self.untold is None or not named or s.zones or not _TELLS.search(self.plain, s.start, s.end):
            return []
        change = replace(self.untold, told=next(iter(self.page.days.between(s.start, named[0].start)), None))
        self.untold = None
        found = self.closings.of(named[-1])
        for closing in found:
            closing.changes.append(change)
            closing.sentences.append(s)
        for lead in self.quoted:
            self.closings.give(found, lead)
        self.quoted = []
        return found

    def _about(self, change: Change, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that a change is about; those that are new are from now on known."""
        named = [m for m in change.subjects if m.name or (m.unit and not m.own)]
        if change.subjects:
            found = [c for m in named for c in self.closings.of(m)]
            if not found and self.basis is Basis.MEDIA and all(m.own for m in change.subjects):
                self.untold = change
            return found or [c for m in change.subjects if m.own for c in self._self(m, s, touched)]
        if touched or self.group:
            return list(touched or self.group)
        if self.basis is Basis.NOTICE and (change.day or s.heading):
            return [c for m in self.topic for c in self.closings.of(m)]
        return []

    def _self(self, mention: Mention, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that 本公众号 or 该账号 means; 同名抖音号 is one of the same name on another platform."""
        if mention.same and (named := [c for c in touched or self.group if c.mention.name]):
            other = replace(named[-1].mention, platform=mention.platform, said=mention.said, start=mention.start, handle=None)
            return self.closings.of(other)
        known = [c for c in self.closings.found if mention.platform in (None, c.mention.platform) and not mention.elsewhere]
        if known:
            return [c for c in self.group if c in known] or known
        here = [m for m in s.mentions if m.name and not m.weak and m.end <= mention.start]
        spoken = self.spoken.get(mention.platform) if mention.platform else None
        for mentions in (here, self.topic, [spoken] if spoken else []):
            if same := [m for m in mentions if mention.platform in (None, m.platform)]:
                return [c for m in same for c in self.closings.of(m)]
        if mention.weak or self.plain.startswith(_NOT_ALONE, mention.start) or self.basis is not Basis.NOTICE:
            return []
        return self.closings.of(mention)

    def _itemised(self, s: Sentence, touched: list[Closing]) -> None:
        """Read a list of accounts under words like 决定关停以下账号, in the same sentence or in the lines behind it."""
        if s.opens and not touched and not s.zones and _LISTS.search(self.plain[s.start : s.end]):
            self.items, self.listed = (s.changes[-1] if s.changes else self.items), []
            return
        announced = next((c for c in s.changes if any(self._announces(m) for m in c.subjects)), None)
        listed: list[Mention] = []
        if announced or (s.changes and not touched and self.plain[s.end - 1] == ":"):
            self.items, self.listed = announced or s.changes[-1], []
            listed = [m for m in s.mentions if m.start >= self.items.at[1]]
        elif self.items and self.listed and self.plain[s.start - 1] == ";" and s.mentions and not touched and not s.zones:
            listed = s.mentions if s.mentions[0].start - s.start <= 3 else []
        elif self.items and (s.opens or s.number) and s.mentions and not touched:
            listed = self._item(s)
            self.items = self.items if listed else None
        elif self.items and s.opens and not s.number and not s.mentions:
            self.items = None
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        for mention in listed if self.items else ():
            if self.items is None or id(mention) in in_zones or mention.weak or mention.other or not mention.name:
                continue
            for closing in self.closings.of(mention):
                closing.changes.append(self.items)
                closing.sentences.append(s)
                closing.number = closing.number or s.number
                touched.append(closing)
                self.listed.append(closing)
        share_unit(touched)

    def _object_of(self, s: Sentence) -> Change | None:
        """Return the verb of a sentence whose accounts all stand behind it: 注销微信公众号3个:甲、乙、丙."""
        for change in s.changes[-1:]:
            if change.subjects and all(m.start >= change.at[0] for m in change.subjects):
                return change
        return None

    def _more(self, s: Sentence, touched: list[Closing]) -> None:
        """Let the verb before a semicolon have the accounts behind it too: …;抖音号1个:丁."""
        named = [m for m in s.mentions if m.name and not m.weak and not m.other]
        for mention in named if s.mentions[0].start - s.start <= 3 else ():
            for closing in self.closings.of(mention):
                closing.changes += [self.objects] if self.objects else []
                closing.sentences.append(s)
                touched.append(closing)

    def _item(self, s: Sentence) -> list[Mention]:
        """Return the accounts of a line, when it reads like an item of a list of accounts."""
        head = self.plain[s.start + len(s.number) : s.mentions[0].start]
        of_unit = units.is_unit(head.rstrip("(:的"))
        if len(head) > 3 and not head.endswith("的") and not of_unit:
            return []
        return s.mentions if s.number or of_unit or self.plain[s.start] in _OPENS_QUOTE else []

    def _announces(self, mention: Mention) -> bool:
        return self.plain.startswith(("以下", "下列", "如下"), mention.start)

    # --- where it leads

    def _lead(self, s: Sentence, leads: Sequence[Lead], touched: Sequence[Closing]) -> None:
        self._complete(s, leads)
        self._listed_targets(s, touched)
        if self._heads_routes(s):
            self.below = list(self.group if self.basis is Basis.MEDIA else self.closings.found)
        for zone, lead in zip(s.zones, leads, strict=True):
            if lead.vague and not lead.targets and self._opens_list(zone, s):
                self.below = list(touched or self.group)
            elif (lead.targets or lead.vague or lead.same) and (zone.lead not in STATES or lead.duties or self._changed(zone, s, touched)):
                self._give(zone, lead, s, touched)
            elif s.alive and zone.lead is Does.GO and not lead.columns:
                going = [t for m in s.alive if not m.weak and (t := destinations.of(m))]
                self.closings.give(self.group, Lead(going))
        if by := destinations.by_unit(self.page, s.start, s.end):
            self.general.insert(0, Lead([by]))

    def _changed(self, zone: Zone, s: Sentence, touched: Sequence[Closing]) -> bool:
        """Tell whether the account that a word like 更名为 is about is known; if not, its new name is nobody's here."""
        change = next((c for c in s.changes if c.at[0] == zone.start), None)
        return change is None or not change.subjects or any(change in c.changes for c in touched)

    def _give(self, zone: Zone, lead: Lead, s: Sentence, touched: Sequence[Closing]) -> None:
        """Give a destination to the accounts that it is of; where none is said, to those of the sentences before."""
        if lead.duties:
            self._duties(lead)
            return
        owners = self._owners(zone, s, touched)
        if owners:
            self.own_numbers |= {s.number} if s.number and not touched else set()
            self.closings.give(owners, lead)
        elif s.number and self.group:
            self.numbered.append((s.number, lead, list(self.group)))
        elif self.group:
            self.closings.give(self.group, lead)
        elif self.basis is Basis.MEDIA:
            self.quoted.append(lead)
        else:
            self.general.append(lead)

    def _owners(self, zone: Zone, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return whose destination it is by its own sentence."""
        named = [m for m in zone.owners if m.name or m.platform]
        found = {id(c): c for m in named for c in self.closings.meant(m)}
        if found:
            return [c for c in self.closings.found if id(c) in found]
        places = [ch.at[0] for c in touched for ch in c.changes if s.start <= ch.at[0] < zone.begin]
        if not places:
            return list(touched)
        return [c for c in touched if any(ch.at[0] == max(places) for ch in c.changes)]

    def _complete(self, s: Sentence, leads: Sequence[Lead]) -> None:
        """Let the parts of a sentence complete one another: columns belong to the app before them, a scope to all."""
        before: list[Target] = []
        said: list[Target] = []
        for zone, lead in zip(s.zones, leads, strict=True):
            for target in before[-1:] or [c.targets[-1] for c in self.group if c.targets]:
                if lead.columns and target.sort in HOLDERS:
                    target.path += [c for c in lead.columns if c not in target.path]
                    target.sort = Sort.PATH
            before = lead.targets or before
            said += lead.targets if zone.lead is Does.GO else []
        for order in (said, said[::-1]):
            scope = scopes.UNSAID
            for target in order:
                scope = (target.scope, target.about) if target.scope else scope
                target.scope, target.about = scope

    def _heads_routes(self, s: Sentence) -> bool:
        """Tell whether a line heads a list of where to go: 三、信息发布渠道."""
        text = self.plain[s.start + len(s.number) : s.end]
        alone = s.opens and self.plain.startswith("\n", s.end) and not any(m.name for m in s.mentions)
        return alone and not s.changes and _ROUTES.search(text) is not None and _ROUTES_OF.search(text) is not None

    def _opens_list(self, zone: Zone, s: Sentence) -> bool:
        return self.plain[s.end - 1] == ":" and _BELOW.search(self.plain, zone.begin, s.end) is not None

    def _listed_targets(self, s: Sentence, touched: Sequence[Closing]) -> None:
        """Take the lines under 可通过以下渠道了解: as destinations, as long as each names one."""
        if not self.below or not s.opens:
            return
        named = [m for m in s.mentions if m.name and not m.weak and not m.other]
        if self._heads_routes(s):
            return
        if touched or not named or named[0].start - s.start > len(s.number) + 3:
            self.below = []
            return
        zone = Zone(s.start, s.start, s.end, Does.GO, mentions=named)
        self.closings.give(self.below, destinations.read(zone, self.page, s.end))

    def _duties(self, lead: Lead) -> None:
        """Keep an organisation that takes over duties: it is where an account leads that says nothing else."""
        words = self.page.text(lead.duties).removeprefix("其中").removeprefix("原")
        ends = [n for n in range(min(len(words), units.LONGEST), 2, -1) if units.is_unit(words[:n])]
        unit = words[: ends[0]] if ends else None
        of = [c for c in self.closings.found if unit and self.page.text(c.mention.unit).endswith(unit)]
        if of:
            self.closings.give(of, lead)
        else:
            self.general.append(lead)

    def _by_number(self) -> None:
        """Give each numbered destination to the account with its number, where the two lists are as long."""
        numbers = {c.number for c in self.closings.found if c.number}
        matched = len(numbers) > 1 and numbers == {n for n, *_ in self.numbered} | self.own_numbers
        for number, lead, group in self.numbered:
            of = [c for c in self.closings.found if c.number == number] if matched else group
            self.closings.give(of, lead)
