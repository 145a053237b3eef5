"""Floor 6. `answer(message, matcher, today) -> Reply`: the whole conversation, pure.

It keeps nothing: what a typed answer means travels in the Reply's context, which the channel hands back. Buttons and
typed words lead to the same replies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot import answer as said
from bot.clarify import Scene, choices, go_on, real, skipped, typed
from bot.contacts import points
from bot.matcher import Match, Matcher, Verdict
from bot.need import UNKNOWN, Need, Which, account_choice, chosen_account, need, which
from bot.records import Account, State, When
from bot.reply import Choice, Kind, Known, Reply
from bot.text import fold, is_traditional
from bot.wording import LANGUAGES, Words, language_of, words

# What people say besides asking, and the sentence that answers it.
SMALL_TALK = ("hello", "help", "thanks", "who")
# Characters of a message that are read; a longer one is told that only its beginning was.
LONG = 1600


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sent: text, or the choice of a button; the context of the last reply, their language if known."""

    text: str = ""
    choice: str | None = None
    context: str | None = None
    language: str | None = None


def answer(message: Message, matcher: Matcher, today: When) -> Reply:
    """Return the reply to any message at all; never raises for what a person sent."""
    scene = Scene(matcher, words(_language(message)), today)
    reply = _chosen(message.choice, scene) if message.choice is not None else _read(message, scene)
    return replace(reply, language=scene.words.language)


def _read(message: Message, scene: Scene) -> Reply:
    """Answer what was typed."""
    text = message.text[:LONG]
    folded = fold(text)
    if not folded:
        return Reply(Kind.CHAT, scene.words.say("no_text"))
    heard = _heard(folded)
    reply = (_followed(folded, heard, message.context, scene) if message.context else None) or _asked(
        text, heard, scene
    )
    if len(message.text) > LONG:
        return replace(reply, text=scene.words.say("too_long") + "\n\n" + reply.text)
    return reply


def _chosen(choice: str, scene: Scene) -> Reply:
    """Answer a button. One that is forged, or whose record is gone, gets one friendly line."""
    account_id = chosen_account(choice)
    base = scene.matcher.base
    account = base.account(base.moved(account_id)) if account_id else None
    if account:
        return _account(account, scene)
    state = need(choice)
    if state and real(state, scene):
        return go_on(state, scene)
    return Reply(Kind.CHAT, scene.words.say("button_gone"))


def _followed(folded: str, heard: str | None, context: str, scene: Scene) -> Reply | None:
    """Answer text as the answer to the last question; `None` when it is none, and so a question of its own."""
    if heard in SMALL_TALK:
        return Reply(Kind.CHAT, scene.words.say(str(heard)), context=context)
    number = int(folded) if folded.isdecimal() and len(folded) == 1 else 0
    offered = which(context)
    if offered:
        if 0 < number <= len(offered.accounts):
            return _chosen(account_choice(offered.accounts[number - 1]), scene)
        neither = heard == "none" or number == len(offered.accounts) + 1
        return go_on(offered.neither, scene) if neither and real(offered.neither, scene) else None
    state = need(context)
    if not state or not state.question or not real(state, scene):
        return None
    if heard == "skip":
        return go_on(skipped(state), scene)
    picked = [c for i, c in enumerate(choices(state, scene), 1) if number == i or folded == fold(c.label)]
    return _chosen(picked[0].choice, scene) if picked else typed(folded, state, scene)


def _asked(text: str, heard: str | None, scene: Scene) -> Reply:
    """Answer text as a question of its own."""
    match = scene.matcher.match(text)
    if match.verdict is Verdict.NONE and heard in SMALL_TALK:
        return Reply(Kind.CHAT, scene.words.say(str(heard)))
    return _matched(match, scene)


def _matched(match: Match, scene: Scene) -> Reply:
    """Turn a verdict into a reply."""
    if match.verdict is Verdict.SURE:
        return _account(match.accounts[0], scene)
    return _which(match, scene) if match.candidates else _not_found(scene)


def _account(account: Account, scene: Scene) -> Reply:
    """Say what became of an account and where to go now; ask on when nobody named a place to go."""
    tale, w = said.story(account, scene.matcher), scene.words
    kind, first = _opening(tale, w)
    code = said.code(tale, scene.matcher)
    asks = kind is Kind.ASK or account.state is State.DORMANT
    need = Need(account.id, UNKNOWN, tale.known.unit.place if tale.known.unit else UNKNOWN)
    lines = [
        *first,
        *said.happened(tale, w, scene.today),
        *said.notice_contacts(tale, w),
        *said.evidence(tale, w),
        said.hotline_line(tale.hotlines, w),
        w.say("footer", checked=str(account.checked), code=code),
        w.say("ask_topic") if asks else "",
    ]
    return Reply(
        kind,
        "\n".join(line for line in lines if line),
        Verdict.SURE,
        tale.known,
        tale.also,
        tale.goals,
        tale.route,
        tale.contacts,
        tale.sources,
        choices(need, scene) if asks else (),
        need.token() if asks else None,
        code,
    )


def _opening(tale: said.Story, w: Words) -> tuple[Kind, list[str]]:
    """Return what sort of answer an account gets, and its first lines."""
    account = tale.account
    if account.state.unsafe or account.state in (State.DORMANT, State.REVIVED):
        return Kind.WARN, [said.warning(tale, w)]
    if not account.state.gone:
        called = said.label(account, tale.known.unit, w)
        return Kind.ALIVE, [w.say("alive", account=called, date=str(account.seen or account.checked))]
    return (Kind.MOVED, said.go(tale, w)) if tale.goals else (Kind.ASK, [said.lost(tale, w)])


def _which(match: Match, scene: Scene) -> Reply:
    """Offer the accounts a question may mean."""
    accounts = [a for c in match.candidates if (a := scene.matcher.base.account(c.accounts[0]))]
    w = scene.words
    buttons = [Choice(_choice_label(Known.of(a, scene.matcher), w), account_choice(a.id)) for a in accounts]
    place = match.places[0] if len(match.places) == 1 else UNKNOWN
    offered = Which(tuple(a.id for a in accounts), place)
    buttons.append(
        Choice(w.say("none_of_these" if len(accounts) > 1 else "not_this"), offered.neither.token())
    )
    near = all({"place", "agency"} & set(c.vetoes) for c in match.candidates)
    first = "ask_near" if near else "ask_which" if len(accounts) > 1 else "ask_whether"
    lines = [w.say(first), w.say("ask_whole_name")]
    return Reply(Kind.ASK, "\n".join(lines), Verdict.UNSURE, choices=tuple(buttons), context=offered.token())


def _choice_label(known: Known, w: Words) -> str:
    account = known.account
    platform = w.name("platforms", account.platform) if account.platform else ""
    name = account.name or (known.unit.name if known.unit else None) or ""
    details = w.say("separator").join(d for d in (platform, known.town) if d)
    return w.say("choice_account", name=name, details=details)


def _not_found(scene: Scene) -> Reply:
    """Say honestly that we do not know the account, and how to go on."""
    w = scene.words
    contacts = tuple(points(scene.matcher.base.contacts, scene.matcher.gazetteer, None, None))
    choice = Choice(w.say("tell_need"), Need().token())
    lines = [w.say("not_found"), w.say("not_found_next")]
    return Reply(Kind.NOT_FOUND, "\n".join(lines), contacts=contacts, choices=(choice,))


def _heard(folded: str) -> str | None:
    """Return which of the small things people say a folded text is, in any language."""
    for language in LANGUAGES:
        for name, phrases in words(language).hear.items():
            if folded in map(fold, phrases):
                return name
    return None


def _language(message: Message) -> str:
    """Return the language to answer in: the one asked for, else Traditional for Traditional characters."""
    if message.language:
        return language_of(message.language)
    return "zh-Hant" if any(map(is_traditional, message.text[:LONG])) else language_of(None)
