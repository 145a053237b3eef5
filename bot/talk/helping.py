"""Floor 6. What to try when nobody named a place to go: ranked, each with its evidence, the place's hotline always last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bot.contacts import READING
from bot.matcher import Verdict
from bot.records import Contact, Source, Topic, Unit
from bot.reply import From, Help, Kind, Known, Reply
from bot.talk import above
from bot.talk.desk import Desk, Scene
from bot.talk.saying import contact, goal_name, source
from bot.talk.screen import Line, fit
from bot.talk.story import account_goal
from bot.talk.tokens import Need
from bot.talk.voice import Voice
from bot.values import Basis, ContactKind, Platform, State

MOST_OF_UNIT = 2
MOST_BY_RULE = 2
MOST_OWN = 3


@dataclass(frozen=True, slots=True)
class Want:
    """What somebody needs: about which account or name, what for, where."""

    known: Known | None = None
    name: str = ""
    platform: Platform | None = None
    topic: Topic | None = None
    place: str | None = None

    @property
    def doing(self) -> bool:
        """Whether it is something to get done, not news to read."""
        return self.topic is not None and self.topic.id != READING

    @property
    def unit(self) -> Unit:
        """The unit, or what a name says of one."""
        if self.known and self.known.unit:
            return self.known.unit
        return Unit(name=self.name or None, place=self.place or "")


def want_of(need: Need, scene: Scene) -> Want:
    """Return what a need says, looked up."""
    known = scene.known(need.account)
    base = scene.matcher.base
    place = need.place if need.place in base.places else None
    account = known.account if known else None
    name = (known.unit.name if known and known.unit else None) or (account.name if account else None) or ""
    return Want(known, name, account.platform if account else None, base.topics.get(need.topic), place)


def helps(want: Want, desk: Desk) -> tuple[Help, ...]:
    """Return what to try, best first: the unit's own accounts, its place's rule, the unit above, contact points.

    What only tells news stands behind the contact points for somebody who wants to get something done.
    """
    found: dict[tuple[object, ...], Help] = {}
    ranked = (
        islice(_of_unit(want, desk), MOST_OF_UNIT),
        islice(_by_rule(want, desk), MOST_BY_RULE),
        _higher(want, desk),
    )
    for help_ in chain.from_iterable(ranked):
        goal = help_.goal
        key = (
            (goal.account.id,) if goal and goal.account else (goal.name if goal else None, goal and goal.unit)
        )
        found.setdefault(key, help_)
    news = [h for h in found.values() if want.doing and h.goal and h.goal.scope == "information"]
    first = [h for h in found.values() if h not in news]
    hotline = desk.directory.hotline(want.place)
    last = [Help(From.CONTACT, contact=hotline)] if hotline else []
    return (*first, *_contacts(want, desk), *news, *last)


def lines(found: tuple[Help, ...], want: Want, voice: Voice) -> list[Line]:
    """Return what to try in words, one a line, each with its evidence; a screen too small loses the middle ones."""
    if not found:
        return [Line(voice.say("hotline_anywhere"))]
    told: set[str] = set()
    said = [Line(voice.say("item", item=_line(h, want, told, voice)), spare=n) for n, h in enumerate(found)]
    return [Line(_head(want, voice)), *said[:-1], Line(said[-1].text)]


def end(need: Need, scene: Scene, lead: str = "") -> Reply:
    """End the asking: at what to try, the place's hotline last."""
    want = want_of(need, scene)
    found = helps(want, scene.desk)
    w = scene.voice
    text = fit([Line(lead), *lines(found, want, w), Line(w.say("contact_last"))], w)
    return Reply(
        Kind.CONTACT,
        text,
        Verdict.SURE if want.known else Verdict.NONE,
        want.known,
        helps=found,
        contacts=contacts_of(found),
        sources=sources_of(found),
        context=scene.thread.asking(need).token(),
        plain=fit([*lines(found, want, w), Line(w.say("unofficial"))], w),
    )


def contacts_of(found: tuple[Help, ...]) -> tuple[Contact, ...]:
    """Return the contact points among what to try."""
    return tuple(h.contact for h in found if h.contact)


def sources_of(found: tuple[Help, ...]) -> tuple[Source, ...]:
    """Return who says so of what to try, each once."""
    held = (h.contact or h.rule or (h.goal.account if h.goal and h.goal.account else None) for h in found)
    return tuple({(s.publisher, s.date): s for r in held if r for s in r.sources[:1]}.values())


def _of_unit(want: Want, desk: Desk) -> Iterator[Help]:
    known = want.known
    for account in known.unit.accounts if known and known.unit else ():
        if account.state is State.ACTIVE and known and account.id != known.account.id:
            yield Help(From.UNIT, account_goal(account, desk.base, Basis.INFERRED))


def _by_rule(want: Want, desk: Desk) -> Iterator[Help]:
    if not want.place and not (want.known and want.known.unit):
        return
    place = want.unit.place
    kind = above.kind_of(want.name, place, want.platform)
    itself = want.known.account.id if want.known else ""
    for rule in above.rules_for(kind, place, desk):
        for goal in above.by_rule(rule, desk, itself):
            yield Help(From.RULE, goal, rule=rule)


def _higher(want: Want, desk: Desk) -> Iterator[Help]:
    if want.unit.place:
        kind = above.kind_of(want.name, want.unit.place, want.platform)
        yield from (Help(From.HIGHER, goal) for goal in above.higher(want.unit, kind, desk))


def _contacts(want: Want, desk: Desk) -> list[Help]:
    """Return the topic's own contact points, then the apps and sites there that take every errand."""
    own = desk.directory.own(want.topic.id if want.topic else READING, want.place)
    own.sort(key=lambda c: (c.place is None, c.kind is not ContactKind.HOTLINE))
    general = [] if want.topic and not want.doing else desk.directory.general(want.place)
    room = MOST_OWN if want.doing else 1
    return [
        Help(From.CONTACT, contact=c) for c in (*own[:room], *general[: MOST_OWN - min(len(own), room) or 1])
    ]


def _head(want: Want, voice: Voice) -> str:
    if want.topic is None:
        return voice.say("try_first")
    return (
        voice.say("try_first_topic", topic=voice.topic(want.topic))
        if want.doing
        else voice.say("try_first_reading")
    )


def _line(found: Help, want: Want, told: set[str], voice: Voice) -> str:
    """Return one thing to try in words; what a rule says is told once."""
    if found.contact:
        return contact(found.contact, want.place, voice)
    goal = found.goal
    assert goal  # noqa: S101  # a help is a contact point or a goal
    name = goal_name(goal, voice)
    date = str(goal.seen or (goal.account.checked if goal.account else None))
    if found.rule and found.rule.id in told:
        return voice.say("goal_basis", goal=name, basis=voice.name("bases", goal.basis))
    if found.rule:
        told.add(found.rule.id)
        by = voice.joined(source(s, voice) for s in found.rule.sources[:1])
        return voice.say("help_rule", goal=name, basis=voice.name("bases", goal.basis),
                         says=voice.sentence(found.rule.says), source=by)  # fmt: skip
    if found.source is From.UNIT:
        return voice.say("help_unit", goal=name, date=date)
    unit = voice.proper(goal.unit.name) if goal.unit and goal.unit.name else ""
    key = "help_higher_of" if unit and unit not in name else "help_higher"
    return voice.say(key, goal=name, unit=unit, date=date, basis=voice.name("bases", goal.basis))
