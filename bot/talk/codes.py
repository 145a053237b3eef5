"""Floor 6. A forwarded answer sent back: is it still right, has it changed since, or was it altered on its way?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.index import Base
from bot.reply import Kind, Known, Reply
from bot.talk import telling
from bot.talk.account import Asked, about, warned
from bot.talk.desk import Scene
from bot.talk.story import Story, story, version
from bot.talk.tokens import Which
from bot.talk.which import among
from bot.text import fold
from bot.wording import LANGUAGES

# A code as it is copied by hand or read aloud: any dash or none, O for 0, I and L for 1.
_CODE = re.compile(
    r"(?<![0-9A-Z])QX[-_\s]{0,2}([0-9A-Z]{5}|[0-9A-Z]{9})(?:[-_\s]{0,2}([0-9A-Z]{2}))?(?![0-9A-Z])"
)
_ALIKE = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "U": "V", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}
)
# A text with more than this beside its code is the forwarded answer itself, and is held against ours.
MOST_BESIDE = 20


def check(text: str, scene: Scene) -> Reply | None:
    """Answer a code or a whole forwarded text that holds one; `None` for a text without."""
    clean = _clean(text)
    found = _CODE.search(clean)
    if found is None:
        return None
    number = found[1].translate(_ALIKE)
    accounts = scene.matcher.base.coded(number)
    if not accounts:
        return Reply(Kind.CHAT, scene.voice.say("code_unknown"), context=scene.thread.token())
    if len(accounts) > 1:
        return among(Which(tuple(a.id for a in accounts[:5])), "ask_which", scene)
    known = Known.of(accounts[0], scene.matcher)
    tale = story(known, scene.matcher)
    beside = fold(clean[: found.start()] + clean[found.end() :])
    said = found[2].translate(_ALIKE) if found[2] else None
    lead = _lead(tale, said, beside, scene)
    return replace(about(known, scene, Asked(lead=lead)), kind=Kind.CHECKED)


def account_of(text: str, base: Base) -> str | None:
    """Return the id of the one account that a code in a text stands for."""
    found = _CODE.search(_clean(text))
    accounts = base.coded(found[1].translate(_ALIKE)) if found else []
    return accounts[0].id if len(accounts) == 1 else None


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace("—", "-").replace("–", "-").replace("−", "-")


def _lead(tale: Story, said: str | None, beside: str, scene: Scene) -> tuple[str, ...]:
    """Return the line that tells whether the answer of a version still holds."""
    w, account = scene.voice, tale.account
    if said is None:
        return ()
    if said == version(tale):
        if len(beside) > MOST_BESIDE and not _ours(tale, beside, scene):
            return (w.say("code_altered"),)
        return (w.say("code_right", checked=str(account.checked)),)
    was = scene.published(account.id, said) if scene.published else None
    now = telling.headline(tale, w)
    if was is None or was == telling.headline(tale, scene.desk.voice(LANGUAGES[0])):
        return (w.say("code_changed"),)
    return (w.say("code_changed_from", was=w.sentence(was), now=now),)


def _ours(tale: Story, beside: str, scene: Scene) -> bool:
    """Tell whether a forwarded text still says where we say to go: names of places to go are what is worth forging."""
    if tale.goals:
        names = [g.name or (g.unit.name if g.unit else None) or "" for g in tale.goals]
        return all(fold(name) in beside for name in names)
    if warned(tale) or not tale.account.state.gone:
        return fold(tale.account.name or "") in beside
    voices = [scene.desk.voice(language) for language in LANGUAGES]
    return any(fold(telling.lost(tale, voice)) in beside for voice in voices)
