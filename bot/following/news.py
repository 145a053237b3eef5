"""Floor 7. What a follower reads: what changed, as a correction where we had been wrong, and the answer now. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.following.waiting import Step, Wait
from bot.ledger.follows import Kind
from bot.reply import Choice, Known
from bot.talk.account import about
from bot.talk.desk import Scene
from bot.talk.saying import label
from bot.talk.story import Story, story, version
from bot.talk.tokens import tell_choice
from bot.values import Notice, State
from bot.wording import DEFAULT


@dataclass(frozen=True, slots=True)
class News:
    """A message to a follower.

    Attributes:
        text: Whole without the rest.
        account: The account it is about, by its id now.
        offers: Buttons that the dialogue answers.
    """

    text: str
    account: str
    offers: tuple[Choice, ...] = ()


def news(wait: Wait, kind: Kind, since: float, question: str | None, scene: Scene) -> News | None:
    """Return what a follower is told.

    Args:
        wait: What has changed.
        kind: What of it they follow.
        since: Since when, in seconds since 1970.
        question: Their words, where they follow a question.
        scene: The base and the voice.

    Returns:
        `None` where they have read already all that is said now.
    """
    known = scene.known(wait.account)
    if question is not None or wait.about.startswith("?"):
        return _answered(question or "", known, scene) if known else None
    before = wait.before(since) if kind is Kind.CHANGE else wait.steps[-1]
    if before is None:
        return None
    if known is None or wait.version is None:
        said = scene.voice.say("follow_withdrawn", was=scene.voice.sentence(before.was))
        return News("\n".join((said, scene.voice.say("send_name"))), wait.account)
    tale = story(known, scene.matcher)
    lines = [_headline(before, kind, tale, scene)]
    if kind is Kind.CHANGE:
        lines.append(scene.voice.say("follow_was", was=scene.voice.sentence(before.was)))
    # What changed since, and still waits, is not told before its time.
    if version(tale) == wait.version:
        lines.append(about(known, scene).plain)
    else:
        lines += [
            scene.voice.say("follow_now", now=scene.voice.sentence(wait.now or "")),
            scene.voice.say("send_name"),
        ]
    offers = (
        (Choice(scene.voice.say("tell_changes"), tell_choice(wait.account)),) if kind is Kind.KNOWN else ()
    )
    return News("\n".join(lines), wait.account, offers)


def is_correction(was: str, tale: Story, scene: Scene) -> bool:
    """Tell whether what we said was wrong, and not only overtaken: the place we named is no step of the way now.

    `was` is a line of the publication log, in Simplified Chinese; so are the names of the way.
    """
    plain = scene.desk.voice(DEFAULT)
    led = was.startswith(plain.say("headline_go", goals=""))
    if tale.account.state is State.ACTIVE:  # it never closed: one that came back is not in this state
        return led or was in {plain.say(f"headline_{lost}") for lost in (*Notice, "dead")}
    if not led:
        return False
    names = [hop.target for hop in tale.route] + [goal.name for goal in tale.goals]
    return not any(name and name in was for name in names)


def _headline(before: Step, kind: Kind, tale: Story, scene: Scene) -> str:
    called = label(tale.account, tale.known.unit, scene.voice)
    if kind is Kind.KNOWN:
        return scene.voice.say("follow_known", account=called)
    wrong = is_correction(before.was, tale, scene)
    return scene.voice.say("follow_corrected" if wrong else "follow_changed", account=called)


def _answered(question: str, known: Known, scene: Scene) -> News:
    """Return what somebody is told who asked in vain."""
    asked = scene.voice.say("quoted", name=question, pinyin="")
    reply = about(known, scene)
    lines = (scene.voice.say("follow_answered", question=asked), reply.plain)
    return News("\n".join(lines), known.account.id, reply.offers)
