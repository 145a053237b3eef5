"""Floor 6. The answer about one account: where to go now first; and when nobody named a place, the first question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.contacts import COUNTRY, READING
from bot.matcher import Verdict
from bot.records import Contact, Topic
from bot.reply import Choice, Help, Kind, Known, Reply
from bot.talk import telling
from bot.talk.clarify import choices, question
from bot.talk.desk import Desk, Scene
from bot.talk.helping import contacts_of, helps, lines, want_of
from bot.talk.saying import label
from bot.talk.screen import Line, fit
from bot.talk.story import Story, code, story
from bot.talk.tokens import MOST_QUESTIONS, UNKNOWN, Need, Thread, tell_choice
from bot.values import ContactKind, State


@dataclass(frozen=True, slots=True)
class Asked:
    """How an account was asked for.

    Attributes:
        times: How often we have asked back already about this.
        others: Accounts that may have been meant instead, for "not this one".
        topic: What the person wants to get done, where they said so.
        lead: Lines that come before the answer.
        advice: How to tell whether an account is real, where that was asked.
        thread: The thread the answer leaves, where it is another than the one it comes from.
    """

    times: int = 0
    others: tuple[str, ...] = ()
    topic: str | None = None
    lead: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    thread: Thread | None = None


PLAINLY = Asked()


class Told(NamedTuple):
    """An answer about an account but for its context, and the need that it leaves."""

    reply: Reply
    left: Need


def about(known: Known, scene: Scene, asked: Asked = PLAINLY) -> Reply:
    """Say what became of an account and where to go now; ask on when nobody named a place to go.

    When an account closes everybody asks for it: the last answers are kept, whatever was said before them.
    """
    account = known.account
    way = (asked.times, asked.topic, asked.lead, asked.advice)
    found: Told = scene.desk.told.get(
        (account.id, scene.voice.language, scene.today, *way),
        lambda: _told(known, scene, asked),
        # Somebody may ask for an account as it would be, which is not the one in the base.
        lambda t: _is_same(t.reply.account, known),
    )
    thread = (asked.thread or scene.thread).about(account.id, found.left, asked.others)
    return replace(found.reply, context=thread.token())


def _is_same(one: Known | None, other: Known) -> bool:
    """Tell whether two are alike; mostly they are the very same records, which takes no comparing."""
    if one and one.account is other.account and one.unit is other.unit:
        return True
    return one == other


def _told(known: Known, scene: Scene, asked: Asked) -> Told:
    """Make an answer about an account."""
    tale = story(known, scene.matcher)
    kind, opening = _opening(tale, scene, asked)
    need = Need(tale.account.id, asked.topic or UNKNOWN, _place(tale), asked.times)
    # Somebody who asks whether it is real is told how to tell, and is not asked what for.
    open_ended = (kind is Kind.ASK or tale.account.state is State.DORMANT) and not asked.advice
    ask = question(need, scene) if open_ended else None
    want = want_of(need, scene)
    found = helps(want, scene.desk) if open_ended else ()
    number = code(tale, scene.matcher.base)
    cautions = [] if asked.advice else [Line(line, 5) for line in telling.cautions(tale, scene.voice)]
    body = [*opening, *map(Line, asked.advice), *_middle(tale, cautions, scene)]
    service = _service(tale, scene.desk)
    hotline = _last(tale, service, scene)
    footer = Line(scene.voice.say("footer", checked=str(tale.account.checked), code=number))
    tried = lines(found, want, scene.voice) if found else []
    close = [*([] if ask else tried), *([] if tried and not ask else hotline), footer, Line(ask or "")]
    lead = [Line(line) for line in asked.lead]
    reply = Reply(
        Kind.CONTACT if kind is Kind.ASK and found and not ask else kind,
        fit([*lead, *body, *close], scene.voice),
        Verdict.SURE,
        tale.known,
        tale.also,
        tale.goals,
        tale.route,
        helps=found,
        contacts=_contacts(tale, found, service, scene),
        sources=tale.sources,
        choices=choices(need, scene) if ask else (),
        offers=_offers(tale, scene),
        code=number,
        plain=_plain(tale, body, tried or hotline, footer, scene),
    )
    return Told(reply, need if ask else replace(need, asked=MOST_QUESTIONS))


def warned(tale: Story) -> bool:
    """Tell whether an account is one to be careful with."""
    return tale.account.state.unsafe or tale.account.state in (State.DORMANT, State.REVIVED)


def _opening(tale: Story, scene: Scene, asked: Asked) -> tuple[Kind, list[Line]]:
    """Return what sort of answer an account gets, and its first lines."""
    account, w = tale.account, scene.voice
    if warned(tale):
        return Kind.WARN, [Line(telling.warning(tale, w)), *_advice(tale, scene, asked)]
    if not account.state.gone:
        called = label(account, tale.known.unit, w)
        return Kind.ALIVE, [Line(w.say("alive", account=called, date=str(account.seen or account.checked)))]
    said = telling.go(tale, w) if tale.goals else [telling.lost(tale, w)]
    return (Kind.MOVED if tale.goals else Kind.ASK), [Line(line) for line in said]


def _advice(tale: Story, scene: Scene, asked: Asked) -> list[Line]:
    """Return what keeps somebody safe from an account that warns, unless more was asked for."""
    state, platform = tale.account.state, tale.account.platform
    fit_ = [
        a
        for a in scene.matcher.base.advice
        if state in a.when and (not a.platforms or platform in a.platforms)
    ]
    return [] if asked.advice else [Line(scene.voice.advice(a), 4) for a in fit_[:2]]


def _middle(tale: Story, cautions: list[Line], scene: Scene) -> list[Line]:
    """Return what stands between the first and the last lines: what happened, what to beware of, on whose word."""
    w, desk = scene.voice, scene.desk
    hotline = desk.directory.hotline(tale.place)
    lines_ = [Line(line) for line in telling.happened(tale, w, scene.today)]
    lines_ += [Line(line, 2) for line in telling.routes(tale, w)]
    lines_ += [Line(line, 3) for line in telling.remarks(tale, w)]
    lines_ += [Line(line) for line in telling.notice_contacts(tale, hotline, w)]
    lines_ += [Line(line, n) for line, n in zip(telling.kin(tale, w), (1, 6), strict=False)]
    return lines_ + cautions + [Line(line) for line in telling.evidence(tale, w)]


def _service(tale: Story, desk: Desk) -> tuple[Topic, Contact] | None:
    """Return where to get something done that the new place, which may only tell news, does not do."""
    if not tale.goals or any(g.scope in ("services", "all") for g in tale.goals):
        return None
    doing = next((t for t in desk.topics(tale.known.unit, tale.account) if t.id != READING), None)
    points = desk.directory.own(doing.id, tale.place) if doing else []
    near = [c for c in points if c.kind is ContactKind.HOTLINE or c.place]
    return (doing, min(near, key=lambda c: c.kind is not ContactKind.HOTLINE)) if doing and near else None


def _last(tale: Story, service: tuple[Topic, Contact] | None, scene: Scene) -> list[Line]:
    """Return where to turn in any case: where to get it done; the hotline."""
    w = scene.voice
    services = [Line(telling.service_line(*service, tale.place, w), 2)] if service else []
    return [*services, Line(telling.hotline_line(scene.desk.directory.hotline(tale.place), w))]


def _plain(tale: Story, body: list[Line], last: list[Line], footer: Line, scene: Scene) -> str:
    """Return the answer to be forwarded: it names the account first, and asks nothing."""
    called = label(tale.account, tale.known.unit, scene.voice)
    title = [Line(scene.voice.say("forward_title", account=called))] if tale.goals else []
    return fit([*title, *body, *last, footer], scene.voice)


def _contacts(
    tale: Story, found: tuple[Help, ...], service: tuple[Topic, Contact] | None, scene: Scene
) -> tuple[Contact, ...]:
    """Return the contact points of an answer, each once: of the notices, of what to try, the place's hotline, of the topic."""
    hotline = scene.desk.directory.hotline(tale.place)
    own = service[1:] if service else ()
    every = (*(c for _, c in tale.contacts), *contacts_of(found), *((hotline,) if hotline else ()), *own)
    return tuple(dict.fromkeys(every))


def _offers(tale: Story, scene: Scene) -> tuple[Choice, ...]:
    """Offer to tell the person when a place to go becomes known, or when what is said changes."""
    key = "tell_known" if tale.is_awaited else "tell_changes"
    return (Choice(scene.voice.say(key), tell_choice(tale.account.id)),)


def _place(tale: Story) -> str:
    """Return the place a person who used the account lives in, as far as the account says it."""
    return tale.place if tale.place and tale.place != COUNTRY else UNKNOWN
