"""Floor 6. A closure notice that somebody forwards: does our record agree, and what it says where we have none.

What stands in a notice is its own word until a maintainer has looked at it: it is said back as such, and passed on only
once whoever sent it has said that it was read rightly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.contacts import full_name
from bot.notice import Draft, DraftDestination
from bot.records import Account
from bot.reply import Asks, Choice, Goal, Kind, Known, Reply, Wish
from bot.talk.account import Asked, about
from bot.talk.desk import Scene
from bot.talk.saying import goal_name, label
from bot.talk.screen import Line, fit
from bot.talk.story import Story, story
from bot.talk.tokens import DROP, PASS, PASS_AND_TELL, UNKNOWN, account_choice, thread
from bot.talk.voice import Voice
from bot.talk.which import called
from bot.text import fold, level
from bot.values import Basis, When
from bot.wording import words

if TYPE_CHECKING:
    from bot.notice import Draft, DraftDestination

# What notices and reports of them are written with, and what people ask with.
_FORMAL = re.compile(
    r"公告|通告|启事|布告|通知|告知|公示|特此|敬请|谅解|各位|广大|尊敬|感谢|由于|因.{1,12}(?:,|需要|调整|改革)|根据|按照|"
    r"为(?:贯彻|落实|进一步|方便|规范|整合|切实)|即日起|起停止|届时|记者|讯|据悉|通报|名单|请.{0,6}(?:关注|移步|登录|下载)|后续"
)
_ASKS = re.compile(
    r"[?]|[吗呢咋啥]|怎么|哪里|哪儿|在哪|去哪|了没|什么|为何|请问|是不是|有没有|我[要想]|听说|不知道|找不到"
)
# No notice is shorter; one that sounds like a question is at least so long; a long text is more likely one.
_SHORTEST, _LONG_QUESTION, _LONG = 20, 80, 60
_ENOUGH = 3
# Accounts of a notice that are said back one by one, and characters of a value.
MOST_TOLD, MOST_ECHOED = 4, 40


def read(text: str, scene: Scene) -> Reply | None:
    """Answer a forwarded notice; `None` for a text that is none: an ordinary question is never taken for one."""
    if len(text) < _SHORTEST:
        return None
    from bot import (
        notice,  # its rules take longer to load than a question to answer, and few texts are so long
    )

    drafts = [d for d in notice.read(text, scene.matcher.gazetteer) if d.name or d.unit]
    if not drafts or not _is_notice(text, drafts):
        return None
    known = [_known(draft, scene) for draft in drafts]
    if len(drafts) == 1 and known[0]:
        return _held_against(drafts[0], known[0], text, scene)
    return _played_back(drafts, known, text, scene)


def passed(choice: str, scene: Scene) -> Reply | None:
    """Answer what somebody says of a notice that was said back to them; `None` for any other button."""
    said = {
        PASS: ("notice_passed", Wish(Asks.DRAFT, "")),
        PASS_AND_TELL: ("notice_passed_tell", Wish(Asks.DRAFT, "tell")),
        DROP: ("notice_dropped", None),
    }
    if choice not in said:
        return None
    key, wish = said[choice]
    context = replace(scene.thread, forwarded=False).token()
    return Reply(Kind.CHAT, scene.voice.say(key), context=context, wish=wish)


def typed(said: str | None, scene: Scene) -> Reply | None:
    """Answer yes or no to a notice that was said back; `None` when none was, or something else is said."""
    if not scene.thread.forwarded:
        return None
    choice = {"yes": PASS, "no": DROP, "not_this": DROP}.get(said or "")
    return passed(choice, scene) if choice else None


def became(payload: str, scene: Scene) -> str:
    """Return what to tell whoever sent a notice of what a maintainer did with it; `payload` is the ledger's letter."""
    fate = json.loads(payload)
    if fate["fate"] == "rejected":
        return scene.voice.say("notice_rejected", reason=scene.voice.sentence(fate["reason"]))
    accounts = [known for ident in fate["entry"].split() if (known := scene.known(ident))]
    names = scene.voice.joined(label(k.account, k.unit, scene.voice) for k in accounts)
    return scene.voice.say("notice_taken", accounts=names) if names else scene.voice.say("notice_taken_soon")


def untaken(reply: Reply) -> Reply:
    """Return a reply for a channel that keeps nothing: a notice is said back, and nobody is promised more."""
    if reply.wish is None or reply.wish.asks not in (Asks.HOLD, Asks.DRAFT):
        return reply
    say = words(reply.language).say
    text = reply.text.replace(say("notice_right"), say("send_name"))
    if reply.wish.asks is Asks.DRAFT:
        text = say("send_name")
    offers = tuple(o for o in reply.offers if o.choice not in (PASS, PASS_AND_TELL, DROP))
    context = replace(thread(reply.context), forwarded=False).token()
    return replace(reply, text=text, offers=offers, context=context, wish=None)


def _is_notice(text: str, drafts: Sequence[Draft]) -> bool:
    """Tell whether a text that closes accounts is somebody's notice rather than somebody's question."""
    plain = "".join(level(text).split())
    formal = len({found[0][:2] for found in _FORMAL.finditer(plain)})
    if _ASKS.search(plain) and (len(plain) < _LONG_QUESTION or formal < 2):
        return False
    said = max(map(_says, drafts))
    told = drafts[0].basis is not Basis.NOTICE  # an article or a list: nobody asks in such words
    return said + min(formal, 2) + (len(plain) >= _LONG) + told >= _ENOUGH


def _says(draft: Draft) -> int:
    """Return how much a draft says besides a name."""
    return sum(
        map(bool, (draft.destinations, draft.stops or "stops" in draft.spans, draft.unit, draft.announced))
    )


def _known(draft: Draft, scene: Scene) -> Known | None:
    """Return our record of an account that a notice names; `None` where it might be a namesake's."""
    if not draft.name:
        return None
    match = scene.match(draft.name)
    found = [*match.accounts, *(a for c in match.candidates if c.accounts for a in _of(c.accounts[0], scene))]
    names = {fold(draft.name), *map(fold, draft.aliases)}
    same = {
        a.id: known
        for a in found
        if fold(a.name or "") in names
        and draft.platform in (None, a.platform)
        and (known := scene.known(a.id))
        and _is_there(draft, known, scene)
    }
    return next(iter(same.values())) if len(same) == 1 else None


def _of(ident: str, scene: Scene) -> tuple[Account, ...]:
    known = scene.known(ident)
    return known.unit.accounts if known and known.unit else ()


def _is_there(draft: Draft, known: Known, scene: Scene) -> bool:
    """Tell whether a notice's unit and place may be those of a record."""
    unit = known.unit
    if unit and unit.name and draft.unit:
        ours, theirs = (fold(t).removeprefix("原") for t in (unit.name, draft.unit))
        if not (ours.endswith(theirs) or theirs.endswith(ours)):
            return False
    place = "".join(full_name(scene.matcher.gazetteer, unit.place)) if unit else ""
    return not draft.place or not place or fold(draft.place) in fold(place)


# --- an account that we know


def _held_against(draft: Draft, known: Known, text: str, scene: Scene) -> Reply:
    """Answer about an account that we know, and say whether the notice and our record agree."""
    w, tale = scene.voice, story(known, scene.matcher)
    differences = _differences(draft, tale, w)
    more = [] if tale.account.destinations else _goals(draft.destinations, w)
    if differences:
        lead = w.say("notice_differs", differences=w.say("separator").join(differences))
    elif more:
        lead = w.say("notice_more", goals=w.joined(more))
    else:
        return about(known, scene, Asked(lead=(w.say("notice_agrees"),)))
    reply = about(known, scene, Asked(lead=(lead, w.say("notice_caution") if more else "")))
    offers = (Choice(w.say("notice_check"), PASS), Choice(w.say("notice_tell"), PASS_AND_TELL), *reply.offers)
    return replace(reply, offers=offers, wish=Wish(Asks.HOLD, text), context=_asking(reply.context))


def _differences(draft: Draft, tale: Story, w: Voice) -> list[str]:
    """Return each thing of which a notice and our record say something else."""
    account = tale.account
    found: list[tuple[str, str, str]] = []
    if not account.state.gone:
        found.append((w.say("notice_state"), w.name("states", draft.state), w.name("states", account.state)))
    if draft.stops and account.stopped and not _agree(draft.stops, account.stopped):
        found.append((w.say("notice_stopped"), str(draft.stops), str(account.stopped)))
    ours = {g.name or "" for g in tale.goals} | {d.name or "" for d in account.destinations}
    ours |= {hop.target or "" for hop in tale.route}
    theirs = {fold(d.name) for d in draft.destinations}
    if account.destinations and theirs and not theirs & set(map(fold, ours)):
        goals = w.joined(goal_name(g, w) for g in tale.goals) or w.say("notice_nowhere")
        found.append((w.say("notice_goal"), w.joined(_goals(draft.destinations, w)), goals))
    return [w.say("notice_difference", what=what, theirs=t, ours=o) for what, t, o in found]


def _agree(one: When, other: When) -> bool:
    """Tell whether two dates may be the same day."""
    return one.text.startswith(other.text) or other.text.startswith(one.text)


# --- accounts that we do not know


def _played_back(drafts: Sequence[Draft], known: Sequence[Known | None], text: str, scene: Scene) -> Reply:
    """Say back what a notice says, as its own word, and ask whether that is right before it is passed on."""
    w = scene.voice
    told = [Line(_line(d, w)) for d in drafts[:MOST_TOLD]]
    if len(drafts) > MOST_TOLD:
        told.append(Line(w.count("notice_others", len(drafts) - MOST_TOLD)))
    goals = list(dict.fromkeys(g for d in drafts for g in _goals(d.destinations, w)))[:MOST_TOLD]
    answer = w.say("notice_goals", goals=w.joined(goals)) if goals else w.say("notice_no_goal")
    ours = list({k.account.id: k for k in known if k}.values())[:MOST_TOLD]
    lines = [
        Line(w.say("notice_says")),
        *told,
        Line(answer),
        Line(w.say("notice_caution"), 2) if goals else Line(""),
        Line(
            w.say("notice_ours", accounts=w.joined(label(k.account, k.unit, w) for k in ours))
            if ours
            else "",
            1,
        ),
        Line(w.say("notice_right")),
    ]
    offers = (
        Choice(w.say("notice_yes"), PASS),
        Choice(w.say("notice_tell"), PASS_AND_TELL),
        Choice(w.say("notice_no"), DROP),
    )
    return Reply(
        Kind.NOTICE,
        fit(lines, w),
        choices=tuple(Choice(called(k, w), account_choice(k.account.id)) for k in ours),
        offers=offers,
        context=_asking(scene.thread.asking(None).token()),
        wish=Wish(Asks.HOLD, text),
    )


def _line(draft: Draft, w: Voice) -> str:
    """Return one account of a notice in a line: who, what becomes of it, when."""
    account = Account(
        id=UNKNOWN,
        state=draft.state,
        checked=When("2000"),
        sources=(),
        name=_echo(draft.name),
        platform=draft.platform,
    )
    who = label(account, None, w) if draft.name else w.proper(_echo(draft.unit) or "")
    values = {"account": who, "state": w.name("states", draft.state), "date": str(draft.stops or "")}
    return w.say("notice_line_dated" if draft.stops else "notice_line", **values)


def _goals(destinations: Sequence[DraftDestination], w: Voice) -> list[str]:
    """Return what the places that a notice names are called."""
    return [
        w.proper(_echo(d.name) or "")
        if d.kind.value == "unit"
        else goal_name(Goal(_echo(d.name), d.platform, d.kind.value, Basis.NOTICE, path=d.path), w)
        for d in destinations
    ]


def _echo(text: str | None) -> str | None:
    return " ".join(text.split())[:MOST_ECHOED] if text else None


def _asking(context: str | None) -> str | None:
    return replace(thread(context), forwarded=True).token()
