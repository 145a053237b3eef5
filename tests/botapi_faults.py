"""Faults on order: what a network and a busy server do to a bot, settable per method and chat."""

import random
from dataclasses import dataclass, field

# What happens to a request. Before "late" the method has no effect, from "late" on it has.
REQUEST_FAULTS = (
    "flood",  # 429 with retry_after
    "server",  # 5xx
    "drop",  # the connection closes before the method has an effect
    "late",  # the method works, its answer comes after a delay
    "drop_after",  # the method works, the connection closes without an answer
    "half",  # the method works, half of the answer's body comes, then the connection closes
    "garbage",  # the method works, the answer is no JSON
)
REFUSING_FAULTS = ("flood", "server", "drop")  # those that keep the method from having an effect
# What happens to an update on its way to the bot.
UPDATE_FAULTS = (
    "duplicate",  # it comes twice with the same update_id
    "reorder",  # it comes after the update that follows it
)


@dataclass
class Fault:
    """One order for trouble.

    Attributes:
        kind: One of REQUEST_FAULTS or UPDATE_FAULTS.
        method: Only for this Bot API method; None for any but getUpdates, which has to be named.
        chat: Only for this chat id; None for any.
        times: How often it still happens; None for always.
        probability: The chance of each occasion, 0-1.
        retry_after: Seconds told with a "flood".
        status: HTTP status of a "server" fault, 500-599.
        delay: Seconds an answer that is "late" takes.
        hits: How often it happened.
    """

    kind: str
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    probability: float = 1.0
    retry_after: int = 1
    status: int = 502
    delay: float = 0.5
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in (*REQUEST_FAULTS, *UPDATE_FAULTS):
            raise ValueError(f"no fault is called {self.kind!r}; there are {REQUEST_FAULTS + UPDATE_FAULTS}")

    def fits(self, method: str | None, chat: int | None) -> bool:
        """Returns whether this occasion is one the order is for."""
        if self.times == 0 or self.chat not in {None, chat}:
            return False
        if self.method is None:
            return method != "getUpdates"
        return method is not None and self.method.lower() == method.lower()


@dataclass
class Faults:
    """The orders in force.

    Attributes:
        rng: Decides where a probability is below 1.
        orders: Earlier orders come first.
    """

    rng: random.Random
    orders: list[Fault] = field(default_factory=list)

    def pick(self, kind: str | None, method: str | None, chat: int | None) -> Fault | None:
        """Returns the fault that happens on this occasion and counts it, None if all goes well.

        Args:
            kind: One kind of UPDATE_FAULTS, or None for any of REQUEST_FAULTS.
            method: The Bot API method, None for an update.
            chat: The chat id of the request or the update.
        """
        kinds = REQUEST_FAULTS if kind is None else (kind,)
        for fault in self.orders:
            if fault.kind in kinds and fault.fits(method, chat) and self.rng.random() < fault.probability:
                fault.hits += 1
                fault.times = None if fault.times is None else fault.times - 1
                return fault
        return None
