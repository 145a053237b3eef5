"""Floor 5. Sentence after sentence: which accounts each is about, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.notices import destinations, invited, units, unsaid
from bot.notices.change import Change
from bot.notices.closing import MOST_TOGETHER, Closing, share_unit
from bot.notices.closings import Closings
from bot.notices.leading import Leading
from bot.notices.listing import Listing
from bot.notices.mention import Mention
from bot.notices.page import Page
from bot.notices.reported import Reported
from bot.notices.running import Running
from bot.notices.sentences import Sentence, Zone
from bot.notices.spoken import Spoken
from bot.notices.targets import Lead
from bot.notices.words import Does
from bot.values import Basis, State

_STATES = {
    Does.RENAME: State.RENAMED,
    Does.MERGE: State.MERGED,
    Does.MOVE: State.MIGRATED,
    Does.SPLIT: State.SPLIT,
}
# “甲”微信公众号,主办单位X局
_RUNS = re.compile(
    r"(?:主办单位|运营单位|账号主体|运营主体|认证主体|开办单位|责任单位|主管单位|主体|主办)(?:为|是|:)?"
    r"((?!由)[\u4e00-\u9fff]{4,40}?)(?=[,。;)、\n]|\Z)|[(,](?:现|原)?由([\u4e00-\u9fff]{4,40}?)(?:主办|运营|开办|主管|开设|管理|注册)(?:的|[,)])"
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
        self.spoken = Spoken(page, self.closings, basis)
        self.days = Running(page)
        self.items: list[Closing] = []  # the accounts of the numbered sentences so far
        self.listed: list[Closing] = []  # the items of the open list so far
        self.group = list(rows[-MOST_TOGETHER:])  # whom the next sentence without a name is about
        self.alive: list[Mention] = self.spoken.alive
        self.paused: list[Mention] = []  # those that end only for a while
        self.reported = Reported(page, self.closings)

    def take(self, s: Sentence) -> None:
        """Read one sentence."""
        self.days.take(s)
        if s.opens:
            self._opens()
        if not s.asked:
            self._lives(s)
        named = [m for m in s.mentions if m.name and not m.other and not m.weak]
        if s.hearsay:
            return
        if s.asked:
            self.spoken.topic = named or self.spoken.topic
            return
        if not (s.mentions or s.changes or s.zones):
            self._bare(s)
            return
        for zone in s.zones:
            zone.mentions = [self.spoken.referred(m, s) for m in zone.mentions]
        leads = [destinations.read(z, self.page, s.end) for z in s.zones]
        touched = self._changes(s, leads) or self.reported.quoted_by(s, named)
        touched |= self._listed(s, touched)
        self._run_by(s, touched.values())
        if self.basis is Basis.MEDIA:
            self.reported.made_known(s, touched.values())
        self.group = [*touched.values()][-MOST_TOGETHER:] or self.group
        self._numbered(s, touched.values())
        if self.basis is Basis.OFFICIAL_LIST:
            self._renamed(s, leads, list(touched.values()))
        else:
            self._lead(s, leads, list(touched.values()))
        if self.basis is Basis.NOTICE:
            self._invite(s, list(touched.values()))
        self.spoken.remember(s, named)

    def _numbered(self, s: Sentence, touched: Iterable[Closing]) -> None:
        """Let a paragraph behind the items of a list be about all of them that lead nowhere yet."""
        new = list(touched)
        if s.opens and not s.number and not new and self.basis is Basis.NOTICE and len(self.items) > 1:
            self.group = [c for c in self.items if not c.targets] or self.group
        if s.number and new:
            self.items += [c for c in new if c not in self.items[-MOST_TOGETHER:]]
        elif s.opens:
            self.items = []

    def _bare(self, s: Sentence) -> None:
        """Read a sentence that names no account and does nothing: it may open a list, tell a day or move duties."""
        if self.basis is Basis.MEDIA:
            self.reported.made_known(s, ())
        if s.blank:
            self.listing.pass_over(s)
        else:
            self._listed(s, {})
        if self.basis is Basis.OFFICIAL_LIST:
            return
        if s.blank and not self.reported.change:
            self.leading.take_blank(s)
        else:
            self._lead(s, [], [])

    def settled(self) -> list[Closing]:
        """Return the accounts that the text closes, after its last sentence."""
        self.leading.by_number()
        self.closings.name_the_nameless()
        headed = [m for m in self.paused if all(c.headed for c in self.closings.meant(m))]
        self.closings.drop([*self.alive, *headed])
        for closing in self.closings.found:
            if not closing.changes or not all(c.past and c.does is Does.SHUT for c in closing.changes):
                closing.leading = closing.leading or self.days.in_force
            if closing.mention.unit is None and closing.mention.name:
                closing.mention.unit = self.spoken.units.get(self.page.text(closing.mention.name))
        self.leading.settle()
        return self.closings.found

    # --- what a sentence leaves behind for the next

    def _opens(self) -> None:
        """Begin a paragraph: what an article said before is of others, what a list said is of all its items."""
        if self.listed:
            self.group = self.listed[-MOST_TOGETHER:]
        if self.basis is Basis.MEDIA:
            self.group = []
            self.spoken.forget()
            self.reported.forget()

    def _lives(self, s: Sentence) -> None:
        if s.alive or s.restored:
            self.alive += [m for m in s.alive if m.name]
            # What is said behind it counts for more: 恢复更新后又停更.
            self.alive += [m for m in s.restored if m.name and self.closings.meant(m)]
        self.paused += s.paused
        if s.alive_own:
            self.alive += self.spoken.topic

    # --- what happens

    def _changes(self, s: Sentence, leads: Sequence[Lead]) -> dict[int, Closing]:
        """Return the accounts that a sentence changes, by their identity."""
        touched: dict[int, Closing] = {}
        if not s.changes:
            return touched
        led = {z.start: lead for z, lead in zip(s.zones, leads, strict=True) if z.lead is not Does.GO}
        for change in s.changes:
            lead = led.get(change.at[0])
            if change.does in _STATES and (lead is None or not lead.targets or lead.duties):
                continue
            about = self._about(change, s, list(touched.values()))
            share_unit(about)
            for closing in about:
                closing.take(self.days.respectively(change, closing), s)
                touched[id(closing)] = closing
                if change.does in _STATES:
                    closing.becomes(_STATES[change.does])
            self.days.keep(about, change, s)
        return touched

    def _about(self, change: Change, s: Sentence, touched: Sequence[Closing]) -> list[Closing]:
        """Return the accounts that a change is about; those that are new are from now on known."""
        if change.others and self.basis is Basis.MEDIA:
            return []
        if not change.subjects and (one := unsaid.latter(self.page, change, s, self.spoken.topic)):
            return self.closings.of(one)
        if change.subjects:
            named = [m for m in change.subjects if m.name or (m.unit and not m.own)]
            found = [c for m in named for c in self.closings.of(m)]
            found = found or [
                c for m in change.subjects if m.own for c in self.spoken.of_own(m, s, touched or self.group)
            ]
            if not found and self.basis is Basis.MEDIA and all(m.own for m in change.subjects):
                self.reported.change = change
            return found
        known = self.closings.on(None)
        if not touched and (those := unsaid.those(self.page, change, known)):
            return those
        if self.basis is Basis.NOTICE and (together := unsaid.together(self.page, change, s, known)):
            return together
        if touched or self.group:
            return list(touched or self.group)
        if self.basis is Basis.NOTICE and (change.day or s.heading):
            return [c for m in self.spoken.topic for c in self.closings.of(m)]
        return []

    def _listed(self, s: Sentence, touched: dict[int, Closing]) -> dict[int, Closing]:
        """Return the accounts that a sentence lists under words of closing."""
        change, mentions = self.listing.take(s, bool(touched))
        if self.listing.begins:
            self.listed = []
        found: dict[int, Closing] = {}
        if not change or not mentions:
            return found
        for mention in mentions:
            for closing in self.closings.of(mention):
                closing.take(change, s)
                found[id(closing)] = closing
        share_unit(list(found.values()))
        self.listed += found.values()
        return found

    def _run_by(self, s: Sentence, closings: Iterable[Closing]) -> None:
        """Read who runs the accounts of a sentence, where that stands behind their names."""
        runs = _RUNS.search(self.plain, s.start, s.end) if closings else None
        said = runs.lastindex if runs else None
        for closing in closings if runs and said and units.is_unit(runs[said]) else ():
            closing.mention.unit = closing.mention.unit or (runs.span(said) if runs and said else None)

    def _invite(self, s: Sentence, touched: list[Closing]) -> None:
        """Take where a sentence sends people in words of its own, once it is said what closes."""
        if not s.mentions or not self.closings.found or s.heading or (touched and not s.changes):
            return
        if found := [m for m in invited.find(self.page, s) if not self.closings.meant(m)]:
            start = invited.lead_in(self.page, s, found[0])
            zone = Zone(start, found[0].start, found[-1].end, Does.GO, mentions=found)
            zone.since = s.changes[-1].at[1] if s.changes else s.start
            s.zones = [*s.zones, zone]
            lead = destinations.read(zone, self.page, s.end)
            for target in lead.targets:
                target.invited = True
            self.leading.give(zone, lead, s, touched, self.group)

    def _renamed(self, s: Sentence, leads: Sequence[Lead], touched: list[Closing]) -> None:
        """Take the new names that a published list gives; nothing else in it leads anywhere."""
        for zone, lead in zip(s.zones, leads, strict=True):
            if zone.lead is Does.RENAME and zone.owners:
                self.leading.give(zone, lead, s, touched, [])

    def _lead(self, s: Sentence, leads: Sequence[Lead], touched: list[Closing]) -> None:
        if self.reported.change and not touched and not self.group:
            self.reported.leads += [lead for lead in leads if lead.targets or lead.vague]
        else:
            self.leading.take(s, leads, touched, self.group)
