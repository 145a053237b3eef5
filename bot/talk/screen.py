"""Floor 6. What one phone screen holds: the lines of an answer, the least needed left out first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.talk.voice import Voice

# An answer about one account is at most so long, in characters; a letter takes half the room of a Chinese character.
SCREEN = 400


class Line(NamedTuple):
    """A line of an answer and how soon it may be left out: 0 never, else the highest first."""

    text: str
    spare: int = 0


def fit(lines: Iterable[Line], voice: Voice) -> str:
    """Return lines as one text that fits a screen; what may be left out goes before what may not."""
    room = 2 * SCREEN if voice.language == "en" else SCREEN
    kept = [line for line in lines if line.text]
    text = _joined(kept, voice)
    while len(text) > room:
        spare = max(line.spare for line in kept)
        if not spare:
            return voice.shorter(text)
        kept.pop(max(i for i, line in enumerate(kept) if line.spare == spare))
        text = _joined(kept, voice)
    return text


def _joined(lines: list[Line], voice: Voice) -> str:
    return voice.once("\n".join(line.text for line in lines))
