"""A trail goes on until something is alive, nothing is named, or it comes back; it is as good as its weakest step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.records import Account, Destination, Source
from bot.trail import MOST_STEPS, MOST_TRAILS, End, follow
from bot.values import Basis, State, When


def account(name: str, state: State, *to: tuple[str, Basis]) -> Account:
    """Return an account that leads to others."""
    goals = tuple(Destination(basis, account=target) for target, basis in to)
    return Account(name, state, When("2024"), (Source("x"),), name=name, destinations=goals)


def ends(start: str, *accounts: Account) -> list[tuple[str, End, Basis]]:
    """Return where the trails from an account end, how, and on how weak a word."""
    known = {a.id: a for a in accounts}
    trails = follow(known[start], known.get)
    return [(t.last.destination.account or t.last.destination.name or "", t.end, t.weakest) for t in trails]


def test_an_account_that_names_nowhere_has_no_trail() -> None:
    assert ends("a", account("a", State.CLOSED)) == []


def test_a_trail_ends_at_what_is_alive_on_its_weakest_word() -> None:
    found = ends(
        "a",
        account("a", State.CLOSED, ("b", Basis.NOTICE)),
        account("b", State.RENAMED, ("c", Basis.MEDIA)),
        account("c", State.ACTIVE),
    )
    assert found == [("c", End.LIVE, Basis.MEDIA)]


def test_a_destination_that_closed_with_nowhere_to_go_is_a_dead_end() -> None:
    found = ends("a", account("a", State.CLOSED, ("b", Basis.NOTICE)), account("b", State.CLOSED))
    assert found == [("b", End.DEAD, Basis.NOTICE)]


def test_a_hijacked_or_dormant_destination_is_a_dead_end() -> None:
    for state in (State.HIJACKED, State.IMPOSTOR, State.DORMANT):
        assert [
            e for _, e, _ in ends("a", account("a", State.CLOSED, ("b", Basis.NOTICE)), account("b", state))
        ] == [End.DEAD]


def test_a_loop_is_told_and_ends() -> None:
    found = ends(
        "a", account("a", State.CLOSED, ("b", Basis.NOTICE)), account("b", State.CLOSED, ("a", Basis.NOTICE))
    )
    assert [end for _, end, _ in found] == [End.LOOP]


def test_what_is_outside_our_records_is_where_a_trail_ends() -> None:
    start = Account(
        "a",
        State.CLOSED,
        When("2024"),
        (Source("x"),),
        destinations=(Destination(Basis.NOTICE, name="某号"),),
    )
    assert [(t.end, t.last.destination.name) for t in follow(start, {}.get)] == [(End.LIVE, "某号")]


def test_the_real_trail_of_the_health_code_has_three_names(matcher: object) -> None:
    from bot.matcher import Matcher

    assert isinstance(matcher, Matcher)
    start = matcher.base.account("beijingjiankangbao-xcx")
    assert start
    (trail,) = follow(start, matcher.base.account)
    assert [s.account.name for s in trail.steps if s.account] == ["京通丨健康宝", "京通"]
    assert trail.end is End.LIVE


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(list(Basis))), max_size=4),
    ),
    st.lists(st.sampled_from(list(State)), min_size=8, max_size=8),
)
def test_any_net_of_records_gives_a_bounded_number_of_short_trails(
    net: dict[str, list[tuple[str, Basis]]], states: list[State]
) -> None:
    accounts = [
        account(name, state, *net.get(name, [])) for name, state in zip("abcdefgh", states, strict=True)
    ]
    known = {a.id: a for a in accounts}
    for start in accounts:
        trails = follow(start, known.get)
        assert len(trails) <= MOST_TRAILS
        for trail in trails:
            assert 1 <= len(trail.steps) <= MOST_STEPS
            assert all(trail.weakest.rank >= s.destination.basis.rank for s in trail.steps)
