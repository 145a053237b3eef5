"""Floor 6. Several names in one message: one list in their order, the unmatched ones named, rows for a file."""

from __future__ import annotations

import re

from bot.matcher import Verdict
from bot.reply import Kind, Known, Reply, Row
from bot.talk import telling
from bot.talk.desk import Scene
from bot.talk.hearing import asks
from bot.talk.saying import label
from bot.talk.story import Story, code, story
from bot.text import fold, is_han
from bot.values import State

MOST_NAMES = 50
# A name longer than this is no name but a sentence.
LONGEST_NAME = 40
# Characters of a name nobody knows that are said back.
MOST_ECHOED = 20
# Where a list may be cut apart, the surest way first: lines, then marks, then spaces.
CUTS = (r"[\r\n]+", r"[、,,;;|\t]+", r"\s+", r"(?:还有|以及|[和跟与])")
_ANY_CUT = re.compile("|".join(CUTS))
_NUMBERED = re.compile(r"^\s*(?:[((]?\d{1,3}[))]|\d{1,3}[.、.:]|[-*·•])\s*")


def names_in(text: str, scene: Scene) -> list[str]:
    """Return the names of a message that lists several; none where it is one question.

    A list in lines of its own needs one name we know; otherwise two names of different units must each be known. What one
    name says all of is none: 环境 和 保护局, shi zheng fu.
    """
    if not _ANY_CUT.search(text) or _is_one(text, scene):
        return []
    for place, cut in enumerate(CUTS):
        pieces = [_NUMBERED.sub("", p).strip() for p in re.split(cut, text)]
        pieces = [p for p in pieces if len(fold(p)) > 1]
        if len(pieces) < 2:
            continue
        if any(len(fold(p)) > LONGEST_NAME for p in pieces):
            return []
        looked_at = pieces[: MOST_NAMES + 1]
        if place > 1:  # names that stand beside each other without a mark are a list only where each is known
            units = _known(pieces, len(pieces), scene) if looked_at == pieces else {}
            if len(set(units.values())) > 1:
                return pieces
            continue
        in_lines = place == 0 and len(pieces) > 2
        units = _known(looked_at, 1 if in_lines else 2, scene)
        if len(set(units.values())) > 1:
            return pieces
        others = [p for p in looked_at if p not in units]
        if in_lines and units and not any(asks(fold(p)) for p in others):
            return pieces
    return []


def _is_one(text: str, scene: Scene) -> bool:
    """Tell whether a text in one line is one name, with nothing left over that another might be."""
    if "\n" in text.strip():
        return False
    match = scene.match(text)
    return match.verdict is Verdict.SURE and not match.candidates[0].left


def _known(pieces: list[str], least: int, scene: Scene) -> dict[str, str]:
    """Return the unit of each name that is known; nothing as soon as there cannot be so many.

    The shortest is looked up first: it costs the least, and a word of greeting is no name.
    """
    units: dict[str, str] = {}
    unknown = 0
    for piece in sorted(pieces, key=len):
        if len(pieces) - unknown < least:
            return {}
        if unit := _unit(piece, scene):
            units[piece] = unit
        else:
            unknown += 1
    return units if len(pieces) - unknown >= least else {}


def listing(names: list[str], scene: Scene) -> Reply:
    """Answer each name of a list in a line."""
    w = scene.voice
    rows = [row_of(name, scene) for name in names[:MOST_NAMES]]
    lines = [
        w.say("list_numbered", number=str(n), line=_said(row, scene)) for n, row in enumerate(rows, start=1)
    ]
    missing = [w.say("quoted", name=echoed(r.asked), pinyin="") for r in rows if r.verdict is Verdict.NONE]
    head = [w.count("list_head", len(rows))]
    if len(names) > MOST_NAMES:
        head.append(w.say("list_long", most=str(MOST_NAMES)))
    tail = [w.say("list_missing", names=w.joined(missing))] if missing else []
    text = "\n".join([*head, *lines, *tail, w.say("list_next")])
    plain = "\n".join([*head[:1], *lines, *tail, w.say("unofficial")])
    history = tuple(dict.fromkeys(r.known.account.id for r in rows if r.known))[:1]
    context = scene.thread.asking(None).token() if not history else None
    return Reply(Kind.LIST, text, rows=tuple(rows), plain=plain, context=context)


def line_of(tale: Story, scene: Scene) -> str:
    """Return what became of an account in a few words, with the number to call where nobody named a place to go."""
    w = scene.voice
    said = telling.headline(tale, w)
    hotline = scene.desk.directory.hotline(tale.place)
    lost = tale.account.state.gone and not tale.goals
    if tale.account.state is State.ACTIVE:
        return w.say("list_alive", date=str(tale.account.seen or tale.account.checked))
    return w.say("list_call", line=said, value=hotline.value) if lost and hotline else said


def echoed(name: str) -> str:
    """Return what of a name nobody knows may be said back: letters, digits and characters, no more than a name has."""
    return "".join(c for c in name if is_han(c) or c.isalnum())[:MOST_ECHOED]


def _unit(name: str, scene: Scene) -> str | None:
    match = scene.match(name)
    return match.accounts[0].unit if match.verdict is Verdict.SURE else None


def row_of(name: str, scene: Scene) -> Row:
    """Return what is known of one name of a list."""
    match = scene.match(name)
    if match.verdict is Verdict.SURE:
        tale = story(Known.of(match.accounts[0], scene.matcher), scene.matcher)
        return Row(name, match.verdict, tale.known, line_of(tale, scene), code(tale, scene.matcher.base))
    near = [k for c in match.candidates[:2] if c.accounts and (k := scene.known(c.accounts[0]))]
    maybe = scene.voice.joined(label(k.account, k.unit, scene.voice) for k in near)
    return Row(name, match.verdict if near else Verdict.NONE, None, maybe)


def _said(row: Row, scene: Scene) -> str:
    w = scene.voice
    if row.known:
        known: Known = row.known
        return w.say("list_line", name=label(known.account, known.unit, w), now=row.now)
    if row.verdict is Verdict.UNSURE:
        return w.say("list_unsure", names=row.now)
    return w.say("list_none", name=w.say("quoted", name=echoed(row.asked), pinyin=""))
