"""Fit the matcher's weights on development questions: one weight at a time, a few rounds, the same result every time.

python -m benchmarks.fit --date 2026-11-20 --write /tmp/weights.json

The data are the development questions of one province and what was written by hand (`tests/asked.yaml`,
`tests/confusable.yaml`, `tests/absent.yaml`). What was fitted must be judged elsewhere: with another seed, at another
size (`benchmarks.matching --weights`).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from benchmarks.made import add_size, made, words
from benchmarks.outcomes import SCORE_HEAD, Outcome, Score, ask, score
from benchmarks.questions import Expect, Question, questions
from bot import index
from bot.index.layout import Ref
from bot.index.rows import Lexicon
from bot.matcher import Matcher
from bot.matching.weights import Weights, weights
from bot.records import Unit

ROOT = Path(__file__).resolve().parent.parent
# What a share of wrong answers costs, of answers about absent accounts, and of answers where several were meant,
# in shares of right ones: a wrong answer is worse than a question.
WRONG, ABSENT, TORN = 20.0, 20.0, 1.0
# How far a weight is moved, in parts of itself, round by round.
STEPS = ((0.5, 0.75, 1.3, 1.8), (0.85, 1.15), (0.95, 1.05))
# A gain below this is chance.
LEAST_GAIN = 0.0005
# What may not reach 1: a threshold there answers nothing but exact names.
MOST = {"sure": 0.97, "offer": 0.7, "gap": 0.5}

T = TypeVar("T")


class Remembered(index.Base):
    """A base that answers from memory what it was asked before: a question asks the same whatever the weights are."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, overlay=False)
        self._memory: dict[Any, Any] = {}

    def _once(self, key: object, find: Callable[[], T]) -> T:
        if key not in self._memory:
            self._memory[key] = find()
        found: T = self._memory[key]
        return found

    def unit_at(self, number: int) -> Unit:
        """Return the unit of a number."""
        return self._once(("unit", number), lambda: super(Remembered, self).unit_at(number))

    def exact(self, plain: Iterable[str]) -> dict[str, list[Ref]]:
        """Return the units that bear each of some plain names."""
        wanted = tuple(plain)
        return self._once(("exact", wanted), lambda: super(Remembered, self).exact(wanted))

    def counts(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names or units stand behind each gram key."""
        wanted = frozenset(keys)
        return self._once(("counts", wanted), lambda: super(Remembered, self).counts(wanted))

    def pairs(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many names hold each pair of characters."""
        wanted = frozenset(keys)
        return self._once(("pairs", wanted), lambda: super(Remembered, self).pairs(wanted))

    def postings(self, keys: Collection[int]) -> Iterator[list[int]]:
        """Yield the numbers behind each of some gram keys."""
        wanted = tuple(keys)
        return iter(self._once(("postings", wanted), lambda: list(super(Remembered, self).postings(wanted))))

    def names(self, numbers: Iterable[int]) -> list[tuple[int, str, list[Ref]]]:
        """Return names by number."""
        wanted = tuple(numbers)
        return self._once(("names", wanted), lambda: super(Remembered, self).names(wanted))

    def lexicon(self) -> Lexicon:
        """Return what names are read by."""
        return self._once("lexicon", super().lexicon)


@dataclass(frozen=True, slots=True)
class Task:
    """An index and the questions to ask it."""

    path: Path
    asked: tuple[Question, ...]


def worth(reached: Score) -> float:
    """Return what figures are worth: what is right, less what is wrong."""
    good = reached.first + reached.right
    return good - WRONG * reached.wrong - ABSENT * reached.absent - TORN * reached.torn


class Fitting:
    """Asks all questions with given weights, on every processor; remembers what each set of weights reached."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        parts = multiprocessing.cpu_count()
        self._parts = [[Task(t.path, t.asked[i::parts]) for t in tasks] for i in range(parts)]
        # One process for each part, so that it remembers what its own questions need.
        self._pools = [ProcessPoolExecutor(1) for _ in self._parts]
        self._reached: dict[Weights, Score] = {}

    def reached(self, using: Weights) -> Score:
        """Return the figures that weights reach."""
        if using not in self._reached:
            jobs = [p.submit(_asked, part, using) for p, part in zip(self._pools, self._parts, strict=True)]
            self._reached[using] = score(o for job in jobs for o in job.result())
        return self._reached[using]

    def fit(self, start: Weights, say: Callable[[str], None]) -> Weights:
        """Return better weights: each in turn moved as far as it gains, in ever smaller steps."""
        best = start
        for steps in STEPS:
            for name, value in asdict(best).items():
                moved = [replace(best, **{name: _within(name, value * step)}) for step in steps]
                found = max(moved, key=lambda w: worth(self.reached(w)))
                gain = worth(self.reached(found)) - worth(self.reached(best))
                if gain > LEAST_GAIN:
                    best = found
                    say(f"{name} {value} → {asdict(best)[name]}: {gain:+.4f}")
        return best

    def close(self) -> None:
        """End the processes."""
        for pool in self._pools:
            pool.shutdown()


def by_hand(base: index.Base, tests: Path = ROOT / "tests") -> Iterator[Question]:
    """Yield the questions that were written by hand about the real knowledge."""
    for entry in _load(tests / "asked.yaml"):
        yield _meaning(base, entry["asked"], entry["right"], "by hand")
    for pair in _load(tests / "confusable.yaml"):
        for side in pair["sides"]:
            yield _meaning(base, side["asked"], side["right"], "confusable")
    for text in _load(tests / "absent.yaml"):
        yield _meaning(base, text, (), "absent by hand")


def _meaning(base: index.Base, text: str, ids: Sequence[str], kind: str) -> Question:
    """Return a question that means some accounts, or none, or so many units that it must be asked about."""
    units = frozenset(u.accounts[0].id for u in map(base.holder, ids) if u)
    if not units:
        return Question(text, kind=f"no {kind}", expect=Expect.REFUSE)
    expect = Expect.ANSWER if len(units) == 1 else Expect.ASK
    return Question(text, units, frozenset(ids), kind if len(units) == 1 else f"torn {kind}", expect)


def main(argv: list[str] | None = None) -> int:
    """Fit, print what was gained, and write the weights where told."""
    parser = words(__doc__)
    add_size(parser, 11_000, "32")
    parser.add_argument("--each", type=int, default=100, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=0, help="of the questions")
    parser.add_argument("--date", required=True, help="the day, as it is written into the file")
    parser.add_argument("--write", type=Path, help="where the fitted weights go")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        fitting = Fitting(_tasks(options, Path(name)))
        start = weights()
        best = fitting.fit(start, print)
        before, after = fitting.reached(start), fitting.reached(best)
        fitting.close()
    print(f"{'':8}{SCORE_HEAD}", f"before  {before.line}", f"after   {after.line}", sep="\n")
    if options.write:
        data = f"development questions (seed {options.seed}, {options.each} of each kind) at {options.size} accounts of {options.only}, and tests/*.yaml"
        reached = {k: round(v, 4) for k, v in asdict(after).items()}
        text = {"fitted": {"date": options.date, "data": data, "reached": reached}, "weights": asdict(best)}
        options.write.write_text(json.dumps(text, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def _tasks(options: argparse.Namespace, folder: Path) -> list[Task]:
    """Return the synthetic base and the real one, each with its questions."""
    source, target = ROOT / "knowledge", folder / "real.sqlite"
    if index.build(source, target).errors:
        raise SystemExit(f"{source} has errors: run bot.py check")
    base = made(folder, options.size, options.only)
    asked = tuple(questions(base.world, "dev", options.each, options.seed))
    real = tuple(by_hand(index.Base(target, overlay=False)))
    return [Task(base.index, asked), Task(target, real)]


_bases: dict[Path, Remembered] = {}


def _asked(tasks: Sequence[Task], using: Weights) -> list[Outcome]:
    """Ask a part of the questions, in a process of its own."""
    outcomes = []
    for task in tasks:
        base = _bases.setdefault(task.path, _bases.get(task.path) or Remembered(task.path))
        matcher = Matcher(base, using)
        outcomes += [ask(matcher, question) for question in task.asked]
    return outcomes


def _within(name: str, value: float) -> float:
    return round(min(MOST.get(name, 1.0), max(0.0, value)), 3)


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    raise SystemExit(main())
