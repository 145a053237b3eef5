"""Floor 6. When several accounts may be meant: offer them, and take words that tell one from the others as a choice."""

from __future__ import annotations

from bot.matcher import Match, Verdict
from bot.reply import Choice, Kind, Known, Reply
from bot.talk.desk import Scene
from bot.talk.listing import line_of
from bot.talk.saying import label
from bot.talk.screen import Line, fit
from bot.talk.story import story
from bot.talk.tokens import MOST_QUESTIONS, UNKNOWN, Which, account_choice
from bot.talk.voice import Voice
from bot.text import fold


def offer(match: Match, scene: Scene) -> Reply:
    """Offer the accounts a question may mean; a person asked so twice already reads what became of each instead."""
    ids = tuple(c.accounts[0] for c in match.candidates if c.accounts)
    before = scene.thread.question
    times = before.asked + 1 if isinstance(before, Which) and before.accounts == ids else 1
    place = match.places[0] if len(match.places) == 1 else UNKNOWN
    near = all({"place", "agency"} & set(c.vetoes) for c in match.candidates)
    first = "ask_near" if near else "ask_which" if len(ids) > 1 else "ask_whether"
    return among(Which(ids, place, times), first, scene)


def among(which: Which, first: str, scene: Scene) -> Reply:
    """Offer accounts with a first line; the last button says that it is none of them."""
    known = [k for a in which.accounts if (k := scene.known(a))]
    w = scene.voice
    if which.asked > MOST_QUESTIONS:
        return _told(known, which, scene)
    buttons = [Choice(called(k, w), account_choice(k.account.id, which.asked)) for k in known]
    none = w.say("none_of_these" if len(known) > 1 else "not_this")
    return Reply(
        Kind.ASK,
        fit([Line(w.say(first)), Line(w.say("ask_whole_name"))], w),
        Verdict.UNSURE,
        choices=(*buttons, Choice(none, which.neither.token())),
        context=scene.thread.asking(which).token(),
    )


def called(known: Known, voice: Voice) -> str:
    """Return what a button for an account says: its name, platform and place."""
    account = known.account
    platform = voice.name("platforms", account.platform) if account.platform else ""
    name = account.name or (known.unit.name if known.unit else None) or voice.say("some_office")
    details = voice.say("separator").join(d for d in (platform, voice.proper(known.town)) if d)
    key = "choice_account" if details else "goal_plain"
    return voice.say(key, name=voice.bare(name), goal=voice.bare(name), details=details)


def picked(text: str, which: Which, verdict: Verdict, scene: Scene) -> str | None:
    """Return the one account of those offered that words tell from the others: its number, platform, place or name.

    Words that are a question of their own (`verdict`) are only taken for what a button says.
    """
    folded = fold(text)
    if folded.isdecimal() and len(folded) == 1 and 0 < int(folded) <= len(which.accounts):
        return which.accounts[int(folded) - 1]
    known = [k for a in which.accounts if (k := scene.known(a))]
    label = [k for k in known if folded == fold(called(k, scene.voice))]
    if label or verdict is not Verdict.NONE:
        return label[0].account.id if len(label) == 1 else None
    gazetteer = scene.matcher.gazetteer
    platforms = {f.meaning for f in scene.desk.platform_words.find(folded)}
    mentions = gazetteer.mentions(folded)
    ways = (
        [k for k in known if platforms and k.account.platform in platforms],
        [
            k
            for k in known
            if mentions and k.unit and all(gazetteer.within(m.meaning, k.unit.place) for m in mentions)
        ],
        [
            k
            for k in known
            if len(folded) > 1 and folded in fold(f"{k.account.name} {k.unit.name if k.unit else ''}")
        ],
    )
    return next((kept[0].account.id for kept in ways if len(kept) == 1), None)


def _told(known: list[Known], which: Which, scene: Scene) -> Reply:
    """Say in a line what became of each: a third question would help nobody."""
    directory = scene.desk.directory
    told = [
        scene.voice.say(
            "list_line",
            name=label(k.account, k.unit, scene.voice),
            now=line_of(story(k, scene.matcher), scene),
        )
        for k in known
    ]
    hotline = directory.hotline(which.place if which.place in scene.matcher.base.places else None)
    text = fit(
        [
            Line(scene.voice.say("each_of_them")),
            *(Line(scene.voice.say("item", item=t)) for t in told),
            Line(scene.voice.say("hotline_here" if hotline and "-" in hotline.value else "hotline_anywhere",
                                 value=hotline.value if hotline else "")),
        ],
        scene.voice,
    )  # fmt: skip
    choices = tuple(Choice(called(k, scene.voice), account_choice(k.account.id, 2)) for k in known)
    contacts = (hotline,) if hotline else ()
    return Reply(
        Kind.CONTACT, text, Verdict.UNSURE, choices=choices, contacts=contacts,
        context=scene.thread.asking(which).token(),
    )  # fmt: skip
