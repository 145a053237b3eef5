"""Floor 5. An account as a text speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.notices.sheet import Span
from bot.values import Platform


@dataclass(slots=True, eq=False)
class Mention:
    """An account spoken of; every part is a span of the levelled text, `None` where it is not said.

    Attributes:
        start: where the words for it start.
        end: where they end, with those of the list it stands in.
        name: its name, without quotes.
        platform: the platform.
        said: the word for the platform.
        elsewhere: whether that is a platform outside our list.
        unit: who runs it, where that stands directly before it.
        handle: its id on the platform, or a site's address.
        aliases: names it had before.
        short: what the text calls it from then on.
        own: whether it is only 本公众号.
        same: whether it is only 同名公众号, with the name of the one before.
        other: whether it is only 其他公众号, which names nothing.
        weak: whether nothing but quotes says that it is an account.
    """

    start: int
    end: int
    name: Span | None = None
    platform: Platform | None = None
    said: Span | None = None
    elsewhere: bool = False
    unit: Span | None = None
    handle: Span | None = None
    aliases: tuple[Span, ...] = ()
    short: Span | None = None
    own: bool = False
    same: bool = False
    other: bool = False
    weak: bool = False

    def copy(self) -> Mention:
        """Return the same once more, to be filled in apart. `dataclasses.replace` takes three times as long."""
        return Mention(
            self.start, self.end, self.name, self.platform, self.said, self.elsewhere, self.unit, self.handle,
            self.aliases, self.short, self.own, self.same, self.other, self.weak,
        )  # fmt: skip
