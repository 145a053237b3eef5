"""Fuzz what takes text from outside, led by which lines of the code an input reaches.

    pip install atheris
    python scripts/fuzz.py -runs=1000000 [FOLDER]

Every option goes to libFuzzer. What it finds is written as crash-…; FOLDER keeps inputs that reach something new.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main(argv: list[str] | None = None) -> int:
    """Fuzz until it fails or the runs are over; libFuzzer ends the process."""
    try:
        import atheris
    except ImportError:
        print("atheris 没装,这一步跳过(python -m pip install atheris)。Skipped: atheris is not installed.")
        return 0
    with atheris.instrument_imports(include=["bot"]):
        from fuzzing import Targets

        from bot import index
        from bot.matcher import Matcher
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "index.sqlite"
        index.build(ROOT / "knowledge", target)
        targets = Targets(Matcher(index.Base(target)), Path(name))
        names = sorted(targets.all)

        def run(data: bytes) -> None:
            if data:
                targets.bounded(names[data[0] % len(names)], data[1:].decode("utf-8", "replace"))

        atheris.Setup(sys.argv if argv is None else ["fuzz", *argv], run)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
