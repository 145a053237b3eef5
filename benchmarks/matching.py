"""How right, how honest and how fast the matcher is on a synthetic base, beside others on the same questions.

python -m benchmarks.matching 11000 --only 32
python -m benchmarks.matching 500000 --peers 4
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import ablation, corpus, costs, peers
from benchmarks.outcomes import SCORE_HEAD, Outcome, ask, misses, table
from benchmarks.questions import Question, questions
from benchmarks.sentences import SPLITS
from benchmarks.world import World
from bot import index
from bot.matcher import Matcher
from bot.matching.weights import weights

# Questions that a fresh process answers before its memory is read.
WARMING = 200


def build(folder: Path, target: Path) -> str:
    """Build the index of a knowledge folder and return what it cost; an error ends the run."""
    started = time.perf_counter()
    built = index.build(folder, target)
    taken = time.perf_counter() - started
    if built.errors:
        raise SystemExit("\n".join(map(str, built.errors[:3])))
    records = costs.from_records(folder)
    return (
        f"{built.accounts} accounts of {built.units} units: YAML → index in {taken:.1f} s, "
        f"of which records → index {records:.1f} s of one processor"
    )


def compared(world: World, matcher: Matcher, split: str, each: int, seed: int) -> Iterator[str]:
    """Yield a line for each peer and for the matcher, all on the same few questions of each kind."""
    asked = list(questions(world, split, each, seed))
    fitted = list(questions(world, "dev", each, seed + 1))
    yield f"{f'{len(asked)} questions':22}{SCORE_HEAD} {'near':>8} {'homonym':>8} {'p50 ms':>8} {'p99':>8}"
    for peer in peers.peers(world):
        least = peers.threshold(peers.answers(peer, world, fitted))
        found = peers.answers(peer, world, asked)
        yield peers.row(f"{peer.name} ≥ {least:.0f}", [a.outcome(least) for a in found])
    yield peers.row("ours", [ask(matcher, q) for q in asked])


def measured(matcher: Matcher, asked: Sequence[Question]) -> list[Outcome]:
    """Return what came of questions, each asked once, when the files are warm."""
    for question in asked[:WARMING]:
        matcher.match(question.text)
    return [ask(matcher, question) for question in asked]


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", type=int, help="accounts of the base")
    parser.add_argument("--only", default="", help="two digits of one province")
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--seed", type=int, default=0, help="of the questions")
    parser.add_argument("--each", type=int, default=150, help="questions of each kind")
    parser.add_argument(
        "--peers", type=int, default=0, help="questions of each kind for the peers, too; 0: none"
    )
    parser.add_argument(
        "--ablate", action="store_true", help="also take away each table, veto and weight in turn"
    )
    parser.add_argument("--knowledge", type=Path, help="this very corpus, written before")
    parser.add_argument("--index", type=Path, help="the index of this very corpus, built before")
    parser.add_argument("--weights", type=Path, help="other weights than those in use, to judge them")
    parser.add_argument("--misses", type=int, default=0, help="print so many misses of each kind")
    parser.add_argument(
        "--shy", action="store_true", help="count as a miss what was asked instead of answered"
    )
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        folder = options.knowledge or Path(name) / "knowledge"
        target = options.index or Path(name) / "index.sqlite"
        if not options.knowledge:
            corpus.write(options.size, folder, only=options.only)
        if not options.index:
            print(build(folder, target))
        world = World(list(corpus.bodies(options.size, only=options.only)))
        _report(options, folder, target, world)
    return 0


def _report(options: argparse.Namespace, folder: Path, target: Path, world: World) -> None:
    asked = list(questions(world, options.split, options.each, options.seed))
    matcher = Matcher(index.Base(target), weights(options.weights) if options.weights else None)
    print(f"the index: {target.stat().st_size / 2**20:.0f} MiB")
    print(costs.answering(target, [q.text for q in asked[:: max(1, len(asked) // WARMING)]]))
    print(costs.floor(matcher.base, [q.text for q in asked if q.kind == "exact"]))
    outcomes = measured(matcher, asked)
    print(table(outcomes))
    print(*misses(outcomes, options.misses, shy=options.shy), sep="\n")
    if options.peers:
        print(*compared(world, matcher, options.split, options.peers, options.seed), sep="\n")
    if options.ablate:
        for line in ablation.report(folder, target, asked):
            print(line)


if __name__ == "__main__":
    raise SystemExit(main())
