"""What each table, veto and weight buys: the figures with it, and without."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import yaml

from benchmarks.outcomes import SCORE_HEAD, ask, by_kind, score, share
from benchmarks.questions import Question
from bot import index
from bot.index.layout import INITIALS, SOUNDS, WRITTEN
from bot.matcher import Matcher
from bot.matching.vetoes import Vetoes
from bot.matching.weights import Weights, weights

# The names of what `Vetoes.of` forbids an answer for; an unknown one would only make a row that changes nothing.
VETOES = ("place", "agency", "unsaid", "number", "changed", "heard")
# Weights that stand for knowledge the others do without.
SWITCHED = ("known", "half", "unread", "inside", "contradicted", "extra", "cut")


@dataclass(frozen=True, slots=True)
class Without:
    """Something taken away: from the knowledge before the index is built, from the index, from the code, or a weight."""

    name: str
    knowledge: Callable[[Path], None] | None = None
    grams: int | None = None
    patched: Callable[[], AbstractContextManager[object]] = nullcontext
    using: Callable[[Weights], Weights] = lambda w: w


def report(folder: Path, target: Path, questions: Sequence[Question]) -> Iterator[str]:
    """Yield a line for each thing taken away; `folder` is the knowledge, `target` its index."""
    yield f"{'without':22}{SCORE_HEAD} {'near':>8} {'homonym':>8}"
    for without in ABLATIONS:
        with tempfile.TemporaryDirectory() as name, without.patched():
            path = _index(without, folder, target, Path(name))
            base = index.Base(path)
            matcher = Matcher(base, without.using(weights()))
            outcomes = [ask(matcher, q) for q in questions]
            base.close()
        kinds = by_kind(outcomes)
        near, homonym = (share(o.answered for o in kinds.get(kind, ())) for kind in ("near", "homonym"))
        yield f"{without.name:22}{score(outcomes, reach=True).line} {near:8.2%} {homonym:8.2%}"


def _index(without: Without, folder: Path, target: Path, scratch: Path) -> Path:
    """Return an index that lacks what is taken away from the knowledge or from the index."""
    path = scratch / "index.sqlite"
    if without.knowledge:
        poorer = scratch / "knowledge"
        shutil.copytree(folder, poorer)
        without.knowledge(poorer)
        built = index.build(poorer, path)
        if built.errors:
            raise SystemExit("\n".join(map(str, built.errors[:3])))
        return path
    if without.grams is None:
        return target
    shutil.copy(target, path)
    db = sqlite3.connect(path)
    db.execute("delete from gram where k >= ? and k < ?", (without.grams << 32, (without.grams + 1) << 32))
    db.commit()
    db.close()
    return path


def _emptied(name: str) -> Callable[[Path], None]:
    """Return what leaves no record in a file of the knowledge."""

    def empty(folder: Path) -> None:
        (folder / name).write_text("[]\n", encoding="utf-8")

    return empty


def _nameless(folder: Path) -> None:
    """Leave of each place its code: units still lie somewhere, and no word tells where."""
    for path in (folder / "places").glob("*.yaml"):
        records = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        bare = [
            {"code": r["code"], "name": r["code"]} | ({"parent": r["parent"]} if "parent" in r else {})
            for r in records
        ]
        path.write_text(yaml.safe_dump(bare, allow_unicode=True), encoding="utf-8")


def _without_veto(names: Sequence[str]) -> Callable[[], AbstractContextManager[object]]:
    """Return what lets answers pass that some vetoes forbid."""
    judged = Vetoes.of

    def of(self: Vetoes, *args: object) -> Iterator[str]:
        return (veto for veto in judged(self, *args) if veto not in names)  # type: ignore[arg-type]

    return lambda: patch.object(Vetoes, "of", of)


@contextmanager
def _any_platform() -> Iterator[None]:
    with patch("bot.matcher._other_platform", lambda *_: False):
        yield


def _without_weight(name: str) -> Callable[[Weights], Weights]:
    return lambda w: replace(w, **{name: 0.0})


ABLATIONS: tuple[Without, ...] = (
    Without("nothing"),
    Without("places", knowledge=_nameless),
    Without("agencies", knowledge=_emptied("lexicon/agencies.yaml")),
    Without("readings", knowledge=_emptied("lexicon/readings.yaml")),
    Without("look-alikes", knowledge=_emptied("lexicon/lookalikes.yaml")),
    Without("grams of sounds", grams=SOUNDS),
    Without("grams of characters", grams=WRITTEN),
    Without("grams of initials", grams=INITIALS),
    Without("all vetoes", patched=_without_veto(VETOES)),
    *(Without(f"veto: {name}", patched=_without_veto((name,))) for name in VETOES),
    Without("veto: platform", patched=_any_platform),
    *(Without(f"weight: {name}", using=_without_weight(name)) for name in SWITCHED),
)
