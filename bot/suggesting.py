"""Floor 7. A few answers to choose from while somebody types: each a text that can be forwarded as it stands. Pure.

Nothing typed yet: what closed last, at home first. Only a place typed: what closed there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from weakref import WeakKeyDictionary

from bot.matcher import Match, Matcher, Verdict
from bot.reply import Known
from bot.talk.account import about
from bot.talk.desk import Scene
from bot.talk.story import story
from bot.talk.telling import headline
from bot.talk.which import called

# Closures that are remembered as the last ones, of all accounts.
MOST_RECENT = 2000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One answer: the account's id, what it is called, what became of it in a line, and the text to send."""

    account: str
    title: str
    note: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Some of the answers there are, whether more follow, and whether the question was about nothing we know."""

    found: tuple[Suggestion, ...]
    more: bool = False
    missed: bool = False


def suggest(text: str, skip: int, most: int, scene: Scene) -> Suggestions:
    """Return so many answers to a text, or to nothing typed yet, after those that were shown before."""
    if not text.strip():
        return _page(_closed((scene.area,) if scene.area else (), scene), skip, most, scene)
    match = scene.matcher.at_home(scene.matcher.match(text), scene.area)
    if match.verdict is Verdict.NONE:
        places = match.places if match.question.bare else ()
        found = _page(_closed(places, scene), skip, most, scene) if places else Suggestions(())
        return found if found.found or skip else Suggestions((), missed=True)
    return _page(_meant(match), skip, most, scene)


def _meant(match: Match) -> Iterator[str]:
    """Yield the ids of the accounts that may be meant, the likeliest first."""
    yield from (a.id for a in match.accounts)
    yield from (account for c in match.candidates for account in c.accounts)


def _page(ids: Iterator[str], skip: int, most: int, scene: Scene) -> Suggestions:
    wanted = list(islice(dict.fromkeys(ids), skip, skip + most + 1))
    known = [k for account in wanted[:most] if (k := scene.known(account))]
    return Suggestions(tuple(_suggestion(k, scene) for k in known), more=len(wanted) > most)


def _suggestion(known: Known, scene: Scene) -> Suggestion:
    note = headline(story(known, scene.matcher), scene.voice)
    return Suggestion(known.account.id, called(known, scene.voice), note, about(known, scene).plain)


def _closed(areas: tuple[str, ...], scene: Scene) -> Iterator[str]:
    """Yield the ids of the accounts that closed last, those of an area, or of all where none is given."""
    chain = scene.matcher.gazetteer.chain
    for account, place in recent(scene.matcher):
        if not areas or any(area in chain(place) for area in areas):
            yield account


def recent(matcher: Matcher) -> list[tuple[str, str]]:
    """Return the accounts that closed, with the codes of their places, the last first; found once for each base."""
    found = _recent.get(matcher)
    if found is None:
        gone = (
            (str(a.stopped or a.announced or a.checked), a.id, unit.place)
            for unit in matcher.base.units()
            for a in unit.accounts
            if a.state.gone
        )
        found = [(account, place) for _, account, place in sorted(gone, reverse=True)[:MOST_RECENT]]
        _recent[matcher] = found
    return found


_recent: WeakKeyDictionary[Matcher, list[tuple[str, str]]] = WeakKeyDictionary()
