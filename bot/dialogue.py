"""Floor 6. `answer(message, matcher, today) -> Reply`: the whole conversation, pure.

It keeps nothing: what a typed answer means travels in the Reply's context, which the channel hands back. Buttons and
typed words lead to the same replies. This module only decides who answers; each way to answer is a module of `bot/talk/`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.matcher import Match, Matcher, Verdict
from bot.reply import Asks, Kind, Known, Reply, Wish
from bot.talk import forwarded, tokens
from bot.talk.account import Asked, about
from bot.talk.clarify import answers, go_on, real, skipped, told, typed
from bot.talk.codes import check
from bot.talk.desk import Published, Scene, desk
from bot.talk.follow import back, elsewhere, not_this, on_platform
from bot.talk.hearing import bare, danger, doubts, heard, question_in, scolds, wants_done, without_danger
from bot.talk.helping import end
from bot.talk.identity import doubted, identity, pointed_at
from bot.talk.listing import listing, names_in
from bot.talk.speaking import in_language, language_choices, language_for
from bot.talk.story import story
from bot.talk.tokens import Need, Thread, Which
from bot.talk.unknown import about_contact, about_number, not_found
from bot.talk.which import offer, picked
from bot.text import fold, well_formed
from bot.values import When

# What people say that one sentence answers, and nothing more; other things that are heard lead on.
SMALL_TALK = ("hello", "help", "thanks", "who", "human", "curse", "busy", "forward", "this")
# Words that answer a question and never name an account.
ANSWERS = ("skip", "no", "none", "yes", "reading", "errand", "other")
# Characters of a message that are read: fifty names of a pasted list. A longer one is told that only its beginning was.
LONG = 2400


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sent: text, or the choice of a button.

    Attributes:
        text: What was typed; empty for a button.
        choice: The choice of the button that was pressed.
        context: The context of the last reply to this person, if the channel has it.
        language: The language they set, which nothing overrules.
        locale: The language of their app, which their script overrules.
        area: Their home area, a division code: it tells names apart that are as good otherwise.
    """

    text: str = ""
    choice: str | None = None
    context: str | None = None
    language: str | None = None
    locale: str | None = None
    area: str | None = None


def answer(message: Message, matcher: Matcher, today: When, published: Published | None = None) -> Reply:
    """Return the reply to any message at all; never raises for what a person sent.

    Args:
        message: What was sent.
        matcher: The base to answer from.
        today: The day it is.
        published: What an earlier version of an answer said, for codes that are sent back.
    """
    typed = well_formed(message.text)
    language = language_for(typed[:LONG], message.language, message.locale)
    voice = desk(matcher).voice(language)
    scene = Scene(matcher, voice, today, published, tokens.thread(message.context), area=message.area)
    reply = _chosen(message.choice, scene) if message.choice is not None else _read(typed, scene)
    spoken = reply.language if reply.wish and reply.wish.asks is Asks.LANGUAGE else language
    return replace(reply, text=voice.once(reply.text), plain=voice.once(reply.plain), language=spoken)


def _read(whole: str, scene: Scene) -> Reply:
    """Answer what was typed; danger comes before anything else."""
    text = whole[:LONG]
    folded = fold(text)
    if not folded:
        return Reply(Kind.CHAT, scene.voice.say("no_text"), context=scene.thread.token())
    reply = _typed(text, folded, scene)
    # An answer of ours that is sent back may itself warn of danger.
    dangers = danger(folded)[:1] if reply.kind is not Kind.CHECKED else []
    lead = [scene.voice.say(f"danger_{kind}") for kind in dangers]
    lead += [scene.voice.say("too_long")] if len(whole) > LONG else []
    return replace(reply, text="\n\n".join((*lead, reply.text))) if lead else reply


def _typed(text: str, folded: str, scene: Scene) -> Reply:
    """Answer text: a command, a code, a list, an answer to the last question, a follow-up, or a question of its own."""
    said = heard(folded)
    if text.startswith("/") or said in ("language", "zh-Hans", "zh-Hant", "en"):
        return _command(text, said, scene)
    asked = question_in(text)
    names = names_in(asked, scene)
    return (
        check(text, scene)
        or forwarded.typed(said, scene)
        or forwarded.read(text, scene)
        or (listing(names, scene) if names else None)
        or about_number(folded, scene)
        or _pointed(text, scene)
        or (_doubted(folded, scene) if said not in SMALL_TALK else None)
        or _followed(asked, folded, said, scene)
        or _asked(asked, folded, said, scene)
    )


def _chosen(choice: str, scene: Scene) -> Reply:
    """Answer a button. One that is forged, or whose record is gone, gets one friendly line."""
    opened, followed = tokens.chosen_account(choice), tokens.chosen_tell(choice)
    known = scene.known(opened[0] if opened else followed or tokens.UNKNOWN)
    if known and opened:
        return about(known, scene, Asked(opened[1]))
    if known and followed:
        wish, awaited = Wish(Asks.TELL, known.account.id), story(known, scene.matcher).is_awaited
        said = scene.voice.say("will_tell_known" if awaited else "will_tell")
        return Reply(Kind.CHAT, said, context=scene.thread.token(), wish=wish)
    if choice == tokens.INQUIRE:
        wish = Wish(Asks.INQUIRE, scene.thread.asked)
        return Reply(Kind.CHAT, scene.voice.say("passed_on"), context=scene.thread.token(), wish=wish)
    if reply := forwarded.passed(choice, scene):
        return reply
    language = tokens.chosen_language(choice)
    if language:
        return in_language(language, scene)
    state = tokens.need(choice)
    if state and real(state, scene):
        return go_on(state, scene)
    return Reply(Kind.CHAT, scene.voice.say("button_gone"), context=scene.thread.token())


def _command(text: str, said: str | None, scene: Scene) -> Reply:
    """Answer a command typed out, for channels without a menu of their own."""
    name, _, rest = text.removeprefix("/").partition(" ")
    wanted = said if said in ("zh-Hans", "zh-Hant", "en") else heard(fold(rest))
    if wanted in ("zh-Hans", "zh-Hant", "en"):
        return in_language(wanted, scene)
    if said == "language" or name == "language":
        return language_choices(scene)
    if rest and name not in ("start", "help"):
        return _asked(rest, fold(rest), None, scene)
    return _say("hello" if name == "start" else "help", scene)


def _pointed(text: str, scene: Scene) -> Reply | None:
    """Answer a link or a platform's id; where words that we know stand beside it, they are the question."""
    found = identity(text, scene)
    if found is None:
        return None
    return pointed_at(found, scene) or _asked(found.rest, fold(found.rest), None, scene)


def _followed(text: str, folded: str, said: str | None, scene: Scene) -> Reply | None:
    """Answer text as the answer to the last question or as a follow-up; `None` when it is a question of its own."""
    thread = scene.thread
    if said in SMALL_TALK:
        return None
    if said == "back":
        return back(scene)
    if said == "not_this" or (said in ("none", "no") and not thread.question):
        return not_this(scene)
    if isinstance(thread.question, Which):
        account = picked(text, thread.question, scene.match(text).verdict, scene)
        if account and (known := scene.known(account)):
            return about(known, scene, Asked(thread.question.asked))
        numbered = folded == str(len(thread.question.accounts) + 1)
        if said in ("none", "no") or numbered:
            return go_on(thread.question.neither, scene) if real(thread.question.neither, scene) else None
        return None
    return on_platform(folded, scene) or _need(text, folded, said, scene)


def _need(text: str, folded: str, said: str | None, scene: Scene) -> Reply | None:
    """Answer text as what the last question asked for, or as another place or errand for the same account."""
    state = scene.thread.question
    if not isinstance(state, Need) or not real(state, scene):
        return None
    if said in ANSWERS or (folded.isdecimal() and len(folded) == 1) or answers(folded, state, scene):
        return typed(folded, state, scene)
    there = elsewhere(folded, state, scene)
    if there:
        return there
    match = scene.match(text)
    if match.verdict is not Verdict.NONE:
        return None
    reply = typed(folded, state, scene)
    if reply or not state.question or match.platforms or match.question.agencies or not _asked_for(state):
        return reply
    return end(skipped(state), scene, scene.voice.say("not_understood"))


def _asked_for(state: Need) -> bool:
    """Tell whether a question was put for its own sake, not below a name that was not found and may be tried again."""
    return state.account != tokens.UNKNOWN or state.asked > 0


def _doubted(folded: str, scene: Scene) -> Reply | None:
    """Answer whether an account is real; `None` where nobody asks."""
    rest = doubts(folded)
    if rest is None:
        return None
    if len(bare(rest)) < 2 or heard(rest) == "this":
        known = scene.known(scene.thread.history[0]) if scene.thread.history else None
        return doubted(known.account if known else None, scene)
    match = scene.match(rest)
    if match.verdict is Verdict.SURE:
        return doubted(match.accounts[0], scene)
    return offer(match, scene) if match.candidates else doubted(None, scene)


def _asked(text: str, folded: str, said: str | None, scene: Scene) -> Reply:
    """Answer text as a question of its own. Small talk never swallows one that we know an answer to."""
    match = scene.match(text)
    if match.verdict is not Verdict.SURE:
        calm = scene.match(without_danger(folded))
        match = calm if calm.verdict is Verdict.SURE else match
    if match.verdict is not Verdict.SURE:
        if said in SMALL_TALK:
            return _say(said, scene)
        if said in ANSWERS:  # to a question that nobody asked
            return _say("send_name", scene)
    if match.verdict is Verdict.NONE and scolds(folded):
        return _say("curse", scene)
    return _matched(match, text, scene)


def _matched(match: Match, text: str, scene: Scene) -> Reply:
    """Turn a verdict into a reply; one that the home area decided says so."""
    home = scene.matcher.at_home(match, scene.area)
    lead = _chosen_at_home(scene) if home.verdict is not match.verdict else ()
    match = home
    if any(part == "initials" for c in match.candidates[:1] for part, _ in c.parts):
        lead = (*lead, scene.voice.say("by_initials"))
    if match.verdict is Verdict.SURE:
        account = match.accounts[0]
        others = tuple(c.accounts[0] for c in match.candidates[1:5] if c.accounts)
        topic = told(match.folded, scene)[0] if _does(match, account.name or "") else None
        return about(Known.of(account, scene.matcher), scene, Asked(others=others, topic=topic, lead=lead))
    return about_contact(match, scene) or (
        offer(match, scene) if match.candidates else not_found(match, text, scene)
    )


def _chosen_at_home(scene: Scene) -> tuple[str, ...]:
    return (scene.voice.say("at_home", place=scene.voice.proper(scene.desk.town(scene.area or ""))),)


def _does(match: Match, name: str) -> bool:
    """Tell whether a question says, besides the account's name, that something is to be got done."""
    return wants_done(match.folded.replace(fold(name), ""))


def _say(name: str, scene: Scene) -> Reply:
    """Answer small talk with its one sentence; what was talked about stays."""
    return Reply(Kind.CHAT, scene.voice.say(name), context=scene.thread.token())


__all__ = ["Message", "Thread", "answer"]
