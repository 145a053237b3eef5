"""What benchmarks are given: the words of their command line, a base of a size, and what is asked of it."""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus
from benchmarks.questions import questions
from benchmarks.world import World
from bot import index


@dataclass(frozen=True, slots=True)
class Made:
    """A base: its YAML, its index, and the world that both are of."""

    knowledge: Path
    index: Path
    world: World


def words(doc: str | None) -> argparse.ArgumentParser:
    """Return a command line that says of itself what its module says, as it stands there."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def add_size(parser: argparse.ArgumentParser, size: int, only: str = "") -> None:
    """Add how large the base is, and of where."""
    parser.add_argument("--size", type=int, default=size, help="accounts of the base")
    parser.add_argument("--only", default=only, help="two digits of one province, or nothing for all")


def add_seconds(parser: argparse.ArgumentParser, seconds: float, of: str) -> None:
    """Add how long to measure."""
    parser.add_argument("--seconds", type=float, default=seconds, help=f"of {of}")


def made(folder: Path, size: int, only: str = "") -> Made:
    """Write and build a base below a folder. Raises: SystemExit, with what is wrong with it."""
    found = Made(folder / "knowledge", folder / "index.sqlite", World(list(corpus.bodies(size, only=only))))
    corpus.write(size, found.knowledge, only=only)
    built = index.build(found.knowledge, found.index)
    if built.errors:
        raise SystemExit("\n".join(map(str, built.errors[:3])))
    return found


def asked(world: World, count: int) -> list[str]:
    """Return questions, half exact names, half as people type them, in a fixed mixed order."""
    found = list(questions(world, "dev", count))
    exact = [q.text for q in found if q.kind == "exact"]
    other = [q.text for q in found if q.kind != "exact" and q.expect == "answer"]
    random.Random(1).shuffle(other)
    return [text for pair in zip(exact, other, strict=False) for text in pair]
