"""Floor 6. Follow-ups that repeat nothing: "and on Douyin?", "the one before", "not this one", "and in Xuzhou?"."""

from __future__ import annotations

from dataclasses import replace

from bot.matcher import Verdict
from bot.reply import Choice, Kind, Known, Reply
from bot.talk.account import Asked, about
from bot.talk.clarify import choices, question, rest_of, told
from bot.talk.desk import Scene
from bot.talk.hearing import bare
from bot.talk.saying import label
from bot.talk.screen import Line, fit
from bot.talk.tokens import Need, Which, account_choice
from bot.talk.which import among, called
from bot.text import fold
from bot.values import Platform

# The most accounts that are offered after "not this one".
MOST_OTHERS = 5


def back(scene: Scene) -> Reply:
    """Go back to the account before the last one."""
    earlier = scene.thread.history[1:]
    known = scene.known(earlier[0]) if earlier else None
    if known is None:
        return Reply(Kind.CHAT, scene.voice.say("nothing_before"), context=scene.thread.token())
    return about(known, scene, Asked(thread=replace(scene.thread, history=earlier)))


def not_this(scene: Scene) -> Reply:
    """Offer what else may have been meant; where nothing else was near, ask for the whole name and what is needed."""
    thread = scene.thread
    if thread.others:
        return among(Which(thread.others[:MOST_OTHERS]), "ask_others", scene)
    need = Need(asked=1)
    text = fit([Line(scene.voice.say("not_this_one")), Line(question(need, scene) or "")], scene.voice)
    kept = replace(thread, history=thread.history[1:])
    return Reply(Kind.ASK, text, choices=choices(need, scene), context=kept.asking(need).token())


def on_platform(folded: str, scene: Scene) -> Reply | None:
    """Answer a platform alone as that of the account talked about; `None` for any other text."""
    found = scene.desk.platform_words.find(folded)
    if not found:
        return None
    rest = bare("".join(c for i, c in enumerate(folded) if not any(i in f.span for f in found)))
    known = scene.known(scene.thread.history[0]) if scene.thread.history else None
    if len(rest) > 1 or known is None:
        return None
    named = {f.meaning for f in found}
    there = [a for a in (known.unit.accounts if known.unit else ()) if a.platform in named]
    if there:
        best = max(there, key=lambda a: (a.name == known.account.name, a.state.gone))
        return about(Known.of(best, scene.matcher, known.unit), scene)
    return _not_there(known, found[0].meaning, scene)


def elsewhere(folded: str, need: Need, scene: Scene) -> Reply | None:
    """Answer a place alone, after an account was talked about, as the same name there; `None` for any other text."""
    topic, codes = told(folded, scene)
    if topic or len(codes) != 1 or need.question == "place" or not scene.thread.history:
        return None
    known = scene.known(scene.thread.history[0])
    if known is None or rest_of(folded, scene):
        return None
    gazetteer = scene.matcher.gazetteer
    name = fold(known.account.name or "")
    named = gazetteer.mentions(name)
    kept = "".join(c for i, c in enumerate(name) if not any(i in m.span for m in named))
    there = fold(gazetteer.places[codes[0]].short or gazetteer.places[codes[0]].name)
    match = scene.match(there + kept) if named and kept else None
    if match is None or match.verdict is not Verdict.SURE or _is_name(folded, scene):
        return None
    return about(Known.of(match.accounts[0], scene.matcher), scene)


def _is_name(folded: str, scene: Scene) -> bool:
    """Tell whether a place and a word beside it are the whole name of an account: 「北京通」 is not "and in Beijing?"."""
    if any(m.end - m.start == len(folded) for m in scene.matcher.gazetteer.mentions(folded)):
        return False
    own = scene.match(folded)
    return own.verdict is Verdict.SURE and fold(own.accounts[0].name or "") == folded


def _not_there(known: Known, platform: Platform, scene: Scene) -> Reply:
    """Say that an account's unit is not known to be on a platform, and what it is known to have."""
    w = scene.voice
    accounts = (known.unit.accounts if known.unit else ())[:MOST_OTHERS]
    have = w.joined(
        w.say("kin_one", account=label(a, known.unit, w), state=w.name("states", a.state)) for a in accounts
    )
    lines = [
        Line(w.say("not_on_platform", platform=w.name("platforms", platform))),
        Line(w.say("have_these", accounts=have)),
    ]
    buttons = tuple(
        Choice(called(Known.of(a, scene.matcher, known.unit), w), account_choice(a.id)) for a in accounts
    )
    return Reply(
        Kind.NOT_FOUND, fit(lines, w), Verdict.NONE, known, choices=buttons, context=scene.thread.token()
    )
