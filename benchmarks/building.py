"""How long a knowledge folder takes to become an index, an edit to be answered, and how much memory that costs.

Every figure is taken in a process of its own. The yardstick is libyaml: `yaml.CSafeLoader` loading the same files in
one process, in the same run.

    python -m benchmarks.building --sizes 1000 11000 --corpora /tmp/corpora
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

SIZES = (1_000, 11_000, 110_000, 500_000)
# Runs of each step up to this size, of which the median counts; one is enough for what takes minutes.
REPEATED, REPEATS = 11_000, 3
EDITS = 12
QUESTIONS = 1_000
CLOSED = (
    "state: closed\n        reason: burden-reduction\n        stopped: 2024-04-19\n        notice: unseen"
)
NEW = """\
  - name: 新添的单位
    accounts:
      - id: xintian-wx
        name: 新添的账号%d
        platform: wechat
        state: active
        checked: 2024-06-15
        sources: [{publisher: 某某日报, date: 2024-06-02}]
"""

# A program is started from its compiled modules, as wherever it is installed.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

Figures = dict[str, float]

# Units and the lexicon, for processes forked from the one that read them, and how many of them each takes at a time.
_memory: list[tuple[list[Any], Any]] = []
PORTION = 1_000


def libyaml(folder: Path, _: Path) -> Figures:
    """Load every file as libyaml's loader does, and keep nothing."""
    import yaml

    paths = sorted(folder.rglob("*.yaml"))
    started = time.perf_counter()
    for path in paths:
        with path.open("rb") as file:
            yaml.load(file, Loader=yaml.CSafeLoader)  # the safe one, in C
    taken = time.perf_counter() - started
    size = sum(p.stat().st_size for p in paths)
    return {"files": len(paths), "yaml": size / 1e6, "libyaml": taken, "libyaml memory": _peak()}


def build(folder: Path, target: Path) -> Figures:
    """Build the whole index. The memory is that of this process and as much as the largest worker for each worker."""
    from bot import index

    started = time.perf_counter()
    built = index.build(folder, target)
    taken = time.perf_counter() - started
    assert built.errors == []
    children = _megabytes(resource.getrusage(resource.RUSAGE_CHILDREN)) * (os.cpu_count() or 1)
    return {"build": taken, "build memory": _peak() + children, "index": target.stat().st_size / 1e6}


def _portion(start: int) -> list[Any]:
    from bot.index.rows import row

    units, lexicon = _memory[0]
    return [row(unit, lexicon) for unit in units[start : start + PORTION]]


def records(_: Path, target: Path) -> Figures:
    """Write an index of records that stand in memory, on all processors, as `build` does once it has read them."""
    import gc
    from multiprocessing import get_context

    from bot import index
    from bot.index.building import things
    from bot.index.writing import Writer

    base = index.Base(target, overlay=False)
    around, lexicon = base.around(), base.lexicon()
    units = list(base.units())
    _memory.append((units, lexicon))
    gc.freeze()
    starts = range(0, len(units), PORTION)
    started = time.perf_counter()
    with (
        Writer(target.with_suffix(".records"), lexicon) as writer,
        get_context("fork").Pool() as pool,  # it shares what stands in memory
    ):
        for start, rows in zip(starts, pool.imap(_portion, starts), strict=True):
            writer.add(str(start), "0", rows)
        writer.finish(things(around), around.moved, {}, {"digest": "0", "others": ""}, pool.imap)
    taken = time.perf_counter() - started
    target.with_suffix(".records").unlink()
    return {"records": taken}


def rebuild(folder: Path, target: Path) -> Figures:
    """Run `bot.py build` after an edit of one file, as a maintainer does: Python's start and all files' digests are in it."""
    path = _middle(folder)
    command = [
        sys.executable,
        str(ROOT / "bot.py"),
        "build",
        "--knowledge",
        str(folder),
        "--index",
        str(target),
    ]
    text = path.read_text(encoding="utf-8")
    taken = []
    try:
        for number in range(REPEATS):
            path.write_text(text + NEW % number, encoding="utf-8")
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
            taken.append(time.perf_counter() - started)
    finally:
        path.write_text(text, encoding="utf-8")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return {"rebuild": statistics.median(taken)}


def account(folder: Path, target: Path) -> Figures:
    """Add, change and close an account in a file; until a running process answers it, from the file on."""
    from bot import index
    from bot.matcher import Matcher

    path = _middle(folder)
    text = path.read_text(encoding="utf-8")
    matcher = Matcher(index.Base(target))
    matcher.match("热身一下")
    taken = []
    try:
        for edited, asked, holds in _edits(text):
            path.write_text(edited, encoding="utf-8")
            started = time.perf_counter()
            built = index.update(folder, target, only=[path], like=matcher.base)
            matcher = matcher.again()
            match = matcher.match(asked)
            taken.append(time.perf_counter() - started)
            assert built is not None
            assert built.errors == []
            assert any(holds(a) for c in match.candidates for a in map(matcher.base.account, c.accounts))
    finally:
        path.write_text(text, encoding="utf-8")
        index.update(folder, target, only=[path])
    return {"account": statistics.median(taken) * 1000}


def start(_folder: Path, target: Path) -> Figures:
    """Ask one question in a process of its own, from Python's start to its end."""
    command = [sys.executable, str(ROOT / "bot.py"), "ask", "--index", str(target), "南京交警"]
    taken = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        taken.append(time.perf_counter() - started)
    return {"start": statistics.median(taken[1:])}  # the first one warmed the files


def answer(_folder: Path, target: Path) -> Figures:
    """Answer many questions, a third of them misspelt and a third chatty; the memory that takes."""
    from bot import index
    from bot.matcher import Matcher

    rng = random.Random(1)
    matcher = Matcher(index.Base(target))
    for number in range(QUESTIONS):
        unit = matcher.base.unit_at(1 + rng.randrange(_units(matcher)))
        name = unit.accounts[0].name or unit.name or ""
        matcher.match((name, name[1:], f"请问{name}的公众号去哪了")[number % 3])
    return {"answer memory": _peak()}


STEPS: dict[str, Callable[[Path, Path], Figures]] = {
    f.__name__: f for f in (libyaml, build, records, rebuild, account, start, answer)
}
# (what the figure is called, its key, its shape, what is to be reached)
ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("YAML files", "files", "{:,.0f}", ""),
    ("YAML, MB", "yaml", "{:.1f}", ""),
    ("`CSafeLoader` alone, s", "libyaml", "{:.2f}", ""),
    ("its memory, MB", "libyaml memory", "{:.0f}", ""),
    ("full build, s", "build", "{:.2f}", ""),
    ("… × `CSafeLoader`", "ratio", "{:.2f}", "≤ 3 at 500,000"),
    ("peak memory of all its processes, MB", "build memory", "{:.0f}", "< 1,024"),
    ("index, MB", "index", "{:.1f}", "≤ 120"),
    ("from records in memory, s", "records", "{:.2f}", "≤ 30"),
    ("rebuild after one edited file, s", "rebuild", "{:.2f}", "< 0.5 at 11,000; < 5 at 500,000"),
    ("one account added, changed or closed: until answered, ms", "account", "{:.0f}", "≤ 50"),
    ("start: `ask` one question, s", "start", "{:.2f}", "< 1"),
    ("memory after 1,000 answers, MB", "answer memory", "{:.0f}", "≤ 120"),
)


def measured(size: int, folder: Path, target: Path) -> Figures:
    """Return all figures of one size, each step in a process of its own."""
    if not folder.exists():
        _run(["-m", "benchmarks.corpus", str(size), folder])
    found: Figures = {}
    for name in STEPS:
        runs = [_step(name, folder, target) for _ in range(REPEATS if size <= REPEATED else 1)]
        found |= {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return found | {"ratio": found["build"] / found["libyaml"]}


def table(found: dict[int, Figures]) -> str:
    """Return the figures of all sizes as a Markdown table."""
    sizes = " | ".join(f"{size:,} accounts" for size in found)
    lines = [f"| | {sizes} | reach |", "|---|" + "--:|" * len(found) + "---|"]
    for label, key, shape, reach in ROWS:
        cells = " | ".join(shape.format(figures[key]) for figures in found.values())
        lines.append(f"| {label} | {cells} | {reach} |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--corpora", type=Path, metavar="DIR", help="where the corpora are kept, as DIR/N")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.step:
        name, folder, target = options.step
        print(json.dumps(STEPS[name](Path(folder), Path(target))))
        return 0
    with tempfile.TemporaryDirectory() as aside:
        corpora = (options.corpora or Path(aside)).resolve()
        found = {n: measured(n, corpora / str(n), Path(aside) / f"{n}.sqlite") for n in options.sizes}
    print(table(found))
    return 0


def _step(name: str, folder: Path, target: Path) -> Figures:
    """Take one step in a process of its own."""
    found: Figures = json.loads(
        _run(["-m", "benchmarks.building", "--step", name, folder, target]).splitlines()[-1]
    )
    print(f"{folder.name} {name}: {found}", file=sys.stderr)
    return found


def _run(arguments: list[str | Path]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
    )
    return done.stdout


def _middle(folder: Path) -> Path:
    """Return the accounts file in the middle."""
    paths = sorted((folder / "accounts").rglob("*.yaml"))
    return paths[len(paths) // 2]


def _edits(text: str) -> Iterator[tuple[str, str, Callable[[Any], bool]]]:
    """Yield a file's text with one account added, changed or closed, what to ask then, and what must hold of the answer."""
    import yaml

    read = yaml.load(text, Loader=yaml.CSafeLoader)
    accounts = [a for unit in read["units"] for a in unit["accounts"]]
    one = next(a for a in accounts if a["state"] == "active" and text.count(a["id"]) == 1)
    start = text.index(f"id: {one['id']}\n")
    before, rest = text[:start], text[start:]
    for number in range(EDITS // 3):
        new = f"新添的账号{number}"
        yield text + NEW % number, new, _named(new)
        name = f"{one['name']}改名{number}"
        changed = rest.replace(f"name: {one['name']}", f"name: {name}", 1)
        yield before + changed, name, _named(name)
        closed = changed.replace("state: active", CLOSED, 1)
        yield before + closed, name, lambda a: a.id == one["id"] and a.state == "closed"


def _named(name: str) -> Callable[[Any], bool]:
    return lambda account: bool(account.name == name)


def _units(matcher: Any) -> int:
    return int(matcher.base._under.rows("select max(id) from unit")[0][0])  # noqa: SLF001


def _peak() -> float:
    """Return the most memory that this process has held, in MB."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF))


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    raise SystemExit(main())
