"""How long a share card takes and how large it is, beside an empty picture that Pillow saves in the same run.

python -m benchmarks.card 200
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from PIL import Image

from bot import index
from bot.card import Cards, Face, face
from bot.dialogue import Message, answer
from bot.drawing.sheet import LEAST_HEIGHT, WIDTH
from bot.matcher import Matcher
from bot.values import When

ROOT = Path(__file__).resolve().parent.parent
TODAY = When("2026-11-20")
LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def faces(matcher: Matcher) -> Iterator[Face]:
    """Yield the face of every account of the knowledge that is known by its name, a language each in turn."""
    languages = cycle(LANGUAGES)
    for account in (a for u in matcher.base.units() for a in u.accounts if a.name):
        reply = answer(Message(account.name or "", language=next(languages)), matcher, TODAY)
        if said := face(reply):
            yield said


def empty() -> bytes:
    """Return a white picture of a card's least size, as Pillow saves it."""
    out = io.BytesIO()
    Image.new("RGB", (WIDTH, LEAST_HEIGHT), "white").save(out, "PNG")
    return out.getvalue()


def timed(work: Callable[[], bytes]) -> tuple[float, float, int]:
    """Return how long something takes by the clock and of the processor, in ms, and the bytes it makes."""
    started, began = time.perf_counter(), time.process_time()
    size = len(work())
    return (time.perf_counter() - started) * 1000, (time.process_time() - began) * 1000, size


def memory() -> float:
    """Return the memory of the process alone, in MiB: a font's file is mapped, shared and given back at need."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("RssAnon")) / 1024


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("most", type=int, nargs="?", default=200, help="how many cards")
    most = parser.parse_args().most
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "index.sqlite"
        index.build(ROOT / "knowledge", target)
        told = list(islice(faces(Matcher(index.Base(target))), most))
    before = memory()
    cards = Cards("https://quxiang.example.org")
    first = timed(lambda: cards.png(told[0]))
    # The first card of each language opens its fonts: counted apart from the rest, like the very first.
    for language in LANGUAGES:
        cards.png(next((f for f in told[1:] if f.language == language), told[0]))
    rest = [timed(lambda f=f: cards.png(f)) for f in told[4:]]  # type: ignore[misc]
    kept = [timed(lambda f=f: cards.png(f)) for f in told[-50:]]  # type: ignore[misc]
    blank = [timed(empty) for _ in range(50)]
    clock, processor, sizes = ([r[i] for r in rest] for i in range(3))
    base, base_cpu = (statistics.median(b[i] for b in blank) for i in (0, 1))
    print(f"cards {len(rest)}, different, in {len(LANGUAGES)} languages, with QR code")
    print(f"first                    {first[0]:7.1f} ms  (processor {first[1]:.1f})")
    for name, values in (("clock", clock), ("processor", processor)):
        ordered = sorted(values)
        high = ordered[int(len(ordered) * 0.99)]
        print(
            f"then, {name:9}  median {statistics.median(ordered):6.1f} ms  p99 {high:6.1f}  most {ordered[-1]:6.1f}"
        )
    print(f"again, from memory       {statistics.median(k[0] for k in kept):7.3f} ms")
    print(f"empty picture            {base:7.1f} ms  (processor {base_cpu:.1f})")
    print(f"ratio, card to empty     {statistics.median(processor) / base_cpu:7.1f}  of the processor")
    print(f"size  median {statistics.median(sizes) / 1000:.0f} kB  most {max(sizes) / 1000:.0f} kB")
    print(f"memory  {before:.0f} MiB of its own before the first card, {memory():.0f} MiB after all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
