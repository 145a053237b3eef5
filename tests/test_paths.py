"""No dead end: every path of buttons from every account ends at a contact point with a source, in every language."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pytest
from conftest import TODAY

from bot.dialogue import Message, answer
from bot.matcher import Matcher
from bot.reply import Kind, Reply
from bot.talk.screen import SCREEN
from bot.talk.tokens import MOST_CONTEXT, MOST_QUESTIONS, account_choice
from bot.wording import LANGUAGES

# The longest way we know: which one, what for, something else, then what to try.
LONGEST = 5


def tap(matcher: Matcher, choice: str, language: str, context: str | None = None) -> Reply:
    """Return the reply to a button."""
    return answer(Message(choice=choice, context=context, language=language), matcher, TODAY)


def walk(matcher: Matcher, start: Reply, language: str) -> Iterator[tuple[tuple[str, ...], Reply]]:
    """Yield every reply that buttons lead to, with the labels on the way; fail on one that leads back to itself."""
    waiting: deque[tuple[tuple[str, ...], frozenset[str], Reply]] = deque([((), frozenset(), start)])
    while waiting:
        path, pressed, reply = waiting.popleft()
        yield path, reply
        assert len(path) <= LONGEST, path
        for button in reply.choices:
            assert button.choice not in pressed, f"{path} comes back to {button}"
            onward = tap(matcher, button.choice, language, reply.context)
            waiting.append(((*path, button.label), pressed | {button.choice}, onward))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_path_from_every_account_ends_at_a_sourced_contact_point(
    matcher: Matcher, language: str
) -> None:
    """Breadth first over all buttons, from every account of the real knowledge."""
    ends = 0
    for account_id in matcher.base.ids():
        start = tap(matcher, account_choice(account_id), language)
        for path, reply in walk(matcher, start, language):
            where = f"{account_id} {path}: {reply.text}"
            assert reply.text.strip(), where
            assert len(reply.context or "") <= MOST_CONTEXT, where
            assert all(0 < len(c.choice.encode()) <= 64 for c in (*reply.choices, *reply.offers)), where
            if not reply.choices:
                ends += 1
                assert reply.contacts, where
                assert reply.contacts[-1].sources, where
                assert reply.contacts[-1].value in reply.text or "12345" in reply.text, where
    assert ends > len(list(matcher.base.ids()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_about_one_account_exceeds_a_screen(matcher: Matcher, language: str) -> None:
    """400 Chinese characters, or twice as many letters; and the form to forward too."""
    room = 2 * SCREEN if language == "en" else SCREEN
    for account_id in matcher.base.ids():
        start = tap(matcher, account_choice(account_id), language)
        for path, reply in walk(matcher, start, language):
            assert len(reply.text) <= room, f"{account_id} {path}: {len(reply.text)}\n{reply.text}"
            assert len(reply.plain) <= room, f"{account_id} {path}: {len(reply.plain)}\n{reply.plain}"


def test_nobody_is_asked_a_third_time_on_any_path(matcher: Matcher) -> None:
    """A question is a reply that cannot stand alone: of kind ask, or a warning or a miss with buttons."""
    for account_id in matcher.base.ids():
        start = tap(matcher, account_choice(account_id), "zh-Hans")
        waiting = [(start, 0)]
        while waiting:
            reply, before = waiting.pop()
            asked = before + 1 if reply.choices and reply.kind is not Kind.CONTACT else 0
            assert asked <= MOST_QUESTIONS, reply.text
            waiting += [(tap(matcher, c.choice, "zh-Hans", reply.context), asked) for c in reply.choices]
