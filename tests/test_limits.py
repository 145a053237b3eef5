"""How much one client may ask: what runs empty fills up again, and nobody pays for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.limits import Limits, Rate
from handlers.telegram_pace import Pace, Refusal

ASKED = st.lists(st.floats(0, 30), max_size=80)


class Clock:
    """A clock that only the test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_bucket_that_ran_empty_stays_shut_until_it_is_full() -> None:
    clock = Clock()
    limits = Limits(Rate(3, 0.1), clock, whole=True)
    assert [limits.take("a") for _ in range(3)] == [0, 0, 0]
    assert limits.take("a") == 30
    clock.now += 29.5
    assert limits.take("a") == 1
    clock.now += 0.5
    assert [limits.take("a") for _ in range(3)] == [0, 0, 0]
    assert limits.take("a") == 30


def test_asking_on_while_it_is_shut_makes_nobody_wait_longer() -> None:
    clock = Clock()
    limits = Limits(Rate(3, 0.1), clock, whole=True)
    waits = [limits.take("a") for _ in range(50)]
    assert waits == [0, 0, 0, *[30] * 47]


@given(ASKED)
def test_no_more_is_given_than_the_rate_says(pauses: list[float]) -> None:
    """In any time, at most a full bucket and what flowed in meanwhile."""
    for whole in (False, True):
        clock = Clock()
        limits = Limits(Rate(5, 0.5), clock, whole=whole)
        given_at = []
        for pause in pauses:
            clock.now += pause
            if not limits.take("a"):
                given_at.append(clock.now)
        for first, begin in enumerate(given_at):
            for last in range(first, len(given_at)):
                assert last - first + 1 <= 5 + 0.5 * (given_at[last] - begin) + 1e-6


def test_each_is_told_once_in_a_window_and_again_in_the_next() -> None:
    clock = Clock()
    pace = Pace(person=2, steady=clock)
    found = [pace.refused({"person": "private 1"}) for _ in range(5)]
    assert found == [None, None, Refusal("person", 60, True), *[Refusal("person", 60, False)] * 2]
    clock.now += 60
    assert pace.refused({"person": "private 1"}) is None
    assert pace.refused({"person": "private 1"}) is None
    assert pace.refused({"person": "private 1"}) == Refusal("person", 60, True)


def test_without_a_limit_nobody_is_refused() -> None:
    pace = Pace()
    assert not any(pace.refused({"person": "private 1", "chat": "tg:-1"}) for _ in range(10_000))


def test_who_is_refused_takes_nothing_from_their_group() -> None:
    pace = Pace(person=1, chat=4, steady=Clock())
    for _ in range(20):
        pace.refused({"person": "group 1", "chat": "tg:-1"})
    assert pace.refused({"person": "group 2", "chat": "tg:-1"}) is None
    assert pace.refused({"person": "group 3", "chat": "tg:-1"}) is None
    assert pace.refused({"person": "group 4", "chat": "tg:-1"}) is None
    # The group has heard the notice already.
    assert pace.refused({"person": "group 5", "chat": "tg:-1"}) == Refusal("chat", 60, False)


def test_a_refusal_that_nobody_is_told_of_leaves_the_notice_to_who_asks_next() -> None:
    pace = Pace(chat=1, steady=Clock())
    assert pace.refused({"chat": "tg:-1"}, tells=False) is None
    assert pace.refused({"chat": "tg:-1"}, tells=False) == Refusal("chat", 60, False)
    assert pace.refused({"person": "group 1", "chat": "tg:-1"}) == Refusal("chat", 60, True)
    assert pace.refused({"person": "group 2", "chat": "tg:-1"}) == Refusal("chat", 60, False)
