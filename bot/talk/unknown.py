"""Floor 6. When no account was found: honest about what we cover, then the rule or contact that applies anyway."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contacts import COUNTRY
from bot.matcher import Match, Verdict
from bot.records import Contact
from bot.reply import Choice, Kind, Reply
from bot.talk import above
from bot.talk.clarify import choices, go_on, places_choice, question, rest_of, told
from bot.talk.desk import Scene
from bot.talk.hearing import asks, bare, danger, heard, wants_done
from bot.talk.helping import Want, contacts_of, end, helps, lines, sources_of
from bot.talk.saying import contact, source
from bot.talk.screen import Line, fit
from bot.talk.telling import hotline_line
from bot.talk.tokens import INQUIRE, MOST_QUESTIONS, SKIPPED, UNKNOWN, Need, Which, passed_on
from bot.values import ContactKind, Platform
from bot.vocabulary import positions

# The words for platforms that may stand beside a contact point's name: any other asks for an account.
NAMED_ON = {
    ContactKind.WEBSITE: (Platform.WEBSITE,),
    ContactKind.APP: (Platform.APP,),
    ContactKind.MINIPROGRAM: (Platform.MINIPROGRAM,),
}
# The shortest hotline has three digits.
_DIGITS = re.compile(r"\d{3,}")
# Rules of a nearer place than the country's are worth telling to somebody whose account we do not know.
Lead = tuple[str, ...]


def not_found(match: Match, text: str, scene: Scene, lead: Lead = ()) -> Reply:
    """Say honestly that we do not know an account, what we do know there, and ask on; a bare need is answered as one."""
    topic, codes = told(match.folded, scene)
    asked = _asked(scene)
    nothing_else = not rest_of(match.folded, scene)
    if len(codes) > 1 and not topic and nothing_else:
        return places_choice(codes, Need(asked=asked), scene)
    place = codes[0] if len(codes) == 1 and codes[0] != COUNTRY else UNKNOWN
    if danger(match.folded):  # nobody in danger is asked where they live
        return end(Need(topic=topic or SKIPPED, place=place if place != UNKNOWN else SKIPPED), scene)
    if topic and (wants_done(match.folded) or nothing_else) and not match.platforms:
        need = Need(topic=topic, place=place, asked=asked)
        return places_choice(codes, need, scene) if len(codes) > 1 else go_on(need, scene)
    return _unknown(match, text, topic, place, scene, lead, bare_place=nothing_else and place != UNKNOWN)


def _unknown(
    match: Match, text: str, topic: str | None, place: str, scene: Scene, lead: Lead, *, bare_place: bool
) -> Reply:
    w, desk = scene.voice, scene.desk
    likely = [t for t in desk.topics(None, None, match.folded)[:1] if not topic]
    topic = topic or (likely[0].id if likely else None)
    need = Need(topic=topic or UNKNOWN, place=place, asked=_asked(scene))
    platform = match.platforms[0] if match.platforms else None
    where = place if place != UNKNOWN else None
    want = Want(None, match.folded, platform, desk.base.topics.get(topic or ""), where)
    ask = question(need, scene)
    found = helps(want, desk)
    tried = [] if ask else lines(found, want, w)
    hotline = desk.directory.hotline(where)
    call = hotline_line(hotline, w)
    text_ = fit(
        [
            *map(Line, lead),
            Line(w.say("place_only" if bare_place else "not_found")),
            Line(_covered(where, scene)),
            Line(_rule(want, scene) if ask else "", 2),
            *tried,
            Line("" if tried else call),
            Line(w.say("not_found_next"), 1),
            Line(ask or ""),
        ],
        w,
    )
    thread = replace(scene.thread.asking(need), asked=passed_on(text))
    return Reply(
        Kind.NOT_FOUND,
        text_,
        Verdict.NONE,
        helps=found,
        contacts=contacts_of(found),
        sources=sources_of(found),
        choices=choices(need, scene) if ask else (),
        offers=(Choice(w.say("pass_on"), INQUIRE),),
        context=thread.token(),
    )


def about_number(folded: str, scene: Scene) -> Reply | None:
    """Answer a text that is a hotline's number, asks of one, or says that nobody answers there; `None` for any other."""
    said = _DIGITS.findall(folded)
    if len(said) != 1:
        return None
    # Before a hotline stands an area code of three or four digits.
    numbers = (said[0], *(said[0][n:] for n in (3, 4) if said[0].startswith("0")))
    number = next((c for n in numbers if (c := scene.desk.directory.number(n))), None)
    rest = folded.replace(said[0], "")
    if number and heard(rest) == "busy":
        return Reply(Kind.CHAT, scene.voice.say("busy"), context=scene.thread.token())
    if number and rest and not (asks(rest) and scene.match(rest).verdict is Verdict.NONE):
        return None
    return whose_number(number, scene) if number else None


def about_contact(match: Match, scene: Scene) -> Reply | None:
    """Answer the name of a site, an app or a mini program that is a contact point of ours; `None` where more is asked for.

    People send what we or a notice told them of: 粤省事怎么下载, 皖事通上能查公积金吗. A name in a longer question may be part
    of another.
    """
    found = scene.desk.directory.called(match.folded)
    if found is None or any(p not in NAMED_ON.get(found.meaning.kind, ()) for p in match.platforms):
        return None
    taken = positions([found], scene.desk.platform_words.find(match.folded))
    rest = "".join(c for i, c in enumerate(match.folded) if i not in taken)
    if len(bare(rest)) > 1 and not asks(rest) and (found.start or told(rest, scene)[0] is None):
        return None
    w, named = scene.voice, found.meaning
    # A site is opened by its address; an app has to be found.
    known = (
        p
        for p in scene.matcher.base.platforms
        if p.id in NAMED_ON[named.kind] and p.id is not Platform.WEBSITE
    )
    lines_ = [
        Line(w.say("link_site", contact=contact(named, named.place, w))),
        *(Line(w.say("arrow").join(map(w.sentence, p.find))) for p in known),
        Line(w.say("send_name")),
    ]
    context = scene.thread.token()
    return Reply(Kind.CONTACT, fit(lines_, w), contacts=(named,), sources=named.sources, context=context)


def whose_number(number: Contact, scene: Scene) -> Reply:
    """Say whose number a number is; one that was closed or merged, which to call now."""
    w = scene.voice
    values = {"value": number.value, "name": w.proper(number.name or "")}
    said = (
        w.say("number_merged", now=number.merged_into, **values)
        if number.merged_into
        else w.say("number_known", basis=w.name("contact_bases", number.basis), **values)
    )
    text = fit([Line(said), Line(w.say("send_name"))], w)
    return Reply(Kind.CONTACT, text, contacts=(number,), context=scene.thread.token())


def _asked(scene: Scene) -> int:
    """Return how often was asked in a row: a name that is not known either is no reason to ask a third time."""
    before = scene.thread.question
    if isinstance(before, Which):
        return before.asked
    return min(before.asked + 1, MOST_QUESTIONS) if before and before.question else 0


def _covered(place: str | None, scene: Scene) -> str:
    """Return how many units of a place we know and how recently one was looked at: not found is not the same as not closed."""
    if place is None:
        return scene.voice.say("covers_some")
    number, checked = scene.desk.covered(place)
    where = scene.voice.proper(scene.desk.town(place))
    if not number:
        return scene.voice.say("covers_none", place=where)
    return scene.voice.count("covers", number, place=where, checked=checked)


def _rule(want: Want, scene: Scene) -> str:
    """Return what the place of an unknown account decided for all of its kind, as a rule and not about this account."""
    if want.place is None:
        return ""
    kind = above.kind_of(want.name, want.place, want.platform)
    rules = [r for r in above.rules_for(kind, want.place, scene.desk) if r.place != COUNTRY]
    if not rules:
        return ""
    by = scene.voice.joined(source(s, scene.voice) for s in rules[0].sources[:1])
    return scene.voice.say("rule_there", says=scene.voice.sentence(rules[0].says), source=by)
