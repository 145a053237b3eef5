"""What the running bot weighs beside an echo on the same plumbing, and how soon after its start it answers.

python -m benchmarks.memory --sizes 10000 500000

Each is a process, as an operator runs it, on a webhook with a durable inbox, and weighed when it has answered the same people
for a while. Of what is resident, what is anonymous is each worker's own; the rest is files, such as programs and the index,
which workers share. The start is from the command to the first answer, with the index ready and an update waiting.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arena import Server, closed_loop
from benchmarks.load import bots
from benchmarks.made import add_seconds, asked, made, words
from benchmarks.running import leave_the_first_core, running, spent, weighs

SIZES = (10_000, 500_000)
# The most that the bot may weigh, as times the echo: up to a size, and beyond.
SMALL, MOST_SMALL, MOST = 10_000, 1.5, 4.0
MOST_START = 1.5
OURS, ECHO = "ours", "durable echo on our plumbing"


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a bot: resident MiB, of which its own, after so many answers; seconds from its start to the first.

    `busy` are the seconds of the processor among these: what the start takes where nothing else runs.
    """

    name: str
    resident: float
    own: float
    answers: int
    first: float
    busy: float

    def __str__(self) -> str:
        return f"{self.name:44} {self.resident:8.1f} {self.own:8.1f} {self.answers:8} {self.first:8.2f} {self.busy:8.2f}"


async def weighed(
    name: str, command: Sequence[str], texts: Sequence[str], seconds: float, folder: Path
) -> Row:
    """Run a bot, and weigh it when it has answered for a while."""
    server, began = Server(texts), time.perf_counter()
    async with running(command, server, folder / name.partition(" ")[0]) as (pid, session):
        await server.ask(1, session)
        first, busy = time.perf_counter() - began, spent(pid)
        answers = len(await closed_loop(server, session, seconds))
        return Row(name, weighs(pid), weighs(pid, "RssAnon"), answers, first, busy)


def report(size: int, rows: Sequence[Row]) -> str:
    """Return the rows of a size and what counts."""
    found: Mapping[str, Row] = {row.name: row for row in rows}
    ours, echo = found[OURS], found[ECHO]
    goal = MOST_SMALL if size <= SMALL else MOST
    times = ours.resident / echo.resident
    return "\n".join(
        [
            f"{f'{size} accounts':44} {'MiB':>8} {'own':>8} {'answers':>8} {'first, s':>8} {'cpu, s':>8}",
            *map(str, rows),
            f"memory: ours / echo = {times:.2f} (goal ≤ {goal}); its own {ours.own / echo.own:.2f}",
            f"start to first answer: {ours.first:.2f} s, of which the processor {ours.busy:.2f} (goal ≤ {MOST_START})",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Build each base, weigh, print."""
    parser = words(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="accounts")
    add_seconds(parser, 5.0, "answering, before it is weighed")
    options = parser.parse_args(argv)
    leave_the_first_core()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            base = made(Path(name), size)
            texts = asked(base.world, 100)
            rows = [
                asyncio.run(weighed(called, command, texts, options.seconds, Path(name)))
                for called, command in bots(base.index)
            ]
            print(report(size, rows), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
