"""What came of questions, and the figures of it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.questions import KINDS, Expect, Question
from bot.matcher import Matcher, Verdict

HEAD = f"{'kind':12} {'n':>5} {'first':>6} {'five':>6} {'right':>6} {'wrong':>6} {'asked':>6} {'none':>6} {'p50 ms':>7} {'p99':>6}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: whether the first and any of five was meant, the verdict, and how long it took.

    `account`: the account answered is one that was meant, not another of the same unit. `ms`: milliseconds until the
    answer; `cpu`: those of them that the processor was at it, which a busy machine does not change.
    """

    question: Question
    verdict: Verdict
    first: bool
    listed: bool
    account: bool
    top: str
    ms: float
    cpu: float

    @property
    def right(self) -> bool:
        """Whether it was answered, and rightly."""
        return self.answered and self.question.expect is Expect.ANSWER and self.first

    @property
    def wrong(self) -> bool:
        """Whether it was answered and should not have been, or not so."""
        return self.answered and not self.right

    @property
    def answered(self) -> bool:
        """Whether it was answered at all."""
        return self.verdict is Verdict.SURE


@dataclass(frozen=True, slots=True)
class Score:
    """The figures that goals are set for: shares from 0 to 1, each the mean over kinds, which weigh the same.

    `right` and `wrong` are of the questions that must be answered, `absent` and `torn` the shares answered of those
    about what is not there and of those that mean several; `offered`: the right one is answered or among five.
    """

    first: float
    five: float
    right: float
    wrong: float
    offered: float
    absent: float
    torn: float

    @property
    def line(self) -> str:
        """The figures as a line of a table."""
        return "".join(f" {value:8.2%}" for value in (self.first, self.five, self.right, self.wrong, self.absent, self.offered, self.torn))  # fmt: skip


SCORE_HEAD = "".join(f" {w:>8}" for w in ("first", "five", "right", "wrong", "absent", "offered", "torn"))


def ask(matcher: Matcher, question: Question) -> Outcome:
    """Ask one question; only the matching is timed."""
    started, worked = time.perf_counter(), time.thread_time()
    match = matcher.match(question.text)
    taken, work = time.perf_counter() - started, time.thread_time() - worked
    units = [matcher.base.unit_at(c.ref.unit).accounts[0].id for c in match.candidates[:5]]
    return Outcome(
        question,
        match.verdict,
        bool(units) and units[0] in question.right,
        any(u in question.right for u in units),
        bool(match.accounts) and match.accounts[0].id in question.accounts,
        match.candidates[0].name if match.candidates else "",
        taken * 1000,
        work * 1000,
    )


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Return outcomes by the kind of their question."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.question.kind].append(outcome)
    return found


def score(outcomes: Iterable[Outcome], *, reach: bool = False) -> Score:
    """Return the figures of outcomes, with `reach` of those kinds only that the goals were set for."""
    wanted = {k.name for k in KINDS if k.reach} if reach else None
    kinds: dict[Expect, list[list[Outcome]]] = {expect: [] for expect in Expect}
    for kind, group in by_kind(outcomes).items():
        if wanted is None or kind in wanted:
            kinds[group[0].question.expect].append(group)
    answer = kinds[Expect.ANSWER]
    return Score(
        _mean([share(o.first for o in group) for group in answer]),
        _mean([share(o.listed for o in group) for group in answer]),
        _mean([share(o.right for o in group) for group in answer]),
        _mean([share(o.wrong for o in group) for group in answer]),
        _mean([share(o.right or (o.listed and not o.answered) for o in group) for group in answer]),
        _mean([share(o.answered for o in group) for group in kinds[Expect.REFUSE]]),
        _mean([share(o.answered for o in group) for group in kinds[Expect.ASK]]),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the figures of a run, kind by kind, and what they come to."""
    found = by_kind(outcomes)
    lines = [HEAD]
    for title, reach in (("", True), ("further kinds", False)):
        lines.append(f"-- {title}".ljust(len(HEAD), "-"))
        lines += [_row(k.name, found[k.name]) for k in KINDS if k.reach is reach and found.get(k.name)]
    lines += ["-" * len(HEAD), f"{'mean over':30}{SCORE_HEAD}"]
    lines.append(f"{'the kinds of the reach':30}{score(outcomes, reach=True).line}")
    lines.append(f"{'all kinds':30}{score(outcomes).line}")
    answered = [o for o in outcomes if o.right]
    lines += [
        f"{name} answered: {share(o.answered for o in found.get(name, ())):.1%}"
        for name in ("near", "homonym", "ambiguous", "between")
    ]
    lines += [
        f"of the right units answered, another account than was meant: {share(not o.account for o in answered):.2%}",
        (
            f"p50 / p99: {_times([o for k in KINDS if k.reach for o in found.get(k.name, ())])}; "
            f"all kinds {_times(outcomes)}; an exact name {_times(found.get('exact', []))}"
        ),
    ]
    return "\n".join(lines)


def misses(outcomes: Iterable[Outcome], most: int, *, shy: bool = False) -> list[str]:
    """Return up to so many misses of each kind as lines; with `shy` also what was asked about instead of answered."""
    lines = []
    for kind, group in by_kind(outcomes).items():
        bad = [
            o
            for o in group
            if o.wrong or (o.question.expect is Expect.ANSWER and not (o.right if shy else o.first))
        ]
        lines += [
            f"{kind:12} {o.question.text} → {o.top} {o.verdict} {sorted(o.question.right)[:2]}"
            for o in bad[:most]
        ]
    return lines


def at(outcomes: Sequence[Outcome], part: float) -> float:
    """Return the milliseconds that a part of outcomes took at most."""
    times = sorted(o.ms for o in outcomes)
    return times[min(len(times) - 1, int(len(times) * part))] if times else 0.0


def share(flags: Iterable[bool]) -> float:
    """Return the share of true ones, from 0 to 1; of none it is 0."""
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def _times(outcomes: Sequence[Outcome]) -> str:
    work = sorted(o.cpu for o in outcomes)
    p50, p99 = (work[int(len(work) * part)] if work else 0.0 for part in (0.5, 0.99))
    return f"{at(outcomes, 0.5):.2f} / {at(outcomes, 0.99):.2f} ms (processor {p50:.2f} / {p99:.2f})"


def _mean(values: Sequence[float]) -> float:
    return mean(values) if values else 0.0


def _row(kind: str, found: Sequence[Outcome]) -> str:
    return (
        f"{kind:12} {len(found):5} {share(o.first for o in found):6.1%} {share(o.listed for o in found):6.1%}"
        f" {share(o.right for o in found):6.1%} {share(o.wrong for o in found):6.1%}"
        f" {share(o.verdict is Verdict.UNSURE for o in found):6.1%} {share(o.verdict is Verdict.NONE for o in found):6.1%}"
        f" {at(found, 0.5):7.2f} {at(found, 0.99):6.2f}"
    )
