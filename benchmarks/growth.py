"""How the cost of a question grows with the base, from 1,000 accounts to 500,000: it must stay below its square root.

python -m benchmarks.growth --sizes 1000 5000 20000 100000 500000 --svg growth.svg

The same kinds of questions are asked of each base; each costs the least of several runs, so that other work on the machine
counts as little as can be. The exponent is the slope of the line through all sizes on two logarithmic scales: 0.5 is a
square root, 0 no growth at all.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, mean

from benchmarks.made import made, words
from benchmarks.questions import Question, questions
from bot import index
from bot.matcher import Matcher

SIZES = (1_000, 5_000, 20_000, 100_000, 500_000)
# The most that the exponent may be: the square root.
MOST = 0.5
WIDTH, HEIGHT, MARGIN = 640, 400, 60
BAR = 40


@dataclass(frozen=True, slots=True)
class Point:
    """What a question costs at a size: milliseconds of the processor, on average, of the median and of the dearest 1 %."""

    size: int
    mean: float
    median: float
    dearest: float


def cost(matcher: Matcher, text: str, runs: int) -> float:
    """Return the milliseconds of the processor that a question takes at the least."""

    def once() -> float:
        started = time.thread_time()
        matcher.match(text)
        return (time.thread_time() - started) * 1000

    return min(once() for _ in range(runs))


def measured(size: int, matcher: Matcher, asked: Sequence[Question], runs: int) -> Point:
    """Return what questions cost."""
    costs = sorted(cost(matcher, q.text, runs) for q in asked)
    return Point(size, mean(costs), costs[len(costs) // 2], costs[len(costs) * 99 // 100])


def point(size: int, each: int, runs: int) -> Point:
    """Build a base of a size and ask it."""
    with tempfile.TemporaryDirectory() as name:
        base = made(Path(name), size)
        asked = list(questions(base.world, "dev", each))
        return measured(size, Matcher(index.Base(base.index)), asked, runs)


def exponent(points: Sequence[Point]) -> float:
    """Return by which power of the size the mean cost grows."""
    sizes = [math.log(p.size) for p in points]
    return linear_regression(sizes, [math.log(p.mean) for p in points]).slope


def table(points: Sequence[Point]) -> str:
    """Return the points as a table with a bar each, beside what a square root would have made of the first."""
    first = points[0]
    most = max(p.mean for p in points)
    lines = [
        f"{'accounts':>9} {'mean ms':>8} {'median':>8} {'dearest 1 %':>12} {'× first':>8} {'√ would be':>11}"
    ]
    for p in points:
        root = math.sqrt(p.size / first.size)
        bar = "█" * max(1, round(p.mean / most * BAR))
        lines.append(
            f"{p.size:9} {p.mean:8.3f} {p.median:8.3f} {p.dearest:12.3f} {p.mean / first.mean:8.2f} {root:11.2f}  {bar}"
        )
    return "\n".join(lines)


def svg(points: Sequence[Point]) -> str:
    """Return the points and the square root as a drawing, on two logarithmic scales."""
    first, last = points[0], points[-1]
    roots = [first.mean * math.sqrt(p.size / first.size) for p in points]
    low = math.log(min(p.mean for p in points)) - 0.2
    high = math.log(max(*roots, *(p.mean for p in points))) + 0.2

    def place(size: int, value: float) -> str:
        wide = math.log(size / first.size) / max(math.log(last.size / first.size), 1e-9)
        tall = (math.log(value) - low) / (high - low)
        return (
            f"{MARGIN + wide * (WIDTH - 2 * MARGIN):.1f},{HEIGHT - MARGIN - tall * (HEIGHT - 2 * MARGIN):.1f}"
        )

    ours = " ".join(place(p.size, p.mean) for p in points)
    root = " ".join(place(p.size, value) for p, value in zip(points, roots, strict=True))
    labels = "".join(
        f'<text x="{place(p.size, p.mean).partition(",")[0]}" y="{HEIGHT - MARGIN / 2}" text-anchor="middle">{p.size:,}</text>'
        for p in points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="white"/>{labels}'
        f'<polyline points="{root}" fill="none" stroke="#999" stroke-dasharray="6"/>'
        f'<polyline points="{ours}" fill="none" stroke="#06c" stroke-width="3"/>'
        f'<text x="{MARGIN}" y="24">cost of a question: ours (line), square root of the base (dashes)</text></svg>\n'
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and fail where it grows as fast as the square root."""
    parser = words(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--each", type=int, default=20, help="questions of each kind")
    parser.add_argument("--runs", type=int, default=5, help="runs of each question, the least counts")
    parser.add_argument("--svg", type=Path, help="also draw it")
    options = parser.parse_args(argv)
    points = [point(size, options.each, options.runs) for size in sorted(set(options.sizes))]
    print(table(points))
    if len(points) < 2:
        return 0
    grows = exponent(points)
    print(f"grows as the size to the power of {grows:.2f} (a square root: {MOST})")
    if options.svg:
        options.svg.write_text(svg(points), encoding="utf-8")
    return int(grows >= MOST)


if __name__ == "__main__":
    raise SystemExit(main())
