"""Floor 5. A destination as a text names it, and what words that lead on come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.notices import scopes
from bot.notices.mention import Mention
from bot.notices.sheet import Span
from bot.values import Platform


class Sort(StrEnum):
    """What a destination is."""

    ACCOUNT = "account"
    WEBSITE = "website"
    APP = "app"
    PATH = "path"
    UNIT = "unit"


# What columns can be in.
HOLDERS = (Sort.APP, Sort.WEBSITE, Sort.PATH)


@dataclass(slots=True, eq=False)
class Target:
    """A destination as it is named; spans are of the levelled text.

    Attributes:
        name: its name, or what its unit is called.
        platform: where it is, `None` when unsaid.
        sort: what it is.
        path: the columns inside an app or a site, the outer first.
        scope: `all`, `information`, `services` or the text's own words; `None` when nothing is said.
        about: the words the scope is from.
        url: an address that stands beside it.
        said: the word for the platform.
        invited: whether no word leads there, only the sense of its sentence.
    """

    name: Span
    platform: Platform | None
    sort: Sort
    path: list[Span] = field(default_factory=list)
    scope: str | None = None
    about: Span | None = None
    url: Span | None = None
    said: Span | None = None
    invited: bool = False

    def copy(self) -> Target:
        """Return the same once more, to be filled in apart. `dataclasses.replace` takes three times as long."""
        return Target(
            self.name, self.platform, self.sort, [*self.path], self.scope, self.about, self.url, self.said, self.invited
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Lead:
    """What a zone comes to.

    Attributes:
        targets: its destinations.
        columns: parts of the app or site that was named before.
        vague: words that lead on and name nothing.
        duties: words for duties that move to an organisation.
        scope: what it is for.
        same: accounts with the name of the one that leads there: 同名公众号.
    """

    targets: list[Target] = field(default_factory=list)
    columns: list[Span] = field(default_factory=list)
    vague: Span | None = None
    duties: Span | None = None
    same: list[Mention] = field(default_factory=list)
    scope: scopes.Scope = scopes.UNSAID


def of(mention: Mention) -> Target | None:
    """Return the destination that an account spoken of is, `None` when it has no name."""
    if mention.name is None:
        return None
    sort = sort_of(mention.platform)
    url = mention.handle if sort is Sort.WEBSITE and mention.handle != mention.name else None
    return Target(mention.name, mention.platform, sort, url=url, said=mention.said)


def sort_of(platform: Platform | None) -> Sort:
    """Return what a destination on a platform is."""
    if platform in (Platform.APP, Platform.MINIPROGRAM):
        return Sort.APP
    return Sort.WEBSITE if platform is Platform.WEBSITE else Sort.ACCOUNT
