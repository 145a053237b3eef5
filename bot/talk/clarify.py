"""Floor 6. When nothing was named: at most two questions, each answerable by button or in words, then what to try.

Pure, like the dialogue that calls it: the state of the asking is a `Need`, and every function returns a Reply.
"""

from __future__ import annotations

from dataclasses import replace

from bot.contacts import READING, full_name
from bot.matcher import Verdict
from bot.records import Topic
from bot.reply import Choice, Kind, Reply
from bot.talk import hearing, tokens
from bot.talk.desk import Scene
from bot.talk.helping import end
from bot.talk.screen import Line, fit
from bot.talk.tokens import MOST_QUESTIONS, SKIPPED, UNKNOWN, Need
from bot.text import fold
from bot.vocabulary import positions

# Topics offered at once: more than a phone shows without scrolling is no help.
MOST_TOPICS = 5
# Places of one name offered at once: 鼓楼区 and 市中区 stand in four cities, no name in more than five.
MOST_PLACES = 5


def go_on(need: Need, scene: Scene) -> Reply:
    """Ask the next question of a need, or end at what to try."""
    text = question(need, scene)
    if text is None:
        return end(need, scene)
    if need == Need(place=need.place, asked=1):  # none of those offered was meant
        text = scene.voice.say("none_then") + "\n" + text
    known = scene.known(need.account)
    return Reply(
        Kind.ASK,
        text,
        Verdict.SURE if known else Verdict.NONE,
        known,
        choices=choices(need, scene),
        context=scene.thread.asking(need).token(),
    )


def question(need: Need, scene: Scene) -> str | None:
    """Return the question a need asks next, `None` when there is nothing left to ask.

    What an account is for is only confirmed where its name says so; and reading parts from getting something done here.
    """
    if need.question != "topic":
        return scene.voice.say("ask_place") if need.question else None
    likely = _likely(need, scene)
    if need.asked or not likely:
        return scene.voice.say("ask_topic")
    doing = next((t for t in likely if t.id != READING), None)
    if doing is None:
        return scene.voice.say("ask_reading")
    return scene.voice.say("ask_confirm", topic=scene.voice.topic(doing))


def choices(need: Need, scene: Scene) -> tuple[Choice, ...]:
    """Return the buttons of the question a need asks next; "skip" is always the last."""
    say = scene.voice.say
    skip = Choice(say("skip"), skipped(need).token())
    if need.question != "topic":
        return (skip,)
    likely = _likely(need, scene)
    first = [t for t in scene.matcher.base.topics.values() if t.first]
    if likely and not need.asked:
        doing = [t for t in likely if t.id != READING][:1]
        reading = Choice(say("reading"), need.answered(topic=READING).token())
        other = Choice(say("something_else"), need.answered().token())
        return (*(_button(t, need, scene) for t in doing), reading, other, skip)
    topics = list({t.id: t for t in (*likely, *first)}.values())[:MOST_TOPICS]
    return (*(_button(t, need, scene) for t in topics), skip)


def skipped(need: Need) -> Need:
    """Return a need after its question was skipped."""
    return need.answered(**{need.question or "topic": SKIPPED})


def real(need: Need, scene: Scene) -> bool:
    """Tell whether what a need speaks of is in the records: a forged or very old button's may not be."""
    base = scene.matcher.base
    return (
        (need.account == UNKNOWN or scene.known(need.account) is not None)
        and (need.topic in (UNKNOWN, SKIPPED) or need.topic in base.topics)
        and (need.place in (UNKNOWN, SKIPPED) or need.place in base.places)
    )


def typed(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Take typed words as the answer to a need's question; `None` when they are none.

    A button's words, its number, "skip", "yes", a topic or a place in one's own words are answers.
    """
    said = hearing.heard(folded)
    offered = choices(need, scene) if need.question else ()
    number = int(folded) if folded.isdecimal() and len(folded) == 1 else 0
    for place, choice in enumerate(offered, 1):
        if (
            number == place
            or folded == fold(choice.label)
            or (said == "yes" and len(offered) > 1 and place == 1)
        ):
            return go_on(_chosen(choice), scene)
    confirming = need.question == "topic" and not need.asked and bool(_likely(need, scene))
    if said == "reading" and need.question == "topic":
        return go_on(need.answered(topic=READING), scene)
    if confirming and said in ("errand", "other", "no", "none"):
        doing = said == "errand" and len(offered) > 3
        return go_on(_chosen(offered[0 if doing else -2]), scene)
    if said in ("skip", "no", "none", "other") and offered:
        return go_on(skipped(need), scene)
    return _told(folded, need, scene)


def answers(folded: str, need: Need, scene: Scene) -> bool:
    """Tell whether a text is nothing but a button's words or a word for a topic: that is an answer, not a name."""
    if not need.question:
        return False
    if scene.desk.topic_words.get(hearing.bare(folded)) is not None:
        return True
    # What is on no button of any question is on none of this one's.
    return folded in scene.desk.labels(scene.voice) and any(
        folded == fold(c.label) for c in choices(need, scene)
    )


def told(folded: str, scene: Scene) -> tuple[str | None, tuple[str, ...]]:
    """Return the topic a text speaks of (the longest word for one), and the places it may mean by the last it names."""
    found = scene.desk.topic_words.find(folded)
    topic = max(found, key=lambda f: f.end - f.start).meaning if found else None
    gazetteer = scene.matcher.gazetteer
    mentions = gazetteer.mentions(folded)
    if not mentions:
        return topic, ()
    codes = mentions[-1].meaning
    for mention in mentions[:-1]:
        codes = tuple(c for c in codes if gazetteer.within(mention.meaning, c)) or codes
    return topic, codes


def rest_of(folded: str, scene: Scene) -> str:
    """Return what a text says besides topics, places, platforms, particles and words of getting something done."""
    taken = positions(
        scene.desk.topic_words.find(folded),
        scene.matcher.gazetteer.mentions(folded),
        scene.desk.platform_words.find(folded),
        hearing.spans("doing", folded),
    )
    rest = hearing.bare("".join(c for i, c in enumerate(folded) if i not in taken))
    return rest if len(rest) > 1 else ""


def _told(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Take a topic, a place or both, said in one's own words."""
    topic, codes = told(folded, scene)
    if topic is None and not codes:
        return None
    if topic:
        need = replace(need, topic=topic)
    if len(codes) == 1:
        return go_on(need.answered(place=codes[0]), scene)
    return places_choice(codes, need, scene) if codes else go_on(need.answered(), scene)


def places_choice(codes: tuple[str, ...], need: Need, scene: Scene) -> Reply:
    """Offer the places of one name; after two questions with the number to call in each, which is an answer."""
    desk, w = scene.desk, scene.voice
    codes = codes[:MOST_PLACES]
    names = ["".join(full_name(desk.gazetteer, c)) for c in codes]
    places = tuple(
        Choice(w.proper(name), need.answered(place=c).token()) for name, c in zip(names, codes, strict=True)
    )
    skip = Choice(w.say("skip"), need.answered(place=SKIPPED).token())
    context = scene.thread.asking(replace(need, asked=min(need.asked + 1, MOST_QUESTIONS))).token()
    if need.asked + 1 < MOST_QUESTIONS:
        return Reply(Kind.ASK, w.say("ask_which_place"), choices=(*places, skip), context=context)
    hotlines = [desk.directory.hotline(c) for c in codes]
    lines = [
        Line(w.say("item", item=w.say("place_hotline", place=w.proper(name), value=hotline.value)))
        for name, hotline in zip(names, hotlines, strict=True)
        if hotline
    ]
    text = fit([Line(w.say("several_places")), *lines, Line(w.say("press_your_place"))], w)
    found = tuple(h for h in hotlines if h)
    return Reply(Kind.CONTACT, text, choices=places, contacts=found, context=context)


def _chosen(choice: Choice) -> Need:
    return tokens.need(choice.choice) or Need()


def _button(topic: Topic, need: Need, scene: Scene) -> Choice:
    return Choice(scene.voice.topic(topic), need.answered(topic=topic.id).token())


def _likely(need: Need, scene: Scene) -> list[Topic]:
    """Return the topics that the account or its unit says it is about, the likeliest first."""
    known = scene.known(need.account)
    return scene.desk.topics(known.unit, known.account) if known else []
