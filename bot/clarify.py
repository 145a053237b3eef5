"""Floor 6. When nothing was named: at most two questions, each answerable by button or in words, then a contact point.

Pure, like the dialogue that calls it: the state of the asking is a `Need`, and every function returns a Reply.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.contacts import EVERYTHING, full_name, points, topics_of
from bot.matcher import Matcher, Verdict
from bot.need import SKIPPED, UNKNOWN, Need
from bot.records import Contact, ContactKind, When
from bot.reply import Choice, Kind, Known, Reply
from bot.text import fold
from bot.wording import Words

# Topics offered at once: more than a phone shows without scrolling is no help.
MOST_TOPICS = 5
MOST_CONTACTS = 4
# Places of one name offered at once: 鼓楼区 and 市中区 stand in four cities, no name in more than five.
MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """What every reply is made with."""

    matcher: Matcher
    words: Words
    today: When


def go_on(need: Need, scene: Scene) -> Reply:
    """Ask the next question of a need, or end at a contact point."""
    if not need.question:
        return _contact(need, scene)
    text = scene.words.say(f"ask_{need.question}")
    known = _known(need, scene)
    verdict = Verdict.SURE if known else Verdict.NONE
    return Reply(Kind.ASK, text, verdict, known, choices=choices(need, scene), context=need.token())


def choices(need: Need, scene: Scene) -> tuple[Choice, ...]:
    """Return the buttons of the question a need asks next; "skip" is always the last."""
    skip = Choice(scene.words.say("skip"), skipped(need).token())
    if need.question != "topic":
        return (skip,)
    base = scene.matcher.base
    known = _known(need, scene)
    names = [known.account.name, known.unit.name if known.unit else None] if known else []
    likely = [*topics_of(names, base.topics.values()), *(t for t in base.topics.values() if t.first)]
    topics = list({t.id: t for t in likely}.values())[:MOST_TOPICS]
    return (*(Choice(t.name, need.answered(topic=t.id).token()) for t in topics), skip)


def skipped(need: Need) -> Need:
    """Return a need after its question was skipped."""
    return need.answered(**{need.question or "topic": SKIPPED})


def real(need: Need, scene: Scene) -> bool:
    """Tell whether what a need speaks of is in the records: a forged or very old button's may not be."""
    base = scene.matcher.base
    return (
        (need.account == UNKNOWN or base.account(need.account) is not None)
        and need.topic in (UNKNOWN, SKIPPED, *base.topics)
        and need.place in (UNKNOWN, SKIPPED, *base.places)
    )


def typed(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Take typed words as the answer to a need's question; `None` when they are rather a question of their own.

    Words that are neither end at the contact point, as a skip would: nobody is sent back to the beginning.
    """
    if scene.matcher.match(folded).verdict is not Verdict.NONE:
        return None
    reply = _topic(folded, need, scene) if need.question == "topic" else _place(folded, need, scene)
    if reply:
        return reply
    end = _contact(skipped(need), scene)
    return replace(end, text=scene.words.say("not_understood") + "\n" + end.text)


def _topic(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Take typed words as a topic: the one whose longest word is in them."""
    heard = [
        (len(word), topic.id)
        for topic in scene.matcher.base.topics.values()
        for word in map(fold, (topic.name, *topic.words))
        if len(word) > 1 and word in folded
    ]
    return go_on(need.answered(topic=max(heard)[1]), scene) if heard else None


def _place(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Take typed words as a place, the last one named, within those named before it; namesakes become a choice."""
    gazetteer = scene.matcher.gazetteer
    mentions = gazetteer.mentions(folded)
    if not mentions:
        return None
    codes = mentions[-1].meaning
    for mention in mentions[:-1]:
        codes = tuple(c for c in codes if gazetteer.within(mention.meaning, c)) or codes
    if len(codes) == 1:
        return go_on(need.answered(place=codes[0]), scene)
    places = [
        Choice("".join(full_name(gazetteer, c)), need.answered(place=c).token()) for c in codes[:MOST_PLACES]
    ]
    skip = Choice(scene.words.say("skip"), skipped(need).token())
    text = scene.words.say("ask_which_place")
    return Reply(Kind.ASK, text, choices=(*places, skip), context=need.token())


def _contact(need: Need, scene: Scene) -> Reply:
    """End at the contact points for a need, each with its evidence; the hotline that takes everything is the last."""
    w, matcher = scene.words, scene.matcher
    topic = matcher.base.topics.get(need.topic)
    place = need.place if need.place in matcher.gazetteer.places else None
    found = points(matcher.base.contacts, matcher.gazetteer, topic.id if topic else None, place)
    found = [*[c for c in found if EVERYTHING not in c.topics][: MOST_CONTACTS - 1], *found[-1:]]
    first = w.say("contact_first", topic=topic.name) if topic else w.say("contact_first_any")
    lines = [first, *(w.say("item", item=_line(c, place, w)) for c in found), w.say("contact_last")]
    known = _known(need, scene)
    verdict = Verdict.SURE if known else Verdict.NONE
    sources = tuple({(s.publisher, s.date): s for c in found for s in c.sources[:1]}.values())
    return Reply(Kind.CONTACT, "\n".join(lines), verdict, known, contacts=tuple(found), sources=sources)


def _line(contact: Contact, place: str | None, w: Words) -> str:
    values = {
        "name": contact.name or "",
        "value": contact.value,
        "basis": w.name("contact_bases", contact.basis),
    }
    if contact.kind is not ContactKind.HOTLINE:
        return w.say("contact_other", **values)
    if "-" in contact.value and EVERYTHING in contact.topics:
        return w.say("contact_hotline_local", short=contact.value.rpartition("-")[2], **values)
    return w.say("contact_hotline" if place else "contact_hotline_areas", **values)


def _known(need: Need, scene: Scene) -> Known | None:
    account = scene.matcher.base.account(need.account)
    return Known.of(account, scene.matcher) if account else None
