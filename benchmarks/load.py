"""What an answer costs the whole bot, beside bots that look nothing up, against one server in one run.

python -m benchmarks.load --size 110000
python -m benchmarks.load --size 11000 --only 32 --seconds 5

Every bot is a process on one core; the server and its people are on another where there are two. The people ask the next
question when they have their answer; half of the questions are exact names, half are as people type them. Only ratios
within a run mean anything.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.arena import PEOPLE, Server, closed_loop, p99, paced
from benchmarks.made import add_seconds, add_size, asked, made, words
from benchmarks.running import leave_the_first_core, running, spent, weighs
from bot import index
from bot.matcher import Matcher

# Seconds there and back; questions a second at a steady pace, and of how many people.
RTT, PACE, OTHERS = 0.05, 200, 2000
# Seconds that a bot may take for all its parts.
LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a bot: milliseconds of the processor and answers a second in a closed loop; p99 in milliseconds."""

    name: str
    cpu: float
    rate: float
    closed: float
    paced: float
    memory: float

    def __str__(self) -> str:
        return (
            f"{self.name:44} {self.cpu:8.3f} {self.rate:9.0f} {self.closed:10.0f} {self.paced:10.0f}"
            f" {self.memory:8.0f}"
        )


async def measured(
    name: str, command: Sequence[str], texts: Sequence[str], seconds: float, folder: Path
) -> Row:
    """Run a bot and measure it."""
    server = Server(texts)
    async with (
        asyncio.timeout(LONGEST),
        running(command, server, folder / name.partition(" ")[0]) as (pid, session),
    ):
        await asyncio.sleep(0.5)
        await closed_loop(server, session, min(2.0, seconds))
        before, began = spent(pid), time.perf_counter()
        answers = len(await closed_loop(server, session, seconds))
        cpu, took = spent(pid) - before, time.perf_counter() - began
        server.delay = RTT
        far = await closed_loop(server, session, seconds)
        steady = await paced(server, session, min(5.0, seconds), PACE, OTHERS)
        return Row(name, cpu / answers * 1000, answers / took, p99(far), p99(steady), weighs(pid))


def bots(target: Path) -> list[tuple[str, list[str]]]:
    """Return what is measured: a name and a command each."""
    echo = ["-m", "benchmarks.load_bots"]
    given = ["{url}", "{token}", "{port}"]
    durable = [*echo, "durable", *given, "{ledger}"]
    return [
        ("ours", ["bot.py", "run", "--index", str(target)]),
        ("durable echo on our plumbing", durable),
        ("matching durable echo", [*durable, str(target)]),
        ("python-telegram-bot echo (webhook)", [*echo, "library", *given]),
        ("aiogram echo (polling)", [*echo, "aiogram", *given]),
    ]


def matching(target: Path, texts: Sequence[str]) -> float:
    """Return the milliseconds of the processor that the matcher alone takes for a question, on average."""
    matcher = Matcher(index.Base(target))
    for text in texts:
        matcher.match(text)

    def cost(text: str) -> float:
        began = time.thread_time()
        matcher.match(text)
        return time.thread_time() - began

    return mean(cost(text) for text in texts) * 1000


def report(rows: Sequence[Row], alone: float) -> str:
    """Return the rows and the ratios that count."""
    ours, durable, matching_, library = rows[:4]
    head = f"{'':44} {'cpu ms':>8} {'a second':>9} {'p99 50 ms':>10} {f'p99 {PACE}/s':>10} {'MiB':>8}"
    return "\n".join(
        [
            head,
            *map(str, rows),
            f"the matcher alone: {alone:.3f} ms a question",
            f"cpu: ours / (durable echo + matcher) = {ours.cpu / (durable.cpu + alone):.2f} (goal ≤ 1.1)",
            f"of which an echo that only matches as well: {matching_.cpu / (durable.cpu + alone):.2f}",
            f"answers a second: ours / python-telegram-bot = {ours.rate / library.rate:.2f} (goal ≥ 1.5)",
            f"p99 at {RTT * 1000:.0f} ms, {PEOPLE} people: {ours.closed / RTT / 1000:.1f} round trips (goal ≤ 4)",
            f"p99 at {PACE} a second: {ours.paced - RTT * 1000:.0f} ms above the round trip (goal ≤ 50)",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Build a base, measure all bots, print."""
    parser = words(__doc__)
    add_size(parser, 110_000)
    add_seconds(parser, 10.0, "each part, for each bot")
    parser.add_argument("--questions", type=int, default=400, help="different ones; they are asked in turn")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        base = made(Path(name), options.size, options.only)
        texts = asked(base.world, options.questions // 2)
        alone = matching(base.index, texts)
        leave_the_first_core()
        rows = [
            asyncio.run(measured(called, command, texts, options.seconds, Path(name)))
            for called, command in bots(base.index)
        ]
    print(report(rows, alone))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
