"""Floor 5. An account that a text closes, as far as it has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.notices.change import Change
from bot.notices.dates import Day
from bot.notices.mention import Mention
from bot.notices.sentences import Sentence
from bot.notices.sheet import Span
from bot.notices.tables import Row
from bot.notices.targets import Target
from bot.values import State

# How strong a word for what becomes of an account is, the strongest first.
_STATES = (State.RENAMED, State.MERGED, State.MIGRATED, State.SPLIT)
# No text speaks of more accounts at once, says more of one, or leads it to more places; one that does is none, and is
# still read in linear time.
MOST_TOGETHER, _MOST_CHANGES, MOST_TARGETS = 60, 60, 40


@dataclass(slots=True, eq=False)
class Closing:
    """An account that the text closes, as far as it has been read.

    Attributes:
        mention: how it is spoken of, with all that was said of it since.
        changes: what is said to happen to it.
        sentences: where.
        targets: where it leads.
        vague: words that lead on and name nothing.
        state: renamed, merged, migrated or split, where a destination of that kind is named.
        number: the item of a list that it stands in: (一).
        leading: the date that opens the sentence, for all its parts.
        row: its line of a table.
        told: when an article says that it and others were made known.
    """

    mention: Mention
    changes: list[Change] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    vague: Span | None = None
    state: State | None = None
    number: str = ""
    leading: Day | None = None
    row: Row | None = None
    told: Day | None = None

    @property
    def headed(self) -> bool:
        """Whether only headings have spoken of it."""
        for s in self.sentences:  # of most the first is none
            if not s.heading:
                return False
        return bool(self.sentences)

    def take(self, change: Change, sentence: Sentence) -> None:
        """Take in what a sentence says happens to it."""
        if len(self.changes) < _MOST_CHANGES:
            self.changes.append(change)
            change.taken = True
            if not self.sentences or self.sentences[-1] is not sentence:
                self.sentences.append(sentence)
        self.number = self.number or sentence.number

    def becomes(self, state: State) -> None:
        """Take in what becomes of it; the strongest word stays."""
        if self.state is None or _STATES.index(state) < _STATES.index(self.state):
            self.state = state


def share_unit(closings: Sequence[Closing]) -> None:
    """Let the unit before a list of accounts be that of all of them."""
    if len(closings) > 1 and closings[0].mention.unit and not any(c.mention.unit for c in closings[1:]):
        for closing in closings[1:]:
            closing.mention.unit = closings[0].mention.unit
