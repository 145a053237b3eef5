"""Floor 7. The colours of a card: each ink with the paper it stands on, dark on light, and what the tones look like."""

from __future__ import annotations

from dataclasses import dataclass

from bot.drawing.face import Tone


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour, on the colour it is drawn on: both as `#rrggbb`."""

    colour: str
    paper: str = "#ffffff"


WHITE = Ink("#ffffff")
NAVY = Ink("#17324d")
BLACK = Ink("#111111")
SOFT = Ink("#454545")
STRIKE = Ink("#c0271d")
RULE = Ink("#c9ced4")
BAND_TEXT = Ink("#ffffff", "#17324d")
ALARM = Ink("#8a3b00")
TINTS = {Tone.GO: "#e6f4ea", Tone.DOUBT: "#fdf0dc", Tone.CARE: "#fde7e5"}
TONES = {Tone.GO: "#0a6134", Tone.DOUBT: "#854600", Tone.CARE: "#a3140b"}
INKS = (
    WHITE, NAVY, BLACK, SOFT, STRIKE, RULE, BAND_TEXT, ALARM,
    *(Ink(c, TINTS[t]) for t, dark in TONES.items() for c in (dark, BLACK.colour, SOFT.colour)),
    *(Ink(TINTS[t]) for t in Tone), *(Ink(TONES[t]) for t in Tone),
)  # fmt: skip
