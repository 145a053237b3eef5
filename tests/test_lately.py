"""What was made last is given again only for the very same, and makes way for what is asked for now."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.reply import Known
from bot.talk.account import Asked, about
from bot.talk.desk import Scene, desk
from bot.talk.lately import Lately
from bot.talk.tokens import thread
from bot.values import When

TODAY, LATER = When("2026-11-20"), When("2027-11-20")


def made(kept: Lately[str, str], *keys: str) -> list[str]:
    """Return the keys for which something had to be made."""
    anew: list[str] = []
    for key in keys:
        kept.get(key, lambda key=key: anew.append(key) or key)  # type: ignore[misc,func-returns-value]
    return anew


def test_what_was_not_asked_for_the_longest_makes_way() -> None:
    kept: Lately[str, str] = Lately(2)
    assert made(kept, "a", "b", "a", "c", "a", "b", "c") == ["a", "b", "c", "b", "c"]


def test_what_does_not_suit_is_made_anew() -> None:
    kept: Lately[str, list[int]] = Lately(2)
    first = kept.get("a", list)
    assert kept.get("a", list, lambda v: v is first) is first
    assert kept.get("a", list, lambda v: v is not first) is not first


def test_many_threads_get_what_they_asked_for() -> None:
    kept: Lately[int, int] = Lately(3)
    wrong: list[int] = []

    def ask() -> None:
        wrong.extend(n for n in range(2000) if kept.get(n % 7, lambda n=n: n % 7) != n % 7)  # type: ignore[misc]

    threads = [Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def scene(
    matcher: Matcher, language: str = "zh-Hans", day: When = TODAY, context: str | None = None
) -> Scene:
    """Return what a reply is made with."""
    return Scene(matcher, desk(matcher).voice(language), day, thread=thread(context))


def known(matcher: Matcher) -> Known:
    """Return an account that is gone, and whose answer asks on."""
    account = answer(Message("水润港城"), matcher, TODAY).account
    assert account
    return account


def test_an_answer_that_is_given_again_is_as_if_it_were_made_anew(matcher: Matcher) -> None:
    """Whatever was said before, in each language, however often was asked; on another day it is another's."""
    it = known(matcher)
    ways = [
        (scene(matcher, language, day, context), asked)
        for language in ("zh-Hans", "zh-Hant", "en")
        for day in (TODAY, LATER)
        for context in (None, f"-/h.{it.account.id}.x-1")
        for asked in (
            Asked(),
            Asked(times=2),
            Asked(others=("x-1",)),
            Asked(lead=("前面",)),
            Asked(topic="tax"),
        )
    ]
    first = [about(it, *way) for way in ways]
    again = [about(it, *way) for way in ways]
    fresh = Matcher(matcher.base)
    anew = []
    for s, asked in ways:
        desk(fresh).told = Lately(1)
        anew.append(about(it, replace(s, matcher=fresh, voice=desk(fresh).voice(s.voice.language)), asked))
    assert first == again == anew
    assert len({(r.text, r.context) for r in first}) > 12


def test_an_account_as_it_would_be_is_not_given_the_answer_of_the_one_in_the_base(matcher: Matcher) -> None:
    it, here = known(matcher), scene(matcher)
    usual = about(it, here)
    other = replace(it, account=replace(it.account, remark="是假设的"))
    assert "是假设的" in about(other, here).text
    assert about(it, here) == usual
