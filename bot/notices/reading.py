"""Floor 5. Sentence after sentence: which accounts each is about, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.notices import destinations, invited, units
from bot.notices.change import Change
from bot.notices.closings import MOST_TOGETHER, Closing, Closings, share_unit
from bot.notices.dates import Day
from bot.notices.destinations import Lead
from bot.notices.leading import Leading
from bot.notices.listing import Listing
from bot.notices.mention import Mention
from bot.notices.page import FARTHEST, Page
from bot.notices.sentences import Sentence, Zone
from bot.notices.sheet import Span
from bot.notices.words import Does
from bot.records import Basis, Platform, State

_STATES = {
    Does.RENAME: State.RENAMED,
    Does.MERGE: State.MERGED,
    Does.MOVE: State.MIGRATED,
    Does.SPLIT: State.SPLIT,
}
_TOGETHER = re.compile(r"同时|同步|一并|随之|届时|也将|随后")
# Behind a date, and before it, that say of all the accounts when they end: 以上调整自5月1日起实施, 运营至6月30日.
_IN_FORCE = re.compile(
    r"起(?:正式)?(?:执行|施行|生效|实施)|起[:,]?(?=\n)|起:|"
    r"起?,?[^。;\n“]{0,30}?(?:作出?|做出?|进行|实行)(?:以下|如下|相应)?[^。;\n“]{0,6}(?:调整|变更|优化|整合|归并)|"
    r"(?:24时|零时)?(?:将|就)?(?:是|为)[^,。;\n]{0,20}最后(?:一天|一日|时刻|的?日子)"
)
_ALL_DONE = re.compile(r"(?:以上|上述|所有|全部|前述)[^,。;“\n]{0,14}\Z")
_DONE_BY = re.compile(r"前?(?:全部|统一|逐步)?(?:完成|到位|办结|生效|执行|实施)")
_UNTIL = re.compile(r"(?:更新|运营|服务|发布|推送|使用|维护|开放)(?:服务)?(?:截至|截止到|截止|至|到)\Z")
# Words for accounts spoken of elsewhere, which alone are no account.
# Words for all of them.
_ALL = ("上述", "以上", "前述")
_NOT_ALONE = ("以下", "下列", "上述", "以上", "原", "旧", "老", "这些")
_TELLS = re.compile(r"表示|发布|推送|发出|宣布|贴出|写道|公布|通报|公告")
_TELLER = re.compile(r"([\u4e00-\u9fff]{4,30}?)(?:发布|公布|发出|宣布|贴出|刊发)")
# So far into a sentence a date may stand that is that of all of it.
_OPENS_WITH = 12
# “甲”微信公众号,主办单位X局
_RUNS = re.compile(
    r"(?:主办单位|运营单位|账号主体|运营主体|认证主体|开办单位|责任单位|主管单位|主体|主办)(?:为|是|:)?"
    r"((?!由)[\u4e00-\u9fff]{4,40}?)(?=[,。;)、\n]|\Z)"
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
        self.leading = Leading(page, self.closings, basis)
        self.listing = Listing(page)
        self.listed: list[Closing] = []  # the items of the open list so far
        self.group = list(rows[-MOST_TOGETHER:])  # whom the next sentence without a name is about
        self.topic: list[Mention] = []  # accounts spoken of last that nothing has happened to yet
        self.spoken: dict[Platform, Mention] = {}  # the account spoken of last on each platform
        self.named: list[Mention] = []  # the accounts spoken of by name first
        self.units: dict[str, Span] = {}  # who runs an account, where that stands before its name
        self.alive: list[tuple[str, Platform | None]] = []
        self.told: Day | None = None  # when an article says that all it speaks of was made known
        self.untold: Change | None = (
            None  # what befalls the account that an article names only in the next sentence
        )
        self.quoted: list[Lead] = []  # and where it leads
        self.opening: Day | None = None  # the date that opens the sentence, for all its parts
        self.running: Day | None = None  # the last date that opened a sentence
        self.in_force: Day | None = None  # 以上调整自5月1日起实施

    def take(self, s: Sentence) -> None:
        """Read one sentence."""
        self._dates(s)
        if s.opens:
            self._opens()
        self._lives(s)
        named = [m for m in s.mentions if m.name and not m.other and not m.weak]
        if s.hearsay:
            return
        if s.asked:
            self.topic = named or self.topic
            return
        for zone in s.zones:
            zone.mentions = [self._referred(m, s) for m in zone.mentions]
        leads = [destinations.read(z, self.page, s.end) for z in s.zones]
        touched = self._changes(s, leads) or self._told(s, named)
        touched = {**touched, **self._listed(s, touched)}
        self._run_by(s, touched.values())
        if self.basis is Basis.MEDIA:
            self._made_known(s, touched.values())
        self.group = [*touched.values()][-MOST_TOGETHER:] or self.group
        if self.basis is not Basis.OFFICIAL_LIST:
            self._lead(s, leads, list(touched.values()))
        if self.basis is Basis.NOTICE:
            self._invite(s, list(touched.values()))
        self._remember(s, named)

    def settled(self) -> list[Closing]:
        """Return the accounts that the text closes, after its last sentence."""
        self.leading.by_number()
        self.closings.name_the_nameless()
        self.closings.drop(self.alive)
        for closing in self.closings.found:
            closing.leading = closing.leading or self.in_force
            if closing.mention.unit is None and closing.mention.name:
                closing.mention.unit = self.units.get(self.page.text(closing.mention.name))
        self.leading.settle()
        return self.closings.found

    # --- what a sentence leaves behind for the next

    def _opens(self) -> None:
        """Begin a paragraph: what an article said before is of others, what a list said is of all its items."""
        if self.listed:
            self.group = self.listed[-MOST_TOGETHER:]
        if self.basis is Basis.MEDIA:
            self.group, self.topic, self.spoken = [], [], {}
            self.untold, self.quoted, self.told = None, [], None

    def _dates(self, s: Sentence) -> None:
        """Keep the date that opens a sentence: what its parts say of others happens then too."""
        first = self.page.days.first(s.start, s.end)
        if first and self.in_force is None and self._is_in_force(first, s):
            self.in_force = first
        if self.plain[s.start - 1 : s.start] == ";":
            return
        limit = s.mentions[0].start if s.mentions else s.start + 5
        day = first if first and first.start < limit else None
        self.opening = day if day and s.changes and s.changes[0].day is day else None
        if day and day.month and self.plain.startswith(("起", ",", "开始"), day.end):
            self.running = day

    def _is_in_force(self, day: Day, s: Sentence) -> bool:
        """Tell whether a date is that of all the accounts of a text."""
        if _IN_FORCE.match(self.plain, day.end, s.end + 1):
            return True
        before = self.plain[max(s.start, day.start - _OPENS_WITH) : day.start]
        done = _ALL_DONE.search(before.rstrip("于自从在")) and _DONE_BY.match(self.plain, day.end)
        return bool(done) or _UNTIL.search(before) is not None

    def _lives(self, s: Sentence) -> None:
        self.alive += [(self.page.text(m.name), m.platform) for m in s.alive if m.name]
        if s.alive_own:
            self.alive += [(self.page.text(m.name), m.platform) for m in self.topic]

    def _remember(self, s: Sentence, named: Sequence[Mention]) -> None:
        in_zones = {id(m) for z in s.zones for m in z.mentions}
        self.topic = [m for m in named if id(m) not in in_zones][-MOST_TOGETHER:] or self.topic
        for mention in self.topic:
            if mention.platform:
                self.spoken[mention.platform] = mention
        for mention in named:
            if mention.platform and len(self.named) < MOST_TOGETHER:
                self.named.append(mention)
            if mention.unit:
                self.units.setdefault(self.page.text(mention.name), mention.unit)

    # --- what happens

    def _changes(self, s: Sentence, leads: Sequence[Lead]) -> dict[int, Closing]:
        """Return the accounts that a sentence changes, by their identity."""
        led = {z.start: lead for z, lead in zip(s.zones, leads, strict=True) if z.lead is not Does.GO}
        touched: dict[int, Closing] = {}
        for change in s.changes:
            lead = led.get(change.at[0])
            if change.does in _STATES and (lead is None or not lead.targets or lead.duties):
                continue
            about = self._about(change, s, list(touched.values()))
            share_unit(about)
            for closing in about:
                closing.take(self._respectively(change, closing), s)
                touched[id(closing)] = closing
                if change.does in _STATES:
                    closing.becomes(_STATES[change.does])
                self._when(closing, change, s)
        return touched

    def _respectively(self, change: Change, closing: Closing) -> Change:
        """Return a change with the account's own date in 甲、乙分别于3月20日、3月25日停更."""
        names = [self.page.text(m.name) for m in change.subjects[:MOST_TOGETHER]]
        name = self.page.text(closing.mention.name)
        if len(names) < 2 or change.day is None or name not in names:
            return change
        start = max(m.end for m in change.subjects[:MOST_TOGETHER])
        days = self.page.days.between(start, change.at[0])
        if len(days) != len(names) or "分别" not in self.plain[start : change.at[0]]:
            return change
        return replace(change, day=days[names.index(name)])

    def _when(self, closing: Closing, change: Change, s: Sentence) -> None:
        """Keep the date of a change that has none of its own."""
        if own := self._bracketed(closing, change):
            closing.leading = own
        elif change.day is None and closing.leading is None:
            together = _TOGETHER.search(self.plain, max(s.start, change.at[0] - FARTHEST), change.at[0])
            closing.leading = self.opening or (self.running if together else None)

    def _bracketed(self, closing: Closing, change: Change) -> Day | None:
        """Return the date in an account's own brackets: “雨花文艺”(微信公众号,5月9日)."""
        end = next((m.end for m in change.subjects[:MOST_TOGETHER] if m.name == closing.mention.name), 0)
        day = self.page.days.first(end, end + 3) if end else None
        inside = (
            day is not None and self.plain.startswith(("(", ","), end) and self.plain.startswith(")", day.end)
        )
        return day if inside else None

    def _about(self, change: Change, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that a change is about; those that are new are from now on known."""
        if change.others and self.basis is Basis.MEDIA:
            return []
        if change.subjects:
            named = [m for m in change.subjects if m.name or (m.unit and not m.own)]
            found = [c for m in named for c in self.closings.of(m)]
            found = found or [c for m in change.subjects if m.own for c in self._self(m, s, touched)]
            if not found and self.basis is Basis.MEDIA and all(m.own for m in change.subjects):
                self.untold = change
            return found
        if touched or self.group:
            return list(touched or self.group)
        if self.basis is Basis.NOTICE and (change.day or s.heading):
            return [c for m in self.topic for c in self.closings.of(m)]
        return []

    def _self(self, mention: Mention, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that 本公众号 or 该账号 means; 同名抖音号 is one of the same name on another platform."""
        if mention.same and (named := [c for c in touched or self.group if c.mention.name]):
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
        known = [] if mention.elsewhere else self.closings.on(mention.platform)
        if known:
            together = self.plain.startswith(_ALL, mention.start)
            return known if together else [c for c in self.group if c in known] or known
        for mentions in self._spoken(mention, s):
            if same := [m for m in mentions if mention.platform in (None, m.platform)]:
                return [c for m in same for c in self.closings.of(m)]
        if mention.weak or self.plain.startswith(_NOT_ALONE, mention.start) or self.basis is not Basis.NOTICE:
            return []
        return self.closings.of(mention)

    def _spoken(self, mention: Mention, s: Sentence) -> Iterator[list[Mention]]:
        """Yield the accounts spoken of before a mention, the nearest first."""
        led = {id(m) for z in s.zones for m in z.mentions}
        here = [m for m in s.mentions[:MOST_TOGETHER] if m.name and not m.weak and m.end <= mention.start]
        yield [m for m in here if id(m) not in led]
        yield self.topic
        if mention.platform and mention.platform in self.spoken:
            yield [self.spoken[mention.platform]]

    def _told(self, s: Sentence, named: Sequence[Mention]) -> dict[int, Closing]:
        """Return the account that said of itself what an article quoted before: “本账号将注销。”抖音号“甲”发布说明."""
        if self.untold is None or not named or s.zones or not _TELLS.search(self.plain, s.start, s.end):
            return {}
        change = replace(self.untold, told=self.page.days.first(s.start, named[0].start))
        found = self.closings.of(named[-1])
        for closing in found:
            closing.take(change, s)
        for lead in self.quoted:
            self.closings.give(found, lead)
        self.untold, self.quoted = None, []
        return {id(c): c for c in found}

    def _listed(self, s: Sentence, touched: dict[int, Closing]) -> dict[int, Closing]:
        """Return the accounts that a sentence lists under words of closing."""
        change, mentions = self.listing.take(s, bool(touched))
        if self.listing.begins:
            self.listed = []
        found: dict[int, Closing] = {}
        for mention in mentions if change else ():
            for closing in self.closings.of(mention):
                if change:
                    closing.take(change, s)
                found[id(closing)] = closing
        share_unit(list(found.values()))
        self.listed += found.values()
        return found

    def _run_by(self, s: Sentence, closings: Iterable[Closing]) -> None:
        """Read who runs the accounts of a sentence, where that stands behind their names."""
        runs = _RUNS.search(self.plain, s.start, s.end) if closings else None
        for closing in closings if runs and units.is_unit(runs[1]) else ():
            closing.mention.unit = closing.mention.unit or (runs.span(1) if runs else None)

    def _made_known(self, s: Sentence, closings: Iterable[Closing]) -> None:
        """Read who made it known, and when: 9月9日,X局发布公告,“甲”…; what an article says before is of all behind it."""
        for teller in _TELLER.finditer(self.plain, s.start, s.end):
            name = teller[1][units.start_in(teller[1], self.page.places) :]
            for closing in closings if units.is_unit(name) else ():
                if teller.end() <= closing.mention.start:
                    closing.mention.unit = closing.mention.unit or (teller.end(1) - len(name), teller.end(1))
        day = self.page.days.first(s.start, s.end)
        opens = day is not None and (day.start - s.start < _OPENS_WITH or self.plain[day.start - 1] in ")讯")
        if day and opens and not s.changes and _TELLS.search(self.plain, day.end, s.end):
            self.told = day
        for closing in closings if self.told else ():
            closing.told = closing.told or self.told

    def _referred(self, mention: Mention, s: Sentence) -> Mention:
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
            and not self.closings.meant(m)
        }
        names = list(known.values())
        return replace(names[0], start=mention.start, end=mention.end) if len(names) == 1 else mention

    def _invite(self, s: Sentence, touched: list[Closing]) -> None:
        """Take where a sentence sends people in words of its own, once it is said what closes."""
        if not s.mentions or not self.closings.found or s.heading or (touched and not s.changes):
            return
        if found := [m for m in invited.find(self.page, s) if not self.closings.meant(m)]:
            start = invited.lead_in(self.page, s, found[0])
            zone = Zone(start, found[0].start, found[-1].end, Does.GO, mentions=found)
            zone.since = s.changes[-1].at[1] if s.changes else s.start
            s.zones.append(zone)
            lead = destinations.read(zone, self.page, s.end)
            for target in lead.targets:
                target.invited = True
            self.leading.give(zone, lead, s, touched, self.group)

    def _lead(self, s: Sentence, leads: Sequence[Lead], touched: list[Closing]) -> None:
        if self.untold and not touched and not self.group:
            self.quoted += [lead for lead in leads if lead.targets or lead.vague]
        else:
            self.leading.take(s, leads, touched, self.group)
