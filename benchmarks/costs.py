"""What a base costs: the floor that no program of this kind goes below, building, memory, and coming up."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from bot import index, knowledge
from bot.index.reading import Shared
from bot.index.rows import row
from bot.index.writing import Writer

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = "请问南京市玄武区市场监督管理局的公众号去哪里了"
# A process that answers: what it weighs when it has answered, and how long it took to come up and to answer first.
ANSWERING = """
import json, sys, time
started = time.perf_counter()
from bot import index
from bot.matcher import Matcher
imported = time.perf_counter()
matcher = Matcher(index.Base(sys.argv[1]))
opened = time.perf_counter()
questions = json.load(sys.stdin)
matcher.match(questions[0])
first = time.perf_counter()
for question in questions:
    matcher.match(question)
try:
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    memory = {k: int(lines[k].split()[0]) for k in ("VmRSS", "RssAnon", "RssFile")}
except FileNotFoundError:
    import resource
    memory = {"VmRSS": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
print(json.dumps({**memory, "import": imported - started, "open": opened - imported, "first": first - opened}))
"""


def floor(base: index.Base, names: Sequence[str]) -> str:
    """Return what the parts of any such program cost here and now: medians in milliseconds, and their sum."""
    parts = {
        "an exact look-up": _timed(lambda: base.exact(names[:1])),
        "100 rapidfuzz ratios": _timed(lambda: [fuzz.ratio(SENTENCE, name) for name in names[:100]]),
        "pypinyin on a sentence": _timed(lambda: lazy_pinyin(SENTENCE)),
    }
    each = ", ".join(f"{name} {ms:.3f}" for name, ms in parts.items())
    return f"the floor, ms: {each}; together {sum(parts.values()):.3f}"


def answering(path: Path, questions: Sequence[str]) -> str:
    """Return what a fresh process that answers weighs, in MB, and how long it takes to come up, in milliseconds."""
    command = [sys.executable, "-c", ANSWERING, str(path)]
    done = subprocess.run(  # our own interpreter and text
        command, input=json.dumps(questions), capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = json.loads(done.stdout)
    memory = ", ".join(f"{k} {found[k] / 1024:.0f} MB" for k in ("VmRSS", "RssAnon", "RssFile") if k in found)
    times = ", ".join(f"{k} {found[k] * 1000:.0f} ms" for k in ("import", "open", "first"))
    return f"a fresh process after {len(questions)} questions: {memory}; {times}"


def from_records(folder: Path) -> float:
    """Return the seconds of processor time that one process takes from records to a finished index."""
    shared = Shared.of(folder, None)
    paths = sorted((folder / "accounts").rglob("*.yaml"))
    read = partial(knowledge.read_file, folder=folder)
    spent = 0.0
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor() as pool:
        writer = Writer(Path(name) / "index.sqlite", shared.lexicon)
        gc.disable()
        for part in pool.map(read, paths, chunksize=8):
            started = time.process_time()
            writer.add(part.name, part.digest, [row(unit, shared.lexicon) for unit in part.units])
            spent += time.process_time() - started
        started = time.process_time()
        writer.finish((), {}, {}, {"digest": "", "others": ""})
        gc.enable()
        return spent + time.process_time() - started


def _timed(act: Callable[[], object], times: int = 200) -> float:
    """Return the median milliseconds of an act."""

    def once() -> float:
        started = time.perf_counter()
        act()
        return (time.perf_counter() - started) * 1000

    return median(once() for _ in range(times))
