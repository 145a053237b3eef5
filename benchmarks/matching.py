"""How right, how honest and how fast the matcher is on a synthetic base.

python benchmarks/matching.py 11000 --only 32 --split dev --each 150
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import corpus  # noqa: E402
from benchmarks.questions import ABSENT_KINDS, POSITIVE, Question, World, questions  # noqa: E402
from bot import index  # noqa: E402
from bot.matcher import Matcher, Verdict  # noqa: E402


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: whether the first and any of five was right, the verdict, and the time in ms."""

    question: Question
    first: bool
    listed: bool
    verdict: Verdict
    right: bool
    ms: float
    top: str


def ask(matcher: Matcher, question: Question) -> Outcome:
    """Ask one question; a unit is known by its first account's id."""
    started = time.perf_counter()
    match = matcher.match(question.text)
    taken = (time.perf_counter() - started) * 1000
    units = [matcher.base.unit_at(c.ref.unit).accounts[0].id for c in match.candidates[:5]]
    first = bool(units) and units[0] in question.right
    listed = any(u in question.right for u in units)
    return Outcome(question, first, listed, match.verdict, first and match.verdict is Verdict.SURE, taken,
                   match.candidates[0].name if match.candidates else "")  # fmt: skip


def table(outcomes: list[Outcome]) -> str:
    """Return the figures of a run as a table."""
    by = defaultdict(list)
    for outcome in outcomes:
        by[outcome.question.kind].append(outcome)
    lines = [
        f"{'kind':12} {'n':>4} {'first':>6} {'five':>6} {'sure':>6} {'wrong':>6} {'asked':>6} {'none':>6} {'p50 ms':>7} {'p99':>6}"
    ]
    for kind, found in by.items():
        lines.append(_row(kind, found))
    positive = [o for k in POSITIVE for o in by.get(k, ())]
    absent = [o for k in ABSENT_KINDS for o in by.get(k, ())]
    lines.append("-" * 80)
    lines.append(_row("positive", positive))
    lines.append(_row("absent", absent))
    macro = statistics.mean(_share(o.first for o in by[k]) for k in POSITIVE if by.get(k))
    macro5 = statistics.mean(_share(o.listed for o in by[k]) for k in POSITIVE if by.get(k))
    offered = _share(o.listed for o in positive)
    lines.append(
        f"mean over kinds: first {macro:.1%}, among five {macro5:.1%}; right or offered {offered:.1%}"
    )
    return "\n".join(lines)


def _row(kind: str, found: list[Outcome]) -> str:
    if not found:
        return f"{kind:12}    0"
    times = sorted(o.ms for o in found)
    wrong = _share(o.verdict is Verdict.SURE and not o.right for o in found)
    return (
        f"{kind:12} {len(found):4} {_share(o.first for o in found):6.1%} {_share(o.listed for o in found):6.1%} "
        f"{_share(o.right for o in found):6.1%} {wrong:6.1%} {_share(o.verdict is Verdict.UNSURE for o in found):6.1%} "
        f"{_share(o.verdict is Verdict.NONE for o in found):6.1%} {times[len(times) // 2]:7.2f} {times[int(len(times) * 0.99)]:6.2f}"
    )


def _share(flags: object) -> float:
    found = list(flags)  # type: ignore[call-overload]
    return sum(found) / len(found) if found else 0.0


def prepared(size: int, only: str, folder: Path) -> tuple[Matcher, World]:
    """Write a corpus, build its index, and return a matcher over it with the world its questions come from."""
    corpus.write(size, folder / "knowledge", only=only)
    target = folder / "index.sqlite"
    built = index.build(folder / "knowledge", target)
    if built.errors:
        raise SystemExit("\n".join(map(str, built.errors[:3])))
    return Matcher(index.Base(target)), World(list(corpus.bodies(size, only=only)))


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--split", choices=("dev", "final"), default="dev")
    parser.add_argument("--each", type=int, default=150)
    parser.add_argument("--index", type=Path, help="an index of this very corpus, built before")
    parser.add_argument("--misses", type=int, default=0, help="print so many misses of each kind")
    parser.add_argument("--unsure", action="store_true", help="count as a miss what was not answered")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        if options.index:
            matcher, world = (
                Matcher(index.Base(options.index)),
                World(list(corpus.bodies(options.size, only=options.only))),
            )
        else:
            matcher, world = prepared(options.size, options.only, Path(name))
        asked = questions(world, options.split, options.each)
        matcher.match("热身一下 warm up")
        outcomes = [ask(matcher, q) for q in asked]
    print(table(outcomes))
    seen: dict[str, int] = defaultdict(int)
    for o in outcomes:
        bad = (
            o.verdict is Verdict.SURE and not o.right
            if not o.question.right or o.question.kind == "ambiguous"
            else not (o.right if options.unsure else o.first)
        )
        if bad and seen[o.question.kind] < options.misses:
            seen[o.question.kind] += 1
            print(o.question.kind, o.question.text, "→", o.top, o.verdict, sorted(o.question.right)[:2])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
