"""Floor 5. Account → where it leads today: every step, the weakest evidence on the way, and how the way ends.

Pure: it is given a way to look records up. A successor may itself have closed; the trail goes on until something is
alive, nothing is named, or it comes back to where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from bot.records import Account, Destination
from bot.values import Basis, State

# What a destination takes over when it is not everything; other words for it are somebody's own, and bind nothing.
SCOPES = frozenset({"information", "services", "enquiries"})

# The longest real trail we know has 3 steps (北京健康宝 → 京通丨健康宝 → 京通); this bounds a mistake in the records.
MOST_STEPS = 12
# More ways than a person would read; a net of records that all point at each other has millions.
MOST_TRAILS = 12


class End(StrEnum):
    """How a trail ends."""

    LIVE = "live"  # at something last seen in use, or that nobody says has closed
    DEAD = "dead"  # at an account that closed and named nowhere
    LOOP = "loop"  # where it has been before


@dataclass(frozen=True, slots=True)
class Step:
    """One move: from an account, by a destination, to another account where our records have it."""

    origin: Account
    destination: Destination
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """One way from an account to where it ends; at least one step."""

    steps: tuple[Step, ...]
    end: End

    @property
    def last(self) -> Step:
        """The step that ends the trail."""
        return self.steps[-1]

    @property
    def scope(self) -> str | None:
        """What of the first account's work the end takes over: the narrowest that is said on the way."""
        said = [s.destination.scope for s in self.steps if s.destination.scope not in (None, "all")]
        return next((scope for scope in reversed(said) if scope in SCOPES), said[-1] if said else None)

    @property
    def weakest(self) -> Basis:
        """The weakest evidence on the way: a trail is no better than that."""
        return max((s.destination.basis for s in self.steps), key=lambda b: b.rank)


def follow(account: Account, look_up: Callable[[str], Account | None]) -> tuple[Trail, ...]:
    """Return every trail from an account, in the order its destinations stand; none when it names nowhere."""
    ways = (t for d in account.destinations for t in _go(account, d, (), look_up))
    return tuple(islice(ways, MOST_TRAILS))


def _go(
    origin: Account,
    destination: Destination,
    before: tuple[Step, ...],
    look_up: Callable[[str], Account | None],
) -> Iterator[Trail]:
    target = look_up(destination.account) if destination.account else None
    steps = (*before, Step(origin, destination, target))
    if target is None or not _over(target):
        yield Trail(steps, End.LIVE)
    elif target.id in {s.origin.id for s in steps} or len(steps) >= MOST_STEPS:
        yield Trail(steps, End.LOOP)
    else:
        onward = [d for d in target.destinations if _agree(steps, d)]
        if not onward:
            yield Trail(steps, End.DEAD)
        for destination in onward:
            yield from _go(target, destination, steps, look_up)


def _agree(steps: tuple[Step, ...], onward: Destination) -> bool:
    """Tell whether a way goes on: where only information went to an account, its services' new place is another matter."""
    return onward.scope not in SCOPES or all(
        s.destination.scope in (None, "all", onward.scope) or s.destination.scope not in SCOPES for s in steps
    )


def _over(account: Account) -> bool:
    """Tell whether people can no longer be sent to an account."""
    return account.state.gone or account.state.unsafe or account.state is State.DORMANT
