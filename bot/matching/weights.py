"""Floor 4. What each way of saying a name is worth, and from which score on a name is answered or offered.

The numbers are data (`tables/weights.json`), fitted by `benchmarks/fit.py` on its own questions; the file tells when,
on what, and what they reached.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.text import TABLES

FILE = TABLES / "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers that decide. A name said to the letter, with nothing left over, scores 1."""

    # What a share of the name is worth when it is only heard, looks alike, stands beside its place, or is cut off.
    heard: float
    alike: float
    swapped: float
    cut: float
    # What is taken off: for a character too many, for the share left out inside the name or contradicted, for words
    # that the base knows and the name does not explain (or half of one), for the share of typed pinyin
    # that nothing reads, for a unit found by place and agency instead of a name, and when there are several of those.
    extra: float
    inside: float
    contradicted: float
    known: float
    half: float
    unread: float
    described: float
    several: float
    # For anything that forbids an answer, so that it stands behind what nothing forbids.
    veto: float
    # From `sure` on, and `gap` before the next unit (`gap_whole` where nothing of it is left to doubt), a name is
    # answered; from `offer` on it is offered.
    sure: float
    gap: float
    gap_whole: float
    offer: float


def weights(file: Path = FILE) -> Weights:
    """Return the weights in use, or those of another file."""
    return Weights(**json.loads(file.read_text(encoding="utf-8"))["weights"])
