"""Run every benchmark: what `make bench` does.

Each is a module of its own with a `main`; whoever adds one adds a line here.
"""

from __future__ import annotations

import subprocess
import sys

# The module and what it is run with.
BENCHMARKS: tuple[tuple[str, ...], ...] = (
    ("building",),
    ("card",),
    ("firstload",),
    ("flood",),
    ("growth",),
    ("load",),
    ("memory",),
    ("matching", "11000", "--only", "32", "--peers", "20", "--ablate"),
    ("matching", "500000", "--peers", "4"),
    ("notices",),
    ("web",),
    ("scaling",),
)


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all, one after another; return 1 when one failed."""
    failed = 0
    for name, *options in BENCHMARKS:
        if not names or name in names:
            print(f"== {name} {' '.join(options)}", flush=True)
            command = [sys.executable, "-m", f"benchmarks.{name}", *options]
            failed |= subprocess.run(command, check=False).returncode != 0  # our own modules
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
